#include <kwhatif/model/regimes.hpp>

#include <cmath>
#include <numeric>
#include <stdexcept>

namespace kwhatif::model {
namespace {

double forward_of(const FlopCount& count) { return count.forward.coherent(); }
double recomputed_of(const FlopCount& count) {
  return count.training_executed.coherent() - count.training.coherent();
}

double positive(double value, const char* what) {
  if (!(value > 0) || !std::isfinite(value))
    throw std::invalid_argument(std::string(what) + " must be positive");
  return value;
}

constexpr double backward_passes = 2;  // gradient to inputs, gradient to weights

void add_training(StageCost& cost, const std::string& who, const FlopCount& model, double tokens) {
  cost.terms.push_back({who + ", forward", tokens, forward_of(model) * tokens});
  cost.terms.push_back({who + ", backward", tokens, backward_passes * forward_of(model) * tokens});
  cost.recomputed_flop += recomputed_of(model) * tokens;
}

void add_forward(StageCost& cost, const std::string& who, const FlopCount& model, double tokens) {
  cost.terms.push_back({who + ", forward", tokens, forward_of(model) * tokens});
}

bool is_targeted(const Weight& weight, AdapterTargets targets) {
  if (weight.use != Use::matrix) return false;
  const std::string_view name = weight.name;
  switch (targets) {
    case AdapterTargets::attention_query_value:
      return weight.part == Part::attention && (name.ends_with("query") || name.ends_with("value"));
    case AdapterTargets::attention:
      return weight.part == Part::attention;
    case AdapterTargets::all_linear:
      return weight.part == Part::attention || weight.part == Part::feed_forward ||
             weight.part == Part::experts || weight.part == Part::state_space;
  }
  return false;
}

// Bytes of weights that one decoding step reads: active ones at least; with a batch, experts fill up until
// all are read. A batch of b with k of E experts each misses one with probability (1 - k/E)^b.
double weights_per_step(const Inventory& inventory, const Generation& text) {
  double bytes = 0;
  for (const Weight& weight : inventory.weights) {
    if (weight.use == Use::token_table || weight.use == Use::table) continue;
    const double stored = (weight.elements() * weight.stored).as_double();
    const double active = (weight.elements() * weight.active).as_double();
    double read = stored;
    if (active < stored) read = stored * (1 - std::pow(1 - active / stored, text.batch));
    bytes += read * text.weight_bytes;
  }
  return bytes;
}

void check(const Generation& text) {
  positive(text.prompts, "the number of prompts");
  positive(text.samples_per_prompt, "the number of samples per prompt");
  positive(text.answer_tokens, "the length of an answer");
  positive(text.batch, "the batch");
  if (text.prompt_tokens < 0) throw std::invalid_argument("the length of a prompt must not be negative");
}

}  // namespace

double StageCost::flop() const {
  return std::accumulate(terms.begin(), terms.end(), 0.0,
                         [](double sum, const StageTerm& term) { return sum + term.flop; });
}

StageCost full_training(const FlopCount& model, double tokens) {
  positive(tokens, "the number of tokens");
  StageCost cost{.regime = "training of all weights"};
  add_training(cost, "model", model, tokens);
  return cost;
}

Count adapter_parameters(const Inventory& inventory, AdapterTargets targets, Count rank) {
  if (rank == Count{0}) throw std::invalid_argument("the rank must be at least 1");
  Count total;
  for (const Weight& weight : inventory.weights) {
    if (weight.active == Count{0} && weight.stored > 0)
      continue;  // of a tower, which no token of text passes
    if (is_targeted(weight, targets)) total += rank * (weight.rows + weight.columns) * weight.stored;
  }
  return total;
}

StageCost low_rank_tuning(const FlopCount& model, Count adapter, double tokens) {
  positive(tokens, "the number of tokens");
  StageCost cost{.regime = "low-rank fine-tuning"};
  const double f = forward_of(model);
  const double products = model.products.coherent();
  constexpr double flop_per_trained_parameter = 6;  // forward and both gradients, 2 FLOP each
  cost.terms.push_back({"frozen model, forward", tokens, f * tokens});
  cost.terms.push_back({"frozen model, gradient to inputs", tokens, (f - products) * tokens});
  // Both factors of an attention product come from activations: there is no frozen side to leave out.
  if (products > 0)
    cost.terms.push_back({"attention products, backward", tokens, backward_passes * products * tokens});
  cost.terms.push_back(
      {"adapters, forward and backward", tokens, flop_per_trained_parameter * adapter.as_double() * tokens});
  cost.recomputed_flop = recomputed_of(model) * tokens;
  cost.note = "the gradient to frozen weights is skipped; layers below the first adapter could skip more";
  return cost;
}

StageCost distillation(const FlopCount& student, const FlopCount& teacher, double tokens,
                       TeacherOutput output) {
  positive(tokens, "the number of tokens");
  StageCost cost{.regime = "knowledge distillation"};
  add_training(cost, "student", student, tokens);
  if (output == TeacherOutput::computed) {
    add_forward(cost, "teacher", teacher, tokens);
  } else {
    cost.note = "the teacher's outputs are taken from storage and cost nothing here";
  }
  return cost;
}

StageCost preference_optimisation(const FlopCount& policy, const FlopCount& reference, double tokens,
                                  TeacherOutput reference_output) {
  positive(tokens, "the number of tokens");
  StageCost cost{.regime = "direct preference optimisation"};
  add_training(cost, "policy", policy, tokens);
  if (reference_output == TeacherOutput::computed) add_forward(cost, "reference", reference, tokens);
  cost.note = "tokens are those of both answers of each pair";
  return cost;
}

StageCost generation(const Architecture& architecture, const Inventory& inventory, const TextCounts& model,
                     const Generation& text) {
  check(text);
  StageCost cost{.regime = "generation"};
  const double prompt_tokens =
      text.prompts * text.prompt_tokens;  // read once, whatever the number of answers
  const double decoded = text.answers() * text.answer_tokens;
  const double prompt = forward_of(model.prompt) * text.prompt_tokens;  // [FLOP] of one
  const double whole = forward_of(model.whole) * (text.prompt_tokens + text.answer_tokens);
  if (prompt_tokens > 0) cost.terms.push_back({"prompts, forward", prompt_tokens, text.prompts * prompt});
  // An answer attends to its prompt as well: what the whole costs beyond the prompt alone.
  cost.decode_flop = text.answers() * (whole - prompt);
  cost.terms.push_back({"answers, token by token", decoded, cost.decode_flop});
  const double cache = key_value_cache_per_token(architecture, text.cache_bytes).coherent();
  const double mean_context = text.prompt_tokens + text.answer_tokens / 2;
  cost.decode_bytes = decoded * (weights_per_step(inventory, text) / text.batch + cache * mean_context);
  cost.note =
      "decoding is bound by memory bandwidth: its time follows from the bytes read, not from the FLOPs";
  return cost;
}

StageCost ppo(const StageCost& generated, const Generation& text, const PpoModels& models, double epochs) {
  positive(epochs, "the number of epochs");
  StageCost cost = generated;
  cost.regime = "reinforcement learning (PPO)";
  const double tokens = text.tokens();
  add_forward(cost, "reward model", models.reward, tokens);
  add_forward(cost, "reference policy", models.policy, tokens);
  add_forward(cost, "value model", models.value, tokens);
  add_forward(cost, "old policy", models.policy, tokens);
  add_training(cost, "policy", models.policy, tokens * epochs);
  add_training(cost, "value model", models.value, tokens * epochs);
  return cost;
}

StageCost grpo(const StageCost& generated, const Generation& text, const FlopCount& policy,
               bool uses_reference, double epochs) {
  positive(epochs, "the number of epochs");
  StageCost cost = generated;
  cost.regime = "reinforcement learning (GRPO)";
  const double tokens = text.tokens();
  if (uses_reference) add_forward(cost, "reference policy", policy, tokens);
  add_training(cost, "policy", policy, tokens * epochs);
  cost.note += "; rewards by rules cost nothing here";
  return cost;
}

StageCost forward_only(const FlopCount& model, double tokens, std::string_view regime) {
  positive(tokens, "the number of tokens");
  StageCost cost{.regime = std::string(regime)};
  add_forward(cost, "model", model, tokens);
  return cost;
}

StageCost quantisation_aware_training(const FlopCount& model, double tokens, double overhead) {
  if (!(overhead >= 1) || !std::isfinite(overhead)) {
    throw std::invalid_argument("the overhead of quantisation-aware training is a factor of at least 1");
  }
  StageCost cost = full_training(model, tokens);
  cost.regime = "quantisation-aware training";
  cost.terms.push_back({"simulated rounding", tokens, (overhead - 1) * cost.flop()});
  return cost;
}

StageCost prune_and_heal(const FlopCount& whole, double calibration_tokens, const FlopCount& pruned,
                         double healing_tokens) {
  positive(healing_tokens, "the number of tokens");
  StageCost cost{.regime = "pruning and healing"};
  if (calibration_tokens > 0) add_forward(cost, "whole model, calibration", whole, calibration_tokens);
  add_training(cost, "pruned model", pruned, healing_tokens);
  return cost;
}

StageCost search(double final_flop, std::span<const TrialGroup> groups) {
  positive(final_flop, "the compute of the final run");
  StageCost cost{.regime = "search"};
  for (const TrialGroup& group : groups) {
    const double relative = group.relative_size * group.relative_tokens;
    if (!(group.trials >= 0) || !(relative >= 0))
      throw std::invalid_argument("a group of trials is negative");
    cost.terms.push_back({"trials", 0, final_flop * group.trials * relative});
  }
  cost.note = "FLOPs scale with active parameters and tokens; the final run is not included";
  return cost;
}

}  // namespace kwhatif::model
