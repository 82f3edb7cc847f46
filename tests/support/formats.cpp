#include "support/formats.hpp"

#include "support/csv.hpp"
#include "support/json.hpp"
#include "support/xml.hpp"

#include <cstdint>
#include <set>

namespace kwhatif::test {

namespace {

std::string at(std::string_view what, std::size_t place, std::string_view text) {
  const std::size_t from = place > 20 ? place - 20 : 0;
  return std::string{what} + " at byte " + std::to_string(place) + ": …" + std::string{text.substr(from, 60)};
}

}  // namespace

std::string fault_of_json(std::string_view text) {
  std::string fault;
  parse_json(text, fault);
  return fault;
}

std::string fault_of_csv(std::string_view text) {
  std::string fault;
  parse_csv(text, fault);
  return fault;
}

std::string fault_of_xml(std::string_view text) {
  std::string fault;
  parse_xml(text, fault);
  return fault;
}

std::string fault_of_plain(std::string_view text) {
  std::set<std::string_view> keys;
  while (!text.empty()) {
    const auto end = text.find('\n');
    if (end == std::string_view::npos) return "the last line has no end";
    const std::string_view line = text.substr(0, end);
    const auto tab = line.find('\t');
    if (tab == 0 || tab == std::string_view::npos || line.find('\t', tab + 1) != std::string_view::npos)
      return "not one key, one tab, one value: " + std::string{line};
    if (!keys.insert(line.substr(0, tab)).second) return "twice: " + std::string{line};
    text.remove_prefix(end + 1);
  }
  return "";
}

std::string hidden_in(std::string_view text, bool tabs) {
  for (std::size_t i = 0; i < text.size();) {
    const auto byte = static_cast<unsigned char>(text[i]);
    const std::size_t length = byte < 0x80   ? 1
                               : byte < 0xC2 ? 0
                               : byte < 0xE0 ? 2
                               : byte < 0xF0 ? 3
                               : byte < 0xF5 ? 4
                                             : 0;
    if (length == 0 || i + length > text.size()) return at("no UTF-8", i, text);
    std::uint32_t value = length == 1 ? byte : byte & (0xFFU >> (length + 1));
    for (std::size_t k = 1; k < length; ++k) {
      const auto next = static_cast<unsigned char>(text[i + k]);
      if ((next & 0xC0U) != 0x80U) return at("no UTF-8", i, text);
      value = value << 6U | (next & 0x3FU);
    }
    const bool layout = value == '\n' || (tabs && value == '\t');
    const bool control = value < 0x20 || (value >= 0x7F && value < 0xA0);
    const bool direction = value == 0x61C || (value >= 0x200B && value <= 0x200F) ||
                           (value >= 0x2028 && value <= 0x202E) || (value >= 0x2060 && value <= 0x206F) ||
                           value == 0xFEFF || (value >= 0xE0000 && value <= 0xE007F);
    if ((control || direction) && !layout) return at("hidden character " + std::to_string(value), i, text);
    i += length;
  }
  return "";
}

}  // namespace kwhatif::test
