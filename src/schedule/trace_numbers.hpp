// Numbers of a column of a file: missing ones, and which sign parts the decimals.
#pragma once

#include <cstddef>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace kwhatif::schedule {

/// Empty, "NA", "n/e", "null", "-" and what else stands for no value.
bool is_missing(std::string_view cell);

/// How a column writes numbers.
struct NumberStyle {
  char decimal = '.';
  std::optional<std::size_t> unclear;  ///< number of the cell that could mean two things: "1,234" alone
};

/// The one way to read all cells: "288,5" shows a decimal comma, "1,234.5" and "1,234" beside "998.5" a comma
/// between thousands.
NumberStyle number_style(const std::vector<std::string_view>& cells);

/// The cell with a decimal point and nothing between thousands; none where it is no number.
std::optional<std::string> plain_number(std::string_view cell, char decimal);

}  // namespace kwhatif::schedule
