// The forecast: against an independent implementation, and what its form guarantees.
//
// forecast_examples.csv holds inputs and outputs of a reference implementation in another language, with the
// device columns that it used in forecast_devices.csv.
#include "support/catch.hpp"
#include "support/random.hpp"
#include "support/root.hpp"
#include <kwhatif/predict/constants.hpp>
#include <kwhatif/predict/lift.hpp>

#include <cmath>
#include <fstream>
#include <map>
#include <string>
#include <vector>

namespace kwhatif::predict {
namespace {

using Texts = std::map<std::string, std::string>;

std::vector<std::string> split(const std::string& line, char separator) {
  std::vector<std::string> out{""};
  bool quoted = false;
  for (const char c : line) {
    if (c == '"')
      quoted = !quoted;
    else if (c == separator && !quoted)
      out.emplace_back();
    else
      out.back() += c;
  }
  return out;
}

std::vector<Texts> rows_of(const std::string& file) {
  std::ifstream in(testing::repository_root() + "/tests/predict/" + file);
  REQUIRE(in);
  std::string line;
  const auto next = [&] {
    if (!std::getline(in, line)) return false;
    if (!line.empty() && line.back() == '\r') line.pop_back();
    return !line.empty();
  };
  REQUIRE(next());
  const auto head = split(line, ',');
  std::vector<Texts> out;
  while (next()) {
    const auto cells = split(line, ',');
    Texts row;
    for (std::size_t i = 0; i < head.size(); ++i) row[head[i]] = i < cells.size() ? cells[i] : "";
    out.push_back(row);
  }
  return out;
}

double number_in(const Texts& row, const std::string& key) {
  const auto found = row.find(key);
  return found == row.end() || found->second.empty() ? 0 : std::stod(found->second);
}

std::optional<double> maybe(const Texts& row, const std::string& key) {
  const auto found = row.find(key);
  if (found == row.end() || found->second.empty()) return std::nullopt;
  return std::stod(found->second);
}

/// A device of forecast_devices.csv under a precision.
struct TestDevice {
  Engine<double> engine;
  Supply<double> supply;
  DeviceEvidence evidence;
  double memory = 0;
  Arithmetic arithmetic = Arithmetic::half;
  double bytes = 2;
};

TestDevice device(const Texts& row, const std::string& precision) {
  TestDevice d;
  const double tera = 1e12;
  d.engine.peak = number_in(row, "peak16_tflops") * tera;
  d.engine.efficiency = number_in(row, "efficiency16");
  d.engine.low_efficiency = number_in(row, "efficiency8");
  d.engine.memory_rate = number_in(row, "memory_tb_per_s") * tera;
  d.engine.scale_up = number_in(row, "scale_up_gb_per_s") * 1e9;
  d.engine.network = number_in(row, "network_gb_per_s") * 1e9;
  d.engine.domain = number_in(row, "domain");
  d.engine.family = number_in(row, "family_offset");
  d.engine.program = row.at("family").starts_with("tpu");
  d.memory = number_in(row, "memory_gb") * 1e9;
  d.evidence.has_low_precision = number_in(row, "peak8_tflops") > 0;
  d.evidence.precision_known = !precision.empty();
  if (precision == "fp8" && number_in(row, "peak8_tflops") > 0) {
    d.arithmetic = Arithmetic::eight;
    d.engine.low_peak = number_in(row, "peak8_tflops") * tera;
  } else if (precision == "fp4" && number_in(row, "peak4_tflops") > 0) {
    d.arithmetic = Arithmetic::four;
    d.engine.low_peak = number_in(row, "peak4_tflops") * tera;
  } else if (precision == "tf32" || precision == "fp32") {
    d.arithmetic = Arithmetic::wide;
    d.bytes = 4;
    d.engine.peak = number_in(row, precision + "_tflops") * tera;
    if (precision == "fp32") d.engine.efficiency = 0.9;
  }
  d.supply.tdp = number_in(row, "tdp_w");
  d.supply.most = maybe(row, "system_max_w");
  if (d.engine.program && !d.supply.most) d.supply.most = 350.0;
  const std::string family = row.at("family");
  d.supply.old = family == "pascal" || family == "volta" || family == "ampere" || family == "cdna2";
  d.supply.superchip = row.at("id") == "gh200";
  return d;
}

struct Named {
  const char* name;
  double layers, width, feed_forward, keys, queries, vocabulary, gates;
};
constexpr Named architectures[] = {
    {"GPT2", 12, 768, 3072, 768, 768, 50304, 0},     {"L8", 32, 4096, 14336, 1024, 4096, 128256, 1},
    {"L70", 80, 8192, 28672, 1024, 8192, 128256, 1}, {"BS", 70, 14336, 57344, 14336, 14336, 250880, 0},
    {"L7", 32, 4096, 11008, 4096, 4096, 65024, 1},   {"DSV3", 61, 7168, 18432, 1536, 20480, 129280, 1}};

Network<double> architecture(const std::string& name) {
  Network<double> out;
  for (const Named& a : architectures) {
    if (name != a.name) continue;
    out.layers = a.layers;
    out.width = a.width;
    out.feed_forward = a.feed_forward;
    out.keys = a.keys;
    out.queries = a.queries;
    out.vocabulary = a.vocabulary;
    out.gates = a.gates;
    if (name == "DSV3") {
      out.experts = 256;
      out.used = 8;
      out.expert_width = 2048;
      out.shared_width = 2048;
      out.attention = 187e6;
      out.sparse = 58.0 / 61.0;
    }
    return out;
  }
  FAIL("no architecture " << name);
  return out;
}

struct Case {
  Training<double> training;
  TestDevice device;
};

Case read_case(const Constants& c, const std::map<std::string, Texts>& devices, const std::string& inputs) {
  Texts x;
  for (const std::string& pair : split(inputs, ';')) {
    const auto at = pair.find('=');
    x[pair.substr(0, at)] = pair.substr(at + 1);
  }
  Case out;
  Training<double>& t = out.training;
  out.device = device(devices.at(x.at("hw")), x["precision"]);
  if (x["network"] != "") out.device.engine.network = std::stod(x["network"]) * 1e9;
  t.arithmetic = out.device.arithmetic;
  t.bytes = out.device.bytes;
  t.memory = out.device.memory;
  if (!x["arch"].empty())
    t.network = architecture(x["arch"]);
  else if (!x["params"].empty())
    t.network = usual_network(c.usual, std::stod(x["params"]), maybe(x, "active"));
  if (t.network) t.network->heads = maybe(x, "heads");
  t.gmac = number_in(x, "gmac_per_sample");
  t.length = maybe(x, "seq_len");
  t.devices = maybe(x, "n");
  t.batch = maybe(x, "global_batch");
  t.micro_batch = maybe(x, "micro_batch");
  t.tensor = maybe(x, "tp");
  t.pipeline = maybe(x, "pp");
  t.context = maybe(x, "cp");
  t.expert_parallel = maybe(x, "ep");
  t.stages = maybe(x, "vp");
  t.recomputed = maybe(x, "recompute");
  t.year = maybe(x, "year");
  if (const auto z = maybe(x, "zero")) t.zero = static_cast<int>(*z);
  if (const auto s = maybe(x, "software")) t.software = static_cast<Software>(static_cast<int>(*s));
  if (const auto f = maybe(x, "fused_attention")) t.fused_attention = *f != 0;
  if (const auto f = maybe(x, "causal")) t.causal = *f != 0;
  t.lora = number_in(x, "lora") != 0;
  if (x["kind"] == "enc") t.kind = TrainingKind::encoder;
  t.scope = x["evidence"] == "step" ? Scope::step : x["evidence"] == "mlperf" ? Scope::benchmark : Scope::run;
  out.device.supply.liquid = x["cooling"] == "liquid";
  out.device.supply.images = !t.network;
  return out;
}

std::map<std::string, Texts> devices_by_id() {
  std::map<std::string, Texts> out;
  for (const Texts& row : rows_of("forecast_devices.csv")) out[row.at("id")] = row;
  return out;
}

/// The constants that the reference used; the fitted ones of the tables may move with the evidence.
Constants reference_constants() {
  Constants c = constants(catalog::Catalog::builtin());
  for (const Texts& row : rows_of("forecast_coefficients.csv")) {
    for (const auto& field : coefficient_fields<double>)
      if (field.name == row.at("name")) c.times.*field.member = number_in(row, "value");
  }
  return c;
}

TEST_CASE("the forecast is that of an independent implementation, in all its columns") {
  const Constants c = reference_constants();
  const auto devices = devices_by_id();
  const auto examples = rows_of("forecast_examples.csv");
  REQUIRE(examples.size() == 29);
  for (const Texts& row : examples) {
    INFO(row.at("case"));
    const Case x = read_case(c, devices, row.at("inputs"));
    const Forecast f = forecast(c, x.training, x.device.engine, x.device.evidence);
    const auto same = [&](const char* key, double ours, double tolerance = 1e-5) {
      INFO(key);
      CHECK(ours == Approx(number_in(row, key)).epsilon(tolerance));
    };
    same("s_per_token_device", f.seconds);
    same("sd_ln", f.deviation);
    same("mfu", f.mfu);
    same("n_used", f.settings.devices);
    same("busy", f.times.busy);
    // The reference rounds Student's quantiles to 2.132 and 0.741.
    same("p05", f.quantile(0.05), 1e-4);
    same("p25", f.quantile(0.25), 2e-4);
    same("p75", f.quantile(0.75), 2e-4);
    same("p95", f.quantile(0.95), 1e-4);
    const auto power = draw(c.draw, x.device.supply, f.times.busy, f.times.arithmetic, f.times.productive);
    same("board_W", power.board);
    same("system_W", power.system);
    std::string ask;
    for (const auto& [unknown, part] : f.parts) {
      if (unknown == Unknown::experts || unknown == Unknown::family) continue;
      if (part > 0) ask += (ask.empty() ? "" : "+") + std::string{name(unknown)};
    }
    std::string expected;
    for (const std::string& word : split(row.at("ask_next"), '+')) {
      const bool nothing = word == "precision" && !x.device.evidence.has_low_precision;
      if (!word.empty() && !nothing) expected += (expected.empty() ? "" : "+") + word;
    }
    CHECK(ask == expected);
  }
}

TEST_CASE("the causes of time add up to the whole") {
  const Constants c = reference_constants();
  const auto devices = devices_by_id();
  for (const Texts& row : rows_of("forecast_examples.csv")) {
    const Case x = read_case(c, devices, row.at("inputs"));
    const auto t = forecast(c, x.training, x.device.engine, x.device.evidence).times;
    const double sum = t.products + t.memory + t.attention + t.micro_steps + t.host + t.model_parallel +
                       t.experts + t.context + t.bubble + t.optimizer + t.gathers + t.gradients + t.software +
                       t.losses;
    CHECK(sum == Approx(t.total).epsilon(1e-12));
  }
}

// --- what the form guarantees
// ---------------------------------------------------------------------------------

struct Draws {
  explicit Draws(std::uint64_t seed) : random(seed) {
    for (const Texts& row : rows_of("forecast_devices.csv")) devices.push_back(row);
  }
  double one_of(std::initializer_list<double> values) {
    return *(values.begin() + static_cast<std::ptrdiff_t>(random.below(values.size())));
  }

