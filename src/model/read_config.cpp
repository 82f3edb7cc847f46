// read_config(): finds the part of the file that describes the network, its family, and the reader for it.
#include "readers.hpp"
#include <kwhatif/diag/suggest.hpp>
#include <kwhatif/model/inventory.hpp>
#include <kwhatif/model/parameters.hpp>

#include <algorithm>
#include <array>
#include <string>

namespace kwhatif::model {
namespace {

// Names under which a family goes as well: inside multimodal files, or for models that are another family's
// copy.
struct SameAs {
  std::string_view name;
  std::string_view family;
};
constexpr std::array same_as = std::to_array<SameAs>({
    {"gemma3", "gemma3_text"},
    {"llama4", "llama4_text"},
    {"mistral3", "mistral"},
    {"qwen2_vl", "qwen2"},
    {"qwen2_5_vl", "qwen2"},
    {"qwen2_vl_text", "qwen2"},
    {"qwen2_5_vl_text", "qwen2"},
    {"qwen3_vl_text", "qwen3"},
    {"qwen3_vl_moe_text", "qwen3_moe"},
    {"llava", "llama"},
    {"yi", "llama"},
    {"ministral3", "llama"},
    {"mimo", "qwen2"},
    {"minimax_text_01", "minimax"},
    {"minimax_m1", "minimax"},
    {"qwen3_5", "qwen3_5_text"},
    {"qwen3_5_moe", "qwen3_5_moe_text"},
    {"glm4_moe_text", "glm4_moe"},
    {"mllama", "mllama_text_model"},
    {"xlm-roberta-xl", "xlm-roberta"},
    {"gemma3n", "gemma3n_text"},
    {"plbart", "bart"},
    {"nllb", "m2m_100"},
    {"deberta-v3", "deberta-v2"},
});

// Types that look like decoders but hold parts no rule here counts: a count would be wrong without a sign of
// it.
// clang-format off
constexpr std::array refused = std::to_array<std::string_view>({
    "rwkv", "rwkv5", "rwkv6", "rwkv7", "zamba", "zamba2", "nemotron-nas", "deci", "clip", "siglip", "segformer",
    "deberta", "longformer", "reformer", "xlnet", "transfo-xl", "led", "bigbird_pegasus", "xlm", "deepseek_v32",
    "deepseek_v4", "glm_moe_dsa", "arctic", "jetmoe", "biogpt", "longcat_flash", "openelm", "gpt_neox_japanese",
    "mamba_hybrid", "vit_mae", "wavlm", "data2vec-audio", "data2vec-text", "data2vec-vision", "beit", "blip",
    "blip-2", "funnel", "nystromformer", "convbert", "nomic_bert", "switch_transformers", "nllb-moe", "longt5",
    "prophetnet", "speech_to_text", "speecht5", "timesfm", "xlstm", "gemma4_text", "gemma4",
});
// clang-format on

// The parts of files that hold more than a language model.
constexpr std::array<std::string_view, 3> language_parts = {"text_config", "llm_config", "language_config"};

struct FamilyDefaults {
  std::string_view family;
  std::span<const SizeDefault> sizes;
};
// Class defaults of transformers (configuration_*.py), which multimodal files leave out of their text_config.
constexpr std::array llama_sizes = std::to_array<SizeDefault>({{"vocab_size", 32000},
                                                               {"hidden_size", 4096},
                                                               {"intermediate_size", 11008},
                                                               {"num_hidden_layers", 32},
                                                               {"num_attention_heads", 32}});
constexpr std::array mistral_sizes = std::to_array<SizeDefault>({{"vocab_size", 32000},
                                                                 {"hidden_size", 4096},
                                                                 {"intermediate_size", 14336},
                                                                 {"num_hidden_layers", 32},
                                                                 {"num_attention_heads", 32},
                                                                 {"num_key_value_heads", 8}});
constexpr std::array gemma3_sizes = std::to_array<SizeDefault>({{"vocab_size", 262208},
                                                                {"hidden_size", 2304},
                                                                {"intermediate_size", 9216},
                                                                {"num_hidden_layers", 26},
                                                                {"num_attention_heads", 8},
                                                                {"num_key_value_heads", 4}});
constexpr std::array llama4_sizes = std::to_array<SizeDefault>({{"vocab_size", 202048},
                                                                {"hidden_size", 5120},
                                                                {"intermediate_size", 8192},
                                                                {"intermediate_size_mlp", 16384},
                                                                {"num_hidden_layers", 48},
                                                                {"num_attention_heads", 40},
                                                                {"num_key_value_heads", 8},
                                                                {"num_local_experts", 16},
                                                                {"num_experts_per_tok", 1},
                                                                {"interleave_moe_layer_step", 1}});
constexpr std::array nested_defaults = std::to_array<FamilyDefaults>({{"llama", llama_sizes},
                                                                      {"mistral", mistral_sizes},
                                                                      {"gemma3_text", gemma3_sizes},
                                                                      {"llama4_text", llama4_sizes}});

std::string_view canonical(std::string_view model_type) {
  for (const SameAs& alias : same_as) {
    if (alias.name == model_type) return alias.family;
  }
  return model_type;
}

const DecoderRules* find_rules(std::string_view family) {
  for (const DecoderRules& rules : decoder_rules()) {
    if (rules.model_type == family) return &rules;
  }
  return nullptr;
}

const OwnReader* find_reader(std::string_view family) {
  for (const OwnReader& reader : own_readers()) {
    if (reader.family.model_type == family) return &reader;
  }
  return nullptr;
}

// "LlamaForCausalLM" -> "llama" where a family's name, folded, is the beginning.
std::string family_of_class(std::string_view class_name) {
  const std::string_view stem =
      class_name.substr(0, std::min(class_name.find("For"), class_name.find("Model")));
  for (const Family& family : families()) {
    if (diag::fold(family.model_type) == diag::fold(stem)) return std::string(family.model_type);
  }
  return {};
}

std::string find_model_type(Fields& f) {
  std::string type = f.text("model_type", "");
  if (type.empty()) type = f.text("_class_name", "");
  if (!type.empty()) return type;
  for (const std::string& name : f.texts("architectures")) {
    type = family_of_class(name);
    if (!type.empty()) {
      f.note("architectures", "config-type-guessed",
             "model_type is not given: '" + type + "' follows from architectures");
      return type;
    }
  }
  if (auto mixer = f.object("ssm_cfg")) {  // files of the original Mamba repository
    return mixer->text("layer", "Mamba1") == "Mamba2" ? "mamba2" : "mamba";
  }
  return {};
}

std::string known_types(std::string_view type) {
  std::vector<std::string_view> names;
  for (const Family& family : families()) names.push_back(family.model_type);
  return diag::did_you_mean(type, names);
}

void refuse_what_hides_more(Fields& f, std::string_view type) {
  if (std::find(refused.begin(), refused.end(), canonical(type)) != refused.end()) {
    f.error("model_type", "config-unsupported", "no rule for model_type '" + std::string(type) + "'",
            "give the sizes directly (--params, --active), or count a model of a family from `kwhatif list "
            "families`");
  }
  for (const char* field :
       {"ssm_cfg", "state_size", "mamba_d_state", "ssm_state_size", "linear_key_head_dim", "index_head_dim",
        "block_configs", "encoder_layers", "cross_attention_layers", "hidden_size_per_layer_input",
        "hybrid_override_pattern", "linear_attn_config", "lru_width", "conv_L_cache", "attn_type_list",
        "mamba_num_heads", "num_hash_layers"}) {
    if (f.has(field)) {
      f.error(field, "config-unsupported",
              "model_type '" + std::string(type).substr(0, 60) + "' is not known, and '" + field +
                  "' says that it is no plain decoder",
              known_types(type));
    }
  }
}

Architecture read_family(Fields& f, const std::string& type) {
  const std::string_view family = canonical(type);
  if (const OwnReader* reader = find_reader(family)) return reader->read(f);
  if (const DecoderRules* rules = find_rules(family)) return read_decoder(f, *rules);
  const std::size_t problems_before = f.has_errors() ? 1 : 0;
  refuse_what_hides_more(f, type);
  if (f.has_errors() && problems_before == 0) f.check();
  const std::string near = known_types(type);
  f.warn("model_type", "config-unknown-type",
         "model_type '" + type.substr(0, 60) +
             "' is not known: read as a llama-like decoder (gated feed-forward, two "
             "RMS norms, no biases); its counts may be off",
         near);
  return read_decoder(f, generic_decoder_rules());
}

Architecture read_part(Fields& f, const std::string& type) {
  Architecture a = read_family(f, type);
  a.model_type = type;
  f.check();
  return a;
}

ReadConfig finish(Fields& f, const std::string& type, Fields* outer) {
  ReadConfig result;
  try {
    result.architecture = read_part(f, type);
    count_parameters(take_inventory(result.architecture));  // overflow shows here, not at the first use
  } catch (const CountOverflow& overflow) {
    f.error("", "config-count-overflow",
            std::string("the sizes multiply beyond any network: ") + overflow.what());
    f.check();
  }
  f.note_ignored_fields();
  if (outer != nullptr) result.remarks = outer->take_remarks();
  for (diag::Diagnostic& remark : f.take_remarks()) result.remarks.push_back(std::move(remark));
  return result;
}

}  // namespace

ReadConfig read_config(std::string_view text, std::string_view name) {
  const auto source =
      std::make_shared<const diag::SourceText>(diag::SourceText{std::string(name), std::string(text)});
  const JsonValue root = parse_json(source);
  Fields file(root, source, "");
  const std::string outer_type = find_model_type(file);
  for (const std::string_view part : language_parts) {
    const JsonValue* nested = file.find(part);
    if (nested == nullptr || nested->kind != JsonValue::Kind::object || nested->members.empty()) continue;
    if (std::find(refused.begin(), refused.end(), outer_type) != refused.end()) break;
    Fields language(*nested, source, std::string(part), &root);
    const auto own_type = std::find_if(nested->members.begin(), nested->members.end(),
                                       [](const JsonValue& m) { return m.key == "model_type"; });
    const std::string type = own_type != nested->members.end() && own_type->kind == JsonValue::Kind::text
                                 ? own_type->text
                                 : std::string(canonical(outer_type));
    for (const FamilyDefaults& defaults : nested_defaults) {
      if (defaults.family == canonical(type)) language.assume(defaults.sizes);
    }
    file.warn(part, "config-part-left-out",
              "a multimodal model: only its language model (" + std::string(part) + ") is counted",
              "vision and audio towers, and what joins them, are not in parameters or FLOPs");
    return finish(language, type, &file);
  }
  if (outer_type.empty()) {
    file.error("", "config-missing-field", "the field 'model_type' is missing",
               "is this the config.json of the model? tokenizer_config.json and generation_config.json do "
               "not say its shape");
    file.check();
  }
  return finish(file, outer_type, nullptr);
}

}  // namespace kwhatif::model
