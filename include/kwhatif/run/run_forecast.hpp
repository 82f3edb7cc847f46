// The forecast behind a run: what of it the prediction of time and power goes by, and what came out.
#pragma once

#include <kwhatif/predict/predictor.hpp>
#include <kwhatif/run/network.hpp>

#include <cstddef>
#include <optional>

namespace kwhatif::run {

/// One forecast, with all that it was made from: what another setting would do is asked of the same.
struct RunForecast {
  predict::Training<double> training;
  predict::ForecastDevice device;
  predict::Forecast forecast;
  double per_unit = 1;        ///< tokens of the forecast in a token of the run: patches of an image
  double flop_per_unit = 0;   ///< as the run counts them
  bool size_known = true;     ///< false: compute-optimal was taken
  bool architecture = false;  ///< of a config; false: a usual one of this size
};

/// All that the predicted numbers of a run rest on: a grid of runs asks for these alone, without what is said
/// of them.
struct ForecastBasis {
  predict::Training<double> training;
  predict::Engine<double> engine;
  predict::Supply<double> supply;
  bool cooled = false;              ///< the cooling is known
  double per_unit = 1;              ///< as in RunForecast
  double flop_per_unit = 0;         ///< as in RunForecast
  double peak = 0;                  ///< that MFU counts against    [FLOP/s]
  std::optional<double> tdp;        ///< of the device               [W]
  std::optional<double> known_mfu;  ///< what is not predicted, but given or follows
};

/// Numbers of a run that are forecasts: medians, as resolve() sets the slots of these names.
struct PredictedNumbers {
  std::optional<double> mfu, stepping, power_ratio, power, board_share;
};
/// @tested  bit for bit what resolve() says of random runs
PredictedNumbers predicted_numbers(const predict::Predictor& predictor, const ForecastBasis& basis);

struct ResolvedRun;
/// What the forecast of a run rests on; none where there is none, or where a pilot has corrected it.
/// @param cooled  whether the run says how it is cooled
std::optional<ForecastBasis> basis_of(const ResolvedRun& run, bool cooled);

/// The network as its times see it: sums over the layers that one token passes.
///
/// Matrices, experts and output have the sizes that were counted; where a layer has no attention, or a window
/// cuts it, its products count as the share of the sequence that they are worth.
predict::Network<double> forecast_network(const Network& network);

}  // namespace kwhatif::run
