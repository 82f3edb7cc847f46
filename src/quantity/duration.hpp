// Times as logs, job schedulers and people write them: 10:01:48, 1-02:03:04, 1-02, 2h30m, "1d 4h", PT2H30M.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

namespace kwhatif::quantity {

/// One number of a time and what it counts: 1.5 of 3600 s is {15, -1, 3600}.
struct DurationPart {
  std::uint64_t digits = 0;
  int exponent = 0;  ///< the number is digits · 10^exponent; its last digit stands for 10^exponent
  std::uint64_t seconds = 1;
};

/// What became of reading a text as a time of several parts.
struct Duration {
  enum class Outcome : std::uint8_t { other_form, read, refused };
  Outcome outcome = Outcome::other_form;  ///< other_form: one number and one unit, or no time at all
  std::vector<DurationPart> parts;        ///< largest unit first
  std::string message;                    ///< why it is refused
  std::string help;
};

/// Reads a time of several parts, or says that it is none.
///
/// Read: hours:minutes:seconds and days-hours:minutes:seconds (minutes and seconds below 60, seconds with
/// decimals), also days-hours:minutes, days-hours with two digits for the hours, and "3 days, 4:05:06"; units
/// one after the other from the largest to the smallest, where m is minutes (2h30m, 1d 4h); ISO 8601
/// durations of weeks, days, hours, minutes and seconds. Refused, because two readings are possible: 10:01,
/// 30m alone; and ISO years and months, which have no fixed length.
Duration read_duration(std::string_view text);

}  // namespace kwhatif::quantity
