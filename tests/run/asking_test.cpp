// Partial questions, devices of no table, what the user measured, places under two codes, words of other
// tools.
#include "support/catch.hpp"
#include <kwhatif/catalog/catalog.hpp>
#include <kwhatif/diag/suggest.hpp>
#include <kwhatif/run/estimator.hpp>
#include <kwhatif/run/resolve.hpp>
#include <kwhatif/run/stage.hpp>
#include <kwhatif/run/synonym.hpp>

#include <algorithm>
#include <filesystem>
#include <fstream>
#include <set>
#include <string>
#include <utility>
#include <vector>

#include <unistd.h>

namespace kwhatif::run {
namespace {

namespace fs = std::filesystem;

using Inputs = std::vector<std::pair<Input, std::string>>;

Scenario flags(const Inputs& inputs) {
  Scenario run;
  for (const auto& [input, text] : inputs) run.set(input, {text, {}, "--" + std::string{info(input).flag}});
  return run;
}

ResolvedRun resolved(const Inputs& inputs, const catalog::Catalog& tables = catalog::Catalog::builtin()) {
  return resolve(flags(inputs), tables);
}

bool warned(const ResolvedRun& run, std::string_view code) {
  return std::any_of(run.warnings.begin(), run.warnings.end(), [&](const auto& w) { return w.code == code; });
}

constexpr double kwh = 3.6e6;

TEST_CASE("hours and the power of all together give the energy, however many devices there are") {
  // 100 kW for 10 h; times 3 runs and 10 % overhead
  const auto one = run::estimate(resolved({{Input::hours, "10 h"}, {Input::total_power, "100 kW"}}).inputs);
  REQUIRE(one.it_energy);
  CHECK(one.it_energy->coherent() / kwh == Approx(1000));
  CHECK(one.wall_time->coherent() == 36000);
  CHECK_FALSE(one.device_time);
  const auto more = run::estimate(resolved({{Input::hours, "10 h"},
                                            {Input::total_power, "100 kW"},
                                            {Input::runs, "3"},
                                            {Input::overhead, "10 %"}})
                                      .inputs);
  CHECK(more.it_energy->coherent() / kwh == Approx(3300));
  CHECK(more.wall_time->coherent() == Approx(33 * 3600));
  const auto counted = run::estimate(
      resolved({{Input::hours, "10 h"}, {Input::total_power, "100 kW"}, {Input::chips, "64"}}).inputs);
  CHECK(counted.it_energy->coherent() == Approx(one.it_energy->coherent()));
}

TEST_CASE("hours of a device whose number is not given are those of one, with a warning") {
  const auto run = resolved({{Input::hours, "24 h"}, {Input::power, "320 W"}});
  CHECK(warned(run, "one-device"));
  CHECK(run::estimate(run.inputs).it_energy->coherent() / kwh == Approx(7.68));
  const auto counted = resolved({{Input::hours, "100 h"},
                                 {Input::hardware, "h100-sxm5"},
                                 {Input::params, "7B"},
                                 {Input::tokens, "100B"}});
  CHECK_FALSE(warned(counted, "one-device"));  // their number follows from the compute
  CHECK(run::estimate(counted.inputs).devices->coherent() > 1);
}

TEST_CASE("a device of no table keeps its name where power and time or rate are given") {
  for (const Inputs& rest :
       {Inputs{{Input::power, "320 W"}, {Input::hours, "24 h"}, {Input::chips, "1"}},
        Inputs{{Input::power, "320 W"}, {Input::device_hours, "24 device-h"}},
        Inputs{{Input::total_power, "320 W"}, {Input::hours, "24 h"}},
        Inputs{{Input::power, "320 W"}, {Input::tflops, "1 TFLOP/s"}, {Input::flops, "8.64e16"}}}) {
    Inputs all = rest;
    all.emplace_back(Input::hardware, "NVIDIA Quadro K420");
    const auto run = resolved(all);
    CHECK(warned(run, "unknown-hardware"));
    const auto result = run::estimate(run.inputs);
    REQUIRE(result.it_energy);
    CHECK(result.it_energy->coherent() / kwh == Approx(7.68));
    CHECK(std::any_of(run.choices.begin(), run.choices.end(), [](const Choice& c) {
      return c.input == "hardware" && c.value == "NVIDIA Quadro K420";
    }));
    CHECK(std::any_of(run.summary.begin(), run.summary.end(), [](const auto& line) {
      return line.first == "hardware" && line.second == "NVIDIA Quadro K420";
    }));
  }
  for (const Inputs& rest :
       {Inputs{{Input::hours, "24 h"}}, Inputs{{Input::power, "320 W"}, {Input::flops, "1e20"}}}) {
    Inputs all = rest;
    all.emplace_back(Input::hardware, "NVIDIA Quadro K420");
    CHECK_THROWS_AS(resolved(all), diag::ScenarioError);
  }
}

TEST_CASE("devices are known by the names that drivers, systems and clouds give them") {
  const auto& tables = catalog::Catalog::builtin();
  const auto id = [&](catalog::Kind kind, std::string_view name) {
    const auto found = tables.lookup(kind, name);
    return found.row ? std::string{found.row->id()} : std::string{};
  };
  CHECK(id(catalog::Kind::hardware, "AMD EPYC 7763 64-Core Processor") == "epyc-7763");
  CHECK(id(catalog::Kind::hardware, "Intel(R) Xeon(R) CPU E5-2699 v3 @ 2.30GHz") == "xeon-e5-2699v3");
  CHECK(id(catalog::Kind::hardware, "NVIDIA A100-SXM4-80GB") == "a100-sxm4-80gb");
  CHECK(id(catalog::Kind::hardware, "NVIDIA GeForce RTX 3090") == "rtx-3090");
  CHECK(id(catalog::Kind::host, "Standard_ND96amsr_A100_v4") == "nd96amsr-a100-v4");
  CHECK(id(catalog::Kind::hardware, "NVIDIA").empty());
  CHECK(id(catalog::Kind::hardware, "Processor").empty());
  for (std::size_t i = 0; i < tables.size(catalog::Kind::hardware); ++i) {
    const auto row = tables.row(catalog::Kind::hardware, i);
    for (const std::string& name : {"NVIDIA " + std::string{row.id()}, std::string{row.id()} + " Processor"})
      CHECK(id(catalog::Kind::hardware, name) == row.id());
  }
}

// A folder with tables of the user, gone with the test.
class Folder {
 public:
  Folder() : path_(fs::temp_directory_path() / ("kwhatif-asking-" + std::to_string(::getpid()))) {
    fs::create_directories(path_);
  }
  ~Folder() {
    std::error_code ignored;
    fs::remove_all(path_, ignored);
  }
  Folder(const Folder&) = delete;
  Folder& operator=(const Folder&) = delete;
  void write(const std::string& name, const std::string& text) const { std::ofstream(path_ / name) << text; }
  catalog::Catalog tables() const { return catalog::Catalog::overlay(path_.string()); }

