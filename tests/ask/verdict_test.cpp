// Verdicts: agree with joint sampling done here in a plain loop; say what is certain and what is not.
#include "support/catch.hpp"
#include "support/runs.hpp"
#include <kwhatif/ask/compare.hpp>
#include <kwhatif/ask/plan.hpp>
#include <kwhatif/ask/sweep_answer.hpp>
#include <kwhatif/ask/verdict.hpp>
#include <kwhatif/report/present.hpp>
#include <kwhatif/run/estimator.hpp>
#include <kwhatif/uncertain/uncertainty.hpp>

#include <algorithm>
#include <array>
#include <cmath>
#include <random>

namespace kwhatif {
namespace {

using ask::Beside;
using ask::Order;
using run::Input;
using run::Slot;
using test::Flags;

const catalog::Catalog& tables() { return catalog::Catalog::builtin(); }

std::optional<run::ResolvedRun> resolved(const Flags& flags) {
  try {
    return run::resolve(test::scenario_of(flags), tables());
  } catch (const diag::Error&) {
    return std::nullopt;
  }
}

std::optional<double> result_of(const run::RunInputs<double>& inputs, std::string_view key) {
  std::optional<double> out;
  const auto results = run::estimate(inputs);
  run::for_each_result(results, [&](const run::ResultInfo& info, const auto& field) {
    if (info.key == key && field) out = field->coherent();
  });
  return out;
}

// One draw of several runs: each source once, then every input that it feeds, one after the other.
class PlainSampling {
 public:
  PlainSampling(std::span<const uncertain::Uncertain> runs, std::uint64_t seed)
      : runs_(runs), sources_(uncertain::sources_of(runs)), random_(seed) {}

  std::vector<run::RunInputs<double>> draw() {
    std::vector<double> x;
    for (const uncertain::Source& source : sources_)
      x.push_back(source.part ? normal_(random_) : source.distribution.quantile(uniform_(random_)));
    std::vector<run::RunInputs<double>> out;
    for (std::size_t r = 0; r < runs_.size(); ++r) {
      out.push_back(runs_[r].inputs);
      auto& inputs = out.back();
      const uncertain::Spread& spread = runs_[r].spread;
      std::array<std::optional<double>, run::slot_count> drawn;
      std::array<double, run::slot_count> score{};
      std::array<bool, run::slot_count> in_parts{};
      for (std::size_t v = 0; v < sources_.size(); ++v) {
        for (const auto& feed : sources_[v].feeds) {
          const auto s = static_cast<std::size_t>(feed.slot);
          if (feed.run != r || sources_[v].factor) continue;
          if (sources_[v].part) {
            in_parts[s] = true;
            score[s] += feed.weight * x[v];
          } else {
            drawn[s] = x[v] * spread.inputs[s]->median() / sources_[v].distribution.median();
          }
        }
      }
      for (std::size_t s = 0; s < run::slot_count; ++s) {
        if (!in_parts[s]) continue;
        const double u = 0.5 * std::erfc(-score[s] / std::sqrt(2.0));
        drawn[s] = spread.inputs[s]->quantile(std::clamp(u, 1e-10, 1 - 1e-10));
      }
      for (const bool following : {false, true}) {
        for (std::size_t s = 0; s < run::slot_count; ++s) {
          if (!drawn[s] || !inputs.has(static_cast<Slot>(s))) continue;
          const auto follows = spread.inputs[s]->follows();
          if (follows.any() != following) continue;
          double value = *drawn[s];
          if (following && runs_[r].inputs.mfu())
            value *= follows.factor(inputs.mfu()->coherent() / runs_[r].inputs.mfu()->coherent());
          inputs.set(static_cast<Slot>(s), value);
        }
      }
      for (std::size_t v = 0; v < sources_.size(); ++v) {
        for (const auto& feed : sources_[v].feeds) {
          if (feed.run != r || !sources_[v].factor || !inputs.has(feed.slot)) continue;
          inputs.set(feed.slot, inputs.values[static_cast<std::size_t>(feed.slot)] * x[v]);
        }
      }
    }
    return out;
  }

