// The shortened real files, each with what is right of it.
#include "import/support.hpp"

namespace kwhatif::test {
namespace {

using enum imports::Measure;
using imports::Boundary;

TEST_CASE("a carbontracker log: the energy holds a PUE, 294.21 g/kWh is no measurement") {
  const auto m = measured_file("carbontracker_stdout_2021.log");
  CHECK(m.form == "carbontracker-log");
  CHECK(value(m, wall_time) == 10 * 3600 + 1 * 60 + 48);
  CHECK(value(m, epochs) == 2000);
  CHECK(value(m, energy) == Approx(0.634464));
  CHECK(finding(m, energy).boundary == Boundary::facility);
  CHECK_FALSE(finding(m, energy).doubt.empty());
  CHECK(value(m, carbon_intensity) == Approx(294.21));
  CHECK(finding(m, carbon_intensity).doubt.find("no measurement") != std::string::npos);
  CHECK(value(m, emissions) == Approx(0.186663184));
  CHECK(finding(m, device).text == "GeForce GTX 1070");
  CHECK(value(m, count) == 1);
  CHECK(finding(m, country).text == "BE");
  CHECK(warned(m, "pue-inside"));
}

TEST_CASE("CodeCarbon files of several versions") {
  const auto old = measured_file("codecarbon_v2.1_2022.csv");
  CHECK(value(old, wall_time) == Approx(0.0379986763000488));
  CHECK(value(old, energy) == Approx(1.9243973678233788e-07));
  CHECK(finding(old, energy).boundary == Boundary::components);
  CHECK(value(old, accelerator_power) == Approx(1.4784849352306789e-08 * 3.6e6 / 0.0379986763000488));
  CHECK(finding(old, device).text == "NVIDIA GeForce GTX 1660 Ti with Max-Q Design");
  CHECK(value(old, count) == 1);
  CHECK(left_out(old, "last readings, no means"));

  const auto row = measured_file("codecarbon_examples_emissions.csv", {.row = 3});
  CHECK(row.version == "2.4.3rc1");
  CHECK(value(row, energy) == Approx(4.567967333151677e-05));
  CHECK(value(row, wall_time) == Approx(23.413323879241943));
  CHECK(finding(row, energy).line_first == 4);
  const auto sum = measured_file("codecarbon_examples_emissions.csv", {.sum = true});
  CHECK(value(sum, energy) == Approx(0.0004047892176375 + 0.0001418904712555 + 4.567967333151677e-05));
  CHECK(value(sum, wall_time) == Approx(355.46638011932373 + 98.54818415641785 + 23.413323879241943));

  const auto cpu = measured_file("codecarbon_test_valid_headers.csv");
  CHECK(finding(cpu, device).text == "Intel(R) Core(TM) i7-8850H CPU @ 2.60GHz");
  CHECK(cpu.find(count) == nullptr);
  CHECK(finding(cpu, country).text == "MAR");
  CHECK(cpu.find(pue) == nullptr);  // 1 is its default
}

TEST_CASE("several runs in a file are listed, not guessed") {
  const std::string text = document::read_file(import_file("codecarbon_examples_emissions.csv"))->text;
  CHECK(refusal(text).starts_with("several-runs: the file holds 3 runs: row 1 (line 2)"));
  CHECK(refusal(text, {.row = 4}).starts_with("unknown-run"));
  CHECK(refusal(text, {.run_id = "y"}).starts_with("unknown-run"));
}

TEST_CASE("Trainer files: samples are rate x time, total_flos is left out") {
  const auto state = measured_file("trainer_state.json");
  CHECK(value(state, wall_time) == 19.486);
  CHECK(value(state, samples) == 2048);  // 2,097,152 tokens in sequences of 1,024
  CHECK(value(state, steps) == 128);
  CHECK(value(state, batch_samples) == 16);
  CHECK(value(state, step_time) == Approx(19.486 / 128));
  CHECK(value(state, total_samples_per_second) == 105.101);
  CHECK(left_out(state, "without attention, with frozen weights and all experts"));
  const auto results = measured_file("hf_all_results.json");
  CHECK(value(results, samples) == 5000);
  CHECK(value(results, wall_time) == 437.2951);
  CHECK(value(results, total_samples_per_second) == 11.434);
  CHECK(left_out(results, "total_flos"));
}

TEST_CASE("a model card's emissions are grams") {
  const auto card = measured_file("hf_card_mapping.md");
  CHECK(value(card, emissions) == Approx(1.710));
  CHECK(finding(card, device).text == "NVIDIA A100-SXM4-40GB");
  CHECK(finding(card, country).text == "Singapore");
}

TEST_CASE("nanoGPT: warm-up and the step with an evaluation are left out, MFU is against 312 TFLOP/s") {
  const auto m = measured_file("nanogpt.log");
  CHECK(m.form == "nanogpt-log");
  CHECK(value(m, step_time) == Approx(0.140));
  CHECK(finding(m, step_time).line_first == 2);
  CHECK(m.find(step_time_overall) == nullptr);  // reports are of one step in ten
  CHECK(value(m, achieved) == Approx(0.0266 * 312));
  CHECK_FALSE(finding(m, mfu).doubt.empty());
  CHECK(m.convention_full_attention);
}

TEST_CASE("llm.c prints tokens per second of all devices") {
  const auto m = measured_file("llmc.log");
  CHECK(value(m, step_time) == Approx((2391.52 + 2500.02) / 2e3));
  CHECK(value(m, total_tokens_per_second) == (191824 + 209788) / 2);
  CHECK(value(m, mfu) == Approx(0.402));
}

TEST_CASE("Megatron-LM prints last/average") {
  const auto m = measured_file("megatron.log");
  CHECK(value(m, step_time) == Approx(13.3728));
  CHECK(value(m, tokens_per_second) == Approx(9801.4));
  CHECK(value(m, batch_samples) == 1024);
  CHECK(value(m, samples) == 16128);
}

TEST_CASE("OLMo-core reports in a block") {
  const auto m = measured_file("olmo_core.log");
  CHECK(value(m, tokens_per_second) == 258163);
  CHECK(value(m, mfu) == Approx(0.4457));
  CHECK(value(m, tokens) == 52428800);
  CHECK(m.findings[2].value == 195922);  // the actual average: the rate in all
  CHECK_FALSE(m.findings[2].doubt.empty());
}

TEST_CASE("sacct counts a job once, not its steps again") {
  const auto m = measured_file("sacct_human.txt");
  CHECK(value(m, wall_time) == 122);
  CHECK(value(m, energy) == Approx(101630 / 3.6e6));
  CHECK(finding(m, energy).boundary == Boundary::node);
  CHECK(left_out(m, "they repeat"));
}

TEST_CASE("Zeus counts the boards alone") {
  const auto one = measured_file("zeus_profile.csv", {.run_id = "__GlobalPowerLimitOptimizer_275"});
  const double joules = 4046.0810000002384 + 4337.599000006914 + 4346.386999994516 + 4124.54999999702;
  CHECK(value(one, energy) == Approx(joules / 3.6e6));
  CHECK(value(one, wall_time) == Approx(33.00594837591052));
  CHECK(value(one, count) == 4);
  CHECK(value(one, accelerator_power) == Approx(joules / 33.00594837591052 / 4));
  CHECK(finding(one, energy).boundary == Boundary::accelerator);
  const auto all = measured_file("zeus_profile.csv");
  CHECK_FALSE(finding(all, accelerator_power).doubt.empty());  // a search over limits is no run
  const auto trace = measured_file("zeus_trace_power.csv", {.row = 2});
  CHECK(value(trace, accelerator_power) == Approx(118.98703190840182));
  CHECK(value(trace, wall_time) == Approx(16.85));
}

// By Python: readings of at least a quarter of the way from the lowest (71.13 W) to the 95th percentile
// (685.59 W) begin at line 49 and end at line 547; trapezoids between them.
TEST_CASE("the record of an H100: idle ends cut off, mean over time, idling inside stated") {
  const auto m = measured_file("nvidia_smi.csv");
  CHECK(m.form == "nvidia-smi-csv");
  const auto power = finding(m, accelerator_power);
  CHECK(power.value == Approx(332.553238).epsilon(1e-6));
  CHECK(power.line_first == 49);
  CHECK(power.line_last == 547);
  CHECK(power.boundary == Boundary::accelerator);
  CHECK(power.note.find("1.94 min of idling; 500 W without") != std::string::npos);
  CHECK(value(m, wall_time) == Approx(249.141));
  CHECK(value(m, energy) == Approx(0.0230146240));
  CHECK(value(m, count) == 1);
  CHECK(finding(m, device).text == "NVIDIA H100 80GB HBM3");
}

TEST_CASE("what was idle, or read once, is no power of a training") {
  const auto idle = measured_file("nvidia_smi_single.csv");
  CHECK(value(idle, accelerator_power) == Approx((62.87 + 62.53) / 2));
  CHECK(finding(idle, accelerator_power).doubt.find("idle") != std::string::npos);
  CHECK(left_out(idle, "a gap, no zero"));
  const auto once = measured_file("nvidia_smi_laptop.csv");
  CHECK(value(once, accelerator_power) == Approx(5.37));
  CHECK(finding(once, accelerator_power).doubt.find("one reading") != std::string::npos);
}

TEST_CASE("measured rates as JSON lines") {
  const std::string text = document::read_file(import_file("runs.jsonl"))->text;
  CHECK(refusal(text).starts_with("several-runs"));
  const auto m = measured_file("runs.jsonl", {.run_id = "llama-1b-4k"});
  CHECK(value(m, tokens_per_second) == 57791.3);
  CHECK(value(m, accelerator_power) == 689.8);  // by the board's energy counter
  CHECK(value(m, parameters) == 1235814400);
  CHECK(value(m, sequence_length) == 4096);
}

TEST_CASE("series of electricity are no measurement, and are told so") {
  for (const char* file : {"entsoe_generation.csv", "neso_generation_mix.csv"}) {
    const std::string why = refusal(document::read_file(import_file(file))->text);
    CHECK(why.starts_with("unknown-form: 'some.file' is an hourly series"));
    CHECK(why.find("kwhatif schedule --trace") != std::string::npos);
  }
}

}  // namespace
}  // namespace kwhatif::test
