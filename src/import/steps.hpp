// What the times of single steps make: the rate while stepping, and the rate in all. Private to src/import.
#pragma once

#include <kwhatif/import/measurement.hpp>

#include <optional>
#include <span>
#include <string>

namespace kwhatif::imports {

/// A report of a log on one step, or on the steps since the last report.
struct StepReport {
  double value = 0;  ///< a time, or a rate
  double steps = 1;  ///< that it is the mean of
  int line = 0;
  bool warming = false;      ///< the log itself says that this is warm-up
  bool interrupted = false;  ///< evaluation or a checkpoint is known to be inside
};

struct StepStatistic {
  double stepping = 0;  ///< median after warm-up, interruptions left out
  double overall = 0;   ///< mean after warm-up, interruptions in it
  std::size_t used = 0;
  std::size_t counted = 0;
  std::size_t warming = 0;
  std::size_t interrupted = 0;
  double worst = 0;  ///< the longest time, or lowest rate, of the interrupted
  int line_first = 0, line_last = 0;
  /// "median of 38 reports after warm-up (lines …)".
  std::string words(std::string_view report) const;
};

enum class Better : std::uint8_t { low, high };  ///< of times, of rates

/// Warm-up is what the log calls so, and leading reports that are more than a tenth slower than the median of
/// the rest, a tenth of them at most (the first in any case, where there are three). An interruption is a
/// report more than half slower than the median. Nothing where no report is left.
std::optional<StepStatistic> step_statistic(std::span<const StepReport> reports, Better better);

}  // namespace kwhatif::imports
