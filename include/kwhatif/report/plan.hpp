// The answer of `plan`, for people and for machines.
#pragma once

#include <kwhatif/ask/plan.hpp>
#include <kwhatif/catalog/catalog.hpp>
#include <kwhatif/report/table.hpp>

#include <string>
#include <vector>

namespace kwhatif::report {

std::string plan_text(const ask::PlanQuestion& question, const ask::PlanAnswer& answer,
                      const catalog::Catalog& catalog);
/// All points of the answer, one per line: which list it is of, the inputs of its run, its results in the
/// units of `estimate --json`.
Table plan_table(const ask::PlanQuestion& question, const ask::PlanAnswer& answer);
/// Schema kwhatif/plan/1.
std::string plan_json(const ask::PlanQuestion& question, const ask::PlanAnswer& answer,
                      const catalog::Catalog& catalog);
/// The run of a point, and its results by the numbers of its grid, which are those of resolve().
run::Scenario plan_run(const ask::PlanAnswer& answer, const ask::PlanPoint& point);
run::RunEstimate<double> plan_result(const ask::PlanAnswer& answer, const ask::PlanPoint& point);
/// Sources of what was searched, and of what offers which device.
std::vector<std::string> plan_sources(const ask::PlanQuestion& question, const ask::PlanAnswer& answer);
/// "most tokens", "largest model", "least cost".
std::string plan_goal(const ask::PlanQuestion& question, std::string_view least_of);

}  // namespace kwhatif::report
