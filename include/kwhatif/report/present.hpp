// One presenter per verb: what stands in the document of its answer. A document refers to the answer and the
// tables, which must outlive it.
#pragma once

#include <kwhatif/ask/estimate.hpp>
#include <kwhatif/ask/plan.hpp>
#include <kwhatif/ask/solve.hpp>
#include <kwhatif/ask/sweep_answer.hpp>
#include <kwhatif/catalog/catalog.hpp>
#include <kwhatif/report/document.hpp>

namespace kwhatif::report {

Document present(const ask::Estimate& answer, const catalog::Catalog& tables);
Document present(const ask::Explanation& answer, const catalog::Catalog& tables);
Document present(const ask::PlanAnswer& answer, const catalog::Catalog& tables);
Document present(const ask::SolveAnswer& answer, const catalog::Catalog& tables);
Document present(const ask::SweepAnswer& answer, const catalog::Catalog& tables);

}  // namespace kwhatif::report
