// What an answer rests on that nobody gave: numbers of tables, predictions and defaults, and choices.
#pragma once

#include <kwhatif/catalog/origin.hpp>
#include <kwhatif/quantity/dimension.hpp>
#include <kwhatif/run/resolve.hpp>
#include <kwhatif/uncertain/certainty.hpp>

#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace kwhatif::grid {
class Space;
}

namespace kwhatif::ask {

/// A number or choice that the user did not give.
struct Assumption {
  std::string input;              ///< flag that would settle it: "pue"
  std::optional<double> value;    ///< of a number, in its coherent unit; none where it varies
  quantity::Dimension dimension;  ///< of a number
  std::string_view unit;          ///< of a number, for machines: "g/kWh"; "1" for the coherent unit
  std::string word;               ///< of a choice: "fp16"
  catalog::Origin origin;
  std::optional<uncertain::SpreadEffect> effect;  ///< of its spread on the result, where one is known
  std::vector<std::string> varies_with = {};      ///< axes of a grid
  run::WorkUnit work = {};                        ///< the words for tokens
};

/// Everything that a run rests on and that the user did not give, numbers first.
std::vector<Assumption> assumptions(const run::ResolvedRun& run);
/// The same of the runs of a grid: what is not the same for all of them names the axes that it varies with.
std::vector<Assumption> assumptions(const grid::Space& space);

}  // namespace kwhatif::ask
