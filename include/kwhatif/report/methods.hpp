// One run under all published methods, for people and for machines.
#pragma once

#include <kwhatif/catalog/catalog.hpp>
#include <kwhatif/estimate/result.hpp>
#include <kwhatif/method/method.hpp>
#include <kwhatif/report/table.hpp>
#include <kwhatif/scenario/resolve.hpp>

#include <string>
#include <vector>

namespace kwhatif::report {

/// @param title    of the run
/// @param details  what each method takes, and the known faults of its tool
std::string methods_text(const std::string& title, const scenario::ResolvedRun& run,
                         const estimate::RunEstimate<double>& result,
                         const std::vector<method::Applied>& methods, bool details,
                         const catalog::Catalog& catalog);
/// Schema kwhatif/methods/1.
std::string methods_json(const scenario::ResolvedRun& run, const estimate::RunEstimate<double>& result,
                         const std::vector<method::Applied>& methods, const catalog::Catalog& catalog);
Table methods_table(const estimate::RunEstimate<double>& result, const std::vector<method::Applied>& methods);

}  // namespace kwhatif::report
