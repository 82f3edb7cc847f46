// Quantiles and histograms, exactly, of any number of rows.
//
// Doubles are ordered like whole numbers made of their bits. A pass over the grid counts the rows in windows
// of such numbers; the window that holds a wanted rank is divided again, until so few rows are left in the
// windows that their values can be kept and sorted.
#include "groups.hpp"
#include <kwhatif/grid/sink.hpp>

#include <algorithm>
#include <bit>
#include <cmath>

namespace kwhatif::grid {

namespace {

constexpr std::uint64_t sign_bit = std::uint64_t{1} << 63U;

}  // namespace

std::uint64_t key_of(double v) {
  const auto bits = std::bit_cast<std::uint64_t>(v);
  return (bits & sign_bit) != 0 ? ~bits : bits | sign_bit;
}

double value_of(std::uint64_t key) {
  return std::bit_cast<double>((key & sign_bit) != 0 ? key & ~sign_bit : ~key);
}

QuantilePlace::QuantilePlace(double level, std::uint64_t count) {
  const double place = level * static_cast<double>(count - 1);
  rank = static_cast<std::uint64_t>(place);
  next = std::min(rank + 1, count - 1);
  part = place - std::floor(place);
}

std::vector<double> bins_from(double lowest, double highest, std::optional<double> least, std::size_t bins) {
  std::vector<double> from;
  const double first = least.value_or(1);
  const double ratio = least ? highest / first : 1;
  for (std::size_t b = 0; b < bins; ++b)
    from.push_back(first * std::pow(ratio, static_cast<double>(b) / static_cast<double>(bins)));
  from.front() = lowest;  // zeros are in the first bin
  return from;
}

std::size_t bin_of(const std::vector<double>& from, double v) {
  const auto after = std::upper_bound(from.begin(), from.end(), v);
  return after == from.begin() ? 0 : static_cast<std::size_t>(after - from.begin()) - 1;
}

namespace {

constexpr std::size_t kept_values = 1'000'000;              // 8 MB, and the parts' own
constexpr std::size_t all_buckets = std::size_t{1} << 18U;  // of all groups together, 2 MB
// A rank of a group that is asked for, counted from the smallest of the window.
struct Wanted {
  std::uint64_t rank = 0;
  double* answer = nullptr;
};

// Keys low … low + buckets · 2^shift - 1 of one group.
struct Window {
  std::size_t group = 0;
  std::uint64_t low = 0;
  std::uint64_t last = ~std::uint64_t{0};
  unsigned shift = 0;
  std::size_t bucket = 0;  // index of its first bucket
  std::size_t buckets = 0;
  std::uint64_t count = 0;  // rows in it
  std::vector<Wanted> wanted = {};

  // Divides the keys into at most `most` buckets.
  void divide(std::size_t first_bucket, std::size_t most) {
    bucket = first_bucket;
    shift = 0;
    while ((last - low) >> shift >= most) ++shift;
    buckets = static_cast<std::size_t>((last - low) >> shift) + 1;
  }
};

// Counts the rows of windows by bucket, or keeps their values.
class WindowSink : public Sink {
 public:
  /// @param windows  those of a group together, rising
  WindowSink(const GroupMap& map, std::size_t column, const std::vector<Window>& windows, bool keep)
      : map_(map), column_(column), keep_(keep), first_(map.size() + 1, windows.size()) {
    for (const Window& w : windows) keys_.push_back({w.low, w.last, w.bucket, w.shift});
    for (std::size_t w = windows.size(); w-- > 0;) first_[windows[w].group] = w;
    for (std::size_t g = map.size(); g-- > 0;) first_[g] = std::min(first_[g], first_[g + 1]);
    if (keep_)
      values.resize(windows.size());
    else
      counts.assign(windows.empty() ? 0 : windows.back().bucket + windows.back().buckets, 0);
  }

  struct WindowPart : Part {
    const WindowSink* sink = nullptr;
    std::vector<std::uint32_t> counts;
    std::vector<std::vector<double>> values;

