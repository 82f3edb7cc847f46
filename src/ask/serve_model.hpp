// The model that a question about serving names.
#pragma once

#include <kwhatif/ask/serve.hpp>
#include <kwhatif/model/inventory.hpp>
#include <kwhatif/model/quantised.hpp>

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
  catalog::Origin origin = {};  ///< of what was counted
  serve::ServedModel<> served = {};
  /// Of a model of images: FLOPs of one pass over one image, and the side of that.
  struct Image {
    double flop = 0;
    double side = 0;  ///< [pixel]; 0: that of its config
  };
  std::optional<model::Quantised> stored = {};     ///< of a checkpoint in fewer bits
  double stored_share = 0;                         ///< of its parameters
  std::optional<model::Inventory> inventory = {};  ///< of a model of text whose architecture is known
  std::optional<Image> image = {};
  std::optional<catalog::Row> preset = {};
  std::vector<Assumption> assumptions = {};
  std::vector<diag::Diagnostic> warnings = {};
};

/// What attention adds to a service of a known architecture: each token of the prompt attends to those before
/// it, each of the answer to the prompt and, on average, half of the answer.
void count_attention(serve::ServedModel<>& model, const model::Inventory& inventory,
                     const serve::Workload<>& work);

/// @errors diag::UsageError: missing-value, unknown-model, wrong-unit, conflict, out-of-range; those of
/// model::read_config()
KnownModel served_model(const ServeQuestion& question, const catalog::Catalog& tables);

}  // namespace kwhatif::ask
