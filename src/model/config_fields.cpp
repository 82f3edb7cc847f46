#include <kwhatif/model/config_fields.hpp>

#include <algorithm>
#include <array>

namespace kwhatif::model {
namespace {

using Name = std::string_view;

// clang-format off
constexpr std::array bookkeeping = std::to_array<Name>({
    "_attn_implementation", "_attn_implementation_autoset", "_attn_implementation_internal", "_commit_hash", "_diffusers_version",
    "_flash_attn_2_enabled", "_name_or_path", "_class_name", "architectures", "auto_map", "custom_pipelines", "dtype", "finetuning_task",
    "label2id", "language", "model_type", "name_or_path", "problem_type", "summary_activation", "summary_first_dropout", "summary_proj_to_labels",
    "summary_type", "summary_use_proj", "task_specific_params", "tokenizer_class", "torch_dtype", "torchscript",
    "transformers.js_config", "transformers_version", "unsloth_fixed", "unsloth_version", "verbose", "is_composition"});

constexpr std::array generation = std::to_array<Name>({
    "add_bos_token", "bad_words_ids", "begin_suppress_tokens", "bos_token", "cache_implementation", "diversity_penalty", "do_sample",
    "early_stopping", "encoder_no_repeat_ngram_size", "eos_token", "exponential_decay_length_penalty", "force_bos_token_to_be_generated",
    "forced_decoder_ids", "length_penalty", "max_length", "median_filter_length", "min_length", "no_repeat_ngram_size", "num_beam_groups",
    "num_beams", "num_logits_to_keep", "num_return_sequences", "output_attentions", "output_hidden_states", "output_past",
    "output_router_logits", "output_scores", "prefix", "remove_invalid_values", "repetition_penalty", "return_dict",
    "return_dict_in_generate", "sparse_pred_ignore_index", "suppress_tokens", "temperature", "tf_legacy_loss",
    "top_k", "top_p", "typical_p", "unk_index", "use_cache", "use_cache_kernel", "use_cache_quantization", "predict_special_tokens",
    "use_logn_attn", "use_dynamic_ntk", "z_loss_weight"});

// Shapes of activation functions are looked at apart: those with a gate or with learned numbers count.
constexpr std::array activations = std::to_array<Name>({
    "act_fn", "activation", "activation_function", "conv_act", "dense_act_fn", "feat_extract_activation", "hidden_act",
    "hidden_activation", "mamba_hidden_act", "mlp_hidden_act", "pooler_hidden_act", "swiglu_limit", "ffn_act_fn"});

constexpr std::array starting_values = std::to_array<Name>({
    "block_mlp_init_scale", "block_out_init_scale", "block_use_xavier_init", "conv_use_xavier_init", "final_w_init_variance_scale",
    "init_config", "init_device", "init_method", "init_std", "initializer_cutoff_factor", "initializer_factor", "initializer_range", "initializer_std",
    "rescale_prenorm_residual", "time_step_floor", "time_step_init_scheme", "time_step_limit", "time_step_max", "time_step_min",
    "time_step_scale", "w_init_variance_scale"});

// Dropping single numbers saves no arithmetic.
constexpr std::array regularisation = std::to_array<Name>({
    "activation_dropout", "apply_spec_augment", "attention_dropout", "attention_probs_dropout_prob", "attn_pdrop", "classifier_dropout",
    "classifier_dropout_prob", "drop_path_rate", "dropout", "dropout_rate", "embd_pdrop", "emb_pdrop", "feat_proj_dropout",
    "feat_quantizer_dropout", "final_dropout", "hidden_dropout", "hidden_dropout_prob", "mask_feature_length", "mask_feature_min_masks",
    "mask_feature_prob", "mask_time_length", "mask_time_min_masks", "mask_time_prob", "moe_dropout", "moe_dropout_prob", "resid_pdrop"});

// Positions by rotation or by slopes have no weights, and their few multiplications are not counted.
constexpr std::array positions = std::to_array<Name>({
    "alibi_bias_max", "attn_rotary_emb", "global_rope_theta", "head_dim_rope", "initial_context_length", "local_rope_theta", "max_seq_len",
    "model_max_length", "n_ctx", "no_rope_layer_interval", "no_rope_layers", "offset_alibi", "original_max_position_embeddings", "partial_rotary_factor", "partial_rotary_factors",
    "relative_attention_max_distance", "rope_impl", "rope_interleaved", "rope_local_base_freq", "rope_parameters", "rope_pct", "rope_scaling",
    "rope_theta", "rope_type", "rotary", "rotary_dim", "rotary_emb_base", "rotary_pct", "rotary_percentage", "seq_length", "theta",
    "use_pos_enc", "use_rotary_embeddings"});

// Factors, clippings, and where a norm stands: the same weights, and no products.
constexpr std::array factors = std::to_array<Name>({
    "apply_query_key_layer_scaling", "apply_residual_connection_post_layernorm", "attention_in_multiplier", "attention_multiplier",
    "attention_out_multiplier", "attention_softmax_in_fp32", "attn_logit_softcapping", "attn_output_multiplier", "attn_scale", "attn_temperature_tuning",
    "center_input_sample", "clip_qkv", "do_stable_layer_norm", "downsample_padding", "embedding_multiplier", "embedding_multiplier_scale", "embeddings_scale_by_sqrt_dim",
    "final_logit_softcapping", "flip_sin_to_cos", "floor_scale", "freq_shift", "full_attn_alpha_factor", "full_attn_beta_factor",
    "key_multiplier", "layernorm_full_attention_alpha", "layernorm_full_attention_beta", "layernorm_linear_attention_alpha",
    "layernorm_linear_attention_beta", "layernorm_mlp_alpha", "layernorm_mlp_beta", "linear_attn_alpha_factor", "linear_attn_beta_factor",
    "lm_head_multiplier", "logit_scale", "logits_scaling", "logits_soft_cap", "mid_block_scale_factor", "mlp_alpha_factor",
    "mlp_beta_factor", "mlp_multipliers", "mup_enabled", "mup_width_scale", "dim_model_base", "norm_before_gate", "norm_num_groups", "mamba_norm_before_gate", "max_attn_value", "normalize_before", "output_multiplier_scale",
    "parallel_attn_output", "postnorm", "query_pre_attn_scalar", "residual_multiplier", "resnet_out_scale_factor",
    "scale_attn_by_inverse_layer_idx", "scale_attn_weights", "scale_depth", "scale_emb", "scale_embedding", "skip_bias_add",
    "skip_bias_add_qkv", "softmax_scale", "ssm_in_multiplier", "ssm_multipliers", "ssm_out_multiplier", "use_parallel_residual", "use_qk_l2norm"});

// How tokens are dealt out to experts, and what the loss says about it.
constexpr std::array routing = std::to_array<Name>({
    "aux_loss_alpha", "ep_size", "moe_capacity", "moe_gate", "moe_norm_min", "moe_renormalize", "moe_router_activation_func",
    "moe_jitter_eps", "moe_loss_weight", "moe_normalize_expert_weights", "moe_shared_expert_overlap", "moe_use_aux_free", "n_group", "norm_topk_prob", "normalize_router_prob",
    "num_expert_group", "routed_scaling_factor", "router_aux_loss_coef", "router_bias_update_speed", "router_jitter_noise", "router_dtype", "router_scaling_factor", "route_scale", "route_norm", "scoring_func", "score_func", "load_balance_coeff",
    "enable_moe_fp32_combine",
    "score_function", "seq_aux", "shared_moe_mode", "topk_group", "uniform_expert_assignment", "use_grouped_topk", "ctc_loss_reduction", "ctc_zero_infinity",
    "contrastive_logits_temperature", "diversity_loss_weight", "num_negatives"});

// The same arithmetic by other kernels, in another number format, or in other pieces.
constexpr std::array execution = std::to_array<Name>({
    "attn_impl", "attn_uses_sequence_id", "chunk_size", "chunk_size_feed_forward", "deterministic_flash_attn", "fused_add_norm", "gradient_checkpointing", "mamba_chunk_size",
    "mamba_ssm_cache_dtype", "mamba_ssm_dtype", "masked_softmax_fusion", "pretraining_tp", "quantization_config", "reference_compile",
    "reorder_and_upcast_attn", "repad_logits_with_grad", "residual_dtype", "residual_in_fp32", "scale_attention_softmax_in_fp32", "slow_but_exact",
    "sparse_prediction", "upcast_attention", "use_bfloat16", "use_flash_attn", "use_linear_projection", "use_mamba_kernels", "use_mambapy",
    "use_mem_eff_path", "resnet_skip_time_act", "use_kernel", "cla_share_factor"});

// Of image networks: what stands behind or beside the network itself.
constexpr std::array outputs = std::to_array<Name>({
    "addition_embed_type_num_heads", "addition_time_embed_dim", "encoder_hid_dim_type", "encoder_stride", "legacy", "out_features",
    "out_indices", "stage_names", "path_norm", "classifier_pooling", "directionality", "block_norm_eps", "altup_active_idx", "altup_coef_clip", "altup_correct_scale",
    "activation_sparsity_pattern"});

constexpr std::array inert = std::to_array<InertFields>({
    {"names, classes and versions", bookkeeping},
    {"settings of generation", generation},
    {"the shape of an activation function", activations},
    {"values before training", starting_values},
    {"drop-out and masking", regularisation},
    {"positions without weights", positions},
    {"factors, clippings and the place of a norm", factors},
    {"routing and losses", routing},
    {"kernels and number formats", execution},
    {"outputs of image networks", outputs}});

constexpr std::array inert_endings = std::to_array<Name>({
    "_dropout", "_dropout_prob", "_drop_rate", "_droprate", "_eps", "_epsilon", "_token_id", "_token_ids", "_token_index", "_loss_coef", "_loss_weight"});

constexpr std::array resting = std::to_array<RestingField>({
    {"add_bias_logits", "false", "adds a bias to the output"},
    {"add_cross_attention", "false", "adds an attention to another network's states in every layer"},
    {"attention_bias", "false", "adds biases to attention"},
    {"attention_type", "original_full|full|softmax|gqa|mha|mqa", "is another attention than the full one"},
    {"attn_bias", "false", "adds biases to attention"},
    {"bias", "false", "adds biases"},
    {"block_use_swiglu", "true", "is a feed-forward part without a gate"},
    {"class_embeddings_concat", "false", "widens what the residual blocks are told"},
    {"compression_ratio", "1|1.0", "stretches the layers"},
    {"decoder_layerdrop", "0|0.0", "skips layers at random in training: FLOPs are counted without that"},
    {"encoder_layerdrop", "0|0.0", "skips layers at random in training: FLOPs are counted without that"},
    {"extra_pos_embeddings", "2", "changes the rows of the position table"},
    {"feed_forward_type", "original", "is another feed-forward part"},
    {"ffn_type", "mptmlp|mpt_mlp", "is another feed-forward part"},
    {"is_decoder", "false", "makes an encoder causal"},
    {"is_encoder_decoder", "false", "says that there is an encoder beside the decoder"},
    {"layerdrop", "0|0.0", "skips layers at random in training: FLOPs are counted without that"},
    {"lm_head_bias", "false", "adds a bias to the output"},
    {"mamba_dt_rank", "auto", "sizes the matrices of the time step"},
    {"mamba_use_mlp", "true", "takes the feed-forward part out of the layers"},
    {"mid_block_only_cross_attention", "false", "changes the matrices of the middle block"},
    {"mlp_bias", "false", "adds biases to the feed-forward part"},
    {"n_special", "0", "adds rows to the token table"},
    {"mlp_type", "default|mlp", "is another feed-forward part"},
    {"no_bias", "true", "adds biases"},
    {"norm_head", "false", "divides the output matrix by its length"},
    {"norm_softmax", "false", "changes the output"},
    {"norm_type", "layer_norm|layernorm|low_precision_layernorm", "changes the norms"},
    {"normalization_function", "rmsnorm", "changes the norms"},
    {"position_embedding_type", "rope|rotary|rotary_embedding|alibi|nope|none", "is a table of positions"},
    {"prefix_lm", "false", "lets tokens see what follows"},
    {"pruned_heads", "{}|[]", "takes heads out of the layers"},
    {"qk_layernorm", "false", "adds norms to queries and keys"},
    {"qk_norm", "false", "adds norms to queries and keys"},
    {"qk_norm_type", "per_layer", "changes the norms of queries and keys"},
    {"qkv_bias", "false", "adds biases to attention"},
    {"rms_norm", "true", "gives the norms a shift"},
    {"rmsnorm", "true", "gives the norms a shift"},
    {"static_position_embeddings", "false", "stores a table of positions"},
    {"tie_encoder_decoder", "false", "makes encoder and decoder share their weights"},
    {"time_embedding_type", "positional", "changes what the residual blocks are told of time"},
    {"use_bias", "false", "adds biases"},
    {"use_cla", "false", "lets layers share keys and values"},
    {"use_qk_norm", "false", "adds norms to queries and keys"},
    {"use_qkv_bias", "false", "adds biases to attention"},
    {"use_rmsnorm", "true", "gives the norms a shift"},
    {"use_rms_norm", "true", "gives the norms a shift"},
    {"use_sliding_window", "false", "narrows what tokens see in some layers"},
    {"use_weight_norm", "false", "adds a length to each row of the matrices"},
    {"use_weighted_layer_sum", "false", "adds a weight for each layer's output"}});

constexpr std::array tower_beginnings = std::to_array<Name>({
    "aligner", "audio_", "codec_", "depth_decoder", "gen_vision", "image_", "img_", "mm_", "perceiver", "projector_", "qformer", "resampler",
    "speech_", "talker", "thinker", "token2wav", "tts_", "vae_", "video_", "vision", "visual", "vit_", "vq_"});
constexpr std::array towers = std::to_array<Name>({
    "embd_layer", "img_processor", "projection_dim", "projector_type", "num_query_tokens", "patch_size", "num_mel_bins", "crossmodal_config",
    "detector_config", "vqvae_config"});
// clang-format on

bool is_one_of(std::span<const Name> names, Name name) {
  return std::find(names.begin(), names.end(), name) != names.end();
}

}  // namespace

std::span<const InertFields> inert_fields() { return inert; }
std::span<const RestingField> resting_fields() { return resting; }

bool is_inert(std::string_view name) {
  return std::any_of(inert.begin(), inert.end(),
                     [&](const InertFields& group) { return is_one_of(group.names, name); }) ||
         std::any_of(inert_endings.begin(), inert_endings.end(),
                     [&](Name ending) { return name.ends_with(ending); });
}

bool is_of_a_tower(std::string_view name) {
  return is_one_of(towers, name) || std::any_of(tower_beginnings.begin(), tower_beginnings.end(),
                                                [&](Name beginning) { return name.starts_with(beginning); });
}

}  // namespace kwhatif::model
