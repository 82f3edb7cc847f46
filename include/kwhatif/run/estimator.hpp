// One run from inputs to results: which formula follows from what is known.
#pragma once

#include <kwhatif/run/formulas.hpp>
#include <kwhatif/run/result.hpp>
#include <kwhatif/run/run_inputs.hpp>

namespace kwhatif::run {

/// Tokens and passes over them: as given, or what a measured throughput works through in a given time.
template <class T>
struct Seen {
  quantity::Tokens<T> tokens;
  quantity::Ratio<T> epochs;
};
template <number::Number T>
std::optional<Seen<T>> known_tokens(const RunInputs<T>& in) {
  const auto one = quantity::Ratio<T>::from_coherent(T{1.0});
  if (in.tokens()) return Seen<T>{*in.tokens(), in.epochs().value_or(one)};
  if (in.token_rate() && in.device_time())
    return Seen<T>{tokens_at_throughput(*in.token_rate(), *in.device_time()), one};
  if (in.token_rate() && in.devices() && in.wall_time())
    return Seen<T>{tokens_at_throughput(*in.token_rate(), *in.devices() * *in.wall_time()), one};
  if (in.total_token_rate() && in.wall_time())
    return Seen<T>{named("tokens", *in.total_token_rate() * *in.wall_time()), one};
  return std::nullopt;
}

/// Compute by 6·N·D, whatever else is known.
template <number::Number T>
std::optional<quantity::TrainingFlop<T>> compute_of_parameters(const RunInputs<T>& in) {
  if (!in.active_parameters() || !in.flop_factor()) return std::nullopt;
  const auto seen = known_tokens(in);
  if (!seen) return std::nullopt;
  return training_flop(*in.flop_factor(), *in.active_parameters(), seen->tokens, seen->epochs);
}

/// Compute of one run, as far as it does not rest on time: given, counted from matrices, or 6·N·D.
template <number::Number T>
std::optional<quantity::TrainingFlop<T>> known_compute(const RunInputs<T>& in) {
  if (in.training_flop()) return in.training_flop();
  if (!in.flop_per_token()) return compute_of_parameters(in);
  const auto seen = known_tokens(in);
  if (!seen) return std::nullopt;
  return training_flop(*in.flop_per_token(), seen->tokens, seen->epochs);
}

/// Rate of a device, as far as it does not rest on time: given, or peak · MFU.
template <number::Number T>
std::optional<quantity::DeviceFlopRate<T>> known_rate(const RunInputs<T>& in) {
  if (in.achieved() || !in.peak() || !in.mfu()) return in.achieved();
  return achieved_rate(*in.peak(), *in.mfu());
}

/// Wall time of one run, as far as it does not rest on compute or devices: given, or by the throughput of
/// all.
template <number::Number T>
std::optional<quantity::WallTime<T>> known_wall_time(const RunInputs<T>& in) {
  if (in.wall_time() || !in.tokens() || !in.total_token_rate()) return in.wall_time();
  const auto one = quantity::Ratio<T>::from_coherent(T{1.0});
  return time_at_throughput(*in.tokens(), in.epochs().value_or(one), *in.total_token_rate());
}

/// Device-time of one run, as far as it does not rest on compute: given, devices · wall time, or by the
/// throughput measured.
template <number::Number T>
std::optional<quantity::DeviceTime<T>> known_time(const RunInputs<T>& in) {
  if (in.device_time()) return in.device_time();
  if (in.devices() && in.wall_time()) return named("device-time of one run", *in.devices() * *in.wall_time());
  const auto one = quantity::Ratio<T>::from_coherent(T{1.0});
  if (in.tokens() && in.token_rate())
    return time_at_throughput(*in.tokens(), in.epochs().value_or(one), *in.token_rate());
  if (in.devices() && in.tokens() && in.total_token_rate())
    return named("device-time of one run", *in.devices() * *known_wall_time(in));
  return std::nullopt;
}

/// Estimates one run from whatever is known.
///
/// Any sufficient subset of {compute, rate, devices, time, throughput} determines the rest; what cannot
/// follow stays absent. Where more is given than needed, the first in this order is used (resolve() has
/// checked that they agree): compute: known_compute(), rate · device-time; rate: known_rate(), compute /
/// device-time; device-time: known_time(), compute / rate. Wall time and the power of all devices together
/// give the energy without their number; a measured energy needs neither. Absent runs and overhead mean one
/// run without overhead.
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
  const bool repeated = in.runs() || in.overhead();
  const auto of_all = [&](const auto& one_run) {  // time or energy
    return repeated ? all_runs(one_run, in.runs().value_or(one),
                               in.overhead().value_or(Ratio<T>::from_coherent(T{0.0})))
                    : one_run;
  };

