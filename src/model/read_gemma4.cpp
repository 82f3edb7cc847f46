// Gemma 4: the language model, whose layers differ in the width of their heads and in where keys come from,
// and the towers for images and sound beside it. Structure as in transformers' modeling_gemma4.py.
#include "read_towers.hpp"

#include <algorithm>
#include <array>
#include <utility>

namespace kwhatif::model {
namespace {

constexpr std::uint64_t two = 2;

ListedWeight matrix(std::string name, Count rows, Count columns, Part part = Part::feed_forward) {
  return {.name = std::move(name), .part = part, .rows = rows, .columns = columns};
}

ListedWeight vector(std::string name, Count elements, Part part = Part::norms) {
  return {.name = std::move(name), .part = part, .use = Use::vector, .rows = elements};
}

// Class defaults of transformers (configuration_gemma4.py).
constexpr std::array text_sizes = std::to_array<SizeDefault>({{"vocab_size", 262144},
                                                              {"hidden_size", 2304},
                                                              {"intermediate_size", 9216},
                                                              {"num_hidden_layers", 30},
                                                              {"num_attention_heads", 8},
                                                              {"num_key_value_heads", 4}});
constexpr std::array vision_sizes = std::to_array<SizeDefault>({{"hidden_size", 768},
                                                                {"intermediate_size", 3072},
                                                                {"num_hidden_layers", 16},
                                                                {"num_attention_heads", 12},
                                                                {"num_key_value_heads", 12},
                                                                {"head_dim", 64},
                                                                {"patch_size", 16},
                                                                {"pooling_kernel_size", 3},
                                                                {"position_embedding_size", 10240}});
constexpr std::array audio_sizes = std::to_array<SizeDefault>({{"hidden_size", 1024},
                                                               {"num_hidden_layers", 12},
                                                               {"num_attention_heads", 8},
                                                               {"conv_kernel_size", 5},
                                                               {"attention_context_left", 13},
                                                               {"output_proj_dims", 1536}});

// Whether each layer sees all, rather than a window.
std::vector<bool> read_full_layers(Fields& f, std::size_t layers) {
  constexpr std::size_t pattern = 6;
  std::vector<bool> full;
  for (const std::string& type : f.texts("layer_types")) {
    if (type != "full_attention" && type != "sliding_attention")
      f.error("layer_types", "config-unsupported", "no rule for layers of type '" + type.substr(0, 60) + "'");
    full.push_back(type == "full_attention");
  }
  if (full.empty()) {
    for (std::size_t i = 1; i <= layers; ++i) full.push_back(i % pattern == 0);
  } else if (full.size() != layers) {
    f.error("layer_types", "config-inconsistent",
            std::to_string(full.size()) + " layer types for " + std::to_string(layers) + " layers");
    full.resize(layers);
  }
  full.back() = true;
  return full;
}

// Experts beside the feed-forward part, not in its place.
void read_mixture(Fields& f, Count width, Block& block) {
  if (!f.flag("enable_moe_block", false)) {
    f.decides_nothing({"num_experts", "top_k_experts", "moe_intermediate_size"});
    return;
  }
  constexpr std::uint64_t more_norms = 3;
  Experts e;
  e.routed = f.count({"num_experts"});
  e.used = f.count({"top_k_experts", "num_experts_per_tok"});
  if (e.used > e.routed)
    f.error("top_k_experts", "config-inconsistent",
            e.used.text() + " experts per token, but there are only " + e.routed.text());
  e.width = f.count({"moe_intermediate_size", "expert_intermediate_size"});
  block.experts = e;
  block.norms += more_norms;
  block.listed.push_back(vector("router scale", width, Part::experts));
  block.listed.push_back(vector("scale of each expert", e.routed, Part::experts));
}

// Each layer gets an embedding of the token of its own.
void read_layer_inputs(Fields& f, Architecture& a, Count layers, Block& block) {
  constexpr std::uint64_t usual_width = 256;
  constexpr std::uint64_t usual_vocabulary = 262144;
  const Count narrow = f.count_or_zero({"hidden_size_per_layer_input"}, usual_width);
  const Count rows = f.count_or({"vocab_size_per_layer_input"}, usual_vocabulary);
  if (narrow == 0) return;
  block.norms += 1;
  block.listed.push_back(matrix("layer input gate", narrow, a.width));
  block.listed.push_back(matrix("layer input projection", a.width, narrow));
  a.listed = {{.name = "token table of the layers",
               .part = Part::embeddings,
               .use = Use::token_table,
               .rows = rows,
               .columns = layers * narrow},
              matrix("layer input from the state", layers * narrow, a.width),
              vector("layer input norm", narrow)};
}

}  // namespace

Architecture read_gemma4(Fields& f) {
  constexpr std::uint64_t usual_head_dim = 256;
  constexpr std::uint64_t usual_global_head_dim = 512;
  constexpr std::uint64_t usual_window = 512;
  f.assume(text_sizes);
  const Count width = f.count(width_names);
  Architecture a = decoder_frame(f, width, true);
  a.family = "Gemma 4";
  read_decoder_head(f, a);
  const std::size_t layers = read_layers(f).value();
  const bool bias = f.flag("attention_bias", false);
  const Attention near = with_biases(read_attention(f, width, usual_head_dim), bias, bias);
  Attention far = near;
  far.head_dim = far.value_dim = f.count_or({"global_head_dim"}, usual_global_head_dim);
  const Count far_heads = f.count_or({"num_global_key_value_heads"}, near.key_value_heads);
  if (f.flag("attention_k_eq_v", false)) {
    far.key_value_heads = far_heads;
    far.value_is_key = true;
  }
  const Count inner = f.count(feed_forward_names);
  const Count shared = f.count_or_zero({"num_kv_shared_layers"}, 0);
  const bool doubled = f.flag("use_double_wide_mlp", false);
  if (shared >= Count{layers} && !f.has_errors())
    f.error("num_kv_shared_layers", "config-inconsistent",
            shared.text() + " layers take their keys from earlier ones, but there are only " +
                std::to_string(layers));
  const Count window = f.count_or_zero({"sliding_window"}, usual_window);
  Block common;
  common.norms = 4;
  read_layer_inputs(f, a, layers, common);
  read_mixture(f, width, common);
  const std::vector<bool> full = read_full_layers(f, layers);
  Stack stack{.name = "decoder"};
  std::array<std::size_t, 4> known{};  // 1 + where the block of each kind stands
  for (std::size_t i = 0; i < layers; ++i) {
    const bool takes = shared > 0 && i + shared.value() >= layers;
    std::size_t& place = known.at((full[i] ? two : 0U) + (takes ? 1U : 0U));
    if (place > 0) {
      stack.blocks[place - 1].layers += 1;
      continue;
    }
    Block block = repeated(common, 1, full[i] ? Reach{} : Reach{.window = window});
    block.attention = full[i] ? far : near;
    block.attention->query_norm = block.attention->key_norm = block.attention->head_dim;
    block.attention->keys_of_earlier = takes;
    block.feed_forward = FeedForward{takes && doubled ? two * inner : inner, true, false, false};
    stack.blocks.push_back(block);
    place = stack.blocks.size();
  }
  a.stacks.push_back(std::move(stack));
  if (f.text("use_bidirectional_attention", "") == "all")
    f.error("use_bidirectional_attention", "config-unsupported", "Gemma 4 that sees both directions");
  return a;
}

namespace {

void add_vision(Fields& file, Fields& f, Architecture& text) {
  constexpr std::uint64_t usual_tokens = 280;  // an image of the processor's default budget
  constexpr std::uint64_t colours = 3;
  f.assume(vision_sizes);
  const Count width = f.count({"hidden_size"});
  const Count patch = f.count({"patch_size"});
  const Count pooled = f.count({"pooling_kernel_size"});
  const Count budget = file.count_or({"vision_soft_tokens_per_image"}, usual_tokens);
  std::uint64_t side = 1;  // of the largest square within the budget, in tokens
  while ((side + 1) <= budget.value() / (side + 1)) ++side;
  PatchEmbedding patches = read_patches(f, Count{side} * pooled * patch, patch, colours);
  patches.bias = false;
  const bool bias = f.flag("attention_bias", false);
  Attention attention = with_biases(read_attention(f, width), bias, bias);
  attention.query_norm = attention.key_norm = attention.head_dim;
  Block block = image_block(attention, f.count({"intermediate_size"}), true, false);
  block.norms = 4;
  Architecture vision = image_tower(width, Norm::scale, patches);
  vision.family = "Gemma 4's image tower";
  Stack stack{.name = "encoder", .blocks = {repeated(block, read_layers(f), {.causal = false})}};
  stack.position_rows = two * f.count({"position_embedding_size"});
  stack.final_norm = false;
  vision.stacks.push_back(std::move(stack));
  f.decides_nothing({"use_clipped_linears", "standardize", "default_output_length", "global_head_dim"});
  report_unread(f, vision, "gemma4_vision");
  const Count tokens = side * side;
  Joint joint(text.width);
  joint.linear("matrix", text.width, width, tokens, false);
  add_image_towers(file, text, std::move(vision), std::move(joint).tower(image_unit(patches), tokens));
}

// A conformer: two half feed-forward parts around attention and a convolution.
void add_audio(Fields& file, Fields& f, Architecture& text) {
  constexpr std::uint64_t four = 4;
  constexpr std::uint64_t taps = 9;  // 3 x 3
  constexpr std::uint64_t bands = 128;
  constexpr std::uint64_t norms = 9;
  constexpr double first_places = 128;      // of a token: 2 steps in time x 64 of the 128 bands
  constexpr double second_places = 32;      // 32 bands
  constexpr std::uint64_t positions = 750;  // 30 s, 40 ms each: two strides of 2 over frames of 10 ms
  f.assume(audio_sizes);
  Architecture a;
  a.kind = Kind::encoder;
  a.family = "Gemma 4's audio tower";
  a.norm = Norm::scale;
  a.head = Head::none;
  a.tied = false;
  a.width = f.count({"hidden_size"});
  const Count h = a.width;
  const Attention attention = read_attention(f, h);
  std::vector<Count> channels = f.counts("subsampling_conv_channels");
  if (channels.empty()) channels = {bands, bands / four};
  if (channels.size() != two || channels.front() == 0 || channels.back() == 0) {
    f.error("subsampling_conv_channels", "config-bad-value",
            "subsampling_conv_channels must be two whole numbers of at least 1");
    return;
  }
  Block block;
  block.attention = attention;
  block.feed_forward = FeedForward{four * h, false, false, false};
  block.norms = norms;
  const Count left = f.count({"attention_context_left"});
  ListedWeight relative = matrix("relative position key", h, h, Part::attention);
  relative.visits = 0;
  relative.visits_per_sequence = left.as_double();
  block.listed = {matrix("second feed-forward up", four * h, h),
                  matrix("second feed-forward down", h, four * h),
                  matrix("convolution input", two * h, h, Part::convolution),
                  matrix("convolution", h, f.count({"conv_kernel_size"}), Part::convolution),
                  matrix("convolution output", h, h, Part::convolution),
                  relative,
                  vector("scale of each channel", attention.head_dim, Part::attention)};
  Stack stack{.name = "encoder",
              .blocks = {repeated(block, read_layers(f), {.causal = true, .window = left})}};
  stack.final_norm = false;
  ListedWeight first = matrix("first convolution", channels.front(), taps, Part::convolution);
  first.visits = first_places;
  ListedWeight second =
      matrix("second convolution", channels.back(), taps * channels.front(), Part::convolution);
  second.visits = second_places;
  const Count out = f.count({"output_proj_dims"});
  const Count folded = Count{std::max<std::uint64_t>(1, channels.front().value() / four)} * channels.back();
  stack.listed = {first,
                  second,
                  vector("convolution norms", channels.front() + channels.back()),
                  matrix("input projection", h, folded, Part::embeddings),
                  matrix("output projection", out, h, Part::head),
                  vector("output projection bias", out, Part::head)};
  a.stacks.push_back(std::move(stack));
  f.decides_nothing({"attention_chunk_size", "attention_context_right", "attention_logit_cap",
                     "attention_invalid_logits_value", "residual_weight", "use_clipped_linears",
                     "gradient_clipping"});
  report_unread(f, a, "gemma4_audio");
  Joint joint(text.width);
  joint.linear("matrix", text.width, out, positions, false);
  const std::string unit = "30 s of sound";
  text.towers.push_back(
      {.name = "audio tower", .unit = unit, .network = std::move(a), .positions = positions});
  Tower projector = std::move(joint).tower(unit, positions);
  projector.name = "audio projector";
  text.towers.push_back(std::move(projector));
  file.note("audio_config", "config-audio-tokens",
            unit + " become " + Count{positions}.text() + " tokens of the sequence, counted like an image's");
}

}  // namespace

void read_gemma4_towers(Fields& file, Architecture& text) {
  if (auto f = file.object("vision_config")) add_vision(file, *f, text);
  if (auto f = file.object("audio_config")) add_audio(file, *f, text);
}

}  // namespace kwhatif::model
