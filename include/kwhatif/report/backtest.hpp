// The back-test and the sensitivity of one run, for people and for machines.
#pragma once

#include <kwhatif/ask/backtest.hpp>
#include <kwhatif/report/table.hpp>
#include <kwhatif/run/resolve.hpp>
#include <kwhatif/uncertain/sensitivity.hpp>

#include <string>

namespace kwhatif::report {

/// Summary, then every blind row of our own predictor; `all` adds the baselines and the mode "given".
std::string backtest_text(const ask::Backtest& backtest, bool all);
/// Schema kwhatif/backtest/1.
std::string backtest_json(const ask::Backtest& backtest, const catalog::Catalog& catalog);
Table backtest_table(const ask::Backtest& backtest);
/// Predicted against published device-time on logarithmic axes, with 90 % bands.
std::string backtest_svg(const ask::Backtest& backtest);

/// Elasticities and a tornado of one result of a run, or of what the stages of a run add up to.
/// @param result  key of the result: "operational_location"
std::string sensitivity_text(const run::Scenario& run, const catalog::Catalog& catalog,
                             std::string_view result);
/// Schema kwhatif/sensitivity/1.
/// @param resolved  the same run in numbers
std::string sensitivity_json(const run::Scenario& run, const run::ResolvedRun& resolved,
                             const catalog::Catalog& catalog, std::string_view result);
/// One row per input: its elasticity; and, where it has a band, the ends of the band as multiples of its
/// value with the result at each.
Table sensitivity_table(const run::Scenario& run, const catalog::Catalog& catalog, std::string_view result);

}  // namespace kwhatif::report
