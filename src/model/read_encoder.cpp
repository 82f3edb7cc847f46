// Encoders trained by masked-language modelling: BERT and its relatives, DistilBERT, ELECTRA, ALBERT.
//
// What a checkpoint holds beside the encoder depends on `architectures`: a pooler (BertModel), a prediction
// head (BertForMaskedLM), both (BertForPreTraining), or a classifier. FLOPs always count the prediction on
// the masked positions, since that is how these models are trained, unless the file names a classifier.
#include "read_encoder.hpp"

#include <kwhatif/diag/suggest.hpp>

#include <algorithm>
#include <utility>

namespace kwhatif::model {

Block encoder_block(Fields& f, Count width, Names feed_forward) {
  Block block;
  Attention attention = with_biases(read_attention(f, width), true, true);
  const std::string positions = f.text("position_embedding_type", "absolute");
  if (positions.starts_with("relative_key")) {
    attention.relative_position_rows = Count{2} * f.count({"max_position_embeddings"}) - Count{1};
  } else if (positions != "absolute" && positions != "alibi") {
    f.error("position_embedding_type", "config-unsupported",
            "no rule for position_embedding_type '" + positions.substr(0, 60) + "' in an encoder",
            "absolute, relative_key, relative_key_query and alibi are counted");
  }
  block.attention = attention;
  block.feed_forward = FeedForward{f.count(feed_forward), false, true, true};
  // JinaBERT: gate and value in one matrix without bias.
  const std::string type = f.text("feed_forward_type", "original");
  if (type == "geglu" || type == "reglu") {
    block.feed_forward->gated = true;
    block.feed_forward->input_bias = false;
  } else if (type != "original") {
    f.error("feed_forward_type", "config-unsupported",
            "no rule for feed_forward_type '" + type.substr(0, 60) + "' in an encoder",
            "original, geglu and reglu are counted");
  }
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

namespace {

// A class of another library's code may differ from the family it is based on.
void warn_of_other_class(Fields& f) {
  for (const std::string& name : f.texts("architectures")) {
    const std::string type = diag::fold(f.text("model_type", ""));
    if (type.empty() || diag::fold(name).starts_with(type)) continue;
    f.warn("architectures", "config-other-class",
           "the class '" + name.substr(0, 60) +
               "' is not one of this model_type in transformers: it is counted by "
               "the fields of the file, and the class may have more");
  }
}

}  // namespace

// Rows of the position table: none where positions are slopes.
Count position_rows(Fields& f) {
  const Count rows = f.count({"max_position_embeddings"});
  return f.text("position_embedding_type", "absolute") == "alibi" ? Count{0} : rows;
}

// Sets pooler and head as the class in `architectures` has them.
void read_heads(Fields& f, Architecture& a, bool base_has_pooler) {
  warn_of_other_class(f);
  constexpr std::uint64_t default_classes = 2;  // transformers: num_labels
  if (is_architecture(f, "ForTokenClassification") || is_architecture(f, "ForQuestionAnswering")) {
    a.head = Head::classifier;
    a.classes = is_architecture(f, "ForQuestionAnswering") ? Count{default_classes}
                                                           : read_classes(f, default_classes);
    a.classifies_tokens = true;
    a.tied = false;
    return;
  }
  const bool masked = is_architecture(f, "ForMaskedLM");
  const bool pretraining = is_architecture(f, "ForPreTraining");
  const bool classifier = is_architecture(f, "ForSequenceClassification");
  if (masked || pretraining) {
    a.head_counted = true;
    a.pooler = pretraining && base_has_pooler;
    a.next_sentence_head = pretraining && base_has_pooler;
  } else if (classifier) {
    a.head = Head::classifier;
    a.classes = read_classes(f, default_classes);
    a.pooler = true;  // or a matrix of the same shape before the classifier
    a.tied = false;
  } else {
    a.pooler = base_has_pooler;
    const bool bare = !f.has("architectures") || is_architecture(f, "Model");
    if (!bare) {
      f.warn("architectures", "config-part-left-out",
             "the head of the class is not counted: parameters are those of the encoder");
    }
  }
}

Stack encoder_stack(Block block, Count layers, Count position_rows, Count position_width) {
  Stack stack{.name = "encoder", .blocks = {repeated(std::move(block), layers, {.causal = false})}};
  stack.final_norm = false;  // norms follow each part (post-norm): nothing is left at the end
  stack.embedding_norm = true;
  stack.position_rows = position_rows;
  stack.position_width = position_width;
  return stack;
}

namespace {
constexpr std::uint64_t bert_token_types = 2;
}  // namespace

Architecture read_bert(Fields& f) {
  const Count width = f.count(width_names);
  Architecture a = encoder_frame(f, width, "BERT and RoBERTa");
  a.type_rows = f.count_or_zero({"type_vocab_size"}, bert_token_types);
  read_heads(f, a, true);
  a.stacks.push_back(
      encoder_stack(encoder_block(f, width, feed_forward_names), read_layers(f), position_rows(f)));
  return a;
}

// BERT with one table of relative positions for all layers, and without token types.
Architecture read_mpnet(Fields& f) {
  constexpr std::uint64_t usual_buckets = 32;
  const Count width = f.count(width_names);
  Architecture a = encoder_frame(f, width, "MPNet");
  read_heads(f, a, true);
  Stack stack = encoder_stack(encoder_block(f, width, feed_forward_names), read_layers(f), position_rows(f));
  stack.relative_position_buckets = f.count_or({"relative_attention_num_buckets"}, usual_buckets);
  a.stacks.push_back(std::move(stack));
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
                                   read_layers(f), position_rows(f)));
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
  a.stacks.push_back(
      encoder_stack(encoder_block(f, width, feed_forward_names), read_layers(f), position_rows(f), embedded));
  f.note("architectures", "config-part-left-out",
         "ELECTRA's discriminator head (width² + 2·width + 1) and the generator trained beside it are not "
         "counted");
  if (f.has("architectures") && !is_architecture(f, "ForPreTraining") && !is_architecture(f, "Model")) {
    f.warn("architectures", "config-part-left-out",
           "the head of the class is not counted: parameters are those of the encoder");
  }
  return a;
}

