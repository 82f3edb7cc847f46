// Whether a need fits into devices, and the fewest devices that it fits into.
#include <kwhatif/model/memory.hpp>

#include <algorithm>
#include <array>
#include <cmath>

namespace kwhatif::model {

std::string_view fit_name(Fit fit) {
  constexpr std::array<std::string_view, 3> names{"fits", "may fit", "does not fit"};
  return names.at(static_cast<std::size_t>(fit));
}

Fit fit_of(const MemoryNeed& need, Memory device, const MemoryCalibration& calibration) {
  const Memory usable = Memory::from_coherent(calibration.usable * device.coherent());
  if (need.high <= usable) return Fit::fits;
  return need.low <= usable ? Fit::may_fit : Fit::does_not_fit;
}

double fewest_for_states(double parameters, double bytes_per_parameter, Memory device) {
  constexpr double usable = 0.9;
  return std::ceil(bytes_per_parameter * parameters / (usable * device.coherent()));
}

std::optional<FittingPlan> smallest_fit(const Architecture& architecture, const Inventory& inventory,
                                        const MemoryOptions& options, const MemoryCalibration& calibration,
                                        Memory device, Fit worst, Count most_devices) {
  Count layers = 1;
  for (const Stack& stack : architecture.stacks) {
    for (const Block& block : stack.blocks) layers += block.layers;
  }
  std::optional<FittingPlan> best;
  const std::uint64_t step = options.parallelism.expert.value();
  const auto need_of = [&](const Parallelism& p) {
    MemoryOptions o = options;
    o.parallelism = p;
    return training_memory(architecture, inventory, o, calibration);
  };
  const auto suffices = [&](const Parallelism& p) {
    return fit_of(need_of(p), device, calibration) <= worst;
  };
  constexpr std::array<std::uint64_t, 4> within_a_server = {1, 2, 4, 8};
  for (const std::uint64_t tensor : within_a_server) {
    for (std::uint64_t pipeline = 1; pipeline <= layers.value(); pipeline *= 2) {
      const Count most = best ? best->parallelism.devices() - Count{1} : most_devices;
      Parallelism p = options.parallelism;
      p.tensor = tensor;
      p.pipeline = pipeline;
      // In steps of the expert group. Memory falls with the data-parallel degree: bisection finds the
      // smallest.
      std::uint64_t low = 1;
      const std::uint64_t others = tensor * pipeline * p.context.value() * step;
      std::uint64_t high = p.zero_stage == 0 ? 1 : most.value() / others;
      p.data = high * step;
      if (high == 0 || p.devices() > most || !suffices(p)) continue;
      while (low < high) {
        const std::uint64_t middle = low + (high - low) / 2;
        p.data = middle * step;
        if (suffices(p)) {
          high = middle;
        } else {
          low = middle + 1;
        }
      }
      p.data = high * step;
      best = FittingPlan{p, need_of(p)};
    }
  }
  return best;
}

Memory key_value_cache_per_token(const Architecture& architecture, double bytes_per_element) {
  double elements = 0;
  for (const Stack& stack : architecture.stacks) {
    if (architecture.kind == Kind::encoder_decoder && stack.side != Side::decoder) continue;
    for (const Block& block : stack.blocks) {
      if (!block.attention || block.attention->outside) continue;
      const Attention& a = *block.attention;
      const Count width = a.latent ? a.latent->key_value_rank + a.latent->rope_dim
                                   : a.key_value_heads * (a.head_dim + a.value_dim);
      elements += (block.layers * width).as_double();
    }
  }
  return Memory::from_coherent(elements * bytes_per_element);
}

}  // namespace kwhatif::model
