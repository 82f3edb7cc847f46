// read_config(): finds the part of the file that describes the network, its family, and the reader for it.
#include "read_towers.hpp"
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
    {"gemma4", "gemma4_text"},
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
    {"dinov3_convnext", "convnext"},
    {"timm_wrapper", "timm"},
    {"FlaxUNet2DConditionModel", "UNet2DConditionModel"},
    {"FlaxControlNetModel", "ControlNetModel"},
    {"FlaxAutoencoderKL", "AutoencoderKL"},
    // what multimodal files call their language models, and files whose language model lies flat beside
    // towers
    {"qwen2_5_omni_text", "qwen2"},
    {"qwen3_omni_moe_text", "qwen3_moe"},
    {"qwen2_audio", "qwen2"},
    {"qwen3_vl", "qwen3"},
    {"qwen3_vl_moe", "qwen3_moe"},
    {"glm4v_text", "glm4"},
    {"glm4v_moe_text", "glm4_moe"},
    {"kimi_vl", "deepseek_v3"},
    {"deepseek_vl_v2", "deepseek_v2"},
    {"phi3_v", "phi3"},
    {"phi4mm", "phi3"},
    {"phi4_multimodal", "phi3"},
    {"dots_ocr", "qwen2"},
    {"paddleocr_vl", "ernie4_5"},
    {"llava_llama", "llama"},
    {"llava_mistral", "mistral"},
    {"llava_qwen2", "qwen2"},
    {"llava_qwen", "qwen2"},
    {"llava_next", "llama"},
    {"llava_onevision", "qwen2"},
    {"paligemma", "gemma"},
    {"idefics3", "llama"},
    {"smolvlm", "llama"},
    {"idefics2", "mistral"},
    {"aya_vision", "cohere2"},
    {"cohere2_vision", "cohere2"},
    {"lfm2_vl", "lfm2"},
    {"bailing_moe_v2", "bailing_moe"},
});

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
  if (f.has("architecture") && (f.has("pretrained_cfg") || f.has("num_features"))) return "timm";
  if (f.has("model_cfg") && f.has("preprocess_cfg")) return "open_clip";  // open_clip_config.json
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

Architecture read_family(Fields& f, const std::string& type) {
  const std::string_view family = canonical(type);
  if (const OwnReader* reader = find_reader(family)) return reader->read(f);
  if (const DecoderRules* rules = find_rules(family)) return read_decoder(f, *rules);
  require_a_decoder(f, type);
  return read_decoder(f, generic_decoder_rules());
}

// The part of a file that is its language model, or all of it; with the towers beside, where `towers` knows
// them.
Architecture read_part(Fields& f, const std::string& type, TowersReader* towers, Fields* outer) {
  Architecture a = read_family(f, type);
  a.model_type = type;
  const bool reads_text = a.kind == Kind::decoder || a.kind == Kind::state_space;
  if (towers != nullptr && reads_text && !f.has_errors()) towers(outer != nullptr ? *outer : f, a);
  report_unread(f, a, canonical(type));
  f.check();
  if (outer != nullptr) outer->check();
  return a;
}

const JsonValue* member(const JsonValue& object, std::string_view name) {
  for (const JsonValue& m : object.members) {
    if (m.key == name) return &m;
  }
  return nullptr;
}

// The language model inside a multimodal file.
struct Nested {
  const JsonValue* object;
  const JsonValue* around;  // asked for what is said there only
  std::string path;
};

std::optional<Nested> find_language_model(const JsonValue& root) {
  const auto inside = [](const JsonValue& around, const std::string& before) -> std::optional<Nested> {
    for (const std::string_view part : language_parts) {
      const JsonValue* object = member(around, part);
      if (object != nullptr && object->kind == JsonValue::Kind::object && !object->members.empty())
        return Nested{object, &around, before + std::string(part)};
    }
    return std::nullopt;
  };
  if (auto found = inside(root, "")) return found;
  const JsonValue* thinker = member(root, "thinker_config");  // models that also speak nest it once more
  return thinker != nullptr ? inside(*thinker, "thinker_config.") : std::nullopt;
}

ReadConfig finish(Fields& f, const std::string& type, TowersReader* towers, Fields* outer) {
  ReadConfig result;
  try {
    result.architecture = read_part(f, type, towers, outer);
    count_parameters(take_inventory(result.architecture));  // overflow shows here, not at the first use
  } catch (const CountOverflow& overflow) {
    f.error("", "config-count-overflow",
            std::string("the sizes multiply beyond any network: ") + overflow.what());
    f.check();
  }
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
  refuse_other_files(file);
  const std::string outer_type = find_model_type(file);
  const std::optional<Nested> language = find_language_model(root);
  // Of a model of several kinds of input the language model can be counted, and the rest told.
  const bool in_part = language && !what_transformers_has(canonical(outer_type)).empty();
  if (is_without_rule(canonical(outer_type)) && !in_part) {
    refuse_without_rule(file, outer_type);
    file.check();
  }
  if (is_read_whole(canonical(outer_type))) return finish(file, outer_type, nullptr, nullptr);
  if (language) {
    Fields nested(*language->object, source, language->path, language->around);
    const JsonValue* own_type = member(*language->object, "model_type");
    const std::string type = own_type != nullptr && own_type->kind == JsonValue::Kind::text
                                 ? own_type->text
                                 : std::string(canonical(outer_type));
    if (is_without_rule(canonical(type))) {
      refuse_without_rule(nested, type);
      nested.check();
    }
    for (const FamilyDefaults& defaults : nested_defaults) {
      if (defaults.family == canonical(type)) nested.assume(defaults.sizes);
    }
    TowersReader* const towers = find_towers_reader(outer_type);
    if (towers == nullptr) {
      file.warn(language->path, "config-part-left-out",
                "a multimodal model: only its language model (" + language->path + ") is counted",
                "vision and audio towers, and what joins them, are not in parameters or FLOPs");
    }
    return finish(nested, type, towers, &file);
  }
  if (outer_type.empty()) {
    file.error("", "config-missing-field", "the field 'model_type' is missing",
               "is this the config.json of the model? tokenizer_config.json and generation_config.json do "
               "not say its shape");
    file.check();
  }
  return finish(file, outer_type, find_towers_reader(outer_type), nullptr);
}

}  // namespace kwhatif::model
