#include "fields.hpp"

#include <kwhatif/diag/suggest.hpp>

#include <algorithm>
#include <array>
#include <cmath>

namespace kwhatif::model {
namespace {

// No published width, vocabulary, layer or expert count exceeds 10^7; the bound leaves a factor of 100 and
// keeps a slip (bytes for tokens, a price for a width) from passing as an architecture.
constexpr std::uint64_t largest_field = 1'000'000'000;

constexpr std::size_t most_errors = 20;

// Fields that real files carry and that bear neither on sizes nor on FLOPs.
// clang-format off
constexpr std::array without_effect = std::to_array<std::string_view>({
    "_attn_implementation", "_name_or_path", "_diffusers_version", "_attn_implementation_autoset",
    "_flash_attn_2_enabled", "_commit_hash", "_sliding_window_pattern", "act_fn", "activation_dropout",
    "activation_function", "add_bos_token", "add_cross_attention", "apply_query_key_layer_scaling",
    "apply_residual_connection_post_layernorm", "attention_dropout", "attention_multiplier",
    "attention_probs_dropout_prob", "attention_softmax_in_fp32", "attn_logit_softcapping", "attn_pdrop",
    "auto_map", "aux_loss_alpha", "bad_words_ids", "begin_suppress_tokens", "bos_token", "bos_token_id",
    "center_input_sample", "classifier_dropout", "classifier_dropout_prob", "clip_qkv", "decoder_start_token_id",
    "dense_act_fn", "directionality", "downsample_padding", "dropout", "dropout_rate", "dtype", "embd_layer_norm",
    "embd_pdrop", "embedding_multiplier", "emb_pdrop", "encoder_no_repeat_ngram_size", "encoder_stride",
    "eos_token", "eos_token_id", "ep_size", "finetuning_task", "final_logit_softcapping", "flip_sin_to_cos",
    "freq_shift", "gradient_checkpointing", "hidden_act", "hidden_activation", "hidden_dropout",
    "hidden_dropout_prob", "initial_context_length", "initializer_cutoff_factor", "initializer_factor",
    "initializer_range", "initializer_std", "init_device", "init_std", "is_composition", "layer_norm_eps",
    "layer_norm_epsilon", "layerdrop", "logit_scale", "logits_scaling", "max_length", "max_seq_len",
    "masked_softmax_fusion", "mid_block_scale_factor", "min_length", "model_max_length", "mup_width_scale", "n_ctx",
    "n_group", "n_special", "no_repeat_ngram_size", "norm_eps", "norm_epsilon", "norm_num_groups", "norm_topk_prob",
    "num_beams", "offset_alibi", "original_max_position_embeddings", "output_past", "output_router_logits",
    "pad_token_id", "parallel_attn_output", "partial_rotary_factor", "predict_special_tokens", "prefix",
    "pretraining_tp", "problem_type", "query_pre_attn_scalar", "reorder_and_upcast_attn", "resid_pdrop",
    "residual_dropout", "residual_multiplier", "rms_norm_eps", "rope_interleaved", "rope_local_base_freq", "rope_parameters",
    "rope_pct", "rope_scaling", "rope_theta", "rope_type", "rotary", "rotary_dim", "rotary_emb_base", "rotary_pct",
    "routed_scaling_factor", "router_aux_loss_coef", "router_jitter_noise", "scale_attention_softmax_in_fp32",
    "scale_attn_by_inverse_layer_idx", "scale_attn_weights", "scale_depth", "scale_emb", "scoring_func", "seq_aux", "seq_length", "skip_bias_add",
    "skip_bias_add_qkv", "slow_but_exact", "summary_activation", "summary_first_dropout",
    "summary_proj_to_labels", "summary_type", "summary_use_proj", "suppress_tokens", "task_specific_params",
    "time_step_floor", "time_step_init_scheme", "time_step_limit", "time_step_max", "time_step_min", "time_step_scale",
    "tokenizer_class", "topk_group", "topk_method", "torch_dtype", "transformers_version",
    "transformers.js_config", "unk_token_id", "unk_index", "use_cache", "use_cache_quantization", "use_cache_kernel",
    "use_flash_attn", "use_logn_attn", "use_dynamic_ntk", "use_mambapy", "rms_norm", "rescale_prenorm_residual",
    "residual_in_fp32", "fused_add_norm", "vocab_size_text", "verbose", "attention_type", "attention_types",
    "cross_attention_hidden_size", "chunk_size_feed_forward", "diversity_penalty", "do_sample", "early_stopping",
    "exponential_decay_length_penalty", "feed_forward_type", "forced_bos_token_id", "forced_eos_token_id",
    "label2id", "length_penalty", "num_beam_groups", "num_return_sequences", "output_attentions",
    "output_hidden_states", "output_scores", "pruned_heads", "quantization_config", "remove_invalid_values",
    "repetition_penalty", "return_dict", "return_dict_in_generate", "sep_token_id", "temperature",
    "tf_legacy_loss", "top_k", "top_p", "torchscript", "typical_p", "use_bfloat16", "relative_attention_max_distance",
    "architectures", "model_type", "rotary_percentage", "position_biased_input", "use_qk_l2norm", "attn_temperature_tuning", "attn_scale",
    "floor_scale", "swiglu_limit", "mamba_expand", "normalize_router_prob", "router_bias_update_speed", "moe_dropout",
    "experts_per_token", "ssm_cfg", "addition_embed_type_num_heads", "addition_time_embed_dim", "attention_head_dim",
    "class_embeddings_concat", "encoder_hid_dim_type",
    "mid_block_only_cross_attention", "resnet_out_scale_factor", "resnet_skip_time_act",
    "time_embedding_type", "upcast_attention", "use_linear_projection", "is_encoder_decoder",
    "is_decoder", "cache_implementation", "use_parallel_residual", "no_bias", "use_rms_norm",
    "chunk_size", "norm_before_gate", "use_mem_eff_path", "layer_norm_rms_epsilon",
    "attention_in_multiplier", "attention_out_multiplier", "key_multiplier", "lm_head_multiplier",
    "mamba_chunk_size", "mamba_norm_before_gate", "mamba_use_mlp", "mlp_expansion_factor", "mlp_multipliers",
    "num_logits_to_keep", "ssm_in_multiplier", "ssm_out_multiplier", "ssm_multipliers", "normalization_function",
    "init_method", "attn_rotary_emb", "use_mamba_kernels", "mamba_dt_rank", "mamba_hidden_act",
    "mamba_ssm_cache_dtype", "mlp_hidden_act", "expand", "conv_use_xavier_init", "block_dim",
    "block_mlp_init_scale", "block_norm_eps", "block_out_init_scale", "block_use_swiglu", "block_use_xavier_init",
    "theta", "use_pos_enc", "block_size", "full_attn_alpha_factor", "full_attn_beta_factor",
    "linear_attn_alpha_factor", "linear_attn_beta_factor", "mlp_alpha_factor", "mlp_beta_factor",
    "layernorm_full_attention_alpha", "layernorm_full_attention_beta", "layernorm_linear_attention_alpha",
    "layernorm_linear_attention_beta", "layernorm_mlp_alpha", "layernorm_mlp_beta", "postnorm", "shared_moe_mode",
    "scale_embedding", "median_filter_length", "apply_spec_augment", "mask_feature_length",
    "mask_feature_min_masks", "mask_feature_prob", "mask_time_length", "mask_time_min_masks", "mask_time_prob",
    "use_weighted_layer_sum", "classifier_proj_size", "add_bias_logits", "static_position_embeddings",
    "extra_pos_embeddings", "normalize_before", "force_bos_token_to_be_generated", "pos_att_type", "pooler_dropout",
    "pooler_hidden_act", "pooler_hidden_size", "conv_act", "legacy", "classifier_pooling", "cls_token_id",
    "deterministic_flash_attn", "embedding_dropout", "global_rope_theta", "local_rope_theta", "reference_compile",
    "repad_logits_with_grad", "sparse_pred_ignore_index", "sparse_prediction", "mlp_dropout", "drop_path_rate",
    "out_features", "out_indices", "stage_names", "path_norm", "activation_sparsity_pattern", "altup_active_idx",
    "altup_coef_clip", "altup_correct_scale", "moe_capacity", "moe_gate", "moe_use_aux_free", "moe_norm_min",
    "moe_dropout_prob", "compression_ratio", "use_weight_norm", "feat_extract_activation", "feat_proj_dropout",
    "feat_quantizer_dropout", "final_dropout", "num_feat_extract_layers", "codevector_dim",
    "contrastive_logits_temperature", "diversity_loss_weight", "ctc_loss_reduction", "ctc_zero_infinity",
    "num_codevector_groups", "num_codevectors_per_group", "num_negatives", "proj_codevector_dim",
    "do_stable_layer_norm", "xvector_output_dim", "tdnn_dim", "tdnn_dilation", "tdnn_kernel", "adapter_kernel_size",
    "adapter_stride", "num_adapter_layers", "moe_renormalize", "moe_router_activation_func", "num_expert_group",
    "use_grouped_topk", "head_dim_rope", "w_init_variance_scale", "logits_soft_cap", "final_w_init_variance_scale",
    "embeddings_scale_by_sqrt_dim", "mtp_num_hidden_layers", "attn_output_gate", "mamba_ssm_dtype",
    "moe_shared_expert_overlap", "qk_norm_type",
    "encoder_layerdrop", "decoder_layerdrop", "forced_decoder_ids",
});
// clang-format on

}  // namespace

std::string Fields::full_name(std::string_view field) const {
  return path_.empty() ? std::string(field) : path_ + '.' + std::string(field);
}

diag::Span Fields::where(std::string_view field) const {
  for (const JsonValue& member : object_->members) {
    if (member.key == field) return span_at(source_, member.offset, member.length);
  }
  return {source_, 0, 0, 0};
}

void Fields::error(std::string_view field, std::string_view code, std::string message, std::string help) {
  if (log().errors.size() >= most_errors) return;
  log().errors.push_back({.code = std::string(code),
                          .message = std::move(message),
                          .where = where(field),
                          .help = std::move(help)});
}

void Fields::warn(std::string_view field, std::string code, std::string message, std::string help) {
  log().remarks.push_back({.code = std::move(code),
                           .message = std::move(message),
                           .where = where(field),
                           .help = std::move(help),
                           .severity = diag::Severity::warning});
}

void Fields::note(std::string_view field, std::string code, std::string message) {
  log().remarks.push_back({.code = std::move(code),
                           .message = std::move(message),
                           .where = where(field),
                           .severity = diag::Severity::note});
}

void Fields::check() const {
  if (has_errors()) throw ConfigError(log().errors);
}

const JsonValue* Fields::find(std::string_view name) {
  used_.emplace(name);
  for (const JsonValue* object : {object_, outer_}) {
    if (object == nullptr) continue;
    for (const JsonValue& member : object->members) {
      if (member.key == name && member.kind != JsonValue::Kind::null) return &member;
    }
  }
  return nullptr;
}

bool Fields::says_null(std::string_view name) const {
  return std::any_of(object_->members.begin(), object_->members.end(), [&](const JsonValue& member) {
    return member.key == name && member.kind == JsonValue::Kind::null;
  });
}

std::optional<Fields> Fields::object(std::string_view name) {
  const JsonValue* value = find(name);
  if (value == nullptr) return std::nullopt;
  if (value->kind != JsonValue::Kind::object) {
    error(name, "config-bad-value",
          full_name(name) + " must be an object, found " + std::string(kind_name(value->kind)));
    return std::nullopt;
  }
  Fields nested(*value, source_, full_name(name));
  nested.parent_ = this;
  return nested;
}

std::optional<Count> Fields::whole(std::string_view name, const JsonValue& value, std::uint64_t least) {
  std::uint64_t found = value.magnitude;
  const std::string shown = full_name(name);
  if (value.kind == JsonValue::Kind::number && std::floor(value.number) == value.number &&
      value.number >= 0 && value.number <= static_cast<double>(largest_field)) {
    found = static_cast<std::uint64_t>(value.number);  // 4096.0 is a whole number
  } else if (value.kind == JsonValue::Kind::number && value.number > static_cast<double>(largest_field)) {
    found = largest_field + 1;
  } else if (value.kind != JsonValue::Kind::integer) {
    const bool negative = value.kind == JsonValue::Kind::number && value.number < 0;
    error(name, "config-bad-value",
          shown + " must be a whole number, found " +
              (negative ? std::string("a negative number") : std::string(kind_name(value.kind))));
    return std::nullopt;
  }
  if (value.negative && found > 0) {
    error(name, "config-bad-value", shown + " must not be negative");
    return std::nullopt;
  }
  if (found < least) {
    error(name, "config-bad-value", shown + " must be at least " + std::to_string(least));
    return std::nullopt;
  }
  if (found > largest_field) {
    error(name, "config-bad-value", shown + " is larger than any network has (limit 10^9)");
    return std::nullopt;
  }
  return Count{found};
}

std::optional<Count> Fields::maybe_count(Names names) {
  for (const std::string_view name : names) used_.emplace(name);
  for (const std::string_view name : names) {
    if (const JsonValue* value = find(name)) return whole(name, *value, 1).value_or(1);
  }
  for (const SizeDefault& fallback : defaults_) {
    if (std::find(names.begin(), names.end(), fallback.field) == names.end()) continue;
    note(fallback.field, "config-default-size",
         full_name(fallback.field) + " is not given: " + std::to_string(fallback.value) +
             ", the default of this model_type in transformers, is taken");
    return Count{fallback.value};
  }
  return std::nullopt;
}

Count Fields::count(Names names) {
  if (const auto value = maybe_count(names)) return *value;
  std::string others;
  for (const std::string_view name : names) {
    if (std::string_view(name) != *names.begin())
      others += (others.empty() ? "also read: " : ", ") + std::string(name);
  }
  error(*names.begin(), "config-missing-field", "the field '" + full_name(*names.begin()) + "' is missing",
        others);
  return 1;
}

Count Fields::count_or_zero(Names names, Count fallback) {
  for (const std::string_view name : names) {
    if (const JsonValue* value = find(name)) return whole(name, *value, 0).value_or(fallback);
  }
  return fallback;
}

std::vector<Count> Fields::counts(std::string_view name) {
  const JsonValue* value = find(name);
  if (value == nullptr) return {};
  if (value->kind != JsonValue::Kind::array) return {whole(name, *value, 0).value_or(1)};
  std::vector<Count> result;
  for (const JsonValue& item : value->items) result.push_back(whole(name, item, 0).value_or(1));
  return result;
}

std::optional<bool> Fields::maybe_flag(std::string_view name) {
  const JsonValue* value = find(name);
  if (value == nullptr) return std::nullopt;
  if (value->kind == JsonValue::Kind::boolean) return value->boolean;
  error(name, "config-bad-value",
        full_name(name) + " must be true or false, found " + std::string(kind_name(value->kind)));
  return std::nullopt;
}

bool Fields::flag(std::string_view name, bool fallback) { return maybe_flag(name).value_or(fallback); }

double Fields::number(std::string_view name, double fallback) {
  const JsonValue* value = find(name);
  if (value == nullptr) return fallback;
  double found = -1;
  if (value->kind == JsonValue::Kind::number) found = value->number;
  if (value->kind == JsonValue::Kind::integer && !value->negative)
    found = static_cast<double>(value->magnitude);
  if (found > 0 && found <= static_cast<double>(largest_field)) return found;
  error(name, "config-bad-value", full_name(name) + " must be a positive number");
  return fallback;
}

std::string Fields::text(std::string_view name, std::string_view fallback) {
  const JsonValue* value = find(name);
  if (value == nullptr) return std::string(fallback);
  if (value->kind == JsonValue::Kind::text) return value->text;
  error(name, "config-bad-value",
        full_name(name) + " must be text, found " + std::string(kind_name(value->kind)));
  return std::string(fallback);
}

std::vector<std::string> Fields::texts(std::string_view name) {
  const JsonValue* value = find(name);
  if (value == nullptr) return {};
  std::vector<std::string> result;
  bool good = value->kind == JsonValue::Kind::array;
  for (const JsonValue& item : value->items) {
    good = good && item.kind == JsonValue::Kind::text;
    result.push_back(item.text);
  }
  if (!good) {
    error(name, "config-bad-value", full_name(name) + " must be a list of texts");
    return {};
  }
  return result;
}

void Fields::note_ignored_fields() {
  constexpr std::size_t most_named = 12;
  std::vector<std::string> ignored;
  for (const JsonValue& member : object_->members) {
    if (used_.contains(member.key) || member.kind == JsonValue::Kind::null) continue;
    if (std::find(without_effect.begin(), without_effect.end(), member.key) != without_effect.end()) continue;
    ignored.push_back(member.key);
  }
  if (ignored.empty()) return;
  std::string names;
  for (std::size_t i = 0; i < std::min(ignored.size(), most_named); ++i) {
    names += (i == 0 ? "" : ", ") + ignored[i].substr(0, 60);
  }
  if (ignored.size() > most_named) names += ", …";
  note(ignored.front(), "config-ignored-field",
       (ignored.size() == 1 ? std::string("a field was ignored: ")
                            : std::to_string(ignored.size()) + " fields were ignored: ") +
           names);
}

}  // namespace kwhatif::model
