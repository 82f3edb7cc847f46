// Image models: ViT, DeiT, DINOv2, the image towers of CLIP and SigLIP, ResNet.
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
  std::uint64_t extra_tokens = 1;
  bool layer_scales = false;
  bool mask_token = false;
  bool patch_bias = true;
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
                         .extra_tokens = rules.extra_tokens,
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
  stack.position_rows = side * side + Count{rules.extra_tokens};
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

Architecture read_dinov2(Fields& f) {
  Architecture a = read_vit_like(f, {.family = "DINOv2", .layer_scales = true, .mask_token = true});
  if (a.head == Head::classifier) {
    f.warn("architectures", "config-part-left-out",
           "DINOv2's classifier sees class and patch tokens; it is counted with one width only");
  }
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
