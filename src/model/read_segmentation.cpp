// Image models that give a map or masks: SAM and SegFormer.
#include "listed_towers.hpp"

#include <algorithm>
#include <array>
#include <string>

namespace kwhatif::model {
namespace {

constexpr std::array sam_image_sizes = std::to_array<SizeDefault>({{"hidden_size", 768},
                                                                   {"output_channels", 256},
                                                                   {"num_hidden_layers", 12},
                                                                   {"num_attention_heads", 12},
                                                                   {"image_size", 1024},
                                                                   {"patch_size", 16},
                                                                   {"window_size", 14}});

// A few matrices of one width with activations between: the heads of SAM.
void list_head(Lister& list, const std::string& name, Count in, Count width, Count out, Count depth,
               const Passed& passed) {
  if (depth == Count{1}) return list.linear(Part::head, name, out, in, passed);
  list.linear(Part::head, name + " first", width, in, passed);
  if (depth > Count{2})
    list.linear(Part::head, name + " inner", width, width,
                {passed.copies * (depth - Count{2}), passed.visits});
  list.linear(Part::head, name + " last", out, width, passed);
}

struct SamMap {
  Count side;  ///< positions along one edge
  Count channels;
};

SamMap list_sam_encoder(Fields& v, Lister& list) {
  const Count width = v.count({"hidden_size"});
  const Count layers = read_layers(v, {"num_hidden_layers"});
  const Attention heads = read_attention(v, width);
  const Count image = v.count({"image_size"});
  const Count patch = v.count({"patch_size"});
  const Count window = v.count({"window_size"});
  const Count out = v.count({"output_channels"});
  const double ratio = v.number("mlp_ratio", 4);
  const Count inner =
      v.maybe_count({"mlp_dim"}).value_or(static_cast<std::uint64_t>(ratio * width.as_double()));
  const Count channels = v.count_or({"num_channels"}, usual_image_channels);
  const bool bias = v.flag("qkv_bias", true);
  const double positions = read_patch_positions(v, image, patch);
  const Count side = std::max<std::uint64_t>(1, image.value() / patch.value());
  std::vector<std::uint64_t> all;
  if (const JsonValue* given = v.find("global_attn_indexes")) {
    for (const JsonValue& item : given->items) {
      if (item.kind == JsonValue::Kind::integer && !item.negative && Count{item.magnitude} < layers &&
          std::ranges::find(all, item.magnitude) == all.end())
        all.push_back(item.magnitude);
    }
  } else {
    all = {2, 5, 8, 11};
  }
  v.decides_nothing({"num_pos_feats", "projection_dim", "intermediate_size", "layer_norm_eps"});
  if (v.has_errors()) return {side, out};

  list.linear(Part::embeddings, "patch projection", width, patch * patch * channels, {1, positions});
  if (v.flag("use_abs_pos", true)) list.table("position table", side * side, width);
  const bool relative = v.flag("use_rel_pos", true);
  const Count far = std::min(layers, Count{all.size()});
  const Count near = layers - far;
  // Windows that do not divide the map are padded, and attention multiplies the padding too.
  const Count windows = ceil_divide(side, window);
  const double padded = (windows * window * windows * window).as_double();
  const auto layers_of = [&](const std::string& name, Count many, double tokens, double seen, Count edge) {
    if (many == Count{0}) return;
    Lister own = list.under(name);
    own.attention("attention", {.width = width,
                                .inner = width,
                                .layers = many,
                                .queries = tokens,
                                .keys = tokens,
                                .seen = seen,
                                .bias = bias});
    if (!relative) return;
    own.table("relative position tables", edge * Count{2} - Count{1}, heads.head_dim, many * Count{2});
    own.products("relative position products", many, width, 0, tokens, (edge * Count{2}).as_double());
  };
  layers_of("windowed", near, padded, (window * window).as_double(), window);
  layers_of("global", far, positions, positions, side);
  list.feed_forward("feed-forward", {.width = width, .inner = inner, .layers = layers, .visits = positions});
  list.norm("layer norms", width, layers * Count{2});
  constexpr std::uint64_t kernel = 9;
  list.matrix(Part::convolution, "neck 1x1", out, width, {1, positions});
  list.matrix(Part::convolution, "neck 3x3", out, out * kernel, {1, positions});
  list.norm("neck norms", out, 2);
  return {side, out};
}

void list_sam_prompts(Fields& p, Lister& list, const SamMap& map) {
  constexpr std::uint64_t cut = 4;  // each of two convolutions halves the mask: 2 x 2
  const Count width = p.count_or({"hidden_size"}, 256);
  const Count channels = p.count_or({"mask_input_channels"}, 16);
  const Count points = p.count_or({"num_point_embeddings"}, 4);
  p.decides_nothing({"image_size", "patch_size", "image_embedding_size", "layer_norm_eps"});
  const Count quarter = std::max<std::uint64_t>(1, channels.value() / cut);
  const double positions = (map.side * map.side).as_double();
  list.table("point states", points + Count{2}, width);  // and those of no point and of no mask
  list.linear(Part::convolution, "mask convolution 1", quarter, cut, {1, positions * cut});
  list.linear(Part::convolution, "mask convolution 2", channels, quarter * cut, {1, positions});
  list.linear(Part::convolution, "mask convolution 3", width, channels, {1, positions});
  list.norm("mask norms", quarter + channels);
}

void list_sam_decoder(Fields& d, Lister& list, const SamMap& map) {
  constexpr double prompts = 2;  // a point, and the filling behind it
  const Count width = d.count_or({"hidden_size"}, 256);
  const Count layers = read_layers(d, {"num_hidden_layers"});
  const Count inner = d.count_or({"mlp_dim"}, 2048);
  const Count masks = d.count_or({"num_multimask_outputs"}, 3) + Count{1};
  const Count depth = d.count_or({"iou_head_depth"}, 3);
  const Count head = d.count_or({"iou_head_hidden_dim"}, 256);
  const Count narrower = d.count_or({"attention_downsample_rate"}, 2);
  d.decides_nothing({"num_attention_heads", "layer_norm_eps"});
  const Count narrow = std::max<std::uint64_t>(1, width.value() / narrower.value());
  const double positions = (map.side * map.side).as_double();
  const double tokens = (masks + Count{1}).as_double() + prompts;
  list.vector(Part::embeddings, "mask and score states", width, masks + Count{1});
  list.attention("self-attention",
                 {.width = width, .inner = width, .layers = layers, .queries = tokens, .keys = tokens});
  list.attention(
      "attention to the image",
      {.width = width, .inner = narrow, .layers = layers + Count{1}, .queries = tokens, .keys = positions});
  list.attention("attention of the image",
                 {.width = width, .inner = narrow, .layers = layers, .queries = positions, .keys = tokens});
  list.feed_forward("feed-forward", {.width = width, .inner = inner, .layers = layers, .visits = tokens});
  list.norm("layer norms", width, layers * Count{4} + Count{1});
  // Two transposed convolutions of 2 x 2 make the map four times as fine along each side.
  constexpr std::uint64_t finer = 4;
  const Count quarter = std::max<std::uint64_t>(1, width.value() / 4);
  const Count eighth = std::max<std::uint64_t>(1, width.value() / 8);
  list.matrix(Part::convolution, "upscaling 1", quarter * finer, width, {1, positions});
  list.vector(Part::convolution, "upscaling 1 bias", quarter);
  list.norm("upscaling norm", quarter);
  list.matrix(Part::convolution, "upscaling 2", eighth * finer, quarter, {1, positions * finer});
  list.vector(Part::convolution, "upscaling 2 bias", eighth);
  list_head(list, "mask head", width, width, eighth, 3, {masks, 1});
  list_head(list, "score head", width, head, masks, depth, {});
  list.products("masks", 1, eighth, 0, masks.as_double(), positions * finer * finer);
}

}  // namespace

// Kirillov 2023; modeling_sam.py. One sample is an image with one prompt.
Architecture read_sam(Fields& f) {
  static const JsonValue nothing{.kind = JsonValue::Kind::object};
  Architecture a;
  a.kind = Kind::vision_transformer;
  a.family = "SAM";
  a.tied = false;
  a.head = Head::none;
  Lister list(a);
  // A part that the file leaves out is that of the class, each with its own defaults.
  const auto with = [&](std::string_view name, std::span<const SizeDefault> defaults, const auto& read) {
    if (auto own = f.object(name)) {
      own->assume(defaults);
      return read(*own);
    }
    Fields empty(nothing, nullptr, std::string(name));
    empty.assume(defaults);
    return read(empty);
  };
  const SamMap map = with("vision_config", sam_image_sizes, [&](Fields& v) {
    Lister own = list.under("image");
    return list_sam_encoder(v, own);
  });
  with("prompt_encoder_config", {}, [&](Fields& p) {
    Lister own = list.under("prompt");
    list_sam_prompts(p, own, map);
  });
  constexpr std::array decoder_sizes = std::to_array<SizeDefault>({{"num_hidden_layers", 2}});
  with("mask_decoder_config", decoder_sizes, [&](Fields& d) {
    Lister own = list.under("decoder");
    list_sam_decoder(d, own, map);
  });
  a.width = map.channels;
  f.decides_nothing({"projection_dim"});
  f.note("model_type", "config-one-prompt", "an image is counted with one prompt, a point");
  return a;
}

// Xie 2021; modeling_segformer.py.
Architecture read_segformer(Fields& f) {
  constexpr std::uint64_t usual_image = 512;
  constexpr std::uint64_t depthwise = 9;
  Architecture a;
  a.kind = Kind::vision_transformer;
  a.family = "SegFormer";
  a.tied = false;
  a.head = Head::none;
  const auto list_of = [&](const char* name, const std::vector<Count>& usual) {
    std::vector<Count> given = f.counts(name);
    return given.empty() ? usual : given;
  };
  const std::vector<Count> widths = list_of("hidden_sizes", {32, 64, 160, 256});
  const std::vector<Count> depths = list_of("depths", {2, 2, 2, 2});
  const std::vector<Count> shrinks = list_of("sr_ratios", {8, 4, 2, 1});
  const std::vector<Count> kernels = list_of("patch_sizes", {7, 3, 3, 3});
  const std::vector<Count> strides = list_of("strides", {4, 2, 2, 2});
  const std::vector<Count> ratios = list_of("mlp_ratios", {4, 4, 4, 4});
  f.decides_nothing({"num_encoder_blocks", "num_attention_heads", "downsampling_rates", "reshape_last_stage",
                     "semantic_loss_ignore_index"});
  for (const auto& [name, values] : {std::pair{"hidden_sizes", &widths},
                                     {"depths", &depths},
                                     {"sr_ratios", &shrinks},
                                     {"patch_sizes", &kernels},
                                     {"strides", &strides},
                                     {"mlp_ratios", &ratios}}) {
    all_within(f, name, *values, most_walked_blocks * 100);
    if (values->size() != widths.size() && !f.has_errors())
      f.error(name, "config-inconsistent", std::string(name) + " and hidden_sizes differ in length");
  }
  Count side = usual_image;
  if (const auto given = f.maybe_count({"image_size"})) {
    side = *given;
  } else {
    f.note("image_size", "config-default-size", "image_size is not given: 512 x 512 is taken");
  }
  if (f.has_errors()) return a;
  Lister list(a);
  Count before = f.count_or({"num_channels"}, usual_image_channels);
  double finest = 0;
  std::vector<double> maps;
  for (std::size_t i = 0; i < widths.size(); ++i) {
    Lister stage = list.under("stage " + std::to_string(i + 1));
    const Count w = widths[i];
    side = ceil_divide(side, strides[i]);
    const double positions = (side * side).as_double();
    maps.push_back(positions);
    if (i == 0) finest = positions;
    stage.linear(Part::embeddings, "patch projection", w, before * kernels[i] * kernels[i], {1, positions});
    stage.norm("patch norm", w);
    const Count small = ceil_divide(side, shrinks[i]);
    const double keys = (small * small).as_double();
    stage.attention("attention",
                    {.width = w, .inner = w, .layers = depths[i], .queries = positions, .keys = keys});
    if (shrinks[i] > Count{1}) {
      stage.linear(Part::convolution, "shrinking", w, w * shrinks[i] * shrinks[i], {depths[i], keys});
      stage.norm("shrinking norm", w, depths[i]);
    }
    const Count inner = w * ratios[i];
    stage.feed_forward("feed-forward",
                       {.width = w, .inner = inner, .layers = depths[i], .visits = positions});
    stage.linear(Part::convolution, "feed-forward depthwise", inner, depthwise, {depths[i], positions});
    stage.norm("layer norms", w, depths[i] * Count{2});
    stage.norm("last norm", w);
    before = w;
  }
  a.width = widths.back();
  if (is_architecture(f, "ForSemanticSegmentation")) {
    const Count decoder = f.count_or({"decoder_hidden_size"}, 256);
    const Count classes = read_classes(f, 150);
    for (std::size_t i = 0; i < widths.size(); ++i)
      list.linear(Part::head, "decoder stage " + std::to_string(i + 1), decoder, widths[i], {1, maps[i]});
    list.matrix(Part::head, "decoder fusion", decoder, decoder * widths.size(), {1, finest});
    list.norm("decoder norm", decoder);
    list.linear(Part::head, "classifier", classes, decoder, {1, finest});
  } else {
    read_image_classifier(f, a);
    const bool classifies = a.head == Head::classifier;
    a.head = Head::none;
    if (classifies) list.linear(Part::head, "classifier", a.classes, a.width, {});
    f.decides_nothing({"decoder_hidden_size"});
  }
  return a;
}

// He 2021; modeling_vit_mae.py: a quarter of the patches is encoded, all are decoded.
Architecture read_vit_mae(Fields& f) {
  Architecture a;
  a.kind = Kind::vision_transformer;
  a.family = "ViT-MAE";
  a.tied = false;
  a.head = Head::none;
  const Count width = f.count({"hidden_size"});
  const Attention heads = read_attention(f, width);
  const Count inner = f.count({"intermediate_size"});
  const Count layers = read_layers(f, {"num_hidden_layers"});
  const Count image = read_image_size(f);
  const Count patch = f.count_or({"patch_size"}, 16);
  const Count channels = f.count_or({"num_channels"}, usual_image_channels);
  const double patches = read_patch_positions(f, image, patch);
  const double masked = std::min(1.0, f.number("mask_ratio", 0.75));
  const bool bias = f.flag("qkv_bias", true);
  const bool pretraining = is_architecture(f, "ForPreTraining");
  const Count decoder = f.count_or({"decoder_hidden_size"}, 512);
  const Count decoder_inner = f.count_or({"decoder_intermediate_size"}, 2048);
  const Count decoder_layers = f.count_or({"decoder_num_hidden_layers"}, 8);
  f.decides_nothing({"decoder_num_attention_heads", "norm_pix_loss"});
  a.width = width;
  if (f.has_errors() || heads.heads == Count{0}) return a;
  Lister list(a);
  const double kept = pretraining ? patches * (1 - masked) + 1 : patches + 1;
  const Count cut = patch * patch * channels;
  list.linear(Part::embeddings, "patch projection", width, cut, {1, patches});
  list.vector(Part::embeddings, "class token", width);
  list.table("position table", static_cast<std::uint64_t>(patches) + 1, width);
  list_tower_layers(list, {.width = width, .inner = inner, .layers = layers, .tokens = kept, .bias = bias});
  list.norm("final norm", width);
  if (!pretraining) return a;
  Lister own = list.under("decoder");
  own.linear(Part::embeddings, "projection", decoder, width, {1, kept});
  own.vector(Part::embeddings, "mask token", decoder);
  own.table("position table", static_cast<std::uint64_t>(patches) + 1, decoder);
  list_tower_layers(own, {.width = decoder,
                          .inner = decoder_inner,
                          .layers = decoder_layers,
                          .tokens = patches + 1,
                          .bias = bias});
  own.norm("final norm", decoder);
  own.linear(Part::head, "output projection", cut, decoder, {1, patches + 1});
  return a;
}

}  // namespace kwhatif::model
