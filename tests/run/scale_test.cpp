// Devices that a step has work for, and those of published trainings.
#include "support/catch.hpp"
#include <kwhatif/ask/compare.hpp>
#include <kwhatif/run/resolve.hpp>
#include <kwhatif/run/scale.hpp>

#include <cmath>

namespace kwhatif {
namespace {

using run::Input;

const catalog::Catalog& tables() { return catalog::Catalog::builtin(); }

const diag::Diagnostic* warned(const run::ResolvedRun& run, std::string_view code) {
  for (const auto& warning : run.warnings) {
    if (warning.code == code) return &warning;
  }
  return nullptr;
}

run::ResolvedRun resolved(const std::vector<std::pair<Input, std::string>>& inputs) {
  run::Scenario given;
  for (const auto& [input, text] : inputs)
    given.set(input, {text, {}, "--" + std::string{run::info(input).flag}});
  auto out = run::resolve(given, tables());
  if (auto beyond = run::beyond_published(out, tables())) out.warnings.push_back(std::move(*beyond));
  return out;
}

TEST_CASE("the critical batch is Kaplan's line at the loss of the loss law") {
  // 2.1e8 · L^-4.8, L = 1.8172 + 482.01 N^-0.3478 + 2085.43 D^-0.3658 (Besiroglu 2024), by hand
  const double loss = 1.8172 + 482.01 * std::pow(7e9, -0.3478) + 2085.43 * std::pow(1e12, -0.3658);
  CHECK(run::critical_batch(7e9, 1e12, tables()) == Approx(2.1e8 / std::pow(loss, 4.8)).epsilon(1e-9));
  CHECK(run::critical_batch(7e9, 1e12, tables()) == Approx(6.2e6).epsilon(0.01));
}

TEST_CASE("a step has work for batch / sequence replicas, each of them a group of devices") {
  CHECK(run::most_devices({.batch = 4e6, .sequence = 2000}) == 2000);
  CHECK(run::most_devices({.batch = 4e6, .sequence = 2000, .micro = 4}) == 500);
  CHECK(run::most_devices({.batch = 4e6, .sequence = 2000, .micro = 4, .group = 16}) == 8000);
  CHECK(run::most_devices({.batch = 1000, .sequence = 2000, .micro = 1, .group = 8}) == 8);
}

TEST_CASE(
    "more devices than a step has work for are warned of, with the bound; a layout or a batch moves it") {
  std::vector<std::pair<Input, std::string>> run{{Input::params, "7B"},
                                                 {Input::tokens, "1T"},
                                                 {Input::seq_len, "2048"},
                                                 {Input::hardware, "h100-sxm5"},
                                                 {Input::chips, "32768"}};
  const auto beyond = resolved(run);
  REQUIRE(warned(beyond, "beyond-scale"));
  CHECK(warned(beyond, "beyond-scale")->message.find("critical batch, about 6.19 M tokens") !=
        std::string::npos);
  REQUIRE(warned(beyond, "beyond-published"));
  CHECK(warned(beyond, "beyond-published")->message.find("8,192") != std::string::npos);
  run.emplace_back(Input::tensor_parallel, "16");  // 6.2e6 / 2048 · 16 = 48,600 devices
  CHECK(!warned(resolved(run), "beyond-scale"));
  run.back() = {Input::global_batch, "128M"};
  CHECK(!warned(resolved(run), "beyond-scale"));
  run.back() = {Input::global_batch, "4M"};  // 4e6 / 2048 · 2 = 3,900
  CHECK(warned(resolved(run), "beyond-scale"));
  run[4].second = "2048";
  run.pop_back();
  CHECK(!warned(resolved(run), "beyond-scale"));
  CHECK(!warned(resolved(run), "beyond-published"));
}

TEST_CASE("no published run is beyond its own scale") {
  int judged = 0;
  for (const catalog::Row& row : tables().rows(catalog::Kind::run)) {
    if (row.id() == "llmcarbon-validation/xlm-own-predictor") continue;  // devices of a prediction, not a run
    const auto given = ask::published_scenario(tables(), row.id(), true);
    if (!given) continue;
    try {
      auto run = run::resolve(*given, tables());
      if (auto beyond = run::beyond_published(run, tables())) run.warnings.push_back(std::move(*beyond));
      INFO(row.id());
      for (const char* code : {"beyond-scale", "beyond-published"}) {
        const auto* warning = warned(run, code);
        INFO((warning ? warning->message : ""));
        CHECK(!warning);
      }
      judged += run.inputs.devices() && run.inputs.tokens() ? 1 : 0;
    } catch (const diag::Error&) {
      continue;  // printed inputs that do not make a run
    }
  }
  CHECK(judged > 12);
}

}  // namespace
}  // namespace kwhatif
