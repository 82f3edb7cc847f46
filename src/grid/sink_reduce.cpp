// Best rows and fronts.
#include "groups.hpp"
#include "sweep_kernel.hpp"
#include <kwhatif/grid/sink.hpp>

#include <algorithm>
#include <cmath>
#include <string>

namespace kwhatif::grid {

bool before(const Ranked& a, const Ranked& b) {
  return a.value < b.value || (a.value == b.value && a.row < b.row);
}

namespace {

// Every candidate is compared with the whole front: twice as many points are four times the work.
constexpr std::size_t front_limit = 20'000;

[[noreturn]] void refuse_front() {
  throw diag::UsageError(
      {.code = "too-many-rows",
       .message = "more than " + std::to_string(front_limit) + " rows are beaten by no other row",
       .where = {},
       .help =
           "ask for fewer results (--pareto energy,cost), for fewer values per axis, or for the best: --top "
           "20 --by co2e"});
}

// Is any lane at or below the bound? NaN never is.
KWHATIF_WIDE bool any_at_most(const double* v, std::size_t n, double sign, double bound) {
  long long any = 0;
  for (std::size_t i = 0; i < n; ++i) any |= sign * v[i] <= bound ? -1LL : 0LL;
  return any != 0;
}

// Lanes that one point beats in every objective and strictly in one.
KWHATIF_WIDE void strike(const double* const* v, const double* point, std::size_t objectives, std::size_t n,
                         long long* alive) {
  long long le[Kernel::block_lanes];
  long long lt[Kernel::block_lanes];
  for (std::size_t i = 0; i < n; ++i) le[i] = -1;
  for (std::size_t i = 0; i < n; ++i) lt[i] = 0;
  for (std::size_t k = 0; k < objectives; ++k) {
    const double p = point[k];
    const double* c = v[k];
    for (std::size_t i = 0; i < n; ++i) le[i] &= p <= c[i] ? -1LL : 0LL;
    for (std::size_t i = 0; i < n; ++i) lt[i] |= p < c[i] ? -1LL : 0LL;
  }
  for (std::size_t i = 0; i < n; ++i) alive[i] &= ~(le[i] & lt[i]);
}

bool beats(const FrontPoint& a, const FrontPoint& b) {
  bool strictly = false;
  for (std::size_t k = 0; k < a.values.size(); ++k) {
    if (a.values[k] > b.values[k]) return false;
    strictly = strictly || a.values[k] < b.values[k];
  }
  return strictly || a.row < b.row;
}

}  // namespace

class TopPart : public Part {
 public:
  explicit TopPart(TopSink& sink) : sink_(sink), bound_(sink.bound_.load(std::memory_order_relaxed)) {}

  double promise(const BoxBounds& box) const override {
    const auto& r = box.columns[sink_.column_];
    return sink_.sign_ > 0 ? r.low : -r.high;
  }

  bool matters(const BoxBounds& box) override {
    if (!box.columns[sink_.column_].somewhere) return false;
    bound_ = std::min(bound_, sink_.bound_.load(std::memory_order_relaxed));
    const double least = promise(box);
    if (best_.size() == sink_.count_ && !before({least, box.first_row}, best_.front())) return false;
    return least <= bound_;
  }

  void take(const Block& block, const double* const* columns, const unsigned char*) override {
    const double* v = columns[sink_.column_];
    if (!any_at_most(v, block.lanes, sink_.sign_, bound_)) return;
    if (sink_.accept) {  // the best first, so that few rows are asked for
      std::vector<Ranked> candidates;
      for (std::size_t i = 0; i < block.lanes; ++i) {
        if (sink_.sign_ * v[i] <= bound_) candidates.push_back({sink_.sign_ * v[i], block.row(i)});
      }
      std::ranges::sort(candidates, before);
      for (const Ranked& candidate : candidates) enter(candidate);
      return;
    }
    for (std::size_t i = 0; i < block.lanes; ++i) {
      const double x = sink_.sign_ * v[i];
      if (x <= bound_) enter({x, block.row(i)});
    }
  }

  void enter(const Ranked& candidate) {
    const bool full = best_.size() == sink_.count_;
    if (full && !before(candidate, best_.front())) return;
    if (sink_.accept && !sink_.accept(candidate.row)) return;
    if (full) {
      std::pop_heap(best_.begin(), best_.end(), before);
      best_.back() = candidate;
    } else {
      best_.push_back(candidate);
    }
    std::push_heap(best_.begin(), best_.end(), before);
    if (best_.size() == sink_.count_ && best_.front().value < bound_) {
      bound_ = best_.front().value;
      sink_.lower(bound_);
    }
  }
  std::vector<Ranked> best_;  // heap, the worst in front

 private:
  TopSink& sink_;
  double bound_;
};

TopSink::TopSink(const Kernel&, std::size_t column, std::size_t count, bool largest)
    : column_(column),
      count_(std::max<std::size_t>(1, count)),
      sign_(largest ? -1.0 : 1.0),
      bound_(std::numeric_limits<double>::infinity()) {}

// `count` rows have at most this, so no row with more can be among the best.
void TopSink::lower(double bound) {
  double now = bound_.load(std::memory_order_relaxed);
  while (bound < now && !bound_.compare_exchange_weak(now, bound, std::memory_order_relaxed)) {
  }
}

std::unique_ptr<Part> TopSink::part() { return std::make_unique<TopPart>(*this); }

void TopSink::commit(Part& part) {
  auto& more = static_cast<TopPart&>(part).best_;
  for (Ranked& r : best_) r.value *= sign_;
  best_.insert(best_.end(), more.begin(), more.end());
  std::ranges::sort(best_, before);
  if (best_.size() > count_) best_.resize(count_);
  if (best_.size() == count_) lower(best_.back().value);
  for (Ranked& r : best_) r.value *= sign_;
}

void insert(std::vector<FrontPoint>& front, const FrontPoint& point) {
  for (const FrontPoint& other : front) {
    if (beats(other, point)) return;
  }
  std::erase_if(front, [&](const FrontPoint& other) { return beats(point, other); });
  front.push_back(point);
}

namespace {

class ParetoPart : public Part {
 public:
  ParetoPart(const ParetoSink& sink, std::vector<std::size_t> columns, std::vector<FrontPoint> others)
      : sink_(sink), columns_(std::move(columns)), others_(std::move(others)) {
    corner_.values.resize(columns_.size());
  }

