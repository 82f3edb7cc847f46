// Pieces of json_estimate.cpp that the JSON of stages is made of as well.
#pragma once

#include "json_support.hpp"
#include <kwhatif/report/estimate.hpp>

namespace kwhatif::report {

Json derivations_json(const std::vector<ask::Derivation>& derivations);
/// Every matrix and attention product with its FLOPs per token; null where no architecture is known.
Json flop_terms_json(const run::ResolvedRun& run);

}  // namespace kwhatif::report
