// Whole config files as the hub has them, with everything in them that does not bear on the count: they are
// read without a warning and without a note about ignored fields.
#include "support.hpp"

#include <string_view>

#include <catch2/catch.hpp>

using namespace kwhatif::model;
using namespace kwhatif::model::testing;

namespace {

struct Whole {
  std::string_view name;
  std::uint64_t parameters;
  std::string_view config;
};

// clang-format off
constexpr Whole files[] = {
  {"DeepSeek-V2-Lite", 15706484224, R"({
    "architectures": ["DeepseekV2ForCausalLM"], "attention_bias": false, "attention_dropout": 0.0,
    "auto_map": {"AutoConfig": "configuration_deepseek.DeepseekV2Config", "AutoModel": "modeling_deepseek.DeepseekV2Model"},
    "aux_loss_alpha": 0.001, "bos_token_id": 100000, "eos_token_id": 100001, "ep_size": 1, "first_k_dense_replace": 1,
    "hidden_act": "silu", "hidden_size": 2048, "initializer_range": 0.02, "intermediate_size": 10944, "kv_lora_rank": 512,
    "max_position_embeddings": 163840, "model_type": "deepseek_v2", "moe_intermediate_size": 1408, "moe_layer_freq": 1,
    "n_group": 1, "n_routed_experts": 64, "n_shared_experts": 2, "norm_topk_prob": false, "num_attention_heads": 16,
    "num_experts_per_tok": 6, "num_hidden_layers": 27, "num_key_value_heads": 16, "pretraining_tp": 1, "q_lora_rank": null,
    "qk_nope_head_dim": 128, "qk_rope_head_dim": 64, "rms_norm_eps": 1e-06,
    "rope_scaling": {"beta_fast": 32, "factor": 40, "type": "yarn"}, "rope_theta": 10000, "routed_scaling_factor": 1.0,
    "scoring_func": "softmax", "seq_aux": true, "tie_word_embeddings": false, "topk_group": 1, "topk_method": "greedy",
    "torch_dtype": "bfloat16", "transformers_version": "4.49.0", "use_cache": true, "v_head_dim": 128, "vocab_size": 102400})"},
  {"Falcon Mamba 7B", 7272665088, R"({
    "_name_or_path": "./", "architectures": ["FalconMambaForCausalLM"], "bos_token_id": 0, "conv_kernel": 4,
    "eos_token_id": 11, "expand": 16, "hidden_act": "silu", "hidden_size": 4096, "initializer_range": 0.1,
    "intermediate_size": 8192, "layer_norm_epsilon": 1e-05, "model_type": "falcon_mamba", "num_hidden_layers": 64,
    "pad_token_id": 11, "rescale_prenorm_residual": false, "residual_in_fp32": true, "state_size": 16,
    "tie_word_embeddings": false, "time_step_floor": 0.0001, "time_step_init_scheme": "random", "time_step_max": 0.1,
    "time_step_min": 0.001, "time_step_rank": 256, "time_step_scale": 1.0, "torch_dtype": "bfloat16",
    "transformers_version": "4.43.0.dev0", "use_bias": false, "use_cache": true, "use_conv_bias": true, "vocab_size": 65024})"},
  {"Mamba 130M", 129135360, R"({
    "architectures": ["MambaForCausalLM"], "bos_token_id": 0, "conv_kernel": 4, "d_inner": 1536, "d_model": 768,
    "eos_token_id": 0, "expand": 2, "fused_add_norm": true, "hidden_act": "silu", "hidden_size": 768,
    "initializer_range": 0.1, "intermediate_size": 1536, "layer_norm_epsilon": 1e-05, "model_type": "mamba", "n_layer": 24,
    "num_hidden_layers": 24, "pad_token_id": 0, "pad_vocab_size_multiple": 8, "rescale_prenorm_residual": false,
    "residual_in_fp32": true, "rms_norm": true, "ssm_cfg": {}, "state_size": 16, "time_step_floor": 0.0001,
    "time_step_init_scheme": "random", "time_step_max": 0.1, "time_step_min": 0.001, "time_step_rank": 48,
    "time_step_scale": 1.0, "torch_dtype": "float32", "transformers_version": "4.39.0.dev0", "use_bias": false,
    "use_cache": true, "use_conv_bias": true, "vocab_size": 50280})"},
  {"Llama 3.2 1B", 1235814400, R"({
    "architectures": ["LlamaForCausalLM"], "attention_bias": false, "attention_dropout": 0.0, "bos_token_id": 128000,
    "eos_token_id": 128001, "head_dim": 64, "hidden_act": "silu", "hidden_size": 2048, "initializer_range": 0.02,
    "intermediate_size": 8192, "max_position_embeddings": 131072, "mlp_bias": false, "model_type": "llama",
    "num_attention_heads": 32, "num_hidden_layers": 16, "num_key_value_heads": 8, "pretraining_tp": 1, "rms_norm_eps": 1e-05,
    "rope_scaling": {"factor": 32.0, "high_freq_factor": 4.0, "low_freq_factor": 1.0,
    "original_max_position_embeddings": 8192, "rope_type": "llama3"}, "rope_theta": 500000.0, "tie_word_embeddings": true,
    "torch_dtype": "bfloat16", "transformers_version": "4.45.0.dev0", "use_cache": true, "vocab_size": 128256})"},
  {"GPT-2", 124439808, R"({
    "activation_function": "gelu_new", "architectures": ["GPT2LMHeadModel"], "attn_pdrop": 0.1, "bos_token_id": 50256,
    "embd_pdrop": 0.1, "eos_token_id": 50256, "initializer_range": 0.02, "layer_norm_epsilon": 1e-05, "model_type": "gpt2",
    "n_ctx": 1024, "n_embd": 768, "n_head": 12, "n_layer": 12, "n_positions": 1024, "resid_pdrop": 0.1,
    "summary_activation": null, "summary_first_dropout": 0.1, "summary_proj_to_labels": true, "summary_type": "cls_index",
    "summary_use_proj": true, "task_specific_params": {"text-generation": {"do_sample": true, "max_length": 50}},
    "vocab_size": 50257})"},
  {"T5 small", 60506624, R"({
    "architectures": ["T5ForConditionalGeneration"], "d_ff": 2048, "d_kv": 64, "d_model": 512, "decoder_start_token_id": 0,
    "dropout_rate": 0.1, "eos_token_id": 1, "feed_forward_proj": "relu", "initializer_factor": 1.0,
    "is_encoder_decoder": true, "layer_norm_epsilon": 1e-06, "model_type": "t5", "n_positions": 512,
    "num_decoder_layers": 6, "num_heads": 8, "num_layers": 6, "output_past": true, "pad_token_id": 0,
    "relative_attention_max_distance": 128, "relative_attention_num_buckets": 32,
    "task_specific_params": {"summarization": {"early_stopping": true}}, "use_cache": true, "vocab_size": 32128})"},
  {"gpt-oss 20B", 20914757184, R"({
    "architectures": ["GptOssForCausalLM"], "attention_bias": true, "attention_dropout": 0.0, "eos_token_id": 200002,
    "experts_per_token": 4, "head_dim": 64, "hidden_act": "silu", "hidden_size": 2880, "initial_context_length": 4096,
    "initializer_range": 0.02, "intermediate_size": 2880, "layer_types": ["sliding_attention", "full_attention",
    "sliding_attention", "full_attention", "sliding_attention", "full_attention", "sliding_attention", "full_attention",
    "sliding_attention", "full_attention", "sliding_attention", "full_attention", "sliding_attention", "full_attention",
    "sliding_attention", "full_attention", "sliding_attention", "full_attention", "sliding_attention", "full_attention",
    "sliding_attention", "full_attention", "sliding_attention", "full_attention"], "max_position_embeddings": 131072,
    "model_type": "gpt_oss", "num_attention_heads": 64, "num_experts_per_tok": 4, "num_hidden_layers": 24,
    "num_key_value_heads": 8, "num_local_experts": 32, "output_router_logits": false, "pad_token_id": 199999,
    "quantization_config": {"modules_to_not_convert": ["lm_head"], "quant_method": "mxfp4"}, "rms_norm_eps": 1e-05,
    "rope_scaling": {"factor": 32.0, "rope_type": "yarn"}, "rope_theta": 150000, "router_aux_loss_coef": 0.9,
    "sliding_window": 128, "swiglu_limit": 7.0, "tie_word_embeddings": false, "transformers_version": "4.55.0.dev0",
    "use_cache": true, "vocab_size": 201088})"},
  {"Qwen3 30B-A3B", 30532122624, R"({
    "architectures": ["Qwen3MoeForCausalLM"], "attention_bias": false, "attention_dropout": 0.0, "bos_token_id": 151643,
    "decoder_sparse_step": 1, "eos_token_id": 151645, "head_dim": 128, "hidden_act": "silu", "hidden_size": 2048,
    "initializer_range": 0.02, "intermediate_size": 6144, "max_position_embeddings": 40960, "max_window_layers": 48,
    "mlp_only_layers": [], "model_type": "qwen3_moe", "moe_intermediate_size": 768, "norm_topk_prob": true,
    "num_attention_heads": 32, "num_experts": 128, "num_experts_per_tok": 8, "num_hidden_layers": 48,
    "num_key_value_heads": 4, "output_router_logits": false, "rms_norm_eps": 1e-06, "rope_scaling": null,
    "rope_theta": 1000000.0, "router_aux_loss_coef": 0.001, "sliding_window": null, "tie_word_embeddings": false,
    "torch_dtype": "bfloat16", "transformers_version": "4.51.0", "use_cache": true, "use_sliding_window": false,
    "vocab_size": 151936})"},
  {"Stable Diffusion XL UNet", 2567463684, R"({
    "_class_name": "UNet2DConditionModel", "_diffusers_version": "0.31.0", "act_fn": "silu",
    "addition_embed_type": "text_time", "addition_embed_type_num_heads": 64, "addition_time_embed_dim": 256,
    "attention_head_dim": [5, 10, 20], "block_out_channels": [320, 640, 1280], "center_input_sample": false,
    "class_embed_type": null, "class_embeddings_concat": false, "conv_in_kernel": 3, "conv_out_kernel": 3,
    "cross_attention_dim": 2048, "cross_attention_norm": null,
    "down_block_types": ["DownBlock2D", "CrossAttnDownBlock2D", "CrossAttnDownBlock2D"], "downsample_padding": 1,
    "dual_cross_attention": false, "encoder_hid_dim": null, "encoder_hid_dim_type": null, "flip_sin_to_cos": true,
    "freq_shift": 0, "in_channels": 4, "layers_per_block": 2, "mid_block_only_cross_attention": null,
    "mid_block_scale_factor": 1, "mid_block_type": "UNetMidBlock2DCrossAttn", "norm_eps": 1e-05, "norm_num_groups": 32,
    "num_attention_heads": null, "num_class_embeds": null, "only_cross_attention": false, "out_channels": 4,
    "projection_class_embeddings_input_dim": 2816, "resnet_out_scale_factor": 1.0, "resnet_skip_time_act": false,
    "resnet_time_scale_shift": "default", "sample_size": 128, "time_cond_proj_dim": null, "time_embedding_act_fn": null,
    "time_embedding_dim": null, "time_embedding_type": "positional", "timestep_post_act": null,
    "transformer_layers_per_block": [1, 2, 10], "up_block_types": ["CrossAttnUpBlock2D", "CrossAttnUpBlock2D", "UpBlock2D"],
    "upcast_attention": null, "use_linear_projection": true})"},
  {"ViT-B/16", 86567656, R"({
    "architectures": ["ViTForImageClassification"], "attention_probs_dropout_prob": 0.0, "encoder_stride": 16,
    "hidden_act": "gelu", "hidden_dropout_prob": 0.0, "hidden_size": 768, "image_size": 224, "initializer_range": 0.02,
    "intermediate_size": 3072, "layer_norm_eps": 1e-12, "model_type": "vit", "num_attention_heads": 12, "num_channels": 3,
    "num_hidden_layers": 12, "num_labels": 1000, "patch_size": 16, "qkv_bias": true, "transformers_version": "4.13.0.dev0"})"},
  {"BERT base", 109514298, R"({
    "architectures": ["BertForMaskedLM"], "attention_probs_dropout_prob": 0.1, "gradient_checkpointing": false,
    "hidden_act": "gelu", "hidden_dropout_prob": 0.1, "hidden_size": 768, "initializer_range": 0.02,
    "intermediate_size": 3072, "layer_norm_eps": 1e-12, "max_position_embeddings": 512, "model_type": "bert",
    "num_attention_heads": 12, "num_hidden_layers": 12, "pad_token_id": 0, "position_embedding_type": "absolute",
    "transformers_version": "4.6.0.dev0", "type_vocab_size": 2, "use_cache": true, "vocab_size": 30522})"},
  {"Falcon 7B", 6921720704, R"({
    "alibi": false, "apply_residual_connection_post_layernorm": false, "architectures": ["FalconForCausalLM"],
    "attention_dropout": 0.0, "auto_map": {"AutoConfig": "configuration_falcon.FalconConfig"}, "bias": false,
    "bos_token_id": 11, "eos_token_id": 11, "hidden_dropout": 0.0, "hidden_size": 4544, "initializer_range": 0.02,
    "layer_norm_epsilon": 1e-05, "model_type": "falcon", "multi_query": true, "new_decoder_architecture": false,
    "num_attention_heads": 71, "num_hidden_layers": 32, "parallel_attn": true, "torch_dtype": "bfloat16",
    "transformers_version": "4.27.4", "use_cache": true, "vocab_size": 65024})"},
  {"GPT-J 6B", 6050882784, R"({
    "activation_function": "gelu_new", "architectures": ["GPTJForCausalLM"], "attn_pdrop": 0.0, "bos_token_id": 50256,
    "embd_pdrop": 0.0, "eos_token_id": 50256, "gradient_checkpointing": false, "initializer_range": 0.02,
    "layer_norm_epsilon": 1e-05, "model_type": "gptj", "n_embd": 4096, "n_head": 16, "n_inner": null, "n_layer": 28,
    "n_positions": 2048, "resid_pdrop": 0.0, "rotary": true, "rotary_dim": 64, "scale_attn_weights": true,
    "summary_activation": null, "summary_first_dropout": 0.1, "summary_proj_to_labels": true,
    "summary_type": "cls_index", "summary_use_proj": true, "tie_word_embeddings": false, "tokenizer_class": "GPT2Tokenizer",
    "transformers_version": "4.18.0.dev0", "use_cache": true, "vocab_size": 50400})"},
  {"Falcon-H1 0.5B", 521411104, R"({"architectures":["FalconH1ForCausalLM"],"attention_bias":false,"attention_dropout":0.0,
    "attention_in_multiplier":1.0,"attention_out_multiplier":0.9375,"attn_layer_indices":null,"bos_token_id":1,
    "dtype":"bfloat16","embedding_multiplier":5.656854249492381,"eos_token_id":11,"head_dim":64,"hidden_act":"silu",
    "hidden_size":1024,"initializer_range":0.02,"intermediate_size":2048,"key_multiplier":0.39062499999999994,
    "lm_head_multiplier":0.0390625,"mamba_chunk_size":128,"mamba_conv_bias":true,"mamba_d_conv":4,"mamba_d_head":64,
    "mamba_d_ssm":1536,"mamba_d_state":128,"mamba_expand":2,"mamba_n_groups":1,"mamba_n_heads":24,
    "mamba_norm_before_gate":false,"mamba_proj_bias":false,"mamba_rms_norm":false,"mamba_use_mlp":true,
    "max_position_embeddings":16384,"mlp_bias":false,"mlp_expansion_factor":8,"mlp_multipliers":[0.88,0.58],
    "model_type":"falcon_h1","num_attention_heads":8,"num_hidden_layers":36,"num_key_value_heads":2,
    "num_logits_to_keep":1,"pad_token_id":0,"projectors_bias":false,"rms_norm_eps":1e-05,"rope_scaling":null,
    "rope_theta":100000000000.0,"ssm_in_multiplier":1.25,"ssm_multipliers":[0.35,0.25,0.1,0.5,0.3],
    "ssm_out_multiplier":0.23,"tie_word_embeddings":false,"torch_dtype":"bfloat16","transformers_version":"4.52.0",
    "use_cache":true,"vocab_size":32784})"},
  {"Nemotron 3 Nano 30B-A3B", 31577940288, R"({"architectures":["NemotronHForCausalLM"],"attention_bias":false,"attention_dropout":0.0,"auto_map":{},
    "bos_token_id":1,"chunk_size":128,"conv_kernel":4,"dtype":"bfloat16","eos_token_id":2,"expand":2,"head_dim":128,
    "hidden_dropout":0.0,"hidden_size":2688,
    "hybrid_override_pattern":"MEMEM*EMEMEM*EMEMEM*EMEMEM*EMEMEM*EMEMEMEM*EMEMEMEME","initializer_range":0.02,
    "intermediate_size":1856,"layer_norm_epsilon":1e-05,"mamba_head_dim":64,"mamba_hidden_act":"silu",
    "mamba_num_heads":64,"mamba_proj_bias":false,"mamba_ssm_cache_dtype":"float32","max_position_embeddings":262144,
    "mlp_bias":false,"mlp_hidden_act":"relu2","model_type":"nemotron_h","moe_intermediate_size":1856,
    "moe_shared_expert_intermediate_size":3712,"n_group":1,"n_groups":8,"n_routed_experts":128,"n_shared_experts":1,
    "norm_eps":1e-05,"norm_topk_prob":true,"num_attention_heads":32,"num_experts_per_tok":6,"num_hidden_layers":52,
    "num_key_value_heads":2,"num_logits_to_keep":1,"pad_token_id":0,"partial_rotary_factor":1.0,
    "rescale_prenorm_residual":true,"residual_in_fp32":false,"rope_theta":10000,"routed_scaling_factor":2.5,
    "sliding_window":null,"ssm_state_size":128,"tie_word_embeddings":false,"time_step_floor":0.0001,
    "time_step_limit":[0.0,Infinity],"time_step_max":0.1,"time_step_min":0.001,"topk_group":1,
    "torch_dtype":"bfloat16","transformers_version":"4.55.4","use_bias":false,"use_cache":true,"use_conv_bias":true,
    "use_mamba_kernels":true,"vocab_size":131072})"},
  {"Whisper tiny", 37760640, R"({"activation_dropout":0.0,"activation_function":"gelu","architectures":["WhisperForConditionalGeneration"],
    "attention_dropout":0.0,"begin_suppress_tokens":[220,50257],"bos_token_id":50257,"d_model":384,
    "decoder_attention_heads":6,"decoder_ffn_dim":1536,"decoder_layerdrop":0.0,"decoder_layers":4,
    "decoder_start_token_id":50258,"dropout":0.0,"encoder_attention_heads":6,"encoder_ffn_dim":1536,
    "encoder_layerdrop":0.0,"encoder_layers":4,"eos_token_id":50257,"forced_decoder_ids":[[1,50259]],
    "init_std":0.02,"is_encoder_decoder":true,"max_length":448,"max_source_positions":1500,
    "max_target_positions":448,"model_type":"whisper","num_hidden_layers":4,"num_mel_bins":80,"pad_token_id":50257,
    "scale_embedding":false,"suppress_tokens":[],"torch_dtype":"float32","transformers_version":"4.27.0.dev0",
    "use_cache":true,"vocab_size":51865})"},
};
// clang-format on

}  // namespace

TEST_CASE("whole files from the hub are read without warnings and nothing is called ignored",
          "[model][golden]") {
  for (const Whole& file : files) {
    CAPTURE(file.name);
    const ReadConfig read = read_config(file.config, "config.json");
    CHECK(count_parameters(take_inventory(read.architecture)).total.value() == file.parameters);
    for (const auto& remark : read.remarks) {
      CAPTURE(remark.message);
      CHECK(remark.severity == kwhatif::diag::Severity::note);
      CHECK(remark.code != "config-unknown-field");
    }
  }
}
