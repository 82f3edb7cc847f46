// A quantity: "0.954 lb/kWh". What is read is finite, and what is written of it reads back as the same
// number.
#include "finite.hpp"
#include <kwhatif/quantity/format.hpp>
#include <kwhatif/quantity/parse.hpp>

namespace kwhatif::fuzz {

namespace {

void check_parsed(const quantity::ParseResult& result, std::string_view input) {
  if (!result.ok) {
    if (result.fault.code.empty() || result.fault.message.empty()) broken("a fault without code or words");
    if (result.fault.offset > input.size()) broken("a fault lies beyond the text");
    return;
  }
  const auto& value = result.value;
  require_finite(value.coherent, "the value");
  require_finite(value.half_step, "the half step");
  quantity::human(value.coherent, value.dimension);
  if (!value.counted.empty()) return;
  const std::string written = quantity::exact(value.coherent, value.dimension);
  const auto again = quantity::parse(written, {.dimension = value.dimension, .bare_number = true});
  if (!again.ok) return;                       // dimensions that no text names
  if (again.value.coherent != value.coherent)  // -0 is written as 0
    broken("'" + written + "' does not read back");
}

}  // namespace

void quantity(std::string_view input) {
  namespace dim = quantity::dim;
  check_parsed(quantity::parse(input, {.any = true}), input);
  for (const auto& dimension :
       {dim::one, dim::token, dim::flop, dim::time, dim::device_time, dim::device_power,
        dim::carbon_intensity, dim::device_flop_rate, dim::money, dim::device_price}) {
    check_parsed(
        quantity::parse(input, {.dimension = dimension, .bare_number = quantity::may_be_bare(dimension)}),
        input);
  }
}

}  // namespace kwhatif::fuzz
