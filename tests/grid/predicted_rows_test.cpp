// Sweeps over axes that need a forecast: every row has the bits of estimate() on its run, whether the
// predicted numbers stand in tables or are computed at each point.
#include "grid/grids.hpp"
#include "support/catch.hpp"
#include <kwhatif/grid/sink.hpp>

#include <algorithm>
#include <array>
#include <cmath>

using namespace kwhatif;
using grid::Kernel;
using grid::Route;
using grid::Space;
using grid::SpaceOptions;
using test::given;
using test::tables;

namespace {

const std::vector<std::string> predicting_axes{
    "hardware=v100-sxm2-16gb,a100-sxm4-80gb,h100-sxm5,tpu-v3,b100,apple-m4-max",
    "chips=8:4096:log7",
    "params=0.3B,1B,13B,70B,400B",
    "precision=bf16,fp16,fp8",
    "global-batch=0.5M,4M",
    "micro-batch=1,2,8",
    "tensor-parallel=1,2,8",
    "framework=tuned,legacy,deepspeed",
    "recompute=none,full",
    "seq-len=2048,8192",
    "cooling=air,liquid",
    "tokens=1e10:1e13:log4",
    "mfu=0.2,0.45",
    "pue=1.1,1.5",
    "region=gcp:europe-*",
    "year=2019,2023"};

run::Scenario predicted_run(test::Random& random) {
  run::Scenario run;
  for (const auto& [input, text] : {std::pair{run::Input::tokens, "300B"},
                                    {run::Input::hardware, "a100-sxm4-80gb"},
                                    {run::Input::chips, "512"},
                                    {run::Input::region, "gcp:us-central1"}})
    run.set(input, {text, {}, "--flag"});
  const std::array<std::pair<run::Input, const char*>, 3> sizes{
      {{run::Input::params, "7B"}, {run::Input::model, "llama-2-7b"}, {run::Input::model, "mixtral-8x7b"}}};
  const auto& [input, text] = sizes[random.below(sizes.size())];
  run.set(input, {text, {}, "--flag"});
  return run;
}

std::vector<grid::Axis> axes_that_predict(test::Random& random, std::size_t most) {
  std::vector<std::string> names;
  std::vector<run::Given> chosen;
  while (chosen.size() < 2 + random.below(most - 1)) {
    const std::string& text = predicting_axes[random.below(predicting_axes.size())];
    if (std::ranges::find(names, text) != names.end()) continue;
    names.push_back(text);
    chosen.push_back(given(text));
  }
  return grid::read_axes(chosen, tables());
}

// Every result of a row as its run has it alone; all absent where it does not resolve or has no place.
std::vector<double> alone(const Space& space, std::uint64_t row, bool must_fit) {
  std::vector<double> out(grid::result_count(), grid::absent);
  try {
    const auto run = run::resolve(space.scenario(space.indices(row)), tables());
    for (const auto& warning : run.warnings) {
      if (must_fit && (warning.code == "does-not-fit" || warning.code == "beyond-scale")) return out;
    }
    std::size_t i = 0;
    const auto found = run::estimate(run.inputs);
    run::for_each_result(found, [&](const run::ResultInfo&, const auto& field) {
      if (field) out[i] = field->coherent();
      ++i;
    });
  } catch (const diag::ScenarioError&) {
    return out;
  }
  return out;
}

// Rows of blocks in both orders that are not those of the run alone.
std::size_t wrong_rows(const Space& space, test::Random& random, std::size_t rows, bool must_fit = false) {
  std::size_t wrong = 0;
  for (const bool any_order : {false, true}) {
    const Kernel kernel(space, test::every_result(), any_order);
    const auto work = kernel.work();
    for (std::size_t k = 0; k < rows; ++k) {
      const grid::StepNumber step{random.below(kernel.outer_steps())};
      kernel.each_block(
          *work, step,
          [&](const grid::Block& block) {
            const std::size_t lane = random.below(block.lanes);
            const auto expected = alone(space, block.row(lane), must_fit);
            for (std::size_t r = 0; r < expected.size(); ++r) {
              if (test::same(block.columns[r][lane], expected[r])) continue;
              INFO("row " << block.row(lane) << ", " << grid::result_info(r).key);
              ++wrong;
            }
            return false;
          },
          [](std::size_t) -> double* const* { return nullptr; });
    }
  }
  return wrong;
}

}  // namespace

