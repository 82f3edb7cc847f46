// The life of a model: the worked example of a 70B model, sums and shares, break-even, scores.
#include "support/catch.hpp"
#include "uncertain/given_inputs.hpp"
#include <kwhatif/ask/lifecycle.hpp>
#include <kwhatif/quantity/units.hpp>

#include <algorithm>

using namespace kwhatif;
using run::Input;
using test::Inputs;
using test::run_of;
using test::tables;

namespace {

constexpr double kwh = 3.6e6;

// 70B parameters on 2T tokens: 796,468 kWh of IT energy in 818,245 device-hours; factors as in the example.
Inputs example() {
  return {{Input::energy, "796468 kWh"},  {Input::device_hours, "818245 device-h"},
          {Input::params, "70.6B"},       {Input::tokens, "2T"},
          {Input::pue, "1.10"},           {Input::ci, "501.4 g/kWh"},
          {Input::wue, "0.30 L/kWh"},     {Input::water_intensity, "3.1 L/kWh"},
          {Input::embodied, "582.75 kg"}, {Input::lifetime, "35040 h"},
          {Input::lifetime_use, "0.85"},  {Input::development, "0.5"}};
}

ask::LifecycleQuestion question(const char* queries) {
  ask::LifecycleQuestion out{.run = run_of(example()), .service = {}, .functional_unit = {}};
  ask::ServeQuestion service;
  const auto say = [&](const char* flag, const char* text) {
    service.inputs[flag] = {text, {}, std::string{"--"} + flag};
  };
  say("model", "llama-3.1-70b");
  say("hardware", "h100-sxm5");
  say("devices", "4");
  say("batch", "64");
  say("load", "0.5");
  say("host", "245 W");
  say("prompt", "300");
  say("answer", "500");
  if (queries != nullptr) say("queries", queries);
  out.service = ask::service_of(out.run, service);
  return out;
}

const ask::LifecyclePhase& phase(const ask::LifecycleAnswer& a, std::string_view key) {
  return *std::ranges::find(a.phases, key, &ask::LifecyclePhase::key);
}

}  // namespace

TEST_CASE("the worked example of a life: training, development, serving") {
  const auto a = ask::lifecycle(question("1e8"), tables());
  const auto& training = phase(a, "training").part;
  CHECK(*training.energy / kwh == Approx(876115).epsilon(1e-5));
  CHECK(*training.location == Approx(439284).epsilon(1e-5));
  CHECK(*training.embodied == Approx(16009.7).epsilon(1e-5));
  CHECK(*training.total == Approx(455294).epsilon(1e-5));
  CHECK(*training.water == Approx(2954900).epsilon(1e-5));
  const auto& development = phase(a, "development").part;
  CHECK(*development.energy / kwh == Approx(438057).epsilon(1e-5));
  CHECK(*development.embodied == Approx(8004.84).epsilon(1e-5));
  CHECK(*development.water == Approx(1477450).epsilon(1e-5));
  // the example's device draws 75 W idle, the tables' 70 W; its layers are the same
  CHECK(*phase(a, "serving").part.energy / kwh == Approx(30391.4).epsilon(0.05));
  CHECK(*a.total.energy / kwh == Approx(1344560).epsilon(0.002));
  CHECK(phase(a, "serving").share.energy.value() == Approx(0.0226).epsilon(0.05));
}

TEST_CASE("from the queries of the break-even on, serving takes half") {
  auto asked = question(nullptr);
  const auto before = ask::lifecycle(asked, tables());
  REQUIRE(before.break_even() != nullptr);
  CHECK(before.break_even()->queries == Approx(4.3e9).epsilon(0.06));
  CHECK(*before.break_even()->low < before.break_even()->queries);
  CHECK(*before.break_even()->high > before.break_even()->queries);
  for (const auto& share : before.shares) {
    const std::string text = std::to_string(share.queries);
    asked.service->inputs["queries"] = {text, {}, "--queries"};
    const auto then = ask::lifecycle(asked, tables());
    CHECK(*phase(then, "serving").share.energy == Approx(share.share).epsilon(1e-6));
  }
}

TEST_CASE("what one part lacks, the sum lacks, and it is named") {
  auto asked = question("1e9");
  asked.service->inputs.erase("wue");
  asked.service->inputs.erase("water-intensity");
  asked.service->inputs.erase("ci");
  const auto a = ask::lifecycle(asked, tables());
  CHECK(!a.total.water);
  CHECK(!a.total.location);
  CHECK(a.total.energy);
  auto alone = question(nullptr);
  alone.service.reset();
  alone.run.clear(Input::development);
  const auto told = ask::lifecycle(alone, tables());
  CHECK(std::ranges::any_of(told.missing, [](const std::string& m) { return m.find("development") == 0; }));
  CHECK(std::ranges::any_of(told.missing, [](const std::string& m) { return m.find("serving") == 0; }));
  CHECK(told.break_even() == nullptr);
}

TEST_CASE("scores of providers hold training and development, those of consumers serving alone") {
  auto asked = question("1e9");
  asked.functional_unit = run::Given{"50M", {}, "--functional-unit"};
  const auto a = ask::lifecycle(asked, tables());
  const double once = *phase(a, "training").part.total + *phase(a, "development").part.total;
  const auto score = [&](std::string_view words) {
    const auto at = std::ranges::find_if(
        a.scores, [&](const ask::Score& s) { return s.unit.find(words) != std::string::npos; });
    REQUIRE(at != a.scores.end());
    return *at;
  };
  CHECK(score("training tokens").value == Approx(once / 2e6));
  CHECK(score("gross").value == Approx(once / 70.6));
  CHECK(score("50M").value == Approx(once / 50e6));
  CHECK(score("query").view == "consumer");
  CHECK(score("query").value == Approx(*phase(a, "serving").part.total / 1e9));
}
