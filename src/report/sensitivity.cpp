// sensitivity: elasticities and a tornado, for people and machines.
#include "json_support.hpp"
#include "pages.hpp"
#include <kwhatif/ask/influence.hpp>
#include <kwhatif/diag/words.hpp>
#include <kwhatif/quantity/format.hpp>
#include <kwhatif/report/present.hpp>
#include <kwhatif/report/words.hpp>

#include <algorithm>
#include <cmath>

namespace kwhatif::report {

using ask::Sensitivity;
using quantity::shortest;
using run::Slot;

namespace {

void add_elasticities(Page& page, const Sensitivity& a) {
  Table table{heads({">effect", ">value", "input"}), {}};
  for (const auto& e : a.elasticities) {
    constexpr double worth_showing = 5e-5;
    if (std::fabs(e.elasticity) < worth_showing) continue;
    const bool one_value = e.value > 0;  // stages may each have their own
    std::string input = a.run.work.said(std::string{run::info(e.slot).label});
    if (!e.with.empty())
      input +=
          "; with it " + diag::listed(e.with, ", ", [](const Slot slot) { return run::info(slot).label; });
    table.rows.push_back({(e.elasticity > 0 ? "+" : "") + quantity::significant(e.elasticity) + " %",
                          one_value ? a.run.work.human(e.value, run::slot_dimension(e.slot)) : "-",
                          std::move(input)});
  }
  page.table(std::move(table), 2);
}

void add_tornado(Page& page, const Sensitivity& a) {
  if (a.tornado.empty()) return;
  page.gap().heading("What each input's own 90 % band does, with all that depends on it");
  Table table{heads({"input", ">from, to", ">result from, to", ""}), {}};
  const double widest = a.tornado.front().swing;
  for (const auto& row : a.tornado) {
    constexpr double worth_showing = 0.01;  // rounding of table values moves nothing
    if (row.swing < worth_showing * widest) break;
    constexpr double longest = 16;  // blocks
    std::string bar;
    for (auto n = std::lround(widest > 0 ? longest * row.swing / widest : 0); n > 0; --n) bar += "█";
    table.rows.push_back(
        {a.run.work.said(std::string{run::info(row.slot).label}),
         a.run.work.said(range_words(row.input_low, row.input_high, run::slot_dimension(row.slot))),
         range_words(row.result_low, row.result_high, a.result.dimension), bar});
  }
  page.table(std::move(table), 2, {0});
}

Page sensitivity_page(const Sensitivity& a) {
  Page page;
  const std::string label{a.result.label};
  if (a.elasticities.empty())
    return page.paragraph(label + " is zero: no input changes it by a share of itself.");
  page.heading(label + ": what one percent more of each input does");
  add_elasticities(page, a);
  add_tornado(page, a);
  return page;
}

Json sensitivity_json(const Sensitivity& a, const catalog::Catalog& tables) {
  Json out;
  out["scenario"] = scenario_json(a.run, tables);
  out["result"] = a.result.key;
  out["elasticities"] = Json::array();
  for (const auto& e : a.elasticities) {
    Json line = {{"input", run::info(e.slot).key}, {"elasticity", e.elasticity}};
    for (const Slot slot : e.with) line["with"].push_back(run::info(slot).key);
    out["elasticities"].push_back(std::move(line));
  }
  const std::string unit =
      a.result.unit.empty() ? quantity::coherent_unit(a.result.dimension) : std::string{a.result.unit};
  const auto in = [](const std::string& u, double v) { return u == "1" ? v : quantity::to_unit(v, u); };
  out["tornado"] = Json::array();
  for (const auto& row : a.tornado) {
    const std::string of_input{run::info(row.slot).unit};
    out["tornado"].push_back({{"input", run::info(row.slot).key},
                              {"input_p05", in(of_input, row.input_low)},
                              {"input_p95", in(of_input, row.input_high)},
                              {"input_unit", of_input},
                              {"result_low", in(unit, row.result_low)},
                              {"result_high", in(unit, row.result_high)},
                              {"result_unit", unit}});
  }
  return out;
}

// One row per input: its elasticity; and, where it has a band, the ends of the band as multiples of its value
// with the result at each.
Table sensitivity_rows(const Sensitivity& a) {
  const std::string key{a.result.json_key};
  Table table{
      {{"input"}, {"elasticity"}, {"p05_of_value"}, {"p95_of_value"}, {"low_" + key}, {"high_" + key}}, {}};
  const auto in_unit = [&](double v) { return shortest(run::machine_value(a.result, v)); };
  for (const auto& e : a.elasticities) {
    auto& cells = table.rows.emplace_back(table.columns.size());
    cells[0] = run::info(e.slot).key;
    cells[1] = shortest(e.elasticity);
    const auto band = std::ranges::find_if(a.tornado, [&](const auto& t) { return t.slot == e.slot; });
    if (band == a.tornado.end() || !(e.value > 0)) continue;
    cells[2] = shortest(band->input_low / e.value);
    cells[3] = shortest(band->input_high / e.value);
    cells[4] = in_unit(band->result_low);
    cells[5] = in_unit(band->result_high);
  }
  return table;
}

}  // namespace

Document present(const Sensitivity& answer, const catalog::Catalog& tables) {
  Content content{.name = "sensitivity",
                  .catalog = tables,
                  .warnings = answer.run.warnings,
                  .sources = answer.run.sources()};
  content.page = [&answer] { return sensitivity_page(answer); };
  content.body = [&answer, &tables] { return sensitivity_json(answer, tables); };
  content.rows = [&answer] { return sensitivity_rows(answer); };
  return Document{std::move(content)};
}

}  // namespace kwhatif::report
