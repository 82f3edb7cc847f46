// The tables inside the binary: the same as the files, and every value says where it comes from.
#include "support/catch.hpp"
#include "support/root.hpp"
#include <kwhatif/catalog/catalog.hpp>

#include <algorithm>
#include <filesystem>
#include <set>
#include <string>

namespace kwhatif::catalog {
namespace {

const std::string root = testing::repository_root();

TEST_CASE("reading data/ at run time gives the tables of the binary, record for record") {
  const Catalog loaded = Catalog::load(root + "/data");
  const Tables& a = loaded.tables();
  const Tables& b = Catalog::builtin().tables();
  for (std::size_t k = 0; k < kind_count; ++k) {
    CHECK(std::ranges::equal(a.rows[k], b.rows[k]));
    CHECK(std::ranges::equal(a.aliases[k], b.aliases[k]));
  }
  CHECK(std::ranges::equal(a.shapes.below, b.shapes.below));
  CHECK(std::ranges::equal(a.slots.below, b.slots.below));
  CHECK(std::ranges::equal(a.details.below, b.details.below));
  CHECK(std::ranges::equal(a.numbers.below, b.numbers.below));
  CHECK(std::ranges::equal(a.reals.below, b.reals.below));
  CHECK(std::ranges::equal(a.values.below, b.values.below));
  CHECK(a.strings == b.strings);
  CHECK(a.edition == b.edition);
}

TEST_CASE("the version of the data is its edition and a hash of its content") {
  const std::string edition{data_edition()};
  CHECK(data_version() == edition + '+' + content_hash(builtin_tables()));
  CHECK(content_hash(Catalog::load(root + "/data").tables()) == content_hash(builtin_tables()));
  CHECK(content_hash(builtin_tables()).size() == 16);
}

TEST_CASE("data/ has no fault") {
  const auto faults = Catalog::check(root + "/data");
  INFO(diag::render(faults));
  CHECK(faults.empty());
}

TEST_CASE("every kind of table that an estimate needs has rows") {
  for (const Kind kind :
       {Kind::source, Kind::hardware, Kind::host, Kind::grid, Kind::grid_intensity, Kind::region,
        Kind::region_year, Kind::equivalence, Kind::fallback, Kind::study, Kind::run}) {
    INFO(schema(kind).plural);
    CHECK(Catalog::builtin().size(kind) > 0);
  }
}

TEST_CASE("every value has a source in the table, a locator and a standing") {
  const Catalog& tables = Catalog::builtin();
  for (const KindSchema& kind : schemas()) {
    if (kind.kind == Kind::source || kind.kind == Kind::study || kind.kind == Kind::imported) continue;
    for (const Row& row : tables.rows(kind.kind)) {
      for (std::size_t i = 0; i < row.size(); ++i) {
        const Cell cell = row[i];
        if (kind.fields[cell.field()].key == "study") continue;
        const bool fine = tables.find(Kind::source, cell.source()) && !cell.at().empty() &&
                          cell.standing() != catalog::Standing::none;
        if (!fine)
          FAIL_CHECK(row.file() << ':' << row.line() << ": " << kind.fields[cell.field()].key << " of "
                                << row.id() << ": source '" << cell.source() << "', at '" << cell.at()
                                << "'");
      }
    }
  }
}

TEST_CASE("what is assumed says why") {
  for (const KindSchema& kind : schemas()) {
    for (const Row& row : Catalog::builtin().rows(kind.kind)) {
      bool assumed = false;
      // a whole table of our own judgement says why at its source
      const auto source = Catalog::builtin().find(Kind::source, row.source());
      bool explained = !row.text("note").empty() || (source && source->text("kind") == "own");
      for (std::size_t i = 0; i < row.size(); ++i) {
        assumed = assumed || row[i].standing() == catalog::Standing::assumed;
        explained = explained || !row[i].note().empty();
      }
      if (assumed && !explained) FAIL_CHECK(row.file() << ':' << row.line() << ": " << row.id());
    }
  }
}

TEST_CASE("every source can be found by a reader") {
  for (const Row& source : Catalog::builtin().rows(Kind::source)) {
    const bool reachable = !source.text("url").empty() || !source.text("arxiv").empty() ||
                           !source.text("doi").empty() || source.text("kind") == "own";
    const bool described = !source.text("publisher").empty() || !source.text("note").empty();
    if (!reachable && !described) FAIL_CHECK(source.file() << ':' << source.line() << ": " << source.id());
  }
}

TEST_CASE("a spread contains its value") {
  for (const KindSchema& kind : schemas()) {
    for (const Row& row : Catalog::builtin().rows(kind.kind)) {
      for (std::size_t i = 0; i < row.size(); ++i) {
        const Cell cell = row[i];
        if (cell.has_spread() && (cell.value() < cell.low() || cell.value() > cell.high()))
          FAIL_CHECK(row.file() << ':' << row.line() << ": " << kind.fields[cell.field()].key << " of "
                                << row.id());
      }
    }
  }
}

TEST_CASE("ids are found exactly, rows are sorted, and unique kinds have unique ids") {
  const Catalog& tables = Catalog::builtin();
  for (const KindSchema& kind : schemas()) {
    std::string_view previous;
    for (const Row& row : tables.rows(kind.kind)) {
      if (row.id() < previous) FAIL_CHECK(row.id() << " stands after " << previous);
      if (kind.unique_id && row.id() == previous) FAIL_CHECK(row.id() << " is there twice");
      previous = row.id();
      const auto found = tables.find(kind.kind, row.id());
      if (!found || found->id() != row.id()) FAIL_CHECK(row.id() << " is not found");
    }
  }
  CHECK_FALSE(tables.find(Kind::hardware, "").has_value());
  CHECK_FALSE(tables.find(Kind::hardware, "zzzz").has_value());
}

TEST_CASE("an id means its row however it is spelt") {
  const Catalog& tables = Catalog::builtin();
  for (const Kind kind : {Kind::hardware, Kind::host, Kind::grid, Kind::region}) {
    for (const Row& row : tables.rows(kind)) {
      std::string shouted;
      for (const char c : row.id())
        shouted += c == '-' ? '_' : static_cast<char>(c >= 'a' && c <= 'z' ? c - 32 : c);
      const Lookup found = tables.lookup(kind, shouted);
      if (!found.row || found.row->id() != row.id()) FAIL_CHECK(shouted << " does not find " << row.id());
    }
  }
}

TEST_CASE("every alias finds its row, or says which rows it could mean") {
  const Catalog& tables = Catalog::builtin();
  for (const Kind kind : {Kind::hardware, Kind::host, Kind::grid, Kind::region}) {
    for (const Row& row : tables.rows(kind)) {
      for (const Cell& alias : row.cells("aliases")) {
        const Lookup found = tables.lookup(kind, alias.text());
        const bool here = found.row && found.row->id() == row.id();
        const bool listed = std::find(found.also.begin(), found.also.end(), row.id()) != found.also.end();
        if (!here && !listed) FAIL_CHECK('\'' << alias.text() << "' does not lead to " << row.id());
      }
    }
  }
}

TEST_CASE("the names people write for the devices of the founding tables are known") {
  for (const std::string_view name :
       {"V100", "A100", "A100-80GB", "H100", "TPUv3", "TPU v4", "P100", "K80"}) {
    const Lookup found = Catalog::builtin().lookup(Kind::hardware, name);
    INFO(name);
    CHECK((found.row || !found.also.empty()));
  }
}

TEST_CASE("a name that is not known gets the nearest ones, never a guess") {
  const Lookup found = Catalog::builtin().lookup(Kind::hardware, "v100-smx2-16gb");
  CHECK_FALSE(found.row);
  CHECK(found.also.empty());
  CHECK(found.suggestion.starts_with("did you mean 'v100-sxm2-16gb'"));
  CHECK(Catalog::builtin().lookup(Kind::hardware, "toaster oven").suggestion.empty());
  CHECK_FALSE(Catalog::builtin().lookup(Kind::hardware, "").row);
}

TEST_CASE("a published value keeps its digits, its rounding and its place in the paper") {
  const auto row = Catalog::builtin().find(Kind::run, "patterson-2021/gpt-3");
  REQUIRE(row);
  const auto energy = row->cell("published.facility_energy");
  REQUIRE(energy);
  CHECK(energy->text() == "1287 MWh");
  CHECK(energy->value() == 1287 * 3.6e9);
  CHECK(energy->half_step() == 1.8e9);
  CHECK(energy->source() == "patterson-2021");
  CHECK_FALSE(energy->at().empty());
  CHECK(energy->standing() == catalog::Standing::verified);
}

}  // namespace
}  // namespace kwhatif::catalog
