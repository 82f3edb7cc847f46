// Pieces that the JSON of several verbs share.
#pragma once

#include "content.hpp"
#include <kwhatif/catalog/catalog.hpp>
#include <kwhatif/report/estimate.hpp>
#include <kwhatif/run/resolve.hpp>
#include <kwhatif/run/result.hpp>
#include <kwhatif/uncertain/certainty.hpp>

#include <algorithm>
#include <array>
#include <string>
#include <vector>

namespace kwhatif::report {

/// Code, message and hint of each.
Json warnings_json(const std::vector<diag::Diagnostic>& warnings);
/// What was not given, where it is from, what its spread does, and which axes of a grid it varies with.
Json assumptions_json(const std::vector<Assumption>& assumptions);
/// Which factor an unknown result of manufacture or water lacks.
Json missing_json(const std::vector<run::MissingFactor>& missing);
Json results_json(const run::RunEstimate<double>& result);
/// Every input as resolved, numbers as numbers (report/scenario_entries.hpp).
Json scenario_json(const run::ResolvedRun& run, const catalog::Catalog& catalog);

/// Keys "intervals" and "drivers": percentiles of what is uncertain, and which input contributes how much.
void add_uncertainty(Json& out, const uncertain::Certainty& certainty);
/// The first of them alone: by key of the result.
Json intervals_json(const std::vector<uncertain::Band>& bands);

}  // namespace kwhatif::report
