// From times and values in the order of a file to one value an hour.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <vector>

namespace kwhatif::schedule {

/// A value of a file.
struct Point {
  std::int64_t minute = 0;  ///< since 1970: the beginning of the stretch that it holds for
  double value = 0;
  std::size_t offset = 0;  ///< where its line's time stands in the text
};

/// Why points make no hourly series; `offset` says at which of them.
struct SeriesFault {
  std::string message, help;
  std::size_t offset = 0;
  std::string code = "bad-trace";
};

/// One value an hour.
struct HourlySeries {
  std::int64_t first_hour = 0;
  std::vector<double> values;
  std::size_t filled = 0;  ///< hours that took the value of the hour before
  std::size_t longest_gap = 0;
  int step = 60;         ///< [minutes] between two values of the file
  bool shifted = false;  ///< the file's hours are not those of UTC: each hour is the mean of two
};

/// Brings points in order of time, where they stand newest first.
/// @throws SeriesFault: neither order, or two of one time
void put_in_order(std::vector<Point>& points);

/// Minutes between two points: what most of them are apart; 60 for one point.
/// @param points  in order of time
/// @throws SeriesFault: more than an hour, or a point between two steps
int step_of(const std::vector<Point>& points);

/// The point before which clocks seem to have been set forward: an hour is missing where that happens.
/// @param points  in order of time, by the clock of the file
/// @return        its number; 0 where there is none
std::size_t clock_set_forward(const std::vector<Point>& points, int step);

/// Averages steps to hours; each value holds for its step. An hour needs values for half of it; hours without
/// take the value of the hour before, up to six in a row.
/// @param points  in order of time, a whole number of steps apart
/// @throws SeriesFault: a longer gap
HourlySeries by_hours(const std::vector<Point>& points, int step);

}  // namespace kwhatif::schedule
