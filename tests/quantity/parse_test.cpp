// Text to quantity: equal amounts give equal bits, everything else is a fault that says what to write
// instead.
#include "support/catch.hpp"
#include "support/random.hpp"
#include <kwhatif/quantity/parse.hpp>
#include <kwhatif/quantity/units.hpp>

#include <array>
#include <string>
#include <vector>

namespace kwhatif::quantity {
namespace {

using test::same_bits;

Expected wanted(const Dimension& dimension) {
  return {.dimension = dimension, .bare_number = may_be_bare(dimension)};
}

double read(std::string_view text, const Dimension& dimension) {
  const ParseResult result = parse(text, wanted(dimension));
  INFO("text: " << text << ", fault: " << result.fault.message);
  REQUIRE(result.ok);
  return result.value.coherent;
}

void check_same(const Dimension& dimension, const std::vector<std::string_view>& texts) {
  const double first = read(texts.front(), dimension);
  for (const std::string_view text : texts) {
    INFO(text << " and " << texts.front());
    CHECK(same_bits(read(text, dimension), first));
  }
}

TEST_CASE("equal amounts in different units give equal bits") {
  check_same(dim::carbon_intensity,
             {"0.429 kg/kWh", "429 g/kWh", "429 kg/MWh", "429gCO2e/kWh", "0.429 kgCO2e/kWh", "0.000429 t/kWh",
              "429000 mg/kWh", "429 t/GWh", "4.29e2 g CO2/kWh"});
  check_same(dim::time,
             {"14.8 days", "355.2 h", "1278720 s", "21312 min", "14.8d", "1,278,720 seconds", "1.27872e6 s"});
  check_same(dim::energy,
             {"1287 MWh", "1.287 GWh", "1287000 kWh", "1,287,000 kWh", "4.6332 TJ", "1_287_000 kWh"});
  check_same(dim::power, {"330 W", "330W", "0.33 kW", "0.00033 MW", "330000 mW", "330 J/s", "0.33 kWh/h"});
  check_same(dim::device_power, {"330 W", "330 W/device", "330 W/GPU", "0.33 kW/chip"});
  check_same(dim::flop, {"3.14e23", "3.14e23 FLOP", "3.14e23 FLOPs", "314 ZFLOP", "0.314 YFLOP", "314e21"});
  check_same(dim::flop, {"3640 PF-days", "3640 petaflop/s-days", "3.14496e23 FLOP", "87360 PFLOP/s*h"});
  check_same(dim::device_flop_rate,
             {"24.6TFLOP/s", "24.6 TFLOP/s", "0.0246 PFLOP/s", "24600 GFLOP/s/device"});
  check_same(dim::parameter,
             {"175B", "175 B", "175e9", "175000000000", "175,000,000,000", "175G", "0.175T", "175 B params"});
  check_same(dim::token, {"300B", "300e9 tokens", "0.3T", "300 B tokens"});
  check_same(dim::one, {"10k", "10000", "10,000", "1e4"});
  check_same(dim::device, {"10k", "10000", "10,000", "1e4", "10K", "10000 GPUs", "10000 chips"});
  check_same(dim::one, {"1.1", "1.10", "110 %", "110%", "+1.1", "11e-1", "1.1x"});
  check_same(dim::co2e, {"552.1 t", "552100 kg", "0.5521 kt", "552.1 tCO2e", "552.1 t CO2e", "552.1 tonnes",
                         "552100 kgCO2"});
  check_same(dim::device_price,
             {"3 USD/h", "$3/h", "3 $/GPU-h", "3 USD/device-h", "3 USD/h/device", "72 USD/day"});
  check_same(dim::device_time,
             {"3.55M device-h", "3.55 M device-h", "3550000 device-h", "3.55e6 GPU-h", "3550 k GPU-hours"});
  check_same(dim::money, {"3 M USD", "$3M", "3 M$", "3 MUSD", "3000000 USD", "3,000,000 $"});
}

TEST_CASE("a pound is 0.45359237 kg and a mile 1609.344 m exactly") {
  CHECK(read("1 lb", dim::co2e) == 0.45359237);
  CHECK(read("126000 lbs", dim::co2e) == 57152.63862);
  CHECK(read("1 mi", dim::length) == 1609.344);
  // 0.954 * 0.45359237 / 3.6e6, carried out by hand: 0.43272712098 kg/kWh
  CHECK(read("0.954 lb/kWh", dim::carbon_intensity) == Approx(0.43272712098 / 3.6e6).epsilon(1e-15));
}

TEST_CASE("the last printed digit says how exact a text is") {
  const auto half_step = [](std::string_view text, const Dimension& d) {
    return parse(text, wanted(d)).value.half_step;
  };
  CHECK(half_step("1.10", dim::one) == 0.005);
  CHECK(half_step("1.1", dim::one) == 0.05);
  CHECK(half_step("14.8 days", dim::time) == 4320);
  CHECK(half_step("552.1 t", dim::co2e) == 50);
  CHECK(half_step("1287 MWh", dim::energy) == 1.8e9);
  CHECK(half_step("3.14e23", dim::flop) == 5e20);
  CHECK(half_step("175B", dim::parameter) == 5e8);
  CHECK(half_step("188,701.92 kWh", dim::energy) == 18000);
}

TEST_CASE("any dimension is read where any is accepted, with counted things on the right of a slash") {
  const auto any = [](std::string_view text) { return parse(text, {.any = true}); };
  CHECK(any("120.4 gCO2e/km").value.dimension == dim::co2e / dim::length);
  CHECK(any("120.4 gCO2e/km").value.coherent == 0.0001204);
  CHECK(any("1497.6 kWh/home-year").value.counted == "home-year");
  CHECK(any("1497.6 kWh/home-year").value.dimension == dim::energy);
  CHECK(any("986 kgCO2e/passenger").value.counted == "passenger");
  CHECK_FALSE(any("12 home-years").ok);
  CHECK_FALSE(any("gpt-3").ok);
}

TEST_CASE("thousands are parted in whole groups, and a decimal comma is refused") {
  CHECK(read("188,701.92 kWh", dim::energy) == 188701.92 * 3.6e6);
  CHECK(read("1_000_000", dim::token) == 1e6);
  for (const std::string_view text : {"0,429 kg/kWh", "1234,567 kg/kWh", "1,23 kg/kWh", "1,2345 kg/kWh",
                                      "1,234_567 kg/kWh", "12,345,67 kg/kWh", "00,429 kg/kWh"}) {
    const auto result = parse(text, wanted(dim::carbon_intensity));
    INFO(text);
    CHECK_FALSE(result.ok);
    CHECK(result.fault.code == "not-a-number");
    CHECK(result.fault.help == "decimals are written with a point: \"0.429\"");
  }
}

struct Refusal {
  std::string_view text;
  Dimension dimension;
  std::string_view code;
  std::string_view message;
  std::string_view help;
  std::size_t offset;
  std::size_t length;
};

const std::array refusals{
    Refusal{"330", dim::device_power, "missing-unit", "'330' has no unit; power per device is needed",
            "write for example \"330 W\"; accepted units: W, kW, MW", 0, 3},
    Refusal{"", dim::power, "not-a-number", "the value is empty",
            "write for example \"330 W\"; accepted units: W, kW, MW", 0, 0},
    Refusal{"  W", dim::power, "not-a-number", "'W' does not start with a number",
            "write for example \"330 W\"; accepted units: W, kW, MW", 2, 1},
    Refusal{" nan W", dim::power, "not-a-number", "'nan W' does not start with a number",
            "write for example \"330 W\"; accepted units: W, kW, MW", 1, 5},
    Refusal{"330 kWt", dim::power, "unknown-unit", "no unit 'kWt' (in '330 kWt')",
            "did you mean 'kW'? write for example \"330 W\"; accepted units: W, kW, MW", 4, 3},
    Refusal{"0.4 kg/", dim::carbon_intensity, "unknown-unit",
            "an operator in the unit 'kg/' has nothing beside it (in '0.4 kg/')",
            "write for example \"330 W\"; accepted units: g/kWh, kg/kWh, lb/kWh", 4, 3},
    Refusal{"429 W", dim::carbon_intensity, "wrong-unit",
            "needs mass of CO2e per energy, got power ('429 W')",
            "write for example \"330 W\"; accepted units: g/kWh, kg/kWh, lb/kWh", 0, 5},
    Refusal{"24.6 TFLOPs", dim::device_flop_rate, "wrong-unit",
            "needs FLOP per second per device, got a count of FLOP ('24.6 TFLOPs')",
            "write for example \"330 W\"; accepted units: TFLOP/s, PFLOP/s", 0, 11},
    Refusal{"1e400 W", dim::power, "out-of-range", "'1e400 W' is beyond what a number can hold",
            "write for example \"330 W\"; accepted units: W, kW, MW", 0, 7},
    Refusal{"1e-400 W", dim::power, "out-of-range", "'1e-400 W' is beyond what a number can hold",
            "write for example \"330 W\"; accepted units: W, kW, MW", 0, 8},
};

TEST_CASE("every refusal names the kind of fault, the place and the accepted form") {
  for (const Refusal& r : refusals) {
    const auto result = parse(r.text, {.dimension = r.dimension, .example = "330 W"});
    INFO(r.text);
    CHECK_FALSE(result.ok);
    CHECK(result.fault.code == r.code);
    CHECK(result.fault.message == r.message);
    CHECK(result.fault.help == r.help);
    CHECK(result.fault.offset == r.offset);
    CHECK(result.fault.length == r.length);
  }
}

TEST_CASE("what looks like a number but is none is refused") {
  for (const std::string_view text :
       {"nan", "inf", "-inf", "infinity", "0x10", "1e", "1.2.3", "--5",   "+-5",   ".",    "-",     "e5",
        "1,",  "1 2", "½",    "１",       "$",    "%",  "NaN W", "1e+ W", "5 W W", "5 /W", "5 W//s"}) {
    INFO(text);
    CHECK_FALSE(parse(text, wanted(dim::one)).ok);
    CHECK_FALSE(parse(text, wanted(dim::power)).ok);
  }
}

TEST_CASE("very small, very large and very long numbers are read to the nearest double") {
  CHECK(read("5e-324 J", dim::energy) == 5e-324);
  CHECK(read("1.7976931348623157e308 J", dim::energy) == 1.7976931348623157e308);
  CHECK(read("0.000000000000000000000000000001 J", dim::energy) == 1e-30);
  CHECK(read("99999999999999999999999999 J", dim::energy) == 1e26);
  CHECK(read("-0 J", dim::energy) == 0);
  CHECK(read("0e300 J", dim::energy) == 0);
}

TEST_CASE("one amount in random units is one double") {
  struct Unit {
    std::string_view name;
    int exponent;  // of ten, to the first unit
  };
  const std::array<std::array<Unit, 4>, 4> families{
      {{{{"kWh", 0}, {"Wh", 3}, {"MWh", -3}, {"GWh", -6}}},
       {{{"kg", 0}, {"g", 3}, {"t", -3}, {"kt", -6}}},
       {{{"W", 0}, {"kW", -3}, {"MW", -6}, {"mW", 3}}},
       {{{"kg/kWh", 0}, {"g/kWh", 3}, {"kg/MWh", 3}, {"mg/kWh", 6}}}}};
  const std::array dimensions{dim::energy, dim::co2e, dim::power, dim::carbon_intensity};
  test::Random random(1);
  for (int i = 0; i < 4000; ++i) {
    const std::size_t family = random.below(families.size());
    const std::string digits = std::to_string(1 + random.below(999999999));
    const int exponent = static_cast<int>(random.below(40)) - 20;
    std::vector<std::string> texts;
    for (const Unit& unit : families[family]) {
      texts.push_back(digits + 'e' + std::to_string(exponent + unit.exponent) + ' ' + std::string{unit.name});
    }
    const double first = read(texts[0], dimensions[family]);
    for (const std::string& text : texts) {
      if (!same_bits(read(text, dimensions[family]), first)) FAIL(text << " differs from " << texts[0]);
    }
  }
}

TEST_CASE("junk never crashes and never becomes a number that is not finite") {
  test::Random random(2);
  const std::string_view alphabet = "0123456789.,_eE+-/*% $kMGTWhgtlbCO2daysFLOPP-·µxn\t\"\\\x1b";
  const auto try_one = [](const std::string& text) {
    for (const Expected& expected :
         {wanted(dim::power), wanted(dim::token), wanted(dim::one), Expected{.any = true}}) {
      const ParseResult result = parse(text, expected);
      const bool fine = result.ok
                            ? std::isfinite(result.value.coherent) && std::isfinite(result.value.half_step)
                            : !result.fault.code.empty() && !result.fault.message.empty() &&
                                  result.fault.offset <= text.size();
      if (!fine) FAIL("junk: " << text);
    }
  };
  for (int i = 0; i < 20000; ++i) try_one(random.text(alphabet, 24));
  for (int i = 0; i < 2000; ++i) try_one("5 " + random.text("-·/*hGPUWg", 190));
  for (int i = 0; i < 5000; ++i) try_one(random.bytes(300));
}

TEST_CASE("every unit of the table is read in its own dimension") {
  for (const std::string_view name : unit_names()) {
    INFO(name);
    const auto result = parse("2.5 " + std::string{name}, {.any = true});
    REQUIRE(result.ok);
    CHECK(result.value.coherent > 0);
    CHECK(result.value.dimension == unit(name).dimension);
  }
}

TEST_CASE("a whole number is digits alone") {
  CHECK(whole_number("2026") == 2026);
  CHECK(whole_number("007") == 7);
  for (const std::string_view other : {"", "-1", "+1", " 1", "1 ", "1.0", "1e3", "0x1", "99999999999"})
    CHECK_FALSE(whole_number(other));
}

}  // namespace
}  // namespace kwhatif::quantity
