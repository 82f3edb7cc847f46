// The formulas of serving: an independent calculation, and what their form guarantees.
//
// worked_examples.csv holds outputs of a reference implementation in another language.
#include "cases.hpp"
#include "support/random.hpp"
#include <kwhatif/number/dual.hpp>
#include <kwhatif/serve/service_bands.hpp>

#include <cmath>
#include <limits>

namespace kwhatif::serve {
namespace {

constexpr double exact = 1e-5;  // the reference prints six digits

Service<> service_of(const Texts& row) {
  Service<> out{.model = model_of(row.at("model")),
                .device = device_of(row.at("hardware")),
                .engine = engine_constants(tables(), Engine::standard),
                .work = workload(number_in(row, "devices"), number_in(row, "batch", 1),
                                 number_in(row, "prompt"), number_in(row, "answer")),
                .provision = {}};
  out.work.cached = number_in(row, "cached");
  out.work.drafts = number_in(row, "drafted");
  out.work.accepted = number_in(row, "accepted", 1);
  out.provision = provision(out.device);
  return out;
}

void check_step(const Texts& row, const Step<>& s) {
  const std::string& what = row.at("output");
  if (what == "bound") {
    CHECK((s.compute_time > s.memory_time ? "compute" : "bandwidth") == row.at("value"));
    return;
  }
  const double answer = number_in(row, "answer");
  const std::map<std::string, double> figures{
      {"t", s.time.coherent()},
      {"tokens_s", s.token_rate().coherent()},
      {"gpu_w", s.power.coherent()},
      {"j_token", s.energy_per_token().coherent()},
      {"util", s.utilisation},
      {"wh_device_per_query", s.energy_per_token().coherent() * answer / 3600}};
  CHECK(figures.at(what) == Approx(number_in(row, "value")).epsilon(exact));
}

void check_query(const Texts& row, const Service<>& service) {
  const auto [s, q] = served(service);
  const std::string& what = row.at("output");
  if (what == "n") return;
  if (what == "bound" || what == "tokens_s" || what == "j_token") {
    check_step(row, s);
    return;
  }
  const std::map<std::string, double> figures{
      {"device_wh", q.device.coherent() / 3600},     {"host_wh", q.host.coherent() / 3600},
      {"idle_wh", q.idle.coherent() / 3600},         {"it_wh", q.provisioned.coherent() / 3600},
      {"facility_wh", q.facility.coherent() / 3600}, {"device_s", q.device_time.coherent()},
      {"reserved_s", q.reserved_time.coherent()}};
  CHECK(figures.at(what) == Approx(number_in(row, "value")).epsilon(exact));
}

// The reference's J per request counts the idle time between requests as well.
void check_arrivals(const Texts& row, Service<> service) {
  const double rate = number_in(row, "rate");
  const auto found =
      arrivals(service, Quantity<dim::step_rate>::from_coherent(rate), Requests<>::from_coherent(256));
  service.work.batch = found.batch;
  const auto s = served(service).step;
  const std::string& what = row.at("output");
  if (what == "saturated") {
    CHECK((found.saturated ? "True" : "False") == row.at("value"));
    return;
  }
  const double idle = service.work.devices.coherent() * service.device.idle.coherent();
  const double watts = found.busy * s.power.coherent() + (1 - found.busy) * idle;
  const double in_flight = found.busy < 1 ? found.busy : found.batch.coherent();
  const std::map<std::string, double> figures{{"batch", in_flight},
                                              {"busy", found.busy},
                                              {"gpu_w", watts},
                                              {"j_request", watts / rate},
                                              {"j_token", watts / rate / number_in(row, "answer")}};
  CHECK(figures.at(what) == Approx(number_in(row, "value")).epsilon(exact));
}

const std::map<std::string, std::pair<std::string, double>> usual_place{
    {"llama-3.1-8b", {"h100-sxm5", 1}},       {"llama-3.1-70b", {"h100-sxm5", 4}},
    {"llama-3.1-405b-fp8", {"h100-sxm5", 8}}, {"deepseek-v3", {"h200-sxm", 8}},
    {"gpt-oss-120b", {"h100-sxm5", 1}},       {"qwen3-30b-a3b", {"h100-sxm5", 1}}};

Service<> usual_service(const std::string& model) {
  const auto& [hardware, devices] = usual_place.at(model);
  Service<> out{.model = model_of(model),
                .device = device_of(hardware),
                .engine = engine_constants(tables(), Engine::standard),
                .work = workload(devices, 64, 300, 500),
                .provision = {}};
  out.provision = provision(out.device);
  return out;
}

// 350 g/kWh, 0.30 and 3.1 L/kWh, boards of 164 and 200 kg with 3,350/8 kg of server, 4 years, used 85 %.
void check_impacts(const Texts& row) {
  const auto service = usual_service(row.at("model"));
  const auto q = served(service).query;
  const double kwh = 3.6e6;
  const auto per_kwh = [&](double litres) {
    return Quantity<dim::water_intensity>::from_coherent(litres / kwh);
  };
  const double board = row.at("model") == "deepseek-v3" ? 200 : 164;
  const double facility = q.facility.coherent() / kwh;
  const double operational = facility * 0.35;
  const double made =
      embodied_share(Quantity<dim::co2e / dim::device>::from_coherent(board + 3350.0 / 8), q.reserved_time,
                     quantity::WallTime<>::from_coherent(4 * 365 * 86400.0), 0.85)
          .coherent();
  const double on_site = water_on_site(q.provisioned, per_kwh(0.30)).coherent();
  const double off_site = water_off_site(q.facility, per_kwh(3.1)).coherent();
  const std::map<std::string, double> figures{
      {"facility_kwh", facility},     {"operational_location_kg", operational},
      {"embodied_kg", made},          {"total_kg", operational + made},
      {"water_on_site_l", on_site},   {"water_off_site_l", off_site},
      {"water_l", on_site + off_site}};
  CHECK(figures.at(row.at("output")) * 1000 == Approx(number_in(row, "value")).epsilon(exact));
}

Service<> random_service(test::Random& random) {
  const double total = random.magnitude(8, 12.5);
  const double active = random.below(2) == 0 ? total : total * random.between(0.01, 1);
  const double tdp = random.between(50, 2000);
  Service<> out;
  out.model = model_of(total, active, std::floor(random.between(1, 200)), random.magnitude(2, 6.5),
                       random.between(0.5, 4));
  out.device = {.bandwidth = DeviceBandwidth<>::from_coherent(random.magnitude(10, 13.5)),
                .peak = quantity::DeviceFlopRate<>::from_coherent(random.magnitude(12, 16)),
                .peak_16 = {},
                .tdp = quantity::DevicePower<>::from_coherent(tdp),
                .idle = quantity::DevicePower<>::from_coherent(tdp * random.between(0.01, 0.6))};
  out.device.peak_16 = out.device.peak;
  out.engine = engine_constants(tables(), static_cast<Engine>(random.below(3)));
  out.work = workload(static_cast<double>(1 + random.below(64)), static_cast<double>(1 + random.below(512)),
                      static_cast<double>(random.below(20000)), static_cast<double>(1 + random.below(20000)));
  out.work.cached = random.between(0, 1);
  out.provision =
      provision(out.device, random.between(0.01, 1), random.between(0, 0.8), random.between(1, 2));
  return out;
}

}  // namespace

TEST_CASE("the worked examples of serving come out", "[serve][golden]") {
  std::size_t checked = 0;
  for (const Texts& row : rows_of("worked_examples.csv")) {
    CAPTURE(row.at("kind"), row.at("model"), row.at("batch"), row.at("rate"), row.at("output"));
    const std::string& kind = row.at("kind");
    if (kind == "band") continue;  // below
    ++checked;
    if (kind == "step") check_step(row, served(service_of(row)).step);
    if (kind == "query") check_query(row, service_of(row));
    if (kind == "arrivals") check_arrivals(row, service_of(row));
    if (kind == "impacts") check_impacts(row);
  }
  CHECK(checked == 323);
}

// The reference drew at random; its band is known to a few per cent.
TEST_CASE("what is not known of a service spreads as in the reference", "[serve][golden]") {
  for (const Texts& row : rows_of("worked_examples.csv")) {
    if (row.at("kind") != "band") continue;
    CAPTURE(row.at("model"), row.at("output"));
    const auto service = usual_service(row.at("model"));
    const double tdp = service.device.tdp.coherent();
    const double factor = std::exp(0.30 * 1.6448536269514722);  // a deviation of 0.30 in ln
    std::vector<double> facility;
    for (const auto& draw : draws(service, {.batch = Range{8, 256},
                                           .load = Range{0.2, 0.8},
                                           .host = Range{0.2 * tdp, 0.6 * tdp},
                                           .pue = Range{1.08, 1.4},
                                           .model_factor = factor}))
      facility.push_back(draw.served.query.facility.coherent() / 3600);
    const auto band = percentiles(std::move(facility));
    const std::map<std::string, double> figures{
        {"p05_wh", band.p05}, {"p50_wh", band.p50}, {"p95_wh", band.p95}};
    CHECK(figures.at(row.at("output")) == Approx(number_in(row, "value")).epsilon(0.06));
  }
}

TEST_CASE("the energy of a token never rises with the batch", "[serve][property]") {
  test::Random random(1);
  for (int i = 0; i < 2000; ++i) {
    Service<> service = random_service(random);
    double last = std::numeric_limits<double>::infinity();
    for (const double batch : {1., 2., 3., 5., 8., 16., 33., 64., 127., 256., 512., 1024.}) {
      CAPTURE(i, batch);
      service.work.batch = Requests<>::from_coherent(batch);
      const double now = served(service).step.energy_per_token().coherent();
      CHECK(now <= last * (1 + 1e-12));
      last = now;
    }
  }
}

TEST_CASE("each boundary holds the one before", "[serve][property]") {
  test::Random random(2);
  for (int i = 0; i < 2000; ++i) {
    CAPTURE(i);
    const auto service = random_service(random);
    const auto [s, q] = served(service);
    CHECK(q.device.coherent() > 0);
    CHECK(q.device.coherent() <= q.node.coherent());
    CHECK(q.node.coherent() <= q.provisioned.coherent());
    CHECK(q.provisioned.coherent() <= q.facility.coherent());
    CHECK(q.device_time <= q.reserved_time);
    CHECK(s.power.coherent() <=
          service.device.tdp.coherent() * service.work.devices.coherent() * (1 + 1e-12));
  }
}

TEST_CASE("at the limits a step is what it must be", "[serve][limits]") {
  auto service = usual_service("llama-3.1-70b");
  SECTION("one request reads all weights once for each token") {
    service.work = workload(4, 1, 0, 1);
    CHECK(served(service).step.bytes.coherent() == Approx(70.6e9 * 2 + 0.5 * 327680).epsilon(1e-12));
  }
  SECTION("one request of a mixture reads its active parameters, many read all") {
    service.model = model_of("deepseek-v3");
    CHECK(touched(service.model, Requests<>::from_coherent(1)).coherent() == Approx(37e9));
    CHECK(touched(service.model, Requests<>::from_coherent(64)).coherent() > 0.95 * 671e9);
    CHECK(touched(service.model, Requests<>::from_coherent(1e5)).coherent() == Approx(671e9));
    // FLOPs follow the active ones, whatever the batch
    service.work = workload(8, 64, 0, 1);
    CHECK(served(service).step.flop.coherent() == Approx(2 * 37e9 * 64));
  }
  SECTION("a prompt without an answer is the forward pass over it") {
    service.work = workload(4, 16, 2000, 1);
    const auto s = served(service).step;
    CHECK(s.flop.coherent() == Approx(2 * 70.6e9 * 16 * 2001));
    CHECK(s.compute_time > s.memory_time);
  }
  SECTION("a cached prompt costs no FLOPs, but its keys and values are read") {
    service.work = workload(4, 16, 2000, 500);
    const auto fresh = served(service).step;
    service.work.cached = 1;
    const auto cached = served(service).step;
    CHECK(cached.flop.coherent() == Approx(2 * 70.6e9 * 16));
    CHECK(cached.bytes == fresh.bytes);
  }
  SECTION("layers with a window keep no more than it") {
    service.model.cache.front().window = TokensPerRequest<>::from_coherent(128);
    CHECK(cache_bytes(service.model, TokensPerRequest<>::from_coherent(100)).coherent() ==
          Approx(100 * 327680.0));
    CHECK(cache_bytes(service.model, TokensPerRequest<>::from_coherent(1e6)).coherent() ==
          Approx(128 * 327680.0));
  }
  SECTION("replicas share the scheduling, not the memory") {
    service.work = workload(8, 128, 300, 500);
    const auto one = served(service).step;
    service.work.replicas = 8;
    const auto eight = served(service).step;
    CHECK(one.bytes == eight.bytes);
    CHECK((one.overhead - eight.overhead).coherent() == Approx(78e-6 * 128 * 7 / 8));
  }
}

TEST_CASE("water on site goes by IT energy, off site by the facility's", "[serve][trap]") {
  const auto it = quantity::ItEnergy<>::from_coherent(3.6e6);
  const auto facility = quantity::FacilityEnergy<>::from_coherent(1.5 * 3.6e6);
  const auto litre = Quantity<dim::water_intensity>::from_coherent(1 / 3.6e6);
  CHECK(water_on_site(it, litre).coherent() == Approx(1));
  CHECK(water_off_site(facility, litre).coherent() == Approx(1.5));
}

TEST_CASE("arrivals that an instance cannot answer saturate it", "[serve][limits]") {
  const auto service = usual_service("llama-3.1-8b");
  const auto most = Requests<>::from_coherent(256);
  const auto at = [&](double rate) {
    return arrivals(service, Quantity<dim::step_rate>::from_coherent(rate), most);
  };
  CHECK(at(1e6).saturated);
  CHECK(at(1e6).batch == most);
  CHECK_FALSE(at(1e-9).saturated);
  CHECK(at(1e-9).busy < 1e-6);
  CHECK(at(1e-9).batch.coherent() == 1);
  // what is in flight agrees with what arrives and how long it stays
  Service<> running = service;
  running.work.batch = at(5).batch;
  CHECK(served(running).step.token_rate().coherent() / 500 == Approx(5).epsilon(1e-9));
}

TEST_CASE("the fewest devices are a power of two that holds weights and cache", "[serve]") {
  const auto memory = Bytes<>::from_coherent(80e9);
  const auto fewest = [&](const char* model, double batch) {
    return fewest_devices(model_of(model), workload(1, batch, 300, 500), memory, 0.9);
  };
  CHECK(fewest("llama-3.1-8b", 64) == 1);
  CHECK(fewest("llama-3.1-70b", 64) == 4);
  CHECK(fewest("llama-3.1-405b-fp8", 64) == 8);
  CHECK(fewest("llama-3.1-70b", 1e4) == 64);
  CHECK_FALSE(
      fewest_devices(model_of("deepseek-v3"), workload(1, 1, 1, 1), Bytes<>::from_coherent(1e6), 0.9));
}

TEST_CASE("derivatives come from the same formulas", "[serve]") {
  using D = number::Dual<1>;
  // energy of the facility by its PUE: proportional
  const auto service = usual_service("llama-3.1-8b");
  const auto lifted = [](const auto& q) {
    using Q = std::remove_cvref_t<decltype(q)>;
    return Quantity<Q::dimension, D>::from_coherent(D(q.coherent()));
  };
  Service<D> s;
  const auto& m = service.model;
  s.model = {.total = lifted(m.total),
             .active = lifted(m.active),
             .layers = D(m.layers),
             .weight = lifted(m.weight),
             .cache = {{.per_token = lifted(m.cache.front().per_token)}}};
  const auto& d = service.device;
  s.device = {lifted(d.bandwidth), lifted(d.peak), lifted(d.peak_16), lifted(d.tdp), lifted(d.idle)};
  const auto& e = service.engine;
  s.engine = {D(e.bandwidth_share),   D(e.flop_share),   lifted(e.layer_time),
              lifted(e.request_time), D(e.static_share), D(e.power_slope)};
  const auto& w = service.work;
  s.work = {lifted(w.devices), Requests<D>::from_coherent(D::input(64, 0)),
            lifted(w.prompt),  lifted(w.answer),
            D(w.cached),       D(w.drafts),
            D(w.accepted),     D(w.replicas)};
  s.provision = {D(0.5), lifted(service.provision.host), D(1.15)};
  const auto slope = served(s).query.facility.coherent();
  Service<> more = service;
  const double step_size = 1e-3;
  more.work.batch = Requests<>::from_coherent(64 + step_size);
  const double numeric =
      (served(more).query.facility - served(service).query.facility).coherent() / step_size;
  CHECK(slope.value() == Approx(served(service).query.facility.coherent()));
  CHECK(slope.by(0) == Approx(numeric).epsilon(1e-3));
}

}  // namespace kwhatif::serve
