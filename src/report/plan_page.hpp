// The page of a plan.
#pragma once

#include "content.hpp"
#include <kwhatif/ask/plan.hpp>

#include <string>
#include <string_view>

namespace kwhatif::report {

/// "most tokens", "largest model", "least cost".
std::string plan_goal(const ask::PlanAnswer& answer, std::string_view least_of);
Page plan_page(const ask::PlanAnswer& answer, const catalog::Catalog& tables);

}  // namespace kwhatif::report
