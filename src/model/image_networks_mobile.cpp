// Mobile networks (MobileNet, EfficientNet) and RegNet.
#include "backbones.hpp"
#include "image_networks.hpp"

#include <algorithm>
#include <array>
#include <cmath>
#include <string>

namespace kwhatif::model {
namespace {

// A walk over convolutions with batch norms.
class NormedWalk {
 public:
  NormedWalk(Lister list, FlatMap map) : list_(std::move(list)), map_(map) {}

  void convolve(const std::string& name, Count out, std::uint64_t kernel, std::uint64_t stride,
                Count groups = 1) {
    const FlatMap next = map_.after(out, stride);
    const Count seen = std::max<std::uint64_t>(1, map_.channels.value() / groups.value());
    list_.matrix(Part::convolution, name, out, seen * Count{kernel * kernel}, {1, next.positions()});
    list_.norm("batch norms", out);
    map_ = next;
  }
  // Two matrices over the mean of the map, which scale its channels.
  void squeeze(const std::string& name, Count width) {
    list_.linear(Part::convolution, name + " squeeze", width, map_.channels, {});
    list_.linear(Part::convolution, name + " excitation", map_.channels, width, {});
  }
  const FlatMap& map() const { return map_; }
  void go_back(const FlatMap& map) { map_ = map; }
  Lister& list() { return list_; }

 private:
  Lister list_;
  FlatMap map_;
};

Count part_of(double share, Count width) {
  return std::max<std::uint64_t>(1, static_cast<std::uint64_t>(share * width.as_double()));
}

void mobile_block(NormedWalk& walk, const std::string& name, const MobileStage& s, std::uint64_t stride) {
  const Count in = walk.map().channels;
  const Count wide = s.expanded > 0
                         ? s.expanded
                         : Count{static_cast<std::uint64_t>(std::llround(s.expansion * in.as_double()))};
  const Count narrow = s.squeezed > 0        ? s.squeezed
                       : s.squeeze_share > 0 ? part_of(s.squeeze_share, in)
                                             : Count{0};
  if (s.fused) {
    if (wide == in) return walk.convolve(name + " convolution", s.out, s.kernel, stride);
    walk.convolve(name + " expansion", wide, s.kernel, stride);
    return walk.convolve(name + " projection", s.out, 1, 1);
  }
  if (wide != in) walk.convolve(name + " expansion", wide, 1, 1);
  walk.convolve(name + " depthwise", wide, s.kernel, stride, wide);
  if (narrow > 0) walk.squeeze(name, narrow);
  walk.convolve(name + " projection", s.out, 1, 1);
}

}  // namespace

Count scaled_channels(double channels, double scale, std::uint64_t multiple) {
  constexpr double least = 0.9;
  const double wanted = channels * scale;
  const auto unit = static_cast<double>(multiple);
  double rounded = std::max(unit, std::floor((wanted + unit / 2) / unit) * unit);
  if (rounded < least * wanted) rounded += unit;
  return static_cast<std::uint64_t>(rounded);
}

Count list_mobile(Lister& list, const MobileShape& shape) {
  NormedWalk walk(list, {shape.channels, shape.image, shape.image});
  walk.convolve("stem", shape.stem, 3, 2);
  for (std::size_t i = 0; i < shape.stages.size(); ++i) {
    const MobileStage& stage = shape.stages[i];
    const std::string name = "stage " + std::to_string(i + 1);
    for (Count block = 0; block < stage.blocks; block += 1)
      mobile_block(walk, name, stage, block == Count{0} ? stage.stride : 1);
  }
  if (shape.last > 0) walk.convolve("last convolution", shape.last, 1, 1);
  if (shape.hidden == 0) return walk.map().channels;
  list.linear(Part::head, "hidden layer", shape.hidden, walk.map().channels, {});
  return shape.hidden;
}

MobileShape efficientnet(double width, double depth, Count image) {
  struct Row {
    std::uint64_t kernel, stride;
    double in, out, blocks, expansion;
  };
  constexpr std::array rows = std::to_array<Row>({{3, 1, 32, 16, 1, 1},
                                                  {3, 2, 16, 24, 2, 6},
                                                  {5, 2, 24, 40, 2, 6},
                                                  {3, 2, 40, 80, 3, 6},
                                                  {5, 1, 80, 112, 3, 6},
                                                  {5, 2, 112, 192, 4, 6},
                                                  {3, 1, 192, 320, 1, 6}});
  constexpr double squeeze = 0.25;
  constexpr double stem = 32;
  constexpr double last = 1280;
  MobileShape shape{.image = image,
                    .stem = scaled_channels(stem, width),
                    .stages = {},
                    .last = scaled_channels(last, width)};
  for (const Row& r : rows)
    shape.stages.push_back({.kernel = r.kernel,
                            .stride = r.stride,
                            .in = scaled_channels(r.in, width),
                            .out = scaled_channels(r.out, width),
                            .blocks = static_cast<std::uint64_t>(std::ceil(depth * r.blocks)),
                            .expansion = r.expansion,
                            .squeeze_share = squeeze});
  return shape;
}

Count list_regnet(Lister& list, const RegNetShape& shape) {
  constexpr double squeeze = 0.25;
  NormedWalk walk(list, {shape.channels, shape.image, shape.image});
  walk.convolve("stem", shape.stem, 3, 2);
  for (std::size_t i = 0; i < shape.widths.size(); ++i) {
    const std::string name = "stage " + std::to_string(i + 1);
    const Count w = shape.widths[i];
    const Count groups = std::max<std::uint64_t>(1, w.value() / shape.group_width.value());
    for (Count block = 0; block < shape.depths[i]; block += 1) {
      const std::uint64_t stride = block == Count{0} ? 2 : 1;
      const FlatMap before = walk.map();
      walk.convolve(name + " 1x1 in", w, 1, 1);
      walk.convolve(name + " 3x3", w, 3, stride, groups);
      if (shape.squeeze)
        walk.squeeze(name,
                     Count{static_cast<std::uint64_t>(std::llround(squeeze * before.channels.as_double()))});
      walk.convolve(name + " 1x1 out", w, 1, 1);
      if (before.channels == w && stride == 1) continue;
      const FlatMap after = walk.map();
      walk.go_back(before);
      walk.convolve(name + " shortcut", w, 1, stride);
      walk.go_back(after);
    }
  }
  return walk.map().channels;
}

}  // namespace kwhatif::model
