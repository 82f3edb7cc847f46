// What stands between the energy of a query and its CO2e, manufacture, water and money.
#pragma once

#include "serve_reading.hpp"
#include <kwhatif/run/resolve.hpp>

#include <vector>

namespace kwhatif::ask {

/// Given, of the place, or of the tables; what was taken is added to the assumptions.
ServeFactors serve_factors(const ServeReading& in, const run::ResolvedRun& site, const catalog::Row& hardware,
                           const catalog::Catalog& tables, std::vector<Assumption>& assumptions);

}  // namespace kwhatif::ask
