// Models at equal quality, in the documents of compare and model: words, JSON and cells.
#pragma once

#include "content.hpp"
#include <kwhatif/ask/compare.hpp>
#include <kwhatif/ask/quality_pair.hpp>
#include <kwhatif/report/page.hpp>

#include <optional>
#include <string>
#include <utility>
#include <vector>

namespace kwhatif::report {

/// "worth a dense 25.1 B (13.2 to 46.7 B)"; of a dense model "a dense 69.0 B".
std::string worth_words(const ask::Worthy& model);

/// Both answers of each pair that differs from those before, then what holds of all.
void add_equal_quality(Page& page, const std::vector<const ask::QualityPair*>& pairs);

/// One line on what the models of runs are worth, where that differs; empty where it does not.
std::string quality_differs(const ask::ModelsWorth& worth);

/// Rule, factor with its band, class and notes, and what the model is worth.
Json equivalence_json(const ask::Worthy& model, const model::EquivalenceRule& rule);
/// Answer A; null where both are dense.
Json kind_json(const ask::QualityPair& pair);
/// Answer B; null where the tokens of the reference are unknown.
Json sized_json(const ask::QualityPair& pair);

/// Heads and cells of rows: the same heads whatever is known.
/// @param rule  as that of `model`; both null where the model is unknown
std::vector<std::pair<std::string, std::string>> quality_cells(const ask::Worthy* model,
                                                               const model::EquivalenceRule* rule,
                                                               const ask::QualityPair* pair);

}  // namespace kwhatif::report
