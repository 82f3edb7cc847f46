#include "json_support.hpp"
#include <kwhatif/report/plan.hpp>

#include <algorithm>

namespace kwhatif::report {

std::string plan_json(const ask::PlanQuestion& question, const ask::PlanAnswer& answer,
                      const catalog::Catalog& catalog) {
  const auto point_json = [&](const ask::PlanPoint& point) {
    Json out;
    const auto run = plan_run(answer, point);
    for (const auto& info : run::input_table()) {
      if (const auto& given = run.get(info.input)) out["inputs"][std::string{info.flag}] = given->text;
    }
    out["results"] = results_json(plan_result(answer, point));
    if (point.knee) out["knee"] = true;
    if (point.share) out["limits_kept_in"] = *point.share;
    return out;
  };
  const auto list_json = [&](const std::vector<ask::PlanPoint>& points) {
    Json out = Json::array();
    for (const auto& p : points) out.push_back(point_json(p));
    return out;
  };
  Json out;
  out["goal"] = plan_goal(question, grid::result_info(question.minimize).json_key);
  out["confidence"] = question.confidence > 0 ? Json(question.confidence) : Json(nullptr);
  out["limits"] = Json::array();
  for (const auto& l : question.limits) out["limits"].push_back(l.text);
  out["runs_searched"] = answer.points;
  out["feasible"] = answer.best.has_value();
  if (answer.unlimited) out["unlimited"] = true;
  out["best"] = answer.best ? point_json(*answer.best) : Json(nullptr);
  if (answer.best)
    add_uncertainty(out["best"], uncertain::certainty(run::resolve(plan_run(answer, *answer.best), catalog)));
  out["by_hardware"] = list_json(answer.by_hardware);
  out["by_region"] = list_json(answer.by_region);
  out["front"] = list_json(answer.front);
  if (answer.without) out["without_the_result"] = point_json(*answer.without)["inputs"];
  out["binding"] = Json::array();
  for (const auto& b : answer.bindings) {
    Json line;
    line["limit"] = b.limit.text;
    line["met_when_the_others_hold"] = b.nearest && b.limit.holds(b.value);
    line["least"] = b.nearest ? Json(grid::machine_value(b.limit.result, b.value)) : Json(nullptr);
    line["unit_key"] = grid::result_info(b.limit.result).json_key;
    if (b.nearest && b.nearest->share) line["limits_kept_in"] = *b.nearest->share;
    line["times_the_limit"] = b.nearest && b.limit.bound > 0 ? Json(b.value / b.limit.bound) : Json(nullptr);
    if (b.nearest) line["run"] = point_json(*b.nearest)["inputs"];
    out["binding"].push_back(std::move(line));
  }
  out["left_out"] = Json::array();
  for (const auto& left : question.left_out)
    out["left_out"].push_back({{"axis", left.axis}, {"values", left.values}, {"why", left.why}});
  if (answer.front_too_long) out["front_too_long"] = true;
  out["offers"] = {{"sources", question.offers.sources}, {"notes", question.offers.notes}};
  std::vector<diag::Diagnostic> warnings;
  out["assumptions"] = Json::array();
  if (answer.best) {
    warnings = run::resolve(plan_run(answer, *answer.best), catalog).warnings;
    out["assumptions"] = assumptions_json(answer.spaces[answer.best->space]);
  }
  return document("plan", out, warnings, plan_sources(question, answer), catalog);
}

}  // namespace kwhatif::report
