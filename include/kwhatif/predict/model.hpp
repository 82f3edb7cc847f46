// The two models, evaluated from the coefficients in the tables. No linear algebra here.
#pragma once

#include <kwhatif/predict/distribution.hpp>
#include <kwhatif/predict/planned_run.hpp>

#include <map>
#include <memory>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace kwhatif::predict {

/// Numbers by name: "utilisation-size". Ordered, so that files made of them do not change without reason.
using Coefficients = std::map<std::string, double, std::less<>>;

/// The fitted coefficients in the tables.
Coefficients coefficients(const catalog::Catalog& catalog);

/// Number of devices that runs of this compute had, where the plan does not say.
///
///   n = exp(a + b · ln(C / (peak · 1 day))), the median of published runs where C is unknown
///
/// @source  kwhatif-fit
quantity::Devices<double> typical_devices(const Coefficients& coefficients, const Plan& plan);

/// One term of a linear model: the coefficient's name and what it is multiplied by.
using Feature = std::pair<std::string, double>;

/// Constants of the shape of the utilisation model (data/predict/priors.toml).
struct Shape {
  double size = 0;     ///< active parameters that fill a device of the reference peak  [param]
  double peak = 0;     ///< reference peak                                              [FLOP/s/device]
  double balance = 0;  ///< reference memory bandwidth per peak                         [B/FLOP]
  double era = 0;      ///< year from which software counts as current
};
Shape shape(const catalog::Catalog& catalog);

/// Terms of ln(MFU / (1 - MFU)) of a plan at run level.
///
///   level + class + family
///   + size    · -ln(1 + N0/N),  N0 = knee · peak / reference peak        small models do not fill the device
///   + devices · -log2(n) / 10                                            per ten doublings of the number of
///   devices
///   + sparse  · -(1 - active/total)                                      idle experts
///   + balance ·  ln(bandwidth/peak : reference)                          memory feeds arithmetic
///   + era     · -(years before the knee, at most 4) / 2                  software of its time
///
/// With coefficients >= 0 (the fit sees to it) more parameters never lower, and more devices never raise the
/// answer.
/// @tested property: monotone, and in (0, 1) from 1 to 1e14 parameters and 1 to 1e6 devices
std::vector<Feature> utilisation_features(const Plan& plan, quantity::Devices<double> devices,
                                          const Shape& shape);

/// Where the level of the power model is, and what stands for an unknown utilisation: the origin of a scale,
/// no datum.
inline constexpr double reference_mfu = 0.35;

/// Terms of ln(system power / TDP): level + class + family + utilisation · ln(MFU / reference).
std::vector<Feature> power_features(const Device& device, double mfu);

/// Past runs of the user: what they say about the next one.
struct History {
  std::size_t runs = 0;
  double mean_residual = 0;  ///< of their observations against the model, on the model's scale
};

/// Predicts run-level MFU: training FLOPs (without recomputation) over device-hours times dense peak.
class UtilisationModel {
 public:
  /// From the tables, past runs of the user included.
  explicit UtilisationModel(const catalog::Catalog& catalog);
  /// From given coefficients (a model held out from a family).
  UtilisationModel(const catalog::Catalog& catalog, Coefficients coefficients);

  /// MFU of a plan, in (0, 1).
  Distribution predict(const Plan& plan) const;
  /// Location on the logit scale, without residuals.
  double location(const Plan& plan) const;
  Tier tier(const Device& device) const;
  const History& history() const { return history_; }

 private:
  Coefficients coefficients_;
  Shape shape_;
  History history_;
};

/// Predicts average system power per device: chip with its share of host, memory and network. PUE is not in
/// it.
class PowerModel {
 public:
  /// From the tables, past runs of the user included.
  explicit PowerModel(const catalog::Catalog& catalog);
  /// From given coefficients.
  explicit PowerModel(Coefficients coefficients) : coefficients_(std::move(coefficients)) {}

  /// System power over TDP.
  Distribution ratio(const Device& device, quantity::Ratio<double> mfu) const;
  /// System power per device in watts; the device must have a TDP.
  Distribution predict(const Device& device, quantity::Ratio<double> mfu) const;
  double location(const Device& device, double mfu) const;
  Tier tier(const Device& device) const;
  const History& history() const { return history_; }

 private:
  Coefficients coefficients_;
  double idle_ratio_ = 0;  ///< idle power over TDP of a device whose idle power is unknown
  History history_;
};

/// Residual quantiles of one tier as kept in the coefficients ("utilisation-residual-known-p05").
std::array<double, residual_levels.size()> residuals(const Coefficients& coefficients, std::string_view model,
                                                     Tier tier);
/// Name of one of them.
std::string residual_name(std::string_view model, Tier tier, std::size_t level);

/// What several runs of one user shift and shrink: the mean moves by k · mean residual, and the residual
/// spread by s.
///
///   k = B / (B + W/m),  s² = (W + B·(W/m)/(B + W/m)) / (B + W)
///
/// with B the variance between publishers and W within them: the posterior of a random effect after m
/// observations.
struct Shrinkage {
  double shift = 0;
  double spread = 1;
};
Shrinkage shrinkage(double between, double within, const History& history);

/// The models of a catalog's tables, made once for the tables asked for last: a sweep asks thousands of
/// times.
std::shared_ptr<const UtilisationModel> utilisation_model(const catalog::Catalog& catalog);
std::shared_ptr<const PowerModel> power_model(const catalog::Catalog& catalog);

}  // namespace kwhatif::predict
