// Which combinations of a grid resolve, and what they resolve to, is what resolve() says of each by itself.
#include "grid/grids.hpp"
#include "support/catch.hpp"
#include <kwhatif/grid/sweep.hpp>

#include <algorithm>
#include <cmath>
#include <set>

using namespace kwhatif;
using grid::Axis;
using grid::Space;
using test::given;
using test::tables;

namespace {

run::Scenario run_of(const std::vector<std::pair<run::Input, std::string>>& inputs) {
  run::Scenario run;
  for (const auto& [input, text] : inputs) run.set(input, {text, {}, "--flag"});
  return run;
}

std::vector<Axis> axes_of(const std::vector<std::string>& texts) {
  std::vector<run::Given> all;
  for (const std::string& text : texts) all.push_back(given(text));
  return grid::read_axes(all, tables());
}

// The results of one run; empty where it does not resolve.
std::vector<double> alone(const run::Scenario& run) {
  try {
    const auto resolved = run::resolve(run, tables());
    std::vector<double> out;
    const auto result = run::estimate(resolved.inputs);
    run::for_each_result(result, [&](const run::ResultInfo&, const auto& field) {
      out.push_back(field ? field->coherent() : grid::absent);
    });
    return out;
  } catch (const diag::ScenarioError&) {
    return {};
  }
}

// A place of a pattern whose carbon intensity cannot be compared is left out.
bool not_comparable(const run::Scenario& run) {
  try {
    const auto resolved = run::resolve(run, tables());
    return resolved.intensity && resolved.intensity->status == run::IntensityStatus::refused;
  } catch (const diag::ScenarioError&) {
    return false;
  }
}

bool same_results(const std::vector<double>& a, const std::vector<double>& b) {
  return std::equal(a.begin(), a.end(), b.begin(), b.end(),
                    [](double x, double y) { return test::same(x, y); });
}

// Compares the rows of a space with single runs: all of them, or many. What was left out must resolve
// nowhere.
void check_rows(const run::Scenario& run, const std::vector<std::string>& texts,
                std::size_t most_rows = 1500) {
  const auto axes = axes_of(texts);
  const Space space(run, axes, tables());
  std::string all;
  for (const std::string& text : texts) all += text + "  ";
  INFO(all << space.size() << " rows, " << space.lookups() << " lookups");
  test::Random random(3);
  most_rows = static_cast<std::size_t>(test::repeats(static_cast<int>(most_rows)));
  const bool every = space.size() <= most_rows;
  std::size_t wrong = 0;
  std::uint64_t unresolved = 0;
  for (std::uint64_t k = 0; k < (every ? space.size() : most_rows); ++k) {
    const std::uint64_t row = every ? k : random.below(space.size());
    const auto expected = alone(space.scenario(space.indices(row)));
    const bool there = space.inputs(space.indices(row)).has_value();
    unresolved += there ? 0 : 1;
    wrong +=
        there == expected.empty() || (there && !same_results(test::estimated(space, row), expected)) ? 1 : 0;
  }
  CHECK(wrong == 0);
  if (every) CHECK((unresolved > 0) == (space.unresolved().count > 0));

  // the values that were left out, with all values of the other axes
  constexpr auto tried = static_cast<std::uint64_t>(test::repeats(60));
  std::size_t left_out = 0;
  for (const auto& record : space.left_out()) left_out += record.count;
  std::size_t missing = 0;
  for (std::size_t a = 0; a < axes.size(); ++a) {
    std::set<std::string> kept;
    for (std::size_t i = 0; i < space.axes()[a].size(); ++i) kept.insert(space.axes()[a].text(i));
    for (std::size_t i = 0; i < axes[a].size(); ++i) {
      if (kept.count(axes[a].text(i)) != 0) continue;
      ++missing;
      std::uint64_t others = 1;
      for (std::size_t b = 0; b < axes.size(); ++b) others *= b == a ? 1 : axes[b].size();
      for (std::uint64_t k = 0; k < std::min<std::uint64_t>(others, tried); ++k) {
        run::Scenario one = space.scenario(space.indices(0));
        std::uint64_t rest = others <= tried ? k : random.below(others);
        for (std::size_t b = 0; b < axes.size(); ++b) {
          const std::size_t at = b == a ? i : static_cast<std::size_t>(rest % axes[b].size());
          if (b != a) rest /= axes[b].size();
          one.set(axes[b].input, {axes[b].text(at), {}, "--axis"});
        }
        const bool resolves = !alone(one).empty() && !(axes[a].chosen(i) && not_comparable(one));
        if (resolves) INFO("left out: " << axes[a].text(i));
        REQUIRE_FALSE(resolves);
      }
    }
  }
  CHECK(missing == left_out);
}

}  // namespace

TEST_CASE("a device that resolves with one precision alone keeps its rows") {
  const auto run = run_of({{run::Input::params, "1B"}, {run::Input::tokens, "20B"}});
  for (const char* precisions : {"bf16,fp32", "fp32,bf16", "fp8,fp16,fp32", "fp16,bf16,fp8,tf32,fp32,fp64"})
    check_rows(run, {"hardware=kind:gpu", std::string{"precision="} + precisions});
  const Space space(run, axes_of({"hardware=kind:gpu", "precision=bf16,fp32"}), tables());
  const auto& texts = space.axes()[0].texts;
  CHECK(std::find(texts.begin(), texts.end(), "apple-m4-max") != texts.end());
}

