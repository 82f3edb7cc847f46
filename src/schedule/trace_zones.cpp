#include "trace_zones.hpp"

#include <algorithm>
#include <array>
#include <charconv>
#include <chrono>
#include <vector>

namespace kwhatif::schedule {

namespace {

constexpr int minutes_per_hour = 60;
constexpr int minutes_per_day = 1440;

bool is_letter(char c) { return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z'); }
bool is_digit(char c) { return c >= '0' && c <= '9'; }

std::string folded(std::string_view word) {
  std::string out{word};
  for (char& c : out) c = c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c;
  return out;
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
    NamedZone{"AEDT", 660}, NamedZone{"NZST", 720}, NamedZone{"NZDT", 780}, NamedZone{"MEZ", 60},
    NamedZone{"MESZ", 120}, NamedZone{"NEM", 600}};

// Clocks that change; `both` names them the year round.
struct ChangingZone {
  std::string_view winter, summer, both;
  Zone::Kind kind;
  int base;  // [minutes]
};
constexpr std::array changing_zones{ChangingZone{"GMT", "BST", "", Zone::Kind::european, 0},
                                    ChangingZone{"WET", "WEST", "", Zone::Kind::european, 0},
                                    ChangingZone{"CET", "CEST", "", Zone::Kind::european, 60},
                                    ChangingZone{"MEZ", "MESZ", "", Zone::Kind::european, 60},
                                    ChangingZone{"EET", "EEST", "", Zone::Kind::european, 120},
                                    ChangingZone{"EST", "EDT", "EPT", Zone::Kind::american, -300},
                                    ChangingZone{"CST", "CDT", "CPT", Zone::Kind::american, -360},
                                    ChangingZone{"MST", "MDT", "MPT", Zone::Kind::american, -420},
                                    ChangingZone{"PST", "PDT", "PPT", Zone::Kind::american, -480}};

// In small letters these are words, or parts of the world.
constexpr auto words_too = std::to_array<std::string_view>({"est", "wet", "west"});

// Words in the head of a time that name a zone, but none that is certain: of several meanings ("IST" is kept
// in India, Israel and Ireland), of clocks whose changes are not known here, or of a part of the world.
constexpr auto unclear_words = std::to_array<std::string_view>(
    {"est",     "cst",        "cdt",      "bst",     "ist",    "ast",  "adt",     "sst",       "hst",
     "akst",    "akdt",       "nst",      "ndt",     "sgt",    "hkt",  "pkt",     "ict",       "brt",
     "sast",    "msk",        "msd",      "trt",     "acdt",   "uk",   "eastern", "pacific",   "mountain",
     "central", "prevailing", "daylight", "america", "europe", "asia", "africa",  "australia", "atlantic",
     "indian",  "etc",        "london",   "berlin",  "paris"});

// Words that stand in brackets beside a time and name no zone.
constexpr auto plain_words = std::to_array<std::string_view>(
    {"hour",       "hours",     "hr",      "hrs",       "he",    "hb",     "hourly",   "half",      "quarter",
     "min",        "mins",      "minute",  "minutes",   "sec",   "second", "seconds",  "us",        "ns",
     "mon",        "month",     "day",     "days",      "week",  "year",   "a",        "am",        "pm",
     "iso",        "unix",      "epoch",   "rfc",       "posix", "since",  "start",    "starts",    "started",
     "starting",   "begin",     "begins",  "beginning", "end",   "ends",   "ended",    "ending",    "of",
     "the",        "in",        "at",      "to",        "from",  "until",  "interval", "step",      "period",
     "settlement", "market",    "trading", "delivery",  "date",  "time",   "datetime", "timestamp", "stamp",
     "inclusive",  "exclusive", "format",  "mtu",       "uhr",   "local"});

template <std::size_t N>
bool is_among(const std::array<std::string_view, N>& words, std::string_view word) {
  return std::ranges::find(words, word) != words.end();
}

// "YYYY", "ddThh", "TT.MM.JJJJ": how a date is written.
bool is_pattern(const std::string& word) { return word.find_first_not_of("ymdhsztj") == std::string::npos; }

struct HeadWord {
  std::string written, small;  // small: in small letters
  bool bracketed = false;
};

std::vector<HeadWord> words_of(std::string_view cell) {
  std::vector<HeadWord> out;
  int depth = 0;
  bool inside = false;  // a word
  for (const char c : cell) {
    if (c == '(' || c == '[') ++depth;
    if (c == ')' || c == ']') --depth;
    if (is_letter(c)) {
      if (!inside) out.push_back({{}, {}, depth > 0});
      out.back().written += c;
    }
    inside = is_letter(c);
  }
  for (HeadWord& word : out) word.small = folded(word.written);
  return out;
}

std::string_view without_blanks(std::string_view text) {
  while (!text.empty() && text.front() == ' ') text.remove_prefix(1);
  while (!text.empty() && text.back() == ' ') text.remove_suffix(1);
  return text;
}

// What follows a sign: "1", "05", "5:30", "0530"; the next character is neither a letter nor a digit.
std::optional<int> hours_and_minutes(std::string_view text) {
  constexpr int farthest = 14;  // hours
  const auto digits = [&] {
    const auto end = std::find_if_not(text.begin(), text.end(), is_digit);
    const std::string_view out = text.substr(0, static_cast<std::size_t>(end - text.begin()));
    text.remove_prefix(out.size());
    return out;
  };
  const auto number = [](std::string_view written) {
    int out = 0;
    std::from_chars(written.data(), written.data() + written.size(), out);
    return out;
  };
  std::string_view hours = digits();
  std::string_view minutes;
  if (hours.size() == 4) {
    minutes = hours.substr(2);
    hours = hours.substr(0, 2);
  } else if (text.starts_with(':')) {
    text.remove_prefix(1);
    minutes = digits();
    if (minutes.size() != 2) return std::nullopt;
  }
  if (hours.empty() || hours.size() > 2 ||
      (!text.empty() && (is_letter(text.front()) || text.front() == '.')))
    return std::nullopt;
  if (number(hours) > farthest || number(minutes) >= minutes_per_hour) return std::nullopt;
  return number(hours) * minutes_per_hour + number(minutes);
}

struct HeadOffset {
  bool written = false;        // a sign and a number stand where an offset does
  std::optional<int> minutes;  // none where they are none, or several
};

// The offset behind "UTC", "GMT" or "offset", or alone in brackets: "UTC+1", "GMT + 5:30", "(+01:00)".
HeadOffset offset_in(std::string_view cell) {
  constexpr std::string_view minus = "\u2212";
  HeadOffset out;
  for (std::size_t i = 0; i < cell.size(); ++i) {
    const bool is_minus = cell.substr(i).starts_with(minus);
    if (cell[i] != '+' && cell[i] != '-' && !is_minus) continue;
    const std::string_view after = without_blanks(cell.substr(i + (is_minus ? minus.size() : 1)));
    std::string before = folded(without_blanks(cell.substr(0, i)));
    if (before.ends_with(':')) before.pop_back();
    const bool follows = before.ends_with("utc") || before.ends_with("gmt") || before.ends_with("offset") ||
                         before.ends_with('(') || before.ends_with('[');
    if (!follows || after.empty() || !is_digit(after.front())) continue;
    auto minutes = hours_and_minutes(after);
    if (minutes && cell[i] != '+') minutes = -*minutes;
    const bool first = !out.written;
    out.written = true;
    if (!first && out.minutes != minutes) return {true, std::nullopt};
    out.minutes = minutes;
  }
  return out;
}

Zone at_offset(int minutes) {
  if (minutes == 0) return {Zone::Kind::fixed, 0, "UTC"};
  const int size = minutes < 0 ? -minutes : minutes;
  const int past = size % minutes_per_hour;
  std::string name = (minutes < 0 ? "UTC-" : "UTC+") + std::to_string(size / minutes_per_hour);
  if (past > 0) name += (past < 10 ? ":0" : ":") + std::to_string(past);
  return {Zone::Kind::fixed, minutes, name};
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

std::optional<int> fixed_offset(std::string_view name) {
  for (const NamedZone& zone : fixed_zones) {
    if (folded(zone.name) == folded(name)) return zone.offset;
  }
  return std::nullopt;
}

Zone zone_named(std::string_view cell) {
  constexpr std::size_t longest = 200;  // longer ones are no heads
  cell = cell.substr(0, longest);
  const std::vector<HeadWord> words = words_of(cell);
  const auto has = [&](std::string_view small) {
    return std::ranges::any_of(words, [&](const HeadWord& w) { return w.small == small; });
  };
  // an abbreviation: in any case where it cannot be a word
  const auto names = [&](std::string_view zone) {
    return std::ranges::any_of(words, [&](const HeadWord& w) {
      return w.small == folded(zone) && (w.written == zone || !is_among(words_too, w.small));
    });
  };
  using Kind = Zone::Kind;
  for (const ChangingZone& zone : changing_zones) {
    if (!zone.both.empty() && names(zone.both)) return {zone.kind, zone.base, std::string{zone.both}};
    if (names(zone.winter) && names(zone.summer))
      return {zone.kind, zone.base, std::string{zone.winter} + '/' + std::string{zone.summer}};
  }
  const HeadOffset offset = offset_in(cell);
  // the zones "Etc/GMT+5" count the other way round
  if (offset.written && (!offset.minutes || has("etc")))
    return {Kind::unclear, 0, std::string{without_blanks(cell)}};
  if (offset.written) return at_offset(*offset.minutes);
  if (has("utc") || has("gmt") || has("zulu")) return {Kind::fixed, 0, "UTC"};
  for (const NamedZone& zone : fixed_zones) {
    if (zone.name.size() > 1 && names(zone.name)) return {Kind::fixed, zone.offset, std::string{zone.name}};
  }
  if (has("settlementdate")) return {Kind::fixed, 600, "the market time of AEMO, UTC+10"};
  if (has("local")) return {Kind::local, 0, "local time"};
  for (const HeadWord& word : words) {
    const bool plain = is_among(plain_words, word.small) || is_pattern(word.small);
    if (is_among(unclear_words, word.small) || (word.bracketed && !plain))
      return {Kind::unclear, 0, word.written};
  }
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

}  // namespace kwhatif::schedule
