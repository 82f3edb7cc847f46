// A run of stages for people and for machines: one line per stage, and the total.
#pragma once

#include <kwhatif/catalog/catalog.hpp>
#include <kwhatif/report/table.hpp>
#include <kwhatif/run/result.hpp>
#include <kwhatif/run/stage.hpp>
#include <kwhatif/uncertain/uncertainty.hpp>

#include <string>
#include <vector>

namespace kwhatif::report {

/// The results of a stage as they add up to the total: the compute is that of all its runs, as its time is.
run::RunEstimate<double> of_all_runs(const run::ResolvedStage& stage);

/// Percentiles of the total, as if all stages erred together: each is the sum of the stages' own. One team on
/// one kind of machine is high or low throughout, so independent stages would make the total look surer than
/// it is.
/// @param total  estimate of run.total
std::vector<uncertain::Band> stage_bands(const run::StagedRun& run, const run::RunEstimate<double>& total);

/// The report of `estimate`: a table of the stages and their sum, the assumptions of all.
/// @param total  estimate of run.total
std::string stages_text(const run::StagedRun& run, const run::RunEstimate<double>& total,
                        const catalog::Catalog& catalog);
/// Schema kwhatif/estimate/1 with "stages"; "results" holds the total.
std::string stages_json(const run::StagedRun& run, const run::RunEstimate<double>& total,
                        const catalog::Catalog& catalog);
/// Header, one row per stage, one of the total.
Table stages_table(const run::StagedRun& run, const run::RunEstimate<double>& total);

/// The derivation of each stage and of the total.
std::string explain_stages_text(const run::StagedRun& run, const catalog::Catalog& catalog);
/// Schema kwhatif/explain/1 with "stages"; "derivations" holds those of the total.
std::string explain_stages_json(const run::StagedRun& run, const catalog::Catalog& catalog);

}  // namespace kwhatif::report
