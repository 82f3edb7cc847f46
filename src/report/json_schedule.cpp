#include "json_support.hpp"
#include <kwhatif/catalog/store.hpp>
#include <kwhatif/quantity/format.hpp>
#include <kwhatif/report/schedule.hpp>

#include <cmath>

namespace kwhatif::report {

namespace {

double grams(double coherent) { return quantity::to_unit(coherent, "g/kWh"); }

Json savings_json(const analysis::Savings& s) {
  return {{"mean", s.mean},         {"p05", s.quantile(0.05)}, {"p25", s.quantile(0.25)},
          {"p50", s.quantile(0.5)}, {"p75", s.quantile(0.75)}, {"p95", s.quantile(0.95)}};
}

}  // namespace

std::string schedule_json(const ScheduleAnswer& a, const catalog::Catalog& catalog) {
  Json out;
  out["schema"] = "kwhatif/schedule/1";
  out["data_version"] = catalog::data_version();
  out["trace"] = {{"zone", a.trace.zone},
                  {"first_hour", analysis::stamp(a.trace.first_hour)},
                  {"hours", a.trace.hours()},
                  {"filled_hours", a.trace.filled},
                  {"mean_g_per_kwh", grams(a.mean)},
                  {"boundary", a.trace.boundary},
                  {"basis", a.trace.basis},
                  {"signal", "average"}};
  out["job"] = {
      {"hours", a.job.hours},
      {"facility_energy_kwh", a.energy_known ? Json(quantity::to_unit(a.job.energy, "kWh")) : Json(nullptr)}};
  out["policy"] = {{"window_hours", a.policy.window},
                   {"extra_hours", a.policy.extra},
                   {"threshold_g_per_kwh", grams(a.threshold)}};
  out["starts"] = a.year.starts;
  out["now"] = {
      {"mean_g_per_kwh", grams(a.year.average)},
      {"best_start", analysis::stamp(a.trace.first_hour + static_cast<std::int64_t>(a.year.best_start))},
      {"worst_start", analysis::stamp(a.trace.first_hour + static_cast<std::int64_t>(a.year.worst_start))},
      {"operational_location_kg", a.energy_known ? Json(a.year.average * a.job.energy) : Json(nullptr)}};
  out["savings"] = {{"shift", savings_json(a.year.shift)},
                    {"pause", savings_json(a.year.pause)},
                    {"threshold", savings_json(a.year.threshold)}};
  out["savings"]["pause"]["pauses"] = a.year.pause.pauses;
  out["savings"]["threshold"]["pauses"] = a.year.threshold.pauses;
  for (const double v : a.by_hour) out["by_start_hour_utc_g_per_kwh"].push_back(grams(v));
  if (a.start) {
    const auto outcome = [&](const analysis::Outcome& o) {
      return Json{{"start", analysis::stamp(a.trace.first_hour + static_cast<std::int64_t>(o.start))},
                  {"mean_g_per_kwh", grams(o.mean)},
                  {"operational_location_kg", a.energy_known ? Json(o.mean * a.job.energy) : Json(nullptr)},
                  {"pauses", o.pauses},
                  {"done", o.done}};
    };
    out["from"] = {{"hour", analysis::stamp(a.start->hour)},
                   {"now", outcome(a.start->now)},
                   {"shift", outcome(a.start->shift)},
                   {"pause", outcome(a.start->pause)},
                   {"threshold", outcome(a.start->threshold)}};
  }
  for (const auto& offer : a.offers) {
    out["places"].push_back({{"place", a.place_names[offer.place]},
                             {"start", analysis::stamp(offer.start_hour)},
                             {"mean_g_per_kwh", grams(offer.outcome.mean)},
                             {"operational_location_kg", a.energy_known ? Json(offer.co2e) : Json(nullptr)}});
  }
  out["warnings"] = Json::array();
  out["warnings"].push_back(
      {{"code", "average-signal"},
       {"message", "average intensities: what one more kWh causes can point the other way"},
       {"hint", "use a marginal signal to judge what a shift changes"}});
  for (const std::string& remark : a.trace.remarks)
    out["warnings"].push_back({{"code", "trace"}, {"message", remark}, {"hint", ""}});
  out["sources"] = sources_json(catalog, a.sources);
  return printed(out);
}

}  // namespace kwhatif::report
