// What the text prints as a product multiplies out: read back from the text, not from the run.
#include "support/catch.hpp"
#include <kwhatif/ask/estimate.hpp>
#include <kwhatif/ask/explain.hpp>
#include <kwhatif/catalog/catalog.hpp>
#include <kwhatif/report/present.hpp>
#include <kwhatif/run/estimator.hpp>
#include <kwhatif/run/resolve.hpp>

#include <cmath>
#include <map>
#include <memory>
#include <sstream>
#include <string>
#include <vector>

namespace kwhatif::report {
namespace {

const catalog::Catalog& tables() { return catalog::Catalog::builtin(); }

template <class Answer>
std::string printed(const Answer& answer) {
  return report::render(report::present(answer, tables()), report::Form::text);
}

run::ResolvedRun resolved(const std::string& text) {
  auto source = std::make_shared<diag::SourceText>();
  source->name = "run.toml";
  source->text = text;
  return run::resolve(run::read_run(source), tables());
}

// "50.0 M tokens" -> 5e7; the unit is what a person reads.
double read_back(const std::string& words) {
  std::istringstream in(words);
  double number = 0;
  std::string scale;
  in >> number >> scale;
  static const std::map<std::string, double> scales{{"k", 1e3}, {"M", 1e6}, {"B", 1e9}, {"T", 1e12}};
  const auto found = scales.find(scale);
  return found == scales.end() ? number : number * found->second;
}

// Product of what stands in "a x b x c".
double product(std::string text) {
  double out = 1;
  for (std::size_t cut = 0; cut != std::string::npos;) {
    cut = text.find(" x ");
    out *= read_back(text.substr(0, cut));
    if (cut != std::string::npos) text = text.substr(cut + 3);
  }
  return out;
}

std::string line_of(const std::string& text, const std::string& start) {
  const std::size_t at = text.find(start);
  if (at == std::string::npos) return {};
  return text.substr(at, text.find('\n', at) - at);
}

std::string after(const std::string& text, const std::string& what) {
  const std::size_t at = text.find(what);
  return at == std::string::npos ? std::string{} : text.substr(at + what.size());
}

}  // namespace

TEST_CASE("the printed product of compute multiplies out") {
  std::vector<std::string> models{"preset = \"llama-3-8b\"\n", "preset = \"mixtral-8x7b\"\n",
                                  "preset = \"t5-small\"\n", "parameters = \"7B\"\n",
                                  "parameters = \"47B\"\nactive_parameters = \"13B\"\n"};
  for (const std::string& model : models) {
    for (const char* kind :
         {"", "finetune = \"full\"\n", "finetune = \"lora\"\n", "finetune = \"qlora\"\n"}) {
      for (const char* passes : {"", "epochs = 3\n", "epochs = 0.5\nruns = 4\n"}) {
        const auto run = resolved("[model]\n" + model + "[training]\ntokens = \"50M\"\n" + kind + passes);
        const std::string text = printed(ask::estimate_of(run, tables()));
        const std::string line = line_of(text, "Training compute");
        CAPTURE(text);
        REQUIRE(line.find(" x ") != std::string::npos);
        const std::string remark = after(line, " FLOP  ");
        const std::string factors = remark.substr(remark.find_first_not_of(' '));
        const double printed = read_back(after(line, "Training compute"));
        constexpr double rounding = 0.015;  // three digits each
        CHECK(product(factors.substr(0, factors.find(','))) == Approx(printed).epsilon(rounding));
      }
    }
  }
}

TEST_CASE("the printed multiple of the forward pass gives the training") {
  for (const char* kind : {"", "finetune = \"lora\"\n", "finetune = \"qlora\"\nrank = 256\n",
                           "finetune = \"lora\"\nsequence_length = 131072\n"}) {
    const auto run =
        resolved("[model]\npreset = \"llama-3-8b\"\n[training]\ntokens = \"50M\"\n" + std::string(kind));
    const auto result = run::estimate(run.inputs);
    const std::string explained = printed(ask::explanation_of(run));
    CAPTURE(explained);
    const double times = read_back(after(line_of(explained, "FLOP per token, forward"), "(training is "));
    std::string all = line_of(explained, "\n  all ");
    all = line_of(after(explained, "(training is "), "  all ");
    const double forward = read_back(after(all, "all"));
    CHECK(times * forward * 50e6 == Approx(result.training_flop->coherent()).epsilon(1e-3));
    const std::string counted = printed(ask::estimate_of(run, tables()));
    std::string joined = after(counted, "Counted: ");
    for (std::size_t at = 0; (at = joined.find('\n', at)) != std::string::npos;) joined[at] = ' ';
    CHECK(read_back(after(joined, "training = ")) == Approx(times).epsilon(1e-3));
  }
}

}  // namespace kwhatif::report
