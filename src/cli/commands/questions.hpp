// The questions of verbs that `report` asks as well: each is made where its verb is.
#pragma once

#include "verb.hpp"
#include <kwhatif/ask/compare.hpp>
#include <kwhatif/ask/lifecycle.hpp>
#include <kwhatif/ask/plan.hpp>

#include <optional>

namespace kwhatif::cli {

/// @errors diag::Error: those of run_of()
ask::CompareQuestion compare_question(const Context& context);
/// The answer of `plan`, with progress and Ctrl-C watched; none: interrupted.
/// @errors diag::Error: those of ask::plan()
std::optional<ask::PlanAnswer> watched_plan(const Context& context);
/// @errors diag::Error: those of run_of(), cannot-read
ask::LifecycleQuestion lifecycle_question(const Context& context);

}  // namespace kwhatif::cli
