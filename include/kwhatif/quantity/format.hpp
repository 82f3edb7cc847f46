// Number to text, for people (three significant digits, SI prefixes) and for machines (shortest round trip).
#pragma once

#include <kwhatif/quantity/dimension.hpp>

#include <cstdint>
#include <string>
#include <string_view>

namespace kwhatif::quantity {

/// The shortest decimal text that reads back as the same double ("0.1", "3.14e23"). Zero has no sign.
/// @errors here and below diag::ScenarioError (not-finite): what is no number is not printed
std::string shortest(double value);

/// At least `digits` significant digits, no exponent for 1e-4 <= |x| < 1e6: "1.29", "552", "0.0179",
/// "3.14e23".
std::string significant(double value, int digits = 3);

/// A fixed number of decimals: fixed(0.5, 2) is "0.50".
std::string fixed(double value, int decimals);

/// A whole number with its thousands parted: "1,190,000,000".
std::string grouped(std::string digits);
std::string grouped(std::uint64_t n);

/// A share for people: "34 %", "0.73 %"; below 0.1 % "<0.1 %", none "0 %".
std::string percent(double share, int digits = 2);

/// For people: value in the display unit of its dimension with a fitting SI prefix: "1.29 GWh", "552 t",
/// "14.8 days", "24.6 TFLOP/s", "429 g/kWh", "3.14e23 FLOP", "175 B parameters".
/// @param coherent   in the coherent unit of `dimension`; the device exponent shows as "/device"
std::string human(double coherent, const Dimension& dimension, int digits = 3);

/// The same of a quantity, which knows its dimension.
template <class Q>
requires requires(const Q& q) { human(q.coherent(), Q::dimension); }
std::string human(const Q& quantity, int digits = 3) {
  return human(quantity.coherent(), Q::dimension, digits);
}

/// Value converted to a named unit and printed with it: in_unit(3.6e6, "kWh") is "1.00 kWh".
std::string in_unit(double coherent, std::string_view unit_name, int digits = 3);

/// Number of the named units in a coherent value.
double to_unit(double coherent, std::string_view unit_name);

/// The coherent unit of a dimension: "J", "W/device", "kg/J"; "1" for numbers alone.
std::string coherent_unit(const Dimension& dimension);

/// Exact text with a unit that parse() reads back to the same bits: "330 W", "0.429 kg/kWh".
std::string exact(double coherent, const Dimension& dimension);

}  // namespace kwhatif::quantity
