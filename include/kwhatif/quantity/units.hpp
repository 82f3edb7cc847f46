// The unit table: every unit that text may carry, with its exact factor to the coherent unit.
#pragma once

#include <kwhatif/quantity/dimension.hpp>

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace kwhatif::quantity {

/// An exact positive rational times a power of ten: numerator / denominator * 10^exponent.
///
/// Units are kept exact so that "0.429 kg/kWh", "429 g/kWh" and "429 kg/MWh" give the same double, bit for
/// bit.
struct ExactFactor {
  std::uint64_t numerator = 1;
  std::uint64_t denominator = 1;
  int exponent = 0;
};

/// A unit expression read from text, for example "kgCO2e/kWh".
struct Unit {
  Dimension dimension;
  ExactFactor factor;
  std::string counted;  ///< plain words right of a slash ("home-year"), empty where there are none
};

/// What became of reading a unit expression.
struct UnitReading {
  std::optional<Unit> unit;
  std::string problem;  ///< why there is no unit: the unknown or malformed part, in words
  std::string unknown;  ///< the word that is no unit, for did-you-mean
};

/// Reads "kWh", "kg/kWh", "TFLOP/s", "device-h", "mm2", "%".
///
/// @param text            without the number; blanks around the operators are allowed
/// @param counted_things  whether an unknown word right of a slash is taken as a counted thing
/// ("km/home-year")
UnitReading read_unit(std::string_view text, bool counted_things = false);

/// The unit with exactly this name. InternalError where the table has none (a programming mistake).
Unit unit(std::string_view name);

/// A double in the coherent unit times this gives nothing: use to_unit. Factor of a unit as a double.
double coherent_per(std::string_view unit_name);

/// Names of all units without prefixes, for suggestions and help.
std::vector<std::string_view> unit_names();

/// Some units of the dimension as a person would write them: "W, kW, MW". Empty for a dimension without any.
std::string accepted_units(const Dimension& dimension);

}  // namespace kwhatif::quantity
