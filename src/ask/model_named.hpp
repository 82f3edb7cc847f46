// A model by its id in the tables or by its config.json, counted.
#pragma once

#include <kwhatif/ask/models.hpp>

#include <optional>
#include <vector>

namespace kwhatif::ask {

struct NamedModel {
  run::Network network;
  std::optional<catalog::Row> preset;
  model::Count trainable =
      0;  ///< of adapters that the file describes, beside a frozen base; 0: all are trained
};

/// @param name  that of the question, or of the model that it is against
NamedModel named_model(const ModelQuestion& question, const run::Given& name, const catalog::Catalog& tables,
                       std::vector<diag::Diagnostic>& warnings);

}  // namespace kwhatif::ask
