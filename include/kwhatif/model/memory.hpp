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

/// How a model is spread over devices. devices = data x tensor x pipeline x context; experts lie inside the
/// data group.
struct Parallelism {
  Count data = 1;
  Count tensor = 1;
  Count pipeline = 1;
  Count context = 1;               ///< devices that share a sequence; each holds all weights
  Count expert = 1;                ///< over how many of the data-parallel devices the experts are spread
  Count virtual_stages = 1;        ///< pieces of the network that each pipeline device holds (interleaving)
  int zero_stage = 0;              ///< 1 shards optimizer states, 2 gradients too, 3 weights too (FSDP)
  bool sequence_parallel = false;  ///< the tensor-parallel devices share what is outside the matrices
  Count devices() const { return data * tensor * pipeline * context; }
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
  /// Bytes of gradient per parameter; nothing: as the software does that such a layout is known from.
  /// Software with tensor or pipeline parallelism (Megatron-LM) sums gradients in 32 bits, other in the
  /// precision of the weights.
  std::optional<double> gradient_bytes = {};
  Parallelism parallelism = {};
  Count trainable = 0;             ///< parameters trained beside a frozen base (adapters); 0: all are trained
  double frozen_weight_bytes = 2;  ///< per frozen parameter: 2, or 0.5 and a little for QLoRA [B/param]
};

/// What no formula counts, as measured: runtime, buffers of communication, fragmentation; and how far
/// measured needs lie around the prediction. As built: nothing of that, for the formulas alone.
/// Its values are the coefficient rows "memory-…" of the tables; data/predict/README.md, "Memory".
struct MemoryCalibration {
  double runtime = 0;        ///< of a process on the device, whatever it trains [B]
  double communication = 0;  ///< buffers where there is more than one device     [B]
  double share = 0;          ///< of the counted need, on top of it                       [1]
  double low = 1;            ///< 5 % of measured needs are below this times the predicted [1]
  double high = 1;           ///< 5 % are above this times the predicted                  [1]
  double usable = 1;         ///< of the nominal memory of a device                       [1]
};

/// Memory of the fullest device.
struct MemoryNeed {
  Memory weights;
  Memory gradients;
  Memory optimizer;
  Memory activations;  ///< kept from the forward for the backward pass
  Memory logits;       ///< of the output, in 32 bits
  Memory working;      ///< of the layer at work: what it recomputes or gathers; or of the loss
  Memory overhead;     ///< runtime, communication, fragmentation: as calibrated
  Memory low;          ///< 5 % of such trainings need less
  Memory high;         ///< 5 % need more
  Memory formulas() const { return weights + gradients + optimizer + activations + logits + working; }
  Memory total() const { return formulas() + overhead; }
  bool activations_are_rough = false;  ///< image and diffusion models: from the sizes of the maps only
  std::string counted;                 ///< one line: what was counted and how
};

/// Memory that training needs on the fullest device.
///
///   states = parameters / (tensor · pipeline · ZeRO group) · bytes
///   activations of a GPT layer = s·b·h·(34 + 5·a·s/h) bytes, with the terms of the actual widths in their
///   place; tensor parallelism alone divides 24 of the 34 and the scores, sequence parallelism all
///   full recomputation keeps 2·s·b·h a layer, selective drops the scores; one layer is whole again at a time
///   interleaved stages keep 1 + (p - 1)/(p·m) times as much
///   overhead = runtime + communication (of several devices) + share · all of the above
///
/// The first pipeline stage holds as many micro-batches as there are stages (1F1B), so pipelining does not
/// lower activations; the last one holds one, and the logits. The fuller of the two is given.
///
/// @param architecture  for widths of the layers
/// @param inventory     of the same architecture
/// @return              memory per device                                [B]
/// @errors              std::invalid_argument where a length, batch or degree is not positive
/// @source              korthikanti-2022, sections 4.1 to 4.3; rajbhandari-2019, section 5
/// @tested              golden: both papers' printed figures; back-test on measured needs
MemoryNeed training_memory(const Architecture& architecture, const Inventory& inventory,
                           const MemoryOptions& options, const MemoryCalibration& calibration = {});

/// Does a need fit into the memory of a device?
enum class Fit { fits, may_fit, does_not_fit };

/// "fits", "may fit", "does not fit"
std::string_view fit_name(Fit fit);

/// The band of the need against what can be used of the device: fits where the high end of the band does,
/// does not fit where not even the low end does.
///
/// @param device  nominal memory of one device   [B]
Fit fit_of(const MemoryNeed& need, Memory device, const MemoryCalibration& calibration);

/// The same where no architecture is known: weights, gradients and states of the optimizer, shared evenly by
/// all devices, must leave a tenth of the memory to activations and everything else.
///
/// @param parameters           [param]
/// @param bytes_per_parameter  [B/param]
/// @return                     devices needed at the least  [device]
double fewest_for_states(double parameters, double bytes_per_parameter, Memory device);

/// The smallest plan found that fits.
struct FittingPlan {
  Parallelism parallelism;
  MemoryNeed need;
};

/// The fewest devices that the model can be trained on.
///
/// Tries tensor parallelism of 1, 2, 4 and 8 (one server) and pipelines up to the number of layers, with all
/// else as in the options.
///
/// @param device        nominal memory of one device                     [B]  > 0
/// @param worst         Fit::fits: surely enough; Fit::may_fit: fewer certainly do not suffice
/// @param most_devices  where to stop
/// @return              nothing where even that many do not suffice
std::optional<FittingPlan> smallest_fit(const Architecture& architecture, const Inventory& inventory,
                                        const MemoryOptions& options, const MemoryCalibration& calibration,
                                        Memory device, Fit worst, Count most_devices = 65536);

/// Bytes of key-value cache per token of context in generation.
///
///   Σ layers · (key width + value width) · bytes;  latent attention: (key-value rank + rope) · bytes
///
/// @source  deepseek-v3-2024, section 2.1.1
/// @tested  golden: the cache sizes that DeepSeek prints for three models
Memory key_value_cache_per_token(const Architecture& architecture, double bytes_per_element);

}  // namespace kwhatif::model
