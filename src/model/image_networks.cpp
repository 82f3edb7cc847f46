#include "image_networks.hpp"

#include <algorithm>
#include <string>

namespace kwhatif::model {
namespace {

constexpr std::uint64_t merged = 4;  // 2 x 2 positions become one

std::string stage_name(std::size_t i) { return "stage " + std::to_string(i + 1); }

struct SwinStage {
  Count width;
  Count depth;
  Count heads;
  Count side;
};

void list_swin_stage(Lister& list, const SwinShape& swin, const SwinStage& stage) {
  const Count w = stage.width;
  const double positions = (stage.side * stage.side).as_double();
  const Count inner = static_cast<std::uint64_t>(swin.ratio * w.as_double());
  // A window larger than the map is as large as the map.
  const Count window = std::min(swin.window, stage.side);
  const Passed passed{stage.depth, positions};
  for (const char* part : {"attention query", "attention key", "attention value", "attention output"})
    list.matrix(Part::attention, part, w, w, passed);
  const std::uint64_t biased = swin.second ? 2 : 3;  // version 2: keys have none
  if (swin.biases) list.vector(Part::attention, "attention biases", w * biased, stage.depth);
  list.vector(Part::attention, "attention output bias", w, stage.depth);
  const Count offsets = (Count{2} * swin.window - Count{1}) * (Count{2} * swin.window - Count{1});
  if (swin.second) {
    constexpr std::uint64_t told = 2;  // a distance in rows and one in columns
    constexpr std::uint64_t hidden = 512;
    list.linear(Part::embeddings, "position network 1", hidden, told, {stage.depth, offsets.as_double()});
    list.linear(Part::embeddings, "position network 2", stage.heads, hidden,
                {stage.depth, offsets.as_double()}, false);
    list.vector(Part::attention, "attention scales", stage.heads, stage.depth);
  } else {
    list.table("relative position table", offsets, stage.heads, stage.depth);
  }
  list.feed_forward("feed-forward", {.width = w, .inner = inner, .layers = stage.depth, .visits = positions});
  list.norm("layer norms", w, stage.depth * Count{2});
  list.products("attention products", stage.depth, w, w, positions, (window * window).as_double());
}

}  // namespace

Count list_swin(Lister& list, const SwinShape& swin) {
  Count side = ceil_divide(swin.image, swin.patch);
  const double patches = (side * side).as_double();
  list.linear(Part::embeddings, "patch projection", swin.width, swin.patch * swin.patch * swin.channels,
              {1, patches});
  list.norm("embedding norm", swin.width);
  if (swin.absolute_positions) list.table("position table", side * side, swin.width);
  Count width = swin.width;
  for (std::size_t i = 0; i < swin.depths.size(); ++i) {
    Lister stage = list.under(stage_name(i));
    list_swin_stage(stage, swin, {width, swin.depths[i], swin.heads[i], side});
    if (i + 1 == swin.depths.size()) break;
    side = std::max<std::uint64_t>(1, ceil_divide(side, 2).value());
    stage.matrix(Part::convolution, "merging", width * Count{2}, width * merged,
                 {1, (side * side).as_double()});
    // Version 2 has the norm behind the matrix.
    stage.norm("merging norm", swin.second ? width * Count{2} : width * merged);
    width = width * Count{2};
  }
  list.norm("final norm", width);
  return width;
}

Count list_convnext(Lister& list, const ConvNextShape& shape) {
  constexpr std::uint64_t area = 49;      // of the depthwise convolution, 7 x 7
  constexpr std::uint64_t expansion = 4;  // of the pointwise ones
  Count side = std::max<std::uint64_t>(1, shape.image.value() / shape.patch.value());
  Count before = shape.widths.front();
  list.linear(Part::convolution, "stem", before, shape.patch * shape.patch * shape.channels,
              {1, (side * side).as_double()});
  list.norm("stem norm", before);
  for (std::size_t i = 0; i < shape.widths.size(); ++i) {
    Lister stage = list.under(stage_name(i));
    const Count w = shape.widths[i];
    const Count depth = shape.depths[i];
    if (i > 0) {
      side = std::max<std::uint64_t>(1, ceil_divide(side, 2).value());
      stage.norm("downsampling norm", before);
      stage.linear(Part::convolution, "downsampling", w, before * merged, {1, (side * side).as_double()});
    }
    const double positions = (side * side).as_double();
    stage.linear(Part::convolution, "depthwise convolution", w, area, {depth, positions});
    stage.norm("layer norms", w, depth);
    stage.feed_forward("feed-forward",
                       {.width = w, .inner = w * expansion, .layers = depth, .visits = positions});
    if (shape.response_norm)
      stage.norm("response norms", w * expansion, depth);
    else if (shape.scaled)
      stage.vector(Part::norms, "layer scales", w, depth);
    before = w;
  }
  list.norm("final norm", before);
  return before;
}

}  // namespace kwhatif::model
