// An architecture counted: what --model and --config bring into a run.
#pragma once

#include <kwhatif/diag/diagnostic.hpp>
#include <kwhatif/model/config_json.hpp>
#include <kwhatif/model/flops.hpp>
#include <kwhatif/model/parameters.hpp>

#include <string>
#include <string_view>
#include <vector>

namespace kwhatif::scenario {

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

/// Reads and counts a config.json.
///
/// @param text             content of the file
/// @param name             shown in messages
/// @param sequence_length  [token]  > 0
/// @errors                 diag::Error (model::ConfigError)
Network count_network(std::string_view text, const std::string& name, double sequence_length,
                      model::Recompute recompute = model::Recompute::none);

}  // namespace kwhatif::scenario
