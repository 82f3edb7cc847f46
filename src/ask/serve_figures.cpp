#include "serve_figures.hpp"

#include <kwhatif/quantity/format.hpp>

namespace kwhatif::ask {

namespace {

namespace dim = quantity::dim;
using enum ServeFigure;
constexpr quantity::Dimension energy_per_token = dim::energy / dim::token;

constexpr std::array<ServeFigureInfo, serve_figure_count> figures{{
    {device_per_token, "device_j_per_token", "", "Devices, per token of the answer", energy_per_token},
    {facility_per_token, "facility_j_per_token", "", "Facility, per token of the answer", energy_per_token},
    {device, "device_wh_per_query", "Wh", "Devices, while serving", dim::energy},
    {host, "host_wh_per_query", "Wh", "Hosts, idle time included", dim::energy},
    {idle, "idle_wh_per_query", "Wh", "Devices, in the idle time", dim::energy},
    {node, "node_wh_per_query", "Wh", "Nodes, while serving", dim::energy},
    {provisioned, "provisioned_wh_per_query", "Wh", "Provisioned, idle time included", dim::energy},
    {facility, "facility_wh_per_query", "Wh", "Facility", dim::energy},
    {location, "operational_location_g_per_query", "g", "CO2e, location-based", dim::co2e},
    {market, "operational_market_g_per_query", "g", "CO2e, market-based", dim::co2e},
    {embodied, "embodied_g_per_query", "g", "CO2e of manufacture", dim::co2e},
    {total, "total_g_per_query", "g", "CO2e, location-based and of manufacture", dim::co2e},
    {water_on_site, "water_on_site_ml_per_query", "mL", "Water on site", dim::water},
    {water_off_site, "water_off_site_ml_per_query", "mL", "Water of the power stations", dim::water},
    {water, "water_ml_per_query", "mL", "Water", dim::water},
    {token_rate, "tokens_per_second", "", "Tokens of answers per second, while serving", dim::token_rate},
    {device_token_rate, "tokens_per_second_per_device", "", "The same per device", dim::device_token_rate},
    {token_time, "token_seconds", "", "Time between the tokens of one answer", dim::time},
    {answer_time, "answer_seconds", "", "Time of one answer", dim::time},
    {device_power, "device_power_w", "", "Power of all devices, while serving", dim::power},
    {utilisation, "utilisation", "", "Utilisation of the 16-bit peak", dim::one},
    {device_time, "device_seconds_per_query", "", "Device-time, while serving", dim::device_time},
    {reserved_time, "reserved_device_seconds_per_query", "", "Device-time, idle time included",
     dim::device_time},
    {query_cost, "cost_usd_per_query", "", "Cost of a query", dim::money},
    {million_tokens_cost, "cost_usd_per_million_tokens", "", "Cost of a million tokens of answers",
     dim::money},
}};

}  // namespace

std::span<const ServeFigureInfo, serve_figure_count> serve_figure_table() { return figures; }

std::optional<double> ServeFigures::machine(const ServeFigureInfo& info) const {
  const auto& coherent = (*this)[info.figure];
  if (!coherent || info.unit.empty()) return coherent;
  return quantity::to_unit(*coherent, info.unit);
}

ServeFigures serve_figures(const serve::Served<>& served, const serve::Service<>& service,
                           const ServeFactors& factors) {
  return {.values = figures_of(served, service, factors)};
}

}  // namespace kwhatif::ask
