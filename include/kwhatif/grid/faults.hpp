// Which faults of a run are those of one value by itself.
#pragma once

#include <kwhatif/diag/diagnostic.hpp>

namespace kwhatif::grid {

/// Whether a value is wrong whatever the rest of the run is: misspelt, out of range, without its unit. Others
/// may be right with other values beside them: a precision on a device that has it.
bool wrong_by_itself(const diag::Diagnostic& fault);

}  // namespace kwhatif::grid
