// More devices than a step has work for, and more than anybody has published.
#include "resolver.hpp"
#include <kwhatif/model/loss.hpp>
#include <kwhatif/model/memory.hpp>
#include <kwhatif/predict/timings.hpp>
#include <kwhatif/quantity/format.hpp>
#include <kwhatif/run/scale.hpp>

#include <algorithm>
#include <cmath>
#include <mutex>
#include <utility>

namespace kwhatif::run {

using quantity::human;
namespace dim = quantity::dim;

namespace {

double coefficient(const catalog::Catalog& catalog, std::string_view id) {
  const auto row = catalog.find(catalog::Kind::coefficient, id);
  const auto value = row ? row->number("value") : std::nullopt;
  if (!value) throw diag::InternalError("the tables have no coefficient '" + std::string{id} + "'");
  return *value;
}

std::string in_digits(double whole) {
  return quantity::grouped(static_cast<std::uint64_t>(std::min(std::floor(whole), 1e18)));
}

}  // namespace

namespace {

bool alike(const PublishedScale& published, double parameters) {
  constexpr double size_class = 3;
  return published.parameters <= size_class * parameters && parameters <= size_class * published.parameters;
}

// Calls `each` with published runs, without the measured steps, until it says that it has seen enough.
template <class Each>
void for_each_run(const catalog::Catalog& catalog, double least_devices, const Each& each) {
  // cells of studies are texts as a flag takes them: "0.064B" is a count there, and bytes elsewhere
  const auto read = [](const catalog::Row& row, Input input, std::initializer_list<std::string_view> keys) {
    std::vector<diag::Diagnostic> told_elsewhere;
    for (const std::string_view key : keys) {
      const auto cell = row.cell(key);
      if (!cell) continue;
      const auto number = read_quantity(input, {std::string{cell->text()}, {}, {}}, told_elsewhere);
      if (number) return std::optional{number->coherent};
    }
    return std::optional<double>{};
  };
  for (const catalog::Row& row : catalog.rows(catalog::Kind::run)) {
    const auto count = row.cell("inputs.chips");
    if (count && count->note() == "predicted") continue;  // of a method, not of a run
    const auto devices = read(row, Input::chips, {"facts.chips", "inputs.chips"});
    if (!devices || *devices < least_devices) continue;
    const auto parameters = read(row, Input::params, {"facts.params", "inputs.params"});
    if (parameters &&
        each(PublishedScale{*parameters, *devices, std::string{row.id()}, std::string{row.source()}}))
      return;
  }
}

}  // namespace

std::vector<PublishedScale> published_scales(const catalog::Catalog& catalog, double least_devices) {
  std::vector<PublishedScale> out;
  for_each_run(catalog, least_devices, [&](PublishedScale run) {
    out.push_back(std::move(run));
    return false;
  });
  for (const predict::Timing& timing : predict::timings_from(catalog, least_devices)) {
    const auto& t = timing.training;
    if (t.kind != predict::TrainingKind::language || !t.network || !t.devices || t.lora) continue;
    const auto size = predict::weights(*t.network);
    out.push_back({size.total, *t.devices, timing.id, timing.source});
  }
  return out;
}

double critical_batch(double parameters, double tokens, const catalog::Catalog& catalog) {
  const double loss = model::predicted_loss(model::loss_laws().front(), parameters, tokens);
  return coefficient(catalog, "critical-batch") *
         std::pow(loss, -coefficient(catalog, "critical-batch-power"));
}

double most_devices(const StepLoad& load) {
  return std::max(1.0, load.batch / (load.sequence * load.micro)) * load.group;
}

std::optional<PublishedScale> largest_published(double parameters, const catalog::Catalog& catalog,
                                                double guess) {
  for (double least = guess;; least /= 8) {
    if (least < 1) least = 0;  // all of them
    std::optional<PublishedScale> out;
    for (const PublishedScale& p : published_scales(catalog, least)) {
      if (alike(p, parameters) && (!out || p.devices > out->devices)) out = p;
    }
    if (out || least == 0) return out;
  }
}

std::optional<diag::Diagnostic> beyond_published(const ResolvedRun& run, const catalog::Catalog& catalog) {
  constexpr double few = 64;  // so many are used for every size
  if (!run.inputs.devices() || !run.inputs.active_parameters()) return std::nullopt;
  const double devices = run.inputs.devices()->coherent();
  if (devices <= few || (run.network && !(run.network->sequence_length > 0))) return std::nullopt;
  double parameters = run.inputs.active_parameters()->coherent();
  if (run.network) parameters = std::max(parameters, run.network->parameters.total.as_double());
  if (run.forecast) {
    const auto& training = run.forecast->training;
    if (training.kind != predict::TrainingKind::language || training.lora) return std::nullopt;
    if (training.network && training.network->experts > 1 &&
        run.forecast->size_known) {  // of a mixture, all experts
      const auto size = predict::weights(*training.network);
      parameters = std::max(parameters, size.dense + size.experts);
    }
  }
  bool published = false;  // mostly found among the first runs
  for_each_run(catalog, devices, [&](const PublishedScale& p) { return published = alike(p, parameters); });
  if (published) return std::nullopt;
  const auto largest = largest_published(parameters, catalog, devices);
  if (!largest || devices <= largest->devices) return std::nullopt;
  return diag::Diagnostic{
      .code = "beyond-published",
      .message = in_digits(devices) +
                 " devices are more than any published training of this size (within a factor of 3) used: "
                 "the largest, " +
                 largest->name + " with " + human(largest->parameters, dim::parameter) + ", used " +
                 in_digits(largest->devices) + " [" + largest->source + "]",
      .where = {},
      .help = "what is predicted for more is an extrapolation",
      .severity = diag::Severity::warning};
}

// Pre-training of a language model whose size and tokens are known; of all else no critical batch is known.
void Resolver::check_scale() {
  if (options_.moved || options_.count_work || !has(Slot::devices)) return;
  if (!catalog_.find(catalog::Kind::coefficient, "critical-batch")) return;  // an edition from before
  if (!has(Slot::active_parameters) || !has(Slot::tokens)) return;
  if (scenario_.has(Input::finetune)) return;
  if (out_.network && !(out_.network->sequence_length > 0)) return;
  if (out_.forecast && out_.forecast->training.kind != predict::TrainingKind::language) return;
  const double devices = value(Slot::devices);
  double parameters = value(Slot::active_parameters);
  const double active = parameters;
  if (out_.network) parameters = std::max(parameters, out_.network->parameters.total.as_double());
  if (const auto& total = numbers_.quantity(Input::params))
    parameters = std::max(parameters, total->coherent);
  const double tokens = value(Slot::tokens) * (has(Slot::epochs) ? value(Slot::epochs) : 1);

  StepLoad load;
  load.sequence = static_cast<double>(numbers_.whole(Input::seq_len).value_or(0));
  if (!(load.sequence > 0) && out_.network) load.sequence = out_.network->sequence_length;
  if (!(load.sequence > 0)) load.sequence = predict::predictor(catalog_)->constants.usual.length;
  load.micro = static_cast<double>(numbers_.whole(Input::micro_batch).value_or(1));
  const auto& batch = numbers_.quantity(Input::global_batch);
  load.batch = batch ? batch->coherent : critical_batch(active, tokens, catalog_);
  bool laid_out = false;
  for (const Input input : {Input::tensor_parallel, Input::pipeline_parallel, Input::context_parallel}) {
    if (const auto n = numbers_.whole(input)) {
      load.group *= static_cast<double>(*n);
      laid_out = true;
    }
  }
  const auto memory = out_.hardware ? out_.hardware->number("memory") : std::nullopt;
  if (!laid_out) {
    if (!memory) return;  // what shares a sequence is not known
    const double bytes = model::state_bytes(model::Optimizer::adam, model::TrainingPrecision::mixed_16).sum();
    const double shared = std::ceil(load.sequence / coefficient(catalog_, "unshared-sequence"));
    load.group = shared * model::fewest_for_states(parameters, bytes, model::Memory::from_coherent(*memory));
  }
  const double most = most_devices(load);
  constexpr double rounding = 1e-9;
  out_.most_devices = most * (1 + rounding);
  if (devices >= 2 && devices > *out_.most_devices) {
    const std::string share = load.group > 1 ? in_digits(load.group) + " of them that share "
                                             : std::string{"each of them to have "};
    warn("beyond-scale",
         in_digits(devices) + " devices are more than the " + in_digits(most) +
             " that a step has work for, with " + share +
             (load.micro > 1 ? in_digits(load.micro) + " sequences" : std::string{"a sequence"}) + " of " +
             in_digits(load.sequence) + " tokens: " +
             (batch ? "the batch given has " + human(load.batch, dim::token)
                    : "beyond the critical batch, about " + human(load.batch, dim::token) +
                          " here [kaplan-2020, figure 10], more devices take more tokens, not less time"),
         batch ? "fewer devices, a larger batch, or a layout that shares a sequence (--tensor-parallel …)"
               : "fewer devices, or a layout that shares a sequence: --tensor-parallel, --pipeline-parallel");
  }
}

}  // namespace kwhatif::run
