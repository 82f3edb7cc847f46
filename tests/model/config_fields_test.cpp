// No field that changes a count is passed over in silence: the list of harmless fields, each with many
// values, and random fields of every kind on every preset.
#include "support.hpp"
#include <kwhatif/model/config_fields.hpp>
#include <kwhatif/model/flops.hpp>

#include <algorithm>
#include <optional>
#include <random>
#include <set>
#include <string>

#include <catch2/catch.hpp>

using namespace kwhatif::model;
using namespace kwhatif::model::testing;
using kwhatif::diag::Diagnostic;
using kwhatif::diag::Severity;

namespace {

// Fields of transformers' configurations that size or shape something in one family or another, collected
// from its documentation, not from our readers.
constexpr const char* shaping[] = {"attention_bias",
                                   "attn_layer_period",
                                   "attn_type_list",
                                   "bias",
                                   "block_ff_dim",
                                   "conv_L_cache",
                                   "conv_kernel",
                                   "cross_attention_layers",
                                   "d_ff",
                                   "d_inner",
                                   "d_kv",
                                   "d_model",
                                   "decoder_ffn_dim",
                                   "decoder_layers",
                                   "decoder_sparse_step",
                                   "embedding_size",
                                   "encoder_ffn_dim",
                                   "encoder_layers",
                                   "expand",
                                   "expert_layer_period",
                                   "feed_forward_proj",
                                   "ffn_config",
                                   "ffn_dim",
                                   "ffn_hidden_size",
                                   "first_k_dense_replace",
                                   "full_attention_interval",
                                   "head_dim",
                                   "hidden_size_per_layer_input",
                                   "hybrid_override_pattern",
                                   "index_head_dim",
                                   "index_n_heads",
                                   "intermediate_size_mlp",
                                   "interleave_moe_layer_step",
                                   "kv_channels",
                                   "kv_lora_rank",
                                   "layers_block_type",
                                   "linear_attn_config",
                                   "linear_num_key_heads",
                                   "linear_num_value_heads",
                                   "lm_head_bias",
                                   "lru_width",
                                   "mamba_d_conv",
                                   "mamba_d_state",
                                   "mamba_expand",
                                   "mamba_n_heads",
                                   "mamba_num_heads",
                                   "mlp_bias",
                                   "mlp_only_layers",
                                   "mlp_ratio",
                                   "moe_intermediate_size",
                                   "moe_latent_size",
                                   "moe_layer_freq",
                                   "moe_num_experts",
                                   "moe_topk",
                                   "n_groups",
                                   "n_inner",
                                   "n_routed_experts",
                                   "n_shared_experts",
                                   "no_bias",
                                   "num_codebooks",
                                   "num_decoder_layers",
                                   "num_experts",
                                   "num_experts_per_tok",
                                   "num_hash_layers",
                                   "num_key_value_heads",
                                   "num_kv_heads",
                                   "num_kv_shared_layers",
                                   "num_labels",
                                   "num_local_experts",
                                   "num_memory_blocks",
                                   "num_mem_blocks",
                                   "num_shared_experts",
                                   "patch_size",
                                   "per_layer_config",
                                   "projection_dim",
                                   "q_lora_rank",
                                   "qk_layernorm",
                                   "qk_nope_head_dim",
                                   "qk_rope_head_dim",
                                   "qkv_bias",
                                   "relative_attention",
                                   "rescale_layers",
                                   "routed_expert_hidden_size",
                                   "shared_expert_intermediate_size",
                                   "shared_intermediate_size",
                                   "sliding_window",
                                   "ssm_cfg",
                                   "ssm_state_size",
                                   "state_size",
                                   "text_encoder",
                                   "tie_encoder_decoder",
                                   "time_step_rank",
                                   "type_vocab_size",
                                   "use_bias",
                                   "use_cla",
                                   "use_conv_bias",
                                   "use_qk_norm",
                                   "use_qkv_bias",
                                   "use_sliding_window",
                                   "v_head_dim",
                                   "vision_config",
                                   "audio_config",
                                   "visual",
                                   "mm_hidden_size",
                                   "vision_tower",
                                   "video_config",
                                   "word_embed_proj_dim",
                                   "zero_expert_num",
                                   "add_cross_attention",
                                   "feed_forward_type",
                                   "pruned_heads",
                                   "laurel_rank",
                                   "altup_num_inputs",
                                   "is_decoder",
                                   "layer_head_dims",
                                   "loop_count",
                                   "adapter_dim",
                                   "lora_rank",
                                   "n_future_tokens",
                                   "moe_layers",
                                   "dense_layers"};

// Values that a field could have: sizes that are nobody's default, both truths, a word, a list, an object.
constexpr const char* values[] = {"3", "24", "7168", "true", "false", "\"geglu\"", "[1,0]", "{\"x\":1}"};

struct Seen {
  std::optional<std::uint64_t> parameters;  // none: refused
  double training = 0;
  bool told = false;
};

Seen look(const std::string& text, const std::string& field) {
  Seen seen;
  try {
    const ReadConfig read = read_config(text, "config.json");
    const Inventory inventory = take_inventory(read.architecture);
    seen.parameters = count_parameters(inventory).total.value();
    seen.training = count_flops(inventory, {.sequence_length = 4096}).training.coherent();
    for (const Diagnostic& d : read.remarks) {
      if (d.severity == Severity::warning && (field.empty() || d.message.find(field) != std::string::npos))
        seen.told = true;
    }
  } catch (const ConfigError&) {
    seen.told = true;
  }
  return seen;
}

std::string with(const std::string& config, const std::string& field, const std::string& value) {
  const std::size_t end = config.find_last_of('}');
  return config.substr(0, end) + ",\"" + field + "\":" + value + "}";
}

bool is_given(const std::string& config, const std::string& field) {
  return config.find('"' + field + '"') != std::string::npos;
}

std::vector<std::string> presets() {
  std::vector<std::string> ids;
  for (const auto& row : read_csv("tests/model/published_parameters.csv")) ids.push_back(row[0]);
  return ids;
}

}  // namespace

