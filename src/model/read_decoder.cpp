// Reads the decoders whose families differ only in the points that DecoderRules names.
#include "readers.hpp"

#include <algorithm>
#include <string>

namespace kwhatif::model {
namespace {

// transformers' choices for layers that see all: every fourth (Llama 4, no_rope_layer_interval).
constexpr std::uint64_t llama4_full_interval = 4;

Reach sliding(Count window) { return {.window = window}; }

// How many positions the indexer of DeepSeek V3.2 chooses for each token.
Count read_chosen(Fields& f) {
  constexpr std::uint64_t usual_chosen = 2048;
  return f.count_or({"index_topk"}, usual_chosen);
}

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
std::vector<Reach> listed_reaches(Fields& f, const DecoderRules& rules, Count window, Count chunk) {
  std::vector<Reach> reaches;
  for (const std::string& type : f.texts("layer_types")) {
    if (type == "full_attention" || type == "attention" || type == "global") {
      reaches.push_back({});
    } else if (type == "sliding_attention" || type == "local") {
      reaches.push_back(sliding(window));
    } else if (type == "chunked_attention") {
      reaches.push_back({.window = chunk, .chunked = true});
    } else if (type == "deepseek_sparse_attention" && rules.indexed) {
      reaches.push_back(sliding(read_chosen(f)));
    } else if (rules.mixer != Mixer::none) {
      reaches.push_back({});  // a layer without attention: read_layer_parts() knows what it is
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
  NarrowLayers(Fields& f, Windows windows, unsigned pattern_default) : windows_(windows) {
    if (windows == Windows::pattern) read_pattern(f, pattern_default);
    if (windows == Windows::switched) {
      first_ = f.count_or_zero({"max_window_layers"}, 0).value();
      switched_on_ = f.flag("use_sliding_window", false);
    }
  }

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
        if (!letters_.empty()) return letters_[layer % letters_.size()] == 'L';
        return (layer + 1) % pattern_ != 0;
      case Windows::chunks:
        return (layer + 1) % llama4_full_interval != 0;
    }
    return false;
  }

 private:
  // A number, every so manieth layer sees all; or letters, which repeat: EXAONE's "LLLG", local and global.
  void read_pattern(Fields& f, unsigned fallback) {
    constexpr const char* field = "sliding_window_pattern";
    const JsonValue* given = f.find(field);
    if (given == nullptr || given->kind != JsonValue::Kind::text) {
      pattern_ =
          f.count_or({field, "_sliding_window_pattern", "global_attn_every_n_layers"}, std::max(1U, fallback))
              .value();
      return;
    }
    letters_ = given->text;
    if (letters_.empty() || letters_.find_first_not_of("LG") != std::string::npos)
      f.error(field, "config-bad-value",
              "sliding_window_pattern must be a number, or letters L (local) and G (global)");
  }

  Windows windows_;
  std::string letters_;
  std::uint64_t pattern_ = 1;
  std::uint64_t first_ = 0;
  bool switched_on_ = false;
};

std::vector<Reach> read_reaches(Fields& f, const DecoderRules& rules, std::size_t layers) {
  const bool neo = rules.windows == Windows::neo;
  const char* const griffin = "attention_window_size";
  const char* const window_field = neo ? "window_size" : f.has(griffin) ? griffin : "sliding_window";
  // A family without windows does not look at their width, unless its file names layer by layer.
  const bool looks = rules.windows != Windows::none || f.has("layer_types");
  const bool by_chunks = rules.windows == Windows::chunks || f.has("layer_types");
  const Count window = looks ? read_window(f, window_field, rules.window_default) : Count{0};
  const Count chunk = by_chunks ? read_window(f, "attention_chunk_size", rules.window_default) : Count{0};
  std::vector<Reach> reaches = listed_reaches(f, rules, window, chunk);
  if (reaches.empty() && rules.indexed) reaches.assign(layers, sliding(read_chosen(f)));
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
    f.decides_nothing({"head_dim"});  // DeepSeek writes the rotary part there
  } else {
    a = read_attention(f, width, rules.head_dim_default);
    if (rules.model_type == "gpt_bigcode" && f.flag("multi_query", true)) a.key_value_heads = 1;
  }
  a.query_bias = is_on(f, rules.query_key_value_bias);
  a.key_bias = a.value_bias = a.query_bias;
  a.output_bias = is_on(f, rules.output_bias);
  a.sinks = rules.sinks;
  a.gated = rules.gated_attention && f.flag("attn_output_gate", true);
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

constexpr Names expert_count_names{"num_local_experts", "num_experts", "n_routed_experts", "moe_num_experts"};
constexpr Names used_expert_names{
    "num_experts_per_tok", "num_experts_per_token", "experts_per_token", "moe_topk", "moe_top_k", "moe_k",
    "top_k_experts"};
constexpr Names expert_width_names{"moe_intermediate_size", "expert_intermediate_size"};
constexpr Names shared_expert_names{"n_shared_experts", "num_shared_experts", "num_shared_expert",
                                    "moe_num_shared_experts"};
constexpr Names shared_width_names{"shared_expert_intermediate_size", "moe_shared_expert_intermediate_size",
                                   "shared_intermediate_size"};

// Hunyuan gives these layer by layer, always the same.
std::optional<Count> maybe_uniform(Fields& f, Names names) {
  for (const char* name : names) {
    const JsonValue* value = f.find(name);
    if (value == nullptr || value->kind != JsonValue::Kind::array) continue;
    const std::vector<Count> list = f.counts(name);
    if (list.empty()) return std::nullopt;
    if (std::ranges::any_of(list, [&](Count c) { return c != list.front(); })) {
      f.error(name, "config-unsupported", std::string(name) + " differs from layer to layer");
    }
    return list.front();
  }
  return f.maybe_count(names);
}

std::optional<Experts> read_experts(Fields& f, const DecoderRules& rules) {
  const bool generic = rules.model_type.empty();
  if (rules.experts == ExpertPlan::none && !generic) return std::nullopt;
  const bool optional =
      generic || rules.experts == ExpertPlan::after_dense || rules.experts == ExpertPlan::where_given;
  const Count routed = optional ? f.count_or_zero(expert_count_names, 0) : f.count(expert_count_names);
  if (routed == 0) {
    if (f.has(*expert_count_names.begin())) f.decides_nothing(used_expert_names);  // 0 of 0 experts
    return std::nullopt;
  }
  if (rules.experts == ExpertPlan::periodic && routed == 1) return std::nullopt;  // Jamba without experts
  Experts e;
  e.routed = routed;
  const std::optional<Count> used = maybe_uniform(f, used_expert_names);
  e.used = used ? *used : f.count(used_expert_names);
  if (e.used > e.routed) {
    f.error("num_experts_per_tok", "config-inconsistent",
            e.used.text() + " experts per token, but there are only " + e.routed.text());
  }
  const std::optional<Count> own_width = maybe_uniform(f, expert_width_names);
  e.width = own_width ? *own_width : f.count(feed_forward_names);
  e.gated = rules.gated;
  e.bias = rules.expert_bias;
  if (is_on(f, rules.feed_forward_bias) && !rules.expert_bias) {
    f.error(rules.feed_forward_bias.field, "config-unsupported", "experts with biases in this family",
            "no published model has them");
  }
  e.router_bias = rules.router_bias;
  e.correction_bias = rules.correction_bias || f.flag("moe_router_enable_expert_bias", false) ||
                      f.flag("use_expert_bias", false);
  if (f.text("topk_method", "") == "noaux_tc") e.correction_bias = true;  // DeepSeek-V3's load balancing
  e.latent_width = f.count_or({"moe_latent_size", "routed_expert_hidden_size"}, 0);
  if (const Count shared = f.count_or_zero(shared_width_names, 0); shared > 0) {
    f.decides_nothing(shared_expert_names);  // that width is of all of them together
    e.shared_width = shared;
    e.shared_gate = rules.shared_gate;
  } else if (rules.experts == ExpertPlan::interleaved) {
    e.shared_width = e.width;  // Llama 4: one shared expert
  } else {
    const JsonValue* shared_list = f.find("num_shared_expert");
    const bool listed = shared_list != nullptr && shared_list->kind == JsonValue::Kind::array;
    const Count experts = listed ? maybe_uniform(f, {"num_shared_expert"}).value_or(0)
                                 : f.count_or_zero(shared_expert_names, 0);
    e.shared_width = experts * e.width;
  }
  return e;
}

// ERNIE 4.5 writes -1 for the last layer.
std::uint64_t read_last_sparse_layer(Fields& f, std::size_t layers) {
  const JsonValue* value = f.find("moe_layer_end_index");
  if (value == nullptr || value->negative) return layers;
  return f.count_or_zero({"moe_layer_end_index"}, layers).value();
}

// 0 or 1, or "dense" or "sparse", for each layer.
std::optional<std::vector<bool>> listed_sparse_layers(Fields& f, std::size_t layers) {
  for (const char* name : {"moe_layer_freq", "mlp_layer_types"}) {
    const JsonValue* list = f.find(name);
    if (list == nullptr || list->kind != JsonValue::Kind::array) continue;
    std::vector<bool> sparse;
    for (const JsonValue& item : list->items) {
      const bool number = item.kind == JsonValue::Kind::integer && item.magnitude <= 1 && !item.negative;
      if (!number && item.text != "sparse" && item.text != "dense") {
        f.error(name, "config-bad-value",
                std::string(name) + " must be 0 or 1, or \"dense\" or \"sparse\", for each layer");
        return std::vector<bool>(layers, true);
      }
      sparse.push_back(item.text == "sparse" || item.magnitude == 1);
    }
    if (sparse.size() != layers) {
      f.error(name, "config-inconsistent",
              std::string(name) + " names " + std::to_string(sparse.size()) + " layers of " +
                  std::to_string(layers));
      sparse.resize(layers, true);
    }
    return sparse;
  }
  return std::nullopt;
}

std::vector<bool> read_sparse_layers(Fields& f, const DecoderRules& rules, std::size_t layers) {
  if (auto listed = listed_sparse_layers(f, layers)) {
    f.decides_nothing({"first_k_dense_replace", "num_dense_layers"});  // says the same in short
    return *listed;
  }
  std::vector<bool> sparse(layers, true);
  const std::uint64_t dense_first =
      f.count_or_zero({"first_k_dense_replace", "num_dense_layers"}, rules.dense_first).value();
  const std::uint64_t every = f.count_or({"moe_layer_freq"}, 1).value();
  const std::uint64_t step = f.count_or({"decoder_sparse_step", "moe_layer_frequency"}, 1).value();
  const std::uint64_t interleave = f.count_or({"interleave_moe_layer_step"}, 1).value();
  for (std::uint64_t i = 0; i < layers; ++i) {
    sparse[i] = i >= dense_first && i % every == 0 && (i + 1) % step == 0 && (i + 1) % interleave == 0;
  }
  if (rules.experts == ExpertPlan::periodic) {
    constexpr std::uint64_t jamba_period = 2;
    const std::uint64_t period = f.count_or({"expert_layer_period"}, jamba_period).value();
    const std::uint64_t offset = f.count_or_zero({"expert_layer_offset"}, 1).value();
    for (std::uint64_t i = 0; i < layers; ++i) sparse[i] = i % period == offset % period;
  }
  if (rules.experts == ExpertPlan::ranged) {
    const std::uint64_t interval = f.count_or({"moe_layer_interval"}, 1).value();
    const std::uint64_t first = f.count_or_zero({"moe_layer_start_index"}, 1).value();
    const std::uint64_t last = read_last_sparse_layer(f, layers);
    for (std::uint64_t i = 0; i < layers; ++i) {
      sparse[i] = (i + 1) % interval == 0 && i >= first && i <= last;
    }
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

// LFM2's files name the width before it is adjusted.
Count read_lfm2_width(Fields& f) {
  constexpr double third = 3;
  constexpr double thirds = 2;
  constexpr std::uint64_t usual_multiple = 256;
  const Count width = f.count({"block_ff_dim", "intermediate_size"});
  if (!f.flag("block_auto_adjust_ff_dim", true)) return width;
  const auto adjusted = static_cast<std::uint64_t>(thirds * width.as_double() / third);
  const double scaled = f.number("block_ffn_dim_multiplier", 1) * static_cast<double>(adjusted);
  return round_up(static_cast<std::uint64_t>(scaled), f.count_or({"block_multiple_of"}, usual_multiple));
}

Count read_feed_forward_width(Fields& f, const DecoderRules& rules, Count width) {
  constexpr std::uint64_t factor = 4;
  if (rules.experts == ExpertPlan::interleaved) return f.count({"intermediate_size_mlp"});
  switch (rules.wide) {
    case Wide::given: {
      const std::optional<Count> given = maybe_uniform(f, feed_forward_names);
      return given ? *given : f.count(feed_forward_names);
    }
    case Wide::four_times:
      return f.maybe_count(feed_forward_names).value_or(Count{factor} * width);
    case Wide::half:
      return std::max<std::uint64_t>(1, f.count(feed_forward_names).value() / 2);
    case Wide::shared:
      return f.count({"shared_intermediate_size"});
    case Wide::prefix:
      return f.count({"prefix_dense_intermediate_size"});
    case Wide::lfm2:
      return read_lfm2_width(f);
  }
  return 1;
}

FeedForward read_feed_forward(Fields& f, const DecoderRules& rules, Count width) {
  const bool bias = is_on(f, rules.feed_forward_bias);
  return {.width = read_feed_forward_width(f, rules, width),
          .gated = rules.gated,
          .input_bias = bias,
          .output_bias = bias};
}

// The lightning indexer (DeepSeek-V3.2, section 2.1; modeling_deepseek_v32.py).
void read_indexer(Fields& f, Count width, LayerParts& parts) {
  constexpr std::uint64_t usual_heads = 64;
  constexpr std::uint64_t usual_head_dim = 128;
  constexpr std::uint64_t norm_vectors = 2;
  const Count heads = f.count_or({"index_n_heads"}, usual_heads);
  const Count head_dim = f.count_or({"index_head_dim"}, usual_head_dim);
  const Count rank = f.count({"q_lora_rank"});
  parts.index_width = heads * head_dim;
  const auto matrix = [](const char* name, Count rows, Count columns) {
    return ListedWeight{.name = name, .part = Part::attention, .rows = rows, .columns = columns};
  };
  parts.indexer = {
      matrix("index query", heads * head_dim, rank),
      matrix("index key", head_dim, width),
      matrix("index weights", heads, width),
      {.name = "index key norm", .part = Part::norms, .use = Use::vector, .rows = norm_vectors * head_dim}};
}

// GLM 5: some layers take over what an earlier one has chosen.
std::vector<bool> read_indexed_layers(Fields& f, std::size_t layers) {
  std::vector<bool> indexed;
  const JsonValue* pattern = f.find("index_topk_pattern");
  if (pattern != nullptr && pattern->kind == JsonValue::Kind::text) {
    for (const char letter : pattern->text) indexed.push_back(letter == 'F');
  } else {
    for (const char* field : {"indexer_types", "index_topk_pattern"}) {
      if (!indexed.empty()) break;
      for (const std::string& type : f.texts(field)) indexed.push_back(type == "full");
    }
  }
  constexpr std::uint64_t usual_offset = 2;
  const std::uint64_t every = f.count_or({"index_topk_freq"}, 1).value();
  const std::uint64_t offset = f.count_or_zero({"index_skip_topk_offset"}, usual_offset).value();
  if (indexed.empty()) {
    for (std::uint64_t i = 0; i < layers; ++i) {
      const std::uint64_t since = i + 1 > offset ? i + 1 - offset : 0;
      indexed.push_back(since % every == 0);
    }
  } else if (indexed.size() != layers) {
    f.error("indexer_types", "config-inconsistent",
            std::to_string(indexed.size()) + " indexers are named for " + std::to_string(layers) + " layers");
    indexed.resize(layers);
  }
  return indexed;
}

void remark_what_is_left_out(Fields& f) {
  if (f.count_or_zero(
          {"num_nextn_predict_layers", "num_mtp_layers", "num_mtp_modules", "mtp_num_hidden_layers"}, 0) >
      0) {
    f.decides_nothing(
        {"use_mtp", "mtp_transformer_layers", "mtp_loss_scaling_factor", "mtp_use_dedicated_embeddings"});
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
  read_decoder_head(f, a);

  const std::size_t layers = read_layers(f).value();
  LayerParts parts;
  parts.attention = read_decoder_attention(f, rules, width);
  parts.norms = rules.norms;
  // HyperCLOVA X: norms behind both parts as well.
  if (rules.model_type == "hyperclovax" && f.flag("use_post_norm", false)) parts.norms = 4;
  // StableLM: attention and feed-forward side by side share one norm.
  if (rules.model_type == "stablelm" && f.flag("use_parallel_residual", false)) parts.norms = 1;
  if (rules.activation_numbers > 0) {
    parts.listed.push_back(
        {.name = "activation function", .use = Use::vector, .rows = rules.activation_numbers});
  }
  read_mixer(f, rules, width, parts);
  if (rules.indexed) read_indexer(f, width, parts);
  const std::vector<bool> indexed =
      rules.indexed ? read_indexed_layers(f, layers) : std::vector<bool>(layers, false);

  const std::vector<LayerPart> plan = read_layer_parts(f, rules, layers);
  const auto has = [&](LayerPart part) { return std::ranges::find(plan, part) != plan.end(); };
  parts.one_each = has(LayerPart::dense) || has(LayerPart::experts);
  parts.experts = read_experts(f, rules);
  std::vector<bool> sparse(layers, false);
  if (parts.experts && !parts.one_each) sparse = read_sparse_layers(f, rules, layers);
  const bool has_dense =
      parts.one_each ? has(LayerPart::dense) : std::ranges::find(sparse, false) != sparse.end();
  if (has_dense) parts.dense = read_feed_forward(f, rules, width);
  if (has(LayerPart::experts) && !parts.experts && !f.has_errors()) f.count(expert_count_names);  // complains

  const std::vector<Reach> reaches = read_reaches(f, rules, layers);
  std::vector<LayerKind> kinds;
  for (std::size_t i = 0; i < layers; ++i) {
    // Only attention has a reach.
    const bool attends = plan[i] == LayerPart::attention || plan[i] == LayerPart::both;
    kinds.push_back({plan[i], sparse[i], indexed[i], attends ? reaches[i] : Reach{}});
  }

  Stack stack{.name = "decoder", .blocks = fold_layers(kinds, parts)};
  if (rules.learned_positions) stack.position_rows = f.count({"n_positions", "max_position_embeddings"});
  a.stacks.push_back(std::move(stack));
  remark_what_is_left_out(f);
  f.decides_nothing({"intermediate_size"});  // where every layer is a mixture
  if (rules.experts == ExpertPlan::interleaved) f.decides_nothing({"intermediate_size_mlp"});
  return a;
}

}  // namespace kwhatif::model
