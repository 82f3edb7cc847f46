// Decoders of the first years that are almost GPT-2 or OPT, and OpenELM, whose layers grow with depth.
#include "readers.hpp"

#include <algorithm>
#include <string>
#include <utility>

namespace kwhatif::model {
namespace {

constexpr DecoderRules gpt_like{.model_type = "gpt",
                                .title = "a GPT-like decoder",
                                .query_key_value_bias = always,
                                .output_bias = always,
                                .feed_forward_bias = always,
                                .gated = false,
                                .wide = Wide::four_times,
                                .norm = Norm::scale_and_shift,
                                .tied = true};

Architecture read_gpt_like(Fields& f, std::string family) {
  Architecture a = read_decoder(f, gpt_like);
  a.family = std::move(family);
  return a;
}

}  // namespace

// Norms stand behind each part, and none at the end (modeling_openai.py).
Architecture read_openai_gpt(Fields& f) {
  Architecture a = read_gpt_like(f, "GPT-1");
  a.stacks.front().position_rows = f.count({"n_positions"});
  a.stacks.front().final_norm = false;
  f.decides_nothing({"afn"});
  return a;
}

// Positions are sinusoids, made when needed (modeling_xglm.py).
Architecture read_xglm(Fields& f) { return read_gpt_like(f, "XGLM"); }

// Two rows of positions more, as in OPT (modeling_biogpt.py).
Architecture read_biogpt(Fields& f) {
  constexpr std::uint64_t more_rows = 2;
  Architecture a = read_gpt_like(f, "BioGPT");
  a.stacks.front().position_rows = f.count({"max_position_embeddings"}) + Count{more_rows};
  return a;
}

// Mehta 2024 (2404.14619): heads and feed-forward widths are listed layer by layer.
Architecture read_openelm(Fields& f) {
  constexpr std::uint64_t usual_divisor = 256;
  Architecture a = decoder_frame(f, f.count({"model_dim"}), true);
  a.family = "OpenELM";
  a.tied = f.flag("share_input_output_layers", true);
  read_decoder_head(f, a);
  const std::size_t layers = read_layers(f, {"num_transformer_layers"}).value();
  const Count head_dim = f.count({"head_dim"});
  const Count divisor = f.count_or({"ffn_dim_divisor"}, usual_divisor);
  const bool normed = f.flag("normalize_qk_projections", true);
  const bool gated = f.flag("ffn_with_glu", true);
  const std::vector<Count> queries = f.counts("num_query_heads");
  const std::vector<Count> keys = f.counts("num_kv_heads");
  const JsonValue* multipliers = f.find("ffn_multipliers");
  const bool listed = multipliers != nullptr && multipliers->kind == JsonValue::Kind::array;
  if (queries.size() != layers || keys.size() != layers || !listed || multipliers->items.size() != layers) {
    f.error("num_query_heads", "config-inconsistent",
            "num_query_heads, num_kv_heads and ffn_multipliers must name each of the " +
                std::to_string(layers) + " layers");
    return a;
  }
  Stack stack{.name = "decoder"};
  for (std::size_t i = 0; i < layers; ++i) {
    const JsonValue& given = multipliers->items[i];
    const double factor =
        given.kind == JsonValue::Kind::number ? given.number : static_cast<double>(given.magnitude);
    constexpr double most = 1000;
    if (!(factor > 0 && factor < most) || queries[i] == 0 || keys[i] == 0) {
      f.error("ffn_multipliers", "config-bad-value",
              "each layer needs a multiplier above 0 and below 1000, and at least one head");
      return a;
    }
    Block block = repeated({}, 1);
    Attention attention;
    attention.heads = queries[i];
    attention.key_value_heads = keys[i];
    attention.head_dim = attention.value_dim = head_dim;
    if (normed) attention.query_norm = attention.key_norm = head_dim;
    block.attention = attention;
    // The multiple that is nearest, as make_divisible() of the model's code rounds.
    const auto wide = static_cast<std::uint64_t>(factor * a.width.as_double() + divisor.as_double() / 2);
    Count inner = std::max(divisor, Count{wide / divisor.value()} * divisor);
    constexpr double least_share = 0.9;
    if (inner.as_double() < least_share * factor * a.width.as_double()) inner += divisor;
    block.feed_forward = FeedForward{inner, gated, false, false};
    block.norms = 2;
    stack.blocks.push_back(std::move(block));
  }
  a.stacks.push_back(std::move(stack));
  f.decides_nothing({"num_gqa_groups", "qkv_multipliers", "activation_fn_name", "normalization_layer_name",
                     "max_context_length", "rope_freq_constant", "rope_max_length"});
  return a;
}

}  // namespace kwhatif::model
