// What the user gave in numbers: reading, ranges, contradictions.
#include "resolver.hpp"
#include <kwhatif/quantity/format.hpp>
#include <kwhatif/quantity/units.hpp>
#include <kwhatif/run/estimator.hpp>
#include <kwhatif/run/work_words.hpp>

#include <cmath>

namespace kwhatif::run {

using catalog::Responsible;
using quantity::human;

namespace {

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
  for (const InputInfo& row : input_table()) {
    if (row.settles && row.input != Input::active) take(row.input, *row.settles);
  }
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

RunInputs<number::Interval> Resolver::rounded() const {
  auto out = lift<number::Interval>(
      out_.inputs, [&](Slot slot, const quantity::Dimension&, double) { return interval(slot); });
  if (known_tokens(out_.inputs) && has(Slot::active_parameters) && !has(Slot::flop_factor))
    out.set(Slot::flop_factor, number::Interval{default_row("flop-factor").cell("value")->value()});
  return out;
}

// Two routes to one quantity agree if the rounding of the texts explains the difference; then the one that
// estimate() takes first stays and the other is dropped as checked.
void Resolver::check_conflicts() {
  const auto text = [&](Input input) { return scenario_.get(input)->text; };
  // the estimate by the other route: without what is given for it
  const auto without = [&](std::initializer_list<Slot> left_out) {
    auto in = rounded();
    for (const Slot slot : left_out) in.forget(slot);
    return estimate(in);
  };

  if (has(Slot::power) && has(Slot::total_power) && has(Slot::devices)) {
    const auto each = without({Slot::power}).power->coherent();
    if (!each.overlaps(interval(Slot::power)))
      conflict("the power per device", Input::total_power,
               shown(value(Slot::power), Input::power) + " (--power)",
               shown(number::value(each), Input::power) + " (--total-power / --chips)", "give one of them");
    out_.inputs.forget(Slot::total_power);
  }
  if (has(Slot::device_time) && has(Slot::wall_time) && has(Slot::devices)) {
    const auto product = without({Slot::device_time, Slot::runs, Slot::overhead}).device_time->coherent();
    if (!product.overlaps(interval(Slot::device_time)))
      conflict("the device-time", Input::device_hours,
               shown(value(Slot::device_time), Input::device_hours) + " (" + text(Input::device_hours) + ")",
               shown(number::value(product), Input::device_hours) + " (" +
                   shown(value(Slot::devices), Input::chips) + " devices x " + text(Input::hours) + ")",
               "give two of --device-hours, --hours and --chips");
    out_.inputs.forget(Slot::wall_time);
  }
  check_measured_conflicts();
  if (has(Slot::price) && has(Slot::price_low) && value(Slot::price) < value(Slot::price_low))
    conflict("the price", Input::price, text(Input::price), text(Input::price_low) + " as the low end", "");
  if (has(Slot::price_low) && has(Slot::price_high) && value(Slot::price_low) > value(Slot::price_high))
    conflict("the price", Input::price_low, text(Input::price_low) + " as the low end",
             text(Input::price_high) + " as the high end", "exchange them");

  if (has(Slot::training_flop) && has(Slot::tokens) && has(Slot::active_parameters)) {
    const double counted = number::value(compute_of_parameters(rounded())->coherent());
    const double ratio = value(Slot::training_flop) / counted;
    constexpr double approximation =
        1.5;  // 6ND leaves out attention; beyond that the inputs do not belong together
    if (ratio > approximation || ratio < 1 / approximation)
      warn("flops-differ",
           "the given compute " + human(value(Slot::training_flop), quantity::dim::flop) + " is " +
               quantity::significant(ratio) + " times 6·N·D = " + human(counted, quantity::dim::flop),
           "the given compute is used; leave out --flops to use the count");
  }
  if (!has(Slot::achieved)) return;
  const auto needed = without({Slot::achieved, Slot::mfu}).achieved;
  if (!needed || needed->coherent().overlaps(interval(Slot::achieved))) return;
  const std::string compute = has(Slot::training_flop)
                                  ? shown(value(Slot::training_flop), Input::flops)
                                  : std::string{"counted from "} +
                                        (has(Slot::flop_per_token) ? "the architecture" : "parameters") +
                                        " and tokens";
  conflict("the achieved rate", Input::tflops, shown(value(Slot::achieved), Input::tflops) + " (--tflops)",
           shown(number::value(needed->coherent()), Input::tflops) + " (compute " + compute +
               " over the time given)",
           "leave out one of compute, rate and time");
}

// Throughput against time, energy against power and time, board against system: what is measured twice must
// agree within the rounding of the texts.
void Resolver::check_measured_conflicts() {
  const auto without = [&](std::initializer_list<Slot> left_out) {
    auto in = rounded();
    for (const Slot slot : left_out) in.forget(slot);
    return in;
  };
  const auto text = [&](Input input) { return scenario_.get(input)->text; };
  const auto cause = [&](std::initializer_list<Input> inputs) {
    for (const Input input : inputs) {
      if (scenario_.has(input)) return input;
    }
    return *inputs.begin();
  };
  const bool rated = has(Slot::token_rate) || has(Slot::total_token_rate);
  if (rated && has(Slot::tokens)) {
    const auto given = without({Slot::token_rate, Slot::total_token_rate, Slot::runs, Slot::overhead});
    auto measured = without({Slot::device_time, Slot::wall_time, Slot::runs, Slot::overhead});
    if (const auto time = known_time(given), other = known_time(measured); time && other) {
      if (!time->coherent().overlaps(other->coherent()))
        conflict("the device-time", cause({Input::device_hours, Input::hours}),
                 shown(number::value(time->coherent()), Input::device_hours) + " (" +
                     text(cause({Input::device_hours, Input::hours})) + ")",
                 shown(number::value(other->coherent()), Input::device_hours) + " (" +
                     out_.work.human(value(Slot::tokens), quantity::dim::token) + " at the throughput given)",
                 "leave out one of time, throughput and amount of work");
    } else if (has(Slot::wall_time) && has(Slot::total_token_rate)) {
      const auto by_rate = *known_wall_time(measured);
      if (!by_rate.coherent().overlaps(interval(Slot::wall_time)))
        conflict(
            "the wall time", Input::hours, text(Input::hours) + " (--hours)",
            shown(number::value(by_rate.coherent()), Input::hours) + " (the work at the throughput given)",
            "leave out one of time, throughput and amount of work");
    }
  }
  if (has(Slot::measured_energy)) {
    auto in = without({Slot::measured_energy, Slot::runs, Slot::overhead});
    const auto product = estimate(in).it_energy;
    if (product && !product->coherent().overlaps(interval(Slot::measured_energy)))
      conflict("the energy", Input::energy, text(Input::energy) + " (--energy)",
               shown(number::value(product->coherent()), Input::energy) + " (power over the time given)",
               "leave out one of energy, power and time");
    for (const Slot slot : {Slot::power, Slot::total_power}) out_.inputs.forget(slot);
  }
  if (has(Slot::board_power)) {
    const auto system = estimate(without({Slot::board_power})).power;
    if (system && system->coherent().high < interval(Slot::board_power).low)
      conflict("the power", Input::accelerator_power,
               text(Input::accelerator_power) + " on the board (--accelerator-power)",
               shown(number::value(system->coherent()), Input::power) + " with the host",
               "--power includes the host: it is at least what the board draws");
  }
}

void Resolver::check_plausible() {
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
      auto in = rounded();
      in.forget(Slot::achieved);
      const auto product = known_rate(in)->coherent();
      if (!product.overlaps(interval(Slot::achieved)))
        conflict("the achieved rate", Input::mfu, shown(value(Slot::achieved), Input::tflops) + " (--tflops)",
                 shown(number::value(product), Input::tflops) + " (--mfu x peak)",
                 "give one of --mfu and --tflops");
      out_.inputs.forget(Slot::mfu);
    }
  }
  // what compute and time need, whatever rate is given
  auto in = out_.inputs;
  in.forget(Slot::achieved);
  in.forget(Slot::mfu);
  const auto needed = estimate(in);
  if (needed.mfu) {
    const double mfu = needed.mfu->coherent();
    const auto& given = scenario_.has(Input::mfu) ? scenario_.get(Input::mfu) : scenario_.get(Input::hfu);
    if (given && has(Slot::mfu) && std::fabs(mfu / value(Slot::mfu) - 1) > 0.02) {
      fault("conflict",
            "the utilisation is given twice and differs: " + given->text + " (" + given->named +
                (out_.record(Slot::mfu).origin.responsible == Responsible::derived
                     ? ", which is an MFU of " + quantity::significant(value(Slot::mfu))
                     : std::string{}) +
                ") and " + quantity::significant(mfu) + " (compute over the time given, against the peak)",
            given->where, "leave out one of compute, utilisation and time");
    } else if (mfu > 1) {
      const auto& time =
          scenario_.has(Input::hours) ? scenario_.get(Input::hours) : scenario_.get(Input::device_hours);
      fault("out-of-range",
            "the time given needs " + human(needed.achieved->coherent(), quantity::dim::device_flop_rate) +
                ", more than the peak of " + human(value(Slot::peak), quantity::dim::device_flop_rate),
            time ? time->where : diag::Span{}, "check time, devices and compute");
    }
  }
  // and what the device does beside: repeated forward passes
  constexpr double rounding = 1e-6;
  const auto all = estimate(out_.inputs);
  if (all.hfu && all.mfu->coherent() <= 1 && all.hfu->coherent() > 1 + rounding) {
    const auto& again = scenario_.get(Input::recompute);
    fault("out-of-range",
          "with " + again->text + " recomputation (" + again->named + ") the device would do " +
              quantity::percent(all.hfu->coherent()) + " of its peak",
          again->where, "a rate that counts the repetition: --hfu, or --flops-convention hardware");
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
    warn("no-effect",
         given->named + " has no effect: it counts passes over the " + std::string{out_.work.many} +
             " of a data set",
         "give " + std::string{work_flag(out_.work)} + " with it", given->where);
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
    const Range& limit = *info(like).range;
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
  if (const auto& board = scenario_.get(Input::accelerator_power); board && has(Slot::tdp)) {
    constexpr double most = 1.5;  // a board draws little more than its TDP, over a whole training
    constexpr double least = 0.1;
    const double ratio = value(Slot::board_power) / value(Slot::tdp);
    if (ratio > most || ratio < least)
      warn("odd-power",
           "a power of the board of " + human(value(Slot::board_power), quantity::dim::device_power) +
               " is " + quantity::significant(ratio) + " times its TDP of " +
               human(value(Slot::tdp), quantity::dim::device_power),
           "--accelerator-power is the average of one board, as nvidia-smi shows it", board->where);
  }
  const auto& own = scenario_.get(Input::power);
  const auto& all = scenario_.get(Input::total_power);
  const auto& given = own ? own : all ? all : scenario_.get(Input::energy);
  if (!given || !known.power) return;
  const double power = known.power->coherent();
  const std::string words = "a power of " + human(power, quantity::dim::device_power) + " is ";
  const std::string help =
      !own && !all ? "--energy is of one run on all devices: check it against time and devices"
      : own        ? "--power is per device, host included; all devices together is --total-power"
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
