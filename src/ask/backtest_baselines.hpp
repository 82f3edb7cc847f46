// The simple predictors beside ours, and the summary of how each did. Private to backtest.
#pragma once

#include <kwhatif/ask/backtest.hpp>

#include <optional>
#include <string>
#include <vector>

namespace kwhatif::ask {

/// What a simple predictor says of one run. Its power is the TDP.
struct Baseline {
  std::string name;
  std::optional<double> achieved;     ///< FLOP/s per device
  std::optional<double> device_time;  ///< device·s; the printed one
};

/// constant MFU; LLMCarbon's own throughput regression; TDP times the printed hours.
std::vector<Baseline> baselines_of(const catalog::Catalog& catalog, const predict::Observation& run);

/// One summary per mode, predictor, quantity group (time; energy and CO2e) and tier.
std::vector<BacktestSummary> summarise(const std::vector<BacktestRow>& rows);

}  // namespace kwhatif::ask
