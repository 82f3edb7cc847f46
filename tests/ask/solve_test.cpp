// Every answer of solve(), given back to resolve() and estimate().
#include "support/catch.hpp"
#include "support/random.hpp"
#include "uncertain/given_inputs.hpp"
#include <kwhatif/ask/solve.hpp>
#include <kwhatif/quantity/format.hpp>
#include <kwhatif/run/estimator.hpp>
#include <kwhatif/run/stage.hpp>

#include <array>
#include <cmath>

using namespace kwhatif;
using run::Input;
using test::Inputs;
using test::run_of;
using test::tables;

namespace {

// Runs that know their work, rate, time and power in different ways.
const std::vector<Inputs>& runs() {
  static const std::vector<Inputs> all{
      {{Input::params, "7B"},
       {Input::tokens, "1T"},
       {Input::hardware, "h100-sxm5"},
       {Input::chips, "512"},
       {Input::grid, "FRA"}},
      {{Input::params, "175B"},
       {Input::tokens, "300B"},
       {Input::hardware, "v100-sxm2-16gb"},
       {Input::chips, "10000"},
       {Input::tflops, "24.6 TFLOP/s"},
       {Input::power, "330 W"},
       {Input::ci, "429 g/kWh"},
       {Input::pue, "1.1"},
       {Input::price, "2 USD/h"}},
      {{Input::model, "llama-3-8b"},
       {Input::hardware, "a100-sxm4-80gb"},
       {Input::chips, "512"},
       {Input::mfu, "0.4"},
       {Input::region, "gcp:us-central1"},
       {Input::runs, "3"},
       {Input::overhead, "10 %"}},
      {{Input::hours, "14.8 days"},
       {Input::chips, "1024"},
       {Input::total_power, "400 kW"},
       {Input::ci, "100 g/kWh"},
       {Input::ci_market, "20 g/kWh"},
       {Input::electricity_price, "0.1 USD/kWh"},
       {Input::pue, "1.2"}},
      {{Input::params, "1B"},
       {Input::tokens, "20B"},
       {Input::hardware, "a100-sxm4-80gb"},
       {Input::device_hours, "5000 device-h"},
       {Input::chips, "8"},
       {Input::region, "gcp:europe-north1"}},
      {{Input::flops, "1e22"},
       {Input::hardware, "p5.48xlarge"},
       {Input::nodes, "8"},
       {Input::region, "aws:eu-north-1"}},
      {{Input::params, "47B"},
       {Input::active, "13B"},
       {Input::tokens, "2T"},
       {Input::hardware, "h100-sxm5"},
       {Input::chips, "256"},
       {Input::grid, "SWE"},
       {Input::epochs, "2"}},
  };
  return all;
}

std::optional<double> result_of(const run::Scenario& run, std::size_t result) {
  return grid::result_value(run::estimate(run::resolve(run, tables()).inputs), result);
}

}  // namespace

TEST_CASE("every answer of solve, given back to estimate, gives the wanted result") {
  int answers = 0;
  int refused = 0;
  int asked = 0;
  constexpr int step = test::repeats(6) == 6 ? 1 : 7;  // no multiple of the loops below
  for (const Inputs& inputs : runs()) {
    const auto run = run_of(inputs);
    for (const auto& info : run::input_table()) {
      if (!ask::solvable(info.input)) continue;
      for (const std::string_view name : {"energy", "co2e", "time", "cost", "flops", "device-hours"}) {
        const std::size_t r = *grid::result_named(name);
        const auto before = result_of(run, r);
        if (!before || *before == 0) continue;
        for (const double factor : {0.7, 1.0, 1.3}) {
          if (++asked % step != 0) continue;
          const double wanted = *before * factor;
          INFO("run " << inputs.front().second << ", " << info.flag << " for " << grid::result_info(r).key
                      << " x " << factor);
          std::optional<ask::Solution> solution;
          try {
            solution = ask::solve(run, tables(), info.input, r, wanted);
          } catch (const diag::ScenarioError&) {  // the run contradicts every value of the input
            continue;
          }
          if (!solution->known) continue;
          if (!solution->found) {
            ++refused;
            // it says why: out of reach, no influence, or a step
            CHECK((solution->between || (solution->least && solution->most)));
            if (!solution->between)
              CHECK((wanted < solution->least->result || wanted > solution->most->result ||
                     solution->least->result == solution->most->result));
            continue;
          }
          ++answers;
          const auto reached = result_of(solution->run, r);
          REQUIRE(reached);
          CHECK(*reached == Approx(wanted).epsilon(1e-6));
          CHECK(*reached == solution->found->result);
        }
      }
    }
  }
  CHECK(answers > test::repeats(300));
  CHECK(refused > test::repeats(100));
}

