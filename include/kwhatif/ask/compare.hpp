// Runs side by side: the ratio of any two, split into what caused it; one run varied along axes; places
// ranked. The question of the verb is CompareQuestion; the rest are its parts, for programs that have runs in
// numbers.
//
// A ratio R of two runs in one result is a product of a few factors that multiply to R up to rounding. Where
// both runs' compute is known they are Patterson's four Ms: model (FLOP), machine (FLOP/s per watt),
// mechanisation (PUE) and map (carbon intensity); else device-time, power, PUE and intensity. log shares ln f
// / ln R add up to 1. Exchanging the two runs inverts every factor; a run against itself is 1. Does not live
// here: formulas and which grid row is taken (run), wording of tables (report).
#pragma once

#include <kwhatif/ask/quality_pair.hpp>
#include <kwhatif/ask/verdict.hpp>
#include <kwhatif/catalog/catalog.hpp>
#include <kwhatif/grid/axis.hpp>
#include <kwhatif/run/resolve.hpp>
#include <kwhatif/run/result.hpp>

#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace kwhatif::ask {

/// One run of a comparison.
struct Compared {
  std::string label;
  run::ResolvedRun run;
  run::RunEstimate<double> result;
  std::vector<std::pair<std::string, std::string>>
      position;  ///< axis and value, where the run is one of a varied run
};

/// A result that runs are compared in.
enum class Measure { energy, location, market, wall_time, cost };
std::string_view key(Measure measure);    ///< facility_energy, operational_location …
std::string_view label(Measure measure);  ///< for people
/// The measure of a run in its coherent unit, where known.
std::optional<double> measured(const run::RunEstimate<double>& result, Measure measure);

/// One cause of a ratio.
struct Cause {
  std::string
      key;  ///< model, machine, mechanisation, map, repetition, device_time, power, rate, devices, price
  std::string label;                ///< "machine (FLOP/s per watt)"
  double ratio = 1;                 ///< what this cause alone multiplies the result by
  std::optional<double> log_share;  ///< ln ratio / ln whole; none where the whole is 1 or 0
  double value = 0;                 ///< of the run
  double against = 0;
  std::string value_text;  ///< for people: "24.0 TFLOP/s at 227 W"
  std::string against_text;
};

/// Whether the log shares of causes mean something: where factors pull against each other they add up to 1
/// all the same, but 574 % and -474 % are no shares of it. None is more than the whole, and without their
/// signs all together are at most half as much again.
bool are_shares(const std::vector<Cause>& causes);

/// The ratio of two runs in one measure.
struct RunRatio {
  std::size_t run = 0;
  std::size_t against = 0;
  Measure measure = Measure::energy;
  std::optional<double> ratio;      ///< absent where one of the two is unknown, or the other is zero
  std::optional<double> low, high;  ///< 5 and 95 % points, where an input of either is uncertain
  std::vector<Cause> causes;
};

/// The factors of the ratio of two runs.
/// @return  empty where a factor is unknown or the ratio has none (zero)
/// @tested  property: factors multiply to the ratio; exchange inverts; self is 1
std::vector<Cause> split_ratio(const run::ResolvedRun& run, const run::RunEstimate<double>& result,
                               const run::ResolvedRun& against,
                               const run::RunEstimate<double>& against_result, Measure measure);

/// The ratios of two runs with their bands and causes. Bands are those of paired draws: an unknown that both
/// runs share (the same value of the same origin for the same device or place) moves in both and cancels.
std::vector<RunRatio> ratios_of(const Compared& run, const Compared& against,
                                const std::vector<Measure>& measures);
RunRatio ratio_of(const Compared& run, const Compared& against, Measure measure);

/// What is held equal between the runs.
enum class EqualWork { as_given, tokens, flops, loss, deadline };
/// @errors diag::UsageError (unknown-word)
EqualWork read_equal_work(const run::Given& given);

/// One place of a ranking.
struct Place {
  std::size_t run = 0;  ///< index into the runs given
  std::string id;       ///< region or grid
  std::string name;
  /// The ranks that the place may have: 1 + those that surely emit less, and all but those that surely emit
  /// more; "surely" is a probability of 0.8 or more by the bands of the grids.
  std::size_t rank_low = 1, rank_high = 1;
  std::size_t tier = 0;  ///< of neighbours that do not differ by these data, counted from 0
  std::optional<double> cleaner_than_next;  ///< probability; none for the last
  std::optional<double>
      over_best;  ///< CO2e over that of the best of the group; absent where the best is zero
  std::optional<double> over_chosen;  ///< CO2e over that of the chosen place
  std::optional<double> low, high;    ///< CO2e at the ends of the grid's 90 % band [kg]
};

/// Places with all other axes alike, cleanest first.
struct RankingGroup {
  std::string label;  ///< "year=2018"; empty where there is one group
  std::vector<Place> places;
};

struct Ranking {
  std::vector<RankingGroup> groups;
  std::string chosen;                   ///< the place of the run itself, or empty
  std::vector<diag::Diagnostic> mixed;  ///< what differs within a group: years, boundaries, bases
  std::vector<std::string> left_out;    ///< places without a comparable value, with the reason

  bool has(std::size_t run) const;  ///< whether it is in one of the groups
};

