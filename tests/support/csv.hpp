// A strict reader of CSV (RFC 4180) for tests.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace kwhatif::test {

struct Csv {
  std::vector<std::string> head;
  std::vector<std::vector<std::string>> rows;

  /// Position of a column, if there is one of this name.
  std::optional<std::size_t> column(std::string_view name) const;
  /// A cell, empty where there is no such column.
  std::string cell(std::size_t row, std::string_view name) const;
};

/// Reads a table with one line of heads; nothing where rows have other lengths than the head, a head is empty
/// or stands twice, or quotes are wrong; the reason is in `fault`.
std::optional<Csv> parse_csv(std::string_view text, std::string& fault);

/// Reads a number and nothing else.
std::optional<double> number_in(std::string_view text);

}  // namespace kwhatif::test
