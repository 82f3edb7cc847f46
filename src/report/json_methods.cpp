#include "json_support.hpp"
#include <kwhatif/quantity/format.hpp>
#include <kwhatif/report/methods.hpp>

namespace kwhatif::report {

std::string methods_json(const run::ResolvedRun& run, const run::RunEstimate<double>& result,
                         const std::vector<method::Applied>& methods, const catalog::Catalog& catalog) {
  const auto number = [](const std::optional<double>& x) { return x ? Json(*x) : Json(nullptr); };
  Json out;
  out["scenario"] = scenario_json(run, catalog);
  out["results"] = results_json(result);
  out["methods"] = Json::array();
  std::vector<std::string> sources = run.sources();
  for (const auto& a : methods) {
    Json m;
    m["id"] = a.id;
    m["title"] = a.title;
    m["source"] = a.source;
    m["covers"] = a.covers;
    m["leaves_out"] = a.leaves_out;
    if (!a.defect.empty()) m["known_fault"] = a.defect;
    m["facility_energy_kwh"] =
        a.footprint ? Json(quantity::to_unit(a.footprint->energy.coherent(), "kWh")) : Json(nullptr);
    m["operational_location_kg"] =
        a.footprint && a.footprint->co2e ? Json(a.footprint->co2e->coherent()) : Json(nullptr);
    m["embodied_kg"] = number(a.embodied_kg);
    m["energy_ratio"] = number(a.energy_ratio);
    m["co2e_ratio"] = number(a.co2e_ratio);
    m["factors"] = Json::array();
    for (const auto& d : a.differences)
      m["factors"].push_back(
          {{"factor", d.key}, {"ratio", d.ratio}, {"value", d.theirs}, {"value_ours", d.ours}});
    m["taken"] = a.taken;
    m["no_place_for"] = a.unused;
    m["problem"] = a.problem.empty() ? Json(nullptr) : Json(a.problem);
    out["methods"].push_back(std::move(m));
    for (const std::string& id : a.sources) sources.push_back(id);
    sources.push_back(a.source);
  }
  return document("methods", out, run.warnings, sources, catalog);
}

}  // namespace kwhatif::report
