#include "measured_rows.hpp"
#include <kwhatif/model/config_json.hpp>
#include <kwhatif/predict/memory_fit.hpp>

#include <algorithm>
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

double formulas_of(const MeasuredMemory& row) {
  return model::training_memory(row.architecture, row.inventory, row.options).formulas().coherent();
}

}  // namespace

std::vector<MeasuredMemory> measured_memory(const catalog::Catalog& catalog) {
  std::vector<MeasuredMemory> out;
  for_each_measured(catalog, "memory", [&](const MeasuredRow& row) { out.push_back(measured(row)); });
  return out;
}

model::MemoryCalibration fit_memory(const std::vector<MeasuredMemory>& rows) {
  // measured = runtime + (1 + share) · formulas, each side over the measured: relative errors count
  double rr = 0, rf = 0, ff = 0, r = 0, f = 0;
  for (const MeasuredMemory& row : rows) {
    if (row.counted == MemoryCounted::allocated) continue;  // nothing in it of what is fitted here
    const double measured = row.memory.coherent();
    const double w = weight_of(rows, row);
    const double a = row.counted == MemoryCounted::device ? 1 / measured : 0.0;
    const double b = formulas_of(row) / measured;
    rr += w * a * a;
    rf += w * a * b;
    ff += w * b * b;
    r += w * a;
    f += w * b;
  }
  model::MemoryCalibration out;
  const double determinant = rr * ff - rf * rf;
  if (!(determinant > 0)) {
    out.share = ff > 0 ? std::max(0.0, f / ff - 1) : 0.0;
    return out;
  }
  out.runtime = std::max(0.0, (r * ff - f * rf) / determinant);
  out.share = std::max(0.0, (f - rf * out.runtime) / ff - 1);
  return out;
}

std::vector<HeldOutMemory> hold_out_memory(const std::vector<MeasuredMemory>& rows) {
  std::set<std::string> publishers;
  for (const MeasuredMemory& row : rows) publishers.insert(row.publisher);
  std::vector<HeldOutMemory> out;
  for (const std::string& publisher : publishers) {
    std::vector<MeasuredMemory> others;
    std::copy_if(rows.begin(), rows.end(), std::back_inserter(others),
                 [&](const MeasuredMemory& row) { return row.publisher != publisher; });
    const model::MemoryCalibration fitted = fit_memory(others);
    for (std::size_t i = 0; i < rows.size(); ++i) {
      const MeasuredMemory& row = rows[i];
      if (row.publisher != publisher) continue;
      const double runtime = row.counted == MemoryCounted::device ? fitted.runtime : 0;
      const double share = row.counted == MemoryCounted::allocated ? 0 : fitted.share;
      out.push_back({.row = i,
                     .ratio = row.memory.coherent() / (runtime + (1 + share) * formulas_of(row)),
                     .weight = weight_of(rows, row)});
    }
  }
  return out;
}

double quantile(std::vector<HeldOutMemory> held_out, double share) {
  std::sort(held_out.begin(), held_out.end(),
            [](const HeldOutMemory& a, const HeldOutMemory& b) { return a.ratio < b.ratio; });
  double all = 0;
  for (const HeldOutMemory& h : held_out) all += h.weight;
  double below = 0;
  for (const HeldOutMemory& h : held_out) {
    below += h.weight;
    if (below >= share * all) return h.ratio;
  }
  return held_out.empty() ? 1 : held_out.back().ratio;
}

}  // namespace kwhatif::predict
