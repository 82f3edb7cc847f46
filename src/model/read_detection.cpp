// Detectors of objects: DETR (and the table transformer, its copy) and YOLOS.
#include "backbones.hpp"
#include "listed_towers.hpp"

#include <string>

namespace kwhatif::model {
namespace {

constexpr std::uint64_t box_numbers = 4;

Architecture detector_frame(std::string family) {
  Architecture a;
  a.kind = Kind::vision_transformer;
  a.family = std::move(family);
  a.tied = false;
  a.head = Head::none;
  return a;
}

// Three matrices with activations between.
void list_prediction(Lister& list, const std::string& name, Count width, Count out, double queries) {
  list.linear(Part::head, name + " inner", width, width, {2, queries});
  list.linear(Part::head, name + " last", out, width, {1, queries});
}

// Carion 2020; modeling_detr.py. Batch norms of the backbone are frozen: their numbers are no parameters.
Architecture read_detr_like(Fields& f, const std::string& family, bool encoder_norm) {
  constexpr std::uint64_t height = 800;  // the shorter side in training and test, 4 : 3
  constexpr std::uint64_t width_pixels = 1066;
  Architecture a = detector_frame(family);
  const Count d = f.count_or({"d_model"}, 256);
  const Count encoder = f.count_or({"encoder_layers"}, 6);
  const Count decoder = f.count_or({"decoder_layers"}, 6);
  const Count queries = f.count_or({"num_queries"}, 100);
  const Count classes = read_classes(f, 91) + Count{1};  // and: nothing
  const Count channels = f.count_or({"num_channels"}, usual_image_channels);
  const std::string backbone = f.text("backbone", "resnet50");
  for (const Count layers : {encoder, decoder}) {
    if (layers > Count{most_layers})
      f.error("encoder_layers", "config-bad-value", layers.text() + " layers are more than any network has");
  }
  if (!is_resnet(backbone) || f.has("backbone_config")) {
    f.error("backbone", "config-unsupported",
            "no rule for a backbone '" + backbone.substr(0, 60) + "' of this file",
            "give the sizes directly (--params)");
  }
  if (f.flag("dilation", false))
    f.error("dilation", "config-unsupported", "no rule for a dilated backbone",
            "give the sizes directly (--params)");
  if (is_architecture(f, "ForSegmentation"))
    f.error("architectures", "config-unsupported", "no rule for the mask head of DETR",
            "give the sizes directly (--params)");
  f.decides_nothing({"hidden_size",
                     "num_attention_heads",
                     "num_hidden_layers",
                     "encoder_attention_heads",
                     "decoder_attention_heads",
                     "max_position_embeddings",
                     "position_embedding_type",
                     "use_timm_backbone",
                     "use_pretrained_backbone",
                     "backbone_kwargs",
                     "auxiliary_loss",
                     "class_cost",
                     "bbox_cost",
                     "bbox_loss_coefficient",
                     "giou_loss_coefficient",
                     "giou_cost",
                     "eos_coefficient",
                     "init_xavier_std",
                     "scale_embedding",
                     "mask_loss_coefficient",
                     "dice_loss_coefficient",
                     "classifier_dropout",
                     "is_encoder_decoder",
                     "decoder_layerdrop",
                     "encoder_layerdrop",
                     "normalize_before"});
  const Count encoder_inner = f.count_or({"encoder_ffn_dim"}, 2048);
  const Count decoder_inner = f.count_or({"decoder_ffn_dim"}, 2048);
  a.width = d;
  if (f.has_errors()) return a;
  Lister list(a);
  Lister net = list.under("backbone");
  const FlatMap map = list_resnet(net, backbone, {channels, height, width_pixels}, false);
  const double n = map.positions();
  const double asked = queries.as_double();
  list.linear(Part::embeddings, "input projection", d, map.channels, {1, n});
  list.table("query states", queries, d);
  Lister first = list.under("encoder");
  list_tower_layers(first, {.width = d, .inner = encoder_inner, .layers = encoder, .tokens = n});
  if (encoder_norm) first.norm("final norm", d);
  Lister second = list.under("decoder");
  second.attention("self-attention",
                   {.width = d, .inner = d, .layers = decoder, .queries = asked, .keys = asked});
  second.attention("cross-attention",
                   {.width = d, .inner = d, .layers = decoder, .queries = asked, .keys = n});
  second.feed_forward("feed-forward",
                      {.width = d, .inner = decoder_inner, .layers = decoder, .visits = asked});
  second.norm("layer norms", d, decoder * Count{3} + Count{1});
  if (f.has("architectures") && !is_architecture(f, "ForObjectDetection")) return a;
  list.linear(Part::head, "class head", classes, d, {1, asked});
  list_prediction(list, "box head", d, box_numbers, asked);
  f.note("model_type", "config-default-size",
         "the size of an image is not given: 1066 x 800 is taken, as DETR resizes");
  return a;
}

}  // namespace

Architecture read_detr(Fields& f) { return read_detr_like(f, "DETR", false); }
Architecture read_table_transformer(Fields& f) { return read_detr_like(f, "Table Transformer", true); }

// Fang 2021; modeling_yolos.py: a ViT whose extra tokens are the objects.
Architecture read_yolos(Fields& f) {
  Architecture a = detector_frame("YOLOS");
  const Count d = f.count({"hidden_size"});
  read_attention(f, d);
  const Count inner = f.count({"intermediate_size"});
  const Count layers = read_layers(f, {"num_hidden_layers"});
  const Count patch = f.count_or({"patch_size"}, 16);
  const Count channels = f.count_or({"num_channels"}, usual_image_channels);
  const Count objects = f.count_or({"num_detection_tokens"}, 100);
  const bool bias = f.flag("qkv_bias", true);
  const bool middle = f.flag("use_mid_position_embeddings", true);
  std::vector<Count> sides = f.counts("image_size");
  if (sides.empty()) sides = {512, 864};
  if (sides.size() == 1) sides.push_back(sides.front());
  if (sides.size() != 2) f.error("image_size", "config-inconsistent", "image_size has not one number or two");
  f.decides_nothing({"class_cost", "bbox_cost", "bbox_loss_coefficient", "giou_loss_coefficient", "giou_cost",
                     "eos_coefficient", "auxiliary_loss"});
  const Count classes = read_classes(f, 91) + Count{1};
  a.width = d;
  if (f.has_errors()) return a;
  for (const Count side : {sides[0], sides[1]}) {
    if (patch > side)
      f.error("patch_size", "config-inconsistent",
              "patches of " + patch.text() + " do not fit an image of " + side.text());
  }
  if (f.has_errors()) return a;
  const Count patches = Count{sides[0].value() / patch.value()} * Count{sides[1].value() / patch.value()};
  const Count tokens = patches + objects + Count{1};
  Lister list(a);
  list.linear(Part::embeddings, "patch projection", d, patch * patch * channels, {1, patches.as_double()});
  list.vector(Part::embeddings, "class token and object states", d, objects + Count{1});
  list.table("position table", tokens, d);
  if (middle && layers > Count{1}) list.table("position tables between layers", tokens, d, layers - Count{1});
  list_tower_layers(
      list, {.width = d, .inner = inner, .layers = layers, .tokens = tokens.as_double(), .bias = bias});
  list.norm("final norm", d);
  if (f.has("architectures") && !is_architecture(f, "ForObjectDetection")) {
    list.linear(Part::head, "pooler", d, d, {});
    return a;
  }
  list_prediction(list, "class head", d, classes, objects.as_double());
  list_prediction(list, "box head", d, box_numbers, objects.as_double());
  return a;
}

}  // namespace kwhatif::model
