// No number without sense: whatever flags are given, a run is refused or every number that is printed of it
// is finite.
#include "support/catch.hpp"
#include "support/runs.hpp"
#include "support/senseless.hpp"
#include <kwhatif/ask/compare.hpp>
#include <kwhatif/ask/estimate.hpp>
#include <kwhatif/ask/explain.hpp>
#include <kwhatif/ask/levers.hpp>
#include <kwhatif/report/present.hpp>
#include <kwhatif/run/estimator.hpp>
#include <kwhatif/run/stage.hpp>

#include <array>
#include <cmath>
#include <optional>

namespace kwhatif {
namespace {

const catalog::Catalog& tables() { return catalog::Catalog::builtin(); }

using test::senseless;

struct Answered {
  run::Scenario given;
  run::ResolvedRun run;
  run::RunEstimate<double> result;
};

// None where the run is refused, as an error for people with a code and a sentence.
template <class Answer>
auto unless_refused(Answer answer) -> std::optional<decltype(answer())> {
  try {
    return answer();
  } catch (const diag::InternalError&) {
    throw;
  } catch (const diag::Error& error) {
    for (const diag::Diagnostic& d : error.diagnostics()) CHECK_FALSE(d.code.empty());
    return std::nullopt;
  }
}

// The document in every form that it does not refuse.
void add_forms(std::vector<std::string>& out, const report::Document& document) {
  for (const report::FormInfo& info : report::form_table()) {
    if (!document.refusal(info.form)) out.push_back(report::render(document, info.form));
  }
}

std::vector<std::string> everything_said(const Answered& a) {
  std::vector<std::string> out;
  add_forms(out, report::present(ask::estimate_of(a.run, tables()), tables()));
  add_forms(out, report::present(ask::explanation_of(a.run), tables()));
  for (const auto& w : a.run.warnings) out.push_back(w.message);
  if (a.result.device_time) {
    const auto levers = ask::levers_for(a.given, a.run, a.result, tables());
    const ask::LeversAnswer answer{.run = a.run, .result = a.result, .levers = levers, .all = true};
    add_forms(out, report::present(answer, tables()));
    for (const auto& effect : levers.effects) {
      if (effect.applies != ask::Applies::yes || effect.penalty) continue;
      const auto run =
          ask::with_levers(a.given, a.run, a.result, {std::string{effect.row.id()}}, {}, tables());
      add_forms(out, report::present(ask::estimate_of(run, tables()), tables()));
    }
  }
  return out;
}

std::vector<std::string> compared(const Answered& a, const Answered& b, ask::EqualWork rule) {
  const auto comparison = ask::compare({{"a", a.run, a.result, {}}, {"b", b.run, b.result, {}}}, 0, rule);
  std::vector<std::string> out;
  add_forms(out, report::present(comparison, tables()));
  return out;
}

void check(const std::vector<std::string>& texts, const std::string& command) {
  for (const std::string& text : texts) {
    const std::string bad = senseless(text);
    if (bad.empty()) continue;
    INFO(command);
    CHECK(bad == "");
  }
}

TEST_CASE("whatever is given: refused, or all that is printed is finite") {
  test::Runs runs(20261127, tables());
  std::optional<Answered> last;
  std::string last_command;
  int answered = 0;
  constexpr int walks = test::repeats(2500);
  for (int i = 0; i < walks; ++i) {
    const test::Flags flags = runs.wild();
    const std::string command = test::command_of(flags);
    INFO(command);
    auto answer = unless_refused([&] {
      Answered a{test::scenario_of(flags), {}, {}};
      a.run = run::resolve(a.given, tables());
      a.result = run::estimate(a.run.inputs);
      return a;
    });
    if (!answer) continue;
    ++answered;
    run::for_each_result(answer->result, [&](const run::ResultInfo&, const auto& field) {
      if (field) CHECK(std::isfinite(field->coherent()));
    });
    if (answered % 3 == 0)  // each costs some ten milliseconds
      if (const auto texts = unless_refused([&] { return everything_said(*answer); })) check(*texts, command);
    if (last) {
      const auto rule = static_cast<ask::EqualWork>(i % 5);
      const auto texts = unless_refused([&] { return compared(*last, *answer, rule); });
      if (texts) check(*texts, last_command + " against" + command);
    }
    last = std::move(answer);
    last_command = command;
  }
  CHECK(answered > walks / 20);
}

TEST_CASE("whatever stages are given: refused, or all that is printed is finite") {
  test::Runs runs(20261128, tables());
  int answered = 0;
  constexpr int walks = 800;
  for (int i = 0; i < walks; ++i) {
    static constexpr std::array<const char*, 6> regimes{"pretrain", "long-context", "finetune",
                                                        "dpo",      "evaluate",     "other"};
    run::Scenario given;
    std::string command;
    for (std::uint64_t n = 1 + runs.random().below(2); n > 0; --n) {
      const auto flags = runs.chance(2) ? runs.wild() : runs.ordinary();
      const std::string regime = regimes[runs.random().below(regimes.size())];
      given.stages.push_back({"s" + std::to_string(n), regime, {}, test::scenario_of(flags), {}});
      command += " stage " + regime + test::command_of(flags);
    }
    INFO(command);
    const auto texts = unless_refused([&]() -> std::vector<std::string> {
      std::vector<std::string> out;
      add_forms(out, report::present(ask::estimate(given, tables()), tables()));
      add_forms(out, report::present(ask::explain(given, tables()), tables()));
      return out;
    });
    if (!texts) continue;
    ++answered;
    check(*texts, command);
  }
  CHECK(answered > walks / 20);
}

}  // namespace
}  // namespace kwhatif
