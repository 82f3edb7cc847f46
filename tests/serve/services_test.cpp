// What services have beside the usual: states, quantised checkpoints, several side by side, instances,
// faults.
#include "cases.hpp"
#include "support/catch.hpp"
#include <kwhatif/ask/check.hpp>
#include <kwhatif/ask/serve.hpp>
#include <kwhatif/ask/start.hpp>
#include <kwhatif/document/files.hpp>
#include <kwhatif/model/quantised.hpp>

#include <algorithm>
#include <cmath>
#include <map>
#include <memory>

namespace kwhatif::ask {
namespace {

using serve::tables;
using Inputs = std::map<std::string, std::string>;

ServeQuestion asked(const Inputs& inputs) {
  ServeQuestion out;
  for (const auto& [flag, value] : inputs)
    out.inputs.insert_or_assign(flag, run::Given{value, {}, "--" + flag});
  out.files = document::read_file;
  return out;
}

ServeCase answered(const Inputs& inputs) { return serve_one(asked(inputs), tables()); }

std::string code_of(const Inputs& inputs) {
  try {
    answered(inputs);
  } catch (const diag::Error& error) {
    return error.diagnostics().front().code;
  }
  return {};
}

std::shared_ptr<const diag::SourceText> file_of(std::string text, std::string name = "serve.toml") {
  auto out = std::make_shared<diag::SourceText>();
  out->name = std::move(name);
  out->text = std::move(text);
  return out;
}

double figure(const ServeCase& c, ServeFigure f) { return c.figures[f].value(); }
const Assumption& assumed(const ServeCase& c, std::string_view input) {
  const auto found = std::ranges::find(c.assumptions, input, &Assumption::input);
  REQUIRE(found != c.assumptions.end());
  return *found;
}

}  // namespace

// By hand, in 16 bits: layers x (inner x states + convolved x (kernel - 1)) x 2.
TEST_CASE("layers without a cache carry a state, read and written in each step", "[serve][golden]") {
  struct Example {
    const char* model;
    double bytes;  // per request
  };
  for (const Example& e :
       {Example{"mamba-2.8b", 64.0 * (5120 * 16 + 5120 * 3) * 2},
        Example{"codestral-mamba-7b", 64.0 * (8192 * 128 + (8192 + 2 * 8 * 128) * 3) * 2},
        // 63 of 72 layers are Mamba's; 36 of 48 are delta nets, 32 heads of 128 x 128
        Example{"jamba-1.5-large", 63.0 * (16384 * 16 + 16384 * 3) * 2},
        Example{"qwen3-next-80b-a3b", 36.0 * (32 * 128 * 128 + 8192 * 3) * 2}, Example{"llama-3.1-8b", 0}}) {
    CAPTURE(e.model);
    const auto c = answered({{"model", e.model}, {"hardware", "h200-sxm"}, {"batch", "16"}});
    CHECK(c.service.model.state.coherent() == Approx(e.bytes));
    auto without = c.service;
    without.model.state = {};
    CHECK((serve::served(c.service).step.bytes - serve::served(without).step.bytes).coherent() ==
          Approx(2 * 16 * e.bytes));
  }
  // it does not grow with the context: a state space model has no other cache
  const auto room = [](const char* prompt) {
    return answered({{"model", "mamba-2.8b"}, {"hardware", "h100-sxm5"}, {"prompt", prompt}})
        .memory.largest_batch();
  };
  CHECK(room("100") == room("100k"));
  CHECK(room("100") == Approx(std::floor((0.9 * 80e9 - 2 * 2768345600.0) / 12451840)).epsilon(1e-3));
}

TEST_CASE("a quantised checkpoint says how its weights are stored", "[serve]") {
  const auto oss = answered({{"model", "gpt-oss-120b"}, {"hardware", "h100-sxm5"}});
  CHECK(oss.precision == "mxfp4");
  CHECK(oss.service.work.devices.coherent() == 1);
  CHECK(assumed(oss, "precision").word == "mxfp4");
  CHECK_FALSE(assumed(oss, "precision").origin.source.empty());
  // experts in 4 bits with scales, all else in 16: attention, tables and routers are 2.1 of 116.8 billion
  CHECK(oss.service.model.weight.coherent() == Approx((114.7 * 0.55 + 2.13 * 2) / 116.83).epsilon(0.005));
  CHECK(oss.memory.weights.coherent() == Approx(65.2e9).epsilon(0.05));  // of the files on the hub
  const auto said = answered({{"model", "gpt-oss-120b"}, {"hardware", "h100-sxm5"}, {"precision", "mxfp4"}});
  CHECK(said.service.model.weight.coherent() == 0.55);
  CHECK(answered({{"model", "deepseek-v3"}, {"hardware", "h200-sxm"}}).precision == "fp8");
  CHECK(answered({{"model", "llama-3.1-8b"}, {"hardware", "h100-sxm5"}}).precision == "bf16");
  struct Example {
    const char* config;
    const char* precision;
  };
  for (const Example& e :
       {Example{R"({"quant_method": "awq", "bits": 4, "group_size": 128})", "int4"},
        Example{R"({"quant_method": "gptq", "bits": 8})", "int8"},
        Example{R"({"quant_method": "bitsandbytes", "load_in_4bit": true, "load_in_8bit": false})", "int4"},
        Example{R"({"load_in_8bit": true})", "int8"}, Example{R"({"quant_method": "fbgemm_fp8"})", "fp8"},
        Example{R"({"quant_method": "compressed-tensors", "config_groups": {"group_0":
                 {"weights": {"num_bits": 8, "type": "float"}}}})",
                "fp8"},
        Example{R"({"quant_method": "modelopt", "quant_algo": "NVFP4"})", "fp4"},
        Example{R"({"quant_method": "something"})", ""}, Example{R"({"quant_method": 7, "bits": []})", ""}}) {
    CAPTURE(e.config);
    const auto found = model::quantised("{\"quantization_config\": " + std::string{e.config} + "}");
    REQUIRE(found);
    CHECK(found->precision == e.precision);
  }
  CHECK_FALSE(model::quantised("{}"));
  CHECK_FALSE(model::quantised(R"({"quantization_config": null})"));
}