 private:
  std::span<const uncertain::Uncertain> runs_;
  std::vector<uncertain::Source> sources_;
  std::mt19937_64 random_;
  std::normal_distribution<double> normal_;
  std::uniform_real_distribution<double> uniform_{1e-9, 1 - 1e-9};
};

TEST_CASE("probability, ratio and band of random pairs are those of joint sampling") {
  test::Runs runs(31, tables());
  std::optional<run::ResolvedRun> last;
  int pairs = 0;
  int open = 0;
  for (int i = 0; i < 400 && pairs < 60; ++i) {
    const auto flags = runs.ordinary();
    auto here = resolved(flags);
    if (!here) continue;
    const auto there = std::exchange(last, here);
    if (!there) continue;
    for (const std::string_view key : {"facility_energy", "operational_location", "cost"}) {
      const auto a = result_of(here->inputs, key);
      const auto b = result_of(there->inputs, key);
      if (!a || !b || !(*a > 0) || !(*b > 0) || std::max(*a / *b, *b / *a) > 30) continue;
      INFO(test::command_of(flags) << ' ' << key);
      const bool first = *a <= *b;
      const run::ResolvedRun& best = first ? *here : *there;
      const run::ResolvedRun& other = first ? *there : *here;
      const Beside found = ask::set_beside(best, other, key);
      REQUIRE(found.ratio);
      CHECK(*found.ratio == Approx(std::max(*a, *b) / std::min(*a, *b)).epsilon(1e-12));
      const auto spread_best = uncertain::spread_of(best);
      const auto spread_other = uncertain::spread_of(other);
      const std::array<uncertain::Uncertain, 2> both{uncertain::Uncertain{best.inputs, spread_best},
                                                     uncertain::Uncertain{other.inputs, spread_other}};
      PlainSampling sampling(both, 1000 + static_cast<std::uint64_t>(i));
      constexpr int draws = 3000;
      double less = 0;
      // an end of a band may be a value of some weight, as the dearest provider's price is
      double below = 0;
      double above = 0;
      double at_low = 0;
      double at_high = 0;
      for (int n = 0; n < draws; ++n) {
        const auto inputs = sampling.draw();
        const double x = *result_of(inputs[0], key);
        const double y = *result_of(inputs[1], key);
        less += std::fabs(x - y) <= 1e-12 * x ? 0.5 : x < y ? 1 : 0;
        constexpr double hair = 1e-9;
        const auto at = [&](double end) { return std::fabs(y / x / end - 1) < hair; };
        if (found.low) (at(*found.low) ? at_low : below) += at(*found.low) || y / x < *found.low ? 1 : 0;
        if (found.high) (at(*found.high) ? at_high : above) += at(*found.high) || y / x > *found.high ? 1 : 0;
      }
      const double p = less / draws;
      const auto error = [](double share) { return 4.5 * std::sqrt(share * (1 - share) / draws) + 0.008; };
      CHECK(std::fabs(found.probability - p) < error(p));
      const auto is_twentieth = [&](double beyond, double at) {
        return beyond / draws < 0.05 + error(0.05) && (beyond + at) / draws > 0.05 - error(0.05);
      };
      if (found.low && *found.low < *found.ratio) CHECK(is_twentieth(below, at_low));
      if (found.high && *found.high > *found.ratio) CHECK(is_twentieth(above, at_high));
      ++pairs;
      open += found.order == Order::open ? 1 : 0;
    }
  }
  CHECK(pairs >= 40);
  CHECK(open >= 3);
}

TEST_CASE("exchange of two inputs makes the probability into its complement, and inverts ratio and band") {
  test::Runs runs(37, tables());
  std::optional<run::ResolvedRun> last;
  int pairs = 0;
  for (int i = 0; i < 300; ++i) {
    const auto flags = runs.ordinary();
    const auto here = resolved(flags);
    if (!here) continue;
    const auto there = std::exchange(last, here);
    const std::string_view key = "facility_energy";
    if (!there || !result_of(here->inputs, key) || !result_of(there->inputs, key)) continue;
    INFO(test::command_of(flags));
    const Beside one = ask::set_beside(*here, *there, key);
    const Beside two = ask::set_beside(*there, *here, key);
    CHECK(one.probability == Approx(1 - two.probability).margin(1e-12));
    CHECK(*one.ratio * *two.ratio == Approx(1).epsilon(1e-12));
    CHECK(one.low.has_value() == two.low.has_value());
    if (one.low && *one.low > 0) CHECK(*one.low * *two.high == Approx(1).epsilon(5e-3));
    CHECK(one.settles == two.settles);
    CHECK(one.settles_share == Approx(two.settles_share).epsilon(1e-9));
    ++pairs;
  }
  CHECK(pairs > 50);
}

ask::Comparison varied(const Flags& flags, const std::vector<std::string>& axes) {
  ask::CompareQuestion question{.runs = {{.run = test::scenario_of(flags)}}};
  for (const std::string& axis : axes) question.vary.push_back({axis, {}, "--vary"});
  return ask::compare(question, tables());
}

const Flags given{{Input::device_hours, "1000 device-h"}, {Input::power, "500 W"}, {Input::pue, "1.1"}};

TEST_CASE("what is given on both sides is certain, equal is the same, nothing is less than something") {
  const auto dear = varied(given, {"ci=100g/kWh,300g/kWh"}).verdict;
  REQUIRE(dear);
  CHECK(dear->others.front().order == Order::certain);
  CHECK(dear->others.front().probability == 1);
  CHECK(*dear->others.front().ratio == Approx(3));
  CHECK(!dear->others.front().low);
  CHECK(dear->sentence.find("certain, for nothing in it is predicted") != std::string::npos);

  const auto none = varied(given, {"ci=0g/kWh,300g/kWh"}).verdict;
  REQUIRE(none);
  CHECK(none->others.front().order == Order::certain);
  CHECK(!none->others.front().ratio);
  CHECK(none->sentence ==
        "ci 0g/kWh emits less CO2e than ci 300g/kWh, certain, for nothing in it is "
        "predicted or has a range: ci 0g/kWh emits none.");

  Flags clean = given;
  clean.emplace_back(Input::ci, "0 g/kWh");
  const auto zero = varied(clean, {"pue=1.1,1.2"}).verdict;  // no CO2e in both: energy tells them apart
  REQUIRE(zero);
  CHECK(zero->measure.key == "facility_energy");
  CHECK(zero->others.front().order == Order::certain);

  const auto same = varied(given, {"price=1 USD/h,2 USD/h"}).verdict;
  REQUIRE(same);
  CHECK(same->others.front().order == Order::same);
  CHECK(same->sentence.find("need the same energy: what differs between them does not move it") !=
        std::string::npos);
}

const Flags predicted{
    {Input::params, "3B"}, {Input::tokens, "1T"}, {Input::chips, "256"}, {Input::ci, "100 g/kWh"}};

TEST_CASE("an unknown that both share cancels: another PUE is certain though time and power are predicted") {
  Flags flags = predicted;
  flags.emplace_back(Input::hardware, "h100-sxm5");
  const auto verdict = varied(flags, {"pue=1.1,1.5"}).verdict;
  REQUIRE(verdict);
  CHECK(verdict->others.front().order == Order::certain);
  CHECK(verdict->sentence.find("what is uncertain is the same in both") != std::string::npos);
  CHECK(verdict->measure.key == "facility_energy");
}

TEST_CASE("the words follow the share of the draws, and the settling input is named where it is open") {
  const auto verdict =
      varied(predicted, {"hardware=h100-sxm5,a100-sxm4-80gb,tpu-v6e,v100-sxm2-32gb"}).verdict;
  REQUIRE(verdict);
  bool open = false;
  for (const Beside& b : verdict->others) {
    CHECK(b.order == (b.probability >= 0.95  ? Order::sure
                      : b.probability >= 0.8 ? Order::likely
                                             : Order::open));
    CHECK(b.settles);
    CHECK(b.settles_share > 0);
    CHECK(b.settles_share <= 1);
    open = open || b.order == Order::open || b.order == Order::likely;
  }
  CHECK(std::ranges::is_sorted(verdict->others, {}, &Beside::probability));
  CHECK((verdict->sentence.find("would settle most") != std::string::npos) == open);
}

TEST_CASE("a comparison without a common result has no verdict, and JSON says null") {
  Flags flags{{Input::chips, "8"}};
  flags.emplace_back(Input::power, "500 W");
  const auto nothing = varied(flags, {"ci=1g/kWh,2g/kWh"});
  CHECK(!nothing.verdict);
  const std::string json = report::render(report::present(nothing, tables()), report::Form::json);
  CHECK(json.find("\"verdict\": null") != std::string::npos);
}

TEST_CASE("top rows and groups of a sweep are told apart as compare tells the same runs apart") {
  ask::SweepQuestion question{.run = test::scenario_of(predicted),
                              .axes = {{"hardware=h100-sxm5,tpu-v6e", {}, "--axis"}},
                              .top = run::Given{"2", {}, "--top"},
                              .by = run::Given{"energy", {}, "--by"}};
  const auto rows = ask::sweep(question, tables()).verdict;
  const auto runs = varied(predicted, {"hardware=h100-sxm5,tpu-v6e"}).verdict;
  REQUIRE(rows);
  REQUIRE(runs);
  CHECK(rows->others.front().probability == runs->others.front().probability);
  CHECK(rows->others.front().low == runs->others.front().low);
  question.top.reset();
  question.group_by = run::Given{"hardware", {}, "--group-by"};
  const auto groups = ask::sweep(question, tables()).verdict;
  REQUIRE(groups);
  CHECK(groups->sentence == rows->sentence);
}

TEST_CASE("a plan says how surely its best run keeps the limits") {
  const ask::PlanQuestion question{
      .run = test::scenario_of({{Input::params, "1B"}, {Input::tokens, "100B"}, {Input::grid, "SWE"}}),
      .axes = {{"hardware=h100-sxm5,a100-sxm4-80gb", {}, "--axis"}, {"chips=8,16,32,64", {}, "--axis"}},
      .at_most = {{"time", {"3 days", {}, "--max-time"}}},
      .minimize = run::Given{"energy", {}, "--minimize"}};
  const auto answer = ask::plan(question, tables());
  REQUIRE(answer.verdict);
  REQUIRE(answer.verdict->limits_kept);
  CHECK(*answer.verdict->limits_kept > 0);
  CHECK(*answer.verdict->limits_kept <= 1);
  CHECK(answer.verdict->others.size() == answer.found.by_hardware.size() - 1);
}

}  // namespace
}  // namespace kwhatif
