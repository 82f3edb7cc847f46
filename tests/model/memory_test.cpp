// Memory against the figures that ZeRO, Korthikanti 2022 and DeepSeek print.
#include "support.hpp"
#include <kwhatif/model/memory.hpp>

#include <string>

#include <catch2/catch.hpp>

using namespace kwhatif::model;
using namespace kwhatif::model::testing;

namespace {

struct Model {
  Architecture architecture;
  Inventory inventory;
  explicit Model(const std::string& config)
      : architecture(read_config(config, "config.json").architecture),
        inventory(take_inventory(architecture)) {}
};

double gigabytes(Memory memory) { return memory.coherent() / 1e9; }

// GPT-3 and MT-NLG 530B as Korthikanti 2022, table 3 has them.
const std::string gpt3 =
    R"({"model_type":"gpt2","vocab_size":51200,"n_positions":2048,"n_embd":12288,"n_layer":96,"n_head":96})";
const std::string mt_nlg =
    R"({"model_type":"gpt2","vocab_size":51200,"n_positions":2048,"n_embd":20480,"n_layer":105,"n_head":128})";

// One layer's activations in units of s·b·h bytes; the difference of two depths leaves the ends out.
double per_layer(int layers_a, int layers_b, const MemoryOptions& options) {
  const auto config = [](int layers) {
    return R"({"model_type":"gpt2","vocab_size":51200,"n_positions":2048,"n_embd":12288,"n_head":96,"n_layer":)" +
           std::to_string(layers) + "}";
  };
  const Model a(config(layers_a));
  const Model b(config(layers_b));
  const double difference = training_memory(b.architecture, b.inventory, options).activations.coherent() -
                            training_memory(a.architecture, a.inventory, options).activations.coherent();
  return difference / (layers_b - layers_a) / (options.sequence_length * options.micro_batch * 12288);
}

}  // namespace

TEST_CASE("ZeRO shards the states of a 7.5B model as its figure 1 says", "[model][golden]") {
  // Rajbhandari 2019, figure 1: 7.5B parameters, 64 devices, Adam: 120, 31.4, 16.6, 1.9 GB
  const double printed[] = {120, 31.4, 16.6, 1.9};
  const Model model(gpt3);
  const double scale = 7.5e9 / count_parameters(model.inventory).total.as_double();
  for (int stage = 0; stage <= 3; ++stage) {
    CAPTURE(stage);
    MemoryOptions options;
    options.sequence_length = 1;
    options.parallelism.data = 64;
    options.parallelism.zero_stage = stage;
    const MemoryNeed need = training_memory(model.architecture, model.inventory, options);
    const double states = gigabytes(need.weights + need.gradients + need.optimizer) * scale;
    CHECK(states == Approx(printed[stage]).margin(0.06));
  }
}

TEST_CASE("a GPT layer keeps s·b·h·(34 + 5·a·s/h) bytes", "[model][golden]") {
  MemoryOptions o;
  o.sequence_length = 2048;
  o.micro_batch = 2;
  o.fused_attention = false;
  o.dropout = true;
  // Korthikanti 2022, eq. 1; 5as/h = 80 for GPT-3
  CHECK(per_layer(2, 4, o) == Approx(34 + 80));
  // Table 2: tensor parallel 10 + 24/t + 5as/(ht); with sequence parallel (34 + 5as/h)/t
  o.parallelism.tensor = 8;
  o.parallelism.sequence_parallel = false;
  CHECK(per_layer(2, 4, o) == Approx(10 + 24.0 / 8 + 80.0 / 8));
  o.parallelism.sequence_parallel = true;
  CHECK(per_layer(2, 4, o) == Approx((34 + 80) / 8.0));
  o.recompute = Recompute::selective;
  CHECK(per_layer(2, 4, o) == Approx(34 / 8.0));
  o.parallelism.tensor = 1;
  o.recompute = Recompute::full;
  CHECK(per_layer(2, 4, o) == Approx(2));
}

TEST_CASE("selective recomputation saves what Korthikanti prints", "[model][golden]") {
  // Section 5: activations fall by 70 % for GPT-3 and 65 % for MT-NLG.
  const struct {
    const std::string& config;
    double saved;
  } cases[] = {{gpt3, 0.70}, {mt_nlg, 0.65}};
  for (const auto& c : cases) {
    const Model model(c.config);
    MemoryOptions o;
    o.sequence_length = 2048;
    o.fused_attention = false;
    o.dropout = true;
    const double all = training_memory(model.architecture, model.inventory, o).activations.coherent();
    o.recompute = Recompute::selective;
    const double fewer = training_memory(model.architecture, model.inventory, o).activations.coherent();
    CHECK(1 - fewer / all == Approx(c.saved).margin(0.006));
  }
}

TEST_CASE("key-value caches are as large as DeepSeek prints", "[model][golden]") {
  // Zhao et al. 2025 (DeepSeek-V3, ISCA), table 1: 70.272 KB, 327.680 KB, 516.096 KB per token in BF16
  CHECK(key_value_cache_per_token(preset("deepseek-v3"), 2).coherent() == 70272);
  CHECK(key_value_cache_per_token(preset("qwen2.5-72b"), 2).coherent() == 327680);
  CHECK(key_value_cache_per_token(preset("llama-3.1-405b"), 2).coherent() == 516096);
}

