// estimate() recorded once per pattern of known inputs and replayed over blocks of points.
#include "sweep_kernel.hpp"

#include <kwhatif/estimate/run.hpp>

#include <algorithm>
#include <cmath>

namespace kwhatif::analysis {

using estimate::slot_count;
using number::Operation;

namespace {

constexpr std::size_t merge_below = 64;  // inner axes are merged until there are this many points
constexpr std::size_t merge_limit = 8192;
constexpr std::uint64_t valid_bit = std::uint64_t{1} << slot_count;
static_assert(slot_count < 63);

// One operation over the lanes of a block: loops that vectorise.
KWHATIF_WIDE void multiply(double* out, const double* a, bool va, const double* b, bool vb, std::size_t n) {
  if (va && vb) {
    for (std::size_t i = 0; i < n; ++i) out[i] = a[i] * b[i];
  } else {
    const double* varying = va ? a : b;
    const double fixed = va ? *b : *a;
    for (std::size_t i = 0; i < n; ++i) out[i] = varying[i] * fixed;  // x · y is y · x, bit for bit
  }
}

KWHATIF_WIDE void divide(double* out, const double* a, bool va, const double* b, bool vb, std::size_t n) {
  if (va && vb) {
    for (std::size_t i = 0; i < n; ++i) out[i] = a[i] / b[i];
  } else if (va) {
    const double y = *b;
    for (std::size_t i = 0; i < n; ++i) out[i] = a[i] / y;
  } else {
    const double x = *a;
    for (std::size_t i = 0; i < n; ++i) out[i] = x / b[i];
  }
}

KWHATIF_WIDE void add(double* out, const double* a, bool va, const double* b, bool vb, std::size_t n,
                      double sign) {
  if (va && vb) {
    for (std::size_t i = 0; i < n; ++i) out[i] = a[i] + sign * b[i];
  } else if (va) {
    const double y = sign * *b;
    for (std::size_t i = 0; i < n; ++i) out[i] = a[i] + y;
  } else {
    const double x = *a;
    for (std::size_t i = 0; i < n; ++i) out[i] = x + sign * b[i];
  }
}

}  // namespace

double operate(Operation operation, double a, double b) {
  switch (operation) {
    case Operation::add:
      return a + b;
    case Operation::subtract:
      return a - b;
    case Operation::multiply:
      return a * b;
    case Operation::divide:
      return a / b;
    default:
      return a;
  }
}

void operate(Operation operation, double* out, const double* a, bool a_varies, const double* b, bool b_varies,
             std::size_t n) {
  switch (operation) {
    case Operation::multiply:
      multiply(out, a, a_varies, b, b_varies, n);
      break;
    case Operation::divide:
      divide(out, a, a_varies, b, b_varies, n);
      break;
    case Operation::add:
      add(out, a, a_varies, b, b_varies, n, 1);
      break;
    default:
      add(out, a, a_varies, b, b_varies, n, -1);
      break;
  }
}

Kernel::Kernel(const Space& space, std::vector<std::size_t> results, bool any_order,
               const std::vector<std::size_t>& apart)
    : space_(space), results_(std::move(results)), layout_(std::make_unique<Layout>()) {
  arrange(any_order, apart);
}
Kernel::~Kernel() = default;

// Which axes are inner: the last ones; for reductions the axis along which the fewest operations are
// repeated, of those that are not to stay apart.
void Kernel::arrange(bool any_order, const std::vector<std::size_t>& apart) {
  const auto& axes = space_.axes();
  std::vector<std::size_t> order(axes.size());
  for (std::size_t a = 0; a < axes.size(); ++a) order[a] = a;
  Work scratch;
  std::uint64_t mask = 0;
  for (std::size_t s = 0; s <= slot_count; ++s) {
    const auto& values = space_.tables()[s].values;
    if (std::any_of(values.begin(), values.end(), [](double v) { return !std::isnan(v); }))
      mask |= std::uint64_t{1} << s;
  }
  if (any_order && axes.size() > 1) {
    const Program& full = program(scratch, mask);
    double best_cost = std::numeric_limits<double>::infinity();
    std::size_t best = axes.size() - 1;
    for (std::size_t a = 0; a < axes.size(); ++a) {
      if (std::find(apart.begin(), apart.end(), a) != apart.end()) continue;
      double cost = 150.0 / static_cast<double>(std::min<std::size_t>(axes[a].size(), block_lanes));
      std::vector<bool> varies(full.steps.size());
      for (std::size_t i = 0; i < full.steps.size(); ++i) {
        const Step& step = full.steps[i];
        if (step.operation == Operation::leaf) {
          const SlotTable& table = space_.tables()[step.leaf];
          varies[i] = std::find(table.axes.begin(), table.axes.end(), a) != table.axes.end();
          if (varies[i] && table.axes.size() > 1) cost += 1;
          continue;
        }
        if (step.operation == Operation::constant) continue;
        varies[i] = varies[step.left] || varies[step.right];
        if (varies[i]) cost += step.operation == Operation::divide ? 4 : 1;
      }
      for (const SlotTable& table : space_.tables()) {
        if (std::find(table.axes.begin(), table.axes.end(), a) != table.axes.end() && table.mixed())
          cost += 30;
      }
      if (cost < best_cost) {
        best_cost = cost;
        best = a;
      }
    }
    // those apart, then the others in order, then the best
    order = apart;
    for (std::size_t a = 0; a < axes.size(); ++a) {
      if (a != best && std::find(apart.begin(), apart.end(), a) == apart.end()) order.push_back(a);
    }
    if (order.size() < axes.size()) order.push_back(best);
  }
  const std::size_t kept_out = any_order && apart.size() < axes.size() ? apart.size() : 0;
  std::size_t first_inner = order.size();
  while (first_inner > kept_out) {
    const std::size_t n = axes[order[first_inner - 1]].size();
    if (first_inner < order.size() && (inner_size_ >= merge_below || inner_size_ * n > merge_limit)) break;
    inner_size_ *= n;
    --first_inner;
  }
  outer_.assign(order.begin(), order.begin() + static_cast<std::ptrdiff_t>(first_inner));
  inner_.assign(order.begin() + static_cast<std::ptrdiff_t>(first_inner), order.end());
  for (const std::size_t a : outer_) outer_steps_ *= axes[a].size();

  // strides of rows, and what the inner points add to them and to each table
  Layout& l = *layout_;
  std::vector<std::uint64_t> row_stride(axes.size(), 1);
  for (std::size_t a = axes.size(); a-- > 1;) row_stride[a - 1] = row_stride[a] * axes[a].size();
  for (const std::size_t a : outer_) l.outer_row_stride.push_back(row_stride[a]);
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
  for (std::size_t s = 0; s <= slot_count; ++s) {
    const SlotTable& table = space_.tables()[s];
    Leaf& leaf = l.leaves[s];
    leaf.values = table.values.data();
    leaf.outer_strides.assign(outer_.size(), 0);
    bool outer = false;
    std::vector<std::pair<std::size_t, std::uint64_t>> inner;
    for (std::size_t k = 0; k < table.axes.size(); ++k) {
      const auto at = std::find(outer_.begin(), outer_.end(), table.axes[k]);
      if (at == outer_.end()) {
        inner.emplace_back(table.axes[k], table.strides[k]);
      } else {
        leaf.outer_strides[static_cast<std::size_t>(at - outer_.begin())] = table.strides[k];
        outer = true;
      }
    }
    if (outer) l.outer_slots.push_back(s);
    leaf.varies = !inner.empty();
    leaf.gathered = leaf.varies && outer;
    if (leaf.varies) {
      leaf.inner_offsets.resize(inner_size_);
      for (std::size_t i = 0; i < inner_size_; ++i) {
        std::uint64_t offset = 0;
        for (const auto& [axis, stride] : inner) offset += inner_index(i, axis) * stride;
        leaf.inner_offsets[i] = static_cast<std::uint32_t>(offset);
      }
      if (!leaf.gathered) {
        leaf.inner_values.resize(inner_size_);
        for (std::size_t i = 0; i < inner_size_; ++i)
          leaf.inner_values[i] = table.values[leaf.inner_offsets[i]];
        leaf.inner_offsets = {};
      }
    }
    const bool mixed = table.mixed();
    if (mixed)
      (leaf.varies ? l.varying_masks : l.fixed_masks).push_back(s);
    else if (!table.values.empty() && !std::isnan(table.values.front()))
      l.mask |= std::uint64_t{1} << s;
  }
}

std::shared_ptr<Kernel::Work> Kernel::work() const {
  auto out = std::make_shared<Work>();
  out->outer.resize(outer_.size());
  out->offsets.resize(slot_count + 1);
  out->columns.resize(results_.size());
  out->blended.resize(results_.size());
  return out;
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
    estimate::RunInputs<double> known;
    for (std::size_t s = 0; s < slot_count; ++s) {
      if ((mask >> s & 1U) != 0) estimate::set_slot(known, static_cast<estimate::Slot>(s), 1.0);
    }
    const auto traced =
        estimate::lift<number::Traced>(known, [&](estimate::Slot slot, quantity::Dimension, double v) {
          return number::Traced{tape, tape.leaf(v, static_cast<std::uint32_t>(slot))};
        });
    const auto estimated = estimate::estimate(traced);
    std::vector<std::uint32_t> all;
    std::vector<bool> present;
    estimate::for_each_result(estimated, [&](const estimate::ResultInfo&, const auto& field) {
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
      Step step{nodes[i].operation, moved[nodes[i].left], moved[nodes[i].right],
                nodes[i].leaf,      nodes[i].value,       false};
      if (step.operation == Operation::leaf)
        step.varies = layout_->leaves[step.leaf].varies;
      else if (step.operation != Operation::constant)
        step.varies = out.steps[step.left].varies || out.steps[step.right].varies;
      out.steps.push_back(step);
    }
    for (std::size_t k = 0; k < results_.size(); ++k) {
      if (present[results_[k]]) out.results[k] = moved[all[results_[k]]];
    }
  }
  return work.programs.emplace(mask, std::move(out)).first->second;
}

void Kernel::run(Work& work, const Program& program, std::size_t first, std::size_t n) const {
  if (work.scalars.size() < program.steps.size()) {
    work.scalars.resize(program.steps.size());
    work.vectors.resize(program.steps.size());
    work.pointers.resize(program.steps.size());
  }
  for (std::size_t i = 0; i < program.steps.size(); ++i) {
    const Step& step = program.steps[i];
    const auto buffer = [&] {
      if (!work.vectors[i]) work.vectors[i] = std::make_unique<double[]>(block_lanes);
      return work.vectors[i].get();
    };
    work.pointers[i] = &work.scalars[i];
    if (step.operation == Operation::constant) {
      work.scalars[i] = step.constant;
    } else if (step.operation == Operation::leaf) {
      const Leaf& leaf = layout_->leaves[step.leaf];
      const std::uint64_t offset = work.offsets[step.leaf];
      if (!leaf.varies) {
        work.scalars[i] = leaf.values[offset];
      } else if (!leaf.gathered) {
        work.pointers[i] = leaf.inner_values.data() + first;
      } else {
        double* out = buffer();
        const double* from = leaf.values + offset;
        const std::uint32_t* at = leaf.inner_offsets.data() + first;
        for (std::size_t k = 0; k < n; ++k) out[k] = from[at[k]];
        work.pointers[i] = out;
      }
    } else if (!step.varies) {
      work.scalars[i] = operate(step.operation, work.scalars[step.left], work.scalars[step.right]);
    } else {
      double* out = buffer();
      operate(step.operation, out, work.pointers[step.left], program.steps[step.left].varies,
              work.pointers[step.right], program.steps[step.right].varies, n);
      work.pointers[i] = out;
    }
  }
}

void Kernel::evaluate(Work& work, std::uint64_t step, std::size_t first_inner, Block& out) const {
  const std::size_t n = std::min(block_lanes, inner_size_ - first_inner);
  const Layout& l = *layout_;
  if (first_inner == 0) {
    std::uint64_t rest = step;
    for (std::size_t k = outer_.size(); k-- > 0;) {
      const std::size_t size = space_.axes()[outer_[k]].size();
      work.outer[k] = static_cast<std::size_t>(rest % size);
      rest /= size;
    }
    work.base = 0;
    for (std::size_t k = 0; k < outer_.size(); ++k) work.base += work.outer[k] * l.outer_row_stride[k];
    for (const std::size_t s : l.outer_slots) {
      std::uint64_t offset = 0;
      for (std::size_t k = 0; k < outer_.size(); ++k) offset += work.outer[k] * l.leaves[s].outer_strides[k];
      work.offsets[s] = offset;
    }
  }
  std::uint64_t mask = l.mask;
  for (const std::size_t s : l.fixed_masks) {
    if (!std::isnan(l.leaves[s].values[work.offsets[s]])) mask |= std::uint64_t{1} << s;
  }
  const auto column = [&](const Program& p, std::size_t k) -> const double* {
    if (p.results[k] == Program::none) return nullptr;
    return work.pointers[p.results[k]];
  };
  const auto spread = [&](const Program& p, std::size_t k, auto keep) {
    auto& buffer = work.blended[k];
    if (!buffer) buffer = std::make_unique<double[]>(block_lanes);
    const double* from = column(p, k);
    const bool varies = from != nullptr && p.steps[p.results[k]].varies;
    for (std::size_t i = 0; i < n; ++i) {
      if (keep(i)) buffer[i] = from == nullptr ? absent : varies ? from[i] : *from;
    }
    work.columns[k] = buffer.get();
  };
  if (l.varying_masks.empty()) {
    const Program& p = program(work, mask);
    run(work, p, first_inner, n);
    for (std::size_t k = 0; k < results_.size(); ++k) {
      const bool varies = p.results[k] != Program::none && p.steps[p.results[k]].varies;
      if (varies)
        work.columns[k] = column(p, k);
      else
        spread(p, k, [](std::size_t) { return true; });
    }
  } else {
    work.masks.assign(n, mask);
    for (const std::size_t s : l.varying_masks) {
      const Leaf& leaf = l.leaves[s];
      for (std::size_t i = 0; i < n; ++i) {
        const double v = leaf.gathered ? leaf.values[work.offsets[s] + leaf.inner_offsets[first_inner + i]]
                                       : leaf.inner_values[first_inner + i];
        if (!std::isnan(v)) work.masks[i] |= std::uint64_t{1} << s;
      }
    }
    std::vector<std::uint64_t> distinct(work.masks.begin(), work.masks.end());
    std::sort(distinct.begin(), distinct.end());
    distinct.erase(std::unique(distinct.begin(), distinct.end()), distinct.end());
    for (const std::uint64_t m : distinct) {
      const Program& p = program(work, m);
      run(work, p, first_inner, n);
      for (std::size_t k = 0; k < results_.size(); ++k)
        spread(p, k, [&](std::size_t i) { return work.masks[i] == m; });
    }
  }
  out.base = work.base + (inner_rows_.empty() ? first_inner : 0);
  out.offsets = inner_rows_.empty() ? nullptr : inner_rows_.data() + first_inner;
  out.lanes = n;
  out.first_inner = first_inner;
  out.columns = work.columns.data();
  out.outer = work.outer.data();
}

}  // namespace kwhatif::analysis
