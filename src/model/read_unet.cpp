// UNets of diffusers: those of Stable Diffusion, its ControlNets, and the unconditional ones of DDPM.
#include "readers.hpp"

#include <algorithm>
#include <string>

namespace kwhatif::model {
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

// "CrossAttn" or "Attn": how the blocks that attend are called.
std::vector<bool> read_attending(Fields& f, std::string_view name, std::size_t levels,
                                 std::string_view direction, const std::string& attending) {
  const std::vector<std::string> types = f.texts(name);
  std::vector<bool> attends;
  for (const std::string& type : types) {
    if (type != attending + std::string(direction) + "Block2D" &&
        type != std::string(direction) + "Block2D") {
      f.error(name, "config-unsupported", "no rule for blocks of type '" + type.substr(0, 60) + "'");
    }
    attends.push_back(type.starts_with(attending));
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

// What all three have: widths of the levels, and blocks on each.
struct Levels {
  std::vector<Count> widths;
  std::vector<Count> blocks;
  std::size_t size() const { return widths.size(); }
};
Levels read_levels(Fields& f) {
  Levels l;
  l.widths = f.counts("block_out_channels");
  if (l.widths.empty()) f.count({"block_out_channels"});  // complains
  if (l.widths.empty() || !all_within(f, "block_out_channels", l.widths, largest_stage_width)) l.widths = {1};
  l.blocks = per_level(f, "layers_per_block", l.size(), 2);
  if (!all_within(f, "layers_per_block", l.blocks, most_walked_blocks)) l.blocks.assign(l.size(), 1);
  return l;
}

Architecture unet_frame(Fields& f, std::string family, Count width) {
  Architecture a;
  a.kind = Kind::diffusion;
  a.family = std::move(family);
  a.tied = false;
  a.head = Head::none;
  a.width = width;
  f.note("_class_name", "config-part-left-out",
         "the denoising network only: text encoder and autoencoder are separate models and are not counted");
  return a;
}

// The way down and the middle of a UNet that attends to text, and what tells it step and size.
DenoisingUNet read_conditioned(Fields& f, const Levels& l) {
  constexpr std::uint64_t clip_text_tokens = 77;  // context length of CLIP's text encoder (Radford 2021)
  constexpr std::uint64_t usual_context = 1280;
  const std::size_t levels = l.size();
  const std::vector<bool> attends = read_attending(f, "down_block_types", levels, "Down", "CrossAttn");
  const std::vector<Count> depths = per_level(f, "transformer_layers_per_block", levels, 1);
  const std::vector<Count> contexts = per_level(f, "cross_attention_dim", levels, usual_context);
  all_within(f, "transformer_layers_per_block", depths, most_walked_blocks);
  all_within(f, "cross_attention_dim", contexts, largest_stage_width);
  DenoisingUNet net;
  net.channels_in = f.count_or({"in_channels"}, 4);
  net.text_tokens = clip_text_tokens;
  for (std::size_t i = 0; i < levels; ++i)
    net.down.push_back({l.widths[i], l.blocks[i], attends[i] ? depths[i] : Count{0}, contexts[i]});
  net.middle = {l.widths.back(), 1, depths.back(), contexts.back()};
  const std::string middle = f.text("mid_block_type", "UNetMidBlock2DCrossAttn");
  if (middle != "UNetMidBlock2DCrossAttn") {
    f.error("mid_block_type", "config-unsupported",
            "no rule for a middle block of type '" + middle.substr(0, 60) + "'");
  }
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
  return net;
}

}  // namespace

Architecture read_unet(Fields& f) {
  const Levels l = read_levels(f);
  Architecture a = unet_frame(f, "Stable Diffusion UNet", l.widths.front());
  DenoisingUNet net = read_conditioned(f, l);
  net.sample_size = f.count({"sample_size"});
  net.channels_out = f.count_or({"out_channels"}, 4);
  const std::size_t levels = l.size();
  const std::vector<bool> attends = read_attending(f, "up_block_types", levels, "Up", "CrossAttn");
  const std::vector<Count> depths = per_level(f, "transformer_layers_per_block", levels, 1);
  for (std::size_t i = 0; i < levels; ++i) {
    const std::size_t r = levels - 1 - i;
    net.up.push_back(
        {l.widths[r], l.blocks[r] + Count{1}, attends[i] ? depths[r] : Count{0}, net.down[r].context_width});
  }
  a.denoising_unet = std::move(net);
  return a;
}

// The way down of a UNet beside it, with a picture that steers (Zhang 2023). The UNet that it steers runs too
// and is a file of its own.
Architecture read_control_net(Fields& f) {
  constexpr std::uint64_t usual_latent = 64;
  const Levels l = read_levels(f);
  Architecture a = unet_frame(f, "ControlNet", l.widths.front());
  DenoisingUNet net = read_conditioned(f, l);
  if (const auto side = f.maybe_count({"sample_size"})) {
    net.sample_size = *side;
  } else {
    net.sample_size = net.added_condition_width > 0 ? usual_latent * 2 : usual_latent;
    f.note("sample_size", "config-default-size",
           "the size of the latent is not given: " + net.sample_size.text() + " x " + net.sample_size.text() +
               " is taken");
  }
  net.control = f.counts("conditioning_embedding_out_channels");
  if (net.control.empty()) net.control = {16, 32, 96, 256};
  all_within(f, "conditioning_embedding_out_channels", net.control, largest_stage_width);
  net.control_channels = f.count_or({"conditioning_channels"}, 3);
  f.decides_nothing({"controlnet_conditioning_channel_order", "global_pool_conditions"});
  a.denoising_unet = std::move(net);
  return a;
}

// Unconditional (Ho 2020): attention over the map alone, no text.
Architecture read_plain_unet(Fields& f) {
  const Levels l = read_levels(f);
  Architecture a = unet_frame(f, "DDPM UNet", l.widths.front());
  const std::size_t levels = l.size();
  const std::vector<bool> down = read_attending(f, "down_block_types", levels, "Down", "Attn");
  const std::vector<bool> up = read_attending(f, "up_block_types", levels, "Up", "Attn");
  DenoisingUNet net;
  net.sample_size = f.count({"sample_size"});
  net.channels_in = f.count_or({"in_channels"}, 3);
  net.channels_out = f.count_or({"out_channels"}, 3);
  const auto level = [](Count width, Count blocks, bool attends) {
    return UNetLevel{.width = width, .residual_blocks = blocks, .plain_attention = attends};
  };
  for (std::size_t i = 0; i < levels; ++i) {
    const std::size_t r = levels - 1 - i;
    net.down.push_back(level(l.widths[i], l.blocks[i], down[i]));
    net.up.push_back(level(l.widths[r], l.blocks[r] + Count{1}, up[i]));
  }
  net.middle = level(l.widths.back(), 1, f.flag("add_attention", true));
  for (const char* field : {"downsample_type", "upsample_type"}) {
    const std::string type = f.text(field, "conv");
    if (type != "conv")
      f.error(field, "config-unsupported",
              "no rule for " + std::string(field) + " '" + type.substr(0, 60) + "'");
  }
  const std::string told = f.text("time_embedding_type", "positional");
  if (told != "positional") {
    f.error("time_embedding_type", "config-unsupported",
            "no rule for time_embedding_type '" + told.substr(0, 60) + "'");
  }
  refuse_other_weights(f);
  if (f.has("class_embed_type"))
    f.error("class_embed_type", "config-unsupported", "no rule for this setting of 'class_embed_type'");
  net.classes = f.maybe_count({"num_class_embeds"}).value_or(0);
  f.decides_nothing(
      {"attention_head_dim", "attention_legacy_order", "attn_norm_num_groups", "num_train_timesteps"});
  a.denoising_unet = std::move(net);
  return a;
}

}  // namespace kwhatif::model
