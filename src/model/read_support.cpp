#include "readers.hpp"

#include <algorithm>

namespace kwhatif::model {

bool is_on(Fields& fields, const Switch& choice) {
  return choice.field.empty() ? choice.fallback : fields.flag(choice.field, choice.fallback);
}

Attention read_attention(Fields& fields, Count width, Count head_dim_default) {
  Attention a;
  a.heads = fields.count(head_names);
  a.key_value_heads = fields.maybe_count(key_value_head_names).value_or(a.heads);
  const std::optional<Count> given =
      fields.maybe_count({"head_dim", "kv_channels", "attention_head_size", "attention_head_dim"});
  if (given) {
    a.head_dim = *given;
  } else if (head_dim_default > 0) {
    a.head_dim = head_dim_default;
  } else {
    if (width.value() % a.heads.value() != 0 && !fields.has_errors()) {
      fields.error("num_attention_heads", "config-inconsistent",
                   a.heads.text() + " attention heads do not divide the width " + width.text(),
                   "give head_dim where it is not width / heads");
    }
    a.head_dim = std::max<std::uint64_t>(1, width.value() / a.heads.value());
  }
  if (a.heads.value() % a.key_value_heads.value() != 0 && !fields.has_errors()) {
    fields.error(
        "num_key_value_heads", "config-inconsistent",
        a.key_value_heads.text() + " key-value heads do not divide " + a.heads.text() + " attention heads");
  }
  a.value_dim = a.head_dim;
  return a;
}

namespace {

Block layer_of(const LayerKind& kind, const LayerParts& parts) {
  const bool alone = kind.part == LayerPart::dense || kind.part == LayerPart::experts;
  Block block;
  block.layers = 1;
  block.listed = parts.listed;
  block.norms = parts.norms;
  block.reach = kind.reach;
  if (kind.part == LayerPart::attention || kind.part == LayerPart::both) block.attention = parts.attention;
  if (block.attention && kind.indexed) {
    block.attention->index_width = parts.index_width;
    block.listed.insert(block.listed.end(), parts.indexer.begin(), parts.indexer.end());
  }
  if (kind.part == LayerPart::mixer || kind.part == LayerPart::both) {
    block.state_space = parts.state_space;
    block.mixer = parts.mixer;
  }
  if (parts.one_each && !alone) return block;
  if (kind.part == LayerPart::experts || (kind.sparse && kind.part != LayerPart::dense)) {
    block.experts = parts.experts;
  } else {
    block.feed_forward = parts.dense;
  }
  return block;
}

}  // namespace

std::vector<Block> fold_layers(const std::vector<LayerKind>& layers, const LayerParts& parts) {
  std::vector<LayerKind> kinds;
  std::vector<Block> blocks;
  for (const LayerKind& layer : layers) {
    const auto known = std::ranges::find(kinds, layer);
    if (known != kinds.end()) {
      blocks[static_cast<std::size_t>(known - kinds.begin())].layers += 1;
      continue;
    }
    kinds.push_back(layer);
    blocks.push_back(layer_of(layer, parts));
  }
  return blocks;
}

namespace {

Count limited(Fields& fields, std::string_view name, Count layers) {
  if (layers <= Count{most_layers}) return layers;
  fields.error(
      name, "config-bad-value",
      layers.text() + " layers are more than any network has (limit " + std::to_string(most_layers) + ")");
  return 1;
}

}  // namespace

Count read_layers(Fields& fields) {
  std::optional<Count> given = fields.maybe_count(layer_names);
  // Hybrids may name every layer instead of counting them.
  for (const char* list : {"layers_block_type", "layer_types"}) {
    const JsonValue* named = given ? nullptr : fields.find(list);
    if (named != nullptr && !named->items.empty()) given = Count{named->items.size()};
  }
  if (const std::string letters = given ? "" : fields.text("hybrid_override_pattern", ""); !letters.empty())
    given = Count{letters.size()};
  return limited(fields, *layer_names.begin(), given ? *given : fields.count(layer_names));  // complains
}

Count read_layers(Fields& fields, Names names) {
  return limited(fields, *names.begin(), fields.count(names));
}

bool all_within(Fields& fields, std::string_view name, const std::vector<Count>& values, Count most) {
  constexpr std::size_t most_levels = 32;  // resolutions or stages; published networks have 3 to 5
  if (values.size() > most_levels) {
    fields.error(name, "config-bad-value",
                 std::string(name) + " has more than " + std::to_string(most_levels) + " entries");
    return false;
  }
  for (const Count value : values) {
    if (value >= Count{1} && value <= most) continue;
    fields.error(name, "config-bad-value",
                 std::string(name) + " must be whole numbers from 1 to " + most.text());
    return false;
  }
  return true;
}

Block repeated(Block block, Count layers, Reach reach) {
  block.layers = layers;
  block.reach = reach;
  return block;
}

Attention with_biases(Attention attention, bool query_key_value, bool output) {
  attention.query_bias = attention.key_bias = attention.value_bias = query_key_value;
  attention.output_bias = output;
  return attention;
}

Architecture decoder_frame(Fields& fields, Count width, bool tied_by_default) {
  Architecture a;
  a.kind = Kind::decoder;
  a.width = width;
  a.vocabulary = fields.count({"vocab_size", "padded_vocab_size"});
  a.tied = fields.flag("tie_word_embeddings", tied_by_default);
  a.context_length = fields.first_count(context_names).value_or(0);
  return a;
}

void read_decoder_head(Fields& fields, Architecture& a) {
  if (!fields.path().empty()) {  // the class is that of the multimodal model
    fields.decides_nothing({"id2label", "num_labels"});
    return;
  }
  constexpr std::uint64_t usual_classes = 2;  // transformers: num_labels
  const auto without_output = [&](Head head) {
    a.head = head;
    a.tied = false;
    a.head_bias = false;
  };
  if (is_architecture(fields, "ForSequenceClassification") ||
      is_architecture(fields, "ForTokenClassification")) {
    without_output(Head::classifier);
    a.classes = read_classes(fields, usual_classes);
    a.classifies_tokens = is_architecture(fields, "ForTokenClassification");
    a.classifier_bias = a.classifies_tokens;
  } else if (is_architecture(fields, "Model") && !is_architecture(fields, "LMHeadModel")) {
    without_output(Head::none);
    fields.note("architectures", "config-no-head", "the class is the bare model: without an output matrix");
  } else if (fields.has("architectures") && !is_architecture(fields, "ForCausalLM") &&
             !is_architecture(fields, "LMHeadModel") &&
             !is_architecture(fields, "ForConditionalGeneration")) {
    fields.warn(
        "architectures", "config-part-left-out",
        "the class is no plain causal language model: it is counted as one, and what it has beside is not");
  }
}

Count read_classes(Fields& fields, Count fallback) {
  fields.decides_nothing({"id2label"});  // names of the same classes
  if (const auto given = fields.maybe_count({"num_labels"})) return *given;
  const JsonValue* names = fields.find("id2label");
  if (names != nullptr && names->kind == JsonValue::Kind::object && !names->members.empty()) {
    return names->members.size();
  }
  return fallback;
}

Count read_image_size(Fields& fields) {
  constexpr std::uint64_t usual = 224;
  if (const auto given = fields.maybe_count({"image_size"})) return *given;
  fields.note("image_size", "config-default-size",
              "image_size is not given: 224 x 224 is taken, as in ImageNet training");
  return usual;
}

void read_image_classifier(Fields& fields, Architecture& a) {
  constexpr std::uint64_t usual = 1000;
  a.head = Head::none;
  const std::vector<std::string> names = fields.texts("architectures");
  if (!names.empty() && (names.front().ends_with("Model") || names.front().ends_with("Backbone"))) return;
  a.head = Head::classifier;
  a.classes = read_classes(fields, 0);
  if (a.classes != Count{0}) return;
  a.classes = usual;
  fields.note("num_labels", "config-default-size",
              "neither num_labels nor id2label is given: 1000 classes are taken");
}

bool is_architecture(Fields& fields, std::string_view ending) {
  for (const std::string& name : fields.texts("architectures")) {
    if (name.ends_with(ending)) return true;
  }
  return false;
}

std::vector<ListedWeight> whisper_convolutions(Count width, Count bands) {
  constexpr std::uint64_t taps = 3;
  // The second has stride 2: two steps of the first make one position.
  return {{.name = "first convolution",
           .part = Part::convolution,
           .rows = width,
           .columns = taps * bands,
           .visits = 2},
          {.name = "second convolution", .part = Part::convolution, .rows = width, .columns = taps * width},
          {.name = "convolution biases",
           .part = Part::convolution,
           .use = Use::vector,
           .rows = width,
           .copies = 2}};
}

}  // namespace kwhatif::model