  Case next(const Constants& c, bool layout) {
    const Texts& row = devices[random.below(devices.size())];
    Case out;
    Training<double>& t = out.training;
    const bool low = number_in(row, "peak8_tflops") > 0 && random.below(3) == 0;
    out.device = device(row, low ? "fp8" : "bf16");
    t.arithmetic = out.device.arithmetic;
    t.memory = out.device.memory;
    const double total = random.magnitude(7.5, 12);
    std::optional<double> active;
    if (random.below(4) == 0) active = total / random.between(2, 20);
    t.network = usual_network(c.usual, total, active);
    t.length = one_of({512, 1024, 2048, 4096, 8192, 32768});
    t.devices = std::exp2(static_cast<double>(random.below(14)));
    t.batch = *t.devices * *t.length * std::exp2(random.between(-2, 6));
    t.software = static_cast<Software>(random.below(3));
    t.scope = static_cast<Scope>(random.below(3));
    t.recomputed = random.below(2) == 0 ? 0.0 : random.between(0, 1);
    t.year = 2019.0 + static_cast<double>(random.below(8));
    if (layout) {
      t.tensor = one_of({1, 2, 4, 8, 16});
      t.pipeline = one_of({1, 2, 4, 8, 16});
      t.context = one_of({1, 2, 4, 8});
      if (random.below(2) == 0) t.stages = one_of({1, 2, 4});
      if (random.below(2) == 0) t.zero = 3;
      if (active && random.below(2) == 0) t.expert_parallel = one_of({1, 8, 64});
      t.micro_batch = *t.length * one_of({1, 2, 4});
      const double replica = *t.tensor * *t.pipeline * *t.context;
      t.devices = std::max(*t.devices, replica);
      t.batch = *t.devices / replica * *t.micro_batch * one_of({1, 2, 4, 8, 16});
    }
    return out;
  }

