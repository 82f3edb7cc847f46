#include <kwhatif/diag/visible.hpp>

#include <algorithm>
#include <array>

namespace kwhatif::diag {

namespace {

struct Range {
  char32_t first;
  char32_t last;
};

// In order; what a terminal obeys or a reader cannot see.
constexpr std::array hidden_ranges{
    Range{0x00, 0x1F},        // C0: escape, carriage return, backspace …
    Range{0x7F, 0x9F},        // DEL and C1: one-byte escape sequences
    Range{0xAD, 0xAD},        // soft hyphen
    Range{0x061C, 0x061C},    // Arabic letter mark
    Range{0x180E, 0x180E},    // Mongolian vowel separator
    Range{0x200B, 0x200F},    // without width; left-to-right and right-to-left marks
    Range{0x2028, 0x202E},    // line and paragraph separators; embeddings and overrides
    Range{0x2060, 0x206F},    // invisible operators; isolates
    Range{0xFDD0, 0xFDEF},    // noncharacters
    Range{0xFEFF, 0xFEFF},    // byte order mark
    Range{0xFFF9, 0xFFFB},    // interlinear annotation
    Range{0xE0000, 0xE0FFF},  // tags and variation selectors beyond the usual
};

bool is_hidden(char32_t c) {
  const bool noncharacter = (c & 0xFFFEU) == 0xFFFEU;
  return noncharacter || std::any_of(hidden_ranges.begin(), hidden_ranges.end(),
                                     [c](const Range& r) { return c >= r.first && c <= r.last; });
}

struct Character {
  char32_t value = 0;
  std::size_t bytes = 1;
  bool valid = false;
};

bool continues(char c) { return (static_cast<unsigned char>(c) & 0xC0U) == 0x80U; }

// The first character of a text that is not empty. Overlong forms and surrogates are no UTF-8.
Character decode(std::string_view text) {
  const auto first = static_cast<unsigned char>(text[0]);
  if (first < 0x80U) return {first, 1, true};
  const std::size_t bytes = first >= 0xF0U ? 4 : first >= 0xE0U ? 3 : 2;
  constexpr std::array<char32_t, 5> least{0, 0, 0x80, 0x800, 0x10000};
  if (first < 0xC2U || first > 0xF4U || text.size() < bytes) return {first, 1, false};
  char32_t value = first & (0xFFU >> (bytes + 1));
  for (std::size_t i = 1; i < bytes; ++i) {
    if (!continues(text[i])) return {first, 1, false};
    value = (value << 6U) | (static_cast<unsigned char>(text[i]) & 0x3FU);
  }
  const bool surrogate = value >= 0xD800 && value <= 0xDFFF;
  if (value < least[bytes] || surrogate || value > 0x10FFFF) return {first, 1, false};
  return {value, bytes, true};
}

bool is_layout(char32_t c, Layout layout) {
  return (c == '\n' && layout != Layout::none) || (c == '\t' && layout == Layout::lines_and_tabs);
}

}  // namespace

std::string through_hidden(std::string_view text, Layout layout,
                           const std::function<std::string(Hidden)>& write) {
  std::string out;
  out.reserve(text.size());
  while (!text.empty()) {
    const auto plain = static_cast<std::size_t>(
        std::find_if_not(text.begin(), text.end(), [](char b) { return b >= ' ' && b < '\x7F'; }) -
        text.begin());
    out += text.substr(0, plain);
    text.remove_prefix(plain);
    if (text.empty()) break;
    const Character c = decode(text);
    if (c.valid && (!is_hidden(c.value) || is_layout(c.value, layout)))
      out += text.substr(0, c.bytes);
    else
      out += write({c.value, c.valid});
    text.remove_prefix(c.bytes);
  }
  return out;
}

std::string visible(std::string_view text, Layout layout) {
  return through_hidden(text, layout, [](Hidden h) {
    return h.is_character ? "<U+" + hexadecimal(h.value, 4) + '>' : "<0x" + hexadecimal(h.value, 2) + '>';
  });
}

std::string hexadecimal(char32_t value, std::size_t digits) {
  std::string out;
  for (; value != 0 || out.size() < digits; value >>= 4U) out += "0123456789ABCDEF"[value & 0xFU];
  return {out.rbegin(), out.rend()};
}

std::size_t first_character(std::string_view text) { return text.empty() ? 0 : decode(text).bytes; }

}  // namespace kwhatif::diag
