// From the energy of a query to all figures of a service, for its answer and for each draw of its band.
#pragma once

#include <kwhatif/ask/serve.hpp>
#include <kwhatif/run/formulas.hpp>

#include <array>
#include <optional>

namespace kwhatif::ask {

/// The figures in any number type, in the order of ServeFigure and coherent units; what is not known is
/// absent.
template <class T>
std::array<std::optional<T>, serve_figure_count> figures_of(const serve::Served<T>& served,
                                                            const serve::Service<T>& service,
                                                            const ServeFactorsOf<T>& factors) {
  using enum ServeFigure;
  using number::named;
  const auto& [step, query] = served;
  constexpr double million = 1e6;
  const auto& work = service.work;
  const T answer = work.answer.coherent();
  std::array<std::optional<T>, serve_figure_count> values{};
  const auto out = [&](ServeFigure f) -> std::optional<T>& { return values[static_cast<std::size_t>(f)]; };
  out(device_per_token) = step.energy_per_token().coherent();
  out(facility_per_token) = named("facility energy per token", query.facility.coherent() / answer);
  out(device) = query.device.coherent();
  out(host) = query.host.coherent();
  out(idle) = query.idle.coherent();
  out(node) = query.node.coherent();
  out(provisioned) = query.provisioned.coherent();
  out(facility) = query.facility.coherent();
  std::optional<quantity::OperationalLocation<T>> by_location;
  std::optional<quantity::EmbodiedCo2e<T>> made;
  std::optional<quantity::WaterOnSite<T>> on_site;
  std::optional<quantity::WaterOffSite<T>> off_site;
  if (factors.intensity) {
    by_location = run::operational_location(query.facility,
                                            quantity::CarbonIntensity<T>::from_coherent(*factors.intensity));
    out(location) = by_location->coherent();
  }
  if (factors.market_intensity)
    out(market) = run::operational_market(
                      query.facility, quantity::CarbonIntensity<T>::from_coherent(*factors.market_intensity))
                      .coherent();
  if (factors.made) {
    made = run::embodied(query.reserved_time, quantity::DeviceCo2e<T>::from_coherent(*factors.made),
                         quantity::WallTime<T>::from_coherent(factors.life),
                         quantity::Ratio<T>::from_coherent(factors.life_use));
    out(embodied) = made->coherent();
  }
  if (by_location && made) out(total) = run::total(*by_location, *made).coherent();
  using Intensity = quantity::WaterIntensity<T>;
  if (factors.wue) {
    on_site = run::water_on_site(query.provisioned, Intensity::from_coherent(*factors.wue));
    out(water_on_site) = on_site->coherent();
  }
  if (factors.water_intensity) {
    off_site = run::water_off_site(query.facility, Intensity::from_coherent(*factors.water_intensity));
    out(water_off_site) = off_site->coherent();
  }
  if (on_site && off_site) out(water) = run::water(*on_site, *off_site).coherent();
  out(token_rate) = step.token_rate().coherent();
  out(device_token_rate) = named("tokens per second and device", *out(token_rate) / work.devices.coherent());
  out(token_time) = named("time between tokens", step.time.coherent() / work.accepted);
  out(answer_time) = named("time of an answer", *out(token_time) * answer);
  out(device_power) = step.power.coherent();
  out(utilisation) = step.utilisation;
  out(device_time) = query.device_time.coherent();
  out(reserved_time) = query.reserved_time.coherent();
  if (factors.price) {
    const auto cost =
        run::device_cost(query.reserved_time, quantity::DevicePrice<T>::from_coherent(*factors.price));
    out(query_cost) = cost.coherent();
    out(million_tokens_cost) =
        named("cost of a million tokens of answers", *out(query_cost) / answer * T(million));
  }
  if (service.image) {
    for (const ServeFigure of_tokens : {device_per_token, facility_per_token, token_rate, device_token_rate,
                                        token_time, million_tokens_cost})
      out(of_tokens).reset();
  }
  return values;
}

ServeFigures serve_figures(const serve::Served<>& served, const serve::Service<>& service,
                           const ServeFactors& factors);

}  // namespace kwhatif::ask
