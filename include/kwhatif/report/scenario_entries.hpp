// What a run was resolved to, input by input, as machines get it: the "scenario" of documents, and its
// schema.
#pragma once

#include <kwhatif/catalog/catalog.hpp>
#include <kwhatif/run/resolve.hpp>

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

namespace kwhatif::report {

/// One key of "scenario".
struct ScenarioEntry {
  std::string key;        ///< with its unit: "power_w"
  bool numeric = false;   ///< of the value, where there is one
  std::string_view unit;  ///< of a number: "W"; empty for counts, shares and texts
  std::string what;       ///< one line, without a full stop
  /// In `unit`; a count of parameters is exact; none where nothing is known.
  std::variant<std::monostate, double, std::uint64_t, std::string> value = {};
};

/// Every key that a scenario may have, in order, with what this run was resolved to: given, taken from tables
/// or predicted. Without a run the keys alone.
///
/// An input whose flag does not say its unit has two keys: "power_w" with the number, and "power" with the
/// text that the user gave.
std::vector<ScenarioEntry> scenario_entries(const run::ResolvedRun& run, const catalog::Catalog& catalog);

/// The number that a text gives an input, in grid::machine_unit(); none where it is no number
/// ("optimal").
std::optional<double> input_number(const run::InputInfo& input, const std::string& text);
/// Cell of an input's column (grid::machine_column): its number where it has one, else the text.
std::string input_cell(const run::InputInfo& input, const std::string& text);
/// The same of a run, where the user gave this input; else empty.
std::string given_cell(const run::ResolvedRun& run, const run::InputInfo& input);

}  // namespace kwhatif::report
