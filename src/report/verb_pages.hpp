// Pages of single verbs that fill a file of their own, for the presenters beside them.
#pragma once

#include "content.hpp"
#include <kwhatif/ask/compare.hpp>
#include <kwhatif/ask/models.hpp>

namespace kwhatif::report {

/// Runs with their ratios and what causes these, or places ranked.
Page compare_page(const ask::Comparison& comparison, const catalog::Catalog& tables);
/// The measure that says most: CO2e by contracts where it differs, else by location, else energy; then what
/// else two runs are told apart by.
std::vector<ask::Measure> main_measures(const ask::Comparison& comparison);
/// Parameters, FLOPs and memory of an architecture.
Page model_page(const ask::ModelAnswer& answer);
/// Both sides, and the rules that decided between them.
Page contest_page(const ask::Contest& contest);
/// "Adam", "8-bit Adam", …
std::string_view optimizer_title(model::Optimizer optimizer);

}  // namespace kwhatif::report