TEST_CASE("no field that shapes a network is on the list of harmless ones", "[model][fields]") {
  for (const char* field : shaping) {
    CAPTURE(field);
    CHECK_FALSE(is_inert(field));
  }
  // Names that speak of sizes and numbers of things stand there only after a look at what they do.
  const std::set<std::string_view> looked_at{"alibi_bias_max",
                                             "mid_block_scale_factor",
                                             "ep_size",
                                             "moe_normalize_expert_weights",
                                             "uniform_expert_assignment",
                                             "encoder_hid_dim_type",
                                             "block_mlp_init_scale",
                                             "num_beam_groups",
                                             "num_beams",
                                             "num_logits_to_keep",
                                             "num_return_sequences",
                                             "num_negatives",
                                             "num_expert_group",
                                             "norm_num_groups",
                                             "mask_feature_length",
                                             "mask_time_length",
                                             "chunk_size_feed_forward",
                                             "chunk_size",
                                             "mamba_chunk_size",
                                             "rotary_dim",
                                             "head_dim_rope",
                                             "embeddings_scale_by_sqrt_dim",
                                             "addition_embed_type_num_heads",
                                             "addition_time_embed_dim",
                                             "dim_model_base",
                                             "moe_shared_expert_overlap",
                                             "mup_width_scale",
                                             "layernorm_full_attention_alpha",
                                             "layernorm_full_attention_beta",
                                             "no_rope_layers",
                                             "no_rope_layer_interval",
                                             "skip_bias_add",
                                             "skip_bias_add_qkv",
                                             "router_bias_update_speed",
                                             "apply_query_key_layer_scaling",
                                             "scale_attn_by_inverse_layer_idx",
                                             "is_composition",
                                             "encoder_no_repeat_ngram_size",
                                             "no_repeat_ngram_size",
                                             "do_stable_layer_norm",
                                             "layernorm_linear_attention_alpha",
                                             "layernorm_linear_attention_beta",
                                             "layernorm_mlp_alpha",
                                             "layernorm_mlp_beta",
                                             "apply_residual_connection_post_layernorm",
                                             "add_bos_token",
                                             "parallel_attn_output",
                                             "block_norm_eps",
                                             "block_out_init_scale",
                                             "block_use_xavier_init"};
  for (const InertFields& group : inert_fields()) {
    CAPTURE(group.why);
    CHECK_FALSE(group.why.empty());
    for (const std::string_view name : group.names) {
      for (const char* word : {"num_", "_size", "_dim", "dim_", "layers", "layer_", "width", "rank", "heads",
                               "_bias", "bias_", "expert", "block_", "n_layer"}) {
        if (name.find(word) == std::string_view::npos) continue;
        CAPTURE(name, word);
        CHECK(looked_at.contains(name));
      }
    }
  }
}

