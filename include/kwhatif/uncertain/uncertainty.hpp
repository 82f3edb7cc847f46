// How sure results are: one algebra of bands for one run, for several together, and for their ratios and
// sums.
//
//   ResolvedRun ─► Spread: a distribution per uncertain input, and where it is from
//   Spreads of one or more runs ─► Source: what is unknown once, and which inputs of which runs it feeds
//   Sources ─► Draws: Sobol points, inverse distribution functions, estimate() over blocks of points
//   Draws ─► Drawn: one result over all draws; sums and ratios of such ─► Band: percentiles
//
// Correlation is explicit: inputs of the same value, distribution and origin are one source in all runs that
// have them, so that it cancels in a ratio and adds up fully in a sum; all other sources are independent. A
// prediction is made of parts: those of one name are one source in all runs of the user, its own part is that
// of another run as far as the two are alike, and what is drawn is the quantile at the probability of their
// weighted sum (a Gaussian copula: each prediction keeps its own distribution). A measure taken on an input
// is a factor and a source of its own and leaves the input the same source. A predicted power follows the
// utilisation that it was predicted from, draw by draw. There is no second formula. Does not live here: where
// the distributions come from (tables, predict), what an answer carries (certainty.hpp), words for people
// (report).
#pragma once

#include <kwhatif/predict/distribution.hpp>
#include <kwhatif/run/resolve.hpp>
#include <kwhatif/run/result.hpp>
#include <kwhatif/run/run_inputs.hpp>

#include <array>
#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace kwhatif::uncertain {

/// One probability in three forms: as such, and as the points of two distributions below which it lies.
struct Score {
  double normal = 0;       ///< of the standard normal
  double probability = 0;  ///< in (0, 1)
  double student4 = 0;     ///< of Student's t with four degrees of freedom

  static Score of(double normal);
};

/// How one input is distributed, in its coherent unit.
class InputDistribution {
 public:
  /// Lognormal with the given median and 5 and 95 % points, which may lie unevenly (then the halves differ).
  /// 0 < low <= median <= high
  static InputDistribution lognormal(double low, double median, double high);
  /// Anything between low and high, equally likely: the rounding of a printed figure, a range of unknown
  /// shape.
  static InputDistribution uniform(double low, double high);
  /// As often below the median as above, evenly on either side: a range of unknown shape around a value. Ends
  /// that leave the median out are moved to it.
  static InputDistribution around(double low, double median, double high);
  /// Mean 0, deviation 1.
  static InputDistribution standard_normal();
  /// A prediction.
  static InputDistribution predicted(const predict::Distribution& distribution);

  /// The value below which a share u of outcomes lies, 0 < u < 1.
  double quantile(double u) const;
  /// Natural logarithms of it, one per score; not finite where it is not positive.
  void log_quantiles(std::span<const Score> scores, std::span<double> out) const;
  double median() const { return median_; }
  /// Standard deviation of the logarithm (of the value over its median where values reach zero).
  double log_deviation() const;

  /// How it follows the utilisation; nothing does but a predicted power.
  predict::Following follows() const {
    return shape_ == Shape::predicted ? prediction_.follows : predict::Following{};
  }
  /// What a prediction's spread is made of; empty: it is one whole.
  const std::vector<predict::SpreadPart>& parts() const { return prediction_.parts; }
  const predict::Whereabouts& where() const { return prediction_.where; }

  friend bool operator==(const InputDistribution& a, const InputDistribution& b) { return a.same(b); }
  /// Any order that does not depend on where a distribution is used.
  bool before(const InputDistribution& other) const;

 private:
  enum class Shape : std::uint8_t { lognormal, uniform, predicted, normal };
  bool same(const InputDistribution& other) const;

  Shape shape_ = Shape::uniform;
  double low_ = 0, median_ = 0, high_ = 0;
  predict::Distribution prediction_;
};

/// The uncertain inputs of a run; what is absent counts as exact.
struct Spread {
  std::array<std::optional<InputDistribution>, run::slot_count> inputs;
  /// What each number is of and from: the table, the place in it, the device or site. Two inputs are one
  /// unknown only where it is the same.
  std::array<std::string, run::slot_count> origin;
  /// Factors on inputs, of median 1: measures taken, each with its own band.
  struct Factor {
    run::Slot slot{};
    InputDistribution distribution;
    std::string origin;
  };
  std::vector<Factor> factors;

  std::optional<InputDistribution>& operator[](run::Slot slot) {
    return inputs[static_cast<std::size_t>(slot)];
  }
  const std::optional<InputDistribution>& operator[](run::Slot slot) const {
    return inputs[static_cast<std::size_t>(slot)];
  }
};

/// The spread that the run's own records tell: predictions with their distribution, values of tables with low
/// and high (5 and 95 %), the rounding of printed table values, and measures taken. What the user gave is
/// exact.
Spread spread_of(const run::ResolvedRun& run);

/// Whether any input has a spread worth carrying through: a prediction, a table value with a range, a
/// measure. The rounding of printed table values alone is not worth a millisecond.
bool uncertain(const run::ResolvedRun& run);

/// 5 and 95 % points of a number, the measures taken on it included: independent factors add in quadrature of
/// their logarithms, which is exact where all are lognormal. None where its source gives no spread.
std::optional<std::pair<double, double>> range_of(const run::SlotRecord& record, double value);

/// One run as the algebra takes it. Both are only looked at, and must live as long as the call.
struct Uncertain {
  const run::RunInputs<double>& inputs;
  const Spread& spread;
};

