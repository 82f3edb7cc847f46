// Hourly carbon intensities of a place: from the tables, or from a file of the user.
//
// A Trace is one value per hour from its first hour on, in UTC. Files are read where their meaning is
// certain and refused, with the way on, where it is not: what was read (column, unit, boundary, signal) and
// what had to be assumed stays with the trace. In src/schedule: trace_columns (which column holds what),
// trace_stamps (times), trace_zones (clocks), trace_series (order, steps, hours), trace_reader (a file from
// its header to a Trace). Does not live here: what is done with a trace (policies.hpp).
#pragma once

#include <kwhatif/catalog/catalog.hpp>
#include <kwhatif/diag/diagnostic.hpp>
#include <kwhatif/run/scenario.hpp>

#include <cstddef>
#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace kwhatif::schedule {

/// Hourly intensities.
struct Trace {
  std::string zone;               ///< id of the grid, or the file's name
  std::int64_t first_hour = 0;    ///< hours since 1970-01-01T00Z
  std::vector<double> intensity;  ///< [kg/J], one per hour
  std::size_t filled = 0;         ///< missing hours that took the value of the hour before
  std::size_t longest_gap = 0;
  std::string source;  ///< id in the source table; empty for a file of the user
  std::string at;
  std::string boundary;            ///< life-cycle or direct; empty where a file does not say
  std::string basis;               ///< consumption or production; empty where a file does not say
  std::string signal = "average";  ///< or marginal
  int year = 0;
  std::string column;                ///< of a file: the head of the column that was read
  std::string unit;                  ///< of a file: what its values were read in
  std::vector<std::string> others;   ///< heads of the file's other columns of intensities
  int step = 60;                     ///< [minutes] between two values of the file
  std::vector<std::string> remarks;  ///< what reading the file had to assume

  std::size_t hours() const { return intensity.size(); }
};

/// What the user says about a file.
struct TraceChoice {
  std::optional<run::Given> column;  ///< head of the column, or its number where there are no heads
  std::optional<run::Given> unit;    ///< "g/kWh"
};

/// Reads a trace from CSV: a header, then a line per step of an hour or less.
///
/// The column is chosen by the unit that its head names in whole words, never by its place; among several,
/// life-cycle before direct (see preferred() in trace_columns). Steps of less than an hour are averaged.
/// Times carry an offset, or their column names a zone, or they are taken as UTC and said so; which of two
/// numbers is the day is settled by the only reading that makes an hourly series. Gaps of up to six hours
/// take the value of the hour before and are counted; longer ones are errors. The tables' own form is a line
/// per UTC day ("2022-01-01,144.6,132.8,…", 24 values, header "utc_day,…", g/kWh).
/// @errors diag::UsageError: bad-trace (no time, no number, out of order, an hour twice as when clocks are
///         set back, an hour missing as when they are set forward, steps, gap, several places in one file),
///         missing-unit (no column whose head names one), ambiguous (columns, order of day and month,
///         decimal comma, hour-ending or not), unknown-column, out-of-range, and those of a unit
Trace read_trace(const std::shared_ptr<const diag::SourceText>& source, const TraceChoice& choice = {});

/// Traces of the tables.
std::vector<catalog::Row> traces_of(const catalog::Catalog& catalog, std::string_view grid);
Trace trace_of(const catalog::Row& row);

/// "2022-06-01T05:00Z".
std::string stamp(std::int64_t hour);
/// The same of the first whole hour that is not before `hours` after the trace's start.
std::string stamp(const Trace& trace, double hours);
/// Hour of "2022-06-01T05:00Z", "2022-06-01" …; with an offset converted to UTC.
std::optional<std::int64_t> hour_of(std::string_view text);

}  // namespace kwhatif::schedule
