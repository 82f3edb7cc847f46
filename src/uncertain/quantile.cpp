#include "quantile.hpp"

#include <kwhatif/predict/distribution.hpp>

#include <algorithm>
#include <cmath>

namespace kwhatif::uncertain {

OrderStatistics::OrderStatistics(std::span<const double> values)
    : values_(values.size()), begin_(bins + 1), sorted_(bins) {
  const auto [low, high] = std::minmax_element(values.begin(), values.end());
  const double first = *low;
  const double scale = *high > *low ? static_cast<double>(bins) / (*high - *low) : 0;
  std::vector<std::uint16_t> bin(values.size());
  for (std::size_t i = 0; i < values.size(); ++i) {
    const double position = std::min((values[i] - first) * scale, static_cast<double>(bins - 1));
    bin[i] = static_cast<std::uint16_t>(position);
    ++begin_[bin[i] + 1U];
  }
  for (std::size_t b = 0; b < bins; ++b) begin_[b + 1] += begin_[b];
  std::vector<std::uint32_t> next(begin_.begin(), begin_.end() - 1);
  for (std::size_t i = 0; i < values.size(); ++i) values_[next[bin[i]]++] = values[i];
}

double OrderStatistics::order_statistic(std::size_t k) {
  const auto after = std::upper_bound(begin_.begin(), begin_.end(), static_cast<std::uint32_t>(k));
  const auto b = static_cast<std::size_t>(after - begin_.begin()) - 1;
  if (!sorted_[b]) {
    std::sort(values_.begin() + begin_[b], values_.begin() + begin_[b + 1]);
    sorted_[b] = true;
  }
  return values_[k];
}

double OrderStatistics::at(double rank) {
  const double last = static_cast<double>(values_.size() - 1);
  const double clamped = std::clamp(rank, 0.0, last);
  const auto k = static_cast<std::size_t>(clamped);
  const double here = order_statistic(k);
  if (k + 1 >= values_.size()) return here;
  return here + (clamped - static_cast<double>(k)) * (order_statistic(k + 1) - here);
}

double quantile_with_companion(OrderStatistics& ranked, std::span<const double> values,
                               std::span<const double> companion, double sigma, double p) {
  const auto n = static_cast<double>(values.size());
  const double plain = ranked.at(p * n - 0.5);
  if (companion.empty()) return plain;
  // counted from the nearer end, so that the quantile of 1/values at 1 - p is the inverse
  const bool upper = p > 0.5;
  const double tail = upper ? 1 - p : p;
  const double threshold = sigma * predict::normal_quantile(p);
  std::uint32_t beyond = 0;
  std::uint32_t both = 0;
  for (std::size_t i = 0; i < values.size(); ++i) {
    const auto c = static_cast<std::uint32_t>(upper ? companion[i] >= threshold : companion[i] <= threshold);
    beyond += c;
    both += c & static_cast<std::uint32_t>(upper ? values[i] >= plain : values[i] <= plain);
  }
  if (beyond == 0 || both == 0) return plain;
  const double beta = std::clamp((both / static_cast<double>(beyond) - tail) / (1 - tail), 0.0, 1.0);
  const double missed = beta * (beyond - tail * n);
  return ranked.at(p * n - 0.5 + (upper ? -missed : missed));
}

}  // namespace kwhatif::uncertain
