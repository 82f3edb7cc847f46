// From numbers to pixels: linear or logarithmic, and where its ticks stand.
#pragma once

#include "drawing.hpp"

#include <optional>
#include <string>
#include <vector>

namespace kwhatif::chart {

/// Values that an axis has to hold; what is not finite does not count.
class Extent {
 public:
  void add(double value);
  void add(const std::optional<Range>& range);
  bool empty() const { return empty_; }
  double low() const { return low_; }
  double high() const { return high_; }

 private:
  bool empty_ = true;
  double low_ = 0, high_ = 0;
};

struct Tick {
  double at = 0;  ///< [px]
  std::string words;
};

class Scale {
 public:
  /// @param from_zero  bars: a linear axis holds 0 and ends there where nothing is beyond
  Scale(const Extent& extent, bool logarithmic, bool from_zero);

  void place(double from, double to) { from_ = from, to_ = to; }
  bool logarithmic() const { return logarithmic_; }
  /// Whether the value can be drawn.
  bool has(double value) const;
  /// In pixels; ends are not passed.
  double at(double value) const;
  /// Ticks whose labels stand side by side between two bounds.
  std::vector<Tick> ticks_across(double left, double right) const;
  /// Ticks above each other.
  std::vector<Tick> ticks_up() const;

 private:
  struct Number {  // digits · 10^exponent
    long long digits = 0;
    int exponent = 0;
    std::string words() const;
    double value() const;
  };
  double share(double value) const;
  std::vector<Number> evenly(double wanted) const;
  std::vector<Number> by_factors(std::size_t density) const;
  template <class Fits>
  std::vector<Tick> chosen(double wanted, Fits fits) const;

  bool logarithmic_;
  double unit_ = 1;            // of a linear axis: its numbers are divided by this, so that none overflows
  double low_ = 0, high_ = 1;  // in units, or decimal logarithms
  double from_ = 0, to_ = 1;
};

/// Lines and labels of an axis below a plot, and its title.
void draw_axis_below(Drawing& drawing, const Scale& scale, const std::string& title, double left,
                     double right);

}  // namespace kwhatif::chart
