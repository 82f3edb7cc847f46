// schedule for machines: JSON, rows of the policies, one key per line; the same of its heat map.
#include "json_support.hpp"
#include "schedule_pages.hpp"
#include <kwhatif/ask/schedule.hpp>
#include <kwhatif/quantity/format.hpp>
#include <kwhatif/report/present.hpp>

#include <algorithm>
#include <cmath>
#include <map>

namespace kwhatif::report {

using ask::ScheduleAnswer;

namespace {

double grams(double coherent) { return quantity::to_unit(coherent, "g/kWh"); }

Json savings_json(const schedule::Savings& s) {
  return {{"mean", s.mean},         {"p05", s.quantile(0.05)}, {"p25", s.quantile(0.25)},
          {"p50", s.quantile(0.5)}, {"p75", s.quantile(0.75)}, {"p95", s.quantile(0.95)}};
}

Json kilograms(const ScheduleAnswer& a, double mean) {
  const auto co2e = a.co2e(mean);
  return co2e ? Json(*co2e) : Json(nullptr);
}

// Words that a trace does not say are null.
Json trace_json(const schedule::Trace& trace) {
  const auto word = [](const std::string& text) { return text.empty() ? Json(nullptr) : Json(text); };
  return {{"zone", trace.zone},
          {"first_hour", schedule::stamp(trace.first_hour)},
          {"hours", trace.hours()},
          {"filled_hours", trace.filled},
          {"boundary", word(trace.boundary)},
          {"basis", word(trace.basis)},
          {"signal", trace.signal},
          {"column", word(trace.column)},
          {"unit", word(trace.unit)},
          {"step_minutes", trace.step},
          {"other_columns", trace.others}};
}

Json places_json(const ScheduleAnswer& a) {
  const auto& p = *a.places;
  const auto row = [&](std::size_t place) {
    return Json{{"place", p.names[place]},
                {"zone", p.zones[place]},
                {"home", place == 0},
                {"trace_mean_g_per_kwh", grams(p.means[place])},
                {"mean_saving", p.year.place_saves[place]},
                {"share_of_split_hours", p.year.share[place]}};
  };
  Json out = Json::array();
  for (const auto& offer : p.offers) {
    Json line = row(offer.place);
    line["start"] = schedule::stamp(a.trace, static_cast<double>(offer.start));
    line["mean_g_per_kwh"] = grams(offer.mean - offer.moving);
    line["moving_kg"] = kilograms(a, offer.moving);
    line["operational_location_kg"] = kilograms(a, offer.mean);
    line["saving"] = schedule::saving(offer.mean, a.start->now.mean);
    out.push_back(std::move(line));
  }
  for (std::size_t place = 0; place < p.names.size(); ++place) {
    if (std::ranges::none_of(p.offers, [&](const auto& o) { return o.place == place; }))
      out.push_back(row(place));
  }
  return out;
}

Json split_json(const ScheduleAnswer& a) {
  const auto& split = *a.places->split;
  Json out{{"start", schedule::stamp(a.trace, static_cast<double>(split.start()))},
           {"end", schedule::stamp(a.trace, static_cast<double>(split.start()) + a.job.hours)},
           {"mean_g_per_kwh", grams(split.mean - split.moving)},
           {"moving_kg", kilograms(a, split.moving)},
           {"operational_location_kg", kilograms(a, split.mean)},
           {"saving", schedule::saving(split.mean, a.start->now.mean)},
           {"moves", split.moves()},
           {"stretches", Json::array()}};
  for (const auto& s : split.stretches)
    out["stretches"].push_back({{"zone", a.places->zones[s.place]},
                                {"start", schedule::stamp(a.trace, static_cast<double>(s.start))},
                                {"end", schedule::stamp(a.trace, static_cast<double>(s.start) + s.hours)},
                                {"hours", s.hours},
                                {"mean_g_per_kwh", grams(s.mean)}});
  return out;
}

Json from_json(const ScheduleAnswer& a) {
  const auto outcome = [&](const schedule::Outcome& o) {
    return Json{{"start", schedule::stamp(a.trace, static_cast<double>(o.start))},
                {"end", o.done ? Json(schedule::stamp(a.trace, o.end)) : Json(nullptr)},
                {"mean_g_per_kwh", grams(o.mean)},
                {"operational_location_kg", kilograms(a, o.mean)},
                {"saving", schedule::saving(o.mean, a.start->now.mean)},
                {"pauses", o.pauses},
                {"done", o.done}};
  };
  Json out = {{"hour", schedule::stamp(a.start->hour)},
              {"now", outcome(a.start->now)},
              {"shift", outcome(a.start->shift)},
              {"pause", outcome(a.start->pause)},
              {"threshold", outcome(a.start->threshold)}};
  if (a.places && a.places->split) out["split"] = split_json(a);
  return out;
}

Json schedule_json(const ScheduleAnswer& a) {
  Json out;
  out["trace"] = trace_json(a.trace);
  out["trace"]["mean_g_per_kwh"] = grams(a.mean);
  out["job"] = {
      {"hours", a.job.hours},
      {"facility_energy_kwh", a.energy_known ? Json(quantity::to_unit(a.job.energy, "kWh")) : Json(nullptr)}};
  out["policy"] = {{"window_hours", a.policy.window},
                   {"extra_hours", a.policy.extra},
                   {"threshold_g_per_kwh", grams(a.threshold)}};
  out["starts"] = a.year.starts;
  out["possible_starts"] = a.year.possible;
  out["now"] = {
      {"mean_g_per_kwh", grams(a.year.average)},
      {"best_start", schedule::stamp(a.trace.first_hour + static_cast<std::int64_t>(a.year.best_start))},
      {"worst_start", schedule::stamp(a.trace.first_hour + static_cast<std::int64_t>(a.year.worst_start))},
      {"operational_location_kg", kilograms(a, a.year.average)}};
  out["savings"] = {{"shift", savings_json(a.year.shift)},
                    {"pause", savings_json(a.year.pause)},
                    {"threshold", savings_json(a.year.threshold)}};
  out["savings"]["pause"]["pauses"] = a.year.pause.pauses;
  out["savings"]["threshold"]["pauses"] = a.year.threshold.pauses;
  if (a.places) {
    const auto& moving = a.places->moving;
    out["moving"] = {{"transfer_kwh", quantity::to_unit(moving.transfer, "kWh")},
                     {"max_moves", moving.max_moves ? Json(*moving.max_moves) : Json(nullptr)}};
    for (const auto& [key, savings] :
         {std::pair{"alone", &a.places->year.alone}, std::pair{"split", &a.places->year.split}}) {
      out["savings"][key] = savings_json(*savings);
      out["savings"][key]["starts"] = a.places->year.starts;
    }
    out["savings"]["split"]["moves"] = a.places->year.moves;
  }
  for (const double v : a.year.by_hour)
    out["by_start_hour_utc_g_per_kwh"].push_back(std::isnan(v) ? Json(nullptr) : Json(grams(v)));
  if (a.start) out["from"] = from_json(a);
  if (a.places) out["places"] = places_json(a);
  out["assumptions"] = assumptions_json(a.assumptions);
  return out;
}

// The columns of all rows; a row fills those that it has.
constexpr std::array columns{"policy",
                             "place",
                             "start",
                             "end",
                             "hours",
                             "mean_saving",
                             "p05",
                             "p25",
                             "p50",
                             "p75",
                             "p95",
                             "mean_intensity_g_per_kwh",
                             "moving_co2e_kg",
                             "co2e_kg",
                             "saving",
                             "pauses",
                             "moves",
                             "share_of_split_hours"};

std::string number(double v) { return quantity::shortest(v); }

class Rows {
 public:
  explicit Rows(const ScheduleAnswer& answer) : a_(answer) {
    for (const char* title : columns) table_.columns.push_back({title});
    if (a_.start)
      from_start();
    else
      over_the_year();
  }

