#include "boxes.hpp"

#include <algorithm>
#include <cmath>

namespace kwhatif::grid {

using number::Operation;
using run::slot_count;

namespace {

constexpr std::size_t valid = slot_count;
constexpr std::size_t remember_above = 64;  // entries; fewer are scanned as fast as they are looked up
constexpr std::size_t most_mixed = 4;       // slots known in part: 2^4 patterns are tried
constexpr std::size_t node_bits = 21;       // an axis has at most 10^6 values
constexpr double infinity = std::numeric_limits<double>::infinity();

// Place of one value in the tree of halves.
Box::Side single(std::size_t index, std::size_t size) {
  Box::Side side{.first = 0, .last = static_cast<std::uint32_t>(size), .node = 1};
  while (side.size() > 1) {
    const std::uint32_t middle = side.first + side.size() / 2;
    const bool upper = index >= middle;
    (upper ? side.first : side.last) = middle;
    side.node = 2 * side.node + (upper ? 1 : 0);
  }
  return side;
}

struct Ends {
  double low, high;
};

Ends product(Ends a, Ends b) {
  if (a.low >= 0 && b.low >= 0) return {a.low * b.low, a.high * b.high};
  const double all[] = {a.low * b.low, a.low * b.high, a.high * b.low, a.high * b.high};
  return {*std::min_element(all, all + 4), *std::max_element(all, all + 4)};
}

Ends quotient(Ends a, Ends b) {
  if (b.low <= 0 && b.high >= 0) return {-infinity, infinity};
  if (a.low >= 0 && b.low > 0) return {a.low / b.high, a.high / b.low};
  const double all[] = {a.low / b.low, a.low / b.high, a.high / b.low, a.high / b.high};
  return {*std::min_element(all, all + 4), *std::max_element(all, all + 4)};
}

}  // namespace

Boxes::Boxes(const Kernel& kernel, const std::vector<Limit>& limits)
    : kernel_(kernel),
      tables_(kernel.space().computes() ? Kernel::Layout::leaf_count : valid + 1),
      slots_on_(kernel.outer_axes().size()),
      work_(kernel.work()) {
  const auto& results = kernel.results();
  for (const Limit& limit : limits) {
    const auto at = std::ranges::find(results, limit.result);
    limits_.emplace_back(static_cast<std::size_t>(at - results.begin()), limit);
  }
  const auto& outer = kernel.outer_axes();
  for (const std::size_t a : outer) sizes_.push_back(kernel.space().axes()[a].size());
  for (std::size_t s = 0; s < tables_.size(); ++s) {
    const SlotTable& from = kernel.table(s);
    Table& table = tables_[s];
    for (const std::size_t a : from.axes) {
      const auto at = std::ranges::find(outer, a);
      const bool inner = at == outer.end();
      table.outer.push_back(inner ? none : static_cast<std::size_t>(at - outer.begin()));
      table.inner_length.push_back(inner ? static_cast<std::uint32_t>(kernel.space().axes()[a].size()) : 0U);
      if (!inner) slots_on_[table.outer.back()].push_back(s);
    }
    const auto& v = from.values;
    const auto unknown = [](double x) { return std::isnan(x); };
    table.monotone = !v.empty() && table.outer.size() == 1 && table.outer.front() != none &&
                     std::ranges::none_of(v, unknown) &&
                     (std::is_sorted(v.begin(), v.end()) || std::is_sorted(v.rbegin(), v.rend()));
    if (s >= valid || !from.mixed()) continue;
    if (!kernel.space().computed(valid)) {
      table.known_where_valid = known_where(s, kernel.table(valid));
    } else {
      const Forecasts& forecasts = *kernel.space().forecasts();
      table.known_where_valid =
          known_where(s, forecasts.resolves) || known_where(s, forecasts.tables[index(Ground::offered)]);
    }
  }
  // which slots the results rest on
  const Box all = whole();
  for (std::size_t s = 0; s <= slot_count; ++s)
    tables_[s].split_matters = all.slots[s].somewhere && !all.slots[s].everywhere;
  for (const auto& [mask, program] : work_->programs) {
    for (const Step& step : program.steps) {
      if (step.operation == Operation::leaf) tables_[step.leaf].split_matters = true;
    }
  }
}

// Is there no run that resolves among those of an unknown entry?
bool Boxes::known_where(std::size_t slot, const SlotTable& resolves) const {
  const SlotTable& table = kernel_.space().tables()[slot];
  const auto& axes = kernel_.space().axes();
  std::vector<std::size_t> shared;
  std::set_intersection(table.axes.begin(), table.axes.end(), resolves.axes.begin(), resolves.axes.end(),
                        std::back_inserter(shared));
  const auto place = [&](const SlotTable& from, std::size_t entry) {
    std::size_t out = 0;
    for (const std::size_t a : shared) {
      const auto k = static_cast<std::size_t>(std::ranges::find(from.axes, a) - from.axes.begin());
      out = out * axes[a].size() + entry / from.strides[k] % axes[a].size();
    }
    return out;
  };
  std::size_t places = 1;
  for (const std::size_t a : shared) places *= axes[a].size();
  std::vector<bool> some(places);
  for (std::size_t e = 0; e < resolves.values.size(); ++e) {
    if (!std::isnan(resolves.values[e])) some[place(resolves, e)] = true;
  }
  for (std::size_t e = 0; e < table.values.size(); ++e) {
    if (std::isnan(table.values[e]) && some[place(table, e)]) return false;
  }
  return true;
}

Box Boxes::whole(const std::vector<std::pair<std::size_t, std::size_t>>& at) {
  Box box;
  const auto& outer = kernel_.outer_axes();
  box.points = kernel_.inner_size();
  box.slots.resize(tables_.size());
  box.columns.resize(kernel_.results().size());
  for (std::size_t k = 0; k < outer.size(); ++k) {
    Box::Side side{.first = 0, .last = static_cast<std::uint32_t>(sizes_[k]), .node = 1};
    for (const auto& [axis, index] : at) {
      if (axis == outer[k]) side = single(index, sizes_[k]);
    }
    box.sides.push_back(side);
    box.outer.push_back(side.first);
    box.first_row += side.first * kernel_.layout_->outer_row_stride[k];
    box.points *= side.size();
  }
  bound(box, none);
  return box;
}

bool Boxes::split(const Box& box, Box& first, Box& second) {
  const std::size_t k = axis_to_split(box);
  if (k == none) return false;
  first = box;
  second = box;
  const std::uint32_t middle = box.sides[k].first + box.sides[k].size() / 2;
  const auto half = [&](Box& out, std::uint32_t from, std::uint32_t to, std::uint32_t node) {
    out.points = box.points / box.sides[k].size() * (to - from);
    out.first_row += (from - box.sides[k].first) * kernel_.layout_->outer_row_stride[k];
    out.sides[k] = {.first = from, .last = to, .node = node};
    out.outer[k] = from;
    bound(out, k);
  };
  half(first, box.sides[k].first, middle, 2 * box.sides[k].node);
  half(second, middle, box.sides[k].last, 2 * box.sides[k].node + 1);
  return true;
}

// The axis along which the inputs that matter spread most; where nothing changes any more, the slowest, so
// that low rows come first.
std::size_t Boxes::axis_to_split(const Box& box) const {
  std::size_t best = none;
  double most = -1;
  std::uint64_t most_stride = 0;
  for (std::size_t k = 0; k < box.sides.size(); ++k) {
    if (box.sides[k].size() < 2) continue;
    double spread = 0;
    for (const std::size_t s : slots_on_[k]) {
      const Range& r = box.slots[s];
      if (!tables_[s].split_matters || !r.somewhere) continue;
      if (!r.everywhere) spread = std::max(spread, s == valid || tables_[s].known_where_valid ? 0.01 : 8.0);
      if (r.high > r.low) spread = std::max(spread, r.low > 0 ? std::log2(r.high / r.low) : 64.0);
    }
    const std::uint64_t stride = kernel_.layout_->outer_row_stride[k];
    if (spread > most || (spread == most && stride > most_stride)) {
      most = spread;
      most_stride = stride;
      best = k;
    }
  }
  return best;
}

void Boxes::bound(Box& box, std::size_t changed) {
  if (changed == none) {
    for (std::size_t s = 0; s < tables_.size(); ++s) box.slots[s] = table_range(box, s);
  } else {
    for (const std::size_t s : slots_on_[changed]) box.slots[s] = table_range(box, s);
  }
  if (kernel_.space().computed(valid)) box.slots[valid] = valid_range(box);
  evaluate(box);
  judge(box);
}

Boxes::Range Boxes::table_range(const Box& box, std::size_t slot) {
  Table& table = tables_[slot];
  const auto& values = kernel_.table(slot).values;
  if (values.empty()) {  // computed, or nothing that is asked for
    constexpr double least = std::numeric_limits<double>::min();
    return {least, infinity, slot < valid, false};
  }
  if (table.monotone) {
    const Box::Side& side = box.sides[table.outer.front()];
    const double a = values[side.first];
    const double b = values[side.last - 1];
    return {std::min(a, b), std::max(a, b), true, true};
  }
  std::size_t entries = 1;
  std::uint64_t key = 0;
  std::size_t outer = 0;
  for (std::size_t i = 0; i < table.outer.size(); ++i) {
    if (table.outer[i] == none) {
      entries *= table.inner_length[i];
      continue;
    }
    const Box::Side& side = box.sides[table.outer[i]];
    entries *= side.size();
    key = key << node_bits | side.node;
    ++outer;
  }
  if (entries <= remember_above || outer > 3) return scan(box, slot);
  const auto found = table.known.find(key);
  if (found != table.known.end()) return found->second;
  return table.known.emplace(key, scan(box, slot)).first->second;
}

// Whether rows of the box have their place on their devices and are offered, where that has no table.
Boxes::Range Boxes::valid_range(const Box& box) const {
  const Forecasts& forecasts = *kernel_.space().forecasts();
  const auto of = [&](Ground ground) -> const Range& { return box.slots[valid + 1 + index(ground)]; };
  const Range& resolves = box.slots.back();
  const Range& offered = of(Ground::offered);
  Range out{.low = 0,
            .high = 0,
            .somewhere = resolves.somewhere && offered.somewhere,
            .everywhere = resolves.everywhere && offered.everywhere};
  if (!forecasts.counts_devices()) return out;
  // as Forecasts::fits() judges: an unknown bound does not forbid anything
  const Range& devices = box.slots[static_cast<std::size_t>(run::Slot::devices)];
  const Range& fewest = of(Ground::fewest);
  const Range& most = of(Ground::most);
  if (devices.somewhere && devices.everywhere) {
    if (fewest.everywhere && fewest.somewhere && devices.high < fewest.low) out.somewhere = false;
    if (forecasts.counts_scale() && most.everywhere && most.somewhere && devices.low >= 2 &&
        devices.low > most.high)
      out.somewhere = false;
  }
  if (devices.somewhere) {
    if (fewest.somewhere && devices.low < fewest.high) out.everywhere = false;
    if (forecasts.counts_scale() && most.somewhere && devices.high > most.low) out.everywhere = false;
  }
  out.everywhere = out.everywhere && out.somewhere;
  return out;
}

Boxes::Range Boxes::scan(const Box& box, std::size_t slot) const {
  const Table& table = tables_[slot];
  const SlotTable& from = kernel_.table(slot);
  const std::size_t n = table.outer.size();
  Range out{.low = infinity, .high = -infinity, .somewhere = false, .everywhere = true};
  const auto look = [&](double v) {
    if (std::isnan(v)) {
      out.everywhere = false;
      return;
    }
    out.somewhere = true;
    out.low = std::min(out.low, v);
    out.high = std::max(out.high, v);
  };
  std::vector<std::uint32_t> at(n);
  const auto first = [&](std::size_t i) {
    return table.outer[i] == none ? 0U : box.sides[table.outer[i]].first;
  };
  const auto last = [&](std::size_t i) {
    return table.outer[i] == none ? table.inner_length[i] : box.sides[table.outer[i]].last;
  };
  for (std::size_t i = 0; i < n; ++i) at[i] = first(i);
  while (true) {
    std::uint64_t offset = 0;
    for (std::size_t i = 0; i < n; ++i) offset += at[i] * from.strides[i];
    if (n == 0) {
      look(from.values[offset]);
      return out;
    }
    for (std::uint32_t i = first(n - 1); i < last(n - 1); ++i)
      look(from.values[offset + (i - first(n - 1)) * from.strides[n - 1]]);
    std::size_t i = n - 1;
    while (i-- > 0) {
      if (++at[i] < last(i)) break;
      at[i] = first(i);
    }
    if (i == none) return out;
  }
}

// Every pattern of known inputs that the box can have is tried; its rows have one of them.
void Boxes::evaluate(Box& box) {
  std::uint64_t mask = std::uint64_t{1} << valid;
  std::vector<std::size_t> mixed;
  for (std::size_t s = 0; s < slot_count; ++s) {
    if (box.slots[s].everywhere || (box.slots[s].somewhere && tables_[s].known_where_valid))
      mask |= std::uint64_t{1} << s;
    else if (box.slots[s].somewhere)
      mixed.push_back(s);
  }
  const bool resolves = box.slots[valid].everywhere;
  if (mixed.size() > most_mixed) {
    std::fill(box.columns.begin(), box.columns.end(), Range{-infinity, infinity, true, false});
    return;
  }
  std::fill(box.columns.begin(), box.columns.end(), Range{infinity, -infinity, false, resolves});
  for (std::size_t subset = 0; subset < std::size_t{1} << mixed.size(); ++subset) {
    std::uint64_t pattern = mask;
    for (std::size_t i = 0; i < mixed.size(); ++i)
      pattern |= (subset >> i & 1U) != 0 ? std::uint64_t{1} << mixed[i] : 0;
    const Kernel::Program& program = kernel_.program(*work_, pattern);
    low_.resize(std::max(low_.size(), program.steps.size()));
    high_.resize(low_.size());
    for (std::size_t i = 0; i < program.steps.size(); ++i) {
      const Step& step = program.steps[i];
      Ends ends{step.constant, step.constant};
      const Ends a{low_[step.left], high_[step.left]};
      const Ends b{low_[step.right], high_[step.right]};
      switch (step.operation) {
        case Operation::leaf:
          ends = {box.slots[step.leaf].low, box.slots[step.leaf].high};
          break;
        case Operation::constant:
          break;
        case Operation::add:
          ends = {a.low + b.low, a.high + b.high};
          break;
        case Operation::subtract:
          ends = {a.low - b.high, a.high - b.low};
          break;
        case Operation::multiply:
          ends = product(a, b);
          break;
        case Operation::divide:
          ends = quotient(a, b);
          break;
        case Operation::root:
        case Operation::exponential:
        case Operation::logarithm:  // no formula of a run has one
          ends = {-infinity, infinity};
          break;
      }
      if (std::isnan(ends.low) || std::isnan(ends.high)) ends = {-infinity, infinity};
      low_[i] = ends.low;
      high_[i] = ends.high;
    }
    for (std::size_t k = 0; k < box.columns.size(); ++k) {
      Range& column = box.columns[k];
      if (program.results[k] == Kernel::Program::none) {
        column.everywhere = false;
        continue;
      }
      column.somewhere = true;
      column.everywhere = column.everywhere && std::isfinite(low_[program.results[k]]) &&
                          std::isfinite(high_[program.results[k]]);
      column.low = std::min(column.low, low_[program.results[k]]);
      column.high = std::max(column.high, high_[program.results[k]]);
    }
  }
}

void Boxes::judge(Box& box) const {
  box.none_holds = !box.slots[valid].somewhere;
  box.all_hold = box.slots[valid].everywhere;
  for (const auto& [column, limit] : limits_) {
    const Range& r = box.columns[column];
    const bool at_low = limit.holds(r.low);
    const bool at_high = limit.holds(r.high);
    box.none_holds = box.none_holds || !r.somewhere || (!at_low && !at_high);
    box.all_hold = box.all_hold && r.everywhere && at_low && at_high;
  }
}

}  // namespace kwhatif::grid