TEST_CASE("a harmless field changes nothing and is not told, whatever it says", "[model][fields]") {
  for (const char* id :
       {"llama-3-8b", "bert-base-uncased", "t5-small", "mixtral-8x7b", "stable-diffusion-v1-5-unet"}) {
    const std::string config = preset_text(id);
    const Seen before = look(config, "");
    for (const InertFields& group : inert_fields()) {
      for (const std::string_view name : group.names) {
        const std::string field{name};
        // where the class or the type decides, or the family reads the field for its context alone
        if (is_given(config, field) || field == "architectures" || field == "model_type" ||
            field == "_class_name")
          continue;
        for (const char* value : {"3", "7168", "0.25", "true", "false", "\"relu\"", "[1,2]", "{\"x\":1}"}) {
          CAPTURE(id, field, value);
          const bool length = field == "max_seq_len" || field == "n_ctx" || field == "model_max_length" ||
                              field == "seq_length";
          if (length && *value != '3' && *value != '7') continue;
          const Seen after = look(with(config, field, value), "");
          REQUIRE(after.parameters == before.parameters);
          CHECK(after.training == before.training);
          CHECK(after.told == before.told);
        }
      }
    }
  }
}

TEST_CASE("a field that is harmless at some values is told at the others", "[model][fields]") {
  const std::string config = preset_text("mistral-7b-v0.1");
  const Seen before = look(config, "");
  for (const RestingField& rest : resting_fields()) {
    const std::string field{rest.name};
    if (is_given(config, field)) continue;
    CAPTURE(field);
    CHECK_FALSE(is_inert(field));
    CHECK(rest.otherwise.size() > 10);
    const Seen moved = look(with(config, field, "\"something else\""), field);
    const bool of_encoders = field == "is_decoder";
    CHECK((moved.told || of_encoders || moved.parameters != before.parameters));
  }
}

TEST_CASE("a field that shapes something is read, refused or told in every family",
          "[model][fields][property]") {
  for (const std::string& id : presets()) {
    const std::string config = preset_text(id);
    const Seen before = look(config, "");
    REQUIRE(before.parameters);
    for (const char* field : shaping) {
      if (is_given(config, field)) continue;
      bool noticed = false;
      for (const char* value : values) {
        const Seen after = look(with(config, field, value), field);
        noticed = noticed || after.told || after.parameters != before.parameters ||
                  after.training != before.training;
      }
      CAPTURE(id, field);
      // DeepSeek's head_dim is the rotary part again, its keys are of all heads; a decoder is one already.
      const bool latent = is_given(config, "kv_lora_rank");
      const std::string name{field};
      const bool decides_nothing =
          (latent && (name == "head_dim" || name == "num_key_value_heads")) || name == "is_decoder";
      CHECK((noticed || decides_nothing));
    }
  }
}

TEST_CASE("unknown fields are told, up to the last", "[model][fields][property]") {
  std::mt19937 random(20261127);
  const std::string letters = "abcdefghijklmnopqrstuvwxyz_";
  const std::vector<std::string> ids = presets();
  for (int round = 0; round < 300; ++round) {
    const std::string config = preset_text(ids[random() % ids.size()]);
    std::string field;
    while (field.size() < 4 + random() % 12) field += letters[random() % letters.size()];
    if (is_given(config, field) || is_inert(field) || is_of_a_tower(field)) continue;
    CAPTURE(config, field);
    const Seen seen = look(with(config, field, values[random() % std::size(values)]), field);
    CHECK(seen.told);
  }
}

TEST_CASE("a value of a field that is read moves the count or is told", "[model][fields][property]") {
  // every whole number of every preset, doubled and increased by one
  for (const std::string& id : presets()) {
    const std::string config = preset_text(id);
    const Seen before = look(config, "");
    for (std::size_t at = config.find("\": "); at != std::string::npos; at = config.find("\": ", at + 1)) {
      const std::size_t value = at + 3;
      const std::size_t end = config.find_first_of(",\n}", value);
      const std::string number = config.substr(value, end - value);
      if (number.empty() || number.find_first_not_of("0123456789") != std::string::npos || number.size() > 9)
        continue;
      const std::size_t quote = config.rfind('"', at - 1);
      const std::string field = config.substr(quote + 1, at - quote - 1);
      if (is_inert(field)) continue;
      const std::string more = std::to_string(2 * std::stoull(number) + 1);
      const Seen after = look(std::string(config).replace(value, number.size(), more), field);
      CAPTURE(id, field, number, more);
      const bool length = field == "max_position_embeddings" || field == "n_positions" ||
                          field == "max_sequence_length" || field == "max_seq_len" || field == "seq_length";
      if (field == "num_key_value_heads" && is_given(config, "kv_lora_rank")) continue;  // keys of all heads
      if (field == "intermediate_size" && is_given(config, "moe_intermediate_size"))
        continue;  // no dense layer
      const bool window_beyond =
          field == "sliding_window" || field == "max_window_layers" || field == "num_nextn_predict_layers";
      CHECK((after.told || after.parameters != before.parameters || after.training != before.training ||
             length || window_beyond));
    }
  }
}
