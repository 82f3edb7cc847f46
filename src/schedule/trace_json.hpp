// Answers of interfaces that people saved to a file, as tables: NESO (Great Britain) and Electricity Maps.
#pragma once

#include <kwhatif/diag/diagnostic.hpp>

#include <memory>
#include <string>

namespace kwhatif::schedule {

/// An answer as a table.
struct TraceAnswer {
  std::shared_ptr<const diag::SourceText> table;
  std::string field;   ///< of the JSON that holds the values; empty where the file is no JSON
  std::string remark;  ///< what of it is a forecast
};

/// The lines of a saved answer as a CSV with the heads that trace_columns knows; the file itself where it is
/// no JSON.
/// @errors diag::UsageError: bad-trace where the JSON is neither form, or is cut off
TraceAnswer table_of(const std::shared_ptr<const diag::SourceText>& source);

}  // namespace kwhatif::schedule
