#include <kwhatif/ask/equivalents.hpp>

#include <cmath>

namespace kwhatif::ask {

std::vector<Equivalent> equivalents(const catalog::Catalog& catalog, double amount,
                                    const quantity::Dimension& dimension, bool all) {
  std::vector<Equivalent> out;
  for (const catalog::Row& row : catalog.rows(catalog::Kind::equivalence)) {
    if (!all && row.text("headline") != "yes") continue;
    const auto value = quantity::parse(row.text("value"), {.any = true});
    if (!value.ok || value.value.coherent == 0) continue;
    const quantity::Dimension rest = dimension / value.value.dimension;
    const bool distance = rest == quantity::dim::length && value.value.counted.empty();
    const bool thing = rest == quantity::dim::one && !value.value.counted.empty();
    const bool hours = rest == quantity::dim::time;
    const bool travelled = rest == quantity::dim::length && !value.value.counted.empty();
    if (!distance && !thing && !hours && !travelled) continue;
    Equivalent e{row, amount / value.value.coherent, distance || travelled, value.value.counted};
    if (hours) {
      e.counted = "hours";
      e.count /= 3600;
    }
    out.push_back(std::move(e));
  }
  return out;
}

std::optional<Equivalent> drive(const catalog::Catalog& catalog, double kg) {
  if (!(kg > 0)) return std::nullopt;
  for (auto& e : equivalents(catalog, kg, quantity::dim::co2e, false)) {
    if (e.distance && e.row.text("group") == "car") return std::move(e);
  }
  return std::nullopt;
}

Equivalents equivalents(const run::Given& amount, bool all, const catalog::Catalog& tables) {
  auto parsed = quantity::parse(amount.text, {.dimension = quantity::dim::co2e, .example = "85 t"});
  if (!parsed.ok && parsed.fault.code == "wrong-unit")
    parsed = quantity::parse(amount.text, {.dimension = quantity::dim::energy, .example = "1287 MWh"});
  const auto refuse = [&](const std::string& message) {
    diag::refuse(parsed.ok ? "out-of-range" : parsed.fault.code, message, amount.where, amount_examples);
  };
  if (!parsed.ok)
    refuse(parsed.fault.code == "wrong-unit" ? "'" + amount.text + "' is neither energy nor mass of CO2e"
           : parsed.fault.code == "missing-unit"
               ? "'" + amount.text + "' has no unit; mass of CO2e or energy is needed"
               : parsed.fault.message);
  if (parsed.value.coherent < 0) refuse("an amount cannot be negative");
  const auto& [value, dimension] = std::pair{parsed.value.coherent, parsed.value.dimension};
  return {value, dimension, equivalents(tables, value, dimension, all)};
}

}  // namespace kwhatif::ask
