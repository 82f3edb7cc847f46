// Order statistics of many values, and the use of a companion of known distribution to sharpen them. Private
// to uncertainty.
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <vector>

namespace kwhatif::uncertain {

/// Values sorted as far as needed: into bins at once, within a bin when it is asked for.
class OrderStatistics {
 public:
  explicit OrderStatistics(std::span<const double> values);

  /// The value at a rank counted from zero; between ranks linearly. 0 <= rank <= size - 1
  double at(double rank);

 private:
  double order_statistic(std::size_t k);

  static constexpr std::size_t bins = 4096;
  std::vector<double> values_;        ///< bin by bin
  std::vector<std::uint32_t> begin_;  ///< of each bin
  std::vector<bool> sorted_;          ///< bins in order
};

/// The value of `values` below which a share p lies, given a companion of each value that is normal with mean
/// 0 and the deviation `sigma`: how many companions lie below their own exact p-point tells by how much the
/// sample misses p.
///
///   rank = p·N + β · (count(c <= c_p) - p·N),  β = (P(y <= y_p | c <= c_p) - p) / (1 - p)
///
/// for p <= 1/2, and the same counted from above for p > 1/2.
///
/// Exact where a value is a function of its companion alone (a product of lognormals), and no worse than
/// counting where the two have nothing in common (β = 0).
double quantile_with_companion(OrderStatistics& ranked, std::span<const double> values,
                               std::span<const double> companion, double sigma, double p);

}  // namespace kwhatif::uncertain
