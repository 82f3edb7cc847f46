// The proof of the predictions: every measured time predicted by a forecast that has not seen its publisher,
// or its family of devices.
//
// Modes. Given: the printed results of a study from its printed inputs (as reproduce): shows that the
// arithmetic and the boundaries are right. Blind: the forecast fitted without the row's publisher. Blind to
// the device: fitted without its family of devices. Whole runs, benchmarks and steps are judged apart, with
// all known that the row tells and without software, settings or both. Simple predictors are judged on the
// same rows. Measured power of whole systems is set beside what is forecast of it.
#pragma once

#include <kwhatif/catalog/catalog.hpp>
#include <kwhatif/predict/distribution.hpp>

#include <string>
#include <string_view>
#include <vector>

namespace kwhatif::ask {

enum class BacktestMode { given, blind, blind_to_device };
std::string_view name(BacktestMode mode);

/// Beside the baselines.
inline constexpr std::string_view our_predictor = "kwhatif";
/// Device-time is that of so many tokens (samples of a convolution network).
inline constexpr double backtest_tokens = 1e9;

/// One published figure and what was predicted for it.
struct BacktestRow {
  std::string id;      ///< "patterson-2021/gpt-3", "minicpm-2b"
  std::string name;    ///< "GPT-3"
  std::string family;  ///< publisher that the forecast has not seen; empty in mode given
  std::string device;  ///< hardware id
  std::string device_family;
  BacktestMode mode = BacktestMode::blind;
  std::string kind;       ///< "run", "benchmark", "steps"; "power"; empty in mode given
  std::string predictor;  ///< "kwhatif", "constant MFU", "LLMCarbon"
  std::string quantity;   ///< result key: "device_time", "power" …
  std::string unit;       ///< of the figures below: "device-h", "kWh", "t", "W"
  double published = 0;
  double predicted = 0;                       ///< median
  double ratio = 0;                           ///< predicted / published
  double p05 = 0, p25 = 0, p75 = 0, p95 = 0;  ///< all zero where the predictor gives no band
  bool has_band = false;
  bool covered50 = false, covered90 = false;
  predict::Tier tier = predict::Tier::known;
  double weight = 1;     ///< rows of one setting over and over count less
  std::string boundary;  ///< power as the row counts it: "measured system power", "TDP"
  std::string note;      ///< why it cannot come out, if known
};

/// How one predictor did on one quantity.
struct BacktestSummary {
  BacktestMode mode = BacktestMode::blind;
  std::string kind;   ///< of rows; empty in mode given
  std::string known;  ///< "all", "no software", "no settings", "neither"
  std::string predictor;
  std::string quantity;
  std::size_t rows = 0, publishers = 0;
  double median_factor = 0;  ///< exp(median |ln ratio|)
  double rms_log = 0;
  double bias_log = 0;  ///< mean ln ratio
  double worst_factor = 0;
  std::string worst;  ///< id
  bool has_band = false;
  double coverage50 = 0, coverage90 = 0;                      ///< shares of rows
  double publisher_coverage50 = 0, publisher_coverage90 = 0;  ///< each publisher counts as one
  double width90 = 0;                                         ///< geometric mean of p95 / p05
};

/// A published run that is no evidence.
struct Exclusion {
  std::string id, why;
};

struct Backtest {
  std::vector<BacktestRow> rows;  ///< given, then blind; kwhatif first, then baselines
  std::vector<BacktestSummary> summaries;
  std::vector<Exclusion> excluded;
};

/// Runs the back-test: refits the forecast without each publisher and each family of devices.
///
/// @tested  accuracy and coverage stay within stated bounds on the shipped tables
Backtest backtest(const catalog::Catalog& catalog);

}  // namespace kwhatif::ask
