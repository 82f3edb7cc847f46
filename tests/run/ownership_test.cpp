// A resolved run owns what it points to: it outlives the tables and texts that it was made from.
#include "support/catch.hpp"
#include "support/runs.hpp"
#include <kwhatif/catalog/catalog.hpp>
#include <kwhatif/run/resolve.hpp>
#include <kwhatif/run/stage.hpp>

#include <filesystem>
#include <fstream>
#include <memory>
#include <optional>
#include <string>

namespace kwhatif::run {
namespace {

namespace fs = std::filesystem;

const std::string head = "[defaults]\nsource = \"patterson-2021\"\nat = \"mine\"\nstatus = \"assumed\"\n";
const std::string device =
    "schema = \"hardware/1\"\n" + head +
    "[[hardware]]\nid = \"abacus-9\"\nname = \"Abacus 9\"\nkind = \"other\"\ntdp = \"123 W\"\n";
const std::string host =
    "schema = \"host/1\"\n" + head +
    "[[host]]\nid = \"rack-9\"\nname = \"Rack 9\"\nhardware = \"abacus-9\"\ndevices = 4\n";

/// The built-in tables with one more device and host; the folder is gone when they are read.
catalog::Catalog overlaid() {
  const fs::path folder = fs::temp_directory_path() / "kwhatif_ownership";
  fs::remove_all(folder);
  fs::create_directories(folder);
  std::ofstream(folder / "device.toml") << device;
  std::ofstream(folder / "host.toml") << host;
  catalog::Catalog out = catalog::Catalog::overlay(folder.string());
  fs::remove_all(folder);
  return out;
}

Scenario asked(const std::string& hardware) {
  return test::scenario_of({{Input::hardware, hardware},
                            {Input::nodes, "2"},
                            {Input::tokens, "1e9"},
                            {Input::hours, "30 days"},
                            {Input::model, "gpt-3"},
                            {Input::region, "gcp:us-central1"}});
}

TEST_CASE("a run outlives the tables that it was made from") {
  std::optional<catalog::Catalog> tables = overlaid();
  auto run = std::make_unique<ResolvedRun>(resolve(asked("rack-9"), *tables));
  const std::string grid{run->grid->id()};
  const std::weak_ptr<const catalog::Tables> kept = tables->shared_tables();
  tables.reset();
  // the predictors keep the tables that they were made from last: make them from others
  (void)resolve(asked("a2-highgpu-8g"), catalog::Catalog::builtin());

  REQUIRE_FALSE(kept.expired());
  CHECK(run->hardware->id() == "abacus-9");
  CHECK(run->hardware->text("name") == "Abacus 9");
  CHECK(run->hardware->number("tdp") == 123);
  CHECK(run->host->id() == "rack-9");
  CHECK(run->region->id() == "gcp:us-central1");
  CHECK(run->grid->id() == grid);
  CHECK_FALSE(run->network->flops.counted.empty());
  run.reset();
  CHECK(kept.expired());  // and nothing else keeps them
}

}  // namespace
}  // namespace kwhatif::run
