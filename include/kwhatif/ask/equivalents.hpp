// What an amount of energy or CO2e corresponds to.
#pragma once

#include <kwhatif/catalog/catalog.hpp>
#include <kwhatif/quantity/parse.hpp>
#include <kwhatif/run/scenario.hpp>

#include <optional>
#include <string>
#include <vector>

namespace kwhatif::ask {

/// One equivalent of an amount.
struct Equivalent {
  catalog::Row row;
  double count = 0;  ///< metres for distances, else counted things
  bool distance = false;
  std::string counted;  ///< "home-year"; empty for distances
};

/// Equivalents of an amount, in the order of the tables.
///
///   count = amount / value of one
///
/// @param amount         coherent: J or kg CO2e
/// @param dimension      energy or CO2e; of other dimensions nothing is known
/// @param all            all editions, not only the headline ones
std::vector<Equivalent> equivalents(const catalog::Catalog& catalog, double amount,
                                    const quantity::Dimension& dimension, bool all);

/// The distance by car that emits as much CO2e, of the headline edition; none of nothing.
std::optional<Equivalent> drive(const catalog::Catalog& catalog, double kg);

/// What an amount corresponds to.
struct Equivalents {
  double amount = 0;  ///< coherent
  quantity::Dimension dimension;
  std::vector<Equivalent> list;
};

inline constexpr const char* amount_examples = R"(write for example "85 t", "552.1 tCO2e" or "1287 MWh")";

/// @param amount  a mass of CO2e or an energy, as a person writes it
/// @errors diag::UsageError: wrong-unit, missing-unit, out-of-range, and those of quantity::parse()
Equivalents equivalents(const run::Given& amount, bool all, const catalog::Catalog& tables);

}  // namespace kwhatif::ask
