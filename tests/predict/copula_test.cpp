// Predictions drawn together: each keeps its own distribution, and what two what-ifs of one user share
// cancels in their ratio.
#include "support/catch.hpp"
#include "uncertain/given_inputs.hpp"
#include <kwhatif/predict/predictor.hpp>
#include <kwhatif/run/estimator.hpp>
#include <kwhatif/uncertain/uncertainty.hpp>

#include <algorithm>
#include <array>
#include <cmath>
#include <string>
#include <vector>

namespace kwhatif::uncertain {
namespace {

using run::Input;
using run::Slot;
using test::Inputs;
using test::tables;

run::ResolvedRun resolved(const Inputs& inputs) { return run::resolve(test::run_of(inputs), tables()); }

Inputs with(Inputs base, const Inputs& more) {
  for (const auto& [input, text] : more) {
    std::erase_if(base, [&, i = input](const auto& given) { return given.first == i; });
    base.emplace_back(input, text);
  }
  return base;
}

/// All that a planner can say.
const Inputs known{{Input::params, "7B"},          {Input::tokens, "1T"},
                   {Input::hardware, "h100-sxm5"}, {Input::precision, "bf16"},
                   {Input::chips, "512"},          {Input::seq_len, "4096"},
                   {Input::framework, "megatron"}, {Input::global_batch, "4M"},
                   {Input::recompute, "none"},     {Input::cooling, "air"}};

std::size_t position_of(std::string_view key) {
  std::size_t k = 0;
  std::size_t found = 0;
  const run::RunEstimate<double> any;
  run::for_each_result(any, [&](const run::ResultInfo& info, const auto&) {
    if (info.key == key) found = k;
    ++k;
  });
  return found;
}

/// How far nine of ten ratios of device-times lie from the middle, in ln.
double reach_of_ratio(const Inputs& a, const Inputs& b) {
  const auto one = resolved(a);
  const auto other = resolved(b);
  const Spread first = spread_of(one);
  const Spread second = spread_of(other);
  const std::array<Uncertain, 2> runs{Uncertain{one.inputs, first}, Uncertain{other.inputs, second}};
  const Draws draws(runs);
  const auto& x = *draws.results(0)[position_of("device_time")];
  const auto& y = *draws.results(1)[position_of("device_time")];
  REQUIRE(x.values.size() == y.values.size());
  REQUIRE_FALSE(x.values.empty());
  std::vector<double> ln;
  for (std::size_t i = 0; i < x.values.size(); ++i) ln.push_back(std::log(x.values[i] / y.values[i]));
  std::sort(ln.begin(), ln.end());
  const auto at = [&](double p) {
    return ln[static_cast<std::size_t>(p * static_cast<double>(ln.size() - 1))];
  };
  return (at(0.95) - at(0.05)) / 2;
}

TEST_CASE("the band of one run is the closed form of its distribution") {
  const std::vector<Inputs> runs{
      known,
      with(known, {{Input::hardware, "a100-sxm4-80gb"}, {Input::params, "70B"}}),
      {{Input::params, "7B"}, {Input::tokens, "1T"}, {Input::hardware, "h100-sxm5"}},
      {{Input::model, "mixtral-8x7b"},
       {Input::tokens, "1T"},
       {Input::hardware, "h200-sxm"},
       {Input::chips, "256"}},
      {{Input::model, "resnet-50"},
       {Input::tokens, "1B"},
       {Input::hardware, "a100-sxm4-80gb"},
       {Input::chips, "8"}}};
  for (const Inputs& inputs : runs) {
    const auto run = resolved(inputs);
    const auto& distribution = *run.record(Slot::mfu).distribution;
    const auto out = run::estimate(run.inputs);
    const auto bands = intervals(run.inputs, spread_of(run));
    const auto* band = bands.find("device_time");
    REQUIRE(band != nullptr);
    const double work = out.device_time->coherent() * out.mfu->coherent();
    INFO(inputs.front().second);
    CHECK(band->p05 == Approx(work / distribution.quantile(0.95)).epsilon(5e-3));
    CHECK(band->p25 == Approx(work / distribution.quantile(0.75)).epsilon(5e-3));
    CHECK(band->p50 == Approx(work / distribution.quantile(0.50)).epsilon(5e-3));
    CHECK(band->p75 == Approx(work / distribution.quantile(0.25)).epsilon(5e-3));
    CHECK(band->p95 == Approx(work / distribution.quantile(0.05)).epsilon(5e-3));
  }
}

TEST_CASE("a forecast's utilisation is its time's counterpart, and cut at the roofline") {
  const auto run = resolved(known);
  const auto& forecast = run.forecast->forecast;
  const auto& distribution = *run.record(Slot::mfu).distribution;
  const double peak = *run::slot_value(run.inputs, Slot::peak);
  for (const double u : {0.02, 0.05, 0.25, 0.5, 0.75, 0.95, 0.98})
    CHECK(distribution.quantile(1 - u) ==
          Approx(run.forecast->flop_per_unit / (forecast.quantile(u) * peak)).epsilon(1e-9));
  CHECK(distribution.quantile(1 - 1e-9) <= 1);
  CHECK(forecast.quantile(1e-9) >= forecast.floor);
}

TEST_CASE("two runs that are the same have a ratio of exactly one") {
  for (const Inputs& inputs : {known, Inputs{{Input::params, "7B"},
                                             {Input::tokens, "1T"},
                                             {Input::hardware, "rtx-4090"},
                                             {Input::chips, "8"}}}) {
    const auto one = resolved(inputs);
    const auto other = resolved(inputs);
    const Spread first = spread_of(one);
    const Spread second = spread_of(other);
    const auto bands = ratios({one.inputs, first}, {other.inputs, second});
    REQUIRE(bands.find("device_time") != nullptr);
    for (const Band& band : bands.bands) {
      CHECK(band.p05 == 1);
      CHECK(band.p50 == 1);
      CHECK(band.p95 == 1);
    }
  }
}

TEST_CASE("one device more changes next to nothing, and is known to") {
  const auto one = resolved(with(known, {{Input::chips, "1024"}}));
  const auto other = resolved(with(known, {{Input::chips, "1025"}}));
  const Spread first = spread_of(one);
  const Spread second = spread_of(other);
  const auto bands = ratios({one.inputs, first}, {other.inputs, second});
  for (const char* key : {"device_time", "it_energy"}) {
    const auto* band = bands.find(key);
    REQUIRE(band != nullptr);
    INFO(key);
    CHECK(band->p05 == Approx(1).margin(0.02));
    CHECK(band->p50 == Approx(1).margin(0.02));
    CHECK(band->p95 == Approx(1).margin(0.02));
  }
}

TEST_CASE("what-ifs of one user differ as pairs of measured runs do") {
  // pairs of rows of one publisher: nine of ten within 0.38 on one family of devices, 0.64 on two
  const Inputs large = with(known, {{Input::params, "70B"}});
  const Inputs far = with(known, {{Input::params, "300M"},
                                  {Input::chips, "8"},
                                  {Input::seq_len, "512"},
                                  {Input::global_batch, "262144"},
                                  {Input::recompute, "full"}});
  CHECK(reach_of_ratio(large, far) == Approx(0.38).epsilon(0.06));
  CHECK(reach_of_ratio(large, with(far, {{Input::hardware, "a100-sxm4-80gb"}})) ==
        Approx(0.64).epsilon(0.06));
  // neighbours are far better known than strangers
  const double near = reach_of_ratio(known, with(known, {{Input::chips, "1024"}}));
  CHECK(near < 0.6 * reach_of_ratio(large, far));
  CHECK(near > 0.02);
  const auto run = resolved(known);
  CHECK(run.forecast->forecast.deviation ==
        Approx(std::sqrt(0.21 * 0.21 + 0.118 * 0.118 + 0.05 * 0.05)).epsilon(1e-3));
}

}  // namespace
}  // namespace kwhatif::uncertain
