// Encoders of raw sound: wav2vec 2.0 and HuBERT. A token is what the last convolution gives, 20 ms in the
// published models.
#include "readers.hpp"

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

Architecture read_sound_encoder(Fields& f, std::string family) {
  constexpr std::uint64_t norm_vectors = 2;
  constexpr std::uint64_t usual_kernel = 128;  // of the convolution that stands for positions
  constexpr std::uint64_t usual_groups = 16;
  Architecture a;
  a.kind = Kind::encoder;
  a.family = std::move(family);
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
  Stack stack{.name = "encoder", .blocks = {repeated(block, layers, {.causal = false})}};
  stack.final_norm = true;

  const std::string norm = f.text("feat_extract_norm", "group");
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

  const Count kernel = f.count_or({"num_conv_pos_embeddings"}, usual_kernel);
  const Count groups = f.count_or({"num_conv_pos_embedding_groups"}, usual_groups);
  if (a.width.value() % groups.value() != 0 && !f.has_errors()) {
    f.error("num_conv_pos_embedding_groups", "config-inconsistent",
            groups.text() + " groups do not divide the width " + a.width.text());
  }
  stack.listed.push_back({.name = "position convolution",
                          .part = Part::convolution,
                          .rows = a.width,
                          .columns = Count{a.width.value() / groups.value()} * kernel});
  // Weight normalisation keeps a length for each tap.
  stack.listed.push_back(
      vector("position convolution bias and lengths", Part::convolution, a.width + kernel));

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

Architecture read_wav2vec2(Fields& f) { return read_sound_encoder(f, "wav2vec 2.0"); }
Architecture read_hubert(Fields& f) { return read_sound_encoder(f, "HuBERT"); }

}  // namespace kwhatif::model
