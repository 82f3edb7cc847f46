// The back-test and the sensitivity of one run, for people and for machines.
#pragma once

#include <kwhatif/analysis/backtest.hpp>
#include <kwhatif/analysis/sensitivity.hpp>
#include <kwhatif/report/table.hpp>
#include <kwhatif/scenario/resolve.hpp>

#include <string>

namespace kwhatif::report {

/// Summary, then every blind row of our own predictor; `all` adds the baselines and the mode "given".
std::string backtest_text(const analysis::Backtest& backtest, bool all);
/// Schema kwhatif/backtest/1.
std::string backtest_json(const analysis::Backtest& backtest, const catalog::Catalog& catalog);
Table backtest_table(const analysis::Backtest& backtest);
/// Predicted against published device-time on logarithmic axes, with 90 % bands.
std::string backtest_svg(const analysis::Backtest& backtest);

/// Elasticities and a tornado of one result of a run, or of what the stages of a run add up to.
/// @param result  key of the result: "operational_location"
std::string sensitivity_text(const scenario::Scenario& run, const catalog::Catalog& catalog,
                             std::string_view result);
/// Schema kwhatif/sensitivity/1.
/// @param resolved  the same run in numbers
std::string sensitivity_json(const scenario::Scenario& run, const scenario::ResolvedRun& resolved,
                             const catalog::Catalog& catalog, std::string_view result);
/// One row per input: its elasticity; and, where it has a band, the ends of the band as multiples of its
/// value with the result at each.
Table sensitivity_table(const scenario::Scenario& run, const catalog::Catalog& catalog,
                        std::string_view result);

}  // namespace kwhatif::report
