// Lists of names within a sentence.
#pragma once

#include <functional>
#include <string>
#include <string_view>

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

}  // namespace kwhatif::diag
