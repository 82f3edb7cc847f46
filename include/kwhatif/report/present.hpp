// One presenter per verb: what stands in the document of its answer. A document refers to the answer and the
// tables, which must outlive it.
#pragma once

#include <kwhatif/catalog/catalog.hpp>
#include <kwhatif/report/document.hpp>

#include <cstdint>

namespace kwhatif::ask {
struct Backtest;
struct CheckedFiles;
struct Comparison;
struct Contest;
struct Equivalents;
struct Estimate;
struct Explanation;
struct HeatMap;
struct LeversAnswer;
struct Listing;
struct MethodsAnswer;
struct ModelAnswer;
struct PlanAnswer;
struct Reproduction;
struct ScheduleAnswer;
struct Sensitivity;
struct Shown;
struct SolveAnswer;
struct StartingRun;
struct SweepAnswer;
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
