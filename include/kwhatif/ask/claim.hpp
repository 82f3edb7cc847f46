// claim: whether the results that a run file prints ([published]) fit together with its inputs; where they do
// not, which input would make them fit, how plausible that value is, and which known slip the difference
// looks like. Rows of the tables are held against their inputs by reproduce.hpp, in the same words. Does not
// live here: wording (report).
#pragma once

#include <kwhatif/ask/reproduce.hpp>
#include <kwhatif/run/scenario.hpp>

#include <string>

namespace kwhatif::ask {

/// Holds the printed results of a run against what follows from its inputs.
///
/// First from the inputs as given, with the rounding of their texts and no defaults, as for a published row.
/// Where these do not suffice, against the 90 % band of the estimate. What then does not fit is solved for
/// each input that the result rests on, all others as they are; the plausibility of the value found goes by
/// the band that the input would have had if it had not been given, or that its table or prediction gives.
/// @param name  of the run, in the answer: its file
/// @errors diag::ScenarioError: those of run::resolve(); nothing-published where the run prints no results
/// @tested property: a run with its own results fits; one input changed is among the repairs, with the value
/// it had
Study check_claim(const run::Scenario& run, const catalog::Catalog& catalog, const std::string& name);

}  // namespace kwhatif::ask