TEST_CASE("what depends on the input is derived again: MFU moves the predicted power") {
  auto run = run_of(runs().front());
  run.set(Input::hardware, {"a100-sxm4-80gb", {}, "--hardware"});
  const auto energy = *grid::result_named("energy");
  const double wanted = 0.8 * *result_of(run, energy);
  const auto solution = ask::solve(run, tables(), Input::mfu, energy, wanted);
  REQUIRE(solution.found);
  const double before = solution.before->input;
  CHECK(solution.found->input > before / 0.8 * 1.01);  // energy is not inverse to MFU: power rises with it
  CHECK(*result_of(solution.run, energy) == Approx(wanted).epsilon(1e-6));
}

TEST_CASE("what estimate refuses is no solution, and the range within reach is told") {
  const auto run = run_of(runs().front());
  const auto energy = *grid::result_named("energy");
  const double now = *result_of(run, energy);
  for (const auto& [input, factor] : {std::pair{Input::tflops, 0.01},  // more than the peak
                                      {Input::mfu, 0.01},
                                      {Input::pue, 0.1},
                                      {Input::pue, 100.0},
                                      {Input::power, 1e5}}) {
    INFO(run::info(input).flag);
    const auto solution = ask::solve(run, tables(), input, energy, now * factor);
    CHECK_FALSE(solution.found);
    REQUIRE(solution.least);
    CHECK(std::isfinite(solution.most->result));
    CHECK((now * factor < solution.least->result || now * factor > solution.most->result));
    // both ends can be given to estimate
    for (const auto& end : {*solution.least, *solution.most}) {
      auto at_end = run;
      at_end.set(input, {quantity::exact(end.input, run::info(input).dimension), {}, "--x"});
      CHECK(*result_of(at_end, energy) == end.result);
    }
  }
  const auto highest = ask::solve(run, tables(), Input::pue, energy, now * 100);
  CHECK(highest.most->input == 5);  // as documented: 1 to 5
  CHECK(highest.least->input == 1);
}

TEST_CASE("devices are whole numbers: the neighbours are shown, or the one that rounds to the figure") {
  const auto run = run_of(runs().front());
  const auto time = *grid::result_named("time");
  constexpr double day = 86400;
  const auto exact = ask::solve(run, tables(), Input::chips, time, 3.3333 * day, 0);
  CHECK_FALSE(exact.found);
  REQUIRE(exact.between);
  CHECK(std::fabs(exact.between->second.input - exact.between->first.input) == 1);
  const auto rounded = ask::solve(run, tables(), Input::chips, time, 3.3 * day, 0.05 * day);
  REQUIRE(rounded.found);
  CHECK(rounded.found->input == std::floor(rounded.found->input));
  CHECK(std::fabs(rounded.found->result - 3.3 * day) <= 0.05 * day);
}

TEST_CASE("an input that the run lacks is solved for without a made-up value before it") {
  const auto run = run_of({{Input::flops, "1e22"}, {Input::hardware, "h100-sxm5"}, {Input::chips, "64"}});
  const auto co2e = *grid::result_named("co2e");
  const auto solution = ask::solve(run, tables(), Input::ci, co2e, 1000);
  REQUIRE(solution.found);
  CHECK_FALSE(solution.before);
  const auto hours = ask::solve(run, tables(), Input::hours, *grid::result_named("energy"), 3.6e10);
  CHECK_FALSE(hours.before);
  REQUIRE(hours.found);
}

TEST_CASE("nothing is an answer at the ends of the numbers") {
  const auto run = run_of(runs().front());
  const auto energy = *grid::result_named("energy");
  for (const double wanted : {0.0, 1e-300, 1e308}) {
    for (const auto& info : run::input_table()) {
      if (!ask::solvable(info.input)) continue;
      INFO(info.flag << " for " << wanted);
      const auto solution = ask::solve(run, tables(), info.input, energy, wanted);
      if (solution.found) CHECK(*result_of(solution.run, energy) == Approx(wanted));
      for (const auto& end : {solution.least, solution.most}) {
        if (!end) continue;
        CHECK(std::isfinite(end->result));
        CHECK(std::isfinite(end->input));
        CHECK_FALSE((end->result == 0 && std::signbit(end->result)));
      }
    }
  }
  // A device draws something: no power gives exactly nothing.
  const auto off = ask::solve(run, tables(), Input::power, energy, 0);
  CHECK_FALSE(off.found);
  REQUIRE(off.least);
  CHECK(off.least->result > 0);
}
