#include "trace_series.hpp"

#include "trace_stamps.hpp"
#include "trace_zones.hpp"
#include <kwhatif/schedule/trace.hpp>

#include <algorithm>
#include <map>

namespace kwhatif::schedule {

namespace {

constexpr std::int64_t hour = 60;  // [minutes]
constexpr std::size_t longest_filled_gap = 6;

// "2022-01-01T00:30Z".
std::string time_of(std::int64_t minute) {
  std::string out = stamp(floor_hour(minute));
  const auto past = static_cast<int>(minute - floor_hour(minute) * hour);
  if (past > 0) out.replace(out.size() - 3, 2, (past < 10 ? "0" : "") + std::to_string(past));
  return out;
}

std::string duration(std::int64_t minutes) {
  return minutes % hour == 0 ? std::to_string(minutes / hour) + " h" : std::to_string(minutes) + " minutes";
}

}  // namespace

void put_in_order(std::vector<Point>& points) {
  if (points.size() > 1 && points.front().minute > points.back().minute)
    std::reverse(points.begin(), points.end());
  for (std::size_t i = 1; i < points.size(); ++i) {
    if (points[i].minute > points[i - 1].minute) continue;
    const bool twice = points[i].minute == points[i - 1].minute;
    const std::size_t offset = std::max(points[i].offset, points[i - 1].offset);
    if (twice)
      throw SeriesFault{"the hour " + time_of(points[i].minute) + " occurs twice",
                        "where clocks are set back, local time has an hour twice: write times in UTC or "
                        "with their offset",
                        offset};
    throw SeriesFault{"the hour " + time_of(points[i].minute) + " comes after a later one",
                      "sort the lines by time", offset};
  }
}

int step_of(const std::vector<Point>& points) {
  std::map<std::int64_t, std::size_t> counts;
  for (std::size_t i = 1; i < points.size(); ++i) ++counts[points[i].minute - points[i - 1].minute];
  if (counts.empty()) return static_cast<int>(hour);
  const auto most =
      std::ranges::max_element(counts, [](const auto& a, const auto& b) { return a.second < b.second; });
  const std::int64_t step = most->first;
  if (step > hour && counts.begin()->first > hour)
    throw SeriesFault{"the times are " + duration(step) + " apart", "a trace has one value an hour or more",
                      points[1].offset};
  for (std::size_t i = 1; i < points.size(); ++i) {
    if ((points[i].minute - points[i - 1].minute) % std::min(step, hour) == 0) continue;
    throw SeriesFault{time_of(points[i].minute) + " is no whole number of steps of " + duration(step) +
                          " after the time before",
                      "leave out what stands between two steps, or average the values to hours first",
                      points[i].offset};
  }
  return static_cast<int>(std::min(step, hour));
}

std::size_t clock_set_forward(const std::vector<Point>& points, int step) {
  for (std::size_t i = 1; i < points.size(); ++i) {
    const std::int64_t missing = points[i - 1].minute + step;
    if (points[i].minute - missing == hour && may_be_clock_change(missing)) return i;
  }
  return 0;
}

HourlySeries by_hours(const std::vector<Point>& points, int step) {
  HourlySeries out;
  out.step = step;
  out.shifted = step == hour && points.front().minute % hour != 0;
  std::vector<double> weights;  // [minutes] of each hour that have a value
  for (std::size_t i = 0; i < points.size(); ++i) {
    const std::int64_t begin = points[i].minute;
    if (i > 0 &&
        begin - points[i - 1].minute - step >= static_cast<std::int64_t>(longest_filled_gap + 1) * hour)
      throw SeriesFault{std::to_string((begin - points[i - 1].minute - step) / hour) +
                            " hours are missing before " + time_of(begin),
                        "gaps of up to " + std::to_string(longest_filled_gap) +
                            " hours are filled with the hour before; lines must be in order of time",
                        points[i].offset};
    if (i == 0) out.first_hour = floor_hour(begin);
    const std::int64_t last = floor_hour(begin + step - 1);
    const auto size = static_cast<std::size_t>(last - out.first_hour) + 1;
    if (size > out.values.size()) {
      out.values.resize(size, 0);
      weights.resize(size, 0);
    }
    for (std::int64_t h = floor_hour(begin); h <= last; ++h) {
      const auto at = static_cast<std::size_t>(h - out.first_hour);
      const auto part =
          static_cast<double>(std::min(begin + step, (h + 1) * hour) - std::max(begin, h * hour));
      out.values[at] += part / static_cast<double>(hour) * points[i].value;
      weights[at] += part;
    }
  }
  constexpr double enough = 30;
  while (weights.size() > 1 && weights.back() < enough) {  // an hour that has hardly begun
    weights.pop_back();
    out.values.pop_back();
  }
  if (weights.size() > 1 && weights.front() < enough) {
    weights.erase(weights.begin());
    out.values.erase(out.values.begin());
    ++out.first_hour;
  }
  std::size_t gap = 0;
  for (std::size_t at = 0; at < weights.size(); ++at) {
    if (weights[at] >= enough || at == 0) {
      if (weights[at] < static_cast<double>(hour)) out.values[at] *= static_cast<double>(hour) / weights[at];
      gap = 0;
      continue;
    }
    out.values[at] = out.values[at - 1];
    ++out.filled;
    out.longest_gap = std::max(out.longest_gap, ++gap);
    if (gap <= longest_filled_gap) continue;
    const std::int64_t minute = (out.first_hour + static_cast<std::int64_t>(at)) * hour;
    const auto after = std::ranges::find_if(points, [&](const Point& p) { return p.minute >= minute; });
    throw SeriesFault{
        "more than " + std::to_string(longest_filled_gap) + " hours are missing before " +
            time_of(after == points.end() ? minute : after->minute),
        "gaps of up to " + std::to_string(longest_filled_gap) + " hours are filled with the hour before",
        after == points.end() ? 0 : after->offset};
  }
  return out;
}

}  // namespace kwhatif::schedule
