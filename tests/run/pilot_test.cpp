// A pilot calibrates the forecast: exactly for itself, by its share for others, never the other way.
#include "support/catch.hpp"
#include "support/random.hpp"
#include "uncertain/given_inputs.hpp"
#include <kwhatif/predict/lesson.hpp>
#include <kwhatif/run/estimator.hpp>
#include <kwhatif/run/resolve.hpp>

#include <cmath>
#include <string>

namespace kwhatif::run {
namespace {

using test::Inputs;
using test::run_of;
using test::tables;

ResolvedRun with_pilot(const Inputs& inputs, const std::string& pilot) {
  auto scenario = run_of(inputs);
  scenario.set(Input::pilot, {"pilot.toml", {}, "--pilot"});
  scenario.files = [pilot](const std::string& path) {
    return std::make_shared<const diag::SourceText>(diag::SourceText{path, pilot});
  };
  return resolve(scenario, tables());
}

double seconds_per_token(const ResolvedRun& run) {
  const auto result = estimate(run.inputs);
  return result.device_time->coherent() / run.inputs.tokens()->coherent();
}

const Inputs whole{{Input::params, "7B"},          {Input::tokens, "2T"},     {Input::hardware, "h100-sxm5"},
                   {Input::precision, "bf16"},     {Input::chips, "8"},       {Input::seq_len, "4096"},
                   {Input::framework, "megatron"}, {Input::recompute, "none"}};
const std::string eight =
    "[hardware]\ncount = 8\ntokens_per_second = \"9000\"\naccelerator_power = \"610 W\"\n";

TEST_CASE("the pilot's own run comes out as measured, with the time beside its steps") {
  const auto run = with_pilot(whole, eight);
  REQUIRE(run.pilot);
  REQUIRE(run.pilot->time);
  const double stepping = run.inputs.stepping()->coherent();
  CHECK(1 / (seconds_per_token(run) * stepping) == Approx(9000).epsilon(0.01));
  CHECK(run.pilot->time->deviation < 0.06);  // the time beside the steps was not measured
  const auto result = estimate(run.inputs);
  // 610 W while it steps; evaluation and restarts, a tenth of the time, keep the boards less busy
  const double drawn = result.accelerator_energy->coherent() / result.device_time->coherent();
  CHECK(drawn < 610);
  CHECK(drawn > 610 * (stepping + (1 - stepping) * 0.1) * 0.99);
}

TEST_CASE("a larger run keeps the pilot's level and the physics of its size, and its band narrows") {
  Inputs large = whole;
  for (auto& [input, text] : large) {
    if (input == Input::chips) text = "2048";
  }
  const auto without = resolve(run_of(large), tables());
  const auto with = with_pilot(large, eight);
  const auto& before = *without.record(Slot::mfu).distribution;
  const auto& after = *with.record(Slot::mfu).distribution;
  CHECK(after.deviation < before.deviation);
  CHECK(after.quantile(0.95) / after.quantile(0.5) < 1.5);
  // eight doublings away the pilot still moves the level, by less than it missed
  const double moved = seconds_per_token(with) / seconds_per_token(without);
  const double missed = std::exp(with.pilot->rate->pilot.missed);
  CHECK((moved - 1) * (missed - 1) > 0);
  CHECK(std::fabs(std::log(moved)) <= std::fabs(std::log(missed)) + 1e-12);
}

TEST_CASE("a pilot that says nothing to go by is refused with the way on") {
  const auto code = [&](const Inputs& inputs, const std::string& pilot) {
    try {
      (void)with_pilot(inputs, pilot);
    } catch (const diag::ScenarioError& error) {
      return error.diagnostics().front().code + ": " + error.diagnostics().front().message;
    }
    return std::string{};
  };
  CHECK(code(whole, "[hardware]\ncount = 8\n").find("holds no measured rate") != std::string::npos);
  CHECK(code(whole, "[hardware]\ntotal_tokens_per_second = \"9000\"\n").find("how many") !=
        std::string::npos);
  CHECK(code(whole, "[hardware]\ncount = 8\ntokens_per_second = \"900k\"\n").find("faster than the peak") !=
        std::string::npos);
  CHECK(code(whole, "[hardware]\ncount = \"eight\"\n").find("not-a-number") == 0);
  CHECK(code(whole, "[hardware]\nspeed = 8\n").find("unknown-key") == 0);
}

TEST_CASE("what a measurement tells is the posterior of sampled errors") {
  test::Random random{20261128};
  const predict::Whereabouts here{.doublings = {30, 3}, .kinds = {"a"}};
  const predict::Whereabouts there{.doublings = {32, 5}, .kinds = {"a"}};
  const std::vector<predict::SpreadPart> parts{{"user", 0.5}, {"", 0.3}, {"software", 0.2}};
  const std::vector<predict::SpreadPart> other{{"user", 0.6}, {"", 0.4}};
  const double v = 0.3;
  const double w = 0.2;
  const predict::Pilot pilot{.missed = 0.25, .deviation = v, .parts = parts, .where = here, .noise = 0.05};
  const auto lesson = predict::learn(pilot, w, other, there);
  CHECK(lesson.deviation <= w);
  // regression of the run's error on the pilot's, over draws of the parts
  const double rho = predict::alike(here, there);
  double xx = 0;
  double xy = 0;
  double yy = 0;
  constexpr int draws = 200'000;
  for (int i = 0; i < draws; ++i) {
    const auto z = [&] { return predict::normal_quantile(random.between(1e-9, 1 - 1e-9)); };
    const double user = z();
    const double own = z();
    const double own_there = rho * own + std::sqrt(1 - rho * rho) * z();
    const double x = v * (std::sqrt(0.5) * user + std::sqrt(0.3) * own + std::sqrt(0.2) * z()) + 0.05 * z();
    const double y = w * (std::sqrt(0.6) * user + std::sqrt(0.4) * own_there);
    xx += x * x;
    xy += x * y;
    yy += y * y;
  }
  CHECK(lesson.shift == Approx(xy / xx * 0.25).epsilon(0.02));
  CHECK(lesson.deviation * lesson.deviation == Approx((yy - xy * xy / xx) / draws).epsilon(0.02));
  double sum = 0;
  for (const auto& part : lesson.parts) sum += part.share;
  CHECK(sum == Approx(1));
}

}  // namespace
}  // namespace kwhatif::run
