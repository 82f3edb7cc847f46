#include "json_support.hpp"
#include <kwhatif/report/estimate.hpp>
#include <kwhatif/report/sweep.hpp>

#include <cmath>

namespace kwhatif::report {

namespace {

Json axis_value(const grid::Axis& axis, std::size_t i) {
  return axis.numeric() ? Json(axis.machine(i)) : Json(axis.text(i));
}

Json number(double v) { return std::isnan(v) ? Json(nullptr) : Json(v); }

Json row_json(const grid::Space& space, const SweepRow& row) {
  Json out;
  out["row"] = row.row;
  for (std::size_t a = 0; a < space.axes().size(); ++a)
    out["inputs"][space.axes()[a].column()] = axis_value(space.axes()[a], row.indices[a]);
  out["results"] = results_json(row.result);
  if (row.knee) out["knee"] = true;
  return out;
}

Json group_json(const grid::Space& space, const SweepAnswer& answer, const SweepAnswer::GroupLine& line) {
  Json out;
  for (std::size_t k = 0; k < answer.group_axes.size(); ++k) {
    const auto& axis = space.axes()[answer.group_axes[k]];
    out["group"][axis.column()] = axis_value(axis, line.indices[k]);
  }
  out["rows"] = line.group.count;
  const auto value = [&](double v) { return number(std::isnan(v) ? v : grid::machine_value(answer.by, v)); };
  switch (answer.reduce) {
    case grid::Reduce::min:
    case grid::Reduce::max:
      out[answer.reduce == grid::Reduce::min ? "min" : "max"] = value(line.group.best.value);
      out["row"] = line.group.count == 0 ? Json(nullptr) : Json(line.group.best.row);
      break;
    case grid::Reduce::mean:
      out["mean"] = line.group.count == 0 ? Json(nullptr) : value(line.group.mean);
      break;
    case grid::Reduce::quantiles:
      for (std::size_t q = 0; q < grid::quantile_levels.size(); ++q) {
        static constexpr std::array keys{"p05", "p25", "p50", "p75", "p95"};
        static_assert(keys.size() == grid::quantile_levels.size());
        out[keys[q]] = value(line.group.quantiles[q]);
      }
      break;
  }
  return out;
}

}  // namespace

Json assumptions_json(const grid::Space& space) {
  Json out = Json::array();
  for (const Assumption& a : ask::assumptions(space.sample())) {
    Json line = assumption_json(a);
    if (const auto axes = varies_with(space, a.input); !axes.empty()) {
      line["value"] = nullptr;
      line.erase("effect");  // of the sample's value
      line["varies_with"] = axes;
    }
    out.push_back(std::move(line));
  }
  return out;
}

std::string sweep_json(const grid::Space& space, const SweepAnswer& answer, const catalog::Catalog& catalog) {
  Json out;
  out["size"] = space.size();
  out["axes"] = Json::array();
  for (const auto& axis : space.axes()) {
    out["axes"].push_back({{"name", axis.column()},
                           {"size", axis.size()},
                           {"first", axis_value(axis, 0)},
                           {"last", axis_value(axis, axis.size() - 1)}});
  }
  out["where"] = Json::array();
  for (const auto& limit : answer.limits) out["where"].push_back(limit.text);
  out["kind"] = answer.kind;
  if (answer.kind != "rows") out["by"] = grid::result_info(answer.by).json_key;
  if (answer.kind == "groups") {
    out["groups"] = Json::array();
    for (const auto& line : answer.groups) out["groups"].push_back(group_json(space, answer, line));
  } else if (answer.kind == "histogram") {
    const auto& h = *answer.histogram;
    const auto value = [&](double v) { return number(grid::machine_value(answer.by, v)); };
    out["histogram"] = {{"rows", h.rows},
                        {"lowest", value(h.lowest)},
                        {"median", value(h.median)},
                        {"highest", value(h.highest)},
                        {"from", Json::array()},
                        {"counts", h.counts}};
    for (const double from : h.from) out["histogram"]["from"].push_back(value(from));
  } else {
    out["rows"] = Json::array();
    for (const SweepRow& row : answer.rows) out["rows"].push_back(row_json(space, row));
  }
  out["left_out"] = Json::array();
  for (const auto& left : space.left_out()) {
    out["left_out"].push_back({{"axis", space.axes()[left.axis].name},
                               {"values", left.count},
                               {"names", left.values},
                               {"example", left.example}});
  }
  if (const auto& unresolved = space.unresolved(); unresolved.count > 0) {
    Json axes = Json::array();
    for (const std::size_t a : unresolved.axes) axes.push_back(space.axes()[a].name);
    out["not_computed"] = {{"axes", axes},
                           {"combinations", unresolved.count},
                           {"of", unresolved.of},
                           {"example", unresolved.example}};
  }
  out["assumptions"] = assumptions_json(space);
  return document("sweep", out, space.warnings(), space.sources(), catalog);
}

}  // namespace kwhatif::report
