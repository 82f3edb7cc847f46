// The verdict: which of several runs needs least of one result, how sure that is, and what would settle it.
//
// The best run is the one of the least central value; every other is set beside it over paired draws, so that
// an unknown which both share moves in both and cancels. The words follow from the share of the draws in
// which the best needs less: certain (no draw can change it), sure (95 % and more), likely (80 % and more),
// else open, which is no difference that the data show. Does not live here: draws (uncertain), which runs of
// a grid are set beside each other (verdict_rows.hpp).
#pragma once

#include <kwhatif/run/resolve.hpp>
#include <kwhatif/run/result.hpp>

#include <cstddef>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace kwhatif::ask {

/// One of the runs that are to be told apart.
struct Candidate {
  std::string name;                       ///< in the sentence: "h100-sxm5"
  const run::ResolvedRun* run = nullptr;  ///< outlives the call
  run::RunEstimate<double> result;        ///< of the run
  std::size_t index = 0;                  ///< where it is in the answer that it is from
};

/// How one run stands to the best.
enum class Order {
  same,     ///< no difference at all
  certain,  ///< no draw changes the order
  sure,
  likely,
  open  ///< no difference that the data show
};
std::string_view name(Order order);  ///< for programs

inline constexpr double least_sure = 0.95;
inline constexpr double least_likely = 0.8;

/// The best run beside another.
struct Beside {
  std::size_t run = 0;  ///< index into the candidates
  Order order = Order::open;
  double probability = 0.5;         ///< that the best needs less (with `most`: has more); ties count half
  std::optional<double> ratio;      ///< of the other over the best; absent where the best is zero
  std::optional<double> low, high;  ///< its 5 and 95 % points, where it is uncertain
  std::optional<run::Slot> settles = {};  ///< the input with the largest share of the variance of ln ratio
  double settles_share = 0;
  std::optional<std::size_t> settles_run = {};  ///< whose input; none: that of both
  /// Whether both are exact, or only what is uncertain is the same in both.
  bool exact = false;
};

struct Decision {
  run::ResultInfo measure;
  bool most = false;  ///< the largest is the best
  std::size_t best = 0;
  std::vector<Beside> others;         ///< that have the result, the least certain order first
  std::vector<std::size_t> unknown;   ///< candidates without it
  std::vector<std::string> names;     ///< of all candidates
  std::vector<std::size_t> index;     ///< of all candidates
  std::optional<double> limits_kept;  ///< share of the draws in which the best keeps the limits of a plan
  std::vector<std::size_t> judged;    ///< the best or the next, where its bands are judged and not tested
  std::string sentence;

  /// The one that decides how sure the whole is; none where there is no other.
  const Beside* next() const { return others.empty() ? nullptr : &others.front(); }
};

/// The best beside another, in one result that both have and that is finite.
Beside set_beside(const run::ResolvedRun& best, const run::ResolvedRun& other, std::string_view measure,
                  bool most = false);

/// Whether the carbon intensities of all are of one definition, so that their CO2e can be set side by side.
bool one_definition(const std::vector<Candidate>& candidates);

/// Tells runs apart in one result; none where fewer than two have it, where one is in stages (how its parts
/// move is not known), or where CO2e is counted by different definitions.
///
/// @param with       what moves as the measure does and is named beside it: "CO2e"; empty: nothing
/// @param of_places  only the place differs: the odds are those of the ranking
/// @tested property: agrees with joint sampling; exchange of two inputs makes p into 1 - p
std::optional<Decision> decide(const std::vector<Candidate>& candidates, std::string_view measure,
                               bool most = false, std::string_view with = {}, bool of_places = false);

}  // namespace kwhatif::ask
