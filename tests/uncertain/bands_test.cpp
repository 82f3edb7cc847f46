// Bands of any run: ordered, around the result, and one unknown is one unknown.
#include "support/catch.hpp"
#include "support/runs.hpp"
#include <kwhatif/ask/compare.hpp>
#include <kwhatif/report/stages.hpp>
#include <kwhatif/run/estimate.hpp>
#include <kwhatif/uncertain/uncertainty.hpp>

#include <optional>

namespace kwhatif {
namespace {

using uncertain::Band;

const catalog::Catalog& tables() { return catalog::Catalog::builtin(); }

void check_around(const Band& band, double result) {
  INFO(band.info.key << ": " << band.p05 << ' ' << band.p25 << ' ' << band.p50 << ' ' << band.p75 << ' '
                     << band.p95 << " around " << result);
  constexpr double rounding = 1e-9;
  CHECK(band.p05 <= band.p25);
  CHECK(band.p25 <= band.p50);
  CHECK(band.p50 <= band.p75);
  CHECK(band.p75 <= band.p95);
  CHECK(band.p05 <= result * (1 + rounding));
  CHECK(result <= band.p95 * (1 + rounding));
}

void check_bands(const std::vector<Band>& bands, const run::RunEstimate<double>& result) {
  for (const Band& band : bands) {
    run::for_each_result(result, [&](const run::ResultInfo& info, const auto& field) {
      if (info.key != band.info.key) return;
      REQUIRE(field);
      check_around(band, field->coherent());
    });
  }
}

std::optional<ask::Compared> answer(const test::Flags& flags) {
  try {
    ask::Compared out{"run", run::resolve(test::scenario_of(flags), tables()), {}, {}};
    out.result = run::estimate(out.run.inputs);
    return out;
  } catch (const diag::Error&) {
    return std::nullopt;
  }
}

TEST_CASE("p05 <= result <= p95 for every band of every run, and of the ratio of two") {
  test::Runs runs(11, tables());
  std::optional<ask::Compared> last;
  for (int i = 0; i < 500; ++i) {
    const auto flags = runs.ordinary();
    auto a = answer(flags);
    if (!a) continue;
    INFO(test::command_of(flags));
    const auto spread = uncertain::spread_of(a->run);
    check_bands(uncertain::intervals(a->run, spread, {.points = 1024}).bands, a->result);
    if (last) {
      for (const auto measure :
           {ask::Measure::energy, ask::Measure::location, ask::Measure::wall_time, ask::Measure::cost}) {
        const auto r = ask::ratio_of(*a, *last, measure);
        if (!r.ratio || !r.low || !r.high) continue;
        CHECK(*r.low <= *r.ratio);
        CHECK(*r.ratio <= *r.high);
      }
    }
    last = std::move(a);
  }
}

TEST_CASE("p05 <= result <= p95 for the total of stages") {
  auto source = std::make_shared<diag::SourceText>();
  source->text =
      "[hardware]\nid = \"tpu-v4\"\n[site]\ngrid = \"DEU\"\n"
      "[[stage]]\nname = \"a\"\nregime = \"pretrain\"\nparams = \"7B\"\ntokens = \"1T\"\nchips = 64\n"
      "[[stage]]\nname = \"b\"\nregime = \"finetune\"\nparams = \"7B\"\ntokens = \"1B\"\nchips = 8\n"
      "[[stage]]\nname = \"c\"\nregime = \"other\"\nhours = \"10 h\"\nchips = 8\npower = \"200 W\"\n";
  const auto run = run::resolve_stages(run::read_run(source), tables());
  const auto total = run::estimate(run.total.inputs);
  const auto bands = report::stage_bands(run, total);
  CHECK(bands.size() >= 4);
  check_bands(bands, total);
}

TEST_CASE("where market- and location-based intensity are one number, their bands are one band") {
  const auto run = answer({{run::Input::params, "7B"},
                           {run::Input::tokens, "1T"},
                           {run::Input::hardware, "h100-sxm5"},
                           {run::Input::grid, "DEU"}});
  REQUIRE(run);
  auto inputs = run->run.inputs;
  auto spread = uncertain::spread_of(run->run);
  const double g = inputs.ci->coherent();
  inputs.ci_market = quantity::CarbonIntensity<>::from_coherent(g);
  spread[run::Slot::ci] = spread[run::Slot::ci_market] =
      uncertain::InputDistribution::lognormal(0.5 * g, g, 2 * g);
  const auto out = uncertain::intervals(inputs, spread);
  const Band* location = out.find("operational_location");
  const Band* market = out.find("operational_market");
  REQUIRE(location);
  REQUIRE(market);
  CHECK(location->p05 == market->p05);
  CHECK(location->p50 == market->p50);
  CHECK(location->p95 == market->p95);
}

TEST_CASE("a table value outside its own spread still lies in its band") {
  auto run = answer({{run::Input::flops, "1e20"},
                     {run::Input::tflops, "100 TFLOP/s"},
                     {run::Input::power, "300 W"},
                     {run::Input::pue, "1.1"},
                     {run::Input::ci, "100 g/kWh"}});
  REQUIRE(run);
  auto& record = run->run.records[static_cast<std::size_t>(run::Slot::ci)];
  const double g = run->run.inputs.ci->coherent();
  for (const auto& [low, high] : {std::pair{0.0, 20 * g}, {1.5 * g, 2 * g}, {0.1 * g, 0.5 * g}}) {
    record.low = low;
    record.high = high;
    check_bands(uncertain::intervals(run->run, uncertain::spread_of(run->run)).bands, run->result);
  }
}

}  // namespace
}  // namespace kwhatif
