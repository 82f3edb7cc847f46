// Reads the decoders whose families differ only in the points that DecoderRules names.
#include "readers.hpp"

#include <algorithm>
#include <string>

namespace kwhatif::model {
namespace {

// transformers' choices for layers that see all: every fourth (Llama 4, no_rope_layer_interval).
constexpr std::uint64_t llama4_full_interval = 4;

Reach sliding(Count window) { return {.window = window}; }

// GPT-Neo: [[["global", "local"], 12]] or a flat list.
std::vector<Reach> neo_reaches(Fields& f, std::size_t layers, Count window) {
  std::vector<Reach> reaches;
  for (const std::string& type : f.texts("attention_layers")) {
    reaches.push_back(type == "local" ? sliding(window) : Reach{});
  }
  if (const JsonValue* types = f.find("attention_types"); reaches.empty() && types != nullptr) {
    for (const JsonValue& pair : types->items) {
      if (pair.items.size() != 2 || pair.items[1].magnitude > layers) continue;
      for (std::uint64_t i = 0; i < pair.items[1].magnitude; ++i) {
        for (const JsonValue& type : pair.items[0].items) {
          if (reaches.size() <= layers) reaches.push_back(type.text == "local" ? sliding(window) : Reach{});
        }
      }
    }
  }
  return reaches;
}

// A config may say it layer by layer; this overrides the family's pattern.
std::vector<Reach> listed_reaches(Fields& f, Count window, Count chunk) {
  std::vector<Reach> reaches;
  for (const std::string& type : f.texts("layer_types")) {
    if (type == "full_attention" || type == "attention" || type == "global") {
      reaches.push_back({});
    } else if (type == "sliding_attention" || type == "local") {
      reaches.push_back(sliding(window));
    } else if (type == "chunked_attention") {
      reaches.push_back({.window = chunk, .chunked = true});
    } else {
      f.error("layer_types", "config-unsupported", "no rule for layers of type '" + type.substr(0, 60) + "'",
              "kwhatif counts full, sliding and chunked attention");
      return {};
    }
  }
  return reaches;
}

// The window where the config names one; its family's where it says nothing; 0, no window, where it says
// null.
Count read_window(Fields& f, const char* field, Count fallback) {
  return f.says_null(field) ? Count{0} : f.count_or_zero({field}, fallback);
}

// Whether a layer of a family sees only a window. The fields are read once, whatever the number of layers.
class NarrowLayers {
 public:
  NarrowLayers(Fields& f, Windows windows, unsigned pattern_default)
      : windows_(windows),
        pattern_(
            f.count_or({"sliding_window_pattern", "_sliding_window_pattern"}, std::max(1U, pattern_default))
                .value()),
        first_(f.count_or_zero({"max_window_layers"}, 0).value()),
        switched_on_(f.flag("use_sliding_window", false)) {}

  bool contains(std::uint64_t layer) const {
    switch (windows_) {
      case Windows::none:
      case Windows::neo:
        return false;
      case Windows::all:
        return true;
      case Windows::switched:
        return switched_on_ && layer >= first_;
      case Windows::even_layers:
        return layer % 2 == 0;
      case Windows::pattern:
        return (layer + 1) % pattern_ != 0;
      case Windows::chunks:
        return (layer + 1) % llama4_full_interval != 0;
    }
    return false;
  }

