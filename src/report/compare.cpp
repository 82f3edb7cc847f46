// The document of compare.
#include "equal_quality.hpp"
#include "json_support.hpp"
#include "known.hpp"
#include "verb_pages.hpp"
#include "verdict.hpp"
#include <kwhatif/ask/compare.hpp>
#include <kwhatif/quantity/format.hpp>
#include <kwhatif/report/present.hpp>

#include <algorithm>

namespace kwhatif::report {

using ask::Compared;
using ask::Comparison;
using ask::Measure;

namespace {

Json run_json(const Compared& c, const catalog::Catalog& catalog) {
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

Json ranking_json(const Comparison& comparison) {
  const ask::Ranking& ranking = *comparison.ranking;
  Json out;
  out["chosen"] = ranking.chosen.empty() ? Json(nullptr) : Json(ranking.chosen);
  out["groups"] = Json::array();
  for (const auto& group : ranking.groups) {
    Json g;
    g["label"] = group.label;
    g["places"] = Json::array();
    for (const auto& p : group.places) {
      const auto& found = comparison.runs[p.run].run.intensity;
      g["places"].push_back({{"run", p.run},
                             {"place", p.id},
                             {"name", p.name},
                             {"year", found && found->data_year > 0 ? Json(found->data_year) : Json(nullptr)},
                             {"boundary", found ? found->boundary : ""},
                             {"basis", found ? found->basis : ""},
                             {"status", found ? std::string{run::name(found->status)} : ""},
                             {"source", found ? std::string{found->row->source()} : ""},
                             {"rank_low", p.rank_low},
                             {"rank_high", p.rank_high},
                             {"tier", p.tier},
                             {"cleaner_than_next", known_json(p.cleaner_than_next)},
                             {"over_best", known_json(p.over_best)},
                             {"over_chosen", known_json(p.over_chosen)}});
    }
    out["groups"].push_back(std::move(g));
  }
  return out;
}

Json compare_json(const Comparison& comparison, const catalog::Catalog& catalog) {
  Json out;
  constexpr const char* rules[] = {"as-given", "tokens", "flops", "loss", "deadline"};
  out["equal"] = rules[static_cast<std::size_t>(comparison.rule)];
  out["rule"] = comparison.rule_words;
  out["against"] = comparison.against;
  out["runs"] = Json::array();
  for (std::size_t i = 0; i < comparison.runs.size(); ++i) {
    Json run = run_json(comparison.runs[i], catalog);
    if (const auto& worth = comparison.worth.runs[i])
      run["equivalence"] = equivalence_json(*worth, comparison.worth.rule);
    if (const ask::QualityPair* pair = comparison.equal_quality(i)) {
      run["equal_quality"] = kind_json(*pair);
      run["as_sized"] = sized_json(*pair);
    }
    out["runs"].push_back(std::move(run));
  }
  if (comparison.quality.size() == 1) {  // of two runs there is one pair: it is what was asked for
    const ask::QualityPair& pair = comparison.quality.front().pair;
    const bool other = pair.other.side.shape.sparse() || !pair.reference.side.shape.sparse();
    out["equivalence"] = equivalence_json(other ? pair.other : pair.reference, pair.rule);
    out["equal_quality"] = kind_json(pair);
    out["as_sized"] = sized_json(pair);
  }
  out["ratios"] = Json::array();
  out["factors"] = Json::array();
  for (const auto& r : comparison.ratios) {
    out["ratios"].push_back({{"run", r.run},
                             {"against", r.against},
                             {"quantity", ask::key(r.measure)},
                             {"ratio", known_json(r.ratio)},
                             {"low", known_json(r.low)},
                             {"high", known_json(r.high)}});
    const bool shares = ask::are_shares(r.causes);
    for (const auto& cause : r.causes) {
      out["factors"].push_back({{"run", r.run},
                                {"against", r.against},
                                {"quantity", ask::key(r.measure)},
                                {"factor", cause.key},
                                {"label", cause.label},
                                {"ratio", cause.ratio},
                                {"log_share", known_json(cause.log_share)},
                                {"share", known_json(shares ? cause.log_share : std::nullopt)},
                                {"value", cause.value_text},
                                {"value_against", cause.against_text}});
    }
  }
  if (comparison.ranking) out["ranking"] = ranking_json(comparison);
  out["verdict"] = verdict_json(comparison.verdict);
  if (!comparison.left_out.empty()) out["left_out"] = comparison.left_out;
  return out;
}

// The runs in the order of the ranking where there is one, those without CO2e last.
struct RankedRun {
  std::size_t run;
  const ask::Place* place;
};

std::vector<RankedRun> ranked_runs(const Comparison& comparison) {
  std::vector<RankedRun> out;
  std::vector<bool> seen(comparison.runs.size());
  if (comparison.ranking) {
    for (const auto& group : comparison.ranking->groups) {
      for (const ask::Place& place : group.places) {
        out.push_back({place.run, &place});
        seen[place.run] = true;
      }
    }
  }
  for (std::size_t i = 0; i < seen.size(); ++i) {
    if (!seen[i]) out.push_back({i, nullptr});
  }
  return out;
}

// How sure it is that the best needs less than this run, as in the verdict of JSON; "best" is the best
// itself.
std::pair<std::string, std::string> order_cells(const Comparison& comparison, std::size_t run) {
  if (!comparison.verdict) return {};
  const ask::Decision& verdict = *comparison.verdict;
  if (verdict.index[verdict.best] == run) return {"best", ""};
  for (const ask::Beside& b : verdict.others) {
    if (verdict.index[b.run] == run)
      return {std::string{ask::name(b.order)}, quantity::shortest(b.probability)};
  }
  return {};
}

// The axes, the results and ratios of each run, and what a ranking says of places: the same columns with or
// without.
Table compare_table(const Comparison& comparison) {
  Table table;
  for (const auto& [run, place] : ranked_runs(comparison)) {
    const Compared& c = comparison.runs[run];
    const bool first = table.rows.empty();
    std::vector<std::string> row;
    const auto add = [&](std::string head, std::string text) {
      if (first) table.columns.push_back({std::move(head)});
      row.push_back(std::move(text));
    };
    for (const auto& [axis, value] : c.position) add(axis, value);
    add("run", c.label);
    const Table results = results_table(c.result);
    for (std::size_t i = 0; i < results.columns.size(); ++i)
      add(results.columns[i].title, results.rows[0][i]);
    for (const Measure m :
         {Measure::energy, Measure::location, Measure::market, Measure::wall_time, Measure::cost}) {
      const ask::RunRatio none;
      const ask::RunRatio* found = comparison.ratio(run, m);
      const ask::RunRatio& r = found ? *found : none;
      const std::string head = std::string{ask::key(m)} + "_ratio";
      add(head, run == comparison.against ? "1" : known_cell(r.ratio));
      add(head + "_p05", known_cell(r.low));
      add(head + "_p95", known_cell(r.high));
    }
    const ask::Place none;
    const ask::Place& p = place ? *place : none;
    const auto& ci = c.run.inputs.ci();
    const auto& pue = c.run.inputs.pue();
    add("place", p.id);
    add("name", p.name);
    add("intensity_g_per_kwh", ci ? quantity::shortest(quantity::to_unit(ci->coherent(), "g/kWh")) : "");
    const auto& found = c.run.intensity;
    const bool known = place && found;
    add("year", known && found->data_year > 0 ? std::to_string(found->data_year) : "");
    add("boundary", known ? found->boundary : "");
    add("basis", known ? found->basis : "");
    add("intensity_status", known ? std::string{run::name(found->status)} : "");
    add("source", known ? std::string{found->row->source()} : "");
    add("rank_low", place ? std::to_string(p.rank_low) : "");
    add("rank_high", place ? std::to_string(p.rank_high) : "");
    add("cleaner_than_next", known_cell(p.cleaner_than_next));
    add("pue", pue ? quantity::shortest(pue->coherent()) : "");
    add("over_best", known_cell(p.over_best));
    add("over_chosen", known_cell(p.over_chosen));
    const auto& worth = comparison.worth.runs[run];
    for (auto& [head, text] :
         quality_cells(worth ? &*worth : nullptr, &comparison.worth.rule, comparison.equal_quality(run)))
      add(std::move(head), std::move(text));
    const auto [order, probability] = order_cells(comparison, run);
    add("verdict", order);
    add("best_needs_less_probability", probability);
    table.rows.push_back(std::move(row));
  }
  // An axis may be named as a result or another column is: each column has a name of its own.
  for (std::size_t axis = 0; axis < comparison.runs.front().position.size(); ++axis) {
    const auto alike = std::ranges::count_if(
        table.columns, [&](const Column& c) { return c.title == table.columns[axis].title; });
    if (alike > 1) table.columns[axis].title.insert(0, "input_");
  }
  return table;
}

}  // namespace

Document present(const ask::Comparison& answer, const catalog::Catalog& tables) {
  Content content{
      .name = "compare", .catalog = tables, .warnings = answer.warnings, .sources = answer.sources()};
  content.notes = answer.notes;
  content.page = [&answer, &tables] { return compare_page(answer, tables); };
  content.body = [&answer, &tables] { return compare_json(answer, tables); };
  content.rows = [&answer] { return compare_table(answer); };
  return Document{std::move(content)};
}

}  // namespace kwhatif::report
