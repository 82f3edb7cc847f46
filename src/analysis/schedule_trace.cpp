// Reading hourly traces, from the tables and from files of the user.
#include <kwhatif/analysis/schedule.hpp>
#include <kwhatif/quantity/parse.hpp>
#include <kwhatif/quantity/units.hpp>

#include <algorithm>
#include <charconv>
#include <chrono>
#include <cmath>

namespace kwhatif::analysis {

namespace {

constexpr std::size_t longest_filled_gap = 6;
constexpr double highest = 9000.0 * 1e-3 / 3.6e6;  // 9,000 g/kWh, as for --ci
constexpr std::size_t hours_per_day = 24;

std::string_view trimmed(std::string_view text) {
  const auto blank = [](char c) { return c == ' ' || c == '\t' || c == '\r' || c == '"'; };
  while (!text.empty() && blank(text.front())) text.remove_prefix(1);
  while (!text.empty() && blank(text.back())) text.remove_suffix(1);
  return text;
}

std::vector<std::string_view> fields_of(std::string_view line) {
  std::vector<std::string_view> out;
  const char separator = line.find(';') == std::string_view::npos ? ',' : ';';  // "288,5" may be a number
  while (true) {
    const auto end = line.find(separator);
    out.push_back(trimmed(line.substr(0, end)));
    if (end == std::string_view::npos) return out;
    line.remove_prefix(end + 1);
  }
}

bool digits(std::string_view text, std::size_t at, std::size_t count, int& out) {
  if (text.size() < at + count) return false;
  const auto result = std::from_chars(text.data() + at, text.data() + at + count, out);
  return result.ec == std::errc{} && result.ptr == text.data() + at + count && text[at] != '-';
}

struct Stamp {
  std::int64_t minute = 0;  // since 1970, UTC
  bool zone_given = false;
};

// "2022-01-01", "2022-01-01T05:00Z", "2022-01-01 05:00:00+01:00".
std::optional<Stamp> read_stamp(std::string_view text) {
  int year = 0;
  int month = 0;
  int day = 0;
  if (!digits(text, 0, 4, year) || !digits(text, 5, 2, month) || !digits(text, 8, 2, day) || text[4] != '-' ||
      text[7] != '-')
    return std::nullopt;
  const std::chrono::year_month_day date{std::chrono::year{year},
                                         std::chrono::month{static_cast<unsigned>(month)},
                                         std::chrono::day{static_cast<unsigned>(day)}};
  if (!date.ok()) return std::nullopt;
  Stamp out;
  constexpr std::int64_t minutes_per_day = 1440;
  out.minute = std::chrono::sys_days{date}.time_since_epoch().count() * minutes_per_day;
  text.remove_prefix(10);
  if (text.empty()) return out;
  if (text[0] != 'T' && text[0] != ' ') return std::nullopt;
  int hour = 0;
  int minute = 0;
  if (!digits(text, 1, 2, hour) || hour > 23) return std::nullopt;
  std::size_t at = 3;
  if (at < text.size() && text[at] == ':') {
    if (!digits(text, at + 1, 2, minute) || minute > 59) return std::nullopt;
    at += 3;
    int second = 0;
    if (at < text.size() && text[at] == ':') {
      if (!digits(text, at + 1, 2, second)) return std::nullopt;
      at += 3;
      if (second != 0) return std::nullopt;
      if (at < text.size() && text[at] == '.') {
        ++at;
        while (at < text.size() && text[at] == '0') ++at;
      }
    }
  }
  out.minute += hour * 60 + minute;
  const std::string_view zone = trimmed(text.substr(at));
  if (zone.empty()) return out;
  out.zone_given = true;
  if (zone == "Z" || zone == "UTC" || zone == "z") return out;
  int offset_hours = 0;
  int offset_minutes = 0;
  if ((zone[0] != '+' && zone[0] != '-') || !digits(zone, 1, 2, offset_hours)) return std::nullopt;
  if (zone.size() > 3 && !digits(zone, zone[3] == ':' ? 4 : 3, 2, offset_minutes)) return std::nullopt;
  const int offset = offset_hours * 60 + offset_minutes;
  out.minute += zone[0] == '+' ? -offset : offset;
  return out;
}

std::string folded(std::string_view text) {
  std::string out;
  for (const char c : text) {
    if (c == '_' || c == ' ' || c == '-') continue;
    out += static_cast<char>(c >= 'A' && c <= 'Z' ? c - 'A' + 'a' : c);
  }
  return out;
}

// The unit that a header cell names, as a unit of the unit table.
std::string unit_in(std::string_view cell) {
  const std::string name = folded(cell);
  const bool per_mwh = name.find("mwh") != std::string::npos;
  if (!per_mwh && name.find("kwh") == std::string::npos) return {};
  const std::string per = per_mwh ? "/MWh" : "/kWh";
  if (name.find("lb") != std::string::npos) return "lb" + per;
  if (name.find("kg") != std::string::npos) return "kg" + per;
  if (name.find("tco2") != std::string::npos || name.starts_with("t/")) return "t" + per;
  if (name.find('g') != std::string::npos) return "g" + per;
  return {};
}

class Reader {
 public:
  explicit Reader(const std::shared_ptr<const diag::SourceText>& source) : source_(source) {
    out_.zone = source->name;
  }

