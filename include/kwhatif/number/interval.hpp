// Closed intervals: what a result can be when every input lies anywhere in its own interval.
#pragma once

#include <kwhatif/number/concepts.hpp>

#include <algorithm>

namespace kwhatif::number {

/// The interval [low, high], low <= high.
///
/// Products and quotients take the extremes over all four pairs of ends, so negative ends are right. Rounding
/// is the machine's (not outward): bounds are exact to a few units in the last place. An input that occurs
/// twice in a formula widens the result, as always with intervals; the formulas of `estimate` use each input
/// once.
struct Interval {
  double low = 0;
  double high = 0;

  constexpr Interval() = default;
  constexpr explicit Interval(double exact) : low(exact), high(exact) {}
  constexpr Interval(double lower, double upper) : low(lower), high(upper) {}

  constexpr bool contains(double x) const { return low <= x && x <= high; }
  constexpr bool overlaps(const Interval& other) const { return low <= other.high && other.low <= high; }

  friend constexpr bool operator==(const Interval&, const Interval&) = default;
  friend constexpr Interval operator+(const Interval& a, const Interval& b) {
    return {a.low + b.low, a.high + b.high};
  }
  friend constexpr Interval operator-(const Interval& a, const Interval& b) {
    return {a.low - b.high, a.high - b.low};
  }
  friend constexpr Interval operator*(const Interval& a, const Interval& b) {
    const auto ends = std::minmax({a.low * b.low, a.low * b.high, a.high * b.low, a.high * b.high});
    return {ends.first, ends.second};
  }
  /// Division by an interval that contains zero has no bounds; the caller excludes it (inputs are checked at
  /// resolve).
  friend constexpr Interval operator/(const Interval& a, const Interval& b) {
    const auto ends = std::minmax({a.low / b.low, a.low / b.high, a.high / b.low, a.high / b.high});
    return {ends.first, ends.second};
  }
};

/// Middle of the interval.
constexpr double value(const Interval& x) { return 0.5 * (x.low + x.high); }

static_assert(Number<Interval>);

}  // namespace kwhatif::number
