// engine: a row of the hardware table as the forecast sees it: peaks, efficiency, links, supply.
#pragma once

#include <kwhatif/predict/constants.hpp>

#include <string>
#include <string_view>
#include <vector>

namespace kwhatif::predict {

/// What a site or user knows better than the tables.
struct EngineOverrides {
  std::optional<double> network;   ///< per device and direction, across nodes  [B/s]
  std::optional<double> scale_up;  ///< to neighbours                           [B/s]
};

/// The precision that a device is taken to train in where none is named: the fastest of its 16- and 32-bit
/// floating formats, of equally fast ones bf16 first; fp64 where it has only that; empty where no peak is
/// known. Narrower formats are faster yet and have to be asked for.
/// @tested  every device of the tables
std::string_view default_precision(const catalog::Row& hardware);

/// Id of the device family that names a hardware id, empty where none does. The longest member that fits
/// counts.
std::string family_of(const catalog::Catalog& catalog, std::string_view hardware);

/// A device under one precision.
struct ForecastDevice {
  std::string id;
  std::string family;  ///< of the device_family table; empty: none names it
  std::string kind;    ///< gpu, tpu, cpu, other
  Tier tier = Tier::judgement;
  std::size_t rows = 0;  ///< measured times of its family
  Engine<double> engine;
  Supply<double> supply;
  DeviceEvidence evidence;
  double memory = 0;  ///< [B], 0: unknown
  Arithmetic arithmetic = Arithmetic::half;
  double bytes = 2;
  /// Columns that no table row has: "gemm efficiency", "link bandwidth" …; values of the device's class stand
  /// for them.
  std::vector<std::string> assumed;
};

/// A device of the hardware table at a precision ("bf16", "fp16", "fp8", "fp4", "tf32", "fp32", "fp64";
/// empty: default_precision(), and said to be unknown).
///
/// @return  none where the table has no peak or no memory bandwidth to go by
std::optional<ForecastDevice> engine_of(const catalog::Catalog& catalog, const catalog::Row& hardware,
                                        std::string_view precision, const EngineOverrides& overrides = {});

}  // namespace kwhatif::predict
