#include "plan_front.hpp"

#include <algorithm>
#include <cmath>
#include <map>

namespace kwhatif::ask {

std::vector<KeptRow> front_of(std::vector<KeptRow> points,
                              const std::function<bool(std::uint64_t row)>& accept) {
  std::ranges::sort(points, [](const KeptRow& a, const KeptRow& b) {
    return a.values != b.values ? a.values < b.values : a.row < b.row;
  });
  // Of all points passed: the least third value for the second value so far. What comes later has no less of
  // the first, so it is beaten (or equal) where an entry has no more of both.
  std::map<double, double> least;
  std::size_t kept = 0;
  for (const KeptRow& point : points) {
    const auto [first, second, third] = point.values;
    const auto after = least.upper_bound(second);
    if (after != least.begin() && std::prev(after)->second <= third) continue;
    if (accept && !accept(point.row)) continue;
    auto entry = least.insert_or_assign(second, third).first;
    for (++entry; entry != least.end() && entry->second >= third;) entry = least.erase(entry);
    points[kept++] = point;
  }
  points.resize(kept);
  return points;
}

struct KeepingSink::Keeping : grid::Part {
  explicit Keeping(const std::array<std::size_t, 3>& chosen) : columns(chosen) {}
  void take(const grid::Block& block, const double* const* results, const unsigned char*) override {
    for (std::size_t i = 0; i < block.lanes; ++i) {
      const std::array values{results[columns[0]][i], results[columns[1]][i], results[columns[2]][i]};
      const bool absent_one = std::ranges::any_of(values, [](double v) { return std::isnan(v); });
      if (!absent_one) points.push_back({values, block.row(i)});
    }
  }
  std::array<std::size_t, 3> columns;
  std::vector<KeptRow> points;
};

std::unique_ptr<grid::Part> KeepingSink::part() { return std::make_unique<Keeping>(columns_); }
void KeepingSink::commit(grid::Part& part) {
  const auto& more = static_cast<Keeping&>(part).points;
  points.insert(points.end(), more.begin(), more.end());
}

}  // namespace kwhatif::ask
