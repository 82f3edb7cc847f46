// What training keeps on a device: states, activations, what the layer at work needs.
#include <kwhatif/model/memory.hpp>

#include <algorithm>
#include <array>
#include <cmath>
#include <stdexcept>

namespace kwhatif::model {
namespace {

constexpr double logit_bytes = 4;  // the output is kept in 32 bits (Korthikanti 2022, section 4.1)
constexpr double loss_bytes = 8;   // and so are its softmax and its gradient while the loss is computed
constexpr double mask_bytes = 1;
constexpr double summed_gradient = 4;  // Megatron-LM: 32 bits in place of those of the weights

Memory bytes(double amount) { return Memory::from_coherent(amount); }
Memory whole_bytes(double amount) { return bytes(std::round(amount)); }

// Activations are kept in 16 bits, also beside 8-bit matrices.
double activation_bytes(const MemoryOptions& o) { return o.precision == TrainingPrecision::fp32 ? 4 : 2; }

// Bytes per token that one layer keeps for its backward pass, apart from the square of scores, split by
// whether tensor parallelism divides it (inside the matrices) or only sequence parallelism does (outside).
struct LayerActivations {
  double inside = 0;
  double outside = 0;
  double scores_per_position = 0;  // bytes per token and position attended to, when they are stored
};

void add_feed_forward(LayerActivations& kept, double width, bool gated, double times) {
  // input of the activation function and of the last matrix; with a gate its activation and the other factor
  kept.inside += times * width * (gated ? 4.0 : 2.0);
}

void add_attention(LayerActivations& kept, const Attention& a, double h, const MemoryOptions& o) {
  const double value_bytes = activation_bytes(o);
  const double query = (a.heads * a.head_dim).as_double();
  const double key = (a.key_value_heads * a.head_dim).as_double();
  const double value = (a.key_value_heads * a.value_dim).as_double();
  const double mixed = (a.heads * a.value_dim).as_double();
  kept.outside += value_bytes * h;  // input of the query, key and value matrices
  kept.inside += value_bytes * (query + key + value + mixed);
  if (a.latent) kept.inside += value_bytes * (a.latent->query_rank + a.latent->key_value_rank).as_double();
  if (o.dropout) kept.outside += mask_bytes * h;
  // softmax output; with dropout its mask and its output as well: 5 bytes per head and pair
  if (!o.fused_attention) {
    kept.scores_per_position +=
        a.heads.as_double() * (o.dropout ? 2 * value_bytes + mask_bytes : value_bytes);
  }
}

LayerActivations layer_activations(const Architecture& architecture, const Block& block,
                                   const MemoryOptions& o) {
  const double h = architecture.width.as_double();
  const double value_bytes = activation_bytes(o);
  LayerActivations kept;
  kept.outside += value_bytes * h * block.norms.as_double();  // inputs of the norms
  if (block.attention) add_attention(kept, *block.attention, h, o);
  if (block.attention && block.cross_attention) add_attention(kept, *block.attention, h, o);
  if (block.feed_forward) {
    kept.outside += value_bytes * h;
    add_feed_forward(kept, value_bytes * block.feed_forward->width.as_double(), block.feed_forward->gated, 1);
    if (o.dropout) kept.outside += mask_bytes * h;
  }
  if (block.experts) {
    const Experts& e = *block.experts;
    const double used = e.used.as_double();
    kept.outside += value_bytes * h * (1 + used);  // router's input, and a copy for each chosen expert
    add_feed_forward(kept, value_bytes * e.width.as_double(), e.gated, used);
    if (e.shared_width > Count{0})
      add_feed_forward(kept, value_bytes * e.shared_width.as_double(), e.gated, 1);
  }
  if (block.state_space) {
    const StateSpace& m = *block.state_space;
    const double inner = m.inner.as_double();
    kept.outside += value_bytes * h;
    // both halves of the projection, before and after the convolution, the scan's output, the gated product
    constexpr double maps = 6;
    kept.inside += value_bytes * inner * maps;
    kept.inside += value_bytes * (m.rank + Count{2} * m.states).as_double();
  }
  if (block.mixer) {
    kept.outside += value_bytes * h;
    kept.inside += value_bytes * block.mixer->kept.as_double();
  }
  return kept;
}

struct ActivationNeed {
  double layers = 0;   // kept for the backward pass
  double ends = 0;     // beside the layers: embedding, last norm
  double logits = 0;   // kept
  double loss = 0;     // while the loss is computed
  double working = 0;  // of the layer whose backward pass runs
  bool rough = false;
};

double sequence_of(const Inventory& inventory, const MemoryOptions& o, Side side) {
  if (inventory.tokens_per_image > Count{0}) return inventory.tokens_per_image.as_double();
  return side == Side::decoder ? std::max(1.0, span_corruption_target_share * o.sequence_length)
                               : o.sequence_length;
}

// Of one micro-batch in all layers.
ActivationNeed transformer_activations(const Architecture& a, const Inventory& inventory,
                                       const MemoryOptions& o) {
  const double t = o.parallelism.tensor.as_double();
  const double outside_share = o.parallelism.sequence_parallel ? t : 1.0;
  const double h = a.width.as_double();
  const double value_bytes = activation_bytes(o);
  ActivationNeed need;
  double output_tokens = 0;
  for (const Stack& stack : a.stacks) {
    const double length = sequence_of(inventory, o, stack.side);
    const double tokens = length * o.micro_batch / o.parallelism.context.as_double();
    output_tokens = tokens;
    for (const Block& block : stack.blocks) {
      const LayerActivations kept = layer_activations(a, block, o);
      const double scores =
          kept.scores_per_position * attended_positions(block.reach, length, AttentionCounting::full) / t;
      const double whole = kept.inside / t + kept.outside / outside_share;
      const double input = value_bytes * h / outside_share;
      // What recomputation drops is there again while the layer is at work; its input is kept anyway.
      const double dropped = o.recompute == Recompute::full        ? whole + scores - input
                             : o.recompute == Recompute::selective ? scores
                                                                   : 0.0;
      const double per_token = whole + scores - dropped;
      need.layers += block.layers.as_double() * tokens * per_token;
      if (block.layers > Count{0}) need.working = std::max(need.working, tokens * dropped);
    }
    // last norm and what it feeds, dropout of the embedding
    if (stack.final_norm) need.ends += tokens * 2 * value_bytes * h / outside_share;
    if (o.dropout) need.ends += tokens * mask_bytes * h / outside_share;
  }
  double predicted = 0;
  if (a.head == Head::language_model) predicted = output_tokens;
  if (a.head == Head::masked_language_model) predicted = masked_share * output_tokens;
  need.logits = predicted * logit_bytes * a.vocabulary.as_double() / t;
  need.loss = predicted * loss_bytes * a.vocabulary.as_double() / t;
  return need;
}

// Convolutional networks: each matrix or convolution keeps its output, and the norm or activation behind it
// too.
ActivationNeed map_activations(const Inventory& inventory, const MemoryOptions& o) {
  ActivationNeed need;
  need.rough = true;
  double maps = 0;
  constexpr double maps_per_matrix = 2;
  for (const Weight& weight : inventory.weights) {
    if (weight.use != Use::matrix) continue;
    need.layers +=
        maps_per_matrix * activation_bytes(o) * weight.rows.as_double() * weight.visits * o.micro_batch;
    ++maps;
  }
  // Chen 2016 (1604.06174): with n layers, checkpoints at every √n-th keep 2·√n of n maps.
  if (o.recompute == Recompute::full) need.layers *= std::min(1.0, 2 / std::sqrt(maps));
  return need;
}

// Parameters on a device, before ZeRO.
struct DeviceParameters {
  double ordinary = 0;  // of the layers and one end of the network
  double experts = 0;
  double gathered = 0;  // of a layer and the end, which ZeRO stage 3 has whole while it works on them
};

// The first stage of a pipeline and the last; one device where there is no pipeline.
struct Ends {
  DeviceParameters first;
  DeviceParameters last;
};

double layers_of(const Architecture& architecture) {
  double layers = 0;
  for (const Stack& stack : architecture.stacks) {
    for (const Block& block : stack.blocks) layers += block.layers.as_double();
  }
  return layers;
}

Ends device_parameters(const Architecture& architecture, const Inventory& inventory, const Parallelism& p) {
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
  const double spread = p.expert.as_double();
  const double in_one = std::max(1.0, layers_of(architecture));
  const auto at = [&](double end) {
    return DeviceParameters{.ordinary = (layers / stages + end) / t,
                            .experts = routed / (stages * t * spread),
                            .gathered = ((layers + routed / spread) / in_one + end) / t};
  };
  if (p.pipeline == Count{1}) return {at(first + last), at(first + last)};
  return {at(first), at(last + tied_output)};  // a tied table is needed at both ends of a pipeline
}

void check(const Inventory& inventory, const MemoryOptions& o) {
  if (inventory.unit == Unit::token && !(o.sequence_length > 0 && std::isfinite(o.sequence_length))) {
    throw std::invalid_argument("the sequence length must be a positive number of tokens");
  }
  if (!(o.micro_batch > 0) || !std::isfinite(o.micro_batch)) {
    throw std::invalid_argument("the micro-batch must be positive");
  }
  const Parallelism& p = o.parallelism;
  for (const Count degree : {p.data, p.tensor, p.pipeline, p.context, p.expert, p.virtual_stages}) {
    if (degree == Count{0}) throw std::invalid_argument("a degree of parallelism must be at least 1");
  }
  if (p.data.value() % p.expert.value() != 0) {
    throw std::invalid_argument("the expert-parallel degree must divide the data-parallel degree");
  }
  if (p.zero_stage < 0 || p.zero_stage > 3) throw std::invalid_argument("the ZeRO stage is 0, 1, 2 or 3");
}

std::string describe(const MemoryOptions& o, bool rough, const MemoryCalibration& calibration) {
  std::string text = "weights, gradients, optimizer states";
  text += rough ? "; activations roughly, from the sizes of the maps"
                : "; activations by the widths of the layers";
  text += ", recomputation " + std::string(recompute_name(o.recompute));
  if (!rough) text += o.fused_attention ? ", fused attention" : ", scores stored";
  if (!rough && o.parallelism.tensor > Count{1})
    text += o.parallelism.sequence_parallel ? ", sequence parallelism" : ", no sequence parallelism";
  return text + (calibration.runtime > 0 ? "; runtime, communication and fragmentation as measured"
                                         : "; buffers and fragmentation left out");
}

// One device of a stage of the pipeline.
class StageNeed {
 public:
  StageNeed(const MemoryOptions& options, const DeviceParameters& here) : o_(options), here_(here) {
    const Parallelism& p = o_.parallelism;
    // Devices that share a sequence hold the same weights: states are sharded over them too.
    group_ = (p.data * p.context).as_double();
    // The micro-batches of a pipeline add up their gradients, and need all weights each: nothing but the
    // states of the optimizer is sharded beside one (DeepSpeed refuses, FSDP keeps weights and gradients
    // whole).
    stage_ = p.pipeline > Count{1} ? std::min(p.zero_stage, 1) : p.zero_stage;
    expert_group_ = group_ / p.expert.as_double();
  }

