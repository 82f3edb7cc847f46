#include "csv.hpp"

#include <algorithm>
#include <charconv>
#include <cmath>

namespace kwhatif::test {

std::optional<std::size_t> Csv::column(std::string_view name) const {
  const auto at = std::find(head.begin(), head.end(), name);
  return at == head.end() ? std::nullopt : std::optional{static_cast<std::size_t>(at - head.begin())};
}

std::string Csv::cell(std::size_t row, std::string_view name) const {
  const auto at = column(name);
  return at ? rows.at(row).at(*at) : std::string{};
}

std::optional<Csv> parse_csv(std::string_view text, std::string& fault) {
  fault.clear();
  std::vector<std::vector<std::string>> lines;
  std::size_t at = 0;
  while (at < text.size()) {
    auto& line = lines.emplace_back();
    while (true) {
      std::string cell;
      if (at < text.size() && text[at] == '"') {
        for (++at;; ++at) {
          if (at >= text.size()) return fault = "a quote has no end", std::nullopt;
          if (text[at] != '"') {
            cell += text[at];
          } else if (at + 1 < text.size() && text[at + 1] == '"') {
            cell += text[at++];
          } else {
            break;
          }
        }
        ++at;
        if (at < text.size() && text[at] != ',' && text[at] != '\n')
          return fault = "text follows a quote in line " + std::to_string(lines.size()), std::nullopt;
      } else {
        while (at < text.size() && text[at] != ',' && text[at] != '\n') {
          if (text[at] == '"')
            return fault = "a quote inside a cell of line " + std::to_string(lines.size()), std::nullopt;
          cell += text[at++];
        }
      }
      line.push_back(std::move(cell));
      if (at >= text.size()) return fault = "the last line has no end", std::nullopt;
      if (text[at++] == '\n') break;
    }
  }
  if (lines.empty()) return fault = "nothing", std::nullopt;
  Csv out{lines.front(), {lines.begin() + 1, lines.end()}};
  for (std::size_t i = 0; i < out.head.size(); ++i) {
    if (out.head[i].empty()) return fault = "a head is empty", std::nullopt;
    if (std::count(out.head.begin(), out.head.end(), out.head[i]) != 1)
      return fault = "the head '" + out.head[i] + "' stands twice", std::nullopt;
  }
  for (const auto& row : out.rows) {
    if (row.size() != out.head.size())
      return fault = "a row of " + std::to_string(row.size()) + " cells under " +
                     std::to_string(out.head.size()) + " heads: " + row.front(),
             std::nullopt;
  }
  return out;
}

std::optional<double> number_in(std::string_view text) {
  double out = 0;
  const auto read = std::from_chars(text.data(), text.data() + text.size(), out);
  if (read.ec != std::errc{} || read.ptr != text.data() + text.size() || !std::isfinite(out))
    return std::nullopt;
  return out;
}

}  // namespace kwhatif::test
