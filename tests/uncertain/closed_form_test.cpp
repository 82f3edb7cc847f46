// Bands in closed form against the same bands over draws: on random runs, on pairs of them, and where a
// distribution has kinks and cuts.
#include "support/catch.hpp"
#include "support/runs.hpp"
#include <kwhatif/number/terms.hpp>
#include <kwhatif/run/estimator.hpp>
#include <kwhatif/run/resolve.hpp>
#include <kwhatif/uncertain/uncertainty.hpp>

#include <algorithm>
#include <array>
#include <cmath>
#include <optional>
#include <vector>

namespace kwhatif {
namespace {

using run::Slot;
using uncertain::Band;
using uncertain::InputDistribution;
using uncertain::Intervals;

constexpr double stated = 5e-4;          ///< error of a closed form, of the logarithm
constexpr double stated_of_sums = 5e-3;  ///< of a sum of products

const catalog::Catalog& tables() { return catalog::Catalog::builtin(); }

// Mean over several scramblings of the points, and how far it can be off by that.
struct Sampled {
  double mean = 0;
  double error = 0;
};

Sampled sampled(const std::vector<Intervals>& seeds, std::string_view key, double Band::*share) {
  double sum = 0;
  double square = 0;
  const auto n = static_cast<double>(seeds.size());
  for (const Intervals& one : seeds) {
    REQUIRE(one.find(key));
    const double y = std::log(one.find(key)->*share);
    sum += y / n;
    square += y * y / n;
  }
  return {sum, std::sqrt(std::max(0.0, square - sum * sum) / (n - 1))};
}

struct Compared {
  int points = 0;
  int beyond = 0;  ///< by more than six times what the draws can be off, of which few seeds know little
};

// Every percentile of `closed` against those over draws.
void check_against(const Intervals& closed, const std::vector<Intervals>& seeds, Compared& compared) {
  constexpr std::array<std::string_view, 6> sums{"total_co2e", "water",          "embodied",
                                                 "cost",       "flop_with_base", "power"};
  for (const Band& band : closed.bands) {
    const bool sum = std::find(sums.begin(), sums.end(), band.info.key) != sums.end();
    INFO(band.info.key);
    CHECK(band.p05 <= band.p25);
    CHECK(band.p25 <= band.p50);
    CHECK(band.p50 <= band.p75);
    CHECK(band.p75 <= band.p95);
    for (const auto& share : uncertain::percentiles) {
      INFO(share.name);
      const Sampled drawn = sampled(seeds, band.info.key, share.value);
      const double off = std::log(band.*share.value) - drawn.mean;
      const double over = std::fabs(off) - (sum ? stated_of_sums : stated);
      CHECK(over <= 15 * drawn.error);
      compared.beyond += over > 6 * drawn.error ? 1 : 0;
      ++compared.points;
    }
  }
}

// None where the random flags contradict each other.
std::optional<run::ResolvedRun> resolved(const test::Flags& flags) {
  try {
    return run::resolve(test::scenario_of(flags), tables());
  } catch (const diag::Error&) {
    return std::nullopt;
  }
}

constexpr std::array<std::uint32_t, 8> seeds{1, 22, 333, 4444, 55555, 666666, 7777777, 88888888};

TEST_CASE("bands of products in closed form are those over many draws, on random runs") {
  test::Runs runs(41, tables());
  Compared compared;
  for (int i = 0; i < test::repeats(120); ++i) {
    const auto flags = runs.ordinary();
    auto run = resolved(flags);
    if (!run) continue;
    INFO(test::command_of(flags));
    const auto spread = uncertain::spread_of(*run);
    std::vector<Intervals> drawn;
    for (const std::uint32_t seed : seeds)
      drawn.push_back(uncertain::intervals(run->inputs, spread, {.points = 1U << 14U, .seed = seed}));
    const auto closed = uncertain::intervals(run->inputs, spread);
    CHECK(closed.bands.size() == drawn.front().bands.size());
    check_against(closed, drawn, compared);
  }
  CHECK(compared.beyond <= compared.points / 500);
  CHECK(compared.points > test::repeats(1000));
}

TEST_CASE("bands of ratios in closed form are those over many draws, on random pairs of runs") {
  test::Runs runs(43, tables());
  Compared compared;
  std::optional<run::ResolvedRun> last;
  for (int i = 0; i < test::repeats(100); ++i) {
    const auto flags = runs.ordinary();
    auto run = resolved(flags);
    if (!run) continue;
    INFO(test::command_of(flags));
    const auto spread = uncertain::spread_of(*run);
    if (last) {
      const auto other = uncertain::spread_of(*last);
      std::vector<Intervals> drawn;
      for (const std::uint32_t seed : seeds)
        drawn.push_back(uncertain::ratios({run->inputs, spread}, {last->inputs, other},
                                          {.points = 1U << 14U, .seed = seed}));
      const auto closed = uncertain::ratios({run->inputs, spread}, {last->inputs, other});
      CHECK(closed.bands.size() == drawn.front().bands.size());
      check_against(closed, drawn, compared);
    }
    last = std::move(run);
  }
  CHECK(compared.beyond <= compared.points / 500);
  CHECK(compared.points > test::repeats(500));
}

run::RunInputs<double> plain_run() {
  run::RunInputs<double> in;
  for (const auto& [slot, value] :
       {std::pair{Slot::active_parameters, 7e9}, std::pair{Slot::tokens, 1e12},
        std::pair{Slot::flop_factor, 6.0}, std::pair{Slot::peak, 312e12}, std::pair{Slot::mfu, 0.4},
        std::pair{Slot::devices, 256.0}, std::pair{Slot::tdp, 500.0}, std::pair{Slot::power_ratio, 0.9},
        std::pair{Slot::pue, 1.2}, std::pair{Slot::ci, 0.4 / 3.6e6}})
    run::set_slot(in, slot, value);
  return in;
}

// A utilisation cut at the roofline, so that a part of all outcomes lies there.
predict::Distribution cut(double median, double deviation, double most) {
  predict::Distribution out;
  out.location = std::log(median);
  out.deviation = deviation;
  out.most = most;
  return out;
}

TEST_CASE("closed forms hold where outcomes are cut, uneven, flat, narrow or follow each other") {
  const auto in = plain_run();
  test::Random random(5);
  Compared compared;
  for (int i = 0; i < test::repeats(60); ++i) {
    INFO(i);
    uncertain::Spread spread;
    const auto lognormal = [&](Slot slot) {
      const double x = *run::slot_value(in, slot);
      spread[slot] = InputDistribution::lognormal(x * std::exp(-random.magnitude(-3, 0)), x,
                                                  x * std::exp(random.magnitude(-3, 0)));
    };
    auto rate = cut(0.4, random.magnitude(-2, -0.2), 0.4 * std::exp(random.magnitude(-2, 0)));
    spread[Slot::mfu] = InputDistribution::predicted(rate);
    auto power = cut(0.9, random.magnitude(-2, -0.5), 10);
    power.tails = predict::Tails::normal;
    power.least = 0.9 * std::exp(-random.magnitude(-2, 0));
    if (i % 2 == 0) power.follows = {.still = random.between(0, 0.9), .busy = random.between(0.2, 2)};
    if (i % 3 != 0) spread[Slot::power_ratio] = InputDistribution::predicted(power);
    if (i % 4 != 0) lognormal(Slot::pue);
    if (i % 5 != 0) lognormal(Slot::ci);
    if (i % 6 == 0) spread[Slot::ci] = InputDistribution::uniform(0.1 / 3.6e6, 0.7 / 3.6e6);
    spread[Slot::peak] = InputDistribution::uniform(311e12, 313e12);
    std::vector<Intervals> drawn;
    for (const std::uint32_t seed : seeds)
      drawn.push_back(uncertain::intervals(in, spread, {.points = 1U << 15U, .seed = seed}));
    check_against(uncertain::intervals(in, spread), drawn, compared);
  }
  CHECK(compared.beyond <= compared.points / 500);
  CHECK(compared.points > test::repeats(100));
}

TEST_CASE("one unknown alone gives its own percentiles, to the last digits") {
  const auto in = plain_run();
  uncertain::Spread spread;
  spread[Slot::mfu] = InputDistribution::predicted(cut(0.4, 0.3, 0.5));
  const auto out = uncertain::intervals(in, spread);
  const Band* time = out.find("device_time");
  REQUIRE(time);
  const double middle = run::estimate(in).device_time->coherent();
  CHECK(time->p95 == Approx(middle * 0.4 / spread[Slot::mfu]->quantile(0.05)).epsilon(1e-12));
  CHECK(time->p50 == Approx(middle).epsilon(1e-12));
  CHECK(time->p05 == Approx(middle * 0.4 / 0.5).epsilon(1e-12));  // where it is cut
}

TEST_CASE("products of lognormals are the textbook's, to 1e-4") {
  const auto in = plain_run();
  uncertain::Spread spread;
  double variance = 0;
  const double z95 = predict::normal_quantile(0.95);
  for (const auto& [slot, sigma] : {std::pair{Slot::mfu, 0.3}, std::pair{Slot::power_ratio, 0.15},
                                    std::pair{Slot::pue, 0.02}, std::pair{Slot::ci, 0.25}}) {
    const double x = *run::slot_value(in, slot);
    spread[slot] = InputDistribution::lognormal(x * std::exp(-z95 * sigma), x, x * std::exp(z95 * sigma));
    variance += sigma * sigma;
  }
  const auto out = uncertain::intervals(in, spread);
  const Band* band = out.find("operational_location");
  REQUIRE(band);
  const double middle = run::estimate(in).operational_location->coherent();
  constexpr double close = 1e-4;
  CHECK(band->p05 == Approx(middle * std::exp(-z95 * std::sqrt(variance))).epsilon(close));
  CHECK(band->p25 ==
        Approx(middle * std::exp(predict::normal_quantile(0.25) * std::sqrt(variance))).epsilon(close));
  CHECK(band->p50 == Approx(middle).epsilon(close));
  CHECK(band->p95 == Approx(middle * std::exp(z95 * std::sqrt(variance))).epsilon(close));
}

}  // namespace
}  // namespace kwhatif
