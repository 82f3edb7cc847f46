// Decoders with field names or parts of their own: OPT, BLOOM, Falcon, MPT, DBRX, ChatGLM, Phi-3 small,
// Qwen 1. Rules are those of transformers' modelling code, or of the model's own code on the hub.
#include "readers.hpp"

#include <utility>

namespace kwhatif::model {
namespace {

constexpr std::uint64_t four = 4;  // feed-forward width in model widths, where a family fixes it

Architecture frame(Fields& f, Count width, std::string_view family, bool tied_by_default,
                   Norm norm = Norm::scale) {
  Architecture a = decoder_frame(f, width, tied_by_default);
  a.family = family;
  a.norm = norm;
  return a;
}

Stack one_stack(Block block, Count layers) {
  return {.name = "decoder", .blocks = {repeated(std::move(block), layers)}};
}

}  // namespace

Architecture read_opt(Fields& f) {
  constexpr std::uint64_t position_offset = 2;  // OPTLearnedPositionalEmbedding keeps two rows more
  const Count width = f.count(width_names);
  Architecture a = frame(f, width, "OPT", true);
  const bool shifts = f.flag("layer_norm_elementwise_affine", true);
  a.norm = shifts ? Norm::scale_and_shift : Norm::bare;
  const bool biases = f.flag("enable_bias", true);
  const Count embedded = f.count_or({"word_embed_proj_dim"}, width);
  if (embedded != width) {
    a.embedding_width = embedded;
    a.projects_back = true;
  }
  Block block;
  block.attention = with_biases(read_attention(f, width), biases, biases);
  block.feed_forward = FeedForward{f.count(feed_forward_names), false, biases, biases};
  block.norms = 2;
  Stack stack = one_stack(block, read_layers(f));
  stack.position_rows = f.count({"max_position_embeddings"}) + Count{position_offset};
  stack.final_norm = f.flag("do_layer_norm_before", true) && !f.flag("_remove_final_layer_norm", false);
  a.stacks.push_back(std::move(stack));
  return a;
}

Architecture read_bloom(Fields& f) {
  const Count width = f.count(width_names);
  Architecture a = frame(f, width, "BLOOM", true, Norm::scale_and_shift);
  Block block;
  block.attention = with_biases(read_attention(f, width), true, true);
  block.feed_forward = FeedForward{Count{four} * width, false, true, true};
  block.norms = 2;
  Stack stack = one_stack(block, read_layers(f));
  stack.embedding_norm = true;
  a.stacks.push_back(std::move(stack));
  return a;
}

Architecture read_falcon(Fields& f) {
  const Count width = f.count(width_names);
  Architecture a = frame(f, width, "Falcon", true, Norm::scale_and_shift);
  const bool new_decoder = f.flag("new_decoder_architecture", false);
  const bool multi_query = f.flag("multi_query", true);
  const bool parallel = f.flag("parallel_attn", true);
  const bool biases = f.flag("bias", false);
  f.flag("alibi", false);  // positions by slopes have no weights
  Attention attention = read_attention(f, width);
  if (!new_decoder) attention.key_value_heads = multi_query ? Count{1} : attention.heads;
  Block block;
  block.attention = with_biases(attention, biases, biases);
  block.feed_forward =
      FeedForward{f.count_or({"ffn_hidden_size"}, Count{four} * width), false, biases, biases};
  const Count parallel_norms = f.count_or({"num_ln_in_parallel_attn"}, new_decoder ? 2 : 1);
  block.norms = parallel ? parallel_norms : Count{2};
  a.stacks.push_back(one_stack(block, read_layers(f)));
  return a;
}

Architecture read_mpt(Fields& f) {
  const Count width = f.count({"d_model", "hidden_size"});
  Architecture a = frame(f, width, "MPT", true);
  const bool biases = !f.flag("no_bias", true);
  a.norm = biases ? Norm::scale_and_shift : Norm::scale;
  Attention attention = with_biases(read_attention(f, width), biases, biases);
  bool alibi = true;
  bool rope = false;
  if (auto nested = f.object("attn_config")) {
    attention.key_value_heads = nested->count_or({"kv_n_heads"}, attention.heads);
    const std::string type = nested->text("attn_type", "multihead_attention");
    if (type == "multiquery_attention") attention.key_value_heads = 1;
    alibi = nested->flag("alibi", true);
    rope = nested->flag("rope", false);
    if (nested->flag("qk_ln", false)) {
      attention.query_norm = attention.heads * attention.head_dim;
      attention.key_norm = attention.key_value_heads * attention.head_dim;
    }
    report_unread(*nested, a, "mpt");
  }
  Block block;
  block.attention = attention;
  const double ratio = f.number("expansion_ratio", four);
  const auto inner = static_cast<std::uint64_t>(ratio * width.as_double());
  block.feed_forward = FeedForward{inner, false, biases, biases};
  block.norms = 2;
  Stack stack = one_stack(block, read_layers(f));
  if (f.flag("learned_pos_emb", true) && !alibi && !rope) {
    stack.position_rows = f.count({"max_seq_len", "max_position_embeddings"});
  }
  a.stacks.push_back(std::move(stack));
  return a;
}

Architecture read_dbrx(Fields& f) {
  const Count width = f.count({"d_model", "hidden_size"});
  Architecture a = frame(f, width, "DBRX", false, Norm::scale);  // LayerNorm without shift
  Attention attention = read_attention(f, width);
  if (auto nested = f.object("attn_config")) {
    attention.key_value_heads = nested->count_or({"kv_n_heads"}, attention.heads);
    report_unread(*nested, a, "dbrx");
  }
  Experts experts;
  if (auto nested = f.object("ffn_config")) {
    experts.width = nested->count({"ffn_hidden_size"});
    experts.routed = nested->count({"moe_num_experts"});
    experts.used = nested->count({"moe_top_k"});
    if (experts.used > experts.routed)
      nested->error("moe_top_k", "config-inconsistent", "a token cannot pass more experts than there are");
    nested->decides_nothing({"ffn_act_fn"});  // the activation function, as an object
    report_unread(*nested, a, "dbrx");
  } else if (!f.has_errors()) {
    f.error("ffn_config", "config-missing-field", "the field 'ffn_config' is missing");
    experts.width = experts.routed = experts.used = 1;
  }
  Block block;
  block.attention = attention;
  block.experts = experts;
  block.norms = 2;
  a.stacks.push_back(one_stack(block, read_layers(f)));
  return a;
}

Architecture read_chatglm(Fields& f) {
  const Count width = f.count(width_names);
  Architecture a = frame(f, width, "ChatGLM 2 to GLM 4", false);
  const bool biases = f.flag("add_bias_linear", false);
  Attention attention = read_attention(f, width);
  if (!f.flag("multi_query_attention", false)) attention.key_value_heads = attention.heads;
  Block block;
  block.attention = with_biases(attention, f.flag("add_qkv_bias", false) || biases, biases);
  block.feed_forward = FeedForward{f.count(feed_forward_names), true, biases, biases};
  block.norms = 2;
  Stack stack = one_stack(block, read_layers(f));
  stack.final_norm = f.flag("post_layer_norm", true);
  a.stacks.push_back(std::move(stack));
  return a;
}

Architecture read_phi3small(Fields& f) {
  const Count width = f.count(width_names);
  Architecture a = frame(f, width, "Phi 3 small", true, Norm::scale_and_shift);
  Block block;
  block.attention = with_biases(read_attention(f, width), true, true);
  block.feed_forward = FeedForward{f.count({"ff_intermediate_size", "intermediate_size"}), true, true, true};
  block.norms = 2;
  a.stacks.push_back(one_stack(block, read_layers(f)));
  f.warn("model_type", "config-attention-estimated",
         "the block-sparse attention of Phi 3 small is counted as full attention");
  return a;
}

Architecture read_qwen1(Fields& f) {
  const Count width = f.count(width_names);
  Architecture a = frame(f, width, "Qwen 1", false);
  Block block;
  block.attention = with_biases(read_attention(f, width), true, false);
  // Its intermediate_size counts gate and value together.
  block.feed_forward = FeedForward{f.count(feed_forward_names).value() / 2, true, false, false};
  block.norms = 2;
  a.stacks.push_back(one_stack(block, read_layers(f)));
  return a;
}

}  // namespace kwhatif::model
