// The side figures of a service that has its answer.
#pragma once

#include <kwhatif/ask/serve.hpp>

#include <array>
#include <optional>
#include <vector>

namespace kwhatif::ask {

/// Percentiles of the figures that what is not known moves, in coherent units.
std::array<std::optional<serve::Percentiles>, serve_figure_count> bands(const ServeCase& service,
                                                                        const serve::Unknowns& unknowns);
/// The service at other batches and loads, by batch and then load.
std::vector<ServeCase::Elsewhere> elsewhere(const ServeCase& service);

}  // namespace kwhatif::ask
