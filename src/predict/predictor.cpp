#include <kwhatif/predict/predictor.hpp>

#include <algorithm>
#include <cmath>
#include <mutex>

namespace kwhatif::predict {

using catalog::Kind;

std::vector<OwnRun> own_runs(const catalog::Catalog& catalog) {
  std::vector<OwnRun> out;
  const Usual usual = constants(catalog).usual;
  for (const auto& row : catalog.rows(Kind::observation)) {
    if (row.text("evidence") != "own" || row.text("use") != "yes") continue;
    const auto hardware = catalog.find(Kind::hardware, row.text("hardware"));
    const auto device = hardware ? engine_of(catalog, *hardware, {}) : std::nullopt;
    if (!device) continue;
    OwnRun own;
    own.id = row.id();
    own.device = *device;
    const auto total = row.number("params");
    const auto active = row.number("active");
    if (!total && !active) continue;
    own.training.network =
        usual_network<double>(usual, total.value_or(*active), total ? active : std::nullopt);
    own.training.devices = row.number("chips");
    own.training.year = row.number("year");
    own.training.memory = device->memory;
    own.training.arithmetic = device->arithmetic;
    own.training.bytes = device->bytes;
    const auto time = row.number("device_hours");
    const auto tokens = row.number("tokens");
    if (const auto mfu = row.number("mfu")) {
      const auto work = times(constants(catalog).times, Work<double>{own.training.network, 0.0},
                              device->engine, settle(usual, own.training, Software::tuned));
      own.seconds = work.flop / (*mfu * device->engine.peak);
    } else if (time && tokens) {
      own.seconds = *time / *tokens;
    }
    const auto ratio = row.number("power_ratio");
    own.power = row.number("power_drawn");
    if (!own.power && ratio && device->supply.tdp > 0) own.power = *ratio * device->supply.tdp;
    out.push_back(std::move(own));
  }
  return out;
}

namespace {

std::shared_ptr<const Predictor> make(const catalog::Catalog& catalog) {
  auto out = std::make_shared<Predictor>();
  out->constants = constants(catalog);
  const Constants& c = out->constants;
  double time = 0;
  double power = 0;
  std::size_t times_seen = 0;
  std::size_t powers_seen = 0;
  for (const OwnRun& run : own_runs(catalog)) {
    const Forecast f = forecast(c, run.training, run.device.engine, run.device.evidence);
    if (run.seconds) {
      time += std::log(*run.seconds / f.seconds);
      ++times_seen;
    }
    if (run.power && (run.device.supply.tdp > 0 || run.device.supply.most)) {
      const double seconds = run.seconds.value_or(f.seconds);
      power += std::log(*run.power /
                        power_forecast(c, run.device.supply, f.times, seconds, false).system.median());
      ++powers_seen;
    }
  }
  const auto mean = [](double sum, std::size_t n) { return n == 0 ? 0.0 : sum / static_cast<double>(n); };
  out->level = level_after(c.spread, times_seen, mean(time, times_seen));
  // of power, what all systems of one owner share stands to the rest as publishers to their runs
  out->power = level_after(c.spread, powers_seen, mean(power, powers_seen));
  return out;
}

}  // namespace

std::shared_ptr<const Predictor> predictor(const catalog::Catalog& catalog) {
  static std::mutex mutex;
  static std::shared_ptr<const catalog::Tables>
      tables;  // kept, so that no others come to lie at their address
  static std::shared_ptr<const Predictor> made;
  const std::lock_guard lock(mutex);
  if (tables != catalog.shared_tables()) {
    made = make(catalog);
    tables = catalog.shared_tables();
  }
  return made;
}

}  // namespace kwhatif::predict
