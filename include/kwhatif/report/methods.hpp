// One run under all published methods, for people and for machines.
#pragma once

#include <kwhatif/catalog/catalog.hpp>
#include <kwhatif/method/method.hpp>
#include <kwhatif/report/table.hpp>
#include <kwhatif/run/resolve.hpp>
#include <kwhatif/run/result.hpp>

#include <string>
#include <vector>

namespace kwhatif::report {

/// @param title    of the run
/// @param details  what each method takes, and the known faults of its tool
std::string methods_text(const std::string& title, const run::ResolvedRun& run,
                         const run::RunEstimate<double>& result, const std::vector<method::Applied>& methods,
                         bool details, const catalog::Catalog& catalog);
/// Schema kwhatif/methods/1.
std::string methods_json(const run::ResolvedRun& run, const run::RunEstimate<double>& result,
                         const std::vector<method::Applied>& methods, const catalog::Catalog& catalog);
Table methods_table(const run::RunEstimate<double>& result, const std::vector<method::Applied>& methods);

}  // namespace kwhatif::report
