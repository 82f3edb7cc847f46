// solve: the value of one input with which a run gives a wanted result: the PUE that explains a published
// energy.
//
// Every value is tried by resolving the run anew with it, as if its flag had been given: what depends on the
// input (predicted power on MFU, predicted MFU on devices) is derived again, and what estimate refuses is no
// answer. Does not live here: words (report).
#pragma once

#include <kwhatif/grid/sweep.hpp>

#include <optional>
#include <string>
#include <utility>
#include <vector>

namespace kwhatif::ask {

/// A value of the input, and the result that the run then has. Both coherent.
struct Attempt {
  double input = 0;
  double result = 0;
};

struct Solution {
  std::optional<Attempt> before;  ///< as the run is, where it has both
  std::optional<Attempt> found;
  run::Scenario run;                  ///< with the value found, ready for estimate
  std::vector<run::Given> displaced;  ///< what the input displaces in the run
  bool known = false;                 ///< some value of the input gives the result at all

  // where nothing is found:
  std::optional<Attempt> least, most;      ///< results within reach; alike where the input does not matter
  bool no_least = false, no_most = false;  ///< there is less, or more: the input has no end there
  /// Neighbouring values with the wanted result between theirs: whole numbers, or both sides of a step.
  std::optional<std::pair<Attempt, Attempt>> between;
};

/// Whether an input is a number of its own, which can be solved for.
bool solvable(run::Input input);

/// Searches all values that estimate takes, near the run's own value first.
///
/// @param wanted     the result, coherent
/// @param half_step  rounding of the text it was read from: an end of the range or a whole number that is as
///                   near as this is an answer, too
/// @errors diag::ScenarioError where the run does not resolve with any value of the input
/// @tested property: every answer, given back to resolve() and estimate(), gives the wanted result
Solution solve(const run::Scenario& run, const catalog::Catalog& catalog, run::Input input,
               std::size_t result, double wanted, double half_step = 0);

/// As a user puts it.
struct SolveQuestion {
  run::Scenario run = {};
  run::Given input;                       ///< by flag: "pue"
  std::optional<run::Given> target = {};  ///< one result and its value: "energy=1287 MWh"
};

struct SolveAnswer {
  run::Input input{};
  std::size_t result = 0;
  double wanted = 0;  ///< coherent
  Solution solution = {};
  std::vector<diag::Diagnostic> warnings = {};  ///< of the run with the value found, else as it is
  std::vector<std::string> sources = {};
};

/// @errors as above; diag::UsageError: missing-value, unknown-axis, bad-condition, unknown-result and those
/// of
///         the target's number; what keeps the result from being known
SolveAnswer solve(const SolveQuestion& question, const catalog::Catalog& tables);

}  // namespace kwhatif::ask
