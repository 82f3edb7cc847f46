// The forecast as a run sees it: the network it is made of, what moves time and power and which way, every
// device and every software of the tables, and the user's own past runs.
#include "support/catch.hpp"
#include "support/random.hpp"
#include "uncertain/given_inputs.hpp"
#include <kwhatif/predict/predictor.hpp>
#include <kwhatif/predict/timings.hpp>
#include <kwhatif/quantity/format.hpp>
#include <kwhatif/run/estimator.hpp>
#include <kwhatif/run/resolve.hpp>
#include <kwhatif/uncertain/uncertainty.hpp>

#include <algorithm>
#include <cmath>
#include <filesystem>
#include <fstream>
#include <set>
#include <string>
#include <vector>

#include <unistd.h>

namespace kwhatif::run {
namespace {

using catalog::Kind;
using quantity::shortest;
using test::Inputs;
using test::Random;
using test::run_of;
using test::tables;

std::string shown(const Inputs& inputs) {
  std::string out;
  for (const auto& [input, text] : inputs) out += " --" + std::string{info(input).flag} + " '" + text + '\'';
  return out;
}

Inputs with(Inputs base, const Inputs& more) {
  for (const auto& [input, text] : more) {
    std::erase_if(base, [&, i = input](const auto& given) { return given.first == i; });
    base.emplace_back(input, text);
  }
  return base;
}

ResolvedRun resolved(const Inputs& inputs, const catalog::Catalog& catalog = tables()) {
  return resolve(run_of(inputs), catalog);
}

/// Device-time of one run [s].
double time_of(const Inputs& inputs) {
  INFO(shown(inputs));
  const auto out = run::estimate(resolved(inputs).inputs);
  REQUIRE(out.device_time);
  REQUIRE(std::isfinite(out.device_time->coherent()));
  return out.device_time->coherent();
}

std::vector<double> numbers_of(const predict::Network<double>& n) {
  return {n.layers,     n.width,        n.feed_forward, n.keys,   n.queries,
          n.vocabulary, n.gates,        *n.attention,   n.sparse, n.experts,
          n.used,       n.expert_width, n.shared_width, n.reach,  n.heads.value_or(0)};
}

bool language(const model::Architecture& a) { return a.kind == model::Kind::decoder && !a.stacks.empty(); }

// The products of a layer are those of queries with keys and of scores with values: no scores of positions
// (DeBERTa), none that choose what is seen (DeepSeek V3.2, GLM 5), no recurrence beside or between them.
bool plain_products(const model::Architecture& a) {
  return a.kind != model::Kind::encoder_decoder &&  // there cross-attention comes on top
         std::ranges::all_of(a.stacks, [](const auto& stack) {
           return std::ranges::all_of(stack.blocks, [](const model::Block& block) {
             return block.attention && block.attention->position_span == model::Count{} && !block.mixer &&
                    block.attention->index_width == model::Count{} && !block.state_space;
           });
         });
}

TEST_CASE("the network of the forecast has the weights and the FLOPs that were counted") {
  std::set<model::Kind> kinds;
  int experts = 0;
  int windows = 0;
  for (const auto& row : tables().rows(Kind::model)) {
    for (const double length : {512.0, 2048.0, 8192.0}) {
      const Network network =
          count_network(row.text("config"), std::string{row.id()}, length, model::Recompute::none);
      kinds.insert(network.architecture.kind);
      if (network.architecture.stacks.empty() || network.architecture.kind == model::Kind::convolutional ||
          network.architecture.kind == model::Kind::diffusion)
        continue;  // known by its multiply-adds alone
      INFO(row.id() << " at " << length);
      const auto n = forecast_network(network);
      for (const double x : numbers_of(n)) {
        CHECK(std::isfinite(x));
        CHECK(x >= 0);
      }
      CHECK(n.layers >= 1);
      if (plain_products(network.architecture)) CHECK(n.reach <= 1.0 + 1e-9);
      const auto w = predict::weights(n);
      const double patches = std::max(1.0, network.inventory.tokens_per_image.as_double());
      const double tokens = network.sequence_length > 0 ? network.sequence_length : patches;
      const bool causal = network.architecture.kind == model::Kind::decoder ||
                          network.architecture.kind == model::Kind::state_space;
      const double flop = 6 * (w.dense + w.expert + w.head) +
                          12 * n.layers * n.queries * tokens * n.reach * (causal ? 0.5 : 1);
      CHECK(flop * patches == Approx(network.flops.training.coherent()).epsilon(0.02));
      experts += n.sparse > 0 ? 1 : 0;
      windows += causal && n.reach < 0.999 ? 1 : 0;
    }
  }
  CHECK(kinds.size() >= 7);
  CHECK(experts >= 6);
  CHECK(windows >= 1);
}

TEST_CASE("measured times are forecast alike from a model of the tables and from their own shape") {
  const auto predictor = predict::predictor(tables());
  int compared = 0;
  std::set<std::string> names;
  const auto rows = predict::timings(tables());
  for (const auto& model : tables().rows(Kind::model)) {
    const Network at_any =
        count_network(model.text("config"), std::string{model.id()}, 2048, model::Recompute::none);
    if (!language(at_any.architecture)) continue;
    const auto mine = forecast_network(at_any);
    for (const auto& row : rows) {
      const auto& t = row.training;
      if (!t.network || !t.software || !t.length || !t.devices || t.kind != predict::TrainingKind::language ||
          t.lora || t.network->sparse > 0 || row.device.arithmetic != predict::Arithmetic::half)
        continue;
      const auto& theirs = *t.network;
      const bool same = theirs.layers == mine.layers && theirs.width == mine.width &&
                        std::fabs(theirs.feed_forward / mine.feed_forward - 1) < 1e-3 &&
                        std::fabs(theirs.keys / mine.keys - 1) < 1e-3 &&
                        std::fabs(theirs.vocabulary / mine.vocabulary - 1) < 0.02 &&
                        std::fabs(theirs.reach / mine.reach - 1) < 0.01 &&  // no windows
                        theirs.gates == mine.gates && theirs.heads.value_or(*mine.heads) == *mine.heads;
      if (!same || (t.recomputed && *t.recomputed != 0 && *t.recomputed != 1)) continue;
      if (row.device.engine.network !=
          predict::engine_of(tables(), *tables().find(Kind::hardware, row.device.id), "bf16")
              .value_or(row.device)
              .engine.network)
        continue;  // a site's own network
      Inputs inputs{{Input::model, std::string{model.id()}},
                    {Input::tokens, "1T"},
                    {Input::hardware, row.device.id},
                    {Input::chips, shortest(*t.devices)},
                    {Input::seq_len, shortest(*t.length)},
                    {Input::framework, *t.software == predict::Software::tuned      ? "tuned"
                                       : *t.software == predict::Software::standard ? "standard"
                                                                                    : "legacy"}};
      const auto add = [&](Input input, const std::optional<double>& value) {
        if (value) inputs.emplace_back(input, shortest(*value));
      };
      add(Input::global_batch, t.batch);
      if (t.micro_batch) add(Input::micro_batch, *t.micro_batch / *t.length);
      add(Input::tensor_parallel, t.tensor);
      add(Input::pipeline_parallel, t.pipeline);
      add(Input::context_parallel, t.context);
      add(Input::virtual_stages, t.stages);
      add(Input::year, t.year);
      if (t.zero) add(Input::zero, *t.zero);
      if (t.recomputed) inputs.emplace_back(Input::recompute, *t.recomputed > 0 ? "full" : "none");
      if (t.compiled) inputs.emplace_back(Input::compiled, *t.compiled ? "yes" : "no");
      if (t.fused_attention) inputs.emplace_back(Input::attention, *t.fused_attention ? "fused" : "unfused");
      INFO(row.id << shown(inputs));
      ResolvedRun run;
      try {
        run = resolved(inputs);
      } catch (const diag::ScenarioError& error) {
        FAIL_CHECK(error.diagnostics().front().message);
        continue;
      }
      REQUIRE(run.forecast);
      auto shape = row.training;
      shape.scope = predict::Scope::run;
      if (!shape.network->heads) shape.network->heads = mine.heads;  // the model's config tells
      const auto own = predict::forecast(predictor->constants, shape, row.device.engine, row.device.evidence);
      CHECK(run.forecast->forecast.seconds == Approx(own.seconds).epsilon(0.02));
      names.insert(std::string{model.id()});
      ++compared;
    }
  }
  CHECK(compared >= 20);
  CHECK(names.size() >= 5);
}

/// A run whose time is predicted, with software said.
class Plans {
 public:
  explicit Plans(std::uint64_t seed) : random(seed) {
    for (const auto& row : tables().rows(Kind::model)) {
      if (language(model::read_config(row.text("config"), row.id()).architecture))
        models.emplace_back(row.id());
    }
    for (const auto& row : tables().rows(Kind::hardware)) {
      if (row.text("kind") != "cpu" && predict::engine_of(tables(), row, {})) devices.emplace_back(row.id());
    }
  }

