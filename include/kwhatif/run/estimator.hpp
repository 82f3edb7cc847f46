// One run from inputs to results: which formula follows from what is known.
#pragma once

#include <kwhatif/run/formulas.hpp>
#include <kwhatif/run/result.hpp>
#include <kwhatif/run/run_inputs.hpp>

namespace kwhatif::run {

/// Compute by 6·N·D, whatever else is known.
template <number::Number T>
std::optional<quantity::TrainingFlop<T>> compute_of_parameters(const RunInputs<T>& in) {
  if (!in.tokens() || !in.active_parameters() || !in.flop_factor()) return std::nullopt;
  const auto one = quantity::Ratio<T>::from_coherent(T{1.0});
  return training_flop(*in.flop_factor(), *in.active_parameters(), *in.tokens(), in.epochs().value_or(one));
}

/// Compute of one run, as far as it does not rest on time: given, counted from matrices, or 6·N·D.
template <number::Number T>
std::optional<quantity::TrainingFlop<T>> known_compute(const RunInputs<T>& in) {
  if (in.training_flop()) return in.training_flop();
  if (!in.tokens() || !in.flop_per_token()) return compute_of_parameters(in);
  const auto one = quantity::Ratio<T>::from_coherent(T{1.0});
  return training_flop(*in.flop_per_token(), *in.tokens(), in.epochs().value_or(one));
}

/// Rate of a device, as far as it does not rest on time: given, or peak · MFU.
template <number::Number T>
std::optional<quantity::DeviceFlopRate<T>> known_rate(const RunInputs<T>& in) {
  if (in.achieved() || !in.peak() || !in.mfu()) return in.achieved();
  return achieved_rate(*in.peak(), *in.mfu());
}

/// Device-time of one run, as far as it does not rest on compute: given, or devices · wall time.
template <number::Number T>
std::optional<quantity::DeviceTime<T>> known_time(const RunInputs<T>& in) {
  if (in.device_time() || !in.devices() || !in.wall_time()) return in.device_time();
  return named("device-time of one run", *in.devices() * *in.wall_time());
}

/// Estimates one run from whatever is known.
///
/// Any sufficient subset of {compute, rate, devices, time} determines the rest; what cannot follow stays
/// absent. Where more is given than needed, the first in this order is used (resolve() has checked that they
/// agree): compute: known_compute(), rate · device-time; rate: known_rate(), compute / device-time;
/// device-time: known_time(), compute / rate. Wall time and the power of all devices together
/// give the energy without their number. Absent runs and overhead mean one run without overhead.
///
/// @param in  checked inputs                               see RunInputs
/// @return    results                                      see RunEstimate
/// @errors    none; finite for finite inputs in range
/// @tested    golden: patterson-2021 table 4, strubell-2019 table 3; property: scale laws; Traced equals
/// double
template <number::Number T>
RunEstimate<T> estimate(const RunInputs<T>& in) {
  using quantity::Ratio;
  RunEstimate<T> out;
  const auto one = Ratio<T>::from_coherent(T{1.0});

  std::optional<quantity::TrainingFlop<T>> compute = known_compute(in);
  std::optional<quantity::DeviceFlopRate<T>> rate = known_rate(in);
  std::optional<quantity::DeviceTime<T>> one_run = known_time(in);
  if (!one_run && compute && rate) one_run = device_time(*compute, *rate);
  if (one_run && compute && !rate) rate = named("achieved rate per device", *compute / *one_run);
  if (one_run && rate && !compute) compute = named("training compute", *rate * *one_run);
  out.training_flop = compute;
  out.achieved = rate;
  if (in.mfu()) {
    out.mfu = in.mfu();
  } else if (rate && in.peak()) {
    out.mfu = named("MFU", *rate / *in.peak());
  }
  if (out.mfu && in.executed_ratio()) out.hfu = hardware_utilisation(*out.mfu, *in.executed_ratio());

  // devices and wall time
  out.devices = in.devices();
  if (!out.devices && one_run && in.wall_time()) out.devices = named("devices", *one_run / *in.wall_time());
  if (one_run && in.tokens() && in.stepping())
    out.step_rate = step_rate(*in.tokens(), in.epochs().value_or(one), *one_run, *in.stepping());
  if (one_run) {
    out.device_time = in.runs() || in.overhead()
                          ? all_runs(*one_run, in.runs().value_or(one),
                                     in.overhead().value_or(Ratio<T>::from_coherent(T{0.0})))
                          : one_run;
  }
  if (out.device_time && out.devices) {
    const bool as_given = in.wall_time() && !in.runs() && !in.overhead();
    out.wall_time =
        as_given ? in.wall_time() : std::optional{named("wall time", *out.device_time / *out.devices)};
  }

  // power and energy
  if (in.power()) {
    out.power = in.power();
  } else if (in.total_power() && out.devices) {
    out.power = named("average system power per device", *in.total_power() / *out.devices);
  } else if (in.tdp() && in.power_ratio()) {
    out.power = named("average system power per device", *in.tdp() * *in.power_ratio());
  }
  if (out.device_time && out.power) {
    out.it_energy = it_energy(*out.device_time, *out.power);
  }
  if (!out.device_time && in.wall_time()) {  // how many devices share the time is unknown
    out.wall_time = in.runs() || in.overhead()
                        ? all_runs(*in.wall_time(), in.runs().value_or(one),
                                   in.overhead().value_or(Ratio<T>::from_coherent(T{0.0})))
                        : in.wall_time();
    if (in.total_power()) out.it_energy = it_energy(*out.wall_time, *in.total_power());
  }
  if (out.it_energy && in.board_share())
    out.accelerator_energy = accelerator_energy(*out.it_energy, *in.board_share());
  if (out.it_energy && in.pue()) out.facility_energy = facility_energy(*out.it_energy, *in.pue());

  // CO2e and money
  if (out.facility_energy && in.ci())
    out.operational_location = operational_location(*out.facility_energy, *in.ci());
  if (out.facility_energy && in.ci_market()) {
    out.operational_market = operational_market(*out.facility_energy, *in.ci_market());
  }
  if (out.device_time && in.price()) out.cost = device_cost(*out.device_time, *in.price());
  if (out.device_time && in.price_low())
    out.cost_low = device_cost(*out.device_time, *in.price_low(), "cost at the low price");
  if (out.device_time && in.price_high())
    out.cost_high = device_cost(*out.device_time, *in.price_high(), "cost at the high price");
  if (out.facility_energy && in.electricity_price()) {
    out.electricity_cost = electricity_cost(*out.facility_energy, *in.electricity_price());
  }
  // own devices: without a price of electricity half of the cost is unknown
  if (!out.cost && out.device_time && out.electricity_cost && in.purchase() && in.lifetime()) {
    const auto price = depreciation(*in.purchase(), *in.lifetime(), in.lifetime_use().value_or(one));
    out.cost = cost_of_owning(device_cost(*out.device_time, price, "depreciation"), *out.electricity_cost);
  }
  return out;
}

}  // namespace kwhatif::run