TEST_CASE("property: predicted rows have the bits of single estimates, tabled or computed") {
  test::Random random(20261129);
  std::size_t computed = 0;
  for (int i = 0; i < 14; ++i) {
    const auto run = predicted_run(random);
    const auto axes = axes_that_predict(random, 4);
    for (const std::uint64_t tabled : {std::uint64_t{1'000'000}, std::uint64_t{0}}) {
      try {
        const Space space(run, axes, tables(), {.tabled = tabled});
        computed += space.computes_predictions() ? 1 : 0;
        std::string names;
        for (const auto& axis : space.axes()) names += axis.name + ' ';
        INFO(i << ": " << names << (space.computes() ? "computed" : "tabled"));
        CHECK(wrong_rows(space, random, 12) == 0);
      } catch (const diag::ScenarioError&) {  // no row of it resolves
      }
    }
  }
  CHECK(computed > 6);
}

TEST_CASE("a forecast is looked up in parts: the sum of its axes, not their product") {
  run::Scenario run;
  run.set(run::Input::tokens, {"1T", {}, "--tokens"});
  const auto axes = grid::read_axes({given("hardware=v100-sxm2-16gb,a100-sxm4-80gb,h100-sxm5"),
                                     given("chips=8:8192:log400"), given("params=1B:1T:log100")},
                                    tables());
  const Space space(run, axes, tables());
  CHECK(space.size() > 50'000);
  CHECK(space.lookups() < 1'500);
  CHECK_FALSE(space.computes());
  test::Random random(5);
  CHECK(wrong_rows(space, random, 40) == 0);

  SECTION("each network is counted once") {
    const auto models = grid::read_axes({given("model=llama*"), given("chips=64:1024:log200")}, tables());
    const Space of_models(run, models, tables());
    CHECK(of_models.lookups() < 30 * of_models.axes()[0].size());
    CHECK(wrong_rows(of_models, random, 20) == 0);
  }
}

TEST_CASE(
    "property: what fits and is offered is the same, tabled or computed, and searched or gone through") {
  run::Scenario run;
  run.set(run::Input::tokens, {"1T", {}, "--tokens"});
  const auto axes = grid::read_axes({given("hardware=kind:gpu"), given("chips=8:8192:log9"),
                                     given("params=1B:700B:log5"), given("region=gcp:europe-*")},
                                    tables());
  SpaceOptions options{.must_fit = true, .within_scale = true, .offered = true};
  const Space tabled(run, axes, tables(), options);
  options.tabled = tabled.axes()[0].size() * tabled.axes()[1].size() * tabled.axes()[2].size();
  const Space without_places(run, axes, tables(), options);
  options.tabled = 0;
  const Space computed(run, axes, tables(), options);
  CHECK_FALSE(tabled.computes());
  CHECK(without_places.computes());
  CHECK_FALSE(without_places.computes_predictions());
  CHECK(computed.computes_predictions());
  REQUIRE(tabled.size() == computed.size());
  CHECK(tabled.unresolved().count > 0);
  for (const Space* space : {&without_places, &computed}) {
    CHECK(space->unresolved().count == tabled.unresolved().count);
    CHECK(space->unresolved().of == tabled.unresolved().of);
    CHECK(space->unresolved().example == tabled.unresolved().example);
  }
  std::size_t differ = 0;
  test::Random random(11);
  for (int i = 0; i < 2000; ++i) {
    const std::uint64_t row = random.below(tabled.size());
    const auto expected = test::estimated(tabled, row);
    for (const Space* space : {&without_places, &computed}) {
      const auto found = test::estimated(*space, row);
      for (std::size_t r = 0; r < found.size(); ++r) differ += test::same(found[r], expected[r]) ? 0 : 1;
    }
  }
  CHECK(differ == 0);

  const std::size_t cost = *grid::result_named("cost");
  const std::size_t time = *grid::result_named("time");
  const std::vector<grid::Limit> limits = grid::read_limits(given("time<=90d"));
  std::vector<grid::Ranked> best;
  for (const Space* space : {&tabled, &without_places, &computed}) {
    for (const Route route : {Route::stream, Route::search}) {
      const Kernel kernel(*space, {cost, time}, true);
      grid::TopSink sink(kernel, 0, 7, false);
      grid::walk(kernel, sink, {.threads = 2, .route = route, .limits = limits});
      if (best.empty()) best = sink.best();
      REQUIRE(sink.best().size() == best.size());
      for (std::size_t k = 0; k < best.size(); ++k) {
        CHECK(sink.best()[k].row == best[k].row);
        CHECK(test::same(sink.best()[k].value, best[k].value));
      }
    }
  }
}
