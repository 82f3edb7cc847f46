// One architecture counted, and the memory of training it in the layout that was asked for.
#include "given_words.hpp"
#include "model_named.hpp"
#include <kwhatif/diag/words.hpp>
#include <kwhatif/model/adapters.hpp>
#include <kwhatif/model/image_size.hpp>
#include <kwhatif/model/regimes.hpp>
#include <kwhatif/quantity/format.hpp>
#include <kwhatif/run/memory_check.hpp>
#include <kwhatif/run/model_name.hpp>

#include <algorithm>
#include <array>
#include <iterator>

namespace kwhatif::ask {

namespace {

constexpr model::Count most_devices = 1U << 17U;
constexpr std::uint64_t largest_image = 100'000;  // pixels along a side

diag::Diagnostic warning(std::string code, std::string message, std::string help, diag::Span where = {}) {
  return {.code = std::move(code),
          .message = std::move(message),
          .where = std::move(where),
          .help = std::move(help),
          .severity = diag::Severity::warning};
}

std::string help_on_names(const catalog::Lookup& found, const std::string& kind) {
  std::string help = found.suggestion;
  for (const std::string& id : found.also) help += (help.empty() ? "it could be " : ", ") + id;
  return help + (help.empty() ? "" : " ") + "`kwhatif list " + kind + "` prints all";
}

std::uint64_t whole_or(const ModelQuestion::Option& given, std::uint64_t low, std::uint64_t high,
                       std::uint64_t otherwise) {
  return given ? whole_given(*given, low, high) : otherwise;
}

model::Count degree(const ModelQuestion::Option& given) { return whole_or(given, 1, 1'000'000, 1); }

model::Recompute recompute_of(const ModelQuestion& question) {
  constexpr std::array<std::string_view, 3> words{"none", "selective", "full"};
  return question.recompute ? static_cast<model::Recompute>(word_given(*question.recompute, words))
                            : model::Recompute::none;
}

model::Optimizer optimizer_of(const ModelQuestion& question) {
  using enum model::Optimizer;
  constexpr std::array<std::string_view, 6> words{"adam",      "adam-8bit", "adam-bf16",
                                                  "adafactor", "momentum",  "sgd"};
  constexpr std::array meant{adam, adam_8bit, adam_bf16_states, adafactor, momentum, sgd};
  return question.optimizer ? meant[word_given(*question.optimizer, words)] : adam;
}

// Data parallelism is what the other ways leave of the devices.
model::MemoryOptions layout_of(const ModelQuestion& question, double sequence_length,
                               std::vector<diag::Diagnostic>& warnings) {
  model::MemoryOptions out;
  out.sequence_length = sequence_length;
  out.optimizer = optimizer_of(question);
  out.recompute = recompute_of(question);
  out.micro_batch = static_cast<double>(whole_or(question.micro_batch, 1, 1'000'000, 1));
  auto& p = out.parallelism;
  p.zero_stage = static_cast<int>(whole_or(question.zero, 0, 3, 0));
  p.tensor = degree(question.tp);
  p.pipeline = degree(question.pp);
  p.expert = degree(question.ep);
  p.context = degree(question.context_parallel);
  p.virtual_stages = degree(question.virtual_stages);
  if (question.sequence_parallel) {
    constexpr std::array<std::string_view, 2> words{"no", "yes"};
    p.sequence_parallel = word_given(*question.sequence_parallel, words) == 1;
  }
  p.data = p.expert;
  if (question.chips) {
    const std::uint64_t all = whole_given(*question.chips, 1, 1'000'000'000);
    const std::uint64_t split = (p.tensor * p.pipeline * p.context).value();
    const std::string ways = question.context_parallel ? "--tp x --pp x --context-parallel" : "--tp x --pp";
    if (all % split != 0)
      diag::refuse("out-of-range", "--chips is no multiple of " + ways + " = " + std::to_string(split),
                   question.chips->where);
    p.data = all / split;
  }
  if (p.expert > p.data)
    diag::refuse("out-of-range",
                 "--ep spreads experts over the data-parallel devices: at most " + p.data.text() + " here",
                 question.ep->where, "raise --chips");
  if (p.virtual_stages > model::Count{1} && p.pipeline == model::Count{1})
    warnings.push_back(warning("no-effect", "--virtual-stages interleaves a pipeline, of which there is none",
                               "give --pp", question.virtual_stages->where));
  if (p.sequence_parallel && p.tensor == model::Count{1} && !question.hardware)
    warnings.push_back(warning(
        "no-effect", "--sequence-parallel shares among tensor-parallel devices, of which there is one",
        "give --tp", question.sequence_parallel->where));
  if (p.zero_stage > 0 && p.data * p.context == model::Count{1} && !question.hardware)
    warnings.push_back(warning("no-effect", "--zero shards over data-parallel devices, of which there is one",
                               "give --chips, or --hardware for the smallest number", question.zero->where));
  return out;
}

struct Device {
  std::string id;
  model::Memory memory;
};

Device device_of(const run::Given& hardware, const catalog::Catalog& tables) {
  const auto found = tables.lookup(catalog::Kind::hardware, hardware.text);
  if (!found.row)
    diag::refuse("unknown-hardware", "no device '" + hardware.text.substr(0, 60) + "'", hardware.where,
                 help_on_names(found, "hardware"));
  const auto memory = found.row->number("memory");
  if (!memory)
    diag::refuse("no-data", "the tables do not know the memory of " + std::string{found.row->id()},
                 hardware.where);
  return {std::string{found.row->id()}, model::Memory::from_coherent(*memory)};
}

MemoryPlan plan_of(const ModelQuestion& question, const run::Network& network,
                   const model::MemoryOptions& layout, const std::optional<Device>& device,
                   const model::MemoryCalibration& calibration) {
  const auto& architecture = network.architecture;
  const auto& inventory = network.inventory;
  const auto fewest = [&](const model::MemoryOptions& options, model::Memory memory, model::Fit worst) {
    return model::smallest_fit(architecture, inventory, options, calibration, memory, worst, most_devices);
  };
  MemoryPlan out{.options = layout,
                 .need = model::training_memory(architecture, inventory, layout, calibration)};
  out.given = question.hardware || question.optimizer || question.zero || question.micro_batch ||
              question.chips || question.tp || question.pp || question.ep || question.context_parallel ||
              question.virtual_stages || question.sequence_parallel;
  model::MemoryOptions free = layout;
  if (!question.sequence_parallel) free.parallelism.sequence_parallel = true;
  if (device) {
    out.device = device->id;
    out.device_memory = device->memory;
    out.share = out.need.total().coherent() / device->memory.coherent();
    if (!question.zero) free.parallelism.zero_stage = 3;
    if (!question.recompute) free.recompute = model::Recompute::full;
    out.fit = model::fit_of(out.need, device->memory, calibration);
    out.fewest = fewest(free, device->memory, model::Fit::fits);
    if (const auto possible = fewest(free, device->memory, model::Fit::may_fit))
      out.possible = possible->parallelism.devices();
    return out;
  }
  if (!out.given) {
    free.recompute = model::Recompute::full;
    out.recomputed = model::training_memory(architecture, inventory, free).activations;
    free.parallelism.zero_stage = 3;
  }
  free.parallelism.data = free.parallelism.tensor = free.parallelism.pipeline = 1;
  for (const double bytes : {24e9, 40e9, 80e9, 141e9}) {
    const auto memory = model::Memory::from_coherent(bytes);
    const auto fit = fewest(free, memory, model::Fit::fits);
    out.sizes.push_back({memory, fit ? std::optional{fit->parallelism.devices()} : std::nullopt});
  }
  return out;
}

// The model of the tables that adapters stand on.
catalog::Row base_of(const model::AdapterFile& file, const run::Given& name, const catalog::Catalog& tables) {
  const std::string flags = " --finetune lora --rank " + file.rank.text();
  if (file.base.empty())
    diag::refuse("config-not-a-model",
                 name.text + " describes adapters (LoRA, rank " + file.rank.text() +
                     ") and does not name the model that they are for",
                 name.where, "count the base: estimate --model BASE" + flags);
  const auto found = run::find_model(tables, file.base);
  if (!found.row)
    diag::refuse("config-not-a-model",
                 name.text + " describes adapters (LoRA, rank " + file.rank.text() + ") of '" +
                     file.base.substr(0, 60) + "', which is no model of the tables",
                 name.where, "count the base by its own config.json: estimate --config BASE.json" + flags);
  return *found.row;
}

// Counts a network as it is trained with adapters; the same rule as --finetune lora, over the matrices that
// the file names.
model::Count tune(run::Network& network, const model::AdapterFile& file, double length,
                  model::Recompute recompute) {
  const model::Count frozen = network.parameters.total;
  const model::FlopCount base = network.flops;
  const model::Count trained =
      model::add_adapters(network.inventory, network.architecture, file, network.name);
  network.parameters = model::count_parameters(network.inventory);
  network.flops = model::count_flops(network.inventory, {.sequence_length = length, .recompute = recompute});
  const auto cost = model::low_rank_tuning(base, trained, 1);
  model::FlopCount& flops = network.flops;
  flops.training = quantity::FlopPerToken<>::from_coherent(cost.flop());
  flops.training_executed = quantity::FlopPerToken<>::from_coherent(cost.executed_flop());
  if (flops.six_n.coherent() > 0) flops.training_over_six_n = cost.flop() / flops.six_n.coherent();
  flops.counted =
      "frozen base: forward and gradient to inputs, attention products in full; adapters: all "
      "three passes; " +
      flops.counted_forward;
  network.remarks.push_back(
      {.code = "config-adapters",
       .message =
           "LoRA of rank " + file.rank.text() + " on " +
           (file.all_linear ? std::string{"all matrices but the output"}
                            : diag::listed(file.targets, ", ", [](const std::string& t) { return t; })) +
           ": " + quantity::grouped(trained.value()) + " parameters are trained beside a frozen base of " +
           quantity::grouped(frozen.value()),
       .severity = diag::Severity::note});
  return trained;
}

}  // namespace

NamedModel named_model(const ModelQuestion& question, const run::Given& name, const catalog::Catalog& tables,
                       std::vector<diag::Diagnostic>& warnings) {
  if (name.text.empty())
    diag::refuse("missing-value", "model needs the id of a model or a config.json", {},
                 "write for example: kwhatif model llama-3.1-405b; `kwhatif list models` prints all");
  NamedModel out;
  std::string text;
  std::string shown = name.text;
  const auto meant = run::model_name(tables, name.text);
  if (meant.found.row) {
    out.preset = meant.found.row;
    try {
      text = run::config_of(*out.preset);
    } catch (const diag::Error& error) {
      const auto& why = error.diagnostics().front();
      diag::refuse(why.code, why.message, name.where,
                   "a config.json of it, or `kwhatif show model` for what is known");
    }
    shown = out.preset->id();
  } else {
    try {
      if (!question.files) diag::refuse("cannot-read", name.text + ": no files are read here", {});
      text = question.files(name.text)->text;
    } catch (const diag::Error& error) {
      if (meant.file) diag::refuse("cannot-read", error.diagnostics().front().message, name.where);
      diag::refuse("unknown-model", "no model or file '" + name.text.substr(0, 60) + "'", name.where,
                   run::help_on_model(tables, name.text, meant.found));
    }
  }
  const auto adapters = out.preset ? std::nullopt : model::read_adapter_file(text, shown);
  if (adapters) {
    const catalog::Row base = base_of(*adapters, name, tables);
    text = run::config_of(base);
    shown += " on " + std::string{base.id()};
  }
  auto architecture = model::read_config(text, shown).architecture;
  if (question.image_size && model::sees_images(architecture)) {
    text = model::at_image_size(text, whole_given(*question.image_size, 1, largest_image));
    architecture = model::read_config(text, shown).architecture;
  } else if (question.image_size) {
    warnings.push_back(warning("no-effect",
                               question.image_size->named + " has no effect: " + shown + " sees no images",
                               "leave it out", question.image_size->where));
  }
  const auto assumed = run::assumed_length(architecture, tables);
  const auto published = out.preset ? out.preset->number("sequence_length") : std::nullopt;
  const double length = question.seq_len ? static_cast<double>(whole_given(*question.seq_len, 1, 100'000'000))
                                         : published.value_or(assumed.tokens);
  out.network = run::count_network(text, shown, length, recompute_of(question));
  if (adapters) out.trainable = tune(out.network, *adapters, length, recompute_of(question));
  std::copy_if(out.network.remarks.begin(), out.network.remarks.end(), std::back_inserter(warnings),
               [](const diag::Diagnostic& d) { return d.severity == diag::Severity::warning; });
  if (!question.seq_len && out.network.sequence_length > 0 && assumed.context_longer && !published)
    warnings.push_back(warning("assumed-length",
                               shown + ": the config allows " +
                                   quantity::shortest(architecture.context_length.as_double()) +
                                   " tokens; FLOPs are counted at " + quantity::shortest(length),
                               "--seq-len sets the length trained at"));
  return out;
}

ModelAnswer model(const ModelQuestion& question, const catalog::Catalog& tables) {
  ModelAnswer out;
  auto named = named_model(question, question.name, tables, out.warnings);
  for (const auto* option : {&question.equal, &question.equivalence, &question.loss_law, &question.tokens}) {
    if (*option)
      diag::refuse("missing-value", (*option)->named + " needs a second model", (*option)->where,
                   "name it with --against");
  }
  out.network = std::move(named.network);
  out.preset = std::move(named.preset);
  auto layout = layout_of(question, out.network.sequence_length, out.warnings);
  layout.trainable = named.trainable;
  const auto device = question.hardware ? std::optional{device_of(*question.hardware, tables)} : std::nullopt;
  if (out.network.sequence_length > 0)
    out.memory = plan_of(question, out.network, layout, device, run::memory_calibration(tables));
  return out;
}

}  // namespace kwhatif::ask
