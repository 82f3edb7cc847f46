// Ratios of runs and their causes: identities for any two runs, and the ratios that papers printed.
#include "support/catch.hpp"
#include "support/random.hpp"
#include <kwhatif/ask/compare.hpp>
#include <kwhatif/quantity/format.hpp>
#include <kwhatif/run/estimator.hpp>

#include <cmath>

namespace kwhatif {
namespace {

using ask::Cause;
using ask::Compared;
using ask::Measure;
using run::Input;

const catalog::Catalog& tables() { return catalog::Catalog::builtin(); }

Compared resolved(const std::vector<std::pair<Input, std::string>>& inputs, std::string label = "run") {
  run::Scenario given;
  for (const auto& [input, text] : inputs) given.set(input, {text, {}, "test"});
  Compared out;
  out.label = std::move(label);
  out.run = run::resolve(given, tables());
  out.result = run::estimate(out.run.inputs);
  return out;
}

Compared published(const std::string& id) { return *ask::published_run(tables(), id); }

std::string count(double x) { return quantity::shortest(x); }

Compared any_run(test::Random& random) {
  std::vector<std::pair<Input, std::string>> in{{Input::flops, count(random.magnitude(18, 26))},
                                                {Input::tflops, count(random.magnitude(0, 3)) + " TFLOP/s"},
                                                {Input::power, count(random.between(100, 1500)) + " W"},
                                                {Input::chips, count(std::floor(random.magnitude(0, 5)))},
                                                {Input::pue, count(random.between(1, 2))},
                                                {Input::ci, count(random.between(1, 900)) + " g/kWh"},
                                                {Input::ci_market, count(random.between(1, 900)) + " g/kWh"},
                                                {Input::price, count(random.between(0.1, 20)) + " USD/h"}};
  if (random.below(2) == 0) in.emplace_back(Input::overhead, count(random.between(0, 1)));
  if (random.below(2) == 0) in.emplace_back(Input::runs, count(std::floor(random.magnitude(0, 3))));
  return resolved(in);
}

double product(const std::vector<Cause>& causes) {
  double out = 1;
  for (const Cause& c : causes) out *= c.ratio;
  return out;
}

double cause(const ask::RunRatio& ratio, std::string_view key) {
  for (const Cause& c : ratio.causes) {
    if (c.key == key) return c.ratio;
  }
  return std::nan("");
}

constexpr std::array every{Measure::energy, Measure::location, Measure::market, Measure::wall_time,
                           Measure::cost};

TEST_CASE("factors multiply to the ratio and log shares add up to one, for any two runs") {
  test::Random random{20261123};
  for (int i = 0; i < 300; ++i) {
    const Compared a = any_run(random);
    const Compared b = any_run(random);
    for (const Measure m : every) {
      const auto ratio = ask::ratio_of(a, b, m);
      REQUIRE(ratio.ratio.has_value());
      REQUIRE(ratio.causes.size() >= 3);
      CHECK(product(ratio.causes) == Approx(*ratio.ratio).epsilon(1e-13));
      double shares = 0;
      for (const Cause& c : ratio.causes) shares += c.log_share.value_or(std::nan(""));
      if (std::fabs(std::log(*ratio.ratio)) > 1e-3) CHECK(shares == Approx(1).epsilon(1e-9));
    }
  }
}

TEST_CASE("exchanging two runs inverts the ratio and every factor") {
  test::Random random{7};
  for (int i = 0; i < 100; ++i) {
    const Compared a = any_run(random);
    const Compared b = any_run(random);
    for (const Measure m : every) {
      const auto there = ask::ratio_of(a, b, m);
      const auto back = ask::ratio_of(b, a, m);
      CHECK(*there.ratio * *back.ratio == Approx(1).epsilon(1e-14));
      REQUIRE(there.causes.size() == back.causes.size());
      for (std::size_t k = 0; k < there.causes.size(); ++k)
        CHECK(there.causes[k].ratio * back.causes[k].ratio == Approx(1).epsilon(1e-14));
    }
  }
}

TEST_CASE("a run compared with itself is 1 with zero spread, though its inputs are uncertain") {
  const Compared run = resolved({{Input::params, "70B"},
                                 {Input::tokens, "2T"},
                                 {Input::hardware, "h100-sxm5"},
                                 {Input::chips, "512"},
                                 {Input::grid, "SWE"}});
  for (const Measure m : {Measure::energy, Measure::location, Measure::wall_time, Measure::cost}) {
    const auto ratio = ask::ratio_of(run, run, m);
    REQUIRE(ratio.ratio.has_value());
    CHECK(*ratio.ratio == 1.0);
    CHECK(ratio.low.value_or(1) == 1.0);
    CHECK(ratio.high.value_or(1) == 1.0);
    for (const Cause& c : ratio.causes) CHECK(c.ratio == 1.0);
  }
}

TEST_CASE("unknowns that two runs share cancel in their ratio, others do not") {
  const auto at = [](const char* ci, const char* hardware) {
    return resolved({{Input::params, "70B"},
                     {Input::tokens, "2T"},
                     {Input::hardware, hardware},
                     {Input::ci, ci},
                     {Input::pue, "1.2"}});
  };
  const auto places =
      ask::ratio_of(at("247.0 g/kWh", "h100-sxm5"), at("36.00 g/kWh", "h100-sxm5"), Measure::location);
  CHECK(*places.high == Approx(*places.low).epsilon(1e-3));  // the rounding of two printed intensities
  const auto devices =
      ask::ratio_of(at("36.00 g/kWh", "v100-sxm2-16gb"), at("36.00 g/kWh", "h100-sxm5"), Measure::location);
  CHECK(*devices.high > 1.2 * *devices.low);
}

// Patterson et al. 2021, table 1 and section 4.1: printed, with the rounding of the printed inputs.
TEST_CASE("Transformer Big in an average data centre against Evolved Transformer in Iowa is 57 times") {
  const auto ratio = ask::ratio_of(published("patterson-2021/transformer-big-p100-us"),
                                   published("patterson-2021/evolved-medium-tpu-v2-iowa"), Measure::market);
  CHECK(*ratio.ratio == Approx(57).epsilon(0.01));
  CHECK(cause(ratio, "model") == Approx(1.61 / 1.03));
  CHECK(cause(ratio, "mechanisation") == Approx(1.59 / 1.11));
  CHECK(cause(ratio, "map") == Approx(0.429 / 0.080));
}

TEST_CASE("the estimated architecture search is 88 times the one that ran, mostly by device-time") {
  const auto ratio = ask::ratio_of(published("strubell-2019/nas-gpu"),
                                   published("patterson-2021/evolved-transformer-nas"), Measure::location);
  CHECK(*ratio.ratio == Approx(88).epsilon(0.01));
  REQUIRE(ratio.causes.size() == 4);
  CHECK(ratio.causes.front().key == "device_time");
  CHECK(*ratio.causes.front().log_share > 0.9);
  CHECK(product(ratio.causes) == Approx(*ratio.ratio).epsilon(1e-13));
}

TEST_CASE("Switch takes twice the energy of T5, GShard a fiftieth of GPT-3") {
  const auto energy = [](const char* a, const char* b) {
    return *ask::ratio_of(published(a), published(b), Measure::energy).ratio;
  };
  CHECK(energy("patterson-2021/switch-1-5t", "patterson-2021/t5-11b") == Approx(179 / 85.7).epsilon(0.005));
  CHECK(energy("patterson-2021/gshard-600b", "patterson-2021/gpt-3") == Approx(24.1 / 1287).epsilon(0.005));
}

TEST_CASE("Estonia over Sweden is 77, 69 and 51 times in one table, by year") {
  run::Scenario run = *ask::published_scenario(tables(), "patterson-2021/gpt-3");
  run.set(Input::source, {"eea-2020", {}, "test"});
  const auto axis = [](const char* text) { return grid::read_axis({text, {}, "--vary"}, tables()); };
  const auto varied = ask::vary(run, {axis("grid=EST,SWE"), axis("year=2016,2018,2020")}, tables());
  REQUIRE(varied.runs.size() == 6);
  const auto ranking = ask::rank_places(varied.runs, nullptr);
  REQUIRE(ranking.has_value());
  REQUIRE(ranking->groups.size() == 3);
  CHECK(ranking->mixed.empty());
  const std::array printed{77.0, 69.0, 51.0};
  for (std::size_t i = 0; i < 3; ++i) {
    const auto& places = ranking->groups[i].places;
    CHECK(places.front().id == "SWE");
    CHECK(places.back().id == "EST");
    CHECK(std::floor(*places.back().over_best) == printed[i]);
  }
}

TEST_CASE("a ranking is sorted, counts against the chosen place, and brings all to one definition") {
  const auto axis = grid::read_axis({"region=gcp:*", {}, "--vary"}, tables());
  run::Scenario run = *ask::published_scenario(tables(), "patterson-2021/gpt-3");
  run.clear(Input::ci);
  run.clear(Input::ci_market);
  run.set(Input::region, {"gcp:us-central1", {}, "test"});
  Compared own;
  own.run = run::resolve(run, tables());
  own.result = run::estimate(own.run.inputs);
  const auto varied = ask::vary(run, {axis}, tables());
  const auto ranking = ask::rank_places(varied.runs, &own);
  REQUIRE(ranking.has_value());
  CHECK(ranking->mixed.empty());
  double last = 0;
  std::size_t place_of_last = 0;
  for (const auto& place : ranking->groups.front().places) {
    const double co2e = varied.runs[place.run].result.operational_location->coherent();
    CHECK(co2e >= last);
    last = co2e;
    if (place.id == "gcp:us-central1") CHECK(*place.over_chosen == 1.0);
    REQUIRE(varied.runs[place.run].run.intensity.has_value());
    CHECK(varied.runs[place.run].run.intensity->comparable());
    // its place in the list lies within the ranks that it may have
    ++place_of_last;
    CHECK(place.rank_low <= place_of_last);
    CHECK(place.rank_high >= place_of_last);
  }
}

TEST_CASE("a ranking of rows as they are says where years, boundaries or bases are mixed") {
  run::Scenario run = *ask::published_scenario(tables(), "patterson-2021/gpt-3");
  run.clear(Input::ci);
  run.clear(Input::ci_market);
  const auto mixed = [&](const char* places, Input input, const char* value) {
    run::Scenario asked = run;
    asked.set(input, {value, {}, "test"});
    const auto varied = ask::vary(asked, {grid::read_axis({places, {}, "--vary"}, tables())}, tables());
    const auto ranking = ask::rank_places(varied.runs, nullptr);
    std::vector<std::string> out;
    for (const auto& d : ranking->mixed) out.push_back(d.code);
    return out;
  };
  CHECK(mixed("grid=CHE,SWE", Input::basis, "production") == std::vector<std::string>{});
  CHECK(mixed("region=gcp:europe-west6,gcp:us-west2", Input::year, "2023") == std::vector<std::string>{});
  CHECK(mixed("grid=CHE,AUS", Input::year, "2021") == std::vector<std::string>{"mixed-bases"});
  CHECK(mixed("grid=US-eGRID-CAMX,FRA", Input::year, "2022") ==
        std::vector<std::string>{"mixed-boundaries", "mixed-bases"});
}

TEST_CASE("a ratio to zero CO2e has no value, a ratio of zero no shares") {
  const Compared dirty = resolved({{Input::flops, "1e20"},
                                   {Input::tflops, "100 TFLOP/s"},
                                   {Input::power, "300 W"},
                                   {Input::pue, "1.1"},
                                   {Input::ci, "400 g/kWh"}});
  const Compared clean = resolved({{Input::flops, "1e20"},
                                   {Input::tflops, "100 TFLOP/s"},
                                   {Input::power, "300 W"},
                                   {Input::pue, "1.1"},
                                   {Input::ci, "0 g/kWh"}});
  CHECK_FALSE(ask::ratio_of(dirty, clean, Measure::location).ratio.has_value());
  const auto none = ask::ratio_of(clean, dirty, Measure::location);
  CHECK(*none.ratio == 0.0);
  for (const Cause& c : none.causes) CHECK_FALSE(c.log_share.has_value());
}

TEST_CASE("equal tokens, FLOP, loss and deadline hold what they say") {
  const auto pair = [] {
    return std::vector{resolved({{Input::params, "7B"},
                                 {Input::tokens, "2T"},
                                 {Input::hardware, "h100-sxm5"},
                                 {Input::chips, "64"}},
                                "small"),
                       resolved({{Input::params, "70B"},
                                 {Input::tokens, "1T"},
                                 {Input::hardware, "xeon-8280"},
                                 {Input::chips, "64"}},
                                "large")};
  };
  using ask::EqualWork;
  auto flops = ask::compare(pair(), 0, EqualWork::flops);
  CHECK(flops.runs[1].result.training_flop->coherent() == Approx(6 * 7e9 * 2e12));
  auto tokens = ask::compare(pair(), 0, EqualWork::tokens);
  CHECK(tokens.runs[1].result.training_flop->coherent() == Approx(6 * 70e9 * 2e12));
  auto deadline = ask::compare(pair(), 0, EqualWork::deadline);
  CHECK(deadline.runs[1].result.wall_time->coherent() <=
        deadline.runs[0].result.wall_time->coherent() * (1 + 1e-9));
  CHECK(deadline.runs[1].result.devices->coherent() > 64);
  auto loss = ask::compare(pair(), 0, EqualWork::loss);
  CHECK(loss.runs[1].result.training_flop->coherent() < tokens.runs[1].result.training_flop->coherent());
  for (const auto* c : {&flops, &tokens, &deadline, &loss}) CHECK_FALSE(c->rule_words.empty());
}

TEST_CASE("equal work without what it needs is refused by name") {
  std::vector<Compared> runs{published("patterson-2021/gpt-3"), published("strubell-2019/nas-gpu")};
  CHECK_THROWS_AS(ask::compare(runs, 0, ask::EqualWork::flops), diag::ScenarioError);
  CHECK_THROWS_AS(ask::compare(runs, 0, ask::EqualWork::tokens), diag::ScenarioError);
}

TEST_CASE("axes read lists, patterns and ranges, and refuse the rest") {
  const auto axis = [](const char* text) { return grid::read_axis({text, {}, "--vary"}, tables()); };
  CHECK(axis("hardware=v100-sxm2-16gb, tpu-v3").texts ==
        std::vector<std::string>{"v100-sxm2-16gb", "tpu-v3"});
  CHECK(axis("hardware=kind:tpu").chosen(0));
  CHECK_FALSE(axis("hardware=tpu-v3,kind:gpu").chosen(0));
  CHECK(axis("chips=8,64:512:lin8,1024").size() == 10);
  CHECK(axis("chips=8,64:512:lin8,1024").text(0) == "8");
  CHECK(axis("chips=8,64:512:lin8,1024").text(1) == "64");
  CHECK(axis("region=gcp:*").size() > 20);
  CHECK(axis("hardware=all").size() < tables().size(catalog::Kind::hardware));  // what is sold
  CHECK(grid::read_axis({"hardware=all", {}, "--vary"}, tables(), {.unavailable = true}).size() ==
        tables().size(catalog::Kind::hardware));
  const auto steps = axis("ci=10g/kWh:910g/kWh:lin10");
  REQUIRE(steps.size() == 10);
  CHECK(axis("params=1e9:1e12:log4").size() == 4);
  for (const char* wrong :
       {"nonsense=1", "region", "region=", "region=nowhere:*", "ci=10g/kWh:900g/kWh:lin1",
        "ci=10:900g/kWh:lin5", "params=0:1e9:log5", "params=1e9:1e12:log99999999999999999999"}) {
    CHECK_THROWS_AS(axis(wrong), diag::UsageError);
  }
}

TEST_CASE("shares are shares: where factors pull against each other by more than the whole there are none") {
  const auto cause = [](double share) {
    Cause out;
    out.log_share = share;
    return out;
  };
  CHECK(ask::are_shares({cause(0.7), cause(0.3)}));
  CHECK(ask::are_shares({cause(0.95), cause(0.1), cause(-0.05)}));
  CHECK(!ask::are_shares({cause(1.1), cause(-0.1)}));
  CHECK(!ask::are_shares({cause(5.74), cause(-4.74)}));
  CHECK(!ask::are_shares({cause(0.9), cause(0.9), cause(-0.8)}));
  test::Random random(77);
  for (int i = 0; i < 500; ++i) {
    const auto ratio = ask::ratio_of(any_run(random), any_run(random), Measure::location);
    if (ratio.causes.empty() || !ask::are_shares(ratio.causes)) continue;
    for (const Cause& c : ratio.causes) CHECK(std::fabs(c.log_share.value_or(0)) <= 1 + 1e-9);
  }
}

}  // namespace
}  // namespace kwhatif
