// What moves a result of a run.
#pragma once

#include <kwhatif/catalog/catalog.hpp>
#include <kwhatif/run/resolve.hpp>
#include <kwhatif/run/result.hpp>
#include <kwhatif/run/scenario.hpp>
#include <kwhatif/uncertain/sensitivity.hpp>

#include <optional>
#include <vector>

namespace kwhatif::ask {

/// One result of a run, or of what the stages of a run add up to, and what each input does to it.
struct Sensitivity {
  run::ResolvedRun run;
  run::ResultInfo result;
  double value = 0;                                 ///< of the result, coherent
  std::vector<uncertain::Elasticity> elasticities;  ///< largest first; empty where the result is zero
  std::vector<uncertain::TornadoRow> tornado;       ///< largest swing first
};

/// @param result  key of the result; without one CO2e, energy or time, the last of these that is known
/// @errors diag::ScenarioError: those of run::resolve(); diag::UsageError: no-work, unknown-result,
///         out-of-range where a result is infinite
Sensitivity sensitivity(const run::Scenario& run, const std::optional<run::Given>& result,
                        const catalog::Catalog& tables);

}  // namespace kwhatif::ask
