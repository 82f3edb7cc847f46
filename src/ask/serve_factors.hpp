// What stands between the energy of a query and its CO2e, manufacture, water and money.
#pragma once

#include <kwhatif/ask/serve.hpp>
#include <kwhatif/run/resolve.hpp>

namespace kwhatif::ask {

/// Of the run that stands for the place and the devices of a service.
ServeFactors serve_factors(const run::ResolvedRun& site);

}  // namespace kwhatif::ask
