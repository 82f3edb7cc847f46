// How a pilot changed a forecast, and how far a run is: text and JSON.
#pragma once

#include "json_support.hpp"
#include <kwhatif/ask/estimate.hpp>
#include <kwhatif/report/page.hpp>

namespace kwhatif::report {

Page pilot_page(const run::ResolvedRun& run);
Page progress_page(const ask::Estimate& answer);
/// null where there is none
Json pilot_json(const run::ResolvedRun& run);
Json progress_json(const ask::Estimate& answer);

/// The same keys for rows, with "pilot_" before each; empty where there was no pilot.
std::vector<std::pair<std::string, std::string>> pilot_cells(const run::ResolvedRun& run);

}  // namespace kwhatif::report
