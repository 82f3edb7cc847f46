// The forecast as a catalog's tables make it: its constants, and the level of the user's own past runs.
#pragma once

#include <kwhatif/predict/engine.hpp>

#include <memory>

namespace kwhatif::predict {

/// What every forecast of one user starts from.
struct Predictor {
  Constants constants;
  Level level;  ///< of the user's past runs, observations of evidence "own"
  /// Of their power: ln of measured over predicted, what remains of its variance, and how many.
  Level power;
};

/// A past run of the user.
struct OwnRun {
  std::string id;
  Training<double> training;
  ForecastDevice device;
  std::optional<double> seconds;  ///< per token and device
  std::optional<double> power;    ///< of a device, host included  [W]
};

/// The past runs in the tables (observations of evidence "own"): device, params or active, chips, and mfu, or
/// tokens and device_hours; power_drawn or power_ratio.
std::vector<OwnRun> own_runs(const catalog::Catalog& catalog);

/// Made once for the tables asked for last: a sweep asks thousands of times.
std::shared_ptr<const Predictor> predictor(const catalog::Catalog& catalog);

}  // namespace kwhatif::predict