  Trace read() {
    if (source_->text.find('\0') != std::string::npos) {
      fault("bad-trace", "the file is no text in UTF-8", "a CSV file: time,value; the unit in the header");
    }
    std::string_view rest = source_->text;
    while (!rest.empty()) {
      const auto end = rest.find('\n');
      ++line_;
      take(trimmed(rest.substr(0, end)));
      if (end == std::string_view::npos) break;
      rest.remove_prefix(end + 1);
    }
    if (out_.intensity.empty())
      fault("bad-trace", "the trace has no values", "one line per hour: 2022-01-01T00:00Z,144.6");
    if (!zone_seen_ && !by_day_) out_.remarks.push_back("the stamps name no zone and are taken as UTC");
    return std::move(out_);
  }

 private:
  [[noreturn]] void fault(std::string code, std::string message, std::string help) const {
    throw diag::UsageError({.code = std::move(code),
                            .message = std::move(message),
                            .where = {source_, line_, 1, 0},
                            .help = std::move(help)});
  }

  void take(std::string_view line) {
    if (line_ == 1 && line.starts_with("\xEF\xBB\xBF")) line.remove_prefix(3);
    if (line.empty() || line.front() == '#') return;
    const auto fields = fields_of(line);
    const bool starts_with_digit =
        !fields.front().empty() && fields.front().front() >= '0' && fields.front().front() <= '9';
    if (!headed_ && !starts_with_digit) {
      header(fields);
      return;
    }
    headed_ = true;
    const auto stamp = read_stamp(stamp_column_ < fields.size() ? fields[stamp_column_] : std::string_view{});
    if (!stamp)
      fault("bad-trace", "'" + std::string{line.substr(0, 40)} + "' does not begin with a time",
            "write 2022-01-01T00:00Z");
    zone_seen_ = zone_seen_ || stamp->zone_given;
    if (stamp->minute % 60 != 0)
      fault("bad-trace", "the times are not whole hours", "average the values to hours first");
    const std::int64_t hour = stamp->minute / 60;
    if (by_day_) {
      if (fields.size() > hours_per_day + 1)
        fault("bad-trace", "more than 24 values on one day", "one value per UTC hour");
      for (std::size_t h = 0; h + 1 < fields.size(); ++h) {
        if (!fields[h + 1].empty()) add(hour + static_cast<std::int64_t>(h), fields[h + 1]);
      }
      return;
    }
    if (value_column_ >= fields.size())
      fault("bad-trace", "no value on this line", "one line per hour: 2022-01-01T00:00Z,144.6");
    if (!fields[value_column_].empty()) add(hour, fields[value_column_]);
  }

  void header(const std::vector<std::string_view>& fields) {
    headed_ = true;
    by_day_ = folded(fields.front()) == "utcday";
    if (by_day_) {
      unit_ = "g/kWh";
      return;
    }
    for (std::size_t i = 0; i < fields.size(); ++i) {
      const std::string name = folded(fields[i]);
      const bool time = name.find("utc") != std::string::npos || name.find("time") != std::string::npos ||
                        name.find("date") != std::string::npos;
      if (time && !time_found_) {
        stamp_column_ = i;
        time_found_ = true;
      } else if (unit_.empty() && !unit_in(fields[i]).empty()) {
        value_column_ = i;
        unit_ = unit_in(fields[i]);
      }
    }
  }