  std::optional<quantity::TrainingFlop<T>> compute = known_compute(in);
  std::optional<quantity::DeviceFlopRate<T>> rate = known_rate(in);
  std::optional<quantity::DeviceTime<T>> one_run = known_time(in);
  if (!one_run && compute && rate) one_run = device_time(*compute, *rate);
  if (one_run && compute && !rate) rate = named("achieved rate per device", *compute / *one_run);
  if (one_run && rate && !compute) compute = named("training compute", *rate * *one_run);
  out.training_flop = compute;
  if (in.base_flop() && compute) {
    out.base_flop = in.base_flop();
    out.flop_with_base = with_base(*in.base_flop(), *compute);
  }
  out.achieved = rate;
  if (in.mfu()) {
    out.mfu = in.mfu();
  } else if (rate && in.peak()) {
    out.mfu = named("MFU", *rate / *in.peak());
  }
  if (out.mfu && in.executed_ratio()) out.hfu = hardware_utilisation(*out.mfu, *in.executed_ratio());

  // devices and wall time
  const auto wall_of_one = known_wall_time(in);
  out.devices = in.devices();
  if (!out.devices && one_run && wall_of_one) out.devices = named("devices", *one_run / *wall_of_one);
  if (one_run && in.tokens() && in.stepping())
    out.step_rate = step_rate(*in.tokens(), in.epochs().value_or(one), *one_run, *in.stepping());
  else if (in.token_rate())
    out.step_rate = in.token_rate();
  if (one_run) out.device_time = of_all(*one_run);
  if (out.device_time && out.devices) {
    const bool as_given = wall_of_one && !repeated;
    out.wall_time =
        as_given ? wall_of_one : std::optional{named("wall time", *out.device_time / *out.devices)};
  }

  // power and energy
  if (in.power()) {
    out.power = in.power();
  } else if (in.total_power() && out.devices) {
    out.power = named("average system power per device", *in.total_power() / *out.devices);
  } else if (in.board_power() && in.host_power()) {
    out.power = system_power(*in.board_power(), *in.host_power());
  } else if (in.tdp() && in.power_ratio()) {
    out.power = named("average system power per device", *in.tdp() * *in.power_ratio());
  }
  if (!out.device_time && wall_of_one)  // how many devices share the time is unknown
    out.wall_time = of_all(*wall_of_one);
  if (in.measured_energy()) {
    out.it_energy = of_all(quantity::ItEnergy<T>{*in.measured_energy()});
    if (out.device_time)
      out.power = named("average system power per device", *in.measured_energy() / *one_run);
  } else if (out.device_time && out.power) {
    out.it_energy = it_energy(*out.device_time, *out.power);
  } else if (out.wall_time && !out.device_time && in.total_power()) {
    out.it_energy = it_energy(*out.wall_time, *in.total_power());
  }
  if (out.it_energy && in.board_power() && out.device_time && !in.measured_energy()) {
    out.accelerator_energy = boards_energy(*out.device_time, *in.board_power());
  } else if (out.it_energy && in.board_share())
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

  // manufacture, water, development
  if (out.device_time && in.embodied_each() && in.lifetime()) {
    auto each = *in.embodied_each();
    if (in.embodied_extra()) each = with_extra(each, *in.embodied_extra());
    if (in.building() && out.power) each = with_building(each, *in.building(), *out.power);
    if (!in.building() || out.power)
      out.embodied = embodied(*out.device_time, each, *in.lifetime(), in.lifetime_use().value_or(one));
  }
  if (out.operational_location && out.embodied)
    out.total_co2e = total(*out.operational_location, *out.embodied);
  if (out.it_energy && in.wue()) out.water_on_site = water_on_site(*out.it_energy, *in.wue());
  if (out.facility_energy && in.water_intensity())
    out.water_off_site = water_off_site(*out.facility_energy, *in.water_intensity());
  if (out.water_on_site && out.water_off_site) out.water = water(*out.water_on_site, *out.water_off_site);
  if (out.facility_energy && in.development())
    out.development_energy = development(*out.facility_energy, *in.development());
  if (out.operational_location && in.development())
    out.development_co2e = development(*out.operational_location, *in.development());
  return out;
}

}  // namespace kwhatif::run
