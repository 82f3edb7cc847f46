// A file of hourly intensities, from its header to a Trace.
#include "trace_columns.hpp"
#include "trace_json.hpp"
#include "trace_layout.hpp"
#include "trace_numbers.hpp"
#include "trace_rows.hpp"
#include "trace_series.hpp"
#include "trace_stamps.hpp"
#include "trace_zones.hpp"
#include <kwhatif/diag/suggest.hpp>
#include <kwhatif/document/csv.hpp>
#include <kwhatif/quantity/parse.hpp>
#include <kwhatif/quantity/unit_column.hpp>
#include <kwhatif/quantity/units.hpp>
#include <kwhatif/schedule/trace.hpp>

#include <algorithm>
#include <chrono>
#include <cmath>
#include <deque>
#include <limits>
#include <set>

namespace kwhatif::schedule {

namespace {

using document::CsvRecord;

constexpr double highest = 9000.0 * 1e-3 / 3.6e6;  // 9,000 g/kWh, as for --ci
constexpr std::size_t hours_per_day = 24;
constexpr std::size_t most_columns = 1000;
constexpr std::size_t most_rows = 1'200'000;  // eleven years of five-minute steps
constexpr std::int64_t most_years = 20;
constexpr std::int64_t hours_per_year = 8766;
constexpr double missing = std::numeric_limits<double>::quiet_NaN();

std::string quoted(std::string_view text) {
  constexpr std::size_t longest = 60;
  return '\'' + std::string{text.substr(0, longest)} + '\'';
}

class Reader {
 public:
  Reader(const std::shared_ptr<const diag::SourceText>& source, const TraceChoice& choice)
      : source_(source), choice_(choice) {
    out_.zone = source->name;
  }

  Trace read() {
    if (source_->text.find('\0') != std::string::npos)
      fault("bad-trace", "the file is no text in UTF-8", "a CSV file: time,value; the unit in the header");
    if (source_->text.size() > std::numeric_limits<std::uint32_t>::max())
      fault("bad-trace", "the file is larger than 4 GiB", "take the years that matter");
    separator_ = document::csv_separator(source_->text);
    lay_out();
    choose_column();
    read_rows();
    read_values();
    const HourlySeries series = hourly();
    out_.first_hour = series.first_hour;
    out_.intensity = series.values;
    out_.filled = series.filled;
    out_.longest_gap = series.longest_gap;
    out_.step = series.step;
    remark(series);
    return std::move(out_);
  }

 private:
  [[noreturn]] void fault(std::string code, std::string message, std::string help,
                          std::optional<std::size_t> offset = {}, std::size_t length = 0) const {
    diag::Span where{source_, 0, 0, 0};
    if (offset) where = document::span_at(source_, *offset, length);
    if (length == 0) where.length = 0;
    diag::refuse(std::move(code), std::move(message), where, std::move(help));
  }

  [[noreturn]] static void fault_at(const run::Given& given, std::string code, std::string message,
                                    std::string help) {
    diag::refuse(std::move(code), std::move(message), given.where, std::move(help));
  }

  void lay_out() {
    constexpr std::size_t looked_at = 60;
    document::CsvReader reader{source_->text, separator_};
    std::vector<CsvRecord> first;
    CsvRecord record;
    while (first.size() < looked_at && reader.next(record)) {
      check_quotes(record);
      if (record.fields.size() > most_columns)
        fault("bad-trace", "the line has more than " + std::to_string(most_columns) + " fields",
              "a trace has a column of times and one of intensities", record.offsets[0]);
      first.push_back(record);
    }
    if (first.empty())
      fault("bad-trace", "the trace has no values", "one line per hour: 2022-01-01T00:00Z,144.6");
    const auto layout = layout_of(first);
    if (!layout) {
      const CsvRecord& last = first.back();
      for (const CsvRecord& seen : first) {
        for (std::size_t c = 0; c < seen.fields.size(); ++c) {
          if (has_short_year(seen.fields[c])) no_time(seen, c);
        }
      }
      if (first.size() == 1)
        fault("bad-trace", "the trace has no values", "one line per hour: 2022-01-01T00:00Z,144.6",
              last.offsets[0]);
      fault("bad-trace", quoted(last.fields.front()) + " does not begin with a time: no column holds times",
            "write 2022-01-01T00:00Z", last.offsets[0], last.fields[0].size());
    }
    layout_ = *layout;
    if (layout_.zone.kind == Zone::Kind::local)
      zone_open_ = "the head " + quoted(zone_head()) + " says local time, but not of which zone";
    if (layout_.zone.kind == Zone::Kind::unclear)
      zone_open_ = "the head " + quoted(zone_head()) +
                   " names a zone that is not known here, or could be several: " + quoted(layout_.zone.name);
  }

