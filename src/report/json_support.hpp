// Pieces that the JSON of several verbs share. Only src/report/json_*.cpp include this (and so
// nlohmann/json).
#pragma once

#include "content.hpp"
#include <kwhatif/analysis/uncertainty.hpp>
#include <kwhatif/catalog/catalog.hpp>
#include <kwhatif/estimate/result.hpp>
#include <kwhatif/report/estimate.hpp>
#include <kwhatif/scenario/resolve.hpp>

#include <algorithm>
#include <string>
#include <vector>

namespace kwhatif::analysis {
class Space;
}

namespace kwhatif::report {

/// The document of a verb, printed: its own keys in the envelope that all documents share, which is schema
/// and data_version before them, warnings and sources after them.
/// @param name     of the schema: "estimate" for kwhatif/estimate/1
/// @param sources  ids, in order; those that are empty or stand twice are passed over
std::string document(std::string_view name, const Json& body, const std::vector<diag::Diagnostic>& warnings,
                     const std::vector<std::string>& sources, const catalog::Catalog& catalog);

/// Code, message and hint of each.
Json warnings_json(const std::vector<diag::Diagnostic>& warnings);
/// What was not given, where it is from, and what its spread does.
Json assumption_json(const Assumption& assumption);
Json assumptions_json(const scenario::ResolvedRun& run);
/// Of a grid; what is not the same for all of its points names the axes that it varies with.
Json assumptions_json(const analysis::Space& space);
Json results_json(const estimate::RunEstimate<double>& result);
Json scenario_json(const scenario::ResolvedRun& run);

/// The percentiles of one result under its JSON key, in its unit.
void add_band(Json& intervals, const analysis::Band& band);
/// Keys "intervals" and "drivers": percentiles of what is uncertain, and which input contributes how much.
void add_uncertainty(Json& out, const scenario::ResolvedRun& run);

}  // namespace kwhatif::report
