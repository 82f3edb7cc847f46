// Reduction measures: rules of combination, and what --apply changes.
#include "support/catch.hpp"
#include <kwhatif/ask/levers.hpp>
#include <kwhatif/run/estimator.hpp>

#include <set>

namespace kwhatif {
namespace {

using ask::Applies;
using ask::FactorBand;
using run::Input;

const catalog::Catalog& tables() { return catalog::Catalog::builtin(); }

run::ResolvedRun resolved(const std::vector<std::pair<Input, std::string>>& inputs) {
  run::Scenario given;
  for (const auto& [input, text] : inputs) given.set(input, {text, {}, "test"});
  return run::resolve(given, tables());
}

run::ResolvedRun gpu_run() {
  return resolved({{Input::params, "70B"},
                   {Input::tokens, "2T"},
                   {Input::hardware, "a100-sxm4-80gb"},
                   {Input::chips, "512"},
                   {Input::mfu, "0.4"},
                   {Input::power, "500 W"},
                   {Input::pue, "1.5"},
                   {Input::ci, "400 g/kWh"}});
}

ask::Levers levers(const run::ResolvedRun& run) {
  return ask::levers_for(run, run::estimate(run.inputs), tables());
}

const ask::LeverEffect& effect(const ask::Levers& all, std::string_view id) {
  for (const auto& e : all.effects) {
    if (e.row.id() == id) return e;
  }
  throw std::runtime_error("no lever");
}

TEST_CASE("every lever of the tables is judged, with a reason") {
  const auto all = levers(gpu_run());
  CHECK(all.effects.size() == tables().size(catalog::Kind::lever));
  for (const auto& e : all.effects) {
    CHECK_FALSE(e.reason.empty());
    CHECK(e.energy.low <= e.energy.typical);
    CHECK(e.energy.typical <= e.energy.high);
    CHECK(e.co2e.low <= e.co2e.typical);
    CHECK(e.co2e.typical <= e.co2e.high);
  }
}

TEST_CASE("a combination has one lever per mechanism, none with its companion, no penalty, and multiplies") {
  const auto all = levers(gpu_run());
  for (const auto& best : {all.best}) {
    REQUIRE_FALSE(best.ids.empty());
    std::set<std::string_view> mechanisms;
    double energy = 1;
    for (const std::string& id : best.ids) {
      const auto& e = effect(all, id);
      CHECK(mechanisms.insert(e.row.text("mechanism")).second);
      CHECK_FALSE(e.penalty);
      CHECK(e.applies == Applies::yes);
      for (const std::string& other : best.ids) CHECK(e.row.text("companion") != other);
      energy *= e.energy.typical;
    }
    CHECK(best.energy.typical == Approx(energy).epsilon(1e-12));
    CHECK(best.energy.low <= best.energy.typical);
    CHECK(best.energy.typical <= best.energy.high);
  }
}

TEST_CASE("percentages of the GPU act on its share of the power; the host runs longer") {
  const auto all = levers(gpu_run());
  CHECK(all.gpu_share == Approx(400.0 / 500.0));  // rating over system power
  const auto& gpoeo = effect(all, "gpoeo-energy");
  CHECK(gpoeo.energy.typical ==
        Approx(0.8 * 0.838 + 0.2 * 1.051));  // Wang et al. 2022: 16.2 % less, 5.1 % longer
  CHECK(gpoeo.time.typical == Approx(1.051));
  CHECK(effect(all, "gpoeo-time").applies == Applies::no);
}

TEST_CASE("levers on inference, on searches and of other devices do not apply to one GPU training") {
  const auto all = levers(gpu_run());
  for (const char* id : {"int8-inference", "distilled-student-inference", "early-stop-search",
                         "tpuv4-vs-tpuv3", "4m-combined-energy", "lifecycle-multiplier-google"})
    CHECK(effect(all, id).applies == Applies::no);
  CHECK(effect(all, "pue-hyperscale").applies == Applies::yes);
  CHECK(effect(all, "map-4m").applies == Applies::yes);
  CHECK(effect(all, "latest-vm").applies == Applies::yes);
}

TEST_CASE("early stopping acts on the trials of a search, not on the last run") {
  auto search = gpu_run();
  search = resolved({{Input::flops, "1e20"},
                     {Input::hardware, "a100-sxm4-80gb"},
                     {Input::mfu, "0.4"},
                     {Input::runs, "11"},
                     {Input::pue, "1.1"}});
  const auto all = levers(search);
  CHECK(effect(all, "early-stop-search").applies == Applies::yes);
  CHECK(effect(all, "early-stop-search").energy.typical == Approx((1 + 10 * 0.3) / 11));
}

TEST_CASE("independent bands multiply, their logarithms in quadrature") {
  const FactorBand one{0.5, 0.5, 0.5};
  const FactorBand wide{0.25, 0.5, 1.0};
  const FactorBand product = one * wide;
  CHECK(product.typical == Approx(0.25));
  CHECK(product.low == Approx(0.125));
  CHECK(product.high == Approx(0.5));
  const FactorBand twice = wide * wide;
  CHECK(twice.low > wide.low * wide.low);
  CHECK(twice.high < wide.high * wide.high);
}

TEST_CASE("an applied lever changes the estimate by its factor and stands in the record with its source") {
  const auto run = gpu_run();
  const auto before = run::estimate(run.inputs);
  const auto all = levers(run);
  for (const char* id :
       {"gpoeo-energy", "map-4m", "fp8-training", "no-recompute", "data-pruning-dedup", "mechanization-4m"}) {
    const auto changed = ask::with_levers(run, before, {id}, {}, tables());
    const auto after = run::estimate(changed.inputs);
    CHECK(after.facility_energy->coherent() / before.facility_energy->coherent() ==
          Approx(effect(all, id).energy.typical).epsilon(1e-9));
    CHECK(after.operational_location->coherent() / before.operational_location->coherent() ==
          Approx(effect(all, id).co2e.typical).epsilon(1e-9));
    CHECK(after.device_time->coherent() / before.device_time->coherent() ==
          Approx(effect(all, id).time.typical).epsilon(1e-9));
    REQUIRE_FALSE(changed.choices.empty());
    CHECK(changed.choices.back().value == id);
    CHECK_FALSE(changed.choices.back().origin.source.empty());
  }
}

TEST_CASE("levers of one mechanism, companions, inference levers and unknown ones are refused") {
  const auto run = gpu_run();
  const auto result = run::estimate(run.inputs);
  for (const std::vector<std::string>& ids : {std::vector<std::string>{"gpoeo-energy", "zeus"},
                                              {"gpoeo-energy", "gpoeo-time"},
                                              {"int8-inference"},
                                              {"no-such-lever"},
                                              {"map-4m", "map-4m"}})
    CHECK_THROWS_AS(ask::with_levers(run, result, ids, {}, tables()), diag::UsageError);
}

}  // namespace
}  // namespace kwhatif
