// What the user gave in numbers: reading, ranges, contradictions.
#include "resolver.hpp"
#include <kwhatif/estimate/run.hpp>
#include <kwhatif/quantity/format.hpp>
#include <kwhatif/quantity/units.hpp>

#include <algorithm>
#include <array>
#include <cmath>

namespace kwhatif::scenario {

using provenance::Responsible;
using quantity::human;

namespace {

struct Binding {
  Input input;
  estimate::Slot slot;
};
using estimate::Slot;
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

// Hard limits: outside is refused. `hint` says what was probably meant. Wide enough for anything that trains,
// and so that no product of inputs within them leaves what a number can hold.
struct Limit {
  Input input;
  double low;
  double high;
  bool zero;  // allowed as well, below `low`
  std::string_view allowed;
  std::string_view hint_low;
  std::string_view hint_high;
};
constexpr double g_per_kwh = 1e-3 / 3.6e6;
constexpr double per_hour = 1 / 3600.0;
constexpr std::string_view price_range = "0, or 1e-9 to 36,000 USD per device-hour";
constexpr std::string_view intensity_range = "0, or 0.000001 to 9,000 g/kWh";
constexpr std::array limits{
    Limit{Input::params, 1e3, 1e17, false, "1,000 to 1e17 parameters", "counts take a suffix: 175B, not 175",
          "counts take a suffix: 175B"},
    Limit{Input::active, 1e3, 1e17, false, "1,000 to 1e17 parameters", "counts take a suffix: 13B, not 13",
          "counts take a suffix: 13B"},
    Limit{Input::tokens, 1e4, 1e18, false, "10,000 to 1e18 tokens", "counts take a suffix: 300B, not 300",
          "counts take a suffix: 300B"},
    Limit{Input::epochs, 1e-6, 1e6, false, "0.000001 to 1,000,000", "", ""},
    Limit{Input::flops, 1e6, 1e35, false, "1e6 to 1e35 FLOP",
          "write the whole number, 3.14e23, or 3634 PF-days", ""},
    Limit{Input::runs, 1, 1e9, false, "1 to 1e9", "one run is 1; a share of repeated work is --overhead", ""},
    Limit{Input::overhead, 1e-6, 10, true, "0, or 0.000001 to 10 (15 % is 0.15)", "",
          "a share of the useful work: 0.15 or 15 %"},
    Limit{Input::hours, 3.6e-3, 3.2e12, false, "0.000001 h to 100,000 years", "", ""},
    Limit{Input::device_hours, 3.6e-3, 1e20, false, "0.000001 to 2.8e16 device-h", "", ""},
    Limit{Input::chips, 1, 1e9, false, "1 to 1e9", "at least one device", ""},
    Limit{Input::nodes, 1, 1e9, false, "1 to 1e9", "at least one host", ""},
    Limit{Input::mfu, 1e-6, 1, false, "0.000001 to 1", "", "a fraction: 0.45 or 45 %, not 45"},
    Limit{Input::tflops, 1e6, 1e19, false, "1 MFLOP/s to 10 EFLOP/s per device", "", ""},
    Limit{Input::power, 1e-3, 1e6, false, "1 mW to 1 MW per device", "",
          "per device; the power of all together is --total-power"},
    Limit{Input::total_power, 1e-3, 1e12, false, "1 mW to 1 TW", "", ""},
    Limit{Input::price, 1e-9 * per_hour, 10, true, price_range, "", "per device and hour"},
    Limit{Input::price_low, 1e-9 * per_hour, 10, true, price_range, "", "per device and hour"},
    Limit{Input::price_high, 1e-9 * per_hour, 10, true, price_range, "", "per device and hour"},
    Limit{Input::ci, 1e-6 * g_per_kwh, 9000 * g_per_kwh, true, intensity_range, "",
          "0.429 kg/kWh is 429 g/kWh"},
    Limit{Input::ci_market, 1e-6 * g_per_kwh, 9000 * g_per_kwh, true, intensity_range, "",
          "0.429 kg/kWh is 429 g/kWh"},
    Limit{Input::pue, 1, 5, false, "1 to 5", "total over IT energy, at least 1: 10 % on top is 1.10",
          "total over IT energy: 10 % on top is 1.10, not 110"},
    Limit{Input::electricity_price, 1e-9 / 3.6e6, 100 / 3.6e6, true, "0, or 1e-9 to 100 USD/kWh", "", ""},
};

const Limit* limit_of(Input input) {
  const auto* found =
      std::find_if(limits.begin(), limits.end(), [&](const Limit& l) { return l.input == input; });
  return found == limits.end() ? nullptr : found;
}

std::string shown(double coherent, Input input) { return human(coherent, info(input).dimension); }

}  // namespace

void Resolver::check_range(Input input, const Given& given, const quantity::Parsed& parsed) {
  const double v = parsed.coherent;
  const Limit* limit = limit_of(input);
  const bool low = limit != nullptr && v < limit->low && (v != 0 || !limit->zero);
  const bool high = limit != nullptr && v > limit->high;
  if (low || high || std::signbit(v)) {
    std::string help{std::signbit(v) ? "it cannot be negative" : low ? limit->hint_low : limit->hint_high};
    if (limit != nullptr) help.append(help.empty() ? "allowed: " : "; allowed: ").append(limit->allowed);
    fault("out-of-range", given.named + " = " + given.text + " is out of range", given.where,
          std::move(help));
    return;
  }
  if (input == Input::chips && v != std::floor(v))
    fault("out-of-range", given.named + " = " + given.text + " is no whole number of devices", given.where);
}

void Resolver::read_quantities() {
  for (const Binding& binding : bindings) {
    const auto& given = scenario_.get(binding.input);
    if (!given) continue;
    const auto parsed = read_quantity(binding.input, *given, faults_);
    if (!parsed) continue;
    check_range(binding.input, *given, *parsed);
    const bool counted = binding.input == Input::chips || binding.input == Input::runs;  // exact, not rounded
    set(binding.slot, parsed->coherent,
        {.origin = {.responsible = Responsible::user,
                    .source = {},
                    .at = given->named,
                    .note = {},
                    .text = given->text},
         .half_step = counted ? 0 : parsed->half_step,
         .low = {},
         .high = {}});
  }
  // what is used per token: the active parameters where given, else all of them
  const auto& active = scenario_.get(Input::active);
  const auto& total = scenario_.get(Input::params);
  std::optional<quantity::Parsed> total_value;
  if (total) {
    total_value = read_quantity(Input::params, *total, faults_);
    if (total_value) check_range(Input::params, *total, *total_value);
  }
  const auto& used = active ? active : total;
  if (!used) return;
  const auto parsed = active ? read_quantity(Input::active, *used, faults_) : total_value;
  if (!parsed) return;
  if (active) {
    check_range(Input::active, *active, *parsed);
    if (total_value && parsed->coherent > total_value->coherent)
      fault("conflict", "more active parameters (" + active->text + ") than parameters (" + total->text + ")",
            active->where, "active parameters are those used per token, at most all");
  }
  set(Slot::active_parameters, parsed->coherent,
      {.origin = {.responsible = Responsible::user,
                  .source = {},
                  .at = used->named,
                  .note = {},
                  .text = used->text},
       .half_step = parsed->half_step,
       .low = {},
       .high = {}});
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
  const auto drop = [&](Slot slot) { estimate::set_slot(out_.inputs, slot, std::nullopt); };
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
      estimate::set_slot(out_.inputs, Slot::mfu, std::nullopt);
    }
  }
  const bool timed = has(Slot::device_time) || (has(Slot::wall_time) && has(Slot::devices));
  std::optional<double> compute = estimate::slot_value(out_.inputs, Slot::training_flop);
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
  const auto known = estimate::estimate(out_.inputs);
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

void Resolver::check_power(const estimate::RunEstimate<double>& known) {
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

}  // namespace kwhatif::scenario
