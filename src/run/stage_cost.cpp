#include "stage_cost.hpp"

#include <kwhatif/quantity/format.hpp>
#include <kwhatif/run/model_name.hpp>

#include <array>
#include <cmath>
#include <stdexcept>

namespace kwhatif::run {

namespace {

using catalog::Responsible;
using catalog::Standing;

// A network taking part in a stage; without an architecture only its FLOPs by 2 N per token are known.
struct Counted {
  model::FlopCount flops;
  std::shared_ptr<const Network> network;
};

model::FlopCount rough_count(double parameters, double executed_ratio) {
  constexpr double forward_flop = 2;  // per parameter and token
  constexpr double passes = 3;        // forward and both gradients
  model::FlopCount out;
  out.forward = quantity::FlopPerToken<>::from_coherent(forward_flop * parameters);
  out.training = quantity::FlopPerToken<>::from_coherent(passes * forward_flop * parameters);
  out.training_executed =
      quantity::FlopPerToken<>::from_coherent(passes * forward_flop * parameters * executed_ratio);
  return out;
}

class Coster {
 public:
  Coster(const StageGiven& stage, const Scenario& inputs, const ResolvedRun& known,
         std::optional<double> final_flop, const catalog::Catalog& catalog,
         std::vector<diag::Diagnostic>& faults)
      : stage_(stage),
        inputs_(inputs),
        known_(known),
        final_flop_(final_flop),
        catalog_(catalog),
        faults_(faults) {}

  std::optional<CostedStage> cost() {
    const std::size_t before = faults_.size();
    const Regime regime = *regime_by_id(stage_.regime);
    const auto own = trained();
    if (!own && !(regime == Regime::search && final_flop_ && !inputs_.has(Input::tokens))) {
      missing("the model is unknown", "give params, model or config, in the stage or in [model]");
    } else {
      try {
        count(regime, own ? *own : Counted{});
      } catch (const std::invalid_argument& error) {
        fault("out-of-range", error.what(), stage_.where);
      }
    }
    if (faults_.size() > before) return std::nullopt;
    return std::move(out_);
  }

 private:
  void fault(std::string code, const std::string& message, const diag::Span& where, std::string help = {}) {
    faults_.push_back({.code = std::move(code),
                       .message = "stage '" + stage_.name + "': " + message,
                       .where = where,
                       .help = std::move(help)});
  }
  void missing(const std::string& what, const std::string& help) {
    fault("missing-input", what, stage_.where, help);
  }

  const Given* own(std::string_view key) const {
    const auto found = stage_.own.find(key);
    return found == stage_.own.end() ? nullptr : &found->second;
  }

  // Checked where it was read.
  std::optional<double> number(std::string_view key) const {
    const Given* given = own(key);
    if (given == nullptr) return std::nullopt;
    return quantity::parse(given->text, {.dimension = stage_key(key)->dimension, .bare_number = true})
        .value.coherent;
  }

  double needed(std::string_view key) {
    if (const auto n = number(key)) return *n;
    missing(std::string{key} + " is missing",
            "write for example " + std::string{key} + " = \"" + std::string{stage_key(key)->example} + '"');
    return 1;
  }

  double assumed(std::string_view key, double otherwise, const std::string& why) {
    if (const auto n = number(key)) return *n;
    const std::string text = quantity::shortest(otherwise);
    out_.choices.push_back({std::string{key},
                            text,
                            {.responsible = Responsible::fallback,
                             .standing = Standing::assumed,
                             .source = {},
                             .at = {},
                             .note = why,
                             .text = text}});
    return otherwise;
  }

  std::optional<double> quantity_of(Input input) {
    const auto& given = inputs_.get(input);
    if (!given) return std::nullopt;
    const auto parsed = read_quantity(input, *given, faults_);
    if (!parsed) return std::nullopt;
    if (parsed->coherent > 0) return parsed->coherent;
    fault("out-of-range", given->named + " = " + given->text + " is out of range", given->where);
    return std::nullopt;
  }

