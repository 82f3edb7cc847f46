// Costs of training regimes against the multiples of N that the literature gives.
#include "support.hpp"
#include <kwhatif/model/regimes.hpp>

#include <catch2/catch.hpp>

using namespace kwhatif::model;
using namespace kwhatif::model::testing;

namespace {

// At one token there is no attention to speak of: forward = 2N to a per mille.
const Inventory& llama() {
  static const Inventory inventory = preset_inventory("llama-7b");
  return inventory;
}
FlopCount counted(Recompute recompute = Recompute::none) {
  return count_flops(llama(), {.sequence_length = 1, .recompute = recompute});
}
constexpr double N = 6607343616;  // LLaMA-7B without the input table
constexpr double D = 1e9;

double in_n(const StageCost& cost, double tokens = D) { return cost.flop() / (N * tokens); }

}  // namespace

TEST_CASE("full training is 6N, with recomputation 8N executed", "[model]") {
  CHECK(in_n(full_training(counted(), D)) == Approx(6).epsilon(1e-3));
  const StageCost recomputed = full_training(counted(Recompute::full), D);
  CHECK(in_n(recomputed) == Approx(6).epsilon(1e-3));
  CHECK(recomputed.executed_flop() / (N * D) ==
        Approx(8).epsilon(0.01));  // the output matrix is not repeated
  CHECK_THROWS_AS(full_training(counted(), 0), std::invalid_argument);
}

TEST_CASE("LoRA on GPT-3 has the parameters that the paper prints and costs 4N", "[model][golden]") {
  // Hu 2021, table 4 and section 4.2: r = 8 on query and value 37.7M, r = 1 4.7M
  const Inventory gpt3 = preset_inventory("gpt3-175b");
  CHECK(adapter_parameters(gpt3, AdapterTargets::attention_query_value, 8) == Count{37748736});
  CHECK(adapter_parameters(gpt3, AdapterTargets::attention_query_value, 1).as_double() ==
        Approx(4.7e6).epsilon(0.01));
  // Four attention matrices at r = 2: the same 37.7M / 2
  CHECK(adapter_parameters(gpt3, AdapterTargets::attention, 2) == Count{18874368});
  const Count adapter = adapter_parameters(llama(), AdapterTargets::all_linear, 16);
  // 32 layers x 16 x (4 x 8192 + 3 x 15104) = 39,976,960, as peft prints for LLaMA-7B
  CHECK(adapter == Count{39976960});
  CHECK(in_n(low_rank_tuning(counted(), adapter, D)) == Approx(4 + 6 * 39976960.0 / N).epsilon(1e-3));
  CHECK(low_rank_tuning(counted(Recompute::full), adapter, D).executed_flop() / (N * D) ==
        Approx(6).epsilon(0.02));
}

TEST_CASE("attention products of a frozen model have a full backward pass", "[model][golden]") {
  // One layer of width 8, two heads, feed-forward 16, ten words, 100 tokens: four matrices of 8 x 8, three of
  // 8 x 16, an output of 10 x 8, so 1440 FLOP a token; scores and sums over 50 positions 2 · 16 · 50 = 1600.
  const Inventory tiny = take_inventory(
      read_config(
          R"({"model_type":"llama","vocab_size":10,"hidden_size":8,"intermediate_size":16,"num_hidden_layers":1,"num_attention_heads":2})",
          "c")
          .architecture);
  const FlopCount at_100 = count_flops(tiny, {.sequence_length = 100});
  REQUIRE(at_100.forward.coherent() == 3040);
  CHECK(at_100.products.coherent() == 1600);
  // rank 2: 4 · 16 · 2 in attention, 3 · 24 · 2 in the feed-forward part
  const Count adapter = adapter_parameters(tiny, AdapterTargets::all_linear, 2);
  REQUIRE(adapter == Count{272});
  CHECK(low_rank_tuning(at_100, adapter, 1).flop() == 2 * 1440 + 3 * 1600 + 6 * 272);
  // LLaMA-7B at 128k: attention decides, and 2 x forward would be a quarter short
  const FlopCount long_text = count_flops(llama(), {.sequence_length = 131072});
  const double forward = 2 * N + 2.0 * 32 * 8192 * 65536;
  CHECK(low_rank_tuning(long_text, 1, 1).flop() ==
        Approx(2 * forward + 2.0 * 32 * 8192 * 65536).epsilon(1e-4));
  // a scan's factors are activations as well
  const FlopCount mamba = count_flops(preset_inventory("mamba-130m"), {.sequence_length = 100});
  CHECK(mamba.products.coherent() == 24 * 9.0 * 1536 * 16);
  CHECK(low_rank_tuning(mamba, 1, 1).flop() ==
        Approx(2 * mamba.forward.coherent() + mamba.products.coherent() + 6));
}