  template <std::size_t N>
  std::string one_of(const char* const (&words)[N]) {
    return words[random.below(N)];
  }
  double two_to(std::uint64_t most) { return static_cast<double>(1ULL << random.below(most + 1)); }

  /// Batch in sequences that fills `replicas` replicas.
  Inputs next() {
    Inputs out;
    length = 512 * two_to(4);
    if (random.below(2) == 0) {
      out.emplace_back(Input::model, models[random.below(models.size())]);
    } else {
      out.emplace_back(Input::params, quantity::significant(random.magnitude(8, 11.5), 3));
    }
    out.emplace_back(Input::tokens, "100B");
    out.emplace_back(Input::seq_len, shortest(length));
    out.emplace_back(Input::hardware, devices[random.below(devices.size())]);
    n = two_to(11);
    const char* const software[] = {"tuned", "standard", "legacy"};
    out.emplace_back(Input::framework, one_of(software));
    layout = random.below(2) == 0;
    double places = 1;
    if (layout) {
      const double tensor = two_to(3);
      const double pipeline = two_to(3);
      places = tensor * pipeline;
      n = std::max(n, places);
      out.emplace_back(Input::tensor_parallel, shortest(tensor));
      out.emplace_back(Input::pipeline_parallel, shortest(pipeline));
      if (random.below(2) == 0) out.emplace_back(Input::zero, shortest(static_cast<double>(random.below(4))));
    }
    out.emplace_back(Input::chips, shortest(n));
    batch = length * two_to(4) * 4 * n;
    out.emplace_back(Input::global_batch, shortest(batch));
    if (random.below(2) == 0) out.emplace_back(Input::micro_batch, shortest(two_to(1)));
    if (random.below(3) == 0)
      out.emplace_back(Input::year, shortest(static_cast<double>(2019 + random.below(8))));
    if (random.below(3) == 0) out.emplace_back(Input::compiled, random.below(2) == 0 ? "yes" : "no");
    if (random.below(3) == 0) out.emplace_back(Input::attention, random.below(2) == 0 ? "fused" : "unfused");
    if (random.below(4) == 0) out.emplace_back(Input::finetune, "lora");
    return out;
  }

