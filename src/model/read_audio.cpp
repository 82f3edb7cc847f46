// Encoders of raw sound: wav2vec 2.0 and its kin (HuBERT, UniSpeech, WavLM, data2vec); and AST. A token is
// what the last convolution gives, 20 ms in the published models.
#include "listed_towers.hpp"

#include <algorithm>
#include <string>

namespace kwhatif::model {
namespace {

struct Convolution {
  Count width;
  Count kernel;
  double outputs_per_token = 1;  // steps that become one token further on
};

// The convolutions in front, with class defaults of transformers where the file leaves them out.
std::vector<Convolution> read_convolutions(Fields& f) {
  constexpr std::uint64_t largest = 100'000;
  const auto list = [&](const char* name, const std::vector<Count>& fallback) {
    const std::vector<Count> given = f.counts(name);
    return given.empty() ? fallback : given;
  };
  const std::vector<Count> widths = list("conv_dim", std::vector<Count>(7, 512));
  const std::vector<Count> kernels = list("conv_kernel", {10, 3, 3, 3, 3, 2, 2});
  const std::vector<Count> strides = list("conv_stride", {5, 2, 2, 2, 2, 2, 2});
  if (!all_within(f, "conv_dim", widths, largest) || !all_within(f, "conv_kernel", kernels, largest) ||
      !all_within(f, "conv_stride", strides, largest)) {
    return {};
  }
  if (widths.size() != kernels.size() || widths.size() != strides.size()) {
    f.error("conv_dim", "config-inconsistent", "conv_dim, conv_kernel and conv_stride differ in length");
    return {};
  }
  std::vector<Convolution> layers(widths.size());
  double steps = 1;
  for (std::size_t i = widths.size(); i-- > 0;) {
    layers[i] = {.width = widths[i], .kernel = kernels[i], .outputs_per_token = steps};
    steps *= strides[i].as_double();
  }
  return layers;
}

ListedWeight vector(std::string name, Part part, Count elements) {
  return {.name = std::move(name), .part = part, .use = Use::vector, .rows = elements};
}

// What sets the encoders of raw sound apart.
struct SoundRules {
  std::string family;
  bool gated_positions = false;    ///< WavLM: a table of distances, which a small matrix in each head weighs
  bool stacked_positions = false;  ///< data2vec: several convolutions for positions, without lengths
};

// How positions enter: by convolutions over the features.
void list_positions(Fields& f, const SoundRules& rules, Count width, Stack& stack) {
  constexpr std::uint64_t usual_kernel = 128;
  constexpr std::uint64_t usual_stack = 5;
  constexpr std::uint64_t usual_stacked_kernel = 19;
  constexpr std::uint64_t usual_groups = 16;
  const Count given =
      f.count_or({"num_conv_pos_embeddings"}, rules.stacked_positions ? usual_stack : usual_kernel);
  const Count kernel =
      rules.stacked_positions ? f.count_or({"conv_pos_kernel_size"}, usual_stacked_kernel) : given;
  const Count copies = rules.stacked_positions ? given : Count{1};
  const Count groups = f.count_or({"num_conv_pos_embedding_groups"}, usual_groups);
  if (width.value() % groups.value() != 0 && !f.has_errors()) {
    f.error("num_conv_pos_embedding_groups", "config-inconsistent",
            groups.text() + " groups do not divide the width " + width.text());
  }
  stack.listed.push_back({.name = "position convolution",
                          .part = Part::convolution,
                          .rows = width,
                          .columns = Count{width.value() / groups.value()} * kernel,
                          .copies = copies});
  // Weight normalisation keeps a length for each tap.
  ListedWeight rest =
      vector(rules.stacked_positions ? "position convolution bias" : "position convolution bias and lengths",
             Part::convolution, rules.stacked_positions ? width : width + kernel);
  rest.copies = copies;
  stack.listed.push_back(std::move(rest));
}

Architecture read_sound_encoder(Fields& f, const SoundRules& rules) {
  constexpr std::uint64_t norm_vectors = 2;
  // Masks of features and settings of the training.
  f.decides_nothing({"mask_channel_length", "mask_channel_min_space", "mask_channel_other",
                     "mask_channel_prob", "mask_channel_selection", "mask_time_min_space", "mask_time_other",
                     "mask_time_selection", "no_mask_channel_overlap", "no_mask_time_overlap",
                     "freeze_feat_extract_train", "replace_prob"});
  Architecture a;
  a.kind = Kind::encoder;
  a.family = rules.family;
  a.norm = Norm::scale_and_shift;
  a.head = Head::none;
  a.tied = false;
  a.width = f.count(width_names);
  const std::vector<Convolution> convolutions = read_convolutions(f);
  const Count layers = read_layers(f);

  Block block;
  block.attention = with_biases(read_attention(f, a.width), true, true);
  block.feed_forward = FeedForward{f.count(feed_forward_names), false, true, true};
  block.norms = 2;
  if (rules.gated_positions) {
    constexpr std::uint64_t gate_width = 8;
    const Count heads = block.attention->heads;
    block.listed.push_back({.name = "position gate",
                            .part = Part::attention,
                            .rows = gate_width,
                            .columns = block.attention->head_dim,
                            .visits = heads.as_double()});
    block.listed.push_back(
        vector("position gate bias and constants", Part::attention, heads + Count{gate_width}));
  }
  Stack stack{.name = "encoder", .blocks = {repeated(block, layers, {.causal = false})}};
  stack.final_norm = true;

  if (rules.gated_positions) {
    constexpr std::uint64_t usual_buckets = 320;
    stack.listed.push_back({.name = "table of distances",
                            .part = Part::embeddings,
                            .use = Use::table,
                            .rows = f.count_or({"num_buckets"}, usual_buckets),
                            .columns = block.attention->heads});
    f.decides_nothing({"max_bucket_distance", "num_ctc_classes", "replace_prob"});
  }
  const std::string norm = f.text("feat_extract_norm", rules.stacked_positions ? "layer" : "group");
  if (norm != "group" && norm != "layer") {
    f.error("feat_extract_norm", "config-unsupported",
            "no rule for feat_extract_norm '" + norm.substr(0, 60) + "'");
  }
  const bool biases = f.flag("conv_bias", false);
  Count before = 1;  // the samples of the sound
  for (std::size_t i = 0; i < convolutions.size(); ++i) {
    const Convolution& c = convolutions[i];
    const std::string name = "convolution " + std::to_string(i + 1);
    stack.listed.push_back({.name = name,
                            .part = Part::convolution,
                            .rows = c.width,
                            .columns = before * c.kernel,
                            .visits = c.outputs_per_token});
    if (biases) stack.listed.push_back(vector(name + " bias", Part::convolution, c.width));
    // One norm behind the first, or one behind each.
    if (norm == "layer" || i == 0) {
      stack.listed.push_back(vector(name + " norm", Part::norms, norm_vectors * c.width));
    }
    before = c.width;
  }
  if (f.flag("feat_proj_layer_norm", true)) {
    stack.listed.push_back(vector("feature norm", Part::norms, norm_vectors * before));
  }
  stack.listed.push_back(
      {.name = "feature projection", .part = Part::embeddings, .rows = a.width, .columns = before});
  stack.listed.push_back(vector("feature projection bias", Part::embeddings, a.width));
  stack.listed.push_back(vector("mask token", Part::embeddings, a.width));

  list_positions(f, rules, a.width, stack);

  if (is_architecture(f, "ForCTC")) {
    const Count letters = f.count({"vocab_size"});
    stack.listed.push_back(
        {.name = "output matrix", .part = Part::head, .rows = letters, .columns = a.width});
    stack.listed.push_back(vector("output bias", Part::head, letters));
  } else if (f.has("architectures") && !is_architecture(f, "Model")) {
    f.warn("architectures", "config-part-left-out",
           "what stands behind the encoder (quantizer or classifier) is not counted");
  }
  if (f.flag("add_adapter", false) || f.has("adapter_attn_dim") || f.flag("conv_pos_batch_norm", false)) {
    f.error("add_adapter", "config-unsupported",
            "no rule for adapters or a norm of the position convolution");
  }
  a.stacks.push_back(std::move(stack));
  f.note("model_type", "config-audio-tokens", "a token is one step of the last convolution: 20 ms of sound");
  return a;
}

}  // namespace

Architecture read_wav2vec2(Fields& f) { return read_sound_encoder(f, {.family = "wav2vec 2.0"}); }
Architecture read_hubert(Fields& f) { return read_sound_encoder(f, {.family = "HuBERT"}); }
Architecture read_unispeech(Fields& f) {
  f.decides_nothing({"num_clusters", "num_ctc_classes", "replace_prob"});
  return read_sound_encoder(f, {.family = "UniSpeech"});
}
Architecture read_wavlm(Fields& f) {
  return read_sound_encoder(f, {.family = "WavLM", .gated_positions = true});
}
Architecture read_data2vec_audio(Fields& f) {
  return read_sound_encoder(f, {.family = "data2vec, sound", .stacked_positions = true});
}

// Gong 2021; modeling_audio_spectrogram_transformer.py: a ViT over overlapping patches of a spectrogram.
Architecture read_ast(Fields& f) {
  Architecture a;
  a.kind = Kind::vision_transformer;
  a.unit = Unit::sound;
  a.family = "Audio Spectrogram Transformer";
  a.tied = false;
  a.head = Head::none;
  const Count width = f.count_or({"hidden_size"}, 768);
  read_attention(f, width);
  const Count inner = f.count_or({"intermediate_size"}, 3072);
  const Count layers = read_layers(f, {"num_hidden_layers"});
  const Count patch = f.count_or({"patch_size"}, 16);
  const Count bins = f.count_or({"num_mel_bins"}, 128);
  const Count frames = f.count_or({"max_length"}, 1024);
  const Count rows = f.count_or({"frequency_stride"}, 10);
  const Count columns = f.count_or({"time_stride"}, 10);
  const bool bias = f.flag("qkv_bias", true);
  a.width = width;
  if (patch > bins || patch > frames)
    f.error("patch_size", "config-inconsistent",
            "patches of " + patch.text() + " do not fit the spectrogram");
  if (f.has_errors()) return a;
  const auto along = [&](Count size, Count stride) {
    return Count{(size.value() - patch.value()) / stride.value() + 1};
  };
  const Count patches = along(bins, rows) * along(frames, columns);
  constexpr std::uint64_t extra = 2;  // class and distillation tokens
  const Count tokens = patches + Count{extra};
  Lister list(a);
  list.linear(Part::embeddings, "patch projection", width, patch * patch, {1, patches.as_double()});
  list.vector(Part::embeddings, "class token", width, extra);
  list.table("position table", tokens, width);
  list_tower_layers(
      list, {.width = width, .inner = inner, .layers = layers, .tokens = tokens.as_double(), .bias = bias});
  list.norm("final norm", width);
  const std::vector<std::string> names = f.texts("architectures");
  if (!names.empty() && names.front().ends_with("Model")) return a;
  list.norm("classifier norm", width);
  list.linear(Part::head, "classifier", read_classes(f, 527), width, {});
  return a;
}

}  // namespace kwhatif::model
