#include "backbones.hpp"

#include <algorithm>
#include <array>
#include <string>

namespace kwhatif::model {
namespace {

struct Known {
  std::string_view name;
  std::array<std::uint64_t, 4> depths;
  bool bottleneck;
};
constexpr std::array known = std::to_array<Known>({{"resnet18", {2, 2, 2, 2}, false},
                                                   {"resnet34", {3, 4, 6, 3}, false},
                                                   {"resnet50", {3, 4, 6, 3}, true},
                                                   {"resnet101", {3, 4, 23, 3}, true},
                                                   {"resnet152", {3, 8, 36, 3}, true}});

const Known* find(std::string_view name) {
  const auto found = std::ranges::find(known, name, &Known::name);
  return found == known.end() ? nullptr : &*found;
}

}  // namespace

bool is_resnet(std::string_view name) { return find(name) != nullptr; }

FlatMap list_resnet(Lister& list, std::string_view name, FlatMap image, bool norms) {
  const Known* net = find(name);
  if (net == nullptr) return image;
  constexpr std::uint64_t narrowest = 64;
  constexpr std::uint64_t widened = 4;
  constexpr std::uint64_t stem_area = 49;
  constexpr std::uint64_t area = 9;
  const auto convolve = [&](const std::string& what, const FlatMap& in, Count out, Count kernel,
                            Count stride) {
    const FlatMap result = in.after(out, stride);
    list.matrix(Part::convolution, what, out, in.channels * kernel, {1, result.positions()});
    if (norms) list.norm("batch norms", out);
    return result;
  };
  FlatMap map = convolve("stem 7x7", image, narrowest, stem_area, 2);
  map = map.after(map.channels, 2);  // max pooling
  for (std::size_t stage = 0; stage < net->depths.size(); ++stage) {
    const std::string where = "stage " + std::to_string(stage + 1);
    const Count inner = narrowest << stage;
    const Count out = net->bottleneck ? inner * widened : inner;
    for (std::uint64_t layer = 0; layer < net->depths[stage]; ++layer) {
      const Count stride = layer == 0 && stage > 0 ? 2 : 1;
      const FlatMap in = map;
      if (net->bottleneck) {
        map = convolve(where + " 1x1 in", map, inner, 1, 1);
        map = convolve(where + " 3x3", map, inner, area, stride);
        map = convolve(where + " 1x1 out", map, out, 1, 1);
      } else {
        map = convolve(where + " 3x3 first", map, out, area, stride);
        map = convolve(where + " 3x3 second", map, out, area, 1);
      }
      if (in.channels != out || stride != Count{1}) convolve(where + " shortcut", in, out, 1, stride);
    }
  }
  return map;
}

}  // namespace kwhatif::model
