// settings: what a plan says of how it trains, and what is usual where it says nothing.
//
// A Plan may leave out all but what is trained and on which device. settle() fills in batch, devices,
// recomputation, layout and software habits, so that times() has numbers; which ones were filled in is seen
// from the plan itself. The usual values are rows of the tables ("usual-…").
#pragma once

#include <kwhatif/predict/times.hpp>

#include <algorithm>
#include <array>
#include <cmath>
#include <optional>
#include <string_view>

namespace kwhatif::predict {

/// What kind of network, as far as habits differ.
enum class TrainingKind { language, encoder, vision, convolution };

/// A training as its planner knows it. Absent is unknown.
template <number::Number T>
struct Training {
  std::optional<Network<T>> network;  ///< of a given architecture, or of a usual one (usual_network)
  T gmac{};                           ///< of one sample, where there is no network      [1e9 multiply-adds]
  TrainingKind kind = TrainingKind::language;
  /// Devices that tell which software is likely, where it is not said; absent: `devices`. What-ifs of one
  /// user have one software, however many devices each has.
  std::optional<double> likely_devices;
  std::optional<T> length;       ///< of a sequence                                       [token]
  std::optional<T> devices;      ///< n                                                   >= 1
  std::optional<T> batch;        ///< per step, all devices                               [token] ([sample])
  std::optional<T> micro_batch;  ///< of one replica                                      [token]
  std::optional<T> tensor, pipeline, context, expert_parallel, stages;
  std::optional<T> recomputed;  ///< share of the forward pass done again                 [1] 0 to 1
  std::optional<T> memory;      ///< of a device; bases of LoRA have to fit               [B]
  std::optional<double> year;   ///< of the software
  std::optional<Software> software;
  std::optional<bool> compiled;
  std::optional<bool> fused_attention;
  std::optional<int> zero;  ///< 0 to 3: what is sharded over the replicas
  bool causal = true;
  bool lora = false;
  Arithmetic arithmetic = Arithmetic::half;
  double bytes = 2;
  Scope scope = Scope::run;
  friend bool operator==(const Training&, const Training&) = default;
};

/// What is usual (rows "usual-…" of the tables).
struct Usual {
  double recomputed = 0;        ///< above `recomputing_from`
  double recomputing_from = 0;  ///< parameters
  double devices = 0;           ///< times sqrt(parameters), to a power of two
  double least_devices = 0, most_devices = 0;
  double batch = 0;  ///< tokens, at `batch_at` active parameters
  double batch_at = 0, batch_power = 0, least_batch = 0, most_batch = 0;
  double batch_by_devices = 0;   ///< tokens up to which each device gets a sequence
  double lora_batch = 0;         ///< sequences
  double encoder_batch = 0;      ///< tokens, at least
  double encoder_sequences = 0;  ///< a device
  double convolution_batch = 0;  ///< samples a device
  double micro_batch = 0;        ///< tokens, at width `micro_batch_at`
  double micro_batch_at = 0, micro_batch_width = 0, convolution_micro_batch = 0;
  double length = 0;        ///< of a sequence
  double year = 0;          ///< of current software; also where ages begin
  double oldest = 0;        ///< years back that still make a difference
  double memory = 0;        ///< share of a device's memory that frozen bases may take
  double sharded_from = 0;  ///< parameters from which every software shards the optimizer
  double aspect = 0, aspect_at = 0, aspect_power = 0, least_aspect = 0, most_aspect = 0;
  double vocabulary = 0, least_blocks = 0;
  double software_devices = 0;      ///< that unknown software is judged by
  double busy = 0, arithmetic = 0;  ///< of a device, and of that work, where the work is unknown
  double sparse_vocabulary = 0, sparse_volume = 0, sparse_aspect = 0, sparse_blocks = 0;
  double sparse_attention = 0, sparse_used = 0, sparse_keys = 0;
};

struct UsualField {
  std::string_view name;
  double Usual::*member;
};
inline constexpr std::array usual_fields{
    UsualField{"recomputed", &Usual::recomputed},
    UsualField{"recomputing-from", &Usual::recomputing_from},
    UsualField{"devices", &Usual::devices},
    UsualField{"least-devices", &Usual::least_devices},
    UsualField{"most-devices", &Usual::most_devices},
    UsualField{"batch", &Usual::batch},
    UsualField{"batch-at", &Usual::batch_at},
    UsualField{"batch-power", &Usual::batch_power},
    UsualField{"least-batch", &Usual::least_batch},
    UsualField{"most-batch", &Usual::most_batch},
    UsualField{"batch-by-devices", &Usual::batch_by_devices},
    UsualField{"lora-batch", &Usual::lora_batch},
    UsualField{"encoder-batch", &Usual::encoder_batch},
    UsualField{"encoder-sequences", &Usual::encoder_sequences},
    UsualField{"convolution-batch", &Usual::convolution_batch},
    UsualField{"micro-batch", &Usual::micro_batch},
    UsualField{"micro-batch-at", &Usual::micro_batch_at},
    UsualField{"micro-batch-width", &Usual::micro_batch_width},
    UsualField{"convolution-micro-batch", &Usual::convolution_micro_batch},
    UsualField{"length", &Usual::length},
    UsualField{"year", &Usual::year},
    UsualField{"oldest", &Usual::oldest},
    UsualField{"memory", &Usual::memory},
    UsualField{"sharded-from", &Usual::sharded_from},
    UsualField{"aspect", &Usual::aspect},
    UsualField{"aspect-at", &Usual::aspect_at},
    UsualField{"aspect-power", &Usual::aspect_power},
    UsualField{"least-aspect", &Usual::least_aspect},
    UsualField{"most-aspect", &Usual::most_aspect},
    UsualField{"vocabulary", &Usual::vocabulary},
    UsualField{"least-blocks", &Usual::least_blocks},
    UsualField{"software-devices", &Usual::software_devices},
    UsualField{"busy", &Usual::busy},
    UsualField{"arithmetic", &Usual::arithmetic},
    UsualField{"sparse-vocabulary", &Usual::sparse_vocabulary},
    UsualField{"sparse-volume", &Usual::sparse_volume},
    UsualField{"sparse-aspect", &Usual::sparse_aspect},
    UsualField{"sparse-blocks", &Usual::sparse_blocks},
    UsualField{"sparse-attention", &Usual::sparse_attention},
    UsualField{"sparse-used", &Usual::sparse_used},
    UsualField{"sparse-keys", &Usual::sparse_keys},
};

namespace detail {
inline constexpr int width_steps = 4;  // of a fixed point that moves by less than 1e-4 then

template <number::Number T>
T cube_root(const T& x) {
  return number::power(x, 1.0 / 3.0);
}
}  // namespace detail

/// A usual transformer of this size: depth, widths and vocabulary from parameters alone.
///
///   dense: d/L = clip(a (N/N0)^p), gated feed-forward of 8/3 d, so that 12 L d² = N - V d
///   experts: d/L = 100, attention 2.8 d² a layer, 8 experts a token
///
/// @param total   all parameters                 [param] > 0
/// @param active  used per token; absent: dense  [param] <= total
template <number::Number T>
Network<T> usual_network(const Usual& u, const T& total, const std::optional<T>& active) {
  using number::least;
  using number::most;
  const T one{1.0};
  Network<T> out;
  out.whole = false;
  constexpr double nearly_all = 0.9;
  if (!active || number::value(*active) > nearly_all * number::value(total)) {
    const T vocabulary{u.vocabulary};
    const T aspect =
        least(T{u.most_aspect},
              most(T{u.least_aspect}, T{u.aspect} * number::power(total / T{u.aspect_at}, u.aspect_power)));
    T d = detail::cube_root(total * aspect / T{12.0});
    for (int i = 0; i < detail::width_steps; ++i)
      d = most(T{64.0},
               detail::cube_root(most(total - vocabulary * d, T{u.least_blocks} * total) * aspect / T{12.0}));
    out.layers = most(one, d / aspect);
    out.width = out.keys = out.queries = d;
    out.feed_forward = T{8.0 / 3.0} * d;
    out.vocabulary = vocabulary;
    return out;
  }
  const T vocabulary{u.sparse_vocabulary};
  const T volume{u.sparse_volume};
  const T aspect{u.sparse_aspect};
  T d = detail::cube_root(*active * aspect / volume);
  for (int i = 0; i < detail::width_steps; ++i)
    d = detail::cube_root(most(*active - vocabulary * d, T{u.sparse_blocks} * *active) * aspect / volume);
  const T layers = d / aspect;
  const T attention = T{u.sparse_attention} * d * d;
  const T passed = most((*active - vocabulary * d - layers * attention) / (layers * T{3.0} * d), d);
  out.layers = layers;
  out.width = out.queries = d;
  out.keys = d * T{u.sparse_keys};
  out.feed_forward = passed;
  out.vocabulary = vocabulary;
  out.attention = attention;
  out.sparse = one;
  out.used = T{u.sparse_used};
  out.expert_width = passed / out.used;
  out.experts = most(out.used, (total - *active) / (layers * T{3.0} * d * out.expert_width) + out.used);
  return out;
}

/// Devices that a training of this size usually has, where the plan does not say.
template <number::Number T>
T usual_devices(const Usual& u, const Training<T>& t, const T& parameters, const T& length) {
  using number::least;
  using number::most;
  const T doublings =
      number::logarithm(most(T{1.0}, T{u.devices} * number::root(parameters))) / T{0.693147180559945309417};
  const T nearest = number::whole_up(doublings - T{0.5});
  T n = least(T{u.most_devices},
              most(T{u.least_devices}, number::exponential(nearest * T{0.693147180559945309417})));
  if (t.batch) n = most(T{1.0}, least(n, *t.batch / length / T{2.0}));
  return n;
}

/// The settings of a plan under one class of software.
template <number::Number T>
Settings<T> settle(const Usual& u, const Training<T>& t, Software software) {
  using number::least;
  using number::most;
  const T zero{0.0};
  const T one{1.0};
  const bool convolution = !t.network.has_value();
  const Weights<T> n = convolution ? Weights<T>{zero, zero, zero, T{anchor::convolution_parameters}, zero}
                                   : weights(*t.network);
  Settings<T> s;
  s.software = software;
  s.arithmetic = t.arithmetic;
  s.bytes = t.bytes;
  s.scope = t.scope;
  s.lora = !convolution && t.lora;
  s.causal = t.causal;
  s.unfused = software == Software::legacy || (t.compiled ? !*t.compiled : software != Software::tuned);
  s.fused_attention = t.fused_attention.value_or(software != Software::legacy);
  s.age = T{std::min(u.oldest, std::max(0.0, u.year - t.year.value_or(u.year)))};
  s.length = convolution ? one : t.length.value_or(T{u.length});
  s.recomputed = zero;
  if (!convolution) {
    if (t.recomputed)
      s.recomputed = *t.recomputed;
    else if (number::value(n.total) > u.recomputing_from)
      s.recomputed = T{u.recomputed * (s.lora ? 0.5 : 1.0)};
  }
  s.devices = t.devices ? *t.devices : usual_devices(u, t, n.total, s.length);
  if (t.batch)
    s.batch = *t.batch;
  else if (convolution)
    s.batch = s.devices * T{u.convolution_batch};
  else if (t.kind != TrainingKind::language)
    s.batch = most(T{u.encoder_batch}, s.devices * T{u.encoder_sequences} * s.length);
  else
    s.batch =
        most(least(s.devices * s.length, T{u.batch_by_devices}),
             s.lora ? T{u.lora_batch} * s.length
                    : least(T{u.most_batch},
                            most(T{u.least_batch},
                                 T{u.batch} * number::power((n.dense + n.expert + n.head) / T{u.batch_at},
                                                            u.batch_power))));
  const T per_device = s.batch / s.devices;
  s.needed = convolution ? one : most(one, s.devices * s.length / s.batch);
  if (s.lora && t.memory && number::value(s.devices) > 1) {
    constexpr double ln2 = 0.693147180559945309417;
    const T bases = T{2.0} * n.total / (T{u.memory} * *t.memory);
    s.needed =
        most(s.needed,
             number::exponential(number::whole_up(number::logarithm(most(one, bases)) / T{ln2}) * T{ln2}));
  }
  s.needed = least(s.needed, s.devices);
  s.slices = !convolution && t.micro_batch.has_value();
  if (t.micro_batch) {
    s.micro_batch = s.replica_micro = *t.micro_batch;
  } else {
    const T width = convolution ? T{u.micro_batch_width} : most(t.network->width, T{u.micro_batch_width});
    const T usual = convolution ? T{u.convolution_micro_batch}
                                : T{u.micro_batch} * number::root(T{u.micro_batch_at} / width);
    s.micro_batch = least(per_device * s.needed, most(s.length, usual));
    s.replica_micro = s.length;
  }
  if (!convolution) {
    s.tensor = t.tensor.value_or(one);
    s.pipeline = t.pipeline.value_or(one);
    s.context = t.context.value_or(one);
    s.stages = t.stages;
    s.expert_parallel = t.expert_parallel.value_or(most(one, t.network->experts));
    const double held = number::value(t.network->width) / number::value(s.tensor);
    constexpr double tile = 64;
    const double width = number::value(t.network->width);
    s.odd_width = width == std::floor(width) && std::fmod(held, tile) != 0;
  }
  s.sharded_optimizer = software == Software::tuned || number::value(n.total) > u.sharded_from;
  s.gathers = t.zero == 3;
  return s;
}

}  // namespace kwhatif::predict
