// forecast: the time of a token with its band, its draw, and what to ask next.
//
// times() says how long, under one class of software. Which class it is may be unknown: then the mean of ln
// over the classes that are likely is taken, and their spread goes into the band. The band holds the level of
// a publisher, what is left within one, and one part for each thing that is not known.
#pragma once

#include <kwhatif/predict/distribution.hpp>
#include <kwhatif/predict/draw.hpp>
#include <kwhatif/predict/settings.hpp>

#include <array>
#include <cstddef>
#include <string>
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
  double efficiency = 0;                     ///< matrix efficiency of the device unknown
  double accelerator = 0, cpu = 0;           ///< classes of devices without rows
  double size = 0;                           ///< of the model unknown: compute-optimal is taken
  double pilot = 0;                          ///< of a measured rate or power against the rest of its run
  // of ln of the power
  double power = 0;          ///< of a system, cooling known
  double power_cooling = 0;  ///< cooling unknown
  double power_images = 0;   ///< CPUs decode images
  double power_chip = 0;     ///< devices without TDP that nobody measured
  double power_cpu = 0;
  double power_busy = 0;  ///< work unknown: usual busy share
};
struct SpreadField {
  std::string_view name;
  double Spread::*member;
};
inline constexpr std::array spread_fields{
    SpreadField{"publisher", &Spread::publisher},
    SpreadField{"within", &Spread::within},
    SpreadField{"coefficients", &Spread::coefficients},
    SpreadField{"family", &Spread::family},
    SpreadField{"experts", &Spread::experts},
    SpreadField{"settings", &Spread::settings},
    SpreadField{"devices", &Spread::devices},
    SpreadField{"precision", &Spread::precision},
    SpreadField{"software", &Spread::software},
    SpreadField{"card", &Spread::card},
    SpreadField{"pilot", &Spread::pilot},
    SpreadField{"same-family", &Spread::same_family},
    SpreadField{"other-family", &Spread::other_family},
    SpreadField{"efficiency", &Spread::efficiency},
    SpreadField{"accelerator", &Spread::accelerator},
    SpreadField{"cpu", &Spread::cpu},
    SpreadField{"size", &Spread::size},
    SpreadField{"power", &Spread::power},
    SpreadField{"power-cooling", &Spread::power_cooling},
    SpreadField{"power-images", &Spread::power_images},
    SpreadField{"power-chip", &Spread::power_chip},
    SpreadField{"power-cpu", &Spread::power_cpu},
    SpreadField{"power-busy", &Spread::power_busy},
};

/// All constants of the forecast, as the tables have them.
struct Constants {
  TimeCoefficients<double> times;
  Usual usual;
  DrawConstants draw;
  Spread spread;
};

/// What is not known about a run, beyond its publisher's level.
enum class Unknown { software, settings, devices, experts, family, precision, card, size };
std::string_view name(Unknown unknown);

/// Where the user's own level lies, as far as their past runs tell.
struct Level {
  double shift = 0;     ///< of ln t
  double variance = 0;  ///< of what is left of it
  std::size_t runs = 0;
};
/// The level after `runs` past runs whose ln(observed/predicted) had this mean.
///
///   shift = B/(B + W/m) · mean,  variance = B·W/(m·B + W)
///
/// with B the variance between publishers and W within: the posterior of a random effect.
Level level_after(const Spread& spread, std::size_t runs, double mean);

/// What a device is to the forecast, beside its columns.
struct DeviceEvidence {
  bool family_known = true;  ///< rows of its family were fitted
  bool covered_badly = false;
  bool has_low_precision = false;  ///< 8 bit or less in its tables
  bool precision_known = true;     ///< said by the user
  bool size_known = true;          ///< of the model
  double more = 0;                 ///< standard deviation of ln t by columns and classes that nobody measured
  std::string family;              ///< whose runs share an effect
};

/// Seconds per token and device, with band.
struct Forecast {
  double seconds = 0;                   ///< median of ln
  double floor = 0;                     ///< roofline
  double deviation = 0;                 ///< standard deviation of ln
  Times<double> times;                  ///< of the class nearest to the median, scaled to it where it differs
  std::array<double, 3> by_software{};  ///< seconds under each class that is likely; 0: software is known
  Software software = Software::tuned;  ///< that class
  Settings<double> settings;            ///< as filled in
  double mfu = 0;
  std::vector<std::pair<Unknown, double>> parts;  ///< variance of what is not known, largest first
  std::vector<SpreadPart> spread;                 ///< of the whole variance
  /// Value below which the share u of such runs lies; not below the roofline.
  double quantile(double u) const;
  /// Of the rate over the peak, where a token is counted as so many FLOP.
  Distribution utilisation(double flop_per_token, double peak, Tier tier) const;
};

/// The median of a forecast and what it is made of, without what its band is made of: all that the predicted
/// numbers of a run rest on, of which a grid has millions.
struct Median {
  double ln = 0;       ///< of the time, the mean over the likely classes of software; without a level
  double seconds = 0;  ///< per token and device, at the level given, not below the roofline
  double between = 0;  ///< variance of ln between the likely classes
  std::array<double, 3> totals{};       ///< under each of them, without a level; 0: software is known
  Software software = Software::tuned;  ///< the class nearest to the median
  Settings<double> settings;            ///< under it
  Times<double> times;                  ///< under it
};
Median median(const Constants& constants, const Training<double>& training, const Engine<double>& engine,
              const Level& level);

/// The median of the rate over the peak and where it ends, where a token is counted as so many FLOP; without
/// a band.
/// @param floor  seconds of the roofline
Distribution utilisation_at(double seconds, double floor, double flop_per_token, double peak);

/// Likelihood of each class of software, where it is not said.
std::array<double, 3> likely_software(const Training<double>& training);

/// The forecast of a training on a device.
Forecast forecast(const Constants& constants, const Training<double>& training, const Engine<double>& engine,
                  const DeviceEvidence& evidence, const Level& level);
/// Of whoever it may be: without past runs.
Forecast forecast(const Constants& constants, const Training<double>& training, const Engine<double>& engine,
                  const DeviceEvidence& evidence);

/// The power of a device of a system, with its band, and how it follows the rate.
///
/// @param seconds  per token and device, as known or as forecast
/// @return         median and spread of the system's power; `board` is the accelerators' share of it
struct PowerForecast {
  Distribution system;  ///< [W]
  double board = 0;     ///< share of the boards in it
};
PowerForecast power_forecast(const Constants& constants, const Supply<double>& supply,
                             const Times<double>& times, double seconds, bool cooling_known);
/// The same where the work is unknown: as busy as usual.
PowerForecast power_forecast(const Constants& constants, const Supply<double>& supply, bool cooling_known);

}  // namespace kwhatif::predict
