// Many numbers in one unit: as parse() reads each of them, with the unit read once.
#pragma once

#include <kwhatif/quantity/dimension.hpp>
#include <kwhatif/quantity/units.hpp>

#include <optional>
#include <string_view>

namespace kwhatif::quantity {

class UnitColumn {
 public:
  /// @param unit  as it stands behind a number: "g/kWh"
  UnitColumn(std::string_view unit, const Dimension& dimension);
  /// The number in coherent units, with the bits that parse() gives. Nothing where the text or the unit is of
  /// no plain form, or the number is beyond what a double can hold: parse() says why.
  std::optional<double> value(std::string_view number) const;

 private:
  std::optional<ExactFactor> factor_;
};

}  // namespace kwhatif::quantity
