// Elasticities against differences of two runs whose inputs were given as text.
#include "support/catch.hpp"
#include "uncertain/given_inputs.hpp"
#include <kwhatif/ask/solve.hpp>
#include <kwhatif/quantity/format.hpp>
#include <kwhatif/run/estimator.hpp>
#include <kwhatif/run/stage.hpp>
#include <kwhatif/uncertain/sensitivity.hpp>

#include <algorithm>
#include <cmath>

using namespace kwhatif;
using run::Input;
using run::Slot;
using test::Inputs;
using test::run_of;
using test::tables;

namespace {

double of(const std::vector<uncertain::Elasticity>& all, Slot slot) {
  for (const auto& e : all) {
    if (e.slot == slot) return e.elasticity;
  }
  return 0;
}

}  // namespace

TEST_CASE("elasticities are those of two runs with one input given a little more and a little less") {
  const std::vector<Inputs> runs{
      {{Input::params, "7B"},
       {Input::tokens, "1T"},
       {Input::hardware, "h100-sxm5"},
       {Input::chips, "512"},
       {Input::mfu, "0.4"},
       {Input::grid, "FRA"}},
      {{Input::params, "7B"},
       {Input::tokens, "1T"},
       {Input::epochs, "2"},
       {Input::runs, "2"},
       {Input::overhead, "10 %"},
       {Input::hardware, "tpu-v4"},
       {Input::chips, "512"},
       {Input::ci, "20 g/kWh"},
       {Input::pue, "1.2"},
       {Input::price, "2 USD/h"}},
      {{Input::flops, "1e22"},
       {Input::hardware, "a100-sxm4-80gb"},
       {Input::tflops, "140 TFLOP/s"},
       {Input::chips, "64"},
       {Input::region, "gcp:us-central1"}},
      {{Input::params, "1B"},
       {Input::tokens, "20B"},
       {Input::hardware, "a100-sxm4-80gb"},
       {Input::device_hours, "5000 device-h"},
       {Input::chips, "8"},
       {Input::grid, "SWE"}},
      {{Input::hours, "300 h"},
       {Input::chips, "8"},
       {Input::power, "700 W"},
       {Input::pue, "1.1"},
       {Input::ci, "20 g/kWh"}},
  };
  int compared = 0;
  for (const Inputs& inputs : runs) {
    for (const std::string_view result : {"facility_energy", "operational_location", "wall_time", "cost"}) {
      const auto run = run_of(inputs);
      const auto elasticities = uncertain::elasticities(run, tables(), result);
      for (const auto& [input, text] : inputs) {
        if (!ask::solvable(input) || input == Input::chips) continue;
        std::vector<diag::Diagnostic> none;
        const double x = run::read_quantity(input, {text, {}, ""}, none)->coherent;
        constexpr double step = 1e-4;
        const auto at = [&](double value) {
          auto moved = run;
          const auto& info = run::info(input);
          moved.set(input, {quantity::exact(value, info.dimension), {}, "--" + std::string{info.flag}});
          std::optional<double> out;
          const auto estimated = run::estimate(run::resolve(moved, tables()).inputs);
          run::for_each_result(estimated, [&](const run::ResultInfo& info_of, const auto& field) {
            if (info_of.key == result && field) out = field->coherent();
          });
          return out;
        };
        const auto up = at(x * (1 + step));
        const auto down = at(x * (1 - step));
        if (!up || !down) continue;
        const double expected = std::log(*up / *down) / (std::log1p(step) - std::log1p(-step));
        const Slot slot = [&] {
          if (input == Input::params) return Slot::active_parameters;
          std::string key{run::info(input).flag};
          std::replace(key.begin(), key.end(), '-', '_');
          for (std::size_t s = 0; s < run::slot_count; ++s) {
            if (run::slot_table[s].key == key) return static_cast<Slot>(s);
          }
          return Slot::count;
        }();
        INFO(result << " by " << run::info(input).flag << " = " << text << " beside "
                    << inputs.front().second);
        CHECK(of(elasticities, slot) == Approx(expected).margin(1e-6));
        ++compared;
      }
    }
  }
  CHECK(compared > 60);
}

