// What the user gave in numbers: reading, ranges, contradictions.
#include "resolver.hpp"
#include <kwhatif/quantity/format.hpp>
#include <kwhatif/quantity/units.hpp>
#include <kwhatif/run/estimate.hpp>

#include <algorithm>
#include <array>
#include <cmath>

namespace kwhatif::run {

using catalog::Responsible;
using quantity::human;

namespace {

struct Binding {
  Input input;
  Slot slot;
};
constexpr std::array bindings{
    Binding{Input::tokens, Slot::tokens},
    Binding{Input::epochs, Slot::epochs},
    Binding{Input::flops, Slot::training_flop},
    Binding{Input::runs, Slot::runs},
    Binding{Input::overhead, Slot::overhead},
    Binding{Input::hours, Slot::wall_time},
    Binding{Input::device_hours, Slot::device_time},
    Binding{Input::chips, Slot::devices},
    Binding{Input::mfu, Slot::mfu},
    Binding{Input::tflops, Slot::achieved},
    Binding{Input::power, Slot::power},
    Binding{Input::total_power, Slot::total_power},
    Binding{Input::price, Slot::price},
    Binding{Input::price_low, Slot::price_low},
    Binding{Input::price_high, Slot::price_high},
    Binding{Input::ci, Slot::ci},
    Binding{Input::ci_market, Slot::ci_market},
    Binding{Input::pue, Slot::pue},
    Binding{Input::electricity_price, Slot::electricity_price},
};

constexpr double g_per_kwh = 1e-3 / 3.6e6;

std::string shown(double coherent, Input input) { return human(coherent, info(input).dimension); }

}  // namespace

void Resolver::read_quantities() {
  numbers_ = read_numbers(scenario_, faults_);
  const auto take = [&](Input input, Slot slot) {
    const auto& parsed = numbers_.quantity(input);
    if (!parsed) return;
    const bool counted = input == Input::chips || input == Input::runs;  // exact, not rounded
    const Given& given = *scenario_.get(input);
    set(slot, parsed->coherent,
        {.origin = {.responsible = Responsible::user,
                    .source = {},
                    .at = given.named,
                    .note = {},
                    .text = given.text},
         .half_step = counted ? 0 : parsed->half_step,
         .low = {},
         .high = {}});
  };
  for (const Binding& binding : bindings) take(binding.input, binding.slot);
  // what is used per token: the active parameters where given, else all of them
  const auto& active = numbers_.quantity(Input::active);
  const auto& total = numbers_.quantity(Input::params);
  if (active && total && active->coherent > total->coherent)
    fault("conflict",
          "more active parameters (" + scenario_.get(Input::active)->text + ") than parameters (" +
              scenario_.get(Input::params)->text + ")",
          scenario_.get(Input::active)->where, "active parameters are those used per token, at most all");
  take(scenario_.has(Input::active) ? Input::active : Input::params, Slot::active_parameters);
}

void Resolver::conflict(const std::string& what, Input a, const std::string& first, const std::string& second,
                        const std::string& help) {
  const auto& given = scenario_.get(a);
  fault("conflict", what + " is given twice and differs: " + first + " and " + second,
        given ? given->where : diag::Span{}, help);
}

// Two routes to one quantity agree if the rounding of the texts explains the difference; then the one that
// estimate() takes first stays and the other is dropped as checked.
void Resolver::check_conflicts() {
  using number::Interval;
  const auto drop = [&](Slot slot) { set_slot(out_.inputs, slot, std::nullopt); };
  const auto text = [&](Input input) { return scenario_.get(input)->text; };

  if (has(Slot::power) && has(Slot::total_power) && has(Slot::devices)) {
    const Interval each = interval(Slot::total_power) / interval(Slot::devices);
    if (!each.overlaps(interval(Slot::power)))
      conflict("the power per device", Input::total_power,
               shown(value(Slot::power), Input::power) + " (--power)",
               shown(number::value(each), Input::power) + " (--total-power / --chips)", "give one of them");
    drop(Slot::total_power);
  }
  if (has(Slot::device_time) && has(Slot::wall_time) && has(Slot::devices)) {
    const Interval product = interval(Slot::wall_time) * interval(Slot::devices);
    if (!product.overlaps(interval(Slot::device_time)))
      conflict("the device-time", Input::device_hours,
               shown(value(Slot::device_time), Input::device_hours) + " (" + text(Input::device_hours) + ")",
               shown(number::value(product), Input::device_hours) + " (" +
                   shown(value(Slot::devices), Input::chips) + " devices x " + text(Input::hours) + ")",
               "give two of --device-hours, --hours and --chips");
    drop(Slot::wall_time);
  }
  if (has(Slot::price) && has(Slot::price_low) && value(Slot::price) < value(Slot::price_low))
    conflict("the price", Input::price, text(Input::price), text(Input::price_low) + " as the low end", "");
  if (has(Slot::price_low) && has(Slot::price_high) && value(Slot::price_low) > value(Slot::price_high))
    conflict("the price", Input::price_low, text(Input::price_low) + " as the low end",
             text(Input::price_high) + " as the high end", "exchange them");

  std::optional<Interval> compute;
  std::string compute_words;
  if (has(Slot::training_flop)) {
    compute = interval(Slot::training_flop);
    compute_words = shown(value(Slot::training_flop), Input::flops);
  } else if (has(Slot::tokens) && has(Slot::flop_per_token)) {
    compute = interval(Slot::flop_per_token) * interval(Slot::tokens);
    if (has(Slot::epochs)) compute = *compute * interval(Slot::epochs);
    compute_words = "counted from the architecture and tokens";
  } else if (has(Slot::tokens) && has(Slot::active_parameters)) {
    compute = Interval{6.0} * interval(Slot::active_parameters) * interval(Slot::tokens);
    if (has(Slot::epochs)) compute = *compute * interval(Slot::epochs);
    compute_words = "counted from parameters and tokens";
  }
  if (has(Slot::training_flop) && has(Slot::tokens) && has(Slot::active_parameters)) {
    Interval counted = Interval{6.0} * interval(Slot::active_parameters) * interval(Slot::tokens);
    if (has(Slot::epochs)) counted = counted * interval(Slot::epochs);
    const double ratio = value(Slot::training_flop) / number::value(counted);
    constexpr double approximation =
        1.5;  // 6ND leaves out attention; beyond that the inputs do not belong together
    if (ratio > approximation || ratio < 1 / approximation)
      warn("flops-differ",
           "the given compute " + human(value(Slot::training_flop), quantity::dim::flop) + " is " +
               quantity::significant(ratio) +
               " times 6·N·D = " + human(number::value(counted), quantity::dim::flop),
           "the given compute is used; leave out --flops to use the count");
  }
  std::optional<Interval> time;
  if (has(Slot::device_time)) {
    time = interval(Slot::device_time);
  } else if (has(Slot::wall_time) && has(Slot::devices)) {
    time = interval(Slot::wall_time) * interval(Slot::devices);
  }
  if (compute && time && has(Slot::achieved)) {
    const Interval needed = *compute / *time;
    if (!needed.overlaps(interval(Slot::achieved)))
      conflict("the achieved rate", Input::tflops,
               shown(value(Slot::achieved), Input::tflops) + " (--tflops)",
               shown(number::value(needed), Input::tflops) + " (compute " + compute_words +
                   " over the time given)",
               "leave out one of compute, rate and time");
  }
}

void Resolver::check_plausible() {
  using number::Interval;
  if (has(Slot::achieved) && has(Slot::peak)) {
    const double ratio = value(Slot::achieved) / value(Slot::peak);
    const auto& given = scenario_.get(Input::tflops);
    if (given && ratio > 1.0) {
      fault("out-of-range",
            given->named + " = " + given->text + " is more than the peak of " +
                human(value(Slot::peak), quantity::dim::device_flop_rate),
            given->where, "a rate per device; --precision decides which dense peak applies");
    }
    if (has(Slot::mfu) && scenario_.has(Input::mfu)) {
      const Interval product = interval(Slot::peak) * interval(Slot::mfu);
      if (!product.overlaps(interval(Slot::achieved)))
        conflict("the achieved rate", Input::mfu, shown(value(Slot::achieved), Input::tflops) + " (--tflops)",
                 shown(number::value(product), Input::tflops) + " (--mfu x peak)",
                 "give one of --mfu and --tflops");
      set_slot(out_.inputs, Slot::mfu, std::nullopt);
    }
  }
  const bool timed = has(Slot::device_time) || (has(Slot::wall_time) && has(Slot::devices));
  std::optional<double> compute = slot_value(out_.inputs, Slot::training_flop);
  if (!compute && has(Slot::tokens) && has(Slot::active_parameters) && has(Slot::flop_factor)) {
    compute = value(Slot::flop_factor) * value(Slot::active_parameters) * value(Slot::tokens) *
              (has(Slot::epochs) ? value(Slot::epochs) : 1.0);
  } else if (!compute && has(Slot::tokens) && has(Slot::flop_per_token)) {
    compute =
        value(Slot::flop_per_token) * value(Slot::tokens) * (has(Slot::epochs) ? value(Slot::epochs) : 1.0);
  }
  if (timed && compute && has(Slot::peak)) {
    const double seconds =
        has(Slot::device_time) ? value(Slot::device_time) : value(Slot::wall_time) * value(Slot::devices);
    const double needed = *compute / seconds;
    const double mfu = needed / value(Slot::peak);
    if (scenario_.has(Input::mfu) && std::fabs(mfu / value(Slot::mfu) - 1) > 0.02) {
      const auto& given = scenario_.get(Input::mfu);
      fault("conflict",
            "the utilisation is given twice and differs: " + given->text + " (" + given->named + ") and " +
                quantity::significant(mfu) + " (compute over the time given, against the peak)",
            given->where, "leave out one of compute, utilisation and time");
    } else if (mfu > 1) {
      const auto& given =
          scenario_.has(Input::hours) ? scenario_.get(Input::hours) : scenario_.get(Input::device_hours);
      fault("out-of-range",
            "the time given needs " + human(needed, quantity::dim::device_flop_rate) +
                ", more than the peak of " + human(value(Slot::peak), quantity::dim::device_flop_rate),
            given ? given->where : diag::Span{}, "check time, devices and compute");
    }
  }
  check_derived();
  if (const auto& given = scenario_.get(Input::ci);
      given && value(Slot::ci) > 0 && value(Slot::ci) < 3 * g_per_kwh)
    warn("odd-intensity",
         "a carbon intensity of " + human(value(Slot::ci), quantity::dim::carbon_intensity) +
             " is lower than any grid's",
         "0.429 kg/kWh is 429 g/kWh", given->where);
  if (const auto& given = scenario_.get(Input::tokens); given && value(Slot::tokens) < 1e6)
    warn("few-tokens", "the data set has only " + human(value(Slot::tokens), quantity::dim::token),
         "counts take a suffix: 300B", given->where);
  if (const auto& given = scenario_.get(Input::epochs); given && options_.defaults && !has(Slot::tokens))
    warn("no-effect", given->named + " has no effect: it counts passes over the tokens of a data set",
         "give --tokens with it", given->where);
  if (const auto& given = scenario_.get(Input::pue); given && value(Slot::pue) > 2.5)
    warn("odd-pue", "a PUE of " + given->text + " is higher than that of nearly all data centres",
         "total over IT energy: 10 % on top is 1.10", given->where);
  if (const auto& given = scenario_.get(Input::params); given && value(Slot::active_parameters) < 1e5)
    warn("few-parameters",
         "the model has only " + human(value(Slot::active_parameters), quantity::dim::parameter),
         "counts take a suffix: 175B", given->where);
}

// What follows from the inputs is held to the ranges of the inputs themselves, and to what is usual.
void Resolver::check_derived() {
  const auto known = estimate(out_.inputs);
  const auto first_given = [&](std::initializer_list<Input> inputs) -> const Given* {
    for (const Input input : inputs) {
      if (const auto& given = scenario_.get(input)) return &*given;
    }
    return nullptr;
  };
  const auto where = [](const Given* given) { return given != nullptr ? given->where : diag::Span{}; };
  const Given* time = first_given({Input::hours, Input::device_hours});
  const auto within = [&](double v, Input like, const std::string& what, const Given* cause,
                          const std::string& help) {
    const Limit& limit = *limit_of(like);
    constexpr double rounding = 0.05;  // of the texts that it follows from
    if (v >= limit.low * (1 - rounding) && v <= limit.high * (1 + rounding)) return;
    fault("out-of-range", what + " is " + shown(v, like) + (like == Input::chips ? " devices" : ""),
          where(cause), help + "; possible: " + std::string{limit.allowed});
  };
  if (known.devices && !has(Slot::devices))
    within(known.devices->coherent(), Input::chips, "the device-time over the wall time", time,
           "check time and device-time");
  if (known.achieved && !has(Slot::achieved))
    within(known.achieved->coherent(), Input::tflops, "the compute over time and devices", time,
           "check time, devices and compute");
  if (known.power && has(Slot::total_power))
    within(known.power->coherent(), Input::power, "the power of all devices over their number",
           first_given({Input::total_power}), "check --total-power and --chips");

  constexpr double low_utilisation = 0.01;
  const Given* rate = first_given({Input::mfu, Input::tflops, Input::hours, Input::device_hours});
  if (options_.defaults && rate != nullptr && known.mfu && known.mfu->coherent() < low_utilisation)
    warn("odd-mfu",
         "an MFU of " + quantity::percent(known.mfu->coherent()) +
             " is below what nearly all trainings reach (10 to 60 %)",
         "a fraction: 0.45 or 45 %; --tflops is per device, --hours is wall time", rate->where);
  check_power(known);
}

void Resolver::check_power(const RunEstimate<double>& known) {
  const auto& own = scenario_.get(Input::power);
  const auto& given = own ? own : scenario_.get(Input::total_power);
  if (!given || !known.power) return;
  const double power = known.power->coherent();
  const std::string words = "a power of " + human(power, quantity::dim::device_power) + " is ";
  const std::string help = own ? "--power is per device, host included; all devices together is --total-power"
                               : "--total-power is of all devices together: over --chips it is that of each";
  if (has(Slot::tdp)) {
    const double ratio = power / value(Slot::tdp);
    if (ratio > 3 || ratio < 0.1)
      warn("odd-power",
           words + quantity::significant(ratio) + " times the TDP of " +
               human(value(Slot::tdp), quantity::dim::device_power),
           help, given->where);
    return;
  }
  constexpr double least = 1;    // W: less than a phone
  constexpr double most = 10e3;  // W: more than a whole server of eight
  if (power > most || power < least)
    warn("odd-power", words + (power > most ? "more" : "less") + " than any usual device draws", help,
         given->where);
}

}  // namespace kwhatif::run
