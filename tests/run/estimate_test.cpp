// One formula, many numbers: the laws that every estimate obeys, and the agreement of the number types.
#include "support/catch.hpp"
#include "support/random.hpp"
#include <kwhatif/number/interval.hpp>
#include <kwhatif/run/estimator.hpp>

#include <cmath>
#include <cstdint>
#include <optional>
#include <string_view>
#include <vector>

namespace kwhatif::run {
namespace {

using Inputs = RunInputs<double>;

/// A random run: each input known or not, each of a magnitude that occurs.
Inputs random_run(test::Random& random) {
  Inputs in;
  const auto maybe = [&](Slot slot, double low, double high) {
    if (random.below(3) != 0) set_slot(in, slot, random.magnitude(low, high));
  };
  maybe(Slot::active_parameters, 6, 13);
  maybe(Slot::tokens, 6, 14);
  maybe(Slot::epochs, 0, 2);
  maybe(Slot::flop_factor, 0.5, 1);
  maybe(Slot::training_flop, 15, 28);
  maybe(Slot::peak, 12, 16);
  maybe(Slot::mfu, -3, 0);
  maybe(Slot::achieved, 10, 16);
  maybe(Slot::devices, 0, 6);
  maybe(Slot::wall_time, 2, 8);
  maybe(Slot::device_time, 2, 12);
  maybe(Slot::power, 1, 4);
  maybe(Slot::total_power, 2, 8);
  maybe(Slot::runs, 0, 4);
  maybe(Slot::overhead, -2, 0);
  maybe(Slot::pue, 0, 0.4);
  maybe(Slot::ci, -9, -6);
  maybe(Slot::ci_market, -9, -6);
  maybe(Slot::price, -4, -2);
  maybe(Slot::electricity_price, -9, -7);
  return in;
}

/// A run of which everything follows.
Inputs whole_run() {
  Inputs in;
  set_slot(in, Slot::training_flop, 3.14e23);
  set_slot(in, Slot::achieved, 24.6e12);
  set_slot(in, Slot::devices, 10000.0);
  set_slot(in, Slot::power, 330.0);
  set_slot(in, Slot::pue, 1.1);
  set_slot(in, Slot::ci, 0.429 / 3.6e6);
  set_slot(in, Slot::ci_market, 0.1 / 3.6e6);
  set_slot(in, Slot::price, 3.0 / 3600);
  return in;
}

/// Calls compare(name, a, b) with the values of every result of two estimates, absent ones as none.
template <class A, class B, class Compare>
void for_each_pair(const RunEstimate<A>& a, const RunEstimate<B>& b, Compare compare) {
  std::vector<std::optional<double>> left;
  for_each_result(a, [&](const ResultInfo&, const auto& field) {
    left.push_back(field ? std::optional<double>{number::value(field->coherent())} : std::nullopt);
  });
  std::size_t i = 0;
  for_each_result(b, [&](const ResultInfo& info, const auto& field) {
    compare(info.key, left[i++],
            field ? std::optional<double>{number::value(field->coherent())} : std::nullopt);
  });
}

TEST_CASE("a traced estimate gives the bits of the plain one, for any set of known inputs") {
  test::Random random(61);
  for (int i = 0; i < 3000; ++i) {
    const Inputs in = random_run(random);
    number::Tape tape;
    const auto traced = lift<number::Traced>(in, [&](Slot slot, const auto&, double x) {
      return number::Traced{tape, tape.leaf(x, static_cast<std::uint32_t>(slot))};
    });
    for_each_pair(estimate(in), estimate(traced), [](auto key, const auto& plain, const auto& recorded) {
      const bool same =
          plain.has_value() == recorded.has_value() && (!plain || test::same_bits(*plain, *recorded));
      if (!same) FAIL_CHECK(key << ": " << plain.value_or(-1) << " and " << recorded.value_or(-1));
    });
  }
}

TEST_CASE("an estimate over intervals contains the estimate of every sample") {
  test::Random random(62);
  for (int i = 0; i < 500; ++i) {
    const Inputs in = random_run(random);
    const auto bounds = lift<number::Interval>(in, [](Slot, const auto&, double x) {
      return number::Interval{x * 0.99, x * 1.01};
    });
    const auto box = estimate(bounds);
    for (int s = 0; s < 5; ++s) {
      const auto sample =
          lift<double>(in, [&](Slot, const auto&, double x) { return x * random.between(0.99, 1.01); });
      const auto result = estimate(sample);
      std::vector<std::optional<number::Interval>> ends;
      for_each_result(box, [&](const ResultInfo&, const auto& field) {
        ends.push_back(field ? std::optional{field->coherent()} : std::nullopt);
      });
      std::size_t k = 0;
      for_each_result(result, [&](const ResultInfo& info, const auto& field) {
        const auto& end = ends[k++];
        if (!field || !end) return;
        const double x = field->coherent();
        const double slack = 1e-12 * std::fabs(x);
        if (x < end->low - slack || x > end->high + slack)
          FAIL_CHECK(info.key << ": " << x << " is outside [" << end->low << ", " << end->high << ']');
      });
    }
  }
}

TEST_CASE("results are finite and positive where inputs are, and absent where nothing follows") {
  test::Random random(63);
  for (int i = 0; i < 3000; ++i) {
    auto result = estimate(random_run(random));
    for_each_result(result, [](const ResultInfo& info, const auto& field) {
      if (field && !(field->coherent() > 0 && std::isfinite(field->coherent()))) FAIL_CHECK(info.key);
    });
  }
  auto nothing = estimate(Inputs{});
  for_each_result(nothing, [](const ResultInfo& info, const auto& field) {
    if (field) FAIL_CHECK(info.key << " of nothing");
  });
}

/// Ratio of each result after one input was multiplied, as key -> ratio.
double ratio_of(std::string_view key, Slot slot, double factor) {
  Inputs changed = whole_run();
  set_slot(changed, slot, *slot_value(changed, slot) * factor);
  double out = 0;
  for_each_pair(estimate(whole_run()), estimate(changed), [&](auto k, const auto& before, const auto& after) {
    if (k == key && before && after) out = *after / *before;
  });
  return out;
}

TEST_CASE("the laws of scale hold") {
  struct Law {
    std::string_view result;
    Slot input;
    double exponent;
  };
  const std::vector<Law> laws{
      {"facility_energy", Slot::training_flop, 1},
      {"facility_energy", Slot::achieved, -1},
      {"facility_energy", Slot::devices, 0},
      {"facility_energy", Slot::power, 1},
      {"facility_energy", Slot::pue, 1},
      {"facility_energy", Slot::ci, 0},
      {"it_energy", Slot::pue, 0},
      {"wall_time", Slot::devices, -1},
      {"wall_time", Slot::pue, 0},
      {"wall_time", Slot::power, 0},
      {"device_time", Slot::devices, 0},
      {"operational_location", Slot::ci, 1},
      {"operational_location", Slot::ci_market, 0},
      {"operational_market", Slot::ci_market, 1},
      {"operational_market", Slot::ci, 0},
      {"cost", Slot::price, 1},
      {"cost", Slot::pue, 0},
      {"cost", Slot::training_flop, 1},
  };
  for (const Law& law : laws) {
    INFO(law.result << " and " << info(law.input).key);
    CHECK(ratio_of(law.result, law.input, 2) == Approx(std::pow(2, law.exponent)).epsilon(1e-14));
  }
}

TEST_CASE("GPT-3 as Patterson et al. 2021 give it") {
  const auto result = estimate(whole_run());
  CHECK(result.facility_energy->coherent() / 3.6e9 == Approx(1287).epsilon(0.0005));       // MWh, table 4
  CHECK(result.operational_location->coherent() / 1000 == Approx(552.1).epsilon(0.0005));  // t, table 4
  CHECK(result.wall_time->coherent() / 86400 == Approx(14.8).epsilon(0.005));              // days, table 4
}

TEST_CASE("time that was measured is taken as it is, and gives compute or rate") {
  Inputs in;
  set_slot(in, Slot::devices, 8.0);
  set_slot(in, Slot::wall_time, 3600.0);
  set_slot(in, Slot::achieved, 1e14);
  CHECK(estimate(in).device_time->coherent() == 8 * 3600.0);
  CHECK(estimate(in).training_flop->coherent() == 8 * 3600.0 * 1e14);
  set_slot(in, Slot::achieved, std::nullopt);
  set_slot(in, Slot::training_flop, 2.88e18);
  CHECK(estimate(in).achieved->coherent() == Approx(1e14).epsilon(1e-15));
}

TEST_CASE("runs and overhead multiply what one run takes, not its compute") {
  Inputs in = whole_run();
  set_slot(in, Slot::runs, 3.0);
  set_slot(in, Slot::overhead, 0.25);
  const auto one = estimate(whole_run());
  const auto all = estimate(in);
  CHECK(all.training_flop == one.training_flop);
  CHECK(all.device_time->coherent() == Approx(3.75 * one.device_time->coherent()).epsilon(1e-15));
  CHECK(all.wall_time->coherent() == Approx(3.75 * one.wall_time->coherent()).epsilon(1e-15));
  CHECK(all.operational_location->coherent() ==
        Approx(3.75 * one.operational_location->coherent()).epsilon(1e-15));
}

TEST_CASE("every slot has its own key, dimension and value") {
  for (std::size_t i = 0; i < slot_count; ++i) {
    Inputs in;
    const auto slot = static_cast<Slot>(i);
    set_slot(in, slot, 5.0);
    for (std::size_t k = 0; k < slot_count; ++k) {
      if (slot_value(in, static_cast<Slot>(k)).has_value() != (k == i)) FAIL_CHECK(info(slot).key);
      if (k != i && slot_table[k].key == slot_table[i].key) FAIL_CHECK(info(slot).key);
    }
  }
  CHECK(slot_dimension(Slot::ci) == quantity::dim::carbon_intensity);
  CHECK(slot_dimension(Slot::device_time) == quantity::dim::device_time);
}

}  // namespace
}  // namespace kwhatif::run