  test::Random random;
  std::vector<Texts> devices;
};

double seconds(const Constants& c, const Case& x) {
  const Training<double>& t = x.training;
  return times(c.times, Work<double>{t.network, t.gmac}, x.device.engine, settle(c.usual, t, *t.software))
      .total;
}

TEST_CASE("no forecast is faster than the roofline, and none gets faster by what makes work") {
  const Constants c = constants(catalog::Catalog::builtin());
  Draws draws(20261127);
  constexpr double rounding = 1 + 1e-12;
  for (int i = 0; i < 8000; ++i) {
    const bool layout = i % 2 == 1;
    const Case x = draws.next(c, layout);
    const double t = seconds(c, x);
    REQUIRE(std::isfinite(t));
    const auto parts = times(c.times, Work<double>{x.training.network, 0}, x.device.engine,
                             settle(c.usual, x.training, *x.training.software));
    INFO("draw " << i << ", devices " << *x.training.devices << ", batch " << *x.training.batch);
    REQUIRE(t >= parts.floor);
    REQUIRE(parts.busy > 0);
    REQUIRE(parts.busy <= 1);
    const auto not_faster = [&](const char* what, auto change) {
      Case y = x;
      change(y);
      INFO(what);
      REQUIRE(seconds(c, y) * rounding >= t);
    };
    const double replica =
        x.training.tensor.value_or(1) * x.training.pipeline.value_or(1) * x.training.context.value_or(1);
    const double micro = x.training.micro_batch.value_or(0);
    if (!layout || *x.training.batch * replica >= 2 * *x.training.devices * micro)
      not_faster("twice the devices", [](Case& y) { *y.training.devices *= 2; });
    if (!layout || *x.training.batch * replica >= 2 * *x.training.devices * micro)
      not_faster("half the batch", [](Case& y) { *y.training.batch /= 2; });
    not_faster("full recomputation", [](Case& y) { y.training.recomputed = 1.0; });
    if (*x.training.software != Software::legacy)
      not_faster("the next class of software", [](Case& y) {
        y.training.software = static_cast<Software>(static_cast<int>(*y.training.software) + 1);
      });
    not_faster("half the network", [](Case& y) { y.device.engine.network /= 2; });
    not_faster("half the links", [](Case& y) { y.device.engine.scale_up /= 2; });
    not_faster("half the memory bandwidth", [](Case& y) { y.device.engine.memory_rate /= 2; });
    if (layout) {
      not_faster("no interleaving", [](Case& y) { y.training.stages = 1.0; });
      not_faster("gathers in every micro-step", [](Case& y) { y.training.zero = 3; });
    }
    if (x.training.arithmetic == Arithmetic::eight) {
      Case y = x;
      y.training.arithmetic = Arithmetic::half;
      const double gain = seconds(c, y) / t;
      REQUIRE(gain * rounding >= 1);
      REQUIRE(gain <= 2 * rounding);
    }
  }
}

TEST_CASE("elasticities to peaks and bandwidths are those of a sum of times, and derivatives are exact") {
  using D = number::Dual<5>;
  const Constants c = constants(catalog::Catalog::builtin());
  TimeCoefficients<D> lifted;
  for (std::size_t i = 0; i < coefficient_fields<D>.size(); ++i)
    lifted.*coefficient_fields<D>[i].member = D{c.times.*coefficient_fields<double>[i].member};
  Draws draws(7);
  for (int i = 0; i < 1500; ++i) {
    const Case x = draws.next(c, i % 2 == 1);
    const Training<double>& t = x.training;
    const Settings<double> s = settle(c.usual, t, *t.software);
    const Engine<double>& e = x.device.engine;
    Engine<D> engine = lift<D>(e);
    engine.peak = D::input(e.peak, 0);
    engine.low_peak = D::input(e.low_peak, 1);
    engine.memory_rate = D::input(e.memory_rate, 2);
    engine.scale_up = D::input(e.scale_up, 3);
    engine.network = D::input(e.network, 4);
    const D total = times(lifted, Work<D>{lift<D>(*t.network), D{0.0}}, engine, lift<D>(s)).total;
    REQUIRE(total.value() == seconds(c, x));  // the same text over another number
    const std::array<double, 5> at{e.peak, e.low_peak, e.memory_rate, e.scale_up, e.network};
    double sum = 0;
    for (std::size_t k = 0; k < at.size(); ++k) {
      const double elasticity = total.by(k) * at[k] / total.value();
      REQUIRE(elasticity <= 1e-9);
      sum += elasticity;
    }
    REQUIRE(sum >= -1 - 1e-9);
    REQUIRE(sum < 0);
  }
}

TEST_CASE("draw rises with what the device is busy with, between idle and its limit") {
  const Constants c = constants(catalog::Catalog::builtin());
  test::Random random(3);
  for (int i = 0; i < 2000; ++i) {
    Supply<double> s;
    s.tdp = random.between(70, 1400);
    if (random.below(2) == 0) s.idle = s.tdp * random.between(0.05, 0.3);
    s.old = random.below(2) == 0;
    s.liquid = random.below(2) == 0;
    const double busy = random.between(0, 1);
    const double arithmetic = random.between(0, 1);
    const double productive = random.between(0.5, 1);
    const auto low = draw(c.draw, s, busy, arithmetic, productive);
    const auto high = draw(c.draw, s, busy + (1 - busy) * random.between(0, 1), arithmetic, productive);
    REQUIRE(low.system <= high.system);
    REQUIRE(low.board >= s.idle.value_or(c.draw.idle * s.tdp));
    REQUIRE(high.board <= s.tdp * (1 + 1e-12));
    REQUIRE(high.system <= c.draw.losses * s.tdp + c.draw.host_air * s.tdp * (1 + 1e-12));
  }
}

TEST_CASE("quantiles of Student's t with four degrees of freedom") {
  CHECK(student4_quantile(0.95) == Approx(2.131846786));
  CHECK(student4_quantile(0.75) == Approx(0.740697084));
  CHECK(student4_quantile(0.5) == Approx(0).margin(1e-12));
  test::Random random(5);
  for (int i = 0; i < 1000; ++i) {
    const double u = random.between(0.001, 0.999);
    CHECK(student4_probability(student4_quantile(u)) == Approx(u).epsilon(1e-9));
  }
}

}  // namespace
}  // namespace kwhatif::predict
