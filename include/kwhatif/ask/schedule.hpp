// When and where to run a job, on the hourly intensities of a place or of a file.
#pragma once

#include <kwhatif/ask/assumptions.hpp>
#include <kwhatif/catalog/catalog.hpp>
#include <kwhatif/diag/diagnostic.hpp>
#include <kwhatif/document/files.hpp>
#include <kwhatif/run/resolve.hpp>
#include <kwhatif/run/scenario.hpp>
#include <kwhatif/schedule/places.hpp>

#include <array>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace kwhatif::ask {

/// A job, its trace, and how much freedom it has.
struct ScheduleQuestion {
  run::Scenario run;  ///< the job; its grid or region and its year choose the trace; may be empty
  /// The part of the run that was said for this question alone: what of it has no effect is worth a warning.
  run::Scenario said;
  document::Reader files;  ///< reads the traces that are named by their paths
  std::optional<run::Given> trace;
  schedule::TraceChoice choice;  ///< of the columns of such files
  std::optional<run::Given> window, extra, threshold;
  std::optional<run::Given> start;
  std::optional<run::Given> places, transfer, max_moves;
};

/// What `schedule` found.
struct ScheduleAnswer {
  schedule::Trace trace;
  std::string place;  ///< name of the grid, or of the file
  schedule::Job job;
  bool energy_known = false;
  /// CO2e of the job at that mean intensity [kg/J], where its energy is known  [kg]
  std::optional<double> co2e(double intensity) const;
  /// What the job's time and energy rest on, without prices and yearly intensities.
  std::optional<run::ResolvedRun> run;
  std::vector<Assumption> assumptions;  ///< of that run
  schedule::Policy policy;
  double threshold = 0;  ///< the limit used [kg/J]
  schedule::YearOfStarts year;
  double mean = 0;  ///< of the trace [kg/J]
  /// From one given start.
  struct FromStart {
    std::int64_t hour = 0;  ///< since 1970
    schedule::Outcome now, shift, pause, threshold;
  };
  std::optional<FromStart> start;
  /// The job in other places; place 0 is the home.
  struct OverPlaces {
    std::vector<std::string> names;  ///< by place
    std::vector<std::string> zones;
    std::vector<double> means;  ///< of the traces [kg/J]
    schedule::Moving moving;
    schedule::YearOfPlaces year;
    std::vector<schedule::PlaceOffer> offers;  ///< from the given start, best first
    std::optional<schedule::Split> split;      ///< from the given start
  };
  std::optional<OverPlaces> places;
  std::vector<diag::Diagnostic> warnings;
  std::vector<diag::Diagnostic> notes;  ///< what the signal is good for, and what the answer had to assume
  std::vector<std::string> sources;
};

/// Mean intensities by hour of the day and month.
struct HeatMap {
  schedule::Trace trace;
  std::string place;                              ///< name of the grid, or of the file
  std::array<std::array<double, 12>, 24> mean{};  ///< [kg/J]; NaN where the trace has no such hour
  double low = 0, high = 0;                       ///< least and largest of them
  std::vector<diag::Diagnostic> warnings;
};

/// @errors diag::UsageError, diag::ScenarioError: those of run::resolve() and schedule::read_trace();
///         no-place, no-data, unknown-grid, no-work, out-of-range, bad-time, conflict, no-effect,
///         missing-value, too-large
ScheduleAnswer schedule(const ScheduleQuestion& question, const catalog::Catalog& tables);
/// @errors the same; no-effect for what asks for a schedule
HeatMap heat_map(const ScheduleQuestion& question, const catalog::Catalog& tables);

/// What was read of a file: "column 'forecast (gCO2/kWh)' in g/kWh, boundary not stated, average signal …";
/// empty for a trace of the tables.
std::string reading(const schedule::Trace& trace);

}  // namespace kwhatif::ask
