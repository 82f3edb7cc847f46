// The answer of `plan`, for people and for machines.
#pragma once

#include <kwhatif/analysis/plan.hpp>
#include <kwhatif/catalog/catalog.hpp>

#include <string>
#include <vector>

namespace kwhatif::report {

std::string plan_text(const std::vector<analysis::Space>& spaces, const analysis::PlanQuestion& question,
                      const analysis::PlanAnswer& answer, const catalog::Catalog& catalog);
/// Schema kwhatif/plan/1.
std::string plan_json(const std::vector<analysis::Space>& spaces, const analysis::PlanQuestion& question,
                      const analysis::PlanAnswer& answer, const catalog::Catalog& catalog);
/// The run of a point, and its results by resolve() and estimate().
scenario::Scenario plan_run(const std::vector<analysis::Space>& spaces, const analysis::PlanPoint& point);
estimate::RunEstimate<double> plan_result(const std::vector<analysis::Space>& spaces,
                                          const analysis::PlanPoint& point, const catalog::Catalog& catalog);
/// A result by number, where it is known.
std::optional<double> result_value(const estimate::RunEstimate<double>& results, std::size_t wanted);

}  // namespace kwhatif::report
