// A part of a grid, for who goes through it on several machines: which rows it has, what a reduction keeps of
// them, and the answer of all parts together.
//
// The parts of one grid depend on their number alone, never on threads or on the machine. Rows in order are
// parted into stretches of whole blocks; reductions, which take rows in any order, into whatever boxes or
// groups they go through. Whatever is kept is exact (rows with their values, sums without rounding, all
// values), so the answer of the parts has the bits of the answer of the whole. Does not live here: how a
// part is written down (report/sweep_part.hpp).
#pragma once

#include <kwhatif/grid/sink.hpp>

#include <cstdint>
#include <memory>
#include <optional>
#include <utility>
#include <vector>

namespace kwhatif::grid {

/// Part `index` of `count`, counted from 0.
struct Shard {
  std::uint64_t index = 0;
  std::uint64_t count = 1;
  friend bool operator==(const Shard&, const Shard&) = default;
};

/// Where a part begins among `size` things in order; part `count` begins at the end.
std::uint64_t shard_begin(std::uint64_t size, std::uint64_t index, std::uint64_t count);
/// The rows [first, second) of a part, where the kernel takes them in their order.
std::pair<std::uint64_t, std::uint64_t> shard_rows(const Kernel& kernel, const Shard& shard);

/// As walk(), over one part of the grid. Progress counts the points of the part.
bool walk(const Kernel& kernel, Sink& sink, const WalkOptions& options, const Shard& shard);

/// The sum of a group's values, and how many there are.
struct GroupSum {
  std::uint64_t count = 0;
  number::ExactSum sum;
};
/// Doubles whose exact sum is that of `sum`, few of them.
std::vector<double> terms_of(number::ExactSum sum);
/// The group's mean as GroupSink has it.
Group group_of(const GroupSum& sum);

class GroupMap;

/// Sums of one result by group.
class SumSink : public Sink {
 public:
  /// @errors diag::UsageError too-many-groups beyond 100,000
  SumSink(const Kernel& kernel, std::size_t column, const std::vector<std::size_t>& axes);
  ~SumSink() override;
  std::unique_ptr<Part> part() override;
  void commit(Part& part) override;
  const std::vector<GroupSum>& sums() const { return sums_; }

 private:
  std::size_t column_;
  std::unique_ptr<const GroupMap> map_;
  std::vector<GroupSum> sums_;
};

/// Most values that a part keeps for quantiles and histograms, 128 MiB.
inline constexpr std::uint64_t most_kept_values = std::uint64_t{1} << 24U;

/// All values of one result by group: what exact quantiles of several parts need.
class ValueSink : public Sink {
 public:
  /// @errors diag::UsageError too-many-groups beyond 4,096
  ValueSink(const Kernel& kernel, std::size_t column, const std::vector<std::size_t>& axes);
  ~ValueSink() override;
  std::unique_ptr<Part> part() override;
  void commit(Part& part) override;
  /// Rising, by group. Empty where there were more than most_kept_values.
  std::vector<std::vector<double>> take();
  bool too_many() const { return count_ > most_kept_values; }

 private:
  std::size_t column_;
  std::unique_ptr<const GroupMap> map_;
  std::vector<std::vector<double>> values_;
  std::uint64_t count_ = 0;
};

/// Rising values of one group in several parts.
using SortedParts = std::vector<std::vector<double>>;
/// What quantiles() says of a group with these values.
Group quantiles_of(const SortedParts& values);
/// What histogram() says of them.
Histogram histogram_of(const SortedParts& values, std::size_t bins);

}  // namespace kwhatif::grid
