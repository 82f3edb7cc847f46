#include "json_support.hpp"
#include <kwhatif/report/levers.hpp>

namespace kwhatif::report {

namespace {

Json band(const ask::FactorBand& b) { return {{"low", b.low}, {"typical", b.typical}, {"high", b.high}}; }

Json combination(const ask::Combination& c) {
  return {{"levers", c.ids}, {"energy", band(c.energy)}, {"co2e", band(c.co2e)}, {"time", band(c.time)}};
}

}  // namespace

std::string levers_json(const run::ResolvedRun& run, const run::RunEstimate<double>& result,
                        const ask::Levers& levers, const catalog::Catalog& catalog) {
  Json out;
  out["scenario"] = scenario_json(run, catalog);
  out["results"] = results_json(result);
  out["gpu_share_of_power"] = levers.gpu_share;
  out["levers"] = Json::array();
  std::vector<std::string> sources = run.sources();
  for (const auto& e : levers.effects) {
    const std::string source{e.row.source()};
    out["levers"].push_back({{"id", e.row.id()},
                             {"name", e.row.text("name")},
                             {"applies", name(e.applies)},
                             {"reason", e.reason},
                             {"condition", e.row.text("condition")},
                             {"mechanism", e.row.text("mechanism")},
                             {"effect_on", e.row.text("effect_on")},
                             {"penalty", e.penalty},
                             {"energy", band(e.energy)},
                             {"co2e", band(e.co2e)},
                             {"time", band(e.time)},
                             {"source", source},
                             {"at", e.row.at()},
                             {"standing", catalog::name(e.row.cell("factor")->standing())}});
    sources.push_back(source);
  }
  out["best"] = combination(levers.best);
  return document("levers", out, run.warnings, sources, catalog);
}

}  // namespace kwhatif::report
