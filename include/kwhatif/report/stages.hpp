// A run of stages: what the bands of its total are.
#pragma once

#include <kwhatif/analysis/uncertainty.hpp>
#include <kwhatif/ask/estimate.hpp>

#include <vector>

namespace kwhatif::report {

/// Percentiles of the total, as if all stages erred together: each is the sum of the stages' own. One team on
/// one kind of machine is high or low throughout, so independent stages would make the total look surer than
/// it is.
std::vector<analysis::Band> stage_bands(const ask::Estimate& answer);

}  // namespace kwhatif::report