TEST_CASE("a config.json decides the precision, and an unknown way of quantising is told", "[serve]") {
  const auto with = [](const std::string& quantised) {
    auto q = asked({{"model", "config.json"}, {"hardware", "h100-sxm5"}});
    q.files = [quantised](const std::string&) {
      return file_of(R"({"model_type": "llama", "hidden_size": 4096, "intermediate_size": 14336,
        "num_hidden_layers": 32, "num_attention_heads": 32, "num_key_value_heads": 8, "vocab_size": 128256,
        "tie_word_embeddings": false, "quantization_config": )" +
                     quantised + "}");
    };
    return serve_one(q, tables());
  };
  const auto awq = with(R"({"quant_method": "awq", "bits": 4})");
  CHECK(awq.precision == "int4");
  // two tables of 128,256 x 4,096 stay in 16 bits
  const double tables_of_words = 2.0 * 128256 * 4096;
  const double all = awq.service.model.total.coherent();
  CHECK(awq.memory.weights.coherent() ==
        Approx(tables_of_words * 2 + (all - tables_of_words) * 0.55).epsilon(1e-3));
  const auto unknown = with(R"({"quant_method": "something"})");
  CHECK(unknown.precision == "bf16");
  CHECK(std::ranges::find(unknown.warnings, "unknown-quantisation", &diag::Diagnostic::code) !=
        unknown.warnings.end());
}

