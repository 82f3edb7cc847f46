// Bands of any run, ratio and sum: ordered, around the result, and one unknown is one unknown.
#include "support/catch.hpp"
#include "support/runs.hpp"
#include <kwhatif/ask/compare.hpp>
#include <kwhatif/ask/levers.hpp>
#include <kwhatif/run/estimator.hpp>
#include <kwhatif/run/stage.hpp>
#include <kwhatif/uncertain/certainty.hpp>
#include <kwhatif/uncertain/sensitivity.hpp>
#include <kwhatif/uncertain/uncertainty.hpp>

#include <algorithm>
#include <array>
#include <cmath>
#include <optional>
#include <random>

namespace kwhatif {
namespace {

using uncertain::Band;

const catalog::Catalog& tables() { return catalog::Catalog::builtin(); }

void check_around(const Band& band, double result) {
  INFO(band.info.key << ": " << band.p05 << ' ' << band.p25 << ' ' << band.p50 << ' ' << band.p75 << ' '
                     << band.p95 << " around " << result);
  constexpr double rounding = 1e-9;
  CHECK(band.p05 <= band.p25);
  CHECK(band.p25 <= band.p50);
  CHECK(band.p50 <= band.p75);
  CHECK(band.p75 <= band.p95);
  CHECK(band.p05 <= result * (1 + rounding));
  CHECK(result <= band.p95 * (1 + rounding));
}

void check_bands(const std::vector<Band>& bands, const run::RunEstimate<double>& result) {
  for (const Band& band : bands) {
    run::for_each_result(result, [&](const run::ResultInfo& info, const auto& field) {
      if (info.key != band.info.key) return;
      REQUIRE(field);
      check_around(band, field->coherent());
    });
  }
}

std::optional<ask::Compared> answer(const test::Flags& flags) {
  try {
    ask::Compared out{"run", run::resolve(test::scenario_of(flags), tables()), {}, {}};
    out.result = run::estimate(out.run.inputs);
    return out;
  } catch (const diag::Error&) {
    return std::nullopt;
  }
}

TEST_CASE("p05 <= result <= p95 for every band of every run, and of the ratio of two") {
  test::Runs runs(11, tables());
  std::optional<ask::Compared> last;
  for (int i = 0; i < 500; ++i) {
    const auto flags = runs.ordinary();
    auto a = answer(flags);
    if (!a) continue;
    INFO(test::command_of(flags));
    const auto spread = uncertain::spread_of(a->run);
    check_bands(uncertain::intervals(a->run.inputs, spread, {.points = 1024}).bands, a->result);
    if (last) {
      for (const auto measure :
           {ask::Measure::energy, ask::Measure::location, ask::Measure::wall_time, ask::Measure::cost}) {
        const auto r = ask::ratio_of(*a, *last, measure);
        if (!r.ratio || !r.low || !r.high) continue;
        CHECK(*r.low <= *r.ratio);
        CHECK(*r.ratio <= *r.high);
      }
    }
    last = std::move(a);
  }
}

run::Scenario staged(const std::string& text) {
  auto source = std::make_shared<diag::SourceText>();
  source->text = text;
  return run::read_run(source);
}

TEST_CASE("p05 <= result <= p95 for the total of stages, and for each") {
  const auto run = run::resolve_stages(
      staged("[hardware]\nid = \"tpu-v4\"\n[site]\ngrid = \"DEU\"\n"
             "[[stage]]\nname = \"a\"\nregime = \"pretrain\"\nparams = \"7B\"\ntokens = \"1T\"\nchips = 64\n"
             "[[stage]]\nname = \"b\"\nregime = \"finetune\"\nparams = \"7B\"\ntokens = \"1B\"\nchips = 8\n"
             "[[stage]]\nname = \"c\"\nregime = \"other\"\nhours = \"10 h\"\nchips = 8\npower = \"200 W\"\n"),
      tables());
  const auto total = run::estimate(run.total.inputs);
  const auto certainty = uncertain::certainty(run.stages);
  CHECK(certainty.bands.size() >= 4);
  check_bands(certainty.bands, total);
  REQUIRE(certainty.phases.size() == 3);
  for (std::size_t i = 0; i < 3; ++i) check_bands(certainty.phases[i].bands, run.stages[i].result);
  CHECK(certainty.phases[0].bands.size() >= 4);
}

TEST_CASE("the band of a sum of many stages holds the sum, and keeps what they share") {
  std::string text = "[hardware]\nid = \"h100-sxm5\"\n[site]\ngrid = \"DEU\"\npue = 1.1\n";
  for (int i = 0; i < 60; ++i)
    text += "[[stage]]\nname = \"s" + std::to_string(i) + "\"\nregime = \"pretrain\"\nparams = \"" +
            std::to_string(1 + i) + "B\"\ntokens = \"" + std::to_string(6000 / (1 + i)) + "B\"\nchips = 64\n";
  const auto run = run::resolve_stages(staged(text), tables());
  const auto certainty = uncertain::certainty(run.stages);
  check_bands(certainty.bands, run::estimate(run.total.inputs));
  const Band* total = certainty.find("device_time");
  const Band* one = certainty.phases.front().find("device_time");
  REQUIRE(total);
  REQUIRE(one);
  // their own parts average out; the user's level, the devices and what is unknown of all of them stay
  CHECK(total->p95 / total->p05 < 0.97 * one->p95 / one->p05);
  CHECK(total->p95 / total->p05 > 0.5 * one->p95 / one->p05);
}

constexpr double z95 = 1.6448536269514722;

uncertain::InputDistribution lognormal(double median, double sigma) {
  return uncertain::InputDistribution::lognormal(median * std::exp(-z95 * sigma), median,
                                                 median * std::exp(z95 * sigma));
}

// A run of 7e9 parameters with everything given.
run::RunInputs<double> given_run(double tokens, double pue) {
  using run::Slot;
  run::RunInputs<double> in;
  for (const auto& [slot, value] :
       {std::pair{Slot::active_parameters, 7e9}, std::pair{Slot::tokens, tokens},
        std::pair{Slot::flop_factor, 6.0}, std::pair{Slot::peak, 312e12}, std::pair{Slot::mfu, 0.4},
        std::pair{Slot::devices, 256.0}, std::pair{Slot::power, 500.0}, std::pair{Slot::pue, pue},
        std::pair{Slot::ci, 0.4 / 3.6e6}})
    run::set_slot(in, slot, value);
  return in;
}

TEST_CASE(
    "two phases that share utilisation and power, but not the PUE, add up as one would draw them by hand") {
  using run::Slot;
  const auto a = given_run(1e12, 1.2);
  const auto b = given_run(2e12, 1.5);
  uncertain::Spread of_a;
  of_a[Slot::mfu] = lognormal(0.4, 0.3);
  of_a[Slot::power] = lognormal(500, 0.1);
  uncertain::Spread of_b = of_a;
  of_a[Slot::pue] = lognormal(1.2, 0.2);
  of_b[Slot::pue] = lognormal(1.5, 0.25);
  const std::array<uncertain::Uncertain, 2> runs{uncertain::Uncertain{a, of_a}, {b, of_b}};
  CHECK(uncertain::sources_of(runs).size() == 4);
  const uncertain::Draws draws(runs);
  run::ResultInfo info;
  std::size_t k = 0;
  std::size_t energy = 0;
  const auto exact = run::estimate(a);
  run::for_each_result(exact, [&](const run::ResultInfo& of, const auto&) {
    if (of.key == "facility_energy") {
      info = of;
      energy = k;
    }
    ++k;
  });
  const std::array<const uncertain::Drawn*, 2> terms{&*draws.results(0)[energy], &*draws.results(1)[energy]};
  const auto total = uncertain::sum(terms);
  const auto band = draws.band(info, total);
  REQUIRE(band);
  const double one = exact.facility_energy->coherent();
  const double other = run::estimate(b).facility_energy->coherent();
  CHECK(total.typical == Approx(one + other));
  std::mt19937 random(7);
  std::normal_distribution<double> normal;
  std::vector<double> by_hand(400'000);
  for (double& sum : by_hand) {
    const double shared = std::exp(-0.3 * normal(random) + 0.1 * normal(random));
    sum = shared * (one * std::exp(0.2 * normal(random)) + other * std::exp(0.25 * normal(random)));
  }
  std::sort(by_hand.begin(), by_hand.end());
  const auto at = [&](double p) {
    return by_hand[static_cast<std::size_t>(p * static_cast<double>(by_hand.size()))];
  };
  CHECK(band->p05 == Approx(at(0.05)).epsilon(5e-3));
  CHECK(band->p25 == Approx(at(0.25)).epsilon(5e-3));
  CHECK(band->p50 == Approx(at(0.50)).epsilon(5e-3));
  CHECK(band->p75 == Approx(at(0.75)).epsilon(5e-3));
  CHECK(band->p95 == Approx(at(0.95)).epsilon(5e-3));
}

TEST_CASE("the ratio of products of lognormals agrees with its closed form, what is shared left out") {
  using run::Slot;
  const auto a = given_run(1e12, 1.2);
  auto b = given_run(3e12, 1.2);
  uncertain::Spread of_a;
  of_a[Slot::mfu] = lognormal(0.4, 0.3);  // shared
  of_a[Slot::pue] = lognormal(1.2, 0.1);  // of the same numbers, but of two places
  of_a[Slot::power] = lognormal(500, 0.2);
  uncertain::Spread of_b = of_a;
  of_a.origin[static_cast<std::size_t>(Slot::pue)] = "here";
  of_b.origin[static_cast<std::size_t>(Slot::pue)] = "there";
  of_b[Slot::power].reset();  // known
  const auto there = uncertain::ratios({b, of_b}, {a, of_a});
  const Band* band = there.find("facility_energy");
  REQUIRE(band);
  const double sigma = std::sqrt(2 * 0.1 * 0.1 + 0.2 * 0.2);
  CHECK(band->p05 == Approx(3 * std::exp(-z95 * sigma)).epsilon(4e-3));
  CHECK(band->p50 == Approx(3).epsilon(4e-3));
  CHECK(band->p95 == Approx(3 * std::exp(z95 * sigma)).epsilon(4e-3));
  CHECK(there.find("device_time")->p95 == Approx(3).epsilon(1e-12));
}

TEST_CASE("the ratio of a run to itself is exactly 1, and exchange inverts the band") {
  test::Runs runs(23, tables());
  std::optional<ask::Compared> last;
  int wide = 0;
  for (int i = 0; i < 300; ++i) {
    const auto flags = runs.ordinary();
    auto a = answer(flags);
    if (!a) continue;
    INFO(test::command_of(flags));
    const auto spread = uncertain::spread_of(a->run);
    for (const Band& band : uncertain::ratios({a->run.inputs, spread}, {a->run.inputs, spread}).bands) {
      CHECK(band.p05 == 1);
      CHECK(band.p50 == 1);
      CHECK(band.p95 == 1);
    }
    if (last) {
      const auto other = uncertain::spread_of(last->run);
      const auto there = uncertain::ratios({a->run.inputs, spread}, {last->run.inputs, other});
      const auto back = uncertain::ratios({last->run.inputs, other}, {a->run.inputs, spread});
      for (const Band& band : there.bands) {
        const Band* inverse = back.find(band.info.key);
        if (!inverse || !(band.p05 > 0)) continue;
        INFO(band.info.key);
        CHECK(band.p05 <= band.p50);
        CHECK(band.p50 <= band.p95);
        constexpr double sampling = 5e-3;
        CHECK(band.p05 * inverse->p95 == Approx(1).epsilon(sampling));
        CHECK(band.p50 * inverse->p50 == Approx(1).epsilon(sampling));
        CHECK(band.p95 * inverse->p05 == Approx(1).epsilon(sampling));
        wide += band.p95 > 1.2 * band.p05 ? 1 : 0;
      }
    }
    last = std::move(a);
  }
  CHECK(wide > 100);
}

double elasticity(const std::vector<uncertain::Driver>& drivers, run::Slot slot) {
  const auto found =
      std::find_if(drivers.begin(), drivers.end(), [&](const auto& d) { return d.slot == slot; });
  REQUIRE(found != drivers.end());
  return found->elasticity;
}

TEST_CASE(
    "the elasticity of a driver is that of the run resolved anew: predicted power follows utilisation") {
  using run::Input;
  const auto check = [](const run::Scenario& run, const uncertain::Certainty& certainty) {
    REQUIRE(certainty.explained == "operational_location");
    const auto anew = uncertain::elasticities(run, tables(), certainty.explained);
    double shares = 0;
    for (const auto& driver : certainty.drivers) {
      const auto found =
          std::find_if(anew.begin(), anew.end(), [&](const auto& e) { return e.slot == driver.slot; });
      INFO(run::info(driver.slot).key);
      REQUIRE(found != anew.end());
      CHECK(driver.elasticity == Approx(found->elasticity).margin(1e-6));
      shares += driver.share;
    }
    CHECK(shares == Approx(1));
    CHECK(elasticity(certainty.drivers, run::Slot::mfu) > -0.95);
    CHECK(elasticity(certainty.drivers, run::Slot::pue) == Approx(1));
  };
  const auto plain = test::scenario_of({{Input::params, "7B"},
                                        {Input::tokens, "1T"},
                                        {Input::hardware, "a100-sxm4-80gb"},
                                        {Input::chips, "512"},
                                        {Input::grid, "FRA"}});
  check(plain, uncertain::certainty(run::resolve(plain, tables())));
  const auto stages = staged(
      "[hardware]\nid = \"a100-sxm4-80gb\"\ncount = 64\n[site]\ngrid = \"FRA\"\n"
      "[[stage]]\nname = \"a\"\nregime = \"pretrain\"\nparams = \"7B\"\ntokens = \"1T\"\n"
      "[[stage]]\nname = \"b\"\nregime = \"finetune\"\nparams = \"7B\"\ntokens = \"300B\"\n");
  check(stages, uncertain::certainty(run::resolve_stages(stages, tables()).stages));
}

TEST_CASE("power drawn with utilisation narrows the band of energy by what it makes up for") {
  using run::Slot;
  const auto run = answer({{run::Input::params, "7B"},
                           {run::Input::tokens, "1T"},
                           {run::Input::hardware, "h100-sxm5"},
                           {run::Input::chips, "512"}});
  REQUIRE(run);
  uncertain::Spread spread;
  spread[Slot::mfu] = uncertain::spread_of(run->run)[Slot::mfu];
  auto power = *run->run.record(Slot::power_ratio).distribution;
  power.deviation = 0;
  REQUIRE(power.follows.any());
  spread[Slot::power_ratio] = uncertain::InputDistribution::predicted(power);
  const auto out = uncertain::intervals(run->run.inputs, spread);
  const Band* time = out.find("device_time");
  const Band* energy = out.find("it_energy");
  REQUIRE(time);
  REQUIRE(energy);
  // slower by so much, the devices wait: what they draw then is the closed form at that rate
  const double time_then = run->result.device_time->coherent();
  const double power_at = [&](double at) { return power.follows.factor(time_then / at); }(time->p95);
  CHECK(energy->p95 / energy->p50 ==
        Approx(time->p95 / time->p50 * power_at / power.follows.factor(time_then / time->p50)).epsilon(2e-3));
  CHECK(std::log(energy->p95 / energy->p05) < std::log(time->p95 / time->p05));
}

TEST_CASE(
    "a measure is one factor on its inputs: it alone is left in the ratio, and its closed form agrees") {
  using run::Input;
  const test::Flags flags{{Input::params, "7B"},
                          {Input::tokens, "1T"},
                          {Input::hardware, "h100-sxm5"},
                          {Input::chips, "512"},
                          {Input::grid, "FRA"}};
  auto before = answer(flags);
  REQUIRE(before);
  const auto given = test::scenario_of(flags);
  const auto levers = ask::levers_for(given, before->run, before->result, tables());
  int compared = 0;
  for (const auto& effect : levers.effects) {
    const auto& f = effect.energy;
    if (!(f.low < f.high) || !(f.low < f.typical) || !(f.typical < f.high) ||
        effect.time.typical != f.typical)
      continue;
    if (effect.row.text("category") == "inference" || effect.forecast) continue;
    INFO(effect.row.id());
    ask::Compared after{"after", {}, {}, {}};
    try {
      after.run =
          ask::with_levers(given, before->run, before->result, {std::string{effect.row.id()}}, {}, tables());
    } catch (const diag::Error&) {
      continue;
    }
    after.result = run::estimate(after.run.inputs);
    const auto ratio = ask::ratio_of(after, *before, ask::Measure::wall_time);
    REQUIRE(ratio.low);
    CHECK(*ratio.ratio == Approx(f.typical));
    CHECK(*ratio.low == Approx(f.low).epsilon(5e-3));
    CHECK(*ratio.high == Approx(f.high).epsilon(5e-3));
    check_bands(uncertain::certainty(after.run).bands, after.result);
    // the number and the factor together: closed form against draws
    using run::Slot;
    const auto& record = after.run.record(Slot::mfu);
    if (!record.factors.empty()) {
      const double mfu = after.run.inputs.mfu()->coherent();
      const auto range = uncertain::range_of(record, mfu);
      const auto certainty = uncertain::certainty(after.run);
      const auto* band = certainty.find("mfu");
      REQUIRE(band);
      // a prediction has the tails of Student's t and ends at the roofline: quadrature is good to 7 % there
      CHECK(range->first == Approx(band->p05).epsilon(0.07));
      CHECK(range->second == Approx(band->p95).epsilon(0.07));
      ++compared;
    }
  }
  CHECK(compared > 0);
}

TEST_CASE("where market- and location-based intensity are one number, their bands are one band") {
  const auto run = answer({{run::Input::params, "7B"},
                           {run::Input::tokens, "1T"},
                           {run::Input::hardware, "h100-sxm5"},
                           {run::Input::grid, "DEU"}});
  REQUIRE(run);
  auto inputs = run->run.inputs;
  auto spread = uncertain::spread_of(run->run);
  const double g = inputs.ci()->coherent();
  inputs.set(run::Slot::ci_market, g);
  spread[run::Slot::ci] = spread[run::Slot::ci_market] =
      uncertain::InputDistribution::lognormal(0.5 * g, g, 2 * g);
  const auto out = uncertain::intervals(inputs, spread);
  const Band* location = out.find("operational_location");
  const Band* market = out.find("operational_market");
  REQUIRE(location);
  REQUIRE(market);
  CHECK(location->p05 == market->p05);
  CHECK(location->p50 == market->p50);
  CHECK(location->p95 == market->p95);
}

TEST_CASE("a table value outside its own spread still lies in its band") {
  auto run = answer({{run::Input::flops, "1e20"},
                     {run::Input::tflops, "100 TFLOP/s"},
                     {run::Input::power, "300 W"},
                     {run::Input::pue, "1.1"},
                     {run::Input::ci, "100 g/kWh"}});
  REQUIRE(run);
  auto& record = run->run.records[static_cast<std::size_t>(run::Slot::ci)];
  const double g = run->run.inputs.ci()->coherent();
  for (const auto& [low, high] : {std::pair{0.0, 20 * g}, {1.5 * g, 2 * g}, {0.1 * g, 0.5 * g}}) {
    record.low = low;
    record.high = high;
    check_bands(uncertain::intervals(run->run.inputs, uncertain::spread_of(run->run)).bands, run->result);
  }
}

}  // namespace
}  // namespace kwhatif
