// One change of a run, asked of compare, sensitivity and levers: one number.
#include "support/catch.hpp"
#include "support/runs.hpp"
#include <kwhatif/ask/compare.hpp>
#include <kwhatif/ask/influence.hpp>
#include <kwhatif/ask/levers.hpp>
#include <kwhatif/quantity/format.hpp>
#include <kwhatif/run/estimator.hpp>

#include <algorithm>
#include <cmath>

namespace kwhatif {
namespace {

using ask::Measure;
using run::Input;
using test::Flags;

const catalog::Catalog& tables() { return catalog::Catalog::builtin(); }

const std::vector<Flags> bases{
    {{Input::params, "7B"},
     {Input::tokens, "1T"},
     {Input::hardware, "a100-sxm4-80gb"},
     {Input::chips, "10000"},
     {Input::seq_len, "4096"},
     {Input::grid, "SWE"}},
    {{Input::model, "llama-2-70b"},
     {Input::tokens, "300B"},
     {Input::hardware, "h100-sxm5"},
     {Input::chips, "2048"},
     {Input::region, "gcp:europe-north1"},
     {Input::recompute, "full"},
     {Input::framework, "deepspeed"},
     {Input::precision, "bf16"},
     {Input::runs, "3"},
     {Input::overhead, "0.1"}},
    {{Input::params, "1B"},
     {Input::tokens, "100B"},
     {Input::hardware, "tpu-v5e"},
     {Input::chips, "1024"},
     {Input::epochs, "2"},
     {Input::mfu, "0.4"},
     {Input::pue, "1.1"},
     {Input::ci, "200 g/kWh"}},
    {{Input::device_hours, "10000 device-h"},
     {Input::chips, "1000"},
     {Input::power, "400 W"},
     {Input::overhead, "0.2"},
     {Input::pue, "1.2"},
     {Input::price, "2 USD/h"},
     {Input::ci, "300 g/kWh"}},
};

double ratio_of_inputs(const Flags& base, Input input, const std::string& one, const std::string& other,
                       Measure measure) {
  ask::CompareQuestion question{.runs = {{.run = test::scenario_of(base)}}};
  question.vary.push_back({std::string{run::info(input).flag} + "=" + one + "," + other, {}, "--vary"});
  const auto answer = ask::compare(question, tables());
  REQUIRE(answer.runs.size() == 2);
  const auto* ratio = answer.ratio(1, measure);
  REQUIRE(ratio);
  REQUIRE(ratio->ratio);
  return *ratio->ratio;
}

TEST_CASE("what sensitivity says of one per cent more of an input is what compare says of the two runs") {
  std::size_t checked = 0;
  for (const Flags& base : bases) {
    for (const auto& [measure, result] :
         {std::pair{Measure::energy, "facility_energy"}, std::pair{Measure::location, "operational_location"},
          std::pair{Measure::cost, "cost"}}) {
      const auto scenario = test::scenario_of(base);
      const auto resolved = run::resolve(scenario, tables());
      const auto estimate = run::estimate(resolved.inputs);
      if (!ask::measured(estimate, measure)) continue;
      const auto answer = ask::sensitivity(scenario, run::Given{result, {}, "--result"}, tables());
      for (const auto& info : run::input_table()) {
        if (info.type != run::InputType::quantity || !info.settles) continue;
        if (info.input == Input::active) continue;  // of a dense model --params says both
        if (info.input == Input::price_low || info.input == Input::price_high) continue;  // no price then
        const auto value = run::slot_value(resolved.inputs, *info.settles);
        if (!value || !(*value > 0)) continue;
        const bool whole = info.input == Input::chips || info.input == Input::runs;
        if (whole && *value < 1000) continue;  // no run has a share of a device more
        const double step = whole ? 1 / *value : 1e-4;
        const auto text = [&](double factor) {
          const double x = whole ? std::round(*value * factor) : *value * factor;
          return quantity::exact(x, info.dimension);
        };
        INFO(test::command_of(base) << " --vary " << info.flag << ' ' << result);
        const double up = ratio_of_inputs(base, info.input, text(1 - step), text(1 + step), measure);
        const double compared = std::log(up) / (std::log1p(step) - std::log1p(-step));
        const auto found =
            std::ranges::find(answer.elasticities, *info.settles, &uncertain::Elasticity::slot);
        const double said = found == answer.elasticities.end() ? 0 : found->elasticity;
        // a rate that is given takes the forecast of time away, and with it what the layout does to the power
        const bool forecast = info.input == Input::mfu && !scenario.has(Input::mfu);
        CHECK(said == Approx(compared).margin(forecast ? 5e-4 : 2e-6));
        ++checked;
      }
    }
  }
  CHECK(checked > 40);
}

TEST_CASE("what levers say of a flag is what compare says of the runs with it and without, band and all") {
  std::size_t checked = 0;
  std::size_t bands = 0;
  for (const Flags& base : bases) {
    const ask::LeversQuestion question{.run = test::scenario_of(base)};
    const auto answer = ask::levers(question, tables());
    for (const ask::LeverEffect& effect : answer.levers.effects) {
      if (!effect.forecast || !effect.setting) continue;
      auto with = question.run;
      with.set(effect.setting->input, {effect.setting->value, {}, effect.setting->flag()});
      INFO(test::command_of(base) << " lever " << effect.row.id());
      ask::CompareQuestion two{.runs = {{.run = question.run, .name = {"without", {}, ""}},
                                        {.run = with, .name = {"with", {}, ""}}}};
      const auto compared = ask::compare(two, tables());
      const auto* energy = compared.ratio(1, Measure::energy);
      REQUIRE(energy);
      REQUIRE(energy->ratio);
      CHECK(effect.energy.typical == Approx(*energy->ratio).epsilon(1e-9));
      const auto* co2e = compared.ratio(1, Measure::location);
      REQUIRE(co2e);
      CHECK(effect.co2e.typical == Approx(*co2e->ratio).epsilon(1e-9));
      // what is not said of the run before is told by the lever, which is surer: see levers_forecast.cpp
      if (energy->low && question.run.has(effect.setting->input)) {
        ++bands;
        CHECK(std::min(effect.energy.low, effect.energy.high) == Approx(*energy->low).epsilon(0.02));
        CHECK(std::max(effect.energy.low, effect.energy.high) == Approx(*energy->high).epsilon(0.02));
      }
      ++checked;
    }
  }
  CHECK(checked > 5);
  CHECK(bands > 2);
}

TEST_CASE(
    "a change of a place, a device or a count is the ratio of the two estimates in compare and verdict") {
  const auto check = [](const Flags& base, Input input, const std::string& one, const std::string& other) {
    const auto of = [&](const std::string& value) {
      auto scenario = test::scenario_of(base);
      scenario.set(input, {value, {}, "test"});
      return run::estimate(run::resolve(scenario, tables()).inputs);
    };
    INFO(run::info(input).flag << '=' << one << ',' << other);
    ask::CompareQuestion question{.runs = {{.run = test::scenario_of(base)}}, .mixed = true};
    question.vary.push_back({std::string{run::info(input).flag} + "=" + one + "," + other, {}, "--vary"});
    const auto answer = ask::compare(question, tables());
    const auto first = of(one);
    const auto second = of(other);
    for (const Measure measure : {Measure::energy, Measure::location, Measure::wall_time}) {
      const auto a = ask::measured(first, measure);
      const auto b = ask::measured(second, measure);
      const auto* ratio = answer.ratio(1, measure);
      if (!a || !b) continue;
      REQUIRE(ratio);
      CHECK(*ratio->ratio == Approx(*b / *a).epsilon(1e-12));
      REQUIRE(answer.verdict);
      if (answer.verdict->measure.key != ask::key(measure)) continue;
      CHECK(*answer.verdict->next()->ratio == Approx(std::max(*a / *b, *b / *a)).epsilon(1e-12));
    }
  };
  const Flags& base = bases.front();
  check(base, Input::hardware, "a100-sxm4-80gb", "h100-sxm5");
  check(base, Input::pue, "1.56", "1.1");
  check(base, Input::recompute, "none", "full");
  check(base, Input::precision, "bf16", "fp16");
  check(base, Input::grid, "SWE", "FRA");
  check(base, Input::chips, "256", "1024");
  check(bases[1], Input::region, "gcp:europe-north1", "gcp:us-west1");
}

}  // namespace
}  // namespace kwhatif
