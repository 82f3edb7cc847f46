#include <kwhatif/model/memory.hpp>

#include <algorithm>
#include <array>
#include <cmath>
#include <stdexcept>

namespace kwhatif::model {
namespace {

constexpr double activation_bytes = 2;  // activations are kept in 16 bits, also beside 8-bit matrices
constexpr double logit_bytes = 4;       // the output is kept in 32 bits (Korthikanti 2022, section 4.1)
constexpr double mask_bytes = 1;

Memory bytes(double amount) { return Memory::from_coherent(amount); }

// Bytes per token that one layer keeps for its backward pass, apart from the square of scores, split by
// whether tensor parallelism divides it (inside the matrices) or only sequence parallelism does (outside).
struct LayerActivations {
  double inside = 0;
  double outside = 0;
  double scores_per_position = 0;  // bytes per token and position attended to, when they are stored
};

void add_feed_forward(LayerActivations& kept, double width, bool gated, double times) {
  // input of the activation function and of the last matrix; with a gate one map more
  kept.inside += times * activation_bytes * width * (gated ? 3.0 : 2.0);
}

void add_attention(LayerActivations& kept, const Attention& a, double h, const MemoryOptions& o) {
  const double query = (a.heads * a.head_dim).as_double();
  const double key = (a.key_value_heads * a.head_dim).as_double();
  const double value = (a.key_value_heads * a.value_dim).as_double();
  const double mixed = (a.heads * a.value_dim).as_double();
  kept.outside += activation_bytes * h;  // input of the query, key and value matrices
  kept.inside += activation_bytes * (query + key + value + mixed);
  if (a.latent)
    kept.inside += activation_bytes * (a.latent->query_rank + a.latent->key_value_rank).as_double();
  if (o.dropout) kept.outside += mask_bytes * h;
  // softmax output; with dropout its mask and its output as well: 5 bytes per head and pair
  if (!o.fused_attention) {
    kept.scores_per_position +=
        a.heads.as_double() * (o.dropout ? 2 * activation_bytes + mask_bytes : activation_bytes);
  }
}

LayerActivations layer_activations(const Architecture& architecture, const Block& block,
                                   const MemoryOptions& o) {
  const double h = architecture.width.as_double();
  LayerActivations kept;
  kept.outside += activation_bytes * h * block.norms.as_double();  // inputs of the norms
  if (block.attention) add_attention(kept, *block.attention, h, o);
  if (block.attention && block.cross_attention) add_attention(kept, *block.attention, h, o);
  if (block.feed_forward) {
    kept.outside += activation_bytes * h;
    add_feed_forward(kept, block.feed_forward->width.as_double(), block.feed_forward->gated, 1);
    if (o.dropout) kept.outside += mask_bytes * h;
  }
  if (block.experts) {
    const Experts& e = *block.experts;
    const double used = e.used.as_double();
    kept.outside += activation_bytes * h * (1 + used);  // router's input, and a copy for each chosen expert
    add_feed_forward(kept, e.width.as_double(), e.gated, used);
    if (e.shared_width > Count{0}) add_feed_forward(kept, e.shared_width.as_double(), e.gated, 1);
  }
  if (block.state_space) {
    const StateSpace& m = *block.state_space;
    const double inner = m.inner.as_double();
    kept.outside += activation_bytes * h;
    // both halves of the projection, before and after the convolution, the scan's output, the gated product
    constexpr double maps = 6;
    kept.inside += activation_bytes * inner * maps;
    kept.inside += activation_bytes * (m.rank + Count{2} * m.states).as_double();
  }
  if (block.mixer) {
    kept.outside += activation_bytes * h;
    kept.inside += activation_bytes * block.mixer->kept.as_double();
  }
  return kept;
}

struct ActivationNeed {
  double layers = 0;
  double logits = 0;
  bool rough = false;
};

double sequence_of(const Inventory& inventory, const MemoryOptions& o, Side side) {
  if (inventory.tokens_per_image > Count{0}) return inventory.tokens_per_image.as_double();
  return side == Side::decoder ? std::max(1.0, span_corruption_target_share * o.sequence_length)
                               : o.sequence_length;
}

ActivationNeed transformer_activations(const Architecture& a, const Inventory& inventory,
                                       const MemoryOptions& o) {
  const double t = o.parallelism.tensor.as_double();
  const double outside_share = o.parallelism.sequence_parallel ? t : 1.0;
  const double h = a.width.as_double();
  ActivationNeed need;
  double output_tokens = 0;
  for (const Stack& stack : a.stacks) {
    const double tokens = sequence_of(inventory, o, stack.side) * o.micro_batch;
    output_tokens = tokens;
    for (const Block& block : stack.blocks) {
      const LayerActivations kept = layer_activations(a, block, o);
      double per_token =
          activation_bytes * h / outside_share;  // full recomputation keeps the layer's input only
      if (o.recompute != Recompute::full) {
        per_token = kept.inside / t + kept.outside / outside_share;
        if (o.recompute == Recompute::none) {
          per_token += kept.scores_per_position *
                       attended_positions(block.reach, tokens / o.micro_batch, AttentionCounting::full) / t;
        }
      }
      need.layers += block.layers.as_double() * tokens * per_token;
    }
    // last norm and what it feeds, dropout of the embedding
    if (stack.final_norm) need.layers += tokens * 2 * activation_bytes * h / outside_share;
    if (o.dropout) need.layers += tokens * mask_bytes * h / outside_share;
  }
  if (a.head == Head::language_model)
    need.logits = output_tokens * logit_bytes * a.vocabulary.as_double() / t;
  if (a.head == Head::masked_language_model) {
    need.logits = masked_share * output_tokens * logit_bytes * a.vocabulary.as_double() / t;
  }
  return need;
}

// Convolutional networks: each matrix or convolution keeps its output, and the norm or activation behind it
// too.
ActivationNeed map_activations(const Inventory& inventory, const MemoryOptions& o) {
  ActivationNeed need;
  need.rough = true;
  double layers = 0;
  constexpr double maps_per_matrix = 2;
  for (const Weight& weight : inventory.weights) {
    if (weight.use != Use::matrix) continue;
    need.layers +=
        maps_per_matrix * activation_bytes * weight.rows.as_double() * weight.visits * o.micro_batch;
  }
  // Chen 2016 (1604.06174): with n layers, checkpoints at every √n-th keep 2·√n of n maps.
  if (o.recompute == Recompute::full) need.layers *= std::min(1.0, 2 / std::sqrt(layers));
  return need;
}

// Parameters on the fullest device, before ZeRO.
struct DeviceParameters {
  double ordinary = 0;
  double experts = 0;
};

DeviceParameters device_parameters(const Inventory& inventory, const Parallelism& p) {
  double layers = 0;
  double routed = 0;
  double first = 0;
  double last = 0;
  double tied_output = 0;
  for (const Weight& weight : inventory.weights) {
    const double count = (weight.elements() * weight.stored).as_double();
    const bool is_routed = weight.part == Part::experts && weight.stored != weight.active;
    if (is_routed) {
      routed += count;
    } else if (weight.part == Part::embeddings) {
      first += count;
      if (weight.use == Use::tied_table) tied_output = count;
    } else if (weight.part == Part::head) {
      last += count;
    } else {
      layers += count;
    }
  }
  const double t = p.tensor.as_double();
  const double stages = p.pipeline.as_double();
  // A tied table is needed at both ends of a pipeline.
  const double ends = p.pipeline > Count{1} ? std::max(first, last + tied_output) : first + last;
  return {(layers / stages + ends) / t, routed / (stages * t * p.expert.as_double())};
}

void check(const Inventory& inventory, const MemoryOptions& o) {
  if (inventory.unit == Unit::token && !(o.sequence_length > 0 && std::isfinite(o.sequence_length))) {
    throw std::invalid_argument("the sequence length must be a positive number of tokens");
  }
  if (!(o.micro_batch > 0) || !std::isfinite(o.micro_batch)) {
    throw std::invalid_argument("the micro-batch must be positive");
  }
  const Parallelism& p = o.parallelism;
  for (const Count degree : {p.data, p.tensor, p.pipeline, p.expert}) {
    if (degree == Count{0}) throw std::invalid_argument("a degree of parallelism must be at least 1");
  }
  if (p.data.value() % p.expert.value() != 0) {
    throw std::invalid_argument("the expert-parallel degree must divide the data-parallel degree");
  }
  if (p.zero_stage < 0 || p.zero_stage > 3) throw std::invalid_argument("the ZeRO stage is 0, 1, 2 or 3");
}

std::string describe(const MemoryOptions& o, bool rough) {
  std::string text = "weights, gradients, optimizer states";
  text += rough ? "; activations roughly, from the sizes of the maps"
                : "; activations by the widths of the layers";
  text += ", recomputation " + std::string(recompute_name(o.recompute));
  if (!rough) text += o.fused_attention ? ", fused attention" : ", scores stored";
  return text + "; buffers and fragmentation left out";
}

}  // namespace

StateBytes state_bytes(Optimizer optimizer, TrainingPrecision precision) {
  const bool fp32 = precision == TrainingPrecision::fp32;
  StateBytes result;
  result.weight = fp32 ? 4 : precision == TrainingPrecision::mixed_8 ? 1 : 2;
  result.gradient = fp32 ? 4 : 2;
  const double master = fp32 ? 0 : 4;
  switch (optimizer) {
    case Optimizer::sgd:
      result.optimizer = master;
      break;
    case Optimizer::momentum:
      result.optimizer = master + 4;
      break;
    case Optimizer::adam:
      result.optimizer = master + 8;
      break;
    case Optimizer::adam_8bit:
      result.optimizer = master + 2;
      break;  // Dettmers 2021: two states of 8 bits
    case Optimizer::adam_bf16_states:
      result.optimizer = master + 4;
      break;  // DeepSeek-V3, section 3.3.3
    case Optimizer::adafactor:
      result.optimizer = master;
      break;  // Shazeer 2018: rows and columns, next to nothing
  }
  return result;
}

MemoryNeed training_memory(const Architecture& architecture, const Inventory& inventory,
                           const MemoryOptions& o) {
  check(inventory, o);
  const Parallelism& p = o.parallelism;
  const StateBytes state = state_bytes(o.optimizer, o.precision);
  const DeviceParameters here = device_parameters(inventory, p);
  const double data = p.data.as_double();
  const double expert_group = data / p.expert.as_double();  // devices that hold the same experts
  const auto sharded = [&](int from_stage, double per_parameter) {
    const bool on = p.zero_stage >= from_stage;
    return per_parameter * (here.ordinary / (on ? data : 1.0) + here.experts / (on ? expert_group : 1.0));
  };
  MemoryNeed need;
  if (o.trainable > Count{0}) {
    const double trained = o.trainable.as_double() / (p.tensor * p.pipeline).as_double();
    const double share = p.zero_stage >= 1 ? data : 1.0;
    need.weights = bytes(sharded(3, o.frozen_weight_bytes) + trained * state.weight);
    need.gradients = bytes(trained * state.gradient / (p.zero_stage >= 2 ? data : 1.0));
    need.optimizer = bytes(trained * state.optimizer / share);
  } else {
    need.weights = bytes(sharded(3, state.weight));
    need.gradients = bytes(sharded(2, state.gradient));
    need.optimizer = bytes(sharded(1, state.optimizer));
  }
  const ActivationNeed kept = architecture.stacks.empty()
                                  ? map_activations(inventory, o)
                                  : transformer_activations(architecture, inventory, o);
  need.activations = bytes(kept.layers);
  need.logits = bytes(kept.logits);
  need.activations_are_rough = kept.rough;
  need.counted = describe(o, kept.rough);
  return need;
}

std::optional<FittingPlan> smallest_fit(const Architecture& architecture, const Inventory& inventory,
                                        const MemoryOptions& options, Memory device_memory,
                                        Count most_devices) {
  Count layers = 1;
  for (const Stack& stack : architecture.stacks) {
    for (const Block& block : stack.blocks) layers += block.layers;
  }
  std::optional<FittingPlan> best;
  const std::uint64_t step = options.parallelism.expert.value();
  const auto need_of = [&](const Parallelism& p) {
    MemoryOptions o = options;
    o.parallelism = p;
    return training_memory(architecture, inventory, o);
  };
  constexpr std::array<std::uint64_t, 4> within_a_server = {1, 2, 4, 8};
  for (const std::uint64_t tensor : within_a_server) {
    for (std::uint64_t pipeline = 1; pipeline <= layers.value(); pipeline *= 2) {
      const Count most = best ? best->parallelism.devices() - Count{1} : most_devices;
      Parallelism p = options.parallelism;
      p.tensor = tensor;
      p.pipeline = pipeline;
      // In steps of the expert group. Memory falls with the data-parallel degree: bisection finds the
      // smallest.
      std::uint64_t low = 1;
      std::uint64_t high = p.zero_stage == 0 ? 1 : most.value() / (tensor * pipeline * step);
      p.data = high * step;
      if (high == 0 || p.devices() > most || need_of(p).total() > device_memory) continue;
      while (low < high) {
        const std::uint64_t middle = low + (high - low) / 2;
        p.data = middle * step;
        if (need_of(p).total() <= device_memory) {
          high = middle;
        } else {
          low = middle + 1;
        }
      }
      p.data = high * step;
      best = FittingPlan{p, need_of(p)};
    }
  }
  return best;
}

Memory key_value_cache_per_token(const Architecture& architecture, double bytes_per_element) {
  double elements = 0;
  for (const Stack& stack : architecture.stacks) {
    if (architecture.kind == Kind::encoder_decoder && stack.side != Side::decoder) continue;
    for (const Block& block : stack.blocks) {
      if (!block.attention || block.attention->outside) continue;
      const Attention& a = *block.attention;
      const Count width = a.latent ? a.latent->key_value_rank + a.latent->rope_dim
                                   : a.key_value_heads * (a.head_dim + a.value_dim);
      elements += (block.layers * width).as_double();
    }
  }
  return bytes(elements * bytes_per_element);
}

}  // namespace kwhatif::model
