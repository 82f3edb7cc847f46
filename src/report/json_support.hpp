// Pieces that the JSON of several verbs share. Only src/report/json_*.cpp include this (and so
// nlohmann/json).
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

namespace kwhatif::grid {
class Space;
}

namespace kwhatif::report {

/// The document of a verb, printed: its own keys in the envelope that all documents share, which is schema,
/// data_version and data_overlays before them, warnings and sources after them.
/// @param name     of the schema: "estimate" for kwhatif/estimate/1
/// @param sources  ids, in order; those that are empty or stand twice are passed over
std::string document(std::string_view name, const Json& body, const std::vector<diag::Diagnostic>& warnings,
                     const std::vector<std::string>& sources, const catalog::Catalog& catalog);

/// Code, message and hint of each.
Json warnings_json(const std::vector<diag::Diagnostic>& warnings);
/// What was not given, where it is from, and what its spread does.
Json assumption_json(const Assumption& assumption);
Json assumptions_json(const std::vector<Assumption>& assumptions);
/// Of a grid; what is not the same for all of its points names the axes that it varies with.
Json assumptions_json(const grid::Space& space);
Json results_json(const run::RunEstimate<double>& result);
/// Keys of the contract that nothing computes yet: not computed is null, never zero.
inline constexpr std::array<std::string_view, 3> not_computed_yet{"embodied_kg", "total_kg", "water_l"};
/// Every input as resolved, numbers as numbers (report/scenario_entries.hpp).
Json scenario_json(const run::ResolvedRun& run, const catalog::Catalog& catalog);

/// Keys "intervals" and "drivers": percentiles of what is uncertain, and which input contributes how much.
void add_uncertainty(Json& out, const uncertain::Certainty& certainty);

}  // namespace kwhatif::report
