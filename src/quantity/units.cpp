#include <kwhatif/diag/diagnostic.hpp>
#include <kwhatif/diag/words.hpp>
#include <kwhatif/quantity/units.hpp>

#include <array>
#include <cmath>
#include <numeric>

namespace kwhatif::quantity {

namespace {

// Which SI prefixes a unit takes.
enum class Prefixes { none, large, all };

struct UnitRow {
  std::string_view name;
  Dimension dimension;
  ExactFactor factor;
  Prefixes prefixes = Prefixes::none;
};

// Exact conversions: SI Brochure (2019); international pound 0.45359237 kg and mile 1609.344 m (1959
// agreement). A year is 365 days, as in 8,760 h of operation.
constexpr std::uint64_t pound = 45359237;  // * 1e-8 kg
constexpr std::array unit_table{
    UnitRow{"W", dim::power, {1, 1, 0}, Prefixes::all},
    UnitRow{"J", dim::energy, {1, 1, 0}, Prefixes::all},
    UnitRow{"Wh", dim::energy, {36, 1, 2}, Prefixes::all},
    UnitRow{"g", dim::co2e, {1, 1, -3}, Prefixes::all},
    UnitRow{"t", dim::co2e, {1, 1, 3}, Prefixes::large},
    UnitRow{"tonne", dim::co2e, {1, 1, 3}},
    UnitRow{"tonnes", dim::co2e, {1, 1, 3}},
    UnitRow{"lb", dim::co2e, {pound, 1, -8}},
    UnitRow{"lbs", dim::co2e, {pound, 1, -8}},
    UnitRow{"s", dim::time, {1, 1, 0}, Prefixes::all},
    UnitRow{"sec", dim::time, {1, 1, 0}},
    UnitRow{"secs", dim::time, {1, 1, 0}},
    UnitRow{"second", dim::time, {1, 1, 0}},
    UnitRow{"seconds", dim::time, {1, 1, 0}},
    UnitRow{"min", dim::time, {6, 1, 1}},
    UnitRow{"mins", dim::time, {6, 1, 1}},
    UnitRow{"minute", dim::time, {6, 1, 1}},
    UnitRow{"minutes", dim::time, {6, 1, 1}},
    UnitRow{"h", dim::time, {36, 1, 2}},
    UnitRow{"hr", dim::time, {36, 1, 2}},
    UnitRow{"hrs", dim::time, {36, 1, 2}},
    UnitRow{"hour", dim::time, {36, 1, 2}},
    UnitRow{"hours", dim::time, {36, 1, 2}},
    UnitRow{"d", dim::time, {864, 1, 2}},
    UnitRow{"day", dim::time, {864, 1, 2}},
    UnitRow{"days", dim::time, {864, 1, 2}},
    UnitRow{"week", dim::time, {6048, 1, 2}},
    UnitRow{"weeks", dim::time, {6048, 1, 2}},
    UnitRow{"year", dim::time, {31536, 1, 3}},
    UnitRow{"years", dim::time, {31536, 1, 3}},
    UnitRow{"device", dim::device, {1, 1, 0}},
    UnitRow{"devices", dim::device, {1, 1, 0}},
    UnitRow{"chip", dim::device, {1, 1, 0}},
    UnitRow{"chips", dim::device, {1, 1, 0}},
    UnitRow{"GPU", dim::device, {1, 1, 0}},
    UnitRow{"GPUs", dim::device, {1, 1, 0}},
    UnitRow{"TPU", dim::device, {1, 1, 0}},
    UnitRow{"FLOP", dim::flop, {1, 1, 0}, Prefixes::large},
    UnitRow{"FLOPs", dim::flop, {1, 1, 0}, Prefixes::large},
    UnitRow{"OP", dim::flop, {1, 1, 0}, Prefixes::large},
    UnitRow{"PF-day", dim::flop, {864, 1, 17}},
    UnitRow{"PF-days", dim::flop, {864, 1, 17}},
    UnitRow{"petaflop/s-day", dim::flop, {864, 1, 17}},
    UnitRow{"petaflop/s-days", dim::flop, {864, 1, 17}},
    UnitRow{"PFLOP/s-day", dim::flop, {864, 1, 17}},
    UnitRow{"PFLOP/s-days", dim::flop, {864, 1, 17}},
    UnitRow{"PFLOPS-day", dim::flop, {864, 1, 17}},
    UnitRow{"PFLOPS-days", dim::flop, {864, 1, 17}},
    UnitRow{"pfs-day", dim::flop, {864, 1, 17}},
    UnitRow{"pfs-days", dim::flop, {864, 1, 17}},
    UnitRow{"petaFLOP", dim::flop, {1, 1, 15}},
    UnitRow{"exaFLOP", dim::flop, {1, 1, 18}},
    UnitRow{"zettaFLOP", dim::flop, {1, 1, 21}},
    UnitRow{"yottaFLOP", dim::flop, {1, 1, 24}},
    UnitRow{"petaFLOPs", dim::flop, {1, 1, 15}},
    UnitRow{"exaFLOPs", dim::flop, {1, 1, 18}},
    UnitRow{"zettaFLOPs", dim::flop, {1, 1, 21}},
    UnitRow{"yottaFLOPs", dim::flop, {1, 1, 24}},
    UnitRow{"EFLOP/s-day", dim::flop, {864, 1, 20}},
    UnitRow{"EFLOP/s-days", dim::flop, {864, 1, 20}},
    UnitRow{"token", dim::token, {1, 1, 0}},
    UnitRow{"tokens", dim::token, {1, 1, 0}},
    UnitRow{"sample", dim::sample, {1, 1, 0}},
    UnitRow{"samples", dim::sample, {1, 1, 0}},
    UnitRow{"image", dim::sample, {1, 1, 0}},
    UnitRow{"images", dim::sample, {1, 1, 0}},
    UnitRow{"img", dim::sample, {1, 1, 0}},
    UnitRow{"sequence", dim::sample, {1, 1, 0}},
    UnitRow{"sequences", dim::sample, {1, 1, 0}},
    UnitRow{"seq", dim::sample, {1, 1, 0}},
    UnitRow{"clip", dim::sample, {1, 1, 0}},
    UnitRow{"clips", dim::sample, {1, 1, 0}},
    UnitRow{"example", dim::sample, {1, 1, 0}},
    UnitRow{"examples", dim::sample, {1, 1, 0}},
    UnitRow{"it", dim::one, {1, 1, 0}},
    UnitRow{"iterations", dim::one, {1, 1, 0}},
    UnitRow{"steps", dim::one, {1, 1, 0}},
    UnitRow{"param", dim::parameter, {1, 1, 0}},
    UnitRow{"params", dim::parameter, {1, 1, 0}},
    UnitRow{"parameter", dim::parameter, {1, 1, 0}},
    UnitRow{"parameters", dim::parameter, {1, 1, 0}},
    UnitRow{"USD", dim::money, {1, 1, 0}, Prefixes::large},
    UnitRow{"$", dim::money, {1, 1, 0}, Prefixes::large},
    UnitRow{"L", dim::water, {1, 1, 0}, Prefixes::all},
    UnitRow{"l", dim::water, {1, 1, 0}, Prefixes::all},
    UnitRow{"m3", dim::water, {1, 1, 3}},
    UnitRow{"m", dim::length, {1, 1, 0}, Prefixes::all},
    UnitRow{"cm", dim::length, {1, 1, -2}},
    UnitRow{"mi", dim::length, {1609344, 1, -3}},
    UnitRow{"mile", dim::length, {1609344, 1, -3}},
    UnitRow{"miles", dim::length, {1609344, 1, -3}},
    UnitRow{"mm2", dim::area, {1, 1, -6}},
    UnitRow{"cm2", dim::area, {1, 1, -4}},
    UnitRow{"m2", dim::area, {1, 1, 0}},
    UnitRow{"B", dim::data, {1, 1, 0}, Prefixes::large},
    UnitRow{"KiB", dim::data, {1ULL << 10U, 1, 0}},
    UnitRow{"MiB", dim::data, {1ULL << 20U, 1, 0}},
    UnitRow{"GiB", dim::data, {1ULL << 30U, 1, 0}},
    UnitRow{"TiB", dim::data, {1ULL << 40U, 1, 0}},
    UnitRow{"%", dim::one, {1, 1, -2}},
    UnitRow{"percent", dim::one, {1, 1, -2}},
    UnitRow{"x", dim::one, {1, 1, 0}},
    UnitRow{"times", dim::one, {1, 1, 0}},
};

struct Prefix {
  std::string_view symbol;
  int exponent;
};
constexpr std::array prefix_table{
    Prefix{"n", -9}, Prefix{"u", -6}, Prefix{"µ", -6}, Prefix{"m", -3}, Prefix{"k", 3},
    Prefix{"K", 3},  Prefix{"M", 6},  Prefix{"G", 9},  Prefix{"T", 12}, Prefix{"P", 15},
    Prefix{"E", 18}, Prefix{"Z", 21}, Prefix{"Y", 24},
};

std::string_view without_co2(std::string_view name) {
  for (const std::string_view tail : {"CO2eq", "CO2e", "CO2"}) {
    if (!name.ends_with(tail)) continue;
    name.remove_suffix(tail.size());
    while (!name.empty() && name.back() == ' ') name.remove_suffix(1);
    return name;
  }
  return name;
}

std::optional<Unit> find_simple_unit(std::string_view name) {
  const std::string_view stem = without_co2(name);
  const bool says_co2 = stem.size() != name.size();
  const auto found = [&](const UnitRow& row, int prefix_exponent) -> std::optional<Unit> {
    if (says_co2 && row.dimension != dim::co2e) return std::nullopt;
    ExactFactor factor = row.factor;
    factor.exponent += prefix_exponent;
    return Unit{row.dimension, factor, {}};
  };
  for (const UnitRow& row : unit_table) {
    if (row.name == stem) {
      if (auto u = found(row, 0)) return u;
    }
  }
  for (const Prefix& prefix : prefix_table) {
    if (!stem.starts_with(prefix.symbol)) continue;
    const std::string_view rest = stem.substr(prefix.symbol.size());
    for (const UnitRow& row : unit_table) {
      if (row.name != rest || row.prefixes == Prefixes::none) continue;
      if (row.prefixes == Prefixes::large && prefix.exponent < 0) continue;
      if (auto u = found(row, prefix.exponent)) return u;
    }
  }
  return std::nullopt;
}

std::optional<Unit> find_unit(std::string_view name) {
  if (auto simple = find_simple_unit(name)) return simple;
  // "device-h", "GPU-hours", "chip·days": one unit of devices, one of time.
  for (const std::string_view joint : {"-", "·"}) {
    const auto at = name.find(joint);
    if (at == std::string_view::npos) continue;
    const auto left = find_simple_unit(name.substr(0, at));
    const auto right = find_simple_unit(name.substr(at + joint.size()));
    if (left && right && left->dimension == dim::device && right->dimension == dim::time) {
      return Unit{dim::device_time, right->factor, {}};
    }
  }
  return std::nullopt;
}

bool multiply_into(std::uint64_t& target, std::uint64_t by) {
  return !__builtin_mul_overflow(target, by, &target);
}

// target *= factor^(+1 or -1), kept in lowest terms.
bool combine(Unit& target, const Unit& part, bool divide) {
  const std::uint64_t top = divide ? part.factor.denominator : part.factor.numerator;
  const std::uint64_t bottom = divide ? part.factor.numerator : part.factor.denominator;
  if (!multiply_into(target.factor.numerator, top)) return false;
  if (!multiply_into(target.factor.denominator, bottom)) return false;
  const std::uint64_t common = std::gcd(target.factor.numerator, target.factor.denominator);
  target.factor.numerator /= common;
  target.factor.denominator /= common;
  target.factor.exponent += divide ? -part.factor.exponent : part.factor.exponent;
  target.dimension = divide ? target.dimension / part.dimension : target.dimension * part.dimension;
  return true;
}

bool is_word(std::string_view text) {
  if (text.empty() || text.size() > 40) return false;
  for (const char c : text) {
    const bool letter = (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z');
    const bool digit = c >= '0' && c <= '9';
    if (!letter && !digit && c != '-' && c != '_') return false;
  }
  return text.front() < '0' || text.front() > '9';
}

}  // namespace

UnitReading read_unit(std::string_view text, bool counted_things) {
  text = diag::trimmed(text);
  UnitReading reading;
  if (text.empty()) {
    reading.unit = Unit{dim::one, {}, {}};
    return reading;
  }
  if (auto whole = find_unit(text)) {
    reading.unit = std::move(whole);
    return reading;
  }
  Unit result{dim::one, {}, {}};
  bool divide = false;
  std::string_view rest = text;
  while (true) {
    const auto end = rest.find_first_of("/*");
    const std::string_view part = diag::trimmed(rest.substr(0, end));
    if (part.empty()) {
      reading.problem = "an operator in the unit '" + std::string{text} + "' has nothing beside it";
      return reading;
    }
    if (const auto known = find_unit(part)) {
      if (!combine(result, *known, divide)) {
        reading.problem = "the unit '" + std::string{text} + "' is too large to be held exactly";
        return reading;
      }
    } else if (counted_things && divide && is_word(part)) {
      if (!result.counted.empty()) result.counted += '/';
      result.counted += part;
    } else {
      reading.problem = "no unit '" + std::string{part.substr(0, 40)} + "'";
      reading.unknown = part.substr(0, 40);
      return reading;
    }
    if (end == std::string_view::npos) break;
    divide = rest[end] == '/';
    rest.remove_prefix(end + 1);
  }
  reading.unit = std::move(result);
  return reading;
}

Unit unit(std::string_view name) {
  auto reading = read_unit(name);
  if (!reading.unit) throw diag::InternalError("no unit '" + std::string{name} + "' in the table");
  return *reading.unit;
}

double coherent_per(std::string_view unit_name) {
  const ExactFactor f = unit(unit_name).factor;
  const double ratio = static_cast<double>(f.numerator) / static_cast<double>(f.denominator);
  return f.exponent >= 0 ? ratio * std::pow(10.0, f.exponent) : ratio / std::pow(10.0, -f.exponent);
}

std::vector<std::string_view> unit_names() {
  std::vector<std::string_view> out;
  for (const UnitRow& row : unit_table) out.push_back(row.name);
  for (const std::string_view common :
       {"kW", "MW", "kWh", "MWh", "GWh", "kg", "TFLOP", "PFLOP", "GB", "km", "kUSD", "k$", "M$"}) {
    out.push_back(common);
  }
  return out;
}

std::string accepted_units(const Dimension& dimension) {
  struct Row {
    Dimension dimension;
    std::string_view units;
  };
  static constexpr std::array rows{
      Row{dim::power, "W, kW, MW"},
      Row{dim::energy, "kWh, MWh, GWh, J"},
      Row{dim::co2e, "kg, t, g, lb"},
      Row{dim::time, "h, days, s, years"},
      Row{dim::device_time, "device-h, GPU-h, device-days"},
      Row{dim::flop, "FLOP, PFLOP, PF-days, zettaFLOP"},
      Row{dim::flop_rate, "TFLOP/s, PFLOP/s"},
      Row{dim::carbon_intensity, "g/kWh, kg/kWh, lb/kWh"},
      Row{dim::water_intensity, "L/kWh"},
      Row{dim::money, "USD, $, k$, M$"},
      Row{dim::price_rate, "USD/h, $/h"},
      Row{dim::energy_price, "USD/kWh, $/kWh"},
      Row{dim::one, "a plain number or %"},
      Row{dim::token, "k, M, B, T as suffix"},
      Row{dim::parameter, "k, M, B, T as suffix"},
      Row{dim::device, "a plain number"},
      Row{dim::data, "GB, GiB, TB"},
      Row{dim::bandwidth, "GB/s, TB/s"},
      Row{dim::token / dim::time, "tokens/s"},
      Row{dim::sample, "k, M, B as suffix"},
      Row{dim::sample_rate, "samples/s"},
      Row{dim::length, "km, mi, m, nm"},
      Row{dim::area, "mm2, cm2"},
      Row{dim::water, "L, m3"},
  };
  for (const Row& row : rows) {
    if (row.dimension == dimension) return std::string{row.units};
  }
  for (const Row& row : rows) {
    if (row.dimension == per_any_device(dimension)) return std::string{row.units};
  }
  return {};
}

std::string describe(const Dimension& d) {
  struct Row {
    Dimension dimension;
    std::string_view words;
  };
  static constexpr std::array rows{
      Row{dim::one, "a plain number"},
      Row{dim::time, "time"},
      Row{dim::energy, "energy"},
      Row{dim::power, "power"},
      Row{dim::co2e, "mass of CO2e"},
      Row{dim::flop, "a count of FLOP"},
      Row{dim::flop_rate, "FLOP per second"},
      Row{dim::token, "a count of tokens"},
      Row{dim::token / dim::time, "tokens per second"},
      Row{dim::sample, "a count of samples"},
      Row{dim::sample_rate, "samples per second"},
      Row{dim::step_rate, "steps per second"},
      Row{dim::token_per_sample, "tokens per sample"},
      Row{dim::flop_per_sample, "FLOP per sample"},
      Row{dim::parameter, "a count of parameters"},
      Row{dim::device, "a count of devices"},
      Row{dim::device_time, "device-time"},
      Row{dim::carbon_intensity, "mass of CO2e per energy"},
      Row{dim::water_intensity, "water per energy"},
      Row{dim::water, "volume"},
      Row{dim::money, "money"},
      Row{dim::price_rate, "money per time"},
      Row{dim::energy_price, "money per energy"},
      Row{dim::data, "amount of data"},
      Row{dim::bandwidth, "data per time"},
      Row{dim::length, "length"},
      Row{dim::area, "area"},
      Row{dim::flop_per_parameter_token, "FLOP per parameter and token"},
      Row{dim::flop_per_token, "FLOP per token"},
      Row{dim::co2e / dim::length, "mass of CO2e per distance"},
  };
  for (const Row& row : rows) {
    if (row.dimension == d) return std::string{row.words};
  }
  for (const Row& row : rows) {
    if (row.dimension == per_any_device(d)) return std::string{row.words} + " per device";
  }
  return "a compound of units";
}

}  // namespace kwhatif::quantity
