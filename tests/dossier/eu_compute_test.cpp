// Computation by the EU's guidelines against an independent calculation (a script beside the collection of
// requirements, run on the same estimates): 0.7 and 1.3 times the figure against each threshold, mantissas
// rounded, months of 30.4 days.
#include "dossier/support.hpp"
#include "support/catch.hpp"
#include <kwhatif/ask/eu_compute.hpp>

namespace kwhatif::test {
namespace {

using ask::AgainstThreshold;

struct Expected {
  Flags run;
  const char* flop;
  int magnitude;
  AgainstThreshold gpai, systemic, third_of_gpai, third_of_systemic;
  const char* wall_days;
  const char* period;
  const char* hardware_days;
};

const Expected& llama() {
  using run::Input;
  static const Expected out{{{Input::model, "llama-3-8b"},
                             {Input::tokens, "1.5T"},
                             {Input::hardware, "h100-sxm5"},
                             {Input::chips, "512"},
                             {Input::region, "gcp:europe-west4"}},
                            "7.7x10^22",
                            22,
                            AgainstThreshold::below_within_margin,
                            AgainstThreshold::below,
                            AgainstThreshold::above,
                            AgainstThreshold::below,
                            "6x10^0",
                            "less than 1 month",
                            "3.1x10^3"};
  return out;
}

std::vector<Expected> expected() {
  using run::Input;
  using enum ask::AgainstThreshold;
  return {llama(),
          {{{Input::params, "70B"},
            {Input::tokens, "15T"},
            {Input::hardware, "h100-sxm5"},
            {Input::chips, "4096"},
            {Input::grid, "FRA"}},
           "6.3x10^24",
           24,
           above,
           below,
           above,
           above,
           "6x10^1",
           "1 to 3 months",
           "2.6x10^5"},
          {{{Input::flops, "9e24"},
            {Input::hardware, "a100-sxm4-80gb"},
            {Input::chips, "1024"},
            {Input::mfu, "0.4"},
            {Input::grid, "DEU"}},
           "9.0x10^24",
           24,
           above,
           below_within_margin,
           above,
           above,
           "8x10^2",
           "more than 6 months",
           "8.3x10^5"},
          {{{Input::flops, "3.2e22"},
            {Input::hours, "100 days"},
            {Input::hardware, "h100-sxm5"},
            {Input::chips, "16"}},
           "3.2x10^22",
           22,
           below,
           below,
           below_within_margin,
           below,
           "1x10^2",
           "3 to 6 months",
           "1.6x10^3"},
          {{{Input::params, "7B"},
            {Input::tokens, "1T"},
            {Input::hardware, "h100-sxm5"},
            {Input::chips, "16"},
            {Input::grid, "FRA"}},
           "4.2x10^22",
           22,
           below,
           below,
           above_within_margin,
           below,
           "1x10^2",
           "3 to 6 months",
           "1.6x10^3"}};
}

ask::EuCompute counted(const Flags& flags, const ask::EuBeside& beside = {}) {
  return ask::eu_compute(estimated(flags), beside, catalog::Catalog::builtin());
}

TEST_CASE("compute, periods and thresholds of the EU are those of an independent calculation") {
  for (const Expected& want : expected()) {
    INFO(command_of(want.run));
    const auto got = counted(want.run);
    REQUIRE(got.updates);
    CHECK(ask::in_figures(got.updates->coherent(), 2) == want.flop);
    CHECK(ask::order_of_magnitude(got.updates->coherent()) == want.magnitude);
    REQUIRE(got.thresholds.size() == 2);
    CHECK(got.thresholds[0].standing == want.gpai);
    CHECK(got.thresholds[1].standing == want.systemic);
    REQUIRE(got.as_modifier.size() == 2);
    CHECK(got.as_modifier[0].standing == want.third_of_systemic);
    CHECK(got.as_modifier[1].standing == want.third_of_gpai);
    REQUIRE(got.wall_days);
    CHECK(ask::in_figures(*got.wall_days, 1) == want.wall_days);
    CHECK(ask::period_of(*got.wall_days) == want.period);
    REQUIRE(got.hardware_days.size() == 1);
    CHECK(ask::in_figures(got.hardware_days[0].days, 2) == want.hardware_days);
  }
}

TEST_CASE("the words of a threshold change where 30 % more or less would cross it") {
  using enum ask::AgainstThreshold;
  CHECK(ask::against_threshold(1e25 / 1.31, 1e25) == below);
  CHECK(ask::against_threshold(1e25 / 1.29, 1e25) == below_within_margin);
  CHECK(ask::against_threshold(1e25, 1e25) == below_within_margin);  // "exceeds" is the law's word
  CHECK(ask::against_threshold(1.001e25, 1e25) == above_within_margin);
  CHECK(ask::against_threshold(1e25 / 0.71, 1e25) == above_within_margin);
  CHECK(ask::against_threshold(1e25 / 0.69, 1e25) == above);
  CHECK(ask::words(below_within_margin) == "below, within the margin");
}

TEST_CASE("recomputation, repeats and failed work are no training compute, and time is that of one run") {
  using run::Input;
  const auto once = counted(llama().run);
  Flags more = llama().run;
  more.insert(more.end(), {{Input::runs, "3"}, {Input::overhead, "0.2"}, {Input::recompute, "full"}});
  Flags recomputed = llama().run;
  recomputed.emplace_back(Input::recompute, "full");
  const auto repeated = counted(more);
  CHECK(repeated.updates->coherent() == once.updates->coherent());
  CHECK(repeated.repeats == Approx(3.6));
  CHECK(*repeated.wall_days == Approx(*counted(recomputed).wall_days));
}

TEST_CASE("private synthetic data and the base model are part of the cumulative compute") {
  const run::Given tokens{"100B", {}, "--synthetic-tokens"};
  const auto by_size = counted(llama().run, {tokens, run::Given{"70B", {}, "--generator"}});
  REQUIRE(by_size.synthetic);
  CHECK(by_size.synthetic->coherent() == Approx(2 * 70e9 * 100e9));
  CHECK(by_size.cumulative->coherent() == Approx(by_size.updates->coherent() + 1.4e22));
  CHECK(by_size.thresholds[0].compared == by_size.updates->coherent());
  CHECK(by_size.thresholds[1].compared == by_size.cumulative->coherent());
  const auto by_name = counted(llama().run, {tokens, run::Given{"llama-3-8b", {}, "--generator"}});
  CHECK(by_name.synthetic->coherent() == Approx(2 * 8030261248.0 * 100e9));
  CHECK_FALSE(counted(llama().run, {tokens, {}}).synthetic);

  Flags tuned = llama().run;
  tuned.emplace_back(run::Input::base_flops, "1e24");
  const auto on_base = counted(tuned);
  CHECK(on_base.modifies);
  REQUIRE(on_base.as_modifier.size() == 1);
  CHECK(on_base.as_modifier[0].flop == Approx(1e24 / 3));
  CHECK(on_base.as_modifier[0].standing == AgainstThreshold::below);
  CHECK(on_base.cumulative->coherent() == Approx(on_base.updates->coherent() + 1e24));
}

TEST_CASE("what is said of synthetic data is checked") {
  const auto with = [](const char* tokens, const char* generator) {
    return counted(llama().run,
                   {run::Given{tokens, {}, "--synthetic-tokens"}, run::Given{generator, {}, "--generator"}});
  };
  CHECK_THROWS_AS(with("many", "70B"), diag::ScenarioError);
  CHECK_THROWS_AS(with("-3B", "70B"), diag::ScenarioError);
  CHECK_THROWS_AS(with("optimal", "70B"), diag::ScenarioError);
  CHECK_THROWS_AS(with("1e300", "70B"), diag::ScenarioError);
  CHECK_THROWS_AS(with("1B", "no-such-model"), diag::ScenarioError);
  CHECK_THROWS_AS(with("1B", "70 kWh"), diag::ScenarioError);
}

TEST_CASE("the margin is kept where the ways of counting agree within 30 %") {
  const auto llama_count = counted(llama().run);
  REQUIRE(llama_count.six_pd);
  CHECK(llama_count.six_pd->coherent() == Approx(6 * 8030261248.0 * 1.5e12));
  CHECK(llama_count.low->coherent() <= llama_count.updates->coherent());
  CHECK(llama_count.high->coherent() >= llama_count.updates->coherent());
  CHECK(llama_count.keeps_margin() == true);
  // a figure of somebody else has no second way of counting
  CHECK_FALSE(counted(expected()[2].run).keeps_margin());
  // time and a predicted utilisation alone
  using run::Input;
  const auto by_time = counted(
      {{Input::device_hours, "370000 device-h"}, {Input::hardware, "h100-sxm5"}, {Input::mfu, "0.5"}});
  CHECK(by_time.approach == ask::EuApproach::hardware);
  CHECK(ask::in_figures(by_time.updates->coherent(), 2) == "6.6x10^23");
  CHECK(by_time.hardware_based->coherent() == Approx(by_time.updates->coherent()));
}

}  // namespace
}  // namespace kwhatif::test
