// Time and power before the run: what is known of it becomes a training of the forecast, what is not is
// taken as usual and written down, and utilisation and power follow with their bands.
#include "resolver.hpp"
#include "stage_cost.hpp"
#include <kwhatif/quantity/format.hpp>
#include <kwhatif/run/estimator.hpp>

#include <cmath>

namespace kwhatif::run {

using catalog::Kind;
using catalog::Responsible;
using catalog::Standing;
using predict::Software;
using quantity::human;

namespace {

constexpr std::string_view table = "data/predict/times.toml";

std::string tier_words(predict::Tier tier) {
  switch (tier) {
    case predict::Tier::known:
      return "from measured times on devices of this family";
    case predict::Tier::borrowed:
      return "no measured time on this device family: from its peaks and bandwidths and other devices of its "
             "class, hence wider";
    case predict::Tier::judgement:
      return "no measured time on this class of devices: a judgement, hence wide";
  }
  return {};
}

catalog::Origin usual(std::string note, std::string text = {}) {
  return {.responsible = Responsible::fallback,
          .standing = Standing::assumed,
          .source = "kwhatif-fit",
          .at = "data/predict/forecast.toml",
          .note = std::move(note),
          .text = std::move(text)};
}

void take_level(const predict::Predictor& predictor, predict::PowerForecast& power) {
  if (predictor.power.runs > 0)
    predict::take_level(power.system, predictor.constants.spread, predictor.power);
}

predict::PowerForecast power_at(const predict::Predictor& predictor, const predict::Supply<double>& supply,
                                const predict::Times<double>& times, double seconds, bool cooled) {
  auto out = predict::power_forecast(predictor.constants, supply, times, seconds, cooled);
  take_level(predictor, out);
  return out;
}

/// "12 % more time", "as much time", "8 % less time".
std::string more_time(double factor) {
  const double change = std::fabs(factor - 1);
  constexpr double none = 0.005;
  if (change < none) return "as much time";
  return quantity::percent(change) + (factor > 1 ? " more time" : " less time");
}

}  // namespace

PredictedNumbers predicted_numbers(const predict::Predictor& predictor, const ForecastBasis& b) {
  const auto middle = predict::median(predictor.constants, b.training, b.engine, predictor.level);
  PredictedNumbers out;
  const double flop = b.flop_per_unit / b.per_unit;
  if (!b.known_mfu) {
    out.mfu = predict::utilisation_at(middle.seconds, middle.times.floor, flop, b.peak).median();
    out.stepping = middle.times.productive;
  }
  if (!(b.supply.tdp > 0 || b.supply.most)) return out;
  const double rate = b.known_mfu.value_or(out.mfu.value_or(0)) * b.peak;
  auto power = power_at(predictor, b.supply, middle.times, flop / rate, b.cooled);
  if (b.tdp) power.system.unit = 1 / *b.tdp;
  (b.tdp ? out.power_ratio : out.power) = power.system.median();
  if (!b.supply.cpu) out.board_share = power.board;
  return out;
}

std::optional<ForecastBasis> basis_of(const ResolvedRun& run, bool cooled) {
  if (!run.forecast || run.pilot || !run.inputs.has(Slot::peak)) return std::nullopt;
  const RunForecast& f = *run.forecast;
  ForecastBasis out{.training = f.training,
                    .engine = f.device.engine,
                    .supply = f.device.supply,
                    .cooled = cooled,
                    .per_unit = f.per_unit,
                    .flop_per_unit = f.flop_per_unit,
                    .peak = *slot_value(run.inputs, Slot::peak),
                    .tdp = slot_value(run.inputs, Slot::tdp),
                    .known_mfu = {}};
  if (run.inputs.has(Slot::mfu) && run.record(Slot::mfu).distribution) return out;
  if (const auto known = estimate(run.inputs).mfu) out.known_mfu = known->coherent();
  return out;
}

predict::Whereabouts whereabouts(const RunForecast& f) {
  const auto& s = f.forecast.settings;
  const auto& t = f.training;
  constexpr double of_recomputation = 2;  // all of it is worth so many doublings
  constexpr double of_batch = 0.5;
  const double parameters = t.network ? predict::weights(*t.network).total : t.gmac;
  const auto said = [](const std::optional<bool>& habit) {
    return std::string{!habit ? "" : *habit ? "yes" : "no"};
  };
  return {
      .doublings = {std::log2(parameters), std::log2(s.devices), std::log2(s.length),
                    of_batch * std::log2(s.batch), of_recomputation * s.recomputed,
                    std::log2(t.tensor.value_or(1.0)), std::log2(t.pipeline.value_or(1.0)),
                    std::log2(t.stages.value_or(1.0)),
                    t.micro_batch ? std::log2(*t.micro_batch / s.length) : 0.0},
      .kinds = {f.device.id, std::to_string(static_cast<int>(t.arithmetic)),
                t.software ? std::to_string(static_cast<int>(*t.software)) : "", t.lora ? "adapters" : "",
                t.network && t.network->sparse > 0 ? "experts" : "", std::to_string(static_cast<int>(t.kind)),
                said(t.compiled), said(t.fused_attention), t.zero == 3 ? "weights sharded" : ""}};
}

// Names of classes stand for themselves; all else is looked up.
void Resolver::resolve_framework() {
  const auto& given = scenario_.get(Input::framework);
  if (!given) return;
  const auto found = catalog_.lookup(Kind::framework, given->text);
  if (!found.row) {
    if (!found.also.empty()) return ambiguous(*given, found);
    fault("unknown-framework", given->named + ": no software '" + given->text.substr(0, 60) + "'",
          given->where,
          found.suggestion + (found.suggestion.empty() ? "" : " ") +
              "name a class (tuned, standard, legacy), or one of `kwhatif list frameworks`");
    return;
  }
  out_.framework = found.row;
  const std::string id{found.row->id()};
  const std::string kind{found.row->text("class")};
  for (auto& [flag, text] : out_.summary) {
    if (flag == "framework") text = id;
  }
  if (id == kind) return;
  auto origin = catalog::Origin{.responsible = Responsible::table,
                                .standing = found.row->standing(),
                                .source = std::string{found.row->source()},
                                .at = std::string{found.row->at()},
                                .note = "class of " + std::string{found.row->text("name")},
                                .text = given->text};
  choose("framework", kind, std::move(origin));
}

std::optional<predict::ForecastDevice> Resolver::forecast_device() const {
  if (!out_.hardware || !has(Slot::peak)) return std::nullopt;
  const auto& precision = scenario_.get(Input::precision);
  predict::EngineOverrides site;
  if (const auto& network = numbers_.quantity(Input::network)) site.network = network->coherent;
  auto out = predict::engine_of(catalog_, *out_.hardware, precision ? precision->text : std::string{}, site);
  if (!out) return out;
  if (options_.moved && options_.moved->slot == Slot::peak) {
    out->engine.peak *= options_.moved->factor;
    out->engine.low_peak *= options_.moved->factor;
  }
  if (has(Slot::tdp)) out->supply.tdp = value(Slot::tdp);  // moved, where it is
  const auto& cooling = scenario_.get(Input::cooling);
  out->supply.liquid = cooling && cooling->text != "air";
  return out;
}

std::optional<predict::Training<double>> Resolver::training(RunForecast& into) const {
  const auto predictor = predict::predictor(catalog_);
  const auto& usual_values = predictor->constants.usual;
  predict::Training<double> t;
  const auto whole = [&](Input input) -> std::optional<double> {
    const auto n = numbers_.whole(input);
    return n ? std::optional{static_cast<double>(*n)} : std::nullopt;
  };
  if (out_.network) {
    const Network& network = *out_.network;
    const model::Kind kind = network.architecture.kind;
    into.architecture = true;
    into.flop_per_unit = network.flops.training.coherent();
    if (kind == model::Kind::convolutional || kind == model::Kind::diffusion ||
        network.architecture.stacks.empty()) {
      constexpr double flop_per_gmac = 2e9;
      t.kind = predict::TrainingKind::convolution;
      t.gmac = network.flops.forward.coherent() / flop_per_gmac;
    } else {
      t.network = forecast_network(network);
      const double patches = network.inventory.tokens_per_image.as_double();
      if (network.inventory.unit != model::Unit::token && patches > 0) {
        t.kind = predict::TrainingKind::vision;
        into.per_unit = patches;
        t.length = patches;
      } else {
        t.kind =
            kind == model::Kind::encoder ? predict::TrainingKind::encoder : predict::TrainingKind::language;
        t.length = network.sequence_length;
      }
      t.causal = kind == model::Kind::decoder || kind == model::Kind::state_space;
    }
  } else {
    double active = 0;
    if (has(Slot::active_parameters)) {
      active = value(Slot::active_parameters);
      if (const auto counted = compute_per_token()) into.flop_per_unit = *counted;
    } else if (const auto compute = known_compute(out_.inputs)) {
      constexpr double tokens_per_parameter = 20;  // C = 6 · N · 20 N
      const double factor = default_row("flop-factor").cell("value")->value();
      active = std::sqrt(compute->coherent() / (factor * tokens_per_parameter));
      into.flop_per_unit = factor * active;
      into.size_known = false;
    } else {
      return std::nullopt;
    }
    std::optional<double> total;
    if (scenario_.has(Input::active)) {
      if (const auto& all = numbers_.quantity(Input::params)) total = all->coherent;
    }
    t.network = predict::usual_network<double>(usual_values, total.value_or(active),
                                               total ? std::optional{active} : std::nullopt);
    t.length = whole(Input::seq_len);
  }
  if (const auto devices = out_.inputs.devices()) t.devices = devices->coherent();
  if (const auto& batch = numbers_.quantity(Input::global_batch)) t.batch = batch->coherent * into.per_unit;
  if (const auto n = whole(Input::micro_batch))
    t.micro_batch = *n * (t.network ? t.length.value_or(usual_values.length) : 1.0);
  t.tensor = whole(Input::tensor_parallel);
  t.pipeline = whole(Input::pipeline_parallel);
  t.context = whole(Input::context_parallel);
  t.expert_parallel = whole(Input::expert_parallel);
  t.stages = whole(Input::virtual_stages);
  if (const auto stage = numbers_.whole(Input::zero)) t.zero = static_cast<int>(*stage);
  t.recomputed = recomputed_share();
  t.year = whole(Input::year);
  t.likely_devices = usual_values.software_devices;
  t.lora = is_low_rank(scenario_);
  if (t.micro_batch && t.batch && t.devices) {  // no micro-batch is more than a replica's share of the batch
    const double replicas =
        *t.devices / (t.tensor.value_or(1) * t.pipeline.value_or(1) * t.context.value_or(1));
    t.micro_batch = std::min(*t.micro_batch, std::max(t.length.value_or(1), *t.batch / replicas));
  }
  if (t.lora && out_.network && t.network) {
    // Adapters pass all three passes, the frozen base two: in its measure they are half as many again.
    constexpr double passes = 3.0 / 2.0;
    const double adapters = adapters_of(scenario_, *out_.network).as_double();
    t.network->attention = t.network->attention.value_or(0) + passes * adapters / t.network->layers;
  }
  if (out_.framework) {
    const std::string_view kind = out_.framework->text("class");
    t.software = kind == "tuned"      ? Software::tuned
                 : kind == "standard" ? Software::standard
                                      : Software::legacy;
    if (const auto habit = out_.framework->text("compiled"); !habit.empty()) t.compiled = habit == "yes";
    if (const auto habit = out_.framework->text("attention"); !habit.empty())
      t.fused_attention = habit == "fused";
  }
  if (const auto& given = scenario_.get(Input::compiled)) t.compiled = given->text == "yes";
  if (const auto& given = scenario_.get(Input::attention)) t.fused_attention = given->text == "fused";
  return t;
}

// FLOP per token as the run counts them, without an architecture.
std::optional<double> Resolver::compute_per_token() const {
  if (const auto counted = out_.inputs.flop_per_token()) return counted->coherent();
  const auto compute = out_.inputs.training_flop();
  const auto tokens = out_.inputs.tokens();
  const double epochs = out_.inputs.epochs() ? out_.inputs.epochs()->coherent() : 1;
  if (compute && tokens) return compute->coherent() / (tokens->coherent() * epochs);
  return default_row("flop-factor").cell("value")->value() * value(Slot::active_parameters);
}

// Share of the forward pass that is done again.
std::optional<double> Resolver::recomputed_share() const {
  const auto& given = scenario_.get(Input::recompute);
  if (!given) return std::nullopt;
  if (given->text == "full") return 1.0;
  if (given->text == "none" || !out_.network) return 0.0;
  const auto& flops = out_.network->flops;
  const double again = flops.training_executed.coherent() - flops.training.coherent();
  return std::min(1.0, again / flops.forward.coherent());
}

void Resolver::make_forecast() {
  auto device = forecast_device();
  if (!device) return;
  auto made = std::make_shared<RunForecast>();
  const auto training = this->training(*made);
  if (!training) return;
  made->training = *training;
  made->training.memory = device->memory;
  made->training.arithmetic = device->arithmetic;
  made->training.bytes = device->bytes;
  device->supply.images =
      training->kind == predict::TrainingKind::vision || training->kind == predict::TrainingKind::convolution;
  device->evidence.size_known = made->size_known;
  made->device = std::move(*device);
  // Where the rate is known the forecast is that of the power alone, which their number does not change.
  const auto& t = made->training;
  const bool rated = known_rate(out_.inputs) || known_time(out_.inputs);
  if (rated && !t.batch && !t.micro_batch && !t.tensor && !t.pipeline && !t.context)
    made->training.devices.reset();
  const auto predictor = predict::predictor(catalog_);
  made->forecast = predict::forecast(predictor->constants, made->training, made->device.engine,
                                     made->device.evidence, predictor->level);
  learn_time(*made);
  out_.forecast = std::move(made);
}

void Resolver::default_rate() {
  const auto compute = known_compute(out_.inputs);
  if (!compute || !has(Slot::peak) || known_rate(out_.inputs) || known_time(out_.inputs) || !out_.forecast)
    return;
  const RunForecast& f = *out_.forecast;
  auto distribution = f.forecast.utilisation(f.flop_per_unit / f.per_unit, value(Slot::peak), f.device.tier);
  distribution.where = whereabouts(f);
  std::string what = "utilisation of the run";
  if (out_.pilot && out_.pilot->time) what += ", calibrated by the pilot " + out_.pilot->name;
  if (!f.size_known)
    what += " (model size unknown: taken as compute-optimal, " +
            human(predict::weights(*f.training.network).total, quantity::dim::parameter) + ")";
  set(Slot::mfu, distribution.median(), predicted(distribution, what, f.device.tier));
  // The spread of the forecast holds the rounding of the peak that it was made from.
  out_.records[static_cast<std::size_t>(Slot::peak)].half_step = 0;
  out_.inputs.forget(Slot::executed_ratio);  // an HFU that nobody measured
  set(Slot::stepping, f.forecast.times.productive,
      {.origin = usual("evaluation, restarts and checkpoints take the rest"), .half_step = 0});
  say_usual();
}

// The settings that were filled in, and what they could change.
void Resolver::say_usual() {
  const RunForecast& f = *out_.forecast;
  const auto predictor = predict::predictor(catalog_);
  const auto& constants = predictor->constants;
  const auto& settings = f.forecast.settings;
  const predict::Work<double> work{f.training.network, f.training.gmac};
  // time over that of the settings taken, both of the class of software that lies nearest
  const auto against = [&](const predict::Engine<double>& engine, const predict::Settings<double>& other) {
    return predict::times(constants.times, work, engine, other).total / f.forecast.times.total;
  };
  const auto with = [&](auto change) {
    auto training = f.training;
    change(training);
    return against(f.device.engine, predict::settle(constants.usual, training, f.forecast.software));
  };
  const bool images = f.training.kind == predict::TrainingKind::vision ||
                      f.training.kind == predict::TrainingKind::convolution;
  if (!f.training.software) {
    std::string note = "unknown: ";
    bool first = true;
    for (const auto& [software, words] : {std::pair{Software::tuned, "tuned"},
                                          {Software::standard, "standard"},
                                          {Software::legacy, "legacy"}}) {
      const double time = f.forecast.by_software[static_cast<std::size_t>(software)];
      note += (first ? "" : ", ") + std::string{words} + " takes " + more_time(time / f.forecast.seconds);
      first = false;
    }
    choose("framework", "any", usual(note, "any"));
  }
  if (!f.training.batch) {
    const double batch = settings.batch / f.per_unit;
    const double half = with([&](auto& t) { t.batch = settings.batch / 2; });
    const std::string shown =
        images ? quantity::significant(batch) + " images" : out_.work.human(batch, quantity::dim::token);
    choose("global-batch", shown,
           usual("usual for this size and number of devices; with half of it the training takes " +
                     more_time(half),
                 shown));
  }
  if (!f.training.recomputed && f.training.network) {
    const double none = with([&](auto& t) { t.recomputed = 0.0; });
    const double full = with([&](auto& t) { t.recomputed = 1.0; });
    choose("recompute", settings.recomputed > 0 ? quantity::percent(settings.recomputed) : "none",
           usual((settings.recomputed > 0
                      ? "share of the forward pass done again, usual for this size: none of it takes " +
                            more_time(none) + ", all of it "
                      : "usual for this size, full recomputation takes ") +
                     more_time(full),
                 {}));
  }
  if (settings.devices > f.device.engine.domain && !numbers_.quantity(Input::network)) {
    auto slower = f.device.engine;
    slower.network /= 2;
    const double half = against(slower, settings);
    const auto cell = out_.hardware->cell("network_bandwidth");
    auto origin = cell ? cell->origin() : usual({});
    origin.note = "per device, across nodes, half of it takes " + more_time(half);
    choose("network", human(f.device.engine.network, quantity::dim::bandwidth), std::move(origin));
  }
  for (const std::string& column : f.device.assumed) {
    if (column == "network bandwidth") continue;
    choose("device", column + " of its class",
           usual("the hardware table has no " + column + " of " + f.device.id, {}));
  }
}

// Inputs that speak of what this run does not have, or of a time that is given.
void Resolver::warn_of_idle_settings() {
  const auto idle = [&](Input input, const std::string& why, const std::string& help) {
    if (const auto& given = scenario_.get(input))
      warn("no-effect", given->named + " has no effect: " + why, help, given->where);
  };
  const auto one = [&](Input input) { return numbers_.whole(input).value_or(1) <= 1; };
  if (one(Input::pipeline_parallel))
    idle(Input::virtual_stages, "there is no pipeline", "give --pipeline-parallel with it");
  if (out_.forecast && !(out_.forecast->training.network && out_.forecast->training.network->sparse > 0))
    idle(Input::expert_parallel, "the model has no experts", "leave it out");
  const auto record = [&](Slot slot) { return has(slot) && out_.record(slot).distribution.has_value(); };
  if (record(Slot::mfu) || record(Slot::power_ratio) || record(Slot::power)) return;
  const std::string why = out_.forecast ? "time and power are given" : "nothing is predicted of this run";
  for (const Input input : {Input::global_batch, Input::micro_batch, Input::framework, Input::compiled,
                            Input::attention, Input::tensor_parallel, Input::pipeline_parallel,
                            Input::context_parallel, Input::zero, Input::network, Input::cooling})
    idle(input, why, "it acts on the forecast of time and power");
}

SlotRecord Resolver::predicted(const predict::Distribution& distribution, const std::string& what,
                               predict::Tier tier) {
  constexpr double lower = 0.05;
  constexpr double upper = 0.95;
  return {.origin = {.responsible = Responsible::predicted,
                     .standing = Standing::derived,
                     .source = "kwhatif-fit",
                     .at = std::string{table},
                     .note = what + ", " + tier_words(tier),
                     .text = {}},
          .half_step = 0,
          .low = distribution.quantile(lower),
          .high = distribution.quantile(upper),
          .distribution = distribution};
}

// Power follows how busy the device is: at the rate that is known, or with the predicted one.
std::optional<Resolver::PredictedPower> Resolver::power_before() {
  const auto device = out_.forecast ? std::optional{out_.forecast->device} : forecast_device();
  if (!device || !(device->supply.tdp > 0 || device->supply.most)) return std::nullopt;
  const auto predictor = predict::predictor(catalog_);
  const auto& constants = predictor->constants;
  const bool cooled = scenario_.has(Input::cooling);
  PredictedPower out{.device = *device};
  predict::PowerForecast& power = out.power;
  const auto known = estimate(out_.inputs);
  const bool predicted_rate = out_.record(Slot::mfu).distribution.has_value() && has(Slot::mfu);
  if (out_.forecast && known.mfu) {
    const RunForecast& f = *out_.forecast;
    const double rate = known.mfu->coherent() * value(Slot::peak);
    power =
        power_at(*predictor, device->supply, f.forecast.times, f.flop_per_unit / f.per_unit / rate, cooled);
    out.busy = predicted_rate ? "as busy as predicted" : "as busy as the rate says";
  } else {
    power = predict::power_forecast(constants, device->supply, cooled);
    take_level(*predictor, power);
    out.busy = "as busy as usual: the work is unknown";
  }
  if (!predicted_rate) power.system.follows = {};
  learn_power(power, device->id);
  // what is wrong of one system is wrong of it at any load
  power.system.parts = {
      {"power of " + device->id + (cooled ? ", " + scenario_.get(Input::cooling)->text : ""), 1}};
  power.system.tier = device->tier;
  return out;
}

bool Resolver::predict_power() {
  auto before = power_before();
  if (!before) return false;
  auto& [device, power, busy] = *before;
  const std::string what = "average system power, host included, " + busy;
  const Slot slot = has(Slot::tdp) ? Slot::power_ratio : Slot::power;
  if (slot == Slot::power_ratio) {
    power.system.unit = 1 / value(Slot::tdp);
    out_.records[static_cast<std::size_t>(Slot::tdp)].half_step = 0;  // as with the peak
  }
  set(slot, power.system.median(), predicted(power.system, what, device.tier));
  if (!device.supply.cpu)
    set(Slot::board_share, power.board,
        {.origin = {.responsible = Responsible::predicted,
                    .standing = Standing::derived,
                    .source = "kwhatif-fit",
                    .at = "data/predict/forecast.toml",
                    .note = "accelerator boards over the system",
                    .text = {}},
         .half_step = 0});
  return true;
}

// The boards were measured: what the host draws beside them is the forecast's. The error of a system's power
// is that of boards and hosts together, taken as equally large of either.
bool Resolver::power_of_board() {
  auto before = power_before();
  if (!before || before->device.supply.cpu) return false;
  auto& [device, power, busy] = *before;
  const double board = power.board;
  const double host = 1 - board;
  predict::Distribution spread = power.system;
  spread.location += std::log(host);
  spread.deviation /= std::sqrt(board * board + host * host);
  spread.least = 0;
  spread.follows = {};
  set(Slot::host_power, spread.median(),
      predicted(spread, "the host's share of the power, " + busy, device.tier));
  return true;
}

}  // namespace kwhatif::run
