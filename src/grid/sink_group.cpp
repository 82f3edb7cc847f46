// Groups: one result reduced over all rows that agree on some axes.
#include "groups.hpp"
#include "sweep_kernel.hpp"
#include <kwhatif/grid/sink.hpp>
#include <kwhatif/number/exact_sum.hpp>

#include <algorithm>
#include <cmath>

namespace kwhatif::grid {

namespace {

constexpr double none = std::numeric_limits<double>::infinity();
constexpr std::uint64_t no_row = ~std::uint64_t{0};

// Smallest of the lanes; NaN is skipped. Sixteen running minima so that the loop vectorises.
KWHATIF_WIDE double smallest(const double* v, std::size_t n, double sign) {
  constexpr std::size_t width = 16;
  double running[width];
  for (double& r : running) r = none;
  std::size_t i = 0;
  for (; i + width <= n; i += width) {
    for (std::size_t j = 0; j < width; ++j) {
      const double x = sign * v[i + j];
      running[j] = x < running[j] ? x : running[j];
    }
  }
  for (; i < n; ++i) running[0] = sign * v[i] < running[0] ? sign * v[i] : running[0];
  double out = none;
  for (const double r : running) out = r < out ? r : out;
  return out;
}

KWHATIF_WIDE bool any_at_most(const double* v, const double* bound, std::size_t n, double sign) {
  long long any = 0;
  for (std::size_t i = 0; i < n; ++i) any |= sign * v[i] <= bound[i] ? -1LL : 0LL;
  return any != 0;
}

KWHATIF_WIDE void count_known(const double* v, std::uint64_t* counts, std::size_t n) {
  for (std::size_t i = 0; i < n; ++i) counts[i] += v[i] == v[i] ? 1U : 0U;
}

KWHATIF_WIDE std::uint64_t known(const double* v, std::size_t n) {
  std::uint64_t out = 0;
  for (std::size_t i = 0; i < n; ++i) out += v[i] == v[i] ? 1U : 0U;
  return out;
}

}  // namespace

GroupMap::GroupMap(const Kernel& kernel, const std::vector<std::size_t>& axes, std::size_t most) {
  const auto& all = kernel.space().axes();
  std::vector<std::size_t> strides(axes.size(), 1);
  for (std::size_t k = axes.size(); k-- > 0;) {
    strides[k] = size_;
    size_ *= all[axes[k]].size();
    if (size_ > most)
      diag::refuse("too-many-groups", "more than " + std::to_string(most) + " groups",
                   all[axes[k]].given.where,
                   "group by a shorter axis, or write the rows to a file: --output rows.npy");
  }
  const auto stride_of = [&](std::size_t axis) {
    const auto at = std::ranges::find(axes, axis);
    return at == axes.end() ? std::size_t{0} : strides[static_cast<std::size_t>(at - axes.begin())];
  };
  for (const std::size_t a : kernel.outer_axes()) outer_strides_.push_back(stride_of(a));
  const auto& inner = kernel.inner_axes();
  if (std::ranges::none_of(inner, [&](std::size_t a) { return stride_of(a) != 0; })) return;
  inner_groups_.resize(kernel.inner_size());
  lane_is_group_ = true;
  for (std::size_t i = 0; i < inner_groups_.size(); ++i) {
    std::size_t point = i;
    for (std::size_t k = inner.size(); k-- > 0;) {
      const std::size_t n = all[inner[k]].size();
      inner_groups_[i] += static_cast<std::uint32_t>(point % n * stride_of(inner[k]));
      point /= n;
    }
    lane_is_group_ = lane_is_group_ && inner_groups_[i] == i;
  }
}

class GroupPart : public Part {
 public:
  explicit GroupPart(const GroupSink& sink)
      : sink_(sink), map_(*sink.map_), sign_(sink.reduce_ == Reduce::max ? -1.0 : 1.0) {
    counts.assign(map_.size(), 0);
    if (sink.reduce_ == Reduce::mean) {
      sums.resize(map_.size());
    } else {
      values.assign(map_.size(), none);
      rows.assign(map_.size(), no_row);
    }
  }

  double promise(const BoxBounds& box) const override {
    const auto& r = box.columns[sink_.column_];
    return sign_ > 0 ? r.low : -r.high;
  }

  // A box that cannot better its group is passed over once its rows are counted.
  bool matters(const BoxBounds& box) override {
    const auto& r = box.columns[sink_.column_];
    if (!r.somewhere) return false;
    const std::size_t g = map_.base(box.outer);
    const double least = promise(box);
    if (least < values[g] || (least == values[g] && box.first_row < rows[g])) return true;
    if (!sink_.counts) return false;
    if (!box.all_hold || !r.everywhere) return true;
    counts[g] += box.points;
    return false;
  }

