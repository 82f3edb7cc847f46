// What an answer says of how sure it is: bands, what they come from, and what each spread alone does. Made
// once from a run, or from the phases that make one up; whoever words it computes nothing.
#pragma once

#include <kwhatif/run/stage.hpp>
#include <kwhatif/uncertain/uncertainty.hpp>

#include <string_view>
#include <vector>

namespace kwhatif::uncertain {

/// What one input contributes to the uncertainty of a result, to first order.
struct Driver {
  run::Slot slot{};
  double share = 0;       ///< of the variance of the result's logarithm, 0 to 1
  double elasticity = 0;  ///< percent of the result per percent of the input, all that follows it included
};

/// What the spread of one input does by itself.
struct SpreadEffect {
  run::Slot slot{};
  std::string_view result;  ///< key: facility_energy, or operational_location where energy does not move
  double low = 1;           ///< the result with the input at one end of its 90 % band, over the result
  double high = 1;          ///< at the other end; low <= high
};

/// How sure the results of a run are.
struct Certainty {
  std::vector<Band> bands;        ///< of the results that vary, in the order of output
  std::string_view explained;     ///< key of the result that the drivers explain; empty where none varies
  std::vector<Driver> drivers;    ///< largest share first: what to measure first
  std::vector<Certainty> phases;  ///< of each stage, in their order; empty for a plain run

  /// By result key; none where the result is absent or exact.
  const Band* find(std::string_view key) const;
};

/// Nothing is sampled where no input is uncertain().
/// @param wanted  results whose bands are made, which takes most of the time; one of them is explained
Certainty certainty(const run::ResolvedRun& run, Wanted wanted = {});
/// The bands are those of the sum of the stages over the same draws; phases holds each stage's own.
///
/// A band holds the result: many unlike stages, each as likely high as low, but by more when high, add up to
/// more than the sum of their typical values.
/// @param wanted  results of the sum whose bands are made; then each stage's own are not
Certainty certainty(std::span<const run::ResolvedStage> stages, Wanted wanted = {});

/// Inputs by their share in the uncertainty of one result, summed over runs.
///
/// Variance of ln y = Σ (elasticity_i · sd of ln x_i)²; shares of it sum to 1.
/// @param result  key of a result ("facility_energy")
std::vector<Driver> drivers(const Draws& draws, std::span<const std::size_t> runs, std::string_view result);

/// Of all inputs whose spread moves energy or CO2e, in the order of slots; what follows an input moves with
/// it.
std::vector<SpreadEffect> spread_effects(const run::ResolvedRun& run);

}  // namespace kwhatif::uncertain
