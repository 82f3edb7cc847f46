// plan --solve: one input of one run.
#pragma once

#include "verb.hpp"

namespace kwhatif::cli {

/// @param run  as given by file and flags
int solve(Context& context, const run::Scenario& run);

}  // namespace kwhatif::cli
