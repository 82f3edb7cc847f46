// Linear regression with prior ranges and random effects. Private to the fit; Eigen stays behind it.
#pragma once

#include <kwhatif/predict/model.hpp>

#include <functional>
#include <string>
#include <vector>

namespace kwhatif::predict {

/// One row: y = Σ coefficient · value + noise.
struct Datum {
  std::vector<Feature> features;
  double y = 0;
  double weight = 1;    ///< of its noise variance
  int noise = 0;        ///< which noise variance it has
  double variance = 0;  ///< its own noise variance where > 0 (judgements)
};

/// Gaussian prior of one coefficient.
struct Prior {
  double mean = 0;
  double variance = 1;
  int effect = -1;        ///< >= 0: variance of this group of random effects, to be estimated
  bool positive = false;  ///< held at zero where the data would make it negative
};

struct Regression {
  std::function<Prior(const std::string&)> prior;
  std::vector<double> noise;    ///< variances of the noise, by Datum::noise
  std::vector<double> effects;  ///< variances of the groups of random effects
};

/// Posterior means with given variances.
Coefficients solve(const std::vector<Datum>& data, const Regression& regression);

/// Estimates the noise and effect variances by expectation maximisation, starting from those given.
void estimate_variances(const std::vector<Datum>& data, Regression& regression);

/// Intercept and slope of least squares.
std::pair<double, double> line(const std::vector<double>& x, const std::vector<double>& y);

}  // namespace kwhatif::predict
