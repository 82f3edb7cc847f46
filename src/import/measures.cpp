#include <kwhatif/import/measurement.hpp>

#include <algorithm>
#include <array>

namespace kwhatif::imports {

namespace {

using enum Measure;
constexpr std::array measures{
    MeasureInfo{tokens, "training.tokens", "", "tokens"},
    MeasureInfo{samples, "training.samples", "", "samples"},
    MeasureInfo{epochs, "training.epochs", "", "epochs"},
    MeasureInfo{steps, "training.steps", "", "optimizer steps"},
    MeasureInfo{step_time, "training.step_time", "s", "step time"},
    MeasureInfo{step_time_overall, "", "s", "step time in all"},
    MeasureInfo{batch_tokens, "training.global_batch", "", "tokens of a step"},
    MeasureInfo{batch_samples, "training.global_batch", "", "samples of a step"},
    MeasureInfo{micro_batch, "training.micro_batch", "", "samples of a device and pass"},
    MeasureInfo{sequence_length, "training.sequence_length", "", "tokens of a sequence"},
    MeasureInfo{wall_time, "training.wall_time", "s", "wall time"},
    MeasureInfo{energy, "training.energy", "kWh", "energy"},
    MeasureInfo{device, "hardware.id", "", "device"},
    MeasureInfo{processor, "", "", "processor"},
    MeasureInfo{count, "hardware.count", "", "devices"},
    MeasureInfo{nodes, "", "", "nodes"},
    MeasureInfo{tokens_per_second, "hardware.tokens_per_second", "", "tokens/s per device"},
    MeasureInfo{total_tokens_per_second, "hardware.total_tokens_per_second", "", "tokens/s in all"},
    MeasureInfo{samples_per_second, "hardware.samples_per_second", "", "samples/s per device"},
    MeasureInfo{total_samples_per_second, "hardware.total_samples_per_second", "", "samples/s in all"},
    MeasureInfo{accelerator_power, "hardware.accelerator_power", "W", "board power"},
    MeasureInfo{power, "hardware.power", "W", "power per device"},
    MeasureInfo{total_power, "hardware.total_power", "W", "power in all"},
    MeasureInfo{achieved, "hardware.achieved", "TFLOP/s", "rate of arithmetic per device"},
    MeasureInfo{mfu, "hardware.mfu", "", "MFU"},
    MeasureInfo{parameters, "model.parameters", "", "parameters"},
    MeasureInfo{layers, "model.layers", "", "layers"},
    MeasureInfo{hidden, "model.hidden", "", "hidden size"},
    MeasureInfo{heads, "model.heads", "", "attention heads"},
    MeasureInfo{kv_heads, "model.kv_heads", "", "heads of keys and values"},
    MeasureInfo{head_size, "model.head_size", "", "size of a head"},
    MeasureInfo{feed_forward, "model.ffn", "", "feed-forward width"},
    MeasureInfo{vocabulary, "model.vocab", "", "vocabulary"},
    MeasureInfo{total_flops, "", "FLOP", "FLOPs as counted by the tool"},
    MeasureInfo{memory, "", "GiB", "memory per device"},
    MeasureInfo{country, "site.grid", "", "country"},
    MeasureInfo{region, "site.region", "", "region"},
    MeasureInfo{pue, "site.pue", "", "PUE"},
    MeasureInfo{carbon_intensity, "site.carbon_intensity", "g/kWh", "carbon intensity"},
    MeasureInfo{emissions, "", "kg", "CO2e"},
};
static_assert(measures.size() == static_cast<std::size_t>(count_of_measures));

}  // namespace

const MeasureInfo& info_of(Measure measure) { return measures[static_cast<std::size_t>(measure)]; }

std::string_view name_of(Boundary boundary) {
  switch (boundary) {
    case Boundary::accelerator:
      return "accelerator";
    case Boundary::components:
      return "components";
    case Boundary::node:
      return "node";
    case Boundary::facility:
      return "facility";
    case Boundary::none:
      break;
  }
  return {};
}

const Finding* Measurement::find(Measure measure) const {
  const auto at = std::ranges::find(findings, measure, &Finding::measure);
  return at == findings.end() ? nullptr : &*at;
}

}  // namespace kwhatif::imports
