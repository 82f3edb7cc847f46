// Real configurations that are not among the presets, in the abridged form in which the hub has them.
//
// ELECTRA-small: KerasHub prints 13,548,800 with a pooler of 256² + 256 that transformers does not have.
// Expected counts: the "Model size" that the hub's API gives (safetensors.total), tables printed in the
// repositories of the models, or torchvision's documentation; recalled unless the line says otherwise, and
// each confirmed by the fact that an exact count from independent rules meets it to the unit.
#include "support.hpp"

#include <string_view>

#include <catch2/catch.hpp>

using namespace kwhatif::model;
using namespace kwhatif::model::testing;

namespace {

// clang-format off
constexpr Known decoders[] = {
  {"llama-3.2-3b", 3212749824, R"({"model_type":"llama","vocab_size":128256,"hidden_size":3072,"intermediate_size":8192,"num_hidden_layers":28,"num_attention_heads":24,"num_key_value_heads":8,"head_dim":128,"tie_word_embeddings":true})"},
  {"llama-2-7b", 6738415616, R"({"model_type":"llama","vocab_size":32000,"hidden_size":4096,"intermediate_size":11008,"num_hidden_layers":32,"num_attention_heads":32,"num_key_value_heads":32,"attention_bias":false,"pretraining_tp":1,"rope_scaling":null})"},
  {"tinyllama-1.1b", 1100048384, R"({"model_type":"llama","vocab_size":32000,"hidden_size":2048,"intermediate_size":5632,"num_hidden_layers":22,"num_attention_heads":32,"num_key_value_heads":4})"},
  {"smollm2-135m", 134515008, R"({"model_type":"llama","vocab_size":49152,"hidden_size":576,"intermediate_size":1536,"num_hidden_layers":30,"num_attention_heads":9,"num_key_value_heads":3,"tie_word_embeddings":true})"},
  {"mistral-nemo-12b", 12247782400, R"({"model_type":"mistral","vocab_size":131072,"hidden_size":5120,"intermediate_size":14336,"num_hidden_layers":40,"num_attention_heads":32,"num_key_value_heads":8,"head_dim":128,"sliding_window":null,"tie_word_embeddings":false})"},
  {"qwen2-0.5b", 494032768, R"({"model_type":"qwen2","vocab_size":151936,"hidden_size":896,"intermediate_size":4864,"num_hidden_layers":24,"num_attention_heads":14,"num_key_value_heads":2,"max_window_layers":24,"sliding_window":32768,"use_sliding_window":false,"tie_word_embeddings":true})"},
  {"qwen2.5-14b", 14770033664, R"({"model_type":"qwen2","vocab_size":152064,"hidden_size":5120,"intermediate_size":13824,"num_hidden_layers":48,"num_attention_heads":40,"num_key_value_heads":8,"tie_word_embeddings":false})"},
  {"qwen3-4b", 4022468096, R"({"model_type":"qwen3","vocab_size":151936,"hidden_size":2560,"intermediate_size":9728,"num_hidden_layers":36,"num_attention_heads":32,"num_key_value_heads":8,"head_dim":128,"tie_word_embeddings":true})"},
  {"qwen-7b", 7721324544, R"({"model_type":"qwen","vocab_size":151936,"hidden_size":4096,"intermediate_size":22016,"num_hidden_layers":32,"num_attention_heads":32,"no_bias":true,"kv_channels":128,"tie_word_embeddings":false})"},
  {"gemma-2-2b", 2614341888, R"({"model_type":"gemma2","vocab_size":256000,"hidden_size":2304,"intermediate_size":9216,"num_hidden_layers":26,"num_attention_heads":8,"num_key_value_heads":4,"head_dim":256,"sliding_window":4096})"},
  {"gemma-2-27b", 27227128320, R"({"model_type":"gemma2","vocab_size":256000,"hidden_size":4608,"intermediate_size":36864,"num_hidden_layers":46,"num_attention_heads":32,"num_key_value_heads":16,"head_dim":128,"query_pre_attn_scalar":144})"},
  {"phi-1.5", 1418270720, R"({"model_type":"phi","vocab_size":51200,"hidden_size":2048,"intermediate_size":8192,"num_hidden_layers":24,"num_attention_heads":32,"num_key_value_heads":null,"qk_layernorm":false,"tie_word_embeddings":false})"},
  {"phi-3-medium", 13960238080, R"({"model_type":"phi3","vocab_size":32064,"hidden_size":5120,"intermediate_size":17920,"num_hidden_layers":40,"num_attention_heads":40,"num_key_value_heads":10,"sliding_window":2047,"tie_word_embeddings":false})"},
  {"phi-3-small", 7392272384, R"({"model_type":"phi3small","vocab_size":100352,"hidden_size":4096,"ff_intermediate_size":14336,"num_hidden_layers":32,"num_attention_heads":32,"num_key_value_heads":8})"},
  {"phi-4", 14659507200, R"({"model_type":"phi3","vocab_size":100352,"hidden_size":5120,"intermediate_size":17920,"num_hidden_layers":40,"num_attention_heads":40,"num_key_value_heads":10,"tie_word_embeddings":false})"},
  {"phi-4-mini", 3836021760, R"({"model_type":"phi3","vocab_size":200064,"hidden_size":3072,"intermediate_size":8192,"num_hidden_layers":32,"num_attention_heads":24,"num_key_value_heads":8,"partial_rotary_factor":0.75,"tie_word_embeddings":true})"},
  {"gpt-neo-1.3b", 1315575808, R"({"model_type":"gpt_neo","vocab_size":50257,"hidden_size":2048,"intermediate_size":null,"num_layers":24,"num_heads":16,"max_position_embeddings":2048,"attention_types":[[["global","local"],12]],"window_size":256})"},
  {"opt-350m", 331196416, R"({"model_type":"opt","vocab_size":50272,"hidden_size":1024,"word_embed_proj_dim":512,"ffn_dim":4096,"num_hidden_layers":24,"num_attention_heads":16,"max_position_embeddings":2048,"do_layer_norm_before":false})"},
  {"opt-125m", 125239296, R"({"model_type":"opt","vocab_size":50272,"hidden_size":768,"word_embed_proj_dim":768,"ffn_dim":3072,"num_hidden_layers":12,"num_attention_heads":12,"max_position_embeddings":2048,"do_layer_norm_before":true,"_remove_final_layer_norm":false})"},
  {"bloom-560m", 559214592, R"({"model_type":"bloom","vocab_size":250880,"n_embed":1024,"n_layer":24,"num_attention_heads":16})"},
  {"falcon-rw-1b", 1311625216, R"({"model_type":"falcon","vocab_size":50304,"hidden_size":2048,"num_hidden_layers":24,"num_attention_heads":32,"alibi":true,"bias":true,"multi_query":false,"new_decoder_architecture":false,"parallel_attn":false})"},
  {"mpt-7b", 6649286656, R"({"model_type":"mpt","vocab_size":50432,"d_model":4096,"n_layers":32,"n_heads":32,"expansion_ratio":4,"max_seq_len":2048,"no_bias":true,"learned_pos_emb":true,"attn_config":{"alibi":true,"attn_type":"multihead_attention","clip_qkv":null,"qk_ln":false}})"},
  {"starcoder", 15517456384, R"({"model_type":"gpt_bigcode","vocab_size":49152,"n_embd":6144,"n_layer":40,"n_head":48,"n_inner":24576,"n_positions":8192,"multi_query":true})"},
  {"starcoder2-3b", 3030371328, R"({"model_type":"starcoder2","vocab_size":49152,"hidden_size":3072,"intermediate_size":12288,"num_hidden_layers":30,"num_attention_heads":24,"num_key_value_heads":2,"use_bias":true,"sliding_window":4096})"},
  {"stablelm-3b-4e1t", 2795443200, R"({"model_type":"stablelm","vocab_size":50304,"hidden_size":2560,"intermediate_size":6912,"num_hidden_layers":32,"num_attention_heads":32,"num_key_value_heads":32,"use_qkv_bias":false,"tie_word_embeddings":false})"},
  {"stablelm-2-1.6b", 1644515328, R"({"model_type":"stablelm","vocab_size":100352,"hidden_size":2048,"intermediate_size":5632,"num_hidden_layers":24,"num_attention_heads":32,"num_key_value_heads":32,"use_qkv_bias":true,"tie_word_embeddings":false})"},
  {"stablelm-2-12b", 12143185920, R"({"model_type":"stablelm","vocab_size":100352,"hidden_size":5120,"intermediate_size":13824,"num_hidden_layers":40,"num_attention_heads":32,"num_key_value_heads":8,"qk_layernorm":true,"use_parallel_residual":true,"use_qkv_bias":false,"tie_word_embeddings":false})"},
  {"command-r", 34980831232, R"({"model_type":"cohere","vocab_size":256000,"hidden_size":8192,"intermediate_size":22528,"num_hidden_layers":40,"num_attention_heads":64,"num_key_value_heads":64,"use_qk_norm":false})"},
  {"command-r-plus", 103810674688, R"({"model_type":"cohere","vocab_size":256000,"hidden_size":12288,"intermediate_size":33792,"num_hidden_layers":64,"num_attention_heads":96,"num_key_value_heads":8,"use_qk_norm":true})"},
  {"command-r7b", 8028033024, R"({"model_type":"cohere2","vocab_size":256000,"hidden_size":4096,"intermediate_size":14336,"num_hidden_layers":32,"num_attention_heads":32,"num_key_value_heads":8,"sliding_window":4096,"sliding_window_pattern":4})"},
  {"glm-4-9b-hf", 9399951360, R"({"model_type":"glm","vocab_size":151552,"hidden_size":4096,"intermediate_size":13696,"num_hidden_layers":40,"num_attention_heads":32,"num_key_value_heads":2,"head_dim":128,"attention_bias":true,"tie_word_embeddings":false})"},
  {"glm-4-9b-0414", 9400279040, R"({"model_type":"glm4","vocab_size":151552,"hidden_size":4096,"intermediate_size":13696,"num_hidden_layers":40,"num_attention_heads":32,"num_key_value_heads":2,"head_dim":128,"attention_bias":true,"tie_word_embeddings":false})"},
  {"chatglm3-6b", 6243584000, R"({"model_type":"chatglm","padded_vocab_size":65024,"hidden_size":4096,"ffn_hidden_size":13696,"num_layers":28,"num_attention_heads":32,"kv_channels":128,"multi_query_attention":true,"multi_query_group_num":2,"add_qkv_bias":true,"add_bias_linear":false,"rmsnorm":true,"seq_length":8192})"},
  {"internlm2-7b", 7737708544, R"({"model_type":"internlm2","vocab_size":92544,"hidden_size":4096,"intermediate_size":14336,"num_hidden_layers":32,"num_attention_heads":32,"num_key_value_heads":8,"bias":false,"tie_word_embeddings":false})"},
  {"baichuan2-7b", 7505973248, R"({"model_type":"baichuan","vocab_size":125696,"hidden_size":4096,"intermediate_size":11008,"num_hidden_layers":32,"num_attention_heads":32,"model_max_length":4096,"tie_word_embeddings":false})"},
  {"smollm3-3b", 3075098624, R"({"model_type":"smollm3","vocab_size":128256,"hidden_size":2048,"intermediate_size":11008,"num_hidden_layers":36,"num_attention_heads":16,"num_key_value_heads":4})"},
  {"olmo-1b", 1176764416, R"({"model_type":"olmo","vocab_size":50304,"hidden_size":2048,"intermediate_size":8192,"num_hidden_layers":16,"num_attention_heads":16,"tie_word_embeddings":true})"},
  {"olmo-2-7b", 7298617344, R"({"model_type":"olmo2","vocab_size":100352,"hidden_size":4096,"intermediate_size":11008,"num_hidden_layers":32,"num_attention_heads":32,"num_key_value_heads":32})"},
  {"exaone-3.0-7.8b", 7818448896, R"({"model_type":"exaone","vocab_size":102400,"hidden_size":4096,"intermediate_size":14336,"num_layers":32,"num_attention_heads":32,"num_key_value_heads":8,"tie_word_embeddings":false})"},
  {"seed-oss-36b", 36151104512, R"({"model_type":"seed_oss","vocab_size":155136,"hidden_size":5120,"intermediate_size":27648,"num_hidden_layers":64,"num_attention_heads":80,"num_key_value_heads":8,"head_dim":128,"attention_bias":true,"attention_out_bias":false,"tie_word_embeddings":false})"},
};

struct KnownSparse {
  std::string_view name;
  std::uint64_t parameters;
  double active_billions;      // as printed; with or without the input table
  double tolerance;
  std::string_view config;
};

constexpr KnownSparse sparse[] = {
  {"qwen3-235b-a22b", 235093634560, 22, 0.02, R"({"model_type":"qwen3_moe","vocab_size":151936,"hidden_size":4096,"intermediate_size":12288,"moe_intermediate_size":1536,"num_hidden_layers":94,"num_attention_heads":64,"num_key_value_heads":4,"head_dim":128,"num_experts":128,"num_experts_per_tok":8,"decoder_sparse_step":1,"mlp_only_layers":[],"tie_word_embeddings":false})"},
  {"qwen1.5-moe-a2.7b", 14315784192, 2.7, 0.02, R"({"model_type":"qwen2_moe","vocab_size":151936,"hidden_size":2048,"intermediate_size":5632,"moe_intermediate_size":1408,"shared_expert_intermediate_size":5632,"num_hidden_layers":24,"num_attention_heads":16,"num_key_value_heads":16,"num_experts":60,"num_experts_per_tok":4,"tie_word_embeddings":false})"},
  {"qwen2-57b-a14b", 57408658944, 14, 0.03, R"({"model_type":"qwen2_moe","vocab_size":151936,"hidden_size":3584,"intermediate_size":18944,"moe_intermediate_size":2560,"shared_expert_intermediate_size":20480,"num_hidden_layers":28,"num_attention_heads":28,"num_key_value_heads":4,"num_experts":64,"num_experts_per_tok":8,"tie_word_embeddings":false})"},
  {"mixtral-8x22b with a larger vocabulary", 140630071296, 39, 0.01, R"({"model_type":"mixtral","vocab_size":32768,"hidden_size":6144,"intermediate_size":16384,"num_hidden_layers":56,"num_attention_heads":48,"num_key_value_heads":8,"num_local_experts":8,"num_experts_per_tok":2})"},
  {"phi-3.5-moe", 41873153344, 6.6, 0.01, R"({"model_type":"phimoe","vocab_size":32064,"hidden_size":4096,"intermediate_size":6400,"num_hidden_layers":32,"num_attention_heads":32,"num_key_value_heads":8,"attention_bias":true,"lm_head_bias":true,"num_local_experts":16,"num_experts_per_tok":2,"sliding_window":131072,"tie_word_embeddings":false})"},
  {"dbrx", 131596523520, 36, 0.02, R"({"model_type":"dbrx","vocab_size":100352,"d_model":6144,"n_layers":40,"n_heads":48,"max_seq_len":32768,"attn_config":{"clip_qkv":8,"kv_n_heads":8,"rope_theta":500000},"ffn_config":{"ffn_hidden_size":10752,"moe_num_experts":16,"moe_top_k":4},"tie_word_embeddings":false})"},
  {"deepseek-moe-16b", 16375728128, 2.8, 0.02, R"({"model_type":"deepseek","vocab_size":102400,"hidden_size":2048,"intermediate_size":10944,"moe_intermediate_size":1408,"num_hidden_layers":28,"num_attention_heads":16,"num_key_value_heads":16,"n_routed_experts":64,"n_shared_experts":2,"num_experts_per_tok":6,"first_k_dense_replace":1,"moe_layer_freq":1})"},
  {"deepseek-v2", 235741434880, 21, 0.02, R"({"model_type":"deepseek_v2","vocab_size":102400,"hidden_size":5120,"intermediate_size":12288,"moe_intermediate_size":1536,"num_hidden_layers":60,"num_attention_heads":128,"num_key_value_heads":128,"n_routed_experts":160,"n_shared_experts":2,"num_experts_per_tok":6,"first_k_dense_replace":1,"moe_layer_freq":1,"q_lora_rank":1536,"kv_lora_rank":512,"qk_nope_head_dim":128,"qk_rope_head_dim":64,"v_head_dim":128})"},
  {"kimi-k2", 1026408232448, 32, 0.03, R"({"model_type":"kimi_k2","vocab_size":163840,"hidden_size":7168,"intermediate_size":18432,"moe_intermediate_size":2048,"num_hidden_layers":61,"num_attention_heads":64,"num_key_value_heads":64,"n_routed_experts":384,"n_shared_experts":1,"num_experts_per_tok":8,"first_k_dense_replace":1,"moe_layer_freq":1,"q_lora_rank":1536,"kv_lora_rank":512,"qk_nope_head_dim":128,"qk_rope_head_dim":64,"v_head_dim":128})"},
  {"granite-3.0-1b-a400m", 1334628352, 0.4, 0.1, R"({"model_type":"granitemoe","vocab_size":49155,"hidden_size":1024,"intermediate_size":512,"num_hidden_layers":24,"num_attention_heads":16,"num_key_value_heads":8,"num_local_experts":32,"num_experts_per_tok":8,"tie_word_embeddings":true})"},
  {"dots.llm1", 142774381696, 14, 0.05, R"({"model_type":"dots1","vocab_size":152064,"hidden_size":4096,"intermediate_size":10944,"moe_intermediate_size":1408,"num_hidden_layers":62,"num_attention_heads":32,"num_key_value_heads":32,"head_dim":128,"n_routed_experts":128,"n_shared_experts":2,"num_experts_per_tok":6,"first_k_dense_replace":1,"moe_layer_freq":1,"tie_word_embeddings":false})"},
};

constexpr Known encoders_and_others[] = {
  {"bert-base with pre-training heads", 110106428, R"({"model_type":"bert","architectures":["BertForPreTraining"],"vocab_size":30522,"hidden_size":768,"num_hidden_layers":12,"num_attention_heads":12,"intermediate_size":3072,"max_position_embeddings":512,"type_vocab_size":2})"},
  {"bert-base for masked language modelling", 109514298, R"({"model_type":"bert","architectures":["BertForMaskedLM"],"vocab_size":30522,"hidden_size":768,"num_hidden_layers":12,"num_attention_heads":12,"intermediate_size":3072,"max_position_embeddings":512,"type_vocab_size":2})"},
  {"bert-base classifier of two classes", 109483778, R"({"model_type":"bert","architectures":["BertForSequenceClassification"],"vocab_size":30522,"hidden_size":768,"num_hidden_layers":12,"num_attention_heads":12,"intermediate_size":3072,"max_position_embeddings":512,"type_vocab_size":2})"},
  {"xlm-roberta-base", 278043648, R"({"model_type":"xlm-roberta","architectures":["XLMRobertaModel"],"vocab_size":250002,"hidden_size":768,"num_hidden_layers":12,"num_attention_heads":12,"intermediate_size":3072,"max_position_embeddings":514,"type_vocab_size":1})"},
  {"distilbert-base", 66362880, R"({"model_type":"distilbert","architectures":["DistilBertModel"],"vocab_size":30522,"dim":768,"n_layers":6,"n_heads":12,"hidden_dim":3072,"max_position_embeddings":512,"sinusoidal_pos_embds":false})"},
  {"electra-small", 13483008, R"({"model_type":"electra","architectures":["ElectraModel"],"vocab_size":30522,"embedding_size":128,"hidden_size":256,"num_hidden_layers":12,"num_attention_heads":4,"intermediate_size":1024,"max_position_embeddings":512,"type_vocab_size":2})"},
  {"albert-base-v2", 11683584, R"({"model_type":"albert","architectures":["AlbertModel"],"vocab_size":30000,"embedding_size":128,"hidden_size":768,"num_hidden_layers":12,"num_attention_heads":12,"intermediate_size":3072,"max_position_embeddings":512,"type_vocab_size":2,"num_hidden_groups":1,"inner_group_num":1})"},
  {"t5-3b", 2851598336, R"({"model_type":"t5","vocab_size":32128,"d_model":1024,"d_ff":16384,"d_kv":128,"num_heads":32,"num_layers":24,"num_decoder_layers":24,"relative_attention_num_buckets":32,"feed_forward_proj":"relu"})"},
  {"flan-t5-small", 76961152, R"({"model_type":"t5","vocab_size":32128,"d_model":512,"d_ff":1024,"d_kv":64,"num_heads":6,"num_layers":8,"num_decoder_layers":8,"relative_attention_num_buckets":32,"feed_forward_proj":"gated-gelu","tie_word_embeddings":false})"},
  {"mt5-small", 300176768, R"({"model_type":"mt5","vocab_size":250112,"d_model":512,"d_ff":1024,"d_kv":64,"num_heads":6,"num_layers":8,"num_decoder_layers":8,"relative_attention_num_buckets":32,"feed_forward_proj":"gated-gelu","tie_word_embeddings":false})"},
  {"t5-v1.1-xxl encoder", 4762310656, R"({"model_type":"t5","architectures":["T5EncoderModel"],"vocab_size":32128,"d_model":4096,"d_ff":10240,"d_kv":64,"num_heads":64,"num_layers":24,"relative_attention_num_buckets":32,"feed_forward_proj":"gated-gelu"})"},
  {"bart-base", 139420416, R"({"model_type":"bart","vocab_size":50265,"d_model":768,"encoder_layers":6,"decoder_layers":6,"encoder_attention_heads":12,"decoder_attention_heads":12,"encoder_ffn_dim":3072,"decoder_ffn_dim":3072,"max_position_embeddings":1024})"},
  {"bart-large", 406291456, R"({"model_type":"bart","vocab_size":50265,"d_model":1024,"encoder_layers":12,"decoder_layers":12,"encoder_attention_heads":16,"decoder_attention_heads":16,"encoder_ffn_dim":4096,"decoder_ffn_dim":4096,"max_position_embeddings":1024})"},
  {"mamba-1.4b", 1372178432, R"({"model_type":"mamba","vocab_size":50280,"hidden_size":2048,"num_hidden_layers":48,"state_size":16,"conv_kernel":4,"expand":2,"time_step_rank":"auto","use_bias":false,"use_conv_bias":true})"},
  {"mamba-130m, original file", 129135360, R"({"d_model":768,"n_layer":24,"vocab_size":50277,"ssm_cfg":{},"rms_norm":true,"residual_in_fp32":true,"fused_add_norm":true,"pad_vocab_size_multiple":8})"},
  {"mamba2-130m", 128989632, R"({"model_type":"mamba2","vocab_size":50288,"hidden_size":768,"num_hidden_layers":24,"state_size":128,"conv_kernel":4,"expand":2,"head_dim":64,"num_heads":24,"n_groups":1,"use_bias":false,"use_conv_bias":true,"time_step_limit":[0.0,Infinity],"tie_word_embeddings":true})"},
  {"falcon-mamba-7b", 7272665088, R"({"model_type":"falcon_mamba","vocab_size":65024,"hidden_size":4096,"num_hidden_layers":64,"state_size":16,"conv_kernel":4,"intermediate_size":8192,"time_step_rank":256,"use_bias":false,"use_conv_bias":true,"tie_word_embeddings":false})"},
  // torchvision documentation, num_params of the weights
  {"vit-l-16", 304326632, R"({"model_type":"vit","architectures":["ViTForImageClassification"],"hidden_size":1024,"num_hidden_layers":24,"num_attention_heads":16,"intermediate_size":4096,"patch_size":16,"image_size":224,"num_channels":3,"num_labels":1000})"},
  {"vit-b-32", 88224232, R"({"model_type":"vit","architectures":["ViTForImageClassification"],"hidden_size":768,"num_hidden_layers":12,"num_attention_heads":12,"intermediate_size":3072,"patch_size":32,"image_size":224,"num_channels":3,"num_labels":1000})"},
  {"vit model with pooler", 86389248, R"({"model_type":"vit","architectures":["ViTModel"],"hidden_size":768,"num_hidden_layers":12,"num_attention_heads":12,"intermediate_size":3072,"patch_size":16,"image_size":224,"num_channels":3})"},
  {"dinov2-base", 86580480, R"({"model_type":"dinov2","architectures":["Dinov2Model"],"hidden_size":768,"num_hidden_layers":12,"num_attention_heads":12,"mlp_ratio":4,"patch_size":14,"image_size":518,"num_channels":3})"},
  {"dinov2-giant", 1136480768, R"({"model_type":"dinov2","architectures":["Dinov2Model"],"hidden_size":1536,"num_hidden_layers":40,"num_attention_heads":24,"mlp_ratio":4,"patch_size":14,"image_size":518,"num_channels":3,"use_swiglu_ffn":true})"},
  {"resnet-18", 11689512, R"({"model_type":"resnet","embedding_size":64,"hidden_sizes":[64,128,256,512],"depths":[2,2,2,2],"layer_type":"basic","num_channels":3,"num_labels":1000})"},
  {"resnet-34", 21797672, R"({"model_type":"resnet","embedding_size":64,"hidden_sizes":[64,128,256,512],"depths":[3,4,6,3],"layer_type":"basic","num_channels":3,"num_labels":1000})"},
  {"resnet-101", 44549160, R"({"model_type":"resnet","embedding_size":64,"hidden_sizes":[256,512,1024,2048],"depths":[3,4,23,3],"layer_type":"bottleneck","num_channels":3,"num_labels":1000})"},
  {"resnet-152", 60192808, R"({"model_type":"resnet","embedding_size":64,"hidden_sizes":[256,512,1024,2048],"depths":[3,8,36,3],"layer_type":"bottleneck","num_channels":3,"num_labels":1000})"},
  {"stable-diffusion-2-1 unet", 865910724, R"({"_class_name":"UNet2DConditionModel","sample_size":96,"in_channels":4,"out_channels":4,"block_out_channels":[320,640,1280,1280],"layers_per_block":2,"cross_attention_dim":1024,"attention_head_dim":[5,10,20,20],"use_linear_projection":true,"down_block_types":["CrossAttnDownBlock2D","CrossAttnDownBlock2D","CrossAttnDownBlock2D","DownBlock2D"],"up_block_types":["UpBlock2D","CrossAttnUpBlock2D","CrossAttnUpBlock2D","CrossAttnUpBlock2D"]})"},
  {"stable-diffusion-xl unet", 2567463684, R"({"_class_name":"UNet2DConditionModel","sample_size":128,"in_channels":4,"out_channels":4,"block_out_channels":[320,640,1280],"layers_per_block":2,"transformer_layers_per_block":[1,2,10],"cross_attention_dim":2048,"attention_head_dim":[5,10,20],"use_linear_projection":true,"addition_embed_type":"text_time","addition_time_embed_dim":256,"projection_class_embeddings_input_dim":2816,"down_block_types":["DownBlock2D","CrossAttnDownBlock2D","CrossAttnDownBlock2D"],"up_block_types":["CrossAttnUpBlock2D","CrossAttnUpBlock2D","UpBlock2D"]})"},
};

// The language models inside multimodal files of types whose towers have no rule.
constexpr Known nested[] = {
  {"gemma-3-4b's text", 3880263168, R"({"model_type":"some_vlm","text_config":{"hidden_size":2560,"intermediate_size":10240,"model_type":"gemma3_text","num_hidden_layers":34,"rope_scaling":{"factor":8.0,"rope_type":"linear"},"sliding_window":1024},"vision_config":{"hidden_size":1152,"model_type":"siglip_vision_model"}})"},
  {"kimi-vl's text", 15960110208, R"({"model_type":"kimi_vl","text_config":{"model_type":"deepseek_v3","vocab_size":163840,"hidden_size":2048,"intermediate_size":11264,"moe_intermediate_size":1408,"num_hidden_layers":27,"num_attention_heads":16,"num_key_value_heads":16,"n_routed_experts":64,"n_shared_experts":2,"num_experts_per_tok":6,"first_k_dense_replace":1,"moe_layer_freq":1,"q_lora_rank":null,"kv_lora_rank":512,"qk_nope_head_dim":128,"qk_rope_head_dim":64,"v_head_dim":128,"tie_word_embeddings":false},"vision_config":{"model_type":"moonvit"}})"},
};
// clang-format on

}  // namespace

