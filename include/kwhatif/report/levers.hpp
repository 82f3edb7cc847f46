// Reduction measures on one run, for people and for machines.
#pragma once

#include <kwhatif/analysis/levers.hpp>
#include <kwhatif/catalog/catalog.hpp>
#include <kwhatif/report/table.hpp>

#include <string>

namespace kwhatif::report {

/// @param all  also the levers that do not apply, with the reason
std::string levers_text(const scenario::ResolvedRun& run, const estimate::RunEstimate<double>& result,
                        const analysis::Levers& levers, bool all, const catalog::Catalog& catalog);
/// Schema kwhatif/levers/1.
std::string levers_json(const scenario::ResolvedRun& run, const estimate::RunEstimate<double>& result,
                        const analysis::Levers& levers, const catalog::Catalog& catalog);
Table levers_table(const analysis::Levers& levers);

/// "yes", "perhaps", "no".
std::string_view name(analysis::Applies applies);

}  // namespace kwhatif::report