  void add_states(MemoryNeed& need, double& gathered) const {
    const Parallelism& p = o_.parallelism;
    StateBytes state = state_bytes(o_.optimizer, o_.precision);
    const bool sums_in_32_bits = p.tensor > Count{1} || p.pipeline > Count{1};
    state.gradient = o_.gradient_bytes.value_or(sums_in_32_bits ? std::max(summed_gradient, state.gradient)
                                                                : state.gradient);
    if (o_.trainable > Count{0}) {
      const double trained = o_.trainable.as_double() / (p.tensor * p.pipeline).as_double();
      need.weights = bytes(sharded(3, o_.frozen_weight_bytes) + trained * state.weight);
      need.gradients = bytes(trained * state.gradient / (stage_ >= 2 ? group_ : 1.0));
      need.optimizer = bytes(trained * state.optimizer / (stage_ >= 1 ? group_ : 1.0));
      gathered = whole(3, o_.frozen_weight_bytes);
      return;
    }
    need.weights = bytes(sharded(3, state.weight));
    need.gradients = bytes(sharded(2, state.gradient));
    need.optimizer = bytes(sharded(1, state.optimizer));
    gathered = whole(3, state.weight) + whole(2, state.gradient);
  }

 private:
  double sharded(int from_stage, double per_parameter) const {
    const bool on = stage_ >= from_stage;
    return per_parameter *
           (here_.ordinary / (on ? group_ : 1.0) + here_.experts / (on ? expert_group_ : 1.0));
  }
  // Of sharded numbers, what one layer has whole while it works; never more than is not here anyway.
  double whole(int from_stage, double per_parameter) const {
    if (stage_ < from_stage) return 0;
    const double elsewhere =
        per_parameter * (here_.ordinary + here_.experts) - sharded(from_stage, per_parameter);
    return std::min(per_parameter * here_.gathered, elsewhere);
  }

