// Hourly traces by the names that people give on the command line of `schedule`.
#pragma once

#include "verb.hpp"
#include <kwhatif/schedule/policies.hpp>

#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace kwhatif::cli {

/// Grids with a trace, of one year or of any, each once.
std::vector<std::string> zones(const catalog::Catalog& catalog, std::optional<int> year);
/// "France (FRA)".
std::string name_of(const catalog::Catalog& catalog, std::string_view grid);
/// The grid that a grid's or region's name stands for; none where nothing has that name.
std::optional<std::string> grid_named(const catalog::Catalog& catalog, std::string_view name);

/// The trace of a grid: of the year asked for, else the newest; none where there is none.
std::optional<schedule::Trace> trace_of_grid(const catalog::Catalog& catalog, std::string_view grid,
                                             std::optional<int> year);
/// The same of a place as a person names it.
/// @errors diag::UsageError: unknown-grid, no-data
schedule::Trace trace_named(const catalog::Catalog& catalog, const run::Given& place,
                            std::optional<int> year);
/// A trace of the user.
/// @errors diag::UsageError: cannot-read, and those of schedule::read_trace
schedule::Trace trace_in(const run::Given& file, const schedule::TraceChoice& choice);

/// The names of a list such as "FRA, NOR", each with its own place on the command line.
/// @errors diag::UsageError: missing-value
std::vector<run::Given> elements(const run::Given& list);

}  // namespace kwhatif::cli
