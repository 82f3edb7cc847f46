// A measurement as a run: files of one run put together, names of the tables, one basis for each thing, and
// run files that `check` accepts.
#include "import/support.hpp"
#include <kwhatif/ask/check.hpp>
#include <kwhatif/ask/import.hpp>
#include <kwhatif/report/present.hpp>

#include <map>

namespace kwhatif::test {
namespace {

using imports::Measure;
using Texts = std::map<std::string, std::string>;

const catalog::Catalog& tables() { return catalog::Catalog::builtin(); }

ask::ImportAnswer imported(const Texts& texts, const std::vector<std::string>& order,
                           const std::map<run::Input, std::string>& said = {},
                           const imports::Choice& choice = {}) {
  ask::ImportQuestion question;
  for (const std::string& name : order) question.files.push_back({name, {}, {}});
  question.read = [&](const std::string& path) {
    return std::make_shared<diag::SourceText>(diag::SourceText{path, texts.at(path)});
  };
  question.choice = choice;
  for (const auto& [input, text] : said) question.said.set(input, {text, {}, {}});
  return ask::import_files(question, tables());
}

std::string run_file(const ask::ImportAnswer& answer) {
  return report::render(report::present(answer, tables(), report::ImportForm::run_file), report::Form::text);
}

// What `check` says of the run file that is written.
std::string problems(const ask::ImportAnswer& answer) {
  const std::string text = run_file(answer);
  ask::CheckQuestion question;
  question.files.push_back({{"run.toml", {}, {}}, false});
  question.read = [&](const std::string& path) {
    return std::make_shared<diag::SourceText>(diag::SourceText{path, text});
  };
  const auto checked = ask::check(question, tables());
  std::string out;
  for (const auto& d : checked.files.front().found) {
    if (d.severity == diag::Severity::error) out += d.code + ": " + d.message + '\n';
  }
  return out.empty() ? out : out + text;
}

const ask::ImportedValue& used(const ask::ImportAnswer& answer, const std::string& key) {
  const auto* const value = answer.used(key);
  INFO(key);
  REQUIRE(value != nullptr);
  return *value;
}

bool warned(const ask::ImportAnswer& answer, const std::string& code) {
  for (const auto& w : answer.warnings) {
    if (w.code == code) return true;
  }
  return false;
}

bool asks(const ask::ImportAnswer& answer, const std::string& key) {
  for (const auto& gap : answer.gaps) {
    if (gap.key == key) return true;
  }
  return false;
}

std::string stamp(int hour, int seconds) {
  const auto two = [](int n) { return (n < 10 ? "0" : "") + std::to_string(n); };
  return two(hour + seconds / 3600) + ':' + two(seconds / 60 % 60) + ':' + two(seconds % 60);
}

// 21 steps of 5 s from 10:00:00.
std::string training_log() {
  std::string out = "  seq_length ...................................... 2048\n";
  for (int step = 0; step <= 20; ++step)
    out += " [2024-08-21 " + stamp(10, 5 * step) + "] iteration " + std::to_string(step) +
           "/ 100 | consumed samples: " + std::to_string(step * 64) +
           " | elapsed time per iteration (ms): 5000.0 | global batch size: 64 | lm loss: 2.1E+00 |\n";
  return out;
}

// Ten minutes around it, 100 W before and after, 500 W from 9:59:50 to 10:02:00.
std::string power_record(int hour = 9) {
  std::string out = "timestamp, index, name, power.draw [W], utilization.gpu [%]\n";
  for (int t = 0; t < 600; ++t) {
    const int of_day = 57 * 60 + t;
    const bool works = t >= 170 && t <= 300;
    out += "2024/08/21 " + stamp(hour, of_day) + ".000, 0, NVIDIA H100 80GB HBM3, " +
           (works ? "500.00" : "100.00") + " W, " + (works ? "99" : "0") + " %\n";
  }
  return out;
}

TEST_CASE("the power counts for the time in which the log shows steps") {
  const auto both =
      imported({{"train.log", training_log()}, {"power.csv", power_record()}}, {"train.log", "power.csv"});
  const auto& power = used(both, "hardware.accelerator_power");
  CHECK(power.finding.value == Approx(500));
  CHECK(power.finding.statistic.find("covers 100 % of the run") != std::string::npos);
  CHECK(power.finding.file == "power.csv");
  CHECK(used(both, "hardware.id").written == "h100-sxm5");
  CHECK(used(both, "training.step_time").written == "5 s");
  CHECK(used(both, "training.global_batch").finding.value == 64 * 2048);
  CHECK(problems(both) == "");
}

TEST_CASE("clocks of two zones are set, clocks that never meet are told") {
  const auto zones =
      imported({{"train.log", training_log()}, {"power.csv", power_record(7)}}, {"train.log", "power.csv"});
  CHECK(warned(zones, "clock-zones"));
  CHECK(used(zones, "hardware.accelerator_power").finding.value == Approx(500));
  std::string other = power_record();
  for (std::size_t at = 0; (at = other.find("2024/08/21", at)) != std::string::npos; ++at)
    other.replace(at, 10, "2024/09/21");
  const auto apart =
      imported({{"train.log", training_log()}, {"power.csv", other}}, {"train.log", "power.csv"});
  CHECK(warned(apart, "no-overlap"));
}

TEST_CASE("records of two nodes are one") {
  const auto two = imported({{"a.csv", power_record()}, {"b.csv", power_record()}}, {"a.csv", "b.csv"});
  CHECK(warned(two, "records-joined"));
  CHECK(used(two, "hardware.count").finding.value == 2);
}

TEST_CASE("a step time needs the batch to be a rate") {
  const std::string log =
      "iter 0: loss 10.98, time 19062.76ms, mfu -100.00%\niter 10: loss 3.1, time 140.00ms, mfu 2.66%\niter "
      "20: loss 2.7, time 150.00ms, mfu 2.53%\n";
  const auto without = imported({{"log", log}}, {"log"});
  CHECK(without.used("training.step_time") == nullptr);
  CHECK(without.used("hardware.achieved") != nullptr);
  CHECK(asks(without, "training.global_batch"));
  CHECK(asks(without, "hardware.count"));
  CHECK(run_file(without).find("# count = ?") != std::string::npos);
  CHECK(problems(without) == "");
  const auto with =
      imported({{"log", log}}, {"log"}, {{run::Input::global_batch, "491520"}, {run::Input::chips, "8"}});
  CHECK(used(with, "training.step_time").written == "0.145 s");
  CHECK(with.used("hardware.achieved") == nullptr);
  CHECK_FALSE(asks(with, "hardware.count"));
  CHECK(run_file(with).find("global_batch = \"491520\"  # given, not measured") != std::string::npos);
}

TEST_CASE("an energy is taken where no rate is, with the PUE that was inside") {
  const std::string file =
      "timestamp,project_name,run_id,duration,emissions,energy_consumed,gpu_energy,ram_energy,cpu_energy,"
      "country_iso_code,cloud_provider,cloud_region,gpu_count,gpu_model,pue\n"
      "2024-02-11T08:30:00,demo,a,7200.0,0.1575,7.5,6.9,0.3,0.3,NOR,gcp,europe-north1,8,8 x NVIDIA "
      "A100-SXM4-40GB,1.2\n";
  const auto answer = imported({{"emissions.csv", file}}, {"emissions.csv"});
  CHECK(used(answer, "training.energy").written == "6.25 kWh");
  CHECK(used(answer, "site.pue").written == "1.2");
  CHECK(used(answer, "site.region").written == "gcp:europe-north1");
  CHECK(answer.used("site.grid") == nullptr);
  CHECK(answer.used("hardware.accelerator_power") == nullptr);
  CHECK(used(answer, "hardware.id").written == "a100-sxm4-40gb");
  CHECK(problems(answer) == "");
}

TEST_CASE(
    "two files that differ on one thing are told, and a device that is not in the tables keeps its name") {
  const std::string a =
      "{\"train_runtime\": 100.0, \"train_samples_per_second\": 20.0, \"train_steps_per_second\": 2.0}";
  const std::string b =
      "{\"train_runtime\": 150.0, \"train_samples_per_second\": 20.0, \"train_steps_per_second\": 2.0}";
  CHECK(warned(imported({{"a", a}, {"b", b}}, {"a", "b"}), "two-values"));
  const auto laptop = imported(
      {{"log", "---\nco2_eq_emissions:\n  emissions: 5\n  hardware_used: 2 x Frobnicator 9000\n---\n"}},
      {"log"});
  CHECK(warned(laptop, "unknown-device"));
  CHECK(laptop.used("hardware.id") == nullptr);  // nothing else is known: it cannot be estimated
  CHECK(laptop.device_name == "Frobnicator 9000");
  const auto timed = imported({{"log",
                                "timestamp,run_id,duration,emissions,energy_consumed,gpu_count,gpu_"
                                "model\n2024-02-11T08:30:00,a,3600.0,0.1,0.5,1,Frobnicator 9000\n"}},
                              {"log"});
  CHECK(used(timed, "hardware.id").written == "Frobnicator 9000");
  CHECK(used(timed, "hardware.total_power").written == "500 W");
  CHECK(problems(timed) == "");
}

TEST_CASE("work and rate count the same: sequences become tokens, or stay out") {
  const std::string log =
      "iteration 126/ 5000 | consumed samples: 16128 | elapsed time per iteration (ms): 13372.8/13364.7 | "
      "tokens per GPU (tokens/s/GPU): 9801.4/9807.3 |\n";
  const auto without = imported({{"log", log}}, {"log"});
  CHECK(without.used("hardware.tokens_per_second") != nullptr);
  CHECK(without.used("training.samples") == nullptr);
  const auto with = imported({{"log", log}}, {"log"}, {{run::Input::seq_len, "8192"}});
  CHECK(used(with, "training.tokens").finding.value == 16128.0 * 8192);
  CHECK(with.used("training.samples") == nullptr);
  const auto run = ask::as_run(with);
  CHECK(run.get(run::Input::tokens)->text == "132120576");
  CHECK(run.get(run::Input::seq_len)->text == "8192");
}

TEST_CASE("every run file that is written is one") {
  const std::map<std::string, imports::Choice> files{{"carbontracker_stdout_2021.log", {}},
                                                     {"codecarbon_examples_emissions.csv", {.row = 1}},
                                                     {"codecarbon_test_valid_headers.csv", {}},
                                                     {"codecarbon_v2.1_2022.csv", {}},
                                                     {"hf_all_results.json", {}},
                                                     {"hf_card_mapping.md", {}},
                                                     {"llmc.log", {}},
                                                     {"megatron.log", {}},
                                                     {"nanogpt.log", {}},
                                                     {"nvidia_smi.csv", {}},
                                                     {"nvidia_smi_laptop.csv", {}},
                                                     {"nvidia_smi_single.csv", {}},
                                                     {"olmo_core.log", {}},
                                                     {"runs.jsonl", {.row = 2}},
                                                     {"sacct_human.txt", {}},
                                                     {"trainer_state.json", {}},
                                                     {"zeus_profile.csv", {}},
                                                     {"zeus_trace_power.csv", {.row = 1}}};
  for (const auto& [name, choice] : files) {
    INFO(name);
    const Texts texts{{name, document::read_file(import_file(name))->text}};
    const auto answer = imported(texts, {name}, {}, choice);
    CHECK(problems(answer) == "");
    for (const auto form : {report::Form::text, report::Form::json, report::Form::csv, report::Form::plain})
      CHECK_FALSE(report::render(report::present(answer, tables(), report::ImportForm::page), form).empty());
  }
}

TEST_CASE("the note of an own run is its rate as an hour of all devices") {
  const auto answer =
      imported({{"train.log", training_log()}}, {"train.log"},
               {{run::Input::hardware, "h100-sxm5"}, {run::Input::chips, "16"}, {run::Input::params, "7B"}});
  const auto note = ask::own_note(answer, tables());
  CHECK(note.hardware == "h100-sxm5");
  CHECK(note.device_hours == 16);
  CHECK(note.tokens == Approx(64 * 2048 / 5.0 * 3600));
  const std::string first = report::with_note("", note);
  const std::string second = report::with_note(first, note);
  CHECK(second.starts_with(first));
  CHECK(second.find("id = \"own-train-log-2\"") != std::string::npos);
  CHECK(report::with_note("schema = \"hardware/1\"\n", note).empty());
  CHECK_THROWS_AS(ask::own_note(imported({{"train.log", training_log()}}, {"train.log"}), tables()),
                  diag::UsageError);
}

}  // namespace
}  // namespace kwhatif::test
