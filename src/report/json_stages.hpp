// The JSON of estimate and explain, and its pieces.
#pragma once

#include "json_support.hpp"
#include <kwhatif/ask/estimate.hpp>
#include <kwhatif/report/estimate.hpp>

namespace kwhatif::report {

Json derivations_json(const std::vector<ask::Derivation>& derivations);
/// Every matrix and attention product with its FLOPs per token; null where no architecture is known.
Json flop_terms_json(const run::ResolvedRun& run);

/// Keys of kwhatif/estimate/1; where the run has stages, "results" holds their sum and "stages" each of them.
Json estimate_json(const ask::Estimate& answer, const catalog::Catalog& tables);
/// Keys of kwhatif/explain/1; where the run has stages, "derivations" holds those of the sum.
Json explain_json(const ask::Explanation& answer, const catalog::Catalog& tables);

}  // namespace kwhatif::report
