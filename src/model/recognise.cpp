// What a file is that is no config of a model kwhatif counts: said in one sentence, with the way on.
#include "readers.hpp"
#include <kwhatif/diag/suggest.hpp>

#include <algorithm>
#include <array>
#include <string>

namespace kwhatif::model {
namespace {

using Name = std::string_view;

// Types that look like decoders but hold parts no rule here counts: a count would be wrong without a sign of
// it.
// clang-format off
constexpr std::array without_rule = std::to_array<Name>({
    "rwkv5", "rwkv6", "rwkv7", "luke", "mluke", "performer", "rembert", "zamba", "zamba2", "nemotron-nas", "deci",
    "deberta", "reformer", "transfo-xl", "xlm", "jetmoe", "longcat_flash", "gpt_neox_japanese",
    "mamba_hybrid", "blip", "blip-2", "funnel", "convbert", "switch_transformers", "nllb-moe",
    "prophetnet", "speech_to_text", "speecht5", "timesfm", "xlstm", "xmod",
    "diffllama", "doge", "ernie4_5_vl_moe", "ernie4_5_vl_moe_text", "bitnet", "mimo_v2_flash", "step3_text",
    "bailing_moe_linear", "bailing_hybrid", "phi4flash", "dream", "llada", "ctrl", "trocr",
    "gpt_neox_moe", "gptsan-japanese", "git", "musicgen", "musicgen_decoder", "bark", "csm", 
});

constexpr const char* work_directly =
    "give the work itself (--flops), or the time and power measured (--hours, --chips, --power)";

constexpr const char* sizes_or_work =
    "give the sizes directly (--params), the work itself (--flops), or the time and power measured (--hours, "
    "--chips, --power)";

// Fields that no plain decoder has.
constexpr std::array of_other_mixers = std::to_array<Name>({
    "ssm_cfg", "state_size", "mamba_d_state", "ssm_state_size", "linear_key_head_dim", "linear_num_key_heads", "index_head_dim",
    "block_configs", "encoder_layers", "cross_attention_layers", "hidden_size_per_layer_input", "hybrid_override_pattern",
    "linear_attn_config", "lru_width", "conv_L_cache", "attn_type_list", "mamba_num_heads", "num_hash_layers", "layers_block_type",
    "hybrid_layer_pattern", "swa_head_dim", "layer_head_dims", "num_memory_tokens", "mb_per_layer", "moe_layer_ffn_types",
    "attn_layer_period", "zero_expert_num", "num_local_experts", "num_experts", "n_routed_experts", "moe_num_experts", "kv_lora_rank",
    "q_lora_rank", "num_kv_shared_layers"});

// Fields that decoders do not have.
constexpr std::array of_no_decoder = std::to_array<Name>({
    "type_vocab_size", "decoder_layers", "num_decoder_layers", "d_kv", "image_size", "num_channels", "num_mel_bins", "projection_dim",
    "relative_attention_num_buckets", "attention_probs_dropout_prob", "hidden_dropout_prob", "pooler_hidden_size", "conv_dim",
    "mask_token_id", "codebook_size", "prediction_length", "num_queries", "decoder_attention_heads"});

// Fields that a causal language model of today has and an encoder has not.
constexpr std::array of_decoders = std::to_array<Name>({
    "rope_theta", "rope_scaling", "rope_parameters", "num_key_value_heads", "rms_norm_eps", "sliding_window", "partial_rotary_factor"});

struct Ending {
  Name ending;
  Name what;
};
constexpr std::array diffusers_endings = std::to_array<Ending>({
    {"Pipeline", "the list of parts of a diffusion pipeline (model_index.json)"},
    {"Scheduler", "the noise schedule of a diffusion model, which has no weights"},
    {"UNetSpatioTemporalConditionModel", "the denoising network of a video diffusion model"},
    {"UNetMotionModel", "the denoising network of a video diffusion model"},
    {"DiT2DModel", "the denoising transformer of a diffusion model"},
    {"NextDiT2DModel", "the denoising transformer of a diffusion model"},
    {"DiTModel", "the denoising transformer of a sound diffusion model"},
    {"PriorTransformer", "the network in front of a diffusion model"},
    {"Transformer2DModel", "the denoising transformer of a diffusion model"},
    {"Transformer3DModel", "the denoising transformer of a video diffusion model"},
    {"ControlNetModel", "a control network beside a diffusion model"},
    {"Adapter", "an adapter of a diffusion model"},
});
// clang-format on

bool is_diffusers_part(Name class_name, Name part) { return class_name.find(part) != Name::npos; }

std::string what_diffusers_calls(Name class_name) {
  for (const Ending& known : diffusers_endings) {
    if (class_name.ends_with(known.ending)) return std::string(known.what);
  }
  if (is_diffusers_part(class_name, "Autoencoder") || is_diffusers_part(class_name, "VQModel"))
    return "the image autoencoder of a diffusion model";
  if (is_diffusers_part(class_name, "UNet")) return "the denoising network of another diffusion model";
  return "a part of a diffusers pipeline";
}

// Class names of Flax are those of PyTorch with "Flax" in front; three of them are families here.
bool is_a_family(Name class_name) {
  constexpr std::array of_flax =
      std::to_array<Name>({"FlaxUNet2DConditionModel", "FlaxControlNetModel", "FlaxAutoencoderKL"});
  return std::ranges::find(of_flax, class_name) != of_flax.end() ||
         std::ranges::any_of(families(), [&](const Family& f) { return f.model_type == class_name; });
}

std::string shown(const std::string& text) { return '\'' + text.substr(0, 60) + '\''; }

std::string text_of(Fields& f, const char* field) {
  const JsonValue* value = f.find(field);
  return value != nullptr && value->kind == JsonValue::Kind::text ? value->text : std::string();
}

bool is_causal_class(const std::string& name) {
  return name.find("ForCausalLM") != std::string::npos || name.ends_with("LMHeadModel");
}

// The flags that count a base with these adapters.
std::string adapter_flags(Fields& f) {
  std::string flags = "--finetune lora";
  if (const JsonValue* rank = f.find("r"); rank != nullptr && rank->kind == JsonValue::Kind::integer)
    flags += " --rank " + std::to_string(rank->magnitude);
  const JsonValue* targets = f.find("target_modules");
  if (targets != nullptr && targets->kind == JsonValue::Kind::array && !targets->items.empty()) {
    const bool query_value = std::ranges::all_of(targets->items, [](const JsonValue& t) {
      return t.text == "q_proj" || t.text == "v_proj" || t.text == "query" || t.text == "value";
    });
    const bool attention = std::ranges::all_of(targets->items, [](const JsonValue& t) {
      return t.text.size() == 6 && t.text.ends_with("_proj") &&
             std::string("qkvo").find(t.text.front()) != std::string::npos;
    });
    if (query_value)
      flags += " --targets query-value";
    else if (attention)
      flags += " --targets attention";
  }
  return flags;
}

}  // namespace

bool is_read_whole(std::string_view type) {
  constexpr std::array whole = std::to_array<Name>({"clip", "siglip", "siglip2", "open_clip", "sam", "timm"});
  return std::ranges::find(whole, type) != whole.end();
}

bool is_without_rule(std::string_view type) {
  return !what_without_rule(type).empty() || std::ranges::find(without_rule, type) != without_rule.end();
}

void refuse_without_rule(Fields& f, const std::string& type) {
  const std::string what{what_without_rule(type)};
  if (what.empty()) {
    f.error("model_type", "config-unsupported", "no rule for model_type " + shown(type), sizes_directly);
  } else {
    f.error("model_type", "config-unsupported",
            "model_type " + shown(type) + " is " + what + ", for which kwhatif has no rule", sizes_or_work);
  }
}

void refuse_other_files(Fields& f) {
  const auto is = [&](const char* field, const std::string& what, const std::string& help) {
    f.error(field, "config-not-a-model", what, help);
    f.check();
  };
  if (f.has("peft_type")) {
    const std::string base = text_of(f, "base_model_name_or_path");
    is("peft_type",
       "this is the description of adapters (PEFT), not of a model: the base is " +
           (base.empty() ? std::string("not named") : shown(base)),
       "count the base by its own config.json or name, with " + adapter_flags(f));
  }
  const std::string class_name = text_of(f, "_class_name");
  if (!class_name.empty() && !is_a_family(class_name)) {
    is("_class_name",
       shown(class_name) + " is " + what_diffusers_calls(class_name) + ", which kwhatif does not count",
       work_directly);
  }
  if (f.has("model_type") || !class_name.empty()) return;
  if (f.has("hidden_size") || f.has("d_model") || f.has("n_embd")) return;
  if (f.has("image_processor_type") || f.has("feature_extractor_type") || f.has("processor_class")) {
    is("", "this says how inputs are prepared (preprocessor_config.json or the like), not what the model is",
       "give the config.json beside it");
  }
  if (f.has("tokenizer_class") || f.has("added_tokens_decoder")) {
    is("", "this is the description of a tokenizer (tokenizer_config.json), not of a model",
       "give the config.json beside it");
  }
  if (f.has("weight_map")) {
    is("weight_map", "this is the index of a checkpoint's files, not the description of a model",
       "give the config.json beside it");
  }
  if (f.has("log_history") || f.has("best_metric")) {
    is("log_history", "this is the log of a training (trainer_state.json), not the description of a model",
       "give the config.json beside it");
  }
  if (f.has("dim") && f.has("n_layers") && f.has("n_heads")) {
    is("dim",
       "this is the params.json of an original Llama or Mistral checkpoint, not a transformers config.json",
       "give the config.json of the same model as converted for transformers, or --params");
  }
  if (f.has("transformers_version") || f.has("bos_token_id") || f.has("max_new_tokens")) {
    is("", "this is a generation_config.json or the like: it does not say the shape of a model",
       "give the config.json beside it");
  }
}

void require_a_decoder(Fields& f, const std::string& type) {
  std::vector<std::string_view> names;
  for (const Family& family : families()) names.push_back(family.model_type);
  const std::string near = diag::did_you_mean(type, names);
  const std::string help = near + (near.empty() ? "" : " ") + sizes_directly;
  const std::string unknown = "model_type " + shown(type) + " is not known, and ";
  const auto refuse = [&](std::string_view field, const std::string& why) {
    f.error(field, "config-unsupported", unknown + why, help);
    f.check();
  };
  for (const Name field : of_other_mixers) {
    if (f.has(field)) refuse(field, shown(std::string(field)) + " says that it is no plain decoder");
  }
  for (const Name field : of_no_decoder) {
    if (f.has(field)) refuse(field, shown(std::string(field)) + " says that it is no decoder");
  }
  if (const JsonValue* both = f.find("is_encoder_decoder"); both != nullptr && both->boolean)
    refuse("is_encoder_decoder", "it has an encoder beside its decoder");
  const std::vector<std::string> classes = f.texts("architectures");
  const bool causal = std::ranges::any_of(classes, is_causal_class);
  if (!classes.empty() && !causal && f.path().empty())
    refuse("architectures", "its class " + shown(classes.front()) + " is no causal language model");
  const bool looks_like_one = std::ranges::any_of(of_decoders, [&](Name field) { return f.has(field); });
  if (!causal && !looks_like_one) {
    refuse("model_type",
           "nothing in the file shows a decoder (a class …ForCausalLM, rope_theta, num_key_value_heads, "
           "rms_norm_eps)");
  }
  if (f.has("sliding_window") && !f.has("layer_types") && !f.has("use_sliding_window")) {
    f.warn("sliding_window", "config-part-left-out",
           "nothing says which layers sliding_window narrows: attention is counted as full in all of them");
  }
  f.warn(
      "model_type", "config-unknown-type",
      "model_type " + shown(type) +
          " is not known: read as a llama-like decoder (gated feed-forward, two RMS norms, no biases); its "
          "counts may be off",
      near);
}

}  // namespace kwhatif::model
