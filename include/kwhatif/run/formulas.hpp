// The accounting identities of a training run, each written once, over any number type.
//
//   compute -> device-time -> wall time -> IT energy -> facility energy -> CO2e, money, water, manufacture
//
// Pure function templates: no tables, no defaults, no checks (arguments are checked by resolve()).
// estimate.hpp puts them together. Does not live here: counting FLOPs of an architecture (model), prediction
// of utilisation and power.
#pragma once

#include <kwhatif/number/traced.hpp>
#include <kwhatif/quantity/kinds.hpp>

#include <string_view>

namespace kwhatif::run {

/// Names a quantity for explanations (see number::named).
template <quantity::Dimension D, class T, class Kind>
constexpr quantity::Quantity<D, T, Kind> named(std::string_view name,
                                               const quantity::Quantity<D, T, Kind>& q) {
  return quantity::Quantity<D, T, Kind>::from_coherent(number::named(name, q.coherent()));
}

/// Training compute of a dense or sparse transformer from its active parameters.
///
///   C = k · N · D · epochs,  k = 6: two FLOP per parameter and token forward, four backward
///
/// Leaves out attention over the sequence and counts every active parameter once per token.
/// @param factor   k                                       [FLOP/(param·token)]
/// @param active   N, parameters used per token            [param]   > 0
/// @param tokens   D of the data set                       [token]   > 0
/// @param epochs   passes over the data set                [1]       > 0
/// @return         compute of one run                      [FLOP]
/// @source         kaplan-2020, section 2.1
/// @tested         golden: GPT-3 6ND = 3.15e23; property: linear in each argument
template <number::Number T>
quantity::TrainingFlop<T> training_flop(const quantity::FlopPerParameterToken<T>& factor,
                                        const quantity::Parameters<T>& active,
                                        const quantity::Tokens<T>& tokens, const quantity::Ratio<T>& epochs) {
  return named("training compute", factor * active * tokens * epochs);
}

/// Training compute from a count of FLOP per token.
///
///   C = c · D · epochs
///
/// @param per_token  c, forward and backward               [FLOP/token]  > 0
template <number::Number T>
quantity::TrainingFlop<T> training_flop(const quantity::FlopPerToken<T>& per_token,
                                        const quantity::Tokens<T>& tokens, const quantity::Ratio<T>& epochs) {
  return named("training compute", per_token * tokens * epochs);
}

/// Rate that a device achieves: R = peak · MFU.
///
/// @param peak  dense peak of the precision used           [FLOP/s/device]  > 0
/// @param mfu   model FLOPs utilisation                    [1]  in (0, 1]
/// @source      chowdhery-2022, section 4.1 and appendix B
template <number::Number T>
quantity::DeviceFlopRate<T> achieved_rate(const quantity::DeviceFlopRate<T>& peak,
                                          const quantity::Ratio<T>& mfu) {
  return named("achieved rate per device", peak * mfu);
}

/// Hardware FLOPs utilisation: all executed FLOPs over the peak, recomputation included; HFU >= MFU.
///
/// @param executed_ratio  executed over model FLOPs        [1]  >= 1
/// @source                chowdhery-2022, appendix B
template <number::Number T>
quantity::Ratio<T> hardware_utilisation(const quantity::Ratio<T>& mfu,
                                        const quantity::Ratio<T>& executed_ratio) {
  return named("HFU", mfu * executed_ratio);
}

/// Device-time of one run: compute over rate, summed over the devices.
///
///   T = C / R
///
/// @return  [device·s]
template <number::Number T>
quantity::DeviceTime<T> device_time(const quantity::TrainingFlop<T>& compute,
                                    const quantity::DeviceFlopRate<T>& rate) {
  return named("device-time of one run", compute / rate);
}

/// Device-time of all runs: T_all = T · runs · (1 + overhead).
///
/// @param runs      trials of a search, or repetitions     [1]  >= 1
/// @param overhead  failed and repeated work per work      [1]  >= 0
template <number::Number T>
quantity::DeviceTime<T> all_runs(const quantity::DeviceTime<T>& one_run, const quantity::Ratio<T>& runs,
                                 const quantity::Ratio<T>& overhead) {
  const auto one = quantity::Ratio<T>::from_coherent(T{1.0});
  return named("device-time of all runs", one_run * runs * (one + overhead));
}

/// Wall time of all runs, one after the other: t_all = t · runs · (1 + overhead).
template <number::Number T>
quantity::WallTime<T> all_runs(const quantity::WallTime<T>& one_run, const quantity::Ratio<T>& runs,
                               const quantity::Ratio<T>& overhead) {
  const auto one = quantity::Ratio<T>::from_coherent(T{1.0});
  return named("wall time of all runs", one_run * runs * (one + overhead));
}

/// Energy that the computers draw.
///
///   E_IT = T · P
///
/// Holds when P is the average draw of one device *with its share of the host*.
/// @param device_time  T, all devices and runs             [device·s]
/// @param power        P, average system power per device  [W/device]  >= 0
/// @return             [J]
/// @source             patterson-2021, section 2
template <number::Number T>
quantity::ItEnergy<T> it_energy(const quantity::DeviceTime<T>& device_time,
                                const quantity::DevicePower<T>& power) {
  return named("IT energy", quantity::ItEnergy<T>{device_time * power});
}

/// Energy that the accelerator boards draw, without hosts and their power supplies: E_acc = E_IT · share.
///
/// @param share  boards over all that the computers draw    [1]  in (0, 1]
template <number::Number T>
quantity::AcceleratorEnergy<T> accelerator_energy(const quantity::ItEnergy<T>& it,
                                                  const quantity::Ratio<T>& share) {
  return named("energy of the accelerators",
               quantity::AcceleratorEnergy<T>::from_coherent(it.coherent() * share.coherent()));
}

/// The same from the power measured on the boards: E_acc = T · P_board.
template <number::Number T>
quantity::AcceleratorEnergy<T> boards_energy(const quantity::DeviceTime<T>& device_time,
                                             const quantity::DevicePower<T>& board) {
  return named("energy of the accelerators", quantity::AcceleratorEnergy<T>{device_time * board});
}

/// Tokens that a device works through per second while it steps: what a log of the training shows.
///
///   r = D · epochs / (T · s)
///
/// @param one_run   T of one run                             [device·s]
/// @param stepping  s, share of the time spent in steps      [1]  in (0, 1]
template <number::Number T>
quantity::TokenRate<T> step_rate(const quantity::Tokens<T>& tokens, const quantity::Ratio<T>& epochs,
                                 const quantity::DeviceTime<T>& one_run, const quantity::Ratio<T>& stepping) {
  return named("tokens per second while stepping", tokens * epochs / (one_run * stepping));
}

/// Device-time of one run at a measured throughput: T = D · epochs / r.
///
/// @param rate  r, per device, over the whole time           [token/(device·s)]  > 0
template <number::Number T>
quantity::DeviceTime<T> time_at_throughput(const quantity::Tokens<T>& tokens,
                                           const quantity::Ratio<T>& epochs,
                                           const quantity::TokenRate<T>& rate) {
  return named("device-time of one run", tokens * epochs / rate);
}

/// Wall time of one run at the throughput of all devices together: t = D · epochs / R.
template <number::Number T>
quantity::WallTime<T> time_at_throughput(const quantity::Tokens<T>& tokens, const quantity::Ratio<T>& epochs,
                                         const quantity::TotalTokenRate<T>& rate) {
  return named("wall time of one run", tokens * epochs / rate);
}

/// Tokens that a measured throughput works through in a given time: D = r · T.
template <number::Number T>
quantity::Tokens<T> tokens_at_throughput(const quantity::TokenRate<T>& rate,
                                         const quantity::DeviceTime<T>& time) {
  return named("tokens", rate * time);
}

/// Tokens in a data set of samples: D = n · length.
///
/// @param samples  n: images, sequences, clips               [sample]        > 0
/// @param length   tokens of a sample; 1 where it is one unit of the architecture itself  [token/sample]  > 0
template <number::Number T>
quantity::Tokens<T> tokens_of_samples(const quantity::Samples<T>& samples,
                                      const quantity::TokensPerSample<T>& length) {
  return named("tokens", samples * length);
}

/// Power of a device with its share of the host: P = P_board + P_host.
///
/// @param board  measured on the board                       [W/device]  > 0
/// @param host   the host's share: processors, memory, fans, losses of its supplies  [W/device]  >= 0
template <number::Number T>
quantity::DevicePower<T> system_power(const quantity::DevicePower<T>& board,
                                      const quantity::DevicePower<T>& host) {
  return named("average system power per device", board + host);
}

/// Energy of all runs from the measured energy of one: E_all = E · runs · (1 + overhead).
template <number::Number T>
quantity::ItEnergy<T> all_runs(const quantity::ItEnergy<T>& one_run, const quantity::Ratio<T>& runs,
                               const quantity::Ratio<T>& overhead) {
  const auto one = quantity::Ratio<T>::from_coherent(T{1.0});
  return named("IT energy", quantity::ItEnergy<T>{one_run * runs * (one + overhead)});
}

/// Compute of one run together with that of the base it was trained on: C_all = C_base + C.
template <number::Number T>
quantity::TrainingFlop<T> with_base(const quantity::TrainingFlop<T>& base,
                                    const quantity::TrainingFlop<T>& own) {
  return named("compute with the base model", base + own);
}

/// The same from the power of all computers together, however many they are: E_IT = t · P_total.
///
/// @param wall_time    t, all runs                          [s]
/// @param total_power  P_total, hosts included              [W]  >= 0
template <number::Number T>
quantity::ItEnergy<T> it_energy(const quantity::WallTime<T>& wall_time,
                                const quantity::Power<T>& total_power) {
  return named("IT energy", quantity::ItEnergy<T>{wall_time * total_power});
}

/// Energy drawn from the grid.
///
///   E = E_IT · PUE
///
/// @param pue  power usage effectiveness                   [1]  >= 1
/// @return     [J]
/// @source     patterson-2021, section 2
template <number::Number T>
quantity::FacilityEnergy<T> facility_energy(const quantity::ItEnergy<T>& it, const quantity::Ratio<T>& pue) {
  return named("facility energy", quantity::FacilityEnergy<T>{it * pue});
}

/// Operational CO2e by the average mix of the grid used: m = E · I.
///
/// @param intensity  of the place and year                 [kg/J]  >= 0
/// @source           patterson-2021, section 2
template <number::Number T>
quantity::OperationalLocation<T> operational_location(const quantity::FacilityEnergy<T>& energy,
                                                      const quantity::CarbonIntensity<T>& intensity) {
  return named("CO2e, location-based", quantity::OperationalLocation<T>{energy * intensity});
}

/// Operational CO2e by the contracts held (Patterson's "net"): the same product with the market-based
/// intensity.
template <number::Number T>
quantity::OperationalMarket<T> operational_market(const quantity::FacilityEnergy<T>& energy,
                                                  const quantity::CarbonIntensity<T>& intensity) {
  return named("CO2e, market-based", quantity::OperationalMarket<T>{energy * intensity});
}

/// Money for the devices: M = T · price.
///
/// @param price  per device and hour                       [USD/(device·s)]  >= 0
template <number::Number T>
quantity::Money<T> device_cost(const quantity::DeviceTime<T>& device_time,
                               const quantity::DevicePrice<T>& price, std::string_view name = "cost") {
  return named(name, device_time * price);
}

/// What an hour of an own device costs, before electricity: its purchase over the hours that it works.
///
///   price = M / (L · u)
///
/// @param purchase  M, per device, with its share of the host  [USD/device]  > 0
/// @param lifetime  L, years of service                        [s]           > 0
/// @param use       u, share of them that it is reserved       [1]           in (0, 1]
template <number::Number T>
quantity::DevicePrice<T> depreciation(const quantity::DevicePurchase<T>& purchase,
                                      const quantity::WallTime<T>& lifetime, const quantity::Ratio<T>& use) {
  return named("depreciation per device-hour", purchase / (lifetime * use));
}

/// Money for own devices: what they lose in value and what they draw.
template <number::Number T>
quantity::Money<T> cost_of_owning(const quantity::Money<T>& depreciated,
                                  const quantity::Money<T>& electricity) {
  return named("cost", depreciated + electricity);
}

/// CO2e of making one device, with network, storage and spares, and its share of the building.
///
///   TE = M · (1 + x) + b · P
///
/// @param each      M, one device with its share of the host                 [kg/device]  >= 0
/// @param extra     x, network, storage and spares over the devices          [1]          >= 0
/// @param building  b, construction per average power of the computers       [kg/W]       >= 0
/// @param power     P, average system power per device                       [W/device]   >= 0
template <number::Number T>
quantity::DeviceCo2e<T> with_extra(const quantity::DeviceCo2e<T>& each, const quantity::Ratio<T>& extra) {
  const auto one = quantity::Ratio<T>::from_coherent(T{1.0});
  return named("CO2e of manufacture per device, network and storage included", each * (one + extra));
}
template <number::Number T>
quantity::DeviceCo2e<T> with_building(const quantity::DeviceCo2e<T>& each,
                                      const quantity::BuildingCo2e<T>& building,
                                      const quantity::DevicePower<T>& power) {
  return named("CO2e of manufacture per device, building included", each + building * power);
}

/// The part of the manufacture that a run answers for: what it reserves of the devices' service.
///
///   M = TE · T / (L · u)
///
/// ISO/IEC 21031 (SCI): M = TE · (TiR / EL) · (RR / ToR), summed over the devices; u spreads the time that
/// nobody reserves over the time that somebody does (1: none is).
/// @param device_time  T = Σ TiR, all devices and runs, reserved rather than busy   [device·s]
/// @param each         TE                                                           [kg/device]
/// @param lifetime     L = EL, years of service                                     [s]   > 0
/// @param use          u, share of them that a device is reserved                   [1]   in (0, 1]
/// @source             sci-specification, SPEC.md, embodied emissions; luccioni-2022 (u = 0.85 gives its 11.2
/// t)
/// @tested             golden: BLOOM 11.2 t, OLMo 22 t
template <number::Number T>
quantity::EmbodiedCo2e<T> embodied(const quantity::DeviceTime<T>& device_time,
                                   const quantity::DeviceCo2e<T>& each, const quantity::WallTime<T>& lifetime,
                                   const quantity::Ratio<T>& use) {
  return named("CO2e of manufacture", quantity::EmbodiedCo2e<T>{device_time * each / (lifetime * use)});
}

/// Operational CO2e by location and manufacture together. Market-based figures never enter it (ISO/IEC
/// 21031).
template <number::Number T>
quantity::TotalCo2e<T> total(const quantity::OperationalLocation<T>& operational,
                             const quantity::EmbodiedCo2e<T>& embodied) {
  return named("CO2e with manufacture",
               quantity::TotalCo2e<T>::from_coherent(operational.coherent() + embodied.coherent()));
}

/// Water consumed on site: W = E_IT · WUE, per energy of the computers, so PUE does not enter.
///
/// @param wue  water usage effectiveness                   [L/J]  >= 0
/// @source     li-2023-water, section on operational water
template <number::Number T>
quantity::WaterOnSite<T> water_on_site(const quantity::ItEnergy<T>& it,
                                       const quantity::WaterIntensity<T>& wue) {
  return named("water on site", quantity::WaterOnSite<T>{it * wue});
}

/// Water consumed by the generation of the electricity that the site takes: W = E · EWIF, with E = E_IT ·
/// PUE.
///
/// @param intensity  electricity water intensity factor, consumption   [L/J]  >= 0
template <number::Number T>
quantity::WaterOffSite<T> water_off_site(const quantity::FacilityEnergy<T>& energy,
                                         const quantity::WaterIntensity<T>& intensity) {
  return named("water of the electricity", quantity::WaterOffSite<T>{energy * intensity});
}

/// Both together.
template <number::Number T>
quantity::Water<T> water(const quantity::WaterOnSite<T>& on_site, const quantity::WaterOffSite<T>& off_site) {
  return named("water", quantity::Water<T>::from_coherent(on_site.coherent() + off_site.coherent()));
}

/// What experiments and failed runs around the final run draw, on the same devices at the same place: E_dev =
/// f · E.
///
/// @param factor  f, all but the final run over it         [1]  >= 0
/// @source        morrison-2025 (OLMo 0.5), cottier-2024 (median 1.2)
template <number::Number T>
quantity::DevelopmentEnergy<T> development(const quantity::FacilityEnergy<T>& energy,
                                           const quantity::Ratio<T>& factor) {
  return named("energy of development", quantity::DevelopmentEnergy<T>{energy * factor});
}
template <number::Number T>
quantity::DevelopmentCo2e<T> development(const quantity::OperationalLocation<T>& co2e,
                                         const quantity::Ratio<T>& factor) {
  return named("CO2e of development", quantity::DevelopmentCo2e<T>{co2e * factor});
}

/// Money for electricity alone: M = E · price.
template <number::Number T>
quantity::Money<T> electricity_cost(const quantity::FacilityEnergy<T>& energy,
                                    const quantity::EnergyPrice<T>& price) {
  return named("cost of electricity", energy * price);
}

}  // namespace kwhatif::run
