// Standard output and standard error.
#pragma once

#include <string_view>

namespace kwhatif::cli {

enum class Written { whole, reader_gone };

/// Writes everything to standard output; a reader that has gone away is no error.
/// @errors diag::UsageError: cannot-write
Written write_out(std::string_view text);
/// The same of an answer or help that is whole: where standard output is a terminal too short for it, and
/// PAGER names a program, that one shows it.
/// @errors as write_out()
Written show(std::string_view text);
/// Writes to standard error, as far as that goes.
void write_err(std::string_view text);

}  // namespace kwhatif::cli
