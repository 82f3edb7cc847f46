// Traces of the tables, and hours as text.
#include "trace_stamps.hpp"
#include <kwhatif/schedule/trace.hpp>

#include <chrono>
#include <cmath>

namespace kwhatif::schedule {

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
  out.signal = row.text("signal");
  out.year = static_cast<int>(row.number("year").value_or(0));
  return out;
}

std::string stamp(std::int64_t hour) {
  const auto day = std::chrono::floor<std::chrono::days>(
      std::chrono::sys_time<std::chrono::hours>{std::chrono::hours{hour}});
  const std::chrono::year_month_day date{day};
  const auto of_day = static_cast<unsigned>(hour - day.time_since_epoch().count() * std::int64_t{24});
  const auto two = [](unsigned n) { return (n < 10 ? "0" : "") + std::to_string(n); };
  return std::to_string(static_cast<int>(date.year())) + '-' + two(static_cast<unsigned>(date.month())) +
         '-' + two(static_cast<unsigned>(date.day())) + 'T' + two(of_day) + ":00Z";
}

std::string stamp(const Trace& trace, double hours) {
  return stamp(trace.first_hour + static_cast<std::int64_t>(std::ceil(hours - 1e-9)));
}

std::optional<std::int64_t> hour_of(std::string_view text) {
  const auto read = read_stamp(text);
  if (!read || read->order_open || !read->whole_minutes) return std::nullopt;
  const auto minute = minute_of(*read, DayOrder::day_first);
  if (!minute || *minute % 60 != 0) return std::nullopt;
  return floor_hour(*minute);
}

}  // namespace kwhatif::schedule
