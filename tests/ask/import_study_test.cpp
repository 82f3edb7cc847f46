// A measurement, or a run file that prints results, as a study: what is published in it follows from its
// inputs, and an empty study is refused. Folders of ranks, regions of cards, and pilots that bring their
// names.
#include "import/support.hpp"
#include <kwhatif/ask/claim.hpp>
#include <kwhatif/ask/estimate.hpp>
#include <kwhatif/ask/import.hpp>
#include <kwhatif/report/present.hpp>

#include <cmath>
#include <map>

namespace kwhatif::test {
namespace {

using Texts = std::map<std::string, std::string>;

const catalog::Catalog& tables() { return catalog::Catalog::builtin(); }

document::Reader reader_of(const Texts& texts) {
  return [texts](const std::string& path) {
    return std::make_shared<diag::SourceText>(diag::SourceText{path, texts.at(path)});
  };
}

ask::ImportQuestion question_of(const Texts& texts) {
  ask::ImportQuestion question;
  for (const auto& [name, text] : texts) question.files.push_back({name, {}, {}});
  question.read = reader_of(texts);
  return question;
}

std::string study_of(const ask::ImportAnswer& answer) {
  return report::render(report::present(answer, tables(), report::ImportForm::study), report::Form::text);
}

std::string refused(const ask::ImportQuestion& question) {
  try {
    (void)ask::import_files(question, tables());
  } catch (const diag::Error& error) {
    return error.diagnostics().front().code + ": " + error.diagnostics().front().message;
  }
  return {};
}

const std::string gpt3 =
    "title = \"GPT-3\"\n[training]\nflops = \"3.14e23\"\n[hardware]\nid = \"v100-sxm2-16gb\"\ncount = 10000\n"
    "achieved = \"24.6 TFLOP/s\"\npower = \"330 W\"\n[site]\npue = 1.1\ncarbon_intensity = \"0.429 kg/kWh\"\n"
    "[published]\nwall_time = \"14.8 days\"\nfacility_energy = \"1287 MWh\"\ncost = \"4.6M USD\"\n";

TEST_CASE("a run file with printed results becomes a study of them") {
  auto question = question_of({{"gpt3.toml", gpt3}});
  question.as_study = true;
  const auto answer = ask::import_files(question, tables());
  CHECK(answer.files.front().form == "run-file");
  const std::string study = study_of(answer);
  CHECK(study.find("  wall_time = \"14.8 days\"\n") != std::string::npos);
  CHECK(study.find("  facility_energy = \"1287 MWh\"\n") != std::string::npos);
  CHECK(study.find("  # cost = \"4.6M USD\"\n") != std::string::npos);  // no price is among the inputs
  CHECK(study.find("  chips = \"10000\"") != std::string::npos);
  question.as_study = false;
  CHECK(refused(question).find("a run file") != std::string::npos);
}

TEST_CASE("a study without a result that follows is refused") {
  auto question = question_of({{"empty.toml", "[training]\ntokens = \"300B\"\n"}});
  question.as_study = true;
  CHECK(refused(question).starts_with("nothing-published: no result is printed"));
  auto printed =
      question_of({{"p.toml", "[training]\ntokens = \"300B\"\n[published]\nit_energy = \"1 MWh\"\n"}});
  printed.as_study = true;
  CHECK(refused(printed).starts_with("nothing-published: what is printed (it_energy) does not follow"));
}

std::string neox_line(int step) {
  return " samples/sec: 256.000 | iteration " + std::to_string(step) +
         "/ 100 | elapsed time per iteration (ms): 4000.0 | approx flops per GPU: 115.3TFLOPS | lm_loss: 2 "
         "|\n";
}

TEST_CASE("a folder of ranks is one training") {
  std::string rank;
  for (int step = 10; step <= 50; step += 10) rank += neox_line(step);
  auto question = question_of({{"out/rank_0.log", "using world size: 16\n" + rank},
                               {"out/rank_1.log", rank},
                               {"out/rank_2.log", rank},
                               {"out/README.md", "How this was run.\n"}});
  question.of_folder = true;
  const auto answer = ask::import_files(question, tables());
  REQUIRE(answer.files.size() == 1);
  CHECK(answer.used("hardware.total_samples_per_second")->finding.value == Approx(256));
  CHECK(answer.used("hardware.count")->finding.value == 16);
  CHECK(answer.left.size() >= 3);
  auto nothing = question_of({{"a.md", "one\n"}, {"b.md", "two\n"}});
  nothing.of_folder = true;
  CHECK(refused(nothing).find("none of the 2 files") != std::string::npos);
}

TEST_CASE("a card's region is that of its provider") {
  for (const std::string place : {"AWS, us-east-1", "us-east-1 (AWS)", "Amazon Web Services us-east-1"}) {
    const auto answer = ask::import_files(
        question_of({{"README.md", "---\nco2_eq_emissions:\n  emissions: 1710\n  geographical_location: \"" +
                                       place + "\"\n  hardware_used: 8 x A100\n---\n"}}),
        tables());
    INFO(place);
    REQUIRE(answer.used("site.region") != nullptr);
    CHECK(answer.used("site.region")->written == "aws:us-east-1");
  }
}

TEST_CASE("a pilot brings model and device where the run names none, and says so") {
  const std::string pilot =
      "[model]\npreset = \"llama-2-7b\"\n[training]\nsequence_length = 4096\n[hardware]\nid = \"h100-sxm5\"\n"
      "count = 8\ntokens_per_second = \"11,500\"\n";
  const auto run_with = [&](const std::map<run::Input, std::string>& inputs) {
    run::Scenario run;
    for (const auto& [input, text] : inputs)
      run.set(input, {text, {}, "--" + std::string{run::info(input).flag}});
    run.files = reader_of({{"p.toml", pilot}});
    return ask::estimate(run, tables());
  };
  const auto alone =
      run_with({{run::Input::pilot, "p.toml"}, {run::Input::tokens, "2T"}, {run::Input::chips, "2048"}});
  const auto named = run_with({{run::Input::pilot, "p.toml"},
                               {run::Input::tokens, "2T"},
                               {run::Input::chips, "2048"},
                               {run::Input::model, "llama-2-7b"},
                               {run::Input::seq_len, "4096"},
                               {run::Input::hardware, "h100-sxm5"}});
  CHECK(alone.result.device_time->coherent() == Approx(named.result.device_time->coherent()));
  std::size_t said = 0;
  for (const auto& a : alone.assumptions.front()) {
    if (a.origin.note == "as in the pilot p.toml") ++said;
  }
  CHECK(said == 3);  // model, sequence length, device
  const auto other = run_with({{run::Input::pilot, "p.toml"},
                               {run::Input::tokens, "2T"},
                               {run::Input::chips, "2048"},
                               {run::Input::hardware, "a100-sxm4-80gb"}});
  CHECK(other.run().hardware->id() == "a100-sxm4-80gb");
}

TEST_CASE("estimates with a pilot give its keys to machines as JSON does") {
  run::Scenario run;
  const std::string pilot =
      "[model]\npreset = \"llama-2-7b\"\n[hardware]\nid = \"h100-sxm5\"\ncount = 8\ntokens_per_second = "
      "11500\n";
  run.set(run::Input::pilot, {"p.toml", {}, "--pilot"});
  run.set(run::Input::tokens, {"2T", {}, "--tokens"});
  run.files = reader_of({{"p.toml", pilot}});
  const auto answer = ask::estimate(run, tables());
  const auto document = report::present(answer, tables());
  const std::string plain = report::render(document, report::Form::plain);
  CHECK(plain.find("pilot_hardware\th100-sxm5\n") != std::string::npos);
  CHECK(plain.find("pilot_tokens_per_second_measured\t11500\n") != std::string::npos);
  CHECK(report::render(document, report::Form::csv).find(",pilot_time_factor,") != std::string::npos);
}

// --- the first ten seconds of a measured run
// -------------------------------------------------------------------------

// The readings of one training of about 16 s on an H100 (tests/import/files/nvidia_smi.csv, board power every
// half second), as the record holds them.
std::string readings(const std::string& from, const std::string& to) {
  const auto record = document::read_file(import_file("nvidia_smi.csv"))->text;
  std::string out = record.substr(0, record.find('\n') + 1);
  for (std::size_t at = out.size(); at < record.size();) {
    const std::size_t end = std::min(record.find('\n', at), record.size());
    const std::string line = record.substr(at, end - at);
    const std::string time = line.substr(11, 12);
    if (time >= from && time < to) out += line + '\n';
    at = end + 1;
  }
  return out;
}

TEST_CASE("the first ten seconds of power tell the energy of the rest within 3 per cent") {
  const auto answer =
      ask::import_files(question_of({{"first.csv", readings("18:40:13.000", "18:40:25.500")}}), tables());
  const auto* const power = answer.used("hardware.accelerator_power");
  REQUIRE(power != nullptr);
  CHECK(answer.used("hardware.id")->written == "h100-sxm5");
  // the rest: 18:40:25.442 to 18:40:31.945, 14 readings, 4,418 J by hand: trapezoids between them
  run::Scenario rest = ask::as_run(answer);
  for (const auto input : {run::Input::energy, run::Input::steps}) rest.clear(input);
  rest.set(run::Input::hours, {"6.503 s", {}, "--hours"});
  const auto estimate = ask::estimate(rest, tables());
  REQUIRE(estimate.result.accelerator_energy);
  CHECK(estimate.result.accelerator_energy->coherent() == Approx(4418).epsilon(0.03));
}

TEST_CASE("ten seconds at a measured rate tell the time of the rest within 3 per cent") {
  // means of ten seconds on one H100, of trainings of decoders
  for (const std::size_t row : {1U, 2U, 5U, 6U}) {
    auto question = question_of({{"runs.jsonl", document::read_file(import_file("runs.jsonl"))->text}});
    question.choice.row = row;
    question.said.set(run::Input::hardware, {"h100-sxm5", {}, "--hardware"});
    question.said.set(run::Input::chips, {"1", {}, "--chips"});
    const auto answer = ask::import_files(question, tables());
    const auto* const rate = answer.used("hardware.tokens_per_second");
    REQUIRE(rate != nullptr);
    auto pilot = std::make_shared<run::Scenario>(ask::as_run(answer));
    run::Scenario rest = *pilot;
    for (const auto input : {run::Input::tokens_per_second, run::Input::accelerator_power, run::Input::steps,
                             run::Input::hours, run::Input::energy})
      rest.clear(input);
    rest.set(run::Input::tokens, {"1B", {}, "--tokens"});
    rest.measured = pilot;
    const auto estimate = ask::estimate(rest, tables());
    INFO("row " << row);
    REQUIRE(estimate.result.step_rate);
    CHECK(estimate.result.step_rate->coherent() == Approx(rate->finding.value).epsilon(0.03));
  }
}

}  // namespace
}  // namespace kwhatif::test