 private:
  fs::path path_;
};

const std::string provenance = "source = \"patterson-2021\"\nat = \"our meter\"\nstatus = \"verified\"\n";

TEST_CASE("power measured in a table of the user's wins over a prediction") {
  const Folder folder;
  folder.write(
      "hardware.toml",
      "schema = \"hardware/1\"\n[[hardware]]\nid = \"our-card\"\nname = \"Our card\"\nkind = \"gpu\"\n"
      "peak_fp16 = \"100 TFLOP/s\"\ntdp = \"300 W\"\naverage_power = \"411 W\"\n" +
          provenance);
  folder.write(
      "hosts.toml",
      "schema = \"host/1\"\n[[host]]\nid = \"our-node\"\nname = \"Our node\"\nhardware = \"our-card\"\n"
      "devices = 4\naverage_node_power = \"2000 W\"\n" +
          provenance);
  const auto tables = folder.tables();
  const Inputs work{{Input::flops, "1e20"}, {Input::mfu, "0.5"}};
  const auto with = [&](const std::string& hardware, const Inputs& more = {}) {
    Inputs all = work;
    all.emplace_back(Input::hardware, hardware);
    all.insert(all.end(), more.begin(), more.end());
    return resolved(all, tables);
  };
  const auto card = with("our-card");
  CHECK(run::estimate(card.inputs).power->coherent() == 411);
  CHECK(card.record(run::Slot::power).origin.note.find("in your table") != std::string::npos);
  CHECK(run::estimate(with("our-node").inputs).power->coherent() == 500);
  CHECK(run::estimate(with("our-card", {{Input::power, "350 W"}}).inputs).power->coherent() == 350);
  // the built-in measurement of a few runs does not stand for every run
  CHECK(with("h100-sxm5").record(run::Slot::power_ratio).origin.responsible ==
        catalog::Responsible::predicted);
}

TEST_CASE("a market-based row of the user's is the market-based intensity of the region") {
  const Folder folder;
  folder.write("years.toml",
               "schema = \"region_year/1\"\n[[region_year]]\nid = \"gcp:us-central1\"\nyear = 2025\n"
               "carbon_intensity = \"33 g/kWh\"\nboundary = \"life-cycle\"\nsignal = \"average\"\n"
               "accounting = \"market\"\n" +
                   provenance);
  const Inputs run{{Input::hours, "10 h"},
                   {Input::chips, "8"},
                   {Input::power, "400 W"},
                   {Input::region, "gcp:us-central1"}};
  const auto own = resolved(run, folder.tables());
  const auto builtin = resolved(run);
  REQUIRE(own.inputs.ci_market());
  CHECK(own.inputs.ci_market()->coherent() * kwh * 1000 == Approx(33));
  CHECK(own.inputs.ci()->coherent() == builtin.inputs.ci()->coherent());
  CHECK(own.record(run::Slot::ci_market).origin.note.find("market-based, in your table") !=
        std::string::npos);
  Inputs flagged = run;
  flagged.emplace_back(Input::ci_market, "5 g/kWh");
  CHECK(resolved(flagged, folder.tables()).inputs.ci_market()->coherent() * kwh * 1000 == Approx(5));
}

TEST_CASE("GB and UK are one place") {
  for (const std::string year : {"", "2024", "2022"}) {
    Inputs run{{Input::hours, "10 h"}, {Input::chips, "8"}, {Input::power, "400 W"}};
    if (!year.empty()) run.emplace_back(Input::year, year);
    std::set<double> values;
    for (const std::string name : {"GB", "UK", "GBR", "Great Britain", "United Kingdom"}) {
      auto named = run;
      named.emplace_back(Input::grid, name);
      values.insert(resolved(named).inputs.ci()->coherent());
    }
    CHECK(values.size() == 1);
  }
}

TEST_CASE("an old value is said to be one, with the newer ones within") {
  const auto at = [](const std::string& grid, const Inputs& more = {}) {
    Inputs all{{Input::hours, "10 h"}, {Input::chips, "8"}, {Input::power, "400 W"}, {Input::grid, grid}};
    all.insert(all.end(), more.begin(), more.end());
    return resolved(all);
  };
  for (const auto& [name, zone] : {std::pair{"Texas", "US-TEX-ERCO"}, {"California", "US-CAL-CISO"}}) {
    const auto run = at(name);
    const auto old = std::find_if(run.warnings.begin(), run.warnings.end(),
                                  [](const auto& w) { return w.code == "old-value"; });
    REQUIRE(old != run.warnings.end());
    CHECK(old->message.find("2016") != std::string::npos);
    CHECK(old->help.find(zone) != std::string::npos);
    CHECK_FALSE(warned(at(zone), "old-value"));
    CHECK_FALSE(warned(at(name, {{Input::year, "2016"}}), "old-value"));
  }
  CHECK_FALSE(warned(at("FRA"), "old-value"));
}

TEST_CASE("epochs without tokens have no effect, and it is said") {
  CHECK(warned(resolved({{Input::flops, "1e20"}, {Input::hardware, "h100-sxm5"}, {Input::epochs, "3"}}),
               "no-effect"));
}

TEST_CASE("no word of the synonyms is an input of its own, and each stands once") {
  std::set<std::string> seen;
  for (const Synonym& row : synonym_table()) {
    CHECK((row.input || !row.advice.empty()));
    std::string_view rest = row.words;
    while (!rest.empty()) {
      const auto end = rest.find('|');
      const std::string word{rest.substr(0, end)};
      rest = end == std::string_view::npos ? std::string_view{} : rest.substr(end + 1);
      INFO(word);
      CHECK(seen.insert(diag::fold(word)).second);
      CHECK_FALSE(input_by_flag(word).has_value());
      CHECK_FALSE(meant_by(word, Naming::flag).empty());
    }
  }
  CHECK(meant_by("--num_gpus", Naming::flag).starts_with("use --chips"));
  CHECK(meant_by("gpus", Naming::key).starts_with("the key is hardware.count"));
  CHECK(meant_by("", Naming::flag).empty());
  CHECK(meant_by("chips", Naming::flag).empty());
}

}  // namespace
}  // namespace kwhatif::run
