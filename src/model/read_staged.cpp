// Image networks in stages of falling resolution and rising width, as transformers spells them out: Swin and
// its version 2, ConvNeXt and its version 2, EfficientNet, MobileNet V2, RegNet.
#include "image_networks.hpp"
#include "readers.hpp"
#include "timm_names.hpp"

#include <algorithm>
#include <string>

namespace kwhatif::model {
namespace {

constexpr std::uint64_t usual_patch = 4;

Architecture staged_frame(Kind kind, std::string family) {
  Architecture a;
  a.kind = kind;
  a.family = std::move(family);
  a.tied = false;
  return a;
}

// The classifier, or nothing where the file is of the bare model.
void list_classifier(Fields& f, Architecture& a, Count width) {
  a.width = width;
  read_image_classifier(f, a);
  if (a.head == Head::none) return;
  const std::vector<std::string> names = f.texts("architectures");
  if (!names.empty() && !names.front().ends_with("ForImageClassification"))
    f.error("architectures", "config-unsupported", "no rule for the head of " + names.front().substr(0, 60));
  Lister(a).linear(Part::head, "classifier", a.classes, width, {});
}

// A list that must be there; complains where it is missing or out of bounds.
std::vector<Count> required(Fields& f, const char* name, std::uint64_t most) {
  const std::vector<Count> values = f.counts(name);
  if (values.empty() && !f.has_errors())
    f.error(name, "config-missing-field", "the field '" + std::string(name) + "' is missing or empty");
  all_within(f, name, values, most);
  return values;
}

void same_length(Fields& f, const char* name, std::size_t one, std::size_t other, const std::string& things) {
  if (one == other || f.has_errors()) return;
  f.error(name, "config-inconsistent",
          std::to_string(one) + ' ' + name + " for " + std::to_string(other) + ' ' + things);
}

Architecture read_swin_like(Fields& f, const std::string& family, bool second) {
  constexpr double usual_ratio = 4;
  Architecture a = staged_frame(Kind::vision_transformer, family);
  SwinShape swin;
  swin.second = second;
  swin.image = read_image_size(f);
  swin.patch = f.count_or({"patch_size"}, usual_patch);
  swin.channels = f.count_or({"num_channels"}, usual_image_channels);
  swin.width = f.count({"embed_dim"});
  swin.window = f.count({"window_size"});
  swin.ratio = f.number("mlp_ratio", usual_ratio);
  swin.biases = f.flag("qkv_bias", true);
  swin.absolute_positions = f.flag("use_absolute_embeddings", false);
  swin.heads = required(f, "num_heads", largest_stage_width);
  swin.depths = required(f, "depths", most_walked_blocks);
  same_length(f, "depths", swin.depths.size(), swin.heads.size(), "widths");
  f.decides_nothing({"hidden_size", "num_layers"});
  if (second) f.decides_nothing({"pretrained_window_sizes"});
  if (f.has_errors()) return a;
  Count width = swin.width;
  for (const Count heads : swin.heads) {
    if (width.value() % heads.value() != 0) {
      f.error("num_heads", "config-inconsistent",
              heads.text() + " heads do not divide the width " + width.text());
    }
    width = width * Count{2};
  }
  Lister list(a);
  list_classifier(f, a, list_swin(list, swin));
  return a;
}

Architecture read_convnext_like(Fields& f, const std::string& family, bool second) {
  Architecture a = staged_frame(Kind::convolutional, family);
  ConvNextShape shape;
  shape.image = read_image_size(f);
  shape.patch = f.count_or({"patch_size"}, usual_patch);
  shape.channels = f.count_or({"num_channels"}, usual_image_channels);
  shape.widths = required(f, "hidden_sizes", largest_stage_width);
  shape.depths = required(f, "depths", most_walked_blocks);
  shape.scaled = f.number("layer_scale_init_value", 1) > 0;
  shape.response_norm = second;
  f.decides_nothing({"num_stages"});
  same_length(f, "depths", shape.depths.size(), shape.widths.size(), "widths");
  if (f.has_errors()) return a;
  Lister list(a);
  list_classifier(f, a, list_convnext(list, shape));
  return a;
}

}  // namespace

Architecture read_swin(Fields& f) { return read_swin_like(f, "Swin", false); }
Architecture read_swinv2(Fields& f) { return read_swin_like(f, "Swin V2", true); }
Architecture read_convnext(Fields& f) { return read_convnext_like(f, "ConvNeXt", false); }
Architecture read_convnextv2(Fields& f) { return read_convnext_like(f, "ConvNeXt V2", true); }

Architecture read_efficientnet(Fields& f) {
  Architecture a = staged_frame(Kind::convolutional, "EfficientNet");
  const double width = f.number("width_coefficient", 2);
  const double depth = f.number("depth_coefficient", 3.1);
  constexpr double most = 100;
  if (width > most || depth > most)
    f.error("width_coefficient", "config-bad-value", "width_coefficient and depth_coefficient are above 100");
  // The baseline that all published sizes scale.
  const auto baseline = [&](const char* name, const std::vector<Count>& usual) {
    const std::vector<Count> given = f.counts(name);
    if (!given.empty() && given != usual)
      f.error(name, "config-unsupported",
              "no rule for another baseline than EfficientNet-B0's (" + std::string(name) + ")",
              "give the sizes directly (--params)");
  };
  baseline("in_channels", {32, 16, 24, 40, 80, 112, 192});
  baseline("out_channels", {16, 24, 40, 80, 112, 192, 320});
  baseline("kernel_sizes", {3, 3, 5, 3, 5, 5, 3});
  baseline("strides", {1, 2, 2, 2, 1, 2, 1});
  baseline("num_block_repeats", {1, 2, 2, 3, 3, 4, 1});
  baseline("expand_ratios", {1, 6, 6, 6, 6, 6, 6});
  f.decides_nothing({"depth_divisor", "depthwise_padding", "squeeze_expansion_ratio", "hidden_dim",
                     "pooling_type", "batch_norm_momentum", "drop_connect_rate", "num_hidden_layers"});
  const Count image = read_image_size(f);
  MobileShape shape;
  if (!f.has_errors()) shape = efficientnet(width, depth, image);
  shape.channels = f.count_or({"num_channels"}, usual_image_channels);
  if (f.has_errors()) return a;
  Lister list(a);
  list_classifier(f, a, list_mobile(list, shape));
  return a;
}

Architecture read_mobilenet_v2(Fields& f) {
  Architecture a = staged_frame(Kind::convolutional, "MobileNet V2");
  constexpr double widest = 100;
  const double width = f.number("depth_multiplier", 1);
  if (width > widest) f.error("depth_multiplier", "config-bad-value", "depth_multiplier is above 100");
  const auto usual = [&](const char* field, std::uint64_t value) {
    if (f.count_or({field}, value) != Count{value})
      f.error(field, "config-unsupported",
              "no rule for another baseline than MobileNet V2's (" + std::string(field) + ")",
              "give the sizes directly (--params)");
  };
  usual("depth_divisible_by", 8);
  usual("min_depth", 8);
  usual("expand_ratio", 6);
  usual("output_stride", 32);
  if (!f.flag("first_layer_is_expansion", true))
    f.error("first_layer_is_expansion", "config-unsupported", "no rule for a first layer that expands");
  if (is_architecture(f, "ForSemanticSegmentation"))
    f.error("architectures", "config-unsupported", "no rule for the segmentation head of MobileNet V2");
  f.decides_nothing({"finegrained_output", "tf_padding", "semantic_loss_ignore_index"});
  MobileShape shape;
  const Count image = read_image_size(f);
  const Count channels = f.count_or({"num_channels"}, usual_image_channels);
  if (f.has_errors()) return a;
  shape = mobilenet_v2(width);
  shape.image = image;
  shape.channels = channels;
  Lister list(a);
  list_classifier(f, a, list_mobile(list, shape));
  return a;
}

Architecture read_regnet(Fields& f) {
  Architecture a = staged_frame(Kind::convolutional, "RegNet");
  RegNetShape shape;
  shape.image = read_image_size(f);
  shape.channels = f.count_or({"num_channels"}, usual_image_channels);
  shape.stem = f.count_or({"embedding_size"}, 32);
  shape.widths = required(f, "hidden_sizes", largest_stage_width);
  shape.depths = required(f, "depths", most_walked_blocks);
  shape.group_width = f.count_or({"groups_width"}, 64);
  const std::string type = f.text("layer_type", "y");
  if (type != "x" && type != "y") f.error("layer_type", "config-bad-value", "layer_type must be 'x' or 'y'");
  shape.squeeze = type == "y";
  f.decides_nothing({"downsample_in_first_stage"});
  same_length(f, "depths", shape.depths.size(), shape.widths.size(), "widths");
  if (f.has_errors()) return a;
  Lister list(a);
  list_classifier(f, a, list_regnet(list, shape));
  return a;
}

}  // namespace kwhatif::model
