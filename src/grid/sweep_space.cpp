// The tables of a grid once they are built: from a row to its inputs.
#include "space_builder.hpp"

#include <algorithm>
#include <cmath>
#include <iterator>

namespace kwhatif::grid {

using run::slot_count;

bool SlotTable::mixed() const {
  bool known = false;
  bool unknown = false;
  for (const double v : values) (std::isnan(v) ? unknown : known) = true;
  return known && unknown;
}

bool SlotTable::varies_along(std::size_t axis) const {
  const auto at = std::ranges::find(axes, axis);
  if (at == axes.end()) return false;
  if (values.empty()) return true;  // computed
  const auto k = static_cast<std::size_t>(at - axes.begin());
  const std::uint64_t stride = strides[k];
  const std::uint64_t span = k == 0 ? values.size() : strides[k - 1];  // one whole turn of the axis
  for (std::uint64_t begin = 0; begin < values.size(); begin += span) {
    for (std::uint64_t rest = 0; rest < stride; ++rest) {
      double first = absent;
      for (std::uint64_t i = begin + rest; i < begin + span; i += stride) {
        if (std::isnan(values[i])) continue;
        if (std::isnan(first)) first = values[i];
        if (values[i] != first) return true;
      }
    }
  }
  return false;
}

std::uint64_t SlotTable::entry(const std::vector<std::size_t>& indices) const {
  std::uint64_t at = 0;
  for (std::size_t k = 0; k < axes.size(); ++k) at += indices[axes[k]] * strides[k];
  return at;
}

Space::Space(run::Scenario base, std::vector<Axis> axes, const catalog::Catalog& catalog,
             const SpaceOptions& options)
    : base_(std::move(base)), axes_(std::move(axes)), options_(options) {
  const run::Scenario before = base_;
  clear_rivals(base_, axes_, catalog);
  constexpr double most = 9e18;
  if (size_estimate() > most) {
    diag::refuse("too-many-rows", "the grid has more than 9e18 points", axes_.front().given.where,
                 "use fewer values per axis");
  }
  SpaceBuilder(*this, catalog).build();
  auto displaced = displaced_warnings(before, base_);
  std::move(displaced.begin(), displaced.end(), std::back_inserter(warnings_));
  for (const Axis& axis : axes_) size_ *= axis.size();
}

double Space::size_estimate() const {
  double out = 1;
  for (const Axis& axis : axes_) out *= static_cast<double>(axis.size());
  return out;
}

std::vector<std::string> Space::sources() const {
  auto out = sample_->sources();
  out.insert(out.end(), looked_up_.begin(), looked_up_.end());
  return out;
}

std::vector<std::size_t> Space::indices(std::uint64_t row) const {
  std::vector<std::size_t> out(axes_.size());
  for (std::size_t a = axes_.size(); a-- > 0;) {
    out[a] = static_cast<std::size_t>(row % axes_[a].size());
    row /= axes_[a].size();
  }
  return out;
}

std::uint64_t Space::row(const std::vector<std::size_t>& indices) const {
  std::uint64_t out = 0;
  for (std::size_t a = 0; a < axes_.size(); ++a) out = out * axes_[a].size() + indices[a];
  return out;
}

run::Scenario Space::scenario(const std::vector<std::size_t>& indices) const {
  run::Scenario out = base_;
  for (std::size_t a = 0; a < axes_.size(); ++a) {
    const Axis& axis = axes_[a];
    out.set(axis.input, {axis.text(indices[a]), axis.given.where, "--axis " + axis.name});
  }
  return out;
}

Space Space::with(run::Input input, const run::Given& given, const catalog::Catalog& catalog) const {
  run::Scenario base = base_;
  base.set(input, given);
  std::vector<Axis> axes = axes_;
  for (Axis& axis : axes) axis.pattern = true;
  return {std::move(base), std::move(axes), catalog, options_};
}

Grounds Space::grounds(const std::vector<std::size_t>& indices) const {
  const auto value = [&](const SlotTable& table) {
    return table.values.empty() ? absent : table.values[table.entry(indices)];
  };
  const auto slot = [&](run::Slot s) { return value(tables_[static_cast<std::size_t>(s)]); };
  Grounds out{.of = {},
              .peak = slot(run::Slot::peak),
              .tdp = slot(run::Slot::tdp),
              .devices = slot(run::Slot::devices),
              .resolves = value(forecasts_->resolves)};
  for (std::size_t g = 0; g < ground_count; ++g) out.of[g] = value(forecasts_->tables[g]);
  return out;
}

// A grid that depends on few axes together needs few lookups.
std::set<std::vector<std::size_t>> Space::looked_up_together() const {
  std::set<std::vector<std::size_t>> out;
  const auto add = [&](const SlotTable& table) {
    const bool direct = table.axes.size() == 1 && axes_[table.axes.front()].numeric() &&
                        table.values == axes_[table.axes.front()].numbers;
    if (!direct && !table.values.empty()) out.insert(table.axes);
  };
  for (std::size_t s = 0; s <= slot_count; ++s) {
    if ((forecasts_->following >> s & 1U) == 0) add(tables_[s]);
  }
  for (std::size_t g = 0; g < ground_count; ++g) {
    if (g != index(Ground::offered)) add(forecasts_->tables[g]);
  }
  add(forecasts_->resolves);
  return out;
}

std::uint32_t Space::spread(std::size_t slot, const std::vector<std::size_t>& indices) const {
  const SlotTable& table = tables_[slot];
  return table.spreads.empty() ? 0 : table.spreads[table.entry(indices)];
}

std::optional<run::RunInputs<double>> Space::inputs(const std::vector<std::size_t>& indices) const {
  std::array<double, following_slots.size()> computed{};
  if (computes()) computed = Forecasts::Hands(*forecasts_).at(grounds(indices));
  const auto value = [&](std::size_t s) {
    const SlotTable& table = tables_[s];
    return table.values.empty() ? computed[*place_among_following(s)] : table.values[table.entry(indices)];
  };
  if (std::isnan(value(slot_count))) return std::nullopt;
  run::RunInputs<double> out;
  for (std::size_t s = 0; s < slot_count; ++s) {
    const double v = value(s);
    if (!std::isnan(v)) run::set_slot(out, static_cast<run::Slot>(s), v);
  }
  return out;
}

}  // namespace kwhatif::grid
