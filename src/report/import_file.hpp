// A measurement written as a run file, and as a study. Private to src/report/import*.cpp.
#pragma once

#include <kwhatif/ask/import.hpp>
#include <kwhatif/catalog/catalog.hpp>

#include <string>

namespace kwhatif::report {

/// "median of 38 steps (train.log, lines 3 to 40)".
std::string origin_of(const imports::Finding& finding);
/// What a value is of, with its boundary: "energy (board alone)".
std::string label_of(const imports::Finding& finding);
std::string imported_run_file(const ask::ImportAnswer& answer);
std::string imported_study(const ask::ImportAnswer& answer);

}  // namespace kwhatif::report
