// Whole multimodal files: language model, towers and what joins them, against published totals.
//
// Expected counts: safetensors.total of the hub's API, recalled and confirmed by the fact that a count from
// the published modelling code meets each to the unit. Llama 3.2 vision with its tables of tiles, 11B
// (10.67B) as on its model card.
#include "support.hpp"
#include <kwhatif/model/flops.hpp>
#include <kwhatif/model/regimes.hpp>
#include <kwhatif/model/towers.hpp>

#include <algorithm>
#include <random>
#include <string>
#include <string_view>

#include <catch2/catch.hpp>

using namespace kwhatif::model;
using namespace kwhatif::model::testing;
using kwhatif::diag::Diagnostic;
using kwhatif::diag::Severity;

namespace {

// clang-format off
constexpr Known wholes[] = {
  {"qwen2-vl-2b", 2208985600, R"({"model_type":"qwen2_vl","hidden_size":1536,"intermediate_size":8960,"num_hidden_layers":28,
     "num_attention_heads":12,"num_key_value_heads":2,"vocab_size":151936,"tie_word_embeddings":true,
     "vision_config":{"depth":32,"embed_dim":1280,"hidden_size":1536,"mlp_ratio":4,"num_heads":16,"in_chans":3,
     "patch_size":14,"temporal_patch_size":2,"spatial_merge_size":2}})"},
  {"qwen2-vl-7b", 8291375616, R"({"model_type":"qwen2_vl","hidden_size":3584,"intermediate_size":18944,"num_hidden_layers":28,
     "num_attention_heads":28,"num_key_value_heads":4,"vocab_size":152064,"tie_word_embeddings":false,
     "vision_config":{"depth":32,"embed_dim":1280,"hidden_size":3584,"mlp_ratio":4,"num_heads":16,"in_chans":3,
     "patch_size":14,"spatial_merge_size":2,"temporal_patch_size":2}})"},
  {"qwen2.5-vl-7b", 8292166656, R"({"model_type":"qwen2_5_vl","hidden_size":3584,"intermediate_size":18944,"num_hidden_layers":28,
     "num_attention_heads":28,"num_key_value_heads":4,"vocab_size":152064,"tie_word_embeddings":false,
     "vision_config":{"depth":32,"hidden_size":1280,"intermediate_size":3420,"num_heads":16,"in_chans":3,
     "out_hidden_size":3584,"patch_size":14,"spatial_merge_size":2,"window_size":112,"fullatt_block_indexes":[7,
     15,23,31],"tokens_per_second":2,"temporal_patch_size":2}})"},
  {"qwen2.5-vl-3b", 3754622976, R"({"model_type":"qwen2_5_vl","hidden_size":2048,"intermediate_size":11008,"num_hidden_layers":36,
     "num_attention_heads":16,"num_key_value_heads":2,"vocab_size":151936,"tie_word_embeddings":true,
     "vision_config":{"depth":32,"hidden_size":1280,"intermediate_size":3420,"num_heads":16,"in_chans":3,
     "out_hidden_size":2048,"patch_size":14,"spatial_merge_size":2,"window_size":112,"fullatt_block_indexes":[7,
     15,23,31],"tokens_per_second":2,"temporal_patch_size":2}})"},
  {"qwen2.5-vl-72b", 73410777344, R"({"model_type":"qwen2_5_vl","hidden_size":8192,"intermediate_size":29568,"num_hidden_layers":80,
     "num_attention_heads":64,"num_key_value_heads":8,"vocab_size":152064,"tie_word_embeddings":false,
     "vision_config":{"depth":32,"hidden_size":1280,"intermediate_size":3456,"num_heads":16,"in_chans":3,
     "out_hidden_size":8192,"patch_size":14,"spatial_merge_size":2,"window_size":112,"fullatt_block_indexes":[7,
     15,23,31],"tokens_per_second":2,"temporal_patch_size":2}})"},
  {"qwen3-vl-8b", 8767123696, R"({"model_type":"qwen3_vl","text_config":{"model_type":"qwen3_vl_text","hidden_size":4096,
     "intermediate_size":12288,"num_hidden_layers":36,"num_attention_heads":32,"num_key_value_heads":8,
     "head_dim":128,"vocab_size":151936},"vision_config":{"deepstack_visual_indexes":[8,16,24],"depth":27,
     "hidden_size":1152,"intermediate_size":4304,"num_heads":16,"num_position_embeddings":2304,
     "out_hidden_size":4096,"patch_size":16,"spatial_merge_size":2,"temporal_patch_size":2,"in_channels":3,
     "model_type":"qwen3_vl"},"tie_word_embeddings":false})"},
  {"qwen3-vl-4b", 4437815808, R"({"model_type":"qwen3_vl","text_config":{"model_type":"qwen3_vl_text","hidden_size":2560,
     "intermediate_size":9728,"num_hidden_layers":36,"num_attention_heads":32,"num_key_value_heads":8,
     "head_dim":128,"vocab_size":151936,"tie_word_embeddings":true},
     "vision_config":{"deepstack_visual_indexes":[5,11,17],"depth":24,"hidden_size":1024,
     "intermediate_size":4096,"num_heads":16,"num_position_embeddings":2304,"out_hidden_size":2560,
     "patch_size":16,"spatial_merge_size":2,"temporal_patch_size":2,"in_channels":3,"model_type":"qwen3_vl"},
     "tie_word_embeddings":true})"},
  {"qwen3-vl-2b", 2127532032, R"({"model_type":"qwen3_vl","text_config":{"model_type":"qwen3_vl_text","hidden_size":2048,
     "intermediate_size":6144,"num_hidden_layers":28,"num_attention_heads":16,"num_key_value_heads":8,
     "head_dim":128,"vocab_size":151936,"tie_word_embeddings":true},
     "vision_config":{"deepstack_visual_indexes":[5,11,17],"depth":24,"hidden_size":1024,
     "intermediate_size":4096,"num_heads":16,"num_position_embeddings":2304,"out_hidden_size":2048,
     "patch_size":16,"spatial_merge_size":2,"temporal_patch_size":2,"in_channels":3,"model_type":"qwen3_vl"},
     "tie_word_embeddings":true})"},
  {"qwen3-vl-30b-a3b", 31070754032, R"({"model_type":"qwen3_vl_moe","text_config":{"model_type":"qwen3_vl_moe_text","hidden_size":2048,
     "intermediate_size":6144,"moe_intermediate_size":768,"num_experts":128,"num_experts_per_tok":8,
     "num_hidden_layers":48,"num_attention_heads":32,"num_key_value_heads":4,"head_dim":128,"vocab_size":151936},
     "vision_config":{"deepstack_visual_indexes":[8,16,24],"depth":27,"hidden_size":1152,
     "intermediate_size":4304,"num_heads":16,"num_position_embeddings":2304,"out_hidden_size":2048,
     "patch_size":16,"spatial_merge_size":2,"temporal_patch_size":2,"in_channels":3,"model_type":"qwen3_vl"},
     "tie_word_embeddings":false})"},
  {"llava-1.5-7b", 7063427072, R"({"model_type":"llava","text_config":{"model_type":"llama","vocab_size":32064,
     "max_position_embeddings":4096},"vision_config":{"hidden_size":1024,"image_size":336,
     "intermediate_size":4096,"model_type":"clip_vision_model","num_attention_heads":16,"num_hidden_layers":24,
     "patch_size":14,"projection_dim":768,"vocab_size":32000}})"},
  {"llava-v1.6-mistral-7b", 7566747648, R"({"model_type":"llava_next","text_config":{"model_type":"mistral","vocab_size":32064,
     "intermediate_size":14336,"num_key_value_heads":8,"sliding_window":null},
     "vision_config":{"hidden_size":1024,"image_size":336,"intermediate_size":4096,
     "model_type":"clip_vision_model","num_attention_heads":16,"num_hidden_layers":24,"patch_size":14,
     "projection_dim":768,"vocab_size":32000}})"},
  {"paligemma-3b-224", 2923466480, R"({"model_type":"paligemma","projection_dim":2048,"text_config":{"model_type":"gemma","hidden_size":2048,
     "intermediate_size":16384,"num_attention_heads":8,"num_hidden_layers":18,"num_image_tokens":256,
     "num_key_value_heads":1,"vocab_size":257216},"vision_config":{"hidden_size":1152,"intermediate_size":4304,
     "model_type":"siglip_vision_model","num_attention_heads":16,"num_hidden_layers":27,"num_image_tokens":256,
     "patch_size":14,"projection_dim":2048,"projector_hidden_act":"gelu_fast","vision_use_head":false}})"},
  {"paligemma2-3b-224", 3032242416, R"({"model_type":"paligemma","projection_dim":2304,"text_config":{"model_type":"gemma2","hidden_size":2304,
     "intermediate_size":9216,"num_attention_heads":8,"num_hidden_layers":26,"num_image_tokens":256,
     "num_key_value_heads":4,"vocab_size":257216},"vision_config":{"hidden_size":1152,"intermediate_size":4304,
     "model_type":"siglip_vision_model","num_attention_heads":16,"num_hidden_layers":27,"num_image_tokens":256,
     "patch_size":14,"projection_dim":2304,"projector_hidden_act":"gelu_fast","vision_use_head":false}})"},
  {"gemma-3-4b", 4300079472, R"({"model_type":"gemma3","mm_tokens_per_image":256,"text_config":{"hidden_size":2560,
     "intermediate_size":10240,"model_type":"gemma3_text","num_hidden_layers":34,"sliding_window":1024},
     "vision_config":{"hidden_size":1152,"image_size":896,"intermediate_size":4304,
     "model_type":"siglip_vision_model","num_attention_heads":16,"num_hidden_layers":27,"patch_size":14,
     "vision_use_head":false}})"},
  {"gemma-3-12b", 12187325040, R"({"model_type":"gemma3","mm_tokens_per_image":256,"text_config":{"hidden_size":3840,
     "intermediate_size":15360,"model_type":"gemma3_text","num_hidden_layers":48,"num_attention_heads":16,
     "num_key_value_heads":8,"sliding_window":1024},"vision_config":{"hidden_size":1152,"image_size":896,
     "intermediate_size":4304,"model_type":"siglip_vision_model","num_attention_heads":16,"num_hidden_layers":27,
     "patch_size":14,"vision_use_head":false}})"},
  {"gemma-3-27b", 27432406640, R"({"model_type":"gemma3","mm_tokens_per_image":256,"text_config":{"hidden_size":5376,
     "intermediate_size":21504,"model_type":"gemma3_text","num_hidden_layers":62,"num_attention_heads":32,
     "num_key_value_heads":16,"head_dim":128,"sliding_window":1024},"vision_config":{"hidden_size":1152,
     "image_size":896,"intermediate_size":4304,"model_type":"siglip_vision_model","num_attention_heads":16,
     "num_hidden_layers":27,"patch_size":14,"vision_use_head":false}})"},
  {"mistral-small-3.1", 24011361280, R"({"model_type":"mistral3","multimodal_projector_bias":false,"projector_hidden_act":"gelu",
     "spatial_merge_size":2,"vision_feature_layer":-1,"text_config":{"model_type":"mistral","vocab_size":131072,
     "hidden_size":5120,"intermediate_size":32768,"num_hidden_layers":40,"num_attention_heads":32,
     "num_key_value_heads":8,"head_dim":128,"sliding_window":null},"vision_config":{"head_dim":64,
     "hidden_size":1024,"image_size":1540,"intermediate_size":4096,"model_type":"pixtral",
     "num_attention_heads":16,"num_channels":3,"num_hidden_layers":24,"patch_size":14,"rope_theta":10000.0},
     "tie_word_embeddings":false})"},
  {"llama-3.2-11b-vision", 10670220835, R"({"model_type":"mllama","text_config":{"model_type":"mllama_text_model","vocab_size":128256,
     "hidden_size":4096,"intermediate_size":14336,"num_hidden_layers":40,"num_attention_heads":32,
     "num_key_value_heads":8,"cross_attention_layers":[3,8,13,18,23,28,33,38],"tie_word_embeddings":false},
     "vision_config":{"model_type":"mllama_vision_model","attention_heads":16,"hidden_size":1280,
     "image_size":560,"intermediate_layers_indices":[3,7,15,23,30],"intermediate_size":5120,"max_num_tiles":4,
     "num_channels":3,"num_global_layers":8,"num_hidden_layers":32,"patch_size":14,"supported_aspect_ratios":[[1,
     1],[1,2],[1,3],[1,4],[2,1],[2,2],[3,1],[4,1]],"vision_output_dim":7680}})"},
  {"llama-4-scout", 108641793536, R"({"model_type":"llama4","text_config":{"model_type":"llama4_text","vocab_size":202048,"hidden_size":5120,
     "intermediate_size":8192,"intermediate_size_mlp":16384,"num_hidden_layers":48,"num_attention_heads":40,
     "num_key_value_heads":8,"head_dim":128,"num_local_experts":16,"num_experts_per_tok":1,
     "interleave_moe_layer_step":1,"attention_chunk_size":8192},
     "vision_config":{"model_type":"llama4_vision_model","hidden_size":1408,"image_size":336,
     "intermediate_size":5632,"multi_modal_projector_bias":false,"num_attention_heads":16,"num_channels":3,
     "num_hidden_layers":34,"patch_size":14,"pixel_shuffle_ratio":0.5,"projector_dropout":0.0,
     "projector_input_dim":4096,"projector_output_dim":4096,"vision_feature_layer":-1,
     "vision_feature_select_strategy":"default","vision_output_dim":4096,"rope_theta":10000}})"},
  {"smolvlm-256m", 256484928, R"({"model_type":"idefics3","tie_word_embeddings":false,"scale_factor":4,"text_config":{"model_type":"llama",
     "vocab_size":49280,"hidden_size":576,"intermediate_size":1536,"num_hidden_layers":30,
     "num_attention_heads":9,"num_key_value_heads":3,"tie_word_embeddings":false},
     "vision_config":{"model_type":"idefics3","hidden_size":768,"image_size":512,"intermediate_size":3072,
     "num_attention_heads":12,"num_hidden_layers":12,"patch_size":16}})"},
  {"qwen2-audio-7b", 8397094912, R"({"model_type":"qwen2_audio","text_config":{"model_type":"qwen2","vocab_size":156032,"hidden_size":4096,
     "intermediate_size":11008,"num_hidden_layers":32,"num_attention_heads":32,"num_key_value_heads":32},
     "audio_config":{"model_type":"qwen2_audio_encoder","d_model":1280,"encoder_attention_heads":20,
     "encoder_ffn_dim":5120,"encoder_layers":32,"encoder_layerdrop":0.0,"max_source_positions":1500,
     "num_mel_bins":128}})"},
  {"internvl3-8b", 7944373760, R"({"model_type":"internvl_chat","downsample_ratio":0.5,"llm_config":{"model_type":"qwen2","vocab_size":151674,
     "hidden_size":3584,"intermediate_size":18944,"num_hidden_layers":28,"num_attention_heads":28,
     "num_key_value_heads":4},"vision_config":{"model_type":"intern_vit_6b","hidden_size":1024,"image_size":448,
     "intermediate_size":4096,"num_attention_heads":16,"num_hidden_layers":24,"patch_size":14,"qkv_bias":true,
     "qk_normalization":false,"norm_type":"layer_norm"}})"},
  {"llama-3.2-11b-vision-hub", 10670220835, R"({"architectures":["MllamaForConditionalGeneration"],"image_token_index":128256,"model_type":"mllama",
     "text_config":{"_name_or_path":"","add_cross_attention":false,"architectures":null,"bad_words_ids":null,
     "begin_suppress_tokens":null,"bos_token_id":128000,"chunk_size_feed_forward":0,
     "cross_attention_hidden_size":null,"cross_attention_layers":[3,8,13,18,23,28,33,38],
     "decoder_start_token_id":null,"diversity_penalty":0.0,"do_sample":false,"dropout":0,"early_stopping":false,
     "encoder_no_repeat_ngram_size":0,"eos_token_id":[128001,128008,128009],"finetuning_task":null,
     "hidden_act":"silu","hidden_size":4096,"id2label":{"0":"LABEL_0","1":"LABEL_1"},"initializer_range":0.02,
     "intermediate_size":14336,"is_decoder":false,"is_encoder_decoder":false,"label2id":{"LABEL_0":0,
     "LABEL_1":1},"length_penalty":1.0,"max_length":20,"max_position_embeddings":131072,"min_length":0,
     "model_type":"mllama_text_model","no_repeat_ngram_size":0,"num_attention_heads":32,"num_beam_groups":1,
     "num_beams":1,"num_hidden_layers":40,"num_key_value_heads":8,"num_return_sequences":1,
     "output_attentions":false,"pad_token_id":128004,"pruned_heads":{},"remove_invalid_values":false,
     "rms_norm_eps":1e-05,"rope_scaling":{"factor":8.0},"rope_theta":500000.0,"tf_legacy_loss":false,
     "tie_encoder_decoder":false,"tie_word_embeddings":false,"top_k":50,"torchscript":false,"typical_p":1.0,
     "use_bfloat16":false,"use_cache":true,"vocab_size":128256},"vision_config":{"add_cross_attention":false,
     "attention_heads":16,"chunk_size_feed_forward":0,"diversity_penalty":0.0,"hidden_act":"gelu",
     "hidden_size":1280,"id2label":{"0":"LABEL_0","1":"LABEL_1"},"image_size":560,
     "intermediate_layers_indices":[3,7,15,23,30],"intermediate_size":5120,"is_decoder":false,
     "is_encoder_decoder":false,"label2id":{"LABEL_0":0},"max_num_tiles":4,"model_type":"mllama_vision_model",
     "norm_eps":1e-05,"num_channels":3,"num_global_layers":8,"num_hidden_layers":32,"patch_size":14,
     "pruned_heads":{},"supported_aspect_ratios":[[1,1],[1,2],[1,3],[1,4],[2,1],[2,2],[3,1],[4,1]],
     "tie_word_embeddings":true,"use_bfloat16":false,"vision_output_dim":7680}})"},
};

