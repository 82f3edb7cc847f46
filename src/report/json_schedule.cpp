#include "json_stages.hpp"
#include <kwhatif/quantity/format.hpp>
#include <kwhatif/report/schedule.hpp>

#include <algorithm>
#include <cmath>

namespace kwhatif::report {

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
    if (std::none_of(p.offers.begin(), p.offers.end(), [&](const auto& o) { return o.place == place; }))
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

}  // namespace

std::string schedule_json(const ScheduleAnswer& a, const catalog::Catalog& catalog) {
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
  for (const double v : a.year.by_hour) out["by_start_hour_utc_g_per_kwh"].push_back(grams(v));
  if (a.start) {
    const auto outcome = [&](const schedule::Outcome& o) {
      return Json{{"start", schedule::stamp(a.trace, static_cast<double>(o.start))},
                  {"end", o.done ? Json(schedule::stamp(a.trace, o.end)) : Json(nullptr)},
                  {"mean_g_per_kwh", grams(o.mean)},
                  {"operational_location_kg", kilograms(a, o.mean)},
                  {"saving", schedule::saving(o.mean, a.start->now.mean)},
                  {"pauses", o.pauses},
                  {"done", o.done}};
    };
    out["from"] = {{"hour", schedule::stamp(a.start->hour)},
                   {"now", outcome(a.start->now)},
                   {"shift", outcome(a.start->shift)},
                   {"pause", outcome(a.start->pause)},
                   {"threshold", outcome(a.start->threshold)}};
    if (a.places && a.places->split) out["from"]["split"] = split_json(a);
  }
  if (a.places) out["places"] = places_json(a);
  out["assumptions"] = a.run ? assumptions_json(ask::assumptions(*a.run)) : Json::array();
  std::vector<diag::Diagnostic> warnings = a.warnings;
  if (a.trace.signal == "marginal")
    warnings.push_back(
        {.code = "marginal-signal",
         .message = "a marginal signal: what one more kWh causes, not what the grid emits on average",
         .help = "use average intensities for an inventory"});
  else
    warnings.push_back({.code = "average-signal",
                        .message = "average intensities: what one more kWh causes can point the other way",
                        .help = "use a marginal signal to judge what a shift changes"});
  for (const std::string& note : a.notes) warnings.push_back({.code = "trace", .message = note});
  return document("schedule", out, warnings, a.sources, catalog);
}

std::string heat_map_json(const schedule::Trace& trace, const catalog::Catalog& catalog) {
  Json out;
  out["zone"] = trace.zone;
  out["first_hour"] = schedule::stamp(trace.first_hour);
  out["hours"] = trace.hours();
  out["trace"] = trace_json(trace);
  out["mean_g_per_kwh"] = Json::array();  // by UTC hour, then by month; null where there are no data
  for (const auto& row : schedule::heat_map(trace)) {
    Json line = Json::array();
    for (const double v : row) line.push_back(std::isnan(v) ? Json(nullptr) : Json(grams(v)));
    out["mean_g_per_kwh"].push_back(std::move(line));
  }
  return document("heat-map", out, {}, {trace.source}, catalog);
}

}  // namespace kwhatif::report
