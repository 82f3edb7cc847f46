// report: results as text, CSV and JSON. Presenters turn the answers of `run` and `ask` into tables,
// trees and sentences; renderers print them. Does not live here: arithmetic, streams (everything returns a
// string).
//
// table.hpp: rows and columns, printed aligned for people or as CSV for machines.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

namespace kwhatif::report {

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

/// Aligned columns, two blanks apart, one header line; widths count characters, not bytes. Cells are made
/// visible: one row is one line, whatever stands in it.
/// @param indent  blanks before every line
std::string text(const Table& table, int indent = 0);

/// A whole number with its thousands parted: "1,190,000,000".
std::string grouped(std::string digits);
inline std::string grouped(std::uint64_t n) { return grouped(std::to_string(n)); }

/// RFC 4180: comma, quotes doubled, one header line, '\n' line ends.
std::string csv(const Table& table);

/// How many things a table describes: rows of many are numbered in their keys, "3.co2e_kg".
enum class Records { one, many };

/// One key, a tab and a value per line, for each cell.
std::string plain(const Table& table, Records records = Records::many);

/// Number of characters a terminal shows for a UTF-8 text.
std::size_t width(std::string_view text);

/// Breaks a paragraph at blanks into lines of at most `columns` characters, each after `indent` blanks.
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
