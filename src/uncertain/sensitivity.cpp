#include <kwhatif/number/dual.hpp>
#include <kwhatif/run/estimator.hpp>
#include <kwhatif/uncertain/sensitivity.hpp>

#include <algorithm>
#include <cmath>
#include <optional>

namespace kwhatif::uncertain {

using number::Dual;
using run::Slot;

namespace {

template <class T>
std::optional<T> result_of(const run::RunEstimate<T>& all, std::string_view key) {
  std::optional<T> out;
  run::for_each_result(all, [&](const run::ResultInfo& info, const auto& field) {
    if (info.key == key && field) out = field->coherent();
  });
  return out;
}

bool by_size(const Elasticity& a, const Elasticity& b) {
  return std::fabs(a.elasticity) > std::fabs(b.elasticity);
}

}  // namespace

namespace {

// All results with their derivatives by every slot.
run::RunEstimate<Dual<run::slot_count>> with_derivatives(const run::RunInputs<double>& inputs) {
  using D = Dual<run::slot_count>;
  return run::estimate(run::lift<D>(inputs, [](Slot slot, const quantity::Dimension&, double value) {
    return D::input(value, static_cast<std::size_t>(slot));
  }));
}

}  // namespace

std::vector<std::array<double, run::slot_count>> elasticity_table(const run::RunInputs<double>& inputs,
                                                                  double power_follows) {
  const auto power = static_cast<std::size_t>(inputs.power_ratio() ? Slot::power_ratio : Slot::power);
  std::array<double, run::slot_count> x{};
  for (std::size_t s = 0; s < x.size(); ++s) x[s] = run::slot_value(inputs, static_cast<Slot>(s)).value_or(0);
  std::vector<std::array<double, run::slot_count>> out;
  std::array<double, run::slot_count> of_utilisation{};
  const auto all = with_derivatives(inputs);
  run::for_each_result(all, [&](const run::ResultInfo& info, const auto& field) {
    auto& row = out.emplace_back();
    if (!field || field->coherent().value() == 0) return;
    for (std::size_t s = 0; s < x.size(); ++s)
      row[s] = field->coherent().by(s) * x[s] / field->coherent().value();
    if (info.key == "mfu") of_utilisation = row;
  });
  if (power_follows == 0 || !(inputs.mfu() || inputs.achieved())) return out;
  for (auto& row : out) {
    for (std::size_t s = 0; s < x.size(); ++s) row[s] += row[power] * power_follows * of_utilisation[s];
  }
  return out;
}

std::vector<Elasticity> elasticities(const run::RunInputs<double>& inputs, std::string_view result) {
  std::vector<Elasticity> out;
  const auto y = result_of(with_derivatives(inputs), result);
  if (!y || y->value() == 0) return out;
  for (std::size_t i = 0; i < run::slot_count; ++i) {
    const double derivative = y->by(i);
    if (derivative == 0) continue;
    const auto slot = static_cast<Slot>(i);
    const double x = run::slot_value(inputs, slot).value_or(0);
    out.push_back({slot, x, derivative, derivative * x / y->value()});
  }
  std::stable_sort(out.begin(), out.end(), by_size);
  return out;
}

namespace {

// A run with one of its inputs moved at a time.
class Moving {
 public:
  Moving(const run::Scenario& run, const catalog::Catalog& catalog, std::string_view result)
      : run_(run), catalog_(catalog), result_(result), here(run::resolve(run, catalog)) {}

  struct At {
    run::RunInputs<double> inputs;
    double result = 0;
  };
  /// Nothing where the run cannot be: more than the peak, two figures that no longer agree.
  std::optional<At> by(Slot slot, double factor) const {
    try {
      const auto moved = run::resolve(run_, catalog_, {.moved = {{slot, factor}}});
      const auto y = result_of(run::estimate(moved.inputs), result_);
      return y ? std::optional{At{moved.inputs, *y}} : std::nullopt;
    } catch (const diag::ScenarioError&) {
      return std::nullopt;
    }
  }

