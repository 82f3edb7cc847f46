#include "lister.hpp"

#include <cmath>

namespace kwhatif::model {
namespace {

// Lengths are whole numbers; what is beyond any sample is an overflow like that of a count.
Count positions(double value) {
  constexpr double most = 1e15;
  if (!(value >= 0) || value > most) throw CountOverflow();
  return static_cast<std::uint64_t>(std::llround(value));
}

}  // namespace

void Lister::attention(const std::string& name, const ListedAttentionShape& s) {
  const Count source = s.source > 0 ? s.source : s.width;
  const Count kept = s.key_value > 0 ? s.key_value : s.inner;
  const Passed asking{s.layers, s.queries};
  const Passed asked{s.layers, s.keys};
  linear(Part::attention, name + " query", s.inner, s.width, asking, s.bias);
  linear(Part::attention, name + " key", kept, source, asked, s.bias);
  linear(Part::attention, name + " value", kept, source, asked, s.bias);
  linear(Part::attention, name + " output", s.width, s.inner, asking, s.output_bias);
  if (s.query_norm > 0) vector(Part::norms, name + " query norm", s.query_norm, s.layers);
  if (s.key_norm > 0) vector(Part::norms, name + " key norm", s.key_norm, s.layers);
  products(name + " products", s.layers, s.inner, s.inner, s.queries, s.seen > 0 ? s.seen : s.keys);
}

void Lister::feed_forward(const std::string& name, const ListedFeedForwardShape& s) {
  const Passed passed{s.layers, s.visits};
  if (s.gated) linear(Part::feed_forward, name + " gate", s.inner, s.width, passed, s.bias);
  linear(Part::feed_forward, name + " up", s.inner, s.width, passed, s.bias);
  linear(Part::feed_forward, name + " down", s.width, s.inner, passed, s.bias);
}

void Lister::products(const std::string& name, Count layers, Count score_width, Count value_width,
                      double queries, double keys) {
  a_.listed_attention.push_back({.name = prefix_ + name,
                                 .layers = layers,
                                 .score_width = score_width,
                                 .value_width = value_width,
                                 .queries = positions(queries),
                                 .keys = positions(keys)});
}

}  // namespace kwhatif::model
