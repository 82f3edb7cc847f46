// When and where to run, for people and machines: savings of the policies, a plan from one start, places, a
// heat map as text, SVG and numbers.
#pragma once

#include <kwhatif/catalog/catalog.hpp>
#include <kwhatif/diag/diagnostic.hpp>
#include <kwhatif/report/table.hpp>
#include <kwhatif/run/formulas.hpp>
#include <kwhatif/run/resolve.hpp>
#include <kwhatif/schedule/places.hpp>

#include <optional>
#include <string>
#include <vector>

namespace kwhatif::report {

/// What `schedule` found.
struct ScheduleAnswer {
  schedule::Trace trace;
  std::string place;  ///< name of the grid, or of the file
  schedule::Job job;
  bool energy_known = false;
  /// CO2e of the job at that mean intensity [kg/J], where its energy is known  [kg]
  std::optional<double> co2e(double intensity) const {
    if (!energy_known) return std::nullopt;
    return run::operational_location(quantity::FacilityEnergy<>::from_coherent(job.energy),
                                     quantity::CarbonIntensity<>::from_coherent(intensity))
        .coherent();
  }
  /// What the job's time and energy rest on, without prices and yearly intensities.
  std::optional<run::ResolvedRun> run;
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
  std::vector<diag::Diagnostic> warnings;  ///< shown by whoever asks; here for machines
  std::vector<std::string> notes;          ///< what the answer had to assume
  std::vector<std::string> sources;
};

/// What was read of a file: "column 'forecast (gCO2/kWh)' in g/kWh, boundary not stated, average signal …";
/// empty for a trace of the tables.
std::string reading(const schedule::Trace& trace);

/// What a signal of this kind is good for.
std::string signal_note(const schedule::Trace& trace);

std::string schedule_text(const ScheduleAnswer& answer, const catalog::Catalog& catalog);
/// Schema kwhatif/schedule/1.
std::string schedule_json(const ScheduleAnswer& answer, const catalog::Catalog& catalog);
/// Without a start one line per policy, over the year's starts: policy, mean_saving, p05, p25, p50, p75, p95,
/// mean_intensity_g_per_kwh, co2e_kg; with places also their lines and place, moves, share_of_split_hours.
/// With a start one line per policy and place, and per stretch of the split: policy, place, start, end,
/// hours, mean_intensity_g_per_kwh, moving_co2e_kg, co2e_kg, saving, pauses, moves.
std::string schedule_csv(const ScheduleAnswer& answer);
/// The same as lines "policy.column", a tab, the value; places and stretches add "place:" and their number.
std::string schedule_plain(const ScheduleAnswer& answer);

/// Mean intensity by hour of the day and month.
std::string heat_map_text(const schedule::Trace& trace, const std::string& title);
std::string heat_map_svg(const schedule::Trace& trace, const std::string& title);
/// utc_hour, month, mean_g_per_kwh; hours without data are absent.
Table heat_map_table(const schedule::Trace& trace);
/// Schema kwhatif/heat-map/1.
std::string heat_map_json(const schedule::Trace& trace, const catalog::Catalog& catalog);

}  // namespace kwhatif::report