 private:
  const run::Scenario& run_;
  const catalog::Catalog& catalog_;
  std::string_view result_;

 public:
  const run::ResolvedRun here;
};

// Inputs of the result, other than the one moved, whose numbers differ.
std::vector<Slot> others_moved(const run::RunInputs<double>& a, const run::RunInputs<double>& b, Slot moved,
                               const std::vector<Elasticity>& matter) {
  std::vector<Slot> out;
  for (const Elasticity& e : matter) {
    if (e.slot != moved && run::slot_value(a, e.slot) != run::slot_value(b, e.slot)) out.push_back(e.slot);
  }
  std::sort(out.begin(), out.end());
  return out;
}

}  // namespace

std::vector<Elasticity> elasticities(const run::Scenario& run, const catalog::Catalog& catalog,
                                     std::string_view result) {
  constexpr double step = 1e-4;   // its square is the error
  constexpr double digits = 1e9;  // beyond these there is noise
  const Moving moving(run, catalog, result);
  const auto& inputs = moving.here.inputs;
  const auto y = result_of(run::estimate(inputs), result);
  std::vector<Elasticity> out;
  if (!y || *y == 0) return out;
  const auto direct = elasticities(inputs, result);
  for (std::size_t i = 0; i < run::slot_count; ++i) {
    const auto slot = static_cast<Slot>(i);
    const auto value = run::slot_value(inputs, slot);
    if (!value && run.stages.empty()) continue;
    const auto found =
        std::find_if(direct.begin(), direct.end(), [&](const auto& d) { return d.slot == slot; });
    Elasticity e;
    e.slot = slot;
    if (found != direct.end()) e = *found;
    e.value = value.value_or(0);
    const auto up = moving.by(slot, 1 + step);
    const auto down = moving.by(slot, 1 - step);
    if (const auto& moved = up ? up : down) e.with = others_moved(inputs, moved->inputs, slot, direct);
    // what moves nothing else has an exact derivative; of stages only the sum is known here
    const bool exact = e.with.empty() && run.stages.empty() && std::isfinite(e.elasticity);
    if (!run.stages.empty()) e.with.clear();
    if ((up || down) && !exact) {
      const double rise = std::log((up ? up->result : *y) / (down ? down->result : *y));
      const double width = (up ? std::log1p(step) : 0) - (down ? std::log1p(-step) : 0);
      e.elasticity = std::round(rise / width * digits) / digits;
      e.derivative = e.value > 0 ? e.elasticity * *y / e.value : 0;
    }
    if (!(std::fabs(e.elasticity) < 1 / digits)) out.push_back(std::move(e));
  }
  std::stable_sort(out.begin(), out.end(), by_size);
  return out;
}

std::vector<TornadoRow> tornado(const run::Scenario& run, const catalog::Catalog& catalog,
                                std::string_view result) {
  const Moving moving(run, catalog, result);
  const Spread spread = spread_of(moving.here);
  std::vector<TornadoRow> out;
  for (std::size_t i = 0; i < run::slot_count; ++i) {
    const auto slot = static_cast<Slot>(i);
    const auto& distribution = spread[slot];
    const double value = run::slot_value(moving.here.inputs, slot).value_or(0);
    if (!distribution || value == 0) continue;
    TornadoRow row;
    row.slot = slot;
    row.input_low = distribution->quantile(0.05);
    row.input_high = distribution->quantile(0.95);
    const auto low = moving.by(slot, row.input_low / value);
    const auto high = moving.by(slot, row.input_high / value);
    if (!low || !high) continue;
    row.result_low = low->result;
    row.result_high = high->result;
    row.swing = std::fabs(row.result_high - row.result_low);
    if (row.swing > 0) out.push_back(row);
  }
  std::stable_sort(out.begin(), out.end(),
                   [](const TornadoRow& a, const TornadoRow& b) { return a.swing > b.swing; });
  return out;
}

}  // namespace kwhatif::uncertain
