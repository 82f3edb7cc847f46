#include "module_names.hpp"

#include <kwhatif/diag/words.hpp>

#include <algorithm>
#include <array>

namespace kwhatif::model {
namespace {

// modeling_*.py of transformers, or the code that models bring along.
struct Names {
  std::string_view types;  // as model_type, with | between
  std::string_view modules;
};
// clang-format off
constexpr std::array known = std::to_array<Names>({
    {"llama|mistral|ministral|ministral3|qwen2|qwen3|gemma|gemma2|gemma3|gemma3_text|olmo|olmo2|olmo3|cohere|cohere2|granite|smollm3|"
     "seed_oss|ernie4_5|hunyuan_v1_dense|exaone4|minicpm|internlm3|stablelm|yi|mimo|qwen2_moe|qwen3_moe|olmoe|flex_olmo",
     "q_proj|k_proj|v_proj|o_proj|gate_proj|up_proj|down_proj"},
    {"nemotron|arcee|apertus", "q_proj|k_proj|v_proj|o_proj|up_proj|down_proj"},
    {"phi3", "qkv_proj|o_proj|gate_up_proj|down_proj"},
    {"glm|glm4", "q_proj|k_proj|v_proj|o_proj|gate_up_proj|down_proj"},
    {"mixtral|phimoe", "q_proj|k_proj|v_proj|o_proj|w1|w2|w3"},
    {"baichuan", "W_pack|o_proj|gate_proj|up_proj|down_proj"},
    {"internlm2", "wqkv|wo|w1|w3|w2"},
    {"exaone", "q_proj|k_proj|v_proj|out_proj|c_fc_0|c_fc_1|c_proj"},
    {"starcoder2", "q_proj|k_proj|v_proj|o_proj|c_fc|c_proj"},
    {"gpt2|gpt_bigcode", "c_attn|c_proj|c_fc"},
    {"gpt_neo", "q_proj|k_proj|v_proj|out_proj|c_fc|c_proj"},
    {"gptj", "q_proj|k_proj|v_proj|out_proj|fc_in|fc_out"},
    {"gpt_neox|bloom|falcon|RefinedWeb|RefinedWebModel|chatglm|persimmon", "query_key_value|dense|dense_h_to_4h|dense_4h_to_h"},
    {"opt|xglm", "q_proj|k_proj|v_proj|out_proj|fc1|fc2"},
    {"phi", "q_proj|k_proj|v_proj|dense|fc1|fc2"},
    {"mpt", "Wqkv|out_proj|up_proj|down_proj"},
    {"bert|roberta|xlm-roberta|camembert|electra|esm|vit|deit", "query|key|value|dense"},
    {"distilbert", "q_lin|k_lin|v_lin|out_lin|lin1|lin2"},
    {"bart|mbart|pegasus|marian|m2m_100|blenderbot|whisper", "q_proj|k_proj|v_proj|out_proj|fc1|fc2"},
    {"UNet2DConditionModel", "to_q|to_k|to_v|to_out.0"},
});
// clang-format on

}  // namespace

std::vector<std::string_view> module_names(const Architecture& architecture) {
  if (!architecture.towers.empty()) return {};
  const auto names = std::ranges::find_if(known, [&](const Names& row) {
    const auto types = diag::parts(row.types);
    return std::ranges::find(types, architecture.model_type) != types.end();
  });
  return names == known.end() ? std::vector<std::string_view>{} : diag::parts(names->modules);
}

}  // namespace kwhatif::model
