// The methods that predict device-time or rate themselves.
#include "work.hpp"
#include <kwhatif/quantity/format.hpp>

#include <cmath>

namespace kwhatif::method {

using quantity::human;
using quantity::significant;
using run::ResolvedRun;
namespace dim = quantity::dim;

namespace {

// 6·P·D where both are known, else the compute given.
std::optional<double> six_pd(Work& w) {
  if (w.run.inputs.active_parameters() && w.run.inputs.tokens()) {
    constexpr double flop_factor = 6;  // 2 forward, 4 backward
    const double epochs = w.run.inputs.epochs() ? w.run.inputs.epochs()->coherent() : 1;
    return flop_factor * w.run.inputs.active_parameters()->coherent() * w.run.inputs.tokens()->coherent() *
           epochs;
  }
  if (!w.ours.training_flop) return std::nullopt;
  w.took("the compute as given: parameters or tokens are unknown");
  return w.ours.training_flop->coherent();
}

void llmcarbon_embodied(Work& w, double device_seconds) {
  Constants c{w.catalog, "llmcarbon"};
  const std::string f = family(w.run);
  if (f.empty() || !c.has("embodied.device." + f)) return;
  const double board = (c.number("embodied.cpu") + c.number("embodied.dram") + c.number("embodied.ssd") +
                        c.number("embodied.others")) /
                       c.number("node");
  w.out.embodied_kg = (c.number("embodied.device." + f) + board) * device_seconds / c.number("lifetime");
}

}  // namespace

std::string family(const ResolvedRun& run) {
  if (!run.hardware) return {};
  const std::string_view id = run.hardware->id();
  for (const std::string_view f : {"tpu-v2", "tpu-v3", "tpu-v4", "p100", "v100", "a100", "h100"}) {
    if (id == f || (id.starts_with(f) && !f.starts_with("tpu") && id.size() > f.size() &&
                    (id[f.size()] == '-' || id[f.size()] == 's')))
      return std::string{f};
  }
  return {};
}

std::optional<double> rating(const Work& w) {
  if (w.run.inputs.tdp()) return w.run.inputs.tdp()->coherent();
  return w.run.hardware ? w.run.hardware->number("tdp") : std::nullopt;
}

bool need_power(Work& w) {
  if (w.ours.power) return true;
  w.fail("the power is unknown");
  return false;
}

void carbontracker(Work& w) {
  if (!w.ours.training_flop) return w.fail("the compute is unknown");
  const std::string f = family(w.run);
  std::optional<double> peak;
  if (w.run.inputs.peak()) peak = w.run.inputs.peak()->coherent();
  std::optional<double> power = rating(w);
  if (!f.empty() && w.constants.has("peak." + f)) {
    peak = w.constants.number("peak." + f);
    power = w.constants.number("power." + f);
    w.took("any " + f + " as V100S PCIe: " + human(*peak, dim::flop_rate) + " at " +
           human(*power, dim::power));
  } else if (peak && power) {
    w.took("the peak, " + human(*peak, dim::flop_rate) + ", and the rating, " + human(*power, dim::power));
  }
  if (!peak || !power) return w.fail("peak or rating of the device is unknown");
  const double runs = w.run.inputs.runs() ? w.run.inputs.runs()->coherent() : 1;
  const double overhead = w.run.inputs.overhead() ? w.run.inputs.overhead()->coherent() : 0;
  w.set(Time::from_coherent(w.ours.training_flop->coherent() * runs * (1 + overhead) / *peak),
        Power::from_coherent(*power), w.constants.number("pue"), w.run.inputs.ci());
}

void llmcarbon(Work& w) {
  const auto flop = six_pd(w);
  if (!flop) return w.fail("the compute is unknown");
  if (!w.ours.achieved) return w.fail("the measured rate is unknown; the method needs it");
  if (!need_power(w)) return;
  if (!w.run.inputs.pue()) return w.fail("the PUE is unknown");
  const double time = *flop / w.ours.achieved->coherent();
  w.took("rate " + human(w.ours.achieved->coherent(), dim::flop_rate) + ", power and PUE of this run");
  w.set(Time::from_coherent(time), *w.ours.power, w.run.inputs.pue()->coherent(), w.run.inputs.ci());
  llmcarbon_embodied(w, time);
}

void llmcarbon_predictor(Work& w) {
  if (!w.run.inputs.active_parameters()) return w.fail("the parameters are unknown");
  const auto flop = six_pd(w);
  if (!flop) return w.fail("the compute is unknown");
  const auto memory = w.run.hardware ? w.run.hardware->number("memory") : std::nullopt;
  if (!memory) return w.fail("the device's memory is unknown");
  if (w.run.hardware->text("kind") != "gpu") return w.fail("it predicts GPUs only");
  if (!need_power(w)) return;
  if (!w.run.inputs.pue()) return w.fail("the PUE is unknown");
  Constants c{w.catalog, "llmcarbon"};
  const auto quadratic = [&](const std::string& head) {
    return Quadratic{c.number(head + ".square"), c.number(head + ".linear"), c.number(head + ".constant")};
  };
  const LlmCarbonConstants constants{.rate_node = quadratic("rate.node"),
                                     .rate_pipeline = quadratic("rate.pipeline"),
                                     .devices = quadratic("devices"),
                                     .parameters_per_gb = c.number("parameters_per_gb"),
                                     .node = c.number("node"),
                                     .other_devices = c.number("other.devices"),
                                     .other_devices_40gb = c.number("other.devices_40gb"),
                                     .other_rate = (1 - c.number("other.loss") / c.number("other.loss_of")) /
                                                   c.number("peak.a100") * c.number("peak.v100")};
  constexpr double gb = 1e9;
  const double parameters = w.run.inputs.active_parameters()->coherent();
  const auto p = predict(constants, parameters, std::round(*memory / gb));
  w.constants.use("mlcarbon-repository");
  const std::string f = family(w.run);
  if (!w.options.as_published) {
    if (p.devices <= 0 || p.tflops <= 0)
      return w.fail("its regression gives " + significant(p.devices) + " GPUs at " + significant(p.tflops) +
                    " TFLOP/s for this size");
    if (f != "a100" && f != "v100")
      return w.fail("it was fitted on A100 and scaled to V100; --as-published prints what it says of others");
    constexpr double full_memory = 80;
    if (f == "a100" && std::round(*memory / gb) != full_memory)
      return w.fail("it takes every GPU without 80 GB for a V100; --as-published prints that");
  }
  if (p.devices <= 0 || p.tflops <= 0)
    return w.fail("the tool prints " + significant(p.devices) + " GPUs at " + significant(p.tflops) +
                  " TFLOP/s");
  w.took(significant(p.devices, 4) + " GPUs at " + significant(p.tflops) +
         " TFLOP/s, predicted; power and PUE of this run");
  w.set(Time::from_coherent(*flop / (p.tflops * 1e12)), *w.ours.power, w.run.inputs.pue()->coherent(),
        w.run.inputs.ci());
}

void opencarboneval(Work& w) {
  if (!w.ours.training_flop) return w.fail("the compute is unknown");
  std::string f = family(w.run);
  const auto memory = w.run.hardware ? w.run.hardware->number("memory") : std::nullopt;
  constexpr double gb = 1e9;
  if (memory) {
    const std::string sized = f + '-' + significant(std::round(*memory / gb), 2) + "gb";
    if (w.constants.has("alpha_low." + sized)) f = sized;
  }
  if (f.empty() || !w.constants.has("alpha_low." + f)) return w.fail("its table has no such device");
  const double flop = w.ours.training_flop->coherent();
  const double seconds = 0.5 * (opencarboneval_seconds(flop, w.constants.number("alpha_low." + f)) +
                                opencarboneval_seconds(flop, w.constants.number("alpha_high." + f)));
  const double power = w.constants.number("power." + f);
  w.took("mean rate " + human(flop / seconds, dim::flop_rate) + " and " + human(power, dim::power) +
         ", its table for " + f);
  w.set(Time::from_coherent(seconds), Power::from_coherent(power), 1, w.run.inputs.ci());
}

}  // namespace kwhatif::method
