// Manufacture, water and development of a run: published figures, allocation, and which factor is taken.
#include "support/catch.hpp"
#include "uncertain/given_inputs.hpp"
#include <kwhatif/quantity/format.hpp>
#include <kwhatif/run/estimator.hpp>
#include <kwhatif/run/resolve.hpp>

#include <algorithm>
#include <cmath>

using namespace kwhatif;
using run::Input;
using run::Slot;
using test::Inputs;
using test::run_of;
using test::tables;

namespace {

run::ResolvedRun resolved(const Inputs& inputs) { return run::resolve(run_of(inputs), tables()); }
run::RunEstimate<double> result(const Inputs& inputs) { return run::estimate(resolved(inputs).inputs); }

bool lacks(const run::ResolvedRun& run, std::string_view result) {
  return std::ranges::any_of(run.missing, [&](const run::MissingFactor& m) { return m.result == result; });
}

}  // namespace

TEST_CASE("manufacture by ISO/IEC 21031: BLOOM and OLMo") {
  // Luccioni et al. 2022: 1,082,990 GPU-hours; 2,500 kg per server of 8 and 150 kg per GPU; 6 years; 11.2 t
  // with 85 % use
  const Inputs bloom{{Input::device_hours, "1082990 device-h"},
                     {Input::embodied, "462.5 kg"},
                     {Input::lifetime, "6 years"},
                     {Input::lifetime_use, "85 %"}};
  CHECK(result(bloom).embodied->coherent() == Approx(11211.45).epsilon(1e-5));
  // Morrison et al. 2025: 463 kg, 4 years, 1.65 million GPU-hours: 22 t
  const Inputs olmo{{Input::device_hours, "1.65M device-h"},
                    {Input::embodied, "463 kg"},
                    {Input::lifetime, "4 years"},
                    {Input::lifetime_use, "1"}};
  CHECK(result(olmo).embodied->coherent() == Approx(21802.2).epsilon(1e-4));
}

TEST_CASE("network, storage and building come on top of a device") {
  const Inputs plain{{Input::device_hours, "8760 device-h"},
                     {Input::embodied, "400 kg"},
                     {Input::power, "1 kW"},
                     {Input::lifetime, "1 year"},
                     {Input::lifetime_use, "1"}};
  CHECK(result(plain).embodied->coherent() == Approx(400));
  auto more = plain;
  more.emplace_back(Input::embodied_extra, "5 %");
  CHECK(result(more).embodied->coherent() == Approx(420));
  more.emplace_back(Input::building, "250 kg/kW");
  CHECK(result(more).embodied->coherent() == Approx(670));
}

TEST_CASE("water on site is per energy of the computers, off site per energy of the facility") {
  // Li et al.: GPT-3, 1,287 MWh, 0.55 L/kWh on site, PUE 1.17, 3.142 L/kWh of electricity: 0.7 and 5.4
  // million litres
  const auto gpt3 = result({{Input::energy, "1287 MWh"},
                            {Input::pue, "1.17"},
                            {Input::wue, "0.55 L/kWh"},
                            {Input::water_intensity, "3.142 L/kWh"}});
  CHECK(gpt3.water_on_site->coherent() == Approx(707850));
  CHECK(gpt3.water->coherent() == Approx(5439042).epsilon(1e-6));
  // Morrison et al. 2026: Olmo 3, 12.3 GWh at 1.29 L/kWh
  const auto olmo3 =
      result({{Input::energy, "12.3 GWh"}, {Input::pue, "1"}, {Input::water_intensity, "1.29 L/kWh"}});
  CHECK(olmo3.water_off_site->coherent() == Approx(15867000));
  CHECK(!olmo3.water);
}

TEST_CASE("total CO2e is by location, and never by contracts") {
  const auto r = result({{Input::energy, "1 GWh"},
                         {Input::device_hours, "1M device-h"},
                         {Input::pue, "1.1"},
                         {Input::ci, "400 g/kWh"},
                         {Input::ci_market, "0 g/kWh"},
                         {Input::embodied, "583 kg"}});
  REQUIRE(r.total_co2e);
  CHECK(r.total_co2e->coherent() == Approx(r.operational_location->coherent() + r.embodied->coherent()));
}

TEST_CASE("development is a choice, never a default, and beside the run") {
  const Inputs base{{Input::energy, "913 MWh"}, {Input::pue, "1"}, {Input::ci, "342 g/kWh"}};
  CHECK(!result(base).development_energy);
  const auto with = [&](const char* text) {
    auto inputs = base;
    inputs.emplace_back(Input::development, text);
    return result(inputs);
  };
  // OLMo: 459 MWh of development beside 913 MWh of final runs
  CHECK(with("olmo").development_energy->coherent() / 3.6e9 == Approx(459).epsilon(0.01));
  CHECK(with("0.5").development_co2e->coherent() == Approx(with("olmo").development_co2e->coherent()));
  CHECK(with("olmo-3").development_energy->coherent() / 3.6e9 == Approx(913 * 4.6));
  CHECK(with("olmo").facility_energy->coherent() == Approx(result(base).facility_energy->coherent()));
  try {
    (void)with("ohlmo");
    FAIL("no error");
  } catch (const diag::ScenarioError& error) {
    CHECK(error.diagnostics().front().help.find("olmo-3") != std::string::npos);
  }
}

TEST_CASE("the figure of manufacture that is taken says what it counts") {
  const auto each = [](const char* hardware) {
    const auto run = resolved({{Input::hardware, hardware}, {Input::device_hours, "1000 device-h"}});
    return std::pair{run::slot_value(run.inputs, Slot::embodied_each), run.record(Slot::embodied_each)};
  };
  // OLMo's 463 kg and EcoLogits' 164 + 5,700 / 8: the median, with the span of both
  const auto [h100, record] = each("h100-sxm5");
  CHECK(*h100 == Approx(std::sqrt(463 * 876.5)));
  CHECK(*record.low <= 463);
  CHECK(*record.high >= 876.5);
  CHECK(*each("tpu-v6e").first == Approx(583));
  CHECK(*each("mi300x").first == Approx(583));  // nobody published one: the default of data centres
  CHECK(*each("p4d.24xlarge").first == Approx(4676.79 / 8));  // the host holds both
  CHECK(each("l4").second.origin.note.find("board alone") != std::string::npos);
  const auto card = resolved({{Input::hardware, "rtx-4090"}, {Input::device_hours, "1000 device-h"}});
  CHECK(!card.inputs.embodied_each());
  CHECK(lacks(card, "embodied"));
}

TEST_CASE("what no table has of water stays unknown and is named") {
  const auto run = [](const char* region) {
    return resolved({{Input::energy, "1 GWh"}, {Input::region, region}});
  };
  const auto aws = run("aws:us-east-1");  // prints withdrawal
  CHECK(!aws.inputs.wue());
  CHECK(lacks(aws, "water_on_site"));
  CHECK(aws.inputs.water_intensity());
  const auto gcp = run("gcp:europe-north1");
  CHECK(quantity::to_unit(gcp.inputs.water_intensity()->coherent(), "L/kWh") == Approx(4.5289));  // Finland
  const auto nowhere = resolved({{Input::energy, "1 GWh"}, {Input::grid, "KEN"}});
  CHECK(lacks(nowhere, "water_on_site"));
  CHECK(lacks(nowhere, "water_off_site"));  // not the world's
}
