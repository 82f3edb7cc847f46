// What is refused or warned of, and what is assumed: ranges, power, idle, precision, price.
#include "support/catch.hpp"
#include "support/runs.hpp"
#include <kwhatif/quantity/parse.hpp>
#include <kwhatif/run/estimator.hpp>
#include <kwhatif/run/market.hpp>
#include <kwhatif/run/resolve.hpp>

#include <algorithm>
#include <cmath>

namespace kwhatif {
namespace {

using run::Input;
using test::Flags;

const catalog::Catalog& tables() { return catalog::Catalog::builtin(); }

run::ResolvedRun resolved(const Flags& flags) { return run::resolve(test::scenario_of(flags), tables()); }

std::vector<diag::Diagnostic> faults(const Flags& flags) {
  try {
    resolved(flags);
  } catch (const diag::Error& error) {
    return error.diagnostics();
  }
  return {};
}

bool warns(const Flags& flags, std::string_view code) {
  const auto all = resolved(flags).warnings;
  return std::any_of(all.begin(), all.end(), [&](const auto& w) { return w.code == code; });
}

Flags with(Flags flags, Input input, const std::string& text) {
  std::erase_if(flags, [&](const auto& f) { return f.first == input; });
  flags.emplace_back(input, text);
  return flags;
}

const Flags plain{{Input::params, "7B"},   {Input::tokens, "1T"}, {Input::tflops, "100 TFLOP/s"},
                  {Input::power, "400 W"}, {Input::chips, "64"},  {Input::pue, "1.1"},
                  {Input::ci, "400 g/kWh"}};

TEST_CASE("values too small or too large to mean anything are refused with the range") {
  const std::vector<std::pair<Input, std::string>> senseless{
      {Input::tflops, "4.9e-324 TFLOP/s"},
      {Input::tflops, "1e-300 TFLOP/s"},
      {Input::tflops, "1e30 TFLOP/s"},
      {Input::power, "0 W"},
      {Input::power, "1e-300 W"},
      {Input::power, "1e300 W"},
      {Input::ci, "1e-300 g/kWh"},
      {Input::ci, "1e300 g/kWh"},
      {Input::ci_market, "1e-300 g/kWh"},
      {Input::price, "1e308 USD/h"},
      {Input::price, "1e-308 USD/h"},
      {Input::price_low, "1e-308 USD/h"},
      {Input::tokens, "1e308"},
      {Input::params, "1e300"},
      {Input::epochs, "1e-300"},
      {Input::epochs, "1e300"},
      {Input::runs, "1e300"},
      {Input::overhead, "1e300"},
      {Input::chips, "1e300"},
      {Input::electricity_price, "1e-300 USD/kWh"},
      {Input::electricity_price, "1e300 USD/kWh"},
  };
  for (const auto& [input, text] : senseless) {
    INFO(run::info(input).flag << ' ' << text);
    const auto found = faults(with(plain, input, text));
    REQUIRE(found.size() == 1);
    CHECK(found.front().code == "out-of-range");
    CHECK(found.front().help.find("allowed: ") != std::string::npos);
  }
  const Flags on_device{{Input::params, "7B"}, {Input::tokens, "1T"}, {Input::hardware, "h100-sxm5"}};
  CHECK(faults(with(on_device, Input::mfu, "1e-300")).size() == 1);
  CHECK(faults({{Input::hours, "1e-300 h"}, {Input::chips, "8"}, {Input::power, "400 W"}}).size() == 1);
  CHECK(faults({{Input::device_hours, "1e-300 device-h"}, {Input::power, "400 W"}}).size() == 1);
  CHECK(faults({{Input::hours, "1 h"}, {Input::chips, "8"}, {Input::total_power, "0 W"}}).size() == 1);
  // zero has a meaning where nothing is divided by it
  for (const auto& [input, text] : {std::pair{Input::ci, "0 g/kWh"},
                                    {Input::ci_market, "0 g/kWh"},
                                    {Input::price, "0 USD/h"},
                                    {Input::electricity_price, "0 USD/kWh"},
                                    {Input::overhead, "0"}})
    CHECK(faults(with(plain, input, text)).empty());
}

TEST_CASE("what follows from the inputs is held to the same ranges") {
  // a tenth of a device-hour in a thousand hours is no whole device
  CHECK(faults({{Input::device_hours, "0.1 device-h"}, {Input::hours, "1000 h"}}).size() == 1);
  // one device cannot draw a gigawatt, nor do the work of a country
  CHECK(faults({{Input::hours, "1 h"}, {Input::chips, "1"}, {Input::total_power, "1 GW"}}).size() == 1);
  CHECK(faults({{Input::hours, "1 h"}, {Input::chips, "1"}, {Input::flops, "1e30"}}).size() == 1);
}

TEST_CASE("a utilisation below one per cent is warned of") {
  const Flags on_device{{Input::params, "7B"}, {Input::tokens, "1T"}, {Input::hardware, "h100-sxm5"}};
  CHECK(warns(with(on_device, Input::mfu, "0.5 %"), "odd-mfu"));
  CHECK(warns(with(on_device, Input::tflops, "1 TFLOP/s"), "odd-mfu"));
  CHECK_FALSE(warns(with(on_device, Input::mfu, "2 %"), "odd-mfu"));
  CHECK_FALSE(warns(on_device, "odd-mfu"));
}

TEST_CASE("the power of a whole cluster given for one device is warned of, with and without a device") {
  const Flags timed{{Input::hours, "10 h"}, {Input::chips, "1"}};
  CHECK(warns(with(timed, Input::power, "330 kW"), "odd-power"));
  CHECK(warns(with(timed, Input::total_power, "330 kW"), "odd-power"));
  CHECK(warns(with(timed, Input::power, "0.1 W"), "odd-power"));
  CHECK_FALSE(warns(with(timed, Input::power, "330 W"), "odd-power"));
  CHECK_FALSE(warns(with(timed, Input::total_power, "1415.78 W"), "odd-power"));
  CHECK(warns(with(with(timed, Input::hardware, "h100-sxm5"), Input::power, "330 kW"), "odd-power"));
}

TEST_CASE("a predicted power, and its band, never falls below idle") {
  test::Random random(5);
  for (const catalog::Row& row : tables().rows(catalog::Kind::hardware)) {
    const auto tdp = row.number("tdp");
    const bool has_peak = row.cell("peak_bf16") || row.cell("peak_fp16") || row.cell("peak_fp32");
    if (!tdp || !has_peak) continue;
    const double least = row.number("idle_power").value_or(0.12 * *tdp);
    for (int i = 0; i < 4; ++i) {
      const std::string mfu = quantity::shortest(random.magnitude(-5.5, -0.5));
      INFO(row.id() << " at an MFU of " << mfu);
      const auto run = resolved({{Input::flops, "1e22"},
                                 {Input::hardware, std::string{row.id()}},
                                 {Input::mfu, mfu},
                                 {Input::chips, "8"}});
      const auto result = run::estimate(run.inputs);
      REQUIRE(result.power);
      CHECK(result.power->coherent() >= least * (1 - 1e-12));
      const auto& record = run.record(run::Slot::power_ratio);
      if (record.low) CHECK(*record.low * *tdp >= least * (1 - 1e-12));
    }
  }
}

TEST_CASE("the default precision is the fastest 16- or 32-bit format of every device") {
  for (const catalog::Row& row : tables().rows(catalog::Kind::hardware)) {
    double fastest = 0;
    for (const char* key : {"peak_bf16", "peak_fp16", "peak_tf32", "peak_fp32"})
      fastest = std::max(fastest, row.number(key).value_or(0));
    if (fastest == 0) continue;
    INFO(row.id());
    const auto run = resolved({{Input::flops, "1e18"}, {Input::hardware, std::string{row.id()}}});
    REQUIRE(run.inputs.peak());
    CHECK(run.inputs.peak()->coherent() == fastest);
    // said, and with the name of the format whose peak was taken
    const auto choice = std::find_if(run.choices.begin(), run.choices.end(),
                                     [](const auto& c) { return c.input == "precision"; });
    REQUIRE(choice != run.choices.end());
    CHECK(row.number("peak_" + choice->value) == fastest);
    // the prediction stands on the same peak
    const auto named = resolved({{Input::flops, "1e18"},
                                 {Input::hardware, std::string{row.id()}},
                                 {Input::precision, choice->value}});
    CHECK(named.inputs.mfu()->coherent() == run.inputs.mfu()->coherent());
  }
}

TEST_CASE("a GTX 1080 trains GPT-2 in 32 bits") {
  const auto run = resolved({{Input::model, "gpt2"},
                             {Input::tokens, "1B"},
                             {Input::hardware, "gtx-1080"},
                             {Input::chips, "1"},
                             {Input::seq_len, "1024"},
                             {Input::grid, "DEU"}});
  CHECK(run.inputs.peak()->coherent() == Approx(8.9e12).epsilon(0.01));
  const auto result = run::estimate(run.inputs);
  constexpr double about = 22 * 3.6e6;  // J
  CHECK(result.facility_energy->coherent() > about / 1.6);
  CHECK(result.facility_energy->coherent() < about * 1.6);
}

TEST_CASE("money for whole hosts is the price of the host, in list and spot price") {
  const auto newest = [](const catalog::Row& host, run::Billing billing) {
    return run::price_of(tables(), {.device = host.text("hardware"),
                                    .provider = run::provider_of_host(tables(), host),
                                    .billing = billing,
                                    .host = host.id()});
  };
  int priced = 0;
  for (const catalog::Row& host : tables().rows(catalog::Kind::host)) {
    const auto list = newest(host, run::Billing::on_demand);
    const auto devices = host.number("devices");
    if (!list || !devices || list->row.text("host") != host.id()) continue;
    INFO(host.id());
    const auto run = resolved({{Input::hours, "2 h"},
                               {Input::hardware, std::string{host.id()}},
                               {Input::nodes, "3"},
                               {Input::power, "400 W"}});
    const auto result = run::estimate(run.inputs);
    constexpr double seconds = 2 * 3600;
    const double whole = *list->row.number("instance_price");
    REQUIRE(result.cost);
    CHECK(result.cost->coherent() == Approx(3 * seconds * whole).epsilon(1e-12));
    const auto spot = newest(host, run::Billing::spot);
    if (spot && spot->each < list->each) {
      REQUIRE(result.cost_low);
      CHECK(result.cost_low->coherent() == Approx(3 * *devices * seconds * spot->each).epsilon(1e-12));
    } else {
      CHECK_FALSE(result.cost_low);  // the spot price of another offer says nothing of this one
    }
    ++priced;
  }
  CHECK(priced > 10);
}

TEST_CASE("every number given is read and held to its range, whether the run uses it or not") {
  const Flags timed{{Input::power, "1kW"}, {Input::hours, "1h"}, {Input::chips, "1"}, {Input::pue, "1.1"}};
  for (const auto& row : run::input_table()) {
    if (row.type != run::InputType::whole && row.type != run::InputType::quantity) continue;
    for (const char* text : {"nan", "abc", "-5", "1e400", ""}) {
      CAPTURE(std::string{row.flag}, text);
      CHECK(!faults(with(timed, row.input, text)).empty());
    }
    if (row.input == Input::rank) continue;  // refused by itself without adapters
    auto gave_way = test::scenario_of(timed);
    gave_way.displaced.push_back({row.input, {"nan", {}, "--x"}, "--y", {}});
    CHECK_THROWS_AS(run::resolve(gave_way, tables()), diag::ScenarioError);
  }
}

}  // namespace
}  // namespace kwhatif
