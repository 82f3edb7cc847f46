#include "measured_rows.hpp"
#include <kwhatif/predict/timings.hpp>

namespace kwhatif::predict {

using catalog::Kind;

namespace {

Network<double> network_of(const MeasuredRow& line) {
  Network<double> out;
  out.layers = line.needed("layers");
  out.width = line.needed("width");
  out.feed_forward = line.needed("feed_forward");
  out.keys = line.needed("keys");
  out.queries = line.needed("queries");
  out.vocabulary = line.needed("vocabulary");
  out.gates = line.needed("gates");
  out.heads = line.number("heads");
  out.attention = line.number("attention");
  if (const auto sparse = line.number("sparse")) {
    out.sparse = *sparse;
    out.experts = line.needed("experts");
    out.used = line.needed("used");
    out.expert_width = line.needed("expert_width");
    out.shared_width = line.number("shared_width").value_or(0);
  }
  return out;
}

// None of a device that the user's own table describes without the columns that its time rests on.
std::optional<Timing> timing_of(const catalog::Catalog& catalog, const MeasuredRow& line) {
  Timing out;
  out.id = line.text("id");
  out.publisher = line.text("publisher");
  out.setting = line.text("setting");
  out.source = line.text("source");
  const auto hardware = catalog.find(Kind::hardware, line.text("hardware"));
  EngineOverrides site;
  constexpr double giga = 1e9;
  if (const auto network = line.number("network_gb_s")) site.network = *network * giga;
  const auto device = hardware ? engine_of(catalog, *hardware, line.text("precision"), site) : std::nullopt;
  if (!device && hardware && hardware->laid_over()) return std::nullopt;
  if (!device)
    throw diag::InternalError("timings: no device for '" + out.id + "': " + line.text("hardware") + " at " +
                              line.text("precision"));
  out.device = *device;
  out.family = device->family;
  Training<double>& t = out.training;
  t.kind = line.word<TrainingKind>("kind", {{"language", TrainingKind::language},
                                            {"encoder", TrainingKind::encoder},
                                            {"vision", TrainingKind::vision},
                                            {"convolution", TrainingKind::convolution}});
  if (t.kind == TrainingKind::convolution)
    t.gmac = line.needed("gmac");
  else
    t.network = network_of(line);
  t.length = line.number("sequence");
  t.devices = line.number("devices");
  t.batch = line.number("batch");
  t.micro_batch = line.number("micro_batch");
  t.tensor = line.number("tensor");
  t.pipeline = line.number("pipeline");
  t.context = line.number("context");
  t.expert_parallel = line.number("expert");
  t.stages = line.number("stages");
  t.recomputed = line.number("recomputed");
  t.memory = device->memory;
  t.year = line.number("year");
  t.software = line.word<Software>(
      "software",
      {{"tuned", Software::tuned}, {"standard", Software::standard}, {"legacy", Software::legacy}});
  t.compiled = line.yes("compiled");
  t.fused_attention = line.yes("fused_attention");
  if (const auto zero = line.number("zero")) t.zero = static_cast<int>(*zero);
  t.causal = line.yes("causal").value_or(true);
  t.lora = line.yes("lora").value_or(false);
  t.arithmetic = device->arithmetic;
  t.bytes = device->bytes;
  t.scope = line.word<Scope>("scope",
                             {{"run", Scope::run}, {"benchmark", Scope::benchmark}, {"step", Scope::step}});
  out.weight = line.needed("weight");
  out.seconds = line.needed("seconds");
  if (const auto memory = line.number("memory_gb")) out.memory = *memory * giga;
  return out;
}

}  // namespace

std::vector<Timing> timings(const catalog::Catalog& catalog) {
  std::vector<Timing> out;
  for_each_measured(catalog, "published", [&](const MeasuredRow& row) {
    if (auto timing = timing_of(catalog, row)) out.push_back(*std::move(timing));
  });
  return out;
}

std::vector<Timing> timings_from(const catalog::Catalog& catalog, double devices) {
  std::vector<Timing> out;
  for_each_measured_from(catalog, "published", "devices", devices, [&](const MeasuredRow& row) {
    if (auto timing = timing_of(catalog, row); timing && timing->training.devices >= devices)
      out.push_back(*std::move(timing));
  });
  return out;
}

}  // namespace kwhatif::predict
