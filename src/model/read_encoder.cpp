// Encoders trained by masked-language modelling: BERT and its relatives, DistilBERT, ELECTRA, ALBERT.
//
// What a checkpoint holds beside the encoder depends on `architectures`: a pooler (BertModel), a prediction
// head (BertForMaskedLM), both (BertForPreTraining), or a classifier. FLOPs always count the prediction on
// the masked positions, since that is how these models are trained, unless the file names a classifier.
#include "readers.hpp"

namespace kwhatif::model {
namespace {

Block encoder_block(Fields& f, Count width, Names feed_forward) {
  Block block;
  Attention attention = read_attention(f, width);
  attention.query_bias = attention.key_bias = attention.value_bias = attention.output_bias = true;
  if (f.text("position_embedding_type", "absolute").starts_with("relative_key")) {
    attention.relative_position_rows = Count{2} * f.count({"max_position_embeddings"}) - Count{1};
  }
  block.attention = attention;
  block.feed_forward = FeedForward{f.count(feed_forward), false, true, true};
  block.norms = 2;
  return block;
}

Architecture encoder_frame(Fields& f, Count width, std::string family) {
  Architecture a = decoder_frame(f, width, true);
  a.kind = Kind::encoder;
  a.family = std::move(family);
  a.norm = Norm::scale_and_shift;
  a.head = Head::masked_language_model;
  a.head_counted = false;
  return a;
}

// Sets pooler and head as the class in `architectures` has them.
void read_heads(Fields& f, Architecture& a, bool base_has_pooler) {
  const bool masked = is_architecture(f, "ForMaskedLM");
  const bool pretraining = is_architecture(f, "ForPreTraining");
  const bool classifier = is_architecture(f, "ForSequenceClassification");
  if (masked || pretraining) {
    a.head_counted = true;
    a.pooler = pretraining && base_has_pooler;
    a.next_sentence_head = pretraining && base_has_pooler;
  } else if (classifier) {
    constexpr std::uint64_t default_classes = 2;  // transformers: num_labels
    a.head = Head::classifier;
    a.classes = read_classes(f, default_classes);
    a.pooler = base_has_pooler;
    a.tied = false;
  } else {
    a.pooler = base_has_pooler;
  }
}

Stack encoder_stack(Block block, Count layers, Count position_rows, Count position_width = 0) {
  Stack stack{.name = "encoder", .blocks = {repeated(block, layers, {.causal = false})}};
  stack.final_norm = false;  // norms follow each part (post-norm): nothing is left at the end
  stack.embedding_norm = true;
  stack.position_rows = position_rows;
  stack.position_width = position_width;
  return stack;
}

constexpr std::uint64_t bert_token_types = 2;

}  // namespace

Architecture read_bert(Fields& f) {
  const Count width = f.count(width_names);
  Architecture a = encoder_frame(f, width, "BERT and RoBERTa");
  a.type_rows = f.count_or_zero({"type_vocab_size"}, bert_token_types);
  read_heads(f, a, true);
  a.stacks.push_back(encoder_stack(encoder_block(f, width, feed_forward_names), read_layers(f),
                                   f.count({"max_position_embeddings"})));
  return a;
}

Architecture read_distilbert(Fields& f) {
  const Count width = f.count({"dim", "hidden_size"});
  Architecture a = encoder_frame(f, width, "DistilBERT");
  read_heads(f, a, false);
  const bool fixed = f.flag("sinusoidal_pos_embds", false);  // stored all the same
  f.note("sinusoidal_pos_embds", "config-fixed-positions",
         fixed ? "sinusoidal positions are stored as a table and counted" : "learned positions");
  a.stacks.push_back(encoder_stack(encoder_block(f, width, {"hidden_dim", "intermediate_size"}),
                                   read_layers(f), f.count({"max_position_embeddings"})));
  return a;
}

Architecture read_electra(Fields& f) {
  const Count width = f.count(width_names);
  Architecture a = encoder_frame(f, width, "ELECTRA");
  const Count embedded = f.count_or({"embedding_size"}, width);
  if (embedded != width) {
    a.embedding_width = embedded;
    a.embedding_projection_bias = true;
  }
  a.type_rows = f.count_or_zero({"type_vocab_size"}, bert_token_types);
  // The discriminator looks at every token and predicts one bit: no output matrix.
  a.head = Head::none;
  a.tied = false;
  a.stacks.push_back(encoder_stack(encoder_block(f, width, feed_forward_names), read_layers(f),
                                   f.count({"max_position_embeddings"}), embedded));
  f.note("architectures", "config-part-left-out",
         "ELECTRA's discriminator head (width² + 3·width + 1) and the generator trained beside it are not "
         "counted");
  return a;
}

Architecture read_albert(Fields& f) {
  const Count width = f.count(width_names);
  Architecture a = encoder_frame(f, width, "ALBERT");
  a.embedding_width = f.count({"embedding_size"});
  a.embedding_projection_bias = true;
  a.type_rows = f.count_or_zero({"type_vocab_size"}, bert_token_types);
  read_heads(f, a, true);
  Stack stack = encoder_stack(encoder_block(f, width, feed_forward_names), read_layers(f),
                              f.count({"max_position_embeddings"}), a.embedding_width);
  stack.layers_share_weights = true;
  if (f.count_or({"num_hidden_groups"}, 1) > 1 || f.count_or({"inner_group_num"}, 1) > 1) {
    f.error("num_hidden_groups", "config-unsupported", "ALBERT with more than one group of shared layers",
            "published ALBERT models have one");
  }
  a.stacks.push_back(std::move(stack));
  return a;
}

}  // namespace kwhatif::model
