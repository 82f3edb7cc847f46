// The bookkeeping of what was taken over from published collections: every row is imported or accounted for.
#include "support/catch.hpp"
#include <kwhatif/catalog/catalog.hpp>

#include <algorithm>
#include <map>
#include <set>
#include <string>
#include <utility>

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
      {"manufacture", catalog.size(Kind::manufacture)},
      {"grid-water", catalog.size(Kind::grid_water)},
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

// A refresh has an account of its own beside that of the collection: "grids" and "grids/owid-ember-2027-03".
TEST_CASE("the tables hold as many rows as the bookkeeping says") {
  const Catalog& catalog = Catalog::builtin();
  for (const auto& [id, rows] : counted()) {
    CAPTURE(id);
    REQUIRE(catalog.find(Kind::imported, id));
    std::size_t booked = 0;
    for (const Row& import : catalog.rows(Kind::imported)) {
      if (import.id() == id || import.id().starts_with(id + '/'))
        booked += static_cast<std::size_t>(*import.number("rows_out"));
    }
    CHECK(rows == booked);
  }
}

// What was collected at the end of 2026, file by file.
TEST_CASE("every file of the collection of 2026-11 has an account") {
  const Catalog& catalog = Catalog::builtin();
  const auto rows_in = [&](std::string_view id) {
    const auto import = catalog.find(Kind::imported, id);
    return import ? static_cast<int>(*import->number("rows_in")) : 0;
  };
  CHECK(rows_in("corrections-2026") == 27);         // wrong values
  CHECK(rows_in("regions-2026") == 34 + 12);        // regions and sites, and the row of wishes name by name
  CHECK(rows_in("grid-disagreements-2026") == 92);  // both values stay
  CHECK(rows_in("prices") == 78);
  CHECK(rows_in("grids") == 4685 + 39);  // the collection of 2026-10, and what was missing
}

TEST_CASE("the tables have what people look for") {
  const Catalog& catalog = Catalog::builtin();
  CHECK(catalog.size(Kind::hardware) >= 170);
  CHECK(catalog.size(Kind::host) >= 160);
  CHECK(catalog.size(Kind::region) >= 300);
  // a device that a provider rents in a place, and a price of the provider for it
  std::set<std::pair<std::string, std::string>> priced;
  for (const Row& price : catalog.rows(Kind::price)) {
    if (price.cell("price") || price.cell("instance_price"))
      priced.emplace(std::string{price.text("provider")}, std::string{price.text("hardware")});
  }
  std::size_t offers = 0;
  for (const Row& offer : catalog.rows(Kind::offer)) {
    if (!priced.contains({std::string{offer.text("provider")}, std::string{offer.text("hardware")}}))
      continue;
    offers += std::max<std::size_t>(1, offer.cells("regions").size());
  }
  CHECK(offers >= 150);
}

TEST_CASE("a region is in the tables for every region named by a year") {
  const Catalog& catalog = Catalog::builtin();
  for (const Row& row : catalog.rows(Kind::region_year)) {
    CAPTURE(row.id());
    CHECK(catalog.find(Kind::region, row.id()).has_value());
  }
}
