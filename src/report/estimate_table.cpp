// One run as rows for machines.
#include "json_stages.hpp"
#include "pages.hpp"
#include "pilot.hpp"
#include <kwhatif/grid/axis.hpp>
#include <kwhatif/quantity/format.hpp>
#include <kwhatif/report/estimate.hpp>
#include <kwhatif/report/present.hpp>
#include <kwhatif/report/scenario_entries.hpp>
#include <kwhatif/uncertain/certainty.hpp>

namespace kwhatif::report {

Table results_table(const run::RunEstimate<double>& result) {
  Table table;
  table.rows.emplace_back();
  run::for_each_result(result, [&](const run::ResultInfo& info, const auto& field) {
    table.columns.push_back({std::string{info.json_key}});
    table.rows.front().push_back(field ? quantity::shortest(run::machine_value(info, field->coherent()))
                                       : std::string{});
  });
  return table;
}

namespace {

// Header and one row: the same columns whatever was given. Every input that was given, in the unit of its
// head, every result, the percentiles of every result.
Table estimate_table(const ask::Estimate& answer) {
  const run::ResolvedRun& run = answer.run();
  Table table{{{"title"}}, {{run.title}}};
  const auto add = [&](std::string head, std::string cell) {
    table.columns.push_back({std::move(head)});
    table.rows.front().push_back(std::move(cell));
  };
  for (const auto& input : run::input_table()) add(grid::machine_column(input.input), given_cell(run, input));
  const Table results = results_table(answer.result);
  for (std::size_t i = 0; i < results.columns.size(); ++i) add(results.columns[i].title, results.rows[0][i]);
  run::for_each_result(answer.result, [&](const run::ResultInfo& info, const auto&) {
    const uncertain::Band* band = answer.certainty.find(info.key);
    for (const auto& [name, value] : uncertain::percentiles)
      add(std::string{info.json_key}.append("_").append(name),
          band ? quantity::shortest(run::machine_value(info, band->*value)) : "");
  });
  for (auto& [head, cell] : pilot_cells(run)) add(std::move(head), std::move(cell));
  return table;
}

// The results, and what a pilot said where there was one.
Table plain_table(const ask::Estimate& answer) {
  Table table = results_table(answer.result);
  if (answer.staged() || !answer.run().pilot) return table;
  for (auto& [head, cell] : pilot_cells(answer.run())) {
    table.columns.push_back({std::move(head)});
    table.rows.front().push_back(std::move(cell));
  }
  return table;
}

}  // namespace

Document present(const ask::Estimate& answer, const catalog::Catalog& tables) {
  Content content{.name = "estimate",
                  .catalog = tables,
                  .warnings = answer.warnings,
                  .sources = answer.sources(),
                  .records = Records::one};
  content.page = [&answer, &tables] {
    return answer.staged() ? stages_page(answer, tables) : estimate_page(answer, tables);
  };
  content.body = [&answer, &tables] { return estimate_json(answer, tables); };
  content.rows = [&answer] { return answer.staged() ? stages_table(answer) : estimate_table(answer); };
  content.plain_rows = [&answer] { return plain_table(answer); };
  return Document{std::move(content)};
}

}  // namespace kwhatif::report
