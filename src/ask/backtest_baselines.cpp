#include "backtest_baselines.hpp"

#include <algorithm>
#include <cmath>
#include <map>
#include <optional>
#include <tuple>

namespace kwhatif::ask {

using catalog::Kind;

namespace {

double constant(const catalog::Catalog& catalog, std::string_view id) {
  const auto row = catalog.find(Kind::coefficient, id);
  return row ? row->number("value").value_or(0) : 0;
}

/// LLMCarbon: a quadratic in the parameters for A100 80 GB; every other memory size is taken for a V100.
/// @source mlcarbon-repository, model.py, predict_num_throughput
std::optional<double> llmcarbon_rate(const catalog::Catalog& catalog, const predict::Timing& row) {
  if (row.training.kind != predict::TrainingKind::language || row.device.memory <= 0) return std::nullopt;
  constexpr double gigabyte = 1e9;
  constexpr double tera = 1e12;
  const double size = row.device.memory / gigabyte;
  const auto n = predict::weights(*row.training.network);
  const double x = n.dense + n.expert + n.head;
  const double needed = std::ceil(x / (constant(catalog, "llmcarbon-capacity") * size));
  const std::string kind =
      needed <= constant(catalog, "llmcarbon-node-size") ? "llmcarbon-node-" : "llmcarbon-pipeline-";
  double rate = constant(catalog, kind + "square") * x * x + constant(catalog, kind + "linear") * x +
                constant(catalog, kind + "level");
  if (std::lround(size) != std::lround(constant(catalog, "llmcarbon-memory"))) {
    rate *= constant(catalog, "llmcarbon-other-keeps") * constant(catalog, "llmcarbon-other-peak");
  }
  return rate > 0 ? std::optional{rate * tera} : std::nullopt;
}

}  // namespace

std::vector<Baseline> baselines_of(const catalog::Catalog& catalog, const predict::Timing& row) {
  const auto& e = row.device.engine;
  std::vector<Baseline> out;
  out.push_back({"constant MFU", constant(catalog, "baseline-mfu") * std::max(e.peak, e.low_peak)});
  if (const auto rate = llmcarbon_rate(catalog, row)) out.push_back({"LLMCarbon", *rate});
  return out;
}

namespace {

BacktestSummary summary_of(const std::vector<const BacktestRow*>& rows) {
  BacktestSummary out;
  out.rows = rows.size();
  double n = 0;
  for (const BacktestRow* row : rows) n += row->weight;
  std::vector<double> errors;
  double width = 0;
  struct Held {
    double rows = 0, in50 = 0, in90 = 0;
  };
  std::map<std::string, Held> by_publisher;
  for (const BacktestRow* row : rows) {
    const double error = std::log(row->ratio);
    errors.push_back(std::fabs(error));
    out.bias_log += row->weight * error / n;
    out.rms_log += row->weight * error * error / n;
    if (std::exp(errors.back()) > out.worst_factor) {
      out.worst_factor = std::exp(errors.back());
      out.worst = row->id;
    }
    Held& held = by_publisher[row->family];
    held.rows += 1;
    held.in50 += row->covered50 ? 1 : 0;
    held.in90 += row->covered90 ? 1 : 0;
    out.has_band = out.has_band || row->has_band;
    out.coverage50 += row->covered50 ? row->weight / n : 0;
    out.coverage90 += row->covered90 ? row->weight / n : 0;
    if (row->has_band) width += row->weight * std::log(row->p95 / row->p05) / n;
  }
  out.publishers = by_publisher.size();
  for (const auto& [publisher, held] : by_publisher) {
    out.publisher_coverage50 += held.in50 / held.rows / static_cast<double>(by_publisher.size());
    out.publisher_coverage90 += held.in90 / held.rows / static_cast<double>(by_publisher.size());
  }
  out.rms_log = std::sqrt(out.rms_log);
  out.width90 = out.has_band ? std::exp(width) : 0;
  std::sort(errors.begin(), errors.end());
  const std::size_t half = errors.size() / 2;
  const double median = errors.size() % 2 == 1 ? errors[half] : (errors[half - 1] + errors[half]) / 2;
  out.median_factor = std::exp(median);
  return out;
}

}  // namespace

std::vector<BacktestSummary> summarise(const std::vector<BacktestRow>& rows, const std::string& known) {
  using Key = std::tuple<BacktestMode, std::string, std::string, std::string>;
  std::vector<std::pair<Key, std::vector<const BacktestRow*>>> groups;  // in order of first occurrence
  for (const BacktestRow& row : rows) {
    const bool time = row.quantity == "device_time" || row.quantity == "wall_time";
    const std::string quantity = time || row.mode != BacktestMode::given ? row.quantity : "energy and CO2e";
    const Key key{row.mode, row.kind, row.predictor, quantity};
    auto found = std::find_if(groups.begin(), groups.end(), [&](const auto& g) { return g.first == key; });
    if (found == groups.end()) found = groups.insert(groups.end(), {key, {}});
    found->second.push_back(&row);
  }
  std::vector<BacktestSummary> out;
  for (const auto& [key, members] : groups) {
    auto summary = summary_of(members);
    std::tie(summary.mode, summary.kind, summary.predictor, summary.quantity) = key;
    summary.known = known;
    out.push_back(std::move(summary));
  }
  return out;
}

}  // namespace kwhatif::ask
