// A flag wins over the run file in everything that it displaces, and what was displaced is written down.
#include "support/catch.hpp"
#include "support/random.hpp"
#include <kwhatif/catalog/catalog.hpp>
#include <kwhatif/run/estimator.hpp>
#include <kwhatif/run/stage.hpp>

#include <algorithm>
#include <array>
#include <optional>
#include <string>
#include <vector>

namespace kwhatif::run {
namespace {

const catalog::Catalog& tables() { return catalog::Catalog::builtin(); }

struct Said {
  Input input;
  std::string text;
};

Scenario run_of(const std::vector<Said>& said, bool flags) {
  Scenario run;
  for (const Said& s : said)
    run.set(s.input,
            {s.text, {}, flags ? "--" + std::string{info(s.input).flag} : std::string{info(s.input).key}});
  return run;
}

// The results, or nothing where the run is refused.
std::optional<std::vector<double>> results_of(const Scenario& run) {
  try {
    const auto resolved = resolve(run, tables());
    const auto result = run::estimate(resolved.inputs);
    std::vector<double> out;
    run::for_each_result(result, [&](const run::ResultInfo&, const auto& field) {
      out.push_back(field ? field->coherent() : -1);
    });
    return out;
  } catch (const diag::ScenarioError&) {
    return std::nullopt;
  }
}

// What the contract says a flag stands in place of.
struct Pair {
  std::vector<Said> file;       // the whole run, without what is displaced
  std::vector<Said> displaced;  // keys of the file that the flag displaces
  Said flag;
};

std::vector<Pair> pairs() {
  const std::vector<Said> measured{{Input::hours, "100 h"}, {Input::chips, "8"}, {Input::power, "400 W"}};
  const std::vector<Said> counted{
      {Input::params, "7B"}, {Input::tokens, "100B"}, {Input::hardware, "h100-sxm5"}};
  const auto with = [](std::vector<Said> all, const std::vector<Said>& more) {
    all.insert(all.end(), more.begin(), more.end());
    return all;
  };
  const std::vector<Said> without_size{
      {Input::tokens, "100B"}, {Input::hardware, "h100-sxm5"}, {Input::chips, "64"}};
  return {
      {measured, {{Input::region, "gcp:us-central1"}}, {Input::grid, "SWE"}},
      {measured, {{Input::grid, "FRA"}}, {Input::region, "gcp:us-central1"}},
      {measured, {{Input::ci, "100 g/kWh"}, {Input::ci_market, "10 g/kWh"}}, {Input::grid, "SWE"}},
      {measured, {{Input::ci, "100 g/kWh"}}, {Input::region, "gcp:us-central1"}},
      {measured, {{Input::grid, "FRA"}, {Input::basis, "life-cycle"}}, {Input::ci, "50 g/kWh"}},
      {with(measured, {{Input::grid, "FRA"}}), {{Input::ci, "100 g/kWh"}}, {Input::year, "2020"}},
      {{{Input::hours, "100 h"}, {Input::power, "400 W"}, {Input::hardware, "dgx-h100"}},
       {{Input::nodes, "4"}},
       {Input::chips, "16"}},
      {{{Input::hours, "100 h"}, {Input::power, "400 W"}, {Input::hardware, "dgx-h100"}},
       {{Input::chips, "16"}},
       {Input::nodes, "4"}},
      {{{Input::hours, "100 h"}, {Input::chips, "8"}},
       {{Input::power, "400 W"}},
       {Input::total_power, "9 kW"}},
      {{{Input::hours, "100 h"}, {Input::chips, "8"}},
       {{Input::total_power, "9 kW"}},
       {Input::power, "400 W"}},
      {with(counted, {{Input::chips, "64"}}), {{Input::mfu, "0.4"}}, {Input::hours, "1000 h"}},
      {with(counted, {{Input::chips, "64"}}), {{Input::tflops, "300 TFLOP/s"}}, {Input::hours, "1000 h"}},
      {with(counted, {{Input::chips, "64"}}), {{Input::mfu, "0.4"}}, {Input::device_hours, "50000 device-h"}},
      {with(counted, {{Input::chips, "64"}}), {{Input::hours, "1000 h"}}, {Input::mfu, "0.3"}},
      {with(counted, {{Input::chips, "64"}}),
       {{Input::hours, "1000 h"}},
       {Input::device_hours, "50000 device-h"}},
      {with(counted, {{Input::chips, "64"}}),
       {{Input::device_hours, "50000 device-h"}},
       {Input::hours, "1000 h"}},
      {counted, {{Input::mfu, "0.4"}}, {Input::tflops, "300 TFLOP/s"}},
      {counted, {{Input::tflops, "300 TFLOP/s"}}, {Input::mfu, "0.4"}},
      {without_size, {{Input::params, "7B"}, {Input::active, "3B"}}, {Input::model, "llama-3-8b"}},
      {without_size, {{Input::model, "llama-3-8b"}}, {Input::params, "7B"}},
      {without_size, {{Input::params, "7B"}, {Input::active, "3B"}}, {Input::params, "13B"}},
      {{{Input::params, "7B"}, {Input::hardware, "h100-sxm5"}},
       {{Input::tokens, "100B"}, {Input::epochs, "2"}},
       {Input::flops, "1e22"}},
      {{{Input::params, "7B"}, {Input::hardware, "h100-sxm5"}},
       {{Input::flops, "1e22"}},
       {Input::tokens, "100B"}},
      {{{Input::params, "7B"}, {Input::tokens, "100B"}},
       {{Input::hardware, "dgx-h100"},
        {Input::nodes, "4"},
        {Input::power, "900 W"},
        {Input::price, "3 USD/h"}},
       {Input::hardware, "a100-sxm4-80gb"}},
      {{{Input::params, "7B"}, {Input::tokens, "100B"}, {Input::nodes, "4"}},
       {{Input::hardware, "dgx-h100"}, {Input::power, "900 W"}},
       {Input::hardware, "dgx-a100"}},
      {measured, {{Input::price_low, "1 USD/h"}, {Input::price_high, "3 USD/h"}}, {Input::price, "5 USD/h"}},
  };
}

TEST_CASE("a flag gives the numbers of the file without what it displaces and with the flag's key") {
  test::Random random(5);
  const std::array<Said, 5> beside{Said{Input::runs, "3"},
                                   {Input::overhead, "10 %"},
                                   {Input::precision, "bf16"},
                                   {Input::electricity_price, "0.1 USD/kWh"},
                                   {Input::recompute, "none"}};
  for (const Pair& pair : pairs()) {
    for (int i = 0; i < 12; ++i) {
      std::vector<Said> kept = pair.file;
      for (const Said& s : beside) {
        if (random.below(2) == 0) kept.push_back(s);
      }
      std::vector<Said> file = kept;
      file.insert(file.end(), pair.displaced.begin(), pair.displaced.end());
      Scenario given = run_of(file, false);
      given.overlay(run_of({pair.flag}, true), &tables());
      std::vector<Said> expected = kept;
      expected.push_back(pair.flag);
      INFO("--" << info(pair.flag.input).flag << ' ' << pair.flag.text << " over "
                << info(pair.displaced.front().input).key);
      const auto numbers = results_of(given);
      REQUIRE(numbers.has_value());
      CHECK(numbers == results_of(run_of(expected, false)));
      const auto run = resolve(given, tables());
      for (const Said& d : pair.displaced) {
        if (d.input == pair.flag.input) continue;
        const bool told = std::any_of(run.choices.begin(), run.choices.end(), [&](const Choice& c) {
          return c.input == info(d.input).flag && c.origin.at == info(d.input).key &&
                 c.origin.text == d.text && c.value == d.text + ", not used" &&
                 c.origin.note == "displaced by --" + std::string{info(pair.flag.input).flag};
        });
        INFO("displaced: " << info(d.input).flag);
        CHECK(told);
      }
    }
  }
}

TEST_CASE("an own intensity leaves the region its PUE, and says so") {
  Scenario given = run_of({{Input::hours, "100 h"},
                           {Input::chips, "8"},
                           {Input::power, "400 W"},
                           {Input::region, "gcp:us-central1"}},
                          false);
  given.overlay(run_of({{Input::ci, "50 g/kWh"}}, true), &tables());
  const auto run = resolve(given, tables());
  CHECK(run.record(run::Slot::pue).origin.responsible == catalog::Responsible::table);
  CHECK(std::any_of(run.choices.begin(), run.choices.end(), [](const Choice& c) {
    return c.input == "region" &&
           c.origin.note == "displaced by --ci: its carbon intensity; its PUE still counts";
  }));
}

TEST_CASE("a flag that repeats the file displaces nothing") {
  const std::vector<Said> file{{Input::params, "7B"},
                               {Input::tokens, "100B"},
                               {Input::hardware, "h100-sxm5"},
                               {Input::power, "900 W"}};
  Scenario given = run_of(file, false);
  given.overlay(run_of({{Input::hardware, "h100-sxm5"}}, true), &tables());
  CHECK(given.displaced.empty());
  CHECK(given.has(Input::power));
}

TEST_CASE("no flag over a file of a run that resolves contradicts it") {
  // inputs that go together, and one flag of each that could displace some of them
  const std::vector<std::vector<Said>> parts{
      {{Input::params, "7B"}, {Input::tokens, "100B"}},
      {{Input::flops, "1e22"}},
      {{Input::model, "llama-3-8b"}, {Input::tokens, "30B"}},
  };
  const std::vector<std::vector<Said>> machines{
      {{Input::hardware, "h100-sxm5"}, {Input::chips, "64"}, {Input::mfu, "0.4"}},
      {{Input::hardware, "h100-sxm5"},
       {Input::chips, "64"},
       {Input::tflops, "300 TFLOP/s"},
       {Input::power, "900 W"}},
      {{Input::hardware, "dgx-h100"}, {Input::nodes, "8"}, {Input::total_power, "90 kW"}},
      {{Input::hardware, "h100-sxm5"}, {Input::chips, "64"}, {Input::hours, "5000 h"}},
      {{Input::hardware, "h100-sxm5"}, {Input::device_hours, "300000 device-h"}, {Input::price, "3 USD/h"}},
  };
  const std::vector<std::vector<Said>> places{
      {{Input::region, "gcp:us-central1"}, {Input::pue, "1.2"}},
      {{Input::grid, "FRA"}, {Input::basis, "life-cycle"}},
      {{Input::ci, "100 g/kWh"}, {Input::ci_market, "20 g/kWh"}},
      {},
  };
  const std::vector<Said> flags{{Input::model, "llama-3-8b"},
                                {Input::params, "13B"},
                                {Input::tokens, "200B"},
                                {Input::epochs, "2"},
                                {Input::flops, "3e21"},
                                {Input::hours, "9000 h"},
                                {Input::device_hours, "400000 device-h"},
                                {Input::hardware, "a100-sxm4-80gb"},
                                {Input::hardware, "dgx-a100"},
                                {Input::chips, "128"},
                                {Input::mfu, "0.3"},
                                {Input::tflops, "100 TFLOP/s"},
                                {Input::power, "700 W"},
                                {Input::total_power, "60 kW"},
                                {Input::price, "2 USD/h"},
                                {Input::region, "gcp:europe-north1"},
                                {Input::grid, "SWE"},
                                {Input::ci, "40 g/kWh"},
                                {Input::pue, "1.1"},
                                {Input::source, "owid-ember-2026-04"},
                                {Input::year, "2022"}};
  for (const auto& work : parts) {
    for (const auto& machine : machines) {
      for (const auto& place : places) {
        std::vector<Said> file = work;
        file.insert(file.end(), machine.begin(), machine.end());
        file.insert(file.end(), place.begin(), place.end());
        if (!results_of(run_of(file, false))) continue;
        for (const Said& flag : flags) {
          Scenario given = run_of(file, false);
          given.overlay(run_of({flag}, true), &tables());
          INFO("--" << info(flag.input).flag << ' ' << flag.text << " over " << machine.front().text << ", "
                    << machine.back().text << ", " << work.front().text << ", "
                    << (place.empty() ? std::string{} : place.front().text));
          try {
            (void)resolve(given, tables());
          } catch (const diag::ScenarioError& error) {
            for (const auto& d : error.diagnostics()) {
              INFO(d.message);
              CHECK(d.code != "conflict");
            }
          }
          CHECK(given.get(flag.input)->text == flag.text);
        }
      }
    }
  }
}

Scenario stages() {
  Scenario run = read_run(std::make_shared<diag::SourceText>(
      diag::SourceText{"run.toml",
                       "[model]\nparameters = \"7B\"\n[hardware]\nid = \"h100-sxm5\"\ncount = "
                       "64\n[site]\nregion = \"gcp:us-central1\"\n"
                       "[[stage]]\nregime = \"pretrain\"\ntokens = \"100B\"\n"
                       "[[stage]]\nregime = \"finetune\"\ntokens = \"1B\"\ngrid = \"POL\"\n"}));
  REQUIRE(run.faults.empty());
  return run;
}

TEST_CASE("a flag wins over what a stage says for itself") {
  Scenario given = stages();
  given.overlay(run_of({{Input::grid, "SWE"}}, true), &tables());
  const auto staged = resolve_stages(given, tables());
  REQUIRE(staged.stages.size() == 2);
  for (const auto& stage : staged.stages) {
    REQUIRE(stage.run.grid);
    CHECK(stage.run.grid->id() == "SWE");
    CHECK(std::any_of(stage.run.choices.begin(), stage.run.choices.end(),
                      [](const Choice& c) { return c.origin.note == "displaced by --grid"; }));
  }
}

TEST_CASE("resolve() adds stages up and never leaves them out") {
  const Scenario given = stages();
  const auto staged = resolve_stages(given, tables());
  CHECK(results_of(given) == [&] {
    std::vector<double> out;
    const auto total = run::estimate(staged.total.inputs);
    run::for_each_result(total, [&](const run::ResultInfo&, const auto& field) {
      out.push_back(field ? field->coherent() : -1);
    });
    return std::optional{out};
  }());
}

}  // namespace
}  // namespace kwhatif::run
