// An architecture counted: what --model and --config bring into a run.
#pragma once

#include <kwhatif/catalog/catalog.hpp>
#include <kwhatif/diag/diagnostic.hpp>
#include <kwhatif/model/config_json.hpp>
#include <kwhatif/model/flops.hpp>
#include <kwhatif/model/parameters.hpp>

#include <string>
#include <string_view>
#include <vector>

namespace kwhatif::run {

/// One architecture with its exact counts at one sequence length.
struct Network {
  std::string name;  ///< id of the tables or path of the config
  model::Architecture architecture;
  model::Inventory inventory;
  model::ParameterCount parameters;
  model::FlopCount flops;
  double sequence_length = 0;  ///< 0 where it has no meaning (images)
  std::vector<diag::Diagnostic> remarks;
};

/// The sequence length taken where neither the run nor the tables say one.
struct AssumedLength {
  double tokens = 0;
  std::string note;             ///< why this one
  bool context_longer = false;  ///< the config allows more than is assumed of training
};

/// The context length of the config where it is short enough to have been trained at throughout, else the
/// default "sequence-length" of the tables: longer contexts are mostly reached in a later, short phase.
AssumedLength assumed_length(const model::Architecture& architecture, const catalog::Catalog& catalog);

/// Reads and counts a config.json.
///
/// @param text             content of the file
/// @param name             shown in messages
/// @param sequence_length  [token]  > 0
/// @errors                 diag::Error (model::ConfigError)
Network count_network(std::string_view text, const std::string& name, double sequence_length,
                      model::Recompute recompute = model::Recompute::none);
/// Counts an architecture.
Network count_network(model::ReadConfig read, const std::string& name, double sequence_length,
                      model::Recompute recompute = model::Recompute::none);

/// FLOPs of training that count the whole square of causal attention (PaLM, nanoGPT, torchtitan), over those
/// that count what a token sees.
double full_attention_flops(const Network& network);

}  // namespace kwhatif::run
