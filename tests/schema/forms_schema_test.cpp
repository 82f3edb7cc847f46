// The exports against the schemas of their formats: CycloneDX 1.6 and 1.7 as published (external/), BoAmps by
// a schema of our own that is stricter than theirs, kwhatif/report/1 by ours.
#include "dossier/support.hpp"
#include "schema/validator.hpp"
#include "support/catch.hpp"
#include "support/root.hpp"
#include <kwhatif/report/schema.hpp>

#include <fstream>
#include <map>

namespace kwhatif::test {
namespace {

// Of the folder of this test.
const Value& stored(const std::string& file) {
  static std::map<std::string, Value> known;
  Value& out = known[file];
  if (out.is_null()) {
    std::ifstream in(testing::repository_root() + "/tests/schema/" + file);
    INFO(file);
    REQUIRE(in);
    out = Value::parse(in);
  }
  return out;
}

const valijson::Schema& cyclonedx_schema(const std::string& version) {
  static std::map<std::string, std::unique_ptr<valijson::Schema>> known;
  auto& schema = known[version];
  if (!schema) {
    schema = parsed(stored("external/bom-" + version + ".SNAPSHOT.schema.json"), [](const std::string& uri) {
      return &stored("external/" + uri.substr(uri.rfind('/') + 1));
    });
  }
  return *schema;
}

// Runs with much and with little known, and what their authors say.
std::vector<dossier::Dossier> dossiers() {
  std::vector<dossier::Dossier> out = sample_dossiers();
  Runs runs(18, catalog::Catalog::builtin());
  constexpr int tries = 60;
  for (int i = 0; i < tries; ++i) {
    const Flags flags = i % 3 == 0 ? runs.wild() : runs.ordinary();
    if (auto one = dossier_if_any(flags, i % 2 == 0 ? hostile_author() : dossier::Particulars{}))
      out.push_back(std::move(*one));
  }
  REQUIRE(out.size() > 20);
  return out;
}

TEST_CASE("CycloneDX exports are valid by the schemas of 1.6 and 1.7") {
  for (const std::string version : {"1.6", "1.7"}) {
    const auto& schema = cyclonedx_schema(version);
    for (const auto& dossier : dossiers()) {
      const auto text = written(dossier, "cyclonedx", {.cyclonedx_version = version});
      INFO(text);
      CHECK(fault_by(schema, Value::parse(text)) == "");
    }
    // and the validator would say so
    Value broken =
        Value::parse(written(sample_dossiers().front(), "cyclonedx", {.cyclonedx_version = version}));
    CHECK(broken["specVersion"] == version);
    auto& energy = broken["components"][0]["modelCard"]["considerations"]["environmentalConsiderations"]
                         ["energyConsumptions"][0];
    REQUIRE(energy.is_object());
    energy["activityEnergyCost"]["unit"] = "MWh";
    CHECK(fault_by(schema, broken) != "");
  }
}

TEST_CASE("BoAmps exports have the keys, words and types of 1.1.0") {
  const auto schema = parsed(stored("boamps.schema.json"));
  std::size_t valid = 0;
  for (const auto& dossier : dossiers()) {
    try {
      const auto text = written(dossier, "boamps");
      INFO(text);
      CHECK(fault_by(*schema, Value::parse(text)) == "");
      ++valid;
    } catch (const diag::UsageError& error) {  // says what is missing
      CHECK(error.diagnostics().front().code == "missing-input");
      const bool complete = dossier.subject().figure("devices").value.has_value() &&
                            dossier.subject().figure("facility_energy_kwh").value.has_value();
      CHECK_FALSE(complete);
    }
  }
  CHECK(valid > 10);
  Value broken = Value::parse(written(sample_dossiers().front(), "boamps"));
  broken["measures"][0]["powerConsumption"] = -1;
  CHECK(fault_by(*schema, broken) != "");
}

TEST_CASE("reports as JSON are valid by their schema") {
  const auto schema = parsed(Value::parse(report::schema_of("report")));
  for (const auto& dossier : dossiers()) {
    const auto text = written(dossier, "json");
    const Value document = Value::parse(text);
    CHECK(document["schema"] == "kwhatif/report/1");
    CHECK(fault_by(*schema, document) == "");
    CHECK(document["subjects"].size() == dossier.subjects.size());
  }
  Value broken = Value::parse(written(sample_dossiers().front(), "json"));
  broken["subjects"][0]["fields"][0].erase("status");
  CHECK(fault_by(*schema, broken) != "");
}

TEST_CASE("the serial number of a bill of materials follows from its content") {
  const auto& dossier = sample_dossiers().front();
  const Value one = Value::parse(written(dossier, "cyclonedx"));
  const Value other = Value::parse(written(dossier, "cyclonedx", {.cyclonedx_version = "1.7"}));
  CHECK(one["serialNumber"] == Value::parse(written(dossier, "cyclonedx"))["serialNumber"]);
  CHECK(one["serialNumber"] != other["serialNumber"]);
  CHECK_FALSE(one["metadata"].contains("timestamp"));  // no date was given
}

}  // namespace
}  // namespace kwhatif::test
