// Whether a run fits into the memory of its devices.
#include "resolver.hpp"
#include "stage_cost.hpp"
#include <kwhatif/quantity/format.hpp>
#include <kwhatif/run/memory_check.hpp>

#include <algorithm>
#include <array>
#include <cmath>
#include <limits>

namespace kwhatif::run {

using quantity::human;

namespace {

constexpr double packed_bytes = 0.55;  // four bits and the constants of their blocks

std::string in_digits(double whole) {
  return quantity::grouped(static_cast<std::uint64_t>(std::min(whole, 1e18)));
}

std::string are_planned(double devices) {
  return in_digits(devices) + (devices == 1 ? " is planned" : " are planned");
}

diag::Diagnostic warning(std::string code, std::string message, std::string help) {
  return {.code = std::move(code),
          .message = std::move(message),
          .where = {},
          .help = std::move(help),
          .severity = diag::Severity::warning};
}

model::MemoryOptions options_of(const Network& network, const TrainingLayout& layout) {
  model::MemoryOptions out;
  out.sequence_length = network.sequence_length;
  out.micro_batch = layout.micro_batch.value_or(1);
  out.recompute = layout.recompute.value_or(model::Recompute::full);
  out.fused_attention = layout.fused_attention.value_or(true);
  out.precision = layout.precision.value_or(model::TrainingPrecision::mixed_16);
  out.trainable = layout.trainable;
  out.frozen_weight_bytes = layout.frozen_weight_bytes;
  model::Parallelism& p = out.parallelism;
  p.tensor = layout.tensor.value_or(1);
  p.pipeline = layout.pipeline.value_or(1);
  p.context = layout.context.value_or(1);
  p.expert = layout.expert.value_or(1);
  p.virtual_stages = layout.virtual_stages.value_or(1);
  p.zero_stage = layout.zero.value_or(3);
  p.sequence_parallel = layout.sequence_parallel.value_or(true);
  return out;
}

std::string how(const model::MemoryOptions& o) {
  std::string out = o.trainable > model::Count{0} ? "adapters on a frozen base" : "Adam in mixed precision";
  out += o.parallelism.zero_stage == 3   ? ", everything sharded"
         : o.parallelism.zero_stage == 0 ? ", nothing sharded"
                                         : ", ZeRO stage " + std::to_string(o.parallelism.zero_stage);
  return out + (o.recompute == model::Recompute::none
                    ? ", no recomputation"
                    : ", " + std::string{model::recompute_name(o.recompute)} + " recomputation");
}

std::string band(const model::MemoryNeed& need) {
  return human(need.low) + " to " + human(need.high) + " on each device";
}

std::string each(const catalog::Row& hardware, model::Memory memory) {
  return std::string{hardware.id()} + " with " + human(memory);
}

// The layout is said: this one fits or it does not.
std::optional<diag::Diagnostic> said_layout(const Network& network, model::MemoryOptions options,
                                            model::Count devices, const catalog::Row& hardware,
                                            model::Memory memory,
                                            const model::MemoryCalibration& calibration) {
  model::Parallelism& p = options.parallelism;
  const model::Count split = p.tensor * p.pipeline * p.context;
  p.data = devices.value() / split.value();
  if (p.data == model::Count{0} || p.data.value() % p.expert.value() != 0) return std::nullopt;
  const auto need = model::training_memory(network.architecture, network.inventory, options, calibration);
  const model::Fit fit = model::fit_of(need, memory, calibration);
  if (fit == model::Fit::fits) return std::nullopt;
  const bool never = fit == model::Fit::does_not_fit;
  return warning(never ? "does-not-fit" : "may-not-fit",
                 "training " + network.name + " in this layout " + (never ? "needs " : "may need ") +
                     band(need) + " (" + how(options) + "), " + each(hardware, memory),
                 "more tensor or pipeline parallelism, sharding or recomputation, a smaller micro-batch, or "
                 "devices with more memory");
}

}  // namespace

model::MemoryCalibration memory_calibration(const catalog::Catalog& catalog) {
  model::MemoryCalibration out;
  using Calibration = model::MemoryCalibration;
  using Member = double Calibration::*;
  constexpr std::array members{
      std::pair<std::string_view, Member>{"memory-runtime", &Calibration::runtime},
      std::pair<std::string_view, Member>{"memory-communication", &Calibration::communication},
      std::pair<std::string_view, Member>{"memory-share", &Calibration::share},
      std::pair<std::string_view, Member>{"memory-low", &Calibration::low},
      std::pair<std::string_view, Member>{"memory-high", &Calibration::high},
      std::pair<std::string_view, Member>{"memory-usable", &Calibration::usable}};
  for (const auto& [id, member] : members) {
    const auto row = catalog.find(catalog::Kind::coefficient, id);
    const auto value = row ? row->number("value") : std::nullopt;
    if (!value) throw diag::InternalError("the tables have no coefficient '" + std::string{id} + "'");
    out.*member = *value;
  }
  return out;
}

namespace {

constexpr model::Count no_more_than = 1U << 20U;  // devices that are looked at

}  // namespace

std::optional<double> fewest_devices(const Network& network, const TrainingLayout& layout,
                                     const catalog::Row& hardware,
                                     const model::MemoryCalibration& calibration) {
  const auto nominal = hardware.number("memory");
  if (!nominal || network.sequence_length <= 0 || layout.tensor || layout.pipeline) return std::nullopt;
  const auto found =
      model::smallest_fit(network.architecture, network.inventory, options_of(network, layout), calibration,
                          model::Memory::from_coherent(*nominal), model::Fit::may_fit, no_more_than);
  return found ? found->parallelism.devices().as_double() : std::numeric_limits<double>::infinity();
}

std::optional<diag::Diagnostic> memory_warning(const Network& network, const TrainingLayout& layout,
                                               double devices, const catalog::Row& hardware,
                                               const model::MemoryCalibration& calibration) {
  const auto nominal = hardware.number("memory");
  if (!nominal || network.sequence_length <= 0 || !(devices >= 1)) return std::nullopt;
  const model::Memory memory = model::Memory::from_coherent(*nominal);
  const model::Count count = static_cast<std::uint64_t>(std::min(devices, 1e15));
  model::MemoryOptions options = options_of(network, layout);
  if (layout.tensor || layout.pipeline)
    return said_layout(network, options, count, hardware, memory, calibration);
  const auto fewest = [&](model::Fit worst, model::Count most) {
    return model::smallest_fit(network.architecture, network.inventory, options, calibration, memory, worst,
                               most);
  };
  if (fewest(model::Fit::fits, count)) return std::nullopt;
  const auto possible = fewest(model::Fit::may_fit, no_more_than);
  const std::string help = "more devices, or devices with more memory";
  if (!possible)
    return warning("does-not-fit",
                   network.name + " does not fit on any number of " + each(hardware, memory) + " each",
                   "choose devices with more memory or a shorter sequence");
  if (possible->parallelism.devices() > count)
    return warning("does-not-fit",
                   "training " + network.name + " needs at least " + possible->parallelism.devices().text() +
                       " of " + std::string{hardware.id()} + " (" + how(options) + "); " +
                       are_planned(devices),
                   help);
  const auto sure = fewest(model::Fit::fits, no_more_than);
  return warning("may-not-fit",
                 "training " + network.name + " may not fit: it surely does on " +
                     (sure ? sure->parallelism.devices().text() : "no number") + " of " +
                     each(hardware, memory) + " each, perhaps on " + possible->parallelism.devices().text() +
                     " (" + how(options) + "); " + are_planned(devices),
                 help);
}

// Weights, gradients and states of the optimizer, without an architecture: activations come on top.
void Resolver::check_states(double memory) {
  if (!has(Slot::active_parameters)) return;
  double parameters = value(Slot::active_parameters);
  std::vector<diag::Diagnostic> told_elsewhere;
  if (const auto& total = scenario_.get(Input::params)) {
    if (const auto n = read_quantity(Input::params, *total, told_elsewhere))
      parameters = std::max(parameters, n->coherent);
  }
  double bytes = model::state_bytes(model::Optimizer::adam, model::TrainingPrecision::mixed_16).sum();
  std::string what = "Adam in mixed precision, " + quantity::shortest(bytes) + " bytes a parameter";
  if (is_low_rank(scenario_)) {
    bytes = scenario_.get(Input::finetune)->text == "qlora" ? packed_bytes : 2;
    what = "the frozen base alone, " + quantity::shortest(bytes) + " bytes a parameter";
  }
  const double needed = model::fewest_for_states(parameters, bytes, model::Memory::from_coherent(memory));
  out_.fewest_devices = needed;
  if (needed <= value(Slot::devices)) return;
  warn("does-not-fit",
       "training " + human(parameters, quantity::dim::parameter) + " needs at least " + in_digits(needed) +
           " of " + std::string{out_.hardware->id()} + " with " + human(memory, quantity::dim::data) +
           " each (" + what + ", everything sharded; activations come on top); " +
           are_planned(value(Slot::devices)),
       "more devices, or devices with more memory");
}

void Resolver::check_memory() {
  if (!out_.hardware || !has(Slot::devices)) return;
  const auto memory = out_.hardware->number("memory");
  if (!memory) return;
  if (!out_.network) return check_states(*memory);
  TrainingLayout layout;
  const auto count = [&](Input input) -> std::optional<model::Count> {
    const auto n = numbers_.whole(input);
    return n ? std::optional{model::Count{static_cast<std::uint64_t>(*n)}} : std::nullopt;
  };
  layout.tensor = count(Input::tensor_parallel);
  layout.pipeline = count(Input::pipeline_parallel);
  layout.context = count(Input::context_parallel);
  layout.expert = count(Input::expert_parallel);
  layout.virtual_stages = count(Input::virtual_stages);
  if (const auto stage = numbers_.whole(Input::zero)) layout.zero = static_cast<int>(*stage);
  if (const auto sequences = numbers_.whole(Input::micro_batch))
    layout.micro_batch = static_cast<double>(*sequences);
  if (const auto& given = scenario_.get(Input::recompute))
    layout.recompute = given->text == "none"   ? model::Recompute::none
                       : given->text == "full" ? model::Recompute::full
                                               : model::Recompute::selective;
  if (const auto& given = scenario_.get(Input::attention)) layout.fused_attention = given->text == "fused";
  if (is_low_rank(scenario_)) {
    layout.trainable = adapters_of(scenario_, *out_.network);
    if (scenario_.get(Input::finetune)->text == "qlora") layout.frozen_weight_bytes = packed_bytes;
  }
  const auto calibration = memory_calibration(catalog_);
  if (options_.unneeded)
    out_.fewest_devices = fewest_devices(*out_.network, layout, *out_.hardware, calibration);
  if (auto warned = memory_warning(*out_.network, layout, value(Slot::devices), *out_.hardware, calibration))
    out_.warnings.push_back(std::move(*warned));
}

}  // namespace kwhatif::run
