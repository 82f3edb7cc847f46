// Whole multimodal files: the towers beside the language model, and what joins them. Here the table of the
// types whose parts are all known, what their readers share, and the towers of the CLIP and SigLIP kind with
// LLaVA, PaliGemma, Gemma 3, Mistral 3 and InternVL around them.
//
// Structure as in transformers' modeling_*.py. FLOPs per token stay those of text: an image's own work in the
// towers is counted per image (towers.hpp), and the tokens that it becomes are tokens of the sequence.
#include "read_towers.hpp"

#include <algorithm>
#include <array>
#include <utility>

namespace kwhatif::model {

// ---- shared ----

Count patches_of(const PatchEmbedding& p) {
  const Count side = p.image_size.value() / p.patch_size.value();
  return side * side;
}

std::string image_unit(const PatchEmbedding& p) {
  return "image of " + p.image_size.text() + " x " + p.image_size.text();
}

Architecture image_tower(Count width, Norm norm, const PatchEmbedding& patches) {
  Architecture a;
  a.kind = Kind::vision_transformer;
  a.width = width;
  a.norm = norm;
  a.head = Head::none;
  a.tied = false;
  a.patches = patches;
  return a;
}

PatchEmbedding read_patches(Fields& f, Count image_size, Count patch_size, Count channels) {
  PatchEmbedding p{
      .image_size = image_size, .patch_size = patch_size, .channels = channels, .extra_tokens = 0};
  f.decides_nothing(
      {"id2label", "num_labels", "tie_word_embeddings"});  // of classifiers and text, written by habit
  if (p.patch_size > p.image_size) {
    f.error("patch_size", "config-inconsistent",
            "patches of " + p.patch_size.text() + " do not fit an image of " + p.image_size.text());
    p.patch_size = p.image_size;
  }
  return p;
}

Block image_block(const Attention& attention, Count inner, bool gated, bool feed_forward_bias) {
  Block block;
  block.attention = attention;
  block.feed_forward = FeedForward{inner, gated, feed_forward_bias, feed_forward_bias};
  block.norms = 2;
  return block;
}

Count whole_root(Count square) {
  std::uint64_t root = 0;
  while ((root + 1) <= square.value() / (root + 1)) ++root;
  return root * root == square.value() ? Count{root} : Count{0};
}

Joint::Joint(Count width) {
  network_.kind = Kind::vision_transformer;  // counted by the image
  network_.width = width;
  network_.head = Head::none;
  network_.tied = false;
}

Joint& Joint::linear(const std::string& name, Count rows, Count columns, Count visits, bool bias) {
  network_.listed.push_back({.name = name, .rows = rows, .columns = columns, .visits = visits.as_double()});
  if (bias) vector(name + " bias", rows);
  return *this;
}

Joint& Joint::vector(const std::string& name, Count elements, Count copies) {
  network_.listed.push_back(
      {.name = name, .part = Part::norms, .use = Use::vector, .rows = elements, .copies = copies});
  return *this;
}

Joint& Joint::attention(ListedAttention core) {
  network_.listed_attention.push_back(std::move(core));
  return *this;
}

Tower Joint::tower(std::string unit, Count tokens) && {
  return {.name = "projector", .unit = std::move(unit), .network = std::move(network_), .tokens = tokens};
}

void add_image_towers(Fields& file, Architecture& text, Architecture vision, Tower joint) {
  file.note("vision_config", "config-image-tokens",
            "an " + joint.unit + " becomes " + joint.tokens.text() +
                " tokens of the sequence; FLOPs per token are those of text, and an image's own work in the "
                "towers is counted by the image");
  text.towers.push_back({.name = "vision tower", .unit = joint.unit, .network = std::move(vision)});
  text.towers.push_back(std::move(joint));
}

// ---- towers of the CLIP and SigLIP kind ----

namespace {

// Class defaults of transformers for what files leave out.
constexpr std::array clip_sizes = std::to_array<SizeDefault>({{"hidden_size", 768},
                                                              {"intermediate_size", 3072},
                                                              {"num_hidden_layers", 12},
                                                              {"num_attention_heads", 12},
                                                              {"image_size", 224},
                                                              {"patch_size", 32}});
// CLIP-L/14 at 336: what LlavaConfig takes where vision_config is empty.
constexpr std::array llava_sizes = std::to_array<SizeDefault>({{"hidden_size", 1024},
                                                               {"intermediate_size", 4096},
                                                               {"num_hidden_layers", 24},
                                                               {"num_attention_heads", 16},
                                                               {"image_size", 336},
                                                               {"patch_size", 14}});
constexpr std::array siglip_sizes = std::to_array<SizeDefault>({{"hidden_size", 768},
                                                                {"intermediate_size", 3072},
                                                                {"num_hidden_layers", 12},
                                                                {"num_attention_heads", 12},
                                                                {"image_size", 224},
                                                                {"patch_size", 16}});
constexpr std::array pixtral_sizes = std::to_array<SizeDefault>({{"hidden_size", 1024},
                                                                 {"intermediate_size", 4096},
                                                                 {"num_hidden_layers", 24},
                                                                 {"num_attention_heads", 16},
                                                                 {"image_size", 1024},
                                                                 {"patch_size", 16}});
constexpr std::uint64_t colours = 3;

Architecture layered(Fields& f, Architecture a, const Block& block, Count positions) {
  Stack stack{.name = "encoder", .blocks = {repeated(block, read_layers(f), {.causal = false})}};
  stack.position_rows = positions;
  a.stacks.push_back(std::move(stack));
  return a;
}

Architecture read_clip_tower(Fields& f) {
  const Count width = f.count({"hidden_size"});
  PatchEmbedding patches = read_patches(f, f.count({"image_size"}), f.count({"patch_size"}),
                                        f.count_or({"num_channels"}, colours));
  patches.bias = false;
  patches.extra_tokens = 1;
  const Block block = image_block(with_biases(read_attention(f, width), true, true),
                                  f.count({"intermediate_size"}), false, true);
  Architecture a =
      layered(f, image_tower(width, Norm::scale_and_shift, patches), block, patches_of(patches) + Count{1});
  a.family = "CLIP's image tower";
  a.stacks.front().embedding_norm = true;  // before the first layer
  f.decides_nothing({"projection_dim", "vocab_size", "logit_scale_init_value"});
  return a;
}

// As the tower stands inside other models: without its pooling head.
Architecture read_siglip_tower(Fields& f) {
  const Count width = f.count({"hidden_size"});
  const PatchEmbedding patches = read_patches(f, f.count({"image_size"}), f.count({"patch_size"}),
                                              f.count_or({"num_channels"}, colours));
  const Block block = image_block(with_biases(read_attention(f, width), true, true),
                                  f.count({"intermediate_size"}), false, true);
  Architecture a = layered(f, image_tower(width, Norm::scale_and_shift, patches), block, patches_of(patches));
  a.family = "SigLIP's image tower";
  f.decides_nothing({"projection_dim", "vision_use_head", "num_image_tokens", "projector_hidden_act",
                     "num_positions", "vocab_size"});
  return a;
}

// Rotary positions, gates, one scale a norm (modeling_pixtral.py).
Architecture read_pixtral_tower(Fields& f) {
  const Count width = f.count({"hidden_size"});
  PatchEmbedding patches = read_patches(f, f.count({"image_size"}), f.count({"patch_size"}),
                                        f.count_or({"num_channels"}, colours));
  patches.bias = false;
  const Block block = image_block(with_biases(read_attention(f, width), false, false),
                                  f.count({"intermediate_size"}), true, false);
  Architecture a = layered(f, image_tower(width, Norm::scale, patches), block, 0);
  a.family = "Pixtral's image tower";
  a.stacks.front().embedding_norm = true;
  a.stacks.front().final_norm = false;
  return a;
}

// modeling_internvl.py; the files of OpenGVLab say the same in other words.
Architecture read_internvit_tower(Fields& f) {
  const auto side = [&](const char* name, Count fallback) -> Count {
    const std::vector<Count> sides = f.counts(name);  // [448, 448], or one number
    if (sides.empty()) return fallback;
    if (sides.size() > 1 && sides.front() != sides.back())
      f.error(name, "config-unsupported", "an image that is no square");
    return std::max(Count{1}, sides.front());
  };
  constexpr std::uint64_t usual_image = 448;
  constexpr std::uint64_t usual_patch = 14;
  const Count width = f.count({"hidden_size"});
  PatchEmbedding patches = read_patches(f, side("image_size", usual_image), side("patch_size", usual_patch),
                                        f.count_or({"num_channels"}, colours));
  patches.extra_tokens = 1;
  patches.mask_token = f.flag("use_mask_token", false);
  const bool bias = f.flag("attention_bias", f.flag("qkv_bias", false));
  Attention attention = with_biases(read_attention(f, width), bias, true);
  if (f.flag("use_qk_norm", f.flag("qk_normalization", false)))
    attention.query_norm = attention.key_norm = width;
  Block block = image_block(attention, f.count({"intermediate_size"}), false, true);
  block.layer_scales = 2;
  const std::string norm = f.text("norm_type", "layer_norm");
  if (norm != "layer_norm" && norm != "rms_norm")
    f.error("norm_type", "config-unsupported", "no rule for norm_type '" + norm.substr(0, 60) + "'");
  Architecture a =
      layered(f, image_tower(width, norm == "rms_norm" ? Norm::scale : Norm::scale_and_shift, patches), block,
              f.flag("use_absolute_position_embeddings", true) ? patches_of(patches) + Count{1} : Count{0});
  a.family = "InternViT";
  a.stacks.front().final_norm = !f.flag("use_mean_pooling", true);
  f.decides_nothing({"layer_scale_init_value", "projection_dropout", "use_flash_attn", "num_classes",
                     "output_dim", "vision_use_head", "shared_norm", "architectures", "num_query_tokens",
                     "auto_map", "drop_path_rate", "dropout"});
  return a;
}

struct KindOfTower {
  std::string_view type;
  Architecture (*read)(Fields&);
  std::span<const SizeDefault> sizes;
};
constexpr std::array kinds_of_towers = std::to_array<KindOfTower>({
    {"clip_vision_model", read_clip_tower, clip_sizes},
    {"siglip_vision_model", read_siglip_tower, siglip_sizes},
    {"pixtral", read_pixtral_tower, pixtral_sizes},
    {"internvl_vision", read_internvit_tower, {}},
    {"intern_vit_6b", read_internvit_tower, {}},
});

// The tower of vision_config, of the kind that it names; nothing, with a warning, where there is no such
// kind.
std::optional<Architecture> read_vision(Fields& file, std::string_view usual_kind) {
  auto f = file.object("vision_config");
  const std::string type = f ? f->text("model_type", usual_kind) : std::string();
  for (const KindOfTower& kind : kinds_of_towers) {
    if (!f || kind.type != type) continue;
    const bool bare_llava = usual_kind == "clip_vision_model" && !f->has("hidden_size");
    f->assume(bare_llava ? std::span<const SizeDefault>(llava_sizes) : kind.sizes);
    Architecture a = kind.read(*f);
    a.model_type = type;
    report_unread(*f, a, type);
    return a;
  }
  file.warn("vision_config", "config-part-left-out",
            f ? "no rule for an image tower '" + type.substr(0, 60) + "': only the language model is counted"
              : "the file does not describe its image tower: only the language model is counted");
  return std::nullopt;
}

// Layers of the tower whose states are joined: one, or as many as a list names.
Count feature_layers(Fields& file) {
  const JsonValue* layers = file.find("vision_feature_layer");
  const bool listed = layers != nullptr && layers->kind == JsonValue::Kind::array && !layers->items.empty();
  return listed ? Count{layers->items.size()} : Count{1};
}

// Two matrices; a learned separator of rows where `separator`.
void read_llava_like(Fields& file, Architecture& text, bool separator) {
  std::optional<Architecture> vision = read_vision(file, "clip_vision_model");
  if (!vision) return;
  const PatchEmbedding patches = *vision->patches;
  const Count tokens = patches_of(patches);
  const bool bias = file.flag("multimodal_projector_bias", true);
  Joint joint(text.width);
  joint.linear("first matrix", text.width, vision->width * feature_layers(file), tokens, bias)
      .linear("second matrix", text.width, text.width, tokens, bias);
  if (separator) joint.vector("end of a row", text.width);
  Tower tower = std::move(joint).tower(image_unit(patches), tokens);
  if (separator)
    file.note("image_grid_pinpoints", "config-image-tokens",
              "a large image is cut into tiles of that size, each of which passes the tower");
  add_image_towers(file, text, *std::move(vision), std::move(tower));
}

void read_llava(Fields& file, Architecture& text) { read_llava_like(file, text, false); }
void read_llava_next(Fields& file, Architecture& text) { read_llava_like(file, text, true); }

void read_paligemma(Fields& file, Architecture& text) {
  std::optional<Architecture> vision = read_vision(file, "siglip_vision_model");
  if (!vision) return;
  const PatchEmbedding patches = *vision->patches;
  const Count tokens = patches_of(patches);
  Joint joint(text.width);
  joint.linear("matrix", text.width, vision->width, tokens, true);
  add_image_towers(file, text, *std::move(vision), std::move(joint).tower(image_unit(patches), tokens));
}

// Patches are averaged to 256 tokens an image.
void read_gemma3(Fields& file, Architecture& text) {
  constexpr std::uint64_t usual_tokens = 256;
  std::optional<Architecture> vision = read_vision(file, "siglip_vision_model");
  if (!vision) return;
  const PatchEmbedding patches = *vision->patches;
  const Count tokens = file.count_or({"mm_tokens_per_image"}, usual_tokens);
  Joint joint(text.width);
  joint.vector("norm", vision->width).linear("matrix", text.width, vision->width, tokens, false);
  add_image_towers(file, text, *std::move(vision), std::move(joint).tower(image_unit(patches), tokens));
}

// A square of patches becomes one token.
void read_mistral3(Fields& file, Architecture& text) {
  std::optional<Architecture> vision = read_vision(file, "pixtral");
  if (!vision) return;
  const PatchEmbedding patches = *vision->patches;
  const Count merge = file.count_or({"spatial_merge_size"}, 2);
  const Count tokens = std::max<std::uint64_t>(1, patches_of(patches).value() / (merge * merge).value());
  const bool bias = file.flag("multimodal_projector_bias", false);
  Joint joint(text.width);
  joint.vector("norm", vision->width)
      .linear("merging matrix", vision->width, vision->width * merge * merge, tokens, false)
      .linear("first matrix", text.width, vision->width * feature_layers(file), tokens, bias)
      .linear("second matrix", text.width, text.width, tokens, bias);
  add_image_towers(file, text, *std::move(vision), std::move(joint).tower(image_unit(patches), tokens));
}

void read_internvl(Fields& file, Architecture& text) {
  std::optional<Architecture> vision = read_vision(file, "internvl_vision");
  if (!vision) return;
  const PatchEmbedding patches = *vision->patches;
  constexpr double usual_ratio = 0.5;
  const double ratio = file.number("downsample_ratio", usual_ratio);
  const Count merged = std::max<std::uint64_t>(1, static_cast<std::uint64_t>(1 / (ratio * ratio)));
  const Count tokens = std::max<std::uint64_t>(1, patches_of(patches).value() / merged.value());
  const Count joined = vision->width * merged;
  Joint joint(text.width);
  joint.vector("norm", joined, 2)
      .linear("first matrix", text.width, joined, tokens, true)
      .linear("second matrix", text.width, text.width, tokens, true);
  file.note("vision_config", "config-image-tokens",
            "a large image is cut into tiles of that size, each of which passes the tower");
  add_image_towers(file, text, *std::move(vision), std::move(joint).tower(image_unit(patches), tokens));
}

struct Whole {
  std::string_view model_type;
  TowersReader* read;
};
constexpr std::array wholes = std::to_array<Whole>({
    {"llava", read_llava},
    {"llava_next", read_llava_next},
    {"llava_next_video", read_llava_next},
    {"llava_onevision", read_llava_next},
    {"paligemma", read_paligemma},
    {"gemma3", read_gemma3},
    {"gemma4", read_gemma4_towers},
    {"glm4v", read_glm4v_towers},
    {"glm4v_moe", read_glm4v_towers},
    {"mistral3", read_mistral3},
    {"internvl", read_internvl},
    {"internvl_chat", read_internvl},
    {"qwen2_vl", read_qwen2_vl_towers},
    {"qwen2_5_vl", read_qwen2_5_vl_towers},
    {"qwen3_vl", read_qwen3_vl_towers},
    {"qwen3_vl_moe", read_qwen3_vl_towers},
    {"qwen3_5", read_qwen3_vl_towers},
    {"qwen3_5_moe", read_qwen3_vl_towers},
    {"qwen2_audio", read_qwen2_audio_towers},
    {"qwen2_5_omni", read_qwen2_5_omni_towers},
    {"voxtral", read_voxtral_towers},
    {"mllama", read_mllama_towers},
    {"llama4", read_llama4_towers},
    {"idefics2", read_idefics2_towers},
    {"idefics3", read_idefics3_towers},
    {"smolvlm", read_idefics3_towers},
});

}  // namespace

TowersReader* find_towers_reader(std::string_view model_type) {
  for (const Whole& whole : wholes) {
    if (whole.model_type == model_type) return whole.read;
  }
  return nullptr;
}

}  // namespace kwhatif::model
