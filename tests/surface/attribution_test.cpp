// What licences ask for stands beside the results: the line of every source that has one.
#include "support/root.hpp"
#include "surface/support.hpp"
#include <kwhatif/catalog/catalog.hpp>

#include <algorithm>
#include <fstream>
#include <iterator>
#include <set>

namespace kwhatif::test {
namespace {

using catalog::Kind;

const std::string measured = "--flops 1e20 --hours 10h --chips 8 --power 500W --pue 1.1";

// Text for people wraps: compare without line ends and indents.
std::string unwrapped(const std::string& text) {
  std::string out;
  for (const char c : text) {
    if (c == '\n' || c == ' ') {
      if (!out.empty() && out.back() != ' ') out += ' ';
    } else {
      out += c;
    }
  }
  return out;
}

std::string attribution_of(std::string_view source) {
  const auto row = catalog::Catalog::builtin().find(Kind::source, source);
  return row ? std::string{row->text("attribution")} : std::string{};
}

TEST_CASE("a source under the ODbL or a CC BY licence has the line that it asks for") {
  for (const auto& row : catalog::Catalog::builtin().rows(Kind::source)) {
    const std::string licence{row.text("licence")};
    if (!licence.starts_with("ODbL") && !licence.starts_with("CC BY")) continue;
    INFO(row.id() << ": " << licence);
    // a paper is quoted, and its citation is the attribution
    const bool paper = !row.text("arxiv").empty() || !row.text("doi").empty() || row.text("kind") == "paper";
    if (!paper) CHECK_FALSE(row.text("attribution").empty());
    if (licence.starts_with("ODbL"))
      CHECK(row.text("attribution") ==
            "Contains information from Electricity Maps (electricitymaps.com), available under the Open "
            "Database "
            "License (ODbL) 1.0");
  }
}

TEST_CASE("the lines that LICENSES.md asks for are those of the sources") {
  std::ifstream file(testing::repository_root() + "/data/LICENSES.md");
  const std::string text{std::istreambuf_iterator<char>(file), {}};
  std::set<std::string> lines;
  for (const auto& row : catalog::Catalog::builtin().rows(Kind::source))
    lines.insert(std::string{row.text("attribution")});
  for (const char* line :
       {"Contains information from Electricity Maps (electricitymaps.com), available under the Open Database "
        "License (ODbL) 1.0",
        "Transmission and distribution losses: World Bank, World Development Indicators, CC BY 4.0",
        "Emission intensity of electricity generation: European Environment Agency (EEA), CC BY 4.0"}) {
    INFO(line);
    CHECK(unwrapped(text).find(line) != std::string::npos);
    CHECK(lines.contains(line));
  }
}

TEST_CASE("an estimate with a grid value of any source carries the line of that source") {
  const auto& catalog = catalog::Catalog::builtin();
  std::set<std::string> tried;
  for (const auto& row : catalog.rows(Kind::grid_intensity)) {
    const std::string source{row.source()};
    if (attribution_of(source).empty() || !tried.insert(source).second) continue;
    const std::string line = "estimate " + measured + " --grid " + std::string{row.id()} + " --year " +
                             std::string{row.text("year")} + " --source " + source;
    INFO("kwhatif " << line);
    const Ran text = run_line(line);
    INFO(text.err);
    if (text.code != 0) {  // a value of the source that an estimate does not take, such as a marginal one
      tried.erase(source);
      continue;
    }
    CHECK(unwrapped(text.out).find(attribution_of(source)) != std::string::npos);
    const Json json = document(line);
    bool told = false;
    for (const Json& listed : json.find("sources")->items) {
      if (listed.find("id")->text != source) continue;
      REQUIRE(listed.find("attribution") != nullptr);
      CHECK(listed.find("attribution")->text == attribution_of(source));
      told = listed.find("licence") != nullptr && !listed.find("licence")->text.empty();
    }
    CHECK(told);
  }
  CHECK(tried.size() >= 5);
}

// The newest value of the grid is of Our World in Data, the trace of Electricity Maps.
TEST_CASE("every verb that shows a result of a grid carries the line of the grid's source") {
  const std::string place = " --grid DEU --year 2022 --source owid-ember-2026-04";
  const std::string line = attribution_of("owid-ember-2026-04");
  REQUIRE_FALSE(line.empty());
  for (const std::string& command :
       {"estimate " + measured + place, "explain " + measured + place, "methods " + measured + place,
        "levers " + measured + place, "compare " + measured + place + " --vary pue=1.1,1.2",
        "sweep " + measured + place + " --axis pue=1.1,1.2 --top 1",
        "plan " + measured + place + " --axis pue=1.1,1.2 --max-co2e 1kt"}) {
    const Ran ran = run_line(command);
    INFO("kwhatif " << command << '\n' << ran.out << ran.err);
    REQUIRE(ran.code == 0);
    CHECK(unwrapped(ran.out).find(line) != std::string::npos);
  }
  for (const char* command : {"schedule --hours 36h --hardware h100-sxm5 --chips 64 --grid US-CAL-CISO"}) {
    const Ran ran = run_line(command);
    INFO(ran.out);
    CHECK(unwrapped(ran.out).find("Electricity Maps (electricitymaps.com)") != std::string::npos);
    CHECK(unwrapped(ran.out).find("(ODbL) 1.0") != std::string::npos);
  }
}

}  // namespace
}  // namespace kwhatif::test
