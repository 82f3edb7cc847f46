// Small encoders: MobileBERT, narrow inside wide states, and SqueezeBERT, whose matrices act on groups of
// channels. Structure as in transformers' modeling_mobilebert.py and modeling_squeezebert.py.
#include "read_encoder.hpp"
#include <kwhatif/model/inventory.hpp>

#include <algorithm>
#include <utility>

namespace kwhatif::model {
namespace {

constexpr std::uint64_t two = 2;

// A matrix with its bias, as often as `copies`.
void add_dense(std::vector<ListedWeight>& listed, const std::string& name, Part part, Count rows,
               Count columns, Count copies = 1) {
  listed.push_back({.name = name, .part = part, .rows = rows, .columns = columns, .copies = copies});
  listed.push_back(
      {.name = name + " bias", .part = part, .use = Use::vector, .rows = rows, .copies = copies});
}

ListedWeight norm(std::string name, Count width, Count copies = 1) {
  return {.name = std::move(name),
          .part = Part::norms,
          .use = Use::vector,
          .rows = two * width,
          .copies = copies};
}

// The core of attention alone: its matrices are listed.
Attention products_of(Fields& f, Count width) {
  Attention a = read_attention(f, width);
  a.matrices_listed = true;
  return a;
}

}  // namespace

// Sun 2020 (2004.02984): each layer narrows the state, works on it, and widens it again.
Architecture read_mobilebert(Fields& f) {
  constexpr std::uint64_t usual_inside = 128;
  constexpr std::uint64_t usual_parts = 4;
  constexpr std::uint64_t words_seen = 3;  // a word and both beside it
  const Count width = f.count(width_names);
  Architecture a = encoder_frame(f, width, "MobileBERT");
  a.type_rows = 0;  // as wide as the model, unlike the words: listed below
  read_heads(f, a, false);
  a.next_sentence_head = is_architecture(f, "ForPreTraining");
  const Count embedded = f.count_or({"embedding_size"}, usual_inside);
  if (embedded >= width && !f.has_errors())
    f.error("embedding_size", "config-unsupported", "MobileBERT with words as wide as the model");
  const Count inside = f.count_or({"intra_bottleneck_size", "true_hidden_size"}, usual_inside);
  const Count inner = f.count(feed_forward_names);
  const Count parts = f.count_or({"num_feedforward_networks"}, usual_parts);
  const bool shared = f.flag("key_query_shared_bottleneck", true);
  for (const auto& [field, usual] :
       {std::pair{"use_bottleneck", true}, std::pair{"use_bottleneck_attention", false},
        std::pair{"trigram_input", true}}) {
    if (f.flag(field, usual) != usual)
      f.error(field, "config-unsupported", "MobileBERT with another setting of " + std::string(field));
  }
  if (!shared)
    f.error("key_query_shared_bottleneck", "config-unsupported", "MobileBERT whose keys see the wide state");
  if (f.flag("classifier_activation", true) && a.head != Head::classifier) a.pooler = true;
  Block block;
  block.attention = products_of(f, inside);
  std::vector<ListedWeight>& w = block.listed;
  add_dense(w, "bottleneck", Part::feed_forward, inside, width, 2);
  w.push_back(norm("bottleneck norm", inside, 2));
  add_dense(w, "attention query and key", Part::attention, inside, inside, 2);
  add_dense(w, "attention value", Part::attention, inside, width);
  add_dense(w, "attention output", Part::attention, inside, inside);
  w.push_back(norm("attention norm", inside));
  add_dense(w, "feed-forward up", Part::feed_forward, inner, inside, parts);
  add_dense(w, "feed-forward down", Part::feed_forward, inside, inner, parts);
  w.push_back(norm("feed-forward norm", inside, parts));
  add_dense(w, "widening", Part::feed_forward, width, inside);
  w.push_back(norm("layer norm", width));
  Stack stack = encoder_stack(std::move(block), read_layers(f), position_rows(f));
  stack.embedding_norm = false;
  const Count types = f.count_or_zero({"type_vocab_size"}, 2);
  stack.listed.push_back({.name = "token type table",
                          .part = Part::embeddings,
                          .use = Use::table,
                          .rows = types,
                          .columns = width});
  add_dense(stack.listed, "embedding transformation", Part::embeddings, width, Count{words_seen} * embedded);
  stack.listed.push_back(norm("embedding norm", width));
  a.stacks.push_back(std::move(stack));
  // The words have a width of their own, and no projection but the one listed.
  const Count words = a.vocabulary;
  a.listed.push_back({.name = "narrow token table",
                      .part = Part::embeddings,
                      .use = a.head_counted ? Use::tied_table : Use::token_table,
                      .rows = words,
                      .columns = embedded});
  if (a.head == Head::masked_language_model && a.head_counted) {
    // The output is the token table with a matrix beside it that makes it as wide as the model.
    // Both are passed by masked words; the table's share is counted with the matrix.
    const Count beside = embedded < width ? width - embedded : Count{1};
    a.listed.push_back({.name = "prediction transform",
                        .part = Part::head,
                        .rows = width,
                        .columns = width,
                        .visits = masked_share});
    a.listed.push_back(
        {.name = "prediction transform bias", .part = Part::head, .use = Use::vector, .rows = width});
    a.listed.push_back(norm("prediction norm", width));
    a.listed.push_back({.name = "output matrix beside the token table",
                        .part = Part::head,
                        .rows = words,
                        .columns = beside,
                        .visits = masked_share * width.as_double() / beside.as_double()});
    a.listed.push_back({.name = "output bias", .part = Part::head, .use = Use::vector, .rows = words});
  } else if (a.head == Head::masked_language_model) {
    f.note("architectures", "config-no-head", "the output of masked-language training is not in the FLOPs");
  }
  if (a.head == Head::masked_language_model) a.head = Head::none;
  a.vocabulary = 0;
  a.tied = false;
  f.decides_nothing({"normalization_type", "classifier_activation"});
  return a;
}

// Iandola 2020 (2006.11316): BERT whose matrices act on groups of channels.
Architecture read_squeezebert(Fields& f) {
  constexpr std::uint64_t usual_groups = 4;
  const Count width = f.count(width_names);
  Architecture a = encoder_frame(f, width, "SqueezeBERT");
  a.type_rows = f.count_or_zero({"type_vocab_size"}, 2);
  read_heads(f, a, true);
  const Count inner = f.count(feed_forward_names);
  const auto groups = [&](const char* field, std::uint64_t usual, Count columns) {
    const Count given = f.count_or({field}, usual);
    if (columns.value() % given.value() != 0 && !f.has_errors())
      f.error(field, "config-inconsistent",
              given.text() + " groups do not divide the width " + columns.text());
    return Count{std::max<std::uint64_t>(1, columns.value() / given.value())};
  };
  Block block;
  block.attention = products_of(f, width);
  block.norms = 2;
  add_dense(block.listed, "attention query", Part::attention, width, groups("q_groups", usual_groups, width));
  add_dense(block.listed, "attention key", Part::attention, width, groups("k_groups", usual_groups, width));
  add_dense(block.listed, "attention value", Part::attention, width, groups("v_groups", usual_groups, width));
  add_dense(block.listed, "attention output", Part::attention, width,
            groups("post_attention_groups", 1, width));
  add_dense(block.listed, "feed-forward up", Part::feed_forward, inner,
            groups("intermediate_groups", usual_groups, width));
  add_dense(block.listed, "feed-forward down", Part::feed_forward, width,
            groups("output_groups", usual_groups, inner));
  const Count embedded = f.count_or({"embedding_size"}, width);
  if (embedded != width)
    f.error("embedding_size", "config-unsupported",
            "SqueezeBERT with words of another width than the model's");
  a.stacks.push_back(encoder_stack(std::move(block), read_layers(f), position_rows(f)));
  return a;
}

}  // namespace kwhatif::model
