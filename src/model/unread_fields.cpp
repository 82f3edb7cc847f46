// What a file says that no reader asked for: passed over where it is known to change no count, told where
// not.
#include "readers.hpp"
#include <kwhatif/diag/words.hpp>
#include <kwhatif/model/config_fields.hpp>
#include <kwhatif/quantity/format.hpp>

#include <algorithm>
#include <array>
#include <span>
#include <string>

namespace kwhatif::model {
namespace {

using Name = std::string_view;

// Fields that change no count in one family, though they could in another.
struct FamilyFields {
  Name family;
  std::span<const Name> names;
};
// clang-format off

constexpr std::array falcon_h1 = std::to_array<Name>({"mlp_expansion_factor"});  // intermediate_size says it
constexpr std::array lfm2 = std::to_array<Name>({"block_dim"});                  // the width again
constexpr std::array minimax = std::to_array<Name>({"block_size"});              // pieces of lightning attention
constexpr std::array minimax_m2 = std::to_array<Name>({"attn_type_list", "qk_norm_type", "use_routing_bias"});
constexpr std::array phi3 = std::to_array<Name>({"full_attn_mod", "interpolate_factor"});
constexpr std::array llama4 = std::to_array<Name>({"use_qk_norm", "for_llm_compressor"});  // a norm without weights
constexpr std::array kimi_linear = std::to_array<Name>({"mla_use_nope"});
// Of heads and quantizers, which a warning names where the class has them.
constexpr std::array sound = std::to_array<Name>({
    "adapter_kernel_size", "adapter_stride", "classifier_proj_size", "codevector_dim", "num_adapter_layers", "num_codevector_groups",
    "num_codevectors_per_group", "num_feat_extract_layers", "output_hidden_size", "proj_codevector_dim", "tdnn_dilation", "tdnn_dim",
    "tdnn_kernel", "vocab_size", "xvector_output_dim"});
constexpr std::array whisper = std::to_array<Name>({"classifier_proj_size"});
constexpr std::array modernbert = std::to_array<Name>({"position_embedding_type"});  // positions are rotations
constexpr std::array deberta = std::to_array<Name>({"pooler_dropout"});
constexpr std::array paligemma = std::to_array<Name>({"num_image_tokens"});  // of the image tower
constexpr std::array longformer = std::to_array<Name>({"attention_mode", "ignore_attention_mask", "sep_token_id"});
constexpr std::array nomic = std::to_array<Name>({"parallel_block_tied_norm", "parallel_block"});
// layer_types says which layers they are.
constexpr std::array windows = std::to_array<Name>({"global_attn_every_n_layers", "sliding_window_pattern"});
constexpr std::array cohere2_moe = std::to_array<Name>({"sliding_window_pattern", "prefix_dense_sliding_window_pattern", "shared_expert_combination_strategy", "expert_selection_fn"});
constexpr std::array granite_swa = std::to_array<Name>({"layer_rope_theta"});
constexpr std::array unet = std::to_array<Name>({"attention_head_dim", "num_attention_heads", "time_embedding_act_fn"});

constexpr std::array of_families = std::to_array<FamilyFields>({
    {"falcon_h1", falcon_h1}, {"lfm2", lfm2}, {"lfm2_moe", lfm2}, {"minimax", minimax}, {"minimax_m2", minimax_m2},
    {"phi3", phi3}, {"llama4_text", llama4}, {"kimi_linear", kimi_linear}, {"wav2vec2", sound}, {"hubert", sound}, {"unispeech", sound}, {"unispeech-sat", sound}, {"wavlm", sound}, {"data2vec-audio", sound}, {"whisper", whisper},
    {"modernbert", modernbert}, {"deberta-v2", deberta}, {"gemma", paligemma}, {"gemma2", paligemma}, {"longformer", longformer}, {"led", longformer}, {"nomic_bert", nomic}, {"afmoe", windows}, {"cohere2_moe", cohere2_moe}, {"granite_swa", granite_swa}, {"exaone_moe", windows}, {"UNet2DConditionModel", unet}, {"ControlNetModel", unet}});
// clang-format on

bool decides_nothing_in(Name family, Name field) {
  return std::ranges::any_of(of_families, [&](const FamilyFields& f) {
    return f.family == family && std::ranges::find(f.names, field) != f.names.end();
  });
}

// The value as JSON writes it, texts without quotes; lists and objects by their brackets alone.
std::string as_written(const JsonValue& value) {
  switch (value.kind) {
    case JsonValue::Kind::null:
      return "null";
    case JsonValue::Kind::boolean:
      return value.boolean ? "true" : "false";
    case JsonValue::Kind::integer:
      return (value.negative ? "-" : "") + std::to_string(value.magnitude);
    case JsonValue::Kind::number:
      return quantity::shortest(value.number);
    case JsonValue::Kind::text:
      return value.text.substr(0, 60);
    case JsonValue::Kind::array:
      return value.items.empty() ? "[]" : "[…]";
    case JsonValue::Kind::object:
      return value.members.empty() ? "{}" : "{…}";
  }
  return {};
}

bool is_among(std::string_view values, const std::string& value) {
  return ('|' + std::string(values) + '|').find('|' + value + '|') != std::string::npos;
}

const RestingField* resting(Name name) {
  for (const RestingField& field : resting_fields()) {
    if (field.name == name) return &field;
  }
  return nullptr;
}

bool is_at_rest(const RestingField& field, const JsonValue& value, const Architecture& a) {
  if (field.name == "is_encoder_decoder" && a.kind == Kind::encoder_decoder) return true;
  if (field.name == "is_decoder" && a.kind != Kind::encoder) return true;
  return is_among(field.at_rest, as_written(value));
}

// The names of many fields, cut where there are too many to read.
std::string listed(const std::vector<const JsonValue*>& fields) {
  constexpr std::size_t most_named = 12;
  const auto named = std::span{fields}.first(std::min(fields.size(), most_named));
  return diag::listed(named, ", ", [](const JsonValue* field) { return field->key.substr(0, 60); }) +
         (fields.size() > most_named ? ", …" : "");
}

bool has_ungated_part(const Architecture& a) {
  for (const Stack& stack : a.stacks) {
    for (const Block& block : stack.blocks) {
      if (block.feed_forward && !block.feed_forward->gated) return true;
      if (block.experts && !block.experts->gated) return true;
    }
  }
  return false;
}

// "geglu" and its like multiply by a third matrix; some shapes have numbers of their own.
void check_activation(Fields& f, const Architecture& a) {
  for (const char* field : {"hidden_act", "hidden_activation", "activation_function", "activation",
                            "dense_act_fn", "mlp_hidden_act", "ffn_act_fn"}) {
    const JsonValue* value = f.find(field);
    if (value == nullptr || value->kind != JsonValue::Kind::text) continue;
    const std::string shape = value->text.substr(0, 60);
    if (shape.find("glu") != std::string::npos && has_ungated_part(a)) {
      f.error(field, "config-unsupported",
              std::string(field) + " '" + shape + "' has a gate, and " + a.family + " has none",
              "give the sizes directly (--params), or the model_type whose code has the gate");
    }
    const bool learned = shape == "prelu" || shape == "xielu";
    if (learned && a.family != "Apertus") {
      f.warn(field, "config-part-left-out",
             std::string(field) + " '" + shape + "' has learned numbers, which are not counted");
    }
  }
}

}  // namespace

void report_unread(Fields& f, const Architecture& a, std::string_view family) {
  check_activation(f, a);
  // A type that is not known is read by its fields alone: they must all be those of a plain decoder.
  const bool by_fields = a.family == generic_decoder_rules().title;
  std::vector<const JsonValue*> towers;
  std::vector<const JsonValue*> unknown;
  const bool reads_text = a.kind == Kind::decoder || a.kind == Kind::encoder || a.kind == Kind::state_space;
  for (const JsonValue* value : f.unread()) {
    const std::string& name = value->key;
    if (is_inert(name) || decides_nothing_in(family, name)) continue;
    if (const RestingField* field = resting(name)) {
      if (!is_at_rest(*field, *value, a) && by_fields) {
        f.error(name, "config-unsupported",
                f.full_name(name) + " = " + as_written(*value) + " " + std::string(field->otherwise) +
                    ", and the model_type, which is not known, does not say how",
                sizes_directly);
      } else if (!is_at_rest(*field, *value, a)) {
        f.warn(name, "config-part-left-out",
               f.full_name(name) + " = " + as_written(*value) + " " + std::string(field->otherwise) +
                   ": that is not in the counts of " + a.family);
      }
      continue;
    }
    (reads_text && is_of_a_tower(name) ? towers : unknown).push_back(value);
  }
  if (!towers.empty()) {
    f.warn(towers.front()->key, "config-part-left-out",
           "the file also describes parts for images, sound or video (" + listed(towers) +
               "): only the language model is counted",
           "such towers, and what joins them, are not in parameters or FLOPs");
  }
  if (!unknown.empty() && by_fields) {
    f.error(unknown.front()->key, "config-unsupported",
            "the model_type is not known, and neither " +
                std::string(unknown.size() == 1 ? "is this field" : "are these fields") +
                " of the file, which " + "no plain decoder has: " + listed(unknown),
            sizes_directly);
  } else if (!unknown.empty()) {
    f.warn(unknown.front()->key, "config-unknown-field",
           (unknown.size() == 1
                ? std::string("kwhatif does not know this field of the file: ")
                : "kwhatif does not know " + std::to_string(unknown.size()) + " fields of the file: ") +
               listed(unknown),
           "where one of them changes the layers, the counts are off");
  }
}

}  // namespace kwhatif::model
