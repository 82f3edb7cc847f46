// Long files of short steps: the quick ways through them against the slow ones, and against a plain sum.
#include "schedule/trace_files.hpp"
#include "support/random.hpp"
#include <kwhatif/quantity/parse.hpp>
#include <kwhatif/quantity/unit_column.hpp>

#include <array>
#include <bit>
#include <cmath>
#include <cstdio>
#include <string>
#include <vector>

using namespace kwhatif;
using namespace kwhatif::test_traces;
using kwhatif::test::Random;

namespace {

std::string padded(int n) { return (n < 10 ? "0" : "") + std::to_string(n); }

// A number as files write it, with up to 17 digits.
std::string some_number(Random& random) {
  std::array<char, 40> out{};
  const auto digits = static_cast<int>(random.below(6) == 0 ? 14 : random.below(4));
  std::snprintf(out.data(), out.size(), "%.*f", digits, random.between(0, 900));
  return out.data();
}

}  // namespace

TEST_CASE("a number of a column has the bits that parse() gives it") {
  Random random(20);
  for (const std::string unit : {"g/kWh", "gCO2e/kWh", "kg/MWh", "lb/MWh", "t/GWh", "g/J"}) {
    const quantity::UnitColumn column(unit, quantity::dim::carbon_intensity);
    for (int i = 0; i < 4000; ++i) {
      std::string number = some_number(random);
      if (random.below(5) == 0) number += "e" + std::to_string(static_cast<int>(random.below(40)) - 20);
      if (random.below(9) == 0) number.insert(0, "-");
      if (random.below(50) == 0) number += "000000000000000000000000000";
      const auto parsed =
          quantity::parse(number + ' ' + unit, {.dimension = quantity::dim::carbon_intensity});
      const auto value = column.value(number);
      INFO(number << ' ' << unit);
      REQUIRE(value.has_value() == parsed.ok);
      if (value)
        CHECK(std::bit_cast<std::uint64_t>(*value) == std::bit_cast<std::uint64_t>(parsed.value.coherent));
    }
  }
  for (const std::string text : {"", ".", "-", "e5", "1e", "1 ", "1x", "1e999", "--1", "nan", "inf"})
    CHECK_FALSE(quantity::UnitColumn("g/kWh", quantity::dim::carbon_intensity).value(text).has_value());
  CHECK_FALSE(quantity::UnitColumn("kWh", quantity::dim::carbon_intensity).value("1").has_value());
  CHECK_FALSE(quantity::UnitColumn("000 g/kWh", quantity::dim::carbon_intensity).value("1").has_value());
}

TEST_CASE("a file is the same however its lines are written, and its hours are the means of their steps") {
  for (std::uint64_t seed = 0; seed < 12; ++seed) {
    INFO("seed " << seed);
    Random random(seed);
    constexpr std::array steps{5, 15, 30, 60};
    const int step = steps[seed % steps.size()];
    const int days = 2 + static_cast<int>(random.below(20));
    std::string usual = "time,intensity [g/kWh]\n";
    std::string seconds = "time,intensity [g/kWh]\n";
    std::string other = "time,intensity [g/kWh]\n";
    std::string spaced = "time (UTC);note;intensity [g/kWh]\r\n";
    std::vector<double> hours;
    for (int day = 1; day <= days; ++day) {
      for (int minute = 0; minute < 1440; minute += step) {
        const std::string number = some_number(random);
        const std::string date = "2024-02-" + padded(day);
        const std::string clock = padded(minute / 60) + ':' + padded(minute % 60);
        usual += date + 'T' + clock + "Z," + number + '\n';
        seconds += date + ' ' + clock + ":00Z, " + number + " \n";
        other += "\"2024/02/" + padded(day) + ' ' + clock + "+00:00\",\"" + number + "\"\n";
        spaced += "  " + date + ' ' + clock + " ;x, \"y\";\t" + number + "\t\r\n";
        if (minute % 60 == 0) hours.push_back(0);
        hours.back() += std::stod(number) * 1e-3 / 3.6e6 * step / 60;
      }
    }
    const Trace trace = read(usual);
    CHECK(trace.step == step);
    REQUIRE(trace.intensity.size() == hours.size());
    double farthest = 0;
    for (std::size_t h = 0; h < hours.size(); ++h)
      farthest = std::max(farthest, std::fabs(trace.intensity[h] / hours[h] - 1));
    CHECK(farthest < 1e-13);
    for (const std::string& again : {seconds, other, spaced}) {
      const Trace same = read(again);
      CHECK(same.intensity == trace.intensity);
      CHECK(same.first_hour == trace.first_hour);
      CHECK(same.step == trace.step);
    }
  }
}
