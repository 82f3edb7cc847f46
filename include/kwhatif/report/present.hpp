// One presenter per verb: what stands in the document of its answer. A document refers to the answer and the
// tables, which must outlive it.
#pragma once

#include <kwhatif/ask/backtest.hpp>
#include <kwhatif/ask/equivalents.hpp>
#include <kwhatif/ask/estimate.hpp>
#include <kwhatif/ask/influence.hpp>
#include <kwhatif/ask/reproduce.hpp>
#include <kwhatif/ask/schedule.hpp>
#include <kwhatif/catalog/catalog.hpp>
#include <kwhatif/report/document.hpp>

namespace kwhatif::report {

Document present(const ask::Estimate& answer, const catalog::Catalog& tables);
Document present(const ask::Explanation& answer, const catalog::Catalog& tables);
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
