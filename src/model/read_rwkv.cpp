// RWKV 4: each layer mixes a token with the one before it and a running average, and has no attention.
//
// Does not live here: RWKV 5 to 7, whose matrices of state have other sizes (recognise.cpp refuses them).
#include "readers.hpp"

namespace kwhatif::model {
namespace {

// Of the running average in the form that cannot overflow: sums, products, maxima and exponentials of one
// channel and token, and the receptance on top (modeling_rwkv.py, rwkv_linear_attention_cpu).
constexpr double operations_per_channel = 24;

ListedWeight matrix(const char* name, Part part, Count rows, Count columns) {
  return {.name = name, .part = part, .rows = rows, .columns = columns};
}

ListedWeight vectors(const char* name, Part part, Count elements, Count copies) {
  return {.name = name, .part = part, .use = Use::vector, .rows = elements, .copies = copies};
}

}  // namespace

// Peng 2023, section 3 and appendix; modeling_rwkv.py.
Architecture read_rwkv(Fields& f) {
  constexpr std::uint64_t usual_factor = 4;
  constexpr std::uint64_t mixes_of_time = 3;      // for key, value and receptance
  constexpr std::uint64_t mixes_of_channels = 2;  // for key and receptance
  constexpr std::uint64_t of_time = 2;            // decay, and the weight of the token itself
  constexpr std::uint64_t kept_per_inner = 5;     // receptance, key, value, average, what passes on
  const Count width = f.count({"hidden_size"});
  Architecture a = decoder_frame(f, width, false);
  a.family = "RWKV 4";
  a.kind = Kind::state_space;
  a.norm = Norm::scale_and_shift;
  a.context_length = f.first_count({"context_length", "max_position_embeddings"}).value_or(0);
  read_decoder_head(f, a);
  const Count layers = read_layers(f);
  const Count inner = f.count_or({"attention_hidden_size"}, width);
  const Count wide = f.count_or({"intermediate_size"}, Count{usual_factor} * width);
  f.decides_nothing({"rescale_every"});
  Block block;
  ListedMixer mixer;
  mixer.weights = {matrix("receptance", Part::state_space, inner, width),
                   matrix("key", Part::state_space, inner, width),
                   matrix("value", Part::state_space, inner, width),
                   matrix("output", Part::state_space, width, inner),
                   vectors("time decay", Part::state_space, inner, of_time),
                   vectors("time mix", Part::state_space, width, mixes_of_time)};
  mixer.recurrence = "running average";
  mixer.rule = "running average 24 FLOP per channel";
  mixer.recurrence_flop = operations_per_channel * inner.as_double();
  mixer.kept = Count{kept_per_inner} * inner;
  block.mixer = std::move(mixer);
  block.feed_forward = FeedForward{.width = wide};
  block.listed = {matrix("feed-forward receptance", Part::feed_forward, width, width),
                  vectors("feed-forward mix", Part::feed_forward, width, mixes_of_channels)};
  block.norms = 2;
  a.stacks.push_back({.name = "decoder", .blocks = {repeated(block, layers)}, .embedding_norm = true});
  return a;
}

}  // namespace kwhatif::model
