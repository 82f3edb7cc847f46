// From findings to keys of a run file. Private to src/ask/import*.cpp.
#pragma once

#include <kwhatif/ask/import.hpp>

namespace kwhatif::ask {

/// Names of devices and places become those of the tables.
void look_up_names(ImportAnswer& answer, const catalog::Catalog& tables);
/// Decides which values are inputs: one basis for rate, power and time each, the others as comments.
void choose_inputs(ImportAnswer& answer);
/// What is still missing.
void find_gaps(ImportAnswer& answer, const catalog::Catalog& tables);

/// A run file with [published] as what a study is made of.
/// @errors diag::ScenarioError: those of read_run(); diag::UsageError: stages
ImportAnswer study_of_run_file(const std::shared_ptr<const diag::SourceText>& source, const run::Given& given,
                               const run::Scenario& said);

}  // namespace kwhatif::ask
