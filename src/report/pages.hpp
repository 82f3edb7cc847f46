// Blocks that the pages of several verbs share.
#pragma once

#include "content.hpp"
#include <kwhatif/ask/estimate.hpp>
#include <kwhatif/report/estimate.hpp>

#include <string>
#include <vector>

namespace kwhatif::report {

/// One run: its numbers, how sure they are, what they correspond to, what was assumed.
/// "1.29 GWh" as its number and its unit: in tables numbers line up on the right, units on the left.
std::pair<std::string, std::string> number_and_unit(const std::string& value);

/// Manufacture, water and development of a run, or of the sum of its stages.
Page life_cycle_page(const run::ResolvedRun& run, const run::RunEstimate<double>& result);
Page estimate_page(const ask::Estimate& answer, const catalog::Catalog& tables);
/// A run of stages: one line for each and their sum.
Page stages_page(const ask::Estimate& answer, const catalog::Catalog& tables);
/// Header, one row per stage, one of their sum.
Table stages_table(const ask::Estimate& answer);
/// "The CO2e is that of 4.59 million km …": empty of none.
Page drive_page(const std::optional<ask::Equivalent>& drive);
/// A list of assumptions under its heading; empty where there are none.
Page assumptions_page(const std::vector<Assumption>& list);
/// The 50 and 90 % bands of the main results, and which inputs to settle first; empty where nothing is
/// uncertain.
Page uncertainty_page(const ask::Estimate& answer, const std::string& heading = "Uncertainty");
/// What the bands promise: shares of runs only where the back-test covers such runs.
std::string bands_promise(const ask::Outcome& answer);
/// Where the time of a forecast goes.
Page terms_page(const ask::Prediction& prediction, const run::WorkUnit& work);
/// Derivations as trees of lines.
/// @param work  the words for tokens
Page trees_page(const std::vector<ask::Derivation>& derivations, const run::WorkUnit& work = {});
/// Full citations of sources, and the notices that their licences ask for.
Page sources_page(const std::vector<std::string>& sources, const catalog::Catalog& tables);

}  // namespace kwhatif::report
