// Memory per device in training: does it fit, and on how few devices?
#pragma once

#include <kwhatif/model/flops.hpp>
#include <kwhatif/model/inventory.hpp>
#include <kwhatif/quantity/quantity.hpp>

#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace kwhatif::model {

/// An amount of memory.
using Memory = quantity::Quantity<quantity::dim::data>;

/// What the optimizer keeps for each trained parameter.
enum class Optimizer { sgd, momentum, adam, adam_8bit, adam_bf16_states, adafactor };

/// Number formats that weights and gradients are kept in during training.
enum class TrainingPrecision { fp32, mixed_16, mixed_8 };

/// Bytes kept for each parameter.
struct StateBytes {
  double weight = 0;     ///< [B/param]
  double gradient = 0;   ///< [B/param]
  double optimizer = 0;  ///< [B/param], master copy included
  double sum() const { return weight + gradient + optimizer; }
};

/// Bytes per parameter of weights, gradients and optimizer states.
///
///   mixed precision with Adam: 2 + 2 + (4 master + 4 + 4) = 16;  fp32 with Adam: 4 + 4 + (4 + 4) = 16
///
/// @source  rajbhandari-2019, section 3.1 (Adam); the others by the states that their papers name
/// @tested  golden: rajbhandari-2019, figure 1
StateBytes state_bytes(Optimizer optimizer, TrainingPrecision precision);

/// How a model is spread over devices. devices = data x tensor x pipeline; experts lie inside the data group.
struct Parallelism {
  Count data = 1;
  Count tensor = 1;
  Count pipeline = 1;
  Count expert = 1;               ///< over how many of the data-parallel devices the experts are spread
  int zero_stage = 0;             ///< 1 shards optimizer states, 2 gradients too, 3 weights too (FSDP)
  bool sequence_parallel = true;  ///< the tensor-parallel devices share what is outside the matrices
  Count devices() const { return data * tensor * pipeline; }
};

/// What decides memory beside the network.
struct MemoryOptions {
  double sequence_length = 0;  ///< tokens; of the encoder where there are two sides; ignored for images
  double micro_batch = 1;      ///< sequences or images that a device works on at once
  Optimizer optimizer = Optimizer::adam;
  TrainingPrecision precision = TrainingPrecision::mixed_16;
  Recompute recompute = Recompute::none;
  bool fused_attention = true;  ///< FlashAttention: the square of scores is never stored
  bool dropout = false;         ///< masks are kept
  Parallelism parallelism;
  Count trainable = 0;             ///< parameters trained beside a frozen base (adapters); 0: all are trained
  double frozen_weight_bytes = 2;  ///< per frozen parameter: 2, or 0.5 and a little for QLoRA [B/param]
};

/// Memory of the fullest device.
struct MemoryNeed {
  Memory weights;
  Memory gradients;
  Memory optimizer;
  Memory activations;
  Memory logits;  ///< of the output, in 32 bits
  Memory total() const { return weights + gradients + optimizer + activations + logits; }
  bool activations_are_rough = false;  ///< image and diffusion models: from the sizes of the maps only
  std::string counted;                 ///< one line: what was counted and how
};

/// Memory that training needs on the fullest device.
///
///   states = parameters / (tensor · pipeline · ZeRO group) · bytes
///   activations of a GPT layer = s·b·h·(34 + 5·a·s/h) bytes, with the terms of the actual widths in their
///   place
///
/// The first pipeline stage holds as many micro-batches as there are stages (1F1B), so pipelining does not
/// lower activations. Buffers, fragmentation and communication are not counted: leave a tenth of the memory
/// free.
///
/// @param architecture  for widths of the layers
/// @param inventory     of the same architecture
/// @return              memory per device                                [B]
/// @errors              std::invalid_argument where a length, batch or degree is not positive
/// @source              korthikanti-2022, sections 4.1 to 4.3; rajbhandari-2019, section 5
/// @tested              golden: both papers' printed figures
MemoryNeed training_memory(const Architecture& architecture, const Inventory& inventory,
                           const MemoryOptions& options);

/// The smallest plan found that fits.
struct FittingPlan {
  Parallelism parallelism;
  MemoryNeed need;
};

/// The fewest devices that the model can be trained on.
///
/// Tries tensor parallelism of 1, 2, 4 and 8 (one server) and pipelines up to the number of layers, with the
/// ZeRO stage, recomputation and micro-batch of the options.
///
/// @param device_memory  of one device, the share that may be used already taken off    [B]  > 0
/// @param most_devices   where to stop
/// @return               nothing where even that many do not suffice
std::optional<FittingPlan> smallest_fit(const Architecture& architecture, const Inventory& inventory,
                                        const MemoryOptions& options, Memory device_memory,
                                        Count most_devices = 65536);

/// Bytes of key-value cache per token of context in generation.
///
///   Σ layers · (key width + value width) · bytes;  latent attention: (key-value rank + rope) · bytes
///
/// @source  deepseek-v3-2024, section 2.1.1
/// @tested  golden: the cache sizes that DeepSeek prints for three models
Memory key_value_cache_per_token(const Architecture& architecture, double bytes_per_element);

}  // namespace kwhatif::model
