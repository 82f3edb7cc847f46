// How sure an estimate is, in words and as JSON.
#pragma once

#include <kwhatif/analysis/uncertainty.hpp>
#include <kwhatif/scenario/resolve.hpp>

#include <string>
#include <string_view>

namespace kwhatif::report {

/// Whether any input has a spread worth carrying through: a prediction, or a table value with a range. The
/// rounding of printed table values alone is not worth a millisecond.
bool uncertain(const scenario::ResolvedRun& run);

/// The result whose uncertainty is explained: CO2e, else energy, else the first that varies; empty: none
/// does.
std::string_view explained_result(const analysis::Intervals& intervals);

}  // namespace kwhatif::report
