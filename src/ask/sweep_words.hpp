// The words of a sweep's question, read. Private to ask.
#pragma once

#include <kwhatif/ask/sweep_answer.hpp>

namespace kwhatif::ask {

/// An option that would change nothing is a slip: it is said, not passed over.
/// @errors diag::UsageError: conflict, no-effect
void refuse_idle_options(const SweepQuestion& question);
SweepKind kind_of(const SweepQuestion& question);
/// Conditions, columns, what ranks or is reduced, axes of groups, threads.
/// @errors diag::UsageError: unknown-result, unknown-axis, unknown-word, given-twice, missing-value,
///         out-of-range and those of grid::read_limits()
void read_words(const SweepQuestion& question, const Watch& watch, SweepAnswer& out);
/// @errors diag::UsageError: out-of-range
std::size_t top_count(const run::Given& given);
std::uint64_t row_number(const run::Given& given, const grid::Space& space);

}  // namespace kwhatif::ask