    void take(const Block& block, const double* const* columns, const unsigned char*) override {
      const double* v = columns[sink->column_];
      const std::size_t base = sink->map_.base(block.outer);
      for (std::size_t i = 0; i < block.lanes; ++i) {
        if (std::isnan(v[i])) continue;
        const std::uint64_t key = key_of(v[i]);
        const std::size_t group = base + sink->map_.inner(block.first_inner + i);
        const std::size_t end = sink->first_[group + 1];
        for (std::size_t w = sink->first_[group]; w < end && key >= sink->keys_[w].low; ++w) {
          const Keys& window = sink->keys_[w];
          if (key > window.last) continue;
          if (sink->keep_)
            values[w].push_back(v[i]);
          else
            ++counts[window.bucket + ((key - window.low) >> window.shift)];
          break;
        }
      }
    }
  };
  std::unique_ptr<Part> part() override {
    auto out = std::make_unique<WindowPart>();
    out->sink = this;
    out->counts.assign(counts.size(), 0);
    out->values.resize(values.size());
    return out;
  }
  void commit(Part& part) override {
    const auto& p = static_cast<WindowPart&>(part);
    for (std::size_t i = 0; i < counts.size(); ++i) counts[i] += p.counts[i];
    for (std::size_t w = 0; w < values.size(); ++w)
      values[w].insert(values[w].end(), p.values[w].begin(), p.values[w].end());
  }

  std::vector<std::uint64_t> counts;
  std::vector<std::vector<double>> values;

 private:
  const GroupMap& map_;
  std::size_t column_;
  bool keep_;
  // What a row is compared with, close together.
  struct Keys {
    std::uint64_t low, last;
    std::size_t bucket;
    unsigned shift;
  };
  std::vector<Keys> keys_;
  std::vector<std::size_t> first_;  // of each group's windows
};

// What is asked of one group: two neighbouring ranks per level.
struct Levels {
  std::array<double, quantile_levels.size()> below{}, above{};
};

void ask(Window& window, Levels& levels) {
  if (window.count == 0) return;
  for (std::size_t q = 0; q < quantile_levels.size(); ++q) {
    const QuantilePlace place(quantile_levels[q], window.count);
    window.wanted.push_back({place.rank, &levels.below[q]});
    window.wanted.push_back({place.next, &levels.above[q]});
  }
}

void answer(Window& window, std::vector<double>& values) {
  std::ranges::sort(values);
  for (const Wanted& w : window.wanted) *w.answer = values[w.rank];
}

// The buckets that hold wanted ranks, as windows; ranks in buckets of a single key are answered.
std::vector<Window> narrowed(const std::vector<Window>& windows, const std::vector<std::uint64_t>& counts) {
  std::vector<Window> out;
  for (const Window& window : windows) {
    std::uint64_t below = 0;
    for (std::size_t b = 0; b < window.buckets; ++b) {
      const std::uint64_t here = counts[window.bucket + b];
      Window next{.group = window.group};
      for (const Wanted& w : window.wanted) {
        if (w.rank >= below && w.rank < below + here) next.wanted.push_back({w.rank - below, w.answer});
      }
      below += here;
      if (next.wanted.empty()) continue;
      next.low = window.low + (static_cast<std::uint64_t>(b) << window.shift);
      next.last = std::min(window.last, next.low + ((std::uint64_t{1} << window.shift) - 1));
      next.count = here;
      if (next.low == next.last) {
        for (const Wanted& w : next.wanted) *w.answer = value_of(next.low);
        continue;
      }
      out.push_back(std::move(next));
    }
  }
  return out;
}

// Least and largest number that the limits let through; the sink's answer is empty where there is none.
std::optional<Ranked> extreme(const Kernel& kernel, std::size_t column, const WalkOptions& options,
                              bool largest, bool& stopped) {
  TopSink sink(kernel, column, 1, largest);
  stopped = !walk(kernel, sink, options) || stopped;
  return sink.best().empty() ? std::nullopt : std::optional{sink.best().front()};
}

}  // namespace

std::vector<Group> quantiles(const Kernel& kernel, std::size_t column, const std::vector<std::size_t>& axes,
                             const WalkOptions& options) {
  const GroupMap map(kernel, axes, most_ranked_groups);
  std::vector<Group> out(map.size());
  std::vector<Levels> levels(map.size());
  std::vector<Window> windows;
  bool stopped = false;
  const auto pass = [&](WindowSink& sink) {
    stopped = !walk(kernel, sink, options) || stopped;
    return !stopped;
  };
  if (kernel.space().size_estimate() <= static_cast<double>(kept_values)) {
    for (std::size_t g = 0; g < map.size(); ++g) windows.push_back({.group = g});
    WindowSink sink(map, column, windows, true);
    if (!pass(sink)) return {};
    for (std::size_t g = 0; g < map.size(); ++g) {
      windows[g].count = out[g].count = sink.values[g].size();
      ask(windows[g], levels[g]);
      answer(windows[g], sink.values[g]);
    }
  } else {
    const auto low = extreme(kernel, column, options, false, stopped);
    const auto high = extreme(kernel, column, options, true, stopped);
    if (stopped) return {};
    const std::size_t most = std::max<std::size_t>(64, all_buckets / map.size());
    for (std::size_t g = 0; low && high && g < map.size(); ++g) {
      windows.push_back({.group = g, .low = key_of(low->value), .last = key_of(high->value)});
      windows.back().divide(g == 0 ? 0 : windows[g - 1].bucket + windows[g - 1].buckets, most);
    }
    bool first = true;
    while (!windows.empty()) {
      WindowSink sink(map, column, windows, false);
      if (!pass(sink)) return {};
      for (std::size_t g = 0; first && g < map.size(); ++g) {
        for (std::size_t b = 0; b < windows[g].buckets; ++b)
          windows[g].count += sink.counts[windows[g].bucket + b];
        out[g].count = windows[g].count;
        ask(windows[g], levels[g]);
      }
      first = false;
      windows = narrowed(windows, sink.counts);
      std::uint64_t left = 0;
      for (const Window& w : windows) left += w.count;
      if (left > 0 && left <= kept_values) {
        WindowSink kept(map, column, windows, true);
        if (!pass(kept)) return {};
        for (std::size_t w = 0; w < windows.size(); ++w) answer(windows[w], kept.values[w]);
        break;
      }
      const std::size_t each =
          std::max<std::size_t>(16, all_buckets / std::max<std::size_t>(1, windows.size()));
      for (std::size_t w = 0; w < windows.size(); ++w)
        windows[w].divide(w == 0 ? 0 : windows[w - 1].bucket + windows[w - 1].buckets, each);
    }
  }
  for (std::size_t g = 0; g < map.size(); ++g) {
    for (std::size_t q = 0; q < quantile_levels.size(); ++q) {
      out[g].quantiles[q] = out[g].count == 0 ? absent
                                              : QuantilePlace(quantile_levels[q], out[g].count)
                                                    .between(levels[g].below[q], levels[g].above[q]);
    }
  }
  return out;
}

namespace {

// Rows by bin; whole boxes at once where a box lies in one bin.
class BinSink : public Sink {
 public:
  BinSink(std::size_t column, const std::vector<double>& from)
      : counts(from.size(), 0), column_(column), from_(from) {}

