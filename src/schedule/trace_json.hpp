// Answers of interfaces that people saved to a file, as tables: NESO (Great Britain) and Electricity Maps.
#pragma once

#include <kwhatif/diag/diagnostic.hpp>

#include <memory>

namespace kwhatif::schedule {

/// The lines of a saved answer as a CSV with the heads that trace_columns knows; the file itself where it is
/// no JSON.
/// @errors diag::UsageError: bad-trace where the JSON is neither form, or is cut off
std::shared_ptr<const diag::SourceText> table_of(const std::shared_ptr<const diag::SourceText>& source);

}  // namespace kwhatif::schedule
