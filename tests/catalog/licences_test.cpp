// Terms of the data: every source has a licence and says whether it was read, every licence is spoken of in
// data/LICENSES.md, and what asks for a line has one.
#include "support/catch.hpp"
#include "support/root.hpp"
#include <kwhatif/catalog/catalog.hpp>

#include <algorithm>
#include <array>
#include <fstream>
#include <iterator>
#include <set>
#include <string>

namespace kwhatif::catalog {
namespace {

struct Licence {
  std::string_view in_source;  ///< a word of the key `licence`
  std::string_view in_text;    ///< the same in LICENSES.md
  bool line = false;           ///< a result must carry a line
  bool named = false;  ///< the terms follow the figures or the file: the source is named there by its id
};
constexpr std::array licences{
    Licence{"CC BY-SA 4.0", "CC BY-SA 4.0", true, true},
    Licence{"CC BY 4.0", "CC BY 4.0", true},
    Licence{"ODbL 1.0", "Open Database License (ODbL) 1.0", true},
    Licence{"DbCL 1.0", "Database Contents License (DbCL) 1.0", true},
    Licence{"AGPL-3.0", "AGPL-3.0", false, true},
    Licence{"MPL-2.0", "MPL-2.0", false, true},
    Licence{"Apache-2.0", "Apache-2.0"},
    Licence{"BSD-3-Clause", "BSD-3-Clause"},
    Licence{"MIT", "MIT"},
    Licence{"Joint Development Foundation", "Joint Development Foundation", false, true},
    Licence{"EEA re-use policy", "re-use policy"},
    Licence{"public domain", "public domain"},
    Licence{"official statistics", "official statistics"},
    Licence{"arXiv", "arXiv papers"},
    Licence{"unstated", "\"unstated\""},
};

std::string licences_text() {
  std::ifstream in(testing::repository_root() + "/data/LICENSES.md");
  return {std::istreambuf_iterator<char>(in), std::istreambuf_iterator<char>()};
}

// "boavizta-*" stands for both of its sources.
bool names(const std::string& text, std::string_view id) {
  if (text.find('`' + std::string{id} + '`') != std::string::npos) return true;
  const std::string family{id.substr(0, id.find('-'))};
  return text.find('`' + family + "-*`") != std::string::npos;
}

TEST_CASE("every source has a licence, and every licence is spoken of in LICENSES.md") {
  const std::string text = licences_text();
  std::set<std::string_view> seen;
  for (const Row& source : Catalog::builtin().rows(Kind::source)) {
    CAPTURE(source.file(), source.id());
    const std::string_view licence = source.text("licence");
    CHECK_FALSE(licence.empty());
    bool known = false;
    for (const Licence& one : licences) {
      if (licence.find(one.in_source) == std::string_view::npos) continue;
      known = true;
      seen.insert(one.in_source);
      CHECK(text.find(one.in_text) != std::string::npos);
      if (one.line) CHECK_FALSE(source.text("attribution").empty());
      if (one.named) CHECK(names(text, source.id()));
    }
    if (!known) FAIL_CHECK("a licence that no table of this test has: " << licence);
  }
  for (const Licence& one : licences) {
    if (!seen.contains(one.in_source)) FAIL_CHECK("no source is under " << one.in_source);
  }
}

// A value that was read was read on some day; what was never opened says so.
TEST_CASE("every source has the time of its reading or says that it was not opened") {
  constexpr std::array words{"ot read", "ot opened",     "ecalled",    "ead through",
                             "ead in",  "ead as quoted", "from memory"};
  std::set<std::string_view> read;
  for (const KindSchema& kind : schemas()) {
    if (kind.kind == Kind::source || kind.kind == Kind::study || kind.kind == Kind::imported) continue;
    for (const Row& row : Catalog::builtin().rows(kind.kind)) {
      for (std::size_t i = 0; i < row.size(); ++i) {
        if (row[i].standing() == Standing::verified) read.insert(row[i].source());
      }
    }
  }
  for (const Row& source : Catalog::builtin().rows(Kind::source)) {
    CAPTURE(source.file(), source.id());
    const std::string_view accessed = source.text("accessed");
    if (source.text("kind") == "own") continue;
    if (read.contains(source.id())) CHECK_FALSE(accessed.empty());
    if (!accessed.empty()) {
      // "2026", "2026-11" or "2026-11-23"
      CHECK((accessed.size() == 4 || accessed.size() == 7 || accessed.size() == 10));
      CHECK(accessed.starts_with("20"));
      continue;
    }
    const std::string_view note = source.text("note");
    CHECK(std::ranges::any_of(
        words, [&](std::string_view word) { return note.find(word) != std::string_view::npos; }));
  }
}

TEST_CASE("the tables of Electricity Maps are files of their own and begin with the notice") {
  const std::string text = licences_text();
  std::set<std::string> files;
  for (const Kind kind : {Kind::grid_intensity, Kind::region_year, Kind::trace}) {
    for (const Row& row : Catalog::builtin().rows(kind)) {
      if (row.source().starts_with("electricity-maps-")) files.insert(std::string{row.file()});
    }
  }
  CHECK(files.size() >= 4);
  for (const std::string& file : files) {
    CAPTURE(file);
    CHECK(file.find("electricity-maps") != std::string::npos);
    std::ifstream in(testing::repository_root() + '/' + file);
    const std::string all{std::istreambuf_iterator<char>(in), {}};
    CHECK(all.substr(0, all.find("[[")).find("Open") != std::string::npos);
    CHECK(all.substr(0, all.find("[[")).find("Database License (ODbL) 1.0") != std::string::npos);
  }
}

}  // namespace
}  // namespace kwhatif::catalog
