// A plain transformer by its sizes alone, for networks that no config describes.
#pragma once

#include <kwhatif/model/architecture.hpp>

#include <optional>
#include <string>

namespace kwhatif::model {

/// The sizes of a decoder whose layers are all alike. Zero is not said.
struct PlainShape {
  Count layers;               ///< >= 1
  Count width;                ///< >= 1
  Count heads = 0;            ///< width over head_size where not said
  Count key_value_heads = 0;  ///< as many as heads
  Count head_size = 0;        ///< width over heads, or 128
  Count feed_forward = 0;     ///< of one expert where there are experts; 4 x width
  Count vocabulary = 0;       ///< 50,257
  Count experts = 0;
  Count experts_per_token = 0;
  std::optional<double> parameters;  ///< all of them, to tell two matrices from three and tied from untied
};

/// The network, and how what was not said was settled.
struct PlainArchitecture {
  Architecture architecture;
  std::string
      settled;  ///< "feed-forward of two matrices, 4 x width; 50,257 entries; output tied to the input table"
};

/// A decoder of these sizes: rotary positions, one scale a norm.
///
/// Where parameters are given, a feed-forward part of two or three matrices and a tied or separate output are
/// taken as come nearest; else two and tied where its width is 4 x width (GPT), three and separate where it
/// is not (Llama).
/// @errors  diag::ScenarioError: out-of-range where the sizes do not fit together
/// @tested  golden: GPT-3 175B and 13B (40 heads of 128 on 5,140), PaLM 540B (48 heads of 256 on 18,432),
/// Mixtral
PlainArchitecture plain_architecture(const PlainShape& shape);

}  // namespace kwhatif::model
