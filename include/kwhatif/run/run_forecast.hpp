// The forecast behind a run: what of it the prediction of time and power goes by, and what came out.
#pragma once

#include <kwhatif/predict/engine.hpp>
#include <kwhatif/run/network.hpp>

#include <cstddef>

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

/// The network as its times see it: sums over the layers that one token passes.
///
/// Matrices, experts and output have the sizes that were counted; where a layer has no attention, or a window
/// cuts it, its products count as the share of the sequence that they are worth.
predict::Network<double> forecast_network(const Network& network);

}  // namespace kwhatif::run
