// Comparisons and rankings for people and for machines.
#pragma once

#include <kwhatif/ask/compare.hpp>
#include <kwhatif/catalog/catalog.hpp>
#include <kwhatif/report/table.hpp>

#include <cstddef>
#include <optional>
#include <string>
#include <vector>

namespace kwhatif::report {

/// "57.1 times less", "2.09 times more", "the same".
std::string times_words(double ratio);

/// The runs as a table, then each ratio with its causes.
std::string compare_text(const ask::Comparison& comparison, const catalog::Catalog& catalog);
/// Schema kwhatif/compare/1.
/// @param ranking   places, where an axis is one
/// @param left_out  points without data, with the reason
std::string compare_json(const ask::Comparison& comparison, const std::optional<ask::Ranking>& ranking,
                         const std::vector<std::string>& left_out, const catalog::Catalog& catalog);
/// One row per run.
Table compare_table(const ask::Comparison& comparison);

/// Places, cleanest first.
/// @param limit  at most this many of each group, the chosen one always among them; 0 is all
std::string ranking_text(const ask::Comparison& comparison, const ask::Ranking& ranking,
                         const std::vector<std::string>& left_out, std::size_t limit,
                         const catalog::Catalog& catalog);
Table ranking_table(const ask::Comparison& comparison, const ask::Ranking& ranking);

}  // namespace kwhatif::report
