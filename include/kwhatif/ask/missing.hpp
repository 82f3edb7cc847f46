// What keeps a result from being known, and which flag brings it: partial questions get partial answers.
#pragma once

#include <kwhatif/diag/diagnostic.hpp>
#include <kwhatif/grid/sweep.hpp>
#include <kwhatif/run/resolve.hpp>
#include <kwhatif/run/result.hpp>

#include <atomic>
#include <cstddef>
#include <vector>

namespace kwhatif::ask {

/// One warning per missing part, with the flag that brings it.
std::vector<diag::Diagnostic> missing_parts(const run::ResolvedRun& run,
                                            const run::RunEstimate<double>& result);

/// Those that keep one result (by number, grid/sweep.hpp) from being known.
std::vector<diag::Diagnostic> missing_for(std::size_t wanted, const run::ResolvedRun& run,
                                          const run::RunEstimate<double>& result);

/// Whether any row of a grid has a result; true where `stop` came first.
bool has_result(const grid::Space& space, std::size_t result, const std::atomic<bool>* stop = nullptr);

}  // namespace kwhatif::ask
