#include "json_support.hpp"
#include <kwhatif/quantity/format.hpp>
#include <kwhatif/report/backtest.hpp>

namespace kwhatif::report {

std::string backtest_json(const ask::Backtest& b, const catalog::Catalog& catalog) {
  Json out;
  std::vector<std::string> sources;
  out["rows"] = Json::array();
  for (const auto& r : b.rows) {
    const auto band = [&](double v) { return r.has_band ? Json(v) : Json(nullptr); };
    Json row;
    row["id"] = r.id;
    row["mode"] = ask::name(r.mode);
    row["predictor"] = r.predictor;
    row["quantity"] = r.quantity;
    row["unit"] = r.unit;
    row["published"] = r.published;
    row["predicted"] = r.predicted;
    row["ratio"] = r.ratio;
    row["p05"] = band(r.p05);
    row["p25"] = band(r.p25);
    row["p75"] = band(r.p75);
    row["p95"] = band(r.p95);
    row["covered"] = r.has_band ? Json(r.covered90) : Json(nullptr);
    row["covered_50"] = r.has_band ? Json(r.covered50) : Json(nullptr);
    row["family"] = r.family;
    row["device"] = r.device;
    row["evidence"] = predict::name(r.tier);
    row["boundary"] = r.boundary;
    if (!r.note.empty()) row["note"] = r.note;
    out["rows"].push_back(std::move(row));
    if (const auto run = catalog.find(catalog::Kind::run, r.id)) sources.emplace_back(run->source());
  }
  out["summary"] = Json::array();
  for (const auto& s : b.summaries) {
    const auto band = [&](double v) { return s.has_band ? Json(v) : Json(nullptr); };
    out["summary"].push_back({{"mode", ask::name(s.mode)},
                              {"predictor", s.predictor},
                              {"quantity", s.quantity},
                              {"evidence", s.tier},
                              {"rows", s.rows},
                              {"median_factor", s.median_factor},
                              {"rms_log", s.rms_log},
                              {"bias_log", s.bias_log},
                              {"worst_factor", s.worst_factor},
                              {"worst", s.worst},
                              {"coverage_50", band(s.coverage50)},
                              {"coverage_90", band(s.coverage90)},
                              {"width_90", band(s.width90)}});
  }
  out["excluded"] = Json::array();
  for (const auto& e : b.excluded) out["excluded"].push_back({{"id", e.id}, {"why", e.why}});
  return document("backtest", out, {}, sources, catalog);
}

std::string sensitivity_json(const run::Scenario& run, const run::ResolvedRun& resolved,
                             const catalog::Catalog& catalog, std::string_view result) {
  Json out;
  out["scenario"] = scenario_json(resolved, catalog);
  out["result"] = result;
  out["elasticities"] = Json::array();
  for (const auto& e : uncertain::elasticities(run, catalog, result)) {
    Json line = {{"input", run::info(e.slot).key}, {"elasticity", e.elasticity}};
    if (!e.with.empty()) {
      line["with"] = Json::array();
      for (const auto slot : e.with) line["with"].push_back(run::info(slot).key);
    }
    out["elasticities"].push_back(std::move(line));
  }
  std::string unit;
  const run::RunEstimate<double> any;
  run::for_each_result(any, [&](const run::ResultInfo& info, const auto& field) {
    using Field = typename std::remove_cvref_t<decltype(field)>::value_type;
    if (info.key == result)
      unit = info.unit.empty() ? quantity::coherent_unit(Field::dimension) : std::string{info.unit};
  });
  const auto in = [](const std::string& u, double v) { return u == "1" ? v : quantity::to_unit(v, u); };
  out["tornado"] = Json::array();
  for (const auto& row : uncertain::tornado(run, catalog, result)) {
    const std::string of_input{run::info(row.slot).unit};
    out["tornado"].push_back({{"input", run::info(row.slot).key},
                              {"input_p05", in(of_input, row.input_low)},
                              {"input_p95", in(of_input, row.input_high)},
                              {"input_unit", of_input},
                              {"result_low", in(unit, row.result_low)},
                              {"result_high", in(unit, row.result_high)},
                              {"result_unit", unit}});
  }
  return document("sensitivity", out, resolved.warnings, resolved.sources(), catalog);
}

}  // namespace kwhatif::report
