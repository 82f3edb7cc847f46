// DeepSeek-V4: one key-value head that is key and value at once, layers that also see compressed keys, an
// output in groups, and several streams in place of the residual one. Structure as in
// modeling_deepseek_v4.py.
#include "readers.hpp"

#include <algorithm>
#include <array>
#include <string>
#include <utility>

namespace kwhatif::model {
namespace {

constexpr std::uint64_t two = 2;

enum class Compression { none, chosen, heavy };

ListedWeight matrix(std::string name, Part part, Count rows, Count columns) {
  return {.name = std::move(name), .part = part, .rows = rows, .columns = columns};
}

ListedWeight vector(std::string name, Part part, Count elements) {
  return {.name = std::move(name), .part = part, .use = Use::vector, .rows = elements};
}

struct Sizes {
  Count width;
  Count head_dim;
  Count query_rank;
  Count index_heads;
  Count index_dim;
};

void add_streams(std::vector<ListedWeight>& listed, Count width, Count streams) {
  constexpr std::uint64_t scales = 3;
  const Count mixed = (Count{two} + streams) * streams;
  for (const char* place : {"attention", "feed-forward"}) {
    const std::string name = std::string("streams at ") + place;
    listed.push_back(matrix(name, Part::conditioning, mixed, streams * width));
    listed.push_back(vector(name + ", base and scales", Part::conditioning, mixed + Count{scales}));
  }
}

// Keys and gates of windows of `positions`; `halves` is 2 where windows overlap.
void add_compressor(std::vector<ListedWeight>& listed, const std::string& name, Count width, Count dim,
                    Count positions, std::uint64_t halves) {
  listed.push_back(matrix(name + " key-value", Part::attention, Count{halves} * dim, width));
  listed.push_back(matrix(name + " gate", Part::attention, Count{halves} * dim, width));
  listed.push_back({.name = name + " positions",
                    .part = Part::embeddings,
                    .use = Use::table,
                    .rows = positions,
                    .columns = Count{halves} * dim});
  listed.push_back(vector(name + " norm", Part::norms, dim));
}

std::vector<Compression> read_compressions(Fields& f, std::size_t layers) {
  constexpr std::uint64_t chosen_ratio = 4;
  constexpr std::uint64_t heavy_ratio = 128;
  std::vector<Compression> plan;
  for (const std::string& type : f.texts("layer_types")) {
    if (type == "sliding_attention") {
      plan.push_back(Compression::none);
    } else if (type == "compressed_sparse_attention") {
      plan.push_back(Compression::chosen);
    } else if (type == "heavily_compressed_attention") {
      plan.push_back(Compression::heavy);
    } else {
      f.error("layer_types", "config-unsupported", "no rule for layers of type '" + type.substr(0, 60) + "'");
      return std::vector<Compression>(layers, Compression::none);
    }
  }
  if (plan.empty()) {
    for (const Count ratio : f.counts("compress_ratios")) {
      if (ratio != 0 && ratio != chosen_ratio && ratio != heavy_ratio) {
        f.error("compress_ratios", "config-unsupported",
                "no rule for layers that compress " + ratio.text() + " positions into one",
                "0, 4 and 128 are counted");
        return std::vector<Compression>(layers, Compression::none);
      }
      plan.push_back(ratio == 0              ? Compression::none
                     : ratio == chosen_ratio ? Compression::chosen
                                             : Compression::heavy);
    }
    // Files name the layer of multi-token prediction, too.
    if (plan.size() > layers) plan.resize(layers);
  }
  for (std::size_t i = 0; plan.size() < layers && (i > 0 || plan.empty()); ++i) {
    plan.push_back(i < two || i % two == 0 ? Compression::heavy : Compression::chosen);
  }
  f.decides_nothing({"compress_ratios", "layer_types"});
  if (plan.size() != layers) {
    f.error("layer_types", "config-inconsistent",
            std::to_string(plan.size()) + " layer types for " + std::to_string(layers) + " layers");
    plan.resize(layers);
  }
  return plan;
}

// Layers whose experts a table names by the token: they have no numbers that correct the router.
std::vector<bool> read_hashed(Fields& f, std::size_t layers) {
  constexpr std::uint64_t usual = 3;
  std::vector<bool> hashed;
  for (const std::string& type : f.texts("mlp_layer_types")) hashed.push_back(type == "hash_moe");
  const Count first = f.count_or_zero({"num_hash_layers"}, usual);
  if (hashed.empty()) {
    for (std::size_t i = 0; i < layers; ++i) hashed.push_back(Count{i} < first);
  }
  if (hashed.size() != layers)
    f.error("mlp_layer_types", "config-inconsistent",
            std::to_string(hashed.size()) + " layer types for " + std::to_string(layers) + " layers");
  hashed.resize(layers);
  return hashed;
}

}  // namespace

Architecture read_deepseek_v4(Fields& f) {
  constexpr std::uint64_t usual_window = 128;
  constexpr std::uint64_t usual_streams = 4;
  constexpr std::uint64_t usual_groups = 8;
  constexpr std::uint64_t usual_rank = 1024;
  constexpr std::uint64_t usual_index_heads = 64;
  constexpr std::uint64_t usual_index_dim = 128;
  constexpr std::uint64_t usual_chosen = 512;
  constexpr std::uint64_t usual_head_dim = 512;
  constexpr std::uint64_t chosen_ratio = 4;
  constexpr std::uint64_t heavy_ratio = 128;
  const Count width = f.count(width_names);
  Architecture a = decoder_frame(f, width, false);
  a.family = "DeepSeek-V4";
  read_decoder_head(f, a);
  const std::size_t layers = read_layers(f).value();
  Attention attention;
  attention.heads = f.count(head_names);
  attention.key_value_heads = f.count_or(key_value_head_names, 1);
  attention.head_dim = attention.value_dim = f.count_or({"head_dim"}, usual_head_dim);
  attention.matrices_listed = true;
  if (attention.key_value_heads != 1 && !f.has_errors())
    f.error("num_key_value_heads", "config-unsupported", "DeepSeek-V4 with more than one key-value head");
  const Count groups = f.count_or({"o_groups"}, usual_groups);
  const Count rank = f.count_or({"o_lora_rank"}, usual_rank);
  const Sizes sizes{.width = width,
                    .head_dim = attention.head_dim,
                    .query_rank = f.count({"q_lora_rank"}),
                    .index_heads = f.count_or({"index_n_heads"}, usual_index_heads),
                    .index_dim = f.count_or({"index_head_dim"}, usual_index_dim)};
  const Count inner = attention.heads * attention.head_dim;
  if (inner.value() % groups.value() != 0 && !f.has_errors())
    f.error("o_groups", "config-inconsistent",
            groups.text() + " groups do not divide the " + inner.text() + " outputs of the heads");
  const Count window = f.count_or({"sliding_window"}, usual_window);
  const Count chosen = f.count_or({"index_topk"}, usual_chosen);
  const Count streams = f.count_or({"hc_mult"}, usual_streams);

  Block common;
  common.attention = attention;
  common.norms = 2;
  common.reach = {.window = window};
  common.listed = {matrix("attention query down", Part::attention, sizes.query_rank, width),
                   vector("attention query norm", Part::norms, sizes.query_rank),
                   matrix("attention query up", Part::attention, inner, sizes.query_rank),
                   matrix("attention key-value", Part::attention, sizes.head_dim, width),
                   vector("attention key-value norm", Part::norms, sizes.head_dim),
                   matrix("attention output down", Part::attention, groups * rank,
                          std::max<std::uint64_t>(1, inner.value() / groups.value())),
                   matrix("attention output up", Part::attention, width, groups * rank),
                   vector("attention sinks", Part::attention, attention.heads)};
  add_streams(common.listed, width, streams);
  Experts experts;
  experts.routed = f.count({"n_routed_experts", "num_local_experts"});
  experts.used = f.count({"num_experts_per_tok"});
  if (experts.used > experts.routed)
    f.error("num_experts_per_tok", "config-inconsistent",
            experts.used.text() + " experts per token, but there are only " + experts.routed.text());
  experts.width = f.count({"moe_intermediate_size"});
  experts.shared_width = f.count_or_zero({"n_shared_experts"}, 1) * experts.width;
  f.decides_nothing({"intermediate_size"});

  const std::vector<Compression> compressions = read_compressions(f, layers);
  const std::vector<bool> hashed = read_hashed(f, layers);
  Stack stack{.name = "decoder"};
  std::array<std::size_t, 6> known{};  // 1 + where the block of each kind stands
  for (std::size_t i = 0; i < layers; ++i) {
    std::size_t& place = known.at(two * static_cast<std::size_t>(compressions[i]) + (hashed[i] ? 1U : 0U));
    if (place > 0) {
      stack.blocks[place - 1].layers += 1;
      continue;
    }
    Block block = common;
    block.layers = 1;
    block.experts = experts;
    block.experts->correction_bias = !hashed[i];
    if (compressions[i] == Compression::chosen) {
      block.attention->compressed_by = chosen_ratio;
      block.attention->compressed_chosen = chosen;
      block.attention->index_width = sizes.index_heads * sizes.index_dim;
      add_compressor(block.listed, "compressor", width, sizes.head_dim, chosen_ratio, two);
      add_compressor(block.listed, "index compressor", width, sizes.index_dim, chosen_ratio, two);
      block.listed.push_back(
          matrix("index query", Part::attention, sizes.index_heads * sizes.index_dim, sizes.query_rank));
      block.listed.push_back(matrix("index weights", Part::attention, sizes.index_heads, width));
    } else if (compressions[i] == Compression::heavy) {
      block.attention->compressed_by = heavy_ratio;
      add_compressor(block.listed, "heavy compressor", width, sizes.head_dim, heavy_ratio, 1);
    }
    stack.blocks.push_back(std::move(block));
    place = stack.blocks.size();
  }
  stack.listed = {matrix("streams at the end", Part::conditioning, streams, streams * width),
                  vector("streams at the end, base and scale", Part::conditioning, streams + Count{1})};
  a.stacks.push_back(std::move(stack));
  f.decides_nothing({"compress_rates", "compress_rate_csa", "compress_rate_hca", "compress_rope_theta",
                     "hc_sinkhorn_iters", "qk_rope_head_dim", "topk_method", "expert_dtype", "swiglu_limit"});
  if (f.count_or_zero({"num_nextn_predict_layers", "num_mtp_layers"}, 0) > 0)
    f.note(
        "num_nextn_predict_layers", "config-part-left-out",
        "the multi-token-prediction module is not counted: parameters and FLOPs are those of the main model");
  return a;
}

}  // namespace kwhatif::model
