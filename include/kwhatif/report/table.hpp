// Rows and columns, printed aligned for people or as CSV for machines.
#pragma once

#include <kwhatif/quantity/format.hpp>

#include <cstddef>
#include <initializer_list>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace kwhatif::report {

using quantity::grouped;

enum class Align { left, right };

struct Column {
  std::string title;
  Align align = Align::left;
};

/// A table of texts. Every row has as many cells as there are columns.
struct Table {
  std::vector<Column> columns;
  std::vector<std::vector<std::string>> rows;
};

/// Heads of columns; those of numbers, aligned right, begin with '>'.
std::vector<Column> heads(std::initializer_list<std::string_view> titles);

/// A line of a table on paper, and the row that it shows; of none are the heads and the gaps between blocks.
struct TableLine {
  std::string text;
  std::optional<std::size_t> row = {};
};

/// Aligned columns, two blanks apart, under one line of heads where any column has one; widths count
/// characters, not bytes. Cells are made visible: what hides in one breaks no line. Where lines would be
/// longer than `columns`, texts wrap in their columns, then heads do; where that is not enough, the columns
/// stand in several blocks with the names of the rows in each, or each row by itself. URLs are never parted.
std::vector<TableLine> laid_out(const Table& table, std::size_t columns);
/// Whether one block of columns is enough for that.
bool in_one_block(const Table& table, std::size_t columns);

/// RFC 4180: comma, quotes doubled, one header line, '\n' line ends.
std::string csv(const Table& table);

/// How many things a table describes: rows of many are numbered in their keys, "3.co2e_kg".
enum class Records { one, many };

/// One key, a tab and a value per line, for each cell.
std::string plain(const Table& table, Records records = Records::many);

/// Number of characters a terminal shows for a UTF-8 text.
std::size_t width(std::string_view text);

/// A paragraph as lines of at most so many characters, one at least: broken at blanks, and at the joints of
/// words that are longer; URLs never are.
std::vector<std::string> wrapped_lines(std::string_view text, std::size_t columns);
/// The same as one text, each line after `indent` blanks.
std::string wrapped(std::string_view paragraph, std::size_t columns, std::size_t indent);

/// A head and a paragraph beside it: the first line follows the head, the others stand after `indent` blanks.
/// An empty paragraph leaves the head on a line of its own.
std::string hanging(std::string_view head, std::string_view paragraph, std::size_t columns,
                    std::size_t indent);

/// A count in a sentence: 5140000 is "5.14 million", 79100 "79,100".
std::string in_words(double count);

/// A text as one CSV field: quoted where needed, hidden characters made visible, and with an apostrophe
/// before what a spreadsheet would run as a formula.
std::string csv_field(std::string_view text);

/// A text as a JSON string, quotes included.
std::string json_text(std::string_view text);

}  // namespace kwhatif::report
