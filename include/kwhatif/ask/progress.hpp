// A run under way: what it took so far, what is left, and what it takes in all.
#pragma once

#include <kwhatif/run/resolve.hpp>
#include <kwhatif/run/result.hpp>
#include <kwhatif/uncertain/certainty.hpp>

#include <optional>
#include <vector>

namespace kwhatif::ask {

/// One result of a run under way, coherent units.
struct ProgressRow {
  run::ResultInfo info;
  double so_far = 0;
  double left = 0;
  double whole = 0;
  std::optional<uncertain::Band> whole_band;  ///< of the whole, where it is uncertain
};

struct Progress {
  double share = 0;  ///< that is done
  std::vector<ProgressRow> rows;
};

/// None where nothing was said of it. Time, energy, CO2e and money are taken to be spread evenly over the
/// work.
std::optional<Progress> progress_of(const run::ResolvedRun& run, const run::RunEstimate<double>& result,
                                    const uncertain::Certainty& certainty);

}  // namespace kwhatif::ask
