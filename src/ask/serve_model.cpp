// The model of a service: parameters, layers and keys and values, counted or by the rule for a size alone.
#include "serve_model.hpp"

#include "model_named.hpp"
#include "serve_reading.hpp"
#include <kwhatif/model/flops.hpp>
#include <kwhatif/model/image_size.hpp>
#include <kwhatif/model/memory.hpp>
#include <kwhatif/model/recurrent_state.hpp>
#include <kwhatif/quantity/format.hpp>

#include <algorithm>
#include <cmath>

namespace kwhatif::ask {

namespace {

namespace dim = quantity::dim;
using quantity::human;

template <class Q>
Q coherent(double value) {
  return Q::from_coherent(value);
}

constexpr double bytes_per_element = 2;  // of keys, values and states: 16 bits, whatever the weights have

class Reader {
 public:
  Reader(const ServeQuestion& question, const catalog::Catalog& tables)
      : question_(question), in_(question), tables_(tables) {}

  KnownModel model() {
    read();
    return std::move(out_);
  }

 private:
  void read() {
    if (!in_.has("model")) {
      read_plain_size();
      return;
    }
    for (const char* size : {"params", "active"}) in_.apart(size, "model", "leave one of them out");
    const run::Given& name = *in_.given("model");
    ModelQuestion question{.name = name, .files = question_.files};
    question.seq_len =
        run::Given{"4096", {}, "--seq-len"};  // has no part in the answer; spares a remark on it
    const auto named = named_model(question, name, tables_, out_.warnings);
    const auto& network = named.network;
    const auto& architecture = network.architecture;
    const bool answers =
        architecture.kind == model::Kind::decoder || architecture.kind == model::Kind::state_space;
    const bool draws = network.inventory.unit == model::Unit::denoising_step;
    if (!draws && (!answers || network.inventory.unit != model::Unit::token))
      diag::refuse(
          "wrong-unit",
          network.name +
              (architecture.kind == model::Kind::encoder_decoder
                   ? " reads with one stack and writes with another: serving encoder-decoders is not modelled"
                   : " makes neither text token by token nor images step by step: the energy of serving "
                     "it is not modelled"),
          name.where, "what was measured of other media: `kwhatif list facts --where id~served-`");
    out_.model = network.name;
    out_.name = named.preset ? std::string{named.preset->text("name")} : network.name;
    out_.multimodal = !architecture.towers.empty();
    auto& model = out_.served;
    model.total = coherent<quantity::Parameters<>>(network.parameters.total.as_double());
    model.active = coherent<quantity::Parameters<>>(network.parameters.active.as_double());
    for (const model::Stack& stack : architecture.stacks) {
      for (const model::Block& block : stack.blocks) model.layers += block.layers.as_double();
    }
    read_cache(architecture);
    read_state(architecture);
    const std::string config =
        named.preset ? std::string{named.preset->text("config")} : question_.files(name.text)->text;
    out_.stored = model::quantised(config);
    if (out_.stored) out_.stored_share = model::quantised_share(*out_.stored, network.inventory);
    if (!draws) out_.inventory = network.inventory;
    if (draws) read_image(named, name);
    out_.preset = named.preset;
    out_.origin = {.responsible = catalog::Responsible::derived,
                   .standing = catalog::Standing::derived,
                   .source = named.preset ? std::string{named.preset->source()} : std::string{},
                   .at = named.preset ? std::string{named.preset->at()} : name.text,
                   .note = "counted from the matrices of " + out_.name +
                           (named.preset ? std::string{} : " (" + name.text + ')'),
                   .text = {}};
  }

  void read_image(const NamedModel& named, const run::Given& name) {
    constexpr ServeRange sides{64, 16384, "64 to 16,384 pixels"};
    const std::string text =
        named.preset ? std::string{named.preset->text("config")} : question_.files(name.text)->text;
    const auto given = in_.whole("image-size", sides);
    const double side = given.value_or(static_cast<double>(model::image_size_of(text).value_or(0)));
    const auto flop_of = [](const run::Network& network) { return network.flops.forward.coherent(); };
    out_.image = {.flop = flop_of(named.network), .side = side};
    if (!given) return;
    constexpr double no_length = 1;  // images have none
    const auto network = run::count_network(model::at_image_size(text, static_cast<std::uint64_t>(side)),
                                            named.network.name, no_length);
    out_.image->flop = flop_of(network);
  }

