// Memory against the figures that ZeRO, Korthikanti 2022 and DeepSeek print.
#include "support.hpp"
#include <kwhatif/model/memory.hpp>

#include <array>
#include <map>
#include <random>
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

TEST_CASE("techniques against each other as Korthikanti's figure 7 has them", "[model][golden]") {
  // Korthikanti 2022, section 6.1 and table 3, tensor parallelism of 8: sequence parallelism and selective
  // recomputation each nearly halve the activations, both leave about a fifth, full recomputation a tenth.
  for (const auto& [width, heads] : {std::pair{6144, 64}, {12288, 96}, {20480, 128}, {25600, 160}}) {
    CAPTURE(width);
    const auto config = [&, w = width, a = heads](int layers) {
      return Model(R"({"model_type":"gpt2","vocab_size":51200,"n_positions":2048,"n_embd":)" +
                   std::to_string(w) + R"(,"n_head":)" + std::to_string(a) + R"(,"n_layer":)" +
                   std::to_string(layers) + "}");
    };
    const Model two = config(2);
    const Model four = config(4);
    const auto kept = [&](bool sequence_parallel, Recompute recompute) {
      MemoryOptions o;
      o.sequence_length = 2048;
      o.fused_attention = false;
      o.dropout = true;
      o.recompute = recompute;
      o.parallelism.tensor = 8;
      o.parallelism.sequence_parallel = sequence_parallel;
      return training_memory(four.architecture, four.inventory, o).activations.coherent() -
             training_memory(two.architecture, two.inventory, o).activations.coherent();
    };
    const double baseline = kept(false, Recompute::none);
    CHECK(kept(true, Recompute::none) / baseline == Approx(0.6).margin(0.08));
    CHECK(kept(false, Recompute::selective) / baseline == Approx(0.55).margin(0.08));
    CHECK(kept(true, Recompute::selective) / baseline == Approx(0.18).margin(0.025));
    CHECK(kept(false, Recompute::full) / baseline == Approx(0.09).margin(0.015));
  }
}

TEST_CASE("interleaved stages keep (1 + (p - 1)/(p·m)) times as much", "[model][golden]") {
  // Korthikanti 2022, section 4.2.3
  MemoryOptions o;
  o.sequence_length = 2048;
  o.parallelism.pipeline = 4;
  const double plain = per_layer(8, 16, o);
  o.parallelism.virtual_stages = 2;
  CHECK(per_layer(8, 16, o) / plain == Approx(1 + 3.0 / 8));
}

TEST_CASE("full recomputation keeps the inputs of layers, and one layer is whole at a time", "[model]") {
  // The 22B model of Korthikanti 2022, table 3: 48 layers of 6144, 64 heads, micro-batch 4, 8
  // tensor-parallel. By hand, sbh = 50.33e6: 2·sbh·48 of inputs, 4·sbh before the output, sbh of the
  // embedding's dropout, and (10 + 24/8 + 106.7/8 - 2)·sbh of the layer at work: 6.3 GB.
  const Model model(
      R"({"model_type":"gpt2","vocab_size":51200,"n_positions":2048,"n_embd":6144,"n_head":64,"n_layer":48})");
  MemoryOptions o;
  o.sequence_length = 2048;
  o.micro_batch = 4;
  o.fused_attention = false;
  o.dropout = true;
  o.recompute = Recompute::full;
  o.parallelism.tensor = 8;
  MemoryNeed need = training_memory(model.architecture, model.inventory, o);
  const double sbh = 2048.0 * 4 * 6144;
  CHECK(need.activations.coherent() == Approx(sbh * (2 * 48 + 4 + 1)));
  CHECK(need.working.coherent() == Approx(sbh * (10 + 24.0 / 8 + 5.0 * 64 * 2048 / 6144 / 8 - 2)));
  CHECK(gigabytes(need.activations + need.working) == Approx(6.31).margin(0.01));
  // On eight devices the loss takes less than the layer; on one it is the other way round.
  o.recompute = Recompute::none;
  need = training_memory(model.architecture, model.inventory, o);
  CHECK(need.working.coherent() == Approx(8.0 * 2048 * 4 * 51200 / 8));
}

