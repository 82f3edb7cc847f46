// The terminal that the program writes to: how wide it is and whether it shows colours.
#pragma once

#include <kwhatif/report/document.hpp>

#include <string>
#include <string_view>

namespace kwhatif::cli {

/// Whether colours may be written to a stream: it is a terminal, and neither NO_COLOR, TERM=dumb nor
/// --no-color say otherwise.
bool shows_colour(int descriptor, bool wanted);

/// As wide as COLUMNS says, else as the terminal is, within what is legible; the usual width where neither is
/// known.
report::Paper paper(bool colour_wanted, bool quiet);

/// Whether standard output is a terminal that scrolls before a text and a prompt behind it are written.
bool outgrows_terminal(std::string_view text);
/// A variable of the environment; empty where it is not set.
std::string_view environment(const char* name);

/// Messages for standard error, wrapped as wide as COLUMNS says or the terminal is; as they are where neither
/// is known. Lines of a file that are shown with a caret stay whole.
std::string wrapped(std::string_view messages);

}  // namespace kwhatif::cli
