#include "trace_stamps.hpp"

#include "trace_zones.hpp"

#include <algorithm>
#include <array>
#include <bit>
#include <charconv>
#include <chrono>
#include <cstring>

namespace kwhatif::schedule {

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

// What most files write, "2022-01-01T05:00Z", with or without seconds and zone, read at once; nothing where
// it has another form, or may be refused.
std::optional<Stamp> usual_stamp(std::string_view text) {
  constexpr std::string_view form = "0000-00-00T00:00";
  constexpr std::size_t half = sizeof(std::uint64_t);
  static_assert(form.size() == 2 * half && std::endian::native == std::endian::little);
  constexpr std::size_t joint = 10;  // 'T' or a blank
  if (text.size() < form.size() || (text[joint] != 'T' && text[joint] != ' ')) return std::nullopt;
  // eight characters at once: what digits have above '0', and others above the form
  const auto above = [&](std::size_t at) {
    std::uint64_t here = 0;
    std::uint64_t there = 0;
    std::memcpy(&here, text.data() + at, half);
    std::memcpy(&there, form.data() + at, half);
    return here ^ there;
  };
  const std::uint64_t date = above(0);
  const std::uint64_t clock = above(half) & ~(std::uint64_t{0xff} << (8U * (joint - half)));
  constexpr std::uint64_t beyond = 0xf0f0f0f0f0f0f0f0;
  constexpr std::uint64_t to_sixteen = 0x0606060606060606;  // from 10 on
  constexpr std::uint64_t dashes = 0xff0000ff00000000;
  constexpr std::uint64_t colon = 0x0000ff0000000000;
  if (((date | clock | (date + to_sixteen) | (clock + to_sixteen)) & beyond) != 0 || (date & dashes) != 0 ||
      (clock & colon) != 0)
    return std::nullopt;
  const auto two = [](std::uint64_t digits, unsigned at) {
    return static_cast<int>((digits >> (8U * at)) & 15U) * 10 +
           static_cast<int>((digits >> (8U * at + 8U)) & 15U);
  };
  Stamp out;
  out.year = two(date, 0) * 100 + two(date, 2);
  out.first = two(date, 5);
  out.second = two(clock, 0);
  const int minute = two(clock, 6);
  out.minute = two(clock, 3) * minutes_per_hour + minute;
  if (minute > 59 || *out.minute > minutes_per_day) return std::nullopt;
  std::string_view rest = text.substr(form.size());
  if (rest.size() >= 3 && rest[0] == ':' && is_digit(rest[1]) && is_digit(rest[2])) {
    out.whole_minutes = rest[1] == '0' && rest[2] == '0';
    if (!out.whole_minutes) return std::nullopt;
    rest.remove_prefix(3);
  }
  if (rest == "Z") out.offset = 0;
  if (!rest.empty() && rest != "Z") return std::nullopt;
  return out;
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
  if (auto usual = usual_stamp(text)) return usual;
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
  return std::chrono::sys_days{date}.time_since_epoch().count() * static_cast<std::int64_t>(minutes_per_day) +
         stamp.minute.value_or(0) - stamp.offset.value_or(0);
}

}  // namespace kwhatif::schedule
