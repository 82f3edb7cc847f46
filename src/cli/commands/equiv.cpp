#include "verb.hpp"
#include <kwhatif/ask/equivalents.hpp>
#include <kwhatif/quantity/units.hpp>
#include <kwhatif/report/reproduce.hpp>

namespace kwhatif::cli {

int equiv(Context& context) {
  const Arguments& arguments = context.arguments;
  constexpr std::string_view form = "write for example \"85 t\", \"552.1 tCO2e\" or \"1287 MWh\"";
  if (arguments.positionals.empty())
    throw diag::UsageError(
        {.code = "missing-value", .message = "equiv needs an amount", .help = std::string{form}});
  const auto& given = arguments.positionals.front();
  auto parsed = quantity::parse(given.text, {.dimension = quantity::dim::co2e, .example = "85 t"});
  if (!parsed.ok && parsed.fault.code == "wrong-unit")
    parsed = quantity::parse(given.text, {.dimension = quantity::dim::energy, .example = "1287 MWh"});
  const auto refuse = [&](const std::string& code, const std::string& message) {
    throw diag::UsageError(
        {.code = code, .message = message, .where = given.where, .help = std::string{form}});
  };
  if (!parsed.ok) {
    if (parsed.fault.code == "wrong-unit")
      refuse("wrong-unit", "'" + given.text + "' is neither energy nor mass of CO2e");
    if (parsed.fault.code == "missing-unit")
      refuse("missing-unit", "'" + given.text + "' has no unit; mass of CO2e or energy is needed");
    refuse(parsed.fault.code, parsed.fault.message);
  }
  if (parsed.value.coherent < 0) refuse("out-of-range", "an amount cannot be negative");
  const auto list =
      ask::equivalents(context.catalog, parsed.value.coherent, parsed.value.dimension, arguments.has("all"));
  if (arguments.has("json")) {
    context.out =
        report::equivalents_json(list, parsed.value.coherent, parsed.value.dimension, context.catalog);
  } else if (wants_rows(arguments)) {
    context.out = rows_text(arguments, report::equivalents_table(list));
  } else {
    context.out =
        report::equivalents_text(list, parsed.value.coherent, parsed.value.dimension, context.catalog);
  }
  return done;
}

}  // namespace kwhatif::cli
