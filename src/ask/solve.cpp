#include <kwhatif/ask/missing.hpp>
#include <kwhatif/ask/solve.hpp>
#include <kwhatif/diag/suggest.hpp>
#include <kwhatif/grid/sink.hpp>
#include <kwhatif/quantity/parse.hpp>
#include <kwhatif/run/estimator.hpp>
#include <kwhatif/run/stage.hpp>

#include <algorithm>

namespace kwhatif::ask {

using diag::refuse;
using run::Input;

namespace {

// The input that --solve names.
Input read_input(const run::Given& wish) {
  const auto input = run::input_by_flag(wish.text);
  if (input && solvable(*input)) return *input;
  const std::string shown = wish.text.substr(0, 40);
  constexpr std::string_view examples = "such as pue, mfu, power, ci, chips, params, tokens, overhead";
  const bool from_tables = std::any_of(run::slot_table.begin(), run::slot_table.end(),
                                       [&](const auto& slot) { return slot.key == wish.text; });
  if (input || from_tables)
    refuse("unknown-axis",
           input ? "--" + shown + " is no quantity that could be solved for"
                 : "'" + shown + "' comes from the tables, no flag gives it: it cannot be solved for",
           wish.where, std::string{examples});
  std::vector<std::string_view> known;
  for (const auto& info : run::input_table()) {
    if (solvable(info.input)) known.push_back(info.flag);
  }
  const std::string near = diag::did_you_mean(wish.text, known);
  refuse("unknown-axis", "no input '" + shown + "' to solve for", wish.where,
         near + (near.empty() ? "" : " ") + std::string{examples});
}

// "energy=1287 MWh", with how far it is rounded.
struct Target {
  std::size_t result = 0;
  double wanted = 0;
  double half_step = 0;
};

Target read_target(run::Given condition) {
  const auto equals = condition.text.find('=');
  if (equals == std::string::npos || equals == 0 ||
      condition.text.find_first_of("<>=!", equals + 1) != std::string::npos ||
      condition.text.find_first_of("<>!") < equals)
    refuse("bad-condition", "'" + condition.text.substr(0, 60) + "' is no target", condition.where,
           "one result and its value, such as 'energy=1287 MWh'");
  const std::string name = condition.text.substr(0, condition.text.find_last_not_of(' ', equals - 1) + 1);
  if (!grid::result_named(name)) grid::refuse_result(condition, name);
  condition.text.erase(0, equals + 1);
  condition.named = "--target " + name;
  const auto limit = grid::upper_limit(condition, name);
  Target out{.result = limit.result, .wanted = limit.bound + 0.0, .half_step = 0};  // no negative zero
  const auto dimension = grid::result_dimension(limit.result);
  const auto text = quantity::parse(
      condition.text,
      {.dimension = dimension, .bare_number = quantity::may_be_bare(dimension), .example = {}});
  if (text.ok) out.half_step = text.value.half_step;
  return out;
}

run::ResolvedRun resolved(const run::Scenario& run, const catalog::Catalog& tables) {
  return run.stages.empty() ? run::resolve(run, tables) : run::resolve_stages(run, tables).total;
}

}  // namespace

SolveAnswer solve(const SolveQuestion& question, const catalog::Catalog& tables) {
  if (!question.target)
    refuse("missing-value", "--solve needs the figure to explain", question.input.where,
           "write for example --solve pue --target 'energy=1287 MWh'");
  SolveAnswer out{.input = read_input(question.input)};
  const Target target = read_target(*question.target);
  out.result = target.result;
  out.wanted = target.wanted;
  out.solution = solve(question.run, tables, out.input, target.result, target.wanted, target.half_step);
  const auto run = resolved(out.solution.found ? out.solution.run : question.run, tables);
  if (!out.solution.known) {
    auto missing = missing_for(target.result, run, run::estimate(run.inputs));
    for (diag::Diagnostic& gap : missing) gap.severity = diag::Severity::error;
    if (!missing.empty()) throw diag::ScenarioError(std::move(missing));
    refuse("no-work", "this run does not give the result that is to be explained", question.target->where,
           "`kwhatif estimate` says which flag is missing");
  }
  out.warnings = run.warnings;
  out.sources = run.sources();
  return out;
}

}  // namespace kwhatif::ask
