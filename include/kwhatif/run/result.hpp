// What an estimate gives, with the one table of names, units and labels that every output follows.
#pragma once

#include <kwhatif/quantity/kinds.hpp>

#include <optional>
#include <string_view>

namespace kwhatif::run {

/// Results of one run. Absent means not computable from what is known; never zero.
template <class T>
struct RunEstimate {
  std::optional<quantity::TrainingFlop<T>> training_flop;  ///< of one run
  std::optional<quantity::DeviceFlopRate<T>> achieved;
  std::optional<quantity::Ratio<T>> mfu;
  std::optional<quantity::Ratio<T>> hfu;               ///< only where recomputation is known
  std::optional<quantity::DeviceTime<T>> device_time;  ///< all runs, overhead included
  std::optional<quantity::WallTime<T>> wall_time;      ///< the same on all devices, runs one after the other
  std::optional<quantity::Devices<T>> devices;
  std::optional<quantity::DevicePower<T>> power;
  std::optional<quantity::ItEnergy<T>> it_energy;
  std::optional<quantity::FacilityEnergy<T>> facility_energy;
  std::optional<quantity::OperationalLocation<T>> operational_location;
  std::optional<quantity::OperationalMarket<T>> operational_market;
  std::optional<quantity::Money<T>> cost;
  std::optional<quantity::Money<T>> cost_low;
  std::optional<quantity::Money<T>> cost_high;
  std::optional<quantity::Money<T>> electricity_cost;
};

/// One result: how it is called in formulas and studies, in JSON, and for people.
struct ResultInfo {
  std::string_view key;       ///< in studies and derivations: facility_energy
  std::string_view json_key;  ///< with its unit: facility_energy_kwh
  std::string_view unit;      ///< of the JSON value; empty for the coherent unit
  std::string_view label;     ///< for people
};

/// Calls visit(ResultInfo, field) for every result, in the order of output.
template <class Estimate, class Visit>
constexpr void for_each_result(Estimate& r, Visit visit) {
  using I = ResultInfo;
  visit(I{"training_flop", "training_flop", "FLOP", "Training compute"}, r.training_flop);
  visit(I{"achieved", "achieved_tflops_per_device", "TFLOP/s", "Achieved rate"}, r.achieved);
  visit(I{"mfu", "mfu", "", "MFU"}, r.mfu);
  visit(I{"hfu", "hfu", "", "HFU"}, r.hfu);
  visit(I{"device_time", "device_hours", "device-h", "Device-hours"}, r.device_time);
  visit(I{"wall_time", "wall_hours", "h", "Wall time"}, r.wall_time);
  visit(I{"devices", "devices", "", "Devices"}, r.devices);
  visit(I{"power", "power_w_per_device", "W", "Power per device"}, r.power);
  visit(I{"it_energy", "it_energy_kwh", "kWh", "IT energy"}, r.it_energy);
  visit(I{"facility_energy", "facility_energy_kwh", "kWh", "Facility energy"}, r.facility_energy);
  visit(I{"operational_location", "operational_location_kg", "kg", "CO2e, location-based"},
        r.operational_location);
  visit(I{"operational_market", "operational_market_kg", "kg", "CO2e, market-based"}, r.operational_market);
  visit(I{"cost", "cost_usd", "USD", "Cost"}, r.cost);
  visit(I{"cost_low", "cost_low_usd", "USD", "Cost, low price"}, r.cost_low);
  visit(I{"cost_high", "cost_high_usd", "USD", "Cost, high price"}, r.cost_high);
  visit(I{"electricity_cost", "electricity_cost_usd", "USD", "Cost of electricity"}, r.electricity_cost);
}

/// Dimension of the result with that key; a plain number where there is no such result.
inline quantity::Dimension result_dimension(std::string_view key) {
  quantity::Dimension out;
  const RunEstimate<double> any;
  for_each_result(any, [&](const ResultInfo& info, const auto& field) {
    if (info.key == key) out = std::remove_cvref_t<decltype(field)>::value_type::dimension;
  });
  return out;
}

}  // namespace kwhatif::run
