// Encoders that are no BERT, encoder-decoders for long texts, and decoders whose layers differ.
//
// Expected counts: safetensors.total of the hub's API or the project's own print, recalled, each confirmed by
// the fact that a count from the published modelling code meets it to the unit; where the line has a formula,
// by hand from that code.
#include "support.hpp"
#include <kwhatif/model/flops.hpp>

#include <algorithm>
#include <cmath>
#include <random>
#include <string>
#include <string_view>
#include <vector>

#include <catch2/catch.hpp>

using namespace kwhatif::model;
using namespace kwhatif::model::testing;
using kwhatif::diag::Diagnostic;
using kwhatif::diag::Severity;

namespace {

// clang-format off
constexpr Known known[] = {
  // fair-esm prints 651,043,254 for esm2_t33_650M_UR50D
  {"esm2-650m", 651043254, R"({"model_type":"esm","architectures":["EsmForMaskedLM"],"vocab_size":33,"hidden_size":1280,
     "intermediate_size":5120,"num_hidden_layers":33,"num_attention_heads":20,"max_position_embeddings":1026,
     "position_embedding_type":"rotary","emb_layer_norm_before":false,"token_dropout":true,
     "is_folding_model":false,"vocab_list":null,"mask_token_id":32})"},
  // BertModel 109,482,240 and four tables of 1024 x 768
  {"layoutlm", 112627968, R"({"vocab_size":30522,"hidden_size":768,"intermediate_size":3072,"num_hidden_layers":12,
     "num_attention_heads":12,"max_position_embeddings":512,"type_vocab_size":2,"model_type":"layoutlm",
     "architectures":["LayoutLMModel"],"max_2d_position_embeddings":1024})"},
  // RobertaModel without pooler 124,055,040; two tables each of 1024 x 128; relative positions (32 + 2 x 64) x 12; patches 768 x 768 + 768, class token, 197 positions, two norms
  {"layoutlmv3", 125326976, R"({"vocab_size":50265,"hidden_size":768,"intermediate_size":3072,"num_hidden_layers":12,
     "num_attention_heads":12,"max_position_embeddings":514,"type_vocab_size":1,"model_type":"layoutlmv3",
     "architectures":["LayoutLMv3Model"],"max_2d_position_embeddings":1024,"coordinate_size":128,
     "shape_size":128,"has_relative_attention_bias":true,"has_spatial_attention_bias":true,"rel_pos_bins":32,
     "max_rel_pos":128,"rel_2d_pos_bins":64,"max_rel_2d_pos":256,"visual_embed":true,"input_size":224,
     "patch_size":16,"num_channels":3,"text_embed":true,"second_input_size":112})"},
  // BertModel with 50,358 entries and 4,096 positions
  {"bigbird", 127468800, R"({"vocab_size":50358,"hidden_size":768,"intermediate_size":3072,"num_hidden_layers":12,
     "num_attention_heads":12,"max_position_embeddings":4096,"type_vocab_size":2,"model_type":"big_bird",
     "architectures":["BigBirdModel"],"attention_type":"block_sparse","block_size":64,"num_random_blocks":3,
     "use_bias":true,"rescale_embeddings":false})"},
  // hub: longformer-base-4096, 148,659,456; RobertaModel with 4,098 positions and three matrices a layer
  {"longformer", 148659456, R"({"vocab_size":50265,"hidden_size":768,"intermediate_size":3072,"num_hidden_layers":12,
     "num_attention_heads":12,"max_position_embeddings":4098,"type_vocab_size":1,"model_type":"longformer",
     "architectures":["LongformerModel"],"attention_window":[512,512,512,512,512,512,512,512,512,512,512,512],
     "attention_mode":"longformer","ignore_attention_mask":false,"sep_token_id":2})"},
  // BertModel without pooler; 12 layers x 12 heads x 65 taps
  {"nystrom", 108901008, R"({"vocab_size":30522,"hidden_size":768,"intermediate_size":3072,"num_hidden_layers":12,
     "num_attention_heads":12,"max_position_embeddings":510,"type_vocab_size":2,"model_type":"nystromformer",
     "architectures":["NystromformerModel"],"num_landmarks":64,"conv_kernel_size":65,"segment_means_seq_len":64,
     "inv_coeff_init_option":false})"},
  // BertModel without pooler and positions; 50,000 entries; 1536 x 64 sinusoids
  {"roformer", 123555840, R"({"vocab_size":50000,"hidden_size":768,"intermediate_size":3072,"num_hidden_layers":12,
     "num_attention_heads":12,"max_position_embeddings":1536,"type_vocab_size":2,"model_type":"roformer",
     "architectures":["RoFormerModel"],"embedding_size":768,"rotary_value":false})"},
  // hub: xlnet-base-cased, 116,718,336
  {"xlnet", 116718336, R"({"model_type":"xlnet","architectures":["XLNetModel"],"attn_type":"bi","bi_data":false,"clamp_len":-1,
     "d_head":64,"d_inner":3072,"d_model":768,"dropout":0.1,"end_n_top":5,"ff_activation":"gelu","mem_len":null,
     "n_head":12,"n_layer":12,"reuse_len":null,"same_length":false,"start_n_top":5,"untie_r":true,
     "vocab_size":32000})"},
  // hub: nomic-embed-text-v1, 136,731,648 (137M)
  {"nomic", 136731648, R"({"model_type":"nomic_bert","architectures":["NomicBertModel"],"activation_function":"swiglu","n_embd":768,
     "n_head":12,"n_inner":3072,"n_layer":12,"n_positions":8192,"vocab_size":30528,"type_vocab_size":2,
     "qkv_proj_bias":false,"mlp_fc1_bias":false,"mlp_fc2_bias":false,"rotary_emb_fraction":1.0,
     "rotary_emb_interleaved":false,"prenorm":false,"use_rms_norm":false,"pad_vocab_size_multiple":64,
     "causal":false,"parallel_block":false,"parallel_block_tied_norm":false})"},
  // hub: gte-base-en-v1.5, 136,776,192
  {"gte", 136776192, R"({"model_type":"new","architectures":["NewModel"],"vocab_size":30528,"hidden_size":768,
     "intermediate_size":3072,"num_hidden_layers":12,"num_attention_heads":12,"max_position_embeddings":8192,
     "type_vocab_size":0,"position_embedding_type":"rope","rope_theta":500000,"layer_norm_type":"layer_norm",
     "pack_qkv":true,"unpad_inputs":false,"use_memory_efficient_attention":false,"logn_attention_scale":false,
     "logn_attention_clip1":false})"},
  // 128256 x 768 + 12 x (4 x 768^2 + 3 x 768 x 3072 + 2 x 768) + 768 (its card: 210M)
  {"eurobert-210m", 211766016, R"({"model_type":"eurobert","architectures":["EuroBertModel"],"vocab_size":128256,"hidden_size":768,
     "intermediate_size":3072,"num_hidden_layers":12,"num_attention_heads":12,"num_key_value_heads":12,
     "max_position_embeddings":8192,"tie_word_embeddings":false})"},
  // BertModel with 40,000 entries, 2,048 positions, four types and three tasks
  {"ernie", 117944832, R"({"vocab_size":40000,"hidden_size":768,"intermediate_size":3072,"num_hidden_layers":12,
     "num_attention_heads":12,"max_position_embeddings":2048,"type_vocab_size":4,"model_type":"ernie",
     "architectures":["ErnieModel"],"task_type_vocab_size":3,"use_task_id":true})"},
  // RobertaModel
  {"data2vec", 124645632, R"({"vocab_size":50265,"hidden_size":768,"intermediate_size":3072,"num_hidden_layers":12,
     "num_attention_heads":12,"max_position_embeddings":514,"type_vocab_size":1,"model_type":"data2vec-text",
     "architectures":["Data2VecTextModel"]})"},
  // BertModel without pooler, 28,996 entries
  {"splinter", 107719680, R"({"vocab_size":28996,"hidden_size":768,"intermediate_size":3072,"num_hidden_layers":12,
     "num_attention_heads":12,"max_position_embeddings":512,"type_vocab_size":2,"model_type":"splinter",
     "architectures":["SplinterModel"]})"},
  // hub: led-base-16384, 161,844,480 (162M)
  {"led", 161844480, R"({"d_model":768,"encoder_attention_heads":12,"encoder_ffn_dim":3072,"encoder_layers":6,
     "decoder_attention_heads":12,"decoder_ffn_dim":3072,"decoder_layers":6,"vocab_size":50265,
     "model_type":"led","architectures":["LEDForConditionalGeneration"],"max_encoder_position_embeddings":16384,
     "max_decoder_position_embeddings":1024,"attention_window":[1024,1024,1024,1024,1024,1024]})"},
  // hub: bigbird-pegasus-large-arxiv, 576,891,904
  {"bigbird-pegasus", 576891904, R"({"model_type":"bigbird_pegasus","architectures":["BigBirdPegasusForConditionalGeneration"],"d_model":1024,
     "encoder_attention_heads":16,"encoder_ffn_dim":4096,"encoder_layers":16,"decoder_attention_heads":16,
     "decoder_ffn_dim":4096,"decoder_layers":16,"vocab_size":96103,"max_position_embeddings":4096,
     "attention_type":"block_sparse","block_size":64,"num_random_blocks":3,"use_bias":false,
     "scale_embedding":true})"},
  // T5 v1.1 base 247,577,856, a table of 32 x 12 and a norm of 768 in 12 layers
  {"longt5", 247587456, R"({"model_type":"longt5","architectures":["LongT5ForConditionalGeneration"],"d_model":768,"d_kv":64,
     "d_ff":2048,"num_layers":12,"num_decoder_layers":12,"num_heads":12,"vocab_size":32128,
     "feed_forward_proj":"gated-gelu","tie_word_embeddings":false,"encoder_attention_type":"transient-global",
     "local_radius":127,"global_block_size":16,"relative_attention_num_buckets":32})"},
  // two of Gemma 2 2B 2,614,341,888; 26 cross-attentions of 2304 x 256 x (8 + 4 + 4 + 8) with two norms (its card: 6B)
  {"t5gemma-2b-2b", 5596853760, R"({"model_type":"t5gemma","architectures":["T5GemmaForConditionalGeneration"],
     "encoder":{"model_type":"t5_gemma_module","hidden_size":2304,"intermediate_size":9216,
     "num_hidden_layers":26,"num_attention_heads":8,"num_key_value_heads":4,"head_dim":256,"sliding_window":4096,
     "vocab_size":256000},"decoder":{"model_type":"t5_gemma_module","hidden_size":2304,"intermediate_size":9216,
     "num_hidden_layers":26,"num_attention_heads":8,"num_key_value_heads":4,"head_dim":256,"sliding_window":4096,
     "vocab_size":256000,"cross_attention_hidden_size":2304},"vocab_size":256000})"},
  // hub: mobilebert-uncased as MobileBertModel, 24,581,888
  {"mobilebert", 24581888, R"({"model_type":"mobilebert","architectures":["MobileBertModel"],"vocab_size":30522,"hidden_size":512,
     "num_hidden_layers":24,"num_attention_heads":4,"intermediate_size":512,"max_position_embeddings":512,
     "type_vocab_size":2,"embedding_size":128,"trigram_input":true,"use_bottleneck":true,
     "intra_bottleneck_size":128,"use_bottleneck_attention":false,"key_query_shared_bottleneck":true,
     "num_feedforward_networks":4,"normalization_type":"no_norm","classifier_activation":false,
     "true_hidden_size":128})"},
  // and 512 x 512 + 512, a norm of 2 x 512, 384 x 30522, 30,522 and 2 x 512 + 2
  {"mobilebert-pre", 36597564, R"({"model_type":"mobilebert","architectures":["MobileBertForPreTraining"],"vocab_size":30522,
     "hidden_size":512,"num_hidden_layers":24,"num_attention_heads":4,"intermediate_size":512,
     "max_position_embeddings":512,"type_vocab_size":2,"embedding_size":128,"trigram_input":true,
     "use_bottleneck":true,"intra_bottleneck_size":128,"use_bottleneck_attention":false,
     "key_query_shared_bottleneck":true,"num_feedforward_networks":4,"normalization_type":"no_norm",
     "classifier_activation":false,"true_hidden_size":128})"},
  // BertModel less three quarters of all matrices but the output of attention
  {"squeezebert", 51089664, R"({"vocab_size":30522,"hidden_size":768,"intermediate_size":3072,"num_hidden_layers":12,
     "num_attention_heads":12,"max_position_embeddings":512,"type_vocab_size":2,"model_type":"squeezebert",
     "architectures":["SqueezeBertModel"],"embedding_size":768,"q_groups":4,"k_groups":4,"v_groups":4,
     "post_attention_groups":1,"intermediate_groups":4,"output_groups":4})"},
  // hub: openai-gpt, 116,534,784
  {"gpt1", 116534784, R"({"model_type":"openai-gpt","architectures":["OpenAIGPTLMHeadModel"],"vocab_size":40478,"n_positions":512,
     "n_ctx":512,"n_embd":768,"n_layer":12,"n_head":12,"afn":"gelu"})"},
  // hub: xglm-564M, 564,463,616
  {"xglm", 564463616, R"({"model_type":"xglm","architectures":["XGLMForCausalLM"],"vocab_size":256008,"d_model":1024,"ffn_dim":4096,
     "num_layers":24,"attention_heads":16,"max_position_embeddings":2048,"activation_function":"gelu",
     "scale_embedding":true})"},
  // hub: biogpt, 346,763,264
  {"biogpt", 346763264, R"({"model_type":"biogpt","architectures":["BioGptForCausalLM"],"vocab_size":42384,"hidden_size":1024,
     "intermediate_size":4096,"num_hidden_layers":24,"num_attention_heads":16,"max_position_embeddings":1024,
     "hidden_act":"gelu","scale_embedding":true})"},
  // hub: OpenELM-270M, 271,527,168
  {"openelm-270m", 271527168, R"({"model_type":"openelm","architectures":["OpenELMForCausalLM"],"model_dim":1280,"num_transformer_layers":16,
     "head_dim":64,"num_gqa_groups":4,"num_query_heads":[12,12,12,12,12,16,16,16,16,16,16,16,20,20,20,20],
     "num_kv_heads":[3,3,3,3,3,4,4,4,4,4,4,4,5,5,5,5],"ffn_multipliers":[0.5,0.73,0.97,1.2,1.43,1.67,1.9,2.13,
     2.37,2.6,2.83,3.07,3.3,3.53,3.77,4.0],"ffn_dim_divisor":256,"ffn_with_glu":true,
     "normalize_qk_projections":true,"share_input_output_layers":true,"vocab_size":32000,
     "max_context_length":2048})"},
  // hub: OpenELM-1_1B, 1,079,891,456
  {"openelm-1.1b", 1079891456, R"({"model_type":"openelm","architectures":["OpenELMForCausalLM"],"model_dim":2048,"num_transformer_layers":28,
     "head_dim":64,"num_gqa_groups":4,"num_query_heads":[16,16,16,20,20,20,20,20,20,20,24,24,24,24,24,24,24,24,
     28,28,28,28,28,28,32,32,32,32],"num_kv_heads":[4,4,4,5,5,5,5,5,5,5,6,6,6,6,6,6,6,6,7,7,7,7,7,7,8,8,8,8],
     "ffn_multipliers":[0.5,0.63,0.76,0.89,1.02,1.15,1.28,1.41,1.54,1.67,1.8,1.93,2.06,2.19,2.31,2.44,2.57,2.7,
     2.83,2.96,3.09,3.22,3.35,3.48,3.61,3.74,3.87,4.0],"ffn_dim_divisor":256,"ffn_with_glu":true,
     "normalize_qk_projections":true,"share_input_output_layers":true,"vocab_size":32000,
     "max_context_length":2048})"},
  // hub: OpenELM-3B, 3,036,647,424
  {"openelm-3b", 3036647424, R"({"model_type":"openelm","architectures":["OpenELMForCausalLM"],"model_dim":3072,"num_transformer_layers":36,
     "head_dim":128,"num_gqa_groups":4,"num_query_heads":[12,12,12,12,16,16,16,16,16,16,16,16,16,16,16,16,16,16,
     20,20,20,20,20,20,20,20,20,20,20,20,24,24,24,24,24,24],"num_kv_heads":[3,3,3,3,4,4,4,4,4,4,4,4,4,4,4,4,4,4,
     5,5,5,5,5,5,5,5,5,5,5,5,6,6,6,6,6,6],"ffn_multipliers":[0.5,0.6,0.7,0.8,0.9,1.0,1.1,1.2,1.3,1.4,1.5,1.6,1.7,
     1.8,1.9,2.0,2.1,2.2,2.3,2.4,2.5,2.6,2.7,2.8,2.9,3.0,3.1,3.2,3.3,3.4,3.5,3.6,3.7,3.8,3.9,4.0],
     "ffn_dim_divisor":256,"ffn_with_glu":true,"normalize_qk_projections":true,"share_input_output_layers":true,
     "vocab_size":32000,"max_context_length":2048})"},
  // DeepSeek-V3 671,026,419,200 and in 61 layers 64 x 128 x 1536 + 128 x 7168 + 2 x 128 + 64 x 7168
  {"deepseek-v3.2", 671877944064, R"({"vocab_size":129280,"hidden_size":7168,"intermediate_size":18432,"moe_intermediate_size":2048,
     "num_hidden_layers":61,"num_attention_heads":128,"num_key_value_heads":128,"n_routed_experts":256,
     "n_shared_experts":1,"num_experts_per_tok":8,"first_k_dense_replace":3,"moe_layer_freq":1,
     "q_lora_rank":1536,"kv_lora_rank":512,"qk_nope_head_dim":128,"qk_rope_head_dim":64,"v_head_dim":128,
     "topk_method":"noaux_tc","index_head_dim":128,"index_n_heads":64,"index_topk":2048,
     "num_nextn_predict_layers":1,"model_type":"deepseek_v32","architectures":["DeepseekV32ForCausalLM"]})"},
};

