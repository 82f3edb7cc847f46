// Encoder-decoders: T5 with its relatives, BART.
#include "readers.hpp"

namespace kwhatif::model {
namespace {

struct T5Rules {
  std::string family;
  bool relative_positions_in_every_layer = false;
  bool tied_by_default = true;
};

Stack t5_stack(Fields& f, const T5Rules& rules, Block block, Count layers, bool decoder) {
  constexpr std::uint64_t default_buckets = 32;  // transformers: relative_attention_num_buckets
  block.cross_attention = decoder;
  block.norms = decoder ? 3 : 2;
  Stack stack{.name = decoder ? "decoder" : "encoder",
              .side = decoder ? Side::decoder : Side::encoder,
              .blocks = {repeated(block, layers, {.causal = decoder})}};
  stack.relative_position_buckets = f.count_or({"relative_attention_num_buckets"}, default_buckets);
  stack.relative_positions_in_every_layer = rules.relative_positions_in_every_layer;
  return stack;
}

Architecture read_t5_like(Fields& f, const T5Rules& rules) {
  const Count width = f.count({"d_model", "hidden_size"});
  Architecture a = decoder_frame(f, width, rules.tied_by_default);
  a.family = rules.family;
  Block block;
  Attention attention;
  attention.heads = attention.key_value_heads = f.count({"num_heads", "num_attention_heads"});
  attention.head_dim = attention.value_dim = f.count({"d_kv", "head_dim"});
  block.attention = attention;
  const bool gated =
      f.text("feed_forward_proj", "relu").starts_with("gated") || f.flag("is_gated_act", false);
  block.feed_forward = FeedForward{f.count({"d_ff", "intermediate_size"}), gated, false, false};
  const Count layers = f.count({"num_layers", "num_hidden_layers"});
  const Count decoder_layers = f.count_or({"num_decoder_layers"}, layers);
  a.stacks.push_back(t5_stack(f, rules, block, layers, false));
  if (is_architecture(f, "EncoderModel")) {
    a.kind = Kind::encoder;
    a.head = Head::none;
    a.tied = false;
    a.stacks.front().side = Side::all;
    return a;
  }
  a.kind = Kind::encoder_decoder;
  a.stacks.push_back(t5_stack(f, rules, block, decoder_layers, true));
  return a;
}

}  // namespace

Architecture read_t5(Fields& f) { return read_t5_like(f, {.family = "T5"}); }
Architecture read_mt5(Fields& f) { return read_t5_like(f, {.family = "mT5", .tied_by_default = false}); }
Architecture read_umt5(Fields& f) {
  return read_t5_like(
      f, {.family = "UMT5", .relative_positions_in_every_layer = true, .tied_by_default = false});
}

Architecture read_bart(Fields& f) {
  constexpr std::uint64_t position_offset = 2;  // BartLearnedPositionalEmbedding keeps two rows more
  const Count width = f.count({"d_model"});
  Architecture a = decoder_frame(f, width, true);
  a.family = "BART";
  a.kind = Kind::encoder_decoder;
  a.norm = Norm::scale_and_shift;
  const Count positions = f.count({"max_position_embeddings"}) + Count{position_offset};
  for (const bool decoder : {false, true}) {
    const std::string side = decoder ? "decoder" : "encoder";
    Attention attention;
    attention.heads = attention.key_value_heads = f.count({(side + "_attention_heads").c_str()});
    attention.head_dim = attention.value_dim =
        std::max<std::uint64_t>(1, width.value() / attention.heads.value());
    attention.query_bias = attention.key_bias = attention.value_bias = attention.output_bias = true;
    Block block;
    block.attention = attention;
    block.cross_attention = decoder;
    block.feed_forward = FeedForward{f.count({(side + "_ffn_dim").c_str()}), false, true, true};
    block.norms = decoder ? 3 : 2;
    Stack stack{.name = side,
                .side = decoder ? Side::decoder : Side::encoder,
                .blocks = {repeated(block, f.count({(side + "_layers").c_str()}), {.causal = decoder})}};
    stack.position_rows = positions;
    stack.embedding_norm = f.flag("normalize_embedding", true);
    // Only the pre-norm relatives (mBART, Pegasus) end each stack with a norm.
    stack.final_norm = f.flag("add_final_layer_norm", false);
    a.stacks.push_back(std::move(stack));
  }
  return a;
}

}  // namespace kwhatif::model
