// Configurations of architectures that no published test of ours names, each counted apart from the readers.
//
// The expected totals are sums over the modules of the modelling code that each line names (transformers, or
// the model's own), written out in a few lines of Python; nothing of them comes from this program.
#include "support.hpp"
#include <kwhatif/model/flops.hpp>

#include <string>

#include <catch2/catch.hpp>

using namespace kwhatif::model;
using namespace kwhatif::model::testing;

namespace {

// clang-format off
constexpr Known counted[] = {
  // modular_jais2.py: LayerNorm, biases everywhere, no gate
  {"jais2", 8090401280, R"({"max_position_embeddings":4096,"rope_parameters":{"rope_theta":10000.0,"rope_type":"default"},
     "attention_dropout":0.0,"initializer_range":0.02,"use_cache":true,"bos_token_id":1,"eos_token_id":2,
     "model_type":"jais2","architectures":["Jais2ForCausalLM"],"vocab_size":150272,"hidden_size":3328,
     "intermediate_size":26624,"num_hidden_layers":32,"num_attention_heads":26,"num_key_value_heads":26,
     "hidden_act":"relu2","layer_norm_eps":1e-05,"attention_bias":true,"mlp_bias":true,"head_dim":128,
     "tie_word_embeddings":false,"pretraining_tp":1})"},
  // modular_hyperclovax.py: Granite; with use_post_norm two norms more
  {"hyperclovax-post", 14748112896, R"({"max_position_embeddings":4096,"rope_parameters":{"rope_theta":10000.0,"rope_type":"default"},
     "attention_dropout":0.0,"initializer_range":0.02,"use_cache":true,"bos_token_id":1,"eos_token_id":2,
     "model_type":"hyperclovax","architectures":["HyperCLOVAXForCausalLM"],"vocab_size":110592,
     "hidden_size":6144,"intermediate_size":14336,"num_hidden_layers":38,"num_attention_heads":48,
     "num_key_value_heads":8,"head_dim":128,"hidden_act":"silu","rms_norm_eps":1e-05,
     "attention_bias":false,"mlp_bias":false,"tie_word_embeddings":false,"use_post_norm":true,
     "attention_multiplier":0.0078125,"residual_multiplier":1.0,"embedding_multiplier":10.0,
     "logits_scaling":0.125})"},
  // modular_hyperclovax.py: Granite; with use_post_norm two norms more
  {"hyperclovax", 14747645952, R"({"max_position_embeddings":4096,"rope_parameters":{"rope_theta":10000.0,"rope_type":"default"},
     "attention_dropout":0.0,"initializer_range":0.02,"use_cache":true,"bos_token_id":1,"eos_token_id":2,
     "model_type":"hyperclovax","architectures":["HyperCLOVAXForCausalLM"],"vocab_size":110592,
     "hidden_size":6144,"intermediate_size":14336,"num_hidden_layers":38,"num_attention_heads":48,
     "num_key_value_heads":8,"head_dim":128,"hidden_act":"silu","rms_norm_eps":1e-05,
     "attention_bias":false,"mlp_bias":false,"tie_word_embeddings":false,"use_post_norm":false,
     "attention_multiplier":0.0078125,"residual_multiplier":1.0,"embedding_multiplier":10.0,
     "logits_scaling":0.125})"},
  // modular_helium.py: Llama
  {"helium", 2172643840, R"({"max_position_embeddings":4096,"rope_parameters":{"rope_theta":10000.0,"rope_type":"default"},
     "attention_dropout":0.0,"initializer_range":0.02,"use_cache":true,"bos_token_id":1,"eos_token_id":2,
     "model_type":"helium","architectures":["HeliumForCausalLM"],"vocab_size":48000,"hidden_size":2560,
     "intermediate_size":7040,"num_hidden_layers":24,"num_attention_heads":20,"num_key_value_heads":20,
     "head_dim":128,"hidden_act":"silu","rms_norm_eps":1e-08,"attention_bias":false,"mlp_bias":false,
     "tie_word_embeddings":false})"},
  // modular_nanochat.py: norms without weights, no gate
  {"nanochat", 560988160, R"({"max_position_embeddings":4096,"rope_parameters":{"rope_theta":10000.0,"rope_type":"default"},
     "attention_dropout":0.0,"initializer_range":0.02,"use_cache":true,"bos_token_id":1,"eos_token_id":2,
     "model_type":"nanochat","architectures":["NanoChatForCausalLM"],"vocab_size":65536,
     "hidden_size":1280,"intermediate_size":5120,"num_hidden_layers":20,"num_attention_heads":10,
     "num_key_value_heads":10,"hidden_act":"relu2","rms_norm_eps":1e-06,"qkv_bias":false,
     "logits_soft_cap":15.0,"tie_word_embeddings":false})"},
  // modular_vaultgemma.py: Gemma 2 without the norms behind
  {"vaultgemma-1b", 1038741120, R"({"max_position_embeddings":4096,"rope_parameters":{"rope_theta":10000.0,"rope_type":"default"},
     "attention_dropout":0.0,"initializer_range":0.02,"use_cache":true,"bos_token_id":1,"eos_token_id":2,
     "model_type":"vaultgemma","architectures":["VaultGemmaForCausalLM"],"vocab_size":256000,
     "hidden_size":1152,"intermediate_size":6912,"num_hidden_layers":26,"num_attention_heads":4,
     "num_key_value_heads":4,"head_dim":256,"hidden_activation":"gelu_pytorch_tanh",
     "query_pre_attn_scalar":256,"rms_norm_eps":1e-06,"attention_bias":false,"sliding_window":512,
     "layer_types":["sliding_attention","full_attention","sliding_attention","full_attention",
     "sliding_attention","full_attention","sliding_attention","full_attention","sliding_attention",
     "full_attention","sliding_attention","full_attention","sliding_attention","full_attention",
     "sliding_attention","full_attention","sliding_attention","full_attention","sliding_attention",
     "full_attention","sliding_attention","full_attention","sliding_attention","full_attention",
     "sliding_attention","full_attention"]})"},
  // modular_cwm.py: Llama with windows
  {"cwm-32b", 32581097472, R"({"max_position_embeddings":4096,"rope_parameters":{"rope_theta":10000.0,"rope_type":"default"},
     "attention_dropout":0.0,"initializer_range":0.02,"use_cache":true,"bos_token_id":1,"eos_token_id":2,
     "model_type":"cwm","architectures":["CwmForCausalLM"],"vocab_size":128256,"hidden_size":6144,
     "intermediate_size":21504,"num_hidden_layers":64,"num_attention_heads":48,"num_key_value_heads":8,
     "head_dim":128,"hidden_act":"silu","rms_norm_eps":1e-05,"mlp_bias":false,
     "tie_word_embeddings":false,"sliding_window":8192,"layer_types":["full_attention",
     "sliding_attention","sliding_attention","sliding_attention","full_attention","sliding_attention",
     "sliding_attention","sliding_attention","full_attention","sliding_attention","sliding_attention",
     "sliding_attention","full_attention","sliding_attention","sliding_attention","sliding_attention",
     "full_attention","sliding_attention","sliding_attention","sliding_attention","full_attention",
     "sliding_attention","sliding_attention","sliding_attention","full_attention","sliding_attention",
     "sliding_attention","sliding_attention","full_attention","sliding_attention","sliding_attention",
     "sliding_attention","full_attention","sliding_attention","sliding_attention","sliding_attention",
     "full_attention","sliding_attention","sliding_attention","sliding_attention","full_attention",
     "sliding_attention","sliding_attention","sliding_attention","full_attention","sliding_attention",
     "sliding_attention","sliding_attention","full_attention","sliding_attention","sliding_attention",
     "sliding_attention","full_attention","sliding_attention","sliding_attention","sliding_attention",
     "full_attention","sliding_attention","sliding_attention","sliding_attention","full_attention",
     "sliding_attention","sliding_attention","sliding_attention"],"pretraining_tp":1})"},
  // modular_granite_swa.py: Granite with a sink for each head
  {"granite-swa", 2144463840, R"({"max_position_embeddings":4096,"rope_parameters":{"rope_theta":10000.0,"rope_type":"default"},
     "attention_dropout":0.0,"initializer_range":0.02,"use_cache":true,"bos_token_id":1,"eos_token_id":2,
     "model_type":"granite_swa","architectures":["GraniteSWAForCausalLM"],"vocab_size":100352,
     "hidden_size":2560,"intermediate_size":8192,"num_hidden_layers":24,"num_attention_heads":20,
     "num_key_value_heads":4,"hidden_act":"silu","rms_norm_eps":1e-05,"attention_bias":false,
     "mlp_bias":false,"tie_word_embeddings":true,"sliding_window":128,"layer_types":["full_attention",
     "sliding_attention","sliding_attention","sliding_attention","full_attention","sliding_attention",
     "sliding_attention","sliding_attention","full_attention","sliding_attention","sliding_attention",
     "sliding_attention","full_attention","sliding_attention","sliding_attention","sliding_attention",
     "full_attention","sliding_attention","sliding_attention","sliding_attention","full_attention",
     "sliding_attention","sliding_attention","sliding_attention"],"layer_rope_theta":[0.0,0.0,0.0,0.0,
     0.0,0.0,0.0,0.0,0.0,0.0,0.0,0.0,0.0,0.0,0.0,0.0,0.0,0.0,0.0,0.0,0.0,0.0,0.0,0.0],
     "attention_multiplier":0.0078125,"residual_multiplier":0.2,"embedding_multiplier":12.0,
     "logits_scaling":10.0})"},
  // modular_afmoe.py: four norms, a gate on attention, a shared expert
  {"afmoe-trinity-mini", 26123974400, R"({"max_position_embeddings":4096,"rope_parameters":{"rope_theta":10000.0,"rope_type":"default"},
     "attention_dropout":0.0,"initializer_range":0.02,"use_cache":true,"bos_token_id":1,"eos_token_id":2,
     "model_type":"afmoe","architectures":["AfmoeForCausalLM"],"vocab_size":200192,"hidden_size":2048,
     "intermediate_size":6144,"moe_intermediate_size":1024,"num_hidden_layers":32,"num_dense_layers":2,
     "num_attention_heads":32,"num_key_value_heads":4,"head_dim":128,"hidden_act":"silu",
     "rms_norm_eps":1e-05,"tie_word_embeddings":false,"num_experts":128,"num_experts_per_tok":8,
     "num_shared_experts":1,"route_scale":2.826,"route_norm":true,"score_func":"sigmoid",
     "global_attn_every_n_layers":4,"sliding_window":2048,"layer_types":["sliding_attention",
     "sliding_attention","sliding_attention","full_attention","sliding_attention","sliding_attention",
     "sliding_attention","full_attention","sliding_attention","sliding_attention","sliding_attention",
     "full_attention","sliding_attention","sliding_attention","sliding_attention","full_attention",
     "sliding_attention","sliding_attention","sliding_attention","full_attention","sliding_attention",
     "sliding_attention","sliding_attention","full_attention","sliding_attention","sliding_attention",
     "sliding_attention","full_attention","sliding_attention","sliding_attention","sliding_attention",
     "full_attention"],"mup_enabled":true,"n_group":1,"topk_group":1,"load_balance_coeff":0.0005})"},
  // modular_exaone_moe.py
  {"exaone-moe-236b", 236571156352, R"({"max_position_embeddings":4096,"rope_parameters":{"rope_theta":10000.0,"rope_type":"default"},
     "attention_dropout":0.0,"initializer_range":0.02,"use_cache":true,"bos_token_id":1,"eos_token_id":2,
     "model_type":"exaone_moe","architectures":["ExaoneMoeForCausalLM"],"vocab_size":153600,
     "hidden_size":6144,"intermediate_size":18432,"moe_intermediate_size":2048,"num_hidden_layers":48,
     "first_k_dense_replace":1,"num_attention_heads":64,"num_key_value_heads":8,"head_dim":128,
     "hidden_act":"silu","rms_norm_eps":1e-05,"tie_word_embeddings":false,"num_experts":128,
     "num_experts_per_tok":8,"num_shared_experts":1,"norm_topk_prob":true,"routed_scaling_factor":2.5,
     "n_group":1,"topk_group":1,"sliding_window":128,"sliding_window_pattern":"LLLG",
     "mlp_layer_types":["dense","sparse","sparse","sparse","sparse","sparse","sparse","sparse","sparse",
     "sparse","sparse","sparse","sparse","sparse","sparse","sparse","sparse","sparse","sparse","sparse",
     "sparse","sparse","sparse","sparse","sparse","sparse","sparse","sparse","sparse","sparse","sparse",
     "sparse","sparse","sparse","sparse","sparse","sparse","sparse","sparse","sparse","sparse","sparse",
     "sparse","sparse","sparse","sparse","sparse","sparse"],"num_nextn_predict_layers":1,
     "scoring_func":"sigmoid","topk_method":"noaux_tc"})"},
  // modular_hy_v3.py: the first layer is dense
  {"hy3", 295033543488, R"({"max_position_embeddings":4096,"rope_parameters":{"rope_theta":10000.0,"rope_type":"default"},
     "attention_dropout":0.0,"initializer_range":0.02,"use_cache":true,"bos_token_id":1,"eos_token_id":2,
     "model_type":"hy_v3","architectures":["HYV3ForCausalLM"],"vocab_size":120832,"hidden_size":4096,
     "intermediate_size":13312,"moe_intermediate_size":1536,"num_hidden_layers":80,
     "num_attention_heads":64,"num_key_value_heads":8,"head_dim":128,"hidden_act":"silu",
     "rms_norm_eps":1e-05,"tie_word_embeddings":false,"attention_bias":false,"mlp_bias":false,
     "num_experts":192,"num_experts_per_tok":8,"num_shared_experts":1,"router_scaling_factor":2.826,
     "enable_moe_fp32_combine":true,"output_router_logits":false})"},
  // modular_solar_open.py: every layer a mixture
  {"solar-open-100b", 102651799552, R"({"max_position_embeddings":4096,"rope_parameters":{"rope_theta":10000.0,"rope_type":"default"},
     "attention_dropout":0.0,"initializer_range":0.02,"use_cache":true,"bos_token_id":1,"eos_token_id":2,
     "model_type":"solar_open","architectures":["SolarOpenForCausalLM"],"vocab_size":196608,
     "hidden_size":4096,"moe_intermediate_size":1280,"num_hidden_layers":48,"num_attention_heads":64,
     "num_key_value_heads":8,"head_dim":128,"hidden_act":"silu","rms_norm_eps":1e-05,
     "tie_word_embeddings":false,"attention_bias":false,"n_routed_experts":128,"num_experts_per_tok":8,
     "n_shared_experts":1,"norm_topk_prob":true,"routed_scaling_factor":1.0,"n_group":1,"topk_group":1,
     "partial_rotary_factor":1.0})"},
  // modular_mellum.py
  {"mellum2-12b", 12149923072, R"({"max_position_embeddings":4096,"rope_parameters":{"rope_theta":10000.0,"rope_type":"default"},
     "attention_dropout":0.0,"initializer_range":0.02,"use_cache":true,"bos_token_id":1,"eos_token_id":2,
     "model_type":"mellum","architectures":["MellumForCausalLM"],"vocab_size":98304,"hidden_size":2304,
     "intermediate_size":7168,"moe_intermediate_size":896,"num_hidden_layers":28,
     "num_attention_heads":32,"num_key_value_heads":4,"head_dim":128,"hidden_act":"silu",
     "rms_norm_eps":1e-06,"tie_word_embeddings":false,"attention_bias":false,"num_experts":64,
     "num_experts_per_tok":8,"norm_topk_prob":true,"router_aux_loss_coef":0.001,
     "output_router_logits":false,"sliding_window":1024,"layer_types":["full_attention","full_attention",
     "full_attention","full_attention","full_attention","full_attention","full_attention",
     "full_attention","full_attention","full_attention","full_attention","full_attention",
     "full_attention","full_attention","full_attention","full_attention","full_attention",
     "full_attention","full_attention","full_attention","full_attention","full_attention",
     "full_attention","full_attention","full_attention","full_attention","full_attention",
     "full_attention"],"mlp_layer_types":["sparse","sparse","sparse","sparse","sparse","sparse","sparse",
     "sparse","sparse","sparse","sparse","sparse","sparse","sparse","sparse","sparse","sparse","sparse",
     "sparse","sparse","sparse","sparse","sparse","sparse","sparse","sparse","sparse","sparse"]})"},
  // modular_cohere2_moe.py, two dense layers in front
  {"cohere2-moe", 59241025536, R"({"max_position_embeddings":4096,"rope_parameters":{"rope_theta":10000.0,"rope_type":"default"},
     "attention_dropout":0.0,"initializer_range":0.02,"use_cache":true,"bos_token_id":1,"eos_token_id":2,
     "model_type":"cohere2_moe","architectures":["Cohere2MoeForCausalLM"],"vocab_size":256000,
     "hidden_size":4096,"intermediate_size":2048,"prefix_dense_intermediate_size":8192,
     "num_hidden_layers":36,"num_attention_heads":32,"num_key_value_heads":8,"head_dim":128,
     "hidden_act":"silu","layer_norm_eps":1e-05,"attention_bias":false,"tie_word_embeddings":true,
     "logit_scale":0.0625,"num_experts":64,"num_experts_per_tok":4,"num_shared_experts":2,
     "shared_expert_combination_strategy":"average","expert_selection_fn":"sigmoid",
     "norm_topk_prob":true,"prefix_dense_sliding_window_pattern":1,"sliding_window":4096,
     "sliding_window_pattern":4,"mlp_layer_types":["dense","dense","sparse","sparse","sparse","sparse",
     "sparse","sparse","sparse","sparse","sparse","sparse","sparse","sparse","sparse","sparse","sparse",
     "sparse","sparse","sparse","sparse","sparse","sparse","sparse","sparse","sparse","sparse","sparse",
     "sparse","sparse","sparse","sparse","sparse","sparse","sparse","sparse"],
     "layer_types":["full_attention","full_attention","sliding_attention","sliding_attention",
     "sliding_attention","full_attention","sliding_attention","sliding_attention","sliding_attention",
     "full_attention","sliding_attention","sliding_attention","sliding_attention","full_attention",
     "sliding_attention","sliding_attention","sliding_attention","full_attention","sliding_attention",
     "sliding_attention","sliding_attention","full_attention","sliding_attention","sliding_attention",
     "sliding_attention","full_attention","sliding_attention","sliding_attention","sliding_attention",
     "full_attention","sliding_attention","sliding_attention","sliding_attention","full_attention",
     "sliding_attention","sliding_attention"]})"},
  // modeling_esmc.py
  {"esmc-300m", 332997184, R"({"model_type":"esmc","architectures":["ESMCForMaskedLM"],"vocab_size":64,"d_model":960,"n_heads":15,
     "n_layers":30,"pad_token_id":1,"mask_token_id":32,"initializer_range":0.02,"classifier_dropout":0.0,
     "rope_theta":10000.0})"},
  // the same, larger
  {"esmc-600m", 575036992, R"({"model_type":"esmc","architectures":["ESMCForMaskedLM"],"vocab_size":64,"d_model":1152,"n_heads":18,
     "n_layers":36,"pad_token_id":1,"mask_token_id":32,"initializer_range":0.02,"classifier_dropout":0.0,
     "rope_theta":10000.0})"},
  // the same, larger
  {"esmc-6b", 6352005184, R"({"model_type":"esmc","architectures":["ESMCForMaskedLM"],"vocab_size":64,"d_model":2560,"n_heads":40,
     "n_layers":80,"pad_token_id":1,"mask_token_id":32,"initializer_range":0.02,"classifier_dropout":0.0,
     "rope_theta":10000.0})"},
  // modeling_rwkv.py; Peng 2023: 2VD + 13 D^2 L + D (11 L + 4)
  {"rwkv-4-7b", 7392649216, R"({"model_type":"rwkv","architectures":["RwkvForCausalLM"],"vocab_size":50277,"hidden_size":4096,
     "attention_hidden_size":4096,"intermediate_size":16384,"num_hidden_layers":32,"context_length":8192,
     "layer_norm_epsilon":1e-05,"rescale_every":6,"tie_word_embeddings":false})"},
  // modeling_arctic.py: a dense part beside the experts
  {"arctic", 478584608768, R"({"model_type":"arctic","architectures":["ArcticForCausalLM"],"vocab_size":32000,"hidden_size":7168,
     "intermediate_size":4864,"num_hidden_layers":35,"num_attention_heads":56,"num_key_value_heads":8,
     "num_local_experts":128,"num_experts_per_tok":2,"moe_layer_frequency":1,
     "parallel_attn_mlp_res":true,"max_position_embeddings":4096,"use_residual":true,
     "moe_train_capacity_factor":1,"moe_eval_capacity_factor":1,"moe_min_capacity":0,
     "moe_token_dropping":false,"attention_dropout":0,"enable_expert_tensor_parallelism":false,
     "tie_word_embeddings":false})"},
  // the same with experts in every second layer
  {"arctic-every-second", 250348958720, R"({"model_type":"arctic","architectures":["ArcticForCausalLM"],"vocab_size":32000,"hidden_size":7168,
     "intermediate_size":4864,"num_hidden_layers":36,"num_attention_heads":56,"num_key_value_heads":8,
     "num_local_experts":128,"num_experts_per_tok":2,"moe_layer_frequency":2,
     "parallel_attn_mlp_res":true,"max_position_embeddings":4096,"use_residual":true,
     "moe_train_capacity_factor":1,"moe_eval_capacity_factor":1,"moe_min_capacity":0,
     "moe_token_dropping":false,"attention_dropout":0,"enable_expert_tensor_parallelism":false,
     "tie_word_embeddings":false})"},
  // xai-org/grok-1 model.py: four norms, experts of three matrices
  {"grok-1", 315684820992, R"({"model_type":"grok-1","architectures":["Grok1ModelForCausalLM"],"vocab_size":131072,"hidden_size":6144,
     "intermediate_size":32768,"num_hidden_layers":64,"num_attention_heads":48,"num_key_value_heads":8,
     "num_experts":8,"num_experts_per_tok":2,"attn_output_multiplier":0.08838834764831845,
     "embedding_multiplier_scale":78.38367176906169,"output_multiplier_scale":0.5773502691896257,
     "max_attn_value":30.0,"max_position_embeddings":8192,"rms_norm_eps":1e-05,
     "tie_word_embeddings":true})"},
};
// clang-format on

}  // namespace

