// Encoders with parts that BERT has not: long texts (Longformer, BigBird, Nystromformer), documents
// (LayoutLM), proteins (ESM), rotary positions and gates (RoFormer, Nomic BERT, GTE, EuroBERT), XLNet.
//
// Structure as in transformers' modeling_*.py, or in the model's own code on the hub (Nomic BERT, GTE).
#include "read_encoder.hpp"

#include <algorithm>
#include <utility>

namespace kwhatif::model {
namespace {

constexpr std::uint64_t two = 2;

ListedWeight matrix(std::string name, Part part, Count rows, Count columns, Count copies = 1,
                    double visits = 1) {
  return {.name = std::move(name),
          .part = part,
          .rows = rows,
          .columns = columns,
          .copies = copies,
          .visits = visits};
}

ListedWeight vector(std::string name, Part part, Count elements, Count copies = 1) {
  return {.name = std::move(name), .part = part, .use = Use::vector, .rows = elements, .copies = copies};
}

ListedWeight table(std::string name, Count rows, Count columns, Count copies = 1) {
  return {.name = std::move(name),
          .part = Part::embeddings,
          .use = Use::table,
          .rows = rows,
          .columns = columns,
          .copies = copies};
}

// BERT with `types` kinds of token where the file does not say how many.
Architecture bert_like(Fields& f, std::string family, std::uint64_t types, bool base_has_pooler) {
  const Count width = f.count(width_names);
  Architecture a = encoder_frame(f, width, std::move(family));
  a.type_rows = f.count_or_zero({"type_vocab_size"}, types);
  read_heads(f, a, base_has_pooler);
  a.stacks.push_back(
      encoder_stack(encoder_block(f, width, feed_forward_names), read_layers(f), position_rows(f)));
  return a;
}

// A layer with rotary positions.
Block rotary_block(Fields& f, Count width, bool bias) {
  Block block;
  block.attention = with_biases(read_attention(f, width), bias, bias);
  block.norms = 2;
  return block;
}

void refuse_positions(Fields& f, const std::string& type) {
  f.error("position_embedding_type", "config-unsupported",
          "no rule for position_embedding_type '" + type.substr(0, 60) + "' in this encoder");
}

}  // namespace

// BERT; some know the task, too.
Architecture read_ernie(Fields& f) {
  constexpr std::uint64_t usual_tasks = 3;
  Architecture a = bert_like(f, "ERNIE", 2, true);
  const Count tasks = f.count_or({"task_type_vocab_size"}, usual_tasks);
  if (f.flag("use_task_id", false))
    a.stacks.front().listed.push_back(table("table of tasks", tasks, a.width));
  return a;
}

Architecture read_data2vec_text(Fields& f) { return bert_like(f, "data2vec for text", 2, true); }

Architecture read_splinter(Fields& f) {
  Architecture a = bert_like(f, "Splinter", 2, false);
  f.decides_nothing({"question_token_id"});
  return a;
}

// BERT with tables of where a word stands on the page.
Architecture read_layoutlm(Fields& f) {
  constexpr std::uint64_t usual_places = 1024;
  constexpr std::uint64_t tables = 4;  // left to right, top to bottom, height, width
  Architecture a = bert_like(f, "LayoutLM", 2, true);
  const Count places = f.count_or({"max_2d_position_embeddings"}, usual_places);
  a.stacks.front().listed.push_back(table("tables of places on the page", places, a.width, tables));
  return a;
}

// RoBERTa with places on the page, patches of the image among the tokens, and relative positions.
Architecture read_layoutlmv3(Fields& f) {
  constexpr std::uint64_t usual_places = 1024;
  constexpr std::uint64_t usual_width = 128;
  constexpr std::uint64_t usual_bins = 32;
  constexpr std::uint64_t usual_bins_2d = 64;
  constexpr std::uint64_t usual_side = 224;
  constexpr std::uint64_t usual_patch = 16;
  constexpr std::uint64_t colours = 3;
  Architecture a = bert_like(f, "LayoutLM 3", 2, false);
  const Count heads = a.stacks.front().blocks.front().attention->heads;
  const Count places = f.count_or({"max_2d_position_embeddings"}, usual_places);
  const Count along = f.count_or({"coordinate_size"}, usual_width);
  const Count shape = f.count_or({"shape_size"}, usual_width);
  std::vector<ListedWeight>& listed = a.stacks.front().listed;
  listed.push_back(table("tables of places on the page", places, along, 2));
  listed.push_back(table("tables of heights and widths", places, shape, 2));
  const Count bins = f.count_or({"rel_pos_bins"}, usual_bins);
  const Count bins_2d = f.count_or({"rel_2d_pos_bins"}, usual_bins_2d);
  if (f.flag("has_relative_attention_bias", true)) listed.push_back(table("relative positions", bins, heads));
  if (f.flag("has_spatial_attention_bias", true))
    listed.push_back(table("relative places on the page", bins_2d, heads, 2));
  const Count side = f.count_or({"input_size"}, usual_side);
  const Count patch = f.count_or({"patch_size"}, usual_patch);
  const Count channels = f.count_or({"num_channels"}, colours);
  if (f.flag("visual_embed", true)) {
    const Count across = side.value() / patch.value();
    listed.push_back(matrix("patch projection", Part::embeddings, a.width, channels * patch * patch, 1, 0));
    listed.push_back(vector("patch projection bias and class token", Part::embeddings, a.width, 2));
    listed.push_back(table("patch position table", across * across + Count{1}, a.width));
    constexpr std::uint64_t norms = 2;  // of the patches, and of both together
    listed.push_back(vector("norms of patches", Part::norms, two * a.width, norms));
    f.note("visual_embed", "config-image-tokens",
           "an image adds " + (across * across + Count{1}).text() +
               " tokens to the sequence; cutting it into patches is not in the FLOPs per token");
  }
  f.decides_nothing({"max_rel_pos", "max_rel_2d_pos", "text_embed", "second_input_size", "fast_qkv"});
  return a;
}

// Norms before each part, rotary positions, and a head that finds contacts (modeling_esm.py).
Architecture read_esm(Fields& f) {
  const Count width = f.count(width_names);
  Architecture a = encoder_frame(f, width, "ESM");
  read_heads(f, a, true);
  Block block = rotary_block(f, width, true);
  block.feed_forward = FeedForward{f.count(feed_forward_names), false, true, true};
  const std::string positions = f.text("position_embedding_type", "absolute");
  if (positions != "absolute" && positions != "rotary") refuse_positions(f, positions);
  const Count rows = f.count({"max_position_embeddings"});
  const Count layers = read_layers(f);
  const Count heads = block.attention->heads;
  Stack stack = encoder_stack(std::move(block), layers, positions == "absolute" ? rows : Count{0});
  stack.embedding_norm = f.flag("emb_layer_norm_before", false);
  stack.final_norm = true;
  a.stacks.push_back(std::move(stack));
  a.listed.push_back(vector("contact head", Part::head, layers * heads + Count{1}));
  if (f.flag("is_folding_model", false))
    f.error("is_folding_model", "config-unsupported", "ESMFold: the trunk that folds is not counted",
            "count the ESM-2 inside by a file of its own, or give --params");
  f.decides_nothing({"vocab_list", "token_dropout", "esmfold_config", "is_folding_model", "mask_token_id"});
  return a;
}

// ESM Cambrian; modeling_esmc.py: norms in front, queries and keys normed over the whole width, a gated part
// of 8/3 of the width rounded up to 256.
Architecture read_esmc(Fields& f) {
  constexpr std::uint64_t expansion = 8;
  constexpr std::uint64_t over = 3;
  constexpr std::uint64_t multiple = 256;
  const Count width = f.count({"d_model", "hidden_size"});
  Architecture a = encoder_frame(f, width, "ESM C");
  read_heads(f, a, false);
  a.tied = false;
  Block block;
  block.attention = read_attention(f, width);
  block.attention->query_norm = block.attention->key_norm = width;
  block.feed_forward =
      FeedForward{.width = round_up(width.value() * expansion / over, multiple), .gated = true};
  block.norms = two;
  Stack stack = encoder_stack(std::move(block), read_layers(f), 0);
  stack.embedding_norm = false;
  stack.final_norm = false;
  stack.listed.push_back(vector("final norm", Part::norms, width));
  a.stacks.push_back(std::move(stack));
  f.decides_nothing({"mask_token_id", "tie_word_embeddings"});
  return a;
}

// Blocks of tokens see those beside them, some at random, and both ends (Zaheer 2020).
Architecture read_bigbird(Fields& f) {
  constexpr std::uint64_t usual_block = 64;
  constexpr std::uint64_t usual_random = 3;
  constexpr std::uint64_t always_seen = 5;  // three around, two at the ends (section 2)
  Architecture a = bert_like(f, "BigBird", 2, true);
  a.pooler = a.head != Head::classifier || !a.classifies_tokens;  // its masked-language class has it, too
  Block& block = a.stacks.front().blocks.front();
  const bool bias = f.flag("use_bias", true);
  block.attention->query_bias = block.attention->key_bias = block.attention->value_bias = bias;
  const Count size = f.count_or({"block_size"}, usual_block);
  const Count random = f.count_or({"num_random_blocks"}, usual_random);
  if (f.text("attention_type", "block_sparse") == "block_sparse")
    block.reach.window = size * (random + Count{always_seen});
  f.decides_nothing({"rescale_embeddings"});
  return a;
}

// RoBERTa whose tokens see a window; tokens that see all pass three matrices of their own.
Architecture read_longformer(Fields& f) {
  constexpr std::uint64_t usual_window = 512;
  constexpr std::uint64_t more_matrices = 3;
  Architecture a = bert_like(f, "Longformer", 2, true);
  Block block = a.stacks.front().blocks.front();
  block.listed = {matrix("attention of global tokens", Part::attention, a.width, a.width, more_matrices, 0),
                  vector("attention of global tokens, biases", Part::attention, a.width, more_matrices)};
  std::vector<Count> windows = f.counts("attention_window");
  if (windows.empty()) windows = {usual_window};
  if (windows.size() > 1 && Count{windows.size()} != block.layers)
    f.error("attention_window", "config-inconsistent",
            Count{windows.size()}.text() + " windows for " + block.layers.text() + " layers");
  std::vector<Block>& blocks = a.stacks.front().blocks;
  if (windows.size() == 1) {
    blocks = {repeated(block, block.layers, {.causal = false, .window = windows.front()})};
    return a;
  }
  blocks.clear();
  for (const Count window : windows) {
    const auto known = std::ranges::find_if(blocks, [&](const Block& b) { return b.reach.window == window; });
    if (known != blocks.end()) {
      known->layers += 1;
    } else {
      blocks.push_back(repeated(block, 1, {.causal = false, .window = window}));
    }
  }
  return a;
}

// Scores by way of a few landmarks, and a convolution beside (Xiong 2021).
Architecture read_nystromformer(Fields& f) {
  constexpr std::uint64_t usual_landmarks = 64;
  constexpr std::uint64_t usual_taps = 65;
  constexpr std::uint64_t more_rows = 2;
  Architecture a = bert_like(f, "Nystromformer", 2, false);
  a.stacks.front().position_rows += Count{more_rows};
  Block& block = a.stacks.front().blocks.front();
  // Tokens meet the landmarks twice: as queries and as keys.
  block.reach.window = two * f.count_or({"num_landmarks"}, usual_landmarks);
  if (!f.says_null("conv_kernel_size")) {
    const Count taps = f.count_or({"conv_kernel_size"}, usual_taps);
    const Count heads = block.attention->heads;
    block.listed.push_back(matrix("convolution of values", Part::convolution, heads, taps, 1,
                                  block.attention->head_dim.as_double()));
  }
  f.decides_nothing({"segment_means_seq_len", "inv_coeff_init_option", "inv_init_coeff_option"});
  return a;
}

// BERT with rotary positions, whose sinusoids are stored once, as wide as a head.
Architecture read_roformer(Fields& f) {
  const Count width = f.count(width_names);
  Architecture a = encoder_frame(f, width, "RoFormer");
  const Count embedded = f.count_or({"embedding_size"}, width);
  if (embedded != width) {
    a.embedding_width = embedded;
    a.embedding_projection_bias = true;
  }
  a.type_rows = f.count_or_zero({"type_vocab_size"}, 2);
  read_heads(f, a, false);
  Block block = encoder_block(f, width, feed_forward_names);
  const Count head_dim = block.attention->head_dim;
  a.stacks.push_back(encoder_stack(std::move(block), read_layers(f), position_rows(f), head_dim));
  f.decides_nothing({"rotary_value"});
  f.note("max_position_embeddings", "config-fixed-positions",
         "sinusoidal positions are stored as a table and counted");
  return a;
}

// BERT with rotary positions, a gate, and no biases (modeling_hf_nomic_bert.py).
namespace {

// Version 2: every second layer is a mixture; its experts have no biases of their own, but one behind them
// all (the model's code, NomicExperts).
void add_nomic_experts(Fields& f, const Architecture& a, Stack& stack) {
  Block& dense = stack.blocks.front();
  const std::uint64_t every = f.count_or({"moe_every_n_layers"}, 2).value();
  const std::uint64_t layers = dense.layers.value();
  const Count mixtures = every < 2 ? 0 : (layers + every - 2) / every;  // 1, 1 + every, …
  if (f.count_or_zero({"num_shared_experts"}, 0) > 0 || f.flag("expert_choice_router", false))
    f.error("num_experts", "config-unsupported", "Nomic BERT with shared experts, or experts that choose");
  if (mixtures == 0) return;
  Block sparse = dense;
  sparse.layers = mixtures;
  sparse.experts = Experts{.routed = f.count({"num_experts"}),
                           .used = f.count_or({"moe_top_k"}, 2),
                           .width = dense.feed_forward->width,
                           .gated = dense.feed_forward->gated};
  if (sparse.experts->used > sparse.experts->routed)
    f.error("moe_top_k", "config-inconsistent",
            sparse.experts->used.text() + " experts per token, but there are only " +
                sparse.experts->routed.text());
  sparse.feed_forward.reset();
  sparse.listed.push_back(vector("bias behind the experts", Part::experts, a.width));
  dense.layers = dense.layers - mixtures;
  stack.blocks.push_back(std::move(sparse));
}

}  // namespace

Architecture read_nomic_bert(Fields& f) {
  const Count width = f.count(width_names);
  Architecture a = encoder_frame(f, width, "Nomic BERT");
  a.type_rows = f.count_or_zero({"type_vocab_size"}, 2);
  a.norm = f.flag("use_rms_norm", false) ? Norm::scale : Norm::scale_and_shift;
  read_heads(f, a, false);
  Block block = rotary_block(f, width, f.flag("qkv_proj_bias", true));
  const std::string activation = f.text("activation_function", "gelu");
  const bool first = f.flag("mlp_fc1_bias", true);
  block.feed_forward = FeedForward{f.count(feed_forward_names), activation.find("glu") != std::string::npos,
                                   first, f.flag("mlp_fc2_bias", true)};
  const bool rotary = f.maybe_flag("rotary_emb_interleaved").has_value() && f.has("rotary_emb_fraction");
  const JsonValue* fraction = f.find("rotary_emb_fraction");
  const bool turned = rotary && fraction != nullptr && (fraction->number > 0 || fraction->magnitude > 0);
  const Count rows = f.count_or({"n_positions", "max_position_embeddings"}, 0);
  const bool before = f.flag("prenorm", false);
  Stack stack = encoder_stack(std::move(block), read_layers(f), turned ? Count{0} : rows);
  stack.final_norm = false;
  if (before) f.error("prenorm", "config-unsupported", "Nomic BERT with norms before its parts");
  if (f.count_or_zero({"num_experts"}, 0) > 0) add_nomic_experts(f, a, stack);
  a.stacks.push_back(std::move(stack));
  f.decides_nothing({"n_positions", "pad_vocab_size_multiple", "causal", "fused_bias_fc",
                     "fused_dropout_add_ln", "rotary_emb_base", "rotary_emb_scale_base",
                     "rotary_scaling_factor", "use_xentropy", "max_trained_positions", "moe_every_n_layers",
                     "moe_top_k", "add_pooling_layer", "num_shared_experts", "expert_choice_router",
                     "moe_normalize_expert_weights", "moe_impl", "ffn_div"});
  return a;
}

// BERT with rotary positions and a gate whose two matrices have no bias (Alibaba's NewModel).
Architecture read_gte(Fields& f) {
  const Count width = f.count(width_names);
  Architecture a = encoder_frame(f, width, "GTE (NewModel)");
  a.type_rows = f.count_or_zero({"type_vocab_size"}, 0);
  a.norm = f.text("layer_norm_type", "layer_norm") == "rms_norm" ? Norm::scale : Norm::scale_and_shift;
  read_heads(f, a, false);
  Block block = rotary_block(f, width, true);
  block.feed_forward = FeedForward{f.count(feed_forward_names), true, false, true};
  const std::string positions = f.text("position_embedding_type", "rope");
  if (positions != "rope" && positions != "absolute") refuse_positions(f, positions);
  const Count rows = f.count({"max_position_embeddings"});
  a.stacks.push_back(
      encoder_stack(std::move(block), read_layers(f), positions == "absolute" ? rows : Count{0}));
  f.decides_nothing({"pack_qkv", "unpad_inputs", "use_memory_efficient_attention", "logn_attention_scale",
                     "logn_attention_clip1"});
  return a;
}

// Llama's layers that see both directions.
Architecture read_eurobert(Fields& f) {
  const Count width = f.count(width_names);
  Architecture a = decoder_frame(f, width, false);
  a.kind = Kind::encoder;
  a.family = "EuroBERT";
  a.head = is_architecture(f, "ForMaskedLM") ? Head::language_model : Head::none;
  if (a.head == Head::none) a.tied = false;
  if (f.has("architectures") && !is_architecture(f, "ForMaskedLM") && !is_architecture(f, "Model"))
    f.warn("architectures", "config-part-left-out",
           "the head of the class is not counted: parameters are those of the encoder");
  const bool inner_bias = f.flag("mlp_bias", false);
  a.head_bias = inner_bias && a.head == Head::language_model;
  Block block = rotary_block(f, width, f.flag("attention_bias", false));
  block.feed_forward = FeedForward{f.count(feed_forward_names), true, inner_bias, inner_bias};
  a.stacks.push_back(
      {.name = "encoder", .blocks = {repeated(std::move(block), read_layers(f), {.causal = false})}});
  f.decides_nothing({"clf_pooling", "mask_token", "mask_token_id", "pad_token", "eos_token", "bos_token"});
  return a;
}

// Transformer-XL's attention: a matrix for relative positions, biases of queries in place of those of
// matrices.
Architecture read_xlnet(Fields& f) {
  constexpr std::uint64_t biases = 3;
  constexpr std::uint64_t positions_per_token = 2;  // relative ones reach to both sides
  const Count width = f.count(width_names);
  Architecture a = decoder_frame(f, width, true);
  a.kind = Kind::encoder;
  a.family = "XLNet";
  a.norm = Norm::scale_and_shift;
  a.head = is_architecture(f, "LMHeadModel") ? Head::language_model : Head::none;
  a.head_bias = a.head == Head::language_model;
  if (a.head == Head::none) a.tied = false;
  if (f.has("architectures") && !is_architecture(f, "Model"))
    f.warn("architectures", "config-part-left-out",
           "the head of the class is not counted: parameters are those of the encoder");
  Block block;
  block.attention = read_attention(f, width);
  if (const Count given = f.count_or({"d_head"}, block.attention->head_dim);
      given != block.attention->head_dim)
    f.error("d_head", "config-inconsistent", "d_head is not the width over the heads");
  block.feed_forward = FeedForward{f.count({"d_inner", "intermediate_size"}), false, true, true};
  block.norms = 2;
  const Count inner = block.attention->heads * block.attention->head_dim;
  block.listed = {
      matrix("attention relative position", Part::attention, inner, width, 1, positions_per_token),
      vector("attention query biases", Part::attention, inner, biases),
      vector("attention segments", Part::attention, inner, 2)};
  Stack stack{.name = "encoder", .blocks = {repeated(std::move(block), read_layers(f), {.causal = false})}};
  stack.final_norm = false;
  stack.listed.push_back(vector("mask token", Part::embeddings, width));
  a.stacks.push_back(std::move(stack));
  f.note("attn_type", "config-part-left-out",
         "scores against relative positions, and the second stream of pre-training, are not in the FLOPs");
  f.decides_nothing({"attn_type", "bi_data", "clamp_len", "same_length", "mem_len", "reuse_len", "untie_r",
                     "use_mems_eval", "use_mems_train", "end_n_top", "start_n_top", "summary_last_dropout",
                     "ff_activation"});
  return a;
}

}  // namespace kwhatif::model
