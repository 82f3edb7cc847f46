// What keeps a result from being known, and which flag brings it: partial questions get partial answers.
#pragma once

#include <kwhatif/analysis/sweep.hpp>
#include <kwhatif/diag/diagnostic.hpp>
#include <kwhatif/estimate/result.hpp>
#include <kwhatif/scenario/resolve.hpp>

#include <atomic>
#include <cstddef>
#include <vector>

namespace kwhatif::ask {

/// One warning per missing part, with the flag that brings it.
std::vector<diag::Diagnostic> missing_parts(const scenario::ResolvedRun& run,
                                            const estimate::RunEstimate<double>& result);

/// Those that keep one result (by number, analysis/sweep.hpp) from being known.
std::vector<diag::Diagnostic> missing_for(std::size_t wanted, const scenario::ResolvedRun& run,
                                          const estimate::RunEstimate<double>& result);

/// Whether any row of a grid has a result; true where `stop` came first.
bool has_result(const analysis::Space& space, std::size_t result, const std::atomic<bool>& stop);

}  // namespace kwhatif::ask