  void check_quotes(const CsvRecord& record) const {
    if (record.unclosed)
      fault("bad-trace", "the quote that opens here is not closed where its field ends",
            "text in quotes ends with a quote; two stand for one", record.unclosed);
  }

  std::string zone_head() const { return layout_.head(layout_.zone_column); }

  // Heads of columns that may hold values, for messages.
  std::string other_heads() const {
    constexpr std::size_t shown = 12;
    std::string out;
    std::size_t count = 0;
    for (std::size_t c = 0; c < layout_.columns && count < shown; ++c) {
      if (c == layout_.time || (layout_.companion != Companion::none && c == layout_.companion_column))
        continue;
      if (layout_.head(c).empty()) continue;
      out += (out.empty() ? "" : ", ") + quoted(layout_.head(c));
      ++count;
    }
    return out;
  }

  std::size_t head_offset(std::size_t column) const {
    return column < layout_.head_offsets.size() ? layout_.head_offsets[column] : 0;
  }

  void choose_column() {
    if (layout_.by_day) {
      out_.unit = "g/kWh";
      return;
    }
    value_ = choice_.column ? column_named(*choice_.column) : column_by_head();
    out_.column = value_.name;
    out_.boundary = value_.boundary;
    out_.basis = value_.basis;
    out_.signal = value_.marginal ? "marginal" : "average";
    out_.unit = value_.unit;
    if (choice_.unit) {
      out_.unit = unit_given(*choice_.unit);
      if (!value_.unit.empty() && !value_.assumed_unit && value_.unit != out_.unit)
        out_.remarks.push_back("the head " + quoted(value_.name) + " says " + value_.unit +
                               "; the values are read in " + out_.unit + ", as " + choice_.unit->named +
                               " says");
    } else if (value_.assumed_unit) {
      out_.remarks.push_back("the head " + quoted(value_.name) + " names no unit; read in " + value_.unit +
                             ", in which WattTime publishes this signal: --trace-unit gives another");
    }
    if (out_.unit.empty())
      fault("missing-unit",
            value_.name.empty() ? "no header names the unit of the values"
                                : "the head " + quoted(value_.name) + " does not name the unit of its values",
            "name it (gco2e_per_kwh, 'g/kWh', 'kg/MWh', 'lb/MWh'), or give it: --trace-unit g/kWh",
            head_offset(value_.column), value_.name.size());
  }

  std::string unit_given(const run::Given& given) const {
    const auto parsed = quantity::parse("1 " + given.text,
                                        {.dimension = quantity::dim::carbon_intensity, .example = "g/kWh"});
    if (parsed.ok) return given.text;
    const std::string named = unit_named(given.text);
    if (named.empty())
      fault_at(given, "wrong-unit",
               given.named + ": " + quoted(given.text) + " is no unit of mass per energy",
               "write for example g/kWh, kg/MWh, lb/MWh or t/MWh");
    return named;
  }

  IntensityColumn column_named(const run::Given& given) const {
    for (const bool folded : {false, true}) {
      for (std::size_t c = 0; c < layout_.heads.size(); ++c) {
        const bool same =
            folded ? diag::fold(layout_.heads[c]) == diag::fold(given.text) : layout_.heads[c] == given.text;
        if (same && !given.text.empty()) return described(c, layout_.heads[c]);
      }
    }
    const auto number = quantity::whole_number(given.text);
    if (number && *number >= 1 && static_cast<std::size_t>(*number) <= layout_.columns) {
      const auto c = static_cast<std::size_t>(*number) - 1;
      return described(c, layout_.head(c));
    }
    const std::vector<std::string_view> views(layout_.heads.begin(), layout_.heads.end());
    const std::string near = diag::did_you_mean(given.text, views);
    fault_at(given, "unknown-column", source_->name + " has no column " + quoted(given.text),
             near + (near.empty() ? "" : " ") +
                 (layout_.heads.empty() ? "it has no header: give the number of the column, from 1"
                                        : "its columns: " + other_heads()));
  }

