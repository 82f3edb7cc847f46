// The formulas for training compute that papers print, for comparison with the exact count.
#pragma once

#include <kwhatif/number/concepts.hpp>

namespace kwhatif::model {

/// Sizes of a dense decoder as papers write them.
template <number::Number T>
struct TransformerSizes {
  T layers;           ///< L
  T width;            ///< h
  T heads;            ///< H
  T head_dim;         ///< e (Q in PaLM's appendix)
  T feed_forward;     ///< i
  T vocabulary;       ///< V
  T parameters;       ///< N
  T sequence_length;  ///< s
};

/// Training FLOPs per token by the rule of thumb.
///
///   6 · N
///
/// @source  kaplan-2020, section 2.1
template <number::Number T>
T six_n(const T& parameters) {
  return T{6.0} * parameters;
}

/// Training FLOPs per token in PaLM's definition of MFU: attention full, recomputation excluded.
///
///   6N + 12 · L · H · Q · s
///
/// @source  chowdhery-2022, appendix B
template <number::Number T>
T palm_training(const TransformerSizes<T>& m) {
  return T{6.0} * m.parameters + T{12.0} * m.layers * m.heads * m.head_dim * m.sequence_length;
}

/// Executed FLOPs of one iteration of a GPT with full recomputation, per token.
///
///   96 · L · h² · (1 + s/(6h) + V/(16·L·h))
///
/// @source  narayanan-2021, eq. 3 (there times B·s for a batch)
template <number::Number T>
T narayanan_executed(const TransformerSizes<T>& m) {
  return T{96.0} * m.layers * m.width * m.width *
         (T{1.0} + m.sequence_length / (T{6.0} * m.width) + m.vocabulary / (T{16.0} * m.layers * m.width));
}

/// Training FLOPs per token as Hoffmann et al. count them: embeddings as a product, softmax included.
///
///   forward per sequence = 2·s·V·h + L · (6·s·h·eH + 2·s²·eH + 3·H·s² + 2·s²·eH + 2·s·eH·h + 4·s·h·i) +
///   2·s·h·V training = 3 · forward
///
/// @source  hoffmann-2022, appendix F
template <number::Number T>
T hoffmann_training(const TransformerSizes<T>& m) {
  const T s = m.sequence_length;
  const T inner = m.heads * m.head_dim;
  const T projections = T{6.0} * s * m.width * inner + T{2.0} * s * inner * m.width;
  const T products = T{4.0} * s * s * inner + T{3.0} * m.heads * s * s;
  const T feed_forward = T{4.0} * s * m.width * m.feed_forward;
  const T tables = T{4.0} * s * m.vocabulary * m.width;
  return T{3.0} * (tables + m.layers * (projections + products + feed_forward)) / s;
}

}  // namespace kwhatif::model
