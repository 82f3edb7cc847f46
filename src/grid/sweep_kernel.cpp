// estimate() recorded once per pattern of known inputs and replayed over blocks of points.
#include "sweep_kernel.hpp"

#include <kwhatif/run/estimator.hpp>

#include <algorithm>
#include <cmath>

namespace kwhatif::grid {

using number::Operation;
using run::slot_count;

namespace {

constexpr std::size_t merge_below = 64;  // inner axes are merged until there are this many points
constexpr std::size_t merge_limit = 8192;
constexpr std::size_t strip_lanes = 64;
constexpr std::uint64_t valid_bit = std::uint64_t{1} << slot_count;
static_assert(slot_count < 63);

}  // namespace

Kernel::Kernel(const Space& space, std::vector<std::size_t> results, bool any_order,
               const std::vector<std::size_t>& apart)
    : space_(space), results_(std::move(results)), layout_(std::make_unique<Layout>()) {
  arrange(any_order, apart);
}
Kernel::~Kernel() = default;

// For reductions: the axes along which the fewest operations are repeated, of those that are not to stay
// apart.
std::vector<std::size_t> Kernel::cheapest_inner(const std::vector<std::size_t>& apart) const {
  const auto& axes = space_.axes();
  const auto bit = [](std::size_t axis) { return std::uint64_t{1} << axis; };
  std::uint64_t known = 0;
  std::array<std::uint64_t, slot_count + 1> slot_axes{};
  for (std::size_t s = 0; s <= slot_count; ++s) {
    const SlotTable& table = space_.tables()[s];
    if (space_.computed(s) || std::ranges::any_of(table.values, [](double v) { return !std::isnan(v); }))
      known |= std::uint64_t{1} << s;
    for (const std::size_t a : table.axes) slot_axes[s] |= bit(a);
  }
  Work scratch;
  const Program& full = program(scratch, known);
  std::vector<std::uint64_t> step_axes(full.steps.size());
  for (std::size_t i = 0; i < full.steps.size(); ++i) {
    const Step& step = full.steps[i];
    if (step.operation == Operation::leaf)
      step_axes[i] = slot_axes[step.leaf];
    else if (step.operation != Operation::constant)
      step_axes[i] = step_axes[step.left] | step_axes[step.right];
  }
  // in multiplications of one lane
  const auto cost = [&](std::uint64_t inner, std::size_t size) {
    constexpr double per_block = 400;
    double out = per_block / static_cast<double>(std::min(size, block_lanes));
    for (std::size_t i = 0; i < full.steps.size(); ++i) {
      if ((step_axes[i] & inner) == 0) continue;
      if ((step_axes[i] & ~inner) == 0 && size <= block_lanes) continue;  // computed once for all
      if (full.steps[i].operation != Operation::leaf)
        out += full.steps[i].operation == Operation::divide ? 4 : 1;
      else if ((step_axes[i] & ~inner) != 0)
        out += 1;
    }
    for (std::size_t s = 0; s <= slot_count; ++s) {
      if ((slot_axes[s] & inner) != 0 && space_.tables()[s].mixed()) out += 30;
    }
    if (space_.computes()) {
      constexpr double of_forecast = 3000;
      constexpr double of_place = 60;
      std::uint64_t from = 0;
      for (std::size_t s = 0; s < slot_count; ++s) from |= space_.computed(s) ? slot_axes[s] : 0;
      if (from != 0) out += (from & inner) != 0 ? of_forecast : of_forecast / static_cast<double>(size);
      if (space_.computed(slot_count) && (slot_axes[slot_count] & inner) != 0) out += of_place;
    }
    return out;
  };
  std::uint64_t best = 0;
  std::size_t size = 1;
  double best_cost = cost(0, 1);
  while (true) {  // one more axis, as long as that pays
    std::size_t more = axes.size();
    for (std::size_t a = 0; a < axes.size(); ++a) {
      if (std::ranges::find(apart, a) != apart.end()) continue;
      if ((best & bit(a)) != 0 || (best != 0 && size * axes[a].size() > merge_limit)) continue;
      const double c = cost(best | bit(a), size * axes[a].size());
      if (c < best_cost || (best == 0 && more == axes.size())) {
        best_cost = c;
        more = a;
      }
    }
    if (more == axes.size()) break;
    best |= bit(more);
    size *= axes[more].size();
  }
  std::vector<std::size_t> out;
  for (std::size_t a = 0; a < axes.size(); ++a) {
    if ((best & bit(a)) != 0) out.push_back(a);
  }
  return out;
}

// Which axes are inner: the last ones, so that rows come in order; for reductions the cheapest ones. The
// outer axes keep the order of rows: sinks rely on a group's rows rising.
void Kernel::arrange(bool any_order, const std::vector<std::size_t>& apart) {
  const auto& axes = space_.axes();
  if (any_order && axes.size() > 1) {
    inner_ = cheapest_inner(apart.size() < axes.size() ? apart : std::vector<std::size_t>{});
  } else {
    std::size_t first = axes.size();
    std::size_t size = 1;
    while (first > 0) {
      const std::size_t n = axes[first - 1].size();
      if (first < axes.size() && (size >= merge_below || size * n > merge_limit)) break;
      size *= n;
      --first;
    }
    for (std::size_t a = first; a < axes.size(); ++a) inner_.push_back(a);
  }
  for (std::size_t a = 0; a < axes.size(); ++a) {
    const bool inner = std::ranges::find(inner_, a) != inner_.end();
    if (!inner) outer_.push_back(a);
    if (inner)
      inner_size_ *= axes[a].size();
    else
      outer_steps_ *= axes[a].size();
  }
  lay_out();
}

// Strides of rows, and what the inner points add to them and to each table.
void Kernel::lay_out() {
  const auto& axes = space_.axes();
  Layout& l = *layout_;
  std::vector<std::uint64_t> row_stride(axes.size(), 1);
  for (std::size_t a = axes.size(); a-- > 1;) row_stride[a - 1] = row_stride[a] * axes[a].size();
  for (const std::size_t a : outer_) {
    l.outer_sizes.push_back(axes[a].size());
    l.outer_row_stride.push_back(row_stride[a]);
  }
  l.moves.resize(outer_.size());
  const auto inner_index = [&](std::size_t point, std::size_t axis) {
    for (std::size_t k = inner_.size(); k-- > 0;) {
      const std::size_t n = axes[inner_[k]].size();
      if (inner_[k] == axis) return point % n;
      point /= n;
    }
    return std::size_t{0};
  };
  bool in_order = true;
  for (std::size_t k = 0; k < inner_.size(); ++k)
    in_order = in_order && inner_[k] == axes.size() - inner_.size() + k;
  if (!in_order) {
    inner_rows_.resize(inner_size_);
    for (std::size_t i = 0; i < inner_size_; ++i) {
      for (const std::size_t a : inner_) inner_rows_[i] += inner_index(i, a) * row_stride[a];
    }
  }
  for (std::size_t s = 0; s < (space_.computes() ? Layout::leaf_count : slot_count + 1); ++s) {
    const SlotTable& table = this->table(s);
    Leaf& leaf = l.leaves[s];
    leaf.values = table.values.data();
    const bool computed = s <= slot_count && space_.computed(s);
    leaf.outer_strides.assign(outer_.size(), 0);
    std::vector<std::pair<std::size_t, std::uint64_t>> inner;
    for (std::size_t k = 0; k < table.axes.size(); ++k) {
      const auto found = std::ranges::find(outer_, table.axes[k]);
      if (found == outer_.end()) {
        inner.emplace_back(table.axes[k], table.strides[k]);
        continue;
      }
      const auto at = static_cast<std::size_t>(found - outer_.begin());
      leaf.outer_strides[at] = table.strides[k];
      leaf.level = std::max(leaf.level, static_cast<std::uint32_t>(at + 1));
      l.moves[at].push_back({s, table.strides[k]});
    }
    leaf.varies = !inner.empty();
    if (computed) leaf.computed = static_cast<std::uint32_t>(*place_among_following(s));
    leaf.contiguous = inner.size() == 1 && inner_.size() == 1 && inner.front().second == 1;
    if (leaf.varies && !leaf.contiguous && !table.values.empty()) {
      const auto offset = [&](std::size_t point) {
        std::uint64_t out = 0;
        for (const auto& [axis, stride] : inner) out += inner_index(point, axis) * stride;
        return out;
      };
      for (std::size_t i = 0; i < inner_size_; ++i) {
        if (leaf.level == 0)
          leaf.inner_values.push_back(table.values[offset(i)]);
        else
          leaf.inner_offsets.push_back(static_cast<std::uint32_t>(offset(i)));
      }
    }
    const std::array own{run::Slot::peak, run::Slot::tdp, run::Slot::devices};
    const auto among = std::ranges::find(own, static_cast<run::Slot>(s));
    const bool ground = s > slot_count || among != own.end();
    if (space_.computes() && ground && !table.values.empty()) {
      const std::size_t place = s == Layout::leaf_count - 1 ? Grounds::size - 1
                                : s > slot_count
                                    ? s - slot_count - 1
                                    : ground_count + static_cast<std::size_t>(among - own.begin());
      (leaf.varies ? l.varying_grounds : l.fixed_grounds).emplace_back(s, place);
    }
    if (s > slot_count) continue;
    if (computed) {
      l.computed_level = std::max(l.computed_level, leaf.level);
      l.computed_varies = l.computed_varies || leaf.varies;
    }
    const bool mixed = table.mixed() || computed;
    if (mixed)
      (leaf.varies ? l.varying_masks : l.fixed_masks).push_back(s);
    else if (!table.values.empty() && !std::isnan(table.values.front()))
      l.mask |= std::uint64_t{1} << s;
  }
}

// Of a leaf: a slot's, or that of what the computed slots follow from.
const SlotTable& Kernel::table(std::size_t leaf) const {
  if (leaf <= slot_count) return space_.tables()[leaf];
  const Forecasts& forecasts = *space_.forecasts();
  const std::size_t ground = leaf - slot_count - 1;
  return ground == ground_count ? forecasts.resolves : forecasts.tables[ground];
}

std::shared_ptr<Kernel::Work> Kernel::work() const {
  auto out = std::make_shared<Work>();
  out->outer.resize(outer_.size());
  out->offsets.resize(Layout::leaf_count);
  out->columns.resize(results_.size());
  out->blended.resize(results_.size());
  out->filled.resize(results_.size());
  if (space_.computes()) {
    out->hands.emplace(*space_.forecasts(), space_.computes_predictions());
    for (auto& numbers : out->computed)
      numbers = std::make_unique<double[]>(layout_->computed_varies ? block_lanes : 1);
  }
  return out;
}

// When each step has to be computed.
void Kernel::plan(Program& program) const {
  for (Schedule* schedule : {&program.scalars, &program.vectors}) {
    for (std::uint32_t level = 0; level <= outer_.size(); ++level) {
      schedule->from.push_back(schedule->steps.size());
      for (std::uint32_t i = 0; i < program.steps.size(); ++i) {
        const Step& step = program.steps[i];
        if (step.level == level && step.operation != Operation::constant &&
            step.varies == (schedule == &program.vectors))
          schedule->steps.push_back(i);
      }
    }
    schedule->from.push_back(schedule->steps.size());
  }
  program.direct.assign(program.steps.size(), Program::none);
  for (std::uint32_t k = 0; k < program.results.size(); ++k) {
    if (program.results[k] == Program::none) continue;
    const Step& step = program.steps[program.results[k]];
    const bool every_block = step.level == outer_.size() || inner_size_ > block_lanes;
    if (step.varies && step.operation != Operation::leaf && every_block)
      program.direct[program.results[k]] = k;
  }
}

// estimate() on the known inputs, recorded, without the steps that no wanted result needs.
const Kernel::Program& Kernel::program(Work& work, std::uint64_t mask) const {
  if (work.last != nullptr && work.last_mask == mask) return *work.last;
  if (const auto found = work.programs.find(mask); found != work.programs.end()) {
    work.last = &found->second;
    work.last_mask = mask;
    return found->second;
  }
  Program out;
  out.results.assign(results_.size(), Program::none);
  if ((mask & valid_bit) != 0) {
    number::Tape tape;
    run::RunInputs<double> known;
    known.known = mask & ~valid_bit;
    known.values.fill(1.0);
    const auto traced = run::lift<number::Traced>(known, [&](run::Slot slot, quantity::Dimension, double v) {
      return number::Traced{tape, tape.leaf(v, static_cast<std::uint32_t>(slot))};
    });
    const auto estimated = run::estimate(traced);
    std::vector<std::uint32_t> all;
    std::vector<bool> present;
    run::for_each_result(estimated, [&](const run::ResultInfo&, const auto& field) {
      present.push_back(field.has_value());
      all.push_back(field ? field->coherent().node() : 0);
    });
    const auto& nodes = tape.nodes();
    std::vector<bool> needed(nodes.size());
    for (const std::size_t r : results_) {
      if (present[r]) needed[all[r]] = true;
    }
    for (std::size_t i = nodes.size(); i-- > 0;) {
      const bool operation =
          nodes[i].operation != Operation::leaf && nodes[i].operation != Operation::constant;
      if (needed[i] && operation) needed[nodes[i].left] = needed[nodes[i].right] = true;
    }
    std::vector<std::uint32_t> moved(nodes.size());
    for (std::size_t i = 0; i < nodes.size(); ++i) {
      if (!needed[i]) continue;
      moved[i] = static_cast<std::uint32_t>(out.steps.size());
      Step step{nodes[i].operation,
                moved[nodes[i].left],
                moved[nodes[i].right],
                nodes[i].leaf,
                nodes[i].value,
                false,
                0};
      if (step.operation == Operation::leaf) {
        step.varies = layout_->leaves[step.leaf].varies;
        step.level = layout_->leaves[step.leaf].level;
      } else if (step.operation != Operation::constant) {
        step.varies = out.steps[step.left].varies || out.steps[step.right].varies;
        step.level = std::max(out.steps[step.left].level, out.steps[step.right].level);
      }
      out.steps.push_back(step);
    }
    for (std::size_t k = 0; k < results_.size(); ++k) {
      if (present[results_[k]]) out.results[k] = moved[all[results_[k]]];
    }
  }
  plan(out);
  return work.programs.emplace(mask, std::move(out)).first->second;
}

void Kernel::run(Work& work, const Program& program, std::size_t first, std::size_t n,
                 double* const* room) const {
  // The deepest level of vectors is always computed, and all of them where there are several blocks per step:
  // their results may lie in room given before.
  std::size_t scalar_level = work.changed;
  std::size_t vector_level = std::min(work.changed, outer_.size());
  if (work.ran != &program) {
    if (work.scalars.size() < program.steps.size()) {
      work.scalars.resize(program.steps.size());
      work.vectors.resize(program.steps.size());
      work.pointers.resize(program.steps.size());
      work.targets.resize(program.steps.size());
    }
    for (std::size_t i = 0; i < program.steps.size(); ++i) {
      work.pointers[i] = &work.scalars[i];
      if (program.steps[i].operation == Operation::constant) work.scalars[i] = program.steps[i].constant;
    }
    scalar_level = vector_level = 0;
  } else if (inner_size_ > block_lanes) {
    vector_level = 0;
  }
  work.ran = &program;
  const Step* const steps = program.steps.data();
  const Leaf* const leaves = layout_->leaves.data();
  const std::uint64_t* const offsets = work.offsets.data();
  double* const scalars = work.scalars.data();
  for (std::size_t j = program.scalars.from[scalar_level]; j < program.scalars.steps.size(); ++j) {
    const std::uint32_t i = program.scalars.steps[j];
    const Step& step = steps[i];
    if (step.operation != Operation::leaf)
      scalars[i] = operate(step.operation, scalars[step.left], scalars[step.right]);
    else if (const Leaf& leaf = leaves[step.leaf]; leaf.computed != Leaf::none)
      scalars[i] = work.computed[leaf.computed][0];
    else
      scalars[i] = leaf.values[offsets[step.leaf]];
  }
  for (std::size_t j = program.vectors.from[vector_level]; j < program.vectors.steps.size(); ++j) {
    const std::uint32_t i = program.vectors.steps[j];
    const Step& step = steps[i];
    const auto buffer = [&] {
      if (room != nullptr && program.direct[i] != Program::none) return room[program.direct[i]];
      if (!work.vectors[i]) work.vectors[i] = std::make_unique<double[]>(std::min(inner_size_, block_lanes));
      return work.vectors[i].get();
    };
    if (step.operation == Operation::leaf) {
      const Leaf& leaf = leaves[step.leaf];
      const double* from = leaf.values + offsets[step.leaf];
      if (leaf.computed != Leaf::none) {
        work.pointers[i] = work.computed[leaf.computed].get();
      } else if (leaf.contiguous) {
        work.pointers[i] = from + first;
      } else if (leaf.level == 0) {
        work.pointers[i] = leaf.inner_values.data() + first;
      } else {
        double* out = buffer();
        const std::uint32_t* at = leaf.inner_offsets.data() + first;
        for (std::size_t k = 0; k < n; ++k) out[k] = from[at[k]];
        work.pointers[i] = out;
      }
      continue;
    }
    work.pointers[i] = work.targets[i] = buffer();
  }
  // Where results go to memory, all of them proceed together in short strips: stores to several places that
  // take turns keep the memory busier than one long run after the other.
  const std::size_t strip = room != nullptr ? strip_lanes : n;
  for (std::size_t at = 0; at < n; at += strip) {
    const std::size_t lanes = std::min(strip, n - at);
    for (std::size_t j = program.vectors.from[vector_level]; j < program.vectors.steps.size(); ++j) {
      const std::uint32_t i = program.vectors.steps[j];
      const Step& step = steps[i];
      if (step.operation == Operation::leaf) continue;
      double* out = work.targets[i] + at;
      const bool va = steps[step.left].varies;
      const bool vb = steps[step.right].varies;
      const double* a = work.pointers[step.left] + (va ? at : 0);
      const double* b = work.pointers[step.right] + (vb ? at : 0);
      operate(step.operation, out, a, va, b, vb, lanes);
    }
  }
}

// Moves the outer axes: mostly by one step.
void Kernel::go_to(Work& work, StepNumber number) const {
  auto step = static_cast<std::uint64_t>(number);
  const Layout& l = *layout_;
  const std::size_t depth = outer_.size();
  if (step == work.step) {
    work.changed = depth + 1;  // nothing
    return;
  }
  const bool next = work.step != Work::nowhere && step == work.step + 1;
  work.step = step;
  if (next) {
    for (std::size_t k = depth; k-- > 0;) {
      work.changed = k + 1;
      if (++work.outer[k] < l.outer_sizes[k]) {
        work.base += l.outer_row_stride[k];
        for (const auto& [slot, stride] : l.moves[k]) work.offsets[slot] += stride;
        return;
      }
      const std::uint64_t back = l.outer_sizes[k] - 1;
      work.outer[k] = 0;
      work.base -= back * l.outer_row_stride[k];
      for (const auto& [slot, stride] : l.moves[k]) work.offsets[slot] -= back * stride;
    }
    return;
  }
  work.changed = 0;
  work.base = 0;
  std::fill(work.offsets.begin(), work.offsets.end(), 0);
  for (std::size_t k = depth; k-- > 0;) {
    work.outer[k] = static_cast<std::size_t>(step % l.outer_sizes[k]);
    step /= l.outer_sizes[k];
    work.base += work.outer[k] * l.outer_row_stride[k];
    for (const auto& [slot, stride] : l.moves[k]) work.offsets[slot] += work.outer[k] * stride;
  }
}

// The slots without tables, at the points of a block; those that the last one had stay.
void Kernel::compute(Work& work, std::size_t first, std::size_t n) const {
  const Layout& l = *layout_;
  const bool there = work.changed > l.computed_level &&
                     (!l.computed_varies || (work.computed_first == first && work.computed_lanes == n));
  if (there) return;
  work.computed_first = first;
  work.computed_lanes = n;
  Grounds grounds{};
  for (std::size_t i = 0; i < Grounds::size; ++i) grounds[i] = absent;
  for (const auto& [s, place] : l.fixed_grounds) grounds[place] = l.leaves[s].values[work.offsets[s]];
  for (std::size_t i = 0; i < (l.computed_varies ? n : 1); ++i) {
    for (const auto& [s, place] : l.varying_grounds)
      grounds[place] = l.leaves[s].at(work.offsets[s], first + i);
    const auto& numbers = work.hands->at(grounds);
    for (std::size_t k = 0; k < numbers.size(); ++k) work.computed[k][i] = numbers[k];
  }
}

void Kernel::evaluate(Work& work, StepNumber step, std::size_t first_inner, double* const* room,
                      Block& out) const {
  const std::size_t n = std::min(block_lanes, inner_size_ - first_inner);
  const Layout& l = *layout_;
  go_to(work, step);
  if (space_.computes()) compute(work, first_inner, n);
  std::uint64_t mask = l.mask;
  for (const std::size_t s : l.fixed_masks) {
    const Leaf& leaf = l.leaves[s];
    const bool computed = leaf.computed != Leaf::none;
    if (!std::isnan(computed ? work.computed[leaf.computed][0] : leaf.values[work.offsets[s]]))
      mask |= std::uint64_t{1} << s;
  }
  const auto own = [&](std::size_t k) {
    if (!work.blended[k]) work.blended[k] = std::make_unique<double[]>(block_lanes);
    return work.blended[k].get();
  };
  if (l.varying_masks.empty()) {
    const Program& p = program(work, mask);
    run(work, p, first_inner, n, room);
    for (std::size_t k = 0; k < results_.size(); ++k) {
      const bool known = p.results[k] != Program::none;
      if (known && p.steps[p.results[k]].varies) {
        const double* from = work.pointers[p.results[k]];
        if (room != nullptr && from != room[k]) std::copy_n(from, n, room[k]);
        work.columns[k] = room != nullptr ? room[k] : from;
        continue;
      }
      const double value = known ? work.scalars[p.results[k]] : absent;
      double* to = room != nullptr ? room[k] : own(k);
      work.columns[k] = to;
      if (room == nullptr) {  // mostly there already
        if (work.filled[k] >= n && same_bits(*to, value)) continue;
        work.filled[k] = n;
      }
      std::fill_n(to, n, value);
    }
  } else {
    work.masks.assign(n, mask);
    for (const std::size_t s : l.varying_masks) {
      const Leaf& leaf = l.leaves[s];
      const double* computed = leaf.computed != Leaf::none ? work.computed[leaf.computed].get() : nullptr;
      for (std::size_t i = 0; i < n; ++i) {
        if (!std::isnan(computed != nullptr ? computed[i] : leaf.at(work.offsets[s], first_inner + i)))
          work.masks[i] |= std::uint64_t{1} << s;
      }
    }
    std::vector<std::uint64_t> distinct;  // few
    for (const std::uint64_t m : work.masks) {
      const bool met =
          !distinct.empty() && (m == distinct.back() || std::ranges::find(distinct, m) != distinct.end());
      if (!met) distinct.push_back(m);
    }
    for (const std::uint64_t m : distinct) {
      const Program& p = program(work, m);
      run(work, p, first_inner, n, nullptr);
      for (std::size_t k = 0; k < results_.size(); ++k) {
        const bool known = p.results[k] != Program::none;
        const double* from = known ? work.pointers[p.results[k]] : &absent;
        const bool varies = known && p.steps[p.results[k]].varies;
        double* to = room != nullptr ? room[k] : own(k);
        for (std::size_t i = 0; i < n; ++i) {
          if (work.masks[i] == m) to[i] = from[varies ? i : 0];
        }
        work.columns[k] = to;
      }
    }
  }
  out.base = work.base + (inner_rows_.empty() ? first_inner : 0);
  out.offsets = inner_rows_.empty() ? nullptr : inner_rows_.data() + first_inner;
  out.lanes = n;
  out.first_inner = first_inner;
  out.columns = work.columns.data();
  out.outer = work.outer.data();
}

}  // namespace kwhatif::grid