  IntensityColumn column_by_head() {
    auto columns = intensity_columns(layout_.heads);
    std::erase_if(columns, [&](const IntensityColumn& c) { return c.column == layout_.time; });
    if (columns.empty()) {
      constexpr std::size_t with_time_alone = 2;
      if (layout_.columns == with_time_alone && (choice_.unit || layout_.heads.empty()))
        return described(1 - layout_.time, layout_.head(1 - layout_.time));
      const std::string heads = other_heads();
      fault("missing-unit",
            "no head names a unit of mass per energy, such as g/kWh: no column is certain to "
            "hold carbon intensities",
            "name the unit in the head (gco2e_per_kwh, 'g/kWh', 'kg/MWh', 'lb/MWh'), or say which it is: "
            "--trace-column NAME --trace-unit g/kWh" +
                (heads.empty() ? heads : "; columns: " + heads),
            layout_.head_offsets.empty() ? 0 : layout_.head_offsets.front());
    }
    const auto best = preferred(columns);
    if (best.size() > 1)
      fault("ambiguous",
            "the columns " + quoted(best[0].name) + " and " + quoted(best[1].name) +
                " both hold intensities, and nothing tells which is meant",
            "say which: --trace-column " + quoted(best[0].name), head_offset(best[1].column),
            best[1].name.size());
    for (const IntensityColumn& column : columns) {
      if (column.column != best.front().column) out_.others.push_back(column.name);
    }
    return best.front();
  }

  void read_rows() {
    const auto lines = static_cast<std::size_t>(std::ranges::count(source_->text, '\n')) + 1;
    const std::size_t most = std::min(most_rows, lines * (layout_.by_day ? hours_per_day : 1));
    rows_.reserve(most);
    cells_.reserve(most);
    document::CsvReader reader{source_->text, separator_};
    CsvRecord record;
    for (std::size_t i = 0; reader.next(record); ++i) {
      check_quotes(record);
      if (i < layout_.preamble) continue;
      if (rows_.size() == most_rows)
        fault("out-of-range", "the trace has more than " + std::to_string(most_rows) + " lines",
              "allowed: up to 20 years, and 1.2 million values; take the years that matter",
              record.offsets[0]);
      if (layout_.by_day)
        read_day(record);
      else
        read_row(record);
    }
  }

  void read_day(const CsvRecord& record) {
    const auto stamp = read_stamp(record.fields.front());
    if (!stamp) no_time(record, 0);
    if (record.fields.size() > hours_per_day + 1)
      fault("bad-trace", "more than 24 values on one day", "one value per UTC hour", record.offsets[0]);
    for (std::size_t h = 0; h + 1 < record.fields.size(); ++h) {
      rows_.emplace_back(*stamp, record.offsets[0], record.offsets[h + 1]);
      rows_.back().minute = static_cast<std::int16_t>(h * 60);
      keep_cell(record, h + 1);
    }
  }

  // A cell stays where it stands in the text, unless quotes within it were taken out.
  void keep_cell(const CsvRecord& record, std::size_t column) {
    const std::string& field = record.fields[column];
    const auto there = std::string_view{source_->text}.substr(record.offsets[column], field.size());
    cells_.push_back(there == field ? there : std::string_view{unquoted_.emplace_back(field)});
  }

  [[noreturn]] void no_time(const CsvRecord& record, std::size_t column) const {
    const std::string cell = column < record.fields.size() ? record.fields[column] : std::string{};
    const bool is_short = has_short_year(cell);
    fault("bad-trace", quoted(cell) + (is_short ? ": the year has two digits" : " is no time"),
          is_short ? "write years with four digits: 2022-01-01T00:00Z" : "write 2022-01-01T00:00Z",
          record.offsets[std::min(column, record.fields.size() - 1)], cell.size());
  }

  void read_row(const CsvRecord& record) {
    const auto cell = [&](std::size_t column) {
      return column < record.fields.size() ? std::string_view{record.fields[column]} : std::string_view{};
    };
    const std::size_t offset = record.offsets[layout_.time];
    if (layout_.companion == Companion::none && value_.column < record.fields.size()) {
      if (const int minute = same_day_.minute(cell(layout_.time)); minute >= 0) {
        rows_.push_back(rows_.back());
        rows_.back().minute = static_cast<std::int16_t>(minute);
        rows_.back().offset = static_cast<std::uint32_t>(offset);
        rows_.back().value_offset = static_cast<std::uint32_t>(record.offsets[value_.column]);
        keep_cell(record, value_.column);
        return;
      }
    }
    const auto stamp = read_stamp(cell(layout_.time));
    if (!stamp) no_time(record, layout_.time);
    if (!stamp->whole_minutes)
      fault("bad-trace", quoted(cell(layout_.time)) + " is no whole minute",
            "write times at which steps begin: 2022-01-01T00:00Z", offset, cell(layout_.time).size());
    int companion = 0;
    if (layout_.companion != Companion::none) {
      const std::string_view beside = cell(layout_.companion_column);
      const auto number =
          layout_.companion == Companion::clock ? read_clock(beside) : quantity::whole_number(beside);
      constexpr int latest = 1440;
      if (!number || *number > latest) no_time(record, layout_.companion_column);
      companion = *number;
    }
    if (value_.column >= record.fields.size())
      fault("bad-trace", "no value on this line", "one line per hour: 2022-01-01T00:00Z,144.6", offset);
    rows_.emplace_back(*stamp, offset, record.offsets[value_.column]);
    rows_.back().companion = static_cast<std::int16_t>(companion);
    same_day_.follow(cell(layout_.time));
    keep_cell(record, value_.column);
  }

