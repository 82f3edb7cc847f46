// The evidence: published runs, benchmark points, nodes and past runs of the user, in the form the models
// see.
#pragma once

#include <kwhatif/predict/planned_run.hpp>

#include <optional>
#include <string>
#include <vector>

namespace kwhatif::predict {

/// Where an observation comes from.
enum class Evidence {
  run,       ///< whole device-hours of one published run
  step,      ///< throughput of steps: no restarts, evaluations, checkpoints
  node,      ///< rating or draw of a host
  own,       ///< a past run of the user
  judgement  ///< for classes of devices without runs
};

/// One observation. At least one of mfu and power_ratio is known.
struct Observation {
  std::string id;
  std::string family;  ///< publisher's series, or source of a benchmark
  std::string group;   ///< of steps that differ in the number of devices alone; empty: none
  Evidence evidence = Evidence::run;
  Plan plan;
  std::optional<double> mfu;                ///< without recomputation
  std::optional<double> mfu_low, mfu_high;  ///< 5 to 95 % range of a judgement
  std::optional<double> power_ratio;        ///< system power over TDP
  std::optional<double> power_low, power_high;
  bool rating = false;  ///< power_ratio is of a name plate
  std::optional<quantity::DeviceTime<double>> device_time;
  double weight = 1;  ///< steps of one cell of a benchmark share one
};

/// A row that says it is not used.
struct Exclusion {
  std::string id;
  std::string family;
  std::string why;
};

struct Evidences {
  std::vector<Observation> observations;
  std::vector<Exclusion> exclusions;
};

/// All evidence in the tables.
///
/// Run level: MFU = C / (device-time · peak), C printed or 6·N·D, peak dense at 16 bits; power only where it
/// was measured with the host's share. Steps: printed MFU, 3/4 of an HFU with full recomputation, or the rate
/// over the peak; an HFU of unknown recomputation, 4-bit work, and 8-bit work without a rate are left out.
Evidences evidences(const catalog::Catalog& catalog);

/// Past runs of the user alone (evidence = "own").
std::vector<Observation> own_runs(const catalog::Catalog& catalog);

/// One published run as an observation, whether it is used or not; none where compute, device-hours or device
/// are missing.
std::optional<Observation> observe_run(const catalog::Catalog& catalog, const catalog::Row& run,
                                       bool six_nd = false);

}  // namespace kwhatif::predict
