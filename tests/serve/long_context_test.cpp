// Long prompts and answers: what attention costs, and what has to be kept of it.
#include "support/catch.hpp"
#include "uncertain/given_inputs.hpp"
#include <kwhatif/ask/check.hpp>
#include <kwhatif/ask/serve.hpp>

#include <memory>
#include <string>
#include <utility>
#include <vector>

using namespace kwhatif;
using test::tables;

namespace {

ask::ServeCase served(const std::vector<std::pair<const char*, const char*>>& inputs) {
  ask::ServeQuestion question;
  for (const auto& [flag, text] : inputs) question.inputs[flag] = {text, {}, std::string{"--"} + flag};
  return ask::serve_one(question, tables());
}

}  // namespace

TEST_CASE("each token of a prompt attends to those before it") {
  // Llama 3.1 8B: 32 layers of 32 heads of 128, two products of two FLOP each, half of 128,000 positions on
  // average
  const auto c = served({{"model", "llama-3.1-8b"},
                         {"hardware", "h100-sxm5"},
                         {"devices", "1"},
                         {"batch", "1"},
                         {"prompt", "128000"},
                         {"answer", "1"}});
  const double expected = 4.0 * 32 * 32 * 128 * 128000 / 2;
  CHECK(c.service.model.prompt_attention.coherent() == Approx(expected).epsilon(1e-3));
  CHECK(c.service.model.answer_attention.coherent() == Approx(2 * expected).epsilon(1e-3));
  // the matrices alone: 2 x 8.03e9 FLOP per token
  CHECK(c.served.step.flop.coherent() == Approx(128000 * (1.606e10 + expected)).epsilon(0.01));
}

TEST_CASE("attention that chooses what it reads still keeps all of it") {
  const auto cache = [](const char* model) {
    return served({{"model", model}, {"hardware", "h200-sxm"}, {"devices", "16"}, {"prompt", "100000"}})
        .memory.per_request.coherent();
  };
  CHECK(cache("deepseek-v3.2") >= cache("deepseek-v3"));
}

TEST_CASE("an image has as many positions as its model sees in so many pixels") {
  const auto flop = [](const char* model, const char* side) {
    std::vector<std::pair<const char*, const char*>> inputs{
        {"model", model}, {"hardware", "h100-sxm5"}, {"devices", "1"}, {"steps", "1"}, {"passes", "1"}};
    if (side != nullptr) inputs.emplace_back("image-size", side);
    return served(inputs).service.image->flop.coherent();
  };
  // the configs are of 1,024 pixels: 64 x 64 positions of FLUX, 32 x 32 of SANA
  for (const char* model : {"flux.1-dev", "sana-1.6b", "qwen-image"}) {
    CAPTURE(model);
    CHECK(flop(model, "1024") == Approx(flop(model, nullptr)).epsilon(0.02));
    CHECK(flop(model, "512") < 0.4 * flop(model, nullptr));
  }
}

TEST_CASE("check knows a serve file") {
  const auto problems = [](const std::string& text) {
    const auto read = [&](const std::string& path) {
      auto out = std::make_shared<diag::SourceText>();
      out->name = path;
      out->text = text;
      return std::shared_ptr<const diag::SourceText>{out};
    };
    return ask::check({.files = {{.path = {"s.toml", {}, {}}}}, .read = read}, tables()).problems;
  };
  CHECK(problems("[serve]\nmodel = \"llama-3.1-8b\"\nhardware = \"h100-sxm5\"\n") == 0);
  CHECK(problems("[serve]\nmodel = \"llama-3.1-8b\"\nhardware = \"h100-smx\"\n") == 1);
  CHECK(problems("[serve]\nmodle = \"llama-3.1-8b\"\n") > 0);
}
