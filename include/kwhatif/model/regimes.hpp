// What each kind of training work costs, as a list of passes over tokens.
//
// A regime takes the exact FLOP counts of the networks involved (FlopCount) and gives a StageCost: labelled
// terms of model FLOPs and, where text is generated, the bytes that decoding must read, since decoding is
// bound by memory bandwidth and not by FLOPs. A stage of a run file is one StageCost.
#pragma once

#include <kwhatif/model/flops.hpp>
#include <kwhatif/model/inventory.hpp>
#include <kwhatif/model/memory.hpp>

#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace kwhatif::model {

/// One kind of pass within a stage.
struct StageTerm {
  std::string label;  ///< "reference model, forward"
  double tokens = 0;  ///< [token]
  double flop = 0;    ///< model FLOPs [FLOP]
};

/// The cost of one stage.
struct StageCost {
  std::string regime = {};
  std::vector<StageTerm> terms = {};
  double recomputed_flop = 0;  ///< executed beside the model FLOPs [FLOP]
  double decode_bytes = 0;     ///< read from memory while generating, over all devices [B]
  double decode_flop = 0;      ///< of the model FLOPs above, those spent decoding [FLOP]
  std::string note = {};       ///< what the count leaves out or assumes

  double flop() const;                                               ///< model FLOPs [FLOP]
  double executed_flop() const { return flop() + recomputed_flop; }  ///< [FLOP]
};

/// Training of all weights: pre-training, a long-context phase, annealing, full fine-tuning.
///
///   C = 3f · D
///
/// @param model   counted at the sequence length and recomputation of the stage
/// @param tokens  D, epochs included   [token]  > 0
StageCost full_training(const FlopCount& model, double tokens);

/// Which matrices get low-rank adapters.
enum class AdapterTargets { attention_query_value, attention, all_linear };

/// Parameters of low-rank adapters: Σ rank · (rows + columns) over the targeted matrices, experts included.
///
/// @param rank  r  [1]  > 0
/// @source      hu-2021, section 4.2
/// @tested      golden: GPT-3 with r = 8 on query and value has 37.7M (hu-2021, table 4)
Count adapter_parameters(const Inventory& inventory, AdapterTargets targets, Count rank);

/// Low-rank fine-tuning of a frozen base (LoRA, QLoRA).
///
///   C = (2f + p + 6·N_adapter) · D: forward and gradient to inputs of the base, all three passes of the
///   adapters; p of f are products without weights (scores and weighted sums of attention, scans)
///
/// The gradient to the weights of frozen matrices is skipped. A product of two activations has no frozen
/// side: its backward runs in full, 3p in all. De-quantisation (QLoRA) costs time, not FLOPs.
/// @param adapter  parameters of the adapters   [param]
/// @source         hu-2021; dettmers-2023
StageCost low_rank_tuning(const FlopCount& model, Count adapter, double tokens);

/// How a teacher's output reaches the student.
enum class TeacherOutput { computed, stored };

/// Knowledge distillation.
///
///   C = 3f_student · D + f_teacher · D (left out where its outputs are stored)
///
/// @source  busbridge-2025, eq. 9
StageCost distillation(const FlopCount& student, const FlopCount& teacher, double tokens,
                       TeacherOutput output);

/// Direct preference optimisation on pairs of answers.
///
///   C = 3f · D + f_reference · D over the tokens of both answers; the reference once only where stored
///
/// @param tokens  of both answers of all pairs, prompts included, epochs included   [token]
/// @source        rafailov-2023, section 4
StageCost preference_optimisation(const FlopCount& policy, const FlopCount& reference, double tokens,
                                  TeacherOutput reference_output);

/// Text that a stage generates.
struct Generation {
  double prompts = 0;             ///< number of prompts
  double samples_per_prompt = 1;  ///< the group size of GRPO
  double prompt_tokens = 0;       ///< per prompt      [token]
  double answer_tokens = 0;       ///< per answer      [token]
  double batch = 1;               ///< answers decoded together on one copy of the weights
  double weight_bytes = 2;        ///< per parameter   [B]
  double cache_bytes = 2;         ///< per element of the key-value cache  [B]

  double answers() const { return prompts * samples_per_prompt; }
  double tokens() const { return answers() * (prompt_tokens + answer_tokens); }
};

/// A model counted at the two lengths of a text that is generated.
struct TextCounts {
  const FlopCount& prompt;  ///< at the length of the prompt alone; not used where that is 0
  const FlopCount& whole;   ///< at the length of prompt and answer
};

/// Generation by itself: evaluation with sampling, synthetic data.
///
///   C = prompts · prompt · f(prompt) + answers · ((prompt + answer) · f(prompt + answer) - prompt ·
///   f(prompt)) bytes = decoding steps · (weights / batch + cache of the context so far)
///
/// A decoding step reads the active weights at least, and all experts once the batch touches them all.
/// @param architecture  for the cache
StageCost generation(const Architecture& architecture, const Inventory& inventory, const TextCounts& model,
                     const Generation& text);

/// Reinforcement learning from a reward model with a value network (PPO).
///
///   generate; then per token reward f_r + reference f + value f_v + old policy f, and epochs · 3 · (f + f_v)
///
/// @param epochs  passes over each batch of answers   [1]
/// @source        ouyang-2022, appendix C; schulman-2017
struct PpoModels {
  const FlopCount& policy;
  const FlopCount& reward;
  const FlopCount& value;
};
StageCost ppo(const StageCost& generated, const Generation& text, const PpoModels& models, double epochs);

/// Group-relative policy optimisation: no value network; the reference only where a KL term is used.
///
/// @source  shao-2024, section 4.1
StageCost grpo(const StageCost& generated, const Generation& text, const FlopCount& policy,
               bool uses_reference, double epochs);

/// Forward passes only: evaluation, calibration of quantisation or pruning, embedding a corpus.
StageCost forward_only(const FlopCount& model, double tokens, std::string_view regime);

/// Training with simulated quantisation: full training, costlier by the rounding in each pass.
///
/// @param overhead  cost per cost of plain training, 1.1 to 1.3 as reported   [1]  >= 1
StageCost quantisation_aware_training(const FlopCount& model, double tokens, double overhead);

/// Pruning, then healing: one calibration pass of the whole network, then training of the smaller one.
StageCost prune_and_heal(const FlopCount& whole, double calibration_tokens, const FlopCount& pruned,
                         double healing_tokens);

/// A share of the trials of a search, as sizes relative to the final run.
struct TrialGroup {
  double trials = 0;
  double relative_size = 1;    ///< active parameters over those of the final run    [1]
  double relative_tokens = 1;  ///< tokens over those of the final run               [1]
};

/// Hyper-parameter or architecture search before a final run: C = C_final · Σ trials · size · tokens.
///
/// @param final_flop  of the run that follows; not part of the result   [FLOP]
StageCost search(double final_flop, std::span<const TrialGroup> groups);

}  // namespace kwhatif::model
