#include "ask/share_kept.hpp"
#include "support/catch.hpp"
#include "support/random.hpp"
#include <kwhatif/ask/plan_search.hpp>
#include <kwhatif/grid/confidence.hpp>
#include <kwhatif/run/estimator.hpp>

#include <array>
#include <cmath>

using namespace kwhatif;
using grid::Space;

namespace {

run::Given given(std::string text) { return {std::move(text), {}, "--axis"}; }
const catalog::Catalog& tables() { return catalog::Catalog::builtin(); }

run::Scenario base() {
  run::Scenario run;
  run.set(run::Input::params, {"7B", {}, "--params"});
  run.set(run::Input::tokens, {"1T", {}, "--tokens"});
  return run;
}

std::vector<Space> grids() {
  std::vector<Space> out;
  out.emplace_back(base(),
                   grid::read_axes({given("hardware=a100-sxm4-80gb,h100-sxm5,v100-sxm2-16gb"),
                                    given("chips=8,64,512"), given("region=gcp:europe-*")},
                                   tables()),
                   tables(), grid::SpaceOptions{.must_fit = true});
  out.emplace_back(
      base(),
      grid::read_axes({given("hardware=tpu-v4,tpu-v5p"), given("chips=64,512"), given("region=gcp:us-*")},
                      tables()),
      tables(), grid::SpaceOptions{.must_fit = true});
  return out;
}

std::optional<double> value_of(const run::RunEstimate<double>& r, std::size_t wanted) {
  std::optional<double> out;
  std::size_t i = 0;
  run::for_each_result(r, [&](const run::ResultInfo&, const auto& f) {
    if (i++ == wanted && f) out = f->coherent();
  });
  return out;
}

run::RunEstimate<double> at(const Space& space, std::uint64_t row) {
  const auto inputs = space.inputs(space.indices(row));
  return inputs ? run::estimate(*inputs) : run::RunEstimate<double>{};
}

bool fits(const run::RunEstimate<double>& r, const std::vector<grid::Limit>& limits) {
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
    ask::PlanGoal question;
    const auto number = [&](double low, double high) { return std::to_string(random.magnitude(low, high)); };
    std::string text = "co2e<=" + number(-0.5, 2.5) + " t";
    if (random.below(2) == 0) text += " and time<=" + number(0, 2.5) + " days";
    if (random.below(2) == 0) text += " and cost<=" + number(4, 6.5) + " USD";
    question.limits = grid::read_limits(given(text));
    question.minimize = *grid::result_named(random.below(2) == 0 ? "co2e" : "cost");
    const auto answer =
        ask::search(spaces, question, tables(), {.threads = 1 + static_cast<unsigned>(random.below(2))});
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

namespace {

// Whether any run of the grids meets the limits with this many tokens or parameters, one run at a time.
bool any_fits(const std::vector<Space>& spaces, run::Input input, double value,
              const std::vector<grid::Limit>& limits) {
  std::string text = std::to_string(value);
  text.resize(text.find('.'));
  for (const Space& space : spaces) {
    for (std::uint64_t row = 0; row < space.size(); ++row) {
      auto run = space.scenario(space.indices(row));
      run.set(input, {text, {}, "--flag"});
      try {
        const auto resolved = run::resolve(run, tables(), {.unneeded = true});
        if (!fits(run::estimate(resolved.inputs), limits)) continue;
        const double bytes = 16 * resolved.inputs.active_parameters()->coherent();
        if (bytes <= 0.9 * *resolved.hardware->number("memory") * resolved.inputs.devices()->coherent())
          return true;
      } catch (const diag::ScenarioError&) {
      }
    }
  }
  return false;
}

}  // namespace

TEST_CASE("the most tokens and the most parameters under limits meet them, and a little more nowhere would") {
  const auto spaces = grids();
  for (const auto& [input, limits] :
       {std::pair{run::Input::tokens, "co2e<=5 t and time<=30 days"},
        {run::Input::tokens, "cost<=20 kUSD"},
        {run::Input::params, "co2e<=5 t"},
        {run::Input::params, "energy<=100 GWh and time<=1000 days"}}) {  // ended by memory
    INFO(limits);
    ask::PlanGoal question;
    question.grow = input;
    question.limits = grid::read_limits(given(limits));
    const auto answer = ask::search(spaces, question, tables());
    REQUIRE(answer.best);
    const double most = answer.best->value;
    CHECK(any_fits(spaces, input, most, question.limits));
    CHECK_FALSE(any_fits(spaces, input, most * 1.00001, question.limits));
    const Space& space = answer.spaces[answer.best->space];
    const auto run =
        run::resolve(space.scenario(space.indices(answer.best->row)), tables(), {.unneeded = true});
    CHECK(fits(run::estimate(run.inputs), question.limits));
  }
}

TEST_CASE("with a confidence a plan is the best of the runs that keep their limits in that share of draws") {
  test::Random random(8);
  std::vector<Space> spaces;
  spaces.emplace_back(base(),
                      grid::read_axes({given("hardware=a100-sxm4-80gb,h100-sxm5,tpu-v4"),
                                       given("chips=64,512"), given("region=gcp:europe-north1,gcp:us-*")},
                                      tables()),
                      tables(), grid::SpaceOptions{.must_fit = true, .spreads = true});
  const Space& space = spaces.front();
  int feasible = 0;
  int differ = 0;
  for (int i = 0; i < 12; ++i) {
    ask::PlanGoal question;
    const auto number = [&](double low, double high) { return std::to_string(random.magnitude(low, high)); };
    question.limits =
        grid::read_limits(given("co2e<=" + number(0.3, 1.8) + " t and time<=" + number(0.5, 2) + " days"));
    question.minimize = *grid::result_named(random.below(2) == 0 ? "energy" : "cost");
    question.confidence = std::array{0.5, 0.9, 0.95}[random.below(3)];
    const ask::Watch watch{.threads = 1 + static_cast<unsigned>(random.below(2))};
    const grid::Confidence confidence(space, question.limits);
    std::optional<grid::Ranked> best;
    std::optional<double> plain;
    for (std::uint64_t row = 0; row < space.size(); ++row) {
      const auto run = run::resolve(space.scenario(space.indices(row)), tables(), {.unneeded = true});
      const double share = test::share_kept(run, question.limits);
      REQUIRE(confidence.share(row) == share);
      const auto result = run::estimate(run.inputs);
      const double v = *value_of(result, question.minimize);
      if (share >= question.confidence && (!best || v < best->value)) best = grid::Ranked{v, row};
      if (fits(result, question.limits) && (!plain || v < *plain)) plain = v;
    }
    const auto answer = ask::search(spaces, question, tables(), watch);
    REQUIRE(answer.best.has_value() == best.has_value());
    if (!best) {
      CHECK(answer.bindings.size() == question.limits.size());
      continue;
    }
    ++feasible;
    differ += plain && *plain != best->value ? 1 : 0;
    CHECK(test::same_bits(answer.best->value, best->value));
    CHECK(answer.best->share == confidence.share(answer.best->row));
    for (const auto& point : answer.by_hardware) CHECK(*point.share >= question.confidence);
    for (const auto& point : answer.front) CHECK(*point.share >= question.confidence);
    question.grow = run::Input::tokens;
    const auto most = ask::search(spaces, question, tables(), watch);
    REQUIRE(most.best);
    CHECK(*most.best->share >= question.confidence);
    CHECK(most.best->value >= 1e12);
  }
  CHECK(feasible > 3);
  CHECK(feasible < 12);
  CHECK(differ > 0);  // surely and on average are not the same plan
}

TEST_CASE("where runs keep the limits but none has what is minimised, one of them is shown") {
  std::vector<Space> spaces;
  spaces.emplace_back(base(),
                      grid::read_axes({given("hardware=trainium2"), given("chips=64,512"),
                                       given("region=aws:us-east-1,aws:us-west-2")},
                                      tables()),
                      tables());
  ask::PlanGoal question;
  question.limits = grid::read_limits(given("time<=300 days"));
  question.minimize = *grid::result_named("co2e");  // no power of this device is published
  auto answer = ask::search(spaces, question, tables());
  CHECK_FALSE(answer.best);
  CHECK(answer.without);
  CHECK(answer.bindings.empty());
  question.limits = grid::read_limits(given("time<=1 s"));
  answer = ask::search(spaces, question, tables());
  CHECK_FALSE(answer.without);
  CHECK(answer.bindings.size() == 1);
}

TEST_CASE("devices whose memory is too small for the model are no plan") {
  run::Scenario run = base();
  run.set(run::Input::params, {"70B", {}, "--params"});
  run.set(run::Input::region, {"gcp:us-central1", {}, "--region"});
  const Space space(
      run, grid::read_axes({given("hardware=v100-sxm2-16gb,h100-sxm5"), given("chips=64,512")}, tables()),
      tables(), grid::SpaceOptions{.must_fit = true});
  CHECK_FALSE(space.inputs({0, 0}));  // 64 x 16 GB for 1,120 GB of states
  CHECK(space.inputs({0, 1}));
  CHECK(space.inputs({1, 0}));
  CHECK(space.inputs({1, 1}));
}
