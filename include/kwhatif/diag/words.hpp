// Lists of names, as sentences have them and as one text holds them; words and their characters.
#pragma once

#include <functional>
#include <string>
#include <string_view>
#include <vector>

namespace kwhatif::diag {

/// "a, b, c".
/// @param text  the name of one of the things: a member or a function; the things themselves where left out
template <class Things, class Text = std::identity>
std::string listed(const Things& things, std::string_view parted = ", ", Text text = {}) {
  std::string out;
  for (const auto& thing : things) {
    if (!out.empty()) out += parted;
    out += std::invoke(text, thing);
  }
  return out;
}

/// The parts of a list that is one text: "adam|sgd", "pue,mfu". A separator at its end begins none.
std::vector<std::string_view> parts(std::string_view list, char separator = '|');
/// Whether a word is one of them.
bool is_part(std::string_view list, std::string_view word, char separator = '|');

/// Without the blanks at both ends.
std::string_view trimmed(std::string_view text);
/// How many characters a UTF-8 text has.
std::size_t characters(std::string_view text);

}  // namespace kwhatif::diag
