#include "json_stages.hpp"

#include "pilot.hpp"
#include <kwhatif/quantity/format.hpp>

namespace kwhatif::report {

namespace {

Json stage_head(const run::ResolvedStage& stage, const catalog::Catalog& catalog) {
  Json out;
  out["name"] = stage.name;
  out["regime"] = run::info(stage.regime).id;
  out["scenario"] = scenario_json(stage.run, catalog);
  return out;
}

Json stages_json(const ask::Estimate& answer, const catalog::Catalog& tables) {
  Json out = Json::array();
  for (std::size_t i = 0; i < answer.phases.size(); ++i) {
    const run::ResolvedStage& stage = answer.phases[i];
    Json line = stage_head(stage, tables);
    line["results"] = results_json(ask::of_all_runs(stage));
    add_uncertainty(line, answer.certainty.phases[i]);
    line["flop_terms"] = Json::array();
    for (const model::StageTerm& term : stage.cost.terms)
      line["flop_terms"].push_back({{"label", term.label}, {"tokens", term.tokens}, {"flop", term.flop}});
    line["decode_bytes"] = stage.cost.decode_bytes > 0 ? Json(stage.cost.decode_bytes) : Json(nullptr);
    line["bound_by_memory"] = stage.bandwidth_bound;
    out.push_back(std::move(line));
  }
  return out;
}

}  // namespace

namespace {

Json terms_json(const std::vector<ask::TimeTerm>& terms) {
  Json out = Json::array();
  for (const ask::TimeTerm& term : terms)
    out.push_back({{"term", term.key}, {"share", term.share}, {"s_per_token", term.seconds}});
  return out;
}

Json prediction_json(const std::optional<ask::Prediction>& p) {
  if (!p) return nullptr;
  Json out;
  out["device"] = predict::name(p->tier);
  out["workload_known"] = p->workload_known;
  out["software_known"] = p->software_known;
  out["settings_known"] = p->settings_known;
  out["tested"] = p->covered();
  out["measured_times"] = p->rows;
  out["untold"] = Json::array();
  for (const ask::Untold& untold : p->untold)
    out["untold"].push_back(
        {{"what", untold.what}, {"flags", untold.flags}, {"share_of_variance", untold.share}});
  out["bound"] = p->bound;
  out["terms"] = terms_json(p->terms);
  return out;
}

}  // namespace

Json missing_json(const std::vector<run::MissingFactor>& missing) {
  Json out = Json::array();
  for (const run::MissingFactor& m : missing)
    out.push_back({{"result", m.result}, {"why", m.why}, {"flag", m.flag}});
  return out;
}

Json estimate_json(const ask::Estimate& answer, const catalog::Catalog& tables) {
  Json out;
  out["scenario"] = scenario_json(answer.run(), tables);
  out["results"] = results_json(answer.result);
  add_uncertainty(out, answer.certainty);
  if (answer.staged())
    out["stages"] = stages_json(answer, tables);
  else
    out["prediction"] = prediction_json(answer.predictions.front());
  if (!answer.staged()) {
    out["pilot"] = pilot_json(answer.run());
    out["progress"] = progress_json(answer);
  }
  out["missing"] = missing_json(answer.run().missing);
  out["assumptions"] = Json::array();
  for (std::size_t i = 0; i < answer.phases.size(); ++i) {
    for (Json& assumption : assumptions_json(answer.assumptions[i])) {
      if (answer.staged()) assumption["stage"] = answer.phases[i].name;
      out["assumptions"].push_back(std::move(assumption));
    }
  }
  return out;
}

Json explain_json(const ask::Explanation& answer, const catalog::Catalog& tables) {
  const ask::Outcome& outcome = answer.outcome;
  Json out;
  out["scenario"] = scenario_json(outcome.run(), tables);
  out["derivations"] = derivations_json(answer.derivations);
  if (!outcome.staged()) {
    if (outcome.run().network) out["flop_terms_per_token"] = flop_terms_json(outcome.run());
    if (const auto& p = outcome.predictions.front()) out["time_terms"] = terms_json(p->terms);
    return out;
  }
  out["stages"] = Json::array();
  for (std::size_t i = 0; i < outcome.phases.size(); ++i) {
    const run::ResolvedStage& stage = outcome.phases[i];
    Json line = stage_head(stage, tables);
    line["derivations"] = derivations_json(answer.phases[i]);
    if (stage.run.network) line["flop_terms_per_token"] = flop_terms_json(stage.run);
    if (const auto& p = outcome.predictions[i]) line["time_terms"] = terms_json(p->terms);
    out["stages"].push_back(std::move(line));
  }
  return out;
}

}  // namespace kwhatif::report
