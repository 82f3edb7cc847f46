#include "support/catch.hpp"
#include <kwhatif/number/dual.hpp>
#include <kwhatif/run/estimator.hpp>
#include <kwhatif/uncertain/certainty.hpp>
#include <kwhatif/uncertain/sensitivity.hpp>
#include <kwhatif/uncertain/uncertainty.hpp>

#include <array>
#include <cmath>

using namespace kwhatif;
using run::Slot;
using uncertain::InputDistribution;
using uncertain::Spread;

namespace {

// A plain run: 7e9 parameters on 1e12 tokens, peak 312 TFLOP/s.
run::RunInputs<double> plain_run() {
  run::RunInputs<double> in;
  run::set_slot(in, Slot::active_parameters, 7e9);
  run::set_slot(in, Slot::tokens, 1e12);
  run::set_slot(in, Slot::flop_factor, 6);
  run::set_slot(in, Slot::peak, 312e12);
  run::set_slot(in, Slot::mfu, 0.4);
  run::set_slot(in, Slot::devices, 256);
  run::set_slot(in, Slot::power, 500);
  run::set_slot(in, Slot::pue, 1.2);
  run::set_slot(in, Slot::ci, 0.4 / 3.6e6);
  return in;
}

InputDistribution lognormal(double median, double sigma) {
  const double z95 = 1.6448536269514722;
  return InputDistribution::lognormal(median * std::exp(-z95 * sigma), median,
                                      median * std::exp(z95 * sigma));
}

}  // namespace

TEST_CASE("percentiles of a product of lognormals agree with the closed form to 0.2 %") {
  const auto in = plain_run();
  const auto check = [&](std::initializer_list<std::pair<Slot, double>> sigmas, std::uint32_t seed) {
    Spread spread;
    double variance = 0;
    for (const auto& [slot, sigma] : sigmas) {
      spread[slot] = lognormal(*run::slot_value(in, slot), sigma);
      variance += sigma * sigma;
    }
    const auto out = uncertain::intervals(in, spread, {.seed = seed});
    const auto* band = out.find("operational_location");
    REQUIRE(band != nullptr);
    const double middle = run::estimate(in).operational_location->coherent();
    const auto closed = [&](double z) { return middle * std::exp(z * std::sqrt(variance)); };
    const double z95 = 1.6448536269514722;
    const double z75 = 0.6744897501960817;
    CHECK(band->p05 == Approx(closed(-z95)).epsilon(2e-3));
    CHECK(band->p25 == Approx(closed(-z75)).epsilon(2e-3));
    CHECK(band->p50 == Approx(closed(0)).epsilon(2e-3));
    CHECK(band->p75 == Approx(closed(z75)).epsilon(2e-3));
    CHECK(band->p95 == Approx(closed(z95)).epsilon(2e-3));
  };
  const std::uint32_t seed = uncertain::Sampling{}.seed;
  check({{Slot::mfu, 0.25}}, seed);
  check({{Slot::mfu, 0.25}, {Slot::power, 0.1}, {Slot::ci, 0.2}}, seed);
  check({{Slot::tokens, 0.05}, {Slot::mfu, 0.3}, {Slot::power, 0.15}, {Slot::pue, 0.08}, {Slot::ci, 0.2}},
        seed);
}

TEST_CASE("one and two threads give the same bits") {
  const auto in = plain_run();
  Spread spread;
  spread[Slot::mfu] = lognormal(0.4, 0.3);
  spread[Slot::power] = InputDistribution::uniform(400, 600);
  spread[Slot::ci] = lognormal(*run::slot_value(in, Slot::ci), 0.2);
  const auto one = uncertain::intervals(in, spread, {.threads = 1});
  const auto two = uncertain::intervals(in, spread, {.threads = 2});
  const auto three = uncertain::intervals(in, spread, {.threads = 3});
  REQUIRE(one.bands.size() == two.bands.size());
  for (std::size_t i = 0; i < one.bands.size(); ++i) {
    CHECK(one.bands[i].p05 == two.bands[i].p05);
    CHECK(one.bands[i].p50 == two.bands[i].p50);
    CHECK(one.bands[i].p95 == two.bands[i].p95);
    CHECK(one.bands[i].p95 == three.bands[i].p95);
  }
}

