// The answer of `plan`, for people and for machines.
#pragma once

#include <kwhatif/analysis/plan.hpp>
#include <kwhatif/catalog/catalog.hpp>
#include <kwhatif/report/table.hpp>

#include <string>
#include <vector>

namespace kwhatif::report {

std::string plan_text(const analysis::PlanQuestion& question, const analysis::PlanAnswer& answer,
                      const catalog::Catalog& catalog);
/// All points of the answer, one per line: which list it is of, the inputs of its run, its results in the
/// units of `estimate --json`.
Table plan_table(const analysis::PlanQuestion& question, const analysis::PlanAnswer& answer);
/// Schema kwhatif/plan/1.
std::string plan_json(const analysis::PlanQuestion& question, const analysis::PlanAnswer& answer,
                      const catalog::Catalog& catalog);
/// The run of a point, and its results by the numbers of its grid, which are those of resolve().
scenario::Scenario plan_run(const analysis::PlanAnswer& answer, const analysis::PlanPoint& point);
estimate::RunEstimate<double> plan_result(const analysis::PlanAnswer& answer,
                                          const analysis::PlanPoint& point);
/// Sources of what was searched, and of what offers which device.
std::vector<std::string> plan_sources(const analysis::PlanQuestion& question,
                                      const analysis::PlanAnswer& answer);
/// "most tokens", "largest model", "least cost".
std::string plan_goal(const analysis::PlanQuestion& question, std::string_view least_of);

}  // namespace kwhatif::report
