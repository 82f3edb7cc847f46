// Pieces that the JSON of several verbs share. Only src/report/json_*.cpp include this (and so
// nlohmann/json).
#pragma once

#include <kwhatif/analysis/uncertainty.hpp>
#include <kwhatif/catalog/catalog.hpp>
#include <kwhatif/estimate/result.hpp>
#include <kwhatif/scenario/resolve.hpp>

#include <algorithm>
#include <string>
#include <vector>

#include <nlohmann/json.hpp>

namespace kwhatif::report {

/// Keys stay in the order they are written.
using Json = nlohmann::ordered_json;

Json sources_json(const catalog::Catalog& catalog, const std::vector<std::string>& ids);
Json warnings_json(const std::vector<diag::Diagnostic>& warnings);
Json results_json(const estimate::RunEstimate<double>& result);
Json scenario_json(const scenario::ResolvedRun& run);

/// The percentiles of one result under its JSON key, in its unit.
void add_band(Json& intervals, const analysis::Band& band);
/// Keys "intervals" and "drivers": percentiles of what is uncertain, and which input contributes how much.
void add_uncertainty(Json& out, const scenario::ResolvedRun& run);

/// Two blanks of indentation, a newline at the end. Numbers are the shortest text that reads back as the same
/// double (a count of 10000 is 10000, not 10000.0); what is no finite number is null; bytes that are no UTF-8
/// are replaced; hidden characters (diag/visible.hpp) are escaped.
std::string printed(const Json& json);

}  // namespace kwhatif::report
