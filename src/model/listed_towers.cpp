#include "listed_towers.hpp"

namespace kwhatif::model {

void list_tower_layers(Lister& list, const TowerLayers& t) {
  if (t.layers == Count{0}) return;
  list.attention("attention", {.width = t.width,
                               .inner = t.width,
                               .layers = t.layers,
                               .queries = t.tokens,
                               .keys = t.tokens,
                               .seen = t.seen,
                               .bias = t.bias});
  list.feed_forward(
      "feed-forward",
      {.width = t.width, .inner = t.inner, .layers = t.layers, .visits = t.tokens, .gated = t.gated});
  if (t.norms > 0) list.norm("layer norms", t.width, t.layers * t.norms);
  if (t.scales > 0) list.vector(Part::norms, "layer scales", t.width, t.layers * t.scales);
}

double image_tower_tokens(const ImageTower& t) {
  const Count side = t.image.value() / t.patch.value();
  return (side * side + t.class_tokens).as_double();
}

void list_image_tower(Lister& list, const ImageTower& t) {
  const Count side = t.image.value() / t.patch.value();
  const Count patches = side * side;
  const double tokens = image_tower_tokens(t);
  list.linear(Part::embeddings, "patch projection", t.width, t.patch * t.patch * t.channels,
              {1, patches.as_double()}, t.patch_bias);
  if (t.class_tokens > 0) list.vector(Part::embeddings, "class token", t.width, t.class_tokens);
  list.table("position table", t.position_rows > 0 ? t.position_rows : patches + t.class_tokens, t.width);
  if (t.first_norm) list.norm("embedding norm", t.width);
  list_tower_layers(list, {.width = t.width, .inner = t.inner, .layers = t.layers, .tokens = tokens});
  list.norm("final norm", t.width);
  if (t.pooling_head) {
    Lister head = list.under("pooling");
    head.vector(Part::head, "query state", t.width);
    head.attention("attention", {.width = t.width, .inner = t.width, .queries = 1, .keys = tokens});
    head.norm("norm", t.width);
    head.feed_forward("feed-forward", {.width = t.width, .inner = t.inner});
  }
  if (t.projection > 0) list.linear(Part::head, "projection", t.projection, t.width, {}, false);
}

void list_text_tower(Lister& list, const TextTower& t) {
  const double tokens = t.positions.as_double();
  list.table("token table", t.vocabulary, t.width);
  list.table("position table", t.positions, t.width);
  list_tower_layers(list, {.width = t.width,
                           .inner = t.inner,
                           .layers = t.layers,
                           .tokens = tokens,
                           .seen = t.causal ? causal_mean(tokens) : tokens});
  list.norm("final norm", t.width);
  if (t.projection > 0) list.linear(Part::head, "projection", t.projection, t.width, {}, t.projection_bias);
}

double read_patch_positions(Fields& f, Count image, Count patch) {
  if (patch > image) {
    f.error("patch_size", "config-inconsistent",
            "patches of " + patch.text() + " do not fit an image of " + image.text());
    return 1;
  }
  const Count side = image.value() / patch.value();
  return (side * side).as_double();
}

}  // namespace kwhatif::model