  Table table() && { return std::move(table_); }

 private:
  void add(std::string policy) {
    auto& cells = table_.rows.emplace_back(columns.size());
    cells.front() = std::move(policy);
  }

  // A cell of the last row.
  void set(std::string_view column, std::string text) {
    const auto at = std::ranges::find(columns, column) - columns.begin();
    table_.rows.back()[static_cast<std::size_t>(at)] = std::move(text);
  }

  void set_emitted(std::string_view column, double mean) {
    if (const auto co2e = a_.co2e(mean)) set(column, number(*co2e));
  }

  void over_the_year() {
    savings("now", {});
    savings("shift", a_.year.shift);
    savings("pause", a_.year.pause);
    savings("threshold", a_.year.threshold);
    if (!a_.places) return;
    const auto& year = a_.places->year;
    savings("alone", year.alone);
    savings("split", year.split);
    set("moves", number(year.moves));
    for (std::size_t p = 0; p < year.share.size(); ++p) {
      add("place");
      set("place", a_.places->zones[p]);
      if (!std::isnan(year.place_saves[p])) set("mean_saving", number(year.place_saves[p]));
      set("share_of_split_hours", number(year.share[p]));
    }
  }

  void savings(std::string policy, const schedule::Savings& s) {
    const double mean = a_.year.average * (1 - s.mean);
    add(std::move(policy));
    set("mean_saving", number(s.mean));
    for (const auto& [column, q] : {std::pair{"p05", 0.05}, std::pair{"p25", 0.25}, std::pair{"p50", 0.5},
                                    std::pair{"p75", 0.75}, std::pair{"p95", 0.95}})
      set(column, number(s.quantile(q)));
    set("mean_intensity_g_per_kwh", number(grams(mean)));
    set_emitted("co2e_kg", mean);
  }