TEST_CASE("services side by side share what is not known of both", "[serve]") {
  auto q = asked({{"model", "llama-3.1-70b"}, {"hardware", "h100-sxm5"}, {"devices", "4"}});
  const auto of = [&](const char* axis) {
    q.vary = {{axis, {}, "--vary"}};
    return serve(q, tables());
  };
  const auto spread = [](const ServeCase& c) { return c.beside->band->p95 / c.beside->band->p05; };
  const auto by_batch = of("batch=8,64,256");
  REQUIRE(by_batch.first == 0U);
  CHECK(by_batch.least == 2U);
  for (const ServeCase& c : by_batch.cases)
    CHECK(c.beside->facility ==
          Approx(figure(c, ServeFigure::facility) / figure(by_batch.cases.front(), ServeFigure::facility)));
  CHECK(by_batch.cases.front().beside->facility == 1);
  // load, host and PUE cancel but for their weights: the pair differs by what was measured of such pairs
  CHECK(spread(by_batch.cases[1]) == Approx(1.5 * 1.5).epsilon(0.1));
  CHECK(spread(by_batch.cases[1]) <
        by_batch.cases[1].intervals[static_cast<std::size_t>(ServeFigure::facility)]->p95 /
            by_batch.cases[1].intervals[static_cast<std::size_t>(ServeFigure::facility)]->p05);
  // the place alone: the same energy but for PUE; nothing of the model differs
  const auto by_pue = of("pue=1.1,1.32");
  CHECK(by_pue.cases[1].beside->facility == Approx(1.2));
  CHECK(by_pue.cases[1].beside->band->p05 == Approx(1.2));
  CHECK(by_pue.cases[1].beside->band->p95 == Approx(1.2));
  q.inputs.erase("devices");
  const auto by_model = of("model=llama-3.1-8b,llama-3.1-70b");
  CHECK(by_model.least == 0U);
  CHECK(by_model.cases[1].beside->apart == 1.8);
  q.inputs.insert_or_assign("model", run::Given{"llama-3.1-8b", {}, "--model"});
  const auto by_device = of("hardware=t4,h100-sxm5,b200-sxm,l40s");
  // the first that has an answer stands for all; nobody measured pairs with an L40S
  const ServeCase& l40s = by_device.cases[3];
  CHECK(l40s.beside->apart > 1.8);
  CHECK(by_device.cases[*by_device.first].beside->facility == 1);
}

// chat_rows.csv, by size alone: the miss of one over the miss of another.
TEST_CASE("measured pairs differ as the constants of pairs say", "[serve][backtest]") {
  const auto rows = serve::rows_of("chat_rows.csv");
  std::vector<double> misses;
  for (const auto& row : rows) {
    const double total = serve::number_in(row, "params_total");
    const double layers = std::round(16 * std::pow(total / 1e9, 0.35));
    const auto model = serve::model_of(total, serve::number_in(row, "params_active"), layers, 4096 * layers,
                                       serve::bytes_of(tables(), row.at("precision"))->coherent());
    auto work = serve::workload(serve::number_in(row, "devices"), serve::number_in(row, "batch"), 150,
                                serve::number_in(row, "answer_tokens"));
    work.replicas = serve::number_in(row, "replicas");
    const auto s = serve::step(model, serve::device_of(row.at("hardware")),
                               serve::engine_constants(tables(), serve::Engine::standard), work);
    misses.push_back(std::log(s.energy_per_token().coherent() / serve::number_in(row, "j_per_token")));
  }
  const auto within = [&](const char* constant, auto pairs) {
    const double band = std::log(serve::constant(tables(), constant).value);
    double all = 0, inside = 0;
    for (std::size_t i = 0; i < rows.size(); ++i) {
      for (std::size_t k = i + 1; k < rows.size(); ++k) {
        if (!pairs(rows[i], rows[k])) continue;
        ++all;
        inside += std::fabs(misses[i] - misses[k]) <= band ? 1 : 0;
      }
    }
    CAPTURE(constant, all);
    CHECK(all > 300);
    return inside / all;
  };
  const auto same = [](const auto& a, const auto& b, std::initializer_list<const char*> keys) {
    return std::ranges::all_of(keys, [&](const char* key) { return a.at(key) == b.at(key); });
  };
  const double by_batch = within("apart-batch", [&](const auto& a, const auto& b) {
    return same(a, b, {"model", "hardware", "devices", "precision", "replicas"});
  });
  const double by_device = within("apart-device", [&](const auto& a, const auto& b) {
    return same(a, b, {"model", "precision", "hardware"}) && !same(a, b, {"devices"});
  });
  const double by_model = within("apart-model", [&](const auto& a, const auto& b) {
    const double batches = serve::number_in(a, "batch") / serve::number_in(b, "batch");
    return !same(a, b, {"model"}) && batches > 1 / 1.1 && batches < 1.1;
  });
  for (const double share : {by_batch, by_device, by_model}) CHECK(std::fabs(share - 0.9) < 0.03);
}