// Model cards of Gemma 4, GLM 5 and DeepSeek-V4: total and active size in billions, as printed there.
struct Rounded {
  std::string_view name;
  double whole;
  double text;    // of the language model alone
  double active;  // without tables of the input; 0: not printed
  std::string_view config;
};
constexpr Rounded rounded[] = {
  {"gemma4-e2b", 5.1, 0, 2.3, R"({"model_type":"gemma4","architectures":["Gemma4ForConditionalGeneration"],
     "vision_soft_tokens_per_image":280,"text_config":{"model_type":"gemma4_text","hidden_size":1536,
     "intermediate_size":6144,"num_hidden_layers":35,"num_attention_heads":8,"num_key_value_heads":1,
     "head_dim":256,"global_head_dim":512,"num_kv_shared_layers":20,"use_double_wide_mlp":true,
     "hidden_size_per_layer_input":256,"vocab_size_per_layer_input":262144,"vocab_size":262144,
     "layer_types":["sliding_attention","sliding_attention","sliding_attention","sliding_attention",
     "full_attention","sliding_attention","sliding_attention","sliding_attention","sliding_attention",
     "full_attention","sliding_attention","sliding_attention","sliding_attention","sliding_attention",
     "full_attention","sliding_attention","sliding_attention","sliding_attention","sliding_attention",
     "full_attention","sliding_attention","sliding_attention","sliding_attention","sliding_attention",
     "full_attention","sliding_attention","sliding_attention","sliding_attention","sliding_attention",
     "full_attention","sliding_attention","sliding_attention","sliding_attention","sliding_attention",
     "full_attention"],"attention_k_eq_v":false,"enable_moe_block":false},
     "vision_config":{"model_type":"gemma4_vision"},"audio_config":{"model_type":"gemma4_audio"}})"},
  {"gemma4-e4b", 7.9, 0, 0, R"({"model_type":"gemma4","text_config":{"model_type":"gemma4_text","hidden_size":2560,
     "intermediate_size":10240,"num_hidden_layers":42,"num_attention_heads":8,"num_key_value_heads":2,
     "head_dim":256,"global_head_dim":512,"num_kv_shared_layers":18,"use_double_wide_mlp":false,
     "hidden_size_per_layer_input":256},"vision_config":{"model_type":"gemma4_vision"},
     "audio_config":{"model_type":"gemma4_audio"}})"},
  {"gemma4-31b", 0, 30.7, 0, R"({"model_type":"gemma4","text_config":{"model_type":"gemma4_text","hidden_size":5376,
     "intermediate_size":21504,"num_hidden_layers":60,"num_attention_heads":32,"num_key_value_heads":16,
     "num_global_key_value_heads":4,"head_dim":256,"global_head_dim":512,"hidden_size_per_layer_input":0,
     "attention_k_eq_v":true,"sliding_window":1024},"vision_config":{"model_type":"gemma4_vision",
     "hidden_size":1152,"intermediate_size":4304,"num_hidden_layers":27,"num_attention_heads":16,
     "num_key_value_heads":16,"head_dim":72,"standardize":true}})"},
  {"gemma4-26b-a4b", 0, 25.2, 3.8, R"({"model_type":"gemma4","text_config":{"model_type":"gemma4_text","hidden_size":2816,
     "intermediate_size":2112,"moe_intermediate_size":704,"num_experts":128,"top_k_experts":8,
     "enable_moe_block":true,"num_hidden_layers":30,"num_attention_heads":16,"num_key_value_heads":8,
     "num_global_key_value_heads":2,"head_dim":256,"global_head_dim":512,"hidden_size_per_layer_input":0,
     "attention_k_eq_v":true,"sliding_window":1024},"vision_config":{"model_type":"gemma4_vision",
     "hidden_size":1152,"intermediate_size":4304,"num_hidden_layers":27,"num_attention_heads":16,
     "num_key_value_heads":16,"head_dim":72,"standardize":true}})"},
  {"glm-5", 744, 0, 0, R"({"model_type":"glm_moe_dsa","architectures":["GlmMoeDsaForCausalLM"],"vocab_size":154880,"hidden_size":6144,
     "intermediate_size":12288,"moe_intermediate_size":2048,"num_hidden_layers":78,"num_attention_heads":64,
     "num_key_value_heads":64,"n_routed_experts":256,"n_shared_experts":1,"num_experts_per_tok":8,
     "first_k_dense_replace":3,"moe_layer_freq":1,"q_lora_rank":2048,"kv_lora_rank":512,"qk_nope_head_dim":192,
     "qk_rope_head_dim":64,"v_head_dim":256,"index_head_dim":128,"index_n_heads":32,"index_topk":2048})"},
  {"deepseek-v4-flash", 284, 0, 13, R"({"model_type":"deepseek_v4","architectures":["DeepseekV4ForCausalLM"],"vocab_size":129280,
     "hidden_size":4096,"moe_intermediate_size":2048,"num_hidden_layers":43,"num_attention_heads":64,
     "num_key_value_heads":1,"head_dim":512,"qk_rope_head_dim":64,"q_lora_rank":1024,"o_lora_rank":1024,
     "o_groups":8,"n_routed_experts":256,"n_shared_experts":1,"num_experts_per_tok":6,"compress_ratios":[0,0,4,
     128,4,128,4,128,4,128,4,128,4,128,4,128,4,128,4,128,4,128,4,128,4,128,4,128,4,128,4,128,4,128,4,128,4,128,4,
     128,4,128,4,0],"sliding_window":128,"num_hash_layers":3,"hc_mult":4,"index_head_dim":128,"index_n_heads":64,
     "index_topk":512,"num_nextn_predict_layers":1,"tie_word_embeddings":false})"},
};
// clang-format on