 private:
  Windows windows_;
  std::uint64_t pattern_;
  std::uint64_t first_;
  bool switched_on_;
};

std::vector<Reach> read_reaches(Fields& f, const DecoderRules& rules, std::size_t layers) {
  const bool neo = rules.windows == Windows::neo;
  const Count window = read_window(f, neo ? "window_size" : "sliding_window", rules.window_default);
  const Count chunk = read_window(f, "attention_chunk_size", rules.window_default);
  std::vector<Reach> reaches = listed_reaches(f, window, chunk);
  if (reaches.empty() && neo) reaches = neo_reaches(f, layers, window);
  if (reaches.empty()) {
    const Reach narrow =
        rules.windows == Windows::chunks ? Reach{.window = chunk, .chunked = true} : sliding(window);
    const NarrowLayers narrow_layers(f, rules.windows, rules.pattern_default);
    for (std::uint64_t i = 0; i < layers; ++i) {
      reaches.push_back(narrow_layers.contains(i) ? narrow : Reach{});
    }
  } else if (reaches.size() != layers) {
    f.error(neo ? "attention_types" : "layer_types", "config-inconsistent",
            std::to_string(reaches.size()) + " layer types for " + std::to_string(layers) + " layers");
    reaches.resize(layers);
  }
  return reaches;
}

LatentAttention read_latent(Fields& f) {
  return {.query_rank = f.count_or({"q_lora_rank"}, 0),
          .key_value_rank = f.count({"kv_lora_rank"}),
          .nope_dim = f.count({"qk_nope_head_dim"}),
          .rope_dim = f.count({"qk_rope_head_dim"})};
}

Attention read_decoder_attention(Fields& f, const DecoderRules& rules, Count width) {
  Attention a;
  if (rules.latent_attention || f.has("kv_lora_rank")) {
    a.heads = f.count(head_names);
    a.key_value_heads = f.count_or(key_value_head_names, a.heads);
    a.latent = read_latent(f);
    a.head_dim = a.latent->nope_dim + a.latent->rope_dim;
    a.value_dim = f.count({"v_head_dim"});
    f.find("head_dim");  // DeepSeek writes the rotary part there; it decides nothing
  } else {
    a = read_attention(f, width, rules.head_dim_default);
    if (rules.model_type == "gpt_bigcode" && f.flag("multi_query", true)) a.key_value_heads = 1;
  }
  a.query_bias = is_on(f, rules.query_key_value_bias);
  a.key_value_bias = a.query_bias;
  a.output_bias = is_on(f, rules.output_bias);
  a.sinks = rules.sinks;
  if (is_on(f, rules.query_key_normed)) {
    switch (rules.query_key_norm) {
      case QueryKeyNorm::none:
        break;
      case QueryKeyNorm::head:
        a.query_norm = a.key_norm = a.head_dim;
        break;
      case QueryKeyNorm::projected:
        a.query_norm = a.heads * a.head_dim;
        a.key_norm = a.key_value_heads * a.head_dim;
        break;
      case QueryKeyNorm::head_with_shift:
        a.query_norm = a.key_norm = Count{2} * a.head_dim;
        break;
    }
  }
  return a;
}

constexpr Names expert_count_names{"num_local_experts", "num_experts", "n_routed_experts"};
constexpr Names used_expert_names{"num_experts_per_tok", "num_experts_per_token", "moe_topk", "moe_top_k"};

std::optional<Experts> read_experts(Fields& f, const DecoderRules& rules) {
  const bool generic = rules.model_type.empty();
  if (rules.experts == ExpertPlan::none && !generic) return std::nullopt;
  const bool needed = rules.experts != ExpertPlan::none && rules.experts != ExpertPlan::after_dense;
  const std::optional<Count> routed =
      needed ? f.count(expert_count_names) : f.maybe_count(expert_count_names);
  if (!routed) return std::nullopt;
  Experts e;
  e.routed = *routed;
  e.used = f.count(used_expert_names);
  if (e.used > e.routed) {
    f.error("num_experts_per_tok", "config-inconsistent",
            e.used.text() + " experts per token, but there are only " + e.routed.text());
  }
  const std::optional<Count> own_width = f.maybe_count({"moe_intermediate_size"});
  e.width = own_width ? *own_width : f.count(feed_forward_names);
  e.gated = rules.gated;
  e.bias = rules.expert_bias;
  e.router_bias = rules.router_bias;
  e.correction_bias = rules.correction_bias || f.flag("moe_router_enable_expert_bias", false);
  if (const auto shared = f.maybe_count({"shared_expert_intermediate_size"})) {
    e.shared_width = *shared;
    e.shared_gate = rules.shared_gate;
  } else if (rules.experts == ExpertPlan::interleaved) {
    e.shared_width = e.width;  // Llama 4: one shared expert
  } else {
    e.shared_width = f.count_or_zero({"n_shared_experts", "num_shared_experts"}, 0) * e.width;
  }
  return e;
}

std::vector<bool> read_sparse_layers(Fields& f, const DecoderRules& rules, std::size_t layers) {
  std::vector<bool> sparse(layers, true);
  const std::uint64_t dense_first = f.count_or_zero({"first_k_dense_replace"}, 0).value();
  const std::uint64_t every = f.count_or({"moe_layer_freq"}, 1).value();
  const std::uint64_t step = f.count_or({"decoder_sparse_step"}, 1).value();
  const std::uint64_t interleave = f.count_or({"interleave_moe_layer_step"}, 1).value();
  for (std::uint64_t i = 0; i < layers; ++i) {
    sparse[i] = i >= dense_first && i % every == 0 && (i + 1) % step == 0 && (i + 1) % interleave == 0;
  }
  for (const Count dense : f.counts("mlp_only_layers")) {
    if (dense.value() < layers) sparse[dense.value()] = false;
  }
  if (const std::vector<Count> listed = f.counts("moe_layers");
      rules.experts == ExpertPlan::interleaved && !listed.empty()) {
    std::fill(sparse.begin(), sparse.end(), false);
    for (const Count layer : listed) {
      if (layer.value() < layers) sparse[layer.value()] = true;
    }
  }
  return sparse;
}

FeedForward read_feed_forward(Fields& f, const DecoderRules& rules, Count width) {
  FeedForward result;
  const bool llama4 = rules.experts == ExpertPlan::interleaved;
  if (llama4) {
    result.width = f.count({"intermediate_size_mlp"});
  } else if (rules.width_is_four_times) {
    constexpr std::uint64_t factor = 4;
    result.width = f.maybe_count(feed_forward_names).value_or(Count{factor} * width);
  } else {
    result.width = f.count(feed_forward_names);
  }
  result.gated = rules.gated;
  result.input_bias = result.output_bias = is_on(f, rules.feed_forward_bias);
  return result;
}

void remark_what_is_left_out(Fields& f) {
  if (f.count_or_zero({"num_nextn_predict_layers", "num_mtp_layers"}, 0) > 0) {
    f.note(
        "num_nextn_predict_layers", "config-part-left-out",
        "the multi-token-prediction module is not counted: parameters and FLOPs are those of the main model");
  }
  if (f.flag("add_cross_attention", false)) {
    f.warn("add_cross_attention", "config-part-left-out",
           "the cross-attention added to this decoder is not counted");
  }
}

}  // namespace

Architecture read_decoder(Fields& f, const DecoderRules& rules) {
  const Count width = f.count(width_names);
  Architecture a = decoder_frame(f, width, rules.tied);
  a.family = rules.title;
  a.norm = rules.norm;
  a.head_bias = is_on(f, rules.head_bias);

  const std::size_t layers = read_layers(f).value();
  Block prototype;
  prototype.attention = read_decoder_attention(f, rules, width);
  prototype.norms = rules.norms;
  // StableLM: attention and feed-forward side by side share one norm.
  if (rules.model_type == "stablelm" && f.flag("use_parallel_residual", false)) prototype.norms = 1;

  const std::optional<Experts> experts = read_experts(f, rules);
  std::vector<bool> sparse(layers, false);
  if (experts) sparse = read_sparse_layers(f, rules, layers);
  const bool has_dense = std::find(sparse.begin(), sparse.end(), false) != sparse.end();
  std::optional<FeedForward> dense;
  if (has_dense) dense = read_feed_forward(f, rules, width);

  const std::vector<Reach> reaches = read_reaches(f, rules, layers);
  std::vector<LayerKind> kinds;
  for (std::size_t i = 0; i < layers; ++i) kinds.push_back({sparse[i], reaches[i]});

  Stack stack{.name = "decoder", .blocks = fold_layers(kinds, prototype, dense, experts)};
  if (rules.learned_positions) stack.position_rows = f.count({"n_positions", "max_position_embeddings"});
  a.stacks.push_back(std::move(stack));
  remark_what_is_left_out(f);
  for (const std::string_view name : feed_forward_names)
    f.find(name);  // read or of no effect, never "ignored"
  return a;
}

}  // namespace kwhatif::model
