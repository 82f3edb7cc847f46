// Times as hourly files write them.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace kwhatif::schedule {

/// A time as it is written: which of two numbers is the day may still be open.
struct Stamp {
  int year = 0;
  int first = 0;              ///< month, or where `order_open` the number that stands first
  int second = 0;             ///< day, or the number that stands second
  bool order_open = false;    ///< "01/02/2023"
  std::optional<int> minute;  ///< of the day, 0 to 1440; none: a date alone
  bool whole_minutes =
      true;  ///< false where seconds are written that are not zero; parts of a second are dropped
  std::optional<int> offset;          ///< [minutes] east of UTC, where written
  std::optional<std::int64_t> epoch;  ///< [minutes] since 1970 UTC, instead of all else
};

/// Which of two numbers is the day, where the form leaves it open.
enum class DayOrder { day_first, month_first };

/// Reads "2022-01-01T05:00Z", "2022/01/01 05:00:00+01:00", "20220101T0500", "01.02.2022 05:00",
/// "1/2/2022 5:00 PM", "1 Feb 2022", seconds or milliseconds since 1970, and the beginning of a stretch
/// ("01.01.2022 00:00 - 01.01.2022 01:00"). Only the form is checked: see minute_of().
std::optional<Stamp> read_stamp(std::string_view text);

/// Whether a text begins with a date whose year has two digits: "15.02.24 10:00", "15-Feb-24". Which of the
/// numbers is the year is not certain then: read_stamp() does not read it.
bool has_short_year(std::string_view text);

/// Minutes since 1970, by the clock that the stamp is written in; UTC where it has an offset. None where
/// there is no such day.
std::optional<std::int64_t> minute_of(const Stamp& stamp, DayOrder order);

/// Hours since 1970 that are over at a minute.
constexpr std::int64_t floor_hour(std::int64_t minute) { return minute / 60 - (minute % 60 < 0 ? 1 : 0); }

/// "05:00", "5:00:00 PM", "0:00 - 0:15": minute of the day.
std::optional<int> read_clock(std::string_view text);

}  // namespace kwhatif::schedule