  void read_values() {
    for (std::string_view& cell : cells_) {
      if (is_missing(cell)) cell = {};
    }
    const NumberStyle style = number_style(cells_);
    if (style.unclear)
      fault("ambiguous",
            quoted(cells_[*style.unclear]) +
                " can mean two numbers: nothing tells whether the "
                "comma parts decimals or thousands",
            "write 288.5 with a point, or 1234 without a comma", rows_[*style.unclear].value_offset,
            cells_[*style.unclear].size());
    values_.reserve(cells_.size());
    const quantity::UnitColumn column(out_.unit, quantity::dim::carbon_intensity);
    ValueCache cache;
    for (std::size_t i = 0; i < cells_.size(); ++i) {
      values_.push_back(cells_[i].empty() ? missing : value_at(i, style.decimal, column, cache));
    }
    if (std::ranges::all_of(values_, [](double v) { return std::isnan(v); }))
      fault("bad-trace", "the trace has no values", "one line per hour: 2022-01-01T00:00Z,144.6",
            rows_.empty() ? std::optional<std::size_t>{} : rows_.front().value_offset);
    cells_.clear();
  }

  double value_at(std::size_t i, char decimal, const quantity::UnitColumn& column, ValueCache& cache) const {
    const std::string_view cell = cells_[i];
    const std::uint64_t key = ValueCache::key(cell, source_->text);
    if (key != 0) {
      if (const double* known = cache.find(key)) return *known;
    }
    const double value = value_of(cell, decimal, column, rows_[i].value_offset);
    if (key != 0) cache.put(key, value);
    return value;
  }

  double value_of(std::string_view cell, char decimal, const quantity::UnitColumn& column,
                  std::size_t offset) const {
    const bool plain = decimal == '.' && cell.find_first_not_of("0123456789.") == std::string_view::npos &&
                       std::ranges::count(cell, '.') <= 1 && cell != ".";
    if (plain) {
      const auto usual = column.value(cell);
      if (usual && *usual >= 0 && *usual <= highest) return *usual;
    }
    const auto number = plain_number(cell, decimal);
    if (!number)
      fault("bad-trace", quoted(cell) + " is no number", "leave missing values empty, or write NA", offset,
            cell.size());
    const auto parsed = quantity::parse(
        *number + ' ' + out_.unit, {.dimension = quantity::dim::carbon_intensity, .example = "144.6 g/kWh"});
    if (!parsed.ok || parsed.value.coherent < 0 || parsed.value.coherent > highest)
      fault("out-of-range",
            "an intensity of " + std::string{cell.substr(0, 40)} + ' ' + out_.unit + " is out of range",
            "allowed: 0 to 9,000 g/kWh; is the unit right?", offset, cell.size());
    return parsed.value.coherent == 0 ? 0 : parsed.value.coherent;  // no -0
  }

  // --- times ---------------------------------------------------------------------------------------------

