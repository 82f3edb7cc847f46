// A measurement as a study: which printed results its inputs give, and run files that print their own.
#include "claims.hpp"
#include "import_keys.hpp"
#include <kwhatif/ask/reproduce.hpp>

#include <algorithm>
#include <array>

namespace kwhatif::ask {

namespace {

using imports::Boundary;
using imports::Measure;

struct PrintedResult {
  Measure measure;
  std::string_view key;  ///< of a result
};
constexpr std::array printed_results{
    PrintedResult{Measure::wall_time, "wall_time"}, PrintedResult{Measure::energy, "it_energy"},
    PrintedResult{Measure::emissions, "operational_location"}, PrintedResult{Measure::mfu, "mfu"},
    PrintedResult{Measure::achieved, "achieved"}};

}  // namespace

std::vector<ImportedFigure> study_figures(const ImportAnswer& answer, const catalog::Catalog& tables) {
  std::vector<ImportedFigure> out = answer.figures;
  for (const PrintedResult& result : printed_results) {
    const ImportedValue* const value = answer.find(result.measure);
    if (value == nullptr || value->used) continue;
    const imports::Finding& finding = value->finding;
    if (result.measure == Measure::energy && finding.boundary != Boundary::components &&
        finding.boundary != Boundary::node)
      continue;
    if (!finding.doubt.empty() && result.measure != Measure::emissions) continue;
    std::string lines;
    if (finding.line_last > finding.line_first)
      lines = ", lines " + std::to_string(finding.line_first) + " to " + std::to_string(finding.line_last);
    else if (finding.line_first > 0)
      lines = ", line " + std::to_string(finding.line_first);
    out.push_back({std::string{result.key}, value->written,
                   finding.statistic + " (" + finding.file + lines + ")", false});
  }
  const PrintedRun alone{as_run(answer), tables};
  for (ImportedFigure& figure : out) figure.follows = alone.result(figure.key).has_value();
  return out;
}

ImportAnswer study_of_run_file(const std::shared_ptr<const diag::SourceText>& source, const run::Given& given,
                               const run::Scenario& said) {
  run::Scenario run = run::read_run(source);
  if (!run.faults.empty()) throw diag::ScenarioError(run.faults);
  if (!run.stages.empty())
    diag::refuse("stages", "'" + given.text + "' has stages, and a row of a study is one run", given.where,
                 "`kwhatif reproduce " + given.text + "` checks what it prints as it stands");
  ImportAnswer out;
  for (const run::PublishedFigure& figure : run.published) {
    const int line = figure.given.where.line;
    out.figures.push_back({figure.result, figure.given.text,
                           "printed (" + given.text + ", line " + std::to_string(line) + ")", false});
  }
  std::size_t inputs = 0;
  for (const run::InputInfo& row : run::input_table()) inputs += run.has(row.input) ? 1 : 0;
  out.files.push_back(
      {given.text,
       "run-file",
       "run file",
       {},
       {},
       std::to_string(inputs) + " inputs and " + std::to_string(run.published.size()) + " printed results"});
  run.overlay(said, nullptr);
  run.displaced.clear();
  out.said = std::move(run);
  return out;
}

}  // namespace kwhatif::ask
