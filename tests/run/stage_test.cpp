// Stages: what each regime costs at the surface, that the sum is the sum, and that unknown stays unknown.
#include "support/catch.hpp"
#include <kwhatif/catalog/catalog.hpp>
#include <kwhatif/run/estimator.hpp>
#include <kwhatif/run/stage.hpp>

#include <algorithm>
#include <memory>
#include <string>
#include <vector>

namespace kwhatif::run {
namespace {

const catalog::Catalog& tables() { return catalog::Catalog::builtin(); }

Scenario read(const std::string& text) {
  auto source = std::make_shared<diag::SourceText>();
  source->name = "run.toml";
  source->text = text;
  auto run = read_run(source);
  if (!run.faults.empty()) throw diag::ScenarioError(run.faults);
  return run;
}

StagedRun staged(const std::string& text) { return resolve_stages(read(text), tables()); }

std::vector<diag::Diagnostic> faults(const std::string& text) {
  try {
    staged(text);
  } catch (const diag::Error& error) {
    return error.diagnostics();
  }
  return {};
}

bool has_code(const std::vector<diag::Diagnostic>& all, std::string_view code) {
  return std::any_of(all.begin(), all.end(), [&](const auto& d) { return d.code == code; });
}

const std::string base =
    "[model]\npreset = \"llama-3-8b\"\n"
    "[hardware]\nid = \"h100-sxm5\"\ncount = 512\nmfu = \"0.4\"\npower = \"970 W\"\nprice = \"2 USD/h\"\n"
    "[site]\nregion = \"gcp:us-central1\"\npue = \"1.1\"\n";

std::string stage(const std::string& regime, const std::string& keys, const std::string& name = "") {
  return "[[stage]]\nname = \"" + (name.empty() ? regime : name) + "\"\nregime = \"" + regime + "\"\n" +
         keys + '\n';
}

double flop_of(const ResolvedStage& s) { return s.result.training_flop.value().coherent(); }

TEST_CASE("each regime costs its multiple of a forward pass") {
  const std::string t = "tokens = \"1B\"\n";
  const auto run = staged(base + stage("pretrain", t) + stage("lora", t) +
                          stage("distill", t + "teacher = \"llama-3-70b\"\n") + stage("dpo", t) +
                          stage("dpo", t + "outputs = \"stored\"\n", "dpo stored") + stage("evaluate", t) +
                          stage("qat", t + "rounding = 1.2\n") +
                          stage("search", "trials = 10\nrelative_size = 0.1\nrelative_tokens = 0.5\n"));
  REQUIRE(run.stages.size() == 8);
  const double training = flop_of(run.stages[0]);
  const double forward = training / 3;
  // Llama 3 8B at 8192 tokens: matrices 15,009,316,864 twice, attention products 2,147,483,648 three times,
  // adapters of rank 16 on all seven matrices of 32 layers 41,943,040 parameters, six times
  CHECK(flop_of(run.stages[1]) == Approx(36712742912e9).epsilon(1e-9));
  CHECK(flop_of(run.stages[2]) > 8 * forward);  // a teacher of nine times the size
  CHECK(flop_of(run.stages[3]) / forward == Approx(4.0));
  CHECK(flop_of(run.stages[4]) / forward == Approx(3.0));
  CHECK(flop_of(run.stages[5]) / forward == Approx(1.0));
  CHECK(flop_of(run.stages[6]) / forward == Approx(3.6));
  CHECK(flop_of(run.stages[7]) / training == Approx(0.5));
}

TEST_CASE("the total is the sum of the stages in every result") {
  const auto run =
      staged(base + "carbon_intensity_market = \"80 g/kWh\"\n" + stage("pretrain", "tokens = \"15T\"\n") +
             stage("long-context", "tokens = \"100B\"\nseq_len = 131072\nmfu = \"0.3\"\nchips = 64\n") +
             stage("lora",
                   "tokens = \"1B\"\nregion = \"gcp:europe-north1\"\npue = \"1.2\"\nprice = \"3 USD/h\"\n"
                   "ci_market = \"20 g/kWh\"\n"));
  const auto total = run::estimate(run.total.inputs);
  const auto sum = [&](auto member) {
    double out = 0;
    for (const auto& s : run.stages) out += (s.result.*member).value().coherent();
    return Approx(out).epsilon(1e-12);
  };
  using Result = run::RunEstimate<double>;
  CHECK(total.training_flop->coherent() == sum(&Result::training_flop));
  CHECK(total.device_time->coherent() == sum(&Result::device_time));
  CHECK(total.wall_time->coherent() == sum(&Result::wall_time));
  CHECK(total.it_energy->coherent() == sum(&Result::it_energy));
  CHECK(total.facility_energy->coherent() == sum(&Result::facility_energy));
  CHECK(total.operational_location->coherent() == sum(&Result::operational_location));
  CHECK(total.operational_market->coherent() == sum(&Result::operational_market));
  CHECK(total.cost->coherent() == sum(&Result::cost));
}

TEST_CASE("what one stage does not know the total does not know") {
  const auto run = staged("[model]\nparameters = \"7B\"\n[hardware]\nid = \"h100-sxm5\"\nmfu = \"0.4\"\n" +
                          stage("pretrain", "tokens = \"1T\"\nci = \"100 g/kWh\"\nchips = 8\n") +
                          stage("finetune", "tokens = \"1B\"\n"));
  const auto total = run::estimate(run.total.inputs);
  CHECK(run.stages[0].result.operational_location.has_value());
  CHECK_FALSE(total.operational_location.has_value());
  CHECK_FALSE(total.wall_time.has_value());
  CHECK(total.facility_energy.has_value());
  REQUIRE(has_code(run.total.warnings, "stage-unknown"));
  const auto said = std::find_if(run.total.warnings.begin(), run.total.warnings.end(),
                                 [](const auto& w) { return w.code == "stage-unknown"; });
  CHECK(said->message.find("'finetune'") != std::string::npos);
}

TEST_CASE("decoding takes the time that memory bandwidth leaves it") {
  const std::string work = "prompts = \"10k\"\nsamples = 8\nprompt_tokens = 512\nanswer_tokens = 1024\n";
  const auto run = staged(base + stage("grpo", work + "batch = 1\n") +
                          stage("grpo", work + "batch = 100000\n", "large batch") +
                          stage("ppo", "prompts = \"10k\"\nprompt_tokens = 512\nanswer_tokens = 1024\n"));
  CHECK(run.stages[0].bandwidth_bound);
  CHECK(run.stages[0].result.device_time->coherent() > 5 * run.stages[1].result.device_time->coherent());
  CHECK(flop_of(run.stages[0]) == Approx(flop_of(run.stages[1])));
  // one answer at a time reads at least the weights for each token
  const double answers = 10e3 * 8 * 1024;
  CHECK(run.stages[0].cost.decode_bytes > answers * 2 * 7e9);
  CHECK(flop_of(run.stages[2]) > 0);
}

TEST_CASE("attention of generated text reaches over prompt and answer, not over the context of the config") {
  const std::string text = "prompts = \"1k\"\nprompt_tokens = 512\nanswer_tokens = 1024\nbatch = 100000\n";
  const auto run = staged(base + stage("grpo", text + "samples = 4\nkl = \"no\"\n") + stage("ppo", text) +
                          stage("evaluate", text));
  // Llama 3 8B: 15,009,316,864 FLOP in matrices and 262,144 per position attended over half the sequence
  const auto whole = [](double s) { return s * (15009316864.0 + 262144.0 * s); };
  const double prompt = 1e3 * whole(512);
  const double answer = 1e3 * (whole(1536) - whole(512));
  const double pass = 1e3 * whole(1536);
  CHECK(flop_of(run.stages[0]) == Approx(prompt + 4 * answer + 4 * 3 * pass).epsilon(1e-9));
  // reward, reference, value and old policy forward; policy and value trained
  CHECK(flop_of(run.stages[1]) == Approx(prompt + answer + 4 * pass + 6 * pass).epsilon(1e-9));
  CHECK(flop_of(run.stages[2]) == Approx(prompt + answer).epsilon(1e-9));
  CHECK(run.stages[0].run.network->sequence_length == 1536);
  CHECK(has_code(faults(base + stage("grpo", text + "samples = 4\nseq_len = 8192\n")), "conflict"));
  CHECK(faults(base + stage("grpo", text + "samples = 4\nseq_len = 1536\n")).empty());
}

TEST_CASE("a time that bandwidth decides is as uncertain as bandwidth and utilisation are") {
  const std::string work =
      "prompts = \"10k\"\nsamples = 8\nprompt_tokens = 512\nanswer_tokens = 1024\nbatch = 8\n";
  std::string predicted = base;
  predicted.erase(predicted.find("mfu = \"0.4\"\n"), 12);
  double spread_before = 1;
  for (const std::string& around : {base, predicted}) {
    const auto run = staged(around + stage("grpo", work));
    REQUIRE(run.stages[0].bandwidth_bound);
    const auto& record = run.stages[0].run.record(run::Slot::device_time);
    const double time = run.stages[0].run.inputs.device_time()->coherent();
    REQUIRE(record.low);
    REQUIRE(record.high);
    CHECK(*record.low < time);
    CHECK(time < *record.high);
    const double spread = *record.high / *record.low;
    CHECK(spread > 1.2);
    CHECK(spread > spread_before);  // an MFU that is predicted adds its own
    spread_before = spread;
    const auto& choices = run.stages[0].run.choices;
    CHECK(std::any_of(choices.begin(), choices.end(),
                      [](const auto& c) { return c.input == "decode_bandwidth"; }));
  }
}

TEST_CASE("weights, gradients and states alone say that a model does not fit") {
  const auto warned = [](const std::string& size, const std::string& device, int count,
                         const std::string& more = "") {
    const auto run =
        resolve(read("[training]\ntokens = \"300B\"\n" + more + "[model]\nparameters = \"" + size +
                     "\"\n[hardware]\nid = \"" + device + "\"\ncount = " + std::to_string(count) + '\n'),
                tables());
    return has_code(run.warnings, "does-not-fit");
  };
  CHECK(warned("175B", "a100", 16));     // 2,800 GB against 16 x 80
  CHECK(warned("405B", "rtx-4090", 1));  // 6,480 GB against 24
  CHECK(warned("175B", "a100", 38));     // 9 tenths of 80 GB: 39 are needed
  CHECK_FALSE(warned("175B", "a100", 39));
  CHECK_FALSE(warned("1B", "rtx-4090", 1));
  CHECK_FALSE(warned("70B", "a100", 2, "finetune = \"qlora\"\n"));  // 38.5 GB packed
  CHECK(warned("70B", "a100", 1, "finetune = \"lora\"\n"));         // 140 GB
}

TEST_CASE("all faults of all stages at once, each with its place") {
  const auto all = faults(base + stage("pretrian", "tokens = \"1T\"\n") +
                          stage("lora", "tokns = \"1B\"\nteacher = \"70B\"\n") +
                          stage("evaluate", "prompts = 0\n") + stage("evaluate", "tokens = \"1 kWh\"\n"));
  CHECK(has_code(all, "unknown-word"));
  CHECK(has_code(all, "unknown-key"));
  CHECK(has_code(all, "out-of-range"));
  CHECK(has_code(all, "duplicate-name"));
  for (const auto& d : all) CHECK(d.where.line > 0);
  const auto near =
      std::find_if(all.begin(), all.end(), [](const auto& d) { return d.code == "unknown-word"; });
  CHECK(near->help.find("'pretrain'") != std::string::npos);
}

TEST_CASE("work stands in a stage, not beside the stages") {
  CHECK(has_code(faults("[training]\ntokens = \"1T\"\n" + base + stage("pretrain", "tokens = \"1T\"\n")),
                 "conflict"));
  CHECK(has_code(faults(base + stage("finetune", "")), "missing-input"));
  CHECK(has_code(faults(base + stage("distill", "tokens = \"1B\"\n")), "missing-input"));
  CHECK(has_code(faults(base + stage("grpo", "prompts = 10\n")), "missing-input"));
  CHECK(has_code(faults(base + stage("distill", "tokens = \"1B\"\nteacher = \"llama-3-70c\"\n")),
                 "unknown-model"));
  CHECK(faults(base + stage("pretrain", "")).empty());  // the published length of the preset
}

TEST_CASE("adapters without stages: --finetune lora") {
  const auto resolved = [](const std::string& text) { return resolve(read(text), tables()); };
  const std::string training = "[training]\ntokens = \"1B\"\n";
  const auto lora = resolved(training + "finetune = \"lora\"\nrank = 16\n" + base);
  const auto full = resolved(training + "finetune = \"full\"\n" + base);
  const double ratio = lora.inputs.flop_per_token()->coherent() / full.inputs.flop_per_token()->coherent();
  CHECK(ratio == Approx(36712742912.0 / (3 * 17156800512.0)).epsilon(1e-9));
  CHECK(lora.network->flops.counted.find("training = 2.140 x forward") != std::string::npos);
  CHECK(lora.network->flops.counted.find("3 x forward") == std::string::npos);
  CHECK(full.network->flops.counted.find("training = 3 x forward") != std::string::npos);
  const auto again = resolved(training + "finetune = \"lora\"\nrecompute = \"full\"\n" + base);
  // the forward pass of the layers again: all but the output matrix of 128256 x 4096
  CHECK(again.inputs.executed_ratio()->coherent() ==
        Approx(1 + (17156800512.0 - 2.0 * 128256 * 4096) / 36712742912.0).epsilon(1e-9));
  const auto rough = resolved(training + "finetune = \"qlora\"\n[model]\nparameters = \"7B\"\n");
  CHECK(rough.inputs.flop_per_token()->coherent() == Approx(4 * 7e9));
  CHECK(has_code(faults(base + stage("pretrain", "tokens = \"1T\"\nrank = 8\n")), "conflict"));
}

TEST_CASE("the compute-optimal number of tokens") {
  const auto run =
      resolve(read("[model]\nparameters = \"70B\"\n[training]\ntokens = \"optimal\"\n"), tables());
  const double per_parameter = run.inputs.tokens()->coherent() / 70e9;
  CHECK(per_parameter > 17);  // Besiroglu 2024: about 18
  CHECK(per_parameter < 19);
  CHECK(has_code(run.warnings, "extrapolated"));
  const auto other = resolve(
      read("[model]\nparameters = \"70B\"\n[training]\ntokens = \"optimal\"\nloss_law = \"hoffmann-2022\"\n"),
      tables());
  CHECK(other.inputs.tokens()->coherent() > 2 * run.inputs.tokens()->coherent());
  const auto budget = resolve(read("[training]\nflops = 5.88e23\ntokens = \"optimal\"\n"), tables());
  CHECK(budget.inputs.active_parameters()->coherent() == Approx(7.30e10).epsilon(0.005));
  CHECK(budget.inputs.tokens()->coherent() == Approx(1.34e12).epsilon(0.005));
  CHECK_THROWS_AS(resolve(read("[training]\ntokens = \"optimal\"\n"), tables()), diag::ScenarioError);
}

}  // namespace
}  // namespace kwhatif::run
