// The weights of ResNet and of the Stable Diffusion UNet, by walking their layers.
#include "inventory_builder.hpp"

#include <string>

namespace kwhatif::model {
namespace {

constexpr std::uint64_t scale_and_shift = 2;

// A square map of activations.
struct Map {
  Count channels;
  Count side;
  double positions() const { return (side * side).as_double(); }
};

// ---- ResNet (He et al. 2015; transformers' modeling_resnet.py) ----

class ResidualWalk {
 public:
  explicit ResidualWalk(InventoryBuilder& builder) : b_(builder) {}

  /// A convolution without bias and its batch norm; padding keeps the side but for the stride.
  Map convolve(Map in, Count out, Count kernel, Count stride, const std::string& name, Count groups = 1) {
    const Map result{out, ceil_divide(in.side, stride)};
    const Count seen = in.channels.value() / groups.value();
    b_.matrix(Part::convolution, name, out, seen * kernel * kernel, {.visits = result.positions()});
    b_.vector(Part::norms, "batch norms", out * scale_and_shift, {});
    return result;
  }

  Map layer(const ResidualNetwork& net, Map in, Count out, Count stride, const std::string& stage) {
    constexpr std::uint64_t reduction = 4;  // He et al. 2015, section 4.1: 1x1 reduces to a quarter
    Map map = in;
    if (net.bottleneck) {
      constexpr std::uint64_t usual_base =
          64;  // Xie et al. 2016: a width of 64 stands for all of the stage's
      const Count narrow =
          (Count{out.value() / reduction} * net.base_width).value() / usual_base * net.groups;
      map = convolve(map, narrow, 1, net.downsample_in_bottleneck ? stride : Count{1}, stage + " 1x1 in");
      map = convolve(map, narrow, 3, net.downsample_in_bottleneck ? Count{1} : stride, stage + " 3x3",
                     net.groups);
      map = convolve(map, out, 1, 1, stage + " 1x1 out");
    } else {
      map = convolve(map, out, 3, stride, stage + " 3x3 first");
      map = convolve(map, out, 3, 1, stage + " 3x3 second");
    }
    if (in.channels != out || stride != Count{1}) convolve(in, out, 1, stride, stage + " shortcut");
    return map;
  }

 private:
  InventoryBuilder& b_;
};

// ---- UNet (Ronneberger 2015; Rombach 2021; diffusers' unet_2d_condition.py) ----

class UNetWalk {
 public:
  UNetWalk(InventoryBuilder& builder, const DenoisingUNet& net)
      : b_(builder), net_(net), time_width_(net.down.front().width * time_factor) {}

  void walk() {
    const Count first = net_.down.front().width;
    Map map{net_.channels_in, net_.sample_size};
    convolution("first convolution", map, first, 3);
    map.channels = first;
    linear(Part::conditioning, "time embedding 1", time_width_, first, true, 1);
    linear(Part::conditioning, "time embedding 2", time_width_, time_width_, true, 1);
    if (net_.added_condition_width > 0) {
      linear(Part::conditioning, "size embedding 1", time_width_, net_.added_condition_width, true, 1);
      linear(Part::conditioning, "size embedding 2", time_width_, time_width_, true, 1);
    }
    if (net_.classes > 0) {
      b_.add({.name = "class table",
              .part = Part::conditioning,
              .use = Use::table,
              .rows = net_.classes,
              .columns = time_width_});
    }
    if (!net_.control.empty()) steering(first);
    tap({first, map.side});
    for (std::size_t i = 0; i < net_.down.size(); ++i) {
      const UNetLevel& level = net_.down[i];
      for (Count j = 0; j < level.residual_blocks; j += 1) {
        residual_block("down", map, level.width);
        map.channels = level.width;
        attend("down", map, level);
        tap(map);
      }
      if (i + 1 < net_.down.size()) {
        map.side = ceil_divide(map.side, 2);
        convolution("downsampling", map, map.channels, 3);
        tap(map);
      }
    }
    residual_block("middle", map, net_.middle.width);
    attend("middle", map, net_.middle);
    residual_block("middle", map, net_.middle.width);
    tap(map);
    if (!net_.control.empty()) return;
    walk_up(map);
    b_.vector(Part::norms, "group norms", first * scale_and_shift, {});
    convolution("last convolution", {first, net_.sample_size}, net_.channels_out, 3);
  }

 private:
  static constexpr std::uint64_t time_factor = 4;  // diffusers: time_embed_dim = 4 x first width
  static constexpr std::uint64_t inner_factor =
      4;  // feed-forward width of a transformer block, gated (GEGLU)

  // Each residual block of the way up takes what the way down left at the same place beside its input.
  void walk_up(Map map) {
    const std::size_t levels = net_.up.size();
    for (std::size_t i = 0; i < levels; ++i) {
      const UNetLevel& level = net_.up[i];
      const Count below = net_.up[i + 1 < levels ? i + 1 : i].width;
      for (Count j = 0; j < level.residual_blocks; j += 1) {
        const Count skip = j + 1 == level.residual_blocks ? below : level.width;
        residual_block("up", {map.channels + skip, map.side}, level.width);
        map.channels = level.width;
        attend("up", map, level);
      }
      if (i + 1 < levels) {
        map.side = map.side * 2;
        convolution("upsampling", map, map.channels, 3);
      }
    }
  }

