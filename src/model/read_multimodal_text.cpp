// Language models that live inside multimodal files and have parts of their own: Gemma 3n, Llama 3.2 vision.
#include "readers.hpp"

#include <string>

namespace kwhatif::model {
namespace {

constexpr Switch attention_bias{"attention_bias", false};

constexpr DecoderRules gemma3n{
    .model_type = "gemma3n_text",
    .title = "Gemma 3n",
    .query_key_value_bias = attention_bias,
    .output_bias = attention_bias,
    .norms = 7,  // Gemma's four, and those of LAuReL, the router and the layer's input
    .query_key_normed = always,
    .query_key_norm = QueryKeyNorm::head,
    .windows = Windows::pattern,
    .window_default = 512,
    .pattern_default = 5,
    .tied = true,
    .head_dim_default = 256};

constexpr DecoderRules mllama{.model_type = "mllama_text_model", .title = "Llama 3.2 vision, text part"};

ListedWeight matrix(std::string name, Count rows, Count columns, Count copies = 1, double visits = 1) {
  return {.name = std::move(name), .rows = rows, .columns = columns, .copies = copies, .visits = visits};
}

}  // namespace

// As in modeling_gemma3n.py: alternating updates (AltUp) keep several versions of the state, LAuReL adds a
// narrow path beside attention, and each layer gets an embedding of the token of its own.
Architecture read_gemma3n(Fields& f) {
  constexpr std::uint64_t usual_inputs = 4;
  constexpr std::uint64_t usual_rank = 64;
  constexpr std::uint64_t usual_layer_width = 256;
  constexpr std::uint64_t usual_layer_vocabulary = 262144;
  Architecture a = read_decoder(f, gemma3n);
  const Count h = a.width;
  const Count inputs = f.count_or({"altup_num_inputs"}, usual_inputs);
  const Count rank = f.count_or({"laurel_rank"}, usual_rank);
  const Count narrow = f.count_or({"hidden_size_per_layer_input"}, usual_layer_width);
  const Count rows = f.count_or({"vocab_size_per_layer_input"}, usual_layer_vocabulary);
  Count layers = 0;
  for (Block& block : a.stacks.front().blocks) {
    layers += block.layers;
    block.listed = {
        matrix("LAuReL down", rank, h),
        matrix("LAuReL up", h, rank),
        // The router runs before the layer and again behind it.
        matrix("AltUp router", inputs, h, 1, 2),
        matrix("AltUp prediction", inputs * inputs, inputs),
        matrix("AltUp correction", inputs, inputs),
        {.name = "AltUp scale", .part = Part::norms, .use = Use::vector, .rows = h},
        matrix("layer input gate", narrow, h),
        matrix("layer input projection", h, narrow),
    };
  }
  const Count others = inputs - Count{1};
  a.listed = {
      {.name = "token table of the layers",
       .part = Part::embeddings,
       .use = Use::token_table,
       .rows = rows,
       .columns = layers * narrow},
      matrix("layer input from the state", layers * narrow, h),
      {.name = "layer input norm", .part = Part::norms, .use = Use::vector, .rows = narrow},
      matrix("AltUp projection", h, h, others),
      matrix("AltUp back projection", h, h, others),
  };
  if (f.count_or_zero({"num_kv_shared_layers"}, 0) > 0) {
    f.note("num_kv_shared_layers", "config-shared-keys",
           "the last layers can reuse keys and values in generation; in training each makes its own, and is "
           "counted so");
  }
  return a;
}

// As in modeling_mllama.py: some layers attend to the image instead of the text, with two gates each; the
// token table has eight rows more than the output.
Architecture read_mllama(Fields& f) {
  constexpr std::uint64_t more_rows = 8;
  Architecture a = read_decoder(f, mllama);
  Block& text = a.stacks.front().blocks.front();
  const std::vector<Count> image_layers = f.counts("cross_attention_layers");
  const Count images = image_layers.size();
  if (images >= text.layers) {
    f.error("cross_attention_layers", "config-inconsistent",
            images.text() + " layers attend to images, but there are only " + text.layers.text());
    return a;
  }
  a.listed.push_back({.name = "token table, rows without output",
                      .part = Part::embeddings,
                      .use = Use::token_table,
                      .rows = more_rows,
                      .columns = a.width});
  if (images == 0) return a;
  Block image = text;
  text.layers = text.layers - images;
  image.layers = images;
  image.attention->outside = true;
  image.attention->query_norm = image.attention->key_norm = image.attention->head_dim;
  image.listed.push_back(
      {.name = "image attention gates", .part = Part::attention, .use = Use::vector, .copies = 2});
  a.stacks.front().blocks.push_back(image);
  if (f.path().empty()) {
    f.warn("cross_attention_layers", "config-part-left-out",
           "what the layers that attend to images do on the image's tokens is not in the FLOPs");
  }
  return a;
}

}  // namespace kwhatif::model
