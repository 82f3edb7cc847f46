// What a prediction is: not one number but a distribution, what its spread is made of, and what it follows.
//
// A predicted utilisation is a median and a standard deviation of ln, with the tails of Student's t (four
// degrees of freedom), cut at the roofline. Its spread has parts: what all runs of one user share, what runs
// on one family of devices share, what is unknown alike, and the rest, which is this run's own. Two what-ifs
// of one user share the parts of the same name, so that these cancel in a ratio.
#pragma once

#include <algorithm>
#include <limits>
#include <string>
#include <string_view>
#include <vector>

namespace kwhatif::predict {

/// How much evidence stands behind a prediction.
enum class Tier {
  known,     ///< measured times of devices of this family
  borrowed,  ///< none of this family; the physics of its columns, and its class of devices has some
  judgement  ///< none of this class of devices: our judgement
};
std::string_view name(Tier tier);

/// Percentage point of the standard normal distribution, 0 < u < 1; relative accuracy about 1e-15.
/// @source wichura-1988, PPND16
double normal_quantile(double u);
/// Probability below a value.
double normal_probability(double value);

/// Student's t with four degrees of freedom: its quantile by probability.
double student4_quantile(double probability);
/// Probability below a value.
double student4_probability(double value);

/// How far out a distribution reaches for the same deviation.
enum class Tails { normal, student4 };

/// A share of the variance, by what it comes from.
struct SpreadPart {
  std::string name;  ///< the same for what several runs share; empty: of this run alone
  double share = 0;  ///< of the variance of ln; all parts sum to 1
  friend bool operator==(const SpreadPart&, const SpreadPart&) = default;
};

/// Where a run lies among all that its forecast tells apart: how alike the own parts of two runs are.
///
///   correlation = exp(-distance / 4),  distance = Σ |difference| + 4 · kinds that differ
///
/// Runs of one publisher that differ by one doubling of one thing miss the forecast by nearly the same, those
/// eight doublings apart by hardly more alike than any two.
/// @source  kwhatif, data/predict/README.md: pairs of rows of one publisher
struct Whereabouts {
  std::vector<double> doublings = {};   ///< log2 of parameters, devices, length …
  std::vector<std::string> kinds = {};  ///< device, arithmetic …
  friend bool operator==(const Whereabouts&, const Whereabouts&) = default;
};
/// 0 where one of them is nowhere and they are not the same.
double alike(const Whereabouts& a, const Whereabouts& b);

/// A draw that follows utilisation: a device at g times its usual rate works g times as often, until it
/// always does.
///
///   P(g) / P(1) = still + (1 - still) · min(1, busy · g) / min(1, busy)
struct Following {
  double still = 1;  ///< share of the draw that does not depend on the rate  [1] 0 to 1
  double busy = 1;   ///< dynamic share at the usual rate, before it is capped at 1  [1] > 0

  bool any() const { return still < 1; }
  /// What g times the rate multiplies the draw by.
  double factor(double g) const {
    return still + (1 - still) * std::min(1.0, busy * g) / std::min(1.0, busy);
  }
  /// Per cent of draw per per cent of rate, for small changes.
  double local() const { return busy < 1 ? 1 - still : 0; }
  friend bool operator==(const Following&, const Following&) = default;
  friend auto operator<=>(const Following&, const Following&) = default;
};

/// A predictive distribution of a positive number.
struct Distribution {
  Tails tails = Tails::student4;
  double location = 0;   ///< ln of the median
  double deviation = 0;  ///< standard deviation of ln
  double unit = 1;       ///< what the result is multiplied by
  double least = 0;      ///< no outcome lies below, before multiplication by the unit
  double most = std::numeric_limits<double>::infinity();  ///< nor above: a utilisation beyond the roofline
  Following follows = {};                                 ///< of a predicted draw
  Tier tier = Tier::judgement;
  std::vector<SpreadPart> parts = {};  ///< empty: one part, of this run alone
  Whereabouts where = {};              ///< decides how far the part of this run alone is that of another, too

  /// The value below which a share u of outcomes lies, 0 < u < 1.
  double quantile(double u) const;
  /// quantile(0.5), where both tails are at 0.
  double median() const;
};

}  // namespace kwhatif::predict
