// Text to number: "330W", "0.954 lb/kWh", "14.8 days", "175B", "1.29 GWh", "12 %", "3640 PF-days".
#pragma once

#include <kwhatif/quantity/dimension.hpp>

#include <optional>
#include <string>
#include <string_view>

namespace kwhatif::quantity {

/// A number read from text.
struct Parsed {
  double coherent = 0;   ///< value in the coherent unit of `dimension`
  double half_step = 0;  ///< half a unit of the last printed digit, coherent: "0.429" is ±0.0005
  Dimension dimension = {};
  std::string counted;  ///< counted thing in the unit ("home-year"), if any
  std::string unit;     ///< the unit as written, trimmed; empty for a bare number
};

/// Why a text is not the wanted quantity; `offset`/`length` locate the offending part for the caret.
struct ParseFault {
  std::string code;  ///< not-a-number, missing-unit, unknown-unit, wrong-unit, out-of-range
  std::string message;
  std::string help;
  std::size_t offset = 0;
  std::size_t length = 0;
};

/// Either a value or a fault.
struct ParseResult {
  Parsed value;
  ParseFault fault;
  bool ok = false;
};

/// What a text must be to be accepted.
struct Expected {
  Dimension dimension = {};
  /// Counts and ratios are written bare ("1.10", "175B"); all else must carry a unit.
  bool bare_number = false;
  /// Ignore the device exponent: "330 W" and "330 W/device" both mean watts per device.
  bool per_device = true;
  /// Any dimension is accepted and returned.
  bool any = false;
  std::string_view example = {};  ///< accepted form, for the help line: "330 W"
};

/// Reads one quantity.
///
/// Exact: the decimal digits and the unit's factor are multiplied as integers and rounded once or (where the
/// factor is no terminating decimal) twice, always the same way, so equal quantities in different units give
/// equal bits. NaN, infinities, hexadecimal and empty text are faults.
/// Times may have several parts: 10:01:48, 1-02:03:04 (days), 2h30m, "1d 4h", PT2H30M; where two readings are
/// possible (10:01) both are named.
/// @errors not-a-number, missing-unit, unknown-unit, wrong-unit, out-of-range
ParseResult parse(std::string_view text, const Expected& expected);

/// A whole number that is nothing but digits; none where it is more than an int holds.
std::optional<int> whole_number(std::string_view digits);

/// Counts, ratios, and rates whose names say of what and per second, may be written without a unit.
constexpr bool may_be_bare(const Dimension& d) {
  return d == dim::one || d == dim::sample || d == dim::flop_per_sample ||
         per_any_device(d) == dim::token_rate || per_any_device(d) == dim::sample_rate ||
         d == dim::step_rate || d == dim::token || d == dim::parameter || d == dim::device ||
         d == dim::flop || d == dim::flop_per_parameter_token || d == dim::flop_per_token;
}

}  // namespace kwhatif::quantity