  Random random;
  std::vector<std::string> models, devices;
  double n = 1, batch = 1, length = 1;
  bool layout = false;
};

bool possible(const Inputs& inputs) {  // a pipeline may be longer than the model
  try {
    (void)resolved(inputs);
    return true;
  } catch (const diag::ScenarioError&) {
    return false;
  }
}

TEST_CASE("time moves the right way with devices, batch, recomputation, network and software") {
  Plans plans(1);
  constexpr double rounding = 1 + 1e-9;
  int tried = 0;
  for (int i = 0; i < 600; ++i) {
    const Inputs base = plans.next();
    if (!possible(base)) continue;
    ++tried;
    INFO(shown(base));
    const double here = time_of(base);
    CHECK(time_of(with(base, {{Input::chips, shortest(2 * plans.n)}})) * rounding >= here);
    CHECK(time_of(with(base, {{Input::global_batch, shortest(2 * plans.batch)}})) <= here * rounding);
    CHECK(time_of(with(base, {{Input::recompute, "full"}})) * rounding >=
          time_of(with(base, {{Input::recompute, "none"}})));
    const double fast = time_of(with(base, {{Input::network, "40 GB/s"}}));
    CHECK(time_of(with(base, {{Input::network, "5 GB/s"}})) * rounding >= fast);
    Inputs habit = base;  // what is said of kernels and attention aside
    std::erase_if(habit,
                  [](const auto& g) { return g.first == Input::compiled || g.first == Input::attention; });
    const double tuned = time_of(with(habit, {{Input::framework, "tuned"}}));
    const double standard = time_of(with(habit, {{Input::framework, "standard"}}));
    CHECK(standard * rounding >= tuned);
    CHECK(time_of(with(habit, {{Input::framework, "legacy"}})) * rounding >= standard);
  }
  CHECK(tried > 400);
}

TEST_CASE("8-bit arithmetic is never slower than 16-bit, and at most twice as fast") {
  Plans plans(2);
  int tried = 0;
  for (int i = 0; i < 600 && tried < 150; ++i) {
    Inputs base = plans.next();
    const auto hardware =
        std::find_if(base.begin(), base.end(), [](const auto& g) { return g.first == Input::hardware; });
    const auto row = tables().find(Kind::hardware, hardware->second);
    if (!row->number("peak_fp8") || !row->number("peak_bf16") || !possible(base)) continue;
    ++tried;
    INFO(shown(base));
    const double wide = time_of(with(base, {{Input::precision, "bf16"}}));
    const double low = time_of(with(base, {{Input::precision, "fp8"}}));
    CHECK(low <= wide * (1 + 1e-9));
    const double most = *row->number("peak_fp8") / *row->number("peak_bf16");
    CHECK(wide / low <= std::max(2.0, most) * (1 + 1e-9));
  }
  CHECK(tried >= 100);
}

TEST_CASE("no forecast is beyond the roofline, bands hold the result, and energy is time times power") {
  Plans plans(3);
  for (int i = 0; i < 300; ++i) {
    Inputs base = plans.next();
    if (plans.random.below(2) == 0) {
      std::erase_if(base, [](const auto& g) {
        return g.first == Input::framework || g.first == Input::global_batch || g.first == Input::micro_batch;
      });
    }
    if (!possible(base)) continue;
    INFO(shown(base));
    const auto run = resolved(base);
    const auto out = run::estimate(run.inputs);
    REQUIRE(out.device_time);
    const auto& f = *run.forecast;
    CHECK(f.forecast.seconds >= f.forecast.floor);
    CHECK(out.mfu->coherent() <= 1);
    CHECK(out.mfu->coherent() > 0);
    CHECK_FALSE(out.hfu);
    const double peak = *slot_value(run.inputs, Slot::peak);
    CHECK(out.device_time->coherent() >= out.training_flop->coherent() / peak * (1 - 1e-9));
    if (out.power) {
      CHECK(out.it_energy->coherent() ==
            Approx(out.device_time->coherent() * out.power->coherent()).epsilon(1e-12));
      const auto& supply = f.device.supply;
      if (supply.tdp > 0 && !supply.most) {
        const auto& c = predict::predictor(tables())->constants.draw;
        const double host = supply.superchip ? c.superchip_host : supply.liquid ? c.host_liquid : c.host_air;
        CHECK(out.power->coherent() <= (c.losses + host) * supply.tdp * (1 + 1e-9));
        CHECK(out.power->coherent() >= supply.idle.value_or(c.idle * supply.tdp));
      }
      if (out.accelerator_energy) CHECK(out.accelerator_energy->coherent() < out.it_energy->coherent());
    }
    const auto spread = uncertain::spread_of(run);
    const auto bands = uncertain::intervals(run.inputs, spread, {.points = 1U << 10U});
    for_each_result(out, [&](const ResultInfo& info, const auto& field) {
      const auto* band = field ? bands.find(info.key) : nullptr;
      if (band == nullptr) return;
      INFO(info.key);
      CHECK(band->p05 > 0);
      CHECK(band->p05 <= field->coherent() * 1.001);
      CHECK(band->p95 >= field->coherent() * 0.999);
    });
    if (out.wall_time && out.power) {
      const double hours = out.wall_time->coherent() / 3600;
      if (hours < 1e-5) continue;
      const auto given = run::estimate(resolved(with(base, {{Input::hours, shortest(hours) + " h"}})).inputs);
      // a given time is drawn by the work of a device at the usual number of them: micro-batches that a
      // larger number would make smaller are left out, so that a sweep over rates and devices stays a
      // product; of the smallest networks on the fastest devices that is up to a tenth
      const bool laid_out = std::any_of(base.begin(), base.end(), [](const auto& g) {
        return g.first == Input::global_batch || g.first == Input::tensor_parallel;
      });
      CHECK(given.power->coherent() == Approx(out.power->coherent()).epsilon(laid_out ? 1e-6 : 0.1));
    }
  }
}

TEST_CASE("every device of the tables gives a time, and a power where its own is known, with bands") {
  int with_power = 0;
  for (const auto& row : tables().rows(Kind::hardware)) {
    INFO(row.id());
    const bool able = row.number("memory_bandwidth") && !predict::default_precision(row).empty();
    const auto run = resolved({{Input::params, "1B"},
                               {Input::tokens, "20B"},
                               {Input::hardware, std::string{row.id()}},
                               {Input::chips, "8"}});
    const auto out = run::estimate(run.inputs);
    CHECK(static_cast<bool>(out.device_time) == able);
    if (!able) continue;
    CHECK(std::isfinite(out.device_time->coherent()));
    CHECK(out.mfu->coherent() > 0.005);
    CHECK(out.mfu->coherent() < 0.8);
    const auto& time = run.record(Slot::mfu);
    REQUIRE(time.distribution);
    CHECK(*time.low < out.mfu->coherent());
    CHECK(*time.high > out.mfu->coherent());
    const bool supplied = row.number("tdp") || row.number("system_power") || row.number("average_power");
    CHECK(static_cast<bool>(out.power) == supplied);
    if (!supplied || row.number("average_power")) continue;  // a measured one is as sure as its table says
    ++with_power;
    const auto& power = run.record(run.inputs.has(Slot::power_ratio) ? Slot::power_ratio : Slot::power);
    REQUIRE((power.low && power.high));
    CHECK(*power.low < *power.high);
    CHECK(out.power->coherent() > 0);
    CHECK(std::isfinite(out.it_energy->coherent()));
  }
  CHECK(with_power > 60);
}

TEST_CASE("every software of the tables is known by its name and its aliases") {
  const Inputs base{
      {Input::params, "1B"}, {Input::tokens, "20B"}, {Input::hardware, "h100-sxm5"}, {Input::chips, "8"}};
  for (const auto& row : tables().rows(Kind::framework)) {
    std::vector<std::string> names{std::string{row.id()}};
    for (const auto& alias : row.cells("aliases")) names.emplace_back(alias.text());
    for (const std::string& name : names) {
      INFO(name);
      const auto run = resolved(with(base, {{Input::framework, name}}));
      REQUIRE(run.framework);
      CHECK(run.framework->id() == row.id());
      REQUIRE(run.forecast->training.software);
      const auto& kind = row.text("class");
      const auto software = *run.forecast->training.software;
      CHECK(software == (kind == "tuned"      ? predict::Software::tuned
                         : kind == "standard" ? predict::Software::standard
                                              : predict::Software::legacy));
    }
  }
  const auto unknown = [&](const std::string& name) {
    try {
      (void)resolved(with(base, {{Input::framework, name}}));
    } catch (const diag::ScenarioError& error) {
      const auto& d = error.diagnostics().front();
      return d.code + ": " + d.help;
    }
    return std::string{};
  };
  CHECK(unknown("megtron").starts_with("unknown-framework: did you mean 'megatron'?"));
  CHECK(unknown("deepsped").find("deepspeed") != std::string::npos);
  CHECK(unknown("zzzzzzzz").starts_with("unknown-framework: name a class"));
  CHECK(unknown("").starts_with("unknown-framework"));
}

TEST_CASE("layouts that cannot be are refused, and batches below a sequence warned of") {
  const Inputs base{{Input::model, "gpt-3"}, {Input::hardware, "h100-sxm5"}, {Input::chips, "64"}};
  const auto code = [&](const Inputs& more) {
    try {
      const auto run = resolved(with(base, more));
      for (const auto& w : run.warnings) {
        if (w.code == "small-batch") return w.code;
      }
    } catch (const diag::ScenarioError& error) {
      CHECK_FALSE(error.diagnostics().front().help.empty());
      return error.diagnostics().front().code;
    }
    return std::string{"none"};
  };
  CHECK(code({{Input::tensor_parallel, "8"}, {Input::pipeline_parallel, "8"}}) == "none");
  CHECK(code({{Input::tensor_parallel, "8"}, {Input::pipeline_parallel, "9"}}) == "conflict");
  CHECK(code({{Input::tensor_parallel, "8"},
              {Input::pipeline_parallel, "4"},
              {Input::context_parallel, "4"}}) == "conflict");
  CHECK(code({{Input::chips, "1024"}, {Input::pipeline_parallel, "96"}}) == "none");
  CHECK(code({{Input::chips, "1024"}, {Input::pipeline_parallel, "128"}}) == "conflict");
  CHECK(code({{Input::pipeline_parallel, "8"}, {Input::virtual_stages, "12"}}) == "none");
  CHECK(code({{Input::pipeline_parallel, "8"}, {Input::virtual_stages, "13"}}) == "conflict");
  // numbers moved to see their effect are no layout of anybody's
  for (const Inputs& exact :
       {base, with(base, {{Input::tensor_parallel, "8"}, {Input::pipeline_parallel, "8"}})})
    CHECK_NOTHROW(resolve(run_of(exact), tables(), {.moved = ResolveOptions::Moved{Slot::devices, 0.9}}));
  CHECK_NOTHROW(resolve(run_of({{Input::hours, "1 h"}, {Input::chips, "1"}, {Input::power, "1 kW"}}),
                        tables(), {.moved = ResolveOptions::Moved{Slot::devices, 0.9}}));
  CHECK(code({{Input::global_batch, "2048"}}) == "none");  // one sequence
  CHECK(code({{Input::global_batch, "1536"}}) == "small-batch");
  CHECK(code({{Input::global_batch, "3.2M"}, {Input::micro_batch, "16"}}) == "none");
  CHECK(code({{Input::global_batch, "3.2M"}, {Input::micro_batch, "32"}}) == "small-batch");
}

TEST_CASE("adapters take time by their size") {
  const Inputs base{{Input::model, "mistral-7b"},   {Input::tokens, "1B"},
                    {Input::hardware, "h100-sxm5"}, {Input::chips, "8"},
                    {Input::framework, "tuned"},    {Input::global_batch, "262144"},
                    {Input::finetune, "lora"}};
  const auto at = [&](const char* rank) { return time_of(with(base, {{Input::rank, rank}})); };
  CHECK(at("256") > at("16"));
  CHECK(at("16") / at("1") < 1.02);
  // however large they are, the device does not do more than is usual for its kind of work
  const auto run = run::estimate(resolved(with(base, {{Input::rank, "100000"}})).inputs);
  CHECK(run.mfu->coherent() < 0.7);
}

TEST_CASE("a run file says layout and sizes by its keys") {
  auto run = read_run(std::make_shared<diag::SourceText>(diag::SourceText{
      "run.toml",
      "[model]\nlayers = 96\nhidden = 12288\nheads = 96\nkv_heads = 96\nhead_size = 128\nffn = 49152\n"
      "vocab = 50257\n[training]\ntokens = \"300B\"\nglobal_batch = \"3.2M\"\nmicro_batch = 1\n"
      "framework = \"megatron\"\ncompiled = \"yes\"\nattention = \"fused\"\nzero = 1\n"
      "[training.parallel]\ntensor = 8\npipeline = 12\ncontext = 1\nvirtual_stages = 4\n"
      "[hardware]\nid = \"a100-sxm4-80gb\"\ncount = 1152\nnetwork = \"25 GB/s\"\n[site]\ncooling = "
      "\"liquid\"\n"}));
  REQUIRE(run.faults.empty());
  const auto out = resolve(run, tables());
  CHECK(out.network->parameters.total.as_double() == Approx(174.6e9).epsilon(1e-3));
  CHECK(out.forecast->training.tensor == 8);
  CHECK(out.forecast->training.pipeline == 12);
  CHECK(out.forecast->training.stages == 4);
  CHECK(out.forecast->training.zero == 1);
  CHECK(out.forecast->training.micro_batch == 4096);
  CHECK(out.forecast->training.batch == 3.2e6);
  CHECK(out.forecast->device.supply.liquid);
}

/// A folder of the user's tables, gone at the end.
struct Folder {
  std::filesystem::path path =
      std::filesystem::temp_directory_path() / ("kwhatif-own-" + std::to_string(getpid()));
  explicit Folder(const std::string& rows) {
    std::filesystem::create_directories(path);
    std::ofstream(path / "own.toml") << rows;
  }
  Folder(const Folder&) = delete;
  Folder& operator=(const Folder&) = delete;
  ~Folder() { std::filesystem::remove_all(path); }
};

std::string own_rows(const std::vector<double>& mfu, const std::string& more = {}) {
  std::string out =
      "schema = \"observation/1\"\n[defaults]\nsource = \"kwhatif\"\nat = \"our log\"\nstatus = "
      "\"verified\"\n";
  for (std::size_t i = 0; i < mfu.size(); ++i)
    out += "[[observation]]\nid = \"own-" + std::to_string(i) +
           "\"\nfamily = \"ours\"\nuse = \"yes\"\nevidence = \"own\"\nhardware = \"a100-sxm4-80gb\"\nparams "
           "= \"7B\"\n"
           "chips = 64\nmfu = " +
           shortest(mfu[i]) + "\n" + more;
  return out;
}

TEST_CASE("past runs of the user shift the level of the forecast and narrow its band") {
  const auto& spread = predict::predictor(tables())->constants.spread;
  const double between = spread.publisher * spread.publisher;
  const double within = spread.within * spread.within;
  const Inputs same{{Input::params, "7B"},
                    {Input::tokens, "1T"},
                    {Input::hardware, "a100-sxm4-80gb"},
                    {Input::chips, "64"}};
  const auto before = resolved(same).forecast->forecast;
  for (const std::size_t runs : {1U, 3U}) {
    const Folder folder(own_rows(std::vector<double>(runs, 0.25)));
    const auto mine = catalog::Catalog::overlay(folder.path.string());
    const auto own = predict::own_runs(mine);
    REQUIRE(own.size() == runs);
    const double residual = std::log(*own.front().seconds / before.seconds);
    const auto m = static_cast<double>(runs);
    const auto after = resolved(same, mine).forecast->forecast;
    CHECK(std::log(after.seconds / before.seconds) ==
          Approx(between / (between + within / m) * residual).epsilon(1e-9));
    CHECK(before.deviation * before.deviation - after.deviation * after.deviation ==
          Approx(between - between * within / (m * between + within)).epsilon(1e-9));
    if (runs == 1)
      CHECK(between / (between + within) == Approx(0.76).epsilon(0.01));  // design: after one run
    // and another size, on other devices, by as much
    const Inputs other{{Input::params, "70B"},     {Input::tokens, "1T"}, {Input::hardware, "h100-sxm5"},
                       {Input::precision, "bf16"}, {Input::chips, "512"}, {Input::framework, "tuned"},
                       {Input::global_batch, "4M"}};
    CHECK(resolved(other, mine).forecast->forecast.seconds / resolved(other).forecast->forecast.seconds ==
          Approx(after.seconds / before.seconds).epsilon(1e-9));
  }
}

TEST_CASE("power that the user measured shifts the power of other runs") {
  const Inputs run{{Input::params, "7B"},
                   {Input::tokens, "1T"},
                   {Input::hardware, "a100-sxm4-80gb"},
                   {Input::chips, "64"},
                   {Input::mfu, "0.35"}};
  const double before = run::estimate(resolved(run).inputs).power->coherent();
  const auto width = [](const ResolvedRun& r) {
    const auto& record = r.record(Slot::power_ratio);
    return std::log(*record.high / *record.low);
  };
  for (const char* drawn : {"300 W", "500 W"}) {
    const Folder folder(own_rows({0.35}, "power_drawn = \"" + std::string{drawn} + "\"\n"));
    const auto mine = catalog::Catalog::overlay(folder.path.string());
    const auto level = predict::predictor(mine)->power;
    REQUIRE(level.runs == 1);
    const auto after = resolved(run, mine);
    const double now = run::estimate(after.inputs).power->coherent();
    CHECK((now > before) == (drawn == std::string{"500 W"}));
    CHECK(std::log(now / before) == Approx(level.shift).epsilon(1e-6));
    CHECK(width(after) < width(resolved(run)));
  }
}

}  // namespace
}  // namespace kwhatif::run
