// Times as logs, job schedulers and people write them.
#include "support/catch.hpp"
#include "support/random.hpp"
#include <kwhatif/quantity/parse.hpp>

#include <string>
#include <string_view>

namespace kwhatif::quantity {
namespace {

ParseResult time_of(std::string_view text) {
  return parse(text, {.dimension = dim::time, .example = "14.8 days"});
}

TEST_CASE("a time of several parts is the sum of its parts") {
  struct Case {
    std::string_view text;
    double seconds;
    double half_step;
  };
  for (const Case& c : {
           Case{"10:01:48", 36108, 0.5},
           Case{"1-02:03:04", 93784, 0.5},
           Case{"0:00:30", 30, 0.5},
           Case{"100:00:00", 360000, 0.5},
           Case{"00:00:30.5", 30.5, 0.05},
           Case{"1-02:03", 93780, 30},
           Case{"14-00:00:00", 1209600, 0.5},
           Case{"1-02", 93600, 1800},
           Case{"3 days, 4:05:06", 273906, 0.5},
           Case{"1 day, 0:00:00.5", 86400.5, 0.05},
           Case{"3 days 04:05:06", 273906, 0.5},
           Case{"2h30m", 9000, 30},
           Case{"2h 30min", 9000, 30},
           Case{"1d 4h", 100800, 1800},
           Case{"1 day 4 hours", 100800, 1800},
           Case{"1 day, 4 hours and 3 minutes", 100980, 30},
           Case{"90min", 5400, 30},
           Case{"90 mins", 5400, 30},
           Case{"5m30s", 330, 0.5},
           Case{"1w 2d", 777600, 43200},
           Case{"1h 90min", 9000, 30},
           Case{"1d 4.5h", 102600, 180},
           Case{"PT2H30M", 9000, 30},
           Case{"P1DT4H", 100800, 1800},
           Case{"PT36H", 129600, 1800},
           Case{"P2W", 1209600, 302400},
           Case{"PT1M30.5S", 90.5, 0.05},
           Case{" 10:01:48 ", 36108, 0.5},
       }) {
    INFO(c.text);
    const auto result = time_of(c.text);
    INFO(result.fault.message);
    REQUIRE(result.ok);
    CHECK(result.value.coherent == c.seconds);
    CHECK(result.value.half_step == Approx(c.half_step));
    CHECK(result.value.dimension == dim::time);
  }
}

TEST_CASE("a time that can be read in two ways is refused with both") {
  const auto clock = time_of("10:01");
  REQUIRE_FALSE(clock.ok);
  CHECK(clock.fault.message == "'10:01' can be hours:minutes or minutes:seconds");
  CHECK(clock.fault.help.find("10:01:00") != std::string::npos);
  CHECK(clock.fault.help.find("0:10:01") != std::string::npos);
  const auto minutes = time_of("30m");
  REQUIRE_FALSE(minutes.ok);
  CHECK(minutes.fault.message == "'30m' can be minutes or months");
  CHECK(minutes.fault.help.find("30min") != std::string::npos);
}

TEST_CASE("what is no time is refused, never read in part") {
  for (const std::string_view text :
       {"10:61:00", "10:00:60",  "1-24:00:00", "1:02:03:04", "4h 1d",
        "1h 1h",    "1.5h 30m",  "2h30",       "2h30x",      "P",
        "PT",       "P1Y",       "P1M",        "P1H",        "PT1D",
        "PT30M2H",  "PT1.5H30M", "1-2-3",      ":01:02",     "10::01",
        "10:01:",   "1-:02:03",  "-1:00:00",   "10:0x:00",   "99999999999999999999:00:00"}) {
    INFO(text);
    const auto result = time_of(text);
    CHECK_FALSE(result.ok);
    CHECK_FALSE(result.fault.message.empty());
    CHECK(result.fault.offset <= text.size());
  }
}

TEST_CASE("times of several parts are times alone") {
  CHECK_FALSE(parse("10:01:48", {.dimension = dim::energy, .example = "1 kWh"}).ok);
  CHECK_FALSE(parse("2h30m", {.dimension = dim::device_time, .example = "1 device-h"}).ok);
}

TEST_CASE("days, hours, minutes and seconds give the same time in every form") {
  test::Random random(11);
  for (int i = 0; i < 2000; ++i) {
    const auto d = random.below(400);
    const auto h = random.below(24);
    const auto m = random.below(60);
    const auto s = random.below(60);
    const auto t = [](std::size_t n) { return std::to_string(n); };
    const auto two = [&](std::size_t n) { return (n < 10 ? "0" : "") + t(n); };
    const double seconds = static_cast<double>(((d * 24 + h) * 60 + m) * 60 + s);
    for (const std::string& text :
         {t(d) + '-' + two(h) + ':' + two(m) + ':' + two(s), t(d * 24 + h) + ':' + two(m) + ':' + two(s),
          t(d) + "d" + t(h) + "h" + t(m) + "m" + t(s) + "s",
          t(d) + " days " + t(h) + " hours " + t(m) + " minutes " + t(s) + " seconds",
          "P" + t(d) + "DT" + t(h) + "H" + t(m) + "M" + t(s) + "S"}) {
      const auto result = time_of(text);
      if (!result.ok || result.value.coherent != seconds) FAIL(text << ": " << result.fault.message);
    }
  }
}

TEST_CASE("junk around a time never crashes") {
  test::Random random(12);
  for (int i = 0; i < 50000; ++i) {
    const std::string text = random.text("0123456789:-.hmdswPTDHMS ,an", 20);
    const auto result = time_of(text);
    if (!result.ok && (result.fault.message.empty() || result.fault.offset > text.size())) FAIL(text);
    if (result.ok && !(result.value.half_step >= 0 && result.value.half_step < 1e30)) FAIL(text);
  }
}

TEST_CASE("a count with the suffix in small letters is told the capital one") {
  for (const auto& [text, meant] : {std::pair{"1t", "1T"}, {"7b", "7B"}, {"300 b", "300 B"}, {"5m", "5M"}}) {
    const auto result = parse(text, {.dimension = dim::token, .bare_number = true, .example = "300B"});
    REQUIRE_FALSE(result.ok);
    CHECK(result.fault.help == "did you mean \"" + std::string{meant} + "\"? counts take k, M, B, T");
  }
}

TEST_CASE("the hint on an unknown unit of time proposes no other quantity") {
  for (const std::string_view text : {"1y", "1mo", "1-2-3", "5 x", "7m7"}) {
    const ParseResult result = time_of(text);
    CAPTURE(std::string{text}, result.fault.help);
    CHECK(!result.ok);
    CHECK(result.fault.help.find("did you mean") == std::string::npos);
  }
  CHECK(time_of("1 yaers").fault.help.find("'years'") != std::string::npos);
  CHECK(parse("3 w", {.dimension = dim::power}).fault.help.find("'W'") != std::string::npos);
}

TEST_CASE("days-hours has two digits for the hours: a range of hours is none") {
  for (const std::string_view text : {"1-2", "1-24", "1-002"}) {
    CAPTURE(std::string{text});
    CHECK(!time_of(text).ok);
  }
}

}  // namespace
}  // namespace kwhatif::quantity