TEST_CASE("a per cent of MFU moves energy by less than a per cent, for the predicted power moves with it") {
  const auto run = run_of({{Input::params, "7B"},
                           {Input::tokens, "1T"},
                           {Input::hardware, "a100-sxm4-80gb"},
                           {Input::chips, "512"},
                           {Input::grid, "FRA"}});
  const auto all = uncertain::elasticities(run, tables(), "facility_energy");
  CHECK(of(all, Slot::mfu) > -0.95);
  CHECK(of(all, Slot::mfu) < -0.35);
  const auto mfu = std::find_if(all.begin(), all.end(), [](const auto& e) { return e.slot == Slot::mfu; });
  CHECK(mfu->with == std::vector<Slot>{Slot::power_ratio});
  // device-time alone is inverse to it
  CHECK(of(uncertain::elasticities(run, tables(), "device_time"), Slot::mfu) == Approx(-1));
  // more devices lower the predicted utilisation: energy depends on their number
  auto tuned = run;
  tuned.set(Input::framework, {"tuned", {}, "--framework"});
  CHECK(of(uncertain::elasticities(tuned, tables(), "device_time"), Slot::devices) > 0);
  CHECK(of(all, Slot::devices) != 0);  // but then they draw less
  auto fixed = run;
  fixed.set(Input::power, {"1000 W", {}, "--power"});
  CHECK(of(uncertain::elasticities(fixed, tables(), "facility_energy"), Slot::mfu) == Approx(-1));
}

TEST_CASE("the tornado takes along what depends on the input") {
  const auto run = run_of({{Input::params, "7B"},
                           {Input::tokens, "1T"},
                           {Input::hardware, "h100-sxm5"},
                           {Input::chips, "512"},
                           {Input::grid, "FRA"}});
  const auto rows = uncertain::tornado(run, tables(), "facility_energy");
  const auto mfu = std::find_if(rows.begin(), rows.end(), [](const auto& r) { return r.slot == Slot::mfu; });
  REQUIRE(mfu != rows.end());
  CHECK(mfu->result_low > mfu->result_high);
  const double ratio = mfu->result_low / mfu->result_high;
  CHECK(ratio < mfu->input_high / mfu->input_low * 0.98);
  for (std::size_t i = 1; i < rows.size(); ++i) CHECK(rows[i - 1].swing >= rows[i].swing);
}

TEST_CASE("inputs at the ends of their range have finite elasticities") {
  for (const Inputs& inputs : std::vector<Inputs>{{{Input::flops, "1e22"},
                                                   {Input::hardware, "h100-sxm5"},
                                                   {Input::chips, "64"},
                                                   {Input::mfu, "1"},
                                                   {Input::pue, "1"},
                                                   {Input::grid, "FRA"}},
                                                  {{Input::flops, "1e22"},
                                                   {Input::hardware, "h100-sxm5"},
                                                   {Input::chips, "64"},
                                                   {Input::tflops, "989.4 TFLOP/s"},
                                                   {Input::ci, "0 g/kWh"},
                                                   {Input::pue, "5"}},
                                                  {{Input::flops, "1e22"},
                                                   {Input::hardware, "h100-sxm5"},
                                                   {Input::chips, "64"},
                                                   {Input::power, "1 mW"},
                                                   {Input::grid, "FRA"}}}) {
    for (const std::string_view result : {"facility_energy", "operational_location", "wall_time", "cost"}) {
      for (const auto& e : uncertain::elasticities(run_of(inputs), tables(), result)) {
        CHECK(std::isfinite(e.elasticity));
        CHECK(std::isfinite(e.value));
      }
    }
  }
}

TEST_CASE("an input of a run of stages is moved in all of them") {
  auto source = std::make_shared<diag::SourceText>();
  source->name = "run.toml";
  source->text =
      "[model]\nparameters = \"7B\"\n[hardware]\nid = \"h100-sxm5\"\ncount = 64\n[site]\ngrid = \"FRA\"\n"
      "[[stage]]\nname = \"a\"\nregime = \"pretrain\"\ntokens = \"1T\"\n"
      "[[stage]]\nname = \"b\"\nregime = \"finetune\"\ntokens = \"300B\"\n";
  const auto run = run::read_run(source);
  const auto all = uncertain::elasticities(run, tables(), "facility_energy");
  CHECK(of(all, Slot::pue) == Approx(1));
  CHECK(of(all, Slot::mfu) > -0.95);
  CHECK(of(all, Slot::mfu) < -0.35);
}
