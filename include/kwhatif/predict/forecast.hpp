// forecast: the time of a token with its band, its draw, and what to ask next.
//
// times() says how long, under one class of software. Which class it is may be unknown: then the mean of ln
// over the classes that are likely is taken, and their spread goes into the band. The band holds the level of
// a publisher, what is left within one, and one part for each thing that is not known.
#pragma once

#include <kwhatif/predict/draw.hpp>
#include <kwhatif/predict/settings.hpp>

#include <array>
#include <string_view>
#include <utility>
#include <vector>

namespace kwhatif::predict {

/// Standard deviations of ln t (rows "spread-…" of the tables).
struct Spread {
  double publisher = 0;  ///< between publishers
  double within = 0;     ///< between runs of one
  double coefficients = 0;
  double family = 0;  ///< device family without rows
  double experts = 0;
  double settings = 0;   ///< batch, layout and recomputation unknown
  double devices = 0;    ///< their number unknown
  double precision = 0;  ///< unknown where the device has 8 bit
  double software = 0;   ///< share of the variance between likely classes of software
  double card = 0;       ///< devices that the rows cover badly: cards over PCIe, first TPUs
  double same_family = 0, other_family = 0;  ///< of a ratio of two what-ifs of one user
};
struct SpreadField {
  std::string_view name;
  double Spread::*member;
};
inline constexpr std::array spread_fields{
    SpreadField{"publisher", &Spread::publisher},       SpreadField{"within", &Spread::within},
    SpreadField{"coefficients", &Spread::coefficients}, SpreadField{"family", &Spread::family},
    SpreadField{"experts", &Spread::experts},           SpreadField{"settings", &Spread::settings},
    SpreadField{"devices", &Spread::devices},           SpreadField{"precision", &Spread::precision},
    SpreadField{"software", &Spread::software},         SpreadField{"card", &Spread::card},
    SpreadField{"same-family", &Spread::same_family},   SpreadField{"other-family", &Spread::other_family},
};

/// All constants of the forecast, as the tables have them.
struct Constants {
  TimeCoefficients<double> times;
  Usual usual;
  DrawConstants draw;
  Spread spread;
};

/// What is not known about a run, beyond its publisher's level.
enum class Unknown { software, settings, devices, experts, family, precision, card };
std::string_view name(Unknown unknown);

/// Student's t with four degrees of freedom: its quantile by probability.
double student4_quantile(double probability);
/// Probability below a value.
double student4_probability(double value);

/// What a device is to the forecast, beside its columns.
struct DeviceEvidence {
  bool family_known = true;  ///< rows of its family were fitted
  bool covered_badly = false;
  bool has_low_precision = false;  ///< 8 bit or less in its tables
  bool precision_known = true;     ///< said by the user
};

/// Seconds per token and device, with band.
struct Forecast {
  double seconds = 0;                   ///< median of ln
  double floor = 0;                     ///< roofline
  double deviation = 0;                 ///< standard deviation of ln
  Times<double> times;                  ///< of the class nearest to the median, scaled to it where it differs
  Software software = Software::tuned;  ///< that class
  Settings<double> settings;            ///< as filled in
  double mfu = 0;
  std::vector<std::pair<Unknown, double>> parts;  ///< variance of what is not known, largest first
  /// Value below which the share u of such runs lies; not below the roofline.
  double quantile(double u) const;
};

/// Likelihood of each class of software, where it is not said.
std::array<double, 3> likely_software(const Training<double>& training);

/// The forecast of a training on a device.
Forecast forecast(const Constants& constants, const Training<double>& training, const Engine<double>& engine,
                  const DeviceEvidence& evidence);

}  // namespace kwhatif::predict
