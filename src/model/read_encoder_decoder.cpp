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

void warn_of_other_class(Fields& f) {
  if (!f.has("architectures") || is_architecture(f, "ForConditionalGeneration") ||
      is_architecture(f, "Model") || is_architecture(f, "MTModel"))
    return;
  f.warn("architectures", "config-part-left-out",
         "the class is no plain encoder-decoder: it is counted as one, and the head it has is not");
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
  // The second field repeats the first, and is read where the first is missing.
  const bool says_gated = f.flag("is_gated_act", false);
  const bool gated = f.text("feed_forward_proj", says_gated ? "gated" : "relu").starts_with("gated");
  f.decides_nothing({"n_positions"});  // positions are relative
  block.feed_forward = FeedForward{f.count({"d_ff", "intermediate_size"}), gated, false, false};
  const Count layers = read_layers(f, {"num_layers", "num_hidden_layers"});
  const Count decoder_layers = f.has("num_decoder_layers") ? read_layers(f, {"num_decoder_layers"}) : layers;
  a.stacks.push_back(t5_stack(f, rules, block, layers, false));
  if (is_architecture(f, "EncoderModel")) {
    a.kind = Kind::encoder;
    a.head = Head::none;
    a.tied = false;
    a.stacks.front().side = Side::all;
    return a;
  }
  warn_of_other_class(f);
  a.kind = Kind::encoder_decoder;
  a.stacks.push_back(t5_stack(f, rules, block, decoder_layers, true));
  return a;
}

}  // namespace

// T5 v1.1 whose encoder sees its neighbours, and in one form a summary of each block of tokens.
Architecture read_longt5(Fields& f) {
  constexpr std::uint64_t usual_radius = 127;
  constexpr std::uint64_t blocks_seen = 3;  // its own and both beside (modeling_longt5.py)
  constexpr std::uint64_t usual_block = 16;
  Architecture a = read_t5_like(f, {.family = "LongT5"});
  const Count radius = f.count_or({"local_radius"}, usual_radius);
  const Count block = f.count_or({"global_block_size"}, usual_block);
  const std::string type = f.text("encoder_attention_type", "local");
  Stack& encoder = a.stacks.front();
  for (Block& b : encoder.blocks) b.reach.window = blocks_seen * (radius + Count{1});
  if (type == "transient-global") {
    for (Block& b : encoder.blocks)
      b.listed.push_back(
          {.name = "norm of summaries", .part = Part::norms, .use = Use::vector, .rows = a.width});
    encoder.listed.push_back({.name = "relative position table of summaries",
                              .part = Part::embeddings,
                              .use = Use::table,
                              .rows = encoder.relative_position_buckets,
                              .columns = encoder.blocks.front().attention->heads});
    f.note("encoder_attention_type", "config-part-left-out",
           "what tokens do with the summaries, one of each " + block.text() +
               " tokens, is in the parameters and not in the FLOPs");
  } else if (type != "local") {
    f.error("encoder_attention_type", "config-unsupported",
            "no rule for encoder_attention_type '" + type.substr(0, 60) + "'");
  }
  return a;
}

Architecture read_t5(Fields& f) { return read_t5_like(f, {.family = "T5"}); }
Architecture read_mt5(Fields& f) { return read_t5_like(f, {.family = "mT5", .tied_by_default = false}); }
Architecture read_umt5(Fields& f) {
  return read_t5_like(
      f, {.family = "UMT5", .relative_positions_in_every_layer = true, .tied_by_default = false});
}

namespace {

// How BART and its relatives know positions.
enum class Positions {
  learned,
  learned_and_two,  // BartLearnedPositionalEmbedding keeps two rows more
  stored,           // sinusoids that the checkpoint holds
  computed,         // sinusoids made when needed
};

struct BartRules {
  std::string family;
  Positions positions = Positions::learned_and_two;
  bool embedding_norm = true;
  bool final_norm = false;  // pre-norm relatives end each stack with a norm
  bool key_bias = true;
};

struct BartSide {
  std::string name;  // also how its fields begin
  bool decoder;
  Count positions;
};

Stack bart_stack(Fields& f, const BartRules& rules, Count width, const BartSide& side) {
  const auto field = [&](const char* ending) { return f.count({(side.name + ending).c_str()}); };
  Attention attention;
  attention.heads = attention.key_value_heads = field("_attention_heads");
  if (width.value() % attention.heads.value() != 0 && !f.has_errors()) {
    f.error(side.name + "_attention_heads", "config-inconsistent",
            attention.heads.text() + " attention heads do not divide the width " + width.text());
  }
  attention.head_dim = attention.value_dim =
      std::max<std::uint64_t>(1, width.value() / attention.heads.value());
  attention.query_bias = attention.value_bias = attention.output_bias = true;
  attention.key_bias = rules.key_bias;
  Block block;
  block.attention = attention;
  block.cross_attention = side.decoder;
  block.feed_forward = FeedForward{field("_ffn_dim"), false, true, true};
  block.norms = side.decoder ? 3 : 2;
  Stack stack{.name = side.name,
              .side = side.decoder ? Side::decoder : Side::encoder,
              .blocks = {repeated(block, read_layers(f, {(side.name + "_layers").c_str()}),
                                  {.causal = side.decoder})}};
  stack.position_rows = side.positions;
  stack.embedding_norm = rules.embedding_norm;
  stack.final_norm = rules.final_norm;
  return stack;
}

Architecture bart_frame(Fields& f, const BartRules& rules) {
  Architecture a = decoder_frame(f, f.count({"d_model", "hidden_size"}), true);
  a.family = rules.family;
  a.kind = Kind::encoder_decoder;
  a.norm = Norm::scale_and_shift;
  warn_of_other_class(f);
  f.decides_nothing({"num_hidden_layers"});  // the encoder's again
  return a;
}

Architecture read_bart_like(Fields& f, const BartRules& rules) {
  constexpr std::uint64_t position_offset = 2;
  Architecture a = bart_frame(f, rules);
  Count positions = f.count({"max_position_embeddings"});
  if (rules.positions == Positions::learned_and_two) positions += Count{position_offset};
  if (rules.positions == Positions::computed) positions = 0;
  if (rules.positions == Positions::stored) {
    f.note("max_position_embeddings", "config-fixed-positions",
           "sinusoidal positions are stored as a table and counted");
  }
  for (const bool decoder : {false, true}) {
    a.stacks.push_back(bart_stack(f, rules, a.width, {decoder ? "decoder" : "encoder", decoder, positions}));
  }
  return a;
}

}  // namespace

