// How surely one run keeps limits, from the algebra of bands and without a grid.
#pragma once

#include <kwhatif/analysis/confidence.hpp>
#include <kwhatif/analysis/uncertainty.hpp>

#include <algorithm>
#include <array>
#include <vector>

namespace kwhatif::test {

inline double share_kept(const scenario::ResolvedRun& resolved, const std::vector<analysis::Limit>& limits) {
  const analysis::Spread spread = analysis::spread_of(resolved);
  const std::array<analysis::Uncertain, 1> run{analysis::Uncertain{resolved.inputs, spread}};
  const analysis::Draws draws(run, analysis::limit_draws);
  std::size_t kept = 0;
  for (std::size_t i = 0; i < analysis::limit_draws.points; ++i) {
    kept += std::all_of(limits.begin(), limits.end(), [&](const analysis::Limit& limit) {
      const auto& drawn = draws.results(0)[limit.result];
      return drawn && limit.holds(drawn->values.empty() ? drawn->typical : drawn->values[i]);
    });
  }
  return static_cast<double>(kept) / analysis::limit_draws.points;
}

}  // namespace kwhatif::test