  void convolution(const std::string& name, Map at, Count out, Count kernel) {
    b_.matrix(Part::convolution, name, out, at.channels * kernel * kernel, {.visits = at.positions()});
    b_.vector(Part::convolution, name + " bias", out, {});
  }
  void linear(Part part, const std::string& name, Count out, Count in, bool bias, double visits) {
    b_.matrix(part, name, out, in, {.visits = visits});
    b_.vector_if(bias, part, name + " bias", out, {});
  }
  void residual_block(const std::string& where, Map in, Count out) {
    b_.vector(Part::norms, "group norms", in.channels * scale_and_shift, {});
    convolution(where + " convolution 1", in, out, 3);
    linear(Part::conditioning, where + " time projection", out, time_width_, true, 1);
    b_.vector(Part::norms, "group norms", out * scale_and_shift, {});
    convolution(where + " convolution 2", {out, in.side}, out, 3);
    if (in.channels != out) convolution(where + " shortcut", in, out, 1);
  }
  // ControlNet hands every map of the way down to the UNet, each through a convolution that starts at zero.
  void tap(Map at) {
    if (!net_.control.empty()) convolution("control output", at, at.channels, 1);
  }
  // Reads the picture that steers and brings it down to the size of the latent.
  void steering(Count out) {
    Count side = net_.sample_size * net_.control_stride;
    Count channels = net_.control_channels;
    for (std::size_t i = 0; i < net_.control.size(); ++i) {
      const std::string name = "steering convolution " + std::to_string(i + 1);
      if (i > 0) {
        convolution(name, {channels, side}, channels, 3);
        side = ceil_divide(side, 2);
      }
      convolution(name, {channels, side}, net_.control[i], 3);
      channels = net_.control[i];
    }
    convolution("steering output", {channels, side}, out, 3);
  }
  void attend(const std::string& where, Map at, const UNetLevel& level) {
    if (!level.plain_attention) return transformer(where, at, level);
    const Count c = at.channels;
    b_.vector(Part::norms, "group norms", c * scale_and_shift, {});
    for (const char* name : {" attention query", " attention key", " attention value", " attention output"})
      linear(Part::attention, where + name, c, c, true, at.positions());
    b_.attention({.name = where + " attention products",
                  .layers = 1,
                  .score_width = c,
                  .value_width = c,
                  .reach = {.causal = false},
                  .queries = at.positions(),
                  .fixed_keys = at.positions()});
  }
  void transformer(const std::string& where, Map at, const UNetLevel& level) {
    if (level.transformer_depth == 0) return;
    const Count c = at.channels;
    const double positions = at.positions();
    const double text = net_.text_tokens.as_double();
    b_.vector(Part::norms, "group norms", c * scale_and_shift, {});
    linear(Part::attention, where + " projection in", c, c, true, positions);
    for (Count i = 0; i < level.transformer_depth; i += 1) {
      for (const char* name : {" self-attention query", " self-attention key", " self-attention value"}) {
        linear(Part::attention, where + name, c, c, false, positions);
      }
      linear(Part::attention, where + " self-attention output", c, c, true, positions);
      linear(Part::attention, where + " cross-attention query", c, c, false, positions);
      linear(Part::attention, where + " cross-attention key", c, level.context_width, false, text);
      linear(Part::attention, where + " cross-attention value", c, level.context_width, false, text);
      linear(Part::attention, where + " cross-attention output", c, c, true, positions);
      linear(Part::feed_forward, where + " feed-forward gate and up", Count{2} * inner_factor * c, c, true,
             positions);
      linear(Part::feed_forward, where + " feed-forward down", c, Count{inner_factor} * c, true, positions);
      constexpr std::uint64_t norms = 3;  // before each of the three parts
      b_.vector(Part::norms, "transformer norms", c * scale_and_shift, {.stored = norms, .active = norms});
      b_.attention({.name = where + " self-attention products",
                    .layers = 1,
                    .score_width = c,
                    .value_width = c,
                    .reach = {.causal = false},
                    .queries = positions,
                    .fixed_keys = positions});
      b_.attention({.name = where + " cross-attention products",
                    .cross = true,
                    .layers = 1,
                    .score_width = c,
                    .value_width = c,
                    .reach = {.causal = false},
                    .queries = positions,
                    .fixed_keys = text});
    }
    linear(Part::attention, where + " projection out", c, c, true, positions);
  }

  InventoryBuilder& b_;
  const DenoisingUNet& net_;
  Count time_width_;
};

}  // namespace

void list_residual_network(const Architecture& a, InventoryBuilder& b) {
  const ResidualNetwork& net = *a.residual_network;
  ResidualWalk walk(b);
  constexpr std::uint64_t stem_kernel = 7;
  Map map = walk.convolve({net.channels, net.image_size}, net.stem_width, stem_kernel, 2, "stem 7x7");
  map.side = ceil_divide(map.side, 2);  // max pooling
  for (std::size_t stage = 0; stage < net.widths.size(); ++stage) {
    const std::string name = "stage " + std::to_string(stage + 1);
    for (Count layer = 0; layer < net.depths[stage]; layer += 1) {
      const bool halves = layer == Count{0} && (stage > 0 || net.downsample_in_first_stage);
      map = walk.layer(net, map, net.widths[stage], halves ? 2 : 1, name);
    }
  }
  if (a.head == Head::classifier) {
    b.matrix(Part::head, "classifier", a.classes, map.channels, {});
    b.vector(Part::head, "classifier bias", a.classes, {});
  }
}

void list_unet(const Architecture& a, InventoryBuilder& b) { UNetWalk(b, *a.denoising_unet).walk(); }

}  // namespace kwhatif::model