// By hand, from the same modelling code.
constexpr Known by_hand[] = {
  // SigLIP tower of 26 layers 397,747,744; two matrices 896 x 1152 + 896 and 896 x 896 + 896; end of a row 896;
  // Qwen 2.5 0.5B with 152,000 entries 494,090,112
  {"llava-onevision-0.5b", 397747744 + 896 * 1152 + 896 + 896 * 896 + 896 + 896 + 494090112, R"({"model_type":"llava_onevision","tie_word_embeddings":false,"text_config":{"model_type":"qwen2",
     "vocab_size":152000,"hidden_size":896,"intermediate_size":4864,"num_hidden_layers":24,
     "num_attention_heads":14,"num_key_value_heads":2,"tie_word_embeddings":true},
     "vision_config":{"hidden_size":1152,"image_size":384,"intermediate_size":4304,
     "model_type":"siglip_vision_model","num_attention_heads":16,"num_hidden_layers":26,"patch_size":14,
     "vision_use_head":false}})"},
  // text 12,247,782,400; tower: 24 x (4 x 1024^2 + 3 x 1024 x 4096 + 2 x 1024) + 1024 x 768 + 1024; two matrices
  {"pixtral-12b", 12247782400 + 24 * (4 * 1048576 + 3 * 4194304 + 2048) + 1024 * 768 + 1024 + 5120 * 1024 + 5120 + 5120 * 5120 + 5120, R"({"model_type":"llava","text_config":{"model_type":"mistral","vocab_size":131072,"hidden_size":5120,
     "intermediate_size":14336,"num_hidden_layers":40,"num_attention_heads":32,"num_key_value_heads":8,
     "head_dim":128,"sliding_window":null,"is_composition":true},"vision_config":{"head_dim":64,
     "hidden_size":1024,"image_size":1024,"intermediate_size":4096,"model_type":"pixtral",
     "num_attention_heads":16,"num_hidden_layers":24,"patch_size":16}})"},
  // text 7,241,756,672 (32,003 entries); SigLIP so400m at 980 x 980 without head 417,792,240; connector: gate, up and
  // down 3 x 14336 between 1152 and 4096, 64 queries, three layers of (2 x 1536 x 4096 + 2 x 384 x 4096 + 12 x 4096^2 + 3 x 4096), a norm
  {"idefics2-8b", 7241756672 + 417792240 + 2 * 14336 * 1152 + 4096 * 14336 + 64 * 4096 + 3 * (2 * 1536 * 4096 + 2 * 384 * 4096 + 12 * 16777216UL + 3 * 4096) + 4096, R"({"model_type":"idefics2","tie_word_embeddings":false,"perceiver_config":{"model_type":"idefics2",
     "resampler_n_latents":64},"text_config":{"model_type":"mistral","vocab_size":32003},
     "vision_config":{"model_type":"idefics2","hidden_size":1152,"image_size":980,"intermediate_size":4304,
     "num_attention_heads":16,"num_hidden_layers":27,"patch_size":14}})"},
  // text 4,014,136,320; Whisper large v3's encoder 636,968,960; 5120 x 3072 and 3072 x 3072
  {"voxtral-mini-3b", 4014136320 + 636968960 + 5120 * 3072 + 3072 * 3072, R"({"model_type":"voxtral","hidden_size":3072,"text_config":{"model_type":"llama","vocab_size":131072,
     "hidden_size":3072,"intermediate_size":8192,"num_hidden_layers":30,"num_attention_heads":32,
     "num_key_value_heads":8,"head_dim":128},"audio_config":{"model_type":"voxtral_encoder","hidden_size":1280,
     "num_attention_heads":20,"intermediate_size":5120,"num_hidden_layers":32,"max_source_positions":1500,
     "num_mel_bins":128,"vocab_size":51866}})"},
  // text 9,400,279,040; tower: patches 1536 x 6 x 14^2 + 1536, 24 x (4 x 1536^2 + 3 x 1536 x 4096 + 2 x 1536), 576 positions,
  // two norms; a convolution of 2 x 2, a projection with a norm of two vectors, and a gated part of 13,696
  {"glm-4.1v-9b", 9400279040 + 1536 * 1176 + 1536 + 24 * (4 * 1536 * 1536 + 3 * 1536 * 4096 + 2 * 1536) + 578 * 1536 + 4 * 1536 * 4096 + 4096 + 4096 * 4096 + 2 * 4096 + 3 * 4096 * 13696, R"({"model_type":"glm4v","text_config":{"model_type":"glm4v_text","vocab_size":151552,"hidden_size":4096,
     "intermediate_size":13696,"num_hidden_layers":40,"num_attention_heads":32,"num_key_value_heads":2,
     "attention_bias":true,"tie_word_embeddings":false},"vision_config":{"model_type":"glm4v","hidden_size":1536,
     "depth":24,"num_heads":12,"attention_bias":false,"intermediate_size":13696,"hidden_act":"silu",
     "image_size":336,"in_channels":3,"patch_size":14,"out_hidden_size":4096,"spatial_merge_size":2,
     "temporal_patch_size":2}})"},
};
// clang-format on

