// From a run and its axes to tables: which number each slot has at each point of the grid.
#include <kwhatif/analysis/sweep.hpp>
#include <kwhatif/estimate/run.hpp>
#include <kwhatif/model/memory.hpp>

#include <algorithm>
#include <bit>
#include <cmath>
#include <set>

namespace kwhatif::analysis {

namespace {

using estimate::slot_count;
constexpr std::size_t valid = slot_count;  // the table that says where a run resolves
constexpr std::size_t resolve_all = 512;   // axes of names up to this long are resolved at every value
constexpr std::size_t resolve_some = 33;   // numbers: the ends and what lies between
constexpr std::size_t lookup_limit = 400'000;
constexpr std::size_t checked_points = 48;

struct Values {
  std::array<double, slot_count + 1> numbers;
  std::array<std::uint32_t, slot_count> spreads;  // as in SlotTable
};

bool same(double a, double b) { return std::bit_cast<std::uint64_t>(a) == std::bit_cast<std::uint64_t>(b); }

}  // namespace

bool SlotTable::mixed() const {
  bool known = false;
  bool unknown = false;
  for (const double v : values) (std::isnan(v) ? unknown : known) = true;
  return known && unknown;
}

bool SlotTable::varies_along(std::size_t axis) const {
  const auto at = std::find(axes.begin(), axes.end(), axis);
  if (at == axes.end()) return false;
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

class SpaceBuilder {
 public:
  SpaceBuilder(Space& space, const catalog::Catalog& catalog) : space_(space), catalog_(catalog) {}

  void build() {
    find_base();
    for (std::size_t a = 0; a < space_.axes_.size(); ++a) drop_unusable(a);
    find_base();  // indices have moved
    for (std::size_t a = 0; a < space_.axes_.size(); ++a) probe(a);
    fill();
    check();
  }

 private:
  using Indices = std::vector<std::size_t>;

  /// Slots at a point; nothing where it does not resolve.
  std::optional<Values> at(const Indices& indices) {
    ++space_.lookups_;
    try {
      const auto run = scenario::resolve(space_.scenario(indices), catalog_);
      if (space_.options_.must_fit && !fits(run)) return std::nullopt;
      Values out;
      out.numbers.fill(absent);
      out.spreads.fill(0);
      for (std::size_t s = 0; s < slot_count; ++s) {
        if (const auto v = estimate::slot_value(run.inputs, static_cast<estimate::Slot>(s)))
          out.numbers[s] = *v;
      }
      out.numbers[valid] = 0;
      if (space_.options_.spreads) {
        const Spread spread = spread_of(run);
        for (std::size_t s = 0; s < slot_count; ++s) {
          if (spread.inputs[s]) out.spreads[s] = number_of(*spread.inputs[s]);
        }
      }
      return out;
    } catch (const diag::ScenarioError& error) {
      last_fault_ = error.diagnostics();
      return std::nullopt;
    }
  }

  // 1 + index of a distribution among those met so far.
  std::uint32_t number_of(const InputDistribution& distribution) {
    auto& all = space_.distributions_;
    auto& alike = known_[std::bit_cast<std::uint64_t>(distribution.quantile(0.5))];
    for (const std::uint32_t n : alike) {
      if (all[n - 1] == distribution) return n;
    }
    all.push_back(distribution);
    alike.push_back(static_cast<std::uint32_t>(all.size()));
    return alike.back();
  }

  // Known models by their architecture (resolve() warns); others by the states of Adam in mixed precision
  // alone.
  bool fits(const scenario::ResolvedRun& run) {
    for (const diag::Diagnostic& warning : run.warnings) {
      if (warning.code != "does-not-fit") continue;
      last_fault_ = {warning};
      return false;
    }
    const auto memory = run.hardware ? run.hardware->number("memory") : std::nullopt;
    if (!memory || !run.inputs.active_parameters || !run.inputs.devices) return true;
    const double states =
        model::state_bytes(model::Optimizer::adam, model::TrainingPrecision::mixed_16).sum() *
        run.inputs.active_parameters->coherent();
    constexpr double usable = 0.9;  // as in resolve()
    if (states <= usable * *memory * run.inputs.devices->coherent()) return true;
    last_fault_ = {{.code = "does-not-fit",
                    .message = "weights, gradients and optimizer states do not fit into the devices' memory",
                    .where = {},
                    .help = "more devices, or devices with more memory"}};
    return false;
  }

  std::size_t random_below(std::size_t n) {
    state_ = state_ * 6364136223846793005ULL + 1442695040888963407ULL;
    return static_cast<std::size_t>((state_ >> 33U) % n);
  }
  Indices random_point() {
    Indices out;
    for (const Axis& axis : space_.axes_) out.push_back(random_below(axis.size()));
    return out;
  }

  void find_base() {
    base_.assign(space_.axes_.size(), 0);
    std::vector<diag::Diagnostic> first;
    constexpr int tries = 400;
    for (int i = 0; i < tries; ++i) {
      if (i > 0) base_ = random_point();
      if (const auto values = at(base_)) {
        base_values_ = *values;
        space_.sample_ =
            std::make_shared<scenario::ResolvedRun>(scenario::resolve(space_.scenario(base_), catalog_));
        space_.warnings_ = space_.sample_->warnings;
        other_.clear();
        for (int k = 0; k < tries && other_.size() < 2; ++k) {
          const Indices point = random_point();
          if (at(point)) other_.push_back(point);
        }
        return;
      }
      if (i == 0) first = last_fault_;
    }
    throw diag::ScenarioError(std::move(first));
  }

  // Indices of an axis that are looked at one by one.
  std::vector<std::size_t> probes(std::size_t a) const {
    const std::size_t n = space_.axes_[a].size();
    std::vector<std::size_t> out;
    const std::size_t all = space_.axes_[a].numeric() ? resolve_some : resolve_all;
    const std::size_t few = n <= all ? n : resolve_some;
    for (std::size_t i = 0; i < few; ++i) out.push_back(few == 1 ? 0 : i * (n - 1) / (few - 1));
    return out;
  }

  Indices with(Indices point, std::size_t axis, std::size_t value) const {
    point[axis] = value;
    return point;
  }

  // A value that resolves nowhere: left out where a pattern chose it, an error where the user wrote it.
  void drop_unusable(std::size_t a) {
    Axis& axis = space_.axes_[a];
    std::vector<std::size_t> unusable;
    LeftOut record{.axis = a, .count = 0, .example = {}};
    for (const std::size_t i : probes(a)) {
      if (at(with(base_, a, i))) continue;
      const auto fault = last_fault_;
      bool somewhere = false;
      for (const Indices& point : other_) somewhere = somewhere || at(with(point, a, i)).has_value();
      for (int k = 0; k < 4 && !somewhere; ++k) somewhere = at(with(random_point(), a, i)).has_value();
      if (somewhere) continue;
      if (!axis.chosen(i)) throw diag::ScenarioError(fault);
      if (record.count++ == 0) record.example = axis.text(i) + ": " + fault.front().message;
      unusable.push_back(i);
    }
    for (auto i = unusable.rbegin(); i != unusable.rend(); ++i) axis.drop(*i);
    if (record.count > 0) {
      space_.left_out_.push_back(record);
      find_base();
    }
  }

  // Which slots change along this axis, from several points.
  void probe(std::size_t a) {
    std::vector<Indices> bases{base_};
    bases.insert(bases.end(), other_.begin(), other_.end());
    for (const Indices& from : bases) {
      const auto reference = at(from);
      for (const std::size_t i : probes(a)) {
        const auto values = at(with(from, a, i));
        if (values.has_value() != reference.has_value()) {
          depends_[valid].insert(a);
          find_partner(with(from, a, i), a);
        }
        if (!values || !reference) continue;
        for (std::size_t s = 0; s < slot_count; ++s) {
          if (!same(values->numbers[s], reference->numbers[s]) || values->spreads[s] != reference->spreads[s])
            depends_[s].insert(a);
        }
      }
    }
  }

  // The point does not resolve: which other axes could mend it?
  void find_partner(const Indices& point, std::size_t a) {
    for (std::size_t b = 0; b < space_.axes_.size(); ++b) {
      if (b == a || depends_[valid].contains(b)) continue;
      for (const std::size_t i : probes(b)) {
        if (at(with(point, b, i)).has_value() == at(point).has_value()) continue;
        depends_[valid].insert(b);
        break;
      }
    }
  }

  // An axis that only sets its own slot needs no lookups.
  bool direct(std::size_t s, std::size_t a) {
    if (!space_.axes_[a].numeric() || s == valid) return false;
    for (const std::size_t i : probes(a)) {
      const auto values = at(with(base_, a, i));
      if (!values || values->spreads[s] != 0 || !same(values->numbers[s], space_.axes_[a].numbers[i]))
        return false;
    }
    return true;
  }

  void shape(SlotTable& table, const std::set<std::size_t>& axes) {
    table.axes.assign(axes.begin(), axes.end());
    table.strides.assign(table.axes.size(), 1);
    std::uint64_t count = 1;
    for (std::size_t k = table.axes.size(); k-- > 0;) {
      table.strides[k] = count;
      count *= space_.axes_[table.axes[k]].size();
      if (count > axis_limit * 4) too_many(axes);
    }
    table.values.assign(count, absent);
    table.spreads.assign(space_.options_.spreads ? count : 0, 0);
  }

  [[noreturn]] void too_many(const std::set<std::size_t>& axes) {
    std::string names;
    for (const std::size_t a : axes) names += (names.empty() ? "" : ", ") + space_.axes_[a].name;
    const std::string what = axes.size() == 1 ? "axis " + names + ": too many values"
                                              : "axes " + names + " together: too many combinations";
    throw diag::UsageError(
        {.code = "too-many-lookups",
         .message = "one input depends on the " + what + " to look up",
         .where = space_.axes_[*axes.begin()].given.where,
         .help = "give the utilisation and the power (--mfu, --power), or use fewer values on these axes"});
  }

  void fill() {
    std::map<std::set<std::size_t>, std::vector<std::size_t>> groups;
    for (std::size_t s = 0; s <= slot_count; ++s) {
      SlotTable& table = space_.tables_[s];
      const auto& axes = depends_[s];
      if (axes.size() == 1 && direct(s, *axes.begin())) {
        shape(table, axes);
        table.values = space_.axes_[*axes.begin()].numbers;
        table.spreads.clear();
      } else {
        groups[axes].push_back(s);
      }
    }
    for (const auto& [axes, slots] : groups) {
      for (const std::size_t s : slots) shape(space_.tables_[s], axes);
      const std::size_t count = space_.tables_[slots.front()].values.size();
      if (count > lookup_limit) too_many(axes);
      for (std::size_t entry = 0; entry < count; ++entry) {
        Indices point = base_;
        const SlotTable& table = space_.tables_[slots.front()];
        for (std::size_t k = 0; k < table.axes.size(); ++k) {
          point[table.axes[k]] = entry / table.strides[k] % space_.axes_[table.axes[k]].size();
        }
        auto values = axes.empty() ? std::optional{base_values_} : at(point);
        // the axes left at the base may be what fails: ask elsewhere
        for (std::size_t o = 0; o < other_.size() && !values && !depends_[valid].empty(); ++o) {
          Indices elsewhere = other_[o];
          for (const std::size_t a : table.axes) elsewhere[a] = point[a];
          values = at(elsewhere);
        }
        if (!values) continue;
        for (const std::size_t s : slots) {
          space_.tables_[s].values[entry] = values->numbers[s];
          if (s != valid && space_.options_.spreads) space_.tables_[s].spreads[entry] = values->spreads[s];
        }
      }
    }
  }

  bool agrees(const Indices& point) {
    const auto expected = at(point);
    const auto tabled = space_.inputs(point);
    if (expected.has_value() != tabled.has_value()) return false;
    for (std::size_t s = 0; expected && s < slot_count; ++s) {
      const auto v = estimate::slot_value(*tabled, static_cast<estimate::Slot>(s));
      const double wanted = expected->numbers[s];
      if (v.has_value() == std::isnan(wanted) || (v && !same(*v, wanted))) return false;
      if (space_.spread(s, point) != expected->spreads[s]) return false;
    }
    return true;
  }

  // The tables are checked on random points. Where they are wrong, every lookup axis is taken together.
  void check() {
    const auto all_agree = [&] {
      for (std::size_t i = 0; i < checked_points; ++i) {
        if (!agrees(random_point())) return false;
      }
      return true;
    };
    if (space_.axes_.size() < 2 || all_agree()) return;
    std::set<std::size_t> together;
    for (std::size_t a = 0; a < space_.axes_.size(); ++a) {
      bool alone = false;
      for (std::size_t s = 0; s < slot_count; ++s)
        alone = alone || (depends_[s].size() == 1 && depends_[s].contains(a) && direct(s, a));
      bool shared = false;
      for (std::size_t s = 0; s <= slot_count; ++s)
        shared = shared || (depends_[s].size() > 1 && depends_[s].contains(a));
      if (!alone || shared || depends_[valid].contains(a)) together.insert(a);
    }
    for (std::size_t s = 0; s <= slot_count; ++s) {
      const bool own = depends_[s].size() == 1 && direct(s, *depends_[s].begin()) &&
                       !together.contains(*depends_[s].begin());
      if (!own) depends_[s] = together;
    }
    fill();
    if (all_agree()) return;
    std::set<std::size_t> every;
    for (std::size_t a = 0; a < space_.axes_.size(); ++a) every.insert(a);
    depends_.fill(every);
    fill();
  }

  Space& space_;
  const catalog::Catalog& catalog_;
  std::map<std::uint64_t, std::vector<std::uint32_t>> known_;  // distributions by their median
  Indices base_;
  Values base_values_{};
  std::vector<Indices> other_;  // further points that resolve
  std::array<std::set<std::size_t>, slot_count + 1> depends_;
  std::vector<diag::Diagnostic> last_fault_;
  std::uint64_t state_ = 20261123;
};

Space::Space(scenario::Scenario base, std::vector<Axis> axes, const catalog::Catalog& catalog,
             const SpaceOptions& options)
    : base_(std::move(base)), axes_(std::move(axes)), options_(options) {
  for (const Axis& axis : axes_) {
    clear_rivals(base_, axis.input);
    base_.clear(axis.input);
  }
  SpaceBuilder(*this, catalog).build();
  constexpr double most = 9e18;
  if (size_estimate() > most) {
    throw diag::UsageError({.code = "too-many-rows",
                            .message = "the grid has more than 9e18 points",
                            .where = axes_.front().given.where,
                            .help = "use fewer values per axis"});
  }
  for (const Axis& axis : axes_) size_ *= axis.size();
}

double Space::size_estimate() const {
  double out = 1;
  for (const Axis& axis : axes_) out *= static_cast<double>(axis.size());
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

scenario::Scenario Space::scenario(const std::vector<std::size_t>& indices) const {
  scenario::Scenario out = base_;
  for (std::size_t a = 0; a < axes_.size(); ++a) {
    const Axis& axis = axes_[a];
    out.set(axis.input, {axis.text(indices[a]), axis.given.where, "--axis " + axis.name});
  }
  return out;
}

Space Space::with(scenario::Input input, const scenario::Given& given,
                  const catalog::Catalog& catalog) const {
  scenario::Scenario base = base_;
  base.set(input, given);
  std::vector<Axis> axes = axes_;
  for (Axis& axis : axes) axis.pattern = true;
  return {std::move(base), std::move(axes), catalog, options_};
}

std::uint32_t Space::spread(std::size_t slot, const std::vector<std::size_t>& indices) const {
  const SlotTable& table = tables_[slot];
  return table.spreads.empty() ? 0 : table.spreads[table.entry(indices)];
}

std::optional<estimate::RunInputs<double>> Space::inputs(const std::vector<std::size_t>& indices) const {
  const auto value = [&](const SlotTable& table) { return table.values[table.entry(indices)]; };
  if (std::isnan(value(tables_[slot_count]))) return std::nullopt;
  estimate::RunInputs<double> out;
  for (std::size_t s = 0; s < slot_count; ++s) {
    const double v = value(tables_[s]);
    if (!std::isnan(v)) estimate::set_slot(out, static_cast<estimate::Slot>(s), v);
  }
  return out;
}

}  // namespace kwhatif::analysis
