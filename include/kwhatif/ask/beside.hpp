// What must be said where runs stand beside each other: gaps that only some of them have, prices and power of
// unlike kinds.
//
// Does not live here: what one run lacks (missing.hpp), what is offered (obtainable.hpp).
#pragma once

#include <kwhatif/ask/compare.hpp>
#include <kwhatif/grid/sweep.hpp>

#include <vector>

namespace kwhatif::ask {

/// Notes on runs that are compared: results that only some of them have, with the reason; prices that are not
/// of the run's provider; power that is measured for one and predicted or guessed for another.
std::vector<diag::Diagnostic> notes_beside(const std::vector<Compared>& runs);

/// Why results are missing in rows of a grid, the first few.
std::vector<diag::Diagnostic> notes_on_gaps(const grid::Space& space, const std::vector<std::uint64_t>& rows,
                                            const std::vector<std::size_t>& results,
                                            const catalog::Catalog& tables);

}  // namespace kwhatif::ask