  double promise(const BoxBounds& box) const override {
    double out = 0;
    for (const std::size_t c : columns_) out += std::log(std::max(box.columns[c].low, 1e-300));
    return out;
  }

  // Whatever beats the corner with the least of everything and the lowest row beats every row of the box.
  bool matters(const BoxBounds& box) override {
    for (std::size_t k = 0; k < columns_.size(); ++k) {
      if (!box.columns[columns_[k]].somewhere) return false;
      corner_.values[k] = box.columns[columns_[k]].low;
    }
    corner_.row = box.first_row;
    return !beaten(corner_);
  }

  void take(const Block& block, const double* const* columns, const unsigned char*) override {
    const std::size_t n = block.lanes;
    const double* v[8];
    for (std::size_t k = 0; k < columns_.size(); ++k) v[k] = columns[columns_[k]];
    std::fill_n(alive_, n, -1LL);
    for (const FrontPoint& strong : strong_) strike(v, strong.values.data(), columns_.size(), n, alive_);
    FrontPoint point;
    point.values.resize(columns_.size());
    bool changed = false;
    for (std::size_t i = 0; i < n; ++i) {
      if (alive_[i] == 0) continue;
      bool known = true;
      for (std::size_t k = 0; k < columns_.size(); ++k) {
        point.values[k] = v[k][i];
        known = known && !std::isnan(point.values[k]);
      }
      if (!known) continue;
      point.row = block.row(i);
      if (sink_.accept && (beaten(point) || !sink_.accept(point.row))) continue;
      const std::size_t size = front.size();
      insert(front, point);
      changed = changed || front.size() != size || (!front.empty() && front.back().row == point.row);
    }
    if (front.size() > front_limit) refuse_front();
    if (changed) choose_strong();
  }
  std::vector<FrontPoint> front;

 private:
  bool beaten(const FrontPoint& point) const {
    const auto by = [&](const FrontPoint& p) { return beats(p, point); };
    return std::ranges::any_of(strong_, by) || std::ranges::any_of(front, by) ||
           std::ranges::any_of(others_, by);
  }

  // The points that beat most: the smallest products, and the best in each objective.
  void choose_strong() {
    const auto product = [](const FrontPoint& p) {
      double out = 0;
      for (const double x : p.values) out += std::log(std::max(x, 1e-300));
      return out;
    };
    strong_.clear();
    strong_.push_back(*std::ranges::min_element(
        front, [&](const auto& a, const auto& b) { return product(a) < product(b); }));
    for (std::size_t k = 0; k < columns_.size(); ++k) {
      strong_.push_back(*std::ranges::min_element(
          front, [&](const auto& a, const auto& b) { return a.values[k] < b.values[k]; }));
    }
  }
  const ParetoSink& sink_;
  std::vector<std::size_t> columns_;
  std::vector<FrontPoint> others_;  // found by earlier tasks: they beat, and are not repeated
  FrontPoint corner_;
  std::vector<FrontPoint> strong_;
  long long alive_[Kernel::block_lanes] = {};
};

}  // namespace

ParetoSink::ParetoSink(const Kernel&, std::vector<std::size_t> columns) : columns_(std::move(columns)) {}
std::unique_ptr<Part> ParetoSink::part() { return std::make_unique<ParetoPart>(*this, columns_, front_); }
void ParetoSink::commit(Part& part) {
  for (const FrontPoint& p : static_cast<ParetoPart&>(part).front) insert(front_, p);
  if (front_.size() > front_limit) refuse_front();
}
std::vector<FrontPoint> ParetoSink::front() const {
  auto out = front_;
  std::ranges::sort(out, [](const FrontPoint& a, const FrontPoint& b) {
    return a.values != b.values ? a.values < b.values : a.row < b.row;
  });
  return out;
}

std::vector<std::size_t> knees(const std::vector<FrontPoint>& front, std::size_t most) {
  if (front.size() < 3 || front.front().values.size() < 2) return {};
  const auto scaled = [](double x) { return std::log(std::max(x, 1e-300)); };
  const auto at = [&](std::size_t i, std::size_t k) { return scaled(front[i].values[k]); };
  const std::size_t last = front.size() - 1;
  const double width = at(last, 0) - at(0, 0);
  const double height = at(last, 1) - at(0, 1);
  if (width == 0 || height == 0) return {};
  std::vector<double> distance(front.size());
  for (std::size_t i = 0; i <= last; ++i) {
    // below the line between the ends, both axes from 0 to 1
    distance[i] = (at(i, 0) - at(0, 0)) / width - (at(i, 1) - at(0, 1)) / height;
    distance[i] = -distance[i];
  }
  std::vector<std::size_t> out;
  for (std::size_t i = 1; i < last; ++i) {
    if (distance[i] > 0.02 && distance[i] >= distance[i - 1] && distance[i] > distance[i + 1])
      out.push_back(i);
  }
  std::ranges::sort(out, [&](std::size_t a, std::size_t b) { return distance[a] > distance[b]; });
  if (out.size() > most) out.resize(most);
  std::ranges::sort(out);
  return out;
}

}  // namespace kwhatif::grid
