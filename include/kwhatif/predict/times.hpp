// times: how long one token (image, sample) takes on one device, as a sum of physical times.
//
//   matrix products + memory traffic + attention + cost of a micro-step | launches of the host
//   + model parallelism + exchange of experts + pipeline bubble + optimizer + gathers + gradients over the
//   network, times what software, scale and interruptions cost
//
// One function template over the number type (values, sensitivities, the fit of its own coefficients). What a
// user knows of a run acts through its own term. The answer is never faster than FLOPs over peak; it does not
// fall when devices are added, recomputation is switched on or precision is widened, and does not rise with
// the batch.
//
// Coefficients come from the tables (coefficient rows "time-…"), written by kwhatif-fit. Inside the sum
// numbers are in coherent units (s, FLOP, B, token): its terms carry fractional powers that no dimension
// survives. Does not live here: what an absent input becomes (settings.hpp), bands (forecast.hpp), power
// (draw.hpp). data/predict/README.md is the description for referees.
#pragma once

#include <kwhatif/number/math.hpp>

#include <array>
#include <cstddef>
#include <optional>
#include <string_view>

namespace kwhatif::predict {

/// The constants of the sum. Fitted or fixed is a matter of the tables.
template <number::Number T>
struct TimeCoefficients {
  T gemm{};                  ///< share of a device's best matrix rate that training reaches  [1]
  T passes{};                ///< passes over the activations of a layer, kernels fused       [1]
  T passes_unfused{};        ///< added where they are not                                    [1]
  T passes_legacy{};         ///< added by software before fused kernels                      [1]
  T logit_passes{};          ///< passes over the logits                                      [1]
  T logit_passes_unfused{};  ///< added                                                       [1]
  T attention{};             ///< efficiency of fused attention at the reference peak         [1]
  T attention_peak{};        ///< its fall with the peak, exponent                            [1]
  T attention_age{};         ///< its growth per year before the reference year               [1/a]
  T unfused_attention{};     ///< passes over the scores where they are written to memory     [1]
  T optimizer{};             ///< bytes per parameter and step                                [B]
  T launch{};                ///< of one layer and micro-step by the host, fused              [s]
  T launch_unfused{};        ///<                                                             [s]
  T launch_convolution{};    ///< share of it for convolution networks                        [1]
  T launch_program{};        ///< share of it where one program holds the step (TPU)          [1]
  T gradients{};             ///< bytes per parameter and step over the network               [B]
  T tensor_parallel{};       ///< bytes per value exchanged, not hidden                       [B]
  T software_age{};          ///< growth of that per year before the reference year           [1/a]
  T forced_parallel{};       ///< bytes per value where a small batch forces it               [B]
  T all_to_all{};            ///< share of the exchange of experts that is not hidden         [1]
  T permutation{};           ///< passes of a token on its way to an expert and back          [1]
  T narrow_expert{};         ///< width at which expert products run at half speed            [1]
  T standard{};              ///< ln of what standard software takes longer                   [1]
  T legacy{};                ///< added by legacy software                                    [1]
  T scale{};                 ///< ln per doubling of the devices beyond one node              [1]
  T run{};                   ///< ln of what a whole run loses: evaluation, restarts          [1]
  T benchmark{};             ///< the same in a benchmark                                     [1]
  T share_fp8{};             ///< share of the products left in 16 bit                        [1]
  T share_fp4{};             ///<                                                             [1]
  T efficiency_fp4{};        ///< of matrix products in 4 bit over that in 8 bit              [1]
  T convolution{};           ///< matrix efficiency of convolutions over that of products     [1]
  T convolution_passes{};    ///< passes over activations                                     [1]
  T convolution_unfused{};   ///< added                                                       [1]
  T unet_activations{};      ///< activations of a diffusion U-Net over those of a classifier [1]
  T latency{};               ///< of a collective                                             [s]
  T micro_step{};            ///< bytes per parameter and micro-step                          [B]
  T micro_step_age{};        ///< growth per year before the reference year                   [1/a]
  T gathers{};               ///< bytes per parameter gathered in a micro-step (ZeRO-3, FSDP) [B]
  T tile{};                  ///< loss where a device's width misses the tile                 [1]
  T virtual_stages{};        ///< of an interleaved pipeline, unknown                         [1]
  T memory_share{};          ///< of the nominal memory bandwidth that is reached             [1]
  T link_share{};            ///< of the nominal link and network bandwidth                   [1]
};

/// A coefficient by name, as the tables have it behind "time-".
template <number::Number T>
struct CoefficientField {
  std::string_view name;
  T TimeCoefficients<T>::*member;
};

/// All of them, in the order of the struct.
template <number::Number T>
inline constexpr std::array coefficient_fields{
    CoefficientField<T>{"gemm", &TimeCoefficients<T>::gemm},
    CoefficientField<T>{"passes", &TimeCoefficients<T>::passes},
    CoefficientField<T>{"passes-unfused", &TimeCoefficients<T>::passes_unfused},
    CoefficientField<T>{"passes-legacy", &TimeCoefficients<T>::passes_legacy},
    CoefficientField<T>{"logit-passes", &TimeCoefficients<T>::logit_passes},
    CoefficientField<T>{"logit-passes-unfused", &TimeCoefficients<T>::logit_passes_unfused},
    CoefficientField<T>{"attention", &TimeCoefficients<T>::attention},
    CoefficientField<T>{"attention-peak", &TimeCoefficients<T>::attention_peak},
    CoefficientField<T>{"attention-age", &TimeCoefficients<T>::attention_age},
    CoefficientField<T>{"unfused-attention", &TimeCoefficients<T>::unfused_attention},
    CoefficientField<T>{"optimizer", &TimeCoefficients<T>::optimizer},
    CoefficientField<T>{"launch", &TimeCoefficients<T>::launch},
    CoefficientField<T>{"launch-unfused", &TimeCoefficients<T>::launch_unfused},
    CoefficientField<T>{"launch-convolution", &TimeCoefficients<T>::launch_convolution},
    CoefficientField<T>{"launch-program", &TimeCoefficients<T>::launch_program},
    CoefficientField<T>{"gradients", &TimeCoefficients<T>::gradients},
    CoefficientField<T>{"tensor-parallel", &TimeCoefficients<T>::tensor_parallel},
    CoefficientField<T>{"software-age", &TimeCoefficients<T>::software_age},
    CoefficientField<T>{"forced-parallel", &TimeCoefficients<T>::forced_parallel},
    CoefficientField<T>{"all-to-all", &TimeCoefficients<T>::all_to_all},
    CoefficientField<T>{"permutation", &TimeCoefficients<T>::permutation},
    CoefficientField<T>{"narrow-expert", &TimeCoefficients<T>::narrow_expert},
    CoefficientField<T>{"standard", &TimeCoefficients<T>::standard},
    CoefficientField<T>{"legacy", &TimeCoefficients<T>::legacy},
    CoefficientField<T>{"scale", &TimeCoefficients<T>::scale},
    CoefficientField<T>{"run", &TimeCoefficients<T>::run},
    CoefficientField<T>{"benchmark", &TimeCoefficients<T>::benchmark},
    CoefficientField<T>{"share-fp8", &TimeCoefficients<T>::share_fp8},
    CoefficientField<T>{"share-fp4", &TimeCoefficients<T>::share_fp4},
    CoefficientField<T>{"efficiency-fp4", &TimeCoefficients<T>::efficiency_fp4},
    CoefficientField<T>{"convolution", &TimeCoefficients<T>::convolution},
    CoefficientField<T>{"convolution-passes", &TimeCoefficients<T>::convolution_passes},
    CoefficientField<T>{"convolution-unfused", &TimeCoefficients<T>::convolution_unfused},
    CoefficientField<T>{"unet-activations", &TimeCoefficients<T>::unet_activations},
    CoefficientField<T>{"latency", &TimeCoefficients<T>::latency},
    CoefficientField<T>{"micro-step", &TimeCoefficients<T>::micro_step},
    CoefficientField<T>{"micro-step-age", &TimeCoefficients<T>::micro_step_age},
    CoefficientField<T>{"gathers", &TimeCoefficients<T>::gathers},
    CoefficientField<T>{"tile", &TimeCoefficients<T>::tile},
    CoefficientField<T>{"virtual-stages", &TimeCoefficients<T>::virtual_stages},
    CoefficientField<T>{"memory-share", &TimeCoefficients<T>::memory_share},
    CoefficientField<T>{"link-share", &TimeCoefficients<T>::link_share},
};

/// The software that trains.
enum class Software {
  tuned,     ///< Megatron, NeMo, MaxText, torchtitan, vendors' benchmark code …
  standard,  ///< HF Trainer, DeepSpeed, FSDP scripts …
  legacy     ///< fairseq, before fused attention
};

/// What the times are compared with, or asked for.
enum class Scope {
  run,        ///< a whole run: evaluation, restarts, checkpoints
  benchmark,  ///< a timed benchmark
  step        ///< steps alone
};

/// Arithmetic of the matrix products.
enum class Arithmetic { wide, half, eight, four };  // 32 or tf32; bf16, fp16; fp8; fp4

/// A transformer as its times see it. Sums over the layers that one token passes.
template <number::Number T>
struct Network {
  T layers{};
  T width{};                   ///< d
  T feed_forward{};            ///< f of dense layers
  T keys{};                    ///< width of keys (and of values)
  T queries{};                 ///< width of queries
  T vocabulary{};              ///< V
  double gates = 1;            ///< 1: gated feed-forward (three matrices), 0: two
  std::optional<T> attention;  ///< parameters of attention in a layer, where 2 d (q + kv) does not hold
  std::optional<T> heads;
  T sparse{};         ///< share of layers with experts
  T experts{1.0};     ///< E, routed, a layer
  T used{1.0};        ///< of them per token
  T expert_width{};   ///< f_e
  T shared_width{};   ///< of shared experts
  T reach{1.0};       ///< of the attention's positions, what windows and layers without attention leave
  bool whole = true;  ///< widths are of a given architecture, not of a usual one of this size
  friend bool operator==(const Network&, const Network&) = default;
};

/// Parameters that follow.
template <number::Number T>
struct Weights {
  T dense;    ///< of all layers, used by every token
  T expert;   ///< of experts, used per token
  T head;     ///< V d
  T total;    ///< both tables, all experts
  T experts;  ///< of all experts
};

template <number::Number T>
Weights<T> weights(const Network<T>& a) {
  const T one{1.0};
  const T two{2.0};
  const T attention = a.attention ? *a.attention : two * a.width * (a.queries + a.keys);
  const T matrix = T{2.0 + a.gates} * a.width;
  const T dense = a.layers * (attention + (one - a.sparse) * matrix * a.feed_forward +
                              a.sparse * matrix * a.shared_width);
  const T head = a.vocabulary * a.width;
  const T experts = a.layers * a.sparse * matrix * a.experts * a.expert_width;
  return {dense, a.layers * a.sparse * matrix * a.used * a.expert_width, head, dense + experts + two * head,
          experts};
}

/// A device and its links, nominal.
template <number::Number T>
struct Engine {
  T peak{};              ///< of the 16- or 32-bit arithmetic used, dense          [FLOP/s]
  T efficiency{};        ///< best measured matrix rate over it                    [1]
  T low_peak{};          ///< of 8- or 4-bit arithmetic, where used                [FLOP/s]
  T low_efficiency{};    ///<                                                      [1]
  T memory_rate{};       ///<                                                      [B/s]
  T scale_up{};          ///< to devices of its domain, per direction              [B/s]
  T network{};           ///< beyond, per device and direction                     [B/s]
  T domain{};            ///< devices in the scale-up domain
  T family{};            ///< ln of what this family of devices takes longer       [1]
  bool program = false;  ///< one program holds a step (TPU)
  friend bool operator==(const Engine&, const Engine&) = default;
};

/// What is trained, how and on how many; nothing absent any more.
template <number::Number T>
struct Settings {
  T length{};         ///< tokens of a sequence (1 for images)
  T devices{};        ///< n
  T batch{};          ///< tokens (samples) per step, all devices
  T micro_batch{};    ///< M, tokens (samples) that a device works on at a time
  T replica_micro{};  ///< tokens of a micro-batch as the pipeline counts them
  T needed{};         ///< devices that one replica needs at least, by batch or memory
  T tensor{1.0}, pipeline{1.0}, context{1.0};
  T expert_parallel{1.0};
  std::optional<T> stages;  ///< virtual ones of a pipeline
  T recomputed{};           ///< share of the forward pass done again, 0 to 1
  T age{};                  ///< years before the reference year, 0 to 3
  double bytes = 2;         ///< of a value
  bool slices = false;  ///< the micro-batch is given: tensor- and context-parallel slices cost as in theory
  bool lora = false;
  bool causal = true;
  bool fused_attention = true;
  bool unfused = false;  ///< kernels neither compiled nor fused by hand
  bool sharded_optimizer = true;
  bool gathers = false;    ///< ZeRO-3, FSDP with full sharding
  bool odd_width = false;  ///< a device's width is no multiple of the tile
  Arithmetic arithmetic = Arithmetic::half;
  Software software = Software::tuned;
  Scope scope = Scope::run;
};

/// Constants of definition of the sum: where its curves are anchored. Not fitted.
namespace anchor {
inline constexpr double peak = 312e12;            ///< FLOP/s: A100, to which attention and experts are scaled
inline constexpr double least_peak = 125e12;      ///< FLOP/s: below V100's attention gains no more
inline constexpr double head_width = 96;          ///< of a head, where heads are unknown
inline constexpr double domain = 8;               ///< devices of a usual node
inline constexpr double most_experts_apart = 64;  ///< devices over which experts are spread at most
inline constexpr double classifier = 4.1;         ///< GMAC of ResNet-50 …
inline constexpr double classifier_values = 11.1e6;  ///< … and its activations, values per image
inline constexpr double unet = 100;                  ///< GMAC above which a convolution network is a U-Net
inline constexpr double convolution_layers = 50, convolution_parameters = 25e6;
}  // namespace anchor

/// Seconds per token and device, by cause. The causes add up to `total`.
template <number::Number T>
struct Times {
  T products;                          ///< matrix products
  T memory;                            ///< activations and logits through memory
  T attention;                         ///< attention products
  T micro_steps;                       ///< fixed cost of micro-steps
  T host;                              ///< waiting for launches
  T model_parallel, experts, context;  ///< communication within a replica
  T bubble;                            ///< of the pipeline
  T optimizer;
  T gathers;    ///< not hidden
  T gradients;  ///< not hidden
  T software;   ///< untuned software and scale
  T losses;     ///< evaluation, restarts; and what this family of devices takes longer
  T total;
  T flop;        ///< model FLOP per token: what MFU divides
  T work;        ///< of the device itself, the losses of its family and of whole runs included
  T busy;        ///< share of the time that the device works
  T arithmetic;  ///< share of matrix and attention products in that
  T productive;  ///< share of wall time in steps
  T floor;       ///< FLOP over the peak of the arithmetic used: no run is faster
  bool sparse;
};

namespace detail {

template <number::Number T>
T ratio_beyond(const T& a, const T& b) {  // max(0, 1 - b/a)
  return number::most(T{0.0}, T{1.0} - b / a);
}

/// a + b³/(a² + b²): b is hidden behind a until it exceeds it.
template <number::Number T>
T excess(const T& a, const T& b) {
  return b * b * b / (a * a + b * b);
}

/// What the device itself does per token, and its FLOP.
template <number::Number T>
struct DeviceWork {
  T products{0.0}, memory{0.0}, attention{0.0}, flop{0.0};
};

template <number::Number T>
DeviceWork<T> transformer_work(const TimeCoefficients<T>& c, const Network<T>& a, const Weights<T>& n,
                               const Engine<T>& e, const Settings<T>& s) {
  const T one{1.0};
  const T trained{s.lora ? 4.0 / 6.0 : 1.0};  // frozen weights have no gradient of their own
  const T again = one + s.recomputed / T{3.0};
  const T bytes{s.bytes};
  const T memory_rate = c.memory_share * e.memory_rate;
  const bool sparse = number::value(a.sparse) > 0;
  const T wide_rate = e.peak * e.efficiency * c.gemm;
  T rate = wide_rate;
  if (s.arithmetic == Arithmetic::eight || s.arithmetic == Arithmetic::four) {
    const bool four = s.arithmetic == Arithmetic::four;
    const T left = four ? c.share_fp4 : c.share_fp8;
    const T low = e.low_peak * e.low_efficiency * (four ? c.efficiency_fp4 : one) * c.gemm;
    rate = one / ((one - left) / low + left / wide_rate);
  }
  T narrow = one;
  if (sparse)
    narrow =
        one + c.narrow_expert / number::most(a.expert_width, one) * number::root(e.peak / T{anchor::peak});
  const T odd = s.odd_width ? one + c.tile : one;
  DeviceWork<T> out;
  out.products = T{6.0} * trained * (n.dense + n.expert * narrow) * odd * again / rate +
                 T{6.0} * trained * n.head / wide_rate;
  const T passed = (one - a.sparse) * a.feed_forward + a.sparse * (a.used * a.expert_width + a.shared_width);
  const T values = a.layers * (T{6.0} * a.width + T{2.0 + a.gates} * passed + a.queries + T{2.0} * a.keys);
  const bool legacy = s.software == Software::legacy;
  T passes = c.passes;
  T logit_passes = c.logit_passes;
  if (s.unfused) {
    passes = passes + c.passes_unfused;
    logit_passes = logit_passes + c.logit_passes_unfused;
  }
  if (legacy) passes = passes + c.passes_legacy;
  out.memory = (passes * (values + c.permutation * a.layers * a.sparse * a.used * a.width) * again +
                logit_passes * a.vocabulary) *
               bytes * trained / memory_rate;
  const T efficiency =
      c.attention *
      number::exponential(c.attention_peak *
                          number::logarithm(T{anchor::peak} / number::most(e.peak, T{anchor::least_peak}))) *
      number::exponential(T{0.0} - c.attention_age * s.age);
  const T square = T{12.0} * trained * a.layers * a.queries * s.length * a.reach;
  const T seen{s.causal ? 0.5 : 1.0};
  const T done = s.causal && s.fused_attention ? square * T{0.5} : square;
  out.attention = done * again / (e.peak * efficiency);
  if (!s.fused_attention) {
    const T heads = a.heads ? *a.heads : a.queries / T{anchor::head_width};
    out.attention = out.attention + c.unfused_attention * bytes * a.layers * heads * s.length * a.reach *
                                        trained / memory_rate;
  }
  out.flop = T{6.0} * trained * (n.dense + n.expert + n.head) + square * seen;
  return out;
}

template <number::Number T>
DeviceWork<T> convolution_work(const TimeCoefficients<T>& c, const T& gmac, const Engine<T>& e,
                               const Settings<T>& s) {
  DeviceWork<T> out;
  out.flop = T{6e9} * gmac;
  out.products = out.flop / (e.peak * e.efficiency * c.convolution);
  T values = T{anchor::classifier_values} * number::root(gmac / T{anchor::classifier});
  if (number::value(gmac) > anchor::unet) values = values * c.unet_activations;
  const T passes = s.unfused ? c.convolution_passes + c.convolution_unfused : c.convolution_passes;
  out.memory = passes * values * T{s.bytes} / (c.memory_share * e.memory_rate);
  return out;
}

}  // namespace detail

/// What is trained: a transformer, or a convolution network by the multiply-adds of one sample.
template <number::Number T>
struct Work {
  std::optional<Network<T>> network;
  T gmac{};  ///< 1e9 multiply-adds per sample, forward; where there is no network
};

/// Seconds per token and device, by cause.
///
/// @param c  coefficients                      all > 0
/// @param w  what is trained
/// @param e  on which device
/// @param s  how, with nothing absent          devices, batch >= 1
/// @return   [s/token] (convolution networks: [s/sample])
/// @source   kwhatif, data/predict/README.md (equations, evidence, limits)
/// @tested   29 worked cases of an independent implementation to 1e-5; property: never below FLOP over peak,
///           monotone in devices, batch, recomputation, arithmetic and software over random plans
template <number::Number T>
Times<T> times(const TimeCoefficients<T>& c, const Work<T>& w, const Engine<T>& e, const Settings<T>& s) {
  using number::exceeds;
  using number::exponential;
  using number::least;
  using number::logarithm;
  using number::most;
  const T zero{0.0};
  const T one{1.0};
  const bool convolution = !w.network.has_value();
  const bool sparse = !convolution && number::value(w.network->sparse) > 0;
  const Weights<T> n = convolution ? Weights<T>{zero, zero, zero, T{anchor::convolution_parameters}, zero}
                                   : weights(*w.network);
  const T layers = convolution ? T{anchor::convolution_layers} : w.network->layers;
  const T experts = convolution ? one : w.network->experts;
  const auto work = convolution ? detail::convolution_work(c, w.gmac, e, s)
                                : detail::transformer_work(c, *w.network, n, e, s);
  const T trained{s.lora ? 4.0 / 6.0 : 1.0};
  const T memory_rate = c.memory_share * e.memory_rate;
  const T in = c.link_share * e.scale_up;
  const T out = c.link_share * e.network;
  const T half_bytes{s.bytes / 2};
  const T spread = s.slices ? s.tensor * s.context : one;
  const T kept = n.total - n.experts + n.experts / s.expert_parallel;  // parameters that a micro-step touches
  const T log2_devices = logarithm(s.devices) / T{0.693147180559945309417};
  const bool several = number::value(s.devices) > 1;

  Times<T> t{};
  t.sparse = sparse;
  t.flop = work.flop;
  t.products = work.products;
  t.memory = work.memory;
  t.attention = work.attention;
  t.micro_steps = zero;
  if (!convolution)
    t.micro_steps = c.micro_step * exponential(c.micro_step_age * s.age) * half_bytes *
                    T{s.lora ? 0.3 : 1.0} * spread * kept / (memory_rate * s.micro_batch);
  const T device = t.products + t.memory + t.attention + t.micro_steps;
  T launched = (s.unfused ? c.launch_unfused : c.launch) * layers * (one + s.recomputed / T{3.0}) * spread /
               s.micro_batch;
  if (convolution) launched = launched * c.launch_convolution;
  if (e.program) launched = launched * c.launch_program;
  // The host launches while the device works: a smooth maximum of the two.
  const T device2 = device * device;
  const T launched2 = launched * launched;
  const T together = number::root(number::root(device2 * device2 + launched2 * launched2));
  t.host = together - device;

  const T per_device = s.batch / s.devices;
  const T placed = s.tensor * s.pipeline * s.context;
  const T replica = most(placed, s.needed);
  const T domain = least(e.domain, s.devices);
  t.optimizer = s.lora ? zero
                       : c.optimizer * n.total /
                             ((several && s.sharded_optimizer ? s.devices : one) * memory_rate * per_device);
  t.model_parallel = t.experts = t.context = zero;
  if (!convolution) {
    const Network<T>& a = *w.network;
    const T forced = most(one, s.needed / placed);
    const T exchange = c.tensor_parallel * exponential(c.software_age * s.age) *
                       (one + s.recomputed / T{2.0}) *
                       ((least(s.tensor, domain) - one) / in + most(zero, s.tensor / domain - one) / out);
    t.model_parallel = layers * a.width * trained * half_bytes *
                       (exchange + c.forced_parallel * (least(forced, domain) - one) / in +
                        c.forced_parallel * most(zero, forced / domain - one) / out);
    if (several && sparse) {
      const T apart = least(least(s.devices, experts), T{anchor::most_experts_apart});
      t.experts = T{8.0} * c.all_to_all * layers * a.sparse * a.used * a.width *
                  (one / in + detail::ratio_beyond(apart, e.domain) / out);
    }
    const T link = one / in + exceeds(s.tensor * s.context, e.domain) * (one / out - one / in);
    t.context = T{6.0 * s.bytes} * layers * a.keys * (s.context - one) * link;
  }
  const T micro_batches = most(one, s.batch * placed / (s.devices * s.replica_micro));
  const T in_step = together + t.model_parallel + t.experts + t.context;
  t.bubble = in_step * (s.pipeline - one) / (micro_batches * s.stages.value_or(c.virtual_stages));
  const T step = in_step + t.bubble + t.optimizer;

  t.gathers = t.gradients = zero;
  T known = step;
  if (several) {
    const T beyond = exceeds(s.devices, e.domain) / (out * domain);
    if (s.gathers && !s.lora) {
      const T gather = c.gathers * kept * s.context / s.micro_batch * (one / in + beyond);
      t.gathers = detail::excess(known, gather);
      known = known + t.gathers;
    }
    const T volume =
        s.lora ? zero : c.gradients * ((n.total - n.experts) / replica + n.experts / most(replica, experts));
    const T latency = c.latency * layers * log2_devices / (T{8.0} * per_device) * T{convolution ? 0.5 : 1.0};
    const T network = volume * (one / in + beyond) / per_device + latency;
    // Gradients hide only behind the last micro-step.
    const T window = known / most(one, per_device * placed / s.micro_batch);
    t.gradients = network * network * network / (network * network + window * window);
    known = known + t.gradients;
  }

  T software = zero;
  if (s.software != Software::tuned) software = software + c.standard;
  if (s.software == Software::legacy) software = software + c.legacy;
  software = convolution ? zero : software * least(one, T{0.3} + T{0.7} * log2_devices / T{4.0});
  const T scale = c.scale * most(zero, log2_devices - T{3.0});
  const T lost = s.scope == Scope::run ? c.run : s.scope == Scope::benchmark ? c.benchmark : zero;
  t.software = known * (exponential(software + scale) - one);
  t.total = known * exponential(software + scale + lost + e.family);
  t.losses = t.total - known - t.software;
  t.productive = exponential(zero - lost);
  t.work = device * exponential(e.family + lost);
  t.busy = least(one, t.work / t.total);
  t.arithmetic = (t.products + t.attention) / device;
  const bool low = s.arithmetic == Arithmetic::eight || s.arithmetic == Arithmetic::four;
  t.floor = t.flop / (low ? e.low_peak : e.peak);
  return t;
}

}  // namespace kwhatif::predict
