#include "json_support.hpp"
#include <kwhatif/quantity/format.hpp>
#include <kwhatif/report/compare.hpp>

namespace kwhatif::report {

namespace {

Json number(const std::optional<double>& x) { return x ? Json(*x) : Json(nullptr); }

Json run_json(const ask::Compared& c, const catalog::Catalog& catalog) {
  Json out;
  out["label"] = c.label;
  if (!c.position.empty()) {
    out["axes"] = Json::object();
    for (const auto& [axis, value] : c.position) out["axes"][axis] = value;
  }
  out["scenario"] = scenario_json(c.run, catalog);
  out["results"] = results_json(c.result);
  return out;
}

Json ranking_json(const ask::Ranking& ranking) {
  Json out;
  out["chosen"] = ranking.chosen.empty() ? Json(nullptr) : Json(ranking.chosen);
  out["groups"] = Json::array();
  for (const auto& group : ranking.groups) {
    Json g;
    g["label"] = group.label;
    g["places"] = Json::array();
    for (const auto& p : group.places) {
      g["places"].push_back({{"run", p.run},
                             {"place", p.id},
                             {"name", p.name},
                             {"year", p.intensity.year ? Json(*p.intensity.year) : Json(nullptr)},
                             {"boundary", p.intensity.boundary},
                             {"source", p.intensity.source},
                             {"over_best", number(p.over_best)},
                             {"over_chosen", number(p.over_chosen)}});
    }
    out["groups"].push_back(std::move(g));
  }
  return out;
}

}  // namespace

std::string compare_json(const ask::Comparison& comparison, const std::optional<ask::Ranking>& ranking,
                         const std::vector<std::string>& left_out, const catalog::Catalog& catalog) {
  Json out;
  constexpr const char* rules[] = {"as-given", "tokens", "flops", "loss", "deadline"};
  out["equal"] = rules[static_cast<std::size_t>(comparison.rule)];
  out["rule"] = comparison.rule_words;
  out["against"] = comparison.against;
  out["runs"] = Json::array();
  std::vector<std::string> sources;
  for (const auto& c : comparison.runs) {
    out["runs"].push_back(run_json(c, catalog));
    for (const std::string& id : c.run.sources()) sources.push_back(id);
  }
  out["ratios"] = Json::array();
  out["factors"] = Json::array();
  for (const auto& r : comparison.ratios) {
    out["ratios"].push_back({{"run", r.run},
                             {"against", r.against},
                             {"quantity", ask::key(r.measure)},
                             {"ratio", number(r.ratio)},
                             {"low", number(r.low)},
                             {"high", number(r.high)}});
    for (const auto& cause : r.causes) {
      out["factors"].push_back({{"run", r.run},
                                {"against", r.against},
                                {"quantity", ask::key(r.measure)},
                                {"factor", cause.key},
                                {"label", cause.label},
                                {"ratio", cause.ratio},
                                {"log_share", number(cause.log_share)},
                                {"value", cause.value_text},
                                {"value_against", cause.against_text}});
    }
  }
  if (ranking) out["ranking"] = ranking_json(*ranking);
  if (!left_out.empty()) out["left_out"] = left_out;
  return document("compare", out, comparison.warnings, sources, catalog);
}

}  // namespace kwhatif::report
