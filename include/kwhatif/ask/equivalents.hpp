// What an amount of energy or CO2e corresponds to.
#pragma once

#include <kwhatif/catalog/catalog.hpp>
#include <kwhatif/quantity/parse.hpp>

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

}  // namespace kwhatif::ask
