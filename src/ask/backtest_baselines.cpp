#include "backtest_baselines.hpp"

#include <algorithm>
#include <cmath>
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
std::optional<double> llmcarbon_rate(const catalog::Catalog& catalog, const predict::Observation& run) {
  const auto hardware = catalog.find(Kind::hardware, run.plan.device.id);
  const auto memory = hardware ? hardware->number("memory") : std::nullopt;
  if (!memory) return std::nullopt;
  constexpr double gigabyte = 1e9;
  constexpr double tera = 1e12;
  const double size = *memory / gigabyte;
  const double x = run.plan.active.coherent();
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

std::vector<Baseline> baselines_of(const catalog::Catalog& catalog, const predict::Observation& run) {
  std::vector<Baseline> out;
  out.push_back(
      {"constant MFU", constant(catalog, "baseline-mfu") * run.plan.device.peak.coherent(), std::nullopt});
  if (const auto rate = llmcarbon_rate(catalog, run)) out.push_back({"LLMCarbon", rate, std::nullopt});
  out.push_back({"TDP x hours", std::nullopt, run.device_time->coherent()});
  return out;
}

namespace {

std::string group_of(const std::string& quantity) {
  return quantity == "device_time" || quantity == "wall_time" ? quantity : "energy and CO2e";
}

BacktestSummary summary_of(const std::vector<const BacktestRow*>& rows) {
  BacktestSummary out;
  out.rows = rows.size();
  const auto n = static_cast<double>(rows.size());
  std::vector<double> errors;
  double width = 0;
  for (const BacktestRow* row : rows) {
    const double error = std::log(row->ratio);
    errors.push_back(std::fabs(error));
    out.bias_log += error / n;
    out.rms_log += error * error / n;
    if (std::exp(errors.back()) > out.worst_factor) {
      out.worst_factor = std::exp(errors.back());
      out.worst = row->id;
    }
    out.has_band = out.has_band || row->has_band;
    out.coverage50 += (row->covered50 ? 1 : 0) / n;
    out.coverage90 += (row->covered90 ? 1 : 0) / n;
    if (row->has_band) width += std::log(row->p95 / row->p05) / n;
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

std::vector<BacktestSummary> summarise(const std::vector<BacktestRow>& rows) {
  using Key = std::tuple<BacktestMode, std::string, std::string, std::string>;
  std::vector<std::pair<Key, std::vector<const BacktestRow*>>> groups;  // in order of first occurrence
  const auto add = [&](const Key& key, const BacktestRow& row) {
    auto found = std::find_if(groups.begin(), groups.end(), [&](const auto& g) { return g.first == key; });
    if (found == groups.end()) found = groups.insert(groups.end(), {key, {}});
    found->second.push_back(&row);
  };
  for (const BacktestRow& row : rows) {
    const std::string group = group_of(row.quantity);
    add({row.mode, row.predictor, group, "all"}, row);
    if (row.mode == BacktestMode::blind)
      add({row.mode, row.predictor, group, std::string{predict::name(row.tier)}}, row);
  }
  std::vector<BacktestSummary> out;
  for (const auto& [key, members] : groups) {
    auto summary = summary_of(members);
    std::tie(summary.mode, summary.predictor, summary.quantity, summary.tier) = key;
    out.push_back(std::move(summary));
  }
  return out;
}

}  // namespace kwhatif::ask
