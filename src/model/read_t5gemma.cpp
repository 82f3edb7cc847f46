// T5Gemma: an encoder and a decoder made of Gemma 2's layers (modeling_t5gemma.py).
#include "readers.hpp"

#include <array>
#include <string>
#include <utility>

namespace kwhatif::model {
namespace {

constexpr std::uint64_t usual_window = 4096;
constexpr std::uint64_t usual_head_dim = 256;
constexpr std::uint64_t usual_vocabulary = 256000;

// Every second layer sees a window, the first one too.
Stack gemma2_stack(Fields& f, Count width, bool decoder) {
  constexpr std::uint64_t norms_of_encoder = 4;
  constexpr std::uint64_t norms_of_decoder = 6;
  const bool bias = f.flag("attention_bias", false);
  Block block;
  block.attention = with_biases(read_attention(f, width, usual_head_dim), bias, bias);
  block.cross_attention = decoder;
  block.feed_forward = FeedForward{f.count(feed_forward_names), true, false, false};
  block.norms = decoder ? norms_of_decoder : norms_of_encoder;
  const Count layers = read_layers(f);
  const Count window = f.count_or_zero({"sliding_window"}, usual_window);
  Count narrow = ceil_divide(layers, 2);
  if (const std::vector<std::string> types = f.texts("layer_types"); !types.empty()) {
    narrow = 0;
    for (const std::string& type : types) {
      if (type != "full_attention" && type != "sliding_attention")
        f.error("layer_types", "config-unsupported",
                "no rule for layers of type '" + type.substr(0, 60) + "'");
      if (type == "sliding_attention") narrow += 1;
    }
    if (Count{types.size()} != layers) {
      f.error("layer_types", "config-inconsistent",
              std::to_string(types.size()) + " layer types for " + layers.text() + " layers");
      narrow = 0;
    }
  }
  Stack stack{.name = decoder ? "decoder" : "encoder", .side = decoder ? Side::decoder : Side::encoder};
  if (narrow > 0) stack.blocks.push_back(repeated(block, narrow, {.causal = decoder, .window = window}));
  if (layers > narrow) stack.blocks.push_back(repeated(block, layers - narrow, {.causal = decoder}));
  return stack;
}

}  // namespace

Architecture read_t5gemma(Fields& f) {
  Architecture a;
  a.kind = Kind::encoder_decoder;
  a.family = "T5Gemma";
  a.tied = f.flag("tie_word_embeddings", true);
  f.decides_nothing({"encoder", "decoder", "classifier_dropout_rate", "dropout_rate"});
  a.width = 1;
  for (const bool decoder : {false, true}) {
    auto side = f.object(decoder ? "decoder" : "encoder");
    if (!side) {
      f.error(decoder ? "decoder" : "encoder", "config-missing-field",
              std::string("the file does not describe its ") + (decoder ? "decoder" : "encoder"));
      continue;
    }
    const Count width = side->count(width_names);
    if (decoder && width != a.width && !f.has_errors()) {
      f.error("decoder", "config-unsupported",
              "an encoder of width " + a.width.text() + " with a decoder of width " + width.text() +
                  ": kwhatif counts both sides at one width",
              "give the sizes directly (--params)");
    }
    a.width = width;
    if (decoder) {
      a.vocabulary = side->count_or({"vocab_size"}, f.count_or({"vocab_size"}, usual_vocabulary));
      a.context_length = side->first_count(context_names).value_or(0);
    }
    a.stacks.push_back(gemma2_stack(*side, width, decoder));
    side->decides_nothing({"cross_attention_hidden_size", "vocab_size", "dropout_rate",
                           "query_pre_attn_scalar", "is_decoder", "tie_word_embeddings",
                           "max_position_embeddings"});
    report_unread(*side, a, "t5gemma");
  }
  f.decides_nothing({"vocab_size"});
  a.listed.push_back({.name = "token table of the encoder",
                      .part = Part::embeddings,
                      .use = Use::token_table,
                      .rows = a.vocabulary,
                      .columns = a.width});
  return a;
}

}  // namespace kwhatif::model
