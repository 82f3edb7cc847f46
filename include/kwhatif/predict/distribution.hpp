// What a prediction is: not one number but a distribution, kept as quantiles because no shape is assumed.
#pragma once

#include <array>
#include <cstddef>
#include <string_view>

namespace kwhatif::predict {

/// How much evidence stands behind a prediction.
enum class Tier {
  known,     ///< published runs on devices of this family
  borrowed,  ///< no run on this family (at most benchmarks); its class of devices has runs
  judgement  ///< no run on this class of devices: our judgement
};
std::string_view name(Tier tier);
inline constexpr std::size_t tier_count = 3;

/// Probabilities at which residuals are kept. The 5 and 95 % points are among them.
inline constexpr std::array<double, 15> residual_levels{0.01, 0.025, 0.05, 0.1, 0.2,  0.3,   0.4, 0.5,
                                                        0.6,  0.7,   0.8,  0.9, 0.95, 0.975, 0.99};

/// The scale on which a model is linear.
enum class Scale { logit, log };

/// A predictive distribution: location plus residual on the model's scale, then back.
///
/// Between the kept levels residuals are interpolated linearly; beyond the last they continue as a normal
/// tail would, so that any u in (0, 1) has a finite answer.
struct Distribution {
  Scale scale = Scale::log;
  double location = 0;                                    ///< on the scale
  std::array<double, residual_levels.size()> residual{};  ///< at residual_levels, ascending
  double unit = 1;                                        ///< what the result is multiplied by
  double least = 0;  ///< no outcome lies below, before multiplication by the unit: an idle device draws power
  /// Of a prediction that rests on another, the draw of a device on its utilisation: what one per cent more
  /// of that moves the location by, in per cent.
  double follows = 0;
  Tier tier = Tier::judgement;

  /// The value below which a share u of outcomes lies, 0 < u < 1.
  double quantile(double u) const;
  double median() const { return quantile(0.5); }
};

/// Percentage point of the standard normal distribution, 0 < u < 1; relative accuracy about 1e-15.
/// @source wichura-1988, PPND16
double normal_quantile(double u);

}  // namespace kwhatif::predict
