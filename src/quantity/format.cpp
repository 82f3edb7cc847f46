#include <kwhatif/diag/diagnostic.hpp>
#include <kwhatif/quantity/format.hpp>
#include <kwhatif/quantity/units.hpp>

#include <algorithm>
#include <array>
#include <charconv>
#include <cmath>
#include <cstdlib>
#include <limits>
#include <span>

namespace kwhatif::quantity {

namespace {

std::string strip_exponent_zeros(std::string text) {  // "3.14e+23" -> "3.14e23", "1e-05" -> "1e-5"
  const auto e = text.find('e');
  if (e == std::string::npos) return text;
  std::string out = text.substr(0, e + 1);
  std::size_t i = e + 1;
  if (i < text.size() && (text[i] == '+' || text[i] == '-')) {
    if (text[i] == '-') out += '-';
    ++i;
  }
  while (i + 1 < text.size() && text[i] == '0') ++i;
  return out + text.substr(i);
}

// What is no number is never printed: it is an error of the inputs that led to it. No negative zero either.
double printable(double value) {
  if (!std::isfinite(value))
    throw diag::ScenarioError(
        {.code = "not-finite",
         .message = "a result is beyond what a number can hold",
         .help =
             "one of the inputs is extremely small or large: `kwhatif explain` with ordinary values shows "
             "what it is multiplied with"});
  return value == 0 ? 0 : value;
}

template <class... Format>
std::string chars(double value, Format... format) {
  std::array<char, 400> buffer{};
  const auto end = std::to_chars(buffer.data(), buffer.data() + buffer.size(), value, format...).ptr;
  return {buffer.data(), end};
}

struct DisplayUnit {
  double scale;  // coherent units in one display unit
  std::string_view name;
};

// Ascending; the largest one that leaves the number at or above 1 is used.
constexpr std::array energy_units{DisplayUnit{3.6e3, "Wh"},   DisplayUnit{3.6e6, "kWh"},
                                  DisplayUnit{3.6e9, "MWh"},  DisplayUnit{3.6e12, "GWh"},
                                  DisplayUnit{3.6e15, "TWh"}, DisplayUnit{3.6e18, "PWh"}};
constexpr std::array co2e_units{DisplayUnit{1e-6, "mg"}, DisplayUnit{1e-3, "g"}, DisplayUnit{1, "kg"},
                                DisplayUnit{1e3, "t"},   DisplayUnit{1e6, "kt"}, DisplayUnit{1e9, "Mt"},
                                DisplayUnit{1e12, "Gt"}};
constexpr std::array power_units{DisplayUnit{1e-3, "mW"}, DisplayUnit{1, "W"}, DisplayUnit{1e3, "kW"},
                                 DisplayUnit{1e6, "MW"}, DisplayUnit{1e9, "GW"}};
constexpr std::array time_units{DisplayUnit{1e-3, "ms"}, DisplayUnit{1, "s"},     DisplayUnit{60, "min"},
                                DisplayUnit{3600, "h"},  DisplayUnit{172800, ""}, DisplayUnit{63072000, ""}};
constexpr std::array rate_units{DisplayUnit{1, "FLOP/s"}, DisplayUnit{1e9, "GFLOP/s"},
                                DisplayUnit{1e12, "TFLOP/s"}, DisplayUnit{1e15, "PFLOP/s"},
                                DisplayUnit{1e18, "EFLOP/s"}};
constexpr std::array count_units{DisplayUnit{1, ""}, DisplayUnit{1e3, "k"}, DisplayUnit{1e6, "M"},
                                 DisplayUnit{1e9, "B"}, DisplayUnit{1e12, "T"}};
constexpr std::array money_units{DisplayUnit{1, "USD"}, DisplayUnit{1e3, "kUSD"}, DisplayUnit{1e6, "M USD"},
                                 DisplayUnit{1e9, "B USD"}};
constexpr std::array length_units{DisplayUnit{1e-9, "nm"}, DisplayUnit{1e-6, "µm"}, DisplayUnit{1e-3, "mm"},
                                  DisplayUnit{1, "m"}, DisplayUnit{1e3, "km"}};
constexpr std::array data_units{DisplayUnit{1, "B"},    DisplayUnit{1e3, "kB"},  DisplayUnit{1e6, "MB"},
                                DisplayUnit{1e9, "GB"}, DisplayUnit{1e12, "TB"}, DisplayUnit{1e15, "PB"}};
constexpr std::array water_units{DisplayUnit{1e-3, "mL"}, DisplayUnit{1, "L"}, DisplayUnit{1e3, "m3"}};

// The scale is chosen after rounding to the printed digits, so that 999.7 kWh prints as "1 MWh" and not "1000
// kWh".
std::string scaled(double value, std::span<const DisplayUnit> units, int digits) {
  const DisplayUnit* best = &units.front();
  for (const DisplayUnit& u : units) {
    const double rounded = std::fabs(value / u.scale) * (1.0 + 0.5 * std::pow(10.0, -digits));
    if (rounded >= 1.0) best = &u;
  }
  if (value == 0) {
    for (const DisplayUnit& u : units) {
      if (u.scale == 1 || u.name == "kWh") best = &u;
    }
  }
  std::string out = significant(value / best->scale, digits);
  if (!best->name.empty()) out += ' ' + std::string{best->name};
  return out;
}

std::string human_time(double seconds, int digits) {
  constexpr double day = 86400;
  constexpr double year = 31536000;
  if (std::fabs(seconds) >= 2 * year) return significant(seconds / year, digits) + " years";
  if (std::fabs(seconds) >= 2 * day) return significant(seconds / day, digits) + " days";
  return scaled(seconds, std::span{time_units}.first(4), digits);
}

}  // namespace

std::string shortest(double value) { return strip_exponent_zeros(chars(printable(value))); }

std::string significant(double value, int digits) {
  if (printable(value) == 0) return "0";
  std::string rounded = strip_exponent_zeros(chars(value, std::chars_format::scientific, digits - 1));
  const auto e = rounded.find('e');
  int exponent = 0;
  std::from_chars(rounded.data() + e + 1, rounded.data() + rounded.size(), exponent);
  if (exponent >= -4 && exponent < std::max(6, digits)) {
    std::string fixed = chars(value, std::chars_format::fixed, std::max(0, digits - 1 - exponent));
    return fixed;
  }
  return rounded;
}

std::string fixed(double value, int decimals) {
  return chars(printable(value), std::chars_format::fixed, decimals);
}

std::string grouped(std::string digits) {
  for (std::size_t i = digits.size(); i > 3; i -= 3) digits.insert(i - 3, ",");
  return digits;
}
std::string grouped(std::uint64_t n) { return grouped(std::to_string(n)); }

std::string percent(double share, int digits) {
  constexpr double least = 0.001;
  if (std::fabs(share) > 0 && std::fabs(share) < least) return "<0.1 %";
  return significant(100 * share, digits) + " %";
}

namespace {

// In the unit that people use; a number that it makes too large stays in the coherent one.
std::string in_usual_unit(double value, double factor, std::string_view unit_name, const Dimension& d,
                          int digits) {
  const bool too_large = std::isfinite(value) && !std::isfinite(value * factor);
  return significant(too_large ? value : value * factor, digits) + ' ' +
         (too_large ? coherent_unit(d) : std::string{unit_name});
}

}  // namespace

std::string human(double value, const Dimension& d, int digits) {
  const Dimension bare = per_any_device(d);
  const std::string per = d.device == -1 ? "/device" : "";
  if (d == dim::device_time) {
    return scaled(value / 3600, count_units, digits) + " device-h";
  }
  if (bare == dim::energy) return scaled(value, energy_units, digits) + per;
  if (bare == dim::co2e) return scaled(value, co2e_units, digits) + per;
  if (bare == dim::power) return scaled(value, power_units, digits) + per;
  if (d == dim::time) return human_time(value, digits);
  if (bare == dim::flop_rate) return scaled(value, rate_units, digits) + per;
  if (d == dim::flop) return significant(value, digits) + " FLOP";
  if (d == dim::flop_per_token) return significant(value, digits) + " FLOP/token";
  if (d == dim::flop_per_parameter_token) return significant(value, digits) + " FLOP per parameter and token";
  if (d == dim::carbon_intensity) return in_usual_unit(value, 3.6e9, "g/kWh", d, digits);
  if (d == dim::water_intensity) return in_usual_unit(value, 3.6e6, "L/kWh", d, digits);
  if (d == dim::token) return scaled(value, count_units, digits) + " tokens";
  if (d == dim::device_token_rate) return significant(value, digits) + " tokens/s per device";
  if (d == dim::token_rate) return significant(value, digits) + " tokens/s";
  if (d == dim::sample) return scaled(value, count_units, digits) + " samples";
  if (bare == dim::sample_rate)
    return significant(value, digits) + " samples/s" + (d == bare ? "" : " per device");
  if (d == dim::flop_per_sample) return significant(value, digits) + " FLOP/sample";
  if (d == dim::step_rate) return significant(value, digits) + " steps/s";
  if (d == dim::parameter) return scaled(value, count_units, digits) + " parameters";
  if (d == dim::device) {
    const bool whole = value == std::floor(value) && std::fabs(value) < 1e9;
    return whole ? chars(value, std::chars_format::fixed, 0) : significant(value, digits);
  }
  if (d == dim::money) return scaled(value, money_units, digits);
  if (d == dim::device_purchase) return scaled(value, money_units, digits) + "/device";
  if (d == dim::device_price) return in_usual_unit(value, 3600, "USD/device-h", d, digits);
  if (d == dim::price_rate) return in_usual_unit(value, 3600, "USD/h", d, digits);
  if (d == dim::energy_price) return in_usual_unit(value, 3.6e6, "USD/kWh", d, digits);
  if (d == dim::data) return scaled(value, data_units, digits);
  if (d == dim::bandwidth) return scaled(value, data_units, digits) + "/s";
  if (d == dim::water) return scaled(value, water_units, digits);
  if (d == dim::length) return scaled(value, length_units, digits);
  if (d == dim::area) return in_usual_unit(value, 1e6, "mm2", d, digits);
  if (d == dim::co2e_per_power) return in_usual_unit(value, 1e3, "kg/kW", d, digits);
  if (d == dim::co2e / dim::length) return in_usual_unit(value, 1e6, "g/km", d, digits);
  return significant(value, digits);
}

double to_unit(double coherent, std::string_view unit_name) {
  const ExactFactor f = unit(unit_name).factor;
  // one rounding per step, and none in the powers of ten up to 1e22: "0.429 kg/kWh" comes back as 0.429
  const double power = std::pow(10.0, std::abs(f.exponent));
  const double up = static_cast<double>(f.denominator) * (f.exponent < 0 ? power : 1.0);
  const double down = static_cast<double>(f.numerator) * (f.exponent > 0 ? power : 1.0);
  const double converted = coherent * up / down;
  if (!std::isfinite(converted)) return converted;
  // where a number of twelve digits stands for the same coherent value, somebody wrote that: 3.06 USD/h
  const std::string digits = chars(converted, std::chars_format::scientific, 11);
  double written = converted;
  std::from_chars(digits.data(), digits.data() + digits.size(), written);
  const double back = written * down / up;
  const double roundings = 3 * std::numeric_limits<double>::epsilon();  // of reading and of converting back
  return std::fabs(back - coherent) <= roundings * std::fabs(coherent) ? written : converted;
}

std::string in_unit(double coherent, std::string_view unit_name, int digits) {
  return significant(to_unit(coherent, unit_name), digits) + ' ' + std::string{unit_name};
}

std::string coherent_unit(const Dimension& d) {
  struct Base {
    int exponent;
    std::string_view symbol;
  };
  const bool watts = d.energy == 1 && d.time == -1;
  const std::array bases{Base{watts ? 1 : 0, "W"},
                         Base{watts ? 0 : d.energy, "J"},
                         Base{d.co2e, "kg"},
                         Base{d.money, "USD"},
                         Base{d.water, "L"},
                         Base{d.data, "B"},
                         Base{d.length, "m"},
                         Base{d.flop, "FLOP"},
                         Base{d.sample, "sample"},
                         Base{d.device, "device"},
                         Base{d.parameter, "parameter"},
                         Base{d.token, "token"},
                         Base{watts ? 0 : d.time, "s"}};
  std::string above;
  std::string below;
  for (const Base& base : bases) {
    std::string power{base.symbol};
    if (std::abs(base.exponent) > 1) power += std::to_string(std::abs(base.exponent));
    if (base.exponent > 0) above.append(above.empty() ? "" : "-").append(power);
    if (base.exponent < 0) below.append("/").append(power);
  }
  return (above.empty() ? "1" : above) + below;
}

std::string exact(double coherent, const Dimension& d) {
  struct Row {
    Dimension dimension;
    std::string_view unit;
  };
  static constexpr std::array rows{
      Row{dim::energy, "J"},
      Row{dim::power, "W"},
      Row{dim::co2e, "kg"},
      Row{dim::time, "s"},
      Row{dim::flop, "FLOP"},
      Row{dim::flop_rate, "FLOP/s"},
      Row{dim::money, "USD"},
      Row{dim::price_rate, "USD/s"},
      Row{dim::energy_price, "USD/J"},
      Row{dim::carbon_intensity, "kg/J"},
      Row{dim::data, "B"},
      Row{dim::water, "L"},
      Row{dim::length, "m"},
      Row{dim::bandwidth, "B/s"},
      Row{dim::token / dim::time, "tokens/s"},
      Row{dim::area, "m2"},
      Row{dim::water_intensity, "L/J"},
      Row{dim::co2e / dim::length, "kg/m"},
      Row{dim::co2e_per_power, "kg/W"},
  };
  for (const Row& row : rows) {
    if (row.dimension == per_any_device(d)) return shortest(coherent) + ' ' + std::string{row.unit};
  }
  return shortest(coherent);
}

}  // namespace kwhatif::quantity
