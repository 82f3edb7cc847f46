// The weights of everything made of layers: decoders, encoders, encoder-decoders, vision transformers, Mamba.
#include "inventory_builder.hpp"

#include <algorithm>
#include <string>

namespace kwhatif::model {
namespace {

// FLOPs of the selective scan per inner channel and state: discretise (2), update (3), read out (2), and the
// gate and skip spread over the states (about 2). Megatron-LM counts 7.
constexpr double scan_flop_per_state = 9;

struct Layer {
  const Architecture& architecture;
  const Stack& stack;
  const Block& block;
  Copies copies;      // of a weight that every layer of the block has once
  double tokens = 1;  // tokens per unit
};

void list_latent_queries_and_values(InventoryBuilder& b, const Layer& l, const Attention& a) {
  const Count h = l.architecture.width;
  const LatentAttention& latent = *a.latent;
  const Count query_width = a.heads * a.head_dim;
  if (latent.query_rank > 0) {
    b.matrix(Part::attention, "attention query down", latent.query_rank, h, l.copies);
    b.vector_if(a.query_bias, Part::attention, "attention query down bias", latent.query_rank, l.copies);
    b.vector(Part::norms, "attention query norm", latent.query_rank, l.copies);
    b.matrix(Part::attention, "attention query up", query_width, latent.query_rank, l.copies);
  } else {
    b.matrix(Part::attention, "attention query", query_width, h, l.copies);
  }
  const Count down = latent.key_value_rank + latent.rope_dim;
  b.matrix(Part::attention, "attention key-value down", down, h, l.copies);
  b.vector_if(a.key_bias, Part::attention, "attention key-value down bias", down, l.copies);
  b.vector(Part::norms, "attention key-value norm", latent.key_value_rank, l.copies);
  b.matrix(Part::attention, "attention key-value up", a.heads * (latent.nope_dim + a.value_dim),
           latent.key_value_rank, l.copies);
}

struct KeyValueWidths {
  Count key;
  Count value;
};

// In cross-attention these are multiplied by the encoder's tokens, though they belong to the decoder.
void list_keys_and_values(InventoryBuilder& b, const Layer& l, const KeyValueWidths& widths,
                          const std::string& name, bool cross, double visits) {
  for (const bool key : {true, false}) {
    if (!key && widths.value == 0) continue;
    b.add({.name = b.prefix() + name + (key ? " key" : " value"),
           .part = Part::attention,
           .side = cross ? Side::encoder : b.side(),
           .rows = key ? widths.key : widths.value,
           .columns = l.architecture.width,
           .stored = l.copies.stored,
           .active = l.copies.active,
           .visits = visits});
  }
}

// DeBERTa's disentangled attention: the relative positions pass the same query and key matrices once per
// sequence, and are scored against keys and queries.
void list_position_scores(InventoryBuilder& b, const Layer& l, const Attention& a) {
  const Count width = a.heads * a.head_dim;
  for (const char* matrix : {"attention query", "attention key"}) {
    b.add({.name = b.prefix() + matrix,
           .part = Part::attention,
           .side = b.side(),
           .rows = width,
           .columns = l.architecture.width,
           .stored = 0,
           .active = 0,
           .visits_per_sequence = (a.position_span * l.block.layers).as_double()});
  }
  b.attention({.name = b.prefix() + "position scores",
               .side = b.side(),
               .layers = l.block.layers,
               .score_width = Count{2} * width,
               .value_width = 0,
               .reach = l.block.reach,
               .fixed_keys = a.position_span.as_double()});
}

void list_attention_weights(InventoryBuilder& b, const Layer& l, const Attention& a, bool cross,
                            const std::string& name) {
  const Count h = l.architecture.width;
  const Count query_width = a.heads * a.head_dim;
  const Count key_width = a.key_value_heads * a.head_dim;
  const Count value_width = a.key_value_heads * a.value_dim;
  if (a.latent) {
    list_latent_queries_and_values(b, l, a);
  } else {
    b.matrix(Part::attention, name + " query", query_width, h, l.copies);
    b.vector_if(a.query_bias, Part::attention, name + " query bias", query_width, l.copies);
    b.vector_if(a.query_norm > 0, Part::norms, name + " query norm", a.query_norm, l.copies);
    if (a.gated) {
      b.matrix(Part::attention, name + " gate", query_width, h, l.copies);
      b.vector_if(a.query_bias, Part::attention, name + " gate bias", query_width, l.copies);
    }
    const Copies none{.stored = 0, .active = 0, .visits = 0};
    const Copies made = a.keys_of_earlier ? none : l.copies;
    if (!a.keys_of_earlier)
      list_keys_and_values(b, l, {key_width, a.value_is_key ? Count{0} : value_width}, name, cross,
                           a.outside ? 0.0 : l.copies.visits);
    b.vector_if(a.key_bias, Part::attention, name + " key bias", key_width, made);
    b.vector_if(a.value_bias && !a.value_is_key, Part::attention, name + " value bias", value_width, made);
    b.vector_if(a.key_norm > 0, Part::norms, name + " key norm", a.key_norm, made);
  }
  b.matrix(Part::attention, name + " output", h, a.heads * a.value_dim, l.copies);
  b.vector_if(a.output_bias, Part::attention, name + " output bias", h, l.copies);
  b.vector_if(a.sinks, Part::attention, name + " sinks", a.heads, l.copies);
  if (a.relative_position_rows > 0) {
    b.add({.name = b.prefix() + name + " relative positions",
           .part = Part::embeddings,
           .use = Use::table,
           .side = b.side(),
           .rows = a.relative_position_rows,
           .columns = a.head_dim,
           .stored = l.copies.stored,
           .active = l.copies.active});
  }
}

void list_attention(InventoryBuilder& b, const Layer& l, const Attention& a, bool cross) {
  const std::string name = a.outside ? "image attention" : cross ? "cross-attention" : "attention";
  const Count query_width = a.heads * a.head_dim;
  if (!a.matrices_listed) list_attention_weights(b, l, a, cross, name);
  if (a.outside) return;  // how many image tokens there are is not the architecture's to say
  if (a.position_span > 0) list_position_scores(b, l, a);
  if (a.index_width > 0) {  // looks at every position before, to choose those that attention sees
    b.attention({.name = b.prefix() + "index scores",
                 .side = b.side(),
                 .layers = l.block.layers,
                 .score_width = a.index_width,
                 .value_width = 0,
                 .reach = {.causal = l.block.reach.causal},
                 .compression = std::max(1.0, a.compressed_by.as_double())});
  }
  if (a.compressed_by > 0) {
    b.attention({.name = b.prefix() + "products with compressed keys",
                 .side = b.side(),
                 .layers = l.block.layers,
                 .score_width = query_width,
                 .value_width = a.heads * a.value_dim,
                 .reach = {.causal = l.block.reach.causal, .window = a.compressed_chosen * a.compressed_by},
                 .compression = a.compressed_by.as_double()});
  }
  const Reach reach = cross ? Reach{.causal = false} : l.block.reach;
  const double window = reach.window.as_double();
  const double in_image = window > 0 ? std::min(window, l.tokens) : l.tokens;
  b.attention({.name = b.prefix() + name + " products",
               .side = b.side(),
               .cross = cross,
               .layers = l.block.layers,
               .score_width = query_width,
               .value_width = a.heads * a.value_dim,
               .reach = reach,
               .queries = l.tokens,
               .fixed_keys = l.architecture.patches ? in_image : 0.0});
}

void list_feed_forward(InventoryBuilder& b, const Layer& l, const FeedForward& f) {
  const Count h = l.architecture.width;
  if (f.gated) b.matrix(Part::feed_forward, "feed-forward gate", f.width, h, l.copies);
  b.matrix(Part::feed_forward, "feed-forward up", f.width, h, l.copies);
  b.matrix(Part::feed_forward, "feed-forward down", h, f.width, l.copies);
  b.vector_if(f.input_bias, Part::feed_forward, "feed-forward up bias",
              f.gated ? Count{2} * f.width : f.width, l.copies);
  b.vector_if(f.output_bias, Part::feed_forward, "feed-forward down bias", h, l.copies);
}

void list_experts(InventoryBuilder& b, const Layer& l, const Experts& e) {
  const Count h = l.architecture.width;
  const Count inside = e.latent_width > 0 ? e.latent_width : h;
  const Copies routed{.stored = l.copies.stored * e.routed,
                      .active = l.copies.active * e.used,
                      .visits = l.copies.visits * e.used.as_double()};
  b.matrix(Part::experts, "router", e.routed, h, l.copies);
  b.vector_if(e.router_bias, Part::experts, "router bias", e.routed, l.copies);
  b.vector_if(e.correction_bias, Part::experts, "router correction bias", e.routed, l.copies);
  if (e.latent_width > 0) {
    b.matrix(Part::experts, "expert input projection", e.latent_width, h, l.copies);
    b.matrix(Part::experts, "expert output projection", h, e.latent_width, l.copies);
  }
  if (e.gated) b.matrix(Part::experts, "expert gate", e.width, inside, routed);
  b.matrix(Part::experts, "expert up", e.width, inside, routed);
  b.matrix(Part::experts, "expert down", inside, e.width, routed);
  if (e.bias) {
    b.vector(Part::experts, "expert up bias", e.gated ? Count{2} * e.width : e.width, routed);
    b.vector(Part::experts, "expert down bias", h, routed);
  }
  if (e.shared_width > 0) {
    if (e.gated) b.matrix(Part::experts, "shared expert gate", e.shared_width, h, l.copies);
    b.matrix(Part::experts, "shared expert up", e.shared_width, h, l.copies);
    b.matrix(Part::experts, "shared expert down", h, e.shared_width, l.copies);
    if (e.shared_gate) b.matrix(Part::experts, "shared expert switch", 1, h, l.copies);
  }
}

// Mamba 1 (Gu and Dao 2023) and Mamba 2 (Dao and Gu 2024), as in transformers' modeling_mamba*.py.
void list_state_space(InventoryBuilder& b, const Layer& l, const StateSpace& m) {
  const Count h = l.architecture.width;
  const bool second = m.heads > 0;
  const Count convolved = second ? m.inner + Count{2} * m.groups * m.states : m.inner;
  const Count projected = second ? m.inner + convolved + m.heads : Count{2} * m.inner;
  b.matrix(Part::state_space, "input projection", projected, h, l.copies);
  b.vector_if(m.input_bias, Part::state_space, "input projection bias", projected, l.copies);
  b.matrix(Part::state_space, "convolution", convolved, m.kernel, l.copies);
  b.vector_if(m.convolution_bias, Part::state_space, "convolution bias", convolved, l.copies);
  if (second) {
    b.vector(Part::state_space, "time step bias", m.heads, l.copies);
    b.vector(Part::state_space, "state matrix A", m.heads, l.copies);
    b.vector(Part::state_space, "skip D", m.heads, l.copies);
    b.vector_if(m.gated_norm, Part::norms, "gated norm", m.inner, l.copies);
  } else {
    b.matrix(Part::state_space, "time step, B and C", m.rank + Count{2} * m.states, m.inner, l.copies);
    b.vector_if(m.inner_norms, Part::norms, "time step, B and C norms", m.rank + Count{2} * m.states,
                l.copies);
    b.matrix(Part::state_space, "time step projection", m.inner, m.rank, l.copies);
    b.vector(Part::state_space, "time step bias", m.inner, l.copies);
    b.vector(Part::state_space, "state matrix A", m.inner * m.states, l.copies);
    b.vector(Part::state_space, "skip D", m.inner, l.copies);
  }
  b.matrix(Part::state_space, "output projection", h, m.inner, l.copies);
  b.vector_if(m.output_bias, Part::state_space, "output projection bias", h, l.copies);
  b.scan({.name = b.prefix() + "selective scan",
          .rule = "selective scan 9 FLOP per channel and state",
          .layers = l.block.layers,
          .flop_per_token = scan_flop_per_state * (m.inner * m.states).as_double()});
}

void list_mixer(InventoryBuilder& b, const Layer& l, const ListedMixer& m) {
  for (const ListedWeight& weight : m.weights) b.listed(weight, l.block.layers, l.tokens);
  if (m.recurrence.empty()) return;
  b.scan({.name = b.prefix() + m.recurrence,
          .rule = m.rule,
          .layers = l.block.layers,
          .flop_per_token = m.recurrence_flop});
}

void list_stack(InventoryBuilder& b, const Architecture& a, const Stack& stack, double tokens) {
  b.enter(stack.side, a.stacks.size() > 1 ? stack.name + ' ' : std::string{});
  const Count norm_vectors = static_cast<std::uint64_t>(a.norm);
  const Copies once{.visits = tokens};
  if (stack.position_rows > 0) {
    b.add({.name = b.prefix() + "position table",
           .part = Part::embeddings,
           .use = Use::table,
           .side = stack.side,
           .rows = stack.position_rows,
           .columns = stack.position_width > 0 ? stack.position_width : a.width});
  }
  const Count embedded = a.kind == Kind::encoder && a.embedding_width > 0 ? a.embedding_width : a.width;
  b.vector_if(stack.embedding_norm && norm_vectors > 0, Part::norms, "embedding norm",
              embedded * norm_vectors, once);
  for (const ListedWeight& weight : stack.listed) b.listed(weight, 1, tokens);
  bool first_block = true;
  for (const Block& block : stack.blocks) {
    const Count stored = stack.layers_share_weights ? Count{1} : block.layers;
    const Layer layer{a,
                      stack,
                      block,
                      {.stored = stored, .active = stored, .visits = block.layers.as_double() * tokens},
                      tokens};
    if (block.attention) list_attention(b, layer, *block.attention, false);
    if (block.attention && block.cross_attention) list_attention(b, layer, *block.attention, true);
    if (block.feed_forward) list_feed_forward(b, layer, *block.feed_forward);
    if (block.experts) list_experts(b, layer, *block.experts);
    if (block.state_space) list_state_space(b, layer, *block.state_space);
    if (block.mixer) list_mixer(b, layer, *block.mixer);
    for (const ListedWeight& weight : block.listed) b.listed(weight, block.layers, tokens);
    b.vector_if(block.norms > 0 && norm_vectors > 0, Part::norms, "layer norms", a.width * norm_vectors,
                {.stored = stored * block.norms, .active = stored * block.norms});
    b.vector_if(block.layer_scales > 0, Part::norms, "layer scales", a.width,
                {.stored = stored * block.layer_scales, .active = stored * block.layer_scales});
    if (stack.relative_position_buckets > 0 && block.attention &&
        (first_block || stack.relative_positions_in_every_layer)) {
      const Count tables = stack.relative_positions_in_every_layer ? block.layers : Count{1};
      b.add({.name = b.prefix() + "relative position table",
             .part = Part::embeddings,
             .use = Use::table,
             .side = stack.side,
             .rows = stack.relative_position_buckets,
             .columns = block.attention->heads,
             .stored = tables,
             .active = tables});
    }
    first_block = false;
  }
  b.vector_if(stack.final_norm && norm_vectors > 0, Part::norms, "final norm", a.width * norm_vectors, once);
}

void list_embeddings(InventoryBuilder& b, const Architecture& a) {
  b.enter(Side::all, "");
  if (a.patches) {
    const PatchEmbedding& p = *a.patches;
    const Count patch = p.patch_size * p.patch_size * p.channels;
    const Count patches =
        (p.image_size.value() / p.patch_size.value()) * Count{p.image_size.value() / p.patch_size.value()};
    b.matrix(Part::embeddings, "patch projection", a.width, patch, {.visits = patches.as_double()});
    b.vector_if(p.bias, Part::embeddings, "patch projection bias", a.width, {});
    b.vector_if(p.extra_tokens > 0, Part::embeddings, "class token", a.width,
                {.stored = p.extra_tokens, .active = p.extra_tokens});
    b.vector_if(p.mask_token, Part::embeddings, "mask token", a.width, {});
    return;
  }
  if (a.vocabulary == 0) return;  // sound has no table
  const Count table_width = a.embedding_width > 0 ? a.embedding_width : a.width;
  b.add({.name = "token table",
         .part = Part::embeddings,
         .use = a.tied ? Use::tied_table : Use::token_table,
         .rows = a.vocabulary,
         .columns = table_width});
  if (a.type_rows > 0) {
    b.add({.name = "token type table",
           .part = Part::embeddings,
           .use = Use::table,
           .rows = a.type_rows,
           .columns = table_width});
  }
  if (table_width != a.width) {
    b.matrix(Part::embeddings, "embedding projection", a.width, table_width, {});
    b.vector_if(a.embedding_projection_bias, Part::embeddings, "embedding projection bias", a.width, {});
  }
}

void list_head(InventoryBuilder& b, const Architecture& a, double tokens) {
  b.enter(a.stacks.size() > 1 ? a.stacks.back().side : Side::all, "");
  const Count counted = a.head_counted ? 1 : 0;
  if (a.pooler) {
    b.add({.name = "pooler",
           .part = Part::head,
           .rows = a.width,
           .columns = a.width,
           .visits = a.patches ? 1.0 : 0.0,
           .visits_per_sequence = a.patches ? 0.0 : 1.0});
    b.vector(Part::head, "pooler bias", a.width, {});
  }
  if (a.next_sentence_head) {
    constexpr std::uint64_t answers = 2;  // follows, or does not
    b.add({.name = "next sentence head",
           .part = Part::head,
           .rows = answers,
           .columns = a.width,
           .visits_per_sequence = 1});
    b.vector(Part::head, "next sentence head bias", answers, {});
  }
  const Count table_width = a.embedding_width > 0 ? a.embedding_width : a.width;
  switch (a.head) {
    case Head::none:
      break;
    case Head::classifier: {
      const bool image = a.patches.has_value();
      b.add({.name = "classifier",
             .part = Part::head,
             .rows = a.classes,
             .columns = a.width,
             .visits = image || a.classifies_tokens ? 1.0 : 0.0,
             .visits_per_sequence = image || a.classifies_tokens ? 0.0 : 1.0});
      b.vector_if(a.classifier_bias, Part::head, "classifier bias", a.classes, {});
      break;
    }
    case Head::language_model: {
      if (a.projects_back) b.matrix(Part::head, "output projection", table_width, a.width, {});
      const Count stored = a.tied ? 0 : 1;
      b.matrix(Part::head, "output matrix", a.vocabulary, a.projects_back ? table_width : a.width,
               {.stored = stored, .active = stored, .visits = tokens});
      b.vector_if(a.head_bias, Part::head, "output bias", a.vocabulary, {});
      break;
    }
    case Head::masked_language_model: {
      const Copies own{.stored = counted, .active = counted, .visits = masked_share};
      b.matrix(Part::head, "prediction transform", table_width, a.width, own);
      b.vector_if(a.transform_bias, Part::head, "prediction transform bias", table_width, own);
      b.vector(Part::norms, "prediction norm", table_width * Count{static_cast<std::uint64_t>(a.norm)}, own);
      const Count stored = a.tied ? Count{0} : counted;
      b.matrix(Part::head, "output matrix", a.vocabulary, table_width,
               {.stored = stored, .active = stored, .visits = masked_share});
      b.vector(Part::head, "output bias", a.vocabulary, own);
      break;
    }
  }
}

}  // namespace

void list_stacked(const Architecture& a, InventoryBuilder& b) {
  double tokens = 1;
  if (a.patches) {
    const Count side = a.patches->image_size.value() / a.patches->patch_size.value();
    const Count per_image = side * side + a.patches->extra_tokens;
    b.inventory().tokens_per_image = per_image;
    tokens = per_image.as_double();
  }
  list_embeddings(b, a);
  b.enter(Side::all, "");
  for (const ListedWeight& weight : a.listed) b.listed(weight, 1, tokens);
  for (const Stack& stack : a.stacks) list_stack(b, a, stack, tokens);
  list_head(b, a, tokens);
}

}  // namespace kwhatif::model
