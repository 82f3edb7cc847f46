// The mean of a power record: over time, device by device, idle ends cut off, gaps left out and counted.
#include "forms.hpp"
#include "text.hpp"
#include <kwhatif/quantity/format.hpp>

#include <algorithm>
#include <cmath>
#include <map>
#include <numeric>

namespace kwhatif::imports {

namespace {

constexpr double gap_from = 3;       // times the usual interval
constexpr double least_gap = 2;      // [s]
constexpr double idle_below = 0.25;  // of the way from the lowest to the 95th percentile
constexpr double no_difference =
    1.7;  // the 95th percentile over the lowest: below, nothing tells idling from work
constexpr float idle_use = 0.05F;     // utilisation of a device that does nothing
constexpr double unused_share = 0.4;  // of the busiest device's mean
constexpr double long_idle = 5;       // intervals; shorter ones are part of the work

using Series = std::vector<const Reading*>;

std::map<std::uint16_t, Series> by_device(std::span<const Reading> readings, std::optional<Clock> window) {
  std::map<std::uint16_t, Series> out;
  for (const Reading& reading : readings) {
    if (window && (reading.time < window->from || reading.time > window->to)) continue;
    out[reading.device].push_back(&reading);
  }
  for (auto& [device, series] : out) {
    std::ranges::stable_sort(series, {}, [](const Reading* r) { return r->time; });
    series.erase(std::unique(series.begin(), series.end(),
                             [](const Reading* a, const Reading* b) { return a->time == b->time; }),
                 series.end());
  }
  return out;
}

double usual_interval(const std::map<std::uint16_t, Series>& devices) {
  std::vector<double> steps;
  for (const auto& [device, series] : devices) {
    for (std::size_t i = 1; i < series.size(); ++i) steps.push_back(series[i]->time - series[i - 1]->time);
  }
  return steps.empty() ? 0 : median(std::move(steps));
}

// The power between idling and working; none where nothing tells the two apart.
std::optional<double> threshold_of(const Series& series) {
  std::vector<double> watts;
  for (const Reading* r : series) watts.push_back(r->watts);
  std::ranges::sort(watts);
  const double low = watts.front();
  constexpr double high_rank = 0.95;
  const double high = watts[static_cast<std::size_t>(static_cast<double>(watts.size() - 1) * high_rank)];
  if (high <= low * no_difference) return std::nullopt;
  return low + (high - low) * idle_below;
}

bool any_use_known(const Series& series) {
  return std::ranges::any_of(series, [](const Reading* r) { return !std::isnan(r->busy); });
}

bool never_used(const Series& series) {
  return any_use_known(series) && std::ranges::all_of(series, [](const Reading* r) {
           return std::isnan(r->busy) || r->busy <= idle_use;
         });
}

struct Integral {
  double joules = 0;
  double covered = 0;
  double idle = 0;
  double idle_joules = 0;
  std::size_t gaps = 0;
  double longest_gap = 0;
  std::size_t readings = 0;
};

// Trapezoids between neighbours; what lies further apart than `widest` is a gap.
Integral integrate(const Series& series, double from, double to, double widest,
                   std::optional<double> threshold, double shortest_idle) {
  Integral out;
  double idle = 0;
  double idle_joules = 0;
  const auto end_idle = [&] {
    if (idle >= shortest_idle) {
      out.idle += idle;
      out.idle_joules += idle_joules;
    }
    idle = 0;
    idle_joules = 0;
  };
  const Reading* before = nullptr;
  for (const Reading* now : series) {
    if (now->time < from || now->time > to) continue;
    ++out.readings;
    if (before != nullptr) {
      const double step = now->time - before->time;
      if (step > widest) {
        ++out.gaps;
        out.longest_gap = std::max(out.longest_gap, step);
        end_idle();
      } else {
        const double joules = step * (before->watts + now->watts) / 2;
        out.covered += step;
        out.joules += joules;
        if (threshold && before->watts < *threshold && now->watts < *threshold) {
          idle += step;
          idle_joules += joules;
        } else {
          end_idle();
        }
      }
    }
    before = now;
  }
  end_idle();
  return out;
}

void cover_lines(PowerSummary& out, const Series& series, double from, double to) {
  for (const Reading* r : series) {
    if (r->time < from || r->time > to) continue;
    if (out.line_first == 0 || r->line < out.line_first) out.line_first = r->line;
    out.line_last = std::max(out.line_last, r->line);
  }
}

PowerSummary untimed(std::span<const Reading> readings) {
  PowerSummary out;
  std::map<std::uint16_t, std::pair<double, double>> sums;
  bool used = false;
  for (const Reading& r : readings) {
    sums[r.device].first += r.watts;
    sums[r.device].second += 1;
    used = used || std::isnan(r.busy) || r.busy > idle_use;
    if (out.line_first == 0) out.line_first = r.line;
    out.line_last = r.line;
  }
  out.readings = readings.size();
  out.only_idle = !used;
  for (const auto& [device, sum] : sums) {
    out.devices.push_back({device, sum.first / sum.second, true, 0});
    out.mean += sum.first / sum.second / static_cast<double>(sums.size());
  }
  return out;
}

}  // namespace

std::optional<PowerSummary> summarise(std::span<const Reading> readings, bool timed,
                                      std::optional<Clock> window) {
  if (readings.empty()) return std::nullopt;
  if (!timed) return untimed(readings);
  const auto devices = by_device(readings, window);
  if (devices.empty()) return std::nullopt;
  PowerSummary out;
  out.interval = usual_interval(devices);
  const double widest = std::max(gap_from * out.interval, least_gap);
  // who worked: by utilisation where it is known, and by what the busiest drew
  double busiest = 0;
  std::map<std::uint16_t, double> means;
  for (const auto& [device, series] : devices) {
    const auto all = integrate(series, series.front()->time, series.back()->time, widest, {}, 0);
    means[device] = all.covered > 0 ? all.joules / all.covered : series.front()->watts;
    if (!never_used(series)) busiest = std::max(busiest, means[device]);
  }
  std::vector<const Series*> used;
  for (const auto& [device, series] : devices) {
    if (!never_used(series) && means[device] >= unused_share * busiest) used.push_back(&series);
  }
  out.only_idle = used.empty();
  if (used.empty()) {
    for (const auto& [device, series] : devices) used.push_back(&series);
  }
  // the first and the last reading at work of any of them
  double first = used.front()->front()->time;
  double last = used.front()->back()->time;
  double begin = last;
  double end = first;
  bool told_apart = false;
  for (const Series* series : used) {
    first = std::min(first, series->front()->time);
    last = std::max(last, series->back()->time);
    const auto threshold = window ? std::nullopt : threshold_of(*series);
    told_apart = told_apart || threshold.has_value();
    for (const Reading* r : *series) {
      if (threshold && r->watts < *threshold) continue;
      begin = std::min(begin, r->time);
      end = std::max(end, r->time);
    }
  }
  if (!told_apart || out.only_idle || !(end > begin)) {
    begin = first;
    end = last;
  }
  out.idle_before = begin - first;
  out.idle_after = last - end;
  out.from = begin;
  out.to = end;
  out.span = end - begin;
  double worked = 0;
  double worked_joules = 0;
  double means_of_used = 0;
  double covered = 0;
  for (const auto& [device, series] : devices) {
    const bool at_work = std::ranges::find(used, &series) != used.end();
    const auto part = integrate(series, begin, end, widest, threshold_of(series), long_idle * out.interval);
    const double mean = part.covered > 0 ? part.joules / part.covered : means[device];
    out.devices.push_back({device, mean, at_work, part.covered});
    if (!at_work) continue;
    means_of_used += mean;
    out.joules += part.joules;
    covered += part.covered;
    out.gaps = std::max(out.gaps, part.gaps);
    out.longest_gap = std::max(out.longest_gap, part.longest_gap);
    out.readings += part.readings;
    out.idle_inside = std::max(out.idle_inside, part.idle);
    worked += part.covered - part.idle;
    worked_joules += part.joules - part.idle_joules;
    cover_lines(out, series, begin, end);
  }
  const auto n = static_cast<double>(used.size());
  out.mean = means_of_used / n;
  out.covered = covered / n;
  out.busy_mean = worked > 0 ? worked_joules / worked : out.mean;
  return out;
}

void add_power(Measurement& into, const PowerSummary& power) {
  const std::size_t used =
      static_cast<std::size_t>(std::ranges::count_if(power.devices, [](const auto& d) { return d.used; }));
  const bool board = into.readings_of == Boundary::accelerator;
  const Measure what = board ? Measure::accelerator_power : Measure::total_power;
  std::string statistic;
  if (into.timed) {
    statistic = "mean over " + seconds_in_words(power.span) + ", " + counted(power.readings, "reading") +
                " every " + quantity::significant(power.interval) + " s";
    if (power.gaps > 0) {
      statistic += "; covers " + quantity::percent(power.covered / power.span, 3) + ", " +
                   counted(power.gaps, "gap") + ", the longest " + seconds_in_words(power.longest_gap);
    }
  } else {
    statistic = power.readings == power.devices.size()
                    ? std::string{"one reading"}
                    : "mean of " + counted(power.readings, "reading") + ", which have no times";
  }
  if (board && used > 1) statistic += "; mean of " + counted(used, "board");
  Finding& mean = found(into, what, power.mean, statistic, power.line_first, power.line_last);
  mean.boundary = into.readings_of;
  if (!into.timed && power.readings == power.devices.size()) mean.doubt = "one reading is no mean of a run";
  if (power.only_idle)
    mean.doubt = "the devices were idle throughout (utilisation 0 %): this is no training";
  else if (into.timed && power.readings < power.devices.size() * 2)
    mean.doubt = "one reading is no mean of a run";
  if (power.idle_before > power.interval || power.idle_after > power.interval)
    leave(into, "idle ends of the record",
          seconds_in_words(power.idle_before) + " before and " + seconds_in_words(power.idle_after) +
              " after the work are not in the mean");
  if (power.idle_inside > 0) {
    mean.note = "in it " + seconds_in_words(power.idle_inside) + " of idling; " +
                quantity::significant(power.busy_mean) + " W without";
  }
  for (const auto& device : power.devices) {
    if (!device.used && !power.only_idle)
      leave(into, "device " + std::to_string(device.device),
            "idle throughout (" + quantity::significant(device.mean) + " W): not counted");
  }
  if (mean.doubt.empty() && into.timed && power.span > 0) {
    const double joules_per_kwh = 3.6e6;
    const double gapless = power.mean * static_cast<double>(board ? used : 1) * power.span;
    Finding& energy = found(into, Measure::energy, gapless / joules_per_kwh,
                            "mean power x " + seconds_in_words(power.span) +
                                (used > 1 && board ? " x " + counted(used, "board") : ""),
                            power.line_first, power.line_last);
    energy.boundary = into.readings_of;
    if (power.gaps > 0) energy.note = "gaps filled with the mean";
    found(into, Measure::wall_time, power.span, "from the first to the last reading at work",
          power.line_first, power.line_last);
  }
  if (board) {
    Finding& count = found(into, Measure::count, static_cast<double>(used),
                           "devices in the record that worked", power.line_first, power.line_last);
    if (power.only_idle) count.statistic = "devices in the record";
  }
}

namespace {

void forget_power(Measurement& record) {
  std::erase_if(record.findings, [](const Finding& f) {
    return f.measure == Measure::accelerator_power || f.measure == Measure::total_power ||
           f.measure == Measure::energy || f.measure == Measure::wall_time || f.measure == Measure::count;
  });
  std::erase_if(record.left, [](const Left& l) {
    return l.what.starts_with("idle ends") || l.what.starts_with("device ");
  });
}

}  // namespace

double restrict_to(Measurement& record, const Clock& window) {
  const auto power = summarise(record.readings, record.timed, window);
  if (!power) return 0;
  forget_power(record);
  add_power(record, *power);
  const double length = window.to - window.from;
  const double share = length > 0 ? std::min(1.0, power->covered / length) : 0;
  for (Finding& f : record.findings) {
    if (f.measure == Measure::accelerator_power || f.measure == Measure::total_power)
      f.statistic += "; covers " + quantity::percent(share, 3) + " of the run";
  }
  return share;
}

void join(Measurement& record, const Measurement& other) {
  const bool together = record.clock && other.clock && record.clock->from < other.clock->to &&
                        other.clock->from < record.clock->to;
  std::uint16_t next = 0;
  if (together) {
    for (const Reading& r : record.readings) next = std::max(next, static_cast<std::uint16_t>(r.device + 1));
  }
  for (Reading reading : other.readings) {
    reading.device = static_cast<std::uint16_t>(reading.device + next);
    record.readings.push_back(reading);
  }
  record.timed = record.timed && other.timed;
  forget_power(record);
  add_readings(record);
}

}  // namespace kwhatif::imports
