// How the figures of a service follow: its formulas run over numbers that remember, each leaf with where it
// is from: a flag, a cell of the tables, a default.
#include "derivation_tree.hpp"
#include "serve_figures.hpp"
#include "serve_reading.hpp"

#include <algorithm>
#include <array>
#include <string>
#include <utility>

namespace kwhatif::ask {

namespace {

namespace dim = quantity::dim;
using catalog::Origin;
using catalog::Responsible;
using number::Tape;
using number::Traced;
using quantity::Quantity;
using serve::Served;
using serve::Service;

/// Dimensions of what the formulas name: on their way they count requests as tokens.
struct Named {
  std::string_view name;
  quantity::Dimension dimension;
};
constexpr std::array named_numbers{
    Named{"parameters read per step", dim::parameter},
    Named{"keys and values read per request", dim::data},
    Named{"bytes read per step", dim::data},
    Named{"tokens of prompts per token of answers and step", dim::one},
    Named{"FLOPs per step", dim::flop},
    Named{"time of reading per step", dim::time},
    Named{"time of arithmetic per step", dim::time},
    Named{"time of launches and scheduling per step", dim::time},
    Named{"time of a step", dim::time},
    Named{"time of an image", dim::time},
    Named{"utilisation of the 16-bit peak", dim::one},
    Named{"share of the power between idle and TDP", dim::one},
    Named{"power of the devices", dim::power},
    Named{"tokens of answers per step", dim::token},
    Named{"steps per query", dim::one},
    Named{"energy of the devices per token", dim::energy / dim::token},
    Named{"facility energy per token", dim::energy / dim::token},
    Named{"tokens per second", dim::token_rate},
    Named{"tokens per second and device", dim::device_token_rate},
    Named{"time between tokens", dim::time},
    Named{"time of an answer", dim::time},
    Named{"device-time per query", dim::device_time},
    Named{"reserved device-time per query", dim::device_time},
    Named{"cost of a million tokens of answers", dim::money},
};

// Per request, per token, per device and the like stand in the names.
quantity::Dimension as_read(quantity::Dimension d) {
  d.sample = 0;
  if (d.data != 0) d.token = d.parameter = d.device = 0;
  return d;
}

std::optional<quantity::Dimension> dimension_of(std::string_view name) {
  const auto found = std::ranges::find(named_numbers, name, &Named::name);
  return found == named_numbers.end() ? std::nullopt : std::optional{found->dimension};
}

class ServiceExplainer {
 public:
  ServiceExplainer(const ServeQuestion& question, const ServeCase& answer, const catalog::Catalog& tables)
      : in_(question), case_(answer), tables_(tables) {}

  std::vector<Derivation> all() {
    const Service<Traced> service = lifted();
    const auto factors = lifted_factors();
    const Served<Traced> served = serve::served(service);
    const auto figures = figures_of(served, service, factors);
    DerivationTree tree(
        tape_, [this](std::uint32_t leaf) { return leaves_[leaf]; }, dimension_of);
    std::vector<Derivation> out;
    using enum ServeFigure;
    for (const ServeFigure f : {total, location, facility, market, embodied, water, water_on_site,
                                water_off_site, query_cost, million_tokens_cost, device_per_token,
                                facility_per_token, node, token_rate, device_token_rate, answer_time}) {
      const auto& figure = figures[static_cast<std::size_t>(f)];
      if (!figure) continue;
      if (auto derived = tree.root(*figure)) {
        derived->key = serve_figure_table()[static_cast<std::size_t>(f)].key;
        out.push_back(std::move(*derived));
      }
    }
    return out;
  }

 private:
  Traced leaf(std::string name, std::string key, const quantity::Dimension& dimension, double value,
              Origin origin) {
    Derivation d;
    d.name = std::move(name);
    d.key = std::move(key);
    d.dimension = dimension;
    d.origin = std::move(origin);
    leaves_.push_back(std::move(d));
    return Traced{tape_, tape_.leaf(value, static_cast<std::uint32_t>(leaves_.size() - 1))};
  }
  template <quantity::Dimension D, class Kind>
  Quantity<D, Traced, Kind> leaf(std::string name, std::string key, const Quantity<D, double, Kind>& value,
                                 Origin origin) {
    return Quantity<D, Traced, Kind>::from_coherent(
        leaf(std::move(name), std::move(key), as_read(D), value.coherent(), std::move(origin)));
  }
  template <quantity::Dimension D, class Kind>
  static Quantity<D, Traced, Kind> bare(const Quantity<D, double, Kind>& value) {
    return Quantity<D, Traced, Kind>::from_coherent(Traced{value.coherent()});
  }

  // --- where a number is from