const Known& named(std::string_view name) {
  return *std::ranges::find_if(wholes, [&](const Known& k) { return k.name == name; });
}

Count of_towers(const Architecture& a) {
  Count sum = 0;
  for (const TowerCount& tower : count_towers(a)) sum += tower.parameters;
  return sum;
}

}  // namespace

TEST_CASE("multimodal files are counted whole, as published", "[model][golden]") {
  for (const Known& model : wholes) {
    CAPTURE(model.name);
    const ReadConfig read = read_config(model.config, "config.json");
    CHECK(count_parameters(take_inventory(read.architecture)).total.value() == model.parameters);
    CHECK(count_towers(read.architecture).size() >= 2);
    for (const Diagnostic& remark : read.remarks) {
      CAPTURE(remark.message);
      // what Llama 3.2's layers do on an image's tokens depends on the image
      CHECK((remark.severity == Severity::note || model.name.starts_with("llama-3.2")));
    }
  }
}

TEST_CASE("multimodal files without a published count equal a count by hand", "[model][golden]") {
  for (const Known& model : by_hand) {
    CAPTURE(model.name);
    CHECK(count(model.config).total.value() == model.parameters);
  }
}

TEST_CASE("towers and language model add up to the whole, and text passes no tower", "[model][property]") {
  for (const Known& model : wholes) {
    CAPTURE(model.name);
    Architecture whole = read_config(model.config, "config.json").architecture;
    Architecture text = whole;
    text.towers.clear();
    const Inventory of_whole = take_inventory(whole);
    const Inventory of_text = take_inventory(text);
    const ParameterCount counted = count_parameters(of_whole);
    CHECK(counted.total == count_parameters(of_text).total + of_towers(whole));
    CHECK(counted.active == count_parameters(of_text).active);
    CHECK(count_flops(of_whole, {.sequence_length = 1000}).forward.coherent() ==
          count_flops(of_text, {.sequence_length = 1000}).forward.coherent());
    // adapters sit on the language model
    CHECK(adapter_parameters(of_whole, AdapterTargets::all_linear, 8) ==
          adapter_parameters(of_text, AdapterTargets::all_linear, 8));
  }
}