  void add(std::int64_t hour, std::string_view text) {
    if (unit_.empty())
      fault("missing-unit", "the header does not name the unit of the values",
            "name the column gco2e_per_kwh, 'g/kWh', 'kg/MWh' or 'lb/MWh'");
    double number = 0;
    const auto result = std::from_chars(text.data(), text.data() + text.size(), number);
    if (result.ec != std::errc{} || result.ptr != text.data() + text.size() || !std::isfinite(number))
      fault("bad-trace", "'" + std::string{text.substr(0, 40)} + "' is no number",
            text.find(',') != std::string_view::npos ? "write 288.5 with a point, not a comma"
                                                     : "leave missing values empty");
    const auto parsed =
        quantity::parse(std::string{text} + ' ' + unit_,
                        {.dimension = quantity::dim::carbon_intensity, .example = "144.6 g/kWh"});
    if (!parsed.ok || parsed.value.coherent < 0 || parsed.value.coherent > highest)
      fault("out-of-range", "an intensity of " + std::string{text} + ' ' + unit_ + " is out of range",
            "allowed: 0 to 9,000 g/kWh; is the unit right?");
    auto& values = out_.intensity;
    if (values.empty()) out_.first_hour = hour;
    const std::int64_t expected = out_.first_hour + static_cast<std::int64_t>(values.size());
    if (hour == expected - 1)
      fault(
          "bad-trace", "the hour " + stamp(hour) + " occurs twice",
          "where clocks are set back, local time has an hour twice: write times in UTC or with their offset");
    if (hour < expected)
      fault("bad-trace", "the hour " + stamp(hour) + " comes after a later one", "sort the lines by time");
    const auto gap = static_cast<std::size_t>(hour - expected);
    if (gap > longest_filled_gap)
      fault("bad-trace", std::to_string(gap) + " hours are missing before " + stamp(hour),
            "gaps of up to " + std::to_string(longest_filled_gap) +
                " hours are filled with the hour before; lines must be in order of time");
    if (gap > 0) {
      out_.longest_gap = std::max(out_.longest_gap, gap);
      out_.filled += gap;
      values.insert(values.end(), gap, values.back());
    }
    values.push_back(parsed.value.coherent);
  }

  std::shared_ptr<const diag::SourceText> source_;
  Trace out_;
  int line_ = 0;
  bool headed_ = false;
  bool by_day_ = false;
  bool zone_seen_ = false;
  bool time_found_ = false;
  std::size_t stamp_column_ = 0;
  std::size_t value_column_ = 1;
  std::string unit_;
};

}  // namespace

Trace read_trace(const std::shared_ptr<const diag::SourceText>& source) { return Reader{source}.read(); }

std::vector<catalog::Row> traces_of(const catalog::Catalog& catalog, std::string_view grid) {
  return catalog.all(catalog::Kind::trace, grid);
}

Trace trace_of(const catalog::Row& row) {
  auto text = std::make_shared<diag::SourceText>();
  text->name = std::string{row.file()} + ", values of " + std::string{row.id()};
  text->text = row.cell("values")->text();
  Trace out = read_trace(text);
  out.zone = row.id();
  out.source = row.source();
  out.at = row.at();
  out.boundary = row.text("boundary");
  out.basis = row.text("basis");
  out.year = static_cast<int>(row.number("year").value_or(0));
  return out;
}

std::string stamp(std::int64_t hour) {
  const auto day = std::chrono::floor<std::chrono::days>(
      std::chrono::sys_time<std::chrono::hours>{std::chrono::hours{hour}});
  const std::chrono::year_month_day date{day};
  const auto of_day =
      static_cast<unsigned>(hour - day.time_since_epoch().count() * static_cast<std::int64_t>(hours_per_day));
  const auto two = [](unsigned n) { return (n < 10 ? "0" : "") + std::to_string(n); };
  return std::to_string(static_cast<int>(date.year())) + '-' + two(static_cast<unsigned>(date.month())) +
         '-' + two(static_cast<unsigned>(date.day())) + 'T' + two(of_day) + ":00Z";
}

std::string stamp(const Trace& trace, double hours) {
  return stamp(trace.first_hour + static_cast<std::int64_t>(std::ceil(hours - 1e-9)));
}

std::optional<std::int64_t> hour_of(std::string_view text) {
  const auto read = read_stamp(trimmed(text));
  if (!read || read->minute % 60 != 0) return std::nullopt;
  return read->minute / 60;
}

}  // namespace kwhatif::analysis
