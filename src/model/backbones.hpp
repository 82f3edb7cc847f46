// Private to the model module: convolutional networks in front of others, on maps that need not be square.
#pragma once

#include "lister.hpp"

#include <cstdint>
#include <string_view>

namespace kwhatif::model {

/// A map of activations.
struct FlatMap {
  Count channels;
  Count height;
  Count width;
  double positions() const { return (height * width).as_double(); }
  FlatMap after(Count out, Count stride) const {
    return {out, ceil_divide(height, stride), ceil_divide(width, stride)};
  }
};

/// Whether list_resnet() knows the name ("resnet50").
bool is_resnet(std::string_view name);

/// The convolutions of a ResNet of He et al. 2015 by its name in timm, and its batch norms where they are
/// trained. Returns the last map.
FlatMap list_resnet(Lister& list, std::string_view name, FlatMap image, bool norms);

}  // namespace kwhatif::model
