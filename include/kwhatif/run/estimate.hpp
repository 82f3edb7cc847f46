// One run from inputs to results: which formula follows from what is known.
#pragma once

#include <kwhatif/run/formulas.hpp>
#include <kwhatif/run/result.hpp>
#include <kwhatif/run/run_inputs.hpp>

namespace kwhatif::run {

/// Estimates one run from whatever is known.
///
/// Any sufficient subset of {compute, rate, devices, time} determines the rest; what cannot follow stays
/// absent. Where more is given than needed, the first in this order is used (resolve() has checked that they
/// agree): compute: given, counted, rate · device-time; rate: given, peak · MFU, compute / device-time;
/// device-time: given, devices · wall time, compute / rate. Wall time and the power of all devices together
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

  // compute and rate, as far as given
  std::optional<quantity::TrainingFlop<T>> compute = in.training_flop;
  if (!compute && in.tokens && in.flop_per_token) {
    compute = training_flop(*in.flop_per_token, *in.tokens, in.epochs.value_or(one));
  } else if (!compute && in.tokens && in.active_parameters && in.flop_factor) {
    compute = training_flop(*in.flop_factor, *in.active_parameters, *in.tokens, in.epochs.value_or(one));
  }
  std::optional<quantity::DeviceFlopRate<T>> rate = in.achieved;
  if (!rate && in.peak && in.mfu) rate = achieved_rate(*in.peak, *in.mfu);

  // device-time of one run
  std::optional<quantity::DeviceTime<T>> one_run = in.device_time;
  if (!one_run && in.devices && in.wall_time) {
    one_run = named("device-time of one run", *in.devices * *in.wall_time);
  } else if (!one_run && compute && rate) {
    one_run = device_time(*compute, *rate);
  }
  if (one_run && compute && !rate) rate = named("achieved rate per device", *compute / *one_run);
  if (one_run && rate && !compute) compute = named("training compute", *rate * *one_run);
  out.training_flop = compute;
  out.achieved = rate;
  if (in.mfu) {
    out.mfu = in.mfu;
  } else if (rate && in.peak) {
    out.mfu = named("MFU", *rate / *in.peak);
  }
  if (out.mfu && in.executed_ratio) out.hfu = hardware_utilisation(*out.mfu, *in.executed_ratio);

  // devices and wall time
  out.devices = in.devices;
  if (!out.devices && one_run && in.wall_time) out.devices = named("devices", *one_run / *in.wall_time);
  if (one_run) {
    out.device_time = in.runs || in.overhead ? all_runs(*one_run, in.runs.value_or(one),
                                                        in.overhead.value_or(Ratio<T>::from_coherent(T{0.0})))
                                             : one_run;
  }
  if (out.device_time && out.devices) {
    const bool as_given = in.wall_time && !in.runs && !in.overhead;
    out.wall_time =
        as_given ? in.wall_time : std::optional{named("wall time", *out.device_time / *out.devices)};
  }

  // power and energy
  if (in.power) {
    out.power = in.power;
  } else if (in.total_power && out.devices) {
    out.power = named("average system power per device", *in.total_power / *out.devices);
  } else if (in.tdp && in.power_ratio) {
    out.power = named("average system power per device", *in.tdp * *in.power_ratio);
  }
  if (out.device_time && out.power) {
    out.it_energy = it_energy(*out.device_time, *out.power);
  }
  if (!out.device_time && in.wall_time) {  // how many devices share the time is unknown
    out.wall_time = in.runs || in.overhead ? all_runs(*in.wall_time, in.runs.value_or(one),
                                                      in.overhead.value_or(Ratio<T>::from_coherent(T{0.0})))
                                           : in.wall_time;
    if (in.total_power) out.it_energy = it_energy(*out.wall_time, *in.total_power);
  }
  if (out.it_energy && in.pue) out.facility_energy = facility_energy(*out.it_energy, *in.pue);

  // CO2e and money
  if (out.facility_energy && in.ci)
    out.operational_location = operational_location(*out.facility_energy, *in.ci);
  if (out.facility_energy && in.ci_market) {
    out.operational_market = operational_market(*out.facility_energy, *in.ci_market);
  }
  if (out.device_time && in.price) out.cost = device_cost(*out.device_time, *in.price);
  if (out.device_time && in.price_low)
    out.cost_low = device_cost(*out.device_time, *in.price_low, "cost at the low price");
  if (out.device_time && in.price_high)
    out.cost_high = device_cost(*out.device_time, *in.price_high, "cost at the high price");
  if (out.facility_energy && in.electricity_price) {
    out.electricity_cost = electricity_cost(*out.facility_energy, *in.electricity_price);
  }
  return out;
}

}  // namespace kwhatif::run
