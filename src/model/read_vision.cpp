// Image models: ViT, DeiT, DINOv2, ResNet, and the denoising network of Stable Diffusion.
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

namespace {

// A setting that is one number for all levels or a list, one per level.
std::vector<Count> per_level(Fields& f, std::string_view name, std::size_t levels, Count fallback) {
  std::vector<Count> values = f.counts(name);
  if (values.empty()) values = {fallback};
  if (values.size() == 1) values.resize(levels, values.front());
  if (values.size() != levels) {
    f.error(name, "config-inconsistent", std::string(name) + " has not one value per level");
    values.resize(levels, fallback);
  }
  return values;
}

std::vector<bool> read_attending(Fields& f, std::string_view name, std::size_t levels,
                                 std::string_view direction) {
  const std::vector<std::string> types = f.texts(name);
  std::vector<bool> attends;
  for (const std::string& type : types) {
    if (type != std::string("CrossAttn") + std::string(direction) + "Block2D" &&
        type != std::string(direction) + "Block2D") {
      f.error(name, "config-unsupported", "no rule for blocks of type '" + type.substr(0, 60) + "'");
    }
    attends.push_back(type.starts_with("CrossAttn"));
  }
  if (types.empty()) {
    f.error(name, "config-missing-field", "the field '" + std::string(name) + "' is missing");
  } else if (attends.size() != levels) {
    f.error(name, "config-inconsistent", std::string(name) + " and block_out_channels differ in length");
  }
  attends.resize(levels, false);
  return attends;
}

// Settings under which a layer has other weights than those walked through.
void refuse_other_weights(Fields& f) {
  const auto refuse = [&](const char* field) {
    f.error(field, "config-unsupported", "no rule for this setting of '" + std::string(field) + "'",
            "the UNets of Stable Diffusion 1, 2 and XL do not use it");
  };
  for (const char* field : {"only_cross_attention", "dual_cross_attention"}) {
    const JsonValue* value = f.find(field);
    if (value != nullptr && (value->kind != JsonValue::Kind::boolean || value->boolean)) refuse(field);
  }
  constexpr std::uint64_t kernel = 3;
  for (const char* field : {"conv_in_kernel", "conv_out_kernel"}) {
    if (f.count_or({field}, kernel) != Count{kernel}) refuse(field);
  }
  if (f.text("resnet_time_scale_shift", "default") != "default") refuse("resnet_time_scale_shift");
}

}  // namespace

Architecture read_unet(Fields& f) {
  constexpr std::uint64_t clip_text_tokens = 77;  // context length of CLIP's text encoder (Radford 2021)
  Architecture a;
  a.kind = Kind::diffusion;
  a.family = "Stable Diffusion UNet";
  a.tied = false;
  a.head = Head::none;
  std::vector<Count> widths = f.counts("block_out_channels");
  if (widths.empty()) f.count({"block_out_channels"});  // complains
  if (widths.empty() || !all_within(f, "block_out_channels", widths, largest_stage_width)) widths = {1};
  const std::size_t levels = widths.size();
  const std::vector<bool> attends_down = read_attending(f, "down_block_types", levels, "Down");
  const std::vector<bool> attends_up = read_attending(f, "up_block_types", levels, "Up");
  const std::vector<Count> blocks = per_level(f, "layers_per_block", levels, 2);
  const std::vector<Count> depths = per_level(f, "transformer_layers_per_block", levels, 1);
  const std::vector<Count> contexts = per_level(f, "cross_attention_dim", levels, 1280);

  all_within(f, "layers_per_block", blocks, most_walked_blocks);
  all_within(f, "transformer_layers_per_block", depths, most_walked_blocks);
  all_within(f, "cross_attention_dim", contexts, largest_stage_width);

  DenoisingUNet net{.sample_size = f.count({"sample_size"}),
                    .channels_in = f.count_or({"in_channels"}, 4),
                    .channels_out = f.count_or({"out_channels"}, 4),
                    .down = {},
                    .up = {},
                    .middle = {},
                    .added_condition_width = 0,
                    .text_tokens = clip_text_tokens};
  for (std::size_t i = 0; i < levels; ++i) {
    net.down.push_back({widths[i], blocks[i], attends_down[i] ? depths[i] : Count{0}, contexts[i]});
    const std::size_t r = levels - 1 - i;
    net.up.push_back({widths[r], blocks[r] + Count{1}, attends_up[i] ? depths[r] : Count{0}, contexts[r]});
  }
  const std::string middle = f.text("mid_block_type", "UNetMidBlock2DCrossAttn");
  if (middle != "UNetMidBlock2DCrossAttn") {
    f.error("mid_block_type", "config-unsupported",
            "no rule for a middle block of type '" + middle.substr(0, 60) + "'");
  }
  net.middle = {widths.back(), 1, depths.back(), contexts.back()};
  const std::string added = f.text("addition_embed_type", "");
  if (added == "text_time") {
    net.added_condition_width = f.count({"projection_class_embeddings_input_dim"});
  } else if (!added.empty()) {
    f.error("addition_embed_type", "config-unsupported",
            "no rule for addition_embed_type '" + added.substr(0, 60) + "'");
  }
  refuse_other_weights(f);
  for (const char* field :
       {"class_embed_type", "time_cond_proj_dim", "encoder_hid_dim", "num_class_embeds"}) {
    if (f.has(field))
      f.warn(field, "config-part-left-out", std::string(field) + ": the weights it adds are not counted");
  }
  f.note("_class_name", "config-part-left-out",
         "the denoising network only: text encoder and autoencoder are separate models and are not counted");
  a.width = widths.front();
  a.denoising_unet = std::move(net);
  return a;
}

}  // namespace kwhatif::model
