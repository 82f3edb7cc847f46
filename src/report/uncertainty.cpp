#include <kwhatif/quantity/format.hpp>
#include <kwhatif/report/table.hpp>
#include <kwhatif/report/uncertainty.hpp>
#include <kwhatif/uncertain/uncertainty.hpp>

#include <algorithm>
#include <cmath>

namespace kwhatif::report {

using quantity::significant;
using run::Slot;

namespace {

// "310 to 805 t": the unit of the larger end for both.
std::string band_words(double low, double high, const quantity::Dimension& dimension) {
  const std::string upper = quantity::human(high, dimension);
  const auto blank = upper.find(' ');
  const std::string unit = blank == std::string::npos ? "" : upper.substr(blank);
  const double scale = high / std::stod(upper);
  return significant(low / scale, 2) + " to " + significant(high / scale, 2) + unit;
}

// The flag that settles an input, and its name in a sentence.
std::string flag_of(Slot slot) {
  switch (slot) {
    case Slot::power_ratio:
    case Slot::tdp:
      return "--power";
    case Slot::peak:
      return "--tflops";
    case Slot::flop_factor:
    case Slot::flop_per_token:
      return "--flops";
    default: {
      std::string flag = "--" + std::string{run::info(slot).key};
      std::replace(flag.begin(), flag.end(), '_', '-');
      return flag;
    }
  }
}

}  // namespace

bool uncertain(const run::ResolvedRun& run) {
  return std::any_of(run.records.begin(), run.records.end(), [](const run::SlotRecord& record) {
    return record.distribution.has_value() || record.low.has_value() || record.high.has_value();
  });
}

std::string_view explained_result(const uncertain::Intervals& intervals) {
  for (const std::string_view key : {"operational_location", "facility_energy"}) {
    if (intervals.find(key) != nullptr) return key;
  }
  return intervals.bands.empty() ? std::string_view{} : intervals.bands.front().info.key;
}

std::string uncertainty_text(const run::ResolvedRun& run) {
  if (!uncertain(run)) return {};
  const auto spread = uncertain::spread_of(run);
  const auto intervals = uncertain::intervals(run, spread);
  Table table{{{""}, {"50 % band", Align::right}, {"90 % band", Align::right}}, {}};
  std::string_view last;
  for (const std::string_view key :
       {"device_time", "wall_time", "facility_energy", "operational_location", "cost"}) {
    const uncertain::Band* band = intervals.find(key);
    if (band == nullptr || !std::isnormal(band->p05) || !std::isfinite(band->p95)) continue;
    if (band->p50 <= 0 || band->p95 / band->p05 < 1.005) continue;
    const auto dimension = run::result_dimension(key);
    table.rows.push_back({std::string{band->info.label}, band_words(band->p25, band->p75, dimension),
                          band_words(band->p05, band->p95, dimension)});
    last = key;
    if (key == "operational_location") break;  // money moves with device-time
  }
  if (table.rows.empty()) return {};
  std::string out =
      "How sure (half of all such runs fall into the 50 % band, nine of ten into the 90 % band)\n";
  out += text(table, 2);
  const std::string_view result = explained_result(intervals);
  const auto drivers = uncertain::drivers(run.inputs, spread, result);
  std::string words;
  for (const auto& driver : drivers) {
    constexpr double worth_telling = 0.05;
    if (driver.share < worth_telling) break;
    words += (words.empty() ? "" : ", ") + std::string{run::info(driver.slot).label} + ' ' +
             quantity::percent(driver.share);
  }
  // the last row is meant where none is named
  const std::string of = result == last ? "" : " (" + std::string{intervals.find(result)->info.label} + ')';
  if (!words.empty())
    out += wrapped("The uncertainty" + of + " comes from " + words + "; to narrow it, measure and give " +
                       flag_of(drivers.front().slot) + " first.",
                   108, 2);
  return out;
}

}  // namespace kwhatif::report
