// Boxes of a grid and what the recorded estimate() can give there. Private to grid.
//
// A box is a range on every outer axis of a kernel, the inner axes whole. Ranges are only ever halved, so a
// range is named by its place in the tree of halves. What a slot's table holds within a box is found once per
// range and remembered.
#pragma once

#include "sweep_kernel.hpp"
#include <kwhatif/grid/sink.hpp>

#include <unordered_map>
#include <vector>

namespace kwhatif::grid {

/// A part of the grid with what bounds it.
struct Box {
  struct Side {
    std::uint32_t first = 0, last = 0;  ///< half open
    std::uint32_t node = 1;             ///< 1: the whole axis; 2 n and 2 n + 1: its halves
    std::uint32_t size() const { return last - first; }
  };
  std::vector<Side> sides;                ///< one per outer axis
  std::vector<BoxBounds::Range> slots;    ///< what each slot has in the box
  std::vector<BoxBounds::Range> columns;  ///< what each result of the kernel can be
  std::vector<std::size_t> outer;         ///< first index on each outer axis
  std::uint64_t first_row = 0;
  std::uint64_t points = 0;
  bool none_holds = false;  ///< some limit fails on every row, or no row resolves
  bool all_hold = false;

  BoxBounds bounds() const { return {columns.data(), first_row, points, all_hold, outer.data()}; }
};

/// Makes and splits boxes of one kernel. One per thread.
class Boxes {
 public:
  Boxes(const Kernel& kernel, const std::vector<Limit>& limits);

  /// The whole grid, or the part with given values on some outer axes.
  /// @param at  axis of the space and index there
  Box whole(const std::vector<std::pair<std::size_t, std::size_t>>& at = {});
  /// Halves the axis that changes the results most; false where all outer axes have one value.
  bool split(const Box& box, Box& first, Box& second);
  /// The kernel's outer steps in the box, in rising order of each axis: calls take(StepNumber).
  template <class Take>
  bool each_step(const Box& box, Take take) const {
    std::vector<std::size_t> at = box.outer;
    while (true) {
      std::uint64_t step = 0;
      for (std::size_t k = 0; k < at.size(); ++k) step = step * sizes_[k] + at[k];
      if (!take(StepNumber{step})) return false;
      std::size_t k = at.size();
      while (k-- > 0) {
        if (++at[k] < box.sides[k].last) break;
        at[k] = box.sides[k].first;
      }
      if (k == static_cast<std::size_t>(-1)) return true;
    }
  }

 private:
  using Range = BoxBounds::Range;
  struct Table {
    std::vector<std::size_t> outer;           ///< outer axis of each of the table's axes, or none
    std::vector<std::uint32_t> inner_length;  ///< length of the axes that are inner
    bool monotone = false;                    ///< one outer axis, all known, rising or falling
    bool split_matters = false;               ///< the results depend on it
    bool known_where_valid = false;           ///< unknown only where the run does not resolve
    std::unordered_map<std::uint64_t, Range> known;
  };
  static constexpr std::size_t none = static_cast<std::size_t>(-1);

  bool known_where(std::size_t slot, const SlotTable& resolves) const;
  void bound(Box& box, std::size_t changed);
  Range table_range(const Box& box, std::size_t slot);
  Range valid_range(const Box& box) const;
  Range scan(const Box& box, std::size_t slot) const;
  void evaluate(Box& box);
  void judge(Box& box) const;
  std::size_t axis_to_split(const Box& box) const;

  const Kernel& kernel_;
  std::vector<std::pair<std::size_t, Limit>> limits_;  // column, limit
  std::vector<std::size_t> sizes_;                     // of the outer axes
  std::vector<Table> tables_;
  std::vector<std::vector<std::size_t>> slots_on_;  // slots whose table has the outer axis
  std::shared_ptr<Kernel::Work> work_;
  std::vector<double> low_, high_;
};

}  // namespace kwhatif::grid
