// Sums of doubles without any rounding before the end: the same bits in whatever order numbers are added.
#pragma once

#include <cstdint>
#include <vector>

namespace kwhatif::number {

/// An exact sum of finite doubles.
///
/// Every addend is cut into pieces that are multiples of 2^(32 i - 1074), i = 0, 1, 2 …, and the pieces are
/// added as whole numbers; only value() rounds, once, to nearest.
/// @source neal-2015, "Fast exact summation using small and large superaccumulators", section 2
class ExactSum {
 public:
  /// @param x  finite
  void add(double x);
  void merge(const ExactSum& other);
  /// The sum, correctly rounded (ties to even); exact zero is +0.
  double value() const;

 private:
  void reach(int first, int last);
  void carry();

  int first_ = 0;                     // index of the first piece kept
  std::vector<std::int64_t> pieces_;  // each below 2^63 in magnitude
  std::uint32_t since_carry_ = 0;
};

}  // namespace kwhatif::number