const Known& named(std::string_view name) {
  return *std::ranges::find_if(known, [&](const Known& k) { return k.name == name; });
}

double forward(const std::string& config, double length) {
  return count_flops(take_inventory(read_config(config, "c").architecture), {.sequence_length = length})
      .forward.coherent();
}

}  // namespace

TEST_CASE("encoders with parts that BERT has not, and their like, have their published counts",
          "[model][golden]") {
  for (const Known& model : known) {
    CAPTURE(model.name);
    const ReadConfig read = read_config(model.config, "config.json");
    CHECK(count_parameters(take_inventory(read.architecture)).total.value() == model.parameters);
    for (const Diagnostic& remark : read.remarks) {
      CAPTURE(remark.message);
      CHECK(remark.severity == Severity::note);
    }
  }
}

TEST_CASE("Gemma 4, GLM 5 and DeepSeek-V4 are as large as their cards say", "[model][golden]") {
  for (const Rounded& model : rounded) {
    CAPTURE(model.name);
    Architecture a = read_config(model.config, "config.json").architecture;
    const double whole = count_parameters(take_inventory(a)).total.as_double();
    a.towers.clear();
    const ParameterCount text = count_parameters(take_inventory(a));
    constexpr double rounding = 0.06e9;
    if (model.whole > 100) CHECK(std::abs(whole - model.whole * 1e9) < 0.5e9);
    if (model.whole > 0 && model.whole < 100) CHECK(std::abs(whole - model.whole * 1e9) < rounding);
    if (model.text > 0) CHECK(std::abs(text.total.as_double() - model.text * 1e9) < rounding);
    if (model.active > 0)
      CHECK(std::abs(text.active_excl_input_embedding.as_double() - model.active * 1e9) <
            (model.active > 10 ? 0.5e9 : rounding));
  }
}

