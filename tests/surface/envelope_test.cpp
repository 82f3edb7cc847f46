// What every document has: its schema, warnings, sources, assumptions with their keys, bands in order.
#include "surface/support.hpp"
#include <kwhatif/catalog/catalog.hpp>

#include <algorithm>
#include <map>
#include <set>

namespace kwhatif::test {
namespace {

bool filled(const Json* value) { return value != nullptr && value->is_text() && !value->text.empty(); }

TEST_CASE("every document names its schema and the version of the data") {
  for (const Command& command : commands()) DYNAMIC_SECTION(command.line) {
      const Json json = document(command);
      REQUIRE(filled(json.find("schema")));
      const bool compared = command.line.find("--against") != std::string::npos;
      CHECK(json.find("schema")->text ==
            "kwhatif/" + std::string{command.verb} + (compared ? "-comparison/1" : "/1"));
      CHECK(filled(json.find("data_version")));
    }
}

TEST_CASE("every document has warnings with code, message and hint, and sources with id, title and url") {
  for (const Command& command : commands()) DYNAMIC_SECTION(command.line) {
      const Json json = document(command);
      const Json* listed = json.find("warnings");
      REQUIRE(listed != nullptr);
      REQUIRE(listed->is_array());
      for (const Json& warning : listed->items) {
        REQUIRE(filled(warning.find("code")));
        const std::string& code = warning.find("code")->text;
        CHECK(code.find_first_not_of("abcdefghijklmnopqrstuvwxyz0123456789-") == std::string::npos);
        CHECK(filled(warning.find("message")));
        REQUIRE(warning.find("hint") != nullptr);
        CHECK(warning.find("hint")->is_text());
      }
      const Json* sources = json.find("sources");
      REQUIRE(sources != nullptr);
      REQUIRE(sources->is_array());
      std::set<std::string> ids;
      for (const Json& source : sources->items) {
        REQUIRE(filled(source.find("id")));
        INFO(source.find("id")->text);
        CHECK(ids.insert(source.find("id")->text).second);
        CHECK(filled(source.find("title")));
        CHECK(catalog::Catalog::builtin().find(catalog::Kind::source, source.find("id")->text));
        REQUIRE(source.find("url") != nullptr);
        const bool link = source.find("url")->is_null() || source.find("url")->text.starts_with("http");
        CHECK(link);
      }
    }
}

TEST_CASE("a warning in the document is the one on the error stream") {
  const std::string line = "estimate --flops 1e22 --tflops 200TFLOP/s --chips 8";
  const Json json = document(line);
  const Ran text = run_line(line);
  std::vector<std::string> codes;
  for (const Json& warning : json.find("warnings")->items) {
    codes.push_back(warning.find("code")->text);
    CHECK(text.err.find("warning[" + codes.back() + "]: " + warning.find("message")->text) !=
          std::string::npos);
    CHECK(text.err.find("help: " + warning.find("hint")->text) != std::string::npos);
  }
  CHECK(std::count(codes.begin(), codes.end(), "no-power") == 1);
  CHECK(std::count(codes.begin(), codes.end(), "no-place") == 1);
  CHECK(run_line(line + " --strict").code == 2);
}

// Of estimate, and of every other verb that shows what it rests on.
TEST_CASE("an assumption has input, value, unit, status, source and locator, and its source is listed") {
  for (const Command& command : commands()) DYNAMIC_SECTION(command.line) {
      const Json json = document(command);
      std::set<std::string> listed;
      for (const Json& source :
           json.find("sources") == nullptr ? std::vector<Json>{} : json.find("sources")->items)
        listed.insert(source.find("id")->text);
      walk(json, [&](const Path& path) {
        if (path.back().first != "assumptions") return;
        for (const Json& a : path.back().second->items) {
          REQUIRE(filled(a.find("input")));
          INFO(a.find("input")->text);
          for (const char* key : {"value", "unit", "status", "source", "at"}) {
            INFO(key);
            REQUIRE(a.find(key) != nullptr);
          }
          // of a grid an assumption may differ from row to row
          const bool varies = a.find("varies_with") != nullptr && a.find("value")->is_null();
          const bool valued = varies || a.find("value")->is_number() || filled(a.find("value"));
          CHECK(valued);
          const bool united = !a.find("value")->is_number() || filled(a.find("unit"));
          CHECK(united);
          const std::string& status = a.find("status")->text;
          const bool known =
              status == "table" || status == "predicted" || status == "default" || status == "user";
          INFO(status);
          CHECK(known);
          CHECK(a.find("at")->is_text());
          if (a.find("source")->is_null()) {
            CHECK(status != "table");  // a number of the tables has somebody who says it
            CHECK(status != "predicted");
          } else {
            CHECK(listed.contains(a.find("source")->text));
          }
        }
      });
    }
}

TEST_CASE("the assumptions of a known case: what was not given, its value, unit and status") {
  const Json json = document("estimate " + predicted_run);
  std::map<std::string, const Json*> by_input;
  CHECK(json.find("assumptions")->items.size() >= 8);
  CHECK(json.find("intervals")->entries.size() >= 8);
  for (const Json& a : json.find("assumptions")->items) by_input[a.find("input")->text] = &a;
  const auto check = [&](const char* input, const char* unit, const char* status) {
    INFO(input);
    REQUIRE(by_input.contains(input));
    CHECK(by_input[input]->find("unit")->text == unit);
    CHECK(by_input[input]->find("status")->text == status);
  };
  check("mfu", "1", "predicted");
  check("pue", "1", "default");
  check("ci", "g/kWh", "table");
  check("tdp", "W", "table");
  check("price", "USD/h", "default");                    // over providers: no region is given
  CHECK(by_input["tdp"]->find("value")->number == 700);  // the data sheet of the H100 SXM5
  CHECK_FALSE(by_input.contains("params"));              // given
  // the whole answer follows from these and what was given
  const double kg = json.at("results.operational_location_kg")->number;
  CHECK(json.at("results.facility_energy_kwh")->number * by_input["ci"]->find("value")->number / 1000 ==
        Approx(kg));
}

TEST_CASE("bands stand in order around their result in every document that has any") {
  for (const Command& command : commands()) DYNAMIC_SECTION(command.line) {
      walk(document(command), [&](const Path& path) {
        const Json& band = *path.back().second;
        const Json* low = band.find("p05");
        const Json* high = band.find("p95");
        if (low == nullptr || high == nullptr || low->is_null()) return;
        INFO(path.back().first);
        double before = low->number;
        for (const char* key : {"p05", "p25", "p50", "p75", "p95"}) {
          if (band.find(key) == nullptr) continue;  // the backtest has no median of its own
          INFO(key);
          REQUIRE(band.find(key)->is_number());
          CHECK(before <= band.find(key)->number);
          before = band.find(key)->number;
        }
        // intervals.KEY stands around results.KEY beside it
        if (path.size() < 3 || path[path.size() - 2].first != "intervals") return;
        const Json* result = path[path.size() - 3].second->find("results");
        REQUIRE(result != nullptr);
        REQUIRE(result->find(path.back().first) != nullptr);
        CHECK(low->number <= result->find(path.back().first)->number);
        CHECK(result->find(path.back().first)->number <= high->number);
      });
    }
}

TEST_CASE("the drivers' shares of the variance add up to one") {
  const Json json = document("estimate " + predicted_run);
  double sum = 0;
  for (const Json& driver : json.find("drivers")->items) {
    CHECK(filled(driver.find("input")));
    REQUIRE(driver.find("share_of_variance") != nullptr);
    sum += driver.find("share_of_variance")->number;
  }
  CHECK(sum == Approx(1).epsilon(0.02));
}

}  // namespace
}  // namespace kwhatif::test
