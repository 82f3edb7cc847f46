// The tables themselves: rows that meet conditions (list), and one row with all that is known of it (show).
#pragma once

#include <kwhatif/catalog/catalog.hpp>
#include <kwhatif/diag/diagnostic.hpp>
#include <kwhatif/run/scenario.hpp>

#include <cstddef>
#include <optional>
#include <vector>

namespace kwhatif::ask {

struct ListQuestion {
  std::optional<run::Given> kind;              ///< "hardware"; none: which tables there are
  std::vector<run::Given> where = {};          ///< "kind=gpu and year>=2020"; = != < <= > >= and ~ (contains)
  std::optional<run::Given> sort = {};         ///< a column; with '-' before it the largest first
  std::optional<run::Given> columns = {};      ///< "id,tdp,year"
  std::optional<run::Given> all_columns = {};  ///< those that have a value, for people
  std::optional<run::Given> limit = {};        ///< at most so many rows
};

struct Listing {
  std::optional<catalog::Kind> kind = {};  ///< none: the tables that there are
  std::vector<catalog::Row> rows = {};
  std::vector<std::size_t> columns = {};  ///< fields asked for; empty: those that the form has for the table
  bool all_columns = false;               ///< people want all that have a value
};

/// Rows of one table. Numbers are sorted by value, rows without one last.
/// @errors diag::UsageError: unknown-kind, unknown-column, bad-condition, wrong-unit, out-of-range, no-effect
Listing list(const ListQuestion& question, const catalog::Catalog& tables);

/// A row by the id, name or alias that people write, of one table or, without a kind, of the likeliest.
struct ShowQuestion {
  std::optional<run::Given> kind;
  std::optional<run::Given> id;
};

struct Shown {
  std::vector<catalog::Row> rows;       ///< the one that is meant, and others with its id
  std::vector<catalog::Row> belonging;  ///< years of a place, runs of a study, offers and prices of a device
  std::vector<diag::Diagnostic> warnings;  ///< what else the name could mean
};

/// @errors diag::UsageError: missing-value, unknown-kind, unknown-id, ambiguous-name
Shown show(const ShowQuestion& question, const catalog::Catalog& tables);

/// The table with this name, in the singular or plural.
/// @errors diag::UsageError: unknown-kind
catalog::Kind kind_of(const run::Given& name);

}  // namespace kwhatif::ask
