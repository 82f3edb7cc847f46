// Pieces that the JSON of several verbs share. Only src/report/json_*.cpp include this (and so
// nlohmann/json).
#pragma once

#include <kwhatif/catalog/catalog.hpp>
#include <kwhatif/report/estimate.hpp>
#include <kwhatif/run/resolve.hpp>
#include <kwhatif/run/result.hpp>
#include <kwhatif/uncertain/uncertainty.hpp>

#include <algorithm>
#include <string>
#include <vector>

#include <nlohmann/json.hpp>

namespace kwhatif::grid {
class Space;
}

namespace kwhatif::report {

/// Keys stay in the order they are written.
using Json = nlohmann::ordered_json;

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
Json assumptions_json(const run::ResolvedRun& run);
/// Of a grid; what is not the same for all of its points names the axes that it varies with.
Json assumptions_json(const grid::Space& space);
Json results_json(const run::RunEstimate<double>& result);
Json scenario_json(const run::ResolvedRun& run);

/// The percentiles of one result under its JSON key, in its unit.
void add_band(Json& intervals, const uncertain::Band& band);
/// Keys "intervals" and "drivers": percentiles of what is uncertain, and which input contributes how much.
void add_uncertainty(Json& out, const run::ResolvedRun& run);

}  // namespace kwhatif::report
