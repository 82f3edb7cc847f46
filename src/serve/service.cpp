#include <kwhatif/serve/service.hpp>

#include <algorithm>
#include <cmath>
#include <limits>

namespace kwhatif::serve {

Arrivals arrivals(Service<> service, Quantity<quantity::dim::step_rate> rate, Requests<> most_batch,
                  double slower) {
  // requests in flight that a batch of b would let pile up
  const auto led_to = [&](double b) {
    service.work.batch = Requests<>::from_coherent(b);
    const auto s = step(service.model, service.device, service.engine, service.work);
    return rate.coherent() * service.work.answer.coherent() * s.time.coherent() * slower /
           service.work.accepted;
  };
  const double alone = led_to(1);
  if (alone <= 1) return {.batch = Requests<>::from_coherent(1), .busy = alone};
  double low = 1, high = std::max(1.0, most_batch.coherent());
  if (led_to(high) > high) return {.batch = Requests<>::from_coherent(high), .saturated = true};
  constexpr int halvings = 200;  // until the two are neighbours
  for (int i = 0; i < halvings && low < high; ++i) {
    const double middle = low + (high - low) / 2;
    if (middle <= low || middle >= high) break;
    (led_to(middle) > middle ? low : high) = middle;
  }
  return {.batch = Requests<>::from_coherent(high)};
}

double ServiceMemory::largest_batch() const {
  if (!weights_fit()) return 0;
  if (per_request.coherent() <= 0) return std::numeric_limits<double>::infinity();
  return std::floor((usable - weights).coherent() / per_request.coherent());
}

ServiceMemory service_memory(const ServedModel<>& model, const Workload<>& work, Bytes<> device_memory,
                             double usable) {
  const auto weights = model.total * model.weight;
  return {.weights = Bytes<>::from_coherent(weights.coherent() * work.replicas),
          .per_request = cache_bytes(model, work.prompt + work.answer, Cached::stored) +
                         Bytes<>::from_coherent(model.state.coherent()),
          .usable = Bytes<>::from_coherent(device_memory.coherent() * work.devices.coherent() * usable)};
}

std::optional<std::uint64_t> fewest_devices(const ServedModel<>& model, const Workload<>& work,
                                            Bytes<> device_memory, double usable, std::uint64_t most) {
  Workload<> tried = work;
  for (std::uint64_t n = 1; n <= most; n *= 2) {
    tried.devices = quantity::Devices<>::from_coherent(static_cast<double>(n));
    const auto memory = service_memory(model, tried, device_memory, usable);
    if (memory.largest_batch() >= std::max(1.0, work.batch.coherent())) return n;
  }
  return std::nullopt;
}

}  // namespace kwhatif::serve
