#include "measured_rows.hpp"
#include <kwhatif/model/config_json.hpp>
#include <kwhatif/predict/memory_fit.hpp>

#include <algorithm>
#include <array>
#include <cmath>
#include <set>

namespace kwhatif::predict {

namespace {

std::string config_of(const MeasuredRow& row) {
  const bool llama = row.text("config") == "llama";
  std::string out =
      llama ? R"({"model_type":"llama","tie_word_embeddings":false)" : R"({"model_type":"gpt2")";
  const auto add = [&](const char* key, const char* column) {
    out += std::string{",\""} + key + "\":" + row.text(column);
  };
  add("vocab_size", "vocabulary");
  add(llama ? "hidden_size" : "n_embd", "width");
  add(llama ? "intermediate_size" : "n_inner", "feed_forward");
  add(llama ? "num_hidden_layers" : "n_layer", "layers");
  add(llama ? "num_attention_heads" : "n_head", "heads");
  if (llama) add("num_key_value_heads", "key_value_heads");
  add(llama ? "max_position_embeddings" : "n_positions", "sequence");
  return out + '}';
}

MeasuredMemory measured(const MeasuredRow& row) {
  MeasuredMemory out;
  out.id = row.text("id");
  out.publisher = row.text("publisher");
  out.source = row.text("source");
  out.hardware = row.text("hardware");
  out.architecture = model::read_config(config_of(row), out.id).architecture;
  out.inventory = model::take_inventory(out.architecture);
  model::MemoryOptions& o = out.options;
  o.sequence_length = row.needed("sequence");
  o.micro_batch = row.needed("micro_batch");
  o.precision =
      row.text("precision") == "fp32" ? model::TrainingPrecision::fp32 : model::TrainingPrecision::mixed_16;
  using enum model::Recompute;
  o.recompute =
      row.word<model::Recompute>("recompute", {{"none", none}, {"selective", selective}, {"full", full}});
  o.fused_attention = row.yes("fused_attention").value_or(true);
  o.dropout = row.yes("dropout").value_or(false);
  o.gradient_bytes = row.number("gradient_bytes");
  const auto whole = [&](std::string_view key) {
    return static_cast<std::uint64_t>(std::llround(row.needed(key)));
  };
  model::Parallelism& p = o.parallelism;
  p.data = whole("data");
  p.tensor = whole("tensor");
  p.pipeline = whole("pipeline");
  p.context = whole("context");
  p.virtual_stages = whole("virtual_stages");
  p.zero_stage = static_cast<int>(whole("zero"));
  p.sequence_parallel = row.yes("sequence_parallel").value_or(false);
  if (row.number("trainable")) {
    o.trainable = whole("trainable");
    o.frozen_weight_bytes = row.needed("frozen_bytes");
  }
  using enum MemoryCounted;
  out.counted = row.word<MemoryCounted>(
      "counts", {{"device", device}, {"reserved", reserved}, {"allocated", allocated}});
  constexpr double giga = 1e9;
  out.memory = model::Memory::from_coherent(giga * row.needed("memory_gb"));
  return out;
}

// Rows of one publisher are much alike: n of them are worth the root of n.
double weight_of(const std::vector<MeasuredMemory>& rows, const MeasuredMemory& row) {
  const auto alike = std::count_if(rows.begin(), rows.end(), [&](const MeasuredMemory& other) {
    return other.publisher == row.publisher;
  });
  return 1 / std::sqrt(static_cast<double>(alike));
}

bool several(const MeasuredMemory& row) { return row.options.parallelism.devices() > model::Count{1}; }

double formulas_of(const MeasuredMemory& row) {
  return model::training_memory(row.architecture, row.inventory, row.options).formulas().coherent();
}

}  // namespace

std::vector<MeasuredMemory> measured_memory(const catalog::Catalog& catalog) {
  std::vector<MeasuredMemory> out;
  for_each_measured(catalog, "memory", [&](const MeasuredRow& row) { out.push_back(measured(row)); });
  return out;
}

model::MemoryCalibration fit_memory(const std::vector<MeasuredMemory>& rows, double runtime) {
  // measured = runtime + communication · [several devices] + (1 + share) · formulas, each side over the
  // measured: relative errors count
  double cc = 0, cf = 0, ff = 0, c = 0, f = 0;
  for (const MeasuredMemory& row : rows) {
    if (row.counted == MemoryCounted::allocated) continue;  // nothing in it of what is fitted here
    const double measured = row.memory.coherent();
    const double w = weight_of(rows, row);
    const bool device = row.counted == MemoryCounted::device;
    const double left = 1 - (device ? runtime / measured : 0.0);
    const double a = device && several(row) ? 1 / measured : 0.0;
    const double b = formulas_of(row) / measured;
    cc += w * a * a;
    cf += w * a * b;
    ff += w * b * b;
    c += w * a * left;
    f += w * b * left;
  }
  model::MemoryCalibration out{.runtime = runtime};
  const double determinant = cc * ff - cf * cf;
  if (determinant > 0) out.communication = std::max(0.0, (c * ff - f * cf) / determinant);
  if (ff > 0) out.share = std::max(0.0, (f - cf * out.communication) / ff - 1);
  return out;
}

std::vector<HeldOutMemory> hold_out_memory(const std::vector<MeasuredMemory>& rows, double runtime) {
  std::set<std::string> publishers;
  for (const MeasuredMemory& row : rows) publishers.insert(row.publisher);
  std::vector<HeldOutMemory> out;
  for (const std::string& publisher : publishers) {
    std::vector<MeasuredMemory> others;
    std::copy_if(rows.begin(), rows.end(), std::back_inserter(others),
                 [&](const MeasuredMemory& row) { return row.publisher != publisher; });
    const model::MemoryCalibration fitted = fit_memory(others, runtime);
    for (std::size_t i = 0; i < rows.size(); ++i) {
      const MeasuredMemory& row = rows[i];
      if (row.publisher != publisher) continue;
      const bool device = row.counted == MemoryCounted::device;
      const double fixed = device ? fitted.runtime + (several(row) ? fitted.communication : 0.0) : 0.0;
      const double share = row.counted == MemoryCounted::allocated ? 0 : fitted.share;
      out.push_back({.row = i,
                     .ratio = row.memory.coherent() / (fixed + (1 + share) * formulas_of(row)),
                     .weight = weight_of(rows, row)});
    }
  }
  return out;
}

MemoryBand band_of(const std::vector<MeasuredMemory>& rows, const std::vector<HeldOutMemory>& held_out) {
  // 95 % quantiles of Student's t for 1, 2, … degrees of freedom
  constexpr std::array student{6.314, 2.920, 2.353, 2.132, 2.015, 1.943, 1.895, 1.860, 1.833, 1.812};
  std::set<std::string> publishers;
  double weight = 0;
  double sum = 0;
  for (const HeldOutMemory& h : held_out) {
    publishers.insert(rows[h.row].publisher);
    weight += h.weight;
    sum += h.weight * std::log(h.ratio);
  }
  if (publishers.size() < 2) return {};
  const double mean = sum / weight;
  double square = 0;
  for (const HeldOutMemory& h : held_out) square += h.weight * std::pow(std::log(h.ratio) - mean, 2);
  const double t = student[std::min(publishers.size() - 2, student.size() - 1)];
  const double reach = t * std::sqrt(square / weight);
  return {std::exp(mean - reach), std::exp(mean + reach)};
}

}  // namespace kwhatif::predict
