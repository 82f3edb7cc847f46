// What a plan found: the best run, the lists beside it, or what stands in the way.
#include "grid_pages.hpp"
#include "json_support.hpp"
#include "plan_page.hpp"
#include "verdict.hpp"
#include <kwhatif/grid/axis.hpp>
#include <kwhatif/quantity/format.hpp>
#include <kwhatif/report/present.hpp>
#include <kwhatif/report/scenario_entries.hpp>

namespace kwhatif::report {

using ask::PlanAnswer;
using ask::PlanPoint;

namespace {

Json inputs_json(const PlanAnswer& answer, const PlanPoint& point) {
  Json out = Json::object();
  const auto run = answer.run(point);
  for (const auto& info : run::input_table()) {
    if (const auto& given = run.get(info.input)) out[std::string{info.flag}] = given->text;
  }
  return out;
}

Json point_json(const PlanAnswer& answer, const PlanPoint& point) {
  Json out;
  out["inputs"] = inputs_json(answer, point);
  out["results"] = results_json(point.result);
  if (point.knee) out["knee"] = true;
  if (point.share) out["limits_kept_in"] = *point.share;
  return out;
}

Json list_json(const PlanAnswer& answer, const std::vector<PlanPoint>& points) {
  Json out = Json::array();
  for (const auto& point : points) out.push_back(point_json(answer, point));
  return out;
}

Json binding_json(const PlanAnswer& answer, const ask::Binding& b) {
  Json out;
  out["limit"] = b.limit.text;
  out["met_when_the_others_hold"] = b.nearest && b.limit.holds(b.value);
  out["least"] = b.nearest ? Json(grid::machine_value(b.limit.result, b.value)) : Json(nullptr);
  out["unit_key"] = grid::result_info(b.limit.result).json_key;
  if (b.nearest && b.nearest->share) out["limits_kept_in"] = *b.nearest->share;
  out["times_the_limit"] = b.nearest && b.limit.bound > 0 ? Json(b.value / b.limit.bound) : Json(nullptr);
  if (b.nearest) out["run"] = inputs_json(answer, *b.nearest);
  return out;
}

Json plan_json(const PlanAnswer& answer) {
  const ask::PlanFound& found = answer.found;
  Json out;
  out["goal"] = plan_goal(answer, grid::result_info(answer.goal.minimize).json_key);
  out["confidence"] = answer.goal.confidence > 0 ? Json(answer.goal.confidence) : Json(nullptr);
  out["limits"] = Json::array();
  for (const auto& limit : answer.goal.limits) out["limits"].push_back(limit.text);
  out["runs_searched"] = found.points;
  out["feasible"] = answer.best.has_value();
  if (answer.no_fit) out["reason"] = answer.no_fit->message + "; " + answer.no_fit->help;
  if (found.unlimited) out["unlimited"] = true;
  out["best"] = nullptr;
  if (answer.best) {
    out["best"] = point_json(answer, *found.best);
    add_uncertainty(out["best"], answer.best->certainty);
  }
  out["verdict"] = verdict_json(answer.verdict);
  out["by_hardware"] = list_json(answer, found.by_hardware);
  out["by_region"] = list_json(answer, found.by_region);
  out["front"] = list_json(answer, found.front);
  if (found.without) out["without_the_result"] = inputs_json(answer, *found.without);
  out["binding"] = Json::array();
  for (const auto& b : found.bindings) out["binding"].push_back(binding_json(answer, b));
  out["left_out"] = Json::array();
  for (const auto& left : answer.left_out)
    out["left_out"].push_back({{"axis", left.axis}, {"values", left.values}, {"why", left.why}});
  if (found.front_too_long) out["front_too_long"] = true;
  out["offers"] = {{"sources", answer.offers.sources}, {"notes", answer.offers.notes}};
  out["assumptions"] = assumptions_json(answer.assumptions);
  return out;
}

// All points, one per line: which list it is of, the inputs of its run, its results; of the best its bands.
Table plan_table(const PlanAnswer& answer) {
  Table table{{{"list"}}, {}};
  for (const auto& info : run::input_table()) table.columns.push_back({grid::machine_column(info.input)});
  for (std::size_t r = 0; r < grid::result_count(); ++r)
    table.columns.push_back({std::string{grid::result_info(r).json_key}});
  for (std::size_t r = 0; r < grid::result_count(); ++r) {
    for (const auto& percentile : uncertain::percentiles)
      table.columns.push_back(
          {std::string{grid::result_info(r).json_key}.append("_").append(percentile.name)});
  }
  table.columns.push_back({"limits_kept_in"});
  table.columns.push_back({"knee"});
  const auto add = [&](std::string list, const PlanPoint& point, const uncertain::Certainty& certainty) {
    auto& cells = table.rows.emplace_back();
    cells.push_back(std::move(list));
    const auto run = answer.run(point);
    for (const auto& info : run::input_table())
      cells.push_back(run.has(info.input) ? input_cell(info, run.get(info.input)->text) : "");
    for (std::size_t r = 0; r < grid::result_count(); ++r) cells.push_back(result_cell(point.result, r));
    for (std::size_t r = 0; r < grid::result_count(); ++r) {
      const auto* const band = certainty.find(grid::result_info(r).key);
      for (const auto& percentile : uncertain::percentiles)
        cells.push_back(band ? quantity::shortest(grid::machine_value(r, band->*percentile.value)) : "");
    }
    cells.push_back(point.share ? quantity::shortest(*point.share) : "");
    cells.push_back(point.knee ? "yes" : "");
  };
  if (answer.best) add("best", *answer.found.best, answer.best->certainty);
  for (const PlanPoint& point : answer.found.by_hardware) add("by_hardware", point, {});
  for (const PlanPoint& point : answer.found.by_region) add("by_region", point, {});
  for (const PlanPoint& point : answer.found.front) add("front", point, {});
  return table;
}

}  // namespace

Document present(const PlanAnswer& answer, const catalog::Catalog& tables) {
  Content content{
      .name = "plan", .catalog = tables, .warnings = answer.warnings, .sources = answer.sources()};
  content.notes = answer.notes;
  content.page = [&answer, &tables] { return plan_page(answer, tables); };
  content.body = [&answer] { return plan_json(answer); };
  content.rows = [&answer] { return plan_table(answer); };
  return Document{std::move(content)};
}

}  // namespace kwhatif::report
