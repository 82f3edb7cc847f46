// A measured run that calibrates the forecast of another: what it was, how far the forecast had missed it,
// and what that changes.
#pragma once

#include <kwhatif/predict/lesson.hpp>

#include <optional>
#include <string>
#include <vector>

namespace kwhatif::run {

/// One measured number of a pilot beside the forecast of it.
struct PilotNumber {
  double measured = 0;  ///< coherent unit
  double forecast = 0;  ///< median, before the measurement
  predict::Pilot pilot;
};

/// What a pilot says and teaches.
struct RunPilot {
  std::string name;    ///< file it was read from
  std::string device;  ///< id of the hardware table
  predict::TrainingKind kind = predict::TrainingKind::language;
  std::optional<double> devices;
  bool stepping = true;              ///< the rate is that of steps; false: of a whole run
  std::optional<PilotNumber> rate;   ///< seconds per token and device
  std::optional<PilotNumber> power;  ///< of a device: of its board, or with its host  [W]
  bool board = false;                ///< the power is that of the board alone
  std::vector<std::string> taken;    ///< flags that the pilot does not say and the run does
  // of the run that it calibrates
  std::optional<predict::Lesson> time;
  double deviation_before = 0;  ///< standard deviation of ln of its time without the pilot
  std::optional<double> power_shift;
};

}  // namespace kwhatif::run
