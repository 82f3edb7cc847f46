#include <kwhatif/diag/words.hpp>

#include <algorithm>
#include <bit>
#include <cstdint>
#include <cstring>

namespace kwhatif::diag {

std::vector<std::string_view> parts(std::string_view list, char separator) {
  std::vector<std::string_view> out;
  while (!list.empty()) {
    const auto end = std::min(list.find(separator), list.size());
    out.push_back(list.substr(0, end));
    list.remove_prefix(std::min(end + 1, list.size()));
  }
  return out;
}

bool is_part(std::string_view list, std::string_view word, char separator) {
  const auto all = parts(list, separator);
  return std::find(all.begin(), all.end(), word) != all.end();
}

std::string_view trimmed(std::string_view text) {
  const auto first = std::min(text.find_first_not_of(" \t"), text.size());
  return text.substr(first, text.find_last_not_of(" \t") + 1 - first);
}

std::size_t characters(std::string_view text) {
  std::size_t out = text.size();
  for (; text.size() >= 8; text.remove_prefix(8)) {
    std::uint64_t bytes = 0;
    std::memcpy(&bytes, text.data(), 8);
    constexpr std::uint64_t ones = 0x0101010101010101;
    // those that begin with the bits 10 go on with a character
    out -= static_cast<std::size_t>(std::popcount(bytes >> 7U & ~(bytes >> 6U) & ones));
  }
  return out - static_cast<std::size_t>(std::count_if(text.begin(), text.end(), [](char c) {
           return (static_cast<unsigned char>(c) & 0xC0U) == 0x80U;
         }));
}

}  // namespace kwhatif::diag
