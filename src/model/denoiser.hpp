// Private to the model module: what the denoising transformers of diffusers share. Lengths are those of one
// step on one image or video: positions of the latent, and states of the text.
//
// Does not live here: one family's fields (read_denoiser*.cpp), the UNet (inventory_convolutional.cpp).
#pragma once

#include "lister.hpp"
#include "readers.hpp"

#include <string>
#include <vector>

namespace kwhatif::model {

inline constexpr std::uint64_t frequency_width = 256;  ///< of the sinusoids that tell the step

struct DenoiserLengths {
  double latent = 1;
  double text = 0;
  double all() const { return latent + text; }
};

/// A width as diffusers' transformers say it: heads x head size.
struct DenoiserWidth {
  Count heads;
  Count head_dim;
  Count width;
};
DenoiserWidth read_denoiser_width(Fields& fields, std::uint64_t heads, std::uint64_t head_dim);

/// An architecture of kind diffusion, with the note that the denoising network alone is counted.
Architecture denoiser_frame(Fields& fields, std::string family, Count width,
                            Unit unit = Unit::denoising_step);

/// Positions of a square latent in patches; where the file does not say its side, `usual` is taken, with a
/// note in pixels.
double read_latent_positions(Fields& fields, std::uint64_t usual, Count patch, std::uint64_t pixels_each);

/// The two matrices that turn a step (or guidance) into a state.
void list_step_embedding(Lister& list, const std::string& name, Count width, bool bias = true);

/// A layer in which latent and text have matrices of their own and attend to both (MMDiT).
struct JointBlocks {
  std::string name = "joint";
  Count layers;
  Count width;
  Count head_dim;
  DenoiserLengths lengths;
  Count inner;
  bool gated = false;
  bool feed_forward_bias = true;
  bool bias = true;               ///< of attention
  bool head_norms = false;        ///< a scale of head_dim on queries and keys of both
  std::uint64_t modulations = 6;  ///< widths that a step is projected to; 0: shared by all layers
  std::uint64_t text_modulations = 6;
  bool modulation_bias = true;
  bool text_ends = false;  ///< the last layer: the text has no output and no feed-forward part
};
void list_joint_blocks(Lister& list, const JointBlocks& b);

/// A layer in which both are one sequence; attention and feed-forward part side by side (FLUX).
struct SingleBlocks {
  Count layers;
  Count width;
  Count head_dim;
  DenoiserLengths lengths;
  Count inner;
  bool gated = false;
  bool bias = true;
  std::uint64_t modulations = 3;  ///< 0: shared by all layers
};
void list_single_blocks(Lister& list, const SingleBlocks& b);

}  // namespace kwhatif::model
