// Groups: one result reduced over all rows that agree on some axes.
#include "sweep_kernel.hpp"
#include <kwhatif/analysis/sink.hpp>

#include <algorithm>
#include <cmath>

namespace kwhatif::analysis {

namespace {

constexpr double none = std::numeric_limits<double>::infinity();
constexpr std::size_t group_limit = 100'000;

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

KWHATIF_WIDE bool any_below(const double* v, const double* bound, std::size_t n, double sign) {
  long long any = 0;
  for (std::size_t i = 0; i < n; ++i) any |= sign * v[i] < bound[i] ? -1LL : 0LL;
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

class GroupPart : public Part {
 public:
  explicit GroupPart(const GroupSink& sink) : sink_(sink), sign_(sink.reduce_ == Reduce::max ? -1.0 : 1.0) {
    counts.assign(sink.size_, 0);
    if (ranked()) {
      values.assign(sink.size_, none);
      rows.assign(sink.size_, ~std::uint64_t{0});
    }
    if (sink.reduce_ == Reduce::mean) values.assign(sink.size_, 0);
    if (sink.reduce_ == Reduce::quantiles) logs.resize(sink.size_);
  }

  bool ranked() const { return sink_.reduce_ == Reduce::min || sink_.reduce_ == Reduce::max; }

  void take(const Block& block, const double* const* columns, const unsigned char*) override {
    const double* v = columns[sink_.column_];
    const std::size_t n = block.lanes;
    std::size_t base = 0;
    for (std::size_t k = 0; k < sink_.outer_strides_.size(); ++k)
      base += block.outer[k] * sink_.outer_strides_[k];
    if (ranked() && sink_.inner_groups_.empty()) {
      counts[base] += known(v, n);
      const double least = smallest(v, n, sign_);
      if (least > values[base] || least == none || (least == values[base] && block.row(0) > rows[base]))
        return;
      for (std::size_t i = 0; i < n; ++i) rank(base, sign_ * v[i], block.row(i));
      return;
    }
    if (ranked() && sink_.lane_is_group_) {
      const std::size_t g = base + sink_.inner_groups_[block.first_inner];
      count_known(v, counts.data() + g, n);
      // one lane, one group: rows of a group come in rising order, so ties change nothing
      if (!any_below(v, values.data() + g, n, sign_)) return;
      for (std::size_t i = 0; i < n; ++i) rank(g + i, sign_ * v[i], block.row(i));
      return;
    }
    for (std::size_t i = 0; i < n; ++i) {
      if (std::isnan(v[i])) continue;
      const std::size_t g =
          base + (sink_.inner_groups_.empty() ? 0 : sink_.inner_groups_[block.first_inner + i]);
      ++counts[g];
      if (ranked())
        rank(g, sign_ * v[i], block.row(i));
      else if (sink_.reduce_ == Reduce::mean)
        values[g] += v[i];
      else
        logs[g].add(v[i]);
    }
  }

  void rank(std::size_t g, double x, std::uint64_t row) {
    if (x < values[g] || (x == values[g] && row < rows[g])) {
      values[g] = x;
      rows[g] = row;
    }
  }

  std::vector<std::uint64_t> counts;
  std::vector<double> values;
  std::vector<std::uint64_t> rows;
  std::vector<LogCounts> logs;

 private:
  const GroupSink& sink_;
  double sign_;
};

GroupSink::GroupSink(const Kernel& kernel, std::size_t column, std::vector<std::size_t> axes, Reduce reduce)
    : kernel_(kernel), column_(column), axes_(std::move(axes)), reduce_(reduce) {
  const auto& all = kernel.space().axes();
  std::vector<std::size_t> strides(axes_.size(), 1);
  for (std::size_t k = axes_.size(); k-- > 0;) {
    strides[k] = size_;
    size_ *= all[axes_[k]].size();
    if (size_ > group_limit)
      throw diag::UsageError(
          {.code = "too-many-groups",
           .message = "more than " + std::to_string(group_limit) + " groups",
           .where = all[axes_[k]].given.where,
           .help = "group by a shorter axis, or write the rows to a file: --output rows.npy"});
  }
  const auto stride_of = [&](std::size_t axis) {
    for (std::size_t k = 0; k < axes_.size(); ++k) {
      if (axes_[k] == axis) return strides[k];
    }
    return std::size_t{0};
  };
  for (const std::size_t a : kernel.outer_axes()) outer_strides_.push_back(stride_of(a));
  bool inner = false;
  for (const std::size_t a : kernel.inner_axes()) inner = inner || stride_of(a) != 0;
  if (inner) {
    inner_groups_.resize(kernel.inner_size());
    lane_is_group_ = true;
    for (std::size_t i = 0; i < inner_groups_.size(); ++i) {
      std::size_t point = i;
      for (std::size_t k = kernel.inner_axes().size(); k-- > 0;) {
        const std::size_t n = all[kernel.inner_axes()[k]].size();
        inner_groups_[i] += static_cast<std::uint32_t>(point % n * stride_of(kernel.inner_axes()[k]));
        point /= n;
      }
      lane_is_group_ = lane_is_group_ && inner_groups_[i] == i;
    }
  }
  counts_.assign(size_, 0);
  if (reduce_ == Reduce::mean) sums_.assign(size_, 0);
  if (reduce_ == Reduce::quantiles) logs_.resize(size_);
  best_.assign(size_, {absent, 0});
}

std::unique_ptr<Part> GroupSink::part() { return std::make_unique<GroupPart>(*this); }

void GroupSink::commit(Part& part) {
  auto& p = static_cast<GroupPart&>(part);
  const double sign = reduce_ == Reduce::max ? -1.0 : 1.0;
  for (std::size_t g = 0; g < size_; ++g) {
    if (p.counts[g] == 0) continue;
    if (p.ranked()) {
      const Ranked candidate{sign * p.values[g], p.rows[g]};
      const bool first = counts_[g] == 0;
      const double x = sign * candidate.value;
      const double y = sign * best_[g].value;
      if (first || x < y || (x == y && candidate.row < best_[g].row)) best_[g] = candidate;
    }
    if (reduce_ == Reduce::mean) sums_[g] += p.values[g];
    if (reduce_ == Reduce::quantiles) logs_[g].merge(p.logs[g]);
    counts_[g] += p.counts[g];
  }
}

std::vector<std::size_t> GroupSink::indices(std::size_t group) const {
  std::vector<std::size_t> out(axes_.size());
  for (std::size_t k = axes_.size(); k-- > 0;) {
    const std::size_t n = kernel_.space().axes()[axes_[k]].size();
    out[k] = group % n;
    group /= n;
  }
  return out;
}

Group GroupSink::group(std::size_t g) const {
  Group out;
  out.count = counts_[g];
  out.best = best_[g];
  if (reduce_ == Reduce::mean && out.count > 0) out.mean = sums_[g] / static_cast<double>(out.count);
  if (reduce_ == Reduce::quantiles) out.counts = logs_[g];
  return out;
}

namespace {
constexpr double bins_per_octave = 512;
}

void LogCounts::add(double value) {
  ++total_;
  low_ = std::min(low_, value);
  high_ = std::max(high_, value);
  if (value <= 0) {
    ++zeros_;
    return;
  }
  ++counts_[static_cast<std::int64_t>(std::floor(std::log2(value) * bins_per_octave))];
}

void LogCounts::merge(const LogCounts& other) {
  for (const auto& [bin, count] : other.counts_) counts_[bin] += count;
  total_ += other.total_;
  zeros_ += other.zeros_;
  low_ = std::min(low_, other.low_);
  high_ = std::max(high_, other.high_);
}

double LogCounts::quantile(double q) const {
  if (total_ == 0) return absent;
  if (q <= 0) return low_;
  if (q >= 1) return high_;
  const auto wanted = static_cast<std::uint64_t>(q * static_cast<double>(total_ - 1));
  if (wanted < zeros_) return 0;
  std::vector<std::pair<std::int64_t, std::uint64_t>> sorted(counts_.begin(), counts_.end());
  std::sort(sorted.begin(), sorted.end());
  std::uint64_t seen = zeros_;
  for (const auto& [bin, count] : sorted) {
    seen += count;
    if (seen > wanted)
      return std::clamp(std::exp2((static_cast<double>(bin) + 0.5) / bins_per_octave), low_, high_);
  }
  return high_;
}

std::vector<std::uint64_t> LogCounts::histogram(std::size_t bins) const {
  std::vector<std::uint64_t> out(bins, 0);
  double smallest_positive = high_;
  for (const auto& [bin, count] : counts_)
    smallest_positive = std::min(smallest_positive, std::exp2(static_cast<double>(bin) / bins_per_octave));
  const double from = std::log2(std::max(low_ > 0 ? low_ : smallest_positive, 1e-300));
  const double to = std::log2(std::max(high_, 1e-300));
  for (const auto& [bin, count] : counts_) {
    const double middle = (static_cast<double>(bin) + 0.5) / bins_per_octave;
    const double share = to > from ? (middle - from) / (to - from) : 0;
    const auto at = static_cast<std::size_t>(std::clamp(share, 0.0, 1.0 - 1e-9) * static_cast<double>(bins));
    out[at] += count;
  }
  if (zeros_ > 0) out.front() += zeros_;
  return out;
}

}  // namespace kwhatif::analysis
