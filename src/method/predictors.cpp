#include <kwhatif/method/footprint.hpp>

#include <algorithm>
#include <cmath>

namespace kwhatif::method {

LlmCarbonPrediction predict(const LlmCarbonConstants& c, double parameters, double memory_gb) {
  constexpr double full_memory = 80;  // GB; what the regression was fitted on
  constexpr double half_memory = 40;
  LlmCarbonPrediction out;
  const double capacity = c.parameters_per_gb * memory_gb;
  const bool one_node = parameters <= c.node * capacity;
  out.tensor_parallel = one_node ? std::ceil(parameters / capacity) : c.node;
  out.pipeline_stages = one_node ? 1 : std::ceil(parameters / (c.node * capacity));
  const double group = out.tensor_parallel * out.pipeline_stages;
  out.devices = std::round(c.devices.at(parameters) / group) * group;
  out.tflops = (one_node ? c.rate_node : c.rate_pipeline).at(parameters);
  if (memory_gb != full_memory) {
    out.devices *= c.other_devices;
    if (memory_gb == half_memory) out.devices *= c.other_devices_40gb;
    out.tflops *= c.other_rate;
  }
  return out;
}

double codecarbon_memory(double gb, double module_power) {
  const auto modules = [gb]() -> double {
    constexpr double smallest_server = 128;
    if (gb > smallest_server) {
      for (const double size : {128.0, 64.0, 32.0, 16.0}) {
        if (size <= gb / 8) return std::min(std::ceil(gb / size), 32.0);
      }
    }
    if (gb > 64) return 8;
    return gb > 16 ? 4 : (gb > 2 ? 2 : 1);
  }();
  double power = 0;
  double left = modules;
  struct Step {
    double count, share;
  };
  for (const Step step : {Step{4, 1.0}, Step{4, 0.9}, Step{8, 0.8}, Step{16, 0.7}}) {
    power += module_power * step.share * std::min(left, step.count);
    left = std::max(0.0, left - step.count);
  }
  return std::max(power, 2 * module_power);
}

double opencarboneval_seconds(double flop, double alpha) {
  // T (alpha + ln T - 1) grows for T > exp(-alpha): bisection of ln T
  const auto work = [&](double log_seconds) {
    return std::exp(log_seconds) * 1e12 * (alpha + log_seconds - 1);
  };
  double low = 1 - alpha;  // zero work
  double high = low + 1;
  constexpr double most = 600;
  while (work(high) < flop && high < most) high += 1;
  constexpr int halvings = 200;
  for (int i = 0; i < halvings; ++i) {
    const double middle = 0.5 * (low + high);
    (work(middle) < flop ? low : high) = middle;
  }
  return std::exp(0.5 * (low + high));
}

}  // namespace kwhatif::method
