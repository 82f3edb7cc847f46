// Run files: what is written is read back, and damage is refused or read, never a crash or a number that is
// not finite.
#include "support/catch.hpp"
#include "support/random.hpp"
#include <kwhatif/catalog/catalog.hpp>
#include <kwhatif/run/estimator.hpp>
#include <kwhatif/run/resolve.hpp>

#include <cmath>
#include <memory>
#include <string>
#include <vector>

namespace kwhatif::run {
namespace {

const std::string gpt3 =
    "title = \"GPT-3\"\n[training]\nflops = \"3.14e23 FLOP\"\n[hardware]\nid = \"v100-sxm2-16gb\"\ncount = "
    "10000\n"
    "achieved = \"24.6 TFLOP/s\"\npower = \"330 W\"\n[site]\npue = \"1.10\"\ncarbon_intensity = \"0.429 "
    "kg/kWh\"\n";

Scenario read(const std::string& text) {
  auto run = read_run(std::make_shared<diag::SourceText>(diag::SourceText{"run.toml", text}));
  if (!run.faults.empty()) throw diag::ScenarioError(run.faults);
  return run;
}

TEST_CASE("a run file that was written is read back with the same inputs") {
  const Scenario written = read(gpt3);
  const Scenario again = read(run_file(written, written.title));
  for (std::size_t i = 0; i < input_count; ++i) {
    const auto input = static_cast<Input>(i);
    INFO(info(input).flag);
    REQUIRE(written.has(input) == again.has(input));
    if (written.has(input)) CHECK(written.get(input)->text == again.get(input)->text);
  }
}

TEST_CASE("every input has a flag, a key, a help line, and an example that is accepted") {
  for (const InputInfo& row : input_table()) {
    INFO(row.flag);
    CHECK(input_by_flag(row.flag) == row.input);
    CHECK(input_by_key(row.key) == row.input);
    CHECK_FALSE(row.help.empty());
    CHECK(row.help.back() != '.');
    if (row.type != InputType::quantity) continue;
    std::vector<diag::Diagnostic> faults;
    const auto value =
        read_quantity(row.input, {std::string{row.example}, {}, std::string{row.flag}}, faults);
    CHECK(value.has_value());
    CHECK(faults.empty());
  }
}

TEST_CASE("a damaged run file is refused with its place, or gives finite numbers") {
  const auto& tables = catalog::Catalog::builtin();
  test::Random random(71);
  int refused = 0;
  for (int i = 0; i < 3000; ++i) {
    std::string text = gpt3;
    for (std::uint64_t cuts = 1 + random.below(3); cuts > 0; --cuts) {
      const std::size_t at = random.below(text.size());
      switch (random.below(3)) {
        case 0:
          text.erase(at, 1 + random.below(8));
          break;
        case 1:
          text.insert(at, random.text("0123456789e.-+%kMBT \"=[]{}#\n,_WhJ/", 4));
          break;
        default:
          text[at] = static_cast<char>(static_cast<unsigned char>(random.below(256)));
      }
    }
    try {
      const ResolvedRun run = resolve(read(text), tables);
      auto result = run::estimate(run.inputs);
      run::for_each_result(result, [&](const run::ResultInfo& row, const auto& field) {
        if (field && !(std::isfinite(field->coherent()) && field->coherent() >= 0))
          FAIL_CHECK(row.key << " = " << field->coherent() << " of:\n" << text);
      });
    } catch (const diag::Error& error) {
      ++refused;
      for (const diag::Diagnostic& d : error.diagnostics()) {
        if (d.code.empty() || d.message.empty()) FAIL_CHECK("a fault without code or message:\n" << text);
      }
    }
  }
  CHECK(refused > 300);
  CHECK(refused < 3000);
}

TEST_CASE("random flags are refused or give finite numbers") {
  const auto& tables = catalog::Catalog::builtin();
  test::Random random(72);
  for (int i = 0; i < 3000; ++i) {
    Scenario scenario;
    for (std::uint64_t k = 1 + random.below(8); k > 0; --k) {
      const InputInfo& row = input_table()[random.below(input_table().size())];
      if (row.type == InputType::path) continue;
      std::string text{row.example};
      if (random.below(3) == 0) text = random.text("0123456789.e-+ WhkgB%/FLOPs", 12);
      scenario.set(row.input, {text, {}, "--" + std::string{row.flag}});
    }
    try {
      const ResolvedRun run = resolve(scenario, tables);
      auto result = run::estimate(run.inputs);
      run::for_each_result(result, [&](const run::ResultInfo& row, const auto& field) {
        if (field && !(std::isfinite(field->coherent()) && field->coherent() >= 0)) FAIL_CHECK(row.key);
      });
    } catch (const diag::Error& error) {
      CHECK_FALSE(diag::render(error.diagnostics()).empty());
    }
  }
}

TEST_CASE("the same quantities in other units resolve to the same bits") {
  const auto& tables = catalog::Catalog::builtin();
  const std::string other =
      "[training]\nflops = \"314 ZFLOP\"\n[hardware]\nid = \"V100-SXM2-16GB\"\ncount = \"10k\"\n"
      "achieved = \"0.0246 PFLOP/s\"\npower = \"0.33 kW\"\n[site]\npue = \"110 %\"\ncarbon_intensity = \"429 "
      "g/kWh\"\n";
  const ResolvedRun a = resolve(read(gpt3), tables);
  const ResolvedRun b = resolve(read(other), tables);
  for (std::size_t i = 0; i < run::slot_count; ++i) {
    const auto slot = static_cast<run::Slot>(i);
    INFO(run::info(slot).key);
    const auto left = run::slot_value(a.inputs, slot);
    const auto right = run::slot_value(b.inputs, slot);
    REQUIRE(left.has_value() == right.has_value());
    if (left) CHECK(test::same_bits(*left, *right));
  }
}

TEST_CASE("no number of a run is without an origin") {
  const auto& tables = catalog::Catalog::builtin();
  for (const std::string& text :
       {gpt3,
        std::string{
            "[model]\nparameters = \"8B\"\n[training]\ntokens = \"15T\"\n[hardware]\nid = \"h100-sxm5\"\n"
            "count = 1024\n[site]\nregion = \"gcp:europe-north1\"\n"}}) {
    const ResolvedRun run = resolve(read(text), tables);
    for (std::size_t i = 0; i < run::slot_count; ++i) {
      const auto slot = static_cast<run::Slot>(i);
      if (!run::slot_value(run.inputs, slot)) continue;
      const catalog::Origin& origin = run.record(slot).origin;
      const bool said =
          origin.responsible == catalog::Responsible::user || !origin.source.empty() || !origin.note.empty();
      if (!said) FAIL_CHECK(run::info(slot).key);
    }
  }
}

}  // namespace
}  // namespace kwhatif::run
