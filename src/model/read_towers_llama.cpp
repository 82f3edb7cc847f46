// The towers of Llama 3.2 vision and Llama 4, and of Idefics 2 and 3 with SmolVLM.
//
// Structure as in transformers' modeling_mllama.py, modeling_llama4.py, modeling_idefics2.py and
// modeling_idefics3.py.
#include "read_towers.hpp"
#include <kwhatif/quantity/format.hpp>

#include <algorithm>
#include <array>
#include <utility>

namespace kwhatif::model {
namespace {

constexpr std::uint64_t colours = 3;

constexpr std::array mllama_sizes = std::to_array<SizeDefault>({{"hidden_size", 1280},
                                                                {"intermediate_size", 5120},
                                                                {"num_hidden_layers", 32},
                                                                {"num_global_layers", 8},
                                                                {"attention_heads", 16},
                                                                {"image_size", 448},
                                                                {"patch_size", 14},
                                                                {"vision_output_dim", 7680},
                                                                {"max_num_tiles", 4}});
constexpr std::array llama4_sizes = std::to_array<SizeDefault>({{"hidden_size", 768},
                                                                {"intermediate_size", 5632},
                                                                {"num_hidden_layers", 34},
                                                                {"num_attention_heads", 16},
                                                                {"image_size", 448},
                                                                {"patch_size", 14},
                                                                {"projector_input_dim", 4096},
                                                                {"projector_output_dim", 4096},
                                                                {"vision_output_dim", 7680}});
constexpr std::array idefics2_sizes = std::to_array<SizeDefault>({{"hidden_size", 768},
                                                                  {"intermediate_size", 3072},
                                                                  {"num_hidden_layers", 12},
                                                                  {"num_attention_heads", 12},
                                                                  {"image_size", 224},
                                                                  {"patch_size", 32}});
constexpr std::array idefics3_sizes = std::to_array<SizeDefault>({{"hidden_size", 1152},
                                                                  {"intermediate_size", 3072},
                                                                  {"num_hidden_layers", 12},
                                                                  {"num_attention_heads", 16},
                                                                  {"image_size", 224},
                                                                  {"patch_size", 32}});

void warn_of_no_tower(Fields& file) {
  file.warn("vision_config", "config-part-left-out",
            "the file does not describe its image tower: only the language model is counted");
}

ListedWeight vector(std::string name, Count elements, Count copies = 1) {
  return {
      .name = std::move(name), .part = Part::norms, .use = Use::vector, .rows = elements, .copies = copies};
}

ListedWeight table(std::string name, Count rows, Count columns) {
  return {
      .name = std::move(name), .part = Part::embeddings, .use = Use::table, .rows = rows, .columns = columns};
}

}  // namespace

namespace {

// The layers that attend to images make keys and values of an image's states, once for each image: that work
// is the image's, and the matrices are counted where it is.
void take_image_keys(Fields& file, Architecture& text, Joint& joint, Count states) {
  for (Block& block : text.stacks.front().blocks) {
    if (!block.attention || !block.attention->outside) continue;
    Attention& a = *block.attention;
    a.keys_of_earlier = true;
    const Count key_width = a.key_value_heads * a.head_dim;
    joint.linear("keys for the text", block.layers * key_width, text.width, states, false)
        .linear("values for the text", block.layers * a.key_value_heads * a.value_dim, text.width, states,
                false)
        .vector("key norms", a.key_norm, block.layers);
    constexpr double products = 4;  // scores and weighted sums, 2 FLOP an element
    const double flop = products * (block.layers * a.heads * a.head_dim * states).as_double();
    file.note("text_config", "config-part-left-out",
              "each token of text attends to the image's states in " + block.layers.text() +
                  " layers: " + quantity::significant(flop, 3) +
                  " FLOP more per token and tile, which are not in the FLOPs per token");
  }
}

}  // namespace

// Two stacks, the second with gates; tables of positions for every arrangement of tiles; the states of some
// layers are laid side by side.
void read_mllama_towers(Fields& file, Architecture& text) {
  auto f = file.object("vision_config");
  if (!f) return warn_of_no_tower(file);
  constexpr std::uint64_t usual_arrangements = 8;
  f->assume(mllama_sizes);
  const Count width = f->count({"hidden_size"});
  PatchEmbedding patches = read_patches(*f, f->count({"image_size"}), f->count({"patch_size"}),
                                        f->count_or({"num_channels"}, colours));
  patches.bias = false;
  patches.extra_tokens = 1;
  Attention attention;
  attention.heads = attention.key_value_heads = f->count({"attention_heads", "num_attention_heads"});
  if (width.value() % attention.heads.value() != 0 && !f->has_errors())
    f->error("attention_heads", "config-inconsistent",
             attention.heads.text() + " attention heads do not divide the width " + width.text());
  attention.head_dim = attention.value_dim =
      std::max<std::uint64_t>(1, width.value() / attention.heads.value());
  const Block block = image_block(attention, f->count({"intermediate_size"}), false, true);
  Block gated = repeated(block, read_layers(*f, {"num_global_layers"}), {.causal = false});
  gated.listed.push_back(vector("gates", 1, 2));
  const Count tiles = f->count({"max_num_tiles"});
  Count arrangements = usual_arrangements;
  if (const JsonValue* listed = f->find("supported_aspect_ratios");
      listed != nullptr && !listed->items.empty())
    arrangements = Count{listed->items.size()};
  const Count rows = arrangements + Count{1};
  const Count positions = patches_of(patches) + Count{1};
  Architecture vision = image_tower(width, Norm::scale_and_shift, patches);
  vision.family = "Llama 3.2's image tower";
  Stack stack{.name = "encoder",
              .blocks = {repeated(block, read_layers(*f, {"num_hidden_layers"}), {.causal = false}), gated}};
  stack.position_rows = positions;
  stack.embedding_norm = true;
  stack.listed = {table("table of positions in tiles", rows, tiles * positions * width),
                  table("table of tiles before", rows, tiles * width),
                  table("table of tiles behind", rows, tiles * width), vector("gates of tables", 1, 3)};
  vision.stacks.push_back(std::move(stack));
  const Count out = f->count({"vision_output_dim"});
  f->decides_nothing({"intermediate_layers_indices", "supported_aspect_ratios", "projection_dim",
                      "vision_input_dim", "return_intermediate", "attention_heads"});
  report_unread(*f, vision, "mllama_vision_model");
  const Count tokens = positions;
  Joint joint(text.width);
  joint.linear("matrix", text.width, out, tokens, true);
  take_image_keys(file, text, joint, tokens);
  const std::string unit = image_unit(patches);
  file.note("vision_config", "config-image-tokens",
            "an " + unit + " (a tile; up to " + tiles.text() + " an image) becomes " + tokens.text() +
                " states that some layers attend to; it adds no tokens to the sequence, and its own work in "
                "the towers is counted by the tile");
  text.towers.push_back({.name = "vision tower", .unit = unit, .network = std::move(vision)});
  text.towers.push_back(std::move(joint).tower(unit, 0));
}

// A square of patches becomes one token: two matrices in the tower, one to the language model.
void read_llama4_towers(Fields& file, Architecture& text) {
  auto f = file.object("vision_config");
  if (!f) return warn_of_no_tower(file);
  constexpr double usual_ratio = 0.5;
  f->assume(llama4_sizes);
  const Count width = f->count({"hidden_size"});
  PatchEmbedding patches = read_patches(*f, f->count({"image_size"}), f->count({"patch_size"}),
                                        f->count_or({"num_channels"}, colours));
  patches.bias = false;
  patches.extra_tokens = 1;
  const Count inner = f->count({"intermediate_size"});
  const Block block = image_block(with_biases(read_attention(*f, width), true, true), inner, false, true);
  Architecture vision = image_tower(width, Norm::scale_and_shift, patches);
  vision.family = "Llama 4's image tower";
  Stack stack{.name = "encoder", .blocks = {repeated(block, read_layers(*f), {.causal = false})}};
  stack.position_rows = patches_of(patches) + Count{1};
  stack.embedding_norm = true;
  vision.stacks.push_back(std::move(stack));
  const double ratio = f->number("pixel_shuffle_ratio", usual_ratio);
  const Count merged = std::max<std::uint64_t>(1, static_cast<std::uint64_t>(1 / (ratio * ratio)));
  const Count tokens = std::max<std::uint64_t>(1, patches_of(patches).value() / merged.value());
  const Count middle = f->count({"projector_input_dim"});
  const Count behind = f->count({"projector_output_dim"});
  const Count out = f->count({"vision_output_dim"});
  // The first matrix takes what the square holds, which transformers sizes by the feed-forward part.
  if (inner != width * merged && !f->has_errors())
    f->error("intermediate_size", "config-inconsistent",
             "a square of " + merged.text() + " patches of " + width.text() + " does not make the width " +
                 inner.text());
  if (out != behind && !f->has_errors())
    f->error("vision_output_dim", "config-inconsistent",
             "vision_output_dim " + out.text() + " and projector_output_dim " + behind.text() + " differ");
  const bool bias = f->flag("multi_modal_projector_bias", false);
  f->decides_nothing(
      {"vision_feature_layer", "vision_feature_select_strategy", "projector_dropout", "head_dim"});
  report_unread(*f, vision, "llama4_vision_model");
  Joint joint(text.width);
  joint.linear("first matrix", middle, inner, tokens, false)
      .linear("second matrix", behind, middle, tokens, false)
      .linear("matrix to the language model", text.width, out, tokens, bias);
  file.note("vision_config", "config-image-tokens",
            "a large image is cut into tiles of that size, each of which passes the tower");
  add_image_towers(file, text, std::move(vision), std::move(joint).tower(image_unit(patches), tokens));
}

namespace {

// SigLIP's layers on images of any shape.
Architecture read_idefics_vision(Fields& f) {
  const Count width = f.count({"hidden_size", "embed_dim"});
  const PatchEmbedding patches = read_patches(f, f.count({"image_size"}), f.count({"patch_size"}),
                                              f.count_or({"num_channels"}, colours));
  const Block block = image_block(with_biases(read_attention(f, width), true, true),
                                  f.count({"intermediate_size"}), false, true);
  Architecture a = image_tower(width, Norm::scale_and_shift, patches);
  a.family = "SigLIP's image tower";
  Stack stack{.name = "encoder", .blocks = {repeated(block, read_layers(f), {.causal = false})}};
  stack.position_rows = patches_of(patches);
  a.stacks.push_back(std::move(stack));
  f.decides_nothing({"size", "max_image_size", "use_base_siglip", "tie_word_embeddings", "vision_use_head"});
  report_unread(f, a, "idefics_vision");
  return a;
}

}  // namespace

// A gated matrix trio to the width of the language model, then learned queries that attend to the patches.
void read_idefics2_towers(Fields& file, Architecture& text) {
  auto f = file.object("vision_config");
  if (!f) return warn_of_no_tower(file);
  f->assume(idefics2_sizes);
  Architecture vision = read_idefics_vision(*f);
  constexpr std::uint64_t usual_queries = 64;
  constexpr std::uint64_t usual_depth = 3;
  constexpr std::uint64_t usual_heads = 16;
  constexpr std::uint64_t usual_head_dim = 96;
  constexpr std::uint64_t usual_key_value_heads = 4;
  constexpr std::uint64_t four = 4;
  constexpr std::uint64_t norms = 3;
  auto perceiver = file.object("perceiver_config");
  const auto size = [&](const char* name, std::uint64_t usual) -> Count {
    return perceiver ? perceiver->count_or({name}, usual) : Count{usual};
  };
  const Count queries = size("resampler_n_latents", usual_queries);
  const Count depth = size("resampler_depth", usual_depth);
  const Count inside = size("resampler_n_heads", usual_heads) * size("resampler_head_dim", usual_head_dim);
  const Count narrow =
      size("num_key_value_heads", usual_key_value_heads) * size("resampler_head_dim", usual_head_dim);
  const PatchEmbedding patches = *vision.patches;
  const Count seen = patches_of(patches);
  const Count h = text.width;
  const std::optional<FeedForward> text_part = text.stacks.front().blocks.front().feed_forward;
  const Count inner = text_part ? text_part->width : h;
  Joint joint(h);
  joint.linear("gate and up", Count{2} * inner, vision.width, seen, false)
      .linear("down", h, inner, seen, false)
      .vector("queries", queries * h)
      .linear("query", depth * inside, h, queries, false)
      .linear("key and value", Count{2} * depth * narrow, h, seen + queries, false)
      .linear("output", depth * h, inside, queries, false)
      .linear("feed-forward gate and up", Count{2} * four * depth * h, h, queries, false)
      .linear("feed-forward down", depth * h, four * h, queries, false)
      .vector("norms", h, norms * depth + Count{1})
      .attention({.name = "products",
                  .layers = depth,
                  .score_width = inside,
                  .value_width = inside,
                  .queries = queries,
                  .keys = seen + queries});
  add_image_towers(file, text, std::move(vision), std::move(joint).tower(image_unit(patches), queries));
}

// Squares of patches are laid side by side and pass one matrix.
void read_idefics3_towers(Fields& file, Architecture& text) {
  auto f = file.object("vision_config");
  if (!f) return warn_of_no_tower(file);
  f->assume(idefics3_sizes);
  Architecture vision = read_idefics_vision(*f);
  const Count factor = file.count_or({"scale_factor"}, 2);
  const PatchEmbedding patches = *vision.patches;
  const Count tokens = std::max<std::uint64_t>(1, patches_of(patches).value() / (factor * factor).value());
  Joint joint(text.width);
  joint.linear("matrix", text.width, vision.width * factor * factor, tokens, false);
  file.note("vision_config", "config-image-tokens",
            "a large image is cut into tiles of that size, each of which passes the tower");
  add_image_towers(file, text, std::move(vision), std::move(joint).tower(image_unit(patches), tokens));
}

}  // namespace kwhatif::model
