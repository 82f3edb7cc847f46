// serve: what answering costs: a model on devices, requests with prompts and answers, and the energy of one
// of them through four boundaries.
//
// step.hpp: the formulas, as templates over the number type: one decoding step of a batch of requests (bytes,
// FLOPs, time, power), and the energy of one query: device -> node -> provisioned -> facility. Does not live
// here: CO2e, manufacture and water of an energy (run/formulas.hpp), the constants (serving_constants.hpp),
// what is known of a service and what fits into memory (service.hpp), bands (service_bands.hpp), names and
// places (ask).
#pragma once

#include <kwhatif/number/math.hpp>
#include <kwhatif/quantity/kinds.hpp>
#include <kwhatif/run/formulas.hpp>

#include <cstdint>
#include <optional>
#include <type_traits>
#include <vector>

namespace kwhatif::serve {

namespace dim = quantity::dim;
using quantity::Quantity;
using run::named;

template <class T = double>
using Requests = Quantity<dim::sample, T>;
template <class T = double>
using TokensPerRequest = Quantity<dim::token_per_sample, T>;
template <class T = double>
using Bytes = Quantity<dim::data, T>;
template <class T = double>
using BytesPerParameter = Quantity<dim::data / dim::parameter, T>;
template <class T = double>
using BytesPerToken = Quantity<dim::data / dim::token, T>;
template <class T = double>
using BytesPerRequest = Quantity<dim::data / dim::sample, T>;
template <class T = double>
using DeviceBandwidth = Quantity<dim::bandwidth / dim::device, T>;
template <class T = double>
using EnergyPerToken = Quantity<dim::energy / dim::token, T>;
template <class T = double>
using TimePerRequest = Quantity<dim::time / dim::sample, T>;

/// Keys and values of layers that see alike: all of the context, or its last `window` tokens.
template <class T = double>
struct CachePart {
  BytesPerToken<T> per_token;
  std::optional<TokensPerRequest<T>> window = {};
  bool keeps_all = false;  ///< only the reading is limited (DeepSeek Sparse Attention): all of it is stored
};

/// A model as its weights lie in memory.
template <class T = double>
struct ServedModel {
  quantity::Parameters<T> total;
  quantity::Parameters<T> active;  ///< per token
  T layers{};
  BytesPerParameter<T> weight;
  std::vector<CachePart<T>> cache = {};
  /// Of layers that carry a state instead (Mamba, linear attention): the same whatever the context; each step
  /// reads and writes it.
  BytesPerRequest<T> state = {};
  /// Attention over the positions seen, per token; 0 where the architecture is not known.
  quantity::FlopPerToken<T> prompt_attention = {};  ///< on average over the prompt
  quantity::FlopPerToken<T> answer_attention = {};  ///< on average over the answer
};

/// A device as the model of serving sees it.
template <class T = double>
struct ServingDevice {
  DeviceBandwidth<T> bandwidth;         ///< of its memory
  quantity::DeviceFlopRate<T> peak;     ///< that the engine's arithmetic can reach
  quantity::DeviceFlopRate<T> peak_16;  ///< of 16 bits: utilisation, and so power, count against it
  quantity::DevicePower<T> tdp;
  quantity::DevicePower<T> idle;
};

/// What software makes of the device.
template <class T = double>
struct EngineConstants {
  T bandwidth_share{};               ///< of the nominal bandwidth that reading weights reaches
  T flop_share{};                    ///< of the peak that matrix products reach
  quantity::WallTime<T> layer_time;  ///< of a step in each layer, whatever the batch: launches, all-reduces
  TimePerRequest<T> request_time;    ///< of a step for each request: scheduling, sampling
  T static_share{};                  ///< of TDP - idle, drawn while a model is served
  T power_slope{};                   ///< share of TDP - idle per utilisation, on top
};

/// What is asked of one instance: its requests in flight, their lengths, and how the engine works them off.
template <class T = double>
struct Workload {
  quantity::Devices<T> devices;
  Requests<T> batch;  ///< in flight
  TokensPerRequest<T> prompt;
  TokensPerRequest<T> answer;
  T cached{};    ///< share of the prompt whose keys and values are there already
  T drafts{};    ///< tokens guessed ahead in each step (speculation)
  T accepted{};  ///< tokens that a step yields per request; 1 without speculation
  T replicas{};  ///< data parallelism: each schedules its share of the requests
};

/// Parameters read in one step: those of all tokens, and of the experts each with the probability that one of
/// the tokens chose it.
///
///   dense:  N;   experts:  A + (N - A) · (1 - (1 - A/N)^(b-1))
///
/// @param tokens  b, of the step, >= 1
/// @tested        golden: tests/serve/worked_examples.csv
template <class T>
quantity::Parameters<T> touched(const ServedModel<T>& model, const Requests<T>& tokens) {
  using namespace number;
  constexpr double as_good_as_dense = 0.98;  // share of active parameters: tables and biases are no experts
  const T share = model.active.coherent() / model.total.coherent();
  if (value(share) > as_good_as_dense) return model.total;
  const T others = most(tokens.coherent() - T(1), T(0));
  const T hit = T(1) - exponential(others * logarithm(T(1) - share));
  return named("parameters read per step",
               quantity::Parameters<T>::from_coherent(
                   model.active.coherent() + (model.total.coherent() - model.active.coherent()) * hit));
}

/// Keys and values of one request with this much context: those that a token reads, or all that are stored.
enum class Cached : std::uint8_t { read, stored };
template <class T>
Bytes<T> cache_bytes(const ServedModel<T>& model, const TokensPerRequest<T>& context,
                     Cached which = Cached::read) {
  using namespace number;
  T sum(0);
  for (const CachePart<T>& part : model.cache) {
    const bool limited = part.window && (which == Cached::read || !part.keeps_all);
    const T seen = limited ? least(context.coherent(), part.window->coherent()) : context.coherent();
    sum = sum + part.per_token.coherent() * seen;
  }
  return named(which == Cached::read ? "keys and values read per request" : "keys and values per request",
               Bytes<T>::from_coherent(sum));
}

/// One step of an instance: each request gets `accepted` tokens of its answer; prompts are spread over it.
template <class T = double>
struct Step {
  Bytes<T> bytes;
  Quantity<dim::flop, T> flop;
  quantity::WallTime<T> memory_time;
  quantity::WallTime<T> compute_time;
  quantity::WallTime<T> overhead;  ///< of layers and of requests
  quantity::WallTime<T> time;
  T utilisation{};             ///< of the 16-bit peak
  quantity::Power<T> power;    ///< of all devices
  quantity::Tokens<T> tokens;  ///< of answers
  EnergyPerToken<T> energy_per_token() const {
    return named("energy of the devices per token", power * time / tokens);
  }
  quantity::TotalTokenRate<T> token_rate() const { return named("tokens per second", tokens / time); }
};

///   bytes = touched(b(1 + d)) · w + b · (cache(p + o/2) + 2 · state)
///   flop  = b · ((2 · A + att_o) · (1 + d) + (2 · A + att_p) · a · p (1 - cached) / max(o, 1))
///   t     = √((bytes / (η_B · BW · n))² + (flop / (η_F · F · n))²) + τ_0 · layers + τ_s · b / replicas
///   u     = flop / (t · F_16 · n)
///   P     = n · (idle + (TDP - idle) · min(1, f_s + a_f · u))
///
/// @source  kwhatif-serving-fit
/// @tested  golden: tests/serve/worked_examples.csv; measured: tests/serve/chat_rows.csv; property: the
/// energy
///          of a token never rises with the batch
template <class T>
Step<T> step(const ServedModel<T>& model, const ServingDevice<T>& device, const EngineConstants<T>& engine,
             const Workload<T>& work) {
  using namespace number;
  constexpr double forward = 2;  // FLOP per parameter and token: a product and a sum
  const auto scaled = [](const auto& q, const T& by) {
    return std::remove_cvref_t<decltype(q)>::from_coherent(q.coherent() * by);
  };
  const auto squared = [](const quantity::WallTime<T>& t) { return t.coherent() * t.coherent(); };
  Step<T> out;
  const T one(1);
  const auto guessed = scaled(work.batch, one + work.drafts);
  const TokensPerRequest<T> context =
      work.prompt + scaled(work.answer, T(0.5));  // on average over the answer
  constexpr double both_ways = 2;                 // a state is read and written
  out.bytes = named(
      "bytes read per step",
      touched(model, guessed) * model.weight + scaled(cache_bytes(model, context), work.batch.coherent()) +
          Bytes<T>::from_coherent(T(both_ways) * model.state.coherent() * work.batch.coherent()));
  const T answer = most(work.answer.coherent(), one);
  const T prefill = number::named("tokens of prompts per token of answers and step",
                                  work.accepted * work.prompt.coherent() * (one - work.cached) / answer);
  const auto worked =
      quantity::Tokens<T>::from_coherent(work.batch.coherent() * (one + work.drafts + prefill));
  const auto at = [](const T& tokens) { return quantity::Tokens<T>::from_coherent(tokens); };
  out.flop = named("FLOPs per step",
                   quantity::FlopPerParameterToken<T>::from_coherent(T(forward)) * model.active * worked +
                       model.answer_attention * at(work.batch.coherent() * (one + work.drafts)) +
                       model.prompt_attention * at(work.batch.coherent() * prefill));
  out.memory_time = named("time of reading per step",
                          out.bytes / (scaled(device.bandwidth, engine.bandwidth_share) * work.devices));
  out.compute_time = named("time of arithmetic per step",
                           out.flop / (scaled(device.peak, engine.flop_share) * work.devices));
  out.overhead = named("time of launches and scheduling per step",
                       scaled(engine.layer_time, model.layers) +
                           scaled(engine.request_time * work.batch, one / work.replicas));
  out.time =
      named("time of a step",
            quantity::WallTime<T>::from_coherent(root(squared(out.memory_time) + squared(out.compute_time))) +
                out.overhead);
  out.utilisation = number::named("utilisation of the 16-bit peak",
                                  (out.flop / out.time / (device.peak_16 * work.devices)).coherent());
  const T drawn = number::named("share of the power between idle and TDP",
                                least(one, engine.static_share + engine.power_slope * out.utilisation));
  out.power =
      named("power of the devices", (device.idle + scaled(device.tdp - device.idle, drawn)) * work.devices);
  out.tokens = named("tokens of answers per step",
                     quantity::Tokens<T>::from_coherent(work.batch.coherent() * work.accepted));
  return out;
}

/// Images instead of answers: denoised in steps, each of one or two passes.
template <class T = double>
struct ImageWork {
  quantity::Quantity<dim::flop, T> flop;  ///< of one image: passes x steps
  T flop_share{};                         ///< of the 16-bit peak that one device reaches
};

/// One image as a step that yields one "token", the image: bound by arithmetic, whatever the batch, at full
/// power.
///
///   t = flop / (eta * F_16 * n);   P = n * TDP
///
/// Exploratory: several devices lose up to 1.4 times to their communication, which is not in it.
/// @source  kwhatif-serving-fit
/// @tested  measured: tests/serve/image_rows.csv
template <class T>
Step<T> image_step(const ServingDevice<T>& device, const ImageWork<T>& image, const Workload<T>& work) {
  Step<T> out;
  out.flop = image.flop;
  const auto reached =
      quantity::DeviceFlopRate<T>::from_coherent(device.peak_16.coherent() * image.flop_share);
  out.compute_time = named("time of an image", out.flop / (reached * work.devices));
  out.memory_time = quantity::WallTime<T>::from_coherent(T(0));
  out.overhead = out.memory_time;
  out.time = out.compute_time;
  out.utilisation = image.flop_share;
  out.power = named("power of the devices", device.tdp * work.devices);
  out.tokens = quantity::Tokens<T>::from_coherent(T(1));
  return out;
}

/// How a service stands around its steps.
template <class T = double>
struct Provision {
  T load{};                       ///< share of the provisioned time in which devices serve
  quantity::DevicePower<T> host;  ///< the host's share per device, served or not
  T pue{};
};

/// One query through the boundaries. Each one holds the one before.
template <class T = double>
struct QueryEnergy {
  quantity::DeviceTime<T> device_time;    ///< while serving
  quantity::DeviceTime<T> reserved_time;  ///< with its share of the idle time
  quantity::AcceleratorEnergy<T> device;  ///< the boards, while serving
  quantity::ItEnergy<T> host;             ///< hosts, in the reserved time
  quantity::ItEnergy<T> idle;             ///< boards, in the idle time
  quantity::ItEnergy<T> node;             ///< boards and hosts, while serving
  quantity::ItEnergy<T> provisioned;      ///< boards and hosts, in the reserved time
  quantity::FacilityEnergy<T> facility;   ///< provisioned x PUE
};

///   t_dev = n · t · o / tokens of the step;   t_res = t_dev / load
///   device = P · t · o / tokens;   host = t_res · H;   idle = (t_res - t_dev) · idle
///   node = device + t_dev · H;   provisioned = device + host + idle;   facility = provisioned · PUE
///
/// @tested  golden: tests/serve/worked_examples.csv; property: device <= node <= provisioned <= facility
template <class T>
QueryEnergy<T> query_energy(const ServingDevice<T>& device, const Workload<T>& work, const Step<T>& step,
                            const Provision<T>& provision) {
  QueryEnergy<T> out;
  const auto answer = quantity::Tokens<T>::from_coherent(work.answer.coherent());
  const auto steps = named("steps per query", answer / step.tokens);
  out.device_time = named("device-time per query", work.devices * step.time * steps);
  out.reserved_time =
      named("reserved device-time per query",
            quantity::DeviceTime<T>::from_coherent(out.device_time.coherent() / provision.load));
  out.device = named("energy of the devices", quantity::AcceleratorEnergy<T>{step.power * step.time * steps});
  const auto host_while_serving = out.device_time * provision.host;
  out.host = named("energy of the hosts", quantity::ItEnergy<T>{out.reserved_time * provision.host});
  out.idle = named("energy of idle devices",
                   quantity::ItEnergy<T>{(out.reserved_time - out.device_time) * device.idle});
  out.node = named("energy of the nodes while serving",
                   quantity::ItEnergy<T>{out.device.plain() + host_while_serving});
  out.provisioned =
      named("provisioned energy", quantity::ItEnergy<T>{out.device.plain()} + out.host + out.idle);
  out.facility = run::facility_energy(out.provisioned, quantity::Ratio<T>::from_coherent(provision.pue));
  return out;
}

}  // namespace kwhatif::serve
