// Private to the model module: towers of plain transformer layers over one sample of fixed length, for
// networks that hold several (CLIP, SAM, DETR), listed by hand.
#pragma once

#include "lister.hpp"
#include "readers.hpp"

namespace kwhatif::model {

/// Alike layers: attention and a feed-forward part, each behind or in front of a norm.
struct TowerLayers {
  Count width;
  Count inner;
  Count layers;
  double tokens = 1;
  double seen = 0;  ///< positions that each sees; 0: all
  bool bias = true;
  bool gated = false;
  std::uint64_t norms = 2;
  std::uint64_t scales = 0;  ///< learned vectors of the full width that scale a branch
};
void list_tower_layers(Lister& list, const TowerLayers& t);

/// What a causal position sees on average of so many: the mean of 1 to n.
constexpr double causal_mean(double length) { return (length + 1) / 2; }

/// An image tower as CLIP and SigLIP have it.
struct ImageTower {
  Count width;
  Count inner;
  Count layers;
  Count image;
  Count patch;
  Count channels = 3;
  Count class_tokens = 1;
  bool patch_bias = true;
  bool first_norm = false;    ///< in front of the layers
  bool pooling_head = false;  ///< SigLIP: a learned query attends to all patches
  Count position_rows = 0;    ///< 0: one for each token
  Count projection = 0;       ///< width of the shared space; 0: none
};
void list_image_tower(Lister& list, const ImageTower& t);
double image_tower_tokens(const ImageTower& t);

/// A text tower as CLIP and SigLIP have it.
struct TextTower {
  Count width;
  Count inner;
  Count layers;
  Count vocabulary;
  Count positions;
  bool causal = true;
  Count projection = 0;
  bool projection_bias = false;
};
void list_text_tower(Lister& list, const TextTower& t);

/// The two sides of a square image in patches; complains where a patch is larger than the image.
double read_patch_positions(Fields& fields, Count image, Count patch);

}  // namespace kwhatif::model