  Origin of_input(std::string_view flag) const {
    if (const run::Given* const given = in_.given(flag))
      return {.responsible = Responsible::user,
              .source = {},
              .at = given->named,
              .note = {},
              .text = given->text};
    std::string name{flag};
    std::ranges::replace(name, '-', '_');
    const auto assumed = std::ranges::find(case_.assumptions, name, &Assumption::input);
    if (assumed != case_.assumptions.end()) return assumed->origin;
    return {.responsible = Responsible::derived, .source = {}, .at = {}, .note = "as resolved", .text = {}};
  }

  static Origin derived(std::string note) {
    return {.responsible = Responsible::derived, .source = {}, .at = {}, .note = std::move(note), .text = {}};
  }

  // Batch and load follow from arrivals where a rate is given.
  Origin of_traffic(std::string_view flag) const {
    if (const run::Given* const rate = in_.given("rate"))
      return derived("as " + rate->named + ' ' + rate->text +
                     " and the time of a step lead to (arrivals x time of an answer)");
    return of_input(flag);
  }

  Origin of_device(std::initializer_list<std::string> keys) const {
    for (const std::string& key : keys) {
      if (const auto cell = case_.hardware->cell(key)) return cell->origin();
    }
    return derived("as resolved");
  }

  Origin of_engine(const std::string& name) const {
    return serve::engine_constant(tables_, case_.engine_class, name).origin;
  }

  // --- the service over numbers that remember

  Service<Traced> lifted() {
    Service<Traced> out;
    const auto& service = case_.service;
    out.device = lifted_device();
    out.engine = lifted_engine();
    out.work = lifted_work();
    out.provision = {
        .load = leaf("share of the time in which the devices serve", "load", dim::one, service.provision.load,
                     of_traffic("load")),
        .host = leaf("power of the host per device", "host", service.provision.host, of_input("host")),
        .pue = leaf("PUE", "pue", dim::one, service.provision.pue, of_input("pue"))};
    if (service.image)
      out.image = lifted_image();
    else
      out.model = lifted_model();
    return out;
  }

  serve::ServedModel<Traced> lifted_model() {
    const auto& model = case_.service.model;
    const bool sized = in_.has("params");
    serve::ServedModel<Traced> out;
    out.total = leaf("parameters", "params", model.total, sized ? of_input("params") : case_.model_origin);
    out.active = model.active == model.total ? out.total
                                             : leaf("parameters used per token", "active", model.active,
                                                    sized ? of_input("active") : case_.model_origin);
    out.layers =
        leaf("layers", "layers", dim::one, model.layers, sized ? of_input("layers") : case_.model_origin);
    Origin of_width = of_input("precision");
    if (in_.has("precision")) {
      of_width = serve::width_of(tables_, case_.precision)->origin;
      of_width.note = case_.precision + ", as " + in_.given("precision")->named + " says";
    }
    out.weight = leaf("bytes of a weight", "precision", model.weight, std::move(of_width));
    for (const auto& part : model.cache) {
      serve::CachePart<Traced> lifted;
      lifted.keeps_all = part.keeps_all;
      lifted.per_token =
          leaf(part.window ? "bytes of keys and values per token, of layers with a window"
                           : "bytes of keys and values per token",
               "cache_per_token", part.per_token, sized ? of_input("cache-per-token") : case_.model_origin);
      if (part.window)
        lifted.window = leaf("window of these layers", "window", *part.window, case_.model_origin);
      out.cache.push_back(lifted);
    }
    out.state = model.state.coherent() == 0
                    ? bare(model.state)
                    : leaf("bytes of state per request", "state", model.state, case_.model_origin);
    const auto attention = [&](const char* name, const quantity::FlopPerToken<>& flop) {
      if (flop.coherent() == 0) return bare(flop);
      return leaf(name, "attention", flop, case_.model_origin);
    };
    out.prompt_attention = attention("FLOPs of attention per token of a prompt", model.prompt_attention);
    out.answer_attention = attention("FLOPs of attention per token of an answer", model.answer_attention);
    return out;
  }

  serve::ServingDevice<Traced> lifted_device() {
    const auto& device = case_.service.device;
    serve::ServingDevice<Traced> out;
    out.bandwidth = leaf("memory bandwidth per device", "memory_bandwidth", device.bandwidth,
                         of_device({"memory_bandwidth"}));
    out.peak_16 = leaf("16-bit peak FLOP rate per device", "peak_16", device.peak_16,
                       of_device({"peak_bf16", "peak_fp16"}));
    out.peak = device.peak == device.peak_16 ? out.peak_16
                                             : leaf("peak FLOP rate per device", "peak", device.peak,
                                                    of_device({"peak_" + case_.precision}));
    out.tdp = leaf("TDP", "tdp", device.tdp, of_device({"tdp"}));
    out.idle = leaf("power of an idle device", "idle_power", device.idle, of_input("idle-power"));
    return out;
  }