TEST_CASE("a tower of one layer more has one layer more of parameters and FLOPs", "[model][property]") {
  const std::string text(named("llava-1.5-7b").config);
  const auto tower = [&](int layers) {
    const std::string changed =
        replaced(text, R"("num_hidden_layers":24)", "\"num_hidden_layers\":" + std::to_string(layers));
    return count_towers(read_config(changed, "c").architecture).front();
  };
  const TowerCount a = tower(24);
  const TowerCount b = tower(25);
  const TowerCount c = tower(26);
  CHECK(b.parameters - a.parameters == c.parameters - b.parameters);
  CHECK((b.parameters - a.parameters).value() ==
        4 * (1024 * 1024 + 1024) + 2 * 1024 * 4096 + 4096 + 1024 + 4 * 1024);
  CHECK(b.forward - a.forward == Approx(c.forward - b.forward));
}

TEST_CASE("an image's work and tokens are those of its towers", "[model][golden]") {
  // timm, vit_large_patch14_clip_336: 191.1 GMACs, the projection of its head included
  const auto llava = count_towers(read_config(named("llava-1.5-7b").config, "c").architecture);
  CHECK(llava.front().forward == Approx(2 * 191.1e9).epsilon(0.005));
  CHECK(llava.front().unit == "image of 336 x 336");
  CHECK(llava.back().forward == 2.0 * 576 * (1024 * 4096 + 4096 * 4096));
  CHECK(llava.back().tokens == Count{576});
  // as the papers say: 256 tokens (Gemma 3), 144 a tile (Llama 4), 750 of 30 s (Qwen2-Audio)
  CHECK(count_towers(read_config(named("gemma-3-4b").config, "c").architecture).back().tokens == Count{256});
  CHECK(count_towers(read_config(named("llama-4-scout").config, "c").architecture).back().tokens ==
        Count{144});
  const auto audio = count_towers(read_config(named("qwen2-audio-7b").config, "c").architecture);
  CHECK(audio.back().tokens == Count{750});
  CHECK(audio.front().unit == "30.0 s of sound");
  // windows of 8 x 8 patches but in four layers: less than the same tower that sees all
  const std::string windowed(named("qwen2.5-vl-7b").config);
  const auto narrow = count_towers(read_config(windowed, "c").architecture).front();
  std::string all = "[0";
  for (int i = 1; i < 32; ++i) all += "," + std::to_string(i);
  const auto wide =
      count_towers(read_config(replaced(windowed, "[7,15,23,31]", all + "]"), "c").architecture).front();
  CHECK(narrow.parameters == wide.parameters);
  // 28 layers x 2 products x 2 FLOP x 1024 queries x (1024 - 64) keys x 1280
  CHECK(wide.forward - narrow.forward == Approx(28.0 * 4 * 1024 * (1024 - 64) * 1280));
}