  // @param intensity  over the hours it runs in, without moves [kg/J]
  void add_run(std::string policy, const std::string& zone, double start, double hours, double intensity) {
    add(std::move(policy));
    set("place", zone);
    set("start", schedule::stamp(a_.trace, start));
    set("end", schedule::stamp(a_.trace, start + hours));
    set("hours", number(hours));
    set("mean_intensity_g_per_kwh", number(grams(intensity)));
  }

  void set_total(double mean, double moving, std::size_t pauses, std::size_t moves) {
    set_emitted("moving_co2e_kg", moving);
    set_emitted("co2e_kg", mean);
    set("saving", number(schedule::saving(mean, a_.start->now.mean)));
    set("pauses", std::to_string(pauses));
    set("moves", std::to_string(moves));
  }

  void outcome(std::string policy, const schedule::Outcome& o) {
    add_run(std::move(policy), a_.trace.zone, static_cast<double>(o.start), a_.job.hours, o.mean);
    set("end", o.done ? schedule::stamp(a_.trace, o.end) : "");
    set_total(o.mean, 0, o.pauses, 0);
  }

  void from_start() {
    outcome("now", a_.start->now);
    outcome("shift", a_.start->shift);
    outcome("pause", a_.start->pause);
    outcome("threshold", a_.start->threshold);
    if (!a_.places || !a_.places->split) return;
    for (const auto& offer : a_.places->offers) {
      add_run("alone", a_.places->zones[offer.place], static_cast<double>(offer.start), a_.job.hours,
              offer.mean - offer.moving);
      set_total(offer.mean, offer.moving, 0, 0);
    }
    const auto& split = *a_.places->split;
    add_run("split", "", static_cast<double>(split.start()), a_.job.hours, split.mean - split.moving);
    set_total(split.mean, split.moving, 0, split.moves());
    for (const auto& s : split.stretches) {
      add_run("stretch", a_.places->zones[s.place], static_cast<double>(s.start), s.hours, s.mean);
      set_emitted("co2e_kg", s.mean * s.hours / a_.job.hours);
    }
  }

  const ScheduleAnswer& a_;
  Table table_;
};

// One row whose columns are "policy.column"; places and stretches add "place:" and their number.
Table keyed(const Table& rows) {
  constexpr std::size_t place = 1;
  Table out{{}, {{}}};
  std::map<std::string, int> seen;
  for (const auto& row : rows.rows) {
    std::string key = row[0];
    const bool by_place = key == "place" || key == "alone";
    if (by_place && !row[place].empty()) key += ':' + row[place];
    if (key == "stretch") key += ':' + std::to_string(++seen[key]);
    for (std::size_t i = 1; i < row.size(); ++i) {
      if (row[i].empty() || (by_place && i == place)) continue;
      out.columns.push_back({key + '.' + rows.columns[i].title});
      out.rows.front().push_back(row[i]);
    }
  }
  return out;
}

Json heat_map_json(const ask::HeatMap& map) {
  Json out;
  out["zone"] = map.trace.zone;
  out["first_hour"] = schedule::stamp(map.trace.first_hour);
  out["hours"] = map.trace.hours();
  out["trace"] = trace_json(map.trace);
  out["mean_g_per_kwh"] = Json::array();  // by UTC hour, then by month; null where there are no data
  for (const auto& row : map.mean) {
    Json line = Json::array();
    for (const double v : row) line.push_back(std::isnan(v) ? Json(nullptr) : Json(grams(v)));
    out["mean_g_per_kwh"].push_back(std::move(line));
  }
  return out;
}

// Hours without data are absent.
Table heat_map_rows(const ask::HeatMap& map) {
  Table table{heads({"utc_hour", "month", "mean_g_per_kwh"}), {}};
  for (std::size_t h = 0; h < map.mean.size(); ++h) {
    for (std::size_t m = 0; m < map.mean[h].size(); ++m) {
      const double v = map.mean[h][m];
      if (!std::isnan(v)) table.rows.push_back({std::to_string(h), std::to_string(m + 1), number(grams(v))});
    }
  }
  return table;
}

}  // namespace

Document present(const ask::ScheduleAnswer& answer, const catalog::Catalog& tables) {
  Content content{.name = "schedule",
                  .catalog = tables,
                  .warnings = answer.warnings,
                  .notes = answer.notes,
                  .sources = answer.sources,
                  .records = Records::one};
  content.page = [&answer, &tables] { return schedule_page(answer, tables); };
  content.body = [&answer] { return schedule_json(answer); };
  content.rows = [&answer] { return Rows(answer).table(); };
  content.plain_rows = [&answer] { return keyed(Rows(answer).table()); };
  return Document{std::move(content)};
}

Document present(const ask::HeatMap& answer, const catalog::Catalog& tables) {
  Content content{
      .name = "heat-map", .catalog = tables, .warnings = answer.warnings, .sources = {answer.trace.source}};
  content.page = [&answer] { return heat_map_page(answer); };
  content.body = [&answer] { return heat_map_json(answer); };
  content.rows = [&answer] { return heat_map_rows(answer); };
  return Document{std::move(content)};
}

}  // namespace kwhatif::report
