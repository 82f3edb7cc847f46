// The library answers a question as the command line does: the same documents, warnings included.
#include "surface/support.hpp"
#include <kwhatif/ask/plan.hpp>
#include <kwhatif/ask/solve.hpp>
#include <kwhatif/ask/sweep_answer.hpp>
#include <kwhatif/report/present.hpp>

#include <initializer_list>
#include <utility>

namespace kwhatif::test {
namespace {

using run::Input;

run::Given flag(std::string name, std::string text) { return {std::move(text), {}, "--" + std::move(name)}; }

run::Scenario run_with(std::initializer_list<std::pair<Input, std::string>> inputs) {
  run::Scenario out;
  for (const auto& [input, text] : inputs) out.set(input, flag(std::string{run::info(input).flag}, text));
  return out;
}

// As JSON and as text for people, where nothing of a terminal is known.
template <class Answer>
void check_as_program(const Answer& answer, const std::string& line) {
  INFO(line);
  const auto document = report::present(answer, catalog::Catalog::builtin());
  CHECK(report::render(document, report::Form::json) == run_line(line + " --json").out);
  CHECK(report::render(document, report::Form::csv) == run_line(line + " --csv").out);
  CHECK(report::render(document, report::Form::text) == run_line(line).out);
}

}  // namespace

TEST_CASE("a sweep asked of the library is answered as by the program") {
  const auto& tables = catalog::Catalog::builtin();
  ask::SweepQuestion question{
      .run = run_with({{Input::params, "7B"}, {Input::tokens, "1T"}, {Input::hardware, "h100-sxm5"}}),
      .axes = {flag("axis", "chips=64,512"), flag("axis", "pue=1.1:1.5:lin5")}};
  const std::string line =
      "sweep --params 7B --tokens 1T --hardware h100-sxm5 --axis chips=64,512 --axis pue=1.1:1.5:lin5";
  question.top = flag("top", "3");
  question.by = flag("by", "energy");
  const auto best = ask::sweep(question, tables);
  CHECK(best.rows.size() == 3);
  CHECK(best.warnings.front().code == "no-place");  // a column that no row has
  check_as_program(best, line + " --top 3 --by energy");
  question.top.reset();
  question.group_by = flag("group-by", "chips");
  check_as_program(ask::sweep(question, tables), line + " --group-by chips --by energy");
}

TEST_CASE("a plan asked of the library is answered as by the program") {
  const auto& tables = catalog::Catalog::builtin();
  const auto run = run_with({{Input::params, "7B"}, {Input::tokens, "1T"}, {Input::hardware, "h100-sxm5"}});
  for (const std::string limit : {"5t", "1kg"}) {  // can be met, and cannot
    ask::PlanQuestion question{.run = run, .axes = {flag("axis", "ci=20 g/kWh,30 g/kWh")}};
    question.at_most = {{"co2e", flag("max-co2e", limit)}};
    const auto answer = ask::plan(question, tables);
    CHECK(answer.best.has_value() == (limit == "5t"));
    CHECK(answer.found.bindings.size() == (limit == "5t" ? 0 : 1));
    check_as_program(
        answer,
        "plan --params 7B --tokens 1T --hardware h100-sxm5 --axis 'ci=20 g/kWh,30 g/kWh' --max-co2e " +
            limit);
  }
}

TEST_CASE("a run that fits no device is no plan, with the reason in every form") {
  ask::PlanQuestion question{.run = run_with({{Input::params, "70B"},
                                              {Input::tokens, "1T"},
                                              {Input::hardware, "h100-sxm5"},
                                              {Input::chips, "1"}})};
  const auto answer = ask::plan(question, catalog::Catalog::builtin());
  REQUIRE(answer.no_fit);
  const std::string line = "plan --params 70B --tokens 1T --hardware h100-sxm5 --chips 1";
  check_as_program(answer, line);
  CHECK(run_line(line + " --json").out.find("\"reason\": \"" + answer.no_fit->message) != std::string::npos);
}

TEST_CASE("an input solved for by the library is that of the program") {
  const ask::SolveQuestion question{.run = run_with({{Input::flops, "1e22"},
                                                     {Input::tflops, "321.502 TFLOP/s"},
                                                     {Input::hardware, "h100-sxm5"},
                                                     {Input::chips, "64"},
                                                     {Input::grid, "FRA"}}),
                                    .input = flag("solve", "chips"),
                                    .target = flag("target", "time=30d")};
  const auto answer = ask::solve(question, catalog::Catalog::builtin());
  CHECK(answer.solution.found->input == 12);
  check_as_program(answer,
                   "plan --flops 1e22 --tflops '321.502 TFLOP/s' --hardware h100-sxm5 --chips 64 --grid FRA "
                   "--solve chips --target time=30d");
}

}  // namespace kwhatif::test
