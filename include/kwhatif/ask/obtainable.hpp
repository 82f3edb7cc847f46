// What can be had: how the questions over many devices and places treat pairs that nobody offers.
//
// Does not live here: the tables' answer for one pair (run/market.hpp), the grids of plan (offers.hpp).
#pragma once

#include <kwhatif/grid/sweep.hpp>

#include <span>
#include <string>
#include <vector>

namespace kwhatif::ask {

/// How axes over names are read beside a run: its year decides what stands for a kind.
grid::AxisOptions axis_options(const run::Scenario& run, bool unavailable);

/// Whether something is rented in the places of an axis, or without one in that of the run.
bool rents_anything(const run::Scenario& run, std::span<const grid::Axis> axes,
                    const catalog::Catalog& tables);

/// What is said of a grid: how many pairs of patterns are left out because they are not offered, and which
/// named pairs are not, with the nearest offer.
struct Offers {
  std::vector<diag::Diagnostic> notes;
  std::vector<diag::Diagnostic> warnings;
};
Offers offers_of(const run::Scenario& run, const grid::Space& space, const catalog::Catalog& tables,
                 bool unavailable);

/// Whether one run's device can be had in its region, as far as the tables know: false where they say that it
/// cannot, or do not say that it can.
bool obtainable(const run::ResolvedRun& run, const catalog::Catalog& tables);

}  // namespace kwhatif::ask