TEST_CASE("software that splits matrices or layers sums gradients in 32 bits", "[model]") {
  const Model model(preset_text("llama-3-8b"));
  MemoryOptions o;
  o.sequence_length = 1024;
  const auto gradients = [&] {
    return training_memory(model.architecture, model.inventory, o).gradients.coherent();
  };
  const double one = gradients();
  o.parallelism.tensor = 8;
  CHECK(gradients() == Approx(one * 2 / 8));
  o.gradient_bytes = 2;
  CHECK(gradients() == Approx(one / 8));
  o.parallelism = {};
  o.gradient_bytes = 6;  // BLOOM: 16 bits, and 32 bits beside them
  CHECK(gradients() == Approx(one * 3));
}

TEST_CASE("devices that share a sequence share its activations and the sharded states", "[model]") {
  const Model model(preset_text("llama-3-8b"));
  MemoryOptions o;
  o.sequence_length = 8192;
  o.parallelism.zero_stage = 1;
  const MemoryNeed one = training_memory(model.architecture, model.inventory, o);
  o.parallelism.context = 4;
  const MemoryNeed four = training_memory(model.architecture, model.inventory, o);
  CHECK(four.activations.coherent() == Approx(one.activations.coherent() / 4));
  CHECK(four.logits.coherent() == Approx(one.logits.coherent() / 4));
  CHECK(four.optimizer.coherent() == Approx(one.optimizer.coherent() / 4));
  CHECK(four.weights == one.weights);
  CHECK(o.parallelism.devices() == Count{4});
}

TEST_CASE("a band against a device: fits, may fit, does not fit", "[model]") {
  const Model model(preset_text("llama-3-8b"));
  const MemoryCalibration calibration{
      .runtime = 1e9, .communication = 1e9, .share = 0.15, .low = 0.8, .high = 1.4, .usable = 0.9};
  MemoryOptions o;
  o.sequence_length = 2048;
  const MemoryNeed need = training_memory(model.architecture, model.inventory, o, calibration);
  CHECK(need.overhead.coherent() == Approx(1e9 + 0.15 * need.formulas().coherent()));
  CHECK(need.low.coherent() == Approx(0.8 * need.total().coherent()));
  CHECK(need.high.coherent() == Approx(1.4 * need.total().coherent()));
  Fit before = Fit::does_not_fit;
  for (double device = 1e9; device < 1e12; device *= 1.1) {
    const Fit fit = fit_of(need, Memory::from_coherent(device), calibration);
    CHECK(fit <= before);  // more memory never fits less
    before = fit;
    CHECK((fit == Fit::fits) == (need.high.coherent() <= 0.9 * device));
    CHECK((fit == Fit::does_not_fit) == (need.low.coherent() > 0.9 * device));
  }
  CHECK(before == Fit::fits);
  CHECK(fewest_for_states(175e9, 16, Memory::from_coherent(80e9)) == 39);  // 2,800 GB over 72
}

