// Published methods against the numbers of their authors (or of their tools, run with their own tables).
#include "support/catch.hpp"
#include <kwhatif/method/method.hpp>
#include <kwhatif/quantity/units.hpp>
#include <kwhatif/run/estimator.hpp>

#include <algorithm>
#include <array>
#include <cmath>

namespace kwhatif {
namespace {

using method::Applied;
using run::Input;

const catalog::Catalog& tables() { return catalog::Catalog::builtin(); }

run::ResolvedRun resolved(const std::vector<std::pair<Input, std::string>>& inputs) {
  run::Scenario given;
  for (const auto& [input, text] : inputs) given.set(input, {text, {}, "test"});
  return run::resolve(given, tables());
}

std::vector<Applied> applied(const run::ResolvedRun& run, bool as_published = false) {
  return method::apply_all(run, run::estimate(run.inputs), tables(), {.as_published = as_published});
}

const Applied& by_id(const std::vector<Applied>& list, const std::string& id) {
  for (const Applied& a : list) {
    if (a.id == id) return a;
  }
  throw std::runtime_error("no method " + id);
}

double mwh(const Applied& a) { return a.footprint->energy.coherent() / quantity::coherent_per("MWh"); }
double tonnes(const Applied& a) { return a.footprint->co2e->coherent() / 1000; }

// GPT-3 as in Patterson et al. 2021, with its size from Brown et al. 2020.
std::vector<std::pair<Input, std::string>> gpt_3() {
  return {{Input::flops, "3.14e23"},  {Input::params, "175B"},
          {Input::tokens, "300B"},    {Input::hardware, "v100-sxm2-32gb"},
          {Input::chips, "10000"},    {Input::tflops, "24.6 TFLOP/s"},
          {Input::power, "330 W"},    {Input::pue, "1.10"},
          {Input::ci, "0.429 kg/kWh"}};
}

TEST_CASE("GPT-3: 189 MWh by Carbontracker, 1,287 by Patterson, 1,290 and 699 by LLMCarbon") {
  const auto list = applied(resolved(gpt_3()));
  CHECK(mwh(by_id(list, "carbontracker-2020")) == Approx(188.70192).epsilon(1e-6));
  CHECK(mwh(by_id(list, "patterson-2021")) == Approx(1287).epsilon(0.0005));
  CHECK(tonnes(by_id(list, "patterson-2021")) == Approx(552.1).epsilon(0.0005));
  CHECK(mwh(by_id(list, "llmcarbon")) == Approx(1289.85).epsilon(0.002));  // rate 24.6, not 24.625
  CHECK(tonnes(by_id(list, "llmcarbon")) == Approx(553.34).epsilon(0.002));
  CHECK(mwh(by_id(list, "llmcarbon-predictor")) == Approx(699).epsilon(0.001));
  CHECK(tonnes(by_id(list, "llmcarbon-predictor")) == Approx(299.9).epsilon(0.001));
}

TEST_CASE("Carbontracker's printed CO2e of GPT-3 comes with its intensity") {
  auto inputs = gpt_3();
  inputs.back().second = "449.06 g/kWh";
  CHECK(by_id(applied(resolved(inputs)), "carbontracker-2020").footprint->co2e->coherent() ==
        Approx(84738.48).epsilon(1e-6));
}

struct PattersonRow {
  const char* hardware;
  const char* chips;
  const char* days;
  double mlco2;
  double green;
};
constexpr std::array rows{PattersonRow{"v100-sxm2-16gb", "10000", "14.8 days", 1066, 1193.5},
                          PattersonRow{"tpu-v3", "512", "20 days", 69.6, 60.6},
                          PattersonRow{"tpu-v3", "1024", "30 days", 209, 181.7},
                          PattersonRow{"tpu-v3", "1024", "3.1 days", 21.6, 18.8},
                          PattersonRow{"tpu-v3", "1024", "27 days", 188, 163.5}};

TEST_CASE("ML CO2 Impact and Green Algorithms give their figures for Patterson's rows") {
  for (const PattersonRow& row : rows) {
    const auto list = applied(resolved({{Input::hardware, row.hardware},
                                        {Input::chips, row.chips},
                                        {Input::hours, row.days},
                                        {Input::power, "300 W"},
                                        {Input::region, "gcp:us-central1"}}));
    CHECK(mwh(by_id(list, "mlco2-impact")) == Approx(row.mlco2).epsilon(0.003));
    CHECK(mwh(by_id(list, "green-algorithms-v3")) == Approx(row.green).epsilon(0.003));
  }
}

TEST_CASE(
    "Strubell's equation gives her rows: Transformer big 201 kWh and 192 lb, architecture search 656,347 and "
    "626,155") {
  const auto strubell = [](const char* hours, const char* power) {
    const auto list = applied(resolved({{Input::hours, hours},
                                        {Input::chips, "8"},
                                        {Input::total_power, power},
                                        {Input::pue, "1.1"},
                                        {Input::ci, "1 g/kWh"}}));
    return by_id(list, "strubell-2019").footprint;
  };
  const auto big = strubell("84 h", "1515.43 W");
  CHECK(std::round(big->energy.coherent() / quantity::coherent_per("kWh")) == 201);
  CHECK(std::round(big->co2e->coherent() / quantity::coherent_per("lb")) == 192);
  const auto search = strubell("274120 h", "1515.43 W");
  CHECK(search->energy.coherent() / quantity::coherent_per("kWh") == Approx(656347).epsilon(1e-5));
  CHECK(search->co2e->coherent() / quantity::coherent_per("lb") == Approx(626155).epsilon(1e-5));
}

TEST_CASE("LLMCarbon's predictor gives GPT-3 3,680 GPUs at 45.4 TFLOP/s and XLM 2,005 at 41.5") {
  const auto list = applied(resolved(gpt_3()));
  const auto& gpt3 = *by_id(list, "llmcarbon-predictor").footprint;
  CHECK(6 * 175e9 * 300e9 / gpt3.device_time.coherent() == Approx(45.4e12).epsilon(0.001));
  const auto xlm = applied(resolved({{Input::params, "550M"},
                                     {Input::tokens, "7000B"},
                                     {Input::hardware, "v100-sxm2-32gb"},
                                     {Input::tflops, "26.5 TFLOP/s"},
                                     {Input::power, "342 W"},
                                     {Input::pue, "1.1"},
                                     {Input::ci, "0.413 kg/kWh"}}));
  const auto& own = by_id(xlm, "llmcarbon-predictor");
  CHECK(6 * 550e6 * 7e12 / own.footprint->device_time.coherent() == Approx(41.5e12).epsilon(0.001));
  CHECK(mwh(own) == Approx(58).epsilon(0.005));
  CHECK(tonnes(own) == Approx(24.0).epsilon(0.005));
  CHECK(tonnes(by_id(xlm, "llmcarbon")) == Approx(37.62).epsilon(0.0005));
}

TEST_CASE("LLMCarbon counts 0.648 t of manufacture for XLM") {
  const auto xlm = applied(resolved({{Input::hardware, "v100-sxm2-32gb"},
                                     {Input::chips, "512"},
                                     {Input::flops, "2.31e22"},
                                     {Input::hours, "20.4 days"},
                                     {Input::power, "342 W"},
                                     {Input::pue, "1.1"},
                                     {Input::ci, "0.413 kg/kWh"}}));
  CHECK(*by_id(xlm, "llmcarbon").embodied_kg == Approx(648).epsilon(0.001));
}

TEST_CASE(
    "LLMCarbon's predictor leaves physics for huge models: described, and printed only when asked for") {
  auto inputs = gpt_3();
  inputs[0].second = "1.4e26";
  inputs[1].second = "2.4T";
  const auto run = resolved(inputs);
  const auto described = applied(run);
  CHECK_FALSE(by_id(described, "llmcarbon-predictor").footprint.has_value());
  CHECK_FALSE(by_id(described, "llmcarbon-predictor").problem.empty());
  const method::LlmCarbonConstants constants{.rate_node = {-8.82079068e-20, 1.68591116e-09, 133.954735},
                                             .rate_pipeline = {-5.60233749e-23, 8.45435587e-11, 134.546129},
                                             .devices = {-2.12910565e-21, 4.39684339e-09, 799.173057},
                                             .parameters_per_gb = 0.03e9,
                                             .node = 8,
                                             .other_devices = 2.5,
                                             .other_devices_40gb = 2,
                                             .other_rate = 1};
  CHECK(method::predict(constants, 2.4e12, 80).devices <= 0);
}

// data/model_emission.csv of OpenCarbonEval: FLOP, alphas, rating, intensity, tonnes.
TEST_CASE("OpenCarbonEval's table follows from a rate of (alpha + ln t) TFLOP/s") {
  struct Row {
    double flop, low, high, watts, kg_per_kwh, tonnes;
  };
  for (const Row& row :
       {Row{3.14e23, -2.5602428817952507, -0.17240877050385794, 300, 0.409, 509.65795031014676},
        Row{1.12e23, 3.3304167933687747, 13.139611478249089, 250, 0.409, 111.44164233061777},
        Row{3.3e22, 3.3304167933687747, 13.139611478249089, 250, 0.409, 34.288581421748304},
        Row{8.1e23, 36.11288426582052, 50.50578258708355, 400, 0.409, 568.1758668158661},
        Row{2.5272e24, 26.08153575089343, 36.128636984131944, 300, 0.436, 1693.4722873922499}}) {
    const double seconds = 0.5 * (method::opencarboneval_seconds(row.flop, row.low) +
                                  method::opencarboneval_seconds(row.flop, row.high));
    CHECK(seconds / 3600 * row.watts / 1000 * row.kg_per_kwh / 1000 == Approx(row.tonnes).epsilon(1e-8));
  }
}

TEST_CASE("the differences of each method multiply to its ratio to ours") {
  for (const auto& inputs :
       {gpt_3(), std::vector<std::pair<Input, std::string>>{{Input::params, "70B"},
                                                            {Input::tokens, "2T"},
                                                            {Input::hardware, "p4d.24xlarge"},
                                                            {Input::nodes, "32"},
                                                            {Input::region, "aws:us-east-1"}}}) {
    for (const Applied& a : applied(resolved(inputs))) {
      if (!a.footprint) continue;
      double product = 1;
      for (const auto& d : a.differences) product *= d.ratio;
      CHECK(product == Approx(*a.co2e_ratio).epsilon(1e-12));
      CHECK_FALSE(a.covers.empty());
      CHECK_FALSE(a.leaves_out.empty());
      CHECK_FALSE(a.source.empty());
    }
  }
}

TEST_CASE("as published, ML CO2 Impact takes its own ratings and its region's intensity as it rounds it") {
  const auto run = resolved({{Input::hardware, "v100-sxm2-16gb"},
                             {Input::chips, "8"},
                             {Input::hours, "100 h"},
                             {Input::region, "gcp:europe-west6"}});
  CHECK(mwh(by_id(applied(run), "mlco2-impact")) == Approx(0.240));  // 300 W, what the card has
  const auto as_published = applied(run, true);
  const auto& literal = *by_id(as_published, "mlco2-impact").footprint;
  CHECK(literal.energy.coherent() / quantity::coherent_per("kWh") ==
        Approx(200));                               // 250 W, exchanged with the PCIe card
  CHECK(literal.co2e->coherent() == Approx(4.00));  // 16 g/kWh in its table, 20 on its page
}

TEST_CASE("as published, an intensity of the user goes into ML CO2 Impact as it is") {
  const auto run = resolved({{Input::hardware, "v100-sxm2-32gb"},
                             {Input::chips, "8"},
                             {Input::hours, "100 h"},
                             {Input::ci, "16 g/kWh"}});
  CHECK(by_id(applied(run, true), "mlco2-impact").footprint->co2e->coherent() == Approx(3.84));
}

// js/grayscale.js multiplies by data/gpus.csv; form_blueprint.py by data/latest/TDP_gpu.csv.
TEST_CASE("as published, each calculator takes the power in its own table") {
  struct Row {
    const char* hardware;
    double mlco2;  // 0 where its page has no such device
    double green;
  };
  for (const Row& row :
       {Row{"v100-sxm2-16gb", 250, 300}, Row{"v100-pcie-16gb", 300, 300}, Row{"v100-sxm2-32gb", 300, 300},
        Row{"a100-pcie-80gb", 250, 300}, Row{"a100-sxm4-80gb", 400, 400}, Row{"tpu-v2", 221, 280},
        Row{"tpu-v3", 283, 220}, Row{"tpu-v4", 0, 170}, Row{"h100-sxm5", 0, 700}, Row{"t4", 70, 70}}) {
    INFO(row.hardware);
    const auto list = applied(resolved({{Input::hardware, row.hardware},
                                        {Input::chips, "1"},
                                        {Input::hours, "10 h"},
                                        {Input::ci, "1 g/kWh"}}),
                              true);
    const auto& mlco2 = by_id(list, "mlco2-impact");
    CHECK(mlco2.footprint.has_value() == (row.mlco2 > 0));
    if (mlco2.footprint)
      CHECK(mlco2.footprint->power.coherent() == Approx(row.mlco2));
    else
      CHECK(mlco2.problem.find("no field for a rating") != std::string::npos);
    CHECK(by_id(list, "green-algorithms-v3").footprint->power.coherent() == Approx(row.green));
  }
}

TEST_CASE(
    "a PUE that the user gives goes where the tool has a place for it, and is named where it has none") {
  auto inputs = gpt_3();
  inputs[7].second = "1.3";
  for (const bool as_published : {false, true}) {
    const auto list = applied(resolved(inputs), as_published);
    const auto pue = [&](const char* id) { return by_id(list, id).footprint->pue.coherent(); };
    const auto named = [&](const char* id) {
      const auto& unused = by_id(list, id).unused;
      return std::find(unused.begin(), unused.end(), "PUE") != unused.end();
    };
    for (const char* id : {"green-algorithms-v1", "green-algorithms-v3", "codecarbon-v2", "codecarbon-v3",
                           "patterson-2021", "llmcarbon", "sci"}) {
      INFO(id);
      CHECK(pue(id) == Approx(1.3));
      CHECK_FALSE(named(id));
    }
    CHECK(pue("strubell-2019") == Approx(1.58));
    CHECK(pue("carbontracker-2020") == Approx(1.125));
    CHECK(pue("mlco2-impact") == 1);
    CHECK(pue("opencarboneval") == 1);
    CHECK(pue("experiment-impact-tracker") == Approx(as_published ? 1.0 : 1.3));
    for (const char* id : {"strubell-2019", "carbontracker-2020", "mlco2-impact", "opencarboneval"}) {
      INFO(id);
      CHECK(named(id));
    }
    CHECK(named("experiment-impact-tracker") == as_published);
  }
}

TEST_CASE("CodeCarbon 3 assumes the memory modules of its documentation's examples") {
  CHECK(method::codecarbon_memory(8, 5) == Approx(10));
  CHECK(method::codecarbon_memory(32, 5) == Approx(20));
  CHECK(method::codecarbon_memory(64, 5) == Approx(20));
  CHECK(method::codecarbon_memory(128, 5) == Approx(38));    // "about 40 W"
  CHECK(method::codecarbon_memory(1024, 5) == Approx(38));   // "about 40 W"
  CHECK(method::codecarbon_memory(488, 5) == Approx(70));    // 16 modules of 32 GB: 4 + 4 x 0.9 + 8 x 0.8
  CHECK(method::codecarbon_memory(8192, 5) == Approx(126));  // never more than 32: + 16 x 0.7
}

// By hand: 8 V100 of 300 W, two Xeon E5-2686 v4 of 145 W at half of it, 488 GB; Switzerland 34.84 g/kWh,
// 2023.
TEST_CASE("CodeCarbon counts GPUs, CPUs and memory without a PUE, at the country's intensity") {
  const auto list = applied(resolved({{Input::hardware, "p3.16xlarge"},
                                      {Input::nodes, "1"},
                                      {Input::hours, "100 h"},
                                      {Input::region, "gcp:europe-west6"}}));
  CHECK(mwh(by_id(list, "codecarbon-v2")) == Approx((8 * 300 + 145 * 0.5 + 488 * 3. / 8) * 100 / 1e6));
  CHECK(mwh(by_id(list, "codecarbon-v3")) == Approx((8 * 300 + 2 * 145 * 0.5 + 70) * 100 / 1e6));
  CHECK(by_id(list, "codecarbon-v3").footprint->co2e->coherent() == Approx(261.5 * 0.03484));
}

TEST_CASE("CodeCarbon 2 falls back to the world's average, and says so, and version 3 takes an intensity") {
  const auto list = applied(resolved({{Input::hardware, "v100-sxm2-16gb"},
                                      {Input::chips, "1"},
                                      {Input::hours, "10 h"},
                                      {Input::ci, "16 g/kWh"}}),
                            true);
  const auto grams = [&](const char* id) {
    return by_id(list, id).footprint->ci->coherent() * quantity::coherent_per("kWh") * 1000;
  };
  CHECK(grams("codecarbon-v2") == Approx(475));
  CHECK(grams("codecarbon-v3") == Approx(16));
  const auto& second = by_id(list, "codecarbon-v2");
  CHECK(second.unused == std::vector<std::string>{"intensity"});
  const bool said = std::any_of(second.taken.begin(), second.taken.end(), [](const std::string& words) {
    return words.find("world average") != std::string::npos;
  });
  CHECK(said);
}

TEST_CASE("what the cloud providers report is described, and not computed, for a reason") {
  const auto list = applied(resolved({{Input::hardware, "p3.16xlarge"},
                                      {Input::nodes, "1"},
                                      {Input::hours, "100 h"},
                                      {Input::region, "aws:us-east-1"}}));
  for (const char* id : {"aws-ccft", "google-carbon-footprint", "azure-emissions"}) {
    const auto& tool = by_id(list, id);
    INFO(id);
    CHECK_FALSE(tool.footprint.has_value());
    CHECK(tool.covers.find("scopes 1, 2 and 3") != std::string::npos);
    CHECK_FALSE(tool.source.empty());
  }
  CHECK(by_id(list, "aws-ccft").problem.find("AWS publishes neither") != std::string::npos);
  CHECK(by_id(list, "azure-emissions").problem.find("in that cloud only") != std::string::npos);
}

}  // namespace
}  // namespace kwhatif
