// The work of a run in a comparison: what it is, and made another.
#pragma once

#include <kwhatif/ask/compare.hpp>

#include <optional>
#include <string>

namespace kwhatif::ask {

/// @errors diag::ScenarioError (no-work)
[[noreturn]] void refuse_work(const Compared& run, const std::string& what, const std::string& help);

/// Tokens seen, all epochs; none where unknown. [token]
std::optional<double> known_tokens(const Compared& c);

/// The run with other compute at the rate it had.
/// @param flop  of one run [FLOP]
/// @errors diag::ScenarioError (no-work) where the rate is unknown
void set_compute(Compared& c, double flop, const std::string& note);

/// The run without any work: its rate and power stay.
void forget_work(Compared& c);

/// What the runs' models are worth where they are models of text whose size is known, by the rule that a run
/// names; nothing for the others.
/// @errors diag::ScenarioError: conflict where two runs name two rules; missing-input
ModelsWorth models_worth(const std::vector<Compared>& runs);

/// Every run trained to the quality of the reference; without work where that is refused.
/// @return  the rule in words
/// @errors  diag::ScenarioError: no-work, wrong-unit, missing-input
std::string equalise_quality(std::vector<Compared>& runs, std::size_t against,
                             std::vector<diag::Diagnostic>& warnings, std::vector<RunPair>& pairs);

}  // namespace kwhatif::ask
