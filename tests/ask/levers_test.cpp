// Reduction measures: rules of combination, and what --apply changes.
#include "support/catch.hpp"
#include "support/runs.hpp"
#include <kwhatif/ask/levers.hpp>
#include <kwhatif/run/estimator.hpp>
#include <kwhatif/uncertain/certainty.hpp>

#include <set>

namespace kwhatif {
namespace {

using ask::Applies;
using ask::FactorBand;
using run::Input;

const catalog::Catalog& tables() { return catalog::Catalog::builtin(); }

run::Scenario scenario(const std::vector<std::pair<Input, std::string>>& inputs) {
  run::Scenario given;
  for (const auto& [input, text] : inputs)
    given.set(input, {text, {}, "--" + std::string{run::info(input).flag}});
  return given;
}

run::Scenario gpu_run() {
  return scenario({{Input::params, "70B"},
                   {Input::tokens, "2T"},
                   {Input::hardware, "a100-sxm4-80gb"},
                   {Input::chips, "512"},
                   {Input::mfu, "0.4"},
                   {Input::power, "500 W"},
                   {Input::pue, "1.5"},
                   {Input::ci, "400 g/kWh"}});
}

ask::Levers levers(const run::Scenario& given) {
  const auto run = run::resolve(given, tables());
  return ask::levers_for(given, run, run::estimate(run.inputs), tables());
}

run::ResolvedRun applied(const run::Scenario& given, const std::vector<std::string>& ids) {
  const auto run = run::resolve(given, tables());
  return ask::with_levers(given, run, run::estimate(run.inputs), ids, {}, tables());
}

// By value: the levers may be gone by the end of the line.
ask::LeverEffect effect(const ask::Levers& all, std::string_view id) {
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
      const auto e = effect(all, id);
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

TEST_CASE("percentages of the GPU act on its share of the power, and the host runs longer") {
  const auto all = levers(gpu_run());
  CHECK(all.gpu_share == Approx(400.0 / 500.0));  // rating over system power
  const auto gpoeo = effect(all, "gpoeo-energy");
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
  const auto search = scenario({{Input::flops, "1e20"},
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
  const auto given = gpu_run();
  const auto before = run::estimate(run::resolve(given, tables()).inputs);
  const auto all = levers(given);
  for (const char* id :
       {"gpoeo-energy", "map-4m", "fp8-training", "no-recompute", "data-pruning-dedup", "mechanization-4m"}) {
    const auto changed = applied(given, {id});
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
  const auto given = gpu_run();
  for (const std::vector<std::string>& ids : {std::vector<std::string>{"gpoeo-energy", "zeus"},
                                              {"gpoeo-energy", "gpoeo-time"},
                                              {"int8-inference"},
                                              {"no-such-lever"},
                                              {"map-4m", "map-4m"}})
    CHECK_THROWS_AS(applied(given, ids), diag::UsageError);
}

run::Scenario forecast_run() {
  return scenario({{Input::model, "llama-3-8b"},
                   {Input::tokens, "1T"},
                   {Input::hardware, "h100-sxm5"},
                   {Input::chips, "512"},
                   {Input::grid, "FRA"},
                   {Input::precision, "bf16"},
                   {Input::framework, "hf-trainer"},
                   {Input::recompute, "full"},
                   {Input::tensor_parallel, "4"},
                   {Input::pipeline_parallel, "2"},
                   {Input::micro_batch, "1"},
                   {Input::global_batch, "2M"},
                   {Input::zero, "3"}});
}

template <class Q>
double over(const std::optional<Q>& after, const std::optional<Q>& before) {
  return after->coherent() / before->coherent();
}

// What a lever of the forecast says of a run is what estimate says with its flag, and so is --apply.
// @return how many were compared
int agrees_with_estimate(const run::Scenario& given) {
  const auto before = run::estimate(run::resolve(given, tables()).inputs);
  int compared = 0;
  const auto all = levers(given);
  for (const auto& e : all.effects) {
    if (!e.setting) continue;
    CAPTURE(e.row.id(), e.setting->flag());
    CHECK(e.forecast);
    auto changed = given;
    changed.set(e.setting->input, {e.setting->value, {}, "test"});
    const auto after = run::estimate(run::resolve(changed, tables()).inputs);
    constexpr double tolerance = 1e-9;
    CHECK(e.time.typical == Approx(over(after.device_time, before.device_time)).epsilon(tolerance));
    if (before.facility_energy)
      CHECK(e.energy.typical ==
            Approx(over(after.facility_energy, before.facility_energy)).epsilon(tolerance));
    if (before.operational_location)
      CHECK(e.co2e.typical ==
            Approx(over(after.operational_location, before.operational_location)).epsilon(tolerance));
    const auto same = run::estimate(applied(given, {std::string{e.row.id()}}).inputs);
    CHECK(over(same.device_time, after.device_time) == Approx(1).epsilon(tolerance));
    CHECK(e.time.low <= e.time.typical);
    CHECK(e.time.typical <= e.time.high);
    if (e.applies != Applies::no) CHECK(e.energy.typical < 1);
    ++compared;
  }
  return compared;
}

TEST_CASE("no lever contradicts estimate: its flag does what it says, to random runs as well") {
  CHECK(agrees_with_estimate(forecast_run()) >= 8);
  test::Runs random(20261307, tables());
  constexpr int runs = test::repeats(400);
  int compared = 0;
  for (int n = 0; n < runs; ++n) {
    auto flags = random.ordinary();
    const auto maybe = [&](Input input, const std::vector<const char*>& values) {
      const auto i = random.random().below(2 * values.size() + 1);
      std::erase_if(flags, [&](const auto& flag) { return flag.first == input; });
      if (i < values.size()) flags.emplace_back(input, values[i]);
    };
    for (const Input rate : {Input::mfu, Input::hfu, Input::tflops, Input::hours, Input::device_hours})
      maybe(rate, {});
    maybe(Input::framework, {"tuned", "standard", "legacy", "llm-foundry"});
    maybe(Input::recompute, {"none", "full"});
    maybe(Input::global_batch, {"250k", "1M", "4M"});
    maybe(Input::micro_batch, {"1", "2", "4"});
    maybe(Input::tensor_parallel, {"2", "3", "8"});
    maybe(Input::pipeline_parallel, {"2", "4"});
    maybe(Input::zero, {"1", "3"});
    maybe(Input::attention, {"fused", "unfused"});
    maybe(Input::compiled, {"yes", "no"});
    INFO(test::command_of(flags));
    const auto given = test::scenario_of(flags);
    try {
      if (!run::estimate(run::resolve(given, tables()).inputs).device_time) continue;
    } catch (const diag::ScenarioError&) {
      continue;  // no such run
    }
    compared += agrees_with_estimate(given);
  }
  CHECK(compared > runs);
}

TEST_CASE("a lever on a run of stages is its flag on all of them") {
  auto given = scenario({{Input::model, "llama-3-8b"},
                         {Input::hardware, "h100-sxm5"},
                         {Input::chips, "512"},
                         {Input::grid, "FRA"},
                         {Input::precision, "bf16"},
                         {Input::recompute, "full"}});
  given.stages.push_back({"pre", "pretrain", {}, scenario({{Input::tokens, "1T"}}), {}});
  given.stages.push_back(
      {"long", "long-context", {}, scenario({{Input::tokens, "50B"}, {Input::seq_len, "32768"}}), {}});
  CHECK(agrees_with_estimate(given) >= 3);
  const auto e = effect(levers(given), "no-recompute");
  CHECK(e.time.low < e.time.typical);
  CHECK(e.time.high > e.time.typical);
  CHECK(e.time.high / e.time.low < 2);  // what the stages share cancels
}

TEST_CASE("what is so already does not apply, and says so") {
  auto given = forecast_run();
  for (const auto& [input, text] : {std::pair{Input::recompute, "none"},
                                    {Input::precision, "fp8"},
                                    {Input::framework, "tuned"},
                                    {Input::zero, "2"},
                                    {Input::global_batch, "16M"}})
    given.set(input, {text, {}, "test"});
  const auto all = levers(given);
  for (const char* id : {"no-recompute", "fp8-training", "mixed-precision", "tuned-software", "no-zero-3",
                         "compiled-kernels", "flash-attention", "batch-x2", "fp4-training"}) {
    const auto e = effect(all, id);
    CAPTURE(id, e.reason);
    CHECK(e.forecast);
    CHECK(e.applies == Applies::no);
    CHECK_FALSE(e.setting);
    CHECK_THROWS_AS(applied(given, {id}), diag::UsageError);
  }
  CHECK(effect(all, "no-recompute").reason == "no recomputation already");
}

TEST_CASE("a setting that the devices do not hold does not apply, with that reason") {
  auto given = forecast_run();
  given.set(Input::model, {"llama-2-70b", {}, "test"});
  given.set(Input::hardware, {"a100-sxm4-40gb", {}, "test"});
  given.set(Input::micro_batch, {"2", {}, "test"});
  const auto e = effect(levers(given), "no-recompute");
  CAPTURE(e.reason);
  CHECK(e.applies == Applies::no);
  CHECK(e.reason.find("needs") != std::string::npos);
  CHECK(e.energy.typical < 1);  // it would save, if they did
  const auto fits = effect(levers(forecast_run()), "no-recompute");
  CHECK(fits.applies == Applies::yes);
  CHECK(fits.reason.find("it fits") != std::string::npos);
}

TEST_CASE("where the time is given nothing is forecast: published factors, or why not") {
  auto given = forecast_run();
  given.set(Input::mfu, {"0.4", {}, "test"});
  const auto all = levers(given);
  for (const auto& e : all.effects) {
    CAPTURE(e.row.id());
    CHECK_FALSE(e.setting);
    if (e.row.cell("factor")) continue;
    CHECK(e.applies == Applies::no);
    CHECK(e.reason.find("nothing is forecast") != std::string::npos);
    CHECK_THROWS_AS(applied(given, {std::string{e.row.id()}}), diag::UsageError);
  }
  CHECK_FALSE(effect(all, "fp8-training").forecast);
  CHECK(effect(all, "fp8-training").time.typical == Approx(0.8));  // as published
}

TEST_CASE("levers of the forecast are counted together, not multiplied") {
  const auto given = forecast_run();
  const auto both = run::estimate(applied(given, {"no-recompute", "fp8-training"}).inputs);
  auto changed = given;
  changed.set(Input::recompute, {"none", {}, "test"});
  changed.set(Input::precision, {"fp8", {}, "test"});
  const auto after = run::estimate(run::resolve(changed, tables()).inputs);
  CHECK(both.facility_energy->coherent() == Approx(after.facility_energy->coherent()).epsilon(1e-12));
  // the best of all: its forecast part is the estimate with all flags, the rest multiplies
  const auto all = levers(given);
  double rest = 1;
  changed = given;
  for (const std::string& id : all.best.ids) {
    const auto e = effect(all, id);
    if (e.setting)
      changed.set(e.setting->input, {e.setting->value, {}, "test"});
    else
      rest *= e.energy.typical;
  }
  const auto before = run::estimate(run::resolve(given, tables()).inputs);
  const auto best = run::estimate(run::resolve(changed, tables()).inputs);
  CHECK(all.best.energy.typical ==
        Approx(rest * over(best.facility_energy, before.facility_energy)).epsilon(1e-9));
}

TEST_CASE("what two what-ifs of one user share cancels: a lever is surer than the run") {
  const auto given = forecast_run();
  const auto run = run::resolve(given, tables());
  const auto* time = [&] {
    static uncertain::Certainty certainty;
    certainty = uncertain::certainty(run);
    return certainty.find("device_time");
  }();
  REQUIRE(time);
  const auto e = effect(levers(given), "no-recompute");
  CHECK(e.time.low < e.time.typical);
  CHECK(e.time.typical < e.time.high);
  CHECK(e.time.high / e.time.low < 0.75 * time->p95 / time->p05);
}

}  // namespace
}  // namespace kwhatif
