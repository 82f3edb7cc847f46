// timm's config.json names a network and leaves its shape to timm's code: the usual names are known here, by
// the rules in which the name says patch, size and width (vision_transformer.py, resnet.py, convnext.py,
// swin_transformer.py, efficientnet.py, mobilenetv3.py, regnet.py, vgg.py of timm).
#include "image_networks.hpp"
#include "readers.hpp"
#include "timm_names.hpp"

#include <algorithm>
#include <array>
#include <cmath>
#include <string>

namespace kwhatif::model {
namespace {

using Name = std::string_view;

// What a file says beside the name.
struct Asked {
  Count image;    ///< 0: not said
  Count classes;  ///< 0: no classifier
};

Architecture frame(Kind kind, const std::string& family) {
  Architecture a;
  a.kind = kind;
  a.family = family + ", by its name in timm";
  a.tied = false;
  a.head = Head::none;
  return a;
}

void list_classifier(Architecture& a, const Asked& asked, Count width) {
  a.width = width;
  if (asked.classes > Count{0}) Lister(a).linear(Part::head, "classifier", asked.classes, width, {});
}

// ---- plain transformers ----

struct VitSize {
  Name name;
  std::uint64_t width, depth, heads;
  double ratio = 4;
};
constexpr std::array vit_sizes = std::to_array<VitSize>({{"tiny", 192, 12, 3},
                                                         {"small", 384, 12, 6},
                                                         {"medium", 512, 12, 8},
                                                         {"base", 768, 12, 12},
                                                         {"large", 1024, 24, 16},
                                                         {"huge", 1280, 32, 16},
                                                         {"giant", 1408, 40, 16, 48.0 / 11},
                                                         {"gigantic", 1664, 48, 16, 64.0 / 13}});

struct VitName {
  const VitSize* size = nullptr;
  Count patch;
  Count image = 224;
  std::uint64_t class_tokens = 1;
  Count registers = 0;
  bool scales = false;         ///< learned vectors that scale a branch
  bool first_norm = false;     ///< CLIP: a norm in front, and patches without bias
  bool patches_alone = false;  ///< DeiT III: no row of positions for the class token
  bool two_heads = false;      ///< distilled
  bool gated = false;          ///< the giant of DINOv2
};

// vit_base_patch16_224, deit3_small_patch16_384, vit_large_patch14_reg4_dinov2, vit_base_patch32_clip_224 …
std::optional<VitName> vit_named(const std::vector<Name>& words) {
  if (words.size() < 3) return {};
  VitName out;
  const bool deit = words[0] == "deit";
  const bool third = words[0] == "deit3";
  if (!deit && !third && words[0] != "vit") return {};
  const auto size = std::ranges::find(vit_sizes, words[1], &VitSize::name);
  if (size == vit_sizes.end()) return {};
  out.size = &*size;
  out.scales = out.patches_alone = third;
  bool is_dino = false;
  for (std::size_t i = 2; i < words.size(); ++i) {
    const Name word = words[i];
    constexpr std::array harmless =
        std::to_array<Name>({"dino", "sam", "mae", "in21k", "in21ft1k", "augreg", "quickgelu"});
    if (const auto patch = number_behind(word, "patch")) {
      out.patch = *patch;
    } else if (const auto image = whole_word(word)) {
      out.image = *image;
    } else if (word == "distilled" && deit) {
      out.class_tokens = 2;
      out.two_heads = true;
    } else if (word == "clip" && words[0] == "vit") {
      out.first_norm = true;
    } else if (word == "reg4" && words[0] == "vit") {
      out.registers = 4;
    } else if (word == "dinov2" && words[0] == "vit") {
      is_dino = true;
    } else if (std::ranges::find(harmless, word) == harmless.end()) {
      return {};
    }
  }
  if (out.registers > Count{0} && !is_dino) return {};
  if (is_dino) {
    constexpr std::uint64_t dino_image = 518;
    static constexpr VitSize dino_giant{"giant", 1536, 40, 24, 8.0 / 3};
    out.image = dino_image;
    out.scales = true;
    out.patches_alone = out.registers > Count{0};
    if (out.size->name == "giant") {
      out.size = &dino_giant;
      out.gated = true;
    }
  }
  if (out.patch == Count{0}) return {};
  return out;
}

Architecture vit_architecture(const VitName& v, const Asked& asked) {
  const Count width = v.size->width;
  Architecture a = frame(Kind::vision_transformer, v.class_tokens == 2 ? "DeiT" : "ViT");
  a.norm = Norm::scale_and_shift;
  a.width = width;
  a.patches = PatchEmbedding{.image_size = asked.image > Count{0} ? asked.image : v.image,
                             .patch_size = v.patch,
                             .channels = usual_image_channels,
                             .extra_tokens = v.registers + Count{v.class_tokens},
                             .bias = !v.first_norm};
  Block block;
  block.attention = Attention{.heads = v.size->heads,
                              .key_value_heads = v.size->heads,
                              .head_dim = v.size->width / v.size->heads,
                              .value_dim = v.size->width / v.size->heads,
                              .query_bias = true,
                              .key_bias = true,
                              .value_bias = true,
                              .output_bias = true,
                              .latent = {}};
  block.feed_forward = FeedForward{
      static_cast<std::uint64_t>(std::llround(v.size->ratio * width.as_double())), v.gated, true, true};
  block.norms = 2;
  if (v.scales) block.layer_scales = 2;
  const Count side = a.patches->image_size.value() / v.patch.value();
  Stack stack{.name = "encoder", .blocks = {repeated(block, v.size->depth, {.causal = false})}};
  stack.position_rows = side * side + (v.patches_alone ? Count{0} : Count{v.class_tokens});
  stack.embedding_norm = v.first_norm;
  a.stacks.push_back(std::move(stack));
  if (asked.classes > Count{0}) {
    a.head = Head::classifier;
    a.classes = asked.classes * (v.two_heads ? Count{2} : Count{1});
  }
  return a;
}

// ---- convolutional networks ----

struct ResNetRow {
  Name name;
  std::array<std::uint64_t, 4> depths;
  bool bottleneck = true;
  std::uint64_t groups = 1;
  std::uint64_t base_width = 64;
};
constexpr std::array resnets = std::to_array<ResNetRow>({{"resnet18", {2, 2, 2, 2}, false},
                                                         {"resnet34", {3, 4, 6, 3}, false},
                                                         {"resnet26", {2, 2, 2, 2}},
                                                         {"resnet50", {3, 4, 6, 3}},
                                                         {"resnet101", {3, 4, 23, 3}},
                                                         {"resnet152", {3, 8, 36, 3}},
                                                         {"resnet200", {3, 24, 36, 3}},
                                                         {"wide_resnet50_2", {3, 4, 6, 3}, true, 1, 128},
                                                         {"wide_resnet101_2", {3, 4, 23, 3}, true, 1, 128},
                                                         {"resnext50_32x4d", {3, 4, 6, 3}, true, 32, 4},
                                                         {"resnext101_32x4d", {3, 4, 23, 3}, true, 32, 4},
                                                         {"resnext101_32x8d", {3, 4, 23, 3}, true, 32, 8},
                                                         {"resnext101_32x16d", {3, 4, 23, 3}, true, 32, 16},
                                                         {"resnext101_32x32d", {3, 4, 23, 3}, true, 32, 32},
                                                         {"resnext101_64x4d", {3, 4, 23, 3}, true, 64, 4}});

Architecture resnet_architecture(const ResNetRow& row, const Asked& asked) {
  constexpr std::uint64_t stem = 64;
  constexpr std::uint64_t widened = 4;
  Architecture a = frame(Kind::convolutional, "ResNet");
  ResidualNetwork net;
  net.image_size = asked.image > Count{0} ? asked.image : Count{224};
  net.channels = usual_image_channels;
  net.stem_width = stem;
  net.bottleneck = row.bottleneck;
  net.groups = row.groups;
  net.base_width = row.base_width;
  for (std::size_t i = 0; i < row.depths.size(); ++i) {
    net.depths.emplace_back(row.depths[i]);
    net.widths.emplace_back((stem << i) * (row.bottleneck ? widened : 1));
  }
  a.width = net.widths.back();
  if (asked.classes > Count{0}) {
    a.head = Head::classifier;
    a.classes = asked.classes;
  }
  a.residual_network = std::move(net);
  return a;
}

struct StagedRow {
  Name name;
  std::uint64_t width;
  std::array<std::uint64_t, 4> depths;
};
constexpr std::array convnexts = std::to_array<StagedRow>({{"atto", 40, {2, 2, 6, 2}},
                                                           {"femto", 48, {2, 2, 6, 2}},
                                                           {"pico", 64, {2, 2, 6, 2}},
                                                           {"nano", 80, {2, 2, 8, 2}},
                                                           {"tiny", 96, {3, 3, 9, 3}},
                                                           {"small", 96, {3, 3, 27, 3}},
                                                           {"base", 128, {3, 3, 27, 3}},
                                                           {"large", 192, {3, 3, 27, 3}},
                                                           {"xlarge", 256, {3, 3, 27, 3}},
                                                           {"huge", 352, {3, 3, 27, 3}},
                                                           {"xxlarge", 384, {3, 4, 30, 3}}});

std::optional<Architecture> convnext_named(const std::vector<Name>& words, const Asked& asked) {
  const bool second = words[0] == "convnextv2";
  if ((!second && words[0] != "convnext") || words.size() != 2) return {};
  const auto row = std::ranges::find(convnexts, words[1], &StagedRow::name);
  if (row == convnexts.end()) return {};
  Architecture a = frame(Kind::convolutional, second ? "ConvNeXt V2" : "ConvNeXt");
  ConvNextShape shape{.image = asked.image > Count{0} ? asked.image : Count{224}, .widths = {}, .depths = {}};
  shape.response_norm = second;
  for (std::size_t i = 0; i < row->depths.size(); ++i) {
    shape.widths.emplace_back(row->width << i);
    shape.depths.emplace_back(row->depths[i]);
  }
  Lister list(a);
  const Count width = list_convnext(list, shape);
  list_classifier(a, asked, width);
  return a;
}

struct SwinRow {
  Name name;
  std::uint64_t width;
  std::uint64_t third_depth;
  std::uint64_t heads;  ///< of the first stage, doubled in each
};
constexpr std::array swins = std::to_array<SwinRow>(
    {{"tiny", 96, 6, 3}, {"small", 96, 18, 3}, {"base", 128, 18, 4}, {"large", 192, 18, 6}});

// swin_tiny_patch4_window7_224, swinv2_base_window8_256
std::optional<Architecture> swin_named(const std::vector<Name>& words, const Asked& asked) {
  const bool second = words[0] == "swinv2";
  if ((!second && words[0] != "swin") || words.size() != (second ? 4U : 5U)) return {};
  const auto row = std::ranges::find(swins, words[1], &SwinRow::name);
  const auto window = number_behind(words[words.size() - 2], "window");
  const auto image = whole_word(words.back());
  if (row == swins.end() || !window || !image || *window == 0 || *image == 0) return {};
  if (!second && words[2] != "patch4") return {};
  Architecture a = frame(Kind::vision_transformer, second ? "Swin V2" : "Swin");
  SwinShape shape{.image = asked.image > Count{0} ? asked.image : Count{*image},
                  .width = row->width,
                  .depths = {2, 2, row->third_depth, 2},
                  .heads = {row->heads, row->heads * 2, row->heads * 4, row->heads * 8},
                  .window = *window,
                  .second = second};
  Lister list(a);
  const Count width = list_swin(list, shape);
  list_classifier(a, asked, width);
  return a;
}

// ---- VGG ----

std::optional<Architecture> vgg_named(const std::vector<Name>& words, const Asked& asked) {
  const auto layers = number_behind(words[0], "vgg");
  const bool normed = words.size() == 2 && words[1] == "bn";
  if (!layers || (words.size() > 1 && !normed)) return {};
  std::array<std::uint64_t, 5> depths{};
  if (*layers == 11)
    depths = {1, 1, 2, 2, 2};
  else if (*layers == 13)
    depths = {2, 2, 2, 2, 2};
  else if (*layers == 16)
    depths = {2, 2, 3, 3, 3};
  else if (*layers == 19)
    depths = {2, 2, 4, 4, 4};
  else
    return {};
  constexpr std::uint64_t area = 9;
  constexpr std::uint64_t widest = 512;
  constexpr std::uint64_t hidden = 4096;
  constexpr std::uint64_t last_map = 49;  // 7 x 7, whatever the image: the rest is pooled
  Architecture a = frame(Kind::convolutional, "VGG");
  Lister list(a);
  Count side = asked.image > Count{0} ? asked.image : Count{224};
  Count before = usual_image_channels;
  for (std::size_t i = 0; i < depths.size(); ++i) {
    const Count width = std::min<std::uint64_t>(widest, std::uint64_t{64} << i);
    for (std::uint64_t j = 0; j < depths[i]; ++j) {
      list.linear(Part::convolution, "stage " + std::to_string(i + 1) + " convolution", width, before * area,
                  {1, (side * side).as_double()});
      if (normed) list.norm("batch norms", width);
      before = width;
    }
    side = std::max<std::uint64_t>(1, side.value() / 2);
  }
  list.linear(Part::head, "hidden layer 1", hidden, before * last_map, {});
  list.linear(Part::head, "hidden layer 2", hidden, hidden, {});
  list_classifier(a, asked, hidden);
  return a;
}

std::optional<Architecture> architecture_named(Name name, const Asked& asked) {
  std::vector<Name> words = words_of(name);
  if (words.empty()) return {};
  if (const auto vit = vit_named(words)) return vit_architecture(*vit, asked);
  Name plain = name;
  for (const Name source : {"tv_", "gluon_", "ssl_", "swsl_", "ig_"}) {
    if (plain.starts_with(source)) plain.remove_prefix(source.size());
  }
  if (plain.ends_with("_v1b")) plain.remove_suffix(Name{"_v1b"}.size());
  if (const auto row = std::ranges::find(resnets, plain, &ResNetRow::name); row != resnets.end())
    return resnet_architecture(*row, asked);
  if (auto found = convnext_named(words, asked)) return found;
  if (auto found = swin_named(words, asked)) return found;
  if (auto found = vgg_named(words, asked)) return found;
  if (auto shape = mobile_named(words)) {
    Architecture a =
        frame(Kind::convolutional, words[0].starts_with("mobilenet") ? "MobileNet" : "EfficientNet");
    if (asked.image > Count{0}) shape->image = asked.image;
    Lister list(a);
    const Count width = list_mobile(list, *shape);
    list_classifier(a, asked, width);
    return a;
  }
  if (const auto shape = regnet_named(name, asked.image > Count{0} ? asked.image : Count{224})) {
    Architecture a = frame(Kind::convolutional, "RegNet");
    Lister list(a);
    const Count width = list_regnet(list, *shape);
    list_classifier(a, asked, width);
    return a;
  }
  return {};
}

}  // namespace

Architecture read_timm(Fields& f) {
  constexpr std::uint64_t usual_classes = 1000;
  constexpr std::uint64_t largest_image = 100'000;
  const std::string name = f.text("architecture", "");
  Asked asked{.image = 0, .classes = usual_classes};
  if (auto training = f.object("pretrained_cfg")) {
    const JsonValue* size = training->find("input_size");
    if (size != nullptr && size->kind == JsonValue::Kind::array && !size->items.empty()) {
      const JsonValue& side = size->items.back();
      if (side.kind != JsonValue::Kind::integer || side.negative || side.magnitude == 0 ||
          side.magnitude > largest_image)
        f.error("pretrained_cfg", "config-bad-value", "input_size is no size of an image");
      else
        asked.image = side.magnitude;
    }
    asked.classes = training->count_or_zero({"num_classes"}, usual_classes);
  }
  asked.classes = f.count_or_zero({"num_classes"}, asked.classes);
  f.decides_nothing({"num_features", "global_pool", "pretrained_cfg", "model_args", "label_names",
                     "label_descriptions", "do_pooling", "num_labels"});
  if (f.has("model_args")) {
    f.error("model_args", "config-unsupported", "no rule for arguments of timm's code beside the name",
            "give the transformers config.json of the same network, or --params");
  }
  if (f.has_errors()) return {};
  if (auto known = architecture_named(Name{name}.substr(0, name.find('.')), asked)) {
    if (known->patches && known->patches->patch_size > known->patches->image_size)
      f.error("pretrained_cfg", "config-inconsistent", "the patches of " + name + " do not fit the image");
    return std::move(*known);
  }
  f.error("architecture", "config-unsupported",
          "this is a file of timm: it names the network '" + name.substr(0, 60) +
              "' and leaves its shape to timm's code, which kwhatif does not know for this name",
          "count the transformers config.json of the same network, give the sizes directly (--params), or "
          "the work "
          "itself (--flops)");
  return {};
}

}  // namespace kwhatif::model
