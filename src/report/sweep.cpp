// What a sweep found: rows, groups, a histogram.
#include "grid_pages.hpp"
#include "json_support.hpp"
#include "verdict.hpp"
#include <kwhatif/ask/sweep_answer.hpp>
#include <kwhatif/diag/words.hpp>
#include <kwhatif/quantity/format.hpp>
#include <kwhatif/report/present.hpp>
#include <kwhatif/report/row_sink.hpp>
#include <kwhatif/report/words.hpp>

#include <algorithm>
#include <cmath>

namespace kwhatif::report {

using ask::SweepAnswer;
using ask::SweepKind;
using ask::SweepRow;
using grid::Axis;
using grid::Reduce;

namespace {

constexpr std::array levels{"p05", "p25", "p50", "p75", "p95"};
static_assert(levels.size() == grid::quantile_levels.size());

std::string label(std::size_t result) { return std::string{grid::result_info(result).label}; }
std::string key(std::size_t result) { return std::string{grid::result_info(result).json_key}; }

// A table for people or for machines: heads and cells of both.
struct Cells {
  bool machine = false;

  Column head(const Axis& axis, bool leads = false) const {
    return {machine ? axis.column() : axis.name, axis.numeric() && !leads ? Align::right : Align::left};
  }
  Column head(const std::string& word, std::size_t result) const {
    return {machine ? word + '_' + key(result) : word, Align::right};
  }
  std::string axis(const Axis& axis, std::size_t i) const {
    return machine && axis.numeric() ? quantity::shortest(axis.machine(i)) : axis.shown(i);
  }
  std::string value(std::size_t result, double coherent) const {
    if (!machine) return shown(result, coherent);
    return std::isnan(coherent) ? std::string{} : quantity::shortest(grid::machine_value(result, coherent));
  }
  std::string count(std::uint64_t n) const { return machine ? std::to_string(n) : grouped(n); }
};

Table group_table(const SweepAnswer& answer, Cells cells) {
  const auto& axes = answer.space.axes();
  const bool ranked = answer.reduce == Reduce::min || answer.reduce == Reduce::max;
  std::vector<std::size_t> others;  // axes that the best row has values on
  for (std::size_t a = 0; ranked && a < axes.size(); ++a) {
    if (std::ranges::find(answer.group_axes, a) == answer.group_axes.end()) others.push_back(a);
  }
  Table table;
  for (const std::size_t a : answer.group_axes) table.columns.push_back(cells.head(axes[a], true));
  if (ranked) {
    const bool least = answer.reduce == Reduce::min;
    table.columns.push_back(cells.machine
                                ? cells.head(least ? "min" : "max", answer.by)
                                : Column{(least ? "least " : "most ") + label(answer.by), Align::right});
    for (const std::size_t a : others) {
      table.columns.push_back(cells.head(axes[a]));
      table.columns.back().align = Align::right;
    }
    table.columns.push_back({"row", Align::right});
  } else if (answer.reduce == Reduce::mean) {
    table.columns.push_back(cells.head("mean", answer.by));
  } else {
    for (const char* word : levels) table.columns.push_back(cells.head(word, answer.by));
  }
  table.columns.push_back({"rows", Align::right});
  for (const auto& [indices, group] : answer.groups) {
    auto& row = table.rows.emplace_back();
    for (std::size_t k = 0; k < answer.group_axes.size(); ++k)
      row.push_back(cells.axis(axes[answer.group_axes[k]], indices[k]));
    if (ranked) {
      row.push_back(cells.value(answer.by, group.best.value));
      const auto at = answer.space.indices(group.best.row);
      for (const std::size_t a : others) row.push_back(group.count == 0 ? "" : cells.axis(axes[a], at[a]));
      row.push_back(group.count == 0 ? "" : std::to_string(group.best.row));
    } else if (answer.reduce == Reduce::mean) {
      row.push_back(cells.value(answer.by, group.count == 0 ? grid::absent : group.mean));
    } else {
      for (const double q : group.quantiles) row.push_back(cells.value(answer.by, q));
    }
    row.push_back(cells.count(group.count));
  }
  return table;
}

// For people the middle nine tenths, of results that vary in some row; for machines all percentiles of all.
std::vector<std::size_t> banded(const SweepAnswer& answer, const Cells& cells) {
  std::vector<std::size_t> out;
  for (const std::size_t r : answer.columns) {
    const auto varies = [&](const SweepRow& row) {
      return row.bands.find(grid::result_info(r).key) != nullptr;
    };
    if (cells.machine || std::ranges::any_of(answer.rows, varies)) out.push_back(r);
  }
  return out;
}

void add_band_heads(const SweepAnswer& answer, const Cells& cells, Table& table) {
  for (const std::size_t r : banded(answer, cells)) {
    if (!cells.machine) table.columns.push_back({result_head(r) + ", 5 to 95 %", Align::right});
    for (const auto& [name, value] : uncertain::percentiles) {
      if (cells.machine) table.columns.push_back({key(r).append("_").append(name), Align::right});
    }
  }
}

void add_band_cells(const SweepAnswer& answer, const SweepRow& row, const Cells& cells,
                    std::vector<std::string>& line) {
  for (const std::size_t r : banded(answer, cells)) {
    const uncertain::Band* band = row.bands.find(grid::result_info(r).key);
    if (!cells.machine)
      line.push_back(band == nullptr ? "" : shown(r, band->p05) + " to " + shown(r, band->p95));
    for (const auto& [name, value] : uncertain::percentiles) {
      if (cells.machine) line.push_back(cells.value(r, band == nullptr ? grid::absent : band->*value));
    }
  }
}

Table row_table(const SweepAnswer& answer, Cells cells) {
  const auto& axes = answer.space.axes();
  Table table{{{"row", Align::right}}, {}};
  for (const Axis& axis : axes) table.columns.push_back(cells.head(axis));
  for (const std::size_t r : answer.columns)
    table.columns.push_back({cells.machine ? key(r) : result_head(r), Align::right});
  if (answer.bands) add_band_heads(answer, cells, table);
  const bool knees = answer.kind == SweepKind::pareto;
  if (knees) table.columns.push_back({cells.machine ? "knee" : ""});
  for (const SweepRow& row : answer.rows) {
    auto& line = table.rows.emplace_back();
    line.push_back(std::to_string(row.row));
    for (std::size_t a = 0; a < axes.size(); ++a) line.push_back(cells.axis(axes[a], row.indices[a]));
    for (const std::size_t r : answer.columns)
      line.push_back(cells.value(r, grid::result_value(row.result, r).value_or(grid::absent)));
    if (answer.bands) add_band_cells(answer, row, cells, line);
    if (knees) line.push_back(!row.knee ? "" : cells.machine ? "yes" : "<- knee");
  }
  return table;
}

Table histogram_table(const SweepAnswer& answer, Cells cells) {
  constexpr double bar_width = 50;
  const grid::Histogram& h = answer.histogram;
  Table table{{cells.head("from", answer.by), {"rows", Align::right}}, {}};
  if (!cells.machine) table.columns.push_back({""});
  const auto most = h.counts.empty() ? 1 : std::max<std::uint64_t>(1, std::ranges::max(h.counts));
  for (std::size_t b = 0; b < h.counts.size(); ++b) {
    auto& row = table.rows.emplace_back();
    row = {cells.value(answer.by, h.from[b]), cells.count(h.counts[b])};
    const double length = std::ceil(bar_width * static_cast<double>(h.counts[b]) / static_cast<double>(most));
    if (!cells.machine) row.push_back(std::string(static_cast<std::size_t>(length), '#'));
  }
  return table;
}

Table sweep_table(const SweepAnswer& answer, Cells cells) {
  if (answer.kind == SweepKind::groups) return group_table(answer, cells);
  if (answer.kind == SweepKind::histogram) return histogram_table(answer, cells);
  return row_table(answer, cells);
}

std::string title(const SweepAnswer& answer) {
  const std::string many = answer.rows.size() == 1 ? "row" : std::to_string(answer.rows.size()) + " rows";
  switch (answer.kind) {
    case SweepKind::rows:
      if (answer.limits.empty())
        return answer.space.size() <= ask::first_rows
                   ? ""
                   : "The first " + many +
                         " rows (all: --csv or --output rows.csv|.jsonl|.npy; the best: --top 10 --by co2e)";
      return answer.rows.size() < ask::first_rows ? "The rows with the least " + label(answer.by) + " first"
                                                  : "The " + many + " with the least: " + label(answer.by);
    case SweepKind::top:
      return "The " + many + " with the " + (answer.largest ? "most: " : "least: ") + label(answer.by);
    case SweepKind::pareto:
      return "Rows that no other row beats in " + diag::listed(answer.columns, ", ", label);
    case SweepKind::groups:
      return label(answer.by) + " by group";
    case SweepKind::histogram:
      return label(answer.by);
    case SweepKind::run:
      break;
  }
  return {};
}

Page sweep_page(const SweepAnswer& answer, const catalog::Catalog& tables) {
  const grid::Space& space = answer.space;
  Page page;
  if (answer.kind == SweepKind::run)
    return page.lines(explain_command(space.scenario(answer.rows.front().indices)));
  page.paragraph(grouped(space.size()) + (space.size() == 1 ? " run: " : " runs: ") +
                 diag::listed(space.axes(), " x ",
                              [](const Axis& axis) { return grouped(axis.size()) + ' ' + axis.name; }));
  for (const auto& limit : answer.limits) {
    const bool first = &limit == answer.limits.data();
    page.paragraph((first ? "where " : "and ") + limit.text, first ? 0 : 2);
  }
  page.gap();
  if (answer.nothing() && answer.kind != SweepKind::groups) {
    page.paragraph(answer.limits.empty() ? "No row has what is asked for" : "No row meets the conditions");
  } else {
    if (const std::string words = title(answer); !words.empty()) page.heading(words);
    const bool best_first = answer.kind == SweepKind::top;
    page.table(sweep_table(answer, {}), 0,
               best_first ? std::vector<std::size_t>{0} : std::vector<std::size_t>{});
  }
  if (answer.kind == SweepKind::histogram && !answer.nothing()) {
    const grid::Histogram& h = answer.histogram;
    page.paragraph("lowest " + shown(answer.by, h.lowest) + ", median " + shown(answer.by, h.median) +
                   ", highest " + shown(answer.by, h.highest) + "; steps are equal ratios");
  }
  add_verdict(page, answer.verdict);
  page.asides();
  if (!answer.notes.empty()) page.append(notes_page(answer.notes)).gap();
  const bool rows = answer.kind != SweepKind::groups && answer.kind != SweepKind::histogram;
  if (rows && !answer.nothing()) page.append(heads_note(answer.columns));
  page.gap()
      .append(left_out_page(space))
      .append(grid_assumptions_page(space, answer.assumptions, "--explain-row"));
  for (const std::string& line : attributions(tables, space.sources())) page.paragraph(line, 2);
  return page;
}

Json axis_json(const Axis& axis, std::size_t i) {
  return axis.numeric() ? Json(axis.machine(i)) : Json(axis.text(i));
}

Json value_json(std::size_t result, double coherent) {
  return std::isnan(coherent) ? Json(nullptr) : Json(grid::machine_value(result, coherent));
}

Json row_json(const grid::Space& space, const SweepRow& row, bool bands) {
  Json out;
  out["row"] = row.row;
  for (std::size_t a = 0; a < space.axes().size(); ++a)
    out["inputs"][space.axes()[a].column()] = axis_json(space.axes()[a], row.indices[a]);
  out["results"] = results_json(row.result);
  if (row.knee) out["knee"] = true;
  if (bands) out["intervals"] = intervals_json(row.bands.bands);
  return out;
}

Json group_json(const SweepAnswer& answer, const SweepAnswer::GroupLine& line) {
  const grid::Group& group = line.group;
  Json out;
  for (std::size_t k = 0; k < answer.group_axes.size(); ++k) {
    const Axis& axis = answer.space.axes()[answer.group_axes[k]];
    out["group"][axis.column()] = axis_json(axis, line.indices[k]);
  }
  out["rows"] = group.count;
  switch (answer.reduce) {
    case Reduce::min:
    case Reduce::max:
      out[answer.reduce == Reduce::min ? "min" : "max"] = value_json(answer.by, group.best.value);
      out["row"] = group.count == 0 ? Json(nullptr) : Json(group.best.row);
      break;
    case Reduce::mean:
      out["mean"] = value_json(answer.by, group.count == 0 ? grid::absent : group.mean);
      break;
    case Reduce::quantiles:
      for (std::size_t q = 0; q < levels.size(); ++q)
        out[levels[q]] = value_json(answer.by, group.quantiles[q]);
      break;
  }
  return out;
}

Json histogram_json(const SweepAnswer& answer) {
  const grid::Histogram& h = answer.histogram;
  const auto end = [&](double v) { return value_json(answer.by, h.rows == 0 ? grid::absent : v); };
  Json from = Json::array();
  for (const double v : h.from) from.push_back(value_json(answer.by, v));
  return {{"rows", h.rows}, {"lowest", end(h.lowest)}, {"median", end(h.median)}, {"highest", end(h.highest)},
          {"from", from},   {"counts", h.counts}};
}

std::string_view kind_name(SweepKind kind) {
  constexpr std::array names{"rows", "top", "pareto", "groups", "histogram", "run"};
  return names.at(static_cast<std::size_t>(kind));
}

Json sweep_json(const SweepAnswer& answer) {
  const grid::Space& space = answer.space;
  Json out;
  out["size"] = space.size();
  out["axes"] = Json::array();
  for (const Axis& axis : space.axes()) {
    out["axes"].push_back({{"name", axis.column()},
                           {"size", axis.size()},
                           {"first", axis_json(axis, 0)},
                           {"last", axis_json(axis, axis.size() - 1)}});
  }
  out["where"] = Json::array();
  for (const auto& limit : answer.limits) out["where"].push_back(limit.text);
  out["kind"] = kind_name(answer.kind);
  if (answer.kind != SweepKind::rows) out["by"] = key(answer.by);
  if (answer.kind == SweepKind::groups) {
    out["groups"] = Json::array();
    for (const auto& line : answer.groups) out["groups"].push_back(group_json(answer, line));
  } else if (answer.kind == SweepKind::histogram) {
    out["histogram"] = histogram_json(answer);
  } else {
    out["rows"] = Json::array();
    for (const SweepRow& row : answer.rows) out["rows"].push_back(row_json(space, row, answer.bands));
  }
  out["verdict"] = verdict_json(answer.verdict);
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
  out["assumptions"] = assumptions_json(answer.assumptions);
  return out;
}

}  // namespace

std::string row_notes(const SweepAnswer& grid, bool assumptions, const Paper& paper) {
  Page page = notes_page(grid.notes);
  page.append(left_out_page(grid.space));
  if (assumptions) page.append(grid_assumptions_page(grid.space, grid.assumptions, "--explain-row"));
  return page_text(page, paper);
}

Document present(const SweepAnswer& answer, const catalog::Catalog& tables) {
  Content content{
      .name = "sweep", .catalog = tables, .warnings = answer.warnings, .sources = answer.space.sources()};
  content.notes = answer.notes;
  content.page = [&answer, &tables] { return sweep_page(answer, tables); };
  content.body = [&answer] { return sweep_json(answer); };
  content.rows = [&answer] { return sweep_table(answer, {.machine = true}); };
  if (answer.kind == SweepKind::run) {
    const std::string why = "--explain-row prints a command";
    const std::string instead = "run that command with --json";
    content.refuse(Form::json, why, instead).refuse_rows(why, instead);
  }
  return Document{std::move(content)};
}

}  // namespace kwhatif::report
