// predict: what a planner knows before a run, and what follows from it: utilisation and power with honest
// bands.
//
// A Plan (device, active and total parameters, number of devices, compute, year) goes in; UtilisationModel
// and PowerModel answer with a Distribution: a median and calibrated quantiles, each with the tier of
// evidence behind it. The models are linear in a few features on the scales ln(MFU / (1 - MFU)) and ln(power
// / TDP), so MFU stays in (0, 1) and power above 0. Their coefficients are rows of the tables
// (Kind::coefficient), written by kwhatif-fit from the observations (fit.hpp); evaluating them is plain
// arithmetic. data/predict/README.md is the description for referees. Does not live here: formulas of a
// run, propagation through them (uncertain), names given by users.
#pragma once

#include <kwhatif/catalog/catalog.hpp>
#include <kwhatif/quantity/kinds.hpp>

#include <optional>
#include <string>
#include <string_view>

namespace kwhatif::predict {

/// A device as the models see it.
struct Device {
  std::string id;                         ///< of the hardware table
  std::string family;                     ///< of the device_family table; empty: none names it
  std::string kind;                       ///< gpu, tpu, cpu, other
  std::string power_class;                ///< the kind whose power it is predicted from
  quantity::DeviceFlopRate<double> peak;  ///< dense, at the training precision   > 0
  std::optional<quantity::Quantity<quantity::dim::bandwidth>> memory_bandwidth;
  std::optional<quantity::DevicePower<double>> tdp;
  std::optional<quantity::DevicePower<double>> idle;  ///< of the device alone
};

/// What a planner knows of a run. Absent is unknown; the models then use what is typical.
struct Plan {
  Device device;
  quantity::Parameters<double> active;                    ///< used per token                     > 0
  std::optional<quantity::Parameters<double>> total;      ///< more than active: mixture of experts
  std::optional<quantity::Devices<double>> devices;       ///<                                    >= 1
  std::optional<quantity::TrainingFlop<double>> compute;  ///< of one run
  std::optional<double> year;                             ///< of the run; absent: today's software
};

/// The precision that a device is taken to train in where none is named: the fastest of its 16- and 32-bit
/// floating formats, of equally fast ones bf16 first; fp64 where it has only that; empty where no peak is
/// known. Narrower formats are faster yet and have to be asked for.
/// @tested  every device of the tables
std::string_view default_precision(const catalog::Row& hardware);

/// The device of a row of the hardware table.
///
/// @param precision  "bf16", "fp8" …; empty: default_precision()
/// @return           none where the table has no peak at that precision
std::optional<Device> device_of(const catalog::Catalog& catalog, const catalog::Row& hardware,
                                std::string_view precision = {});

/// Id of the device family that names a hardware id, empty where none does. The longest member that fits
/// counts.
std::string family_of(const catalog::Catalog& catalog, std::string_view hardware);

}  // namespace kwhatif::predict
