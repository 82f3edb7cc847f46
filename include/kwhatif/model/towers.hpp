// The networks beside the language model of a multimodal file, counted one by one.
//
// Their parameters are in the inventory of the whole, where no token of text uses them. Their work depends on
// images and sound, not on tokens: it is counted per image or piece of sound, here, and nowhere else.
#pragma once

#include <kwhatif/model/architecture.hpp>

#include <string>
#include <vector>

namespace kwhatif::model {

/// One tower with its counts.
struct TowerCount {
  std::string name;    ///< "vision tower"
  std::string unit;    ///< what passes it once: "image of 336 x 336"
  Count parameters;    ///< [parameters]
  double forward = 0;  ///< of one unit, forward [FLOP]
  Count tokens = 0;    ///< of the language model's sequence that a unit becomes; 0: what follows decides
};

/// All towers of an architecture, in the order in which an image or sound passes them.
///
///   total of the whole = total of the language model + Σ parameters
///
/// @return  nothing where the architecture is one network
/// @errors  CountOverflow
/// @tested  golden: published totals of multimodal models; property: parts add up to the whole
std::vector<TowerCount> count_towers(const Architecture& architecture);

}  // namespace kwhatif::model
