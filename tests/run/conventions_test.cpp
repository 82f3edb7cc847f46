// Rates as papers print them: what they count decides how long a run takes.
#include "support/catch.hpp"
#include "uncertain/given_inputs.hpp"
#include <kwhatif/run/estimator.hpp>
#include <kwhatif/run/resolve.hpp>

#include <algorithm>
#include <string>

namespace kwhatif::run {
namespace {

using test::Inputs;
using test::run_of;
using test::tables;

constexpr double day = 86400;

ResolvedRun resolved(const Inputs& inputs) { return resolve(run_of(inputs), tables()); }

RunEstimate<double> results(const Inputs& inputs) { return run::estimate(resolved(inputs).inputs); }

Inputs with(Inputs base, const Inputs& more) {
  for (const auto& [input, text] : more) {
    std::erase_if(base, [&, i = input](const auto& given) { return given.first == i; });
    base.emplace_back(input, text);
  }
  return base;
}

/// "code at --flag" of each fault, by the input it points at.
std::string refused(const Inputs& inputs) {
  std::string out;
  try {
    (void)resolved(inputs);
  } catch (const diag::ScenarioError& error) {
    for (const auto& d : error.diagnostics()) {
      CHECK_FALSE(d.message.empty());
      out += (out.empty() ? "" : " ") + d.code;
    }
  }
  return out;
}

bool warned(const Inputs& inputs, std::string_view code) {
  const auto run = resolved(inputs);
  return std::any_of(run.warnings.begin(), run.warnings.end(), [&](const auto& w) { return w.code == code; });
}

// 96 layers of 12288 at 2,048 tokens, 300 B tokens, everything recomputed, on A100
const Inputs gpt3{{Input::layers, "96"},
                  {Input::hidden, "12288"},
                  {Input::heads, "96"},
                  {Input::vocab, "51200"},
                  {Input::seq_len, "2048"},
                  {Input::tokens, "300B"},
                  {Input::hardware, "a100-sxm4-80gb"},
                  {Input::recompute, "full"}};

TEST_CASE("rates that count recomputation give the times of their papers") {
  // Narayanan et al. 2021 (arXiv 2104.04473): table 2, 175 B, 384 GPUs at 153 TFLOP/s: 84 days; section 5.1,
  // 1,024 at 140: 34 days. Their FLOPs count the repetition and the whole square of attention.
  const auto days = [&](const std::string& chips, const std::string& rate, const Inputs& conventions) {
    return results(with(with(gpt3, {{Input::chips, chips}, {Input::tflops, rate}}), conventions))
               .wall_time->coherent() /
           day;
  };
  const Inputs hardware{{Input::flops_convention, "hardware"}};
  const Inputs both{{Input::flops_convention, "hardware"}, {Input::mfu_convention, "full-attention"}};
  CHECK(days("384", "153 TFLOP/s", hardware) == Approx(84).epsilon(0.01));
  CHECK(days("384", "153 TFLOP/s", both) == Approx(84).epsilon(0.015));
  CHECK(days("1024", "140 TFLOP/s", both) == Approx(34).epsilon(0.03));
  // read as the model's own FLOPs they give a quarter too little
  CHECK(days("384", "153 TFLOP/s", {{Input::flops_convention, "model"}}) == Approx(62.8).epsilon(0.002));
}

TEST_CASE("the steps of MT-NLG take as long as printed") {
  // Smith et al. 2022 (arXiv 2201.11990), section 2.3: 105 layers of 20480, 128 heads, batch 1,920 of 2,048
  // tokens; 280, 350 and 420 nodes of 8 A100: 60.1, 50.2 and 44.4 s a step at 126, 121 and 113 TFLOP/s
  struct Printed {
    const char* devices;
    const char* rate;
    double seconds;
  };
  for (const Printed& p : {Printed{"2240", "126 TFLOP/s", 60.1}, Printed{"2800", "121 TFLOP/s", 50.2},
                           Printed{"3360", "113 TFLOP/s", 44.4}}) {
    const auto step = results({{Input::layers, "105"},
                               {Input::hidden, "20480"},
                               {Input::heads, "128"},
                               {Input::vocab, "51200"},
                               {Input::seq_len, "2048"},
                               {Input::tokens, "3932160"},
                               {Input::hardware, "a100-sxm4-80gb"},
                               {Input::recompute, "full"},
                               {Input::chips, p.devices},
                               {Input::tflops, p.rate},
                               {Input::flops_convention, "hardware"},
                               {Input::mfu_convention, "full-attention"}});
    CHECK(step.wall_time->coherent() == Approx(p.seconds).epsilon(0.01));
  }
}

// Chowdhery et al. 2022 (arXiv 2204.02311), tables 1 and 3 and section 4.1
const Inputs palm{{Input::layers, "118"},    {Input::hidden, "18432"},    {Input::heads, "48"},
                  {Input::head_size, "256"}, {Input::kv_heads, "1"},      {Input::ffn, "73728"},
                  {Input::vocab, "256000"},  {Input::params, "540.35B"},  {Input::seq_len, "2048"},
                  {Input::tokens, "780B"},   {Input::hardware, "tpu-v4"}, {Input::chips, "6144"}};

TEST_CASE("PaLM's utilisation gives its tokens per second, and its HFU lies between the two recomputations") {
  // MFU 46.2 % with the whole square of attention, at 238.3 k tokens/s on 6,144 TPU v4
  const auto run = results(with(palm, {{Input::mfu, "0.462"}, {Input::mfu_convention, "full-attention"}}));
  CHECK(780e9 / run.wall_time->coherent() == Approx(238.3e3).epsilon(0.003));
  // HFU 57.8 %: some of the forward pass, not all, was done again
  const auto mfu = [&](const std::string& recompute) {
    return results(with(palm, {{Input::hfu, "0.578"}, {Input::recompute, recompute}})).mfu->coherent();
  };
  CHECK(mfu("none") == Approx(0.578));
  CHECK(mfu("full") == Approx(0.578 * 3 / 4).epsilon(3e-3));
  CHECK(mfu("full") < 0.462);  // the output is not done again
  CHECK(mfu("selective") > 0.462);
}

TEST_CASE("an HFU is a rate whose convention is hardware") {
  const auto base = with(gpt3, {{Input::chips, "384"}});
  for (const char* attention : {"model", "full-attention"}) {
    for (const char* recompute : {"none", "selective", "full"}) {
      const Inputs how{{Input::recompute, recompute}, {Input::mfu_convention, attention}};
      const auto hfu = results(with(with(base, how), {{Input::hfu, "0.49"}}));
      const auto mfu =
          results(with(with(base, how), {{Input::mfu, "0.49"}, {Input::flops_convention, "hardware"}}));
      const auto rate = results(
          with(with(base, how), {{Input::tflops, "152.88 TFLOP/s"}, {Input::flops_convention, "hardware"}}));
      CHECK(hfu.mfu->coherent() == Approx(mfu.mfu->coherent()).epsilon(1e-12));
      CHECK(hfu.mfu->coherent() == Approx(rate.mfu->coherent()).epsilon(1e-9));
      if (attention == std::string{"model"}) CHECK(hfu.hfu->coherent() == Approx(0.49).epsilon(1e-9));
      CHECK(hfu.mfu->coherent() <= 0.49);
    }
  }
}

TEST_CASE("conventions that cannot be followed, or contradict each other, are refused") {
  const Inputs plain{{Input::flops, "1e24"}, {Input::hardware, "h100-sxm5"}, {Input::chips, "512"}};
  const Inputs full = with(plain, {{Input::recompute, "full"}});
  CHECK(refused(with(full, {{Input::hfu, "0.4"}})).empty());
  CHECK(refused(with(plain, {{Input::hfu, "0.4"}})) == "missing-input");
  CHECK(refused(with(plain, {{Input::hfu, "0.4"}, {Input::recompute, "selective"}})) == "missing-input");
  CHECK(refused(with(plain, {{Input::mfu, "0.4"}, {Input::flops_convention, "hardware"}})) ==
        "missing-input");
  CHECK(refused(with(plain, {{Input::mfu, "0.4"}, {Input::mfu_convention, "full-attention"}})) ==
        "missing-input");
  CHECK(refused(with(full, {{Input::hfu, "0.4"}, {Input::mfu, "0.3"}})) == "conflict");
  CHECK(refused(with(full, {{Input::hfu, "0.4"}, {Input::tflops, "300 TFLOP/s"}})) == "conflict");
  CHECK(refused(with(full, {{Input::hfu, "0.4"}, {Input::flops_convention, "model"}})) == "conflict");
  CHECK(refused(with(full, {{Input::hfu, "1.2"}})) == "out-of-range");
  CHECK(refused(with(full, {{Input::hfu, "0"}})) == "out-of-range");
  CHECK(refused(with(full, {{Input::hfu, "0.4"}, {Input::flops_convention, "both"}})).find("unknown-word") !=
        std::string::npos);
  // a time that follows from it may stand beside it, another may not
  CHECK(refused(with(full, {{Input::hfu, "0.4"}, {Input::hours, "1828 h"}})).empty());
  CHECK(refused(with(full, {{Input::hfu, "0.4"}, {Input::hours, "3000 h"}})) == "conflict");
  CHECK(refused(with(full, {{Input::hfu, "0.4"}, {Input::device_hours, "2M device-h"}})) == "conflict");
  // nobody does more than the peak, whatever is counted
  CHECK(refused(with(full, {{Input::mfu, "0.9"}})) == "out-of-range");
  CHECK(refused(with(full, {{Input::tflops, "1200 TFLOP/s"}, {Input::flops_convention, "hardware"}})) ==
        "out-of-range");
}

TEST_CASE("a rate beside recomputation is warned of until its convention is said") {
  const auto base = with(gpt3, {{Input::chips, "384"}, {Input::tflops, "140 TFLOP/s"}});
  CHECK(warned(base, "flops-convention"));
  CHECK_FALSE(warned(with(base, {{Input::flops_convention, "hardware"}}), "flops-convention"));
  CHECK_FALSE(warned(with(base, {{Input::flops_convention, "model"}}), "flops-convention"));
  CHECK_FALSE(warned(with(base, {{Input::recompute, "none"}}), "flops-convention"));
  Inputs no_rate = base;
  std::erase_if(no_rate, [](const auto& given) { return given.first == Input::tflops; });
  CHECK_FALSE(warned(no_rate, "flops-convention"));
  CHECK(warned(with(no_rate, {{Input::flops_convention, "hardware"}}), "no-effect"));
  CHECK(warned(with(no_rate, {{Input::mfu_convention, "full-attention"}}), "no-effect"));
}

TEST_CASE("no HFU is printed that nobody measured") {
  for (const char* recompute : {"none", "selective", "full"}) {
    const auto predicted = results(with(gpt3, {{Input::chips, "384"}, {Input::recompute, recompute}}));
    REQUIRE(predicted.mfu);
    CHECK_FALSE(predicted.hfu);
  }
  CHECK(results(with(gpt3, {{Input::chips, "384"}, {Input::mfu, "0.3"}})).hfu->coherent() ==
        Approx(0.4).epsilon(1e-3));
}

TEST_CASE("a rate said anew takes the place of the other, with what it counted") {
  const auto over = [](const Inputs& before, const Inputs& anew) {
    Scenario run = run_of(before);
    run.overlay(run_of(anew), &tables());
    return run;
  };
  const auto base = with(gpt3, {{Input::chips, "384"}});
  const auto said = with(base, {{Input::tflops, "140 TFLOP/s"}, {Input::flops_convention, "hardware"}});
  auto run = over(said, {{Input::mfu, "0.3"}});
  CHECK_FALSE(run.has(Input::tflops));
  CHECK_FALSE(run.has(Input::flops_convention));
  CHECK(run::estimate(resolve(run, tables()).inputs).mfu->coherent() == Approx(0.3));
  run = over(said, {{Input::hfu, "0.4"}});
  CHECK_FALSE(run.has(Input::tflops));
  CHECK(run::estimate(resolve(run, tables()).inputs).hfu->coherent() == Approx(0.4));
  run = over(said, {{Input::hours, "2000 h"}});
  CHECK_FALSE(run.has(Input::tflops));
  CHECK_FALSE(run.has(Input::flops_convention));
  // beside a rate that stays, a convention alone is added
  run = over(with(base, {{Input::mfu, "0.3"}}), {{Input::mfu_convention, "full-attention"}});
  CHECK(run.has(Input::mfu));
  CHECK(run::estimate(resolve(run, tables()).inputs).mfu->coherent() < 0.3);
  run = over(with(base, {{Input::hfu, "0.3"}}), {{Input::tflops, "100 TFLOP/s"}});
  CHECK_FALSE(run.has(Input::hfu));
}

TEST_CASE("a network is named in one way: the last one said") {
  const auto over = [](const Inputs& before, const Inputs& anew) {
    Scenario run = run_of(before);
    run.overlay(run_of(anew), &tables());
    return run;
  };
  auto run = over(palm, {{Input::model, "gpt-3"}});
  for (const Input size : plain_sizes) CHECK_FALSE(run.has(size));
  CHECK_FALSE(run.has(Input::params));
  run = over(palm, {{Input::params, "7B"}});
  for (const Input size : plain_sizes) CHECK_FALSE(run.has(size));
  CHECK(run.has(Input::params));
  run = over({{Input::model, "gpt-3"}, {Input::tokens, "300B"}},
             {{Input::layers, "12"}, {Input::hidden, "768"}});
  CHECK_FALSE(run.has(Input::model));
  run = over(palm, {{Input::layers, "100"}});  // its parameters are others then
  CHECK(run.has(Input::hidden));
  CHECK_FALSE(run.has(Input::params));
  CHECK_NOTHROW(resolve(run, tables()));
  run =
      over({{Input::flops, "1e24"}, {Input::tokens, "1T"}}, {{Input::layers, "12"}, {Input::hidden, "768"}});
  CHECK_FALSE(run.has(Input::flops));
}

TEST_CASE("sizes of a network are refused with the size that is wrong") {
  const Inputs base{{Input::tokens, "1T"}, {Input::hardware, "h100-sxm5"}, {Input::chips, "8"}};
  CHECK(refused(with(base, {{Input::layers, "12"}})) == "missing-input");
  CHECK(refused(with(base, {{Input::experts, "8"}})) == "missing-input");
  CHECK(refused(with(base, {{Input::layers, "12"}, {Input::hidden, "768"}, {Input::model, "gpt-3"}})) ==
        "conflict");
  CHECK(refused(with(base, {{Input::layers, "0"}, {Input::hidden, "768"}})) == "out-of-range");
  CHECK(refused(with(base, {{Input::layers, "12"}, {Input::hidden, "768"}, {Input::params, "7B"}})) ==
        "conflict");
  CHECK(refused(with(base, {{Input::layers, "12"},
                            {Input::hidden, "768"},
                            {Input::experts, "8"},
                            {Input::experts_per_token, "1"},
                            {Input::params, "300M"},
                            {Input::active, "124M"}})) == "conflict");
  CHECK(refused(with(base, {{Input::layers, "100000"},
                            {Input::hidden, "10000000"},
                            {Input::ffn, "100000000"},
                            {Input::experts, "1000000"}})) == "config-count-overflow");
  const auto blamed = [&](const Inputs& sizes) {
    Scenario run = run_of(with(base, sizes));
    const auto text = std::make_shared<diag::SourceText>();
    int column = 1;
    for (const Input size : plain_sizes) {
      if (auto given = run.get(size)) {
        given->where = {text, 1, column++, 1};
        run.set(size, *given);
      }
    }
    try {
      (void)resolve(run, tables());
    } catch (const diag::ScenarioError& error) {
      for (const Input size : plain_sizes) {
        if (run.has(size) && run.get(size)->where.column == error.diagnostics().front().where.column)
          return std::string{info(size).flag};
      }
    }
    return std::string{"none"};
  };
  const Inputs sized{{Input::layers, "12"}, {Input::hidden, "768"}};
  CHECK(blamed(with(sized, {{Input::heads, "8"}, {Input::kv_heads, "3"}})) == "kv-heads");
  CHECK(blamed(with(sized, {{Input::experts_per_token, "3"}})) == "experts-per-token");
  CHECK(
      blamed(with(sized, {{Input::kv_heads, "1"}, {Input::experts, "2"}, {Input::experts_per_token, "3"}})) ==
      "experts-per-token");
}

}  // namespace
}  // namespace kwhatif::run
