// The numbers that an estimate is made of, and the numbers it gives: two plain structs over the number type,
// each with one field table that everything else follows (assumptions, explain, JSON, sweeps).
#pragma once

#include <kwhatif/quantity/kinds.hpp>

#include <array>
#include <cstddef>
#include <optional>
#include <string_view>

namespace kwhatif::run {

/// Inputs of one run in numbers. An absent one is unknown; resolve() fills in defaults and says so.
///
/// Per run: `tokens` are those of the data set, `wall_time` and `device_time` those of one run; `runs` and
/// `overhead` multiply the device-time of one run.
template <class T>
struct RunInputs {
  std::optional<quantity::Parameters<T>> active_parameters;  ///< N, used per token      [param] > 0
  std::optional<quantity::Tokens<T>> tokens;                 ///< in the data set         [token] > 0
  std::optional<quantity::Ratio<T>> epochs;                  ///< passes over it          [1] > 0
  std::optional<quantity::FlopPerParameterToken<T>>
      flop_factor;                                          ///< 6 for forward+backward  [FLOP/(param·token)]
  std::optional<quantity::FlopPerToken<T>> flop_per_token;  ///< counted from matrices   [FLOP/token]
  std::optional<quantity::TrainingFlop<T>> training_flop;   ///< C, given                [FLOP] > 0
  std::optional<quantity::DeviceFlopRate<T>> peak;          ///< dense, of the precision [FLOP/s/device]
  std::optional<quantity::Ratio<T>> mfu;                    ///< model FLOPs utilisation [1] in (0, 1]
  std::optional<quantity::DeviceFlopRate<T>> achieved;      ///< C / device-time         [FLOP/s/device]
  std::optional<quantity::Devices<T>> devices;              ///< n                       [device] >= 1
  std::optional<quantity::WallTime<T>> wall_time;           ///< of one run              [s]
  std::optional<quantity::DeviceTime<T>> device_time;       ///< of one run, all devices [device·s]
  std::optional<quantity::DevicePower<T>> tdp;              ///< nameplate               [W/device]
  std::optional<quantity::Ratio<T>> power_ratio;            ///< system power over TDP   [1]
  std::optional<quantity::DevicePower<T>> power;            ///< average, with host      [W/device] >= 0
  std::optional<quantity::Power<T>> total_power;            ///< of all devices together [W]
  std::optional<quantity::Ratio<T>> runs;                   ///< trials                  [1] >= 1
  std::optional<quantity::Ratio<T>> overhead;               ///< repeated work per work  [1] >= 0
  std::optional<quantity::Ratio<T>> pue;                    ///<                         [1] >= 1
  std::optional<quantity::CarbonIntensity<T>> ci;           ///< location-based          [kg/J] >= 0
  std::optional<quantity::CarbonIntensity<T>> ci_market;    ///< market-based            [kg/J] >= 0
  std::optional<quantity::DevicePrice<T>> price;            ///<                         [USD/(device·s)]
  std::optional<quantity::DevicePrice<T>> price_low;
  std::optional<quantity::DevicePrice<T>> price_high;
  std::optional<quantity::EnergyPrice<T>> electricity_price;  ///<                         [USD/J]
  std::optional<quantity::Ratio<T>> executed_ratio;           ///< executed over model FLOP [1] >= 1
};

/// A field of RunInputs: its position is its identity (Slot), its key the name in JSON and messages.
struct SlotInfo {
  std::string_view key;
  std::string_view label;
};

/// One per field of RunInputs, in its order.
enum class Slot : std::size_t {
  active_parameters,
  tokens,
  epochs,
  flop_factor,
  flop_per_token,
  training_flop,
  peak,
  mfu,
  achieved,
  devices,
  wall_time,
  device_time,
  tdp,
  power_ratio,
  power,
  total_power,
  runs,
  overhead,
  pue,
  ci,
  ci_market,
  price,
  price_low,
  price_high,
  electricity_price,
  executed_ratio,
  count
};
inline constexpr std::size_t slot_count = static_cast<std::size_t>(Slot::count);

inline constexpr std::array<SlotInfo, slot_count> slot_table{{
    {"active", "active parameters"},
    {"tokens", "tokens"},
    {"epochs", "epochs"},
    {"flop_factor", "FLOP per parameter and token"},
    {"flop_per_token", "FLOP per token"},
    {"flops", "training compute of one run"},
    {"peak", "peak FLOP rate per device"},
    {"mfu", "MFU"},
    {"tflops", "achieved FLOP rate per device"},
    {"chips", "devices"},
    {"hours", "wall time of one run"},
    {"device_hours", "device-time of one run"},
    {"tdp", "TDP per device"},
    {"power_ratio", "average system power over TDP"},
    {"power", "average system power per device"},
    {"total_power", "average power of all devices"},
    {"runs", "runs"},
    {"overhead", "overhead of failed and repeated work"},
    {"pue", "PUE"},
    {"ci", "grid carbon intensity (location)"},
    {"ci_market", "grid carbon intensity (market)"},
    {"price", "price per device-hour"},
    {"price_low", "low price per device-hour"},
    {"price_high", "high price per device-hour"},
    {"electricity_price", "price of electricity"},
    {"recompute", "executed FLOP over model FLOP"},
}};

constexpr const SlotInfo& info(Slot slot) { return slot_table[static_cast<std::size_t>(slot)]; }

/// Calls visit(Slot, a.field, b.field) for every field of two RunInputs, which may have different number
/// types.
template <class A, class B, class Visit>
constexpr void for_each_slot(A& a, B& b, Visit visit) {
  visit(Slot::active_parameters, a.active_parameters, b.active_parameters);
  visit(Slot::tokens, a.tokens, b.tokens);
  visit(Slot::epochs, a.epochs, b.epochs);
  visit(Slot::flop_factor, a.flop_factor, b.flop_factor);
  visit(Slot::flop_per_token, a.flop_per_token, b.flop_per_token);
  visit(Slot::training_flop, a.training_flop, b.training_flop);
  visit(Slot::peak, a.peak, b.peak);
  visit(Slot::mfu, a.mfu, b.mfu);
  visit(Slot::achieved, a.achieved, b.achieved);
  visit(Slot::devices, a.devices, b.devices);
  visit(Slot::wall_time, a.wall_time, b.wall_time);
  visit(Slot::device_time, a.device_time, b.device_time);
  visit(Slot::tdp, a.tdp, b.tdp);
  visit(Slot::power_ratio, a.power_ratio, b.power_ratio);
  visit(Slot::power, a.power, b.power);
  visit(Slot::total_power, a.total_power, b.total_power);
  visit(Slot::runs, a.runs, b.runs);
  visit(Slot::overhead, a.overhead, b.overhead);
  visit(Slot::pue, a.pue, b.pue);
  visit(Slot::ci, a.ci, b.ci);
  visit(Slot::ci_market, a.ci_market, b.ci_market);
  visit(Slot::price, a.price, b.price);
  visit(Slot::price_low, a.price_low, b.price_low);
  visit(Slot::price_high, a.price_high, b.price_high);
  visit(Slot::electricity_price, a.electricity_price, b.electricity_price);
  visit(Slot::executed_ratio, a.executed_ratio, b.executed_ratio);
}

/// The same inputs over another number type; `convert(Slot, Dimension, double)` makes each number.
template <class To, class Convert>
RunInputs<To> lift(const RunInputs<double>& from, Convert convert) {
  RunInputs<To> out;
  for_each_slot(from, out, [&](Slot slot, const auto& source, auto& target) {
    using Target = typename std::remove_reference_t<decltype(target)>::value_type;
    if (source) target = Target::from_coherent(convert(slot, Target::dimension, source->coherent()));
  });
  return out;
}

/// The value of one slot in its coherent unit, if known.
inline std::optional<double> slot_value(const RunInputs<double>& inputs, Slot wanted) {
  std::optional<double> out;
  for_each_slot(inputs, inputs, [&](Slot slot, const auto& field, const auto&) {
    if (slot == wanted && field) out = field->coherent();
  });
  return out;
}

/// Dimension of a slot's quantity.
inline quantity::Dimension slot_dimension(Slot wanted) {
  quantity::Dimension out;
  const RunInputs<double> any;
  for_each_slot(any, any, [&](Slot slot, const auto& field, const auto&) {
    if (slot == wanted) out = std::remove_cvref_t<decltype(field)>::value_type::dimension;
  });
  return out;
}

/// Sets one slot from a number in its coherent unit.
inline void set_slot(RunInputs<double>& inputs, Slot wanted, std::optional<double> value) {
  for_each_slot(inputs, inputs, [&](Slot slot, auto& field, auto&) {
    if (slot != wanted) return;
    using Target = typename std::remove_reference_t<decltype(field)>::value_type;
    if (value)
      field = Target::from_coherent(*value);
    else
      field.reset();
  });
}

}  // namespace kwhatif::run
