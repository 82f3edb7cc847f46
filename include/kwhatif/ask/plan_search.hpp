// The search of a plan: which point of some grids meets the limits, and is best?
//
// The search is exhaustive over grids (grid/sweep.hpp): an answer is a point of a grid that estimate() itself
// accepts, and no point that meets the limits is passed over. The most tokens or parameters are found by
// growing until no point of the grid meets the limits any more. With a confidence, a point meets the limits
// where they hold together in that share of the draws of its uncertain inputs (grid/confidence.hpp); what is
// minimised is the central value all the same. Does not live here: which grids (plan_grids.hpp), the question
// as a user puts it (plan.hpp).
#pragma once

#include <kwhatif/ask/watch.hpp>
#include <kwhatif/catalog/catalog.hpp>
#include <kwhatif/grid/sink.hpp>

#include <array>
#include <optional>
#include <vector>

namespace kwhatif::ask {

/// Tries of the search for the most tokens or parameters, each with grids of its own; and how many runs may
/// be looked up for them at most.
inline constexpr std::uint64_t growth_tries = 80;
inline constexpr std::uint64_t growth_lookups = 1'000'000;

/// What is to be found.
struct PlanGoal {
  std::vector<grid::Limit> limits;
  std::size_t minimize = 0;  ///< result
  /// Instead of minimize: tokens or params, as many as the limits allow.
  std::optional<run::Input> grow;
  bool largest_model = false;  ///< instead of minimize: as much compute (so the largest of the model axis)
  std::optional<std::array<std::size_t, 3>> front = {};  ///< results of the Pareto front
  double confidence = 0;  ///< share of draws that keep the limits; 0: central values keep them
};

/// A point of one of the grids.
struct PlanPoint {
  std::size_t space = 0;
  std::uint64_t row = 0;
  double value = 0;  ///< of what is minimised or grown, coherent
  bool knee = false;
  std::optional<double> share = {};  ///< of draws that keep all limits, where a confidence was asked for
  run::RunEstimate<double> result = {};
};

/// How far one limit is from being met by runs that meet all others.
struct Binding {
  grid::Limit limit;
  /// The run with the least of this result that meets the other limits; of all runs where `alone`.
  std::optional<PlanPoint> nearest;
  double value = 0;    ///< its result; with a confidence what it keeps in that share of draws
  bool alone = false;  ///< not even without the other limits can it be met
};

struct PlanFound {
  std::vector<grid::Space> spaces;  ///< the grids that the points are of
  std::optional<PlanPoint> best;
  std::vector<PlanPoint> by_hardware;  ///< the best of each device, best first
  std::vector<PlanPoint> by_region;    ///< the best of each place
  std::vector<PlanPoint> front;
  bool front_too_long = false;    ///< of a very large grid: more runs than can be listed
  std::vector<Binding> bindings;  ///< where nothing meets the limits
  /// What grows has no largest value: what is limited is zero whatever it is, or the limit is beyond reach.
  bool unlimited = false;
  /// Where runs meet the limits, but none of them has the result that is minimised: one of them.
  std::optional<PlanPoint> without;
  std::uint64_t points = 0;
  bool stopped = false;
};

/// Searches the grids.
/// @errors diag::UsageError: too-many-lookups, where something is to grow on grids with too many different
/// runs
/// @param spaces  one or more grids; axes of equal name are compared. Made with their spreads where a
///                confidence is asked for, and with a value for what is to grow: it is where the search
///                begins.
PlanFound search(std::vector<grid::Space> spaces, const PlanGoal& goal, const catalog::Catalog& catalog,
                 const Watch& watch = {});

}  // namespace kwhatif::ask
