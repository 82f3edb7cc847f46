// Denoising transformers of videos, as diffusers writes them: Wan, HunyuanVideo, CogVideoX, LTX-Video. None
// of their files but CogVideoX's says how long and large a video is: the size its makers show is taken, with
// a note.
#include "denoiser.hpp"

#include <algorithm>
#include <array>
#include <string>

namespace kwhatif::model {
namespace {

constexpr std::uint64_t modulated = 6;
constexpr std::uint64_t inner_factor = 4;
constexpr double wan_states = 512;
constexpr double hunyuan_states = 256;
constexpr double ltx_states = 128;
constexpr double image_states = 257;  // CLIP's image tower with patches of 14

// Frames, height and width of a latent.
struct Latent {
  std::uint64_t frames;
  std::uint64_t height;
  std::uint64_t width;
};

double positions(const Latent& l, const std::array<Count, 3>& patch) {
  const auto along = [](std::uint64_t size, Count cut) {
    return std::max<std::uint64_t>(1, size / cut.value());
  };
  return static_cast<double>(along(l.frames, patch[0])) * static_cast<double>(along(l.height, patch[1])) *
         static_cast<double>(along(l.width, patch[2]));
}

void note_size(Fields& f, const std::string& size) {
  f.note("_class_name", "config-default-size", "the size of a video is not given: " + size + " is taken");
}

Count product(const std::array<Count, 3>& patch) { return patch[0] * patch[1] * patch[2]; }

std::array<Count, 3> read_cuts(Fields& f) {
  const std::vector<Count> given = f.counts("patch_size");
  if (given.empty()) return {1, 2, 2};
  if (given.size() != 3 || !all_within(f, "patch_size", given, 64)) {
    f.error("patch_size", "config-inconsistent",
            "patch_size has not one number each for time, height and width");
    return {1, 2, 2};
  }
  return {given[0], given[1], given[2]};
}

constexpr Names of_positions{
    "rope_theta",      "rope_axes_dim", "rope_max_seq_len",       "eps",     "window_size", "freq_shift",
    "flip_sin_to_cos", "activation_fn", "timestep_activation_fn", "dropout", "norm_eps"};

}  // namespace

Architecture read_wan(Fields& f) {
  constexpr Latent small{21, 60, 104};  // 81 frames of 832 x 480, 4 x 8 x 8
  constexpr Latent coarse{31, 44, 80};  // 121 frames of 1280 x 704, 4 x 16 x 16
  constexpr std::uint64_t coarse_channels = 48;
  const DenoiserWidth w = read_denoiser_width(f, 40, 128);
  const Count d = w.width;
  Architecture a = denoiser_frame(f, "Wan", d, Unit::video_step);
  Lister list(a);
  const std::array<Count, 3> patch = read_cuts(f);
  const Count in = f.count_or({"in_channels"}, 16);
  const Count out = f.count_or({"out_channels"}, in);
  const Count layers = read_layers(f, {"num_layers"});
  const Count text = f.count_or({"text_dim"}, 4096);
  const bool is_coarse = out == Count{coarse_channels};
  const double n = positions(is_coarse ? coarse : small, patch);
  note_size(f, is_coarse ? "one of 121 frames of 1280 x 704" : "one of 81 frames of 832 x 480");
  f.decides_nothing(of_positions);
  f.decides_nothing({"qk_norm", "add_img_emb"});
  if (f.has("vace_layers") || f.has("motion_encoder_dim"))
    f.error("vace_layers", "config-unsupported", "no rule for the control layers of this file");
  list.linear(Part::embeddings, "patch projection", d, product(patch) * in, {1, n});
  list.two_linears(Part::conditioning, "step embedding", d, d, f.count_or({"freq_dim"}, frequency_width), {});
  list.linear(Part::conditioning, "modulation", d * modulated, d, {});
  list.two_linears(Part::embeddings, "text projection", d, d, text, {1, wan_states});
  if (const auto image = f.maybe_count({"image_dim"})) {
    Lister own = list.under("image");
    own.norm("norm", *image);
    own.two_linears(Part::embeddings, "projection", d, *image, *image, {1, image_states});
    own.norm("projected norm", d);
    if (const auto rows = f.maybe_count({"pos_embed_seq_len"})) own.table("position table", *rows, *image);
  }
  list.attention(
      "self-attention",
      {.width = d, .inner = d, .layers = layers, .queries = n, .keys = n, .query_norm = d, .key_norm = d});
  list.attention("cross-attention", {.width = d,
                                     .inner = d,
                                     .layers = layers,
                                     .queries = n,
                                     .keys = wan_states,
                                     .query_norm = d,
                                     .key_norm = d});
  if (const auto added = f.maybe_count({"added_kv_proj_dim"})) {
    Lister own = list.under("image attention");
    own.linear(Part::attention, "key", d, *added, {layers, image_states});
    own.linear(Part::attention, "value", d, *added, {layers, image_states});
    own.norm("key norm", d, layers, 1);
    own.products("products", layers, d, d, n, image_states);
  }
  if (f.flag("cross_attn_norm", true)) list.norm("cross-attention norm", d, layers);
  list.feed_forward("feed-forward",
                    {.width = d, .inner = f.count_or({"ffn_dim"}, 13824), .layers = layers, .visits = n});
  list.vector(Part::conditioning, "layer modulation", d * modulated, layers);
  list.vector(Part::conditioning, "last modulation", d * Count{2});
  list.linear(Part::head, "output projection", product(patch) * out, d, {1, n});
  return a;
}

Architecture read_hunyuan_video(Fields& f) {
  constexpr Latent usual{33, 90, 160};  // 129 frames of 1280 x 720, 4 x 8 x 8
  const DenoiserWidth w = read_denoiser_width(f, 24, 128);
  const Count d = w.width;
  Architecture a = denoiser_frame(f, "HunyuanVideo", d, Unit::video_step);
  Lister list(a);
  const Count side = f.count_or({"patch_size"}, 2);
  const std::array<Count, 3> patch{f.count_or({"patch_size_t"}, 1), side, side};
  const Count in = f.count_or({"in_channels"}, 16);
  const Count out = f.count_or({"out_channels"}, in);
  const Count text = f.count_or({"text_embed_dim"}, 4096);
  const Count pooled = f.count_or({"pooled_projection_dim"}, 768);
  const Count refiners = f.count_or_zero({"num_refiner_layers"}, 2);
  const Count inner = static_cast<std::uint64_t>(f.number("mlp_ratio", 4) * d.as_double());
  const DenoiserLengths lengths{positions(usual, patch), hunyuan_states};
  note_size(f, "one of 129 frames of 1280 x 720");
  f.decides_nothing(of_positions);
  f.decides_nothing({"image_condition_type"});
  const std::string norm = f.text("qk_norm", "rms_norm");
  if (norm != "rms_norm")
    f.error("qk_norm", "config-unsupported", "no rule for qk_norm '" + norm.substr(0, 60) + "'");
  list.linear(Part::embeddings, "patch projection", d, product(patch) * in, {1, lengths.latent});
  list_step_embedding(list, "step embedding", d);
  if (f.flag("guidance_embeds", true)) list_step_embedding(list, "guidance embedding", d);
  list.two_linears(Part::conditioning, "pooled text embedding", d, d, pooled, {});

  Lister refiner = list.under("text refiner");
  list_step_embedding(refiner, "step embedding", d);
  refiner.two_linears(Part::conditioning, "pooled text embedding", d, d, text, {});
  refiner.linear(Part::embeddings, "projection", d, text, {1, lengths.text});
  if (refiners > Count{0}) {
    refiner.norm("layer norms", d, refiners * Count{2});
    refiner.attention(
        "attention",
        {.width = d, .inner = d, .layers = refiners, .queries = lengths.text, .keys = lengths.text});
    refiner.feed_forward("feed-forward",
                         {.width = d, .inner = d * inner_factor, .layers = refiners, .visits = lengths.text});
    refiner.linear(Part::conditioning, "modulation", d * Count{2}, d, {refiners, 1});
  }
  list_joint_blocks(list, {.layers = read_layers(f, {"num_layers"}),
                           .width = d,
                           .head_dim = w.head_dim,
                           .lengths = lengths,
                           .inner = inner,
                           .head_norms = true});
  list_single_blocks(list, {.layers = read_layers(f, {"num_single_layers"}),
                            .width = d,
                            .head_dim = w.head_dim,
                            .lengths = lengths,
                            .inner = inner});
  list.linear(Part::conditioning, "last modulation", d * Count{2}, d, {});
  list.linear(Part::head, "output projection", product(patch) * out, d, {1, lengths.latent});
  return a;
}

Architecture read_cogvideox(Fields& f) {
  const DenoiserWidth w = read_denoiser_width(f, 30, 64);
  const Count d = w.width;
  Architecture a = denoiser_frame(f, "CogVideoX", d, Unit::video_step);
  Lister list(a);
  const Count in = f.count_or({"in_channels"}, 16);
  const Count out = f.count_or({"out_channels"}, in);
  const Count layers = read_layers(f, {"num_layers"});
  const Count told = f.count_or({"time_embed_dim"}, 512);
  const Count side = f.count_or({"patch_size"}, 2);
  const std::optional<Count> deep = f.maybe_count({"patch_size_t"});
  const Count frames = f.count_or({"sample_frames"}, 49);
  const Count squeeze = f.count_or({"temporal_compression_ratio"}, 4);
  const Latent latent{(frames.value() - 1) / squeeze.value() + 1, f.count_or({"sample_height"}, 60).value(),
                      f.count_or({"sample_width"}, 90).value()};
  const double n = positions(latent, {deep.value_or(1), side, side});
  const double text = f.count_or({"max_text_seq_length"}, 226).as_double();
  const double all = n + text;
  const bool bias = f.flag("attention_bias", true);
  f.decides_nothing(of_positions);
  f.decides_nothing({"spatial_interpolation_scale", "temporal_interpolation_scale",
                     "use_rotary_positional_embeddings",
                     "use_learned_positional_embeddings"});  // tables in buffers, not trained
  if (!f.flag("norm_elementwise_affine", true))
    f.error("norm_elementwise_affine", "config-unsupported", "no rule for norms without numbers");
  const Count cut = side * side * deep.value_or(1);
  const bool patch_bias = f.flag("patch_bias", true);
  list.linear(Part::embeddings, "patch projection", d, cut * in, {1, n}, patch_bias);
  list.linear(Part::embeddings, "text projection", d, f.count_or({"text_embed_dim"}, 4096), {1, text});
  list.two_linears(Part::conditioning, "step embedding", told, told, d, {});
  if (const auto offset = f.maybe_count({"ofs_embed_dim"}))
    list.two_linears(Part::conditioning, "offset embedding", *offset, *offset, *offset, {});
  list.linear(Part::conditioning, "modulation", d * modulated, told, {layers * Count{2}, 1});
  list.norm("layer norms", d, layers * Count{2});
  list.attention("attention", {.width = d,
                               .inner = d,
                               .layers = layers,
                               .queries = all,
                               .keys = all,
                               .bias = bias,
                               .query_norm = w.head_dim * scale_and_shift_vectors,
                               .key_norm = w.head_dim * scale_and_shift_vectors});
  list.feed_forward("feed-forward", {.width = d, .inner = d * inner_factor, .layers = layers, .visits = all});
  list.norm("final norms", d, 2);
  list.linear(Part::conditioning, "last modulation", d * Count{2}, told, {});
  list.linear(Part::head, "output projection", cut * out, d, {1, n});
  return a;
}

Architecture read_ltx_video(Fields& f) {
  constexpr Latent usual{21, 15, 22};  // 161 frames of 704 x 480, 8 x 32 x 32
  const DenoiserWidth w = read_denoiser_width(f, 32, 64);
  const Count d = w.width;
  Architecture a = denoiser_frame(f, "LTX-Video", d, Unit::video_step);
  Lister list(a);
  const Count in = f.count_or({"in_channels"}, 128);
  const Count layers = read_layers(f, {"num_layers"});
  const Count side = f.count_or({"patch_size"}, 1);
  const double n = positions(usual, {f.count_or({"patch_size_t"}, 1), side, side});
  const bool bias = f.flag("attention_bias", true);
  const bool output_bias = f.flag("attention_out_bias", true);
  note_size(f, "one of 161 frames of 704 x 480");
  f.decides_nothing(of_positions);
  if (const std::string norm = f.text("qk_norm", "rms_norm_across_heads"); norm != "rms_norm_across_heads")
    f.error("qk_norm", "config-unsupported", "no rule for qk_norm '" + norm.substr(0, 60) + "'");
  list.linear(Part::embeddings, "latent projection", d, in, {1, n});
  list_step_embedding(list, "step embedding", d);
  list.linear(Part::conditioning, "modulation", d * modulated, d, {});
  list.two_linears(Part::embeddings, "text projection", d, d, f.count_or({"caption_channels"}, 4096),
                   {1, ltx_states});
  ListedAttentionShape attention{.width = d,
                                 .inner = d,
                                 .layers = layers,
                                 .queries = n,
                                 .keys = n,
                                 .bias = bias,
                                 .output_bias = output_bias,
                                 .query_norm = d,
                                 .key_norm = d};
  list.attention("self-attention", attention);
  attention.source = f.count_or({"cross_attention_dim"}, 2048);
  attention.keys = ltx_states;
  list.attention("cross-attention", attention);
  list.feed_forward("feed-forward", {.width = d, .inner = d * inner_factor, .layers = layers, .visits = n});
  if (f.flag("norm_elementwise_affine", false)) list.norm("layer norms", d, layers * Count{2}, 1);
  list.vector(Part::conditioning, "layer modulation", d * modulated, layers);
  list.vector(Part::conditioning, "last modulation", d * Count{2});
  list.linear(Part::head, "output projection", f.count_or({"out_channels"}, in), d, {1, n});
  return a;
}

}  // namespace kwhatif::model