  void take(const Block& block, const double* const* columns, const unsigned char*) override {
    const double* v = columns[sink_.column_];
    const std::size_t n = block.lanes;
    const std::size_t base = map_.base(block.outer);
    if (sink_.reduce_ == Reduce::mean) {
      for (std::size_t i = 0; i < n; ++i) {
        if (std::isnan(v[i])) continue;
        const std::size_t g = base + map_.inner(block.first_inner + i);
        ++counts[g];
        sums[g].add(v[i]);
      }
      return;
    }
    if (map_.one_per_block()) {
      counts[base] += known(v, n);
      const double least = smallest(v, n, sign_);
      if (least > values[base] || least == none || (least == values[base] && block.row(0) > rows[base]))
        return;
      if (sink_.accept) {  // the best first, so that few rows are asked for
        std::vector<Ranked> better;
        for (std::size_t i = 0; i < n; ++i) {
          if (sign_ * v[i] <= values[base]) better.push_back({sign_ * v[i], block.row(i)});
        }
        std::ranges::sort(better, before);
        for (const Ranked& r : better) {
          if (rank(base, r.value, r.row)) break;
        }
        return;
      }
      for (std::size_t i = 0; i < n; ++i) rank(base, sign_ * v[i], block.row(i));
      return;
    }
    if (map_.lane_is_group()) {
      const std::size_t g = base + map_.inner(block.first_inner);
      count_known(v, counts.data() + g, n);
      if (!any_at_most(v, values.data() + g, n, sign_)) return;
      for (std::size_t i = 0; i < n; ++i) rank(g + i, sign_ * v[i], block.row(i));
      return;
    }
    for (std::size_t i = 0; i < n; ++i) {
      if (std::isnan(v[i])) continue;
      const std::size_t g = base + map_.inner(block.first_inner + i);
      ++counts[g];
      rank(g, sign_ * v[i], block.row(i));
    }
  }

  bool rank(std::size_t g, double x, std::uint64_t row) {
    if (!(x < values[g] || (x == values[g] && row < rows[g]))) return false;
    if (sink_.accept && !sink_.accept(row)) return false;
    values[g] = x;
    rows[g] = row;
    return true;
  }

  std::vector<std::uint64_t> counts;
  std::vector<double> values;  // signed
  std::vector<std::uint64_t> rows;
  std::vector<number::ExactSum> sums;

 private:
  const GroupSink& sink_;
  const GroupMap& map_;
  double sign_;
};

GroupSink::GroupSink(const Kernel& kernel, std::size_t column, std::vector<std::size_t> axes, Reduce reduce)
    : column_(column),
      axes_(std::move(axes)),
      reduce_(reduce),
      map_(std::make_unique<GroupMap>(kernel, axes_, most_summed_groups)),
      counts_(map_->size(), 0) {
  if (reduce_ == Reduce::mean)
    sums_.resize(map_->size());
  else
    best_.assign(map_->size(), {absent, 0});
}
GroupSink::~GroupSink() = default;

std::unique_ptr<Part> GroupSink::part() { return std::make_unique<GroupPart>(*this); }

void GroupSink::commit(Part& part) {
  const auto& p = static_cast<GroupPart&>(part);
  const double sign = reduce_ == Reduce::max ? -1.0 : 1.0;
  for (std::size_t g = 0; g < map_->size(); ++g) {
    if (reduce_ == Reduce::mean) {
      sums_[g].merge(p.sums[g]);
    } else {
      const Ranked candidate{sign * p.values[g], p.rows[g]};
      const double x = p.values[g];
      const double y = sign * best_[g].value;
      const bool found = candidate.row != no_row;
      if (found && (std::isnan(y) || x < y || (x == y && candidate.row < best_[g].row))) best_[g] = candidate;
    }
    counts_[g] += p.counts[g];
  }
}

std::vector<Group> GroupSink::groups() const {
  std::vector<Group> out(map_->size());
  for (std::size_t g = 0; g < out.size(); ++g) {
    out[g].count = counts_[g];
    if (reduce_ != Reduce::mean)
      out[g].best = best_[g];
    else if (counts_[g] > 0)
      out[g].mean = sums_[g].value() / static_cast<double>(counts_[g]);
  }
  return out;
}

std::vector<std::size_t> group_indices(const Space& space, const std::vector<std::size_t>& axes,
                                       std::size_t group) {
  std::vector<std::size_t> out(axes.size());
  for (std::size_t k = axes.size(); k-- > 0;) {
    const std::size_t n = space.axes()[axes[k]].size();
    out[k] = group % n;
    group /= n;
  }
  return out;
}

}  // namespace kwhatif::grid
