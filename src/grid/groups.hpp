// Which group a row belongs to, which row comes first, and where quantiles and bins lie. Private to grid.
#pragma once

#include <kwhatif/grid/sink.hpp>

#include <optional>
#include <vector>

namespace kwhatif::grid {

/// By value, equal ones by row.
bool before(const Ranked& a, const Ranked& b);

/// The groups of all rows that agree on some axes, found block by block.
class GroupMap {
 public:
  /// @errors diag::UsageError too-many-groups beyond `most`
  GroupMap(const Kernel& kernel, const std::vector<std::size_t>& axes, std::size_t most);

  std::size_t size() const { return size_; }
  /// Group of the rows with these indices on the outer axes and the lowest on the inner ones.
  std::size_t base(const std::size_t* outer) const {
    std::size_t out = 0;
    for (std::size_t k = 0; k < outer_strides_.size(); ++k) out += outer[k] * outer_strides_[k];
    return out;
  }
  /// Whether all rows of a block are in its base group.
  bool one_per_block() const { return inner_groups_.empty(); }
  /// Whether lane i of a block is in group of lane 0 + i.
  bool lane_is_group() const { return lane_is_group_; }
  /// Group of an inner point above the base.
  std::size_t inner(std::size_t point) const { return inner_groups_.empty() ? 0 : inner_groups_[point]; }

 private:
  std::size_t size_ = 1;
  std::vector<std::size_t> outer_strides_;   // per outer axis of the kernel
  std::vector<std::uint32_t> inner_groups_;  // per inner point; empty: all in one group
  bool lane_is_group_ = false;
};

inline constexpr std::size_t most_summed_groups = 100'000;
inline constexpr std::size_t most_ranked_groups = 4096;

/// Doubles are ordered like these whole numbers.
std::uint64_t key_of(double v);
double value_of(std::uint64_t key);

/// The two ranks that a quantile of `count` values lies between, and how far from the first.
struct QuantilePlace {
  QuantilePlace(double level, std::uint64_t count);
  double between(double below, double above) const { return below + (above - below) * part; }
  std::uint64_t rank = 0, next = 0;
  double part = 0;
};

/// Where the bins of a histogram begin.
/// @param least  the least positive value, where there is one
std::vector<double> bins_from(double lowest, double highest, std::optional<double> least, std::size_t bins);
/// The last bin that begins at or below the value; zeros and the like are in the first.
std::size_t bin_of(const std::vector<double>& from, double v);

}  // namespace kwhatif::grid