Architecture read_bart(Fields& f) {
  BartRules rules{.family = "BART"};
  rules.embedding_norm = f.flag("normalize_embedding", true);
  rules.final_norm = f.flag("add_final_layer_norm", false);
  return read_bart_like(f, rules);
}
Architecture read_mbart(Fields& f) { return read_bart_like(f, {.family = "mBART", .final_norm = true}); }
Architecture read_pegasus(Fields& f) {
  return read_bart_like(
      f, {.family = "Pegasus", .positions = Positions::stored, .embedding_norm = false, .final_norm = true});
}
Architecture read_marian(Fields& f) {
  return read_bart_like(
      f, {.family = "Marian (Opus-MT)", .positions = Positions::stored, .embedding_norm = false});
}
Architecture read_m2m(Fields& f) {
  return read_bart_like(f, {.family = "M2M-100 and NLLB",
                            .positions = Positions::computed,
                            .embedding_norm = false,
                            .final_norm = true});
}
Architecture read_blenderbot(Fields& f) {
  return read_bart_like(
      f,
      {.family = "BlenderBot", .positions = Positions::learned, .embedding_norm = false, .final_norm = true});
}

// BART on long texts: the encoder sees a window, and has three matrices more for tokens that see all, which
// few tokens pass (modeling_led.py).
Architecture read_led(Fields& f) {
  constexpr std::uint64_t usual_window = 512;
  constexpr std::uint64_t more_matrices = 3;
  const BartRules rules{.family = "LED"};
  Architecture a = bart_frame(f, rules);
  const Count longest = f.count({"max_encoder_position_embeddings"});
  Stack encoder = bart_stack(f, rules, a.width, {"encoder", false, longest});
  Block& block = encoder.blocks.front();
  const std::vector<Count> windows = f.counts("attention_window");
  block.reach.window = windows.empty() ? Count{usual_window} : windows.front();
  for (const Count window : windows) {
    if (window != windows.front())
      f.error("attention_window", "config-unsupported", "windows that differ from layer to layer");
  }
  block.listed = {{.name = "attention of global tokens",
                   .part = Part::attention,
                   .rows = a.width,
                   .columns = a.width,
                   .copies = more_matrices,
                   .visits = 0},
                  {.name = "attention of global tokens, biases",
                   .part = Part::attention,
                   .use = Use::vector,
                   .rows = a.width,
                   .copies = more_matrices}};
  a.stacks.push_back(std::move(encoder));
  a.stacks.push_back(
      bart_stack(f, rules, a.width, {"decoder", true, f.count({"max_decoder_position_embeddings"})}));
  a.context_length = longest;
  return a;
}

// Pegasus with BigBird's attention in the encoder: blocks see their neighbours, a few others and the two
// ends.
Architecture read_bigbird_pegasus(Fields& f) {
  constexpr std::uint64_t usual_block = 64;
  constexpr std::uint64_t usual_random = 3;
  constexpr std::uint64_t always_seen = 5;  // three around, two at the ends (Zaheer 2020, section 2)
  const BartRules rules{.family = "BigBird-Pegasus", .embedding_norm = false, .final_norm = true};
  Architecture a = bart_frame(f, rules);
  const Count positions = f.count({"max_position_embeddings"});
  const bool bias = f.flag("use_bias", false);
  for (const bool decoder : {false, true}) {
    Stack stack = bart_stack(f, rules, a.width, {decoder ? "decoder" : "encoder", decoder, positions});
    Block& block = stack.blocks.front();
    block.attention = with_biases(*block.attention, bias, bias);
    if (!decoder && f.text("attention_type", "block_sparse") == "block_sparse") {
      block.reach.window = f.count_or({"block_size"}, usual_block) *
                           (f.count_or({"num_random_blocks"}, usual_random) + Count{always_seen});
    }
    a.stacks.push_back(std::move(stack));
  }
  f.decides_nothing({"block_size", "num_random_blocks"});
  return a;
}

Architecture read_whisper(Fields& f) {
  const BartRules rules{.family = "Whisper", .embedding_norm = false, .final_norm = true, .key_bias = false};
  Architecture a = bart_frame(f, rules);
  const Count bands = f.count({"num_mel_bins"});
  const Count frames = f.count({"max_source_positions"});
  Stack encoder = bart_stack(f, rules, a.width, {"encoder", false, frames});
  encoder.listed = whisper_convolutions(a.width, bands);
  a.stacks.push_back(std::move(encoder));
  a.stacks.push_back(bart_stack(f, rules, a.width, {"decoder", true, f.count({"max_target_positions"})}));
  a.context_length = frames;
  f.note("max_source_positions", "config-audio-tokens",
         "a sequence of the encoder is " + frames.text() +
             " tokens of sound (20 ms each in the published models), whatever is said in it");
  return a;
}

}  // namespace kwhatif::model
