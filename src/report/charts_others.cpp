// Charts of hours and places, of what moves a result, of the back-test and of serving.
#include "chart_parts.hpp"
#include <kwhatif/ask/backtest.hpp>
#include <kwhatif/ask/influence.hpp>
#include <kwhatif/ask/schedule.hpp>
#include <kwhatif/ask/serve.hpp>
#include <kwhatif/quantity/format.hpp>
#include <kwhatif/report/charts.hpp>
#include <kwhatif/report/words.hpp>
#include <kwhatif/schedule/policies.hpp>

#include <algorithm>
#include <cmath>

namespace kwhatif::report {

using ask::ScheduleAnswer;
using chart::Chart;
using quantity::significant;

namespace {

namespace dim = quantity::dim;

double grams(double intensity) { return quantity::to_unit(intensity, "g/kWh"); }
std::string percent_of(double share) { return significant(100 * share) + " %"; }

Chart heat_map_chart(const schedule::Trace& trace, const std::string& place,
                     const std::array<std::array<double, 12>, 24>& mean) {
  chart::Cells cells{
      .rows = {"hour of the day, UTC", false},
      .columns = {"month", false},
      .values = {"mean g CO2e per kWh", false},
      .row_names = {},
      .column_names = {"Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"},
      .cells = {}};
  std::string least;
  std::string most;
  double low = 0;
  double high = 0;
  for (std::size_t h = 0; h < mean.size(); ++h) {
    cells.row_names.push_back(two_digits(h) + ":00");
    auto& row = cells.cells.emplace_back();
    for (std::size_t m = 0; m < mean[h].size(); ++m) {
      row.push_back(grams(mean[h][m]));
      if (!drawable(row.back())) continue;
      const std::string words =
          significant(row.back()) + " at " + cells.row_names.back() + " in " + cells.column_names[m];
      if (least.empty() || row.back() < low) {
        low = row.back();
        least = words;
      }
      if (most.empty() || row.back() > high) {
        high = row.back();
        most = words;
      }
    }
  }
  const std::string what = trace.signal == "marginal" ? "marginal" : "average";
  return {"heat-map", place + ": mean g CO2e per kWh by UTC hour and month",
          "Mean " + what + " carbon intensity; least " + least + ", most " + most + ". Darker is dirtier.",
          "", std::move(cells)};
}

void add_savings(std::vector<Chart>& charts, const ScheduleAnswer& a) {
  if (a.year.starts == 0) return;
  chart::Bands bands{.axis = {"saving of CO2e against starting at once, %", false},
                     .rows = {},
                     .reference = 0,
                     .value_words = "mean",
                     .half_words = "half of the start hours",
                     .most_words = "nine of ten start hours"};
  std::vector<std::string> said;
  const auto add = [&](std::string id, std::string name, const schedule::Savings& s) {
    if (s.shares.empty()) return;
    const auto at = [&](double q) { return 100 * s.quantile(q); };
    const std::string words = percent_of(s.mean) + " (" + percent_of(s.quantile(0.05)) + " to " +
                              percent_of(s.quantile(0.95)) + ')';
    said.push_back(name + ' ' + words);
    bands.rows.push_back({std::move(id), std::move(name), words, 100 * s.mean,
                          chart::Range{at(0.25), at(0.75)}, chart::Range{at(0.05), at(0.95)}});
  };
  add("shift", "best start", a.year.shift);
  add("pause", "pause and resume", a.year.pause);
  add("threshold", "run below " + quantity::human(a.threshold, dim::carbon_intensity), a.year.threshold);
  if (a.places) {
    add("whole", "whole in the best place", a.places->year.alone);
    add("split", "split over places", a.places->year.split);
  }
  if (bands.rows.empty()) return;
  charts.push_back({"savings", a.place + ": what choosing the hours saves",
                    "Mean saving (and where nine of ten start hours lie): " + listed_shortly(said, 5) + ".",
                    "Over " + counted(a.year.starts, "start hour") +
                        ". All policies know the future: a forecast reaches less.",
                    std::move(bands)});
}

// The hours around a given start, and when each policy runs.
void add_hours(std::vector<Chart>& charts, const ScheduleAnswer& a) {
  if (!a.start || a.trace.intensity.empty()) return;
  const auto& s = *a.start;
  const std::int64_t from = s.hour - a.trace.first_hour;
  const auto all = static_cast<std::int64_t>(a.trace.hours());
  if (from < 0 || from >= all) return;
  double end = static_cast<double>(from) + a.job.hours;
  for (const auto* o : {&s.now, &s.shift, &s.pause, &s.threshold}) end = std::max(end, o->end);
  const auto last = std::min(all, static_cast<std::int64_t>(std::ceil(end)) + 1);
  chart::Lines lines{.x = {"UTC", false},
                     .y = {"g CO2e per kWh", false},
                     .first = static_cast<double>(from),
                     .series = {},
                     .spans = {},
                     .ticks = {}};
  chart::Series series{"intensity", a.place, {}};
  for (std::int64_t h = from; h < last; ++h)
    series.values.push_back(grams(a.trace.intensity[static_cast<std::size_t>(h)]));
  lines.series.push_back(std::move(series));
  const std::int64_t length = last - from;
  for (const std::int64_t every : {6, 12, 24, 48, 96, 168, 336, 730, 1460}) {
    if (length / every > 8) continue;
    for (std::int64_t h = 0; h < length; h += every) {
      const std::string stamp = schedule::stamp(s.hour + h);  // 2022-06-01T05:00Z
      lines.ticks.emplace_back(
          static_cast<double>(from + h),
          every < 24 ? stamp.substr(5, 5) + ' ' + stamp.substr(11, 5) : stamp.substr(5, 5));
    }
    break;
  }
  lines.x.title = "hours from " + schedule::stamp(s.hour);
  std::vector<std::string> said;
  const auto add = [&](std::string id, const std::string& name, const schedule::Outcome& o) {
    const std::string words =
        name + ": " + quantity::human(o.mean, dim::carbon_intensity) +
        (o.pauses > 0 ? ", " + counted(o.pauses, "pause") + " within" : "") +
        (s.now.mean > 0 && &o != &s.now ? ", saves " + percent_of(schedule::saving(o.mean, s.now.mean)) : "");
    said.push_back(words);
    lines.spans.push_back({words, {{std::move(id), words, static_cast<double>(o.start), o.end}}});
  };
  add("now", "start at once", s.now);
  add("shift", "best start", s.shift);
  add("pause", "pause and resume", s.pause);
  add("threshold", "run below " + quantity::human(a.threshold, dim::carbon_intensity), s.threshold);
  if (a.places && a.places->split) {
    for (const auto& stretch : a.places->split->stretches) {
      const std::string& place = a.places->names[stretch.place];
      auto row =
          std::ranges::find_if(lines.spans, [&](const auto& r) { return r.label == "split: " + place; });
      if (row == lines.spans.end()) row = lines.spans.insert(lines.spans.end(), {"split: " + place, {}});
      const auto start = static_cast<double>(stretch.start);
      row->spans.push_back({"split-" + std::to_string(stretch.start),
                            place + ", " + quantity::human(stretch.mean, dim::carbon_intensity), start,
                            start + stretch.hours});
    }
  }
  charts.push_back(
      {"hours", a.place + ": carbon intensity from " + schedule::stamp(s.hour), listed_shortly(said, 4) + ".",
       "A bar runs from the first hour of work to the last; a job that pauses stands still in part "
       "of it.",
       std::move(lines)});
}

void add_start_hours(std::vector<Chart>& charts, const ScheduleAnswer& a) {
  chart::Bars bars{.axis = {"mean g CO2e per kWh while the job runs", false}, .rows = {}};
  const auto& by_hour = a.year.by_hour;
  std::size_t best = by_hour.size();
  for (std::size_t h = 0; h < by_hour.size(); ++h) {
    if (drawable(by_hour[h]) && (best == by_hour.size() || by_hour[h] < by_hour[best])) best = h;
  }
  for (std::size_t h = 0; h < by_hour.size(); ++h) {
    if (!drawable(by_hour[h])) continue;
    bars.rows.push_back({"hour-" + two_digits(h), two_digits(h) + ":00 UTC", significant(grams(by_hour[h])),
                         grams(by_hour[h]), std::nullopt, h == best});
  }
  if (bars.rows.size() < 2) return;
  charts.push_back(
      {"start-hours", a.place + ": by hour of the day of the start",
       "Mean intensity of a job that starts at once, by UTC hour; least at " + two_digits(best) + ":00.", "",
       std::move(bars)});
}

}  // namespace

std::vector<Chart> charts_of(const ScheduleAnswer& answer, const catalog::Catalog&) {
  std::vector<Chart> out;
  add_hours(out, answer);
  add_savings(out, answer);
  add_start_hours(out, answer);
  if (!answer.trace.intensity.empty())
    out.push_back(heat_map_chart(answer.trace, answer.place, schedule::heat_map(answer.trace)));
  return out;
}

std::vector<Chart> charts_of(const ask::HeatMap& answer, const catalog::Catalog&) {
  return {heat_map_chart(answer.trace, answer.place, answer.mean)};
}

std::vector<Chart> charts_of(const ask::Sensitivity& answer, const catalog::Catalog&) {
  const auto& work = answer.run.work;
  const auto& dimension = answer.result.dimension;
  double most = std::fabs(answer.value);
  for (const auto& row : answer.tornado) {
    for (const double v : {row.result_low, row.result_high}) {
      if (drawable(v)) most = std::max(most, std::fabs(v));
    }
  }
  const AxisUnit unit(most, dimension);
  const std::string label = work.said(std::string{answer.result.label});
  std::vector<Chart> out;
  chart::Tornado tornado{.axis = {unit.title(label), false},
                         .base = unit.in(answer.value),
                         .base_words = quantity::human(answer.value, dimension),
                         .rows = {}};
  std::vector<std::string> said;
  for (const auto& row : answer.tornado) {
    constexpr double worth_showing = 0.01;  // rounding of table values moves nothing
    if (row.swing < worth_showing * answer.tornado.front().swing) break;
    const auto input = run::slot_dimension(row.slot);
    tornado.rows.push_back({std::string{run::info(row.slot).key},
                            work.said(std::string{run::info(row.slot).label}), unit.in(row.result_low),
                            unit.in(row.result_high), work.human(row.input_low, input),
                            work.human(row.input_high, input)});
    said.push_back(tornado.rows.back().label + ' ' + range_words(row.result_low, row.result_high, dimension));
  }
  if (!tornado.rows.empty())
    out.push_back({"tornado", label + ": what each input's own 90 % band does",
                   label + " is " + tornado.base_words +
                       ". With one input at the ends of its band: " + listed_shortly(said, 6) + ".",
                   "All that depends on an input moves with it.", std::move(tornado)});
  chart::Bars bars{.axis = {"% of the result per % of the input", false}, .rows = {}};
  for (const auto& e : answer.elasticities) {
    constexpr double worth_showing = 5e-5;
    if (!drawable(e.elasticity) || std::fabs(e.elasticity) < worth_showing) continue;
    bars.rows.push_back({std::string{run::info(e.slot).key}, work.said(std::string{run::info(e.slot).label}),
                         (e.elasticity > 0 ? "+" : "") + significant(e.elasticity) + " %", e.elasticity,
                         std::nullopt, false});
  }
  if (!bars.rows.empty())
    out.push_back({"elasticities", label + ": what one percent more of each input does",
                   "Most: " + bars.rows.front().label + ' ' + bars.rows.front().words + ".", "",
                   std::move(bars)});
  return out;
}

std::vector<Chart> charts_of(const ask::Backtest& answer, const catalog::Catalog&) {
  std::vector<Chart> out;
  chart::Scatter scatter{.x = {"published device-hours per billion tokens", true},
                         .y = {"predicted device-hours per billion tokens, blind", true},
                         .diagonal = true,
                         .joined = false,
                         .points = {},
                         .inside_words = "within its 90 % band",
                         .outside_words = "outside"};
  std::size_t outside = 0;
  for (const ask::BacktestRow& r : answer.rows) {
    if (r.predictor != ask::our_predictor || r.mode != ask::BacktestMode::blind || r.kind != "run" ||
        r.published <= 0)
      continue;
    const bool out_of_band = r.has_band && !r.covered90;
    outside += out_of_band ? 1 : 0;
    scatter.points.push_back({r.id,
                              r.id + ": published " + significant(r.published) + ", predicted " +
                                  significant(r.predicted) + ' ' + r.unit,
                              out_of_band ? r.name : "", r.published, r.predicted,
                              r.has_band ? std::optional{chart::Range{r.p05, r.p95}} : std::nullopt,
                              out_of_band});
  }
  if (!scatter.points.empty())
    out.push_back({"backtest", "Blind predictions of device-time against published values, with 90 % bands",
                   counted(scatter.points.size(), "run") + ", each predicted without its publisher; " +
                       std::to_string(outside) + " outside the 90 % band. On the dashed line both are equal.",
                   "", std::move(scatter)});
  chart::Bars bars{.axis = {"median factor of error", true}, .rows = {}, .origin = 1};
  for (const ask::BacktestSummary& s : answer.summaries) {
    if (s.mode != ask::BacktestMode::blind || s.kind != "run" || s.known != "all") continue;
    bars.rows.push_back({s.predictor, s.predictor, "x" + significant(s.median_factor), s.median_factor,
                         std::nullopt, s.predictor == ask::our_predictor});
  }
  if (bars.rows.size() > 1)
    out.push_back({"predictors", "Error of each predictor on the same runs",
                   "Half of the predictions are within this factor of the published device-time.", "",
                   std::move(bars)});
  return out;
}

std::vector<Chart> charts_of(const ask::ServeAnswer& answer, const catalog::Catalog&) {
  using enum ask::ServeFigure;
  std::vector<Chart> out;
  chart::Shares shares{{"devices, serving", "hosts", "devices, idle", "cooling and losses (PUE)"}, {}};
  std::vector<std::string> said;
  for (std::size_t i = 0; i < answer.cases.size(); ++i) {
    const ask::ServeCase& c = answer.cases[i];
    const auto& whole = c.figures[facility];
    if (!c.problem.empty() || !whole || !drawable(*whole) || *whole <= 0) continue;
    std::string label;
    for (const auto& [flag, value] : c.axes)
      label.append(label.empty() ? "" : ", ").append(flag).append(" ").append(value);
    const double known =
        c.figures[device].value_or(0) + c.figures[host].value_or(0) + c.figures[idle].value_or(0);
    shares.rows.push_back(share_row("case-" + std::to_string(i + 1), label,
                                    {c.figures[device].value_or(0), c.figures[host].value_or(0),
                                     c.figures[idle].value_or(0), *whole - known},
                                    *whole, dim::energy));
    said.push_back((label.empty() ? "" : label + ": ") + shares.rows.back().words);
  }
  if (!shares.rows.empty())
    out.push_back({"query-energy",
                   shares.rows.size() == 1 ? "Where the energy of a query goes: " + shares.rows.front().words
                                           : "Where the energy of a query goes",
                   "Energy of the facility per query: " + listed_shortly(said, 6) + ".", "",
                   std::move(shares)});
  if (answer.cases.size() != 1) return out;
  const ask::ServeCase& c = answer.cases.front();
  chart::Bands bands{.axis = {"times the value", true}, .rows = {}, .reference = 1};
  for (const ask::ServeFigureInfo& info : ask::serve_figure_table()) {
    const auto& band = c.intervals[static_cast<std::size_t>(info.figure)];
    const auto& value = c.figures[info.figure];
    if (!band || !value || !drawable(*value) || *value <= 0 || !std::isnormal(band->p05) ||
        !drawable(band->p95))
      continue;
    constexpr double least_width = 1.005;
    if (band->p95 < least_width * band->p05) continue;
    bands.rows.push_back({std::string{info.key}, std::string{info.label},
                          with_interval(*value, band->p05, band->p95, info.dimension), 1,
                          chart::Range{band->p25 / *value, band->p75 / *value},
                          chart::Range{band->p05 / *value, band->p95 / *value}});
  }
  if (!bands.rows.empty())
    out.push_back({"query-bands", "How sure the figures of a query are",
                   "Each figure with its 50 and 90 % prediction interval, relative to its value. " +
                       bands.rows.front().label + ": " + bands.rows.front().words + ".",
                   "", std::move(bands)});
  return out;
}

}  // namespace kwhatif::report
