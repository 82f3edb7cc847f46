// How wide text is before anybody draws it: a table of advance widths.
//
// The fonts of a reader are not known. The table holds the wider of Liberation Sans (as wide as Arial and
// Helvetica) and DejaVu Sans for every ASCII character, so that a label fits in any of the usual fonts
// without serifs; other characters count as wide ones of their script.
#pragma once

#include <cstddef>
#include <string>
#include <string_view>
#include <vector>

namespace kwhatif::chart {

/// Width in the unit of `size`; an upper bound for the usual fonts.
/// @param text  UTF-8
double text_width(std::string_view text, double size, bool bold = false);

/// The text cut to a width, with "…" where something is missing; empty where not even that has room.
std::string shortened(std::string_view text, double width, double size, bool bold = false);

/// The text in lines no wider than `width`, broken at blanks, else within a word; the last of `most` lines is
/// shortened. Never empty.
std::vector<std::string> wrapped(std::string_view text, double width, double size, std::size_t most,
                                 bool bold = false);

}  // namespace kwhatif::chart
