// The memory of a run: what the tables say of it, and how the run is laid out over its devices.
#pragma once

#include <kwhatif/catalog/catalog.hpp>
#include <kwhatif/diag/diagnostic.hpp>
#include <kwhatif/model/memory.hpp>
#include <kwhatif/run/network.hpp>

#include <optional>
#include <string>

namespace kwhatif::run {

/// The coefficient rows "memory-…" of the tables.
/// @errors diag::InternalError where the tables lack one
model::MemoryCalibration memory_calibration(const catalog::Catalog& catalog);

/// How a run is laid out, as far as that is said. What is not said is chosen so that least memory is needed.
struct TrainingLayout {
  std::optional<model::Count> tensor = {};
  std::optional<model::Count> pipeline = {};
  std::optional<model::Count> context = {};
  std::optional<model::Count> expert = {};
  std::optional<model::Count> virtual_stages = {};
  std::optional<int> zero = {};
  std::optional<bool> sequence_parallel = {};
  std::optional<double> micro_batch = {};  ///< sequences
  std::optional<model::Recompute> recompute = {};
  std::optional<bool> fused_attention = {};
  std::optional<model::TrainingPrecision> precision = {};
  model::Count trainable = 0;      ///< parameters of adapters beside a frozen base; 0: all are trained
  double frozen_weight_bytes = 2;  ///< [B/param]
};

/// The fewest devices on which a network may fit; infinite where it fits on none. None where the layout, not
/// the number, decides, or where nothing is known of the memory.
std::optional<double> fewest_devices(const Network& network, const TrainingLayout& layout,
                                     const catalog::Row& hardware,
                                     const model::MemoryCalibration& calibration);

/// What to warn of where a network is trained so on these devices: does-not-fit, may-not-fit; nothing where
/// it fits, or where the layout has no place for the devices.
///
/// @param devices   of the run   [device]
/// @param hardware  their row of the tables
std::optional<diag::Diagnostic> memory_warning(const Network& network, const TrainingLayout& layout,
                                               double devices, const catalog::Row& hardware,
                                               const model::MemoryCalibration& calibration);

}  // namespace kwhatif::run
