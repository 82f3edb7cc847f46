// Grids of random axes and what estimate() says on their rows, for the tests of sweeps.
#pragma once

#include "support/random.hpp"
#include <kwhatif/grid/sink.hpp>
#include <kwhatif/run/estimator.hpp>

#include <algorithm>
#include <cmath>
#include <string>
#include <vector>

namespace kwhatif::test {

using grid::Axis;
using grid::Space;

inline run::Given given(std::string text) { return {std::move(text), {}, "--axis"}; }

inline const catalog::Catalog& tables() { return catalog::Catalog::builtin(); }

inline run::Scenario base(Random& random) {
  run::Scenario run;
  run.set(run::Input::params, {"7B", {}, "--params"});
  run.set(run::Input::tokens, {"300B", {}, "--tokens"});
  run.set(run::Input::hardware, {"a100-sxm4-80gb", {}, "--hardware"});
  run.set(run::Input::chips, {"512", {}, "--chips"});
  run.set(run::Input::region, {"gcp:us-central1", {}, "--region"});
  if (random.below(2) == 0) run.set(run::Input::overhead, {"12 %", {}, "--overhead"});
  if (random.below(2) == 0) run.set(run::Input::runs, {"3", {}, "--runs"});
  if (random.below(3) == 0) run.set(run::Input::mfu, {"0.4", {}, "--mfu"});
  return run;
}

// Some axes out of a pool, in random order.
inline std::vector<Axis> some_axes(Random& random) {
  std::vector<std::string> pool{
      "tokens=1e11:1e13:log7", "params=1B,7B,70B",
      "chips=64:1024:lin5",    "hardware=v100-sxm2-16gb,a100-sxm4-80gb,h100-sxm5,tpu-v3,b100",
      "region=gcp:europe-*",   "region=all",
      "pue=1.0:1.6:lin9",      "ci=0 g/kWh,429g/kWh,0.954 lb/kWh",
      "year=2021,2022,2023",   "precision=fp16,bf16,fp8",
      "overhead=0,0.1,0.3",    "price=1 USD/h:4 USD/h:lin4",
      "power=330W,700W",       "epochs=1,2"};
  if (random.below(2) == 0) pool[9] = "precision=fp16,bf16";
  std::vector<run::Given> chosen;
  std::vector<std::string> names;
  const std::size_t count = 1 + random.below(4);
  while (chosen.size() < count) {
    const std::string& spec = pool[random.below(pool.size())];
    const std::string name = spec.substr(0, spec.find('='));
    if (std::find(names.begin(), names.end(), name) != names.end()) continue;
    names.push_back(name);
    chosen.push_back(given(spec));
  }
  return grid::read_axes(chosen, tables());
}

// A space of random axes that has a point which resolves.
inline Space some_space(Random& random) {
  while (true) {
    try {
      const auto run = base(random);
      return Space(run, some_axes(random), tables());
    } catch (const diag::ScenarioError&) {  // fp8 on a device without it: refused, as it should be
    }
  }
}

// Every result of every row, one run at a time, by resolve() and estimate() themselves.
inline std::vector<std::vector<double>> brute(const Space& space) {
  std::vector<std::vector<double>> out;
  for (std::uint64_t row = 0; row < space.size(); ++row) {
    std::vector<double> values(grid::result_count(), grid::absent);
    try {
      const auto run = run::resolve(space.scenario(space.indices(row)), tables());
      const auto result = run::estimate(run.inputs);
      std::size_t i = 0;
      run::for_each_result(result, [&](const run::ResultInfo&, const auto& field) {
        if (field) values[i] = field->coherent();
        ++i;
      });
    } catch (const diag::ScenarioError&) {
    }
    out.push_back(std::move(values));
  }
  return out;
}

inline bool same(double a, double b) { return (std::isnan(a) && std::isnan(b)) || same_bits(a, b); }

inline std::vector<std::size_t> every_result() {
  std::vector<std::size_t> out;
  for (std::size_t r = 0; r < grid::result_count(); ++r) out.push_back(r);
  return out;
}

// Results of one row by estimate() itself, from the inputs of the space.
inline std::vector<double> estimated(const Space& space, std::uint64_t row) {
  std::vector<double> out(grid::result_count(), grid::absent);
  const auto inputs = space.inputs(space.indices(row));
  if (!inputs) return out;
  std::size_t i = 0;
  const auto result = run::estimate(*inputs);
  run::for_each_result(result, [&](const run::ResultInfo&, const auto& field) {
    if (field) out[i] = field->coherent();
    ++i;
  });
  return out;
}

}  // namespace kwhatif::test
