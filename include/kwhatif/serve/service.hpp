// A service in numbers: its answer, the batch that arrivals lead to, and what fits into memory.
#pragma once

#include <kwhatif/serve/step.hpp>

#include <cstdint>
#include <optional>

namespace kwhatif::serve {

/// All that the energy of a query follows from.
template <class T = double>
struct Service {
  ServedModel<T> model;
  ServingDevice<T> device;
  EngineConstants<T> engine;
  Workload<T> work;
  Provision<T> provision;
};

template <class T = double>
struct Served {
  Step<T> step;
  QueryEnergy<T> query;
};

template <class T>
Served<T> served(const Service<T>& service) {
  const auto of_step = step(service.model, service.device, service.engine, service.work);
  return {of_step, query_energy(service.device, service.work, of_step, service.provision)};
}

/// What a stream of requests does to one instance.
struct Arrivals {
  Requests<> batch;        ///< in flight while it serves, at least 1
  double busy = 1;         ///< share of the time in which any request is in flight
  bool saturated = false;  ///< more arrive than it can answer at its largest batch
};

/// Little's law: b = rate · o · t(b) / accepted, solved for b; below one request in flight the device idles
/// between them.
///
/// @param rate        of requests to the instance               [1/s]  > 0
/// @param most_batch  that engine and memory take at once       >= 1
/// @param slower      factor on the time of a step: what the model of it may miss
/// @tested  golden: tests/serve/worked_examples.csv (arrivals); limits: one request at a time, saturation
Arrivals arrivals(Service<> service, Quantity<quantity::dim::step_rate> rate, Requests<> most_batch,
                  double slower = 1);

/// Memory of an instance.
struct ServiceMemory {
  Bytes<> weights;      ///< of all replicas
  Bytes<> per_request;  ///< keys and values at the end of its answer
  Bytes<> usable;       ///< of all devices
  bool weights_fit() const { return weights <= usable; }
  /// Requests whose keys and values have room; 0 where the weights alone have none.
  double largest_batch() const;
};

/// @param device_memory  of one device
/// @param usable         share of it that weights and keys and values may fill
ServiceMemory service_memory(const ServedModel<>& model, const Workload<>& work, Bytes<> device_memory,
                             double usable);

/// The least power of two of devices that holds the model with this batch; none up to `most`.
std::optional<std::uint64_t> fewest_devices(const ServedModel<>& model, const Workload<>& work,
                                            Bytes<> device_memory, double usable, std::uint64_t most = 4096);

}  // namespace kwhatif::serve
