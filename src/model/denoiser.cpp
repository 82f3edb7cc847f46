#include "denoiser.hpp"

namespace kwhatif::model {

DenoiserWidth read_denoiser_width(Fields& f, std::uint64_t heads, std::uint64_t head_dim) {
  DenoiserWidth w;
  w.heads = f.count_or({"num_attention_heads"}, heads);
  w.head_dim = f.count_or({"attention_head_dim"}, head_dim);
  w.width = w.heads * w.head_dim;
  return w;
}

Architecture denoiser_frame(Fields& f, std::string family, Count width, Unit unit) {
  Architecture a;
  a.kind = Kind::diffusion;
  a.unit = unit;
  a.family = std::move(family);
  a.tied = false;
  a.head = Head::none;
  a.width = width;
  f.note("_class_name", "config-part-left-out",
         "the denoising network only: text encoders and autoencoder are separate models and are not counted");
  return a;
}

double read_latent_positions(Fields& f, std::uint64_t usual, Count patch, std::uint64_t pixels_each) {
  const std::optional<Count> given = f.maybe_count({"sample_size"});
  const Count side = given.value_or(usual);
  if (patch > side) {
    f.error("patch_size", "config-inconsistent",
            "patches of " + patch.text() + " do not fit a latent of " + side.text());
    return 1;
  }
  if (!given) {
    const std::string pixels = std::to_string(usual * pixels_each);
    f.note("sample_size", "config-default-size",
           "the size of the image is not given: " + pixels + " x " + pixels + " pixels are taken");
  }
  const Count along = side.value() / patch.value();
  return (along * along).as_double();
}

void list_step_embedding(Lister& list, const std::string& name, Count width, bool bias) {
  list.two_linears(Part::conditioning, name, width, width, frequency_width, {}, bias);
}

void list_joint_blocks(Lister& list, const JointBlocks& b) {
  const Count d = b.width;
  const Passed once{b.layers, 1};
  const auto stream = [&](const std::string& name, double length, std::uint64_t modulations, bool ends) {
    Lister own = list.under(b.name + ' ' + name);
    const Passed passed{b.layers, length};
    if (modulations > 0)
      own.linear(Part::conditioning, "modulation", d * modulations, d, once, b.modulation_bias);
    for (const char* part : {"attention query", "attention key", "attention value"})
      own.linear(Part::attention, part, d, d, passed, b.bias);
    if (b.head_norms) own.vector(Part::norms, "query and key norms", Count{2} * b.head_dim, b.layers);
    own.products("attention products", b.layers, d, d, length, b.lengths.all());
    if (ends) return;
    own.linear(Part::attention, "attention output", d, d, passed, b.bias);
    own.feed_forward("feed-forward", {.width = d,
                                      .inner = b.inner,
                                      .layers = b.layers,
                                      .visits = length,
                                      .gated = b.gated,
                                      .bias = b.feed_forward_bias});
  };
  if (b.layers == Count{0}) return;
  stream("latent", b.lengths.latent, b.modulations, false);
  stream("text", b.lengths.text, b.text_modulations, b.text_ends);
}

void list_single_blocks(Lister& list, const SingleBlocks& b) {
  if (b.layers == Count{0}) return;
  const Count d = b.width;
  const Passed passed{b.layers, b.lengths.all()};
  Lister own = list.under("single");
  if (b.modulations > 0)
    own.linear(Part::conditioning, "modulation", d * b.modulations, d, {b.layers, 1}, b.bias);
  for (const char* part : {"attention query", "attention key", "attention value"})
    own.linear(Part::attention, part, d, d, passed, b.bias);
  own.vector(Part::norms, "query and key norms", Count{2} * b.head_dim, b.layers);
  own.products("attention products", b.layers, d, d, b.lengths.all(), b.lengths.all());
  if (b.gated) own.linear(Part::feed_forward, "feed-forward gate", b.inner, d, passed, b.bias);
  own.linear(Part::feed_forward, "feed-forward up", b.inner, d, passed, b.bias);
  own.linear(Part::feed_forward, "attention and feed-forward output", d, d + b.inner, passed, b.bias);
}

}  // namespace kwhatif::model