TEST_CASE("exact results have no band, and no spread gives no bands") {
  const auto in = plain_run();
  CHECK(uncertain::intervals(in, {}).bands.empty());
  Spread spread;
  spread[Slot::ci] = lognormal(*run::slot_value(in, Slot::ci), 0.2);
  const auto out = uncertain::intervals(in, spread);
  CHECK(out.find("facility_energy") == nullptr);
  CHECK(out.find("operational_location") != nullptr);
}

TEST_CASE("what two runs share cancels in their ratio") {
  const auto a = plain_run();
  auto b = plain_run();
  run::set_slot(b, Slot::ci, 2 * *run::slot_value(a, Slot::ci));
  Spread spread_a;
  spread_a[Slot::mfu] = lognormal(0.4, 0.3);
  Spread spread_b = spread_a;
  const auto same_machine = uncertain::ratios({b, spread_b}, {a, spread_a});
  const auto* band = same_machine.find("operational_location");
  REQUIRE(band != nullptr);
  CHECK(band->p05 == Approx(2).epsilon(1e-12));
  CHECK(band->p95 == Approx(2).epsilon(1e-12));
  run::set_slot(b, Slot::mfu, 0.3);
  spread_b[Slot::mfu] = lognormal(0.3, 0.3);
  const auto other_machine = uncertain::ratios({b, spread_b}, {a, spread_a});
  const auto* wide = other_machine.find("device_time");
  REQUIRE(wide != nullptr);
  CHECK(wide->p95 / wide->p05 == Approx(std::exp(2 * 1.6448536 * 0.3 * std::sqrt(2.0))).epsilon(1e-2));
}

TEST_CASE("elasticities of a plain run are -1 for MFU and +1 for what multiplies") {
  const auto found = uncertain::elasticities(plain_run(), "operational_location");
  const auto of = [&](Slot slot) {
    for (const auto& e : found) {
      if (e.slot == slot) return e.elasticity;
    }
    return 0.0;
  };
  CHECK(of(Slot::mfu) == Approx(-1));
  CHECK(of(Slot::peak) == Approx(-1));
  CHECK(of(Slot::power) == Approx(1));
  CHECK(of(Slot::pue) == Approx(1));
  CHECK(of(Slot::ci) == Approx(1));
  CHECK(of(Slot::tokens) == Approx(1));
  CHECK(of(Slot::devices) == Approx(0));
  CHECK(uncertain::elasticities(plain_run(), "cost").empty());
}

TEST_CASE("drivers share the variance by elasticity and deviation") {
  const auto in = plain_run();
  Spread spread;
  spread[Slot::mfu] = lognormal(0.4, 0.3);
  spread[Slot::power] = lognormal(500, 0.1);
  spread[Slot::devices] = lognormal(256, 0.5);  // does not matter for energy
  const std::array<uncertain::Uncertain, 1> run{uncertain::Uncertain{in, spread}};
  const auto found =
      uncertain::drivers(uncertain::Draws(run), std::array<std::size_t, 1>{0}, "facility_energy");
  REQUIRE(found.size() == 2);
  CHECK(found[0].slot == Slot::mfu);
  CHECK(found[0].share == Approx(0.9).epsilon(2e-3));
  CHECK(found[0].share + found[1].share == Approx(1));
}

TEST_CASE("Dual gives the derivatives of a quotient of products") {
  using D = number::Dual<3>;
  const auto x = D::input(3, 0);
  const auto y = D::input(4, 1);
  const auto z = D::input(2, 2);
  const auto f = (x * y - z) / (z * z + D(1));  // 10 / 5
  CHECK(f.value() == Approx(2));
  CHECK(f.by(0) == Approx(4.0 / 5));
  CHECK(f.by(1) == Approx(3.0 / 5));
  CHECK(f.by(2) == Approx(-1.0 / 5 - 10.0 * 4 / 25));
}

TEST_CASE("the normal percentage points are the tabulated ones") {
  CHECK(predict::normal_quantile(0.5) == 0);
  CHECK(predict::normal_quantile(0.975) == Approx(1.959963984540054).epsilon(1e-14));
  CHECK(predict::normal_quantile(0.95) == Approx(1.6448536269514722).epsilon(1e-14));
  CHECK(predict::normal_quantile(0.25) == Approx(-0.6744897501960817).epsilon(1e-14));
  CHECK(predict::normal_quantile(1e-10) == Approx(-6.361340902404056).epsilon(1e-13));
  CHECK(predict::normal_quantile(0.001) == Approx(-3.090232306167814).epsilon(1e-14));
}