  // Tokens of all passes over the data.
  std::optional<double> tokens() {
    const std::size_t before = faults_.size();
    const auto& given = inputs_.get(Input::tokens);
    if (given && given->text == "optimal") {
      fault("conflict", "tokens = optimal is for training from scratch", given->where,
            "give the number of tokens");
      return std::nullopt;
    }
    const auto n = quantity_of(Input::tokens);
    const auto epochs = quantity_of(Input::epochs);
    if (n) return *n * epochs.value_or(1);
    if (faults_.size() == before) missing("the number of tokens is missing", "give tokens");
    return std::nullopt;
  }

  double executed_ratio() const {
    return known_.inputs.executed_ratio() ? known_.inputs.executed_ratio()->coherent() : 1;
  }

  std::optional<Counted> trained() const {
    if (known_.network) return Counted{known_.network->flops, known_.network};
    if (known_.inputs.active_parameters())
      return Counted{rough_count(known_.inputs.active_parameters()->coherent(), executed_ratio()), nullptr};
    return std::nullopt;
  }

  double length() const {
    if (known_.network && known_.network->sequence_length > 0) return known_.network->sequence_length;
    return *catalog_.find(catalog::Kind::fallback, "sequence-length")->number("value");
  }

  // Another model of the stage: an id of the tables, a number of parameters or a config.json.
  std::optional<Counted> other(std::string_view key) {
    const Given& given = *own(key);
    const auto size =
        quantity::parse(given.text, {.dimension = quantity::dim::parameter, .bare_number = true});
    constexpr double smallest = 1000;
    if (size.ok && size.value.coherent >= smallest)
      return Counted{rough_count(size.value.coherent, 1), nullptr};
    try {
      std::string text;
      std::string shown = given.text;
      const auto [found, file] = model_name(catalog_, given.text);
      if (file) {
        text = inputs_.file(given.text);
      } else {
        if (!found.row) {
          fault("unknown-model", given.named + ": no model '" + given.text.substr(0, 60) + "'", given.where,
                found.suggestion + (found.suggestion.empty() ? "" : " ") +
                    "an id of `kwhatif list models`, a config.json, or a number of parameters such as 70B");
          return std::nullopt;
        }
        text = config_of(*found.row);
        shown = found.row->id();
      }
      auto network = std::make_shared<Network>(count_network(text, shown, length()));
      return Counted{network->flops, std::move(network)};
    } catch (const diag::Error& error) {
      for (diag::Diagnostic d : error.diagnostics()) {
        if (d.where.source == nullptr) d.where = given.where;
        faults_.push_back(std::move(d));
      }
      return std::nullopt;
    }
  }

  Counted other_or(std::string_view key, const Counted& otherwise) {
    if (own(key) == nullptr) return otherwise;
    return other(key).value_or(otherwise);
  }

  model::TeacherOutput outputs() const {
    const Given* given = own("outputs");
    return given != nullptr && given->text == "stored" ? model::TeacherOutput::stored
                                                       : model::TeacherOutput::computed;
  }

  model::Generation text_to_generate(bool several_samples) {
    model::Generation text;
    text.prompts = needed("prompts");
    text.prompt_tokens = needed("prompt_tokens");
    text.answer_tokens = needed("answer_tokens");
    text.samples_per_prompt = several_samples ? needed("samples") : number("samples").value_or(1);
    text.batch = assumed("batch", 64,
                         "answers decoded together on one copy of the weights; a larger batch reads less");
    text.weight_bytes = assumed("weight_bytes", 2, "16-bit weights");
    text.cache_bytes = assumed("cache_bytes", 2, "16-bit key-value cache");
    return text;
  }

  static model::StageCost generated(const Counted& policy, const model::Generation& text) {
    if (policy.network) {
      const model::Inventory& inventory = policy.network->inventory;
      const model::FlopCount prompt =
          text.prompt_tokens > 0 ? model::count_flops(inventory, {.sequence_length = text.prompt_tokens})
                                 : policy.flops;
      return model::generation(policy.network->architecture, inventory, {prompt, policy.flops}, text);
    }
    // without an architecture: all weights once per step, no cache
    model::StageCost cost{.regime = "generation"};
    const double forward = policy.flops.forward.coherent();
    const double prompts = text.prompts * text.prompt_tokens;
    const double decoded = text.answers() * text.answer_tokens;
    if (prompts > 0) cost.terms.push_back({"prompts, forward", prompts, forward * prompts});
    cost.terms.push_back({"answers, token by token", decoded, forward * decoded});
    cost.decode_flop = forward * decoded;
    cost.decode_bytes = decoded * forward / 2 * text.weight_bytes / text.batch;
    cost.note = "the key-value cache is left out: it needs an architecture (model or config)";
    return cost;
  }

