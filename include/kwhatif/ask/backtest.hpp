// The proof of the predictions: every published run predicted by a model that has not seen its publisher.
//
// Two modes. Given: the row's printed results from the row's printed inputs (as reproduce): shows that the
// arithmetic and the boundaries are right. Blind: from model size, tokens, device kind and count alone
// (place, where energy or CO2e is compared), the model fitted without the run's family and the band made
// without its residuals. Simple baselines are judged on the same rows.
#pragma once

#include <kwhatif/catalog/catalog.hpp>
#include <kwhatif/predict/distribution.hpp>
#include <kwhatif/predict/observation.hpp>

#include <string>
#include <string_view>
#include <vector>

namespace kwhatif::ask {

enum class BacktestMode { given, blind };
std::string_view name(BacktestMode mode);

/// Beside the baselines.
inline constexpr std::string_view our_predictor = "kwhatif";

/// One published figure and what was predicted for it.
struct BacktestRow {
  std::string id;      ///< "patterson-2021/gpt-3"
  std::string name;    ///< "GPT-3"
  std::string family;  ///< publisher's series that the model has not seen; empty in mode given
  std::string device;  ///< hardware id
  std::string device_family;
  BacktestMode mode = BacktestMode::blind;
  std::string predictor;  ///< "kwhatif", "constant MFU", "LLMCarbon", "TDP x hours"
  std::string quantity;   ///< result key: "device_time", "facility_energy" …
  std::string unit;       ///< of the figures below: "device-h", "kWh", "t"
  double published = 0;
  double predicted = 0;                       ///< median
  double ratio = 0;                           ///< predicted / published
  double p05 = 0, p25 = 0, p75 = 0, p95 = 0;  ///< all zero where the predictor gives no band
  bool has_band = false;
  bool covered50 = false, covered90 = false;
  predict::Tier tier = predict::Tier::known;
  std::string boundary;  ///< power as the row counts it: "measured system power", "TDP"
  std::string note;      ///< why it cannot come out, if known
};

/// How one predictor did on one quantity.
struct BacktestSummary {
  BacktestMode mode = BacktestMode::blind;
  std::string predictor;
  std::string quantity;
  std::string tier;  ///< "known", "borrowed", or "all"
  std::size_t rows = 0;
  double median_factor = 0;  ///< exp(median |ln ratio|)
  double rms_log = 0;
  double bias_log = 0;  ///< mean ln ratio
  double worst_factor = 0;
  std::string worst;  ///< id
  bool has_band = false;
  double coverage50 = 0, coverage90 = 0;  ///< shares of rows
  double width90 = 0;                     ///< geometric mean of p95 / p05
};

struct Backtest {
  std::vector<BacktestRow> rows;  ///< given, then blind; kwhatif first, then baselines
  std::vector<BacktestSummary> summaries;
  std::vector<predict::Exclusion> excluded;  ///< runs that are not evidence, and why
};

/// Runs the back-test: refits the model once per family.
///
/// @tested  accuracy and coverage stay within stated bounds on the shipped tables
Backtest backtest(const catalog::Catalog& catalog);

}  // namespace kwhatif::ask