  // In the format of the keys and values, as engines keep it unless told otherwise.
  void read_state(const model::Architecture& architecture) {
    const double state = model::recurrent_state(architecture, bytes_per_element).coherent();
    out_.served.state = coherent<serve::BytesPerRequest<>>(state);
  }

  // Layers that see alike keep alike: all of the context, or a window of it.
  void read_cache(const model::Architecture& architecture) {
    std::vector<model::Count> windows;
    for (const model::Stack& stack : architecture.stacks) {
      for (const model::Block& block : stack.blocks) {
        if (std::ranges::find(windows, block.reach.window) == windows.end())
          windows.push_back(block.reach.window);
      }
    }
    for (const model::Count window : windows) {
      model::Architecture part = architecture;
      for (model::Stack& stack : part.stacks)
        std::erase_if(stack.blocks, [&](const model::Block& b) { return b.reach.window != window; });
      serve::CachePart<> kept{.per_token = coherent<serve::BytesPerToken<>>(
                                  model::key_value_cache_per_token(part, bytes_per_element).coherent())};
      if (window > model::Count{0}) kept.window = coherent<serve::TokensPerRequest<>>(window.as_double());
      // a window on latent keys and values is a choice of what to read: any of them may be chosen later
      kept.keeps_all = std::ranges::any_of(part.stacks, [](const model::Stack& stack) {
        return std::ranges::any_of(stack.blocks, [](const model::Block& block) {
          return block.attention && block.attention->latent && block.reach.window > model::Count{0};
        });
      });
      if (kept.per_token.coherent() > 0) out_.served.cache.push_back(kept);
    }
  }

  void read_plain_size() {
    constexpr ServeRange sizes{1e6, 1e14, "1 million to 100 trillion parameters", "a count: 70B"};
    const auto total = in_.number("params", dim::parameter, sizes, "70B");
    if (!total)
      diag::refuse("missing-value", "serve needs a model",
                   in_.has("active") ? in_.given("active")->where : diag::Span{},
                   "name one, or a config.json: kwhatif serve llama-3.1-70b --hardware h100-sxm5; or give "
                   "--params 70B");
    const double active = in_.number("active", dim::parameter, sizes, "13B").value_or(*total);
    if (active > *total)
      in_.refuse("active", "out-of-range", "is more than all parameters, " + human(*total, dim::parameter),
                 "active parameters are those that a token uses");
    auto& model = out_.served;
    model.total = coherent<quantity::Parameters<>>(*total);
    model.active = coherent<quantity::Parameters<>>(active);
    const auto base = serve::constant(tables_, "layers");
    constexpr double of_base = 1e9;
    model.layers =
        std::round(base.value * std::pow(*total / of_base, serve::constant(tables_, "layers-power").value));
    const double cache = serve::constant(tables_, "cache-per-layer").value * model.layers;
    model.cache = {{.per_token = coherent<serve::BytesPerToken<>>(cache)}};
    assume("layers", model.layers, dim::one, "1", base.origin);
    assume("cache_per_token", cache, dim::data, "B", serve::constant(tables_, "cache-per-layer").origin);
    out_.unknown_architecture = true;
    out_.model = out_.name = human(*total, dim::parameter);
  }

  void assume(std::string input, double value, const quantity::Dimension& dimension, std::string_view unit,
              const catalog::Origin& origin) {
    out_.assumptions.push_back({.input = std::move(input),
                                .value = value,
                                .dimension = dimension,
                                .unit = unit,
                                .word = {},
                                .origin = origin,
                                .effect = {}});
  }

  const ServeQuestion& question_;
  ServeReading in_;
  const catalog::Catalog& tables_;
  KnownModel out_;
};

}  // namespace

void count_attention(serve::ServedModel<>& model, const model::Inventory& inventory,
                     const serve::Workload<>& work) {
  const auto products = [&](double length, model::AttentionCounting counting) {
    if (length <= 0) return quantity::FlopPerToken<>{};
    model::FlopOptions options;
    options.sequence_length = length;
    options.attention = counting;
    return model::count_flops(inventory, options).products;
  };
  model.prompt_attention = products(work.prompt.coherent(), model::AttentionCounting::causal);
  model.answer_attention =
      products(work.prompt.coherent() + work.answer.coherent() / 2, model::AttentionCounting::full);
}

KnownModel served_model(const ServeQuestion& question, const catalog::Catalog& tables) {
  return Reader(question, tables).model();
}

}  // namespace kwhatif::ask
