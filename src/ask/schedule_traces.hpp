// Hourly traces by the names that people give in a question of schedule, and what a job does over them.
#pragma once

#include <kwhatif/ask/schedule.hpp>
#include <kwhatif/catalog/catalog.hpp>
#include <kwhatif/document/files.hpp>
#include <kwhatif/schedule/trace.hpp>

#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace kwhatif::ask {

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
schedule::Trace trace_in(const run::Given& file, const ScheduleQuestion& question);
/// The same where the place is no name of the tables and there is such a file; none where it is or is not.
std::optional<schedule::Trace> trace_of_file(const run::Given& place, const ScheduleQuestion& question,
                                             const catalog::Catalog& catalog);

/// The names of a list such as "FRA, NOR", each with its own place in the text.
/// @errors diag::UsageError: missing-value
std::vector<run::Given> elements(const run::Given& list);

double mean_of(const schedule::Trace& trace);
/// A quantity that is not negative.
double quantity_of(const run::Given& given, const quantity::Dimension& dimension, std::string_view example);
diag::Diagnostic warning(std::string code, std::string message, const diag::Span& where, std::string help);
/// What an answer had to assume.
diag::Diagnostic trace_note(std::string message);
void add_source(std::vector<std::string>& sources, std::string_view id);

/// The question's other places (schedule_places.cpp), for an answer that has all but those.
/// @errors diag::UsageError
void across_places(ScheduleAnswer& answer, const ScheduleQuestion& question, std::optional<int> year,
                   const catalog::Catalog& catalog);
/// What reading the traces had to assume.
void note_reading(const std::vector<schedule::Trace>& traces, std::vector<diag::Diagnostic>& notes);

}  // namespace kwhatif::ask