  struct BinPart : Part {
    const BinSink* sink = nullptr;
    std::vector<std::uint64_t> counts;
    bool matters(const BoxBounds& box) override {
      const auto& r = box.columns[sink->column_];
      if (!r.somewhere) return false;
      const std::size_t bin = bin_of(sink->from_, r.low);
      if (!box.all_hold || !r.everywhere || bin != bin_of(sink->from_, r.high)) return true;
      counts[bin] += box.points;
      return false;
    }
    void take(const Block& block, const double* const* columns, const unsigned char*) override {
      const double* v = columns[sink->column_];
      for (std::size_t i = 0; i < block.lanes; ++i) {
        if (!std::isnan(v[i])) ++counts[bin_of(sink->from_, v[i])];
      }
    }
  };
  bool searches() const override { return true; }
  std::unique_ptr<Part> part() override {
    auto out = std::make_unique<BinPart>();
    out->sink = this;
    out->counts.assign(counts.size(), 0);
    return out;
  }
  void commit(Part& part) override {
    const auto& more = static_cast<BinPart&>(part).counts;
    for (std::size_t b = 0; b < counts.size(); ++b) counts[b] += more[b];
  }
  std::vector<std::uint64_t> counts;

 private:
  std::size_t column_;
  const std::vector<double>& from_;
};

}  // namespace

std::optional<Histogram> histogram(const Kernel& kernel, std::size_t column, std::size_t bins,
                                   const WalkOptions& options) {
  bool stopped = false;
  const auto low = extreme(kernel, column, options, false, stopped);
  const auto high = extreme(kernel, column, options, true, stopped);
  WalkOptions positive = options;
  positive.limits.push_back(
      {.result = kernel.results()[column], .compare = Limit::Compare::more, .bound = 0, .text = {}});
  const auto least = extreme(kernel, column, positive, false, stopped);
  if (stopped) return std::nullopt;
  Histogram out;
  if (!low || !high) return out;
  out.lowest = low->value;
  out.highest = high->value;
  out.from = bins_from(out.lowest, out.highest, least ? std::optional{least->value} : std::nullopt, bins);
  BinSink sink(column, out.from);
  if (!walk(kernel, sink, options)) return std::nullopt;
  out.counts = sink.counts;
  const auto middle = quantiles(kernel, column, {}, options);
  if (middle.empty()) return std::nullopt;
  out.rows = middle.front().count;
  out.median = middle.front().quantiles[quantile_levels.size() / 2];
  return out;
}

}  // namespace kwhatif::grid
