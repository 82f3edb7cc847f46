// Image networks in stages of falling resolution and rising width: Swin and ConvNeXt. Each stage has widths
// of its own, so the readers list the weights with how often an image multiplies them.
#include "readers.hpp"

#include <algorithm>
#include <string>

namespace kwhatif::model {
namespace {

constexpr std::uint64_t usual_patch = 4;
constexpr std::uint64_t norm_vectors = 2;  // LayerNorm: scale and shift
constexpr std::uint64_t merged = 4;        // 2 x 2 positions become one

// Collects what one image multiplies.
class Lister {
 public:
  explicit Lister(Architecture& a) : a_(a) {}
  void matrix(Part part, const std::string& name, Count rows, Count columns, Count copies, Count visits) {
    a_.listed.push_back({.name = name,
                         .part = part,
                         .rows = rows,
                         .columns = columns,
                         .copies = copies,
                         .visits = visits.as_double()});
  }
  void vector(Part part, const std::string& name, Count elements, Count copies = 1) {
    a_.listed.push_back({.name = name, .part = part, .use = Use::vector, .rows = elements, .copies = copies});
  }

 private:
  Architecture& a_;
};

// The classifier, or nothing where the file is of the bare model.
void list_classifier(Fields& f, Architecture& a, Count width) {
  read_image_classifier(f, a);
  if (a.head == Head::none) return;
  const std::vector<std::string> names = f.texts("architectures");
  if (!names.empty() && !names.front().ends_with("ForImageClassification"))
    f.error("architectures", "config-unsupported", "no rule for the head of " + names.front().substr(0, 60));
  Lister list(a);
  list.matrix(Part::head, "classifier", a.classes, width, 1, 1);
  list.vector(Part::head, "classifier bias", a.classes);
}

struct Stage {
  Count width;
  Count depth;
  Count heads = 1;  // Swin
  Count side;       // positions along one edge
};

std::string stage_name(std::size_t i, const std::string& what) {
  return "stage " + std::to_string(i + 1) + ' ' + what;
}

struct SwinShape {
  Count window;
  double ratio = 0;
  bool biases = true;
};

void list_swin_stage(Architecture& a, const SwinShape& swin, const Stage& stage, std::size_t i) {
  Lister list(a);
  const Count w = stage.width;
  const Count positions = stage.side * stage.side;
  const Count inner = static_cast<std::uint64_t>(swin.ratio * w.as_double());
  // A window larger than the map is as large as the map.
  const Count window = std::min(swin.window, stage.side);
  const Count table = (Count{2} * swin.window - Count{1}) * (Count{2} * swin.window - Count{1});
  for (const char* part : {"attention query", "attention key", "attention value", "attention output"}) {
    list.matrix(Part::attention, stage_name(i, part), w, w, stage.depth, positions);
  }
  constexpr std::uint64_t inputs = 3;
  if (swin.biases) list.vector(Part::attention, stage_name(i, "attention biases"), inputs * w, stage.depth);
  list.vector(Part::attention, stage_name(i, "attention output bias"), w, stage.depth);
  a.listed.push_back({.name = stage_name(i, "relative position table"),
                      .part = Part::embeddings,
                      .use = Use::table,
                      .rows = table,
                      .columns = stage.heads,
                      .copies = stage.depth});
  list.matrix(Part::feed_forward, stage_name(i, "feed-forward up"), inner, w, stage.depth, positions);
  list.matrix(Part::feed_forward, stage_name(i, "feed-forward down"), w, inner, stage.depth, positions);
  list.vector(Part::feed_forward, stage_name(i, "feed-forward biases"), inner + w, stage.depth);
  list.vector(Part::norms, stage_name(i, "layer norms"), norm_vectors * w, Count{2} * stage.depth);
  a.listed_attention.push_back({.name = stage_name(i, "attention products"),
                                .layers = stage.depth,
                                .score_width = w,
                                .value_width = w,
                                .queries = positions,
                                .keys = window * window});
}

// Both families: depths and widths of the stages, checked.
std::vector<Stage> read_stages(Fields& f, const std::vector<Count>& widths, Count side) {
  const std::vector<Count> depths = f.counts("depths");
  if (depths.empty() && !f.has_errors()) {
    f.error("depths", "config-missing-field", "the field 'depths' is missing or empty");
  }
  if (!all_within(f, "depths", depths, most_walked_blocks) || f.has_errors()) return {};
  if (widths.size() != depths.size()) {
    f.error("depths", "config-inconsistent",
            std::to_string(depths.size()) + " depths for " + std::to_string(widths.size()) + " widths");
    return {};
  }
  std::vector<Stage> stages;
  for (std::size_t i = 0; i < depths.size(); ++i) {
    stages.push_back({.width = widths[i], .depth = depths[i], .side = side});
    side = std::max<std::uint64_t>(1, ceil_divide(side, 2).value());
  }
  return stages;
}

}  // namespace

Architecture read_swin(Fields& f) {
  Architecture a;
  a.kind = Kind::vision_transformer;
  a.family = "Swin";
  a.tied = false;
  const Count image = read_image_size(f);
  const Count patch = f.count_or({"patch_size"}, usual_patch);
  const Count channels = f.count_or({"num_channels"}, usual_image_channels);
  const Count first = f.count({"embed_dim"});
  SwinShape swin{.window = f.count({"window_size"})};
  swin.ratio = f.number("mlp_ratio", merged);
  swin.biases = f.flag("qkv_bias", true);
  const std::vector<Count> heads = f.counts("num_heads");
  if (heads.empty() && !f.has_errors())
    f.error("num_heads", "config-missing-field", "the field 'num_heads' is missing");
  if (!all_within(f, "num_heads", heads, largest_stage_width) || f.has_errors()) return a;
  std::vector<Count> widths;
  for (std::size_t i = 0; i < heads.size(); ++i) widths.push_back(first * Count{std::uint64_t{1} << i});
  const Count side = ceil_divide(image, patch);
  std::vector<Stage> stages = read_stages(f, widths, side);
  if (f.has_errors()) return a;

  Lister list(a);
  list.matrix(Part::embeddings, "patch projection", first, patch * patch * channels, 1, side * side);
  list.vector(Part::embeddings, "patch projection bias", first);
  list.vector(Part::norms, "embedding norm", norm_vectors * first);
  if (f.flag("use_absolute_embeddings", false)) {
    a.listed.push_back({.name = "position table",
                        .part = Part::embeddings,
                        .use = Use::table,
                        .rows = side * side,
                        .columns = first});
  }
  for (std::size_t i = 0; i < stages.size(); ++i) {
    stages[i].heads = heads[i];
    if (stages[i].width.value() % heads[i].value() != 0) {
      f.error("num_heads", "config-inconsistent",
              heads[i].text() + " heads do not divide the width " + stages[i].width.text());
    }
    list_swin_stage(a, swin, stages[i], i);
    if (i + 1 == stages.size()) break;
    const Stage& next = stages[i + 1];
    list.matrix(Part::convolution, stage_name(i, "merging"), next.width, merged * stages[i].width, 1,
                next.side * next.side);
    list.vector(Part::norms, stage_name(i, "merging norm"), norm_vectors * merged * stages[i].width);
  }
  a.width = stages.back().width;
  list.vector(Part::norms, "final norm", norm_vectors * a.width);
  list_classifier(f, a, a.width);
  return a;
}

Architecture read_convnext(Fields& f) {
  constexpr std::uint64_t kernel = 7;     // of the depthwise convolution
  constexpr std::uint64_t expansion = 4;  // of the pointwise ones
  Architecture a;
  a.kind = Kind::convolutional;
  a.family = "ConvNeXt";
  a.tied = false;
  const Count image = read_image_size(f);
  const Count patch = f.count_or({"patch_size"}, usual_patch);
  const Count channels = f.count_or({"num_channels"}, usual_image_channels);
  const std::vector<Count> widths = f.counts("hidden_sizes");
  if (widths.empty() && !f.has_errors()) {
    f.error("hidden_sizes", "config-missing-field", "the field 'hidden_sizes' is missing");
  }
  if (!all_within(f, "hidden_sizes", widths, largest_stage_width) || f.has_errors()) return a;
  const Count side = std::max<std::uint64_t>(1, image.value() / patch.value());
  const std::vector<Stage> stages = read_stages(f, widths, side);
  if (f.has_errors()) return a;
  const bool scaled = f.number("layer_scale_init_value", 1) > 0;

  Lister list(a);
  list.matrix(Part::convolution, "stem", widths.front(), patch * patch * channels, 1, side * side);
  list.vector(Part::convolution, "stem bias", widths.front());
  list.vector(Part::norms, "stem norm", norm_vectors * widths.front());
  for (std::size_t i = 0; i < stages.size(); ++i) {
    const Stage& stage = stages[i];
    const Count w = stage.width;
    const Count positions = stage.side * stage.side;
    if (i > 0) {
      const Count before = stages[i - 1].width;
      list.vector(Part::norms, stage_name(i, "downsampling norm"), norm_vectors * before);
      list.matrix(Part::convolution, stage_name(i, "downsampling"), w, merged * before, 1, positions);
      list.vector(Part::convolution, stage_name(i, "downsampling bias"), w);
    }
    list.matrix(Part::convolution, stage_name(i, "depthwise convolution"), w, kernel * kernel, stage.depth,
                positions);
    list.vector(Part::convolution, stage_name(i, "depthwise bias"), w, stage.depth);
    list.vector(Part::norms, stage_name(i, "layer norms"), norm_vectors * w, stage.depth);
    list.matrix(Part::feed_forward, stage_name(i, "feed-forward up"), expansion * w, w, stage.depth,
                positions);
    list.matrix(Part::feed_forward, stage_name(i, "feed-forward down"), w, expansion * w, stage.depth,
                positions);
    list.vector(Part::feed_forward, stage_name(i, "feed-forward biases"), (expansion + 1) * w, stage.depth);
    if (scaled) list.vector(Part::norms, stage_name(i, "layer scales"), w, stage.depth);
  }
  a.width = stages.back().width;
  list.vector(Part::norms, "final norm", norm_vectors * a.width);
  list_classifier(f, a, a.width);
  return a;
}

}  // namespace kwhatif::model