TEST_CASE("what misses mixtures in 8 bits is wider, and says why", "[serve]") {
  const auto c = answered({{"model", "deepseek-v3"}, {"hardware", "h200-sxm"}});
  CHECK(c.band == "band-sparse-8");
  const Assumption& error = assumed(c, "model_error");
  CHECK(error.value == 2.5);
  CHECK(error.origin.note.find("activations are quantised") != std::string::npos);
  CHECK(answered({{"model", "mixtral-8x7b"}, {"hardware", "h100-sxm5"}}).band == "band-sparse");
  // of the measured rows of this class nine of ten lie within it; by half of what mixtures of 16 bits have
  std::size_t all = 0, within = 0;
  for (const auto& row : serve::rows_of("chat_rows.csv")) {
    if (row.at("precision") != "fp8" || row.at("params_total") == row.at("params_active")) continue;
    const bool large = row.at("model").find("Qwen3-235B") != std::string::npos;
    const double layers = large ? 94 : row.at("model").find("DeepSeek") != std::string::npos ? 61 : 48;
    const double cache = large ? layers * 4 * 128 * 2 * 2 : layers == 61 ? 70272 : layers * 8 * 128 * 2 * 2;
    auto work = serve::workload(serve::number_in(row, "devices"), serve::number_in(row, "batch"), 150,
                                serve::number_in(row, "answer_tokens"));
    const auto s = serve::step(serve::model_of(serve::number_in(row, "params_total"),
                                               serve::number_in(row, "params_active"), layers, cache, 1),
                               serve::device_of(row.at("hardware")),
                               serve::engine_constants(tables(), serve::Engine::standard), work);
    ++all;
    within += std::fabs(std::log(s.energy_per_token().coherent() / serve::number_in(row, "j_per_token"))) <=
                      std::log(2.5)
                  ? 1
                  : 0;
  }
  CHECK(all == 43);
  CHECK(within >= all * 9 / 10);
}

TEST_CASE("more devices and replicas are there to answer more", "[serve]") {
  const auto batch = [](const Inputs& inputs) {
    auto all = inputs;
    all.insert({{"model", "llama-3.1-70b"}, {"hardware", "h100-sxm5"}});
    return answered(all).service.work.batch.coherent();
  };
  CHECK(batch({}) == 64);
  CHECK(batch({{"devices", "4"}}) == 64);
  CHECK(batch({{"devices", "8"}}) == 128);
  CHECK(batch({{"devices", "8"}, {"data-parallel", "2"}}) == 128);
  CHECK(batch({{"data-parallel", "2"}}) == 128);
  CHECK(batch({{"devices", "8"}, {"batch", "64"}}) == 64);
  const auto c = answered({{"model", "llama-3.1-70b"}, {"hardware", "h100-sxm5"}, {"devices", "8"}});
  CHECK(c.unknowns.batch->high == 512);
}

