// Image and video models of alike layers: ViT, DeiT, DINOv2 and 3, I-JEPA, BEiT, VideoMAE, the image towers
// of CLIP and SigLIP; and ResNet.
#include "lister.hpp"
#include "readers.hpp"

#include <algorithm>
#include <string>

namespace kwhatif::model {
namespace {

constexpr std::uint64_t usual_patch = 16;

Count image_tokens(const PatchEmbedding& p) {
  const Count side = p.image_size.value() / p.patch_size.value();
  return side * side + p.extra_tokens;
}

struct VitRules {
  std::string family;
  std::uint64_t extra_tokens = 1;  ///< class and distillation tokens, which have rows in the position table
  Count registers = 0;             ///< more tokens, which have none
  bool layer_scales = false;
  bool mask_token = false;
  bool patch_bias = true;
  bool position_table = true;  ///< false: positions are rotations
};

Architecture read_vit_like(Fields& f, const VitRules& rules) {
  Architecture a;
  a.kind = Kind::vision_transformer;
  a.family = rules.family;
  a.tied = false;
  a.norm = Norm::scale_and_shift;
  a.width = f.count({"hidden_size"});
  read_image_classifier(f, a);
  PatchEmbedding patches{.image_size = read_image_size(f),
                         .patch_size = f.count_or({"patch_size"}, usual_patch),
                         .channels = f.count_or({"num_channels"}, usual_image_channels),
                         .extra_tokens = rules.registers + Count{rules.extra_tokens},
                         .mask_token = rules.mask_token,
                         .bias = rules.patch_bias};
  if (patches.patch_size > patches.image_size) {
    f.error(
        "patch_size", "config-inconsistent",
        "patches of " + patches.patch_size.text() + " do not fit an image of " + patches.image_size.text());
    patches.patch_size = patches.image_size;
  }
  Block block;
  Attention attention = read_attention(f, a.width);
  attention.query_bias = attention.key_bias = attention.value_bias = f.flag("qkv_bias", true);
  attention.output_bias = true;
  block.attention = attention;
  const double ratio = f.number("mlp_ratio", 4);  // DINOv2 says it as a ratio; 4 as in Vaswani 2017 and ViT
  const std::optional<Count> inner = f.maybe_count({"intermediate_size"});
  if (!inner && !rules.layer_scales) f.count({"intermediate_size"});  // complains
  block.feed_forward =
      FeedForward{inner.value_or(static_cast<std::uint64_t>(ratio * a.width.as_double())), false, true, true};
  if (f.flag("use_swiglu_ffn", false)) {
    // dinov2-giant: two thirds of the width, rounded up to a multiple of 8, for each of gate and value.
    const Count two_thirds = block.feed_forward->width.value() * 2 / 3;
    block.feed_forward->width = round_up(two_thirds, 8);
    block.feed_forward->gated = true;
  }
  block.norms = 2;
  if (rules.layer_scales) block.layer_scales = 2;
  const Count side = patches.image_size.value() / patches.patch_size.value();
  Stack stack{.name = "encoder", .blocks = {repeated(block, read_layers(f), {.causal = false})}};
  if (rules.position_table) stack.position_rows = side * side + Count{rules.extra_tokens};
  a.stacks.push_back(std::move(stack));
  a.patches = patches;
  return a;
}

}  // namespace

Architecture read_vit(Fields& f) {
  Architecture a = read_vit_like(f, {.family = "ViT"});
  a.pooler = is_architecture(f, "ViTModel");
  return a;
}

Architecture read_deit(Fields& f) {
  Architecture a = read_vit_like(f, {.family = "DeiT", .extra_tokens = 2});
  a.pooler = is_architecture(f, "DeiTModel");
  if (is_architecture(f, "WithTeacher"))
    a.classes = a.classes * 2;  // a second head for the distillation token
  return a;
}

namespace {

// A classifier that sees the class token beside the mean of the patches: twice the width.
void list_wide_classifier(Architecture& a) {
  if (a.head != Head::classifier) return;
  a.head = Head::none;
  a.listed.push_back({.name = "classifier",
                      .part = Part::head,
                      .rows = a.classes,
                      .columns = a.width * Count{2},
                      .visits = 1 / image_tokens(*a.patches).as_double()});
  a.listed.push_back({.name = "classifier bias", .part = Part::head, .use = Use::vector, .rows = a.classes});
}

}  // namespace

Architecture read_dinov2(Fields& f) {
  Architecture a = read_vit_like(f, {.family = "DINOv2", .layer_scales = true, .mask_token = true});
  f.decides_nothing({"layerscale_value", "use_mask_token", "apply_layernorm", "reshape_hidden_states"});
  list_wide_classifier(a);
  return a;
}

Architecture read_dinov2_registers(Fields& f) {
  Architecture a = read_vit_like(f, {.family = "DINOv2 with registers",
                                     .registers = f.count_or_zero({"num_register_tokens"}, 4),
                                     .layer_scales = true,
                                     .mask_token = true});
  f.decides_nothing({"layerscale_value", "apply_layernorm", "reshape_hidden_states", "interpolate_antialias",
                     "interpolate_offset"});
  list_wide_classifier(a);
  return a;
}

Architecture read_dinov3(Fields& f) {
  Architecture a = read_vit_like(f, {.family = "DINOv3",
                                     .registers = f.count_or_zero({"num_register_tokens"}, 0),
                                     .layer_scales = true,
                                     .mask_token = true,
                                     .position_table = false});
  f.decides_nothing({"layerscale_value", "pos_embed_shift", "pos_embed_jitter", "pos_embed_rescale",
                     "apply_layernorm", "reshape_hidden_states"});
  if (a.stacks.empty() || a.stacks.front().blocks.empty()) return a;
  Block& block = a.stacks.front().blocks.front();
  block.attention->query_bias = f.flag("query_bias", true);
  block.attention->key_bias = f.flag("key_bias", false);
  block.attention->value_bias = f.flag("value_bias", true);
  block.attention->output_bias = f.flag("proj_bias", true);
  block.feed_forward->input_bias = block.feed_forward->output_bias = f.flag("mlp_bias", true);
  block.feed_forward->gated = f.flag("use_gated_mlp", false);
  list_wide_classifier(a);
  return a;
}

Architecture read_ijepa(Fields& f) {
  Architecture a = read_vit_like(f, {.family = "I-JEPA", .extra_tokens = 0});
  f.decides_nothing({"pooler_output_size", "pooler_act"});
  return a;
}

// Relative positions in each layer instead of a table in front, or both; keys have no bias
// (modeling_beit.py).
Architecture read_beit(Fields& f) {
  constexpr double usual_scale = 0.1;
  Architecture a = read_vit_like(f, {.family = "BEiT",
                                     .layer_scales = f.number("layer_scale_init_value", usual_scale) > 0,
                                     .mask_token = f.flag("use_mask_token", false),
                                     .position_table = f.flag("use_absolute_position_embeddings", false)});
  f.decides_nothing(
      {"pool_scales", "out_indices", "add_fpn", "reshape_hidden_states", "semantic_loss_ignore_index"});
  f.decides_nothing({"use_auxiliary_head", "auxiliary_loss_weight", "auxiliary_channels",
                     "auxiliary_num_convs", "auxiliary_concat_input"});
  if (is_architecture(f, "ForSemanticSegmentation")) {
    f.error("architectures", "config-unsupported", "no rule for the segmentation head of BEiT",
            "give the sizes directly (--params)");
  }
  if (is_architecture(f, "ForMaskedImageModeling")) {
    a.classes = f.count_or({"vocab_size"}, 8192);  // each patch predicts a visual word
    a.head = Head::none;
    a.listed.push_back({.name = "output matrix", .part = Part::head, .rows = a.classes, .columns = a.width});
    a.listed.push_back({.name = "output bias", .part = Part::head, .use = Use::vector, .rows = a.classes});
  } else if (f.flag("use_mean_pooling", true)) {
    a.stacks.front().final_norm = false;
    if (a.head == Head::classifier || is_architecture(f, "Model") || !f.has("architectures"))
      a.listed.push_back(
          {.name = "pooling norm", .part = Part::norms, .use = Use::vector, .rows = a.width * Count{2}});
  }
  f.decides_nothing({"vocab_size"});
  if (a.stacks.empty() || a.stacks.front().blocks.empty()) return a;
  Block& block = a.stacks.front().blocks.front();
  block.attention->key_bias = false;
  const bool shared = f.flag("use_shared_relative_position_bias", false);
  if (shared || f.flag("use_relative_position_bias", false)) {
    constexpr std::uint64_t of_class_token = 3;  // from it, to it, and of itself
    const Count side = a.patches->image_size.value() / a.patches->patch_size.value();
    const Count offsets = side * Count{2} - Count{1};
    const ListedWeight table{.name = "relative position table",
                             .part = Part::embeddings,
                             .use = Use::table,
                             .rows = offsets * offsets + Count{of_class_token},
                             .columns = block.attention->heads};
    if (shared)
      a.listed.push_back(table);
    else
      block.listed.push_back(table);
  }
  return a;
}

// One patch spans several frames, and there is neither a class token nor a trained table of positions
// (modeling_videomae.py).
Architecture read_videomae(Fields& f) {
  constexpr std::uint64_t usual_frames = 16;
  constexpr std::uint64_t usual_tube = 2;
  Architecture a = read_vit_like(f, {.family = "VideoMAE", .extra_tokens = 0, .position_table = false});
  const Count frames = f.count_or({"num_frames"}, usual_frames);
  const Count tube = f.count_or({"tubelet_size"}, usual_tube);
  f.decides_nothing({"decoder_hidden_size", "decoder_intermediate_size", "decoder_num_attention_heads",
                     "decoder_num_hidden_layers", "norm_pix_loss"});
  if (is_architecture(f, "ForPreTraining"))
    f.error("architectures", "config-unsupported", "no rule for the decoder of VideoMAE's pre-training",
            "give the config.json of the encoder or of a classifier, or --params");
  if (f.has_errors()) return a;
  // The tokens of a clip, laid out here as those of one tall image: the code multiplies each by the same.
  const Count side = a.patches->image_size.value() / a.patches->patch_size.value();
  const Count depth = std::max<std::uint64_t>(1, frames.value() / tube.value());
  const double tokens = (side * side * depth).as_double();
  const Count cut = a.patches->patch_size * a.patches->patch_size * a.patches->channels * tube;
  const bool pooled = f.flag("use_mean_pooling", true);
  const Block block = a.stacks.front().blocks.front();
  const Count classes = a.head == Head::classifier ? a.classes : Count{0};
  a.stacks.clear();
  a.patches.reset();
  a.head = Head::none;
  a.unit = Unit::video;
  Lister list(a);
  list.linear(Part::embeddings, "patch projection", a.width, cut, {1, tokens});
  // Queries and values have biases, keys none.
  list.attention("attention", {.width = a.width,
                               .inner = a.width,
                               .layers = block.layers,
                               .queries = tokens,
                               .keys = tokens,
                               .bias = false});
  if (block.attention->query_bias)
    list.vector(Part::attention, "attention query and value biases", a.width, block.layers * Count{2});
  list.feed_forward(
      "feed-forward",
      {.width = a.width, .inner = block.feed_forward->width, .layers = block.layers, .visits = tokens});
  list.norm("layer norms", a.width, block.layers * Count{2});
  const bool classifies = classes > Count{0};
  if (!classifies || pooled) list.norm("final norm", a.width);
  if (classifies) list.linear(Part::head, "classifier", classes, a.width, {});
  return a;
}

// Image towers of CLIP and SigLIP, as they stand in files of their own.
Architecture read_clip_vision(Fields& f) {
  Architecture a = read_vit_like(f, {.family = "CLIP's image tower", .patch_bias = false});
  a.head = Head::none;
  a.stacks.front().embedding_norm = true;  // before the first layer
  if (is_architecture(f, "WithProjection")) {
    a.listed.push_back({.name = "output projection",
                        .part = Part::head,
                        .rows = f.count({"projection_dim"}),
                        .columns = a.width,
                        .visits = 1 / image_tokens(*a.patches).as_double()});
  }
  return a;
}

Architecture read_siglip_vision(Fields& f) {
  Architecture a = read_vit_like(f, {.family = "SigLIP's image tower", .extra_tokens = 0});
  a.head = Head::none;
  if (!f.flag("vision_use_head", true)) return a;
  // One learned query attends to all patches, and a feed-forward part follows. Listed weights are passed by
  // every token; those of the query by one of them only.
  const double once = 1 / image_tokens(*a.patches).as_double();
  const Count inner = a.stacks.front().blocks.front().feed_forward->width;
  const auto matrix = [&](const char* name, Count rows, Count columns, double visits) {
    a.listed.push_back(
        {.name = name, .part = Part::head, .rows = rows, .columns = columns, .visits = visits});
  };
  matrix("pooling query", a.width, a.width, once);
  matrix("pooling key", a.width, a.width, 1);
  matrix("pooling value", a.width, a.width, 1);
  matrix("pooling output", a.width, a.width, once);
  matrix("pooling feed-forward up", inner, a.width, once);
  matrix("pooling feed-forward down", a.width, inner, once);
  constexpr std::uint64_t vectors = 8;  // the query, four biases of attention, the bias behind, a norm of two
  a.listed.push_back({.name = "pooling vectors",
                      .part = Part::head,
                      .use = Use::vector,
                      .rows = a.width,
                      .copies = vectors});
  a.listed.push_back(
      {.name = "pooling feed-forward bias", .part = Part::head, .use = Use::vector, .rows = inner});
  return a;
}

Architecture read_resnet(Fields& f) {
  Architecture a;
  a.kind = Kind::convolutional;
  a.family = "ResNet";
  a.tied = false;
  ResidualNetwork net;
  net.image_size = read_image_size(f);
  net.channels = f.count_or({"num_channels"}, usual_image_channels);
  net.stem_width = f.count({"embedding_size"});
  net.widths = f.counts("hidden_sizes");
  net.depths = f.counts("depths");
  if (net.widths.empty()) f.count({"hidden_sizes"});  // complains
  if (net.depths.empty()) f.count({"depths"});
  all_within(f, "hidden_sizes", net.widths, largest_stage_width);
  all_within(f, "depths", net.depths, most_walked_blocks);
  if (net.widths.size() != net.depths.size() && !f.has_errors()) {
    f.error("depths", "config-inconsistent", "hidden_sizes and depths differ in length");
  }
  const std::string layer = f.text("layer_type", "bottleneck");
  if (layer != "bottleneck" && layer != "basic") {
    f.error("layer_type", "config-bad-value", "layer_type must be 'bottleneck' or 'basic'");
  }
  net.bottleneck = layer == "bottleneck";
  net.downsample_in_first_stage = f.flag("downsample_in_first_stage", false);
  net.downsample_in_bottleneck = f.flag("downsample_in_bottleneck", false);
  if (!net.widths.empty()) a.width = net.widths.back();
  read_image_classifier(f, a);
  a.residual_network = std::move(net);
  return a;
}

}  // namespace kwhatif::model
