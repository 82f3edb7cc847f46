// Blocks and words that the pages of sweep and plan share: what a grid rests on, what it left out, the
// command that explains one of its runs.
#pragma once

#include "pages.hpp"
#include <kwhatif/grid/sweep.hpp>

#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace kwhatif::report {

/// Short heads of the results that tables show most: "Energy", "CO2e". Others have their label.
std::string result_head(std::size_t result);
/// What the short heads of a table's results stand for.
Page heads_note(std::span<const std::size_t> results);
/// Of a result in its machine unit; empty where it is not known.
std::string result_cell(const run::RunEstimate<double>& result, std::size_t number);

/// What has no place in the grid, or no results there, and why.
Page left_out_page(const grid::Space& space);
/// What is said beside an answer and calls for nothing.
Page notes_page(const std::vector<diag::Diagnostic>& notes);
/// What the grid rests on, once: defaults and table values, and which of them vary along the axes.
/// @param see  where one row is explained
Page grid_assumptions_page(const grid::Space& space, const std::vector<Assumption>& list,
                           std::string_view see);

/// "kwhatif explain --params 7B …".
std::string explain_command(const run::Scenario& run);

}  // namespace kwhatif::report