TEST_CASE("decoders outside the presets have their published parameter counts", "[model][golden]") {
  for (const Known& model : decoders) {
    CAPTURE(model.name);
    CHECK(count(model.config).total.value() == model.parameters);
  }
}

TEST_CASE("mixtures of experts outside the presets have their published counts", "[model][golden]") {
  for (const KnownSparse& model : sparse) {
    CAPTURE(model.name);
    const ParameterCount ours = count(model.config);
    CHECK(ours.total.value() == model.parameters);
    const double published = model.active_billions * 1e9;
    CAPTURE(ours.active.text(), ours.active_excl_input_embedding.text());
    CHECK((std::abs(ours.active.as_double() / published - 1) <= model.tolerance ||
           std::abs(ours.active_excl_input_embedding.as_double() / published - 1) <= model.tolerance));
  }
}

TEST_CASE("encoders, encoder-decoders, state-space, image and diffusion models have their published counts",
          "[model][golden]") {
  for (const Known& model : encoders_and_others) {
    CAPTURE(model.name);
    CHECK(count(model.config).total.value() == model.parameters);
  }
}

TEST_CASE("the language model inside a multimodal file is counted, with a warning", "[model][golden]") {
  for (const Known& model : nested) {
    CAPTURE(model.name);
    CHECK(count(model.config).total.value() == model.parameters);
    const ReadConfig read = read_config(model.config, "config.json");
    REQUIRE_FALSE(read.remarks.empty());
    CHECK(read.remarks.front().severity == kwhatif::diag::Severity::warning);
    CHECK(read.remarks.front().code == "config-part-left-out");
  }
}
