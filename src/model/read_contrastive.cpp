// Pairs of an image tower and a text tower, whole: CLIP, SigLIP, and OpenCLIP's own files. One sample is an
// image with its text.
#include "listed_towers.hpp"

#include <array>
#include <string>

namespace kwhatif::model {
namespace {

// Class defaults of transformers, which newer files leave out of the nested objects.
constexpr std::array clip_text_sizes = std::to_array<SizeDefault>({{"vocab_size", 49408},
                                                                   {"hidden_size", 512},
                                                                   {"intermediate_size", 2048},
                                                                   {"num_hidden_layers", 12},
                                                                   {"num_attention_heads", 8},
                                                                   {"max_position_embeddings", 77}});
constexpr std::array clip_image_sizes = std::to_array<SizeDefault>({{"hidden_size", 768},
                                                                    {"intermediate_size", 3072},
                                                                    {"num_hidden_layers", 12},
                                                                    {"num_attention_heads", 12},
                                                                    {"image_size", 224},
                                                                    {"patch_size", 32}});
constexpr std::array siglip_text_sizes = std::to_array<SizeDefault>({{"vocab_size", 32000},
                                                                     {"hidden_size", 768},
                                                                     {"intermediate_size", 3072},
                                                                     {"num_hidden_layers", 12},
                                                                     {"num_attention_heads", 12},
                                                                     {"max_position_embeddings", 64}});
constexpr std::array siglip_image_sizes = std::to_array<SizeDefault>({{"hidden_size", 768},
                                                                      {"intermediate_size", 3072},
                                                                      {"num_hidden_layers", 12},
                                                                      {"num_attention_heads", 12},
                                                                      {"image_size", 224},
                                                                      {"patch_size", 16},
                                                                      {"num_patches", 256}});

Architecture pair_frame(std::string family) {
  Architecture a;
  a.kind = Kind::vision_transformer;
  a.unit = Unit::image_text_pair;
  a.family = std::move(family);
  a.tied = false;
  a.head = Head::none;
  return a;
}

// A nested object that may be missing or empty, where everything is the default of its class.
template <typename Read>
auto read_tower(Fields& f, std::string_view name, std::span<const SizeDefault> defaults, const Read& read) {
  static const JsonValue nothing{.kind = JsonValue::Kind::object};
  if (auto own = f.object(name)) {
    own->assume(defaults);
    return read(*own);
  }
  Fields empty(nothing, nullptr, std::string(name));
  empty.assume(defaults);
  return read(empty);
}

TextTower read_text(Fields& t) {
  read_attention(t, t.count({"hidden_size"}));
  return {.width = t.count({"hidden_size"}),
          .inner = t.count({"intermediate_size"}),
          .layers = read_layers(t, {"num_hidden_layers"}),
          .vocabulary = t.count({"vocab_size"}),
          .positions = t.count({"max_position_embeddings"})};
}

ImageTower read_image(Fields& v) {
  read_attention(v, v.count({"hidden_size"}));
  ImageTower tower{.width = v.count({"hidden_size"}),
                   .inner = v.count({"intermediate_size"}),
                   .layers = read_layers(v, {"num_hidden_layers"}),
                   .image = v.count({"image_size"}),
                   .patch = v.count({"patch_size"}),
                   .channels = v.count_or({"num_channels"}, usual_image_channels)};
  read_patch_positions(v, tower.image, tower.patch);
  return tower;
}

// What a file of an old transformers says twice, or of generation.
void pass_over(Fields& f) {
  f.decides_nothing({"text_config_dict", "vision_config_dict", "logit_scale_init_value", "initializer_factor",
                     "hidden_size", "num_attention_heads", "num_hidden_layers"});
}

// Both towers, and the numbers that scale (and shift) the products of their states.
void list_pair(Architecture& a, const TextTower& text, const ImageTower& image, const std::string& scale,
               Count numbers) {
  Lister list(a);
  Lister text_list = list.under("text");
  Lister image_list = list.under("image");
  list_text_tower(text_list, text);
  list_image_tower(image_list, image);
  list.vector(Part::head, scale, numbers);
  a.width = image.width;
}

void whole_alone(Fields& f, const char* whole) {
  if (f.has("architectures") && !is_architecture(f, whole)) {
    f.error("architectures", "config-unsupported",
            "the class is not " + std::string(whole) + ", and no rule says which parts it has",
            "give the sizes directly (--params), or the config.json of one tower");
  }
}

}  // namespace

Architecture read_clip(Fields& f) {
  constexpr std::uint64_t usual_projection = 512;
  Architecture a = pair_frame("CLIP");
  whole_alone(f, "CLIPModel");
  const Count projection = f.count_or({"projection_dim"}, usual_projection);
  TextTower text = read_tower(f, "text_config", clip_text_sizes, read_text);
  ImageTower image = read_tower(f, "vision_config", clip_image_sizes, read_image);
  pass_over(f);
  if (f.has_errors()) return a;
  text.projection = image.projection = projection;
  image.patch_bias = false;
  image.first_norm = true;
  list_pair(a, text, image, "scale of the products", 1);
  return a;
}

namespace {

Architecture read_siglip_pair(Fields& f, const std::string& family, bool any_shape) {
  Architecture a = pair_frame(family);
  whole_alone(f, any_shape ? "Siglip2Model" : "SiglipModel");
  Count projection = 0;
  TextTower text = read_tower(f, "text_config", siglip_text_sizes, [&](Fields& t) {
    const Count width = t.count({"hidden_size"});
    projection = t.count_or({"projection_size"}, width);
    return read_text(t);
  });
  bool pooled = true;
  ImageTower image = read_tower(f, "vision_config", siglip_image_sizes, [&](Fields& v) {
    pooled = v.flag("vision_use_head", true);
    if (!any_shape) return read_image(v);
    // Images keep their shape: as many patches as the table has rows.
    read_attention(v, v.count({"hidden_size"}));
    const Count patch = v.count({"patch_size"});
    const Count rows = v.count({"num_patches"});
    Count side = 1;
    while ((side + Count{1}) * (side + Count{1}) <= rows) side += 1;
    return ImageTower{.width = v.count({"hidden_size"}),
                      .inner = v.count({"intermediate_size"}),
                      .layers = read_layers(v, {"num_hidden_layers"}),
                      .image = side * patch,
                      .patch = patch,
                      .channels = v.count_or({"num_channels"}, usual_image_channels),
                      .position_rows = rows};
  });
  pass_over(f);
  if (f.has_errors()) return a;
  text.causal = false;
  text.projection = projection;
  text.projection_bias = true;
  image.class_tokens = 0;
  image.pooling_head = pooled;
  list_pair(a, text, image, "scale and shift of the products", 2);
  return a;
}

}  // namespace

Architecture read_siglip(Fields& f) { return read_siglip_pair(f, "SigLIP", false); }
Architecture read_siglip2(Fields& f) { return read_siglip_pair(f, "SigLIP 2 of any shape", true); }

// open_clip_config.json: {"model_cfg": {"embed_dim", "vision_cfg", "text_cfg"}, "preprocess_cfg": …}
Architecture read_open_clip(Fields& f) {
  constexpr const char* way_on =
      "give the transformers config.json of the same model, or the sizes directly (--params)";
  Architecture a = pair_frame("OpenCLIP");
  auto model = f.object("model_cfg");
  f.decides_nothing({"preprocess_cfg"});
  if (!model) return a;
  const Count projection = model->count({"embed_dim"});
  model->decides_nothing({"quick_gelu", "init_logit_scale", "init_logit_bias", "custom_text"});
  auto vision = model->object("vision_cfg");
  auto text = model->object("text_cfg");
  if (!vision || !text) {
    f.error("model_cfg", "config-unsupported", "no rule for an OpenCLIP file without both towers", way_on);
    return a;
  }
  for (const char* field : {"timm_model_name", "attentional_pool", "no_ln_pre", "ls_init_value"}) {
    const JsonValue* value = vision->find(field);
    if (value != nullptr && !(value->kind == JsonValue::Kind::boolean && !value->boolean))
      f.error("model_cfg", "config-unsupported", "no rule for '" + std::string(field) + "' of an image tower",
              way_on);
  }
  for (const char* field : {"hf_model_name", "embed_cls", "no_causal_mask", "ls_init_value", "proj_type"}) {
    const JsonValue* value = text->find(field);
    if (value != nullptr && !(value->kind == JsonValue::Kind::boolean && !value->boolean))
      f.error("model_cfg", "config-unsupported", "no rule for '" + std::string(field) + "' of a text tower",
              way_on);
  }
  const JsonValue* layers = vision->find("layers");
  if (layers != nullptr && layers->kind == JsonValue::Kind::array)
    f.error("model_cfg", "config-unsupported", "no rule for an image tower that is a ResNet", way_on);
  if (f.has_errors()) return a;
  const Count image_width = vision->count_or({"width"}, 768);
  const Count text_width = text->count_or({"width"}, 512);
  const double image_ratio = vision->number("mlp_ratio", 4);
  const double text_ratio = text->number("mlp_ratio", 4);
  const ImageTower tower{.width = image_width,
                         .inner = static_cast<std::uint64_t>(image_ratio * image_width.as_double()),
                         .layers = read_layers(*vision, {"layers"}),
                         .image = vision->count_or({"image_size"}, 224),
                         .patch = vision->count_or({"patch_size"}, 16),
                         .patch_bias = false,
                         .first_norm = true,
                         .projection = projection};
  read_patch_positions(f, tower.image, tower.patch);
  const TextTower words{.width = text_width,
                        .inner = static_cast<std::uint64_t>(text_ratio * text_width.as_double()),
                        .layers = read_layers(*text, {"layers"}),
                        .vocabulary = text->count_or({"vocab_size"}, 49408),
                        .positions = text->count_or({"context_length"}, 77),
                        .projection = projection};
  if (f.has_errors()) return a;
  list_pair(a, words, tower, "scale of the products", model->has("init_logit_bias") ? 2 : 1);
  return a;
}

}  // namespace kwhatif::model
