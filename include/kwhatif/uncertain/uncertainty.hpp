// uncertain: how sure an estimate is: the spread of its inputs carried through the same formula to its
// results.
//
//   ResolvedRun ─► Spread (a distribution per uncertain input) ─► Dual: drivers ─► Sobol points: percentiles
//
// Inputs are taken as independent. Percentiles come from a scrambled Sobol sequence of fixed seed, inverse
// distribution functions and run::estimate() over blocks of points; drivers from first derivatives.
// There is no second formula. Does not live here: where the distributions come from (tables, predict), words
// for people (report).
#pragma once

#include <kwhatif/predict/distribution.hpp>
#include <kwhatif/run/resolve.hpp>
#include <kwhatif/run/result.hpp>
#include <kwhatif/run/run_inputs.hpp>

#include <array>
#include <cstdint>
#include <optional>
#include <string_view>
#include <vector>

namespace kwhatif::uncertain {

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
  /// Standard deviation of the logarithm (of the value over its median where values reach zero).
  double log_deviation() const;

  friend bool operator==(const InputDistribution& a, const InputDistribution& b) { return a.same(b); }

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

  std::optional<InputDistribution>& operator[](run::Slot slot) {
    return inputs[static_cast<std::size_t>(slot)];
  }
  const std::optional<InputDistribution>& operator[](run::Slot slot) const {
    return inputs[static_cast<std::size_t>(slot)];
  }
};

/// The spread that the run's own records tell: predictions with their distribution, values of tables with low
/// and high (5 and 95 %), and the rounding of printed table values. What the user gave is exact.
Spread spread_of(const run::ResolvedRun& run);

/// Percentiles of one result, coherent unit.
struct Band {
  run::ResultInfo info;
  double p05 = 0, p25 = 0, p50 = 0, p75 = 0, p95 = 0;
};

/// What one input contributes to the uncertainty of a result, to first order.
struct Driver {
  run::Slot slot{};
  double share = 0;       ///< of the variance of the result's logarithm, 0 to 1
  double elasticity = 0;  ///< percent of the result per percent of the input
  double deviation = 0;   ///< standard deviation of the input's logarithm
};

struct Sampling {
  std::uint32_t points = 1U << 14U;  ///< a power of two, at least 64
  std::uint32_t seed = 20261123;     ///< any number; fixed, so that results repeat
  unsigned threads = 1;              ///< the answer does not depend on it
};

struct Intervals {
  std::vector<Band> bands;  ///< of the results that vary, in the order of output

  /// By result key ("facility_energy"); none where the result is absent or exact.
  const Band* find(std::string_view key) const;
};

/// Percentiles of all results of a run.
///
/// @tested closed form for products of lognormals to 0.2 %; the same bits for 1 and 2 threads
Intervals intervals(const run::RunInputs<double>& inputs, const Spread& spread,
                    const Sampling& sampling = {});
Intervals intervals(const run::ResolvedRun& run, const Spread& spread, const Sampling& sampling = {});

/// Percentiles of the ratio b / a of each result that both runs have. An input with the same value and
/// distribution in both is one input and cancels; others vary on their own.
Intervals compare(const run::RunInputs<double>& a, const Spread& spread_a, const run::RunInputs<double>& b,
                  const Spread& spread_b, const Sampling& sampling = {});

/// Inputs by their share in the uncertainty of one result, largest first: what to measure first.
///
/// Variance of ln y = Σ (elasticity_i · sd of ln x_i)²; shares of it sum to 1.
/// @param result  key of a result ("facility_energy")
std::vector<Driver> drivers(const run::RunInputs<double>& inputs, const Spread& spread,
                            std::string_view result);

}  // namespace kwhatif::uncertain