Architecture read_albert(Fields& f) {
  const Count width = f.count(width_names);
  Architecture a = encoder_frame(f, width, "ALBERT");
  a.embedding_width = f.count({"embedding_size"});
  a.embedding_projection_bias = true;
  a.type_rows = f.count_or_zero({"type_vocab_size"}, bert_token_types);
  read_heads(f, a, true);
  Stack stack = encoder_stack(encoder_block(f, width, feed_forward_names), read_layers(f), position_rows(f),
                              a.embedding_width);
  stack.layers_share_weights = true;
  if (f.count_or({"num_hidden_groups"}, 1) > 1 || f.count_or({"inner_group_num"}, 1) > 1) {
    f.error("num_hidden_groups", "config-unsupported", "ALBERT with more than one group of shared layers",
            "published ALBERT models have one");
  }
  a.stacks.push_back(std::move(stack));
  return a;
}

Architecture read_modernbert(Fields& f) {
  constexpr std::uint64_t usual_window = 128;
  constexpr std::uint64_t usual_interval = 3;
  const Count width = f.count(width_names);
  Architecture a = encoder_frame(f, width, "ModernBERT");
  a.norm = f.flag("norm_bias", false) ? Norm::scale_and_shift : Norm::scale;
  a.transform_bias = f.flag("classifier_bias", false);
  read_heads(f, a, false);
  a.pooler = false;
  if (a.head == Head::classifier) {
    f.warn("architectures", "config-part-left-out",
           "the matrix and the norm between ModernBERT and its classifier are not counted");
  }
  if (!f.flag("decoder_bias", true)) {
    f.error("decoder_bias", "config-unsupported", "a masked-language head without an output bias");
  }
  const bool bias = f.flag("attention_bias", false);
  const bool inner_bias = f.flag("mlp_bias", false);
  Block block;
  block.attention = with_biases(read_attention(f, width), bias, bias);
  block.feed_forward = FeedForward{f.count(feed_forward_names), true, inner_bias, inner_bias};
  block.norms = 2;
  const Count layers = read_layers(f);
  const std::uint64_t interval = f.count_or({"global_attn_every_n_layers"}, usual_interval).value();
  const Reach local{.causal = false, .window = f.count_or({"local_attention"}, usual_window)};
  const Count everywhere = ceil_divide(layers, interval);
  if (f.has("layer_types")) {  // says the same as the interval
    const std::vector<std::string> types = f.texts("layer_types");
    const auto full = std::ranges::count(types, "full_attention");
    if (types.size() != layers.value() || Count{static_cast<std::uint64_t>(full)} != everywhere) {
      f.error("layer_types", "config-inconsistent",
              "layer_types and global_attn_every_n_layers name different layers that attend everywhere");
    }
  }
  Stack stack{.name = "encoder"};
  // The first layer follows the norm of the embeddings and has none of its own before attention.
  Block first = repeated(block, 1, {.causal = false});
  first.norms = 1;
  stack.blocks.push_back(first);
  if (everywhere > 1) stack.blocks.push_back(repeated(block, everywhere - Count{1}, {.causal = false}));
  if (layers > everywhere) stack.blocks.push_back(repeated(block, layers - everywhere, local));
  stack.embedding_norm = true;
  a.stacks.push_back(std::move(stack));
  return a;
}

