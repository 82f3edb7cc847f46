#include "steps.hpp"

#include "text.hpp"
#include <kwhatif/quantity/format.hpp>

#include <algorithm>
#include <vector>

namespace kwhatif::imports {

namespace {

constexpr double slow_start = 1.1;        // times the median of the rest
constexpr double interruption = 1.5;      // times the median
constexpr std::size_t most_warming = 10;  // one in so many reports

// How many times longer than the middle.
double slowness(double value, double middle, Better better) {
  if (better == Better::low) return value / middle;
  return value > 0 ? middle / value : interruption + 1;
}

double median_from(std::span<const StepReport> reports, std::size_t begin) {
  std::vector<double> values;
  for (std::size_t i = begin; i < reports.size(); ++i) {
    if (!reports[i].interrupted && !reports[i].warming) values.push_back(reports[i].value);
  }
  if (values.empty()) {
    for (std::size_t i = begin; i < reports.size(); ++i) values.push_back(reports[i].value);
  }
  return median(std::move(values));
}

}  // namespace

std::optional<StepStatistic> step_statistic(std::span<const StepReport> reports, Better better) {
  if (reports.empty()) return std::nullopt;
  std::size_t begin = 0;
  while (begin + 1 < reports.size() && reports[begin].warming) ++begin;
  constexpr std::size_t enough = 3;
  if (begin == 0 && reports.size() >= enough) begin = 1;
  if (begin == 0 && reports.size() == 2 &&
      slowness(reports[0].value, reports[1].value, better) > interruption)
    begin = 1;
  const std::size_t latest = std::max(begin, reports.size() / most_warming);
  while (begin < latest && begin + 1 < reports.size() &&
         slowness(reports[begin].value, median_from(reports, begin + 1), better) > slow_start)
    ++begin;
  StepStatistic out;
  out.warming = begin;
  const double middle = median_from(reports, begin);
  if (!(middle > 0)) return std::nullopt;
  std::vector<double> kept;
  double sum = 0;
  double weight = 0;
  for (std::size_t i = begin; i < reports.size(); ++i) {
    const StepReport& report = reports[i];
    if (!(report.value > 0)) continue;
    ++out.counted;
    // a mean of rates over equal work is the harmonic one
    sum += report.steps * (better == Better::low ? report.value : 1 / report.value);
    weight += report.steps;
    if (out.line_first == 0) out.line_first = report.line;
    out.line_last = report.line;
    if (report.interrupted || slowness(report.value, middle, better) > interruption) {
      ++out.interrupted;
      const bool worse = better == Better::low ? report.value > out.worst : report.value < out.worst;
      if (out.worst == 0 || worse) out.worst = report.value;
      continue;
    }
    kept.push_back(report.value);
  }
  if (kept.empty() || !(weight > 0)) return std::nullopt;
  out.used = kept.size();
  out.stepping = median(std::move(kept));
  out.overall = better == Better::low ? sum / weight : weight / sum;
  return out;
}

std::string StepStatistic::words(std::string_view report) const {
  std::string out = used == 1 ? "one " + std::string{report} : "median of " + imports::counted(used, report);
  if (warming > 0) out += " after warm-up (" + imports::counted(warming, "report") + " left out)";
  if (interrupted > 0) out += ", " + imports::counted(interrupted, "interrupted one") + " left out";
  return out;
}

}  // namespace kwhatif::imports