TEST_CASE("an empty vision_config is transformers' default, an unknown tower is told", "[model]") {
  const std::string llava =
      R"({"model_type":"llava","text_config":{"model_type":"llama","vocab_size":32064},"vision_config":)";
  CHECK(count(llava + "{}}").total.value() == 7063427072);
  const ReadConfig other = read_config(llava + R"({"model_type":"mobilenet"}})", "c");
  CHECK(count_parameters(take_inventory(other.architecture)).total.value() == 6738939904);
  CHECK(std::ranges::any_of(other.remarks, [](const Diagnostic& d) {
    return d.code == "config-part-left-out" && d.severity == Severity::warning;
  }));
}

TEST_CASE("no slip in a tower crashes or passes in silence", "[model][hostile]") {
  std::mt19937 random(20261128);
  const char* values[] = {"0",  "-1", "1e30", "1.5",       "\"x\"", "null",
                          "[]", "{}", "true", "999999999", "[1,2]"};
  for (const Known& model : wholes) {
    const std::string text(model.config);
    const std::size_t tower =
        text.find("_config\":{", text.find("vision_config") != std::string::npos ? text.find("vision_config")
                                                                                 : text.find("audio_config"));
    for (int i = 0; i < 60; ++i) {
      // the value of some field behind the beginning of the tower
      const std::size_t from =
          text.find("\":", i % 2 == 0 ? random() % text.size() : tower + random() % (text.size() - tower));
      if (from == std::string::npos) continue;
      const std::size_t end = text.find_first_of(",}]", from + 2);
      const std::string changed =
          text.substr(0, from + 2) + values[random() % std::size(values)] + text.substr(end);
      CAPTURE(model.name, changed);
      try {
        const ReadConfig read = read_config(changed, "config.json");
        const Count total = count_parameters(take_inventory(read.architecture)).total;
        CHECK(total.value() > 0);
        count_towers(read.architecture);
      } catch (const ConfigError& error) {
        CHECK_FALSE(error.diagnostics().empty());
      }
    }
  }
}
