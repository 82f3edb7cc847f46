// Work and throughput as people know them: samples, steps, a batch and the time of a step, measured power and
// energy. Right values by hand from published figures.
#include "support/catch.hpp"
#include "uncertain/given_inputs.hpp"
#include <kwhatif/run/estimator.hpp>
#include <kwhatif/run/resolve.hpp>

#include <string>

namespace kwhatif::run {
namespace {

using test::Inputs;
using test::run_of;
using test::tables;

ResolvedRun resolved_work(const Inputs& inputs) { return resolve(run_of(inputs), tables()); }
RunEstimate<double> results_of(const Inputs& inputs) { return estimate(resolved_work(inputs).inputs); }

Inputs joined(Inputs base, const Inputs& more) {
  base.insert(base.end(), more.begin(), more.end());
  return base;
}

std::string fault_codes(const Inputs& inputs, std::string* message = nullptr) {
  std::string out;
  try {
    (void)resolved_work(inputs);
  } catch (const diag::ScenarioError& error) {
    for (const auto& d : error.diagnostics()) {
      out += (out.empty() ? "" : " ") + d.code;
      if (message != nullptr) *message += d.message + '\n';
    }
  }
  return out;
}

constexpr double hour = 3600;

TEST_CASE("a training on images is counted in images") {
  // You et al. 2018, ImageNet training in minutes: 90 epochs of ResNet-50 take 10^18 operations, counted as
  // multiply-adds of the forward pass times three; 4.09 G multiply-adds x 2 x 3 x 1.28 M x 90 = 2.83e18 FLOP
  const auto run =
      resolved_work({{Input::model, "resnet-50"}, {Input::samples, "1.28M"}, {Input::epochs, "90"}});
  const auto result = estimate(run.inputs);
  CHECK(result.training_flop->coherent() == Approx(2.83e18).epsilon(0.01));
  CHECK(run.work.one == "image");
  CHECK(run.work.human(1.28e6, quantity::dim::token) == "1.28 M images");
  CHECK(run.work.said("FLOP per token of tokens, token_rate") == "FLOP per image of images, token_rate");
}

TEST_CASE("samples of text are sequences") {
  // Devlin et al. 2018, appendix A.2: 256 sequences of 512 tokens a step, 1,000,000 steps: 1.31e11 tokens
  const Inputs bert{{Input::model, "bert-base-uncased"}, {Input::seq_len, "512"}};
  const auto by_steps = joined(bert, {{Input::steps, "1M"}, {Input::global_batch, "256 sequences"}});
  const auto by_samples = joined(bert, {{Input::samples, "256M"}});
  const auto by_tokens = joined(bert, {{Input::tokens, "131.072B"}});
  const double flop = results_of(by_tokens).training_flop->coherent();
  CHECK(results_of(by_steps).training_flop->coherent() == Approx(flop).epsilon(1e-12));
  CHECK(results_of(by_samples).training_flop->coherent() == Approx(flop).epsilon(1e-12));
  CHECK(fault_codes({{Input::params, "110M"}, {Input::samples, "1M"}}) == "missing-input");
  CHECK(fault_codes(joined(bert, {{Input::tokens, "1B"}, {Input::samples, "1M"}})) == "conflict");
  CHECK(fault_codes(joined(bert, {{Input::steps, "1M"}})) == "missing-input");
}

TEST_CASE("FLOP of a sample need no architecture") {
  const auto run =
      resolved_work({{Input::samples, "1M"}, {Input::flops_per_sample, "3 TFLOP"}, {Input::epochs, "10"}});
  CHECK(estimate(run.inputs).training_flop->coherent() == Approx(3e19));
  CHECK(run.work.one == "sample");
}

TEST_CASE("every way to say a throughput gives the same time") {
  const Inputs base{{Input::params, "7B"},
                    {Input::tokens, "1T"},
                    {Input::hardware, "h100-sxm5"},
                    {Input::chips, "64"},
                    {Input::seq_len, "4096"}};
  const double hours = 1e12 / 12'000 / hour;  // device-hours by hand
  for (const Inputs& said :
       std::vector<Inputs>{{{Input::tokens_per_second, "12000"}},
                           {{Input::tokens_per_second, "12k"}},
                           {{Input::total_tokens_per_second, "768000 tokens/s"}},
                           {{Input::samples_per_second, "2.9296875"}},
                           {{Input::total_samples_per_second, "187.5"}},
                           {{Input::step_time, "2.73066666667 s"}, {Input::global_batch, "512 sequences"}},
                           {{Input::steps_per_second, "0.3662109375"}, {Input::global_batch, "2097152"}}}) {
    const auto result = results_of(joined(base, said));
    CAPTURE(said.front().second);
    REQUIRE(result.device_time);
    CHECK(result.device_time->coherent() / hour == Approx(hours).epsilon(1e-6));
    CHECK(result.wall_time->coherent() / hour == Approx(hours / 64).epsilon(1e-6));
    // 6 x 7e9 x 12,000 / 989.4e12
    CHECK(result.mfu->coherent() == Approx(6 * 7e9 * 12'000 / 989.4e12).epsilon(1e-3));
  }
}

TEST_CASE("throughput and time give the tokens") {
  const auto result = results_of({{Input::params, "1B"},
                                  {Input::hours, "10 h"},
                                  {Input::chips, "8"},
                                  {Input::tokens_per_second, "50k"},
                                  {Input::hardware, "a100-sxm4-80gb"}});
  REQUIRE(result.training_flop);
  CHECK(result.training_flop->coherent() == Approx(6 * 1e9 * 50e3 * 8 * 10 * hour));
}

TEST_CASE("what is measured twice must agree, and both values are shown") {
  const Inputs base{
      {Input::params, "7B"}, {Input::tokens, "1T"}, {Input::chips, "64"}, {Input::hardware, "h100-sxm5"}};
  std::string message;
  CHECK(fault_codes(
            joined(base, {{Input::tokens_per_second, "12000"}, {Input::total_tokens_per_second, "12000"}}),
            &message) == "conflict");
  CHECK(message.find("12000") != std::string::npos);
  CHECK(message.find("187.5") != std::string::npos);
  CHECK(fault_codes(joined(base, {{Input::tokens_per_second, "12000"}, {Input::hours, "100 h"}})) ==
        "conflict");
  CHECK(fault_codes(joined(base, {{Input::tokens_per_second, "12000"}, {Input::mfu, "0.2"}})) == "conflict");
  CHECK(fault_codes(joined(base, {{Input::power, "500 W"}, {Input::accelerator_power, "650 W"}})) ==
        "conflict");
  CHECK(fault_codes(joined(base, {{Input::step_time, "2 s"}})) == "missing-input");
  CHECK(fault_codes({{Input::hours, "10.0 h"},
                     {Input::chips, "8"},
                     {Input::power, "1000 W"},
                     {Input::energy, "100 kWh"}}) == "conflict");
}

TEST_CASE("energy in, CO2e out") {
  // Luccioni et al. 2022: 433,196 kWh at 57 g/kWh are 24.69 t
  const auto result =
      results_of({{Input::energy, "433196 kWh"}, {Input::ci, "57 g/kWh"}, {Input::pue, "1.0"}});
  CHECK(result.operational_location->coherent() == Approx(24'692).epsilon(1e-4));
  const auto known = results_of({{Input::energy, "80 kWh"},
                                 {Input::hours, "10 h"},
                                 {Input::chips, "8"},
                                 {Input::runs, "2"},
                                 {Input::pue, "1"}});
  CHECK(known.power->coherent() == Approx(1000));
  CHECK(known.it_energy->coherent() == Approx(160 * 3.6e6));
}

TEST_CASE("board power gets its host") {
  const Inputs base{{Input::params, "7B"},
                    {Input::tokens, "1T"},
                    {Input::chips, "64"},
                    {Input::hardware, "h100-sxm5"},
                    {Input::tokens_per_second, "12000"}};
  const auto run = resolved_work(joined(base, {{Input::accelerator_power, "640 W"}}));
  const auto result = estimate(run.inputs);
  // DGX H100: 10.2 kW for eight boards of 700 W; hosts take a few hundred watts a device
  CHECK(result.power->coherent() > 640 + 150);
  CHECK(result.power->coherent() < 640 + 600);
  CHECK(result.accelerator_energy->coherent() == Approx(640.0 * result.device_time->coherent()));
  CHECK(run.record(Slot::host_power).distribution.has_value());
}

TEST_CASE("a base is told apart from what is trained on it") {
  const auto run = resolved_work({{Input::model, "llama-3-8b"},
                                  {Input::base_model, "llama-3-8b"},
                                  {Input::tokens, "1B"},
                                  {Input::finetune, "full"}});
  const auto result = estimate(run.inputs);
  REQUIRE(result.base_flop);
  // 15 T tokens of 8 B parameters: 7.2e23 by 6ND, and attention over 8,192 tokens
  CHECK(result.base_flop->coherent() > 7.2e23);
  CHECK(result.base_flop->coherent() < 9e23);
  CHECK(result.flop_with_base->coherent() ==
        Approx(result.base_flop->coherent() + result.training_flop->coherent()));
  CHECK(fault_codes({{Input::params, "1B"},
                     {Input::tokens, "1B"},
                     {Input::base_model, "llama-3-8b"},
                     {Input::base_flops, "1e24"}}) == "conflict");
}

TEST_CASE("a run under way: what was measured is that of so far") {
  const Inputs half{
      {Input::tokens, "1T"}, {Input::params, "7B"}, {Input::chips, "64"}, {Input::hardware, "h100-sxm5"}};
  const auto by_share = resolved_work(joined(half, {{Input::done, "40 %"}, {Input::hours, "100 h"}}));
  CHECK(*by_share.done == Approx(0.4));
  CHECK(estimate(by_share.inputs).wall_time->coherent() == Approx(250 * hour));
  CHECK(*resolved_work(joined(half, {{Input::done, "400B"}})).done == Approx(0.4));
  CHECK(*resolved_work(joined(half, {{Input::done, "0.4"}})).done == Approx(0.4));
  CHECK(fault_codes(joined(half, {{Input::done, "2T"}})) == "out-of-range");
  CHECK(fault_codes(joined(half, {{Input::done, "0"}})) == "out-of-range");
  CHECK(fault_codes(joined(half, {{Input::done, "soon"}})) == "not-a-number");
}

}  // namespace
}  // namespace kwhatif::run
