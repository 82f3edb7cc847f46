// How surely one run keeps limits, from the algebra of bands and without a grid.
#pragma once

#include <kwhatif/grid/confidence.hpp>
#include <kwhatif/uncertain/uncertainty.hpp>

#include <algorithm>
#include <array>
#include <vector>

namespace kwhatif::test {

inline double share_kept(const run::ResolvedRun& resolved, const std::vector<grid::Limit>& limits) {
  const uncertain::Spread spread = uncertain::spread_of(resolved);
  const std::array<uncertain::Uncertain, 1> run{uncertain::Uncertain{resolved.inputs, spread}};
  const uncertain::Draws draws(run, grid::limit_draws);
  std::size_t kept = 0;
  for (std::size_t i = 0; i < grid::limit_draws.points; ++i) {
    kept += std::all_of(limits.begin(), limits.end(), [&](const grid::Limit& limit) {
      const auto& drawn = draws.results(0)[limit.result];
      return drawn && limit.holds(drawn->values.empty() ? drawn->typical : drawn->values[i]);
    });
  }
  return static_cast<double>(kept) / grid::limit_draws.points;
}

}  // namespace kwhatif::test
