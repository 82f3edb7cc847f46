// Denoising transformers of images, as diffusers writes them: DiT, PixArt, Stable Diffusion 3, FLUX, FLUX.2,
// AuraFlow, Qwen-Image, Z-Image, Lumina 2, Sana. Videos are in read_denoiser_video.cpp.
#include "denoiser.hpp"

#include <algorithm>
#include <string>

namespace kwhatif::model {
namespace {

constexpr std::uint64_t vae_stride = 8;      // pixels of one latent position, along each side
constexpr std::uint64_t usual_latent = 128;  // 1024 x 1024 pixels
constexpr std::uint64_t modulated = 6;       // shift, scale and gate of attention and feed-forward part
constexpr std::uint64_t inner_factor = 4;    // width of a feed-forward part where no field says it
constexpr std::uint64_t packed_side =
    2;  // FLUX: 2 x 2 latent positions come as one, before the file's network
// States of the text, as the pipelines of diffusers take them.
constexpr double t5_states = 256;
constexpr double clip_states = 77;
constexpr double flux_states = 512;
constexpr double pixart_states = 120;
constexpr double sana_states = 300;

constexpr Names of_positions{
    "axes_dims_rope",      "axes_dim_rope", "axes_dims",      "axes_lens",       "rope_theta", "eps",
    "interpolation_scale", "t_scale",       "scaling_factor", "use_layer3d_rope"};

Count out_channels(Fields& f, Count in) { return f.maybe_count({"out_channels"}).value_or(in); }

void unsupported(Fields& f, const char* field, const std::string& value) {
  f.error(field, "config-unsupported", "no rule for " + std::string(field) + " '" + value.substr(0, 60) + "'",
          "give the work itself (--flops), or the sizes directly (--params)");
}

// FLUX takes its latent packed: 2 x 2 positions of 16 channels are one of 64.
double packed_positions(Fields& f) {
  return read_latent_positions(f, usual_latent / packed_side, 1, vae_stride * packed_side);
}

// Old files of DiT and PixArt share a class and many fields with other transformers.
void plain_layers_alone(Fields& f) {
  const std::string attention = f.text("attention_type", "default");
  if (attention != "default") unsupported(f, "attention_type", attention);
  for (const char* field : {"only_cross_attention", "double_self_attention", "norm_elementwise_affine"}) {
    if (f.flag(field, false)) unsupported(f, field, "true");
  }
  f.decides_nothing({"use_linear_projection", "num_vector_embeds", "norm_num_groups", "upcast_attention",
                     "activation_fn", "dropout", "norm_type"});
}

Architecture read_dit_layers(Fields& f) {
  const DenoiserWidth w = read_denoiser_width(f, 16, 72);
  const Count d = w.width;
  Architecture a = denoiser_frame(f, "DiT", d);
  Lister list(a);
  const Count patch = f.count_or({"patch_size"}, 2);
  const Count in = f.count_or({"in_channels"}, 4);
  const Count layers = read_layers(f, {"num_layers"});
  const Count classes = f.count_or({"num_embeds_ada_norm"}, 1000) + Count{1};  // one means: no class
  const bool bias = f.flag("attention_bias", true);
  const double n = read_latent_positions(f, 32, patch, vae_stride);
  plain_layers_alone(f);
  f.decides_nothing({"cross_attention_dim"});
  list.linear(Part::embeddings, "patch projection", d, patch * patch * in, {1, n});
  // Each layer has embeddings of its own (AdaLayerNormZero).
  list.two_linears(Part::conditioning, "step embedding", d, d, frequency_width, {layers, 1});
  list.table("class table", classes, d, layers, Part::conditioning);
  list.linear(Part::conditioning, "modulation", d * modulated, d, {layers, 1});
  list.attention("attention",
                 {.width = d, .inner = d, .layers = layers, .queries = n, .keys = n, .bias = bias});
  list.feed_forward("feed-forward", {.width = d, .inner = d * inner_factor, .layers = layers, .visits = n});
  list.linear(Part::conditioning, "last modulation", d * Count{2}, d, {});
  list.linear(Part::head, "output projection", patch * patch * out_channels(f, in), d, {1, n});
  return a;
}

Architecture read_pixart_layers(Fields& f) {
  const DenoiserWidth w = read_denoiser_width(f, 16, 72);
  const Count d = w.width;
  Architecture a = denoiser_frame(f, "PixArt", d);
  Lister list(a);
  const Count patch = f.count_or({"patch_size"}, 2);
  const Count in = f.count_or({"in_channels"}, 4);
  const Count layers = read_layers(f, {"num_layers"});
  const Count context = f.count_or({"cross_attention_dim"}, 1152);
  const bool bias = f.flag("attention_bias", true);
  const double n = read_latent_positions(f, usual_latent, patch, vae_stride);
  const bool sized =
      f.flag("use_additional_conditions", f.count_or({"sample_size"}, usual_latent) == Count{usual_latent});
  plain_layers_alone(f);
  f.decides_nothing(of_positions);
  f.decides_nothing({"num_embeds_ada_norm"});
  list.linear(Part::embeddings, "patch projection", d, patch * patch * in, {1, n});
  list_step_embedding(list, "step embedding", d);
  if (sized) {
    // Height, width and aspect ratio, each a third of the width.
    const Count third = d.value() / 3;
    list.two_linears(Part::conditioning, "resolution embedding", third, third, frequency_width, {1, 2});
    list.two_linears(Part::conditioning, "aspect embedding", third, third, frequency_width, {});
  }
  list.linear(Part::conditioning, "modulation", d * modulated, d, {});
  list.vector(Part::conditioning, "layer modulation", d * modulated, layers);
  if (const auto text = f.maybe_count({"caption_channels"}))
    list.two_linears(Part::embeddings, "text projection", d, d, *text, {1, pixart_states});
  list.attention("self-attention",
                 {.width = d, .inner = d, .layers = layers, .queries = n, .keys = n, .bias = bias});
  list.attention("cross-attention", {.width = d,
                                     .inner = d,
                                     .source = context,
                                     .layers = layers,
                                     .queries = n,
                                     .keys = pixart_states,
                                     .bias = bias});
  list.feed_forward("feed-forward", {.width = d, .inner = d * inner_factor, .layers = layers, .visits = n});
  list.vector(Part::conditioning, "last modulation", d * Count{2});
  list.linear(Part::head, "output projection", patch * patch * out_channels(f, in), d, {1, n});
  return a;
}

}  // namespace

Architecture read_dit(Fields& f) { return read_dit_layers(f); }
Architecture read_pixart(Fields& f) { return read_pixart_layers(f); }

// The class of diffusers before each family had its own: the norm says which it is.
Architecture read_transformer_2d(Fields& f) {
  const std::string norm = f.text("norm_type", "layer_norm");
  if (norm == "ada_norm_zero" && f.has("patch_size")) return read_dit_layers(f);
  if (norm == "ada_norm_single" && f.has("patch_size")) return read_pixart_layers(f);
  unsupported(f, "norm_type", norm);
  return {};
}

Architecture read_sd3(Fields& f) {
  const DenoiserWidth w = read_denoiser_width(f, 18, 64);
  const Count d = w.width;
  Architecture a = denoiser_frame(f, "Stable Diffusion 3", d);
  Lister list(a);
  const Count patch = f.count_or({"patch_size"}, 2);
  const Count in = f.count_or({"in_channels"}, 16);
  const Count layers = read_layers(f, {"num_layers"});
  const Count context = f.count_or({"caption_projection_dim"}, d);
  if (context != d) unsupported(f, "caption_projection_dim", context.text());
  const DenoiserLengths lengths{read_latent_positions(f, usual_latent, patch, vae_stride),
                                clip_states + t5_states};
  const std::string norm = f.text("qk_norm", "");
  if (!norm.empty() && norm != "rms_norm") unsupported(f, "qk_norm", norm);
  const std::size_t twice = [&]() -> std::size_t {
    const JsonValue* list_of = f.find("dual_attention_layers");
    if (list_of == nullptr || list_of->kind != JsonValue::Kind::array) return 0;
    std::vector<std::uint64_t> seen;
    for (const JsonValue& item : list_of->items) {
      if (item.kind != JsonValue::Kind::integer || item.negative || Count{item.magnitude} >= layers) continue;
      if (std::ranges::find(seen, item.magnitude) == seen.end()) seen.push_back(item.magnitude);
    }
    return seen.size();
  }();
  const double n = lengths.latent;
  list.linear(Part::embeddings, "patch projection", d, patch * patch * in, {1, n});
  list_step_embedding(list, "step embedding", d);
  list.two_linears(Part::conditioning, "pooled text embedding", d, d,
                   f.count_or({"pooled_projection_dim"}, 2048), {});
  list.linear(Part::embeddings, "text projection", d, f.count_or({"joint_attention_dim"}, 4096),
              {1, lengths.text});
  JointBlocks blocks{.layers = layers - Count{1},
                     .width = d,
                     .head_dim = w.head_dim,
                     .lengths = lengths,
                     .inner = d * inner_factor,
                     .head_norms = !norm.empty()};
  list_joint_blocks(list, blocks);
  blocks.name = "last joint";
  blocks.layers = 1;
  blocks.text_ends = true;
  blocks.text_modulations = 2;  // scale and shift alone
  list_joint_blocks(list, blocks);
  if (twice > 0) {
    // A second attention over the latent alone, with a modulation of three more (SD 3.5 medium).
    const Count more = twice;
    list.linear(Part::conditioning, "second attention modulation", d * Count{3}, d, {more, 1});
    list.attention("second attention", {.width = d,
                                        .inner = d,
                                        .layers = more,
                                        .queries = n,
                                        .keys = n,
                                        .query_norm = norm.empty() ? Count{0} : w.head_dim,
                                        .key_norm = norm.empty() ? Count{0} : w.head_dim});
  }
  list.linear(Part::conditioning, "last modulation", d * Count{2}, d, {});
  list.linear(Part::head, "output projection", patch * patch * out_channels(f, in), d, {1, n});
  if (f.has("pos_embed_max_size"))
    f.note(
        "pos_embed_max_size", "config-fixed-table",
        "the table of positions is calculated, not trained: checkpoints store it, the count leaves it out");
  return a;
}

Architecture read_flux(Fields& f) {
  const DenoiserWidth w = read_denoiser_width(f, 24, 128);
  const Count d = w.width;
  Architecture a = denoiser_frame(f, "FLUX", d);
  Lister list(a);
  const Count in = f.count_or({"in_channels"}, 64);
  const Count patch = f.count_or({"patch_size"}, 1);
  const DenoiserLengths lengths{packed_positions(f), flux_states};
  f.decides_nothing(of_positions);
  list.linear(Part::embeddings, "latent projection", d, in, {1, lengths.latent});
  list.linear(Part::embeddings, "text projection", d, f.count_or({"joint_attention_dim"}, 4096),
              {1, lengths.text});
  list_step_embedding(list, "step embedding", d);
  if (f.flag("guidance_embeds", false)) list_step_embedding(list, "guidance embedding", d);
  list.two_linears(Part::conditioning, "pooled text embedding", d, d,
                   f.count_or({"pooled_projection_dim"}, 768), {});
  list_joint_blocks(list, {.layers = read_layers(f, {"num_layers"}),
                           .width = d,
                           .head_dim = w.head_dim,
                           .lengths = lengths,
                           .inner = d * inner_factor,
                           .head_norms = true});
  list_single_blocks(list, {.layers = read_layers(f, {"num_single_layers"}),
                            .width = d,
                            .head_dim = w.head_dim,
                            .lengths = lengths,
                            .inner = d * inner_factor});
  list.linear(Part::conditioning, "last modulation", d * Count{2}, d, {});
  list.linear(Part::head, "output projection", patch * patch * out_channels(f, in), d, {1, lengths.latent});
  return a;
}

Architecture read_flux2(Fields& f) {
  const DenoiserWidth w = read_denoiser_width(f, 48, 128);
  const Count d = w.width;
  Architecture a = denoiser_frame(f, "FLUX.2", d);
  Lister list(a);
  const Count in = f.count_or({"in_channels"}, 128);
  const Count patch = f.count_or({"patch_size"}, 1);
  const Count frequencies = f.count_or({"timestep_guidance_channels"}, frequency_width);
  const Count inner = static_cast<std::uint64_t>(f.number("mlp_ratio", 3) * d.as_double());
  const DenoiserLengths lengths{packed_positions(f), flux_states};
  f.decides_nothing(of_positions);
  list.linear(Part::embeddings, "latent projection", d, in, {1, lengths.latent}, false);
  list.linear(Part::embeddings, "text projection", d, f.count_or({"joint_attention_dim"}, 15360),
              {1, lengths.text}, false);
  list.two_linears(Part::conditioning, "step embedding", d, d, frequencies, {}, false);
  if (f.flag("guidance_embeds", true))
    list.two_linears(Part::conditioning, "guidance embedding", d, d, frequencies, {}, false);
  // One modulation each for all layers of a kind.
  list.linear(Part::conditioning, "joint latent modulation", d * modulated, d, {}, false);
  list.linear(Part::conditioning, "joint text modulation", d * modulated, d, {}, false);
  list.linear(Part::conditioning, "single modulation", d * Count{3}, d, {}, false);
  list_joint_blocks(list, {.layers = read_layers(f, {"num_layers"}),
                           .width = d,
                           .head_dim = w.head_dim,
                           .lengths = lengths,
                           .inner = inner,
                           .gated = true,
                           .feed_forward_bias = false,
                           .bias = false,
                           .head_norms = true,
                           .modulations = 0,
                           .text_modulations = 0});
  list_single_blocks(list, {.layers = read_layers(f, {"num_single_layers"}),
                            .width = d,
                            .head_dim = w.head_dim,
                            .lengths = lengths,
                            .inner = inner,
                            .gated = true,
                            .bias = false,
                            .modulations = 0});
  list.linear(Part::conditioning, "last modulation", d * Count{2}, d, {}, false);
  list.linear(Part::head, "output projection", patch * patch * out_channels(f, in), d, {1, lengths.latent},
              false);
  return a;
}

Architecture read_qwen_image(Fields& f) {
  const DenoiserWidth w = read_denoiser_width(f, 24, 128);
  const Count d = w.width;
  Architecture a = denoiser_frame(f, "Qwen-Image", d);
  Lister list(a);
  const Count in = f.count_or({"in_channels"}, 64);
  const Count patch = f.count_or({"patch_size"}, 2);
  const Count context = f.count_or({"joint_attention_dim"}, 3584);
  const DenoiserLengths lengths{packed_positions(f), flux_states};
  f.decides_nothing(of_positions);
  f.decides_nothing({"guidance_embeds", "zero_cond_t", "pooled_projection_dim"});
  list.linear(Part::embeddings, "latent projection", d, in, {1, lengths.latent});
  list.norm("text norm", context, 1, 1);
  list.linear(Part::embeddings, "text projection", d, context, {1, lengths.text});
  list_step_embedding(list, "step embedding", d);
  if (f.flag("use_additional_t_cond", false)) list.table("condition table", 2, d, 1, Part::conditioning);
  list_joint_blocks(list, {.layers = read_layers(f, {"num_layers"}),
                           .width = d,
                           .head_dim = w.head_dim,
                           .lengths = lengths,
                           .inner = d * inner_factor,
                           .head_norms = true});
  list.linear(Part::conditioning, "last modulation", d * Count{2}, d, {});
  list.linear(Part::head, "output projection", patch * patch * f.count_or({"out_channels"}, 16), d,
              {1, lengths.latent});
  return a;
}

Architecture read_auraflow(Fields& f) {
  constexpr std::uint64_t registers = 8;
  constexpr std::uint64_t multiple = 256;
  const DenoiserWidth w = read_denoiser_width(f, 12, 256);
  const Count d = w.width;
  Architecture a = denoiser_frame(f, "AuraFlow", d);
  Lister list(a);
  const Count patch = f.count_or({"patch_size"}, 2);
  const Count in = f.count_or({"in_channels"}, 4);
  const Count context = f.count_or({"caption_projection_dim"}, d);
  if (context != d) unsupported(f, "caption_projection_dim", context.text());
  const DenoiserLengths lengths{read_latent_positions(f, usual_latent, patch, vae_stride),
                                t5_states + static_cast<double>(registers)};
  const Count inner = round_up((Count{2} * inner_factor * d).value() / 3, multiple);
  list.linear(Part::embeddings, "patch projection", d, patch * patch * in, {1, lengths.latent});
  list.table("position table", f.count_or({"pos_embed_max_size"}, 1024), d);
  list.vector(Part::embeddings, "register states", d, registers);
  list.linear(Part::embeddings, "text projection", d, f.count_or({"joint_attention_dim"}, 2048),
              {1, t5_states}, false);
  list_step_embedding(list, "step embedding", d);
  list_joint_blocks(list, {.layers = f.count_or_zero({"num_mmdit_layers"}, 4),
                           .width = d,
                           .head_dim = w.head_dim,
                           .lengths = lengths,
                           .inner = inner,
                           .gated = true,
                           .feed_forward_bias = false,
                           .bias = false,
                           .modulation_bias = false});
  const Count singles = f.count_or_zero({"num_single_dit_layers"}, 32);
  if (singles > Count{0}) {
    const double n = lengths.all();
    list.linear(Part::conditioning, "single modulation", d * modulated, d, {singles, 1}, false);
    list.attention("single attention", {.width = d,
                                        .inner = d,
                                        .layers = singles,
                                        .queries = n,
                                        .keys = n,
                                        .bias = false,
                                        .output_bias = false});
    list.feed_forward(
        "single feed-forward",
        {.width = d, .inner = inner, .layers = singles, .visits = n, .gated = true, .bias = false});
  }
  list.linear(Part::conditioning, "last modulation", d * Count{2}, d, {}, false);
  list.linear(Part::head, "output projection", patch * patch * out_channels(f, in), d, {1, lengths.latent},
              false);
  return a;
}

namespace {

// Layers of Lumina 2 and Z-Image: scales alone before and behind each part, grouped keys, a gate.
struct LuminaLayers {
  std::string name;
  Count layers;
  double length = 1;
  Count condition = 0;  ///< width of what tells the step; 0: it is not told
};
struct LuminaShape {
  Count width;
  Count key_value;
  Count head_norm;
  Count inner;
};
void list_lumina_layers(Lister& list, const LuminaShape& s, const LuminaLayers& l) {
  if (l.layers == Count{0}) return;
  constexpr std::uint64_t norms = 4;
  constexpr std::uint64_t modulations = 4;  // two scales and two gates
  Lister own = list.under(l.name);
  own.attention("attention", {.width = s.width,
                              .inner = s.width,
                              .key_value = s.key_value,
                              .layers = l.layers,
                              .queries = l.length,
                              .keys = l.length,
                              .bias = false,
                              .output_bias = false,
                              .query_norm = s.head_norm,
                              .key_norm = s.head_norm});
  own.feed_forward("feed-forward", {.width = s.width,
                                    .inner = s.inner,
                                    .layers = l.layers,
                                    .visits = l.length,
                                    .gated = true,
                                    .bias = false});
  own.norm("layer norms", s.width, l.layers * norms, 1);
  if (l.condition > 0)
    own.linear(Part::conditioning, "modulation", s.width * modulations, l.condition, {l.layers, 1});
}

}  // namespace

Architecture read_lumina2(Fields& f) {
  constexpr std::uint64_t widest_condition = 1024;
  const Count d = f.count_or({"hidden_size"}, 2304);
  Architecture a = denoiser_frame(f, "Lumina 2", d);
  Lister list(a);
  const Count patch = f.count_or({"patch_size"}, 2);
  const Count in = f.count_or({"in_channels"}, 16);
  const Count heads = f.count_or({"num_attention_heads"}, 24);
  const Count groups = f.count_or({"num_kv_heads"}, 8);
  const Count head_dim = std::max<std::uint64_t>(1, d.value() / heads.value());
  const Count condition = std::min(d, Count{widest_condition});
  const Count context = f.count_or({"cap_feat_dim"}, 1024);
  const DenoiserLengths lengths{read_latent_positions(f, usual_latent, patch, vae_stride), t5_states};
  Count inner = Count{inner_factor} * d;
  if (f.has("ffn_dim_multiplier"))
    inner = static_cast<std::uint64_t>(f.number("ffn_dim_multiplier", 1) * inner.as_double());
  const LuminaShape shape{d, groups * head_dim, head_dim, round_up(inner, f.count_or({"multiple_of"}, 256))};
  const Count refiners = f.count_or_zero({"num_refiner_layers"}, 2);
  f.decides_nothing(of_positions);
  list.linear(Part::embeddings, "patch projection", d, patch * patch * in, {1, lengths.latent});
  list.two_linears(Part::conditioning, "step embedding", condition, condition, frequency_width, {});
  list.norm("text norm", context, 1, 1);
  list.linear(Part::embeddings, "text projection", d, context, {1, lengths.text});
  list_lumina_layers(list, shape, {"latent refiner", refiners, lengths.latent, condition});
  list_lumina_layers(list, shape, {"text refiner", refiners, lengths.text, 0});
  list_lumina_layers(list, shape, {"layer", read_layers(f, {"num_layers"}), lengths.all(), condition});
  list.linear(Part::conditioning, "last modulation", d, condition, {});
  list.linear(Part::head, "output projection", patch * patch * out_channels(f, in), d, {1, lengths.latent});
  return a;
}

Architecture read_z_image(Fields& f) {
  constexpr std::uint64_t widest_condition = 256;
  constexpr std::uint64_t step_width = 1024;
  const Count d = f.count_or({"dim"}, 3840);
  Architecture a = denoiser_frame(f, "Z-Image", d);
  Lister list(a);
  const Count in = f.count_or({"in_channels"}, 16);
  const Count heads = f.count_or({"n_heads"}, 30);
  const Count head_dim = std::max<std::uint64_t>(1, d.value() / heads.value());
  const Count condition = std::min(d, Count{widest_condition});
  const Count context = f.count_or({"cap_feat_dim"}, 2560);
  std::vector<Count> patches = f.counts("all_patch_size");
  if (patches.empty()) patches = {2};
  std::vector<Count> depths = f.counts("all_f_patch_size");
  if (depths.empty()) depths = std::vector<Count>(patches.size(), 1);
  if (!all_within(f, "all_patch_size", patches, 64) || !all_within(f, "all_f_patch_size", depths, 64) ||
      f.has_errors())
    return a;
  if (depths.size() != patches.size()) {
    f.error("all_patch_size", "config-inconsistent", "all_patch_size and all_f_patch_size differ in length");
    return a;
  }
  const DenoiserLengths lengths{read_latent_positions(f, usual_latent, patches.front(), vae_stride),
                                flux_states};
  const bool normed = f.flag("qk_norm", true);
  f.decides_nothing(of_positions);
  f.decides_nothing({"n_kv_heads"});  // the code gives every head its own keys
  const LuminaShape shape{d, d, normed ? head_dim : Count{0},
                          static_cast<std::uint64_t>(d.as_double() / 3 * 8)};
  const Count refiners = f.count_or_zero({"n_refiner_layers"}, 2);
  for (std::size_t i = 0; i < patches.size(); ++i) {
    const Count patch = patches[i] * patches[i] * depths[i] * in;
    Lister own = list.under("patch " + patches[i].text() + ' ' + depths[i].text());
    const double used = i == 0 ? 1 : 0;  // a step cuts its latent in one way
    own.linear(Part::embeddings, "projection", d, patch, {1, used * lengths.latent});
    own.linear(Part::conditioning, "last modulation", d, condition, {1, used});
    own.linear(Part::head, "output projection", patch, d, {1, used * lengths.latent});
  }
  list.linear(Part::conditioning, "step embedding 1", step_width, frequency_width, {});
  list.linear(Part::conditioning, "step embedding 2", condition, step_width, {});
  list.norm("text norm", context, 1, 1);
  list.linear(Part::embeddings, "text projection", d, context, {1, lengths.text});
  list.vector(Part::embeddings, "padding states", d, 2);
  list_lumina_layers(list, shape, {"latent refiner", refiners, lengths.latent, condition});
  list_lumina_layers(list, shape, {"text refiner", refiners, lengths.text, 0});
  list_lumina_layers(list, shape, {"layer", read_layers(f, {"n_layers"}), lengths.all(), condition});
  return a;
}

Architecture read_sana(Fields& f) {
  constexpr std::uint64_t stride = 32;  // of its autoencoder
  constexpr std::uint64_t depthwise = 9;
  const DenoiserWidth w = read_denoiser_width(f, 70, 32);
  const Count d = w.width;
  Architecture a = denoiser_frame(f, "Sana", d);
  Lister list(a);
  const Count patch = f.count_or({"patch_size"}, 1);
  const Count in = f.count_or({"in_channels"}, 32);
  const Count layers = read_layers(f, {"num_layers"});
  const Count cross =
      f.count_or({"num_cross_attention_heads"}, 20) * f.count_or({"cross_attention_head_dim"}, 112);
  const Count hidden = static_cast<std::uint64_t>(f.number("mlp_ratio", 2.5) * d.as_double());
  const double n = read_latent_positions(f, 32, patch, stride);
  const std::string norm = f.text("qk_norm", "");
  if (!norm.empty() && norm != "rms_norm_across_heads") unsupported(f, "qk_norm", norm);
  if (f.flag("norm_elementwise_affine", false)) unsupported(f, "norm_elementwise_affine", "true");
  f.decides_nothing(of_positions);
  f.decides_nothing({"guidance_embeds_scale", "timestep_scale"});
  list.linear(Part::embeddings, "patch projection", d, patch * patch * in, {1, n});
  list_step_embedding(list, "step embedding", d);
  if (f.flag("guidance_embeds", false)) list_step_embedding(list, "guidance embedding", d);
  list.linear(Part::conditioning, "modulation", d * modulated, d, {});
  list.two_linears(Part::embeddings, "text projection", d, d, f.count_or({"caption_channels"}, 2304),
                   {1, sana_states});
  list.norm("text norm", d, 1, 1);
  // Linear attention: keys and values make one matrix per head, which every query multiplies.
  list.attention("linear attention", {.width = d,
                                      .inner = d,
                                      .layers = layers,
                                      .queries = n,
                                      .keys = n,
                                      .seen = w.head_dim.as_double(),
                                      .bias = f.flag("attention_bias", false),
                                      .query_norm = norm.empty() ? Count{0} : d,
                                      .key_norm = norm.empty() ? Count{0} : d});
  list.attention("cross-attention", {.width = d,
                                     .inner = cross,
                                     .source = f.count_or({"cross_attention_dim"}, d),
                                     .layers = layers,
                                     .queries = n,
                                     .keys = sana_states,
                                     .query_norm = norm.empty() ? Count{0} : cross,
                                     .key_norm = norm.empty() ? Count{0} : cross});
  list.linear(Part::feed_forward, "feed-forward gate and up", Count{2} * hidden, d, {layers, n});
  list.linear(Part::convolution, "feed-forward depthwise", Count{2} * hidden, depthwise, {layers, n});
  list.linear(Part::feed_forward, "feed-forward down", d, hidden, {layers, n}, false);
  list.vector(Part::conditioning, "layer modulation", d * modulated, layers);
  list.vector(Part::conditioning, "last modulation", d * Count{2});
  list.linear(Part::head, "output projection", patch * patch * out_channels(f, in), d, {1, n});
  return a;
}

}  // namespace kwhatif::model
