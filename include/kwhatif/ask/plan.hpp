// plan: solving backwards. Which device, place, count, model size or number of tokens meets the limits, and
// is best?
//
// Does not live here: the search over grids (plan_search.hpp), one input of one run (solve.hpp), words
// (report).
#pragma once

#include <kwhatif/ask/estimate.hpp>
#include <kwhatif/ask/offers.hpp>
#include <kwhatif/ask/plan_grids.hpp>
#include <kwhatif/ask/plan_search.hpp>
#include <kwhatif/ask/verdict.hpp>

#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace kwhatif::ask {

/// At most this much of a result: "co2e", "5 t".
struct AtMost {
  std::string_view result;
  run::Given bound;
};

struct PlanQuestion {
  run::Scenario run = {};             ///< what is fixed; inputs left open are searched
  std::vector<run::Given> axes = {};  ///< what is searched of an input: NAME=VALUES
  std::vector<AtMost> at_most = {};
  std::vector<run::Given> where = {};         ///< more limits: "time<=30d and cost<=2M$"
  std::optional<run::Given> minimize = {};    ///< a result; CO2e where nothing is said
  std::optional<run::Given> maximize = {};    ///< instead: tokens, params or model
  std::optional<run::Given> confidence = {};  ///< share of the draws in which the limits must hold
  bool unavailable = false;  ///< also devices that nobody sells, and places where nobody offers them
};

/// What ends the growth of what was to grow.
enum class PlanEnd { limits, accepted, memory };

struct PlanAnswer {
  PlanGoal goal;
  PlanFound found;
  std::optional<Estimate> best;            ///< the best run in full: its bands and what they come from
  PlanEnd end = PlanEnd::limits;           ///< where something grew
  Availability offers;                     ///< what the grids were built of
  std::vector<LeftOutValues> left_out;     ///< of the axes
  std::optional<diag::Diagnostic> no_fit;  ///< why no run is possible at all: memory
  std::vector<Assumption> assumptions;     ///< of the grid of the best run
  std::vector<diag::Diagnostic> warnings;  ///< of the best run
  std::optional<Decision> verdict;         ///< of the best run of each device, or of each place
  std::vector<diag::Diagnostic> notes;     ///< what stands for a kind, what patterns passed over

  /// The run of a point, as if it had been given by flags.
  run::Scenario run(const PlanPoint& point) const;
  /// Of what was searched, and of what offers which device.
  std::vector<std::string> sources() const;
};

/// @errors diag::Error: those of plan_grids() and search(), of limits and words that cannot be read, of
///         questions that contradict themselves; stages; no-work, no-data and what keeps a result that is
///         limited or minimised from being known
PlanAnswer plan(const PlanQuestion& question, const catalog::Catalog& tables, const Watch& watch = {});

}  // namespace kwhatif::ask