TEST_CASE("bytes per parameter of common optimizers", "[model]") {
  CHECK(state_bytes(Optimizer::adam, TrainingPrecision::mixed_16).sum() == 16);
  CHECK(state_bytes(Optimizer::adam, TrainingPrecision::fp32).sum() == 16);
  CHECK(state_bytes(Optimizer::sgd, TrainingPrecision::fp32).sum() == 8);
  CHECK(state_bytes(Optimizer::momentum, TrainingPrecision::mixed_16).sum() == 12);
  CHECK(state_bytes(Optimizer::adam_8bit, TrainingPrecision::mixed_16).sum() == 10);
}

TEST_CASE("memory falls with every kind of sharding", "[model]") {
  for (const char* id :
       {"llama-3-8b", "mixtral-8x7b", "deepseek-v3", "t5-11b", "mamba-2.8b", "bert-large-uncased"}) {
    CAPTURE(id);
    const Architecture architecture = preset(id);
    const Inventory inventory = take_inventory(architecture);
    MemoryOptions o;
    o.sequence_length = 2048;
    const double whole = training_memory(architecture, inventory, o).total().coherent();
    CHECK(whole > 16 * count_parameters(inventory).total.as_double());
    const auto with = [&](auto change) {
      MemoryOptions other = o;
      change(other);
      return training_memory(architecture, inventory, other).total().coherent();
    };
    CHECK(with([](MemoryOptions& m) { m.parallelism.tensor = 8; }) < whole / 7);
    CHECK(with([](MemoryOptions& m) { m.parallelism.pipeline = 4; }) < whole);
    CHECK(with([](MemoryOptions& m) { m.parallelism = {.data = 8, .zero_stage = 3}; }) < whole);
    CHECK(with([](MemoryOptions& m) { m.recompute = Recompute::full; }) < whole);
    CHECK(with([](MemoryOptions& m) { m.micro_batch = 4; }) > whole);
    CHECK(with([](MemoryOptions& m) { m.parallelism.data = 8; }) ==
          whole);  // plain data parallelism shards nothing
  }
}

TEST_CASE("experts spread over the data group", "[model]") {
  const Architecture architecture = preset("mixtral-8x7b");
  const Inventory inventory = take_inventory(architecture);
  MemoryOptions o;
  o.sequence_length = 4096;
  o.parallelism.data = 8;
  const double together = training_memory(architecture, inventory, o).weights.coherent();
  o.parallelism.expert = 8;
  const double spread = training_memory(architecture, inventory, o).weights.coherent();
  // 8 experts x 3 x 4096 x 14336 x 32 layers, of which seven eighths lie elsewhere, at 2 bytes
  CHECK(together - spread == Approx(2.0 * 7 * 3 * 4096 * 14336 * 32));
  o.parallelism.expert = 3;
  CHECK_THROWS_AS(training_memory(architecture, inventory, o), std::invalid_argument);
}

TEST_CASE("the smallest fit is the smallest", "[model]") {
  const Memory h100 = Memory::from_coherent(0.9 * 80e9);
  const Model small(preset_text("llama-3-8b"));
  MemoryOptions o;
  o.sequence_length = 4096;
  o.recompute = Recompute::full;
  o.parallelism.zero_stage = 3;
  // 8.03e9 x 16 B = 128.5 GB of states: one device of 72 GB cannot hold them, two can.
  const auto plan = smallest_fit(small.architecture, small.inventory, o, h100);
  REQUIRE(plan);
  CHECK(plan->parallelism.devices() == Count{2});
  CHECK(plan->need.total() <= h100);
  // 405.85e9 x 16 B = 6.49 TB: at least 91 devices whatever the plan.
  const Model large(preset_text("llama-3.1-405b"));
  const auto big = smallest_fit(large.architecture, large.inventory, o, h100);
  REQUIRE(big);
  CHECK(big->parallelism.devices() >= Count{91});
  CHECK(big->parallelism.devices() <= Count{128});
  CHECK_FALSE(smallest_fit(large.architecture, large.inventory, o, h100, Count{64}));
}

TEST_CASE("adapters need the frozen weights and little more", "[model]") {
  const Model model(preset_text("llama-2-70b"));
  MemoryOptions o;
  o.sequence_length = 512;
  o.recompute = Recompute::full;
  o.trainable = Count{200'000'000};
  o.frozen_weight_bytes = 0.5;
  const MemoryNeed need = training_memory(model.architecture, model.inventory, o);
  // Dettmers 2023, abstract: a 65B model is finetuned on one 48 GB device.
  CHECK(gigabytes(need.total()) < 48);
  CHECK(gigabytes(need.weights) == Approx(68.976648192 / 2 + 0.4));
}

TEST_CASE("image models give a rough figure and say so", "[model]") {
  const Model resnet(preset_text("resnet-50"));
  MemoryOptions o;
  o.micro_batch = 32;
  const MemoryNeed need = training_memory(resnet.architecture, resnet.inventory, o);
  CHECK(need.activations_are_rough);
  CHECK(gigabytes(need.activations) > 1);
  CHECK(gigabytes(need.activations) < 6);
  CHECK_THROWS_AS(training_memory(preset("llama-3-8b"), preset_inventory("llama-3-8b"), {}),
                  std::invalid_argument);
}
