// plan: solving backwards. Which device, place, count, model size or number of tokens meets the limits, and
// is best?
//
// The search is exhaustive over grids (sweep.hpp): an answer is a point of a grid that estimate() itself
// accepts, and no point that meets the limits is passed over. The most tokens or parameters are found by
// growing until no point of the grid meets the limits any more. With a confidence, a point meets the limits
// where they hold together in that share of the draws of its uncertain inputs (confidence.hpp); what is
// minimised is the central value all the same. Does not live here: words (report), flags (cli).
#pragma once

#include <kwhatif/analysis/offers.hpp>
#include <kwhatif/analysis/sink.hpp>

#include <optional>
#include <string>
#include <vector>

namespace kwhatif::analysis {

struct PlanQuestion {
  std::vector<Limit> limits;
  std::size_t minimize = 0;  ///< result
  /// Instead of minimize: tokens or params, as many as the limits allow.
  std::optional<scenario::Input> grow;
  bool largest_model = false;  ///< instead of minimize: as much compute (so the largest of the model axis)
  std::vector<std::size_t> front = {};  ///< results of the Pareto front; none: no front
  double confidence = 0;                ///< share of draws that keep the limits; 0: central values keep them
  Availability offers = {};             ///< what the grids were built of, for the report
  unsigned threads = 1;
  const std::atomic<bool>* stop = nullptr;
};

/// A point of one of the grids of the answer.
struct PlanPoint {
  std::size_t space = 0;
  std::uint64_t row = 0;
  double value = 0;  ///< of what is minimised or grown, coherent
  bool knee = false;
  std::optional<double> share = {};  ///< of draws that keep all limits, where a confidence was asked for
};

/// How far one limit is from being met by runs that meet all others.
struct Binding {
  Limit limit;
  /// The run with the least of this result that meets the other limits; of all runs where `alone`.
  std::optional<PlanPoint> nearest;
  double value = 0;    ///< its result; with a confidence what it keeps in that share of draws
  bool alone = false;  ///< not even without the other limits can it be met
};

struct PlanAnswer {
  std::vector<Space> spaces;  ///< the grids that the points are of
  std::optional<PlanPoint> best;
  std::vector<PlanPoint> by_hardware;  ///< the best of each device, best first
  std::vector<PlanPoint> by_region;    ///< the best of each place
  std::vector<PlanPoint> front;
  std::vector<Binding> bindings;  ///< where nothing meets the limits
  /// What grows has no largest value: what is limited is zero whatever it is, or the limit is beyond reach.
  bool unlimited = false;
  /// Where runs meet the limits, but none of them has the result that is minimised: one of them.
  std::optional<PlanPoint> without;
  std::uint64_t points = 0;
  bool stopped = false;
};

/// Searches the grids.
/// @param spaces  one or more grids; axes of equal name are compared. Made with their spreads where a
///                confidence is asked for, and with a value for what is to grow: it is where the search
///                begins.
PlanAnswer plan(std::vector<Space> spaces, const PlanQuestion& question, const catalog::Catalog& catalog);

/// The value of one input with which a run gives a wanted result: the PUE that explains a published energy.
///
/// Newton steps on logarithms; exact in one step where the result is a power of the input.
/// @return  nothing where the result does not depend on the input or cannot reach the value
std::optional<double> solve(const estimate::RunInputs<double>& inputs, estimate::Slot slot,
                            std::size_t result, double wanted);

}  // namespace kwhatif::analysis
