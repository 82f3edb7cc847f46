// The training logs that report step by step: which line is a report, and what stands in it. One row per
// form; a new one is a row here. Private to src/import.
#pragma once

#include <kwhatif/import/measurement.hpp>

#include <cstdint>
#include <span>
#include <string_view>

namespace kwhatif::imports {

/// What a number in a report is.
enum class Take : std::uint8_t {
  step,
  step_seconds,
  step_milliseconds,
  steps_per_second,
  tokens_device,
  tokens_total,
  samples_device,
  samples_total,
  teraflops,
  mfu_percent,
  batch_samples,
  batch_tokens,
  consumed_samples,
  consumed_tokens,
  memory,
  sequence_length,
  micro_batch,
  accumulation,
  devices,
  parameters,
  steps_planned,
  examples,
  epochs,
  count_of_takes
};

struct Mark {
  std::string_view text;
  Take take;
  bool behind = false;  ///< the number stands before the mark: "140.2 ms"
};

struct LogForm {
  std::string_view id;
  std::string_view name;
  std::string_view tool;
  std::string_view must;  ///< parts of a report line, parted by a line feed
  std::span<const Mark> marks;
  bool block = false;    ///< a report goes on over several lines, and ends where a number comes again
  bool sampled = false;  ///< a report is of one step, not of all since the last report
  bool certain = true;   ///< false: nothing names the tool
  std::string_view what;
  /// What has to be known about its numbers.
  void (*remark)(Measurement& into) = nullptr;
};

std::span<const LogForm> log_forms();
/// What is said once, by any of them, mostly before the first report.
std::span<const Mark> head_marks();
bool is_report(const LogForm& form, std::string_view line);

/// How many of the first lines are reports of the form.
std::size_t reports_in(const LogForm& form, std::string_view text);
Measurement read_log(const LogForm& form, std::string_view text);

}  // namespace kwhatif::imports
