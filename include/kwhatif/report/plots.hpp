// Answers as drawings (SVG).
#pragma once

#include <kwhatif/ask/backtest.hpp>
#include <kwhatif/ask/schedule.hpp>

#include <string>

namespace kwhatif::report {

/// Mean intensity by hour of the day and month.
std::string svg(const ask::HeatMap& map);
/// Predicted against published device-time on logarithmic axes, with 90 % bands.
std::string svg(const ask::Backtest& backtest);

}  // namespace kwhatif::report