// He 2021 (2111.09543), as in modeling_deberta_v2.py: words and relative positions are scored against each
// other.
Architecture read_deberta_v2(Fields& f) {
  const Count width = f.count(width_names);
  Architecture a = encoder_frame(f, width, "DeBERTa 2 and 3");
  a.type_rows = f.count_or_zero({"type_vocab_size"}, 0);
  read_heads(f, a, false);
  if (a.pooler && f.count_or({"pooler_hidden_size"}, width) != width)
    f.error("pooler_hidden_size", "config-unsupported", "a pooler of another width than the model's");
  f.decides_nothing({"pooler_hidden_size"});  // where there is no pooler
  const Count embedded = f.count_or({"embedding_size"}, width);
  if (embedded != width) a.embedding_width = embedded;
  Block block = encoder_block(f, width, feed_forward_names);
  const bool relative = f.flag("relative_attention", false);
  const bool absolute = f.flag("position_biased_input", true);
  const Count positions = f.count({"max_position_embeddings"});
  Stack stack = encoder_stack(block, read_layers(f), absolute ? positions : Count{0}, embedded);
  if (relative) {
    if (!f.flag("share_att_key", false)) {
      f.error(
          "share_att_key", "config-unsupported",
          "DeBERTa with matrices of its own for positions: kwhatif counts version 2 and 3, which share them");
    }
    const auto bounded = [&](const char* name) {  // -1 stands for "as many as there are positions"
      const JsonValue* value = f.find(name);
      return value == nullptr || value->negative ? Count{0} : f.count_or_zero({name}, 0);
    };
    Count reach = bounded("position_buckets");
    if (reach == 0) reach = bounded("max_relative_positions");
    if (reach == 0) reach = positions;
    stack.blocks.front().attention->position_span = Count{2} * reach;
    stack.listed.push_back({.name = "relative position table",
                            .part = Part::embeddings,
                            .use = Use::table,
                            .rows = Count{2} * reach,
                            .columns = width});
    const JsonValue* scores = f.find("pos_att_type");  // a list, or one text: "p2c|c2p"
    std::string kinds = scores != nullptr ? scores->text : "";
    for (std::size_t i = 0; scores != nullptr && i < scores->items.size(); ++i)
      kinds += '|' + scores->items[i].text;
    if (scores != nullptr &&
        (kinds.find("c2p") == std::string::npos || kinds.find("p2c") == std::string::npos)) {
      f.error("pos_att_type", "config-unsupported", "DeBERTa that scores positions in one direction only");
    }
    if (const JsonValue* norm = f.find("norm_rel_ebd");
        norm != nullptr && norm->text.find("layer_norm") != std::string::npos) {
      stack.listed.push_back({.name = "relative position norm",
                              .part = Part::norms,
                              .use = Use::vector,
                              .rows = Count{2} * width});
    }
  }
  if (const Count taps = f.count_or_zero({"conv_kernel_size"}, 0); taps > 0) {
    stack.listed.push_back(
        {.name = "convolution", .part = Part::convolution, .rows = width, .columns = taps * width});
    stack.listed.push_back({.name = "convolution bias and norm",
                            .part = Part::norms,
                            .use = Use::vector,
                            .rows = width,
                            .copies = 3});
    if (f.count_or({"conv_groups"}, 1) > 1) {
      f.error("conv_groups", "config-unsupported", "DeBERTa with a grouped convolution");
    }
  }
  a.stacks.push_back(std::move(stack));
  return a;
}

}  // namespace kwhatif::model