TEST_CASE("a prompt is read once, and answers attend to it", "[model][golden]") {
  const std::string text =
      R"({"model_type":"llama","vocab_size":10,"hidden_size":8,"intermediate_size":16,"num_hidden_layers":1,"num_attention_heads":2})";
  const Architecture architecture = read_config(text, "c").architecture;
  const Inventory tiny = take_inventory(architecture);
  const FlopCount prompt = count_flops(tiny, {.sequence_length = 30});
  const FlopCount whole = count_flops(tiny, {.sequence_length = 40});
  // prompt: 30 tokens of 1440 and 2 · 16 · 15; an answer: 10 tokens of 1440, and the products of 40 tokens
  // over 20 positions less those of 30 over 15
  const StageCost cost =
      generation(architecture, tiny, {prompt, whole},
                 {.prompts = 1, .samples_per_prompt = 2, .prompt_tokens = 30, .answer_tokens = 10});
  CHECK(cost.decode_flop == 2 * (10 * 1440 + 40 * 2 * 16 * 20 - 30 * 2 * 16 * 15));
  CHECK(cost.flop() == 30 * (1440 + 2 * 16 * 15) + cost.decode_flop);
}

TEST_CASE("distillation adds the teacher's forward pass", "[model]") {
  const FlopCount teacher = count_flops(preset_inventory("llama-65b"), {.sequence_length = 1});
  const StageCost with = distillation(counted(), teacher, D, TeacherOutput::computed);
  const StageCost without = distillation(counted(), teacher, D, TeacherOutput::stored);
  CHECK(with.flop() == Approx((6 * N + 2 * 65023516672.0) * D).epsilon(1e-3));
  CHECK(in_n(without) == Approx(6).epsilon(1e-3));
}

TEST_CASE("DPO costs 16N per pair of tokens, 12N with stored reference", "[model]") {
  const double pairs = D / 2;
  CHECK(in_n(preference_optimisation(counted(), counted(), D, TeacherOutput::computed), pairs) ==
        Approx(16).epsilon(1e-3));
  CHECK(in_n(preference_optimisation(counted(), counted(), D, TeacherOutput::stored), pairs) ==
        Approx(12).epsilon(1e-3));
}

TEST_CASE("PPO and GRPO cost the published multiples of N per token", "[model]") {
  const Architecture architecture = preset("llama-7b");
  const Generation text{.prompts = 1000, .samples_per_prompt = 8, .prompt_tokens = 0, .answer_tokens = 1000};
  const StageCost generated = generation(architecture, llama(), {counted(), counted()}, text);
  CHECK(in_n(generated, 8e6) == Approx(2).epsilon(1e-3));
  const StageCost with = ppo(generated, text, {counted(), counted(), counted()}, 1);
  // 2N generate + 4 x 2N + 6N + 6N with networks of equal size: at the upper end of 14 to 22
  CHECK(in_n(with, 8e6) == Approx(22).epsilon(1e-3));
  CHECK(in_n(grpo(generated, text, counted(), true, 1), 8e6) == Approx(10).epsilon(1e-3));
  CHECK(in_n(grpo(generated, text, counted(), false, 1), 8e6) == Approx(8).epsilon(1e-3));
  CHECK(grpo(generated, text, counted(), false, 1).decode_flop == generated.decode_flop);
}

TEST_CASE("decoding reads the weights once per step, shared by the batch, and the cache per answer",
          "[model]") {
  const Architecture architecture = preset("llama-7b");
  Generation text{.prompts = 1, .prompt_tokens = 100, .answer_tokens = 200};
  const double alone = generation(architecture, llama(), {counted(), counted()}, text).decode_bytes;
  // 200 steps x (2 bytes x 6.607e9 weights + cache of 100 + 100 tokens: 32 layers x 8192 x 2 bytes)
  CHECK(alone == Approx(200 * (2 * N + 200.0 * 32 * 8192 * 2)).epsilon(1e-6));
  text.batch = 64;
  const double shared = generation(architecture, llama(), {counted(), counted()}, text).decode_bytes;
  CHECK(shared == Approx(200 * (2 * N / 64 + 200.0 * 32 * 8192 * 2)).epsilon(1e-6));
}

TEST_CASE("a large batch reads all experts, a single answer the chosen ones", "[model]") {
  const Architecture mixtral = preset("mixtral-8x7b");
  const Inventory inventory = take_inventory(mixtral);
  const FlopCount count = count_flops(inventory, {.sequence_length = 1});
  Generation text{.prompts = 1, .answer_tokens = 1, .cache_bytes = 0};
  CHECK(generation(mixtral, inventory, {count, count}, text).decode_bytes ==
        Approx(2 * 12748853248.0).epsilon(1e-6));
  text.batch = 1000;
  CHECK(generation(mixtral, inventory, {count, count}, text).decode_bytes * 1000 ==
        Approx(2 * (46702792704.0 - 131072000)).epsilon(1e-6));
}

TEST_CASE("evaluation, quantisation-aware training, pruning, search and goodput", "[model]") {
  CHECK(in_n(forward_only(counted(), D, "evaluation")) == Approx(2).epsilon(1e-3));
  CHECK(in_n(quantisation_aware_training(counted(), D, 1.2)) == Approx(7.2).epsilon(1e-3));
  CHECK_THROWS_AS(quantisation_aware_training(counted(), D, 0.5), std::invalid_argument);
  const FlopCount half = count_flops(preset_inventory("llama-3.2-1b"), {.sequence_length = 1});
  CHECK(prune_and_heal(counted(), D, half, D).flop() ==
        Approx(2 * N * D + 6 * 1235814400.0 * D).epsilon(2e-3));
  const TrialGroup groups[] = {{.trials = 100, .relative_size = 0.1, .relative_tokens = 0.05}, {.trials = 2}};
  CHECK(search(1e21, groups).flop() == Approx(2.5e21));
}
