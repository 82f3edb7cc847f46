// Questions about serving: what is read, taken, refused and said.
#include "cases.hpp"
#include "support/catch.hpp"
#include "support/random.hpp"
#include "support/root.hpp"
#include <kwhatif/ask/serve.hpp>
#include <kwhatif/document/files.hpp>

#include <algorithm>
#include <array>
#include <cmath>
#include <functional>
#include <initializer_list>
#include <memory>

namespace kwhatif::ask {
namespace {

using serve::tables;

ServeQuestion question(std::initializer_list<std::pair<const char*, const char*>> inputs) {
  ServeQuestion out;
  for (const auto& [flag, value] : inputs)
    out.inputs.insert_or_assign(flag, run::Given{value, {}, "--" + std::string{flag}});
  out.files = document::read_file;
  return out;
}

ServeCase served(std::initializer_list<std::pair<const char*, const char*>> inputs) {
  return serve_one(question(inputs), tables());
}

std::string code_of(const std::function<void()>& act, std::string* message = nullptr) {
  try {
    act();
  } catch (const diag::Error& error) {
    if (message != nullptr)
      *message = error.diagnostics().front().message + "; " + error.diagnostics().front().help;
    return error.diagnostics().front().code;
  }
  return {};
}

std::string code_of(std::initializer_list<std::pair<const char*, const char*>> inputs,
                    std::string* message = nullptr) {
  return code_of([&] { served(inputs); }, message);
}

double figure(const ServeCase& c, ServeFigure f) { return c.figures[f].value(); }
bool assumed(const ServeCase& c, std::string_view input) {
  return std::ranges::find(c.assumptions, input, &Assumption::input) != c.assumptions.end();
}
bool warned(const std::vector<diag::Diagnostic>& warnings, std::string_view code) {
  return std::ranges::find(warnings, code, &diag::Diagnostic::code) != warnings.end();
}

std::shared_ptr<const diag::SourceText> file(std::string text) {
  auto out = std::make_shared<diag::SourceText>();
  out->name = "serve.toml";
  out->text = std::move(text);
  return out;
}

}  // namespace

TEST_CASE("a query on the devices of the tables takes what the reference says", "[serve][golden]") {
  // the reference calculation has 3.35 TB/s, 989 TFLOP/s and 75 W idle for an H100, and rounder counts of
  // parameters; the tables have 3.352, 989.4 and 70
  struct Example {
    const char* model;
    const char* hardware;
    const char* devices;
    const char* precision;
    double facility_wh;
  };
  for (const Example& e : {Example{"llama-3.1-8b", "h100-sxm5", "1", "bf16", 0.0447112},
                           Example{"llama-3.1-70b", "h100-sxm5", "4", "bf16", 0.317728},
                           Example{"llama-3.1-405b", "h100-sxm5", "8", "fp8", 1.03798},
                           Example{"deepseek-v3", "h200-sxm", "8", "fp8", 0.686407},
                           Example{"qwen3-30b-a3b", "h100-sxm5", "1", "bf16", 0.0879579},
                           Example{"gpt-oss-120b", "h100-sxm5", "1", "mxfp4", 0.0828202}}) {
    CAPTURE(e.model);
    const auto c = served({{"model", e.model}, {"hardware", e.hardware}, {"precision", e.precision}});
    // the devices that hold it are those that the reference took
    CHECK(c.service.work.devices.coherent() == std::stod(e.devices));
    CHECK(figure(c, ServeFigure::facility) / 3600 == Approx(e.facility_wh).epsilon(0.02));
    CHECK(assumed(c, "devices"));
    CHECK(assumed(c, "batch"));
    CHECK(assumed(c, "load"));
    CHECK(assumed(c, "pue"));
  }
}

TEST_CASE("what is given is exact, what is not has a band", "[serve]") {
  const auto open = served({{"model", "llama-3.1-8b"}, {"hardware", "h100-sxm5"}});
  const auto given = served({{"model", "llama-3.1-8b"},
                             {"hardware", "h100-sxm5"},
                             {"batch", "64"},
                             {"load", "50 %"},
                             {"host", "35 %"},
                             {"pue", "1.15"}});
  const auto spread = [](const ServeCase& c, ServeFigure f) {
    const auto& band = c.intervals[static_cast<std::size_t>(f)].value();
    return band.p95 / band.p05;
  };
  CHECK(figure(open, ServeFigure::facility) == Approx(figure(given, ServeFigure::facility)));
  CHECK(spread(open, ServeFigure::facility) > 8);
  CHECK(spread(given, ServeFigure::facility) == Approx(1.65 * 1.65).epsilon(0.01));
  CHECK(spread(given, ServeFigure::device_per_token) == Approx(1.65 * 1.65).epsilon(0.01));
  CHECK_FALSE(assumed(given, "batch"));
  CHECK_FALSE(assumed(given, "pue"));
  // a mixture, a device without a measured row, and an unknown architecture are less sure
  const auto factor = [&](std::initializer_list<std::pair<const char*, const char*>> more) {
    auto q = question({{"batch", "8"}, {"load", "1"}, {"host", "0"}, {"pue", "1.1"}});
    for (const auto& [flag, value] : more)
      q.inputs.insert_or_assign(flag, run::Given{value, {}, "--" + std::string{flag}});
    return std::sqrt(spread(serve_one(q, tables()), ServeFigure::facility));
  };
  CHECK(factor({{"model", "mixtral-8x7b"}, {"hardware", "h100-sxm5"}}) == Approx(2).epsilon(0.01));
  CHECK(factor({{"model", "llama-3.1-8b"}, {"hardware", "l40s"}}) == Approx(2.5).epsilon(0.01));
  CHECK(factor({{"params", "8B"}, {"hardware", "h100-sxm5"}}) == Approx(2.5).epsilon(0.01));
}

TEST_CASE("arrivals decide batch and load", "[serve]") {
  const auto at = [](const char* rate) {
    return served({{"model", "llama-3.1-8b"},
                   {"hardware", "h100-sxm5"},
                   {"rate", rate},
                   {"prompt", "240"},
                   {"answer", "210"}});
  };
  const auto quiet = at("0.05");
  CHECK(quiet.service.work.batch.coherent() == 1);
  CHECK(quiet.service.provision.load == Approx(0.100881).epsilon(0.01));
  const auto busy = at("12/s");
  CHECK(busy.service.work.batch.coherent() == Approx(32.3787).epsilon(0.01));
  CHECK(busy.service.provision.load == 1);
  CHECK(figure(quiet, ServeFigure::facility) > 20 * figure(busy, ServeFigure::facility));
  const auto flooded = served({{"model", "llama-3.1-8b"},
                               {"hardware", "h100-sxm5"},
                               {"devices", "1"},
                               {"rate", "1e6"},
                               {"prompt", "240"},
                               {"answer", "210"}});
  CHECK(flooded.saturated);
  CHECK(warned(flooded.warnings, "saturated"));
  CHECK(code_of({{"model", "gpt2"}, {"hardware", "h100-sxm5"}, {"rate", "1"}, {"batch", "8"}}) == "conflict");
  CHECK(code_of({{"model", "gpt2"}, {"hardware", "h100-sxm5"}, {"rate", "1"}, {"load", "1"}}) == "conflict");
}

TEST_CASE("a known rate tells the time of the devices, whatever the model of a step misses", "[serve]") {
  const auto c = served({{"model", "llama-3.1-8b"},
                         {"hardware", "h100-sxm5"},
                         {"rate", "2"},
                         {"host", "245 W"},
                         {"pue", "1.15"}});
  CHECK(c.service.provision.load == 1);
  const auto band = [&](ServeFigure f) { return c.intervals[static_cast<std::size_t>(f)]; };
  CHECK(figure(c, ServeFigure::reserved_time) == Approx(0.5));
  const auto reserved = band(ServeFigure::reserved_time);
  if (reserved) CHECK(reserved->p95 / reserved->p05 < 1.001);
  // the watts of the boards are known to 1.32, and the host's are given
  CHECK(band(ServeFigure::device)->p95 / band(ServeFigure::device)->p05 == Approx(1.32 * 1.32).epsilon(0.05));
  CHECK(band(ServeFigure::facility)->p95 / band(ServeFigure::facility)->p05 < 1.32 * 1.32);
}

TEST_CASE("a model that does not fit is refused with the least number of devices", "[serve]") {
  std::string message;
  CHECK(code_of({{"model", "llama-3.1-405b"}, {"hardware", "h100-sxm5"}, {"devices", "8"}}, &message) ==
        "does-not-fit");
  CHECK(message.find("16 devices hold it") != std::string::npos);
  CHECK(message.find("--precision fp8") != std::string::npos);
  CHECK(
      code_of(
          {{"model", "llama-3.1-405b"}, {"hardware", "h100-sxm5"}, {"devices", "8"}, {"precision", "fp8"}}) ==
      "");
  // the weights fit, the keys and values of so many do not: said, with the devices that hold them
  const auto crowded =
      served({{"model", "llama-3.1-70b"}, {"hardware", "h100-sxm5"}, {"devices", "4"}, {"batch", "10k"}});
  CHECK(warned(crowded.warnings, "no-room"));
  // nobody named the batch: as many as have room
  const auto small = served({{"model", "llama-3.1-70b"},
                             {"hardware", "h100-sxm5"},
                             {"devices", "4"},
                             {"prompt", "100k"},
                             {"answer", "1000"}});
  CHECK(small.service.work.batch.coherent() == small.memory.largest_batch());
  CHECK_FALSE(warned(small.warnings, "no-room"));
}

TEST_CASE("a factor that is missing leaves nothing, and is named", "[serve]") {
  const auto bare = served({{"model", "llama-3.1-8b"}, {"hardware", "l4"}});
  CHECK_FALSE(bare.figures[ServeFigure::location]);
  CHECK_FALSE(bare.figures[ServeFigure::total]);
  CHECK_FALSE(bare.figures[ServeFigure::water]);
  CHECK(warned(bare.warnings, "no-place"));
  for (const char* result : {"water_on_site", "water_off_site"})
    CHECK(std::ranges::find(bare.missing, result, &run::MissingFactor::result) != bare.missing.end());
  const auto full = served({{"model", "llama-3.1-8b"},
                            {"hardware", "l4"},
                            {"ci", "350 g/kWh"},
                            {"pue", "1.15"},
                            {"wue", "0.3 L/kWh"},
                            {"water-intensity", "3.1 L/kWh"},
                            {"embodied", "583 kg"},
                            {"price", "0.8 USD/h"}});
  CHECK(full.warnings.size() == 1);  // the device was not measured
  CHECK(full.missing.empty());
  const double kwh = figure(full, ServeFigure::facility) / 3.6e6;
  CHECK(figure(full, ServeFigure::location) == Approx(kwh * 0.350));
  CHECK(figure(full, ServeFigure::total) ==
        Approx(figure(full, ServeFigure::location) + figure(full, ServeFigure::embodied)));
  // water on site by IT energy, off site by that of the facility; PUE once
  CHECK(figure(full, ServeFigure::water_on_site) == Approx(kwh / 1.15 * 0.3));
  CHECK(figure(full, ServeFigure::water_off_site) == Approx(kwh * 3.1));
  // money and manufacture go by the reserved time, idle time included
  const double hours = figure(full, ServeFigure::reserved_time) / 3600;
  CHECK(figure(full, ServeFigure::query_cost) == Approx(hours * 0.8));
  CHECK(figure(full, ServeFigure::embodied) == Approx(583 * hours / (4 * 365 * 24 * 0.85)));
  CHECK(figure(full, ServeFigure::million_tokens_cost) ==
        Approx(figure(full, ServeFigure::query_cost) / 500 * 1e6));
}

TEST_CASE("tokens of answers alone divide the energy", "[serve][trap]") {
  const auto c = served({{"model", "llama-3.1-8b"}, {"hardware", "h100-sxm5"}, {"prompt", "2000"}});
  CHECK(figure(c, ServeFigure::device_per_token) * 500 == Approx(figure(c, ServeFigure::device)));
  CHECK(figure(c, ServeFigure::facility_per_token) * 500 == Approx(figure(c, ServeFigure::facility)));
}

TEST_CASE("the cache follows the config", "[serve]") {
  // half of gpt-oss's layers see 128 tokens; the latent cache of DeepSeek-V3 has 70,272 B a token
  const auto per_request = [](const char* model, const char* precision, const char* prompt) {
    return served({{"model", model},
                   {"hardware", "b200-sxm"},
                   {"devices", "8"},
                   {"batch", "1"},
                   {"precision", precision},
                   {"prompt", prompt},
                   {"answer", "1"}})
        .memory.per_request.coherent();
  };
  CHECK(per_request("deepseek-v3", "fp8", "999") == Approx(70272.0 * 1000));
  const double layer = 2 * 8 * 64 * 2;  // keys and values of 8 heads of 64 in 16 bits
  CHECK(per_request("gpt-oss-120b", "mxfp4", "999") == Approx(18 * layer * 1000 + 18 * layer * 128));
}

TEST_CASE("queries of a lifetime are counted", "[serve]") {
  const auto c = served({{"model", "llama-3.1-8b"},
                         {"hardware", "h100-sxm5"},
                         {"queries-per-day", "1000"},
                         {"life", "2 years"}});
  REQUIRE(c.queries);
  CHECK(*c.queries == Approx(2 * 365.25 * 1000).epsilon(0.001));
  CHECK(c.of_all(ServeFigure::facility).value() == Approx(*c.queries * figure(c, ServeFigure::facility)));
  CHECK_FALSE(c.of_all(ServeFigure::water));
  CHECK(code_of({{"model", "gpt2"}, {"hardware", "h100-sxm5"}, {"queries-per-day", "10"}}) ==
        "missing-value");
  CHECK(code_of({{"model", "gpt2"}, {"hardware", "h100-sxm5"}, {"life", "1 year"}}) == "missing-value");
}

TEST_CASE("batch and load are shown beside every answer", "[serve]") {
  const auto c =
      served({{"model", "llama-3.1-8b"}, {"hardware", "h100-sxm5"}, {"batch", "64"}, {"load", "0.5"}});
  REQUIRE(c.sensitivity.size() == 12);
  for (std::size_t i = 0; i < c.sensitivity.size(); ++i) {
    const auto& e = c.sensitivity[i];
    if (i >= 3) CHECK(*e.device_per_token < *c.sensitivity[i - 3].device_per_token);
    if (i % 3 != 0) CHECK(e.facility > c.sensitivity[i - 1].facility);
    if (e.batch == 64 && e.load == 0.5) {
      CHECK(*e.device_per_token == figure(c, ServeFigure::device_per_token));
      CHECK(e.facility == figure(c, ServeFigure::facility));
    }
  }
}

TEST_CASE("values of --vary combine, and one that cannot be is a row with its reason", "[serve]") {
  auto q = question({{"model", "llama-3.1-70b"}, {"hardware", "h100-sxm5"}, {"devices", "4"}});
  q.vary = {{"batch=8,64", {}, "--vary"}, {"devices=1,4,8", {}, "--vary"}};
  const auto answer = serve(q, tables());
  REQUIRE(answer.cases.size() == 6);
  CHECK(answer.axes == std::vector<std::string>{"batch", "devices"});
  CHECK_FALSE(answer.cases[0].problem.empty());  // one device does not hold it
  CHECK(answer.cases[1].problem.empty());
  CHECK(answer.cases[4].axes ==
        std::vector<std::pair<std::string, std::string>>{{"batch", "64"}, {"devices", "4"}});
  const auto alone =
      served({{"model", "llama-3.1-70b"}, {"hardware", "h100-sxm5"}, {"devices", "4"}, {"batch", "64"}});
  CHECK(answer.cases[4].figures.values == alone.figures.values);
  const auto refused = [&](const char* axis) {
    q.vary = {{axis, {}, "--vary"}};
    return code_of([&] { serve(q, tables()); });
  };
  CHECK(refused("bach=8,64") == "unknown-axis");
  CHECK(refused("batch") == "bad-axis");
  CHECK(refused("batch=8,,64") == "bad-axis");
  CHECK(refused("hardware=t4,l4") == "does-not-fit");  // none of them has an answer
  std::string many = "batch=1";
  for (int i = 2; i <= 501; ++i) many += ',' + std::to_string(i);
  CHECK(refused(many.c_str()) == "too-large");
}

TEST_CASE("levers act through the model, one input at a time", "[serve]") {
  auto q =
      question({{"model", "llama-3.1-70b"}, {"hardware", "h100-sxm5"}, {"devices", "8"}, {"batch", "64"}});
  q.levers = run::Given{"", {}, "--levers"};
  const auto answer = serve(q, tables());
  REQUIRE(answer.levers);
  const auto lever = [&](std::string_view id) {
    const auto found = std::ranges::find(*answer.levers, id, &ServeLever::id);
    REQUIRE(found != answer.levers->end());
    return *found;
  };
  const auto by_flag = [&](const char* flag, const char* value) {
    auto other = question({{"model", "llama-3.1-70b"},
                           {"hardware", "h100-sxm5"},
                           {"devices", "8"},
                           {"batch", "64"},
                           {"load", "0.5"}});
    other.inputs.insert_or_assign(flag, run::Given{value, {}, "--" + std::string{flag}});
    return figure(serve_one(other, tables()), ServeFigure::facility) /
           figure(answer.cases.front(), ServeFigure::facility);
  };
  CHECK(lever("weights-8-bit").facility.value() == Approx(by_flag("precision", "fp8")));
  CHECK(lever("larger-batch").facility.value() == Approx(by_flag("batch", "256")));
  CHECK(lever("higher-load").facility.value() == Approx(by_flag("load", "0.8")));
  CHECK(lever("right-sizing").value == "4");
  CHECK(lever("right-sizing").facility.value() == Approx(by_flag("devices", "4")));
  CHECK(lever("higher-load").device.value() == Approx(1));
  CHECK(lever("distillation").published->source() == "mit-sloan-2021");
  CHECK_FALSE(lever("distillation").facility);
  for (std::size_t i = 1; i < answer.levers->size(); ++i) {
    const auto before = (*answer.levers)[i - 1].facility;
    const auto after = (*answer.levers)[i].facility;
    if (before && after) CHECK(*before <= *after);
  }
  q.vary = {{"batch=1,2", {}, "--vary"}};
  CHECK(code_of([&] { serve(q, tables()); }) == "conflict");
}

TEST_CASE("a serve file says what flags say", "[serve]") {
  const auto q =
      read_service(file("title = \"Ours\"\n[serve]\nmodel = \"llama-3.1-70b\"\nhardware = "
                        "\"h100-sxm5\"\ndevices = 4\nbatch = 64\nload = 0.5\nprice = \"2 USD/h\"\n"
                        "queries_per_day = \"1M\"\nlife = \"2 years\"\n"));
  const auto by_file = serve_one(q, tables());
  const auto by_flags = served({{"model", "llama-3.1-70b"},
                                {"hardware", "h100-sxm5"},
                                {"devices", "4"},
                                {"batch", "64"},
                                {"load", "0.5"},
                                {"price", "2 USD/h"},
                                {"queries-per-day", "1M"},
                                {"life", "2 years"}});
  CHECK(by_file.figures.values == by_flags.figures.values);
  CHECK(by_file.queries == by_flags.queries);
  try {
    read_service(file("[serve]\nmodle = \"gpt2\"\nbatch = true\n[training]\ntokens = 1\n"));
    FAIL("the file is wrong");
  } catch (const diag::Error& error) {
    const auto& faults = error.diagnostics();
    REQUIRE(faults.size() == 3);
    CHECK(faults[0].code == "unknown-key");
    CHECK(faults[0].help.find("'model'") != std::string::npos);
    CHECK(faults[0].where.line == 2);
    CHECK(faults[1].code == "wrong-type");
    CHECK(faults[2].code == "unknown-key");
  }
  CHECK(code_of([] { read_service(file("title = \"empty\"\n")); }) == "missing-input");
  CHECK(code_of([] { read_service(file("[serve\n")); }) == "syntax-error");
}

TEST_CASE("what cannot be is refused at its place", "[serve]") {
  const auto with = [](const char* flag, const char* value) {
    auto q = question({{"model", "llama-3.1-8b"}, {"hardware", "h100-sxm5"}});
    q.inputs.insert_or_assign(flag, run::Given{value, {}, "--" + std::string{flag}});
    return code_of([&] { serve_one(q, tables()); });
  };
  CHECK(code_of({{"hardware", "h100-sxm5"}}) == "missing-value");
  CHECK(code_of({{"model", "gpt2"}}) == "missing-value");
  CHECK(with("model", "lama-3.1-8b") == "unknown-model");
  CHECK(with("model", "resnet50") == "wrong-unit");
  CHECK(with("model", "bert-base-uncased") == "wrong-unit");
  CHECK(with("hardware", "h100-smx") == "unknown-hardware");
  CHECK(with("region", "gcp:nowhere") == "unknown-region");
  CHECK(with("grid", "NOWHERE") == "unknown-grid");
  CHECK(with("params", "8B") == "conflict");
  CHECK(with("batch", "0") == "out-of-range");
  CHECK(with("batch", "nan") == "not-a-number");
  CHECK(with("batch", "-3") == "out-of-range");
  CHECK(with("devices", "1.5") == "out-of-range");
  CHECK(with("answer", "0") == "out-of-range");
  CHECK(with("prompt", "0") == "");
  CHECK(with("load", "50") == "out-of-range");
  CHECK(with("load", "0") == "out-of-range");
  CHECK(with("cached", "1.5") == "out-of-range");
  CHECK(with("pue", "0.9") == "out-of-range");
  CHECK(with("pue", "110") == "out-of-range");
  CHECK(with("engine", "vlm") == "unknown-word");
  CHECK(with("precision", "bf17") == "unknown-word");
  CHECK(with("speculative", "3") == "out-of-range");
  CHECK(with("speculative", "3:5") == "out-of-range");
  CHECK(with("speculative", "3:2") == "");
  CHECK(with("data-parallel", "2") == "out-of-range");
  CHECK(with("host", "120 kW") == "out-of-range");
  CHECK(with("host", "300 kg") == "wrong-unit");
  CHECK(with("wue", "0.3") == "missing-unit");
  CHECK(with("lifetime", "4") == "missing-unit");
  CHECK(with("price", "-1 USD/h") == "out-of-range");
}

// image_rows.csv: ML.ENERGY v3, task text-to-image (ml-energy/leaderboard at 0cd52da,
// public/data/tasks/text-to-image.json, Apache-2.0), one device. The share of the peak was fitted to these
// rows.
TEST_CASE("measured images take what the model says", "[serve][backtest]") {
  double squares = 0;
  const auto rows = serve::rows_of("image_rows.csv");
  for (const auto& row : rows) {
    const auto c = served({{"model", row.at("model").c_str()},
                           {"hardware", row.at("hardware").c_str()},
                           {"steps", row.at("steps").c_str()},
                           {"passes", row.at("passes").c_str()}});
    CHECK(c.service.work.devices.coherent() == 1);
    const double miss = std::log(figure(c, ServeFigure::device) / 3600 / std::stod(row.at("wh_per_image")));
    CHECK(std::fabs(miss) < std::log(2.5));
    squares += miss * miss;
  }
  CHECK(rows.size() == 20);
  CHECK(std::sqrt(squares / static_cast<double>(rows.size())) < 0.25);
}

TEST_CASE("an image is bound by arithmetic: steps and passes count, tokens have no part", "[serve]") {
  const auto image = [](const char* steps, const char* passes) {
    return served({{"model", "flux.1-dev"}, {"hardware", "h100-sxm5"}, {"steps", steps}, {"passes", passes}});
  };
  const auto c = image("50", "1");
  CHECK(figure(image("25", "2"), ServeFigure::facility) == Approx(figure(c, ServeFigure::facility)));
  CHECK(figure(image("10", "1"), ServeFigure::facility) * 5 == Approx(figure(c, ServeFigure::facility)));
  CHECK(c.compute_bound);
  CHECK_FALSE(c.figures[ServeFigure::device_per_token]);
  CHECK_FALSE(c.figures[ServeFigure::million_tokens_cost]);
  CHECK(warned(c.warnings, "exploratory"));
  // four times the pixels: more than four times the arithmetic, for attention grows faster
  const auto large = served({{"model", "flux.1-dev"},
                             {"hardware", "h100-sxm5"},
                             {"steps", "50"},
                             {"passes", "1"},
                             {"image-size", "2048"}});
  CHECK(figure(large, ServeFigure::facility) > 4 * figure(c, ServeFigure::facility));
  CHECK(code_of({{"model", "flux.1-dev"}, {"hardware", "h100-sxm5"}, {"prompt", "300"}}) == "no-effect");
  CHECK(code_of({{"model", "llama-3.1-8b"}, {"hardware", "h100-sxm5"}, {"steps", "30"}}) == "no-effect");
  std::string message;
  CHECK(code_of({{"model", "resnet-50"}, {"hardware", "h100-sxm5"}}, &message) == "wrong-unit");
  CHECK(message.find("served-") != std::string::npos);
}

TEST_CASE("random questions are answered or refused, and boundaries hold", "[serve][property]") {
  test::Random random(7);
  const std::array models{"llama-3.1-8b", "gpt2", "mixtral-8x7b", "deepseek-v3", "mamba-2.8b", "gemma-3-27b"};
  const std::array devices{"h100-sxm5", "b200-sxm", "t4", "a100-sxm4-80gb", "mi300x", "tpu-v5p"};
  const std::array engines{"vllm", "tensorrt-llm", "transformers"};
  const std::array precisions{"bf16", "fp8", "int4"};
  int answered = 0;
  for (int i = 0; i < 60; ++i) {
    ServeQuestion q;
    const auto set = [&](const char* flag, std::string value) {
      q.inputs.insert_or_assign(flag, run::Given{std::move(value), {}, flag});
    };
    set("model", models[random.below(models.size())]);
    set("hardware", devices[random.below(devices.size())]);
    set("engine", engines[random.below(engines.size())]);
    set("precision", precisions[random.below(precisions.size())]);
    if (random.below(2) == 0) set("batch", std::to_string(1 + random.below(300)));
    if (random.below(2) == 0) set("prompt", std::to_string(random.below(5000)));
    if (random.below(2) == 0) set("answer", std::to_string(1 + random.below(5000)));
    if (random.below(2) == 0) set("grid", "FRA");
    ServeCase c;
    try {
      c = serve_one(q, tables());
    } catch (const diag::Error& error) {
      CHECK_FALSE(error.diagnostics().empty());
      continue;
    }
    ++answered;
    CAPTURE(c.model, c.hardware->id());
    for (const ServeFigureInfo& info : serve_figure_table()) {
      const auto& value = c.figures[info.figure];
      CAPTURE(info.key);
      if (value) CHECK((std::isfinite(*value) && *value >= 0));
      const auto& band = c.intervals[static_cast<std::size_t>(info.figure)];
      if (band)
        CHECK((band->p05 <= band->p25 && band->p25 <= band->p50 && band->p50 <= band->p75 &&
               band->p75 <= band->p95));
    }
    CHECK(figure(c, ServeFigure::device) <= figure(c, ServeFigure::node));
    CHECK(figure(c, ServeFigure::node) <= figure(c, ServeFigure::provisioned));
    CHECK(figure(c, ServeFigure::provisioned) <= figure(c, ServeFigure::facility));
  }
  CHECK(answered > 40);
}

}  // namespace kwhatif::ask