  // Whether hours 1 to 24 are the hours that end then: so where 24 occurs and 0 does not.
  void settle_hours() {
    if (layout_.companion == Companion::hour) {
      const auto [least, most] =
          std::minmax_element(rows_.begin(), rows_.end(),
                              [](const TraceRow& a, const TraceRow& b) { return a.companion < b.companion; });
      const std::string head = quoted(layout_.head(layout_.companion_column));
      if (most->companion > 24)
        fault("bad-trace",
              "the hour " + std::to_string(most->companion) + " in " + head +
                  " is one of a day on which clocks are set back",
              "write times in UTC or with their offset", most->offset);
      const bool from_zero = least->companion == 0;
      const bool to_24 = most->companion == 24;
      if (from_zero && to_24)
        fault("ambiguous", head + " has an hour 0 and an hour 24",
              "number hours from 0 to 23 or from 1 to 24", most->offset);
      if (!from_zero && !to_24 && !layout_.ends && !layout_.begins)
        fault("ambiguous",
              head +
                  " has neither an hour 0 nor an hour 24: nothing tells whether it names the beginning of "
                  "an hour or its end",
              "call the column 'hour beginning' or 'hour ending', or write 2022-01-01T00:00Z", least->offset);
      layout_.ends = layout_.ends || to_24;
    } else if (layout_.companion == Companion::none) {
      const auto at = [&](int minute) {
        return std::ranges::any_of(rows_, [&](const TraceRow& r) { return r.minute == minute; });
      };
      constexpr int midnight_after = 1440;
      layout_.ends = layout_.ends || (at(midnight_after) && !at(0));
    }
  }

  // Minutes since 1970 by the clock of the file; UTC where the stamp says its offset.
  std::int64_t minute_in_file(const TraceRow& row, DayOrder order) const {
    const auto minute = minute_of(row.stamp(), order);
    if (!minute) throw SeriesFault{std::string{no_such_day}, "write 2022-01-01T00:00Z", row.offset};
    switch (layout_.companion) {
      case Companion::none:
        return *minute;
      case Companion::clock:
        return *minute + row.companion;
      case Companion::hour:
        return *minute + static_cast<std::int64_t>(row.companion) * 60;
      case Companion::half_hour:
        return *minute + static_cast<std::int64_t>(row.companion - 1) * 30;
    }
    return *minute;
  }

  std::int64_t minute_in_utc(const TraceRow& row, DayOrder order, std::optional<std::int64_t> after) const {
    const std::int64_t minute = minute_in_file(row, order);
    if (row.knows_zone()) return minute;
    // half-hours are counted from the midnight of their day, through a change of clocks
    const bool counted = layout_.companion == Companion::half_hour;
    const std::int64_t since = counted ? static_cast<std::int64_t>(row.companion - 1) * 30 : 0;
    const auto utc = to_utc(layout_.zone, minute - since, counted ? std::nullopt : after);
    if (!utc)
      throw SeriesFault{"there is no such time in " + layout_.zone.name + ": clocks are set forward over it",
                        "write times in UTC or with their offset", row.offset};
    return *utc + since;
  }

  // All points under one order of day and month.
  HourlySeries series_of(DayOrder order) const {
    std::vector<Point> points;
    points.reserve(rows_.size());
    const bool newest_first =
        rows_.size() > 1 && minute_in_file(rows_.front(), order) > minute_in_file(rows_.back(), order);
    std::optional<std::int64_t> before;
    for (std::size_t i = 0; i < rows_.size(); ++i) {
      const std::size_t at = newest_first ? rows_.size() - 1 - i : i;
      before = minute_in_utc(rows_[at], order, before);
      points.push_back({*before, values_[at], rows_[at].offset});
    }
    put_in_order(points);
    const int step = step_of(points);
    if (!zone_is_sure()) {
      if (const std::size_t at = clock_set_forward(points, step); at > 0)
        throw SeriesFault{
            "an hour is missing before " + stamp(floor_hour(points[at].minute)).substr(0, 16) +
                ", as where clocks are set forward: the times look local, and the file does not "
                "say of which zone",
            "write times in UTC or with their offset, or name the zone in the head: "
            "'time (CET/CEST)'; if they are UTC, 'time (UTC)'",
            points[at].offset};
    }
    std::erase_if(points, [](const Point& p) { return std::isnan(p.value); });
    if (layout_.ends) {
      for (Point& point : points) point.minute -= step;
    }
    const std::int64_t span = points.back().minute - points.front().minute;
    if (span / 60 > most_years * hours_per_year)
      throw SeriesFault{"the trace is longer than " + std::to_string(most_years) + " years",
                        "take the years that matter", points.back().offset, "out-of-range"};
    return by_hours(points, step);
  }

  // UTC, said by the file or in every stamp, or a zone whose changes are known.
  bool zone_is_sure() const {
    using Kind = Zone::Kind;
    const Zone& zone = layout_.zone;
    if (zone.kind == Kind::european || zone.kind == Kind::american) return true;
    if (zone.kind == Kind::fixed && zone.base == 0) return true;
    return stamps_carry_zone();
  }

  bool stamps_carry_zone() const {
    return std::ranges::all_of(rows_, [](const TraceRow& row) { return row.knows_zone(); });
  }

