// Printed words that are no numbers.
#pragma once

#include <cctype>
#include <string>

namespace kwhatif::test {

/// The surroundings of the first word of a text that should be a number and is none: inf, nan, -0, -0.00.
/// Empty where there is none.
inline std::string senseless(const std::string& text) {
  const auto part_of_word = [](char c) {
    return std::isalnum(static_cast<unsigned char>(c)) != 0 || c == '_' || c == '.' || c == '-' || c == '+' ||
           (static_cast<unsigned char>(c) & 0x80U) != 0;
  };
  std::size_t i = 0;
  while (i < text.size()) {
    if (!part_of_word(text[i])) {
      ++i;
      continue;
    }
    const std::size_t start = i;
    while (i < text.size() && part_of_word(text[i])) ++i;
    const std::string word = text.substr(start, i - start);
    const std::string bare = word.front() == '-' ? word.substr(1) : word;
    const bool zero =
        bare.find_first_not_of("0.") == std::string::npos && bare.find('0') != std::string::npos;
    if (bare == "inf" || bare == "nan" || bare == "infinity" || (word != bare && zero))
      return text.substr(start < 60 ? 0 : start - 60, 100);
  }
  return {};
}

}  // namespace kwhatif::test
