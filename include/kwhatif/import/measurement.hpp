// What a log, a tracker's file or a power record says of a run that has been trained: the readers' answer.
//
// A Measurement is what one file holds: findings (a value, what it is, how it was formed, the lines it comes
// from, what its boundary is), what was left out and why, and what has to be known about the form. Readers
// are pure: text in, Measurement out. Does not live here: which keys of a run file follow, devices and places
// of the tables (ask/import), wording of pages (report). The namespace is called imports because `import` is
// a word of the language.
#pragma once

#include <kwhatif/diag/diagnostic.hpp>

#include <cstddef>
#include <cstdint>
#include <limits>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace kwhatif::imports {

/// What a finding is a value of.
enum class Measure : std::uint8_t {
  tokens,
  samples,
  epochs,
  steps,
  step_time,          ///< while stepping: warm-up and interruptions left out
  step_time_overall,  ///< with evaluation, checkpoints and other interruptions
  batch_tokens,
  batch_samples,
  micro_batch,
  sequence_length,
  wall_time,
  energy,
  device,  ///< its name, as a driver or a person writes it
  processor,
  count,
  nodes,
  tokens_per_second,  ///< per device
  total_tokens_per_second,
  samples_per_second,  ///< per device
  total_samples_per_second,
  accelerator_power,  ///< mean of one board
  power,              ///< mean per device, host included
  total_power,        ///< all devices and hosts together
  achieved,           ///< FLOP/s per device
  mfu,
  parameters,
  layers,  ///< of a plain architecture, as are those up to vocabulary
  hidden,
  heads,
  kv_heads,
  head_size,
  feed_forward,
  vocabulary,
  total_flops,
  memory,
  country,
  region,
  pue,
  carbon_intensity,
  emissions,
  count_of_measures
};

/// What a power or an energy counts.
enum class Boundary : std::uint8_t {
  none,         ///< the finding is neither
  accelerator,  ///< the board alone
  components,   ///< boards, processors and memory, without fans, power supplies and disks
  node,         ///< the whole server at its plug
  facility      ///< with the building: a PUE is inside
};

/// One row per measure.
struct MeasureInfo {
  Measure measure;
  std::string_view key;   ///< of a run file; empty where no input is meant
  std::string_view unit;  ///< in which findings hold it; empty for counts and ratios
  std::string_view label;
};
const MeasureInfo& info_of(Measure measure);
std::string_view name_of(Boundary boundary);

struct Finding {
  Measure measure;
  double value = 0;       ///< in the unit of its measure
  std::string text = {};  ///< of names instead
  std::string statistic = {};
  int line_first = 0;
  int line_last = 0;
  Boundary boundary = Boundary::none;
  std::string note = {};
  /// Said, but nothing to calculate with: why; empty where it can be used.
  std::string doubt = {};
  std::string file = {};  ///< filled in where files are put together
};

/// Something of the file that was not taken.
struct Left {
  std::string what;
  std::string why;
  int line_first = 0;
  int line_last = 0;
  std::string file;
};

/// A reading of one device's power.
struct Reading {
  double time = 0;  ///< [s] of the file's own clock
  double watts = 0;
  float busy = std::numeric_limits<float>::quiet_NaN();  ///< utilisation, 0 to 1
  std::uint16_t device = 0;
  int line = 0;
};

/// Times of a file's own clock, in seconds since 1970 as if it showed UTC.
struct Clock {
  double from = 0;
  double to = 0;
  bool utc = false;  ///< the file says so; otherwise the zone is not known
};

struct Measurement {
  std::string form;  ///< id: "nanogpt-log"
  std::string name;  ///< "nanoGPT log"
  std::string tool;
  std::string version;
  std::string read;  ///< "3 reports of steps 0 to 20"
  std::vector<Finding> findings;
  std::vector<Left> left;
  std::vector<diag::Diagnostic> warnings;
  std::vector<Reading> readings;  ///< of a power record; what they make is among the findings, too
  bool timed = true;              ///< the readings have times
  Boundary readings_of = Boundary::accelerator;
  std::optional<Clock> clock;
  bool convention_full_attention = false;  ///< of an MFU or FLOP rate in it

  const Finding* find(Measure measure) const;
};

/// Which of several runs in a file.
struct Choice {
  std::optional<std::size_t> row = {};  ///< from 1, as the file has them
  std::string run_id = {};
  std::string project = {};
  bool sum = false;                       ///< all that are left, added up
  std::vector<std::string> columns = {};  ///< of a record without a head: "timestamp", "index", "power.draw"
};

/// A form that is read.
struct FormInfo {
  std::string_view id;
  std::string_view name;
  std::string_view what;  ///< what is taken from it
};
std::span<const FormInfo> form_table();

/// Reads a file, whatever its name is.
/// @errors diag::UsageError: unknown-form (says what it looks like), no-values, several-runs, unknown-run
Measurement read(const diag::SourceText& source, const Choice& choice = {});

/// What the readings of a power record make, within a window of their clock where one is given.
struct PowerSummary {
  struct Device {
    std::uint16_t device = 0;
    double mean = 0;     ///< [W] over time
    bool used = true;    ///< it did more than idle
    double covered = 0;  ///< [s]
  };
  std::vector<Device> devices;
  double mean = 0;      ///< [W] of one used device, over time
  double joules = 0;    ///< of the used devices, gaps left out
  double span = 0;      ///< [s] from the first to the last reading that counts
  double covered = 0;   ///< [s] of it, without the gaps
  double interval = 0;  ///< [s] usual time between two readings
  std::size_t gaps = 0;
  double longest_gap = 0;
  double idle_before = 0, idle_after = 0;  ///< [s] cut off at the ends
  double idle_inside = 0;                  ///< [s] that stays in the mean
  double busy_mean = 0;                    ///< [W] of one used device without that
  std::size_t readings = 0;                ///< that count
  bool only_idle = false;
  int line_first = 0, line_last = 0;
  double from = 0, to = 0;
};
std::optional<PowerSummary> summarise(std::span<const Reading> readings, bool timed,
                                      std::optional<Clock> window = {});
/// The findings that follow from it.
void add_power(Measurement& into, const PowerSummary& power);
/// Makes the findings of a record of power anew, within a window of its clock.
/// @return how much of the window it covers, 0 to 1
double restrict_to(Measurement& record, const Clock& window);
/// Joins the readings of another record of the same form: as further devices, where both ran at the same
/// time, else as what came before or after. Findings of power are made anew.
void join(Measurement& record, const Measurement& other);

}  // namespace kwhatif::imports
