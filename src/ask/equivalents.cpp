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

}  // namespace kwhatif::ask
