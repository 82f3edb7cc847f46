#include "trace_numbers.hpp"

#include <algorithm>
#include <array>
#include <charconv>
#include <cmath>

namespace kwhatif::schedule {

bool is_missing(std::string_view cell) {
  constexpr std::array<std::string_view, 14> words{"",   "na",  "n/a", "nan", "null", "none",    "-",
                                                   "--", "n/e", ".",   "nil", "n.a.", "missing", "#n/a"};
  constexpr std::size_t longest = 8;
  if (cell.size() > longest || (!cell.empty() && cell.front() >= '0' && cell.front() <= '9')) return false;
  std::string lower{cell};
  for (char& c : lower) c = c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c;
  return std::ranges::find(words, lower) != words.end();
}

NumberStyle number_style(const std::vector<std::string_view>& cells) {
  constexpr std::size_t group = 3;
  NumberStyle out;
  bool comma_decides = false;  // a comma that can only part decimals
  bool comma_groups = false;   // or only thousands
  bool points = false;
  for (std::size_t i = 0; i < cells.size(); ++i) {
    const std::string_view cell = cells[i];
    const auto comma = cell.rfind(',');
    const auto point = cell.rfind('.');
    if (comma == std::string_view::npos) {
      points = points || point != std::string_view::npos;
      continue;
    }
    if (point != std::string_view::npos) {
      (point > comma ? comma_groups : comma_decides) = true;
    } else if (cell.size() - comma - 1 != group || comma == 0 || cell.front() == '0' ||
               comma > group + (cell.front() == '-' ? 1U : 0U)) {
      comma_decides = comma_decides || cell.find(',') == comma;
      comma_groups = comma_groups || cell.find(',') != comma;
    } else if (cell.find(',') != comma) {
      comma_groups = true;
    } else if (!out.unclear) {
      out.unclear = i;
    }
  }
  if (comma_decides) out.decimal = ',';
  if (comma_decides || comma_groups || points) out.unclear.reset();
  return out;
}

std::optional<std::string> plain_number(std::string_view cell, char decimal) {
  constexpr std::size_t longest = 100;  // longer ones are no numbers
  if (cell.size() > longest) return std::nullopt;
  const char group = decimal == ',' ? '.' : ',';
  std::string out;
  for (const char c : cell) {
    if (c == group && out.find('.') == std::string_view::npos && !out.empty()) continue;
    out += c == decimal ? '.' : c;
  }
  double number = 0;
  const auto result = std::from_chars(out.data(), out.data() + out.size(), number);
  if (result.ec != std::errc{} || result.ptr != out.data() + out.size() || !std::isfinite(number))
    return std::nullopt;
  return out;
}

}  // namespace kwhatif::schedule
