// The printed results of a run file against its inputs: what fits, and which input would make it fit.
#include "support/catch.hpp"
#include "uncertain/given_inputs.hpp"
#include <kwhatif/ask/claim.hpp>
#include <kwhatif/quantity/format.hpp>
#include <kwhatif/run/estimator.hpp>
#include <kwhatif/run/resolve.hpp>

#include <algorithm>
#include <array>
#include <random>

using namespace kwhatif;
using run::Input;
using test::Inputs;
using test::run_of;
using test::tables;

namespace {

// GPT-3 as Patterson et al. (2021), table 4, print it.
Inputs gpt3() {
  return {{Input::params, "175B"},     {Input::tokens, "300B"},
          {Input::hours, "14.8 days"}, {Input::chips, "10000"},
          {Input::power, "330 W"},     {Input::pue, "1.10"},
          {Input::ci, "429 g/kWh"},    {Input::hardware, "v100-sxm2-16gb"}};
}

run::Scenario printing(const Inputs& inputs, std::vector<std::pair<std::string, std::string>> figures) {
  run::Scenario out = run_of(inputs);
  for (auto& [key, text] : figures) out.published.push_back({key, {text, {}, "published." + key}});
  return out;
}

const ask::Repair* repair_of(const ask::Check& check, std::string_view input) {
  const auto at = std::ranges::find(check.repairs, input, &ask::Repair::input);
  return at == check.repairs.end() ? nullptr : &*at;
}

bool has_slip(const ask::Check& check, std::string_view words) {
  return std::ranges::any_of(check.slips,
                             [&](const ask::Slip& s) { return s.what.find(words) != std::string::npos; });
}

}  // namespace

TEST_CASE("the printed figures of GPT-3 fit its printed inputs") {
  const auto study = ask::check_claim(
      printing(gpt3(), {{"facility_energy", "1287 MWh"}, {"operational_location", "552 t"}}), tables(), "x");
  REQUIRE(study.checks.size() == 2);
  for (const auto& check : study.checks) CHECK(check.verdict == ask::Verdict::within);
}

TEST_CASE("an input that was changed is among the repairs, with the value that it had") {
  struct Change {
    Input input;
    std::string_view flag;
    std::string_view unit;
  };
  std::mt19937 random(20261128);
  std::uniform_real_distribution<double> factor(1.3, 2.5);
  for (const Change& change : {Change{Input::power, "power", "W"}, Change{Input::hours, "hours", "h"},
                               Change{Input::ci, "ci", "g/kWh"}}) {
    for (int i = 0; i < 4; ++i) {
      auto inputs = gpt3();
      const auto told = run::estimate(run::resolve(run_of(inputs), tables()).inputs);
      const auto slot = *run::info(change.input).settles;
      const double was = *run::slot_value(run::resolve(run_of(inputs), tables()).inputs, slot);
      const double moved = factor(random);
      const double now = i % 2 == 0 ? was * moved : was / moved;
      for (auto& [input, text] : inputs) {
        if (input == change.input) text = quantity::exact(now, run::info(change.input).dimension);
      }
      const std::string kg = quantity::exact(told.operational_location->coherent(), quantity::dim::co2e);
      const auto study = ask::check_claim(printing(inputs, {{"operational_location", kg}}), tables(), "x");
      const auto& check = study.checks.front();
      CAPTURE(change.flag, now / was);
      REQUIRE(check.verdict == ask::Verdict::mismatch);
      const ask::Repair* repair = repair_of(check, change.flag);
      REQUIRE(repair != nullptr);
      CHECK(repair->to == Approx(was).epsilon(1e-6));
      CHECK(repair->from == Approx(now).epsilon(1e-9));
      CHECK(repair->given);
    }
  }
}

TEST_CASE("known slips are recognised") {
  const auto slip = [](const std::string& key, const std::string& figure) {
    return ask::check_claim(printing(gpt3(), {{key, figure}}), tables(), "x").checks.front();
  };
  CHECK(has_slip(slip("facility_energy", "1172 MWh"), "PUE was left out"));       // 1,289 / 1.1
  CHECK(has_slip(slip("facility_energy", "1418 MWh"), "PUE was counted twice"));  // 1,289 x 1.1
  CHECK(has_slip(slip("operational_location", "150.9 t"), "carbon"));             // 553.1 x 12 / 44
  CHECK(has_slip(slip("operational_location", "553.1 kg"), "1,000"));
  CHECK(slip("facility_energy", "1700 MWh").slips.empty());
}

TEST_CASE("what the inputs alone do not give is held against the forecast") {
  const Inputs inputs{
      {Input::params, "70B"}, {Input::tokens, "2T"}, {Input::hardware, "h100-sxm5"}, {Input::chips, "2048"}};
  const auto verdict = [&](const char* days) {
    return ask::check_claim(printing(inputs, {{"wall_time", days}}), tables(), "x").checks.front();
  };
  CHECK(verdict("15 days").verdict != ask::Verdict::mismatch);
  const auto fast = verdict("2 days");
  CHECK(fast.verdict == ask::Verdict::mismatch);
  const ask::Repair* mfu = repair_of(fast, "mfu");
  CHECK(mfu == nullptr);  // no utilisation below one is as fast
  const auto quick = verdict("5 days");
  CHECK(quick.verdict == ask::Verdict::mismatch);
  mfu = repair_of(quick, "mfu");
  REQUIRE(mfu != nullptr);
  CHECK(!mfu->given);
  CHECK(mfu->plausibility != ask::Plausibility::plausible);
}

TEST_CASE("plausibility goes by the band that the input would have had") {
  auto inputs = gpt3();
  const auto check =
      ask::check_claim(printing(inputs, {{"facility_energy", "1404 MWh"}}), tables(), "x").checks.front();
  const ask::Repair* pue = repair_of(check, "pue");
  REQUIRE(pue != nullptr);
  CHECK(pue->plausibility == ask::Plausibility::plausible);
  CHECK(*pue->low < 1.2);
  CHECK(*pue->high > 1.2);
}

TEST_CASE("a printed figure that is none is told at its place, before anything is computed") {
  const auto code = [](const std::string& figure) {
    auto source = std::make_shared<diag::SourceText>();
    source->name = "run.toml";
    source->text = "[training]\ndevice_time = \"1M device-h\"\n[published]\n" + figure + "\n";
    try {
      (void)ask::check_claim(run::read_run(source), tables(), "run.toml");
    } catch (const diag::ScenarioError& error) {
      CHECK(error.diagnostics().front().where.line == 4);
      return error.diagnostics().front().code;
    }
    return std::string{};
  };
  CHECK(code("co2e = 552") == "missing-unit");
  CHECK(code("co2e = \"\"") != "");
  CHECK(code("facility_energy = \"nan kWh\"") == "not-a-number");
  CHECK(code("facility_energy = \"1287 MW\"") == "wrong-unit");
  CHECK(code("wall_time = \"-1 h\"") == "out-of-range");
  CHECK(code("footprint = \"1 t\"") == "unknown-key");
  CHECK(code("embodied = [1]") == "wrong-type");
}

TEST_CASE("a run without printed results cannot be checked") {
  try {
    (void)ask::check_claim(run_of(gpt3()), tables(), "run.toml");
    FAIL("no error");
  } catch (const diag::ScenarioError& error) {
    CHECK(error.diagnostics().front().code == "nothing-published");
  }
}