TEST_CASE("memory moves one way with everything that shares it or adds to it", "[model][property]") {
  std::mt19937 random(20261128);
  const auto pick = [&](auto... values) {
    const std::array all{values...};
    return all[random() % all.size()];
  };
  for (int i = 0; i < 4000; ++i) {
    const std::string id = pick("llama-3-8b", "mixtral-8x7b", "t5-11b", "bert-large-uncased", "gpt2-xl");
    static std::map<std::string, Model> models;
    const Model& model = models.try_emplace(id, preset_text(id)).first->second;
    MemoryOptions o;
    o.sequence_length = pick(128.0, 2048.0, 32768.0);
    o.micro_batch = pick(1.0, 3.0, 16.0);
    o.recompute = pick(Recompute::none, Recompute::selective, Recompute::full);
    o.fused_attention = pick(true, false);
    o.dropout = pick(true, false);
    o.optimizer = pick(Optimizer::adam, Optimizer::sgd, Optimizer::adam_8bit);
    Parallelism& p = o.parallelism;
    p.data = pick(8U, 16U, 64U);
    p.tensor = pick(1U, 2U, 4U);
    p.pipeline = pick(1U, 2U, 4U);
    p.context = pick(1U, 2U);
    p.expert = pick(1U, 8U);
    p.zero_stage = pick(0, 1, 2, 3);
    p.sequence_parallel = pick(true, false);
    const MemoryCalibration calibration{.runtime = 2e9, .communication = 1e9, .share = 0.1};
    const auto need = [&](const MemoryOptions& options) {
      return training_memory(model.architecture, model.inventory, options, calibration).total().coherent();
    };
    const double before = need(o);
    const auto with = [&](auto change) {
      MemoryOptions other = o;
      change(other);
      return need(other);
    };
    const double no_more = before * (1 + 1e-12);
    const double no_less = before * (1 - 1e-12);
    CAPTURE(id, o.sequence_length, o.micro_batch, static_cast<int>(o.recompute), p.zero_stage,
            p.tensor.value(), p.pipeline.value(), p.data.value(), p.context.value(), p.sequence_parallel);
    CHECK(with([](MemoryOptions& m) { m.parallelism.tensor = m.parallelism.tensor * Count{2}; }) <= no_more);
    // Beside a pipeline gradients and weights cannot be sharded: there, splitting layers may cost memory.
    if (p.zero_stage <= 1 || p.pipeline > Count{1})
      CHECK(with([](MemoryOptions& m) { m.parallelism.pipeline = m.parallelism.pipeline * Count{2}; }) <=
            no_more);
    CHECK(with([](MemoryOptions& m) { m.parallelism.context = m.parallelism.context * Count{2}; }) <=
          no_more);
    CHECK(with([](MemoryOptions& m) { m.parallelism.data = m.parallelism.data * Count{2}; }) <= no_more);
    CHECK(with([](MemoryOptions& m) { m.parallelism.sequence_parallel = true; }) <= no_more);
    CHECK(with([](MemoryOptions& m) {
            m.parallelism.zero_stage = std::min(3, m.parallelism.zero_stage + 1);
          }) <= no_more);
    CHECK(with([](MemoryOptions& m) {
            if (m.recompute != Recompute::full)
              m.recompute = m.recompute == Recompute::none ? Recompute::selective : Recompute::full;
          }) <= no_more);
    CHECK(with([](MemoryOptions& m) { m.fused_attention = true; }) <= no_more);
    CHECK(with([](MemoryOptions& m) { m.micro_batch *= 1.5; }) >= no_less);
    CHECK(with([](MemoryOptions& m) { m.sequence_length *= 1.5; }) >= no_less);
    CHECK(with([](MemoryOptions& m) { m.parallelism.virtual_stages = 2; }) >= no_less);
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
    CHECK(with([](MemoryOptions& m) {
            m.parallelism.tensor = 8;
            m.parallelism.sequence_parallel = true;
          }) < whole / 7);
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
  const Memory h100 = Memory::from_coherent(80e9);
  const MemoryCalibration tenth_free{.usable = 0.9};
  const Model small(preset_text("llama-3-8b"));
  MemoryOptions o;
  o.sequence_length = 4096;
  o.recompute = Recompute::full;
  o.parallelism.zero_stage = 3;
  o.parallelism.sequence_parallel = true;
  // 8.03e9 x 16 B = 128.5 GB of states: one device of 72 GB cannot hold them. On two, 64.2 GB leave no room
  // for logits of 4096 x 128256 x (4 + 8) B = 6.3 GB beside layers, gathered and recomputed; on three, 42.8
  // GB do.
  const auto plan = smallest_fit(small.architecture, small.inventory, o, tenth_free, h100, Fit::fits);
  REQUIRE(plan);
  CHECK(plan->parallelism.devices() == Count{3});
  CHECK(plan->need.total().coherent() <= 0.9 * 80e9);
  // 405.85e9 x 16 B = 6.49 TB: at least 91 devices whatever the plan.
  const Model large(preset_text("llama-3.1-405b"));
  const auto big = smallest_fit(large.architecture, large.inventory, o, tenth_free, h100, Fit::fits);
  REQUIRE(big);
  CHECK(big->parallelism.devices() >= Count{91});
  CHECK(big->parallelism.devices() <= Count{128});
  CHECK_FALSE(smallest_fit(large.architecture, large.inventory, o, tenth_free, h100, Fit::fits, Count{64}));
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
