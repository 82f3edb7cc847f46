// One presenter per verb: what stands in the document of its answer. A document refers to the answer and the
// tables, which must outlive it.
#pragma once

#include <kwhatif/ask/backtest.hpp>
#include <kwhatif/ask/check.hpp>
#include <kwhatif/ask/equivalents.hpp>
#include <kwhatif/ask/estimate.hpp>
#include <kwhatif/ask/influence.hpp>
#include <kwhatif/ask/plan.hpp>
#include <kwhatif/ask/reproduce.hpp>
#include <kwhatif/ask/schedule.hpp>
#include <kwhatif/ask/solve.hpp>
#include <kwhatif/ask/start.hpp>
#include <kwhatif/ask/sweep_answer.hpp>
#include <kwhatif/ask/tables.hpp>
#include <kwhatif/catalog/catalog.hpp>
#include <kwhatif/report/document.hpp>

namespace kwhatif::ask {
struct Comparison;
struct Contest;
struct LeversAnswer;
struct MethodsAnswer;
struct ModelAnswer;
}  // namespace kwhatif::ask

namespace kwhatif::report {

Document present(const ask::Estimate& answer, const catalog::Catalog& tables);
Document present(const ask::Explanation& answer, const catalog::Catalog& tables);
Document present(const ask::Comparison& answer, const catalog::Catalog& tables);
Document present(const ask::LeversAnswer& answer, const catalog::Catalog& tables);
Document present(const ask::MethodsAnswer& answer, const catalog::Catalog& tables);
Document present(const ask::ModelAnswer& answer, const catalog::Catalog& tables);
Document present(const ask::Contest& answer, const catalog::Catalog& tables);
Document present(const ask::Listing& answer, const catalog::Catalog& tables);
Document present(const ask::Shown& answer, const catalog::Catalog& tables);
Document present(const ask::CheckedFiles& answer, const catalog::Catalog& tables);
/// A run file.
Document present(const ask::StartingRun& answer, const catalog::Catalog& tables);
/// The schemas of documents (schema.hpp), which are no answer but a list of what is presented here.
Document present_schemas(const catalog::Catalog& tables);
Document present(const ask::PlanAnswer& answer, const catalog::Catalog& tables);
Document present(const ask::SolveAnswer& answer, const catalog::Catalog& tables);
Document present(const ask::SweepAnswer& answer, const catalog::Catalog& tables);
Document present(const ask::ScheduleAnswer& answer, const catalog::Catalog& tables);
Document present(const ask::HeatMap& answer, const catalog::Catalog& tables);
Document present(const ask::Sensitivity& answer, const catalog::Catalog& tables);
Document present(const ask::Equivalents& answer, const catalog::Catalog& tables);

/// How much of a long answer stands on the page; machines get all of it.
enum class Detail : std::uint8_t {
  least,  ///< a line per study
  usual,
  most  ///< also the baselines, and what was predicted from printed inputs
};
Document present(const ask::Reproduction& answer, const catalog::Catalog& tables, Detail detail);
Document present(const ask::Backtest& answer, const catalog::Catalog& tables, Detail detail);

}  // namespace kwhatif::report
