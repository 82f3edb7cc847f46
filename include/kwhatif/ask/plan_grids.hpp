// The grids that plan searches: the axes given, and for every input left open all that can be had.
//
// A value that is right in itself but that no run can have (a model too large for so few devices, a precision
// that a device lacks) is left out and told; it never takes others with it. Does not live here: the search
// (plan_search.hpp), which device is offered where (offers.hpp).
#pragma once

#include <kwhatif/ask/offers.hpp>
#include <kwhatif/diag/diagnostic.hpp>
#include <kwhatif/grid/sweep.hpp>

#include <functional>
#include <string>
#include <vector>

namespace kwhatif::ask {

/// Values of an axis that no run of the grids can have, in this search.
struct LeftOutValues {
  std::string axis;
  std::vector<std::string> values;
  std::string why;  ///< of one of them
};

struct PlanGrids {
  std::vector<grid::Space> spaces;
  Availability offers;
  std::vector<LeftOutValues> left_out;
  std::vector<diag::Diagnostic> notes;  ///< of the axes
  std::vector<diag::Diagnostic> fault;  ///< of a grid that has no run at all
};

/// Runs that may be looked up for all grids together: some twenty seconds.
inline constexpr double plan_lookups = 400'000;

struct PlanGridOptions {
  bool spreads = false;       ///< with the distributions of uncertain inputs
  bool within_scale = false;  ///< counts that are searched by default end where a step has no more work
  bool unavailable = false;   ///< offers are not looked at
  bool models = false;        ///< the model is open, too
  std::function<void(std::size_t lookups)> looking_up = {};  ///< as in Watch
  unsigned threads = 1;
};

/// Builds them.
/// @param axes  as written: NAME=VALUES
/// @errors diag::Error: as read_axes(), and of values that are wrong by themselves; too-many-lookups, before
/// any
///         work is done
/// @tested property: a search over them finds what enumeration finds; one more value on an axis never makes
/// the
///         answer worse
PlanGrids plan_grids(const run::Scenario& run, const std::vector<run::Given>& axes,
                     const catalog::Catalog& catalog, const PlanGridOptions& options = {});

}  // namespace kwhatif::ask
