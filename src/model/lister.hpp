// Private to the model module: lists weights by hand, for networks whose parts have widths and lengths of
// their own (towers, U-shapes, stages, two streams). Visits are those of one sample: an image, a clip, a
// step.
//
// Does not live here: what a family is made of (read_*.cpp), plain stacks of alike layers (architecture.hpp).
#pragma once

#include <kwhatif/model/architecture.hpp>

#include <string>
#include <utility>

namespace kwhatif::model {

inline constexpr std::uint64_t scale_and_shift_vectors = 2;  ///< LayerNorm, batch norm, group norm

/// How many copies a weight has, and how many vectors of one sample pass each.
struct Passed {
  Count copies = 1;
  double visits = 1;
};

/// One attention of alike layers: matrices from `width` to `inner` and back, with what may differ.
struct ListedAttentionShape {
  Count width;
  Count inner;          ///< heads x head size
  Count source = 0;     ///< width of what keys and values are made of; 0: `width`
  Count key_value = 0;  ///< width of keys and of values; 0: `inner`
  Count layers = 1;
  double queries = 1;  ///< positions that ask
  double keys = 1;     ///< positions that are made into keys and values
  double seen = 0;     ///< keys that each query sees; 0: all
  bool bias = true;    ///< of queries, keys and values
  bool output_bias = true;
  Count query_norm = 0;  ///< numbers of the norm of queries, in each layer
  Count key_norm = 0;
};

/// One feed-forward part of alike layers.
struct ListedFeedForwardShape {
  Count width;
  Count inner;
  Count layers = 1;
  double visits = 1;
  bool gated = false;
  bool bias = true;
};

class Lister {
 public:
  explicit Lister(Architecture& a, std::string prefix = {}) : a_(a), prefix_(std::move(prefix)) {}

  /// The same, with more in front of every name.
  Lister under(const std::string& more) const { return Lister(a_, prefix_ + more + ' '); }

  void matrix(Part part, const std::string& name, Count rows, Count columns, const Passed& passed) {
    a_.listed.push_back({.name = prefix_ + name,
                         .part = part,
                         .rows = rows,
                         .columns = columns,
                         .copies = passed.copies,
                         .visits = passed.visits});
  }
  void vector(Part part, const std::string& name, Count elements, Count copies = 1) {
    a_.listed.push_back(
        {.name = prefix_ + name, .part = part, .use = Use::vector, .rows = elements, .copies = copies});
  }
  void table(const std::string& name, Count rows, Count columns, Count copies = 1,
             Part part = Part::embeddings) {
    a_.listed.push_back({.name = prefix_ + name,
                         .part = part,
                         .use = Use::table,
                         .rows = rows,
                         .columns = columns,
                         .copies = copies});
  }
  void linear(Part part, const std::string& name, Count out, Count in, const Passed& passed,
              bool bias = true) {
    matrix(part, name, out, in, passed);
    if (bias) vector(part, name + " bias", out, passed.copies);
  }
  /// Two matrices with an activation between them: in -> width -> out.
  void two_linears(Part part, const std::string& name, Count out, Count width, Count in, const Passed& passed,
                   bool bias = true) {
    linear(part, name + " 1", width, in, passed, bias);
    linear(part, name + " 2", out, width, passed, bias);
  }
  void norm(const std::string& name, Count width, Count copies = 1,
            std::uint64_t vectors = scale_and_shift_vectors) {
    vector(Part::norms, name, width * vectors, copies);
  }
  /// Queries, keys, values, output, the norms of queries and keys, and the products.
  void attention(const std::string& name, const ListedAttentionShape& s);
  void feed_forward(const std::string& name, const ListedFeedForwardShape& s);
  /// Products alone: each of `queries` positions sees `keys`.
  void products(const std::string& name, Count layers, Count score_width, Count value_width, double queries,
                double keys);

  Architecture& architecture() { return a_; }

 private:
  Architecture& a_;
  std::string prefix_;
};

}  // namespace kwhatif::model