  void count(Regime regime, const Counted& policy) {
    switch (regime) {
      case Regime::distill: {
        if (own("teacher") == nullptr) {
          missing("teacher is missing",
                  "write for example teacher = \"llama-3.1-405b\" or teacher = \"405B\"");
          return;
        }
        const auto teacher = other("teacher");
        const auto n = tokens();
        if (n && teacher) out_.cost = model::distillation(policy.flops, teacher->flops, *n, outputs());
        return;
      }
      case Regime::prune: {
        if (own("whole") == nullptr && own("calibration_tokens") != nullptr)
          missing("whole is missing", "name the model before pruning: whole = \"llama-3.1-405b\"");
        const Counted whole = other_or("whole", policy);
        if (const auto n = tokens())
          out_.cost =
              model::prune_and_heal(whole.flops, number("calibration_tokens").value_or(0), policy.flops, *n);
        return;
      }
      case Regime::qat: {
        const double rounding = assumed("rounding", 1.2, "reports lie between 1.1 and 1.3");
        if (const auto n = tokens())
          out_.cost = model::quantisation_aware_training(policy.flops, *n, rounding);
        return;
      }
      case Regime::dpo: {
        const Counted reference = other_or("reference", policy);
        if (const auto n = tokens())
          out_.cost = model::preference_optimisation(policy.flops, reference.flops, *n, outputs());
        return;
      }
      case Regime::ppo: {
        const auto text = text_to_generate(false);
        const Counted reward = other_or("reward", policy);
        const Counted value = other_or("value", policy);
        const double passes = assumed("passes", 1, "each batch of answers is used once");
        out_.cost =
            model::ppo(generated(policy, text), text, {policy.flops, reward.flops, value.flops}, passes);
        return;
      }
      case Regime::grpo: {
        const auto text = text_to_generate(true);
        const Given* kl = own("kl");
        const double passes = assumed("passes", 1, "each batch of answers is used once");
        out_.cost = model::grpo(generated(policy, text), text, policy.flops,
                                kl == nullptr || kl->text != "no", passes);
        return;
      }
      case Regime::evaluate: {
        if (own("prompts") != nullptr) {
          out_.cost = generated(policy, text_to_generate(false));
          out_.cost.regime = "evaluation";
        } else if (const auto n = tokens()) {
          out_.cost = model::forward_only(policy.flops, *n, "evaluation");
        }
        return;
      }
      case Regime::search: {
        const model::TrialGroup group{needed("trials"), number("relative_size").value_or(1),
                                      number("relative_tokens").value_or(1)};
        std::optional<double> final_run = final_flop_;
        if (inputs_.has(Input::tokens) || !final_run) {
          const auto n = tokens();
          final_run = n ? std::optional{policy.flops.training.coherent() * *n} : std::nullopt;
        }
        if (final_run) out_.cost = model::search(*final_run, std::array{group});
        return;
      }
      case Regime::pretrain:
      case Regime::long_context:
      case Regime::anneal:
      case Regime::finetune:
      case Regime::lora:
      case Regime::qlora:
      case Regime::other:
        break;
    }
  }

  const StageGiven& stage_;
  const Scenario& inputs_;
  const ResolvedRun& known_;
  std::optional<double> final_flop_;
  const catalog::Catalog& catalog_;
  std::vector<diag::Diagnostic>& faults_;
  CostedStage out_;
};

}  // namespace

bool is_plain(Regime regime) {
  switch (regime) {
    case Regime::pretrain:
    case Regime::long_context:
    case Regime::anneal:
    case Regime::finetune:
    case Regime::lora:
    case Regime::qlora:
    case Regime::other:
      return true;
    default:
      return false;
  }
}

std::optional<CostedStage> cost_of(const StageGiven& stage, const Scenario& inputs, const ResolvedRun& known,
                                   std::optional<double> final_flop, const catalog::Catalog& catalog,
                                   std::vector<diag::Diagnostic>& faults) {
  return Coster{stage, inputs, known, final_flop, catalog, faults}.cost();
}

}  // namespace kwhatif::run