TEST_CASE("architectures that were not given are counted as their code has them", "[model][golden]") {
  for (const Known& model : counted) {
    CAPTURE(model.name);
    const ReadConfig read = read_config(model.config, "config.json");
    CHECK(count_parameters(take_inventory(read.architecture)).total.value() == model.parameters);
    for (const auto& remark : read.remarks) {
      CAPTURE(remark.message);
      CHECK(remark.severity == kwhatif::diag::Severity::note);
    }
  }
}

TEST_CASE("layers of letters are those of the same number", "[model]") {
  const auto flops = [](const std::string& pattern) {
    return count_flops(
               take_inventory(
                   read_config(
                       R"({"model_type":"exaone4","vocab_size":100,"hidden_size":64,"intermediate_size":128,)"
                       R"("num_hidden_layers":8,"num_attention_heads":4,"sliding_window":16,)"
                       R"("sliding_window_pattern":)" +
                           pattern + "}",
                       "config.json")
                       .architecture),
               {.sequence_length = 1024})
        .forward.coherent();
  };
  CHECK(flops(R"("LLLG")") == flops("4"));
  CHECK(flops(R"("LG")") == flops("2"));
  CHECK(flops(R"("LG")") > flops(R"("LLLG")"));
  CHECK_THROWS_AS(flops(R"("LXLG")"), ConfigError);
  CHECK_THROWS_AS(flops(R"("")"), ConfigError);
}