  const MemoryOptions& o_;
  const DeviceParameters& here_;
  double group_ = 1;
  double expert_group_ = 1;
  int stage_ = 0;
};

MemoryNeed stage_need(const MemoryOptions& o, const ActivationNeed& kept, const DeviceParameters& here,
                      bool is_first, bool is_last) {
  const double stages = o.parallelism.pipeline.as_double();
  // 1F1B: the first stage holds a micro-batch for each stage, interleaving a little more, the last holds one.
  const double pieces = stages * o.parallelism.virtual_stages.as_double();
  const double held =
      is_first ? 1 + (o.parallelism.virtual_stages > Count{1} ? (stages - 1) / pieces : 0.0) : 1 / stages;
  MemoryNeed need;
  double gathered = 0;
  StageNeed{o, here}.add_states(need, gathered);
  need.activations = bytes(held * kept.layers + kept.ends);
  if (is_last) need.logits = bytes(kept.logits);
  need.working = bytes(gathered + std::max(kept.working, is_last ? kept.loss : 0.0));
  return need;
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
                           const MemoryOptions& o, const MemoryCalibration& calibration) {
  check(inventory, o);
  const Ends here = device_parameters(architecture, inventory, o.parallelism);
  const ActivationNeed kept = architecture.stacks.empty()
                                  ? map_activations(inventory, o)
                                  : transformer_activations(architecture, inventory, o);
  const bool one_stage = o.parallelism.pipeline == Count{1};
  MemoryNeed need = stage_need(o, kept, here.first, true, one_stage);
  if (!one_stage) {
    const MemoryNeed last = stage_need(o, kept, here.last, false, true);
    if (last.formulas() > need.formulas()) need = last;
  }
  const bool several = o.parallelism.devices() > Count{1};
  need.overhead = whole_bytes(calibration.runtime + (several ? calibration.communication : 0.0) +
                              calibration.share * need.formulas().coherent());
  need.low = whole_bytes(calibration.low * need.total().coherent());
  need.high = whole_bytes(calibration.high * need.total().coherent());
  need.activations_are_rough = kept.rough;
  need.counted = describe(o, kept.rough, calibration);
  if (!architecture.towers.empty()) need.counted += "; what images or sound keep in the towers left out";
  return need;
}

}  // namespace kwhatif::model
