// The text towers of CLIP and SigLIP, as they stand in files of their own.
#include "readers.hpp"

namespace kwhatif::model {
namespace {

constexpr Names projection_names{"projection_dim", "projection_size"};

Architecture read_text_tower(Fields& f, std::string family, bool causal) {
  const Count width = f.count({"hidden_size"});
  Architecture a = decoder_frame(f, width, false);
  a.kind = Kind::encoder;
  a.family = std::move(family);
  a.norm = Norm::scale_and_shift;
  a.head = Head::none;
  Block block;
  block.attention = with_biases(read_attention(f, width), true, true);
  block.feed_forward = FeedForward{f.count({"intermediate_size"}), false, true, true};
  block.norms = 2;
  Stack stack{.name = "text tower", .blocks = {repeated(block, read_layers(f), {.causal = causal})}};
  stack.position_rows = f.count({"max_position_embeddings"});
  a.stacks.push_back(std::move(stack));
  a.tied = false;
  return a;
}

// One state of the sequence is projected into the space shared with the image tower.
void add_projection(Fields& f, Architecture& a, bool bias) {
  const Count rows = f.count_or(projection_names, a.width);
  a.listed.push_back({.name = "output projection",
                      .part = Part::head,
                      .rows = rows,
                      .columns = a.width,
                      .visits = 0,
                      .visits_per_sequence = 1});
  if (bias)
    a.listed.push_back(
        {.name = "output projection bias", .part = Part::head, .use = Use::vector, .rows = rows});
}

}  // namespace

// Every token sees what came before it alone (modeling_clip.py).
Architecture read_clip_text(Fields& f) {
  Architecture a = read_text_tower(f, "CLIP's text tower", true);
  if (is_architecture(f, "WithProjection")) add_projection(f, a, false);
  f.decides_nothing(projection_names);
  return a;
}

// Every token sees all, and the last state is projected (modeling_siglip.py).
Architecture read_siglip_text(Fields& f) {
  Architecture a = read_text_tower(f, "SigLIP's text tower", false);
  add_projection(f, a, true);
  return a;
}

}  // namespace kwhatif::model
