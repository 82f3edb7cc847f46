// The bookkeeping of what was taken over from published collections: every row is imported or accounted for.
#include "support/catch.hpp"
#include <kwhatif/catalog/catalog.hpp>

#include <algorithm>
#include <map>
#include <set>
#include <string>

using namespace kwhatif::catalog;

namespace {

std::size_t files_rows(Kind kind, std::string_view file_part, bool wanted) {
  const auto rows = Catalog::builtin().rows(kind);
  return static_cast<std::size_t>(std::count_if(rows.begin(), rows.end(), [&](const Row& row) {
    return (row.file().find(file_part) != std::string_view::npos) == wanted;
  }));
}

// Rows in the tables that answer to an import, counted from the tables themselves.
std::map<std::string, std::size_t> counted() {
  const Catalog& catalog = Catalog::builtin();
  std::set<std::string> origins;
  for (const Row& run : catalog.rows(Kind::run)) {
    if (!run.text("origin").empty()) origins.insert(std::string{run.text("origin")});
  }
  return {
      {"hardware", catalog.size(Kind::hardware)},
      {"hosts", files_rows(Kind::host, "google-tpu-slices", false)},
      {"grids", catalog.size(Kind::grid_intensity)},
      {"grid_losses", catalog.size(Kind::grid_loss)},
      {"facts", catalog.size(Kind::fact)},
      {"utilisation", catalog.size(Kind::utilisation)},
      {"levers", files_rows(Kind::lever, "levers/forecast", false)},
      {"equivalences", catalog.size(Kind::equivalence)},
      {"published-runs", origins.size()},
  };
}

}  // namespace

TEST_CASE("every imported row is in the tables or skipped with a reason") {
  const Catalog& catalog = Catalog::builtin();
  for (const Row& import : catalog.rows(Kind::imported)) {
    CAPTURE(import.id());
    const auto in = static_cast<std::size_t>(*import.number("rows_in"));
    const auto out = static_cast<std::size_t>(*import.number("rows_out"));
    const auto skipped = import.cells("skipped");
    CHECK(in == out + skipped.size());
    for (const Cell& cell : skipped) {
      CAPTURE(cell.text());
      CHECK_FALSE(cell.text().empty());
      CHECK_FALSE(cell.note().empty());
    }
  }
}

TEST_CASE("the tables hold as many rows as the bookkeeping says") {
  const Catalog& catalog = Catalog::builtin();
  for (const auto& [id, rows] : counted()) {
    CAPTURE(id);
    const auto import = catalog.find(Kind::imported, id);
    REQUIRE(import);
    CHECK(rows == static_cast<std::size_t>(*import->number("rows_out")));
  }
}

TEST_CASE("a region is in the tables for every region named by a year") {
  const Catalog& catalog = Catalog::builtin();
  for (const Row& row : catalog.rows(Kind::region_year)) {
    CAPTURE(row.id());
    CHECK(catalog.find(Kind::region, row.id()).has_value());
  }
}
