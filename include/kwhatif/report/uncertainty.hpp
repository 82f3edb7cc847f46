// How sure an estimate is, in words and as JSON.
#pragma once

#include <kwhatif/run/resolve.hpp>
#include <kwhatif/uncertain/uncertainty.hpp>

#include <string>
#include <string_view>

namespace kwhatif::report {

/// Whether any input has a spread worth carrying through: a prediction, or a table value with a range. The
/// rounding of printed table values alone is not worth a millisecond.
bool uncertain(const run::ResolvedRun& run);

/// The result whose uncertainty is explained: CO2e, else energy, else the first that varies; empty: none
/// does.
std::string_view explained_result(const uncertain::Intervals& intervals);

/// The 50 and 90 % bands of the main results in plain words, and which inputs to settle first; empty where
/// nothing is uncertain.
std::string uncertainty_text(const run::ResolvedRun& run);

}  // namespace kwhatif::report
