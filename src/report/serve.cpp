// serve for machines: JSON, and a row per service.
#include "json_stages.hpp"
#include "json_support.hpp"
#include "serve_page.hpp"
#include <kwhatif/ask/serve.hpp>
#include <kwhatif/quantity/format.hpp>
#include <kwhatif/report/present.hpp>

#include <algorithm>
#include <cmath>

namespace kwhatif::report {

using ask::ServeCase;
using ask::ServeFigure;

namespace {

Json or_nothing(const std::optional<double>& x) { return x ? Json(*x) : Json(nullptr); }

std::string_view bound(const ServeCase& c) { return c.compute_bound ? "compute" : "bandwidth"; }

double in_unit(const ask::ServeFigureInfo& info, double coherent) {
  return info.unit.empty() ? coherent : quantity::to_unit(coherent, info.unit);
}

Json service_json(const ServeCase& c) {
  const auto& model = c.service.model;
  const auto& device = c.service.device;
  const auto& work = c.service.work;
  const auto& provision = c.service.provision;
  Json out;
  out["model"] = c.model;
  out["model_name"] = c.model_name;
  out["params"] = model.total.coherent();
  out["active"] = model.active.coherent();
  out["layers"] = model.layers;
  out["request_cache_bytes"] = c.memory.per_request.coherent();
  out["hardware"] = c.hardware->id();
  out["hardware_name"] = c.hardware->text("name");
  out["devices"] = work.devices.coherent();
  out["precision"] = c.precision;
  out["engine"] = c.engine;
  out["batch"] = work.batch.coherent();
  out["queries_per_s"] = or_nothing(c.rate);
  out["instances"] = c.instances;
  out["prompt_tokens"] = c.image ? Json(nullptr) : Json(work.prompt.coherent());
  out["answer_tokens"] = c.image ? Json(nullptr) : Json(work.answer.coherent());
  out["image_steps"] = c.image ? Json(c.image->steps) : Json(nullptr);
  out["image_passes"] = c.image ? Json(c.image->passes) : Json(nullptr);
  out["image_pixels"] = c.image && c.image->side > 0 ? Json(c.image->side) : Json(nullptr);
  out["cached"] = work.cached;
  out["drafted_tokens"] = work.drafts;
  out["tokens_per_step"] = work.accepted;
  out["replicas"] = work.replicas;
  out["load"] = provision.load;
  out["tdp_w"] = device.tdp.coherent();
  out["idle_w_per_device"] = quantity::to_unit(device.idle.coherent(), "W");
  out["host_w_per_device"] = quantity::to_unit(provision.host.coherent(), "W");
  out["pue"] = provision.pue;
  out["place_name"] = c.place.empty() ? Json(nullptr) : Json(c.place);
  const auto& f = c.factors;
  const auto converted = [](const std::optional<double>& x, std::string_view unit) {
    return x ? Json(quantity::to_unit(*x, unit)) : Json(nullptr);
  };
  out["ci_g_per_kwh"] = converted(f.intensity, "g/kWh");
  out["ci_market_g_per_kwh"] = converted(f.market_intensity, "g/kWh");
  out["wue_l_per_kwh"] = converted(f.wue, "L/kWh");
  out["water_intensity_l_per_kwh"] = converted(f.water_intensity, "L/kWh");
  out["device_embodied_kg"] = or_nothing(f.made);
  out["price_usd_per_hour"] = converted(f.price, "USD/h");
  return out;
}

Json results_of(const ServeCase& c) {
  Json out;
  for (const auto& info : ask::serve_figure_table())
    out[std::string{info.key}] = or_nothing(c.figures.machine(info));
  out["bound"] = bound(c);
  out["saturated"] = c.saturated;
  return out;
}

Json intervals_of(const ServeCase& c) {
  Json out = Json::object();
  for (const auto& info : ask::serve_figure_table()) {
    const auto& band = c.intervals[static_cast<std::size_t>(info.figure)];
    if (!band) continue;
    const auto at = [&](double x) { return in_unit(info, x); };
    out[std::string{info.key}] = {{"p05", at(band->p05)},
                                  {"p25", at(band->p25)},
                                  {"p50", at(band->p50)},
                                  {"p75", at(band->p75)},
                                  {"p95", at(band->p95)}};
  }
  return out;
}

Json sensitivity_of(const ServeCase& c) {
  Json out = Json::array();
  for (const auto& e : c.sensitivity)
    out.push_back({{"batch", e.batch},
                   {"load", e.load},
                   {"device_j_per_token", or_nothing(e.device_per_token)},
                   {"facility_wh_per_query", quantity::to_unit(e.facility, "Wh")},
                   {"has_room", e.has_room}});
  return out;
}

Json memory_of(const ServeCase& c) {
  const double most = c.memory.largest_batch();
  return {{"weights_bytes", c.memory.weights.coherent()},
          {"usable_bytes", c.memory.usable.coherent()},
          {"request_cache_bytes", c.memory.per_request.coherent()},
          {"largest_batch", std::isfinite(most) ? Json(most) : Json(nullptr)}};
}

Json all_queries_of(const ServeCase& c) {
  const auto in = [&](ServeFigure f, std::string_view unit) {
    const auto all = c.of_all(f);
    return all ? Json(unit.empty() ? *all : quantity::to_unit(*all, unit)) : Json(nullptr);
  };
  return {{"queries", *c.queries},
          {"it_energy_kwh", in(ServeFigure::provisioned, "kWh")},
          {"facility_energy_kwh", in(ServeFigure::facility, "kWh")},
          {"operational_location_kg", in(ServeFigure::location, "")},
          {"operational_market_kg", in(ServeFigure::market, "")},
          {"embodied_kg", in(ServeFigure::embodied, "")},
          {"total_kg", in(ServeFigure::total, "")},
          {"water_l", in(ServeFigure::water, "")},
          {"reserved_device_hours", in(ServeFigure::reserved_time, "h")},
          {"cost_usd", in(ServeFigure::query_cost, "")}};
}

Json ratios_of(const ServeCase::Beside& b) {
  const auto end = [&](double serve::Percentiles::*of) {
    return b.band ? Json((*b.band).*of) : Json(nullptr);
  };
  return {{"facility_energy", b.facility},
          {"facility_energy_p05", end(&serve::Percentiles::p05)},
          {"facility_energy_p50", end(&serve::Percentiles::p50)},
          {"facility_energy_p95", end(&serve::Percentiles::p95)},
          {"device_energy_per_token", or_nothing(b.device_per_token)},
          {"operational_location", or_nothing(b.location)},
          {"total", or_nothing(b.total)},
          {"cost", or_nothing(b.cost)}};
}

Json case_json(const ServeCase& c) {
  Json out;
  if (!c.axes.empty()) {
    out["inputs"] = Json::object();
    for (const auto& [axis, value] : c.axes) out["inputs"][axis] = value;
    out["problem"] = c.problem.empty() ? Json(nullptr) : Json(c.problem);
    if (!c.problem.empty()) return out;
  }
  if (c.beside) out["ratio_to_first"] = ratios_of(*c.beside);
  out["scenario"] = service_json(c);
  out["results"] = results_of(c);
  out["intervals"] = intervals_of(c);
  out["sensitivity"] = sensitivity_of(c);
  out["memory"] = memory_of(c);
  if (c.queries) out["all_queries"] = all_queries_of(c);
  out["missing"] = missing_json(c.missing);
  out["assumptions"] = assumptions_json(c.assumptions);
  return out;
}

Json levers_of(const std::vector<ask::ServeLever>& levers) {
  Json out = Json::array();
  for (const ask::ServeLever& lever : levers) {
    Json published;
    if (lever.published) {
      const auto factor = *lever.published->cell("factor");
      published = {
          {"lever", lever.published->id()},      {"low", factor.low()},
          {"typical", factor.value()},           {"high", factor.high()},
          {"source", lever.published->source()}, {"standing", catalog::name(lever.published->standing())}};
    }
    const auto word = [](const std::string& text) { return text.empty() ? Json(nullptr) : Json(text); };
    out.push_back({{"id", lever.id},
                   {"name", lever.name},
                   {"flag", word(lever.flag)},
                   {"was", word(lever.was)},
                   {"value", word(lever.value)},
                   {"device_energy_ratio", or_nothing(lever.device)},
                   {"facility_energy_ratio", or_nothing(lever.facility)},
                   {"published", std::move(published)},
                   {"problem", word(lever.problem)}});
  }
  return out;
}

Json serve_json(const ask::ServeAnswer& a) {
  if (a.axes.empty()) {
    Json out = case_json(a.cases.front());
    if (a.levers) out["levers"] = levers_of(*a.levers);
    if (a.derivations) out["derivations"] = derivations_json(*a.derivations);
    return out;
  }
  Json out;
  out["axes"] = a.axes;
  out["rows"] = Json::array();
  for (const ServeCase& c : a.cases) out["rows"].push_back(case_json(c));
  out["least_row"] = a.least ? Json(*a.least) : Json(nullptr);
  return out;
}

// The same columns whatever was asked: the service, its figures, the ends of their bands.
Table serve_rows(const ask::ServeAnswer& a) {
  Table out{heads({"model", "hardware", "devices", "precision", "engine", "batch", "load", "prompt_tokens",
                   "answer_tokens", "pue", "bound"}),
            {}};
  for (const auto& info : ask::serve_figure_table()) out.columns.push_back({std::string{info.key}});
  for (const auto& info : ask::serve_figure_table()) {
    for (const char* end : {"_p05", "_p50", "_p95"}) out.columns.push_back({std::string{info.key} + end});
  }
  for (const char* last : {"queries", "queries_per_s", "saturated", "instances", "problem"})
    out.columns.push_back({last});
  const auto n = [](double x) { return quantity::shortest(x); };
  for (const ServeCase& c : a.cases) {
    const auto& work = c.service.work;
    std::vector<std::string> row;
    if (c.problem.empty()) {
      row = {c.model,
             std::string{c.hardware->id()},
             n(work.devices.coherent()),
             c.precision,
             c.engine,
             n(work.batch.coherent()),
             n(c.service.provision.load),
             c.image ? "" : n(work.prompt.coherent()),
             c.image ? "" : n(work.answer.coherent()),
             n(c.service.provision.pue),
             std::string{bound(c)}};
      for (const auto& info : ask::serve_figure_table()) {
        const auto value = c.figures.machine(info);
        row.push_back(value ? n(*value) : "");
      }
      for (const auto& info : ask::serve_figure_table()) {
        const auto& band = c.intervals[static_cast<std::size_t>(info.figure)];
        for (const double serve::Percentiles::*end :
             {&serve::Percentiles::p05, &serve::Percentiles::p50, &serve::Percentiles::p95})
          row.push_back(band ? n(in_unit(info, (*band).*end)) : "");
      }
      row.push_back(c.queries ? n(*c.queries) : "");
      row.push_back(c.rate ? n(*c.rate) : "");
      row.push_back(c.saturated ? "yes" : "no");
      row.push_back(n(c.instances));
    } else {
      row.resize(out.columns.size() - 1);
      row.front() = c.model;
      for (const auto& [axis, value] : c.axes) {
        const auto at = std::ranges::find_if(out.columns, [&, &name = axis](const Column& column) {
          return column.title == name || column.title == name + "_tokens";
        });
        if (at != out.columns.end()) row[static_cast<std::size_t>(at - out.columns.begin())] = value;
      }
    }
    row.push_back(c.problem);
    out.rows.push_back(std::move(row));
  }
  return out;
}

}  // namespace

Document present(const ask::ServeAnswer& answer, const catalog::Catalog& tables) {
  Content content{.name = "serve",
                  .catalog = tables,
                  .warnings = answer.warnings,
                  .sources = answer.sources,
                  .records = answer.axes.empty() ? Records::one : Records::many};
  content.page = [&answer, &tables] { return serve_page(answer, tables); };
  content.body = [&answer] { return serve_json(answer); };
  content.rows = [&answer] { return serve_rows(answer); };
  if (answer.derivations)
    content.refuse_rows("a derivation is a tree, not rows", "leave --explain out, or ask for --json");
  if (answer.levers) content.refuse_rows("levers are no services", "leave --levers out, or ask for --json");
  return Document{std::move(content)};
}

}  // namespace kwhatif::report
