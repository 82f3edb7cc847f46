// What all published methods have in common, and the arithmetic of those that predict.
#pragma once

#include <kwhatif/quantity/kinds.hpp>
#include <kwhatif/run/formulas.hpp>

#include <optional>

namespace kwhatif::method {

/// One run as one method sees it: device-time, power, PUE and intensity, and what follows.
template <class T>
struct Footprint {
  quantity::DeviceTime<T> device_time;
  quantity::DevicePower<T> power;  ///< whatever the method takes for it: rating, system, GPU with memory
  quantity::Ratio<T> pue;          ///< 1 where the method has none
  std::optional<quantity::CarbonIntensity<T>> ci;
  quantity::ItEnergy<T> it_energy;
  quantity::FacilityEnergy<T> energy;
  std::optional<quantity::OperationalLocation<T>> co2e;
};

/// Every method is a choice of four numbers.
///
///   E = T · P · PUE;  m = E · I
///
/// @param device_time  T, all devices                     [device·s]
/// @param power        P per device                       [W/device]
/// @param pue          1 where the method leaves it out   [1]
/// @param ci           I                                  [kg/J]
/// @source patterson-2021, section 2; strubell-2019, equations 1 and 2; lacoste-2019; lannelongue-2021;
/// faiz-2024
/// @tested golden: figures of each method's authors
template <number::Number T>
Footprint<T> footprint(const quantity::DeviceTime<T>& device_time, const quantity::DevicePower<T>& power,
                       const quantity::Ratio<T>& pue, const std::optional<quantity::CarbonIntensity<T>>& ci) {
  Footprint<T> out{device_time, power, pue, ci, run::it_energy(device_time, power), {}, {}};
  out.energy = run::facility_energy(out.it_energy, pue);
  if (ci) out.co2e = run::operational_location(out.energy, *ci);
  return out;
}

/// Power of an accelerator with its share of memory, as Green Algorithms counts it.
///
///   P = TDP · u + GB · 0.3725 W/GB
///
/// @source lannelongue-2021
template <number::Number T>
quantity::DevicePower<T> power_with_memory(const quantity::DevicePower<T>& rating,
                                           const quantity::DevicePower<T>& memory) {
  return rating + memory;
}

// --- predictors: regressions in their own units, over double only (they round to whole devices or solve for
// time) ---

/// a·x² + b·x + c.
struct Quadratic {
  double square = 0;
  double linear = 0;
  double constant = 0;
  double at(double x) const { return square * x * x + linear * x + constant; }
};

/// The constants of LLMCarbon's predictor of rate and devices.
struct LlmCarbonConstants {
  Quadratic rate_node;      ///< TFLOP/s per GPU by parameters, model in one node
  Quadratic rate_pipeline;  ///< the same over several nodes
  Quadratic devices;
  double parameters_per_gb = 0;
  double node = 0;           ///< GPUs of a node
  double other_devices = 0;  ///< times as many where a GPU has no 80 GB
  double other_devices_40gb = 0;
  double other_rate = 0;  ///< times the rate then
};

struct LlmCarbonPrediction {
  double devices = 0;
  double tflops = 0;  ///< per device
  double tensor_parallel = 0;
  double pipeline_stages = 0;
};

/// Rate and number of GPUs that LLMCarbon predicts.
///
/// @param parameters  P                                   [param]
/// @param memory_gb   of one GPU                          [GB]
/// @return  as the tool prints it, zero and negative devices included
/// @source  mlcarbon-repository, model.py, predict_num_throughput
/// @tested  golden: GPT-3 on V100 32 GB 3,680 GPUs at 45.4 TFLOP/s, XLM 2,005 at 41.5
LlmCarbonPrediction predict(const LlmCarbonConstants& constants, double parameters, double memory_gb);

/// Power of a node's memory as CodeCarbon 3 assumes it from the size alone: modules of a usual size, the
/// first four at full power, the next four at 90 %, then eight at 80 % and the rest at 70 %; never less than
/// two modules.
///
/// @param gb            of the node                        [GB]
/// @param module_power  of one module                      [W]
/// @return  W
/// @source  codecarbon-repository, codecarbon/external/ram.py
/// @tested  golden: the examples of its documentation, 8 GB 10 W, 32 and 64 GB 20 W, 128 GB and 1 TB 38 W
/// ("about 40")
double codecarbon_memory(double gb, double module_power);

/// Device-seconds after which a rate of (alpha + ln t) TFLOP/s has done the work.
///
///   C = 1e12 · T · (alpha + ln T − 1)
///
/// @param flop   C                                        [FLOP]
/// @param alpha  of the device
/// @source  opencarboneval-repository, data/model_emission.csv (the law is derived from the table)
/// @tested  golden: the table's GPT-3, Meena, T5, PaLM and Llama 2 70B to nine digits
double opencarboneval_seconds(double flop, double alpha);

}  // namespace kwhatif::method
