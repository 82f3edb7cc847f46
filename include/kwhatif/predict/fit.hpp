// The fit: from the evidence in the tables to coefficients, and the tests of the model against runs it has
// not seen.
//
// Both models are Bayesian linear regressions with effects of device classes, device families and publishers
// (partial pooling: an effect with little evidence stays near zero, and the device borrows from its class).
// The variances between publishers, between device families and within are estimated by expectation
// maximisation; the prior ranges of the other effects are data (priors.toml). Effects that physics gives a
// sign are held at zero where the data would turn it. Bands come from residuals on held-out families, not
// from the regression. Eigen is used here and nowhere else in predict.
#pragma once

#include <kwhatif/predict/model.hpp>
#include <kwhatif/predict/observation.hpp>

#include <array>
#include <map>
#include <string>
#include <string_view>
#include <vector>

namespace kwhatif::predict {

/// One run predicted by a model that has not seen its family.
struct HeldOut {
  std::size_t observation = 0;  ///< index into Evidences::observations
  Tier tier = Tier::known;      ///< of the model that was left
  double location = 0;          ///< predicted, on the model's scale
  double residual = 0;          ///< observed less predicted, on the model's scale
};

/// Everything the fit gives.
struct FitResult {
  Coefficients coefficients;
  /// The same, fitted without one publisher's family and with bands that leave out its residuals, by family.
  std::map<std::string, Coefficients> without;
  Evidences evidence;
  std::vector<HeldOut> utilisation;  ///< each run with its publisher's family left out
  std::vector<HeldOut> power;
  std::vector<HeldOut>
      utilisation_unseen_device;  ///< each run without the runs on its device family; benchmarks stay
  std::vector<HeldOut> power_unseen_device;
};

/// Fits both models to the tables, past runs of the user excluded.
///
/// @return  coefficients as written to data/predict/coefficients.toml, and the held-out predictions
/// @tested  refitting the shipped tables gives the shipped coefficients
FitResult fit(const catalog::Catalog& catalog);

/// Correlation of two runs of one publisher: variance between publishers over all variance.
double correlation(const Coefficients& coefficients, std::string_view model);

/// Residual quantiles from held-out residuals, with the conformal allowance for a new one.
///
/// A run of a family of m weighs 1 / (1 + (m - 1) ρ), as many independent runs as it is worth. The residual
/// with weights a below and b above stands at probability (a + 1/2) / (a + b + 1): the probability of one run
/// stays outside the observed range, half at each end. Quantiles are less the median: the middle of a
/// prediction is the regression's own.
/// @param held_out     of one tier
/// @param correlation  ρ of runs of one family
/// @param without      a family whose residuals are left out (to test the band itself); empty: none
/// @source barber-2021
std::array<double, residual_levels.size()> residual_quantiles(const std::vector<HeldOut>& held_out,
                                                              const std::vector<Observation>& observations,
                                                              double correlation,
                                                              std::string_view without = {});

/// Held-out predictions of one tier: those with the family left out and, for borrowed, those without the
/// device family.
std::vector<HeldOut> of_tier(const std::vector<HeldOut>& held_out, const std::vector<HeldOut>& unseen_device,
                             Tier tier);

/// The text of data/predict/coefficients.toml.
std::string to_toml(const Coefficients& coefficients);

/// A coefficient as written and read back: six significant digits, so that machines agree.
double rounded(double value);

}  // namespace kwhatif::predict
