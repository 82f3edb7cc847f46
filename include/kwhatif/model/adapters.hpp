// Low-rank adapters as their own file describes them (PEFT's adapter_config.json): which matrices of a base
// get two narrow ones beside them, counted to the parameter.
//
// Does not live here: adapters asked for by flags, which name groups of matrices (regimes.hpp); finding the
// base.
#pragma once

#include <kwhatif/model/inventory.hpp>

#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace kwhatif::model {

/// What an adapter_config.json says.
struct AdapterFile {
  std::string base;  ///< base_model_name_or_path; empty where it is not named
  Count rank = 1;
  std::vector<std::string> targets;  ///< names of modules, as PEFT matches them
  bool all_linear = false;           ///< every matrix but the output
};

/// The adapters in a text; nothing where it describes something else or is no JSON.
///
/// @errors  ConfigError: config-missing-field, config-bad-value, config-unsupported (other kinds of adapters,
///          ranks that differ from layer to layer, modules trained whole)
std::optional<AdapterFile> read_adapter_file(std::string_view text, std::string_view name);

/// Adds the adapters to a base, and returns how many parameters they have.
///
///   Σ rank · (rows + columns) over the matrices named; a module that holds several (c_attn) has one narrow
///   matrix in front of all
///
/// @param   architecture  the base, whose family says what its modules are called
/// @errors  ConfigError config-inconsistent where the base has no module of a name
/// @source  hu-2021, section 4
/// @tested  golden: Llama 2 7B with r = 16 on q_proj and v_proj has 8,388,608 (PEFT prints it)
Count add_adapters(Inventory& base, const Architecture& architecture, const AdapterFile& file,
                   std::string_view base_name);

}  // namespace kwhatif::model
