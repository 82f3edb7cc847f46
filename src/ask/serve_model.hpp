// The model that a question about serving names.
#pragma once

#include <kwhatif/ask/serve.hpp>

#include <optional>
#include <string>
#include <vector>

namespace kwhatif::ask {

/// A model as serving sees it, and what was taken for it.
struct KnownModel {
  std::string model;  ///< id, path or size
  std::string name;   ///< for people
  bool multimodal = false;
  bool unknown_architecture = false;
  serve::ServedModel<> served = {};
  std::optional<catalog::Row> preset = {};
  std::vector<Assumption> assumptions = {};
  std::vector<diag::Diagnostic> warnings = {};
};

/// @errors diag::UsageError: missing-value, unknown-model, wrong-unit, conflict, out-of-range; those of
/// model::read_config()
KnownModel served_model(const ServeQuestion& question, const catalog::Catalog& tables);

}  // namespace kwhatif::ask
