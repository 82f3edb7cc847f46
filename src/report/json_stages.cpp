#include "json_stages.hpp"

#include <kwhatif/ask/explain.hpp>
#include <kwhatif/quantity/format.hpp>
#include <kwhatif/report/stages.hpp>

namespace kwhatif::report {

namespace {

Json stage_head(const run::ResolvedStage& stage) {
  Json out;
  out["name"] = stage.name;
  out["regime"] = run::info(stage.regime).id;
  out["scenario"] = scenario_json(stage.run);
  return out;
}

}  // namespace

std::string stages_json(const run::StagedRun& run, const run::RunEstimate<double>& total,
                        const catalog::Catalog& catalog) {
  Json out;
  out["scenario"] = scenario_json(run.total);
  out["results"] = results_json(total);
  out["intervals"] = Json::object();
  for (const uncertain::Band& band : stage_bands(run, total)) add_band(out["intervals"], band);
  out["drivers"] = Json::array();
  out["stages"] = Json::array();
  out["assumptions"] = Json::array();
  for (const run::ResolvedStage& stage : run.stages) {
    Json line = stage_head(stage);
    line["results"] = results_json(of_all_runs(stage));
    add_uncertainty(line, stage.run);
    line["flop_terms"] = Json::array();
    for (const model::StageTerm& term : stage.cost.terms)
      line["flop_terms"].push_back({{"label", term.label}, {"tokens", term.tokens}, {"flop", term.flop}});
    line["decode_bytes"] = stage.cost.decode_bytes > 0 ? Json(stage.cost.decode_bytes) : Json(nullptr);
    line["bound_by_memory"] = stage.bandwidth_bound;
    out["stages"].push_back(std::move(line));
    for (Json assumption : assumptions_json(stage.run)) {
      assumption["stage"] = stage.name;
      out["assumptions"].push_back(std::move(assumption));
    }
  }
  return document("estimate", out, run.total.warnings, run.sources(), catalog);
}

std::string explain_stages_json(const run::StagedRun& run, const catalog::Catalog& catalog) {
  Json out;
  out["scenario"] = scenario_json(run.total);
  out["derivations"] = derivations_json(ask::explain(run.total));
  out["stages"] = Json::array();
  for (const run::ResolvedStage& stage : run.stages) {
    Json line = stage_head(stage);
    line["derivations"] = derivations_json(ask::explain(stage.run));
    if (stage.run.network) line["flop_terms_per_token"] = flop_terms_json(stage.run);
    out["stages"].push_back(std::move(line));
  }
  return document("explain", out, run.total.warnings, run.sources(), catalog);
}

}  // namespace kwhatif::report
