// How sure the figures of a service are, and what batch and load would change.
#include "serve_bands.hpp"

#include "serve_figures.hpp"

#include <algorithm>

namespace kwhatif::ask {

std::array<std::optional<serve::Percentiles>, serve_figure_count> bands(const ServeCase& service,
                                                                        const serve::Unknowns& unknowns) {
  std::array<std::optional<serve::Percentiles>, serve_figure_count> out{};
  const auto drawn = serve::draws(service.service, unknowns);
  std::array<std::vector<double>, serve_figure_count> values;
  for (auto& v : values) v.reserve(drawn.size());
  ServeFactors factors = service.factors;
  for (const serve::ServiceDraw& draw : drawn) {
    if (factors.intensity) factors.intensity = *service.factors.intensity * draw.intensity_factor;
    const auto figures = serve_figures(draw.served, service.service.work, factors);
    for (std::size_t i = 0; i < values.size(); ++i) {
      if (figures.values[i]) values[i].push_back(*figures.values[i]);
    }
  }
  for (std::size_t i = 0; i < values.size(); ++i) {
    if (values[i].empty()) continue;
    const auto [low, high] = std::ranges::minmax(values[i]);
    if (high > low) out[i] = serve::percentiles(std::move(values[i]));
  }
  return out;
}

std::vector<ServeCase::Elsewhere> elsewhere(const ServeCase& service) {
  std::vector<ServeCase::Elsewhere> out;
  constexpr std::array batches{1., 8., 64., 256.};
  constexpr std::array loads{1., 0.5, 0.2};
  const double room = service.memory.largest_batch();
  for (const double batch : batches) {
    for (const double load : loads) {
      serve::Service<> other = service.service;
      other.work.batch = serve::Requests<>::from_coherent(batch);
      other.provision.load = load;
      const auto served = serve::served(other);
      out.push_back({.batch = batch,
                     .load = load,
                     .device_per_token = served.step.energy_per_token().coherent(),
                     .facility = served.query.facility.coherent(),
                     .has_room = batch <= room});
    }
  }
  return out;
}

}  // namespace kwhatif::ask
