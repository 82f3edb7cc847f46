// A run or a run of stages in numbers. Private to analysis.
#pragma once

#include <kwhatif/scenario/stage.hpp>

namespace kwhatif::analysis {

/// The run, or what its stages add up to.
inline scenario::ResolvedRun resolve_any(const scenario::Scenario& run, const catalog::Catalog& catalog,
                                         const scenario::ResolveOptions& options = {}) {
  return run.stages.empty() ? scenario::resolve(run, catalog, options)
                            : scenario::resolve_stages(run, catalog, options).total;
}

}  // namespace kwhatif::analysis
