// One run as rows for machines.
#include <kwhatif/quantity/format.hpp>
#include <kwhatif/report/estimate.hpp>
#include <kwhatif/report/uncertainty.hpp>
#include <kwhatif/run/estimate.hpp>
#include <kwhatif/uncertain/uncertainty.hpp>

#include <algorithm>

namespace kwhatif::report {

std::string input_column(const run::InputInfo& input) {
  std::string out{input.flag};
  std::replace(out.begin(), out.end(), '-', '_');
  bool taken = false;
  const run::RunEstimate<double> any;
  run::for_each_result(
      any, [&](const run::ResultInfo& info, const auto&) { taken = taken || info.json_key == out; });
  return taken ? "input_" + out : out;
}

Table results_table(const run::RunEstimate<double>& result) {
  Table table;
  table.rows.emplace_back();
  run::for_each_result(result, [&](const run::ResultInfo& info, const auto& field) {
    table.columns.push_back({std::string{info.json_key}});
    table.rows.front().push_back(
        field ? quantity::shortest(info.unit.empty() ? field->coherent()
                                                     : quantity::to_unit(field->coherent(), info.unit))
              : std::string{});
  });
  return table;
}

Table estimate_table(const run::ResolvedRun& run, const run::RunEstimate<double>& result) {
  Table table{{{"title"}}, {{run.title}}};
  const auto add = [&](std::string head, std::string cell) {
    table.columns.push_back({std::move(head)});
    table.rows.front().push_back(std::move(cell));
  };
  for (const auto& input : run::input_table()) {
    const auto given = std::find_if(run.summary.begin(), run.summary.end(),
                                    [&](const auto& line) { return line.first == input.flag; });
    add(input_column(input), given == run.summary.end() ? "" : given->second);
  }
  const Table results = results_table(result);
  for (std::size_t i = 0; i < results.columns.size(); ++i) add(results.columns[i].title, results.rows[0][i]);
  const auto intervals =
      uncertain(run) ? uncertain::intervals(run, uncertain::spread_of(run)) : uncertain::Intervals{};
  run::for_each_result(result, [&](const run::ResultInfo& info, const auto&) {
    const uncertain::Band* band = intervals.find(info.key);
    const auto percentile = [&](const char* name, double uncertain::Band::*value) {
      add(std::string{info.json_key} + name,
          band == nullptr
              ? ""
              : quantity::shortest(info.unit.empty() ? band->*value
                                                     : quantity::to_unit(band->*value, info.unit)));
    };
    percentile("_p05", &uncertain::Band::p05);
    percentile("_p25", &uncertain::Band::p25);
    percentile("_p50", &uncertain::Band::p50);
    percentile("_p75", &uncertain::Band::p75);
    percentile("_p95", &uncertain::Band::p95);
  });
  return table;
}

}  // namespace kwhatif::report
