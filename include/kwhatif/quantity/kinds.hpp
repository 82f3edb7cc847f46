// The named quantities of the subject: what formulas take and return.
#pragma once

#include <kwhatif/quantity/quantity.hpp>

namespace kwhatif::quantity {

/// Kinds: same dimension, different meaning. Adding across kinds does not compile.
namespace kind {
struct accelerator {};  ///< drawn by the accelerator boards alone
struct it {};           ///< drawn by the computers
struct facility {};     ///< drawn by the site: IT x PUE
struct location {};     ///< CO2e by the average mix of the grid used
struct market {};       ///< CO2e by contracts held (Patterson's "net")
struct embodied {};     ///< CO2e of manufacture, amortised
struct total {};        ///< operational (location) and embodied together
struct on_site {};      ///< water consumed where the computers are
struct off_site {};     ///< water consumed where their electricity is generated
struct development {};  ///< of experiments and failed runs around the run
}  // namespace kind

template <class T = double>
using Ratio = Quantity<dim::one, T>;
template <class T = double>
using Parameters = Quantity<dim::parameter, T>;
template <class T = double>
using Tokens = Quantity<dim::token, T>;
template <class T = double>
using TrainingFlop = Quantity<dim::flop, T>;
template <class T = double>
using FlopPerParameterToken = Quantity<dim::flop_per_parameter_token, T>;
template <class T = double>
using FlopPerToken = Quantity<dim::flop_per_token, T>;
template <class T = double>
using DeviceFlopRate = Quantity<dim::device_flop_rate, T>;
template <class T = double>
using Devices = Quantity<dim::device, T>;
template <class T = double>
using WallTime = Quantity<dim::time, T>;
template <class T = double>
using DeviceTime = Quantity<dim::device_time, T>;
template <class T = double>
using Power = Quantity<dim::power, T>;
template <class T = double>
using DevicePower = Quantity<dim::device_power, T>;
template <class T = double>
using TokenRate = Quantity<dim::device_token_rate, T>;
/// Of all devices together.
template <class T = double>
using TotalTokenRate = Quantity<dim::token_rate, T>;
template <class T = double>
using Samples = Quantity<dim::sample, T>;
template <class T = double>
using TokensPerSample = Quantity<dim::token_per_sample, T>;
template <class T = double>
using AcceleratorEnergy = Quantity<dim::energy, T, kind::accelerator>;
template <class T = double>
using ItEnergy = Quantity<dim::energy, T, kind::it>;
template <class T = double>
using FacilityEnergy = Quantity<dim::energy, T, kind::facility>;
template <class T = double>
using CarbonIntensity = Quantity<dim::carbon_intensity, T>;
template <class T = double>
using OperationalLocation = Quantity<dim::co2e, T, kind::location>;
template <class T = double>
using OperationalMarket = Quantity<dim::co2e, T, kind::market>;
template <class T = double>
using DeviceCo2e = Quantity<dim::device_co2e, T>;
template <class T = double>
using BuildingCo2e = Quantity<dim::co2e_per_power, T>;
template <class T = double>
using EmbodiedCo2e = Quantity<dim::co2e, T, kind::embodied>;
template <class T = double>
using TotalCo2e = Quantity<dim::co2e, T, kind::total>;
template <class T = double>
using WaterIntensity = Quantity<dim::water_intensity, T>;
template <class T = double>
using WaterOnSite = Quantity<dim::water, T, kind::on_site>;
template <class T = double>
using WaterOffSite = Quantity<dim::water, T, kind::off_site>;
template <class T = double>
using Water = Quantity<dim::water, T>;
template <class T = double>
using DevelopmentEnergy = Quantity<dim::energy, T, kind::development>;
template <class T = double>
using DevelopmentCo2e = Quantity<dim::co2e, T, kind::development>;
template <class T = double>
using DevicePrice = Quantity<dim::device_price, T>;
template <class T = double>
using DevicePurchase = Quantity<dim::device_purchase, T>;
template <class T = double>
using EnergyPrice = Quantity<dim::energy_price, T>;
template <class T = double>
using Money = Quantity<dim::money, T>;

}  // namespace kwhatif::quantity
