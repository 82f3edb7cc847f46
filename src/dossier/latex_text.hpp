// Text for LaTeX: nothing in it is markup, every letter is one that the fonts of pdflatex have, and long
// words can be parted.
#pragma once

#include <string>
#include <string_view>

namespace kwhatif::dossier {

/// A text in a paragraph, an argument or a cell.
std::string in_latex(std::string_view text);
/// A text in a field of a .bib file: the same, with its braces balanced.
std::string in_bibtex(std::string_view text);
/// A text in a comment: one line.
std::string comment_text(std::string_view text);

}  // namespace kwhatif::dossier
