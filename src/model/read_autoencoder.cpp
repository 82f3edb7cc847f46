// The autoencoder of latent diffusion (diffusers' AutoencoderKL): an image to a latent and back.
#include "lister.hpp"
#include "readers.hpp"

#include <string>

namespace kwhatif::model {
namespace {

constexpr std::uint64_t kernel = 9;  // 3 x 3

// Walks the maps of one half and lists what each convolution multiplies.
class HalfWalk {
 public:
  HalfWalk(Lister list, Count side) : list_(std::move(list)), side_(side) {}

  void convolution(const std::string& name, Count out, Count in, std::uint64_t area = kernel) {
    list_.linear(Part::convolution, name, out, in * area, {1, (side_ * side_).as_double()});
  }
  void residual_block(const std::string& name, Count out, Count in) {
    list_.norm("group norms", in);
    convolution(name + " convolution 1", out, in);
    list_.norm("group norms", out);
    convolution(name + " convolution 2", out, out);
    if (in != out) convolution(name + " shortcut", out, in, 1);
  }
  void middle(Count width, bool attends) {
    const double positions = (side_ * side_).as_double();
    residual_block("middle", width, width);
    if (attends) {
      list_.norm("group norms", width);
      list_.attention("middle attention",
                      {.width = width, .inner = width, .queries = positions, .keys = positions});
    }
    residual_block("middle", width, width);
  }
  void last_norm(Count width) { list_.norm("group norms", width); }
  void halve() { side_ = ceil_divide(side_, 2); }
  void twice() { side_ = side_ * 2; }

 private:
  Lister list_;
  Count side_;
};

}  // namespace

Architecture read_autoencoder(Fields& f) {
  constexpr std::uint64_t usual_side = 512;
  Architecture a;
  a.kind = Kind::convolutional;
  a.family = "Autoencoder of Stable Diffusion";
  a.tied = false;
  a.head = Head::none;
  const std::vector<Count> widths = f.counts("block_out_channels");
  if (widths.empty()) f.count({"block_out_channels"});  // complains
  all_within(f, "block_out_channels", widths, largest_stage_width);
  const Count blocks = f.count_or({"layers_per_block"}, 1);
  all_within(f, "layers_per_block", {blocks}, most_walked_blocks);
  const Count in = f.count_or({"in_channels"}, 3);
  const Count out = f.count_or({"out_channels"}, 3);
  const Count latent = f.count_or({"latent_channels"}, 4);
  const Count side = f.count_or({"sample_size"}, usual_side);
  const bool attends = f.flag("mid_block_add_attention", true);
  for (const char* field : {"down_block_types", "up_block_types"}) {
    const std::string usual = field[0] == 'd' ? "DownEncoderBlock2D" : "UpDecoderBlock2D";
    const std::vector<std::string> types = f.texts(field);
    for (const std::string& type : types) {
      if (type != usual)
        f.error(field, "config-unsupported", "no rule for blocks of type '" + type.substr(0, 60) + "'");
    }
    if (types.size() != widths.size() && !f.has_errors())
      f.error(field, "config-inconsistent", std::string(field) + " and block_out_channels differ in length");
  }
  f.decides_nothing({"act_fn", "force_upcast", "scaling_factor", "shift_factor", "latents_mean",
                     "latents_std", "norm_num_groups"});
  if (f.has_errors()) return a;

  Lister list(a);
  a.width = widths.front();
  HalfWalk down(list.under("encoder"), side);
  down.convolution("first convolution", widths.front(), in);
  Count before = widths.front();
  for (std::size_t i = 0; i < widths.size(); ++i) {
    for (Count j = 0; j < blocks; j += 1) {
      down.residual_block("block", widths[i], before);
      before = widths[i];
    }
    if (i + 1 == widths.size()) break;
    down.halve();
    down.convolution("downsampling", before, before);
  }
  down.middle(before, attends);
  down.last_norm(before);
  down.convolution("last convolution", latent * Count{2}, before);  // mean and spread
  if (f.flag("use_quant_conv", true))
    down.convolution("latent convolution", latent * Count{2}, latent * Count{2}, 1);

  Count low = side;
  for (std::size_t i = 0; i + 1 < widths.size(); ++i) low = ceil_divide(low, 2);
  HalfWalk up(list.under("decoder"), low);
  if (f.flag("use_post_quant_conv", true)) up.convolution("latent convolution", latent, latent, 1);
  before = widths.back();
  up.convolution("first convolution", before, latent);
  up.middle(before, attends);
  for (std::size_t i = widths.size(); i-- > 0;) {
    for (Count j = 0; j < blocks + Count{1}; j += 1) {
      up.residual_block("block", widths[i], before);
      before = widths[i];
    }
    if (i == 0) break;
    up.twice();
    up.convolution("upsampling", before, before);
  }
  up.last_norm(before);
  up.convolution("last convolution", out, before);
  return a;
}

}  // namespace kwhatif::model