TEST_CASE("what resolves only with several values together is found") {
  using run::Input;
  // the slow device wants the one precision and the last rate
  check_rows(run_of({{Input::params, "1B"}, {Input::tokens, "20B"}}),
             {"hardware=kind:gpu", "precision=bf16,fp32", "tflops=300TFLOP/s,50TFLOP/s,5TFLOP/s,1TFLOP/s"});
  // compute in a given time: only many devices and many hours together are enough
  check_rows(run_of({{Input::flops, "1e21"}}),
             {"hardware=kind:gpu", "precision=bf16,fp32", "chips=1,8,64,512", "hours=1h,10h,100h,1000h"});
  // the length of sequences moves the compute by little: it decides only next to the peak
  check_rows(run_of({{Input::tokens, "100B"}, {Input::hardware, "h100-sxm5"}}),
             {"precision=fp32,fp8,bf16", "seq-len=2048,8192", "hours=1h:10000h:log4", "model=gpt-*,llama-*",
              "chips=1,64,4096"});
  // few devices have fp8; sanitizers see a part of the models
  const std::string models = test::repeats(6) == 6 ? "model=all" : "model=llama-*";
  check_rows(run_of({{Input::tokens, "20B"}}), {"hardware=all", "precision=fp8", models});
  check_rows(run_of({{Input::tokens, "20B"}, {Input::params, "7B"}}),
             {models, "hardware=all", "precision=fp16,fp32"});
  check_rows(run_of({{Input::flops, "1e21"}, {Input::hardware, "h100-sxm5"}, {Input::chips, "8"}}),
             {"region=all", "year=2015,2017,2019,2020,2021,2022,2023,2024"});
  check_rows(run_of({{Input::flops, "1e21"}, {Input::hardware, "h100-sxm5"}, {Input::chips, "8"}}),
             {"grid=all", "year=2019,2023", "basis=life-cycle,direct"});
}

TEST_CASE("random grids of names and numbers are those of single runs") {
  test::Random random(99);
  const std::vector<std::string> pool{"hardware=all",
                                      "hardware=kind:gpu",
                                      "hardware=kind:tpu,v100-sxm2-16gb",
                                      "precision=bf16",
                                      "precision=fp32,fp8,bf16",
                                      test::repeats(6) == 6 ? "model=all" : "model=llama-*",
                                      "model=gpt-*,llama-*",
                                      "region=gcp:*,aws:*",
                                      "year=2021,2022,2023",
                                      "recompute=none,selective,full",
                                      "chips=1,64,4096",
                                      "chips=8:4096:log5",
                                      "tflops=1TFLOP/s:1000TFLOP/s:log6",
                                      "mfu=0.2,0.9",
                                      "hours=1h:10000h:log4",
                                      "seq-len=2048,8192",
                                      "power=100W:900W:lin3",
                                      "params=1e8:1e12:log4",
                                      "tokens=1e9,1e12",
                                      "epochs=1,3",
                                      "price=1 USD/h,3 USD/h"};
  int grids = 0;
  constexpr int tries = test::repeats(60);
  for (int i = 0; i < tries; ++i) {
    std::vector<std::string> chosen;
    std::set<std::string> names;
    for (std::uint64_t n = 2 + random.below(4); chosen.size() < n;) {
      const std::string& text = pool[random.below(pool.size())];
      if (names.insert(text.substr(0, text.find('='))).second) chosen.push_back(text);
    }
    run::Scenario run;
    if (names.count("model") + names.count("params") == 0)
      run.set(run::Input::params, {"7B", {}, "--params"});
    if (names.count("tokens") == 0) run.set(run::Input::tokens, {"100B", {}, "--tokens"});
    if (names.count("hardware") == 0) run.set(run::Input::hardware, {"h100-sxm5", {}, "--hardware"});
    try {
      check_rows(run, chosen, 300);
      ++grids;
    } catch (const diag::Error&) {  // a written value that resolves nowhere, too many lookups
    }
  }
  CHECK(grids > tries / 2);
}

TEST_CASE("a place and a device are looked up by themselves, not together") {
  const auto run =
      run_of({{run::Input::params, "7B"}, {run::Input::tokens, "300B"}, {run::Input::chips, "64"}});
  const Space space(run, axes_of({"hardware=all", "region=all"}), tables());
  const std::size_t devices = space.axes()[0].size();
  const std::size_t places = space.axes()[1].size();
  REQUIRE(devices * places > 20'000);
  CHECK(space.tables()[static_cast<std::size_t>(run::Slot::pue)].axes == std::vector<std::size_t>{1});
  // prices belong to device and provider together; of providers there are few
  std::set<std::string> providers;
  for (std::size_t i = 0; i < places; ++i)
    providers.insert(space.axes()[1].text(i).substr(0, space.axes()[1].text(i).find(':')));
  CHECK(space.lookups() < 8 * (devices + places) + 2 * devices * providers.size());
  check_rows(run, {"hardware=all", "region=all"}, 3000);
}
