// The fit of the times: from measured times to coefficients, and its tests on publishers and device families
// that it has not seen.
//
// Gauss-Newton on ln t with lognormal priors on the coefficients, random effects of device families,
// publishers and settings of one publisher, Student weights; variances by expectation maximisation. The
// derivatives are those of times() itself (Dual). Eigen stays in the source file.
#pragma once

#include <kwhatif/predict/timings.hpp>

#include <map>
#include <string>
#include <vector>

namespace kwhatif::predict {

/// What the fit gives.
struct TimesFit {
  TimeCoefficients<double> coefficients;     ///< fitted and fixed
  std::map<std::string, double> families;    ///< ln t of a device family against the rest
  std::map<std::string, std::size_t> rows;   ///< measured times of each device family
  std::map<std::string, double> publishers;  ///< level of each publisher, ln
  std::map<std::string, double> deviation;  ///< posterior standard deviation of ln of each fitted coefficient
  double between_publishers = 0;            ///< standard deviations of ln t
  double between_families = 0;
  double within = 0;
};

/// A row predicted by a fit that has not seen its publisher (or its device family).
struct HeldOutTime {
  std::size_t timing = 0;  ///< index into the timings
  std::size_t known = 0;   ///< index into what was asked for
  double ln_ratio = 0;     ///< ln(observed / predicted)
  Forecast forecast;
};

/// Names of the coefficients that have a prior, so are fitted.
std::vector<std::string> fitted_coefficients(const catalog::Catalog& catalog);

/// Fits all coefficients that have a prior in the tables.
TimesFit fit_times(const catalog::Catalog& catalog, const std::vector<Timing>& timings);

/// What is left out, what of each row is known to the prediction.
enum class LeftOut { publisher, family };
struct Known {
  bool software = true;
  bool settings = true;  ///< batch, layout, recomputation
};

/// Each row predicted without its publisher (or without its device family, offset unknown), once for each of
/// what may be known.
std::vector<HeldOutTime> hold_out_times(const catalog::Catalog& catalog, const std::vector<Timing>& timings,
                                        LeftOut left_out, const std::vector<Known>& known);

/// The text of data/predict/times.toml.
std::string times_toml(const catalog::Catalog& catalog, const TimesFit& fit);

}  // namespace kwhatif::predict