TEST_CASE("arrivals size the service, with the fewest devices that bear them", "[serve]") {
  const auto at = [](const char* rate) {
    return answered({{"model", "llama-3.1-8b"}, {"hardware", "h100-sxm5"}, {"rate", rate}});
  };
  const auto quiet = at("2/s");
  CHECK(quiet.instances == 1);
  const auto busy = at("100/s");
  CHECK_FALSE(busy.saturated);
  CHECK(busy.instances > 1);
  CHECK(assumed(busy, "instances").value == busy.instances);
  // one device less would not bear them, by whichever size of instance
  const double devices = busy.instances * busy.service.work.devices.coherent();
  for (const double size : {1.0, 2.0, 4.0, 8.0}) {
    const double fewer = std::ceil(devices / size) - 1;
    if (fewer < 1) continue;
    serve::Service<> s = busy.service;
    s.work.devices = quantity::Devices<>::from_coherent(size);
    const auto found = serve::arrivals(s, serve::Quantity<serve::dim::step_rate>::from_coherent(100 / fewer),
                                       serve::Requests<>::from_coherent(256));
    CHECK(found.saturated);
  }
  CHECK(at("1000000/s").instances > 1000);
  CHECK(answered({{"model", "llama-3.1-8b"}, {"hardware", "h100-sxm5"}, {"rate", "100"}, {"devices", "1"}})
            .saturated);
}

TEST_CASE("inputs that cannot be are refused", "[serve][refuse]") {
  const auto with = [](const char* flag, const char* value) {
    return code_of({{"model", "llama-3.1-8b"}, {"hardware", "h100-sxm5"}, {flag, value}});
  };
  CHECK(with("host", "500 %") == "out-of-range");
  CHECK(with("host", "3") == "out-of-range");
  CHECK(with("host", "150 %") == "");
  CHECK(with("batch", "1.5") == "out-of-range");
  CHECK(with("batch", "2") == "");
}

TEST_CASE("a serve file tells all its faults", "[serve][refuse]") {
  const auto faults_of = [](const std::string& text) {
    auto q = read_service_with_faults(file_of(text));
    q.files = document::read_file;
    try {
      serve_one(q, tables());
    } catch (const diag::Error& error) {
      return error.diagnostics();
    }
    return std::vector<diag::Diagnostic>{};
  };
  const auto faults = faults_of(
      "[serve]\nmodel = \"lama-3.1-8b\"\nhardware = \"h100-smx\"\nbatch = 1.5\nload = 50\nhost = \"500 %\"\n"
      "precision = \"bf17\"\nengine = \"vlm\"\nanswers = 4\nprompt = [3]\n");
  std::vector<int> lines;
  for (const diag::Diagnostic& d : faults) lines.push_back(d.where.line);
  std::ranges::sort(lines);
  CHECK(lines == std::vector<int>{2, 3, 4, 5, 6, 7, 8, 9, 10});
  CHECK(faults_of("[serve]\nmodel = \"llama-3.1-8b\"\nhardware = \"h100-sxm5\"\nbatch = 64\n").empty());
  CHECK(faults_of("[serve]\nmodle = \"llama-3.1-8b\"\nhardware = \"h100-sxm5\"\n").size() == 1);
  CHECK(faults_of("[serve]\nhardware = \"h100-sxm5\"\n").size() == 1);
}

TEST_CASE("the file that init writes for a service is one", "[serve]") {
  const auto start = starting_run(run::Given{"serve", {}, "PRESET"}, tables());
  const auto source = file_of(start.file);
  const CheckQuestion question{.files = {{.path = {"serve.toml", {}, {}}}},
                               .read = [&](const std::string&) { return source; }};
  const auto checked = check(question, tables());
  CHECK(checked.problems == 0);
  CHECK(checked.files.front().found.empty());
  CHECK(serve_one(read_service(source), tables()).queries);
}

TEST_CASE("the size of images is told where the config has it", "[serve]") {
  CHECK(answered({{"model", "stable-diffusion-xl"}, {"hardware", "h100-sxm5"}}).image->side == 1024);
  CHECK(answered({{"model", "flux.1-dev"}, {"hardware", "h100-sxm5"}, {"image-size", "512"}}).image->side ==
        512);
}

}  // namespace kwhatif::ask
