// Looking through the tables: list and show.
#pragma once

#include <kwhatif/catalog/catalog.hpp>
#include <kwhatif/diag/diagnostic.hpp>
#include <kwhatif/report/table.hpp>

#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace kwhatif::report {

/// One condition on a column: "year>=2020", "kind=gpu", "name~H100".
struct Condition {
  enum class Compare { equal, unequal, less, at_most, more, at_least, contains };
  std::size_t field = 0;
  Compare compare = Compare::equal;
  std::string text;              ///< folded, for texts
  std::optional<double> number;  ///< coherent, where the column holds numbers
};

/// Reads "kind=gpu and year>=2020".
/// @errors diag::UsageError: unknown-column, bad-condition, wrong-unit
std::vector<Condition> read_conditions(catalog::Kind kind, std::string_view text, const diag::Span& where);
bool fits(const catalog::Row& row, const std::vector<Condition>& conditions);

/// What list shows.
struct Listing {
  catalog::Kind kind = catalog::Kind::hardware;
  std::vector<std::size_t> columns;  ///< fields; the id is always first
  std::vector<catalog::Row> rows;
};

/// Fields shown where the user names none.
std::vector<std::size_t> default_columns(catalog::Kind kind);
/// Reads "id,tdp,year".
/// @errors diag::UsageError: unknown-column
std::vector<std::size_t> read_columns(catalog::Kind kind, std::string_view text, const diag::Span& where);
/// Sorts by a column; numbers by value, rows without one last.
void sort_rows(std::vector<catalog::Row>& rows, std::size_t column, bool largest_first);

std::string listing_text(const Listing& listing, std::size_t all);
Table listing_table(const Listing& listing);
/// Schema kwhatif/list/1.
std::string listing_json(const Listing& listing, const catalog::Catalog& catalog);
/// The kinds of tables with their sizes.
Table kinds_table(const catalog::Catalog& catalog);
/// Schema kwhatif/list/1, without rows.
std::string kinds_json(const catalog::Catalog& catalog);

/// One row, every value with source, locator, status and the values of other sources; a place with all its
/// years.
std::string show_text(const catalog::Catalog& catalog, const catalog::Row& row);
/// Schema kwhatif/show/1: the first of the rows that an id names; others, where there are any, under
/// "others".
std::string show_json(const catalog::Catalog& catalog, const std::vector<catalog::Row>& rows);
/// One line per value, with its provenance.
Table show_table(const std::vector<catalog::Row>& rows);
/// `key`, `key.source`, `key.at` … of every value; `key.2` of the second.
std::string show_plain(const std::vector<catalog::Row>& rows);

/// Rows that belong to a place or study: its years, its runs.
std::vector<catalog::Row> belonging(const catalog::Catalog& catalog, const catalog::Row& row);

}  // namespace kwhatif::report
