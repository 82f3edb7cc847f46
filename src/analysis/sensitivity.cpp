#include <kwhatif/analysis/sensitivity.hpp>
#include <kwhatif/estimate/run.hpp>
#include <kwhatif/number/dual.hpp>

#include <algorithm>
#include <cmath>
#include <optional>

namespace kwhatif::analysis {

using estimate::Slot;
using number::Dual;

namespace {

template <class T>
std::optional<T> result_of(const estimate::RunEstimate<T>& all, std::string_view key) {
  std::optional<T> out;
  estimate::for_each_result(all, [&](const estimate::ResultInfo& info, const auto& field) {
    if (info.key == key && field) out = field->coherent();
  });
  return out;
}

}  // namespace

std::vector<Elasticity> elasticities(const estimate::RunInputs<double>& inputs, std::string_view result) {
  using D = Dual<estimate::slot_count>;
  const auto lifted = estimate::lift<D>(inputs, [](Slot slot, const quantity::Dimension&, double value) {
    return D::input(value, static_cast<std::size_t>(slot));
  });
  std::vector<Elasticity> out;
  const auto y = result_of(estimate::estimate(lifted), result);
  if (!y || y->value() == 0) return out;
  for (std::size_t i = 0; i < estimate::slot_count; ++i) {
    const double derivative = y->by(i);
    if (derivative == 0) continue;
    const auto slot = static_cast<Slot>(i);
    const double x = estimate::slot_value(inputs, slot).value_or(0);
    out.push_back({slot, x, derivative, derivative * x / y->value()});
  }
  std::stable_sort(out.begin(), out.end(), [](const Elasticity& a, const Elasticity& b) {
    return std::fabs(a.elasticity) > std::fabs(b.elasticity);
  });
  return out;
}

std::vector<TornadoRow> tornado(const estimate::RunInputs<double>& inputs, const Spread& spread,
                                std::string_view result) {
  std::vector<TornadoRow> out;
  for (const Elasticity& e : elasticities(inputs, result)) {
    const auto& distribution = spread[e.slot];
    if (!distribution) continue;
    TornadoRow row;
    row.slot = e.slot;
    row.input_low = distribution->quantile(0.05);
    row.input_high = distribution->quantile(0.95);
    const auto with = [&](double value) {
      auto moved = inputs;
      estimate::set_slot(moved, e.slot, value);
      return result_of(estimate::estimate(moved), result).value_or(0);
    };
    row.result_low = with(row.input_low);
    row.result_high = with(row.input_high);
    row.swing = std::fabs(row.result_high - row.result_low);
    out.push_back(row);
  }
  std::stable_sort(out.begin(), out.end(),
                   [](const TornadoRow& a, const TornadoRow& b) { return a.swing > b.swing; });
  return out;
}

}  // namespace kwhatif::analysis
