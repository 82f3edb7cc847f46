// Private to the model module: image networks by their shape, for the files that spell it out (transformers)
// and those that only name it (timm). Each lists all but the classifier, and returns the width it ends in.
#pragma once

#include "lister.hpp"

#include <cstdint>
#include <vector>

namespace kwhatif::model {

/// Liu 2022, and 2023 with response normalisation instead of scales.
struct ConvNextShape {
  Count image;
  Count patch = 4;
  Count channels = 3;
  std::vector<Count> widths;
  std::vector<Count> depths;
  bool scaled = true;
  bool response_norm = false;
};
Count list_convnext(Lister& list, const ConvNextShape& shape);

/// Liu 2021, and 2022 (version 2: positions by a small network, norms behind each part).
struct SwinShape {
  Count image;
  Count patch = 4;
  Count channels = 3;
  Count width;  ///< of the first stage
  std::vector<Count> depths;
  std::vector<Count> heads;
  Count window = 7;
  double ratio = 4;
  bool biases = true;
  bool absolute_positions = false;
  bool second = false;
};
Count list_swin(Lister& list, const SwinShape& shape);

/// Blocks of mobile networks: a wide middle, a depthwise convolution, and perhaps a squeeze.
struct MobileStage {
  std::uint64_t kernel = 3;
  std::uint64_t stride = 1;
  Count in;
  Count out;
  Count blocks = 1;
  double expansion = 1;  ///< of the block's input; exact widths where `expanded` says them
  Count expanded = 0;
  Count squeezed = 0;        ///< width of the squeeze; 0: none
  double squeeze_share = 0;  ///< of the block's input, where it is a share
  bool fused = false;        ///< one convolution instead of the first two (EfficientNet V2)
};
struct MobileShape {
  Count image;
  Count channels = 3;
  Count stem;
  std::vector<MobileStage> stages;
  Count last;        ///< width of the last 1x1 convolution; 0: none
  Count hidden = 0;  ///< of a matrix behind the pooling; 0: none (MobileNet V3)
};
Count list_mobile(Lister& list, const MobileShape& shape);

/// Tan 2019: the baseline scaled in width and depth.
MobileShape efficientnet(double width, double depth, Count image);

/// Channels scaled, in multiples of 8 and not below nine tenths.
Count scaled_channels(double channels, double scale, std::uint64_t multiple = 8);

/// Radosavovic 2020: stages of grouped bottlenecks, with a squeeze (Y) or without (X).
struct RegNetShape {
  Count image;
  Count channels = 3;
  Count stem = 32;
  std::vector<Count> widths;
  std::vector<Count> depths;
  Count group_width = 1;
  bool squeeze = true;
};
Count list_regnet(Lister& list, const RegNetShape& shape);

}  // namespace kwhatif::model