/// What is unknown once, and the inputs that it feeds.
struct Source {
  struct Feed {
    std::size_t run = 0;
    run::Slot slot{};
    double weight = 1;  ///< of a part in its prediction: the root of its share of the variance
    friend bool operator==(const Feed&, const Feed&) = default;
  };
  InputDistribution distribution;
  std::string origin;
  bool factor = false;      ///< multiplies the input, which is else replaced
  bool part = false;        ///< standard normal: goes into predictions by its weight
  std::vector<Feed> feeds;  ///< at least one; the first names it
};

/// The sources of several runs, those that they share once. Their order does not depend on that of the runs.
/// The market-based intensity is the location-based one where no contract makes a difference.
std::vector<Source> sources_of(std::span<const Uncertain> runs);

/// Percentiles of one result, coherent unit.
struct Band {
  run::ResultInfo info;
  double p05 = 0, p25 = 0, p50 = 0, p75 = 0, p95 = 0;
};

/// The percentiles of a band by the names that they have in JSON and, after '_', in rows.
struct Percentile {
  std::string_view name;
  double Band::*value;
};
inline constexpr std::array percentiles{Percentile{"p05", &Band::p05}, Percentile{"p25", &Band::p25},
                                        Percentile{"p50", &Band::p50}, Percentile{"p75", &Band::p75},
                                        Percentile{"p95", &Band::p95}};

struct Sampling {
  std::uint32_t points = 1U << 14U;  ///< a power of two, at least 64; 0: typical values and effects alone
  std::uint32_t seed = 20261123;     ///< any number; fixed, so that results repeat
  unsigned threads = 1;              ///< the answer does not depend on it
};

/// One figure over all draws: a result of a run, or what was made of several.
struct Drawn {
  double typical = 0;          ///< with every input at its value
  std::vector<double> values;  ///< one per draw; empty where it does not vary
  std::vector<double>
      effects;  ///< per source: change of the logarithm per standard deviation, to first order
};
Drawn operator/(const Drawn& a, const Drawn& b);
Drawn sum(std::span<const Drawn* const> terms);

/// Several runs over the same draws.
class Draws {
 public:
  explicit Draws(std::span<const Uncertain> runs, const Sampling& sampling = {});

  const std::vector<Source>& sources() const { return sources_; }
  /// Results of a run in the order of for_each_result; absent where the run does not have it.
  const std::vector<std::optional<Drawn>>& results(std::size_t run) const { return results_[run]; }
  /// Whether there are points, and not only effects.
  bool sampled() const { return !normal_.empty(); }
  /// Percent of a result per percent of an input, all that follows it included.
  double elasticity(std::size_t run, std::size_t result, run::Slot slot) const {
    return elasticities_[run][result][static_cast<std::size_t>(slot)];
  }

  /// Percentiles of a figure; none where it does not vary, or is not finite throughout.
  std::optional<Band> band(const run::ResultInfo& info, const Drawn& drawn) const;

 private:
  void sample(std::span<const Uncertain> runs, const Sampling& sampling);

  std::vector<Source> sources_;
  std::vector<std::vector<double>> normal_;  ///< score of each source at each draw
  std::vector<std::vector<std::optional<Drawn>>> results_;
  std::vector<std::vector<std::array<double, run::slot_count>>> elasticities_;
};

struct Intervals {
  std::vector<Band> bands;  ///< of the results that vary, in the order of output

  /// By result key ("facility_energy"); none where the result is absent or exact.
  const Band* find(std::string_view key) const;
};

/// Percentiles of all results of one run: those of products of inputs in closed form, to 5e-4 of their
/// logarithm; those of sums and what else there is over sum_draws.
///
/// @tested property: against 2^17 draws of random runs; the ends of a single unknown are exact
Intervals intervals(const run::RunInputs<double>& inputs, const Spread& spread);
/// The same over draws alone.
///
/// @tested closed form for products of lognormals to 0.2 %; the same bits for 1 and 2 threads
Intervals intervals(const run::RunInputs<double>& inputs, const Spread& spread, const Sampling& sampling);
/// Those of one of several runs, over their draws.
Intervals intervals(const Draws& draws, std::size_t run);
/// Keys of the results whose bands are wanted; empty: of all that vary.
using Wanted = std::span<const std::string_view>;
/// Those of several runs, each by itself: in closed form where there is one, else over the draws, which are
/// made if there are none yet.
std::vector<Intervals> intervals(std::span<const Uncertain> runs, const Draws& draws, Wanted wanted = {});

/// Draws for what is no product of inputs. The ends of a band are then off by about 0.5 %.
inline constexpr Sampling sum_draws{.points = 1U << 11U, .seed = 20261123, .threads = 1};

/// Draws for ratios: many pairs are compared.
inline constexpr Sampling ratio_draws{.points = 1U << 12U, .seed = 20261123, .threads = 1};

/// Percentiles of the ratio over / under of each result that both runs have and that is not zero; all the
/// ratio itself where what they do not share leaves it alone. They hold the ratio of the typical values. In
/// closed form where both are products of inputs, else over ratio_draws.
///
/// @tested property: the ratio of a run to itself is 1; exchange inverts the band; against 2^16 draws
Intervals ratios(const Uncertain& over, const Uncertain& under);
/// The same over draws alone.
Intervals ratios(const Uncertain& over, const Uncertain& under, const Sampling& sampling);

}  // namespace kwhatif::uncertain
