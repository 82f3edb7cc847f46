// From the energy of a query to all figures of a service, for its answer and for each draw of its band.
#pragma once

#include <kwhatif/ask/serve.hpp>

namespace kwhatif::ask {

/// @param work  of the answer: its devices, and how long it is
ServeFigures serve_figures(const serve::Served<>& served, const serve::Workload<>& work,
                           const ServeFactors& factors);

}  // namespace kwhatif::ask
