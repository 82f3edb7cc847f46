// ask: one question and one answer per verb. An answer is plain data: everything that a front end (command
// line, page, Python, your program) needs to show it, warnings included. Does not live here: how it looks
// (report), flags and streams (cli), formulas (estimate, model, method).
//
// estimate.hpp: what one run takes, and how that follows.
#pragma once

#include <kwhatif/ask/assumptions.hpp>
#include <kwhatif/ask/equivalents.hpp>
#include <kwhatif/ask/explain.hpp>
#include <kwhatif/ask/prediction.hpp>
#include <kwhatif/ask/progress.hpp>
#include <kwhatif/catalog/catalog.hpp>
#include <kwhatif/diag/diagnostic.hpp>
#include <kwhatif/run/resolve.hpp>
#include <kwhatif/run/result.hpp>
#include <kwhatif/run/scenario.hpp>
#include <kwhatif/run/stage.hpp>
#include <kwhatif/uncertain/certainty.hpp>

#include <array>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace kwhatif::ask {

/// The numbers of a run and of its phases.
struct Outcome {
  /// Its kinds of work, one after the other: the [[stage]]s of a run file, or the whole run as one without a
  /// name.
  std::vector<run::ResolvedStage> phases;
  std::optional<run::ResolvedRun> sum;     ///< of named phases: what they add up to
  run::RunEstimate<double> result;         ///< of all phases
  std::vector<diag::Diagnostic> warnings;  ///< those of the run, and what keeps a result from being known
  std::vector<std::optional<Prediction>> predictions;  ///< of each phase, where its time was forecast

  /// The run that the results are those of.
  const run::ResolvedRun& run() const { return sum ? *sum : phases.front().run; }
  bool staged() const { return sum.has_value(); }
  /// All sources named by the phases, each once, in order of use.
  std::vector<std::string> sources() const;
};

/// What a run takes, how sure that is, and what it rests on.
struct Estimate : Outcome {
  uncertain::Certainty certainty;  ///< of the results, and of each named phase
  /// Of each phase, what it rests on that the user did not give.
  std::vector<std::vector<Assumption>> assumptions;
  std::optional<Equivalent> drive;   ///< that emits as much CO2e
  std::optional<Progress> progress;  ///< of a run under way
};

/// How much of an estimate is wanted: each takes longer than the one before.
enum class Extent : std::uint8_t {
  numbers,  ///< the results alone
  page,     ///< what a page of text tells: of the bands those of page_bands, of stages those of their sum
  whole     ///< all that is known
};
/// Results whose bands a page of text tells.
inline constexpr std::array<std::string_view, 6> page_bands{
    "device_time", "wall_time", "facility_energy", "operational_location", "total_co2e", "cost"};

/// Estimates one run.
/// @errors diag::ScenarioError: those of run::resolve(); no-work where neither compute nor time is known
Estimate estimate(const run::Scenario& run, const catalog::Catalog& tables, Extent extent = Extent::whole);
/// The same of a run that is in numbers already.
Estimate estimate_of(run::ResolvedRun run, const catalog::Catalog& tables, Extent extent = Extent::whole);

/// How sure the results are.
uncertain::Certainty certainty_of(const Outcome& outcome);
/// All that is known of an estimate of which only the numbers were wanted; its certainty is worked out where
/// it is not there yet.
Estimate completed(Estimate numbers, const catalog::Catalog& tables);

/// The results of a phase as they add up to the total: the compute is that of all its runs, as its time is.
run::RunEstimate<double> of_all_runs(const run::ResolvedStage& phase);

/// How every number of an estimate follows, down to its sources.
struct Explanation {
  Outcome outcome;
  std::vector<ask::Derivation> derivations;          ///< of the total
  std::vector<std::vector<ask::Derivation>> phases;  ///< of each named phase
};

/// @errors as estimate()
Explanation explain(const run::Scenario& run, const catalog::Catalog& tables);
/// The same of a run that is in numbers already.
Explanation explanation_of(run::ResolvedRun run);

}  // namespace kwhatif::ask
