#include "duration.hpp"

#include <algorithm>
#include <array>
#include <optional>

namespace kwhatif::quantity {

namespace {

using Outcome = Duration::Outcome;

constexpr std::uint64_t second = 1;
constexpr std::uint64_t minute = 60;
constexpr std::uint64_t hour = 3600;
constexpr std::uint64_t day = 86400;
constexpr std::uint64_t week = 7 * day;

bool is_digit(char c) { return c >= '0' && c <= '9'; }

Duration refused(std::string message, std::string help) {
  return {.outcome = Outcome::refused, .parts = {}, .message = std::move(message), .help = std::move(help)};
}

// Takes digits[.digits] off the front; nothing where there is none or it is longer than a double can tell.
std::optional<DurationPart> take_number(std::string_view& text, bool decimals) {
  constexpr std::size_t longest = 17;
  DurationPart out;
  std::size_t i = 0;
  std::size_t count = 0;
  for (; i < text.size() && is_digit(text[i]); ++i, ++count)
    out.digits = out.digits * 10 + static_cast<std::uint64_t>(text[i] - '0');
  if (count == 0 || count > longest) return std::nullopt;
  if (decimals && i + 1 < text.size() && text[i] == '.' && is_digit(text[i + 1])) {
    for (++i; i < text.size() && is_digit(text[i]); ++i, ++count) {
      if (count >= longest) return std::nullopt;
      out.digits = out.digits * 10 + static_cast<std::uint64_t>(text[i] - '0');
      --out.exponent;
    }
  }
  text.remove_prefix(i);
  return out;
}

bool whole_below(const DurationPart& part, std::uint64_t end) {
  std::uint64_t value = part.digits;
  for (int e = part.exponent; e < 0; ++e) value /= 10;
  return value < end;
}

void skip_blanks(std::string_view& text) {
  while (!text.empty() && (text.front() == ' ' || text.front() == '\t')) text.remove_prefix(1);
}

// Takes "3 days, " off the front, as Python writes it before a clock; nothing where it is not there.
std::optional<DurationPart> take_days(std::string_view& text) {
  std::string_view rest = text;
  auto days = take_number(rest, false);
  skip_blanks(rest);
  if (!days || !rest.starts_with("day")) return std::nullopt;
  rest.remove_prefix(rest.starts_with("days") ? 4 : 3);
  if (!rest.empty() && rest.front() == ',') rest.remove_prefix(1);
  skip_blanks(rest);
  days->seconds = day;
  text = rest;
  return days;
}

// "1-02": days and hours, as Slurm writes them. With one digit it could as well be a range.
Duration read_days_and_hours(std::string_view text) {
  const std::string shown{text};
  auto days = take_number(text, false);
  if (!days || text.empty() || text.front() != '-') return {};
  text.remove_prefix(1);
  const std::size_t digits = text.size();
  auto hours = take_number(text, false);
  if (!hours || !text.empty()) return {};
  if (digits != 2 || hours->digits >= 24)
    return refused("'" + shown + "' is no time: days-hours has two digits for the hours, up to 23",
                   "write for example \"1-02\" or \"1d 2h\"");
  days->seconds = day;
  hours->seconds = hour;
  return {.outcome = Outcome::read, .parts = {*days, *hours}, .message = {}, .help = {}};
}

// "10:01:48", "1-02:03:04", "1-02:03", "3 days, 4:05:06"
Duration read_clock(std::string_view text) {
  const std::string shown{text};
  std::optional<DurationPart> days = take_days(text);
  if (const auto dash = text.find('-'); !days && dash != std::string_view::npos) {
    days = take_number(text, false);
    if (!days || text.empty() || text.front() != '-') return {};
    text.remove_prefix(1);
    days->seconds = day;
  }
  std::vector<DurationPart> parts;
  while (true) {
    const auto part = take_number(text, true);
    if (!part) return {};
    parts.push_back(*part);
    if (text.empty()) break;
    if (text.front() != ':' || part->exponent != 0) return {};
    text.remove_prefix(1);
  }
  if (!days && parts.size() == 2)
    return refused("'" + shown + "' can be hours:minutes or minutes:seconds",
                   "write \"" + shown + ":00\" for hours:minutes:seconds, \"0:" + shown +
                       "\" for minutes and seconds, or units: \"2h30m\"");
  if (parts.size() > 3 || parts.size() < 2)
    return refused("'" + shown + "' is no time", "write for example \"10:01:48\" or \"1-02:03:04\"");
  constexpr std::array units{hour, minute, second};
  for (std::size_t i = 0; i < parts.size(); ++i) {
    parts[i].seconds = units[i];
    const bool first = i == 0 && !days;  // 100:00:00 is a hundred hours
    if (!first && !whole_below(parts[i], i == 0 ? 24 : 60))
      return refused("'" + shown + "' is no time: minutes and seconds go up to 59, hours of a day to 23",
                     "write days-hours:minutes:seconds or units, for example \"1-02:03:04\" or \"26h3min\"");
  }
  Duration out{.outcome = Outcome::read, .parts = {}, .message = {}, .help = {}};
  if (days) out.parts.push_back(*days);
  out.parts.insert(out.parts.end(), parts.begin(), parts.end());
  return out;
}

struct UnitName {
  std::string_view name;
  std::uint64_t seconds;
};
constexpr std::array unit_names{
    UnitName{"weeks", week},    UnitName{"week", week},      UnitName{"w", week},
    UnitName{"days", day},      UnitName{"day", day},        UnitName{"d", day},
    UnitName{"hours", hour},    UnitName{"hour", hour},      UnitName{"hrs", hour},
    UnitName{"hr", hour},       UnitName{"h", hour},         UnitName{"minutes", minute},
    UnitName{"minute", minute}, UnitName{"mins", minute},    UnitName{"min", minute},
    UnitName{"m", minute},      UnitName{"seconds", second}, UnitName{"second", second},
    UnitName{"secs", second},   UnitName{"sec", second},     UnitName{"s", second},
};

// "2h30m", "1d 4h", "1 day 4 hours", "1 day, 4 hours and 3 minutes"
Duration read_units(std::string_view text) {
  const std::string shown{text};
  Duration out{.outcome = Outcome::read, .parts = {}, .message = {}, .help = {}};
  std::string_view last_unit;
  while (!text.empty()) {
    auto part = take_number(text, true);
    if (!part) return {};
    skip_blanks(text);
    const auto end = std::find_if(text.begin(), text.end(), [](char c) { return c < 'a' || c > 'z'; });
    last_unit = text.substr(0, static_cast<std::size_t>(end - text.begin()));
    const auto unit = std::find_if(unit_names.begin(), unit_names.end(),
                                   [&](const UnitName& u) { return u.name == last_unit; });
    if (unit == unit_names.end()) return {};
    part->seconds = unit->seconds;
    text.remove_prefix(last_unit.size());
    skip_blanks(text);
    if (!text.empty() && text.front() == ',') text.remove_prefix(1);
    skip_blanks(text);
    if (text.starts_with("and ")) text.remove_prefix(4);
    skip_blanks(text);
    const bool larger = !out.parts.empty() && out.parts.back().seconds <= part->seconds;
    if (larger || (!text.empty() && part->exponent != 0))
      return refused("'" + shown +
                         "' is no time: units go from the largest to the smallest, each once, and only "
                         "the last number has decimals",
                     "write for example \"1d 4h\" or \"2h30m\"");
    out.parts.push_back(*part);
  }
  if (out.parts.size() != 1) return out;
  if (last_unit == "m")
    return refused("'" + shown + "' can be minutes or months", "write minutes as \"30min\", months as days");
  return {};  // one number and one unit
}

// "PT2H30M", "P1DT4H"
Duration read_iso(std::string_view text) {
  const std::string shown{text};
  const std::string form = "write for example \"PT2H30M\", \"P1DT4H\" or \"2h30m\"";
  text.remove_prefix(1);
  Duration out{.outcome = Outcome::read, .parts = {}, .message = {}, .help = {}};
  bool clock = false;
  while (!text.empty()) {
    if (!clock && text.front() == 'T') {
      clock = true;
      text.remove_prefix(1);
      if (text.empty()) return refused("'" + shown + "' ends after T", form);
      continue;
    }
    auto part = take_number(text, true);
    if (!part || text.empty()) return refused("'" + shown + "' is no ISO 8601 duration", form);
    const char letter = text.front();
    text.remove_prefix(1);
    if (!clock && (letter == 'Y' || letter == 'M'))
      return refused("'" + shown + "': years and months have no fixed length",
                     "write days: \"P30D\" or \"30 days\"");
    if (!clock && letter == 'W')
      part->seconds = week;
    else if (!clock && letter == 'D')
      part->seconds = day;
    else if (clock && letter == 'H')
      part->seconds = hour;
    else if (clock && letter == 'M')
      part->seconds = minute;
    else if (clock && letter == 'S')
      part->seconds = second;
    else
      return refused("'" + shown + "' is no ISO 8601 duration", form);
    if (!out.parts.empty() && out.parts.back().seconds <= part->seconds)
      return refused("'" + shown + "' is no ISO 8601 duration: from the largest to the smallest", form);
    if (part->exponent != 0 && !text.empty())
      return refused("'" + shown + "': only the last number has decimals", form);
    out.parts.push_back(*part);
  }
  if (out.parts.empty()) return refused("'" + shown + "' says no time", form);
  return out;
}

}  // namespace

Duration read_duration(std::string_view text) {
  if (text.size() > 1 && text.front() == 'P' && (is_digit(text[1]) || text[1] == 'T')) return read_iso(text);
  if (text.empty() || !is_digit(text.front())) return {};
  if (text.find(':') != std::string_view::npos) return read_clock(text);
  if (text.find('-') != std::string_view::npos) return read_days_and_hours(text);
  return read_units(text);
}

}  // namespace kwhatif::quantity
