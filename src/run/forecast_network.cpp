#include <kwhatif/run/run_forecast.hpp>

#include <algorithm>

namespace kwhatif::run {

namespace {

using model::Block;
using model::Part;

double forward_of(const model::FlopCount& flops, Part part) {
  double out = 0;
  for (const auto& p : flops.parts) out += p.part == part ? p.forward : 0.0;
  return out;
}

/// Share of the tokens that pass a stack.
double share_of(const model::Architecture& a, model::Side side) {
  constexpr double targets = model::span_corruption_target_share;
  if (a.kind != model::Kind::encoder_decoder || side == model::Side::all) return 1;
  return (side == model::Side::encoder ? 1.0 : targets) / (1 + targets);
}

/// Sums over layers.
struct Sums {
  double layers = 0, attending = 0, dense = 0, sparse = 0;
  double queries = 0, keys = 0, heads = 0;
  double feed_forward = 0;
  double gated = 0, parts = 0;
  double routed = 0, used = 0, expert_width = 0, shared_width = 0;
  double beside = 0;  // widths of dense parts in layers that have experts as well (Gemma 4, Arctic)

  void add(const Block& block, double share) {
    const double n = block.layers.as_double() * share;
    layers += n;
    if (block.attention) {
      const auto& a = *block.attention;
      attending += n;
      queries += n * (a.heads * a.head_dim).as_double();
      keys += n * (a.key_value_heads * a.head_dim).as_double();
      heads += n * a.heads.as_double();
    }
    if (block.feed_forward) {
      parts += n;
      gated += block.feed_forward->gated ? n : 0;
      feed_forward += n * block.feed_forward->width.as_double();
    }
    if (block.experts) {
      const auto& e = *block.experts;
      parts += n;
      gated += e.gated ? n : 0;
      sparse += n;
      routed += n * e.routed.as_double();
      used += n * e.used.as_double();
      expert_width += n * e.width.as_double();
      shared_width += n * e.shared_width.as_double();
      if (block.feed_forward) beside += n * block.feed_forward->width.as_double();
    } else {
      dense += n;
    }
  }
};

}  // namespace

predict::Network<double> forecast_network(const Network& network) {
  const model::Architecture& a = network.architecture;
  Sums sums;
  for (const auto& stack : a.stacks) {
    for (const Block& block : stack.blocks) sums.add(block, share_of(a, stack.side));
  }
  const double patches = std::max(1.0, network.inventory.tokens_per_image.as_double());
  constexpr double multiply_add = 2;
  const auto matrices = [&](double forward) { return forward / (multiply_add * patches); };
  const double products = network.flops.products.coherent();
  const double feed_forward = matrices(forward_of(network.flops, Part::feed_forward));
  const double experts = matrices(forward_of(network.flops, Part::experts));
  const double head = matrices(forward_of(network.flops, Part::head));
  const double all = matrices(network.flops.forward.coherent() - products);

  predict::Network<double> out;
  out.layers = std::max(1.0, sums.layers);
  out.width = a.width.as_double();
  out.vocabulary = head / out.width;
  out.gates = sums.parts > 0 ? sums.gated / sums.parts : 0;
  const double matrix = (2 + out.gates) * out.width;
  if (sums.sparse > 0) {
    out.sparse = sums.sparse / out.layers;
    out.experts = sums.routed / sums.sparse;
    out.used = sums.used / sums.sparse;
    out.shared_width = sums.shared_width / sums.sparse;
    // as wide as they were counted: gates and latent widths included
    const double shared = matrix * out.shared_width * sums.sparse;
    out.expert_width = std::max(1.0, (experts - shared) / (matrix * sums.used));
    out.shared_width += sums.beside / sums.sparse;  // every token passes it, as a shared expert
  }
  if (sums.dense > 0) out.feed_forward = (feed_forward - matrix * sums.beside) / (matrix * sums.dense);
  out.attention = std::max(0.0, all - feed_forward - experts - head) / out.layers;
  if (sums.attending > 0) {
    out.queries = sums.queries / sums.attending;
    out.keys = sums.keys / sums.attending;
    out.heads = sums.heads / sums.attending;
  } else {  // a mixer of the layers' width stands in
    out.queries = out.keys = out.width;
  }
  const bool causal = a.kind == model::Kind::decoder || a.kind == model::Kind::state_space;
  const double length = network.sequence_length > 0 ? network.sequence_length : patches;
  const double square = 2 * multiply_add * out.layers * out.queries * length * (causal ? 0.5 : 1.0) * patches;
  out.reach = square > 0 ? products / square : 0;
  return out;
}

}  // namespace kwhatif::run