TEST_CASE("attention that sees a part costs what that part does", "[model][golden]") {
  const std::string longformer(named("longformer").config);
  // 12 layers x 2 products x 2 FLOP x 768 x (4096 - 512) keys
  const std::string wide =
      replaced(longformer, "[512,512,512,512,512,512,512,512,512,512,512,512]", "[4096]");
  CHECK(forward(wide, 4096) - forward(longformer, 4096) == Approx(12.0 * 4 * 768 * (4096 - 512)));
  const std::string sparse(named("bigbird").config);
  const std::string full = replaced(sparse, "block_sparse", "original_full");
  CHECK(forward(full, 4096) - forward(sparse, 4096) == Approx(12.0 * 4 * 768 * (4096 - 8 * 64)));
  // DeepSeek V3.2: 128 heads see 2,048 positions, an index of 64 x 128 all of them
  const std::string chosen(named("deepseek-v3.2").config);
  const double length = 65536;
  const double keys = 2048 - 2048.0 * 2048 / (2 * length);
  const double index = 61.0 * 2 * 64 * 128 * length / 2;
  const double products = 61.0 * 2 * 128 * (192 + 128) * keys;
  const FlopCount counted =
      count_flops(take_inventory(read_config(chosen, "c").architecture), {.sequence_length = length});
  CHECK(counted.products.coherent() == Approx(index + products));
}

