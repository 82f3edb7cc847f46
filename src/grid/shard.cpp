// What a reduction keeps of a part of the grid, and the answer of the parts.
#include "groups.hpp"
#include <kwhatif/grid/shard.hpp>

#include <algorithm>
#include <cmath>
#include <limits>

namespace kwhatif::grid {

std::vector<double> terms_of(number::ExactSum sum) {
  constexpr double largest = std::numeric_limits<double>::max();
  std::vector<double> out;
  // each takes 53 bits from the front of what is left
  for (double v = sum.value(); v != 0; v = sum.value()) {
    out.push_back(std::clamp(v, -largest, largest));
    sum.add(-out.back());
  }
  return out;
}

Group group_of(const GroupSum& sum) {
  Group out;
  out.count = sum.count;
  if (sum.count > 0) out.mean = sum.sum.value() / static_cast<double>(sum.count);
  return out;
}

namespace {

struct SumPart : Part {
  SumPart(const GroupMap& groups, std::size_t result) : map(groups), column(result), sums(groups.size()) {}

  void take(const Block& block, const double* const* columns, const unsigned char*) override {
    const double* v = columns[column];
    const std::size_t base = map.base(block.outer);
    for (std::size_t i = 0; i < block.lanes; ++i) {
      if (std::isnan(v[i])) continue;
      GroupSum& group = sums[base + map.inner(block.first_inner + i)];
      ++group.count;
      group.sum.add(v[i]);
    }
  }

  const GroupMap& map;
  std::size_t column;
  std::vector<GroupSum> sums;
};

struct ValuePart : Part {
  ValuePart(const GroupMap& groups, std::size_t result)
      : map(groups), column(result), values(groups.size()) {}

  void take(const Block& block, const double* const* columns, const unsigned char*) override {
    const double* v = columns[column];
    const std::size_t base = map.base(block.outer);
    for (std::size_t i = 0; i < block.lanes; ++i) {
      if (!std::isnan(v[i])) values[base + map.inner(block.first_inner + i)].push_back(v[i]);
    }
  }

  const GroupMap& map;
  std::size_t column;
  std::vector<std::vector<double>> values;
};

}  // namespace

SumSink::SumSink(const Kernel& kernel, std::size_t column, const std::vector<std::size_t>& axes)
    : column_(column),
      map_(std::make_unique<GroupMap>(kernel, axes, most_summed_groups)),
      sums_(map_->size()) {}
SumSink::~SumSink() = default;

std::unique_ptr<Part> SumSink::part() { return std::make_unique<SumPart>(*map_, column_); }

void SumSink::commit(Part& part) {
  const auto& more = static_cast<SumPart&>(part).sums;
  for (std::size_t g = 0; g < sums_.size(); ++g) {
    sums_[g].count += more[g].count;
    sums_[g].sum.merge(more[g].sum);
  }
}

ValueSink::ValueSink(const Kernel& kernel, std::size_t column, const std::vector<std::size_t>& axes)
    : column_(column),
      map_(std::make_unique<GroupMap>(kernel, axes, most_ranked_groups)),
      values_(map_->size()) {}
ValueSink::~ValueSink() = default;

std::unique_ptr<Part> ValueSink::part() { return std::make_unique<ValuePart>(*map_, column_); }

void ValueSink::commit(Part& part) {
  const auto& more = static_cast<ValuePart&>(part).values;
  for (const auto& values : more) count_ += values.size();
  if (too_many()) {  // nobody asks for them any more
    for (auto& values : values_) values = {};
    return;
  }
  for (std::size_t g = 0; g < values_.size(); ++g)
    values_[g].insert(values_[g].end(), more[g].begin(), more[g].end());
}

std::vector<std::vector<double>> ValueSink::take() {
  for (auto& values : values_) std::ranges::sort(values);
  return std::move(values_);
}

namespace {

std::uint64_t size_of(const SortedParts& parts) {
  std::uint64_t out = 0;
  for (const auto& values : parts) out += values.size();
  return out;
}

// The value at a rank of all parts together: the least that more values than `rank` do not exceed.
double at_rank(const SortedParts& parts, std::uint64_t rank) {
  std::uint64_t low = 0;
  std::uint64_t high = ~std::uint64_t{0};
  while (low < high) {
    const std::uint64_t middle = low + (high - low) / 2;
    std::uint64_t count = 0;
    for (const auto& values : parts) {
      const auto after = std::ranges::partition_point(values, [&](double v) { return key_of(v) <= middle; });
      count += static_cast<std::uint64_t>(after - values.begin());
    }
    if (count > rank)
      high = middle;
    else
      low = middle + 1;
  }
  return value_of(low);
}

}  // namespace

Group quantiles_of(const SortedParts& parts) {
  Group out;
  out.count = size_of(parts);
  out.quantiles.fill(absent);
  for (std::size_t q = 0; out.count > 0 && q < quantile_levels.size(); ++q) {
    const QuantilePlace place(quantile_levels[q], out.count);
    out.quantiles[q] = place.between(at_rank(parts, place.rank), at_rank(parts, place.next));
  }
  return out;
}

Histogram histogram_of(const SortedParts& parts, std::size_t bins) {
  Histogram out;
  out.rows = size_of(parts);
  if (out.rows == 0) return out;
  out.lowest = at_rank(parts, 0);
  out.highest = at_rank(parts, out.rows - 1);
  std::optional<double> least;
  for (const auto& values : parts) {
    const auto positive = std::ranges::upper_bound(values, 0.0);
    if (positive != values.end()) least = std::min(least.value_or(*positive), *positive);
  }
  out.from = bins_from(out.lowest, out.highest, least, bins);
  out.counts.assign(bins, 0);
  for (const auto& values : parts) {
    for (const double v : values) ++out.counts[bin_of(out.from, v)];
  }
  out.median = quantiles_of(parts).quantiles[quantile_levels.size() / 2];
  return out;
}

}  // namespace kwhatif::grid
