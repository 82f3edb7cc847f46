// Networks by their sizes alone, against the numbers of parameters that their publications print.
#include "support/catch.hpp"
#include <kwhatif/diag/diagnostic.hpp>
#include <kwhatif/model/inventory.hpp>
#include <kwhatif/model/parameters.hpp>
#include <kwhatif/model/plain.hpp>

#include <functional>
#include <string>

namespace kwhatif::model {
namespace {

ParameterCount counted(const PlainShape& shape) {
  return count_parameters(take_inventory(plain_architecture(shape).architecture));
}

std::string refused(const PlainShape& shape) {
  try {
    (void)plain_architecture(shape);
  } catch (const diag::ScenarioError& error) {
    REQUIRE(error.diagnostics().size() == 1);
    CHECK_FALSE(error.diagnostics().front().help.empty());
    return error.diagnostics().front().code + ": " + error.diagnostics().front().message;
  }
  return {};
}

TEST_CASE("plain sizes give the parameters that the publications print") {
  const PlainShape gpt3{.layers = 96, .width = 12288, .heads = 96, .vocabulary = 50257, .parameters = {}};
  // Brown et al. 2020, table D.1: 174,600 M; 25 M of them are positions, which a plain network has not
  CHECK(counted(gpt3).total.as_double() == Approx(174.6e9).epsilon(1e-3));
  // ibidem: 12,850 M with 40 heads of 128 on 5,140
  const PlainShape narrow{
      .layers = 40, .width = 5140, .heads = 40, .head_size = 128, .vocabulary = 50257, .parameters = {}};
  CHECK(counted(narrow).total.as_double() == Approx(12.85e9).epsilon(6e-3));
  // Chowdhery et al. 2022, table 1: 540.35 B; keys and values of one head, gated feed-forward, tied output
  const PlainShape palm{.layers = 118,
                        .width = 18432,
                        .heads = 48,
                        .key_value_heads = 1,
                        .head_size = 256,
                        .feed_forward = 73728,
                        .vocabulary = 256000,
                        .parameters = 540e9};
  CHECK(counted(palm).total.as_double() == Approx(540.35e9).epsilon(2e-5));
  // the weights of the checkpoints, by number: meta-llama/Llama-2-7b and -70b, mistralai/Mixtral-8x7B-v0.1
  const PlainShape llama7{
      .layers = 32, .width = 4096, .heads = 32, .feed_forward = 11008, .vocabulary = 32000, .parameters = {}};
  CHECK(counted(llama7).total.value() == 6'738'415'616);
  const PlainShape llama70{.layers = 80,
                           .width = 8192,
                           .heads = 64,
                           .key_value_heads = 8,
                           .feed_forward = 28672,
                           .vocabulary = 32000,
                           .parameters = {}};
  CHECK(counted(llama70).total.value() == 68'976'648'192);
  const PlainShape mixtral{.layers = 32,
                           .width = 4096,
                           .heads = 32,
                           .key_value_heads = 8,
                           .feed_forward = 14336,
                           .vocabulary = 32000,
                           .experts = 8,
                           .experts_per_token = 2,
                           .parameters = {}};
  CHECK(counted(mixtral).total.value() == 46'702'792'704);
  CHECK(counted(mixtral).active.as_double() == Approx(12.9e9).epsilon(3e-3));  // Jiang et al. 2024: 13 B
}

TEST_CASE("what is not said of a plain network is settled and named") {
  const auto gpt = plain_architecture({.layers = 12, .width = 768, .parameters = {}});
  const auto& block = gpt.architecture.stacks.front().blocks.front();
  CHECK(block.attention->heads.value() == 6);  // of 128
  CHECK(block.feed_forward->width.value() == 3072);
  CHECK(gpt.settled.find("heads of 128") != std::string::npos);
  CHECK(gpt.settled.find("50257") != std::string::npos);
  CHECK(gpt.settled.find("two matrices") != std::string::npos);
  CHECK(gpt.settled.find("tied") != std::string::npos);
  const auto small = plain_architecture({.layers = 1, .width = 1, .heads = 100, .parameters = {}});
  CHECK(small.architecture.stacks.front().blocks.front().attention->head_dim.value() == 1);
  const auto llama =
      plain_architecture({.layers = 32, .width = 4096, .feed_forward = 11008, .parameters = {}});
  CHECK(llama.settled.find("three matrices") != std::string::npos);
  // parameters decide where the width does not: PaLM's gates beside 4 x width
  const auto said = plain_architecture({.layers = 12, .width = 768, .parameters = 162e6});
  CHECK(said.settled.find("two matrices") != std::string::npos);
  CHECK(said.settled.find("of its own") != std::string::npos);
  const auto mixture = plain_architecture({.layers = 12, .width = 768, .experts = 1, .parameters = {}});
  CHECK(mixture.architecture.stacks.front().blocks.front().experts->used.value() == 1);
}

TEST_CASE("sizes that do not fit together are refused") {
  CHECK(refused({.layers = 2, .width = 512, .heads = 8, .key_value_heads = 3, .parameters = {}}) ==
        "out-of-range: the heads of the attention (8) are no multiple of those of keys and values (3)");
  CHECK(refused({.layers = 2, .width = 512, .heads = 8, .key_value_heads = 16, .parameters = {}})
            .starts_with("out-of-range"));
  CHECK(refused({.layers = 2, .width = 512, .experts_per_token = 2, .parameters = {}}) ==
        "out-of-range: experts per token are given, but no experts");
  CHECK(refused({.layers = 2, .width = 512, .experts = 2, .experts_per_token = 3, .parameters = {}}) ==
        "out-of-range: more experts per token (3) than experts (2)");
  CHECK(refused({.layers = 2, .width = 512, .experts = 2, .experts_per_token = 2, .parameters = {}}).empty());
}

}  // namespace
}  // namespace kwhatif::model
