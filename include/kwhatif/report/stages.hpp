// A run of stages for people and for machines: one line per stage, and the total.
#pragma once

#include <kwhatif/catalog/catalog.hpp>
#include <kwhatif/estimate/result.hpp>
#include <kwhatif/report/table.hpp>
#include <kwhatif/scenario/stage.hpp>

#include <string>
#include <vector>

namespace kwhatif::report {

/// The results of a stage as they add up to the total: the compute is that of all its runs, as its time is.
estimate::RunEstimate<double> of_all_runs(const scenario::ResolvedStage& stage);

/// The report of `estimate`: a table of the stages and their sum, the assumptions of all.
/// @param total  estimate of run.total
std::string stages_text(const scenario::StagedRun& run, const estimate::RunEstimate<double>& total,
                        const catalog::Catalog& catalog);
/// Schema kwhatif/estimate/1 with "stages"; "results" holds the total.
std::string stages_json(const scenario::StagedRun& run, const estimate::RunEstimate<double>& total,
                        const catalog::Catalog& catalog);
/// Header, one row per stage, one of the total.
Table stages_table(const scenario::StagedRun& run, const estimate::RunEstimate<double>& total);

/// The derivation of each stage and of the total.
std::string explain_stages_text(const scenario::StagedRun& run, const catalog::Catalog& catalog);
/// Schema kwhatif/explain/1 with "stages"; "derivations" holds those of the total.
std::string explain_stages_json(const scenario::StagedRun& run, const catalog::Catalog& catalog);

}  // namespace kwhatif::report
