// One rule per mechanism; the thresholds are judgements, said in the reason.
#include "levers_rules.hpp"

#include <kwhatif/model/equivalence.hpp>
#include <kwhatif/model/loss.hpp>
#include <kwhatif/quantity/format.hpp>

#include <array>

namespace kwhatif::ask {

using catalog::Kind;
using catalog::Row;
using quantity::human;
using quantity::significant;
namespace dim = quantity::dim;

namespace {

Judgement yes(std::string why) { return {Applies::yes, std::move(why)}; }
Judgement perhaps(std::string why) { return {Applies::perhaps, std::move(why)}; }
Judgement no(std::string why) { return {Applies::no, std::move(why)}; }

std::string_view kind(const LeverFacts& f) {
  return f.run.hardware ? f.run.hardware->text("kind") : std::string_view{};
}

std::string precision(const LeverFacts& f) {
  if (const auto given = given_text(f.run, "precision"); !given.empty()) return std::string{given};
  for (const auto& choice : f.run.choices) {
    if (choice.input == "precision") return choice.value;
  }
  return {};
}

bool trains_on_tokens(const LeverFacts& f) { return f.run.inputs.tokens().has_value(); }

Judgement hardware(const Row& lever, const LeverFacts& f) {
  if (!f.run.hardware) return perhaps("the device is unknown");
  const std::string_view id = f.run.hardware->id();
  if (lever.id() == "tpuv4-vs-tpuv3")
    return id == "tpu-v3" ? yes("the run is on TPU v3") : no("the run is not on TPU v3");
  if (lever.id() == "machine-4m") {
    if (kind(f) == "cpu") return yes("the run is on CPUs");
    return no(
        "the run is on an accelerator already; `kwhatif compare --vary hardware=…` compares devices exactly");
  }
  double newest = 0;
  for (const Row& row : f.catalog.rows(Kind::hardware)) {
    if (row.text("kind") == kind(f) && row.text("vendor") == f.run.hardware->text("vendor") &&
        row.cell("peak_bf16"))
      newest = std::max(newest, row.number("year").value_or(0));
  }
  const double year = f.run.hardware->number("year").value_or(0);
  constexpr double generation = 2;  // years
  if (year > 0 && newest >= year + generation)
    return yes("the device is of " + significant(year, 4) + ", the vendor's newest of " +
               significant(newest, 4) + "; `kwhatif compare --vary hardware=…` compares them exactly");
  return no("the device is of the vendor's newest generation");
}

Judgement facility(const LeverFacts& f) {
  if (!f.run.inputs.pue()) return perhaps("the PUE is unknown");
  const double pue = f.run.inputs.pue()->coherent();
  constexpr double good = 1.3;
  if (pue > good)
    return yes("the PUE is " + significant(pue) + "; give --pue of both places for the exact factor");
  return no("the PUE is " + significant(pue) + " already");
}

Judgement place(const LeverFacts& f) {
  if (!f.run.inputs.ci()) return perhaps("the place is unknown");
  constexpr double clean = 100e-3 / 3.6e6;  // 100 g/kWh
  const std::string now = human(f.run.inputs.ci()->coherent(), dim::carbon_intensity);
  if (f.run.inputs.ci()->coherent() <= clean) return no("the grid has " + now + " already");
  return yes("the grid has " + now + "; `kwhatif compare --vary region=all` ranks places exactly");
}

Judgement architecture(const LeverFacts& f) {
  const auto active = given_text(f.run, "active");
  const bool sparse =
      f.run.network ? model::sparse_shape(f.run.network->architecture, f.run.network->parameters).sparse()
                    : !active.empty() && active != given_text(f.run, "params");
  if (sparse) return no("the model is sparse already");
  return perhaps("another architecture of equal quality is another model: only you can judge");
}

Judgement size_and_data(const LeverFacts& f) {
  if (!f.run.work.text()) return no("the loss laws are those of language models");
  const auto& n = f.run.inputs.active_parameters();
  const auto& d = f.run.inputs.tokens();
  if (!n || !d) return perhaps("parameters or tokens are unknown");
  double size = n->coherent();
  if (f.run.network) {
    const auto shape = model::sparse_shape(f.run.network->architecture, f.run.network->parameters);
    if (shape.sparse())
      size = shape.active * model::equivalence(model::equivalence_rules().front().rule, shape)->factor;
  }
  const double optimal = model::optimal_tokens(model::loss_laws().front(), size);
  constexpr double far_below = 0.5;
  const std::string now = significant(d->coherent() / size) + " tokens per parameter, optimal would be " +
                          significant(optimal / size);
  return d->coherent() < far_below * optimal ? yes(now) : no(now);
}

Judgement number_format(const Row& lever, const LeverFacts& f) {
  if (lever.id() == "fp8-training" && f.run.hardware && !f.run.hardware->cell("peak_fp8"))
    return no("the device has no fp8");
  const std::string now = precision(f);
  if (now.empty()) return perhaps("the precision is unknown");
  if (lever.id() == "mixed-precision")
    return now == "fp32" ? yes("the run is in fp32") : no("the run is in " + now + " already");
  return now == "fp8" ? no("the run is in fp8 already") : yes("the device has fp8 and the run is in " + now);
}

Judgement clock_and_power(const Row& lever, const LeverFacts& f) {
  if (kind(f) != "gpu")
    return f.run.hardware ? no("it sets clocks of GPUs") : perhaps("the device is unknown");
  if (lever.id() == "zeus") {
    return f.run.inputs.runs() ? perhaps("the job recurs; whether it is small enough only you can judge")
                               : no("for jobs that recur: --runs says so");
  }
  if (lever.id() == "perseus") {
    constexpr double large = 1e10;
    constexpr double many = 64;
    const bool pipeline = f.run.inputs.active_parameters() &&
                          f.run.inputs.active_parameters()->coherent() >= large && f.result.devices &&
                          f.result.devices->coherent() >= many;
    return pipeline ? yes("a large model on many devices") : no("for pipelines over many devices");
  }
  return yes("the run is on GPUs");
}

Judgement search(const Row& lever, const LeverFacts& f) {
  if (!f.run.inputs.runs()) return no("for searches: --runs says how many trials");
  constexpr double many = 100;
  const double runs = f.run.inputs.runs()->coherent();
  if (lever.text("mechanism") == "search-early-stopping") return yes(significant(runs) + " trials");
  return runs >= many ? perhaps("an architecture search of " + significant(runs) +
                                " trials, if it serves several devices")
                      : no("for architecture searches for several devices");
}

Judgement time_shift(const Row& lever, const LeverFacts& f) {
  if (!f.run.inputs.ci()) return perhaps("the place is unknown");
  constexpr double day = 86400;
  if (lever.id() == "flexible-start" && f.result.wall_time && f.result.wall_time->coherent() > day)
    return no("the run takes longer than a day: a later start moves little of it");
  return yes("if the end may wait");
}

}  // namespace

std::string_view given_text(const run::ResolvedRun& run, std::string_view flag) {
  for (const auto& [name, text] : run.summary) {
    if (name == flag) return text;
  }
  return {};
}

Judgement judge_lever(const Row& lever, const LeverFacts& f) {
  const std::string_view mechanism = lever.text("mechanism");
  const std::string_view effect = lever.text("effect_on");
  if (lever.text("category") == "inference" || effect == "inference_energy")
    return no("it acts on inference, not on training");
  if (mechanism == "all-four-ms")
    return no("a bound that holds the four practices together; combine with nothing");
  if (mechanism == "hardware") return hardware(lever, f);
  if (mechanism == "facility") return facility(f);
  if (mechanism == "place") return place(f);
  if (mechanism == "architecture") return architecture(f);
  if (mechanism == "size-and-data") return size_and_data(f);
  if (mechanism == "number-format") return number_format(lever, f);
  if (mechanism == "clock-and-power") return clock_and_power(lever, f);
  if (mechanism == "search-early-stopping" || mechanism == "architecture-search") return search(lever, f);
  if (mechanism == "time-shift") return time_shift(lever, f);
  if (mechanism == "attention-kernel")
    return perhaps("if the stack does not fuse attention yet; most do, and most utilisations have it in");
  if (mechanism == "kernels")
    return given_text(f.run, "compiled") == "yes" ? no("kernels are fused or compiled already")
                                                  : perhaps("if the kernels are not fused or compiled yet");
  if (mechanism == "recomputation")
    return given_text(f.run, "recompute") == "full" ? yes("the run recomputes all activations")
                                                    : no("--recompute full is not given");
  if (mechanism == "batch-size")
    return trains_on_tokens(f) ? no("measured on vision, not on language models")
                               : perhaps("if the devices are not filled");
  if (mechanism == "data-volume" && lever.id() != "data-pruning-dedup")
    return trains_on_tokens(f) ? no("not to be assumed for pre-training of language models")
                               : perhaps("for small supervised tasks");
  if (mechanism == "trainable-share") return no("for fine-tuning only");
  if (mechanism == "class-balance") return perhaps("if the data are imbalanced");
  return perhaps("only you can judge its condition");
}

}  // namespace kwhatif::ask
