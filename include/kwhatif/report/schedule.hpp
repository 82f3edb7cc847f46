// When to run, for people and machines: savings of the policies, a plan from one start, a heat map as text
// and SVG.
#pragma once

#include <kwhatif/analysis/schedule.hpp>
#include <kwhatif/catalog/catalog.hpp>

#include <optional>
#include <string>
#include <vector>

namespace kwhatif::report {

/// What `schedule` found.
struct ScheduleAnswer {
  analysis::Trace trace;
  std::string place;  ///< name of the grid, or of the file
  analysis::Job job;
  bool energy_known = false;
  analysis::Policy policy;
  double threshold = 0;  ///< the limit used [kg/J]
  analysis::YearOfStarts year;
  double mean = 0;                   ///< of the trace [kg/J]
  std::array<double, 24> by_hour{};  ///< mean intensity of starting at once at each UTC hour [kg/J]
  /// From one given start.
  struct FromStart {
    std::int64_t hour = 0;
    analysis::Outcome now, shift, pause, threshold;
  };
  std::optional<FromStart> start;
  std::vector<std::string> place_names;  ///< of the offers
  std::vector<analysis::PlaceOffer> offers;
  double transfer = 0;  ///< [J]
  std::vector<std::string> sources;
};

std::string schedule_text(const ScheduleAnswer& answer, const catalog::Catalog& catalog);
/// Schema kwhatif/schedule/1.
std::string schedule_json(const ScheduleAnswer& answer, const catalog::Catalog& catalog);
/// One line per policy: policy, mean_saving, p05, p25, p50, p75, p95, mean_intensity_g_per_kwh, co2e_kg.
std::string schedule_csv(const ScheduleAnswer& answer);

/// Mean intensity by hour of the day and month.
std::string heat_map_text(const analysis::Trace& trace, const std::string& title);
std::string heat_map_svg(const analysis::Trace& trace, const std::string& title);

}  // namespace kwhatif::report
