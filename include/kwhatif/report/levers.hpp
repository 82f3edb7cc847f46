// Reduction measures on one run, for people and for machines.
#pragma once

#include <kwhatif/ask/levers.hpp>
#include <kwhatif/catalog/catalog.hpp>
#include <kwhatif/report/table.hpp>

#include <string>

namespace kwhatif::report {

/// @param all  also the levers that do not apply, with the reason
std::string levers_text(const run::ResolvedRun& run, const run::RunEstimate<double>& result,
                        const ask::Levers& levers, bool all, const catalog::Catalog& catalog);
/// Schema kwhatif/levers/1.
std::string levers_json(const run::ResolvedRun& run, const run::RunEstimate<double>& result,
                        const ask::Levers& levers, const catalog::Catalog& catalog);
Table levers_table(const ask::Levers& levers);

/// "yes", "perhaps", "no".
std::string_view name(ask::Applies applies);

}  // namespace kwhatif::report
