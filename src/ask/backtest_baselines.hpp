// The simple predictors beside ours, and the summary of how each did. Private to backtest.
#pragma once

#include <kwhatif/ask/backtest.hpp>
#include <kwhatif/predict/times_fit.hpp>

#include <string>
#include <vector>

namespace kwhatif::ask {

/// What a simple predictor says of one row.
struct Baseline {
  std::string name;
  double rate = 0;  ///< FLOP/s per device
};

/// Constant MFU; LLMCarbon's own throughput regression for language models.
std::vector<Baseline> baselines_of(const catalog::Catalog& catalog, const predict::Timing& row);

/// Rows of one mode, kind, predictor and quantity as one summary each, in the order in which they come.
std::vector<BacktestSummary> summarise(const std::vector<BacktestRow>& rows, const std::string& known);

}  // namespace kwhatif::ask
