// Private to the model module: what the readers of multimodal files share (read_towers*.cpp). Which files
// they read stands in read_towers.cpp; images alone are in read_vision.cpp.
#pragma once

#include "readers.hpp"

#include <string>
#include <string_view>

namespace kwhatif::model {

/// Adds the towers of a file to its language model.
/// @param file  the object that holds vision_config and the like
using TowersReader = void(Fields& file, Architecture& text);

/// The reader of a multimodal model_type whose parts are all known; nullptr where there is none.
TowersReader* find_towers_reader(std::string_view model_type);

/// An image tower made of layers: no head, untied, of one width.
Architecture image_tower(Count width, Norm norm, const PatchEmbedding& patches);

/// The square of patches that an image is cut into, with a complaint where one does not fit.
PatchEmbedding read_patches(Fields& f, Count image_size, Count patch_size, Count channels);

/// A layer of an image tower: biases everywhere or nowhere, two norms.
Block image_block(const Attention& attention, Count inner, bool gated, bool feed_forward_bias);

/// Positions of the square, without class tokens.
Count patches_of(const PatchEmbedding& patches);

/// "image of 336 x 336"
std::string image_unit(const PatchEmbedding& patches);

/// What joins a tower and a language model: matrices that a number of positions pass.
class Joint {
 public:
  explicit Joint(Count width);
  /// A matrix that `visits` positions of an image pass.
  Joint& linear(const std::string& name, Count rows, Count columns, Count visits, bool bias);
  /// Norms, learned queries, separators.
  Joint& vector(const std::string& name, Count elements, Count copies = 1);
  Joint& attention(ListedAttention core);
  Tower tower(std::string unit, Count tokens) &&;

 private:
  Architecture network_;
};

/// Adds an image tower and what joins it, and says how many tokens an image becomes.
void add_image_towers(Fields& file, Architecture& text, Architecture vision, Tower joint);

/// A square root that is whole, else 0.
Count whole_root(Count square);

// read_towers_qwen.cpp
TowersReader read_qwen2_vl_towers, read_qwen2_5_vl_towers, read_qwen3_vl_towers, read_glm4v_towers,
    read_qwen2_audio_towers, read_qwen2_5_omni_towers, read_voxtral_towers;
// read_gemma4.cpp, read_towers_llama.cpp
TowersReader read_gemma4_towers, read_mllama_towers, read_llama4_towers, read_idefics2_towers,
    read_idefics3_towers;

}  // namespace kwhatif::model
