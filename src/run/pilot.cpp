// --pilot: a measured run is read and resolved like any other, its forecast is made as if nothing had been
// measured, and by how much that missed moves and narrows the forecast of this run.
#include "resolver.hpp"
#include <kwhatif/diag/words.hpp>
#include <kwhatif/quantity/format.hpp>
#include <kwhatif/run/estimator.hpp>

#include <algorithm>
#include <array>
#include <cmath>

namespace kwhatif::run {

using catalog::Responsible;

namespace {

// The amount of work, its layout and the money: the pilot's own or nobody's.
constexpr std::array own_of_a_run{Input::tokens,
                                  Input::epochs,
                                  Input::samples,
                                  Input::steps,
                                  Input::flops,
                                  Input::flops_per_sample,
                                  Input::chips,
                                  Input::nodes,
                                  Input::runs,
                                  Input::overhead,
                                  Input::pilot,
                                  Input::done,
                                  Input::global_batch,
                                  Input::micro_batch,
                                  Input::tensor_parallel,
                                  Input::base_flops,
                                  Input::base_model,
                                  Input::pipeline_parallel,
                                  Input::context_parallel,
                                  Input::expert_parallel,
                                  Input::virtual_stages,
                                  Input::loss_law};
// What was measured, throughput apart.
constexpr std::array measured{Input::hours,
                              Input::device_hours,
                              Input::mfu,
                              Input::tflops,
                              Input::hfu,
                              Input::power,
                              Input::total_power,
                              Input::accelerator_power,
                              Input::energy,
                              Input::mfu_convention,
                              Input::flops_convention};

// What describes the model, and what describes the device: brought by a pilot together or not at all.
constexpr std::array beside_the_model{Input::seq_len, Input::image_size};
constexpr std::array beside_the_device{Input::precision};

template <class List>
bool listed(const List& list, Input input) {
  return std::find(list.begin(), list.end(), input) != list.end();
}

bool names_a_model(const Scenario& run) {
  const auto has = [&](Input input) { return run.has(input); };
  return std::any_of(network_names.begin(), network_names.end(), has) ||
         std::any_of(plain_sizes.begin(), plain_sizes.end(), has);
}

std::string brought_by(const Given& pilot) { return pilot.named + ' ' + pilot.text; }

// Steps were measured; evaluation, restarts and checkpoints beside them were not: they take anything from
// nothing to twice what is usual.
void widen_by_losses(predict::Forecast& forecast, predict::Lesson& lesson) {
  constexpr double half_of_it = 0.5;
  const double lost = -half_of_it * std::log(forecast.times.productive);
  const double before = lesson.deviation * lesson.deviation;
  const double variance = before + lost * lost;
  if (!(lost > 0)) return;
  for (predict::SpreadPart& part : lesson.parts) part.share *= before / variance;
  lesson.parts.push_back({"losses", lost * lost / variance});
  lesson.deviation = std::sqrt(variance);
  forecast.deviation = lesson.deviation;
  forecast.spread = lesson.parts;
}

}  // namespace

Scenario with_names_of_pilot(const Scenario& scenario) {
  Scenario out = scenario;
  const auto& given = scenario.get(Input::pilot);
  const bool work = scenario.has(Input::flops) || scenario.has(Input::flops_per_sample);
  const bool no_model = !names_a_model(scenario) && !work;
  const bool no_device = !scenario.has(Input::hardware);
  if (!given || !scenario.files || !scenario.stages.empty() || !(no_model || no_device)) return out;
  const Scenario pilot = read_run(scenario.files(given->text));
  const auto bring = [&](Input input) {
    const auto& value = pilot.get(input);
    if (!value || scenario.has(input)) return;
    out.set(input,
            {value->text, given->where, brought_by(*given) + " (" + std::string{info(input).key} + ")"});
  };
  if (no_model) {
    for (const Input input : network_names) bring(input);
    for (const Input input : plain_sizes) bring(input);
    for (const Input input : beside_the_model) bring(input);
  }
  if (no_device) {
    bring(Input::hardware);
    for (const Input input : beside_the_device) bring(input);
  }
  return out;
}

// What the run does not say and the pilot did.
void Resolver::say_brought() {
  const auto& pilot = scenario_.get(Input::pilot);
  if (!pilot) return;
  for (const InputInfo& row : input_table()) {
    const auto& given = scenario_.get(row.input);
    if (!given || !given->named.starts_with(brought_by(*pilot) + " (")) continue;
    choose(std::string{row.flag}, given->text,
           {.responsible = Responsible::fallback,
            .source = {},
            .at = given->named,
            .note = "as in the pilot " + pilot->text,
            .text = given->text});
  }
}

// The pilot as a run of its own: what it does not say is as in this run.
Scenario Resolver::pilot_as_a_run(RunPilot& into) const {
  Scenario pilot;
  if (const auto& file = scenario_.get(Input::pilot)) {
    if (!scenario_.files)
      throw diag::ScenarioError({.code = "cannot-read",
                                 .message = file->named + ": this run was given no reader of files",
                                 .where = file->where});
    pilot = read_run(scenario_.files(file->text));
    if (!pilot.faults.empty()) throw diag::ScenarioError(pilot.faults);
  } else {
    pilot = *scenario_.measured;
    pilot.measured = nullptr;
    pilot.displaced.clear();
  }
  pilot.files = scenario_.files;
  pilot.stages.clear();
  pilot.clear(Input::pilot);
  pilot.clear(Input::done);
  const bool own_model = names_a_model(pilot);
  for (const InputInfo& row : input_table()) {
    const Input input = row.input;
    if (pilot.has(input) || !scenario_.has(input) || listed(own_of_a_run, input) || listed(measured, input) ||
        listed(throughputs, input) || row.key.starts_with("site."))
      continue;
    const bool describes_model = listed(network_names, input) || listed(plain_sizes, input);
    if (describes_model && own_model) continue;
    pilot.set(input, *scenario_.get(input));
    into.taken.emplace_back(row.flag);
  }
  return pilot;
}

void Resolver::read_pilot() {
  const auto& given = scenario_.get(Input::pilot);
  if (!given && !scenario_.measured) return;
  auto made = std::make_shared<RunPilot>();
  made->name = given ? given->text : "the run as it was measured";
  const Scenario pilot = pilot_as_a_run(*made);
  const auto unusable = [&](const std::string& why, const std::string& help) {
    fault("pilot", (given ? given->named + " " + given->text : made->name) + ": " + why,
          given ? given->where : diag::Span{}, help);
  };
  // before: the forecast as if nothing had been measured
  Scenario before = pilot;
  for (const Input input : measured) before.clear(input);
  for (const Input input : throughputs) before.clear(input);
  ResolveOptions plain = options_;
  plain.moved = {};
  plain.count_work = {};
  const ResolvedRun expected = Resolver{before, catalog_, plain}.run();
  if (!expected.forecast) {
    unusable("no forecast can be held against it",
             expected.hardware ? "it needs the size of the model: --params, --model or --config; of a log: "
                                 "`kwhatif import LOG --model ID -o pilot.toml`"
                               : "it needs the device: hardware.id in the file, or --hardware; of a log: "
                                 "`kwhatif import LOG --hardware ID --chips N -o pilot.toml`");
    return;
  }
  plain.defaults = false;
  const ResolvedRun found = Resolver{pilot, catalog_, plain}.run();
  const auto result = estimate(found.inputs);
  RunForecast stepping = *expected.forecast;
  made->device = stepping.device.id;
  made->kind = stepping.training.kind;
  if (result.devices) made->devices = result.devices->coherent();

  // seconds per token of the forecast and device
  std::optional<double> seconds;
  const auto rate_said = [&](Input input) { return pilot.has(input); };
  made->stepping = std::any_of(throughputs.begin(), throughputs.end(), rate_said) || pilot.has(Input::mfu) ||
                   pilot.has(Input::tflops) || pilot.has(Input::hfu);
  if (const auto rate = found.inputs.token_rate()) {
    seconds = 1 / rate->coherent();
  } else if (const auto all = found.inputs.total_token_rate()) {
    if (!found.inputs.devices()) {
      unusable("its rate is of all devices, and it does not say how many",
               "give hardware.count in the file; of a log: `kwhatif import LOG --chips N -o pilot.toml`");
      return;
    }
    seconds = found.inputs.devices()->coherent() / all->coherent();
  } else if (const auto known = known_rate(found.inputs); known && stepping.flop_per_unit > 0) {
    seconds = stepping.flop_per_unit / known->coherent();
  } else if (const auto time = known_time(found.inputs)) {
    if (const auto seen = known_tokens(found.inputs))
      seconds = time->coherent() / (seen->tokens * seen->epochs).coherent();
  }
  const auto predictor = predict::predictor(catalog_);
  const auto& constants = predictor->constants;
  if (made->stepping) stepping.training.scope = predict::Scope::step;
  stepping.forecast = predict::forecast(constants, stepping.training, stepping.device.engine,
                                        stepping.device.evidence, predictor->level);
  if (seconds) {
    const double of_forecast = *seconds / stepping.per_unit;
    const auto& f = stepping.forecast;
    if (of_forecast < f.floor) {
      unusable("it is faster than the peak of its devices: " + quantity::significant(1 / *seconds) +
                   " tokens/s per device need more than " +
                   quantity::human(stepping.device.engine.peak, quantity::dim::device_flop_rate),
               "a rate of all devices together is --total-tokens-per-second; a tokens/s of samples is not");
      return;
    }
    made->rate = PilotNumber{.measured = *seconds,
                             .forecast = f.seconds * stepping.per_unit,
                             .pilot = {.missed = std::log(of_forecast / f.seconds),
                                       .deviation = f.deviation,
                                       .parts = f.spread,
                                       .where = whereabouts(stepping),
                                       .noise = constants.spread.pilot}};
  }
  // power, of the boards or with the hosts
  const auto& supply = stepping.device.supply;
  if ((supply.tdp > 0 || supply.most) && (result.power || found.inputs.board_power())) {
    const bool cooled = pilot.has(Input::cooling);
    const double pace = seconds ? *seconds / stepping.per_unit : stepping.forecast.seconds;
    const auto power = predict::power_forecast(constants, supply, stepping.forecast.times, pace, cooled);
    made->board = !result.power;
    const double measured_power =
        result.power ? result.power->coherent() : found.inputs.board_power()->coherent();
    const double forecast_power = power.system.median() * (made->board ? power.board : 1);
    made->power = PilotNumber{.measured = measured_power,
                              .forecast = forecast_power,
                              .pilot = {.missed = std::log(measured_power / forecast_power),
                                        .deviation = power.system.deviation,
                                        .parts = {},
                                        .where = {},
                                        .noise = constants.spread.pilot}};
  }
  if (!made->rate && !made->power) {
    unusable("it holds no measured rate and no measured power",
             "give for example hardware.tokens_per_second or hardware.accelerator_power in the file");
    return;
  }
  out_.pilot = std::move(made);
}

void Resolver::learn_time(RunForecast& forecast) {
  if (!out_.pilot || !out_.pilot->rate) return;
  auto after = std::make_shared<RunPilot>(*out_.pilot);
  const auto where = whereabouts(forecast);
  constexpr double far_off = 3;
  const double missed = std::exp(std::fabs(after->rate->pilot.missed));
  if (missed > far_off)
    warn("odd-pilot",
         "the pilot took " + quantity::significant(after->rate->measured / after->rate->forecast) +
             " times the time that was forecast of it: is it a run of this model, with these devices and "
             "units?",
         "tokens/s per device, of all devices together, or images/s: hardware.tokens_per_second, "
         "total_tokens_per_second, samples_per_second");
  if (after->kind != forecast.training.kind)
    warn("odd-pilot", "the pilot trained another kind of network than this run: it tells little of it",
         "a pilot of the same network calibrates the forecast");
  after->deviation_before = forecast.forecast.deviation;
  after->time = predict::learn(after->rate->pilot, where, forecast.forecast);
  if (after->stepping) widen_by_losses(forecast.forecast, *after->time);
  out_.pilot = std::move(after);
}

// Power measured on the same kind of device tells all but the noise; on another, what one owner's systems
// share.
void Resolver::learn_power(predict::PowerForecast& power, const std::string& device) {
  if (!out_.pilot || !out_.pilot->power) return;
  auto after = std::make_shared<RunPilot>(*out_.pilot);
  const PilotNumber& number = *after->power;
  const double board = power.board;
  const double host = 1 - board;
  const double each = power.system.deviation / std::sqrt(board * board + host * host);
  const double noise = number.pilot.noise;
  double shift = number.pilot.missed;
  if (device != after->device) {
    const auto predictor = predict::predictor(catalog_);
    const auto& spread = predictor->constants.spread;
    const auto level = predict::level_after(spread, 1, shift);
    predict::take_level(power.system, spread, level);
    shift = level.shift;
  } else if (after->board) {  // the host's share stays as uncertain as it was
    const double measured_board = board * std::exp(shift);
    const double whole = measured_board + host;
    power.system.location += std::log(whole);
    const double of_board = measured_board * noise;
    const double of_host = host * each;
    power.system.deviation = std::sqrt(of_board * of_board + of_host * of_host) / whole;
    power.board = measured_board / whole;
    shift = std::log(whole);
  } else {
    power.system.location += shift;
    power.system.deviation = noise;
  }
  power.system.least = 0;
  after->power_shift = shift;
  out_.pilot = std::move(after);
}

}  // namespace kwhatif::run