TEST_CASE("layers of GLM 5 that take over a choice have no index of their own", "[model][golden]") {
  const std::string text(rounded[4].config);
  const auto total = [&](const std::string& more) {
    return count(replaced(text, R"("index_topk":2048)", R"("index_topk":2048)" + more)).total.value();
  };
  const std::uint64_t index = 32 * 128 * 2048 + 128 * 6144 + 2 * 128 + 32 * 6144;
  // the first two and every fourth from there: 78 - 2 = 76, of which 57 take over
  CHECK(total("") - total(R"(,"index_topk_freq":4)") == 57 * index);
}

TEST_CASE("keys that Gemma 4 takes over are not stored", "[model][golden]") {
  const std::string text(rounded[0].config);
  const std::uint64_t shared = count(text).total.value();
  const std::uint64_t own =
      count(replaced(text, R"("num_kv_shared_layers":20)", R"("num_kv_shared_layers":0)")).total.value();
  // 16 layers of 256 and 4 of 512: keys, values and the norm of keys; but feed-forward parts of half the
  // width
  const std::int64_t keys = 16 * (2 * 1536 * 256 + 256) + 4 * (2 * 1536 * 512 + 512);
  const std::int64_t feed_forward = 20L * 3 * 1536 * 6144;
  CHECK(static_cast<std::int64_t>(own) - static_cast<std::int64_t>(shared) == keys - feed_forward);
}

