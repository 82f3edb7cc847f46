#include "support/catch.hpp"
#include "support/random.hpp"
#include <kwhatif/analysis/plan.hpp>
#include <kwhatif/estimate/run.hpp>

#include <cmath>

using namespace kwhatif;
using analysis::Space;

namespace {

scenario::Given given(std::string text) { return {std::move(text), {}, "--axis"}; }
const catalog::Catalog& tables() { return catalog::Catalog::builtin(); }

scenario::Scenario base() {
  scenario::Scenario run;
  run.set(scenario::Input::params, {"7B", {}, "--params"});
  run.set(scenario::Input::tokens, {"1T", {}, "--tokens"});
  return run;
}

std::vector<Space> grids() {
  std::vector<Space> out;
  out.emplace_back(base(),
                   analysis::read_axes({given("hardware=a100-sxm4-80gb,h100-sxm5,v100-sxm2-16gb"),
                                        given("chips=8,64,512"), given("region=gcp:europe-*")},
                                       tables()),
                   tables(), true);
  out.emplace_back(
      base(),
      analysis::read_axes({given("hardware=tpu-v4,tpu-v5p"), given("chips=64,512"), given("region=gcp:us-*")},
                          tables()),
      tables(), true);
  return out;
}

std::optional<double> value_of(const estimate::RunEstimate<double>& r, std::size_t wanted) {
  std::optional<double> out;
  std::size_t i = 0;
  estimate::for_each_result(r, [&](const estimate::ResultInfo&, const auto& f) {
    if (i++ == wanted && f) out = f->coherent();
  });
  return out;
}

estimate::RunEstimate<double> at(const Space& space, std::uint64_t row) {
  const auto inputs = space.inputs(space.indices(row));
  return inputs ? estimate::estimate(*inputs) : estimate::RunEstimate<double>{};
}

bool fits(const estimate::RunEstimate<double>& r, const std::vector<analysis::Limit>& limits) {
  for (const auto& l : limits) {
    const auto v = value_of(r, l.result);
    if (!v || !l.holds(*v)) return false;
  }
  return true;
}

}  // namespace

TEST_CASE(
    "a plan is feasible and the best that brute force finds, and there is one wherever brute force finds "
    "one") {
  test::Random random(4);
  const auto spaces = grids();
  int feasible = 0;
  for (int i = 0; i < 60; ++i) {
    analysis::PlanQuestion question;
    const auto number = [&](double low, double high) { return std::to_string(random.magnitude(low, high)); };
    std::string text = "co2e<=" + number(-0.5, 2.5) + " t";
    if (random.below(2) == 0) text += " and time<=" + number(0, 2.5) + " days";
    if (random.below(2) == 0) text += " and cost<=" + number(4, 6.5) + " USD";
    question.limits = analysis::read_limits(given(text));
    question.minimize = *analysis::result_named(random.below(2) == 0 ? "co2e" : "cost");
    question.threads = 1 + static_cast<unsigned>(random.below(2));
    const auto answer = analysis::plan(spaces, question, tables());
    std::optional<double> best;
    for (const Space& space : spaces) {
      for (std::uint64_t row = 0; row < space.size(); ++row) {
        const auto r = at(space, row);
        const auto v = value_of(r, question.minimize);
        if (fits(r, question.limits) && v && (!best || *v < *best)) best = v;
      }
    }
    INFO(text);
    REQUIRE(answer.best.has_value() == best.has_value());
    if (best) {
      ++feasible;
      CHECK(test::same_bits(answer.best->value, *best));
      CHECK(fits(at(spaces[answer.best->space], answer.best->row), question.limits));
    } else {
      CHECK(answer.bindings.size() == question.limits.size());
    }
  }
  CHECK(feasible > 5);
  CHECK(feasible < 55);
}

TEST_CASE("the most tokens under limits meet them, and a little more would not") {
  const auto spaces = grids();
  analysis::PlanQuestion question;
  question.largest_tokens = true;
  question.limits = analysis::read_limits(given("co2e<=5 t and time<=30 days"));
  const auto answer = analysis::plan(spaces, question, tables());
  REQUIRE(answer.best);
  const auto with = [&](double tokens) {
    auto run = spaces[answer.best->space].scenario(spaces[answer.best->space].indices(answer.best->row));
    std::string text = std::to_string(tokens);
    run.set(scenario::Input::tokens, {text.substr(0, text.find('.')), {}, "--tokens"});
    return estimate::estimate(scenario::resolve(run, tables()).inputs);
  };
  CHECK(fits(with(answer.best->tokens), question.limits));
  CHECK_FALSE(fits(with(answer.best->tokens * 1.0001), question.limits));
}

TEST_CASE("devices whose memory is too small for the model are no plan") {
  scenario::Scenario run = base();
  run.set(scenario::Input::params, {"70B", {}, "--params"});
  run.set(scenario::Input::region, {"gcp:us-central1", {}, "--region"});
  const Space space(
      run, analysis::read_axes({given("hardware=v100-sxm2-16gb,h100-sxm5"), given("chips=64,512")}, tables()),
      tables(), true);
  CHECK_FALSE(space.inputs({0, 0}));  // 64 x 16 GB for 1,120 GB of states
  CHECK(space.inputs({0, 1}));
  CHECK(space.inputs({1, 0}));
  CHECK(space.inputs({1, 1}));
}

TEST_CASE("solving for an input gives back the input") {
  scenario::Scenario run = base();
  run.set(scenario::Input::hardware, {"a100-sxm4-80gb", {}, "--hardware"});
  run.set(scenario::Input::chips, {"512", {}, "--chips"});
  run.set(scenario::Input::mfu, {"0.37", {}, "--mfu"});
  run.set(scenario::Input::pue, {"1.23", {}, "--pue"});
  run.set(scenario::Input::overhead, {"0.2", {}, "--overhead"});
  run.set(scenario::Input::ci, {"300 g/kWh", {}, "--ci"});
  const auto inputs = scenario::resolve(run, tables()).inputs;
  const auto energy = *analysis::result_named("energy");
  const double target = *value_of(estimate::estimate(inputs), energy);
  using estimate::Slot;
  for (const Slot slot : {Slot::pue, Slot::mfu, Slot::tokens, Slot::overhead}) {
    auto off = inputs;
    const double right = *estimate::slot_value(inputs, slot);
    estimate::set_slot(off, slot, right * 1.7);
    const auto found = analysis::solve(off, slot, energy, target);
    REQUIRE(found);
    CHECK(*found == Approx(right).epsilon(1e-9));
  }
  CHECK_FALSE(analysis::solve(inputs, Slot::ci, energy, target * 2));  // energy does not depend on it
}
