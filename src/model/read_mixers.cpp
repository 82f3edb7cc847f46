// What takes the place of attention in some layers of a hybrid: Mamba 1 and 2, gated delta nets, short
// convolutions, lightning attention, gated linear recurrences; and the ways in which configs say which layers
// are which.
//
// The FLOPs of a recurrence are those of its form step by step; chunked kernels do more arithmetic to be
// faster, as they do for Mamba.
#include "readers.hpp"

#include <algorithm>
#include <string>

namespace kwhatif::model {
namespace {

constexpr std::uint64_t usual_kernel = 4;
constexpr std::uint64_t two = 2;

ListedWeight matrix(std::string name, Count rows, Count columns, Count copies = 1) {
  return {
      .name = std::move(name), .part = Part::state_space, .rows = rows, .columns = columns, .copies = copies};
}

ListedWeight vector(std::string name, Count elements, Part part = Part::state_space) {
  return {.name = std::move(name), .part = part, .use = Use::vector, .rows = elements};
}

StateSpace read_state_space(Fields& f, Count width, bool second) {
  constexpr std::uint64_t default_states = 16;     // Jamba
  constexpr std::uint64_t default_states_2 = 128;  // Nemotron-H
  constexpr std::uint64_t default_head_dim = 64;
  constexpr std::uint64_t width_per_rank = 16;  // "auto"
  constexpr double default_expansion = 2;
  StateSpace m;
  const double expansion = f.number("mamba_expand", f.number("expand", default_expansion));
  m.inner =
      f.maybe_count({"mamba_d_ssm"}).value_or(static_cast<std::uint64_t>(expansion * width.as_double()));
  m.states = f.count_or({"mamba_d_state", "ssm_state_size"}, second ? default_states_2 : default_states);
  m.kernel = f.count_or({"mamba_d_conv", "conv_kernel"}, usual_kernel);
  m.convolution_bias = f.flag("mamba_conv_bias", f.flag("use_conv_bias", true));
  m.input_bias = f.flag("mamba_proj_bias", f.flag("use_bias", false));
  m.output_bias = f.flag("projectors_bias", m.input_bias);
  if (!second) {
    m.inner_norms = true;
    const JsonValue* rank = f.find("mamba_dt_rank");
    const bool automatic = rank == nullptr || rank->kind == JsonValue::Kind::text;
    m.rank = automatic ? ceil_divide(width, width_per_rank) : f.count({"mamba_dt_rank"});
    return m;
  }
  const Count head_dim = [&]() -> Count {
    const JsonValue* given = f.find("mamba_d_head");
    if (given != nullptr && given->kind == JsonValue::Kind::text) return 0;  // "auto": inner / heads
    return f.count_or({"mamba_d_head", "mamba_head_dim"}, default_head_dim);
  }();
  const std::optional<Count> heads = f.maybe_count({"mamba_n_heads", "mamba_num_heads"});
  m.heads =
      heads
          ? *heads
          : Count{std::max<std::uint64_t>(1, m.inner.value() / std::max<std::uint64_t>(1, head_dim.value()))};
  // Nemotron-H has no factor of expansion: heads x head width is the inner width.
  if (f.has("mamba_num_heads")) m.inner = m.heads * head_dim;
  m.groups = f.count_or({"mamba_n_groups", "n_groups"}, 1);
  m.gated_norm = f.flag("mamba_rms_norm", true);
  if (head_dim > 0 && m.heads * head_dim != m.inner && !f.has_errors()) {
    f.error("mamba_n_heads", "config-inconsistent",
            m.heads.text() + " Mamba heads of " + head_dim.text() + " do not make the inner width " +
                m.inner.text());
  }
  return m;
}

// Yang 2024 (2412.06464), as in modeling_qwen3_next.py.
ListedMixer read_delta_net(Fields& f, Count width) {
  const Count key_heads = f.count({"linear_num_key_heads"});
  const Count value_heads = f.count({"linear_num_value_heads"});
  const Count key_dim = f.count({"linear_key_head_dim"});
  const Count value_dim = f.count({"linear_value_head_dim"});
  const Count keys = key_heads * key_dim;
  const Count values = value_heads * value_dim;
  const Count convolved = two * keys + values;
  ListedMixer m;
  m.weights = {
      matrix("delta net query and key", two * keys, width),
      matrix("delta net value and gate", two * values, width),
      matrix("delta net decay and strength", two * value_heads, width),
      matrix("delta net convolution", convolved, f.count_or({"linear_conv_kernel_dim"}, usual_kernel)),
      vector("delta net decay", two * value_heads),
      vector("delta net norm", value_dim, Part::norms),
      matrix("delta net output", width, values)};
  // Per element of the state: decay 1, read for the correction 2, outer product 2, read out 2.
  constexpr double flop_per_state = 7;
  m.recurrence = "gated delta rule";
  m.rule = "gated delta rule 7 FLOP per element of the state";
  m.recurrence_flop = flop_per_state * (value_heads * key_dim * value_dim).as_double();
  m.kept = two * convolved + two * values;  // before and after the convolution, gate, result
  return m;
}

// LFM2's gated short convolution: B, C and x; B·x is convolved; C multiplies the result.
ListedMixer read_short_convolution(Fields& f, Count width) {
  constexpr std::uint64_t parts = 3;
  const bool bias = f.flag("conv_bias", false);
  const Count inner = f.count_or({"conv_dim"}, width);
  if (inner != width || f.count_or({"conv_dim_out"}, width) != width) {
    f.error("conv_dim", "config-unsupported", "short convolutions of another width than the model's");
  }
  ListedMixer m;
  m.weights = {matrix("short convolution input", parts * width, width),
               matrix("short convolution", width, f.count_or({"conv_L_cache"}, parts)),
               matrix("short convolution output", width, width)};
  if (bias) {
    m.weights.push_back(vector("short convolution input bias", parts * width));
    m.weights.push_back(vector("short convolution bias", width));
    m.weights.push_back(vector("short convolution output bias", width));
  }
  constexpr std::uint64_t maps = 5;  // B, C, x, the product, the convolved product
  m.kept = maps * width;
  return m;
}

// MiniMax-01's lightning attention.
ListedMixer read_lightning(const Attention& attention, Count width) {
  constexpr std::uint64_t three = 3;
  const Count inner = attention.heads * attention.head_dim;
  ListedMixer m;
  m.weights = {matrix("linear attention query, key and value", three * inner, width),
               matrix("linear attention gate", inner, width),
               vector("linear attention norm", inner, Part::norms),
               matrix("linear attention output", width, inner)};
  // Per element of the state: decay 1, outer product 2, read out 2.
  constexpr double flop_per_state = 5;
  m.recurrence = "linear attention";
  m.rule = "linear attention 5 FLOP per element of the state";
  m.recurrence_flop = flop_per_state * (inner * attention.head_dim).as_double();
  constexpr std::uint64_t maps = 5;
  m.kept = maps * inner;
  return m;
}

// Griffin's recurrent block (De 2024, 2402.19427), as in modeling_recurrent_gemma.py.
ListedMixer read_gated_recurrence(Fields& f, Count width) {
  const Count inner = f.count_or({"lru_width"}, width);
  const Count heads = f.count(head_names);
  if (inner.value() % heads.value() != 0 && !f.has_errors()) {
    f.error("lru_width", "config-inconsistent",
            heads.text() + " heads do not divide the width " + inner.text() + " of the recurrence");
  }
  const Count block = std::max<std::uint64_t>(1, inner.value() / heads.value());
  ListedMixer m;
  m.weights = {matrix("recurrence input", two * inner, width),
               vector("recurrence input bias", two * inner),
               matrix("recurrence convolution", inner, f.count_or({"conv1d_width"}, usual_kernel)),
               vector("recurrence convolution bias", inner),
               matrix("recurrence gates", block, block, two * heads),
               vector("recurrence gate biases", two * inner),
               vector("recurrence decay", inner),
               matrix("recurrence output", width, inner),
               vector("recurrence output bias", width)};
  constexpr double flop_per_channel = 6;  // gated input, decay, its complement, update
  m.recurrence = "gated linear recurrence";
  m.rule = "gated linear recurrence 6 FLOP per channel";
  m.recurrence_flop = flop_per_channel * inner.as_double();
  constexpr std::uint64_t maps = 6;
  m.kept = maps * inner;
  return m;
}

// Kimi Delta Attention, as in modeling_kimi_linear.py: a delta net whose decay is one number per channel,
// made by a narrow pair of matrices, as is the gate.
ListedMixer read_kimi_delta(Fields& f, Count width) {
  ListedMixer m;
  auto nested = f.object("linear_attn_config");
  Fields& g = nested ? *nested : f;
  const Count heads = nested ? g.count({"num_heads"}) : g.count({"linear_num_key_heads"});
  const Count head_dim = nested ? g.count({"head_dim"}) : g.count({"linear_key_head_dim"});
  const Count kernel = g.count_or({"short_conv_kernel_size", "linear_conv_kernel_dim"}, usual_kernel);
  if (nested) {
    nested->decides_nothing({"full_attn_layers", "kda_layers"});  // read_layer_parts() goes by them
    report_unread(*nested, {}, "kimi_linear");
  }
  const Count inner = heads * head_dim;
  constexpr std::uint64_t three = 3;
  m.weights = {matrix("delta attention query, key and value", three * inner, width),
               matrix("delta attention convolution", three * inner, kernel),
               matrix("delta attention decay and gate down", two * head_dim, width),
               matrix("delta attention decay and gate up", two * inner, head_dim),
               matrix("delta attention strength", heads, width),
               vector("delta attention decay", heads + inner),
               vector("delta attention norm", head_dim, Part::norms),
               matrix("delta attention output", width, inner)};
  constexpr double flop_per_state = 7;
  m.recurrence = "gated delta rule";
  m.rule = "gated delta rule 7 FLOP per element of the state";
  m.recurrence_flop = flop_per_state * (inner * head_dim).as_double();
  constexpr std::uint64_t maps = 9;
  m.kept = maps * inner;
  return m;
}

std::optional<LayerPart> named_part(std::string_view name) {
  for (const std::string_view known :
       {"attention", "full_attention", "sliding_attention", "chunked_attention", "local", "global", "full"}) {
    if (name == known) return LayerPart::attention;
  }
  for (const std::string_view known : {"mamba", "linear_attention", "conv", "recurrent", "kda_attention"}) {
    if (name == known) return LayerPart::mixer;
  }
  return std::nullopt;
}

// 0 and 1 for each layer, 1 is attention (MiniMax), or indices of attention layers.
std::vector<LayerPart> by_number(Fields& f, std::size_t layers) {
  std::vector<LayerPart> plan;
  if (f.has("attn_type_list")) {
    for (const Count type : f.counts("attn_type_list")) {
      plan.push_back(type == 1 ? LayerPart::attention : LayerPart::mixer);
    }
    return plan;
  }
  for (const char* field : {"attn_layer_indices", "full_attn_idxs"}) {
    if (!f.has(field)) continue;
    plan.assign(layers, LayerPart::mixer);
    for (const Count index : f.counts(field)) {
      if (index.value() < layers) plan[index.value()] = LayerPart::attention;
    }
  }
  return plan;
}

std::vector<LayerPart> by_period(Fields& f, const DecoderRules& rules, std::size_t layers) {
  std::uint64_t period = 0;
  std::uint64_t offset = 0;
  if (f.has("attn_layer_period") || rules.attention_every == AttentionEvery::jamba) {
    constexpr std::uint64_t jamba_period = 8;
    constexpr std::uint64_t jamba_offset = 4;
    period = f.count_or({"attn_layer_period"}, jamba_period).value();
    offset = f.count_or_zero({"attn_layer_offset"}, jamba_offset).value();
  } else if (rules.attention_every == AttentionEvery::interval) {
    constexpr std::uint64_t usual_interval = 4;  // Qwen3-Next
    period = f.count_or({"full_attention_interval"}, usual_interval).value();
    offset = period - 1;
  }
  std::vector<LayerPart> plan;
  for (std::uint64_t i = 0; period > 0 && i < layers; ++i) {
    plan.push_back(i % period == offset % period ? LayerPart::attention : LayerPart::mixer);
  }
  return plan;
}

// Nemotron-H: a letter per layer, which is one thing only.
std::vector<LayerPart> by_letters(Fields& f) {
  std::vector<LayerPart> plan;
  for (const char letter : f.text("hybrid_override_pattern", "")) {
    switch (letter) {
      case 'M':
        plan.push_back(LayerPart::mixer);
        break;
      case '*':
        plan.push_back(LayerPart::attention);
        break;
      case '-':
        plan.push_back(LayerPart::dense);
        break;
      case 'E':
        plan.push_back(LayerPart::experts);
        break;
      default:
        f.error("hybrid_override_pattern", "config-unsupported",
                std::string("no rule for a layer '") + letter + "'",
                "M is Mamba, * attention, - feed-forward, E experts");
        return {};
    }
  }
  return plan;
}

std::vector<LayerPart> by_name(Fields& f, std::size_t layers) {
  std::vector<LayerPart> plan;
  for (const char* field :
       {"layers_block_type", "layer_types", "layer_type", "_block_types", "block_types"}) {
    const JsonValue* value = f.find(field);
    if (!plan.empty() || value == nullptr || value->kind != JsonValue::Kind::array) continue;
    for (const std::string& name : f.texts(field)) {
      std::optional<LayerPart> part = named_part(name);
      if (name == "mlp") part = LayerPart::dense;
      if (name == "moe") part = LayerPart::experts;
      if (!part) {
        f.error(field, "config-unsupported", "no rule for layers of type '" + name.substr(0, 60) + "'");
        return {};
      }
      plan.push_back(*part);
    }
    // Griffin names its cycle once.
    if (std::string_view(field).ends_with("block_types") && !plan.empty()) {
      const std::size_t cycle = plan.size();
      while (plan.size() < layers) plan.push_back(plan[plan.size() % cycle]);
      plan.resize(layers);
    }
  }
  return plan;
}

// Kimi Linear counts its layers from 1.
std::vector<LayerPart> by_nested_lists(Fields& f, std::size_t layers) {
  std::vector<LayerPart> plan;
  auto nested = f.object("linear_attn_config");
  if (!nested || !nested->has("full_attn_layers")) return plan;
  plan.assign(layers, LayerPart::mixer);
  for (const Count layer : nested->counts("full_attn_layers")) {
    if (layer >= 1 && layer.value() <= layers) plan[layer.value() - 1] = LayerPart::attention;
  }
  nested->counts("kda_layers");
  return plan;
}

}  // namespace

void read_mixer(Fields& f, const DecoderRules& rules, Count width, LayerParts& parts) {
  switch (rules.mixer) {
    case Mixer::none:
      break;
    case Mixer::mamba:
    case Mixer::mamba2:
      parts.state_space = read_state_space(f, width, rules.mixer == Mixer::mamba2);
      break;
    case Mixer::delta_net:
      parts.mixer = read_delta_net(f, width);
      break;
    case Mixer::kimi_delta:
      parts.mixer = read_kimi_delta(f, width);
      break;
    case Mixer::short_convolution:
      parts.mixer = read_short_convolution(f, width);
      break;
    case Mixer::lightning:
      parts.mixer = read_lightning(*parts.attention, width);
      break;
    case Mixer::gated_recurrence:
      parts.mixer = read_gated_recurrence(f, width);
      break;
  }
}

std::vector<LayerPart> read_layer_parts(Fields& f, const DecoderRules& rules, std::size_t layers) {
  if (rules.mixer == Mixer::none) return std::vector<LayerPart>(layers, LayerPart::attention);
  if (rules.attention_every == AttentionEvery::layer) return std::vector<LayerPart>(layers, LayerPart::both);
  std::vector<LayerPart> plan = by_letters(f);
  if (plan.empty()) plan = by_name(f, layers);
  if (plan.empty()) plan = by_nested_lists(f, layers);
  if (plan.empty()) plan = by_number(f, layers);
  if (plan.empty()) plan = by_period(f, rules, layers);
  if (plan.empty()) {
    if (!f.has_errors()) {
      f.error("layer_types", "config-missing-field",
              "nothing says which layers of this hybrid have attention (layer_types, layers_block_type, "
              "attn_layer_indices, hybrid_override_pattern, …)");
    }
    plan.assign(layers, LayerPart::attention);
  }
  if (plan.size() != layers) {
    if (!f.has_errors()) {
      f.error("layer_types", "config-inconsistent",
              std::to_string(plan.size()) + " layers are named, but num_hidden_layers is " +
                  std::to_string(layers));
    }
    plan.resize(layers, LayerPart::attention);
  }
  return plan;
}

}  // namespace kwhatif::model
