// quantity: dimension-checked numbers, the unit table, reading and printing of text such as "0.429 kg/kWh".
//
// The dimensions are those of the subject, not of mechanics: energy, CO2e, FLOP, token and device are base
// dimensions of their own, so that "device-hours" and "hours", or FLOP and FLOP per second, cannot be
// mistaken for each other by the compiler. Values are held in the coherent unit of their dimension (J, s, kg
// CO2e, FLOP, token, parameter, device, USD, L, m, B); text and the display units exist only at the borders
// (parse, format).
//
// Quantity<D, T, Kind> is a number of type T with dimension D. Kind separates what has the same dimension but
// must not be added by accident: IT and facility energy, location- and market-based CO2e, operational and
// embodied. T is any number type (module `number`); this module knows none of them but double.
#pragma once

#include <compare>
#include <cstdint>
#include <string>

namespace kwhatif::quantity {

/// Exponents of the base dimensions.
struct Dimension {
  std::int8_t time = 0;
  std::int8_t energy = 0;
  std::int8_t co2e = 0;
  std::int8_t flop = 0;
  std::int8_t token = 0;
  std::int8_t parameter = 0;
  std::int8_t device = 0;
  std::int8_t money = 0;
  std::int8_t water = 0;
  std::int8_t length = 0;
  std::int8_t data = 0;
  std::int8_t sample = 0;

  friend constexpr bool operator==(const Dimension&, const Dimension&) = default;
};

namespace detail {
constexpr std::int8_t sum(std::int8_t a, std::int8_t b) { return static_cast<std::int8_t>(a + b); }
constexpr std::int8_t negated(std::int8_t a) { return static_cast<std::int8_t>(-a); }
}  // namespace detail

constexpr Dimension operator*(const Dimension& a, const Dimension& b) {
  using detail::sum;
  return {sum(a.time, b.time),     sum(a.energy, b.energy), sum(a.co2e, b.co2e),
          sum(a.flop, b.flop),     sum(a.token, b.token),   sum(a.parameter, b.parameter),
          sum(a.device, b.device), sum(a.money, b.money),   sum(a.water, b.water),
          sum(a.length, b.length), sum(a.data, b.data),     sum(a.sample, b.sample)};
}

constexpr Dimension inverse(const Dimension& a) {
  using detail::negated;
  return {negated(a.time),  negated(a.energy),    negated(a.co2e),   negated(a.flop),
          negated(a.token), negated(a.parameter), negated(a.device), negated(a.money),
          negated(a.water), negated(a.length),    negated(a.data),   negated(a.sample)};
}

constexpr Dimension operator/(const Dimension& a, const Dimension& b) { return a * inverse(b); }

/// The same dimension without its device exponent: what a person writes ("330 W" for watts per device).
constexpr Dimension per_any_device(Dimension d) {
  d.device = 0;
  return d;
}

namespace dim {
inline constexpr Dimension one{};
inline constexpr Dimension time{.time = 1};
inline constexpr Dimension energy{.energy = 1};
inline constexpr Dimension power = energy / time;
inline constexpr Dimension co2e{.co2e = 1};
inline constexpr Dimension flop{.flop = 1};
inline constexpr Dimension token{.token = 1};
inline constexpr Dimension parameter{.parameter = 1};
inline constexpr Dimension device{.device = 1};
inline constexpr Dimension money{.money = 1};
inline constexpr Dimension water{.water = 1};
inline constexpr Dimension length{.length = 1};
inline constexpr Dimension area = length * length;
inline constexpr Dimension data{.data = 1};
inline constexpr Dimension sample{.sample = 1};
inline constexpr Dimension device_time = device * time;
inline constexpr Dimension device_power = power / device;
inline constexpr Dimension flop_rate = flop / time;
inline constexpr Dimension device_flop_rate = flop_rate / device;
inline constexpr Dimension flop_per_parameter_token = flop / (parameter * token);
inline constexpr Dimension flop_per_token = flop / token;
inline constexpr Dimension carbon_intensity = co2e / energy;
inline constexpr Dimension water_intensity = water / energy;
inline constexpr Dimension device_price = money / device_time;
inline constexpr Dimension device_purchase = money / device;
inline constexpr Dimension device_co2e = co2e / device;
inline constexpr Dimension co2e_per_power = co2e / power;
inline constexpr Dimension price_rate = money / time;
inline constexpr Dimension energy_price = money / energy;
inline constexpr Dimension bandwidth = data / time;
inline constexpr Dimension token_rate = token / time;
inline constexpr Dimension device_token_rate = token / device_time;
inline constexpr Dimension token_per_sample = token / sample;
inline constexpr Dimension flop_per_sample = flop / sample;
inline constexpr Dimension sample_rate = sample / time;
inline constexpr Dimension device_sample_rate = sample / device_time;
inline constexpr Dimension step_rate = one / time;
}  // namespace dim

/// What a dimension measures, in words: "power", "mass of CO2e per energy", "a plain number".
std::string describe(const Dimension& dimension);

}  // namespace kwhatif::quantity