  HourlySeries hourly() {
    if (!zone_open_.empty() && !stamps_carry_zone())
      fault("bad-trace", zone_open_,
            "write times in UTC or with their offset, or name the zone in the head: 'time (CET/CEST)', "
            "'time (UTC+5:30)'",
            head_offset(layout_.zone_column), zone_head().size());
    settle_hours();
    const bool open = std::ranges::any_of(rows_, [](const TraceRow& r) { return r.order_open; });
    std::optional<SeriesFault> fault_seen;
    std::optional<HourlySeries> found;
    std::optional<DayOrder> order_found;
    for (const DayOrder order : {DayOrder::day_first, DayOrder::month_first}) {
      if (!open && order == DayOrder::month_first) break;
      try {
        HourlySeries series = series_of(order);
        if (found && (found->first_hour != series.first_hour || found->values != series.values))
          fault("ambiguous",
                "nothing tells whether the day or the month stands first: both make a series of hours",
                "write 2022-01-31T00:00Z", rows_.front().offset);
        if (!found) order_found = order;
        found = std::move(series);
      } catch (const SeriesFault& seen) {
        // a day that does not exist says less than what is wrong with days that do
        if (!fault_seen || fault_seen->message == no_such_day) fault_seen = seen;
      }
    }
    if (!found) {
      if (const std::string places = several_places(); !places.empty())
        fault("bad-trace", places, "keep the lines of one of them", fault_seen->offset);
      fault(fault_seen->code, fault_seen->message, fault_seen->help, fault_seen->offset);
    }
    if (open)
      out_.remarks.push_back(std::string{"of a date, the "} +
                             (order_found == DayOrder::day_first ? "day" : "month") +
                             " is read first: the other way round the lines make no hourly series");
    return *found;
  }

  // A file of several places has each hour several times.
  std::string several_places() const {
    document::CsvReader reader{source_->text, separator_};
    CsvRecord record;
    std::vector<std::set<std::string>> seen(layout_.heads.size());
    for (std::size_t i = 0; reader.next(record); ++i) {
      if (i < layout_.preamble) continue;
      for (std::size_t c = 0; c < std::min(seen.size(), record.fields.size()); ++c) {
        if (!names_place(layout_.heads[c])) continue;
        seen[c].insert(record.fields[c]);
        if (seen[c].size() > 1)
          return "the file holds several places: " + quoted(layout_.heads[c]) + " is " +
                 quoted(*seen[c].begin()) + " and " + quoted(*seen[c].rbegin());
      }
    }
    return {};
  }

  void remark(const HourlySeries& series) {
    const Zone& zone = layout_.zone;
    if (!stamps_carry_zone()) {
      if (zone.kind == Zone::Kind::unnamed)
        out_.remarks.emplace_back("the stamps name no zone and are taken as UTC");
      else if (zone.name != "UTC")
        out_.remarks.push_back("the stamps are taken in " + zone.name);
    }
    if (layout_.ends)
      out_.remarks.emplace_back(
          "the times name the ends of their steps; each value holds for the step before");
    if (series.shifted)
      out_.remarks.emplace_back("the file's hours begin between those of UTC: each hour is the mean of two");
  }

  static constexpr std::string_view no_such_day = "there is no such day";
  std::shared_ptr<const diag::SourceText> source_;
  const TraceChoice& choice_;
  Trace out_;
  char separator_ = ',';
  Layout layout_;
  std::string zone_open_;
  IntensityColumn value_;
  std::vector<TraceRow> rows_;
  SameDay same_day_;
  std::vector<std::string_view> cells_;
  std::deque<std::string> unquoted_;  // cells that are not in the text as they are meant
  std::vector<double> values_;
};

}  // namespace

Trace read_trace(const std::shared_ptr<const diag::SourceText>& source, const TraceChoice& choice) {
  const TraceAnswer answer = table_of(source);
  if (answer.field.empty()) return Reader{answer.table, choice}.read();
  if (choice.column && choice.column->text != answer.field)
    diag::refuse("unknown-column",
                 choice.column->named + ": the answer's values are " + quoted(answer.field) + ", not " +
                     quoted(choice.column->text),
                 choice.column->where, "leave it out");
  Trace out = Reader{answer.table, {.column = {}, .unit = choice.unit}}.read();
  out.column = answer.field;
  if (!answer.remark.empty()) out.remarks.push_back(answer.remark);
  return out;
}

}  // namespace kwhatif::schedule
