#include "trace_stamps.hpp"

#include <algorithm>
#include <array>
#include <charconv>
#include <chrono>
#include <vector>

namespace kwhatif::analysis {

namespace {

constexpr int minutes_per_hour = 60;
constexpr int minutes_per_day = 1440;
constexpr int years_from = 1900;
constexpr int years_to = 2200;

char lower(char c) { return c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c; }
bool is_digit(char c) { return c >= '0' && c <= '9'; }
bool is_letter(char c) { return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z'); }

// Takes a text apart from its front.
class Scan {
 public:
  explicit Scan(std::string_view text) : rest_(text) {}

  bool done() const { return rest_.empty(); }
  std::string_view rest() const { return rest_; }
  void blanks() {
    while (!rest_.empty() && (rest_.front() == ' ' || rest_.front() == '\t')) rest_.remove_prefix(1);
  }
  bool take(char c) {
    if (rest_.empty() || rest_.front() != c) return false;
    rest_.remove_prefix(1);
    return true;
  }
  std::size_t digits_ahead() const {
    return static_cast<std::size_t>(std::find_if_not(rest_.begin(), rest_.end(), is_digit) - rest_.begin());
  }
  std::optional<int> number(std::size_t least, std::size_t most) {
    const std::size_t count = digits_ahead();
    if (count < least || count > most) return std::nullopt;
    return fixed(count);
  }
  // The next `count` characters, all digits.
  std::optional<int> fixed(std::size_t count) {
    int out = 0;
    if (count == 0 || digits_ahead() < count) return std::nullopt;
    std::from_chars(rest_.data(), rest_.data() + count, out);
    rest_.remove_prefix(count);
    return out;
  }
  void skip(std::size_t count) { rest_.remove_prefix(count); }
  std::string word() {
    std::string out;
    while (!rest_.empty() && is_letter(rest_.front())) {
      out += lower(rest_.front());
      rest_.remove_prefix(1);
    }
    return out;
  }

 private:
  std::string_view rest_;
};

std::optional<int> month_named(const std::string& word) {
  constexpr std::array<std::string_view, 12> months{"january",   "february", "march",    "april",
                                                    "may",       "june",     "july",     "august",
                                                    "september", "october",  "november", "december"};
  constexpr std::size_t shortest = 3;
  for (std::size_t i = 0; i < months.size(); ++i) {
    if (word.size() >= shortest && months[i].starts_with(word)) return static_cast<int>(i) + 1;
  }
  return std::nullopt;
}

struct NamedZone {
  std::string_view name;
  int offset;  // [minutes]
};
// Abbreviations that mean one thing wherever energy data are published; "CST", "IST" and "BST" do not.
constexpr std::array fixed_zones{
    NamedZone{"UTC", 0},    NamedZone{"GMT", 0},    NamedZone{"Z", 0},      NamedZone{"WET", 0},
    NamedZone{"WEST", 60},  NamedZone{"CET", 60},   NamedZone{"CEST", 120}, NamedZone{"EET", 120},
    NamedZone{"EEST", 180}, NamedZone{"EST", -300}, NamedZone{"EDT", -240}, NamedZone{"MST", -420},
    NamedZone{"MDT", -360}, NamedZone{"PST", -480}, NamedZone{"PDT", -420}, NamedZone{"JST", 540},
    NamedZone{"KST", 540},  NamedZone{"AWST", 480}, NamedZone{"ACST", 570}, NamedZone{"AEST", 600},
    NamedZone{"AEDT", 660}, NamedZone{"NZST", 720}, NamedZone{"NZDT", 780}};

std::optional<int> fixed_offset(std::string_view name) {
  for (const NamedZone& zone : fixed_zones) {
    const bool same =
        zone.name.size() == name.size() && std::equal(name.begin(), name.end(), zone.name.begin(),
                                                      [](char a, char b) { return lower(a) == lower(b); });
    if (same) return zone.offset;
  }
  return std::nullopt;
}

// "05", "05:00", "0500", "5:00:00.000 PM"; what follows stays.
struct Clock {
  int minute = 0;
  bool whole = true;
};
std::optional<Clock> clock(Scan& scan) {
  Clock out;
  constexpr std::size_t packed = 4;
  constexpr std::size_t packed_with_seconds = 6;
  const std::size_t ahead = scan.digits_ahead();
  const bool is_packed = ahead == packed || ahead == packed_with_seconds;
  const auto hour = is_packed ? scan.fixed(2) : scan.number(1, 2);
  if (!hour) return std::nullopt;
  int minute = 0;
  int second = 0;
  if (is_packed || scan.take(':')) {
    const auto read = scan.fixed(2);
    if (!read) return std::nullopt;
    minute = *read;
    if (is_packed ? ahead == packed_with_seconds : scan.take(':')) {
      const auto seconds = scan.fixed(2);
      if (!seconds) return std::nullopt;
      second = *seconds;
      if (scan.take('.') || scan.take(',')) scan.skip(scan.digits_ahead());  // parts of a second
    }
  }
  int hours = *hour;
  Scan ahead_scan = scan;
  ahead_scan.blanks();
  const std::string half = ahead_scan.word();
  if (half == "am" || half == "pm") {
    constexpr int noon = 12;
    if (hours < 1 || hours > noon) return std::nullopt;
    hours = hours % noon + (half == "pm" ? noon : 0);
    scan = ahead_scan;
  }
  out.minute = hours * minutes_per_hour + minute;
  out.whole = out.whole && second == 0;
  if (minute > 59 || second > 60 || out.minute > minutes_per_day) return std::nullopt;
  return out;
}

// "Z", "+01:00", "UTC", "(CEST)"; nothing may follow.
bool zone_part(Scan scan, Stamp& out) {
  scan.blanks();
  const bool bracketed = scan.take('(');
  if (scan.done()) return !bracketed;
  const bool east = scan.take('+');
  if (east || scan.take('-')) {
    const std::size_t ahead = scan.digits_ahead();
    const auto hours = ahead == 4 ? scan.fixed(2) : scan.number(1, 2);
    scan.take(':');
    const auto minutes = scan.digits_ahead() == 2 ? scan.fixed(2) : std::optional<int>{0};
    constexpr int farthest = 14;
    if (!hours || *hours > farthest || !minutes || *minutes > 59) return false;
    const int offset = *hours * minutes_per_hour + *minutes;
    out.offset = east ? offset : -offset;
  } else {
    const std::string name = scan.word();
    out.offset = fixed_offset(name);
    if (!out.offset) return false;
  }
  if (bracketed && !scan.take(')')) return false;
  scan.blanks();
  return scan.done();
}

bool date_part(Scan& scan, Stamp& out) {
  constexpr std::size_t packed = 8;
  if (scan.digits_ahead() == packed) {
    out.year = *scan.fixed(4);
    out.first = *scan.fixed(2);
    out.second = *scan.fixed(2);
    return true;
  }
  const auto year_or = [&](const std::optional<int>& year) { return out.year = year.value_or(0), year; };
  const auto between = [&](char& separator) {
    for (const char c : {'-', '/', '.', ' '}) {
      if (scan.take(c)) {
        separator = c;
        return true;
      }
    }
    return false;
  };
  char separator = 0;
  if (scan.digits_ahead() == 0) {  // "Jan 2, 2022"
    const auto month = month_named(scan.word());
    if (!month || !between(separator)) return false;
    const auto day = scan.number(1, 2);
    scan.take(',');
    scan.blanks();
    const auto year = scan.number(4, 4);
    if (!day || !year_or(year)) return false;
    out.first = *month;
    out.second = *day;
    return true;
  }
  const bool year_first = scan.digits_ahead() == 4;
  const auto a = scan.number(1, 4);
  if (!a || !between(separator)) return false;
  std::optional<int> b;
  const bool named_month = scan.digits_ahead() == 0;
  b = named_month ? month_named(scan.word()) : scan.number(1, 2);
  if (!b || !scan.take(separator)) return false;
  const auto c = year_first ? scan.number(1, 2) : scan.number(4, 4);
  if (!c || (separator == ' ' && !named_month)) return false;
  if (year_first) {
    out.year = *a;
    out.first = *b;
    out.second = *c;
  } else {
    out.year = *c;
    out.order_open = !named_month && separator != '.';  // 1.2.2022: dots are written by day-first countries
    out.first = out.order_open ? *a : *b;
    out.second = out.order_open ? *b : *a;
  }
  return true;
}

// Digits alone that count seconds or milliseconds.
std::optional<std::int64_t> epoch_minute(std::string_view text, bool& whole) {
  const auto point = text.find('.');
  const std::string_view digits = text.substr(0, point);
  if (point != std::string_view::npos &&
      text.find_first_not_of("0123456789", point + 1) != std::string_view::npos)
    return std::nullopt;
  std::int64_t number = 0;
  const auto result = std::from_chars(digits.data(), digits.data() + digits.size(), number);
  if (result.ec != std::errc{} || result.ptr != digits.data() + digits.size()) return std::nullopt;
  std::int64_t per_second = 1;
  // nine or ten digits are seconds from 1973 to 2286; three more are milliseconds, and so on
  std::size_t size = digits.size();
  for (; size > 11 && size <= 19; size -= 3) per_second *= 1000;
  if (size != 9 && size != 10) return std::nullopt;
  const std::int64_t seconds = number / per_second;  // parts of a second count as little as in other forms
  whole = seconds % 60 == 0;
  return seconds / 60;
}

// "… - …" and "…/…": a stretch of time; its beginning counts.
std::string_view beginning(std::string_view text) {
  for (const std::string_view joint : {" - ", " – ", " to "}) {
    if (const auto at = text.find(joint); at != std::string_view::npos) return text.substr(0, at);
  }
  constexpr std::size_t date = 11;  // a slash within a date is none
  const auto slash = text.find('/', date);
  return slash != std::string_view::npos && text.find('T') < slash ? text.substr(0, slash) : text;
}

std::chrono::sys_days day_of(std::int64_t minute) {
  return std::chrono::floor<std::chrono::days>(
      std::chrono::sys_time<std::chrono::minutes>{std::chrono::minutes{minute}});
}

std::int64_t minutes(std::chrono::sys_days day) {
  return day.time_since_epoch().count() * static_cast<std::int64_t>(minutes_per_day);
}

// Whether summer time holds at a minute of UTC.
bool is_summer(const Zone& zone, std::int64_t utc) {
  using namespace std::chrono;
  const year_month_day date{day_of(utc)};
  const year y = date.year();
  if (zone.kind == Zone::Kind::european) {
    const std::int64_t from = minutes(sys_days{y / March / Sunday[last]}) + minutes_per_hour;
    const std::int64_t to = minutes(sys_days{y / October / Sunday[last]}) + minutes_per_hour;
    return utc >= from && utc < to;
  }
  // second Sunday of March to first of November, at two o'clock by the clock that ends
  const std::int64_t from = minutes(sys_days{y / March / Sunday[2]}) + 2 * minutes_per_hour - zone.base;
  const std::int64_t to = minutes(sys_days{y / November / Sunday[1]}) + minutes_per_hour - zone.base;
  return utc >= from && utc < to;
}

}  // namespace

std::optional<int> read_clock(std::string_view text) {
  Scan scan{beginning(text)};
  if (scan.digits_ahead() > 2) return std::nullopt;
  const auto read = clock(scan);
  if (!read || !read->whole || !scan.done() || text.find(':') == std::string_view::npos) return std::nullopt;
  return read->minute;
}

std::optional<Stamp> read_stamp(std::string_view text) {
  constexpr std::size_t longest = 100;
  if (text.size() > longest) return std::nullopt;
  Stamp out;
  if (const auto epoch = epoch_minute(text, out.whole_minutes)) {
    out.epoch = epoch;
    return out;
  }
  Scan scan{beginning(text)};
  if (!date_part(scan, out)) return std::nullopt;
  if (scan.done()) return out;
  if (!scan.take('T')) {
    scan.take(',');
    const auto before = scan.rest().size();
    scan.blanks();
    if (scan.rest().size() == before) return std::nullopt;
  }
  const auto read = clock(scan);
  if (!read) return std::nullopt;
  out.minute = read->minute;
  out.whole_minutes = read->whole;
  if (!zone_part(scan, out)) return std::nullopt;
  return out;
}

bool has_short_year(std::string_view text) {
  Scan scan{text};
  if (!scan.number(1, 2)) return false;
  const char separator = scan.done() ? '\0' : scan.rest().front();
  if (separator != '.' && separator != '/' && separator != '-') return false;
  scan.take(separator);
  const bool middle =
      scan.digits_ahead() > 0 ? scan.number(1, 2).has_value() : month_named(scan.word()).has_value();
  if (!middle || !scan.take(separator) || !scan.number(2, 2)) return false;
  return scan.done() || scan.rest().front() == ' ' || scan.rest().front() == ',' ||
         scan.rest().front() == 'T';
}

std::optional<std::int64_t> minute_of(const Stamp& stamp, DayOrder order) {
  if (stamp.epoch) return stamp.epoch;
  const bool swapped = stamp.order_open && order == DayOrder::day_first;
  const std::chrono::year_month_day date{
      std::chrono::year{stamp.year},
      std::chrono::month{static_cast<unsigned>(swapped ? stamp.second : stamp.first)},
      std::chrono::day{static_cast<unsigned>(swapped ? stamp.first : stamp.second)}};
  if (!date.ok() || stamp.year < years_from || stamp.year > years_to) return std::nullopt;
  return minutes(std::chrono::sys_days{date}) + stamp.minute.value_or(0) - stamp.offset.value_or(0);
}

Zone zone_named(std::string_view cell) {
  std::vector<std::string> words(1);
  for (const char c : cell) {
    if (is_letter(c))
      words.back() += c;
    else if (!words.back().empty())
      words.emplace_back();
  }
  const auto has = [&](std::string_view word) {
    return std::find(words.begin(), words.end(), word) != words.end();
  };
  const auto has_folded = [&](std::string_view wanted) {
    return std::any_of(words.begin(), words.end(), [&](const std::string& word) {
      return word.size() == wanted.size() && std::equal(word.begin(), word.end(), wanted.begin(),
                                                        [](char a, char b) { return lower(a) == b; });
    });
  };
  using Kind = Zone::Kind;
  struct Pair {
    std::string_view winter, summer, both;
    Kind kind;
    int base;
  };
  constexpr std::array pairs{
      Pair{"GMT", "BST", "", Kind::european, 0},       Pair{"WET", "WEST", "", Kind::european, 0},
      Pair{"CET", "CEST", "", Kind::european, 60},     Pair{"EET", "EEST", "", Kind::european, 120},
      Pair{"EST", "EDT", "EPT", Kind::american, -300}, Pair{"CST", "CDT", "CPT", Kind::american, -360},
      Pair{"MST", "MDT", "MPT", Kind::american, -420}, Pair{"PST", "PDT", "PPT", Kind::american, -480}};
  for (const Pair& pair : pairs) {
    if ((has(pair.winter) && has(pair.summer)) || (!pair.both.empty() && has(pair.both)))
      return {pair.kind, pair.base,
              pair.both.empty() || !has(pair.both) ? std::string{pair.winter} + '/' + std::string{pair.summer}
                                                   : std::string{pair.both}};
  }
  for (const std::string_view word : {"utc", "gmt", "zulu"}) {
    if (has_folded(word)) return {Kind::fixed, 0, "UTC"};
  }
  for (const NamedZone& zone : fixed_zones) {
    if (zone.name.size() > 1 && has(zone.name)) return {Kind::fixed, zone.offset, std::string{zone.name}};
  }
  if (has_folded("settlementdate")) return {Kind::fixed, 600, "the market time of AEMO, UTC+10"};
  if (has_folded("local")) return {Kind::local, 0, "local time"};
  return {};
}

std::optional<std::int64_t> to_utc(const Zone& zone, std::int64_t local, std::optional<std::int64_t> after) {
  if (zone.kind != Zone::Kind::european && zone.kind != Zone::Kind::american) return local - zone.base;
  const std::int64_t winter = local - zone.base;
  const std::int64_t summer = winter - minutes_per_hour;
  const bool may_be_summer = is_summer(zone, summer);
  const bool may_be_winter = !is_summer(zone, winter);
  if (may_be_summer && (!may_be_winter || !after || summer > *after)) return summer;
  if (may_be_winter) return winter;
  return std::nullopt;
}

bool may_be_clock_change(std::int64_t minute) {
  using namespace std::chrono;
  const auto day = day_of(minute);
  const year_month_day date{day};
  const unsigned d = static_cast<unsigned>(date.day());
  const auto hour = (minute - minutes(day)) / minutes_per_hour;
  if (weekday{day} != Sunday || hour < 1 || hour > 3) return false;
  const bool european = date.month() == March && d >= 25;
  const bool american = date.month() == March && d >= 8 && d <= 14;
  const bool southern = (date.month() == October && d <= 7) || (date.month() == September && d >= 24);
  return european || american || southern;
}

}  // namespace kwhatif::analysis
