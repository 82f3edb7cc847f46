// Measured memory of training, and the calibration that is fitted to it.
//
// The formulas of model/memory.hpp count states and activations. What they leave out is fitted here: memory
// of the runtime and a share on top, by weighted least squares of the ratio, and the band around it from
// predictions of publishers that the fit has not seen. data/predict/README.md, "Memory", is the description.
#pragma once

#include <kwhatif/catalog/catalog.hpp>
#include <kwhatif/model/memory.hpp>

#include <string>
#include <vector>

namespace kwhatif::predict {

/// What a measurement counts.
enum class MemoryCounted {
  device,    ///< all that is taken on the device, as nvidia-smi shows
  reserved,  ///< what the allocator of the framework holds
  allocated  ///< what lives in tensors: nothing of runtime and fragmentation
};

/// One measured need of training.
struct MeasuredMemory {
  std::string id;
  std::string publisher;
  std::string source;
  std::string hardware;  ///< id of the tables
  model::Architecture architecture;
  model::Inventory inventory;
  model::MemoryOptions options;
  MemoryCounted counted = MemoryCounted::device;
  model::Memory memory;  ///< of a device in use
};

/// All rows of the measurements of memory.
/// @errors diag::InternalError with the row where one cannot be read
std::vector<MeasuredMemory> measured_memory(const catalog::Catalog& catalog);

/// Communication and share of these rows; the band is left as it is.
///
/// @param runtime  of a process on the device, measured by itself   [B]
model::MemoryCalibration fit_memory(const std::vector<MeasuredMemory>& rows, double runtime);

/// A row predicted by a fit that has not seen its publisher.
struct HeldOutMemory {
  std::size_t row = 0;  ///< index into the rows
  double ratio = 0;     ///< measured over predicted
  double weight = 0;    ///< rows of one publisher are much alike
};

/// Each row predicted without its publisher.
std::vector<HeldOutMemory> hold_out_memory(const std::vector<MeasuredMemory>& rows, double runtime);

/// Measured over predicted, 5 % and 95 %.
struct MemoryBand {
  double low = 1;
  double high = 1;
};

/// The band that such predictions of a publisher not seen before have: Student's t on ln of the ratio, with
/// as many degrees of freedom as publishers less one.
MemoryBand band_of(const std::vector<MeasuredMemory>& rows, const std::vector<HeldOutMemory>& held_out);

}  // namespace kwhatif::predict