/// What the models of runs are worth.
struct ModelsWorth {
  model::EquivalenceRule rule;
  std::vector<std::optional<Worthy>> runs;  ///< none: no model of text, or its size is unknown
};

/// A run at equal quality with the reference.
struct RunPair {
  std::size_t run = 0;
  QualityPair pair;
};

/// Runs beside one of them.
struct Comparison {
  std::vector<Compared> runs;
  std::size_t against = 0;
  EqualWork rule = EqualWork::as_given;
  std::string rule_words;         ///< always printed
  std::vector<Measure> measures;  ///< those that at least one run has
  std::vector<RunRatio> ratios;
  ModelsWorth worth;                       ///< one each of `runs`
  std::vector<RunPair> quality;            ///< one each of the others, where quality is what is held equal
  std::optional<Ranking> ranking;          ///< of a run varied over places
  std::vector<std::string> left_out;       ///< points of patterns that have no data, with the reason
  std::optional<std::size_t> most_places;  ///< of each group that people are shown; none: all
  std::vector<diag::Diagnostic> warnings;
  std::optional<Decision> verdict;      ///< none where fewer than two runs have one result
  std::vector<diag::Diagnostic> notes;  ///< what stands for a kind, what is not offered

  /// Whether this is a ranking of places, and not first of all runs with their work made equal.
  bool ranks() const { return ranking && rule == EqualWork::as_given; }
  /// That of a run over the reference; null where there is none.
  const RunRatio* ratio(std::size_t run, Measure measure) const;
  /// The same quality as the reference; null where another rule holds.
  const QualityPair* equal_quality(std::size_t run) const;
  /// Whether an end of the band of the work that the run has to do is open: then no ratio has a band.
  bool open_ended(std::size_t run) const;
  /// All sources named by the runs, each once, in order of use.
  std::vector<std::string> sources() const;
};

/// What is to be compared: runs with one of them, or one run at all points of axes.
struct CompareQuestion {
  struct Side {
    run::Scenario run;
    run::Given name = {};  ///< its file or id, which stands for a title that the run lacks
    bool printed = false;  ///< the published run `name` from its own printed inputs, whatever `run` says
  };
  std::vector<Side> runs;
  std::vector<run::Given> vary = {};       ///< axes of one run: "region=gcp:*"
  std::optional<run::Given> equal = {};    ///< what is held equal: see read_equal_work()
  std::optional<run::Given> against = {};  ///< number of the reference, counted from 1
  std::optional<run::Given> limit = {};    ///< places of each group that people are shown
  bool unavailable = false;  ///< also devices that nobody sells, and places where nobody offers them
  bool mixed = false;        ///< places are ranked although years or boundaries of their values differ
};

/// @errors diag::UsageError: missing-value, too-many-arguments, unknown-word, out-of-range, too-many;
/// diag::ScenarioError: those of run::resolve(), mixed-years, mixed-boundaries, mixed-bases, and what the
/// rule needs
Comparison compare(const CompareQuestion& question, const catalog::Catalog& tables);

/// Compares runs with one of them.
///
/// @param runs     at least one
/// @param against  index of the reference
/// @errors         diag::ScenarioError: no-work, where the rule needs what a run does not say (tokens, a rate
/// …)
Comparison compare(std::vector<Compared> runs, std::size_t against, EqualWork rule);

/// Work of a run in each run's own units made equal to the reference's: changes inputs and results of `runs`.
/// @return  the rule in words
std::string equalise(std::vector<Compared>& runs, std::size_t against, EqualWork rule,
                     std::vector<diag::Diagnostic>& warnings);

// --- one run varied along axes
// -----------------------------------------------------------------------------------

struct Varied {
  std::vector<Compared> runs;
  std::vector<std::string> left_out;  ///< positions of pattern axes that have no data, with the reason
  std::size_t not_offered = 0;        ///< positions of pattern axes whose device nobody offers there
  std::vector<diag::Diagnostic> warnings;
};

/// The run at all points of the axes, the last axis changing fastest.
/// @param unavailable  also positions of patterns whose device is not known to be offered there
/// @errors diag::Error of the first named (not pattern) point that cannot be resolved; UsageError too-many
Varied vary(const run::Scenario& base, const std::vector<grid::Axis>& axes, const catalog::Catalog& catalog,
            bool unavailable = true);

/// A published run by id ("patterson-2021/gpt-3") from its own printed inputs, or none where there is no such
/// run.
std::optional<Compared> published_run(const catalog::Catalog& catalog, std::string_view id);
/// Its inputs as given.
/// @param with_facts  also its size, tokens and device where they are known but not needed for its printed
/// results
std::optional<run::Scenario> published_scenario(const catalog::Catalog& catalog, std::string_view id,
                                                bool with_facts = false);

// --- places ranked
// -----------------------------------------------------------------------------------------------

/// Warnings where carbon intensities of different years, boundaries or bases stand beside each other.
std::vector<diag::Diagnostic> mixtures(const std::vector<const Compared*>& runs);

/// Ranks the places of a varied run, or none where no axis is a place, one is neither a place nor what
/// chooses its grid value, or no run has CO2e. Places whose value cannot be compared stand outside, in
/// left_out.
///
/// @param chosen  the run at its own place, if it has one
std::optional<Ranking> rank_places(const std::vector<Compared>& runs, const Compared* chosen);

}  // namespace kwhatif::ask