  serve::EngineConstants<Traced> lifted_engine() {
    const auto& engine = case_.service.engine;
    return {.bandwidth_share = leaf("share of the bandwidth that reading reaches", "bandwidth_share",
                                    dim::one, engine.bandwidth_share, of_engine("bandwidth-share")),
            .flop_share = leaf("share of the peak that products reach", "flop_share", dim::one,
                               engine.flop_share, of_engine("flop-share")),
            .layer_time =
                leaf("time of launches per layer", "layer_time", engine.layer_time, of_engine("layer-time")),
            .request_time = leaf("time of scheduling per request", "request_time", engine.request_time,
                                 of_engine("request-time")),
            .static_share = leaf("share of it drawn at rest", "static_share", dim::one, engine.static_share,
                                 of_engine("static-share")),
            .power_slope = leaf("share of it per utilisation", "power_slope", dim::one, engine.power_slope,
                                of_engine("power-slope"))};
  }

  serve::Workload<Traced> lifted_work() {
    const auto& work = case_.service.work;
    // what nobody asked for has no part: no drafts, one replica
    const auto said = [&](std::string name, std::string_view flag, double value, double none) {
      return value == none && !in_.has(flag)
                 ? Traced{value}
                 : leaf(std::move(name), std::string{flag}, dim::one, value, of_input(flag));
    };
    serve::Workload<Traced> out;
    out.devices = leaf("devices", "devices", work.devices, of_input(in_.has("chips") ? "chips" : "devices"));
    if (case_.image) {
      out.batch = bare(work.batch);
      out.prompt = bare(work.prompt);
      out.answer = bare(work.answer);
    } else {
      out.batch = leaf("requests in flight", "batch", work.batch, of_traffic("batch"));
      out.prompt = leaf("tokens of a prompt", "prompt", work.prompt, of_input("prompt"));
      out.answer = leaf("tokens of an answer", "answer", work.answer, of_input("answer"));
    }
    out.cached = said("share of the prompt kept from before", "cached", work.cached, 0);
    out.drafts = said("tokens drafted per step", "speculative", work.drafts, 0);
    out.accepted = said("tokens that a step yields", "speculative", work.accepted, 1);
    out.replicas = said("replicas", "data-parallel", work.replicas, 1);
    return out;
  }

  serve::ImageWork<Traced> lifted_image() {
    const auto& image = *case_.image;
    const auto flop = leaf("FLOPs of a pass", "flop_per_pass", dim::flop, image.flop, case_.model_origin) *
                      leaf("steps", "steps", dim::one, image.steps, of_input("steps")) *
                      leaf("passes per step", "passes", dim::one, image.passes, of_input("passes"));
    return {.flop = Quantity<dim::flop, Traced>::from_coherent(number::named("FLOPs of an image", flop)),
            .flop_share =
                leaf("share of the peak that an image reaches", "image_flop_share", dim::one,
                     case_.service.image->flop_share, serve::constant(tables_, "image-flop-share").origin)};
  }

  ServeFactorsOf<Traced> lifted_factors() {
    const auto& f = case_.factors;
    ServeFactorsOf<Traced> out;
    const auto factor = [&](const std::optional<double>& value, const char* name, const char* flag,
                            const quantity::Dimension& dimension) {
      return value ? std::optional{leaf(name, flag, dimension, *value, of_input(flag))} : std::nullopt;
    };
    out.intensity = factor(f.intensity, "grid carbon intensity (location)", "ci", dim::carbon_intensity);
    out.market_intensity =
        factor(f.market_intensity, "carbon intensity by contracts", "ci-market", dim::carbon_intensity);
    out.wue = factor(f.wue, "water per IT energy", "wue", dim::water_intensity);
    out.water_intensity = factor(f.water_intensity, "water of the electricity per energy", "water-intensity",
                                 dim::water_intensity);
    out.price = factor(f.price, "price per device-hour", "price", dim::device_price);
    if (!f.made) return out;
    const auto alone = factor(f.made_alone, "CO2e of manufacture per device", "embodied", dim::device_co2e);
    out.made = alone;
    if (const auto extra =
            factor(f.made_extra, "network and storage over devices", "embodied-extra", dim::one))
      out.made = run::with_extra(quantity::DeviceCo2e<Traced>::from_coherent(*alone),
                                 quantity::Ratio<Traced>::from_coherent(*extra))
                     .coherent();
    out.life = *factor(f.life, "years of service", "lifetime", dim::time);
    out.life_use =
        *factor(f.life_use, "share of its service that a device is reserved", "lifetime-use", dim::one);
    return out;
  }

  ServeReading in_;
  const ServeCase& case_;
  const catalog::Catalog& tables_;
  Tape tape_;
  std::vector<Derivation> leaves_;
};

}  // namespace

std::vector<Derivation> serve_derivations(const ServeQuestion& question, const ServeCase& answer,
                                          const catalog::Catalog& tables) {
  return ServiceExplainer(question, answer, tables).all();
}

}  // namespace kwhatif::ask
