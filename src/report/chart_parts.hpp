// What the charts of several answers share: one unit for an axis, words of a value with its interval.
#pragma once

#include <kwhatif/chart/chart.hpp>
#include <kwhatif/quantity/dimension.hpp>
#include <kwhatif/uncertain/certainty.hpp>

#include <string>
#include <string_view>
#include <vector>

namespace kwhatif::report {

/// The unit in which the largest number of an axis is printed for people.
class AxisUnit {
 public:
  AxisUnit(double largest, const quantity::Dimension& dimension);
  double in(double coherent) const { return coherent / scale_; }
  chart::Range in(double low, double high) const { return {in(low), in(high)}; }
  /// "CO2e, t".
  std::string title(std::string_view what) const;

 private:
  double scale_ = 1;
  std::string name_;
};

/// A number that a chart can show: finite.
bool drawable(double value);
/// "552 t (310 to 805 t)".
std::string with_interval(double value, double low, double high, const quantity::Dimension& dimension);
/// Parts of a whole as shares, each with its words; what is not above zero is left out.
chart::ShareRow share_row(std::string id, std::string label, const std::vector<double>& parts, double whole,
                          const quantity::Dimension& dimension);
/// "a; b; c" of at most so many.
std::string listed_shortly(const std::vector<std::string>& words, std::size_t most);

/// "1 run", "3 runs".
std::string counted(std::size_t n, std::string_view what);

}  // namespace kwhatif::report
