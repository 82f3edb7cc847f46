// Text from files, tables and arguments, made safe to print.
//
// Such text may hold what steers a terminal (escape sequences), fakes a line, turns the order of what is read
// (bidirectional overrides), or cannot be seen at all. Whatever leaves the program passes here: visible() for
// text, messages and CSV, and through_hidden() where the format has an escape of its own (JSON, TOML).
#pragma once

#include <functional>
#include <string>
#include <string_view>

namespace kwhatif::diag {

/// Which control characters are layout and stay as they are.
enum class Layout { none, lines, lines_and_tabs };

/// A character that is not printed as it is: its code point, or the byte where the text is no UTF-8.
struct Hidden {
  char32_t value = 0;
  bool is_character = true;  ///< false: a byte that is no UTF-8
};

/// The text with every hidden character replaced by what `write` makes of it.
///
/// Hidden are control characters (C0, DEL, C1), line and paragraph separators, bidirectional marks,
/// characters without width, tags, noncharacters, and bytes that are no UTF-8.
std::string through_hidden(std::string_view text, Layout layout,
                           const std::function<std::string(Hidden)>& write);

/// The text with every hidden character as `<U+202E>`, and every byte that is no UTF-8 as `<0x9B>`.
std::string visible(std::string_view text, Layout layout = Layout::none);

/// Hexadecimal digits in capitals, at least `digits` of them.
std::string hexadecimal(char32_t value, std::size_t digits);

/// Length in bytes of the character that a text begins with; 1 where it is no UTF-8, 0 for an empty text.
std::size_t first_character(std::string_view text);

}  // namespace kwhatif::diag
