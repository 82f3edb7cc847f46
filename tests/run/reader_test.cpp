// Resolving opens no files: what a run names by its path is read by the reader that it was given.
#include "support/catch.hpp"
#include "support/runs.hpp"
#include <kwhatif/catalog/catalog.hpp>
#include <kwhatif/run/resolve.hpp>
#include <kwhatif/run/stage.hpp>

#include <memory>
#include <string>
#include <vector>

namespace kwhatif::run {
namespace {

const catalog::Catalog& tables() { return catalog::Catalog::builtin(); }

/// A disk with one file, and what was asked of it.
struct Disk {
  std::vector<std::string> asked;

  document::Reader reader() {
    return [this](const std::string& path) {
      asked.push_back(path);
      if (path != "llama.json") throw diag::Error({.code = "cannot-read", .message = "no file " + path});
      const auto row = tables().find(catalog::Kind::model, "llama-3-70b");
      return std::make_shared<const diag::SourceText>(
          diag::SourceText{path, std::string{row->text("config")}});
    };
  }
};

Scenario by_config(const std::string& path) {
  Scenario run = test::scenario_of({{Input::tokens, "1e12"}, {Input::seq_len, "8192"}});
  run.set(Input::config, {path, {}, "--config"});
  return run;
}

std::vector<diag::Diagnostic> faults(const Scenario& run) {
  try {
    (void)resolve(run, tables());
  } catch (const diag::Error& error) {
    return error.diagnostics();
  }
  return {};
}

TEST_CASE("a config is what the run's reader gives for its path") {
  Disk disk;
  Scenario run = by_config("llama.json");
  run.files = disk.reader();
  const ResolvedRun by_file = resolve(run, tables());
  const ResolvedRun by_name = resolve(
      test::scenario_of({{Input::tokens, "1e12"}, {Input::seq_len, "8192"}, {Input::model, "llama-3-70b"}}),
      tables());
  CHECK(by_file.inputs.flop_per_token()->coherent() == by_name.inputs.flop_per_token()->coherent());
  CHECK(disk.asked == std::vector<std::string>{"llama.json"});
}

TEST_CASE("what the reader cannot read is a fault of the run") {
  Disk disk;
  Scenario run = by_config("other.json");
  run.files = disk.reader();
  const auto found = faults(run);
  REQUIRE(found.size() == 1);
  CHECK(found.front().code == "cannot-read");
  CHECK(found.front().message == "no file other.json");
}

TEST_CASE("without a reader no file is opened, even where there is one") {
  const auto found = faults(by_config(__FILE__));
  REQUIRE(found.size() == 1);
  CHECK(found.front().code == "cannot-read");
  CHECK(found.front().message.find("no reader") != std::string::npos);
}

TEST_CASE("flags bring their reader along, and stages use that of their run") {
  Disk disk;
  auto source = std::make_shared<diag::SourceText>();
  source->name = "run.toml";
  source->text =
      "[model]\npreset = \"llama-3-8b\"\n[hardware]\nid = \"h100-sxm5\"\ncount = 64\n"
      "[[stage]]\nregime = \"distill\"\ntokens = \"1B\"\nteacher = \"llama.json\"\n";
  Scenario run = read_run(source);
  Scenario flags;
  flags.files = disk.reader();
  run.overlay(flags, &tables());
  const StagedRun staged = resolve_stages(run, tables());
  CHECK(staged.stages.size() == 1);
  CHECK(disk.asked == std::vector<std::string>{"llama.json"});
}

}  // namespace
}  // namespace kwhatif::run
