// Quantity to text: three significant digits and SI prefixes for people, exact for machines.
#include "support/catch.hpp"
#include "support/random.hpp"
#include <kwhatif/diag/diagnostic.hpp>
#include <kwhatif/quantity/format.hpp>
#include <kwhatif/quantity/kinds.hpp>
#include <kwhatif/quantity/parse.hpp>

#include <array>
#include <cmath>
#include <limits>

namespace kwhatif::quantity {
namespace {

constexpr double kWh = 3.6e6;

TEST_CASE("every dimension has a coherent unit") {
  CHECK(coherent_unit(dim::one) == "1");
  CHECK(coherent_unit(dim::energy) == "J");
  CHECK(coherent_unit(dim::device_power) == "W/device");
  CHECK(coherent_unit(dim::carbon_intensity) == "kg/J");
  CHECK(coherent_unit(dim::device_time) == "device-s");
  CHECK(coherent_unit(dim::device_price) == "USD/device/s");
  CHECK(coherent_unit(dim::flop_per_parameter_token) == "FLOP/parameter/token");
  CHECK(coherent_unit(dim::area) == "m2");
}

TEST_CASE("people read three significant digits with a fitting prefix") {
  CHECK(human(1.287e6 * kWh, dim::energy) == "1.29 GWh");
  CHECK(human(656347 * kWh, dim::energy) == "656 MWh");
  CHECK(human(0.5 * kWh, dim::energy) == "500 Wh");
  CHECK(human(552100, dim::co2e) == "552 t");
  CHECK(human(24.69e3, dim::co2e) == "24.7 t");
  CHECK(human(0.0042, dim::co2e) == "4.20 g");
  CHECK(human(1278720, dim::time) == "14.8 days");
  CHECK(human(90 * 60, dim::time) == "1.50 h");
  CHECK(human(45, dim::time) == "45.0 s");
  CHECK(human(3 * 31536000.0, dim::time) == "3.00 years");
  CHECK(human(3.55e6 * 3600, dim::device_time) == "3.55 M device-h");
  CHECK(human(24.6e12, dim::flop_rate) == "24.6 TFLOP/s");
  CHECK(human(24.6e12, dim::device_flop_rate) == "24.6 TFLOP/s/device");
  CHECK(human(330, dim::power) == "330 W");
  CHECK(human(330, dim::device_power) == "330 W/device");
  CHECK(human(3.3e6, dim::power) == "3.30 MW");
  CHECK(human(0.429 / kWh, dim::carbon_intensity) == "429 g/kWh");
  CHECK(human(3.14e23, dim::flop) == "3.14e23 FLOP");
  CHECK(human(175e9, dim::parameter) == "175 B parameters");
  CHECK(human(300e9, dim::token) == "300 B tokens");
  CHECK(human(10000, dim::device) == "10000");
  CHECK(human(100000, dim::device) == "100000");
  CHECK(human(1.1, dim::one) == "1.10");
  CHECK(human(5e6, dim::money) == "5.00 M USD");
  CHECK(human(3.0 / 3600, dim::device_price) == "3.00 USD/device-h");
  CHECK(human(80e9, dim::data) == "80.0 GB");
  CHECK(human(0.0001204, dim::co2e / dim::length) == "120 g/km");
}

TEST_CASE("a share is printed as one") {
  CHECK(percent(0.34) == "34 %");
  CHECK(percent(1) == "100 %");
  CHECK(percent(0.9999) == "100 %");
  CHECK(percent(0.0073) == "0.73 %");
  CHECK(percent(2.3e-16) == "<0.1 %");
  CHECK(percent(0) == "0 %");
  CHECK(percent(-0.0) == "0 %");
}

TEST_CASE("the prefix is chosen after rounding") {
  CHECK(human(999.6 * kWh, dim::energy) == "1.00 MWh");
  CHECK(human(999.4 * kWh, dim::energy) == "999 kWh");
  CHECK(human(999.96e3, dim::co2e) == "1.00 kt");
  CHECK(significant(9.999) == "10.0");
  CHECK(significant(999.5) == "1000");
  CHECK(significant(0.0099999) == "0.0100");
}

TEST_CASE("zero is zero and has a unit") {
  CHECK(human(0, dim::energy) == "0 kWh");
  CHECK(human(0, dim::co2e) == "0 kg");
  CHECK(human(0, dim::time) == "0 s");
  CHECK(human(0, dim::carbon_intensity) == "0 g/kWh");
  CHECK(significant(-0.0) == "0");
}

TEST_CASE("very large and very small numbers use an exponent without padding") {
  CHECK(significant(3.14e23) == "3.14e23");
  CHECK(significant(1.5e-7) == "1.50e-7");
  CHECK(significant(0.00012345) == "0.000123");
  CHECK(significant(-42.5, 2) == "-42");
  CHECK(shortest(0.1) == "0.1");
  CHECK(shortest(3.14e23) == "3.14e23");
  CHECK(shortest(1e-7) == "1e-7");
}

TEST_CASE("a number that the usual unit would make too large stays in the coherent one") {
  constexpr double most = 1.7e308;
  CHECK(human(most, dim::device_price) == "1.70e308 USD/device/s");
  CHECK(human(most, dim::carbon_intensity) == "1.70e308 kg/J");
}

TEST_CASE("a named unit is converted without visible rounding") {
  CHECK(in_unit(1.287e6 * kWh, "MWh", 4) == "1287 MWh");
  CHECK(in_unit(kWh, "kWh") == "1.00 kWh");
  CHECK(to_unit(parse("0.429 kg/kWh", {.dimension = dim::carbon_intensity}).value.coherent, "kg/kWh") ==
        0.429);
  CHECK(to_unit(parse("14.8 days", {.dimension = dim::time}).value.coherent, "days") == 14.8);
  CHECK(to_unit(parse("3.06 USD/h", {.dimension = dim::device_price}).value.coherent, "USD/h") == 3.06);
  CHECK(to_unit(parse("0.54 USD/h", {.dimension = dim::device_price}).value.coherent, "USD/h") == 0.54);
  CHECK(to_unit(parse("126000 lb", {.dimension = dim::co2e}).value.coherent, "lb") == 126000);
}

TEST_CASE("what was written with up to twelve digits comes back as written") {
  struct Unit {
    std::string_view name;
    Dimension dimension;
  };
  const std::array units{Unit{"g/kWh", dim::carbon_intensity},
                         Unit{"kg/kWh", dim::carbon_intensity},
                         Unit{"lb/kWh", dim::carbon_intensity},
                         Unit{"USD/h", dim::device_price},
                         Unit{"h", dim::time},
                         Unit{"days", dim::time},
                         Unit{"kWh", dim::energy},
                         Unit{"MWh", dim::energy},
                         Unit{"lb", dim::co2e},
                         Unit{"t", dim::co2e},
                         Unit{"TFLOP/s", dim::flop_rate},
                         Unit{"mi", dim::length}};
  test::Random random(6);
  for (const Unit& unit : units) {
    for (int i = 0; i < 2000; ++i) {
      const std::string digits =
          std::to_string(random.below(1000000)) + '.' + std::to_string(random.below(1000));
      const double coherent =
          parse(digits + ' ' + std::string{unit.name}, {.dimension = unit.dimension}).value.coherent;
      const double back = to_unit(coherent, unit.name);
      if (back != std::stod(digits)) FAIL(digits << ' ' << unit.name << " comes back as " << shortest(back));
    }
  }
}

TEST_CASE("exact text reads back to the same bits in every dimension") {
  const std::array dimensions{dim::one,
                              dim::time,
                              dim::energy,
                              dim::power,
                              dim::co2e,
                              dim::flop,
                              dim::flop_rate,
                              dim::token,
                              dim::parameter,
                              dim::device,
                              dim::device_time,
                              dim::money,
                              dim::price_rate,
                              dim::energy_price,
                              dim::carbon_intensity,
                              dim::device_power,
                              dim::device_price,
                              dim::device_flop_rate,
                              dim::water,
                              dim::water_intensity,
                              dim::length,
                              dim::area,
                              dim::data,
                              dim::bandwidth,
                              dim::co2e / dim::length};
  test::Random random(3);
  for (const Dimension& d : dimensions) {
    for (int i = 0; i < 1000; ++i) {
      const double value = i % 2 == 0 ? random.magnitude(-12, 30) : random.any_finite();
      const std::string text = exact(value, d);
      const ParseResult back = parse(text, {.dimension = d, .bare_number = may_be_bare(d)});
      // half a step beyond the largest number is out of range: reading must say so, not give another number
      if (!back.ok && back.fault.code == "out-of-range" && std::fabs(value) > 1e307) continue;
      if (!back.ok || !test::same_bits(back.value.coherent, value))
        FAIL(describe(d) << ": " << text << " came back as " << back.value.coherent << ' '
                         << back.fault.message);
    }
  }
}

TEST_CASE("what people read is within half a printed digit of the truth") {
  test::Random random(4);
  for (int i = 0; i < 5000; ++i) {
    const double value = random.magnitude(-3, 15);
    const auto back = parse(human(value * kWh, dim::energy), {.dimension = dim::energy});
    REQUIRE(back.ok);
    if (std::fabs(back.value.coherent - value * kWh) > 0.00501 * value * kWh)
      FAIL(human(value * kWh, dim::energy));
  }
}

TEST_CASE("formatting takes any double without crashing") {
  test::Random random(5);
  for (int i = 0; i < 5000; ++i) {
    const double value = random.any_finite();
    for (const Dimension& d : {dim::energy, dim::time, dim::device, dim::money, dim::one, dim::device_time}) {
      CHECK_FALSE(human(value, d).empty());
    }
  }
  for (const double x : {std::numeric_limits<double>::infinity(), -std::numeric_limits<double>::infinity(),
                         std::numeric_limits<double>::quiet_NaN()}) {
    CHECK_THROWS_AS(significant(x), diag::ScenarioError);
    CHECK_THROWS_AS(shortest(x), diag::ScenarioError);
    CHECK_THROWS_AS(human(x, dim::energy), diag::ScenarioError);
  }
  CHECK(significant(-0.0) == "0");
  CHECK(shortest(-0.0) == "0");
  CHECK(human(-0.0, dim::energy) == human(0.0, dim::energy));
}

TEST_CASE("a fixed number of decimals, and thousands parted") {
  CHECK(fixed(0.5, 2) == "0.50");
  CHECK(fixed(2.0 / 3, 4) == "0.6667");
  CHECK(fixed(1e15, 0) == "1000000000000000");
  CHECK(fixed(-0.0, 1) == "0.0");
  CHECK_THROWS_AS(fixed(std::numeric_limits<double>::infinity(), 1), diag::ScenarioError);
  CHECK(grouped(std::uint64_t{999}) == "999");
  CHECK(grouped(std::uint64_t{1190000000}) == "1,190,000,000");
}

TEST_CASE("a quantity is printed in the units of its dimension") {
  CHECK(human(FacilityEnergy<>::from_coherent(3.6e9)) == "1.00 MWh");
  CHECK(human(DevicePower<>::from_coherent(330), 2) == "330 W/device");
}

}  // namespace
}  // namespace kwhatif::quantity