TEST_CASE("forms without a rule are refused in one sentence", "[model][hostile]") {
  struct Case {
    std::string config;
    const char* says;
  };
  const std::string t5gemma(named("t5gemma-2b-2b").config);
  const std::string esm(named("esm2-650m").config);
  for (const Case& c :
       {Case{replaced(t5gemma, R"("hidden_size":2304)", R"("hidden_size":3584)"), "width"},
        {replaced(esm, R"("is_folding_model":false)", R"("is_folding_model":true)"), "ESMFold"},
        {replaced(esm, R"("rotary")", R"("sinus")"), "position_embedding_type"},
        {R"({"model_type":"luke","hidden_size":512})", "luke"},
        {R"({"model_type":"reformer","hidden_size":512})", "reformer"}}) {
    CAPTURE(c.says);
    try {
      read_config(c.config, "config.json");
      FAIL("read, though it should be refused");
    } catch (const ConfigError& error) {
      CHECK(error.diagnostics().size() == 1);
      CHECK(error.diagnostics().front().message.find(c.says) != std::string::npos);
    }
  }
}

TEST_CASE("no slip in these files crashes or passes in silence", "[model][hostile]") {
  std::mt19937 random(20261128);
  const char* values[] = {"0",  "-1", "1e30", "1.5",       "\"x\"", "null",
                          "[]", "{}", "true", "999999999", "[1,2]", "3"};
  std::vector<std::string> texts;
  for (const Known& model : known) texts.emplace_back(model.config);
  for (const Rounded& model : rounded) texts.emplace_back(model.config);
  for (const std::string& text : texts) {
    for (int i = 0; i < 60; ++i) {
      const std::size_t from = text.find("\":", random() % text.size());
      if (from == std::string::npos) continue;
      const std::size_t end = text.find_first_of(",}]", from + 2);
      const std::string changed =
          text.substr(0, from + 2) + values[random() % std::size(values)] + text.substr(end);
      CAPTURE(changed);
      try {
        const ReadConfig read = read_config(changed, "config.json");
        CHECK(count_parameters(take_inventory(read.architecture)).total.value() > 0);
        CHECK(std::isfinite(forward(changed, 100)));
      } catch (const ConfigError& error) {
        CHECK_FALSE(error.diagnostics().empty());
      }
    }
  }
}
