// The inputs of times() over another number type, each number a constant of it.
#pragma once

#include <kwhatif/predict/times.hpp>

#include <optional>

namespace kwhatif::predict {

namespace detail {
template <class To>
std::optional<To> lifted(const std::optional<double>& x) {
  return x ? std::optional<To>{To{*x}} : std::nullopt;
}
}  // namespace detail

template <number::Number T>
Network<T> lift(const Network<double>& a) {
  Network<T> out;
  out.layers = T{a.layers};
  out.width = T{a.width};
  out.feed_forward = T{a.feed_forward};
  out.keys = T{a.keys};
  out.queries = T{a.queries};
  out.vocabulary = T{a.vocabulary};
  out.gates = a.gates;
  out.attention = detail::lifted<T>(a.attention);
  out.heads = detail::lifted<T>(a.heads);
  out.sparse = T{a.sparse};
  out.experts = T{a.experts};
  out.used = T{a.used};
  out.expert_width = T{a.expert_width};
  out.shared_width = T{a.shared_width};
  out.reach = T{a.reach};
  out.whole = a.whole;
  return out;
}

template <number::Number T>
Settings<T> lift(const Settings<double>& s) {
  Settings<T> out;
  out.length = T{s.length};
  out.devices = T{s.devices};
  out.batch = T{s.batch};
  out.micro_batch = T{s.micro_batch};
  out.replica_micro = T{s.replica_micro};
  out.needed = T{s.needed};
  out.tensor = T{s.tensor};
  out.pipeline = T{s.pipeline};
  out.context = T{s.context};
  out.expert_parallel = T{s.expert_parallel};
  out.stages = detail::lifted<T>(s.stages);
  out.recomputed = T{s.recomputed};
  out.age = T{s.age};
  out.bytes = s.bytes;
  out.slices = s.slices;
  out.lora = s.lora;
  out.causal = s.causal;
  out.fused_attention = s.fused_attention;
  out.unfused = s.unfused;
  out.sharded_optimizer = s.sharded_optimizer;
  out.gathers = s.gathers;
  out.odd_width = s.odd_width;
  out.arithmetic = s.arithmetic;
  out.software = s.software;
  out.scope = s.scope;
  return out;
}

template <number::Number T>
Engine<T> lift(const Engine<double>& e) {
  return {.peak = T{e.peak},
          .efficiency = T{e.efficiency},
          .low_peak = T{e.low_peak},
          .low_efficiency = T{e.low_efficiency},
          .memory_rate = T{e.memory_rate},
          .scale_up = T{e.scale_up},
          .network = T{e.network},
          .domain = T{e.domain},
          .family = T{e.family},
          .program = e.program};
}

}  // namespace kwhatif::predict
