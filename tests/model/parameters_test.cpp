// Parameter counts against published ones. No expectation here comes from this program.
#include "support.hpp"

#include <cmath>
#include <string>

#include <catch2/catch.hpp>

using namespace kwhatif::model;
using namespace kwhatif::model::testing;

TEST_CASE("parameter counts of all presets equal the published ones", "[model][golden]") {
  const auto rows = read_csv("tests/model/published_parameters.csv");
  REQUIRE(rows.size() == 65);
  for (const auto& row : rows) {
    const std::string& id = row[0];
    CAPTURE(id);
    const ReadConfig read = read_config(preset_text(id), id + ".json");
    const ParameterCount ours = count_parameters(take_inventory(read.architecture));
    const double published = std::stod(row[1]);
    const double tolerance = std::stod(row[3]);
    CAPTURE(ours.total.text(), row[1]);
    if (tolerance == 0) {
      CHECK(ours.total.text() == row[1]);
    } else {
      CHECK(std::abs(ours.total.as_double() - published) <= tolerance * published);
    }
    const double published_active = std::stod(row[2]);
    // Publishers count the input table or not: one of the two readings must agree with what they print.
    const double allowed = std::stod(row[6]) * published_active + 0.5;
    const bool with_table = std::abs(ours.active.as_double() - published_active) <= allowed;
    const bool without = std::abs(ours.active_excl_input_embedding.as_double() - published_active) <= allowed;
    CHECK((with_table || without));
    CHECK(ours.active.text() == row[7]);
    CHECK(ours.active_excl_input_embedding.text() == row[8]);
  }
}

TEST_CASE("parts add up to the whole", "[model]") {
  for (const auto& row : read_csv("tests/model/published_parameters.csv")) {
    CAPTURE(row[0]);
    const ParameterCount count = count_parameters(preset_inventory(row[0]));
    Count total;
    Count active;
    for (const PartCount& part : count.parts) {
      total += part.total;
      active += part.active;
    }
    CHECK(total == count.total);
    CHECK(active == count.active);
    CHECK(count.active <= count.total);
    CHECK(count.active_excl_input_embedding <= count.active);
    CHECK(count.non_embedding <= count.total);
  }
}

TEST_CASE("presets are read without warnings", "[model]") {
  for (const auto& row : read_csv("tests/model/published_parameters.csv")) {
    CAPTURE(row[0]);
    for (const auto& remark : read_config(preset_text(row[0]), row[0]).remarks) {
      CAPTURE(remark.message);
      CHECK(remark.severity == kwhatif::diag::Severity::note);
    }
  }
}
