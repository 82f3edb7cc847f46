// Which group a row belongs to, and which row comes first. Private to grid.
#pragma once

#include <kwhatif/grid/sink.hpp>

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

}  // namespace kwhatif::grid
