// The towers of Qwen's multimodal files, and those of sound: Qwen2-VL, Qwen2.5-VL, Qwen3-VL, Qwen2-Audio,
// Qwen2.5-Omni, Voxtral; and those of GLM 4.1V to 4.6V, which are built like them.
//
// Structure as in transformers' modeling_qwen2_vl.py, modeling_qwen2_5_vl.py, modeling_qwen3_vl.py and so on.
#include "read_towers.hpp"
#include <kwhatif/quantity/format.hpp>

#include <algorithm>
#include <array>
#include <utility>

namespace kwhatif::model {
namespace {

constexpr std::uint64_t colours = 3;
constexpr std::uint64_t usual_merge = 2;
constexpr std::uint64_t usual_frames = 2;  // an image is doubled to look like two frames of a video

constexpr std::array qwen2_vl_sizes =
    std::to_array<SizeDefault>({{"depth", 32}, {"embed_dim", 1280}, {"num_heads", 16}, {"patch_size", 14}});
constexpr std::array qwen2_5_vl_sizes = std::to_array<SizeDefault>({{"depth", 32},
                                                                    {"hidden_size", 3584},
                                                                    {"intermediate_size", 3420},
                                                                    {"num_heads", 16},
                                                                    {"patch_size", 14}});
constexpr std::array qwen3_vl_sizes = std::to_array<SizeDefault>({{"depth", 27},
                                                                  {"hidden_size", 1152},
                                                                  {"intermediate_size", 4304},
                                                                  {"num_heads", 16},
                                                                  {"patch_size", 16},
                                                                  {"num_position_embeddings", 2304}});

constexpr std::array glm4v_sizes = std::to_array<SizeDefault>({{"depth", 24},
                                                               {"hidden_size", 1536},
                                                               {"intermediate_size", 13696},
                                                               {"num_heads", 12},
                                                               {"patch_size", 14},
                                                               {"image_size", 336}});

// These towers take images of any size; the files name none.
Count assumed_image(Fields& f) {
  constexpr std::uint64_t side = 448;
  f.note(
      "patch_size", "config-default-size",
      "images may have any size: work is shown for one of 448 x 448, and grows with the number of patches");
  return side;
}

PatchEmbedding read_qwen_patches(Fields& f, Count image_size) {
  const Count frames = f.count_or({"temporal_patch_size"}, usual_frames);
  const Count channels = f.count_or({"in_channels", "in_chans"}, colours);
  return read_patches(f, image_size, f.count({"patch_size"}), channels * frames);
}

// What comes out of a tower must be as wide as the language model.
Count read_joined_width(Fields& f, const char* name, const Architecture& text) {
  const Count out = f.count_or({name}, text.width);
  if (out != text.width && !f.has_errors())
    f.error(name, "config-inconsistent",
            f.full_name(name) + " = " + out.text() + " does not fit a language model of width " +
                text.width.text());
  return out;
}

Count merged_tokens(const PatchEmbedding& patches, Count merge) {
  return std::max<std::uint64_t>(1, patches_of(patches).value() / (merge * merge).value());
}

Architecture of_layers(Fields& f, Architecture a, const Block& block) {
  Stack stack{.name = "encoder", .blocks = {repeated(block, read_layers(f, {"depth"}), {.causal = false})}};
  stack.final_norm = false;
  a.stacks.push_back(std::move(stack));
  return a;
}

// Squares of patches are laid side by side and pass two matrices.
Joint merger(Count width, Count merge, Count out, Count norm, Count tokens) {
  const Count joined = width * merge * merge;
  Joint joint(out);
  joint.vector("norm", norm)
      .linear("first matrix", joined, joined, tokens, true)
      .linear("second matrix", out, joined, tokens, true);
  return joint;
}

// Files that transformers wrote since say "hidden_size" for the width inside, too; it is embed_dim that
// holds.
void read_qwen2_vl(Fields& f, Fields& file, Architecture& text) {
  constexpr double usual_ratio = 4;
  f.assume(qwen2_vl_sizes);
  const Count width = f.count({"embed_dim"});
  PatchEmbedding patches = read_qwen_patches(f, assumed_image(f));
  patches.bias = false;
  const double ratio = f.number("mlp_ratio", usual_ratio);
  const auto inner = static_cast<std::uint64_t>(ratio * width.as_double());
  const Count merge = f.count_or({"spatial_merge_size"}, usual_merge);
  const Count out = read_joined_width(f, "hidden_size", text);
  const Block block = image_block(with_biases(read_attention(f, width), true, true),
                                  std::max<std::uint64_t>(1, inner), false, true);
  Architecture vision = of_layers(f, image_tower(width, Norm::scale_and_shift, patches), block);
  vision.family = "Qwen2-VL's image tower";
  f.decides_nothing({"spatial_patch_size"});
  report_unread(f, vision, "qwen2_vl_vision");
  const Count tokens = merged_tokens(patches, merge);
  add_image_towers(
      file, text, std::move(vision),
      merger(width, merge, out, usual_frames * width, tokens).tower(image_unit(patches), tokens));
}

void read_qwen2_5_vl(Fields& f, Fields& file, Architecture& text) {
  constexpr std::uint64_t usual_window = 112;  // pixels
  f.assume(qwen2_5_vl_sizes);
  const Count width = f.count({"hidden_size", "embed_dim"});
  PatchEmbedding patches = read_qwen_patches(f, assumed_image(f));
  patches.bias = false;
  const Count merge = f.count_or({"spatial_merge_size"}, usual_merge);
  const Count out = read_joined_width(f, "out_hidden_size", text);
  const Block block = image_block(with_biases(read_attention(f, width), true, true),
                                  f.count({"intermediate_size"}), true, true);
  Architecture vision = of_layers(f, image_tower(width, Norm::scale, patches), block);
  vision.family = "Qwen2.5-VL's image tower";
  // Most layers see a window alone.
  const Count side = std::max<std::uint64_t>(
      1, f.count_or({"window_size"}, usual_window).value() / patches.patch_size.value());
  Block& narrow = vision.stacks.front().blocks.front();
  const Count full = f.counts("fullatt_block_indexes").size();
  if (full < narrow.layers) {
    Block wide = repeated(narrow, full, {.causal = false});
    narrow.layers = narrow.layers - full;
    narrow.reach = {.causal = false, .window = side * side, .chunked = true};
    if (full > 0) vision.stacks.front().blocks.push_back(wide);
  }
  f.decides_nothing({"spatial_patch_size", "tokens_per_second", "in_chans", "in_channels"});
  report_unread(f, vision, "qwen2_5_vl_vision");
  const Count tokens = merged_tokens(patches, merge);
  add_image_towers(file, text, std::move(vision),
                   merger(width, merge, out, width, tokens).tower(image_unit(patches), tokens));
}

}  // namespace

void read_qwen2_vl_towers(Fields& file, Architecture& text) {
  if (auto f = file.object("vision_config")) return read_qwen2_vl(*f, file, text);
  file.warn("vision_config", "config-part-left-out",
            "the file does not describe its image tower: only the language model is counted");
}

void read_qwen2_5_vl_towers(Fields& file, Architecture& text) {
  if (auto f = file.object("vision_config")) return read_qwen2_5_vl(*f, file, text);
  file.warn("vision_config", "config-part-left-out",
            "the file does not describe its image tower: only the language model is counted");
}

// A table of positions, and states of some layers that are merged apart and added in the language model
// (deepstack).
void read_qwen3_vl_towers(Fields& file, Architecture& text) {
  auto f = file.object("vision_config");
  if (!f) {
    file.warn("vision_config", "config-part-left-out",
              "the file does not describe its image tower: only the language model is counted");
    return;
  }
  f->assume(qwen3_vl_sizes);
  const Count width = f->count({"hidden_size"});
  const Count positions = f->count({"num_position_embeddings"});
  const Count patch = f->count({"patch_size"});
  const Count side = std::max(Count{1}, whole_root(positions));
  const PatchEmbedding patches = read_qwen_patches(*f, side * patch);
  const Count merge = f->count_or({"spatial_merge_size"}, usual_merge);
  const Count out = read_joined_width(*f, "out_hidden_size", text);
  const Block block = image_block(with_biases(read_attention(*f, width), true, true),
                                  f->count({"intermediate_size"}), false, true);
  Architecture vision = of_layers(*f, image_tower(width, Norm::scale_and_shift, patches), block);
  vision.family = "Qwen3-VL's image tower";
  vision.stacks.front().position_rows = positions;
  const Count deep = f->counts("deepstack_visual_indexes").size();
  report_unread(*f, vision, "qwen3_vl_vision");
  const Count tokens = merged_tokens(patches, merge);
  const Count joined = width * merge * merge;
  Joint joint = merger(width, merge, out, usual_frames * width, tokens);
  if (deep > 0) {
    joint.vector("deepstack norm", usual_frames * joined, deep)
        .vector("deepstack biases", joined + out, deep)
        .linear("deepstack first matrices", deep * joined, joined, tokens, false)
        .linear("deepstack second matrices", deep * out, joined, tokens, false);
  }
  add_image_towers(file, text, std::move(vision), std::move(joint).tower(image_unit(patches), tokens));
}

// GLM 4.1V to 4.6V: one scale a norm, a table of positions, squares of patches convolved to the width of the
// language model (modeling_glm4v.py).
void read_glm4v_towers(Fields& file, Architecture& text) {
  auto f = file.object("vision_config");
  if (!f) {
    file.warn("vision_config", "config-part-left-out",
              "the file does not describe its image tower: only the language model is counted");
    return;
  }
  f->assume(glm4v_sizes);
  const Count width = f->count({"hidden_size"});
  const PatchEmbedding patches = read_qwen_patches(*f, f->count({"image_size"}));
  const Count merge = f->count_or({"spatial_merge_size"}, usual_merge);
  const Count out = read_joined_width(*f, "out_hidden_size", text);
  const Count inner =
      f->count({"intermediate_size"});  // of what joins; the layers are as wide inside as `out`
  const bool bias = f->flag("attention_bias", false);
  const Block block = image_block(with_biases(read_attention(*f, width), bias, false), out, true, false);
  Architecture vision = of_layers(*f, image_tower(width, Norm::scale, patches), block);
  vision.family = "GLM's image tower";
  Stack& stack = vision.stacks.front();
  stack.position_rows = patches_of(patches);
  stack.embedding_norm = true;
  stack.final_norm = true;
  report_unread(*f, vision, "glm4v_vision");
  const Count tokens = merged_tokens(patches, merge);
  Joint joint(out);
  joint.linear("convolution", out, width * merge * merge, tokens, true)
      .linear("projection", out, out, tokens, false)
      .vector("norm", out, 2)
      .linear("gate and up", Count{2} * inner, out, tokens, false)
      .linear("down", out, inner, tokens, false);
  add_image_towers(file, text, std::move(vision), std::move(joint).tower(image_unit(patches), tokens));
}

// ---- sound ----

namespace {

constexpr double seconds_per_position = 0.02;  // 10 ms a frame (Radford 2022, section 2.2), two frames each

struct SoundRules {
  std::string family;
  bool stored_positions = true;
  Count window = 0;  // positions that see each other; 0: all
};

// Whisper's encoder.
Tower sound_tower(Fields& f, const SoundRules& rules) {
  constexpr std::uint64_t usual_positions = 1500;
  constexpr double seconds_digits = 3;
  Architecture a;
  a.kind = Kind::encoder;
  a.family = rules.family;
  a.norm = Norm::scale_and_shift;
  a.head = Head::none;
  a.tied = false;
  a.width = f.count({"d_model", "hidden_size"});
  const Count bands = f.count({"num_mel_bins"});
  const Count positions = f.count_or({"max_source_positions"}, usual_positions);
  Attention attention;
  attention.heads = attention.key_value_heads = f.count({"encoder_attention_heads", "num_attention_heads"});
  if (a.width.value() % attention.heads.value() != 0 && !f.has_errors())
    f.error("encoder_attention_heads", "config-inconsistent",
            attention.heads.text() + " attention heads do not divide the width " + a.width.text());
  attention.head_dim = attention.value_dim =
      std::max<std::uint64_t>(1, a.width.value() / attention.heads.value());
  attention = with_biases(attention, true, true);
  attention.key_bias = false;
  const Block block = image_block(attention, f.count({"encoder_ffn_dim", "intermediate_size"}), false, true);
  const Reach reach{.causal = false, .window = rules.window, .chunked = rules.window > 0};
  Stack stack{.name = "encoder",
              .blocks = {repeated(block, read_layers(f, {"encoder_layers", "num_hidden_layers"}), reach)}};
  if (rules.stored_positions) stack.position_rows = positions;
  stack.listed = whisper_convolutions(a.width, bands);
  a.stacks.push_back(std::move(stack));
  f.decides_nothing({"id2label", "num_labels", "tie_word_embeddings", "encoder_layerdrop",
                     "num_hidden_layers", "scale_embedding", "n_window", "output_dim", "head_dim",
                     "num_key_value_heads", "vocab_size", "layerdrop", "max_position_embeddings",
                     "intermediate_size", "num_attention_heads", "hidden_size"});
  report_unread(f, a, "whisper");
  const double seconds = positions.as_double() * seconds_per_position;
  return {.name = "audio tower",
          .unit = quantity::significant(seconds, static_cast<int>(seconds_digits)) + " s of sound",
          .network = std::move(a),
          .positions = positions};
}

void add_sound(Fields& file, Architecture& text, Tower sound, Tower joint) {
  file.note("audio_config", "config-audio-tokens",
            joint.unit + " become " + joint.tokens.text() +
                " tokens of the sequence; FLOPs per token are those of text, and the sound's own work in the "
                "towers is counted apart");
  text.towers.push_back(std::move(sound));
  text.towers.push_back(std::move(joint));
}

}  // namespace

// Two positions are averaged to one token, which passes one matrix.
void read_qwen2_audio_towers(Fields& file, Architecture& text) {
  auto f = file.object("audio_config");
  if (!f) {
    file.warn("audio_config", "config-part-left-out",
              "the file does not describe its audio tower: only the language model is counted");
    return;
  }
  Tower sound = sound_tower(*f, {.family = "Qwen2-Audio's encoder"});
  const Count tokens = std::max<std::uint64_t>(1, sound.positions.value() / 2);
  Joint joint(text.width);
  joint.linear("matrix", text.width, sound.network.width, tokens, true);
  Tower projector = std::move(joint).tower(sound.unit, tokens);
  add_sound(file, text, std::move(sound), std::move(projector));
}

// Positions are laid side by side to the width of the encoder's feed-forward part.
void read_voxtral_towers(Fields& file, Architecture& text) {
  auto f = file.object("audio_config");
  if (!f) {
    file.warn("audio_config", "config-part-left-out",
              "the file does not describe its audio tower: only the language model is counted");
    return;
  }
  Tower sound = sound_tower(*f, {.family = "Voxtral's encoder"});
  const Count joined = sound.network.stacks.front().blocks.front().feed_forward->width;
  const Count together = std::max<std::uint64_t>(1, joined.value() / sound.network.width.value());
  const Count tokens = std::max<std::uint64_t>(1, sound.positions.value() / together.value());
  Joint joint(text.width);
  joint.linear("first matrix", text.width, joined, tokens, false)
      .linear("second matrix", text.width, text.width, tokens, false);
  Tower projector = std::move(joint).tower(sound.unit, tokens);
  add_sound(file, text, std::move(sound), std::move(projector));
}

// What understands text, images and sound; the talker and what makes sound of its codes are told, not
// counted.
void read_qwen2_5_omni_towers(Fields& file, Architecture& text) {
  auto thinker = file.object("thinker_config");
  Fields& inside = thinker ? *thinker : file;
  if (auto f = inside.object("audio_config")) {
    constexpr std::uint64_t usual_window = 100;
    const Count window = f->count_or({"n_window"}, usual_window);
    const Count out = read_joined_width(*f, "output_dim", text);
    Tower sound = sound_tower(
        *f, {.family = "Qwen2.5-Omni's audio encoder", .stored_positions = false, .window = window});
    const Count tokens = std::max<std::uint64_t>(1, sound.positions.value() / 2);
    Joint joint(text.width);
    joint.linear("matrix", out, sound.network.width, tokens, true).vector("beginning and end", out, 2);
    Tower projector = std::move(joint).tower(sound.unit, tokens);
    projector.name = "audio projector";
    add_sound(inside, text, std::move(sound), std::move(projector));
  }
  if (auto f = inside.object("vision_config")) read_qwen2_5_vl(*f, inside, text);
  if (file.has("talker_config") || file.has("token2wav_config"))
    file.warn("talker_config", "config-part-left-out",
              "the part that understands (thinker) is counted with its towers; the part that speaks (talker, "
              "token2wav) is not");
}

}  // namespace kwhatif::model
