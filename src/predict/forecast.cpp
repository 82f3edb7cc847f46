#include <kwhatif/predict/forecast.hpp>

#include <algorithm>
#include <cmath>
#include <string>

namespace kwhatif::predict {

std::string_view name(Unknown unknown) {
  switch (unknown) {
    case Unknown::software:
      return "software";
    case Unknown::settings:
      return "settings";
    case Unknown::devices:
      return "devices";
    case Unknown::experts:
      return "experts";
    case Unknown::family:
      return "device family";
    case Unknown::precision:
      return "precision";
    case Unknown::card:
      return "interconnect";
    case Unknown::size:
      return "model size";
  }
  return {};
}

std::array<double, 3> likely_software(const Training<double>& training) {
  if (training.scope == Scope::benchmark) return {0.85, 0.15, 0.0};
  if (!training.network) return {0.3, 0.5, 0.2};
  if (training.kind != TrainingKind::language) return {0.15, 0.40, 0.45};
  const double devices = training.likely_devices ? *training.likely_devices : training.devices.value_or(64.0);
  const double p = std::clamp((std::log2(devices) - 2) / 7, 0.0, 1.0);
  return {0.30 + 0.45 * p, 0.50 - 0.27 * p, 0.20 - 0.18 * p};
}

double Forecast::quantile(double u) const {
  return std::max(floor, seconds * std::exp(deviation * student4_quantile(u)));
}

Distribution Forecast::utilisation(double flop_per_token, double peak, Tier tier) const {
  Distribution out = utilisation_at(seconds, floor, flop_per_token, peak);
  out.deviation = deviation;
  out.tier = tier;
  out.parts = spread;
  return out;
}

Distribution utilisation_at(double seconds, double floor, double flop_per_token, double peak) {
  return {.tails = Tails::student4,
          .location = std::log(flop_per_token / (seconds * peak)),
          .most = std::min(1.0, flop_per_token / (floor * peak))};
}

Level level_after(const Spread& spread, std::size_t runs, double mean) {
  const double between = spread.publisher * spread.publisher;
  const double within = spread.within * spread.within;
  const auto m = static_cast<double>(runs);
  if (runs == 0) return {0, between, 0};
  return {between / (between + within / m) * mean, between * within / (m * between + within), runs};
}

Forecast forecast(const Constants& constants, const Training<double>& training, const Engine<double>& engine,
                  const DeviceEvidence& evidence) {
  return forecast(constants, training, engine, evidence, level_after(constants.spread, 0, 0));
}

namespace {

/// Of the whole variance: what runs of one user share, what those on one family of devices share, what is
/// unknown alike, and the rest.
std::vector<SpreadPart> spread_of(const Spread& s, const Level& level,
                                  const std::vector<std::pair<Unknown, double>>& unknown,
                                  const std::string& family) {
  const double own = s.same_family * s.same_family / 2;
  const double known = level.variance + s.within * s.within + s.coefficients * s.coefficients;
  const double shared = std::max(0.0, known - own);
  const double of_family =
      std::min(shared, (s.other_family * s.other_family - s.same_family * s.same_family) / 2);
  std::vector<SpreadPart> out;
  double sum = 0;
  const auto add = [&](std::string name, double variance) {
    if (variance <= 0) return;
    out.push_back({std::move(name), variance});
    sum += variance;
  };
  add("", std::min(own, known));
  add("user", shared - of_family);
  add("devices of " + family, of_family);
  for (const auto& [what, variance] : unknown) {
    const bool of_device = what == Unknown::family || what == Unknown::card;
    add(std::string{name(what)} + (of_device ? " of " + family : ""), variance);
  }
  for (SpreadPart& part : out) part.share /= sum;
  return out;
}

}  // namespace

Median median(const Constants& constants, const Training<double>& training, const Engine<double>& engine,
              const Level& level) {
  const Work<double> work{training.network, training.gmac};
  Median out;
  const auto take = [&](Software software) {
    out.software = software;
    out.settings = settle(constants.usual, training, software);
    out.times = times(constants.times, work, engine, out.settings);
  };
  if (training.software) {
    take(*training.software);
    out.ln = std::log(out.times.total);
  } else {
    const auto weight = likely_software(training);
    constexpr std::array classes{Software::tuned, Software::standard, Software::legacy};
    std::array<Settings<double>, classes.size()> settings;
    std::array<Times<double>, classes.size()> all{};
    std::array<double, classes.size()> ln{};
    for (std::size_t i = 0; i < classes.size(); ++i) {
      settings[i] = settle(constants.usual, training, classes[i]);
      all[i] = times(constants.times, work, engine, settings[i]);
      out.totals[i] = all[i].total;
      ln[i] = std::log(all[i].total);
      out.ln += weight[i] * ln[i];
    }
    std::size_t nearest = 0;
    for (std::size_t i = 0; i < classes.size(); ++i) {
      out.between += weight[i] * ((ln[i] - out.ln) * (ln[i] - out.ln));
      if (std::abs(ln[i] - out.ln) < std::abs(ln[nearest] - out.ln)) nearest = i;
    }
    out.software = classes[nearest];
    out.settings = settings[nearest];
    out.times = all[nearest];
  }
  out.seconds = std::max(std::exp(out.ln + level.shift), out.times.floor);
  return out;
}

Forecast forecast(const Constants& constants, const Training<double>& training, const Engine<double>& engine,
                  const DeviceEvidence& evidence, const Level& level) {
  const auto square = [](double x) { return x * x; };
  const Spread& spread = constants.spread;
  const Median middle = median(constants, training, engine, level);
  Forecast out;
  out.software = middle.software;
  out.settings = middle.settings;
  out.times = middle.times;
  if (!training.software) {
    for (std::size_t i = 0; i < middle.totals.size(); ++i)
      out.by_software[i] = middle.totals[i] * std::exp(level.shift);
    out.parts.emplace_back(Unknown::software, spread.software * middle.between);
  }
  if (!training.batch && !training.tensor && !training.micro_batch && !training.recomputed)
    out.parts.emplace_back(Unknown::settings, square(spread.settings));
  if (!training.devices) out.parts.emplace_back(Unknown::devices, square(spread.devices));
  if (out.times.sparse) out.parts.emplace_back(Unknown::experts, square(spread.experts));
  if (const double unseen = square(evidence.family_known ? 0 : spread.family) + square(evidence.more);
      unseen > 0)
    out.parts.emplace_back(Unknown::family, unseen);
  if (!evidence.precision_known && evidence.has_low_precision)
    out.parts.emplace_back(Unknown::precision, square(spread.precision));
  if (evidence.covered_badly) out.parts.emplace_back(Unknown::card, square(spread.card));
  if (!evidence.size_known) out.parts.emplace_back(Unknown::size, square(spread.size));
  double variance = level.variance + square(spread.within) + square(spread.coefficients);
  for (const auto& [unknown, part] : out.parts) variance += part;
  std::stable_sort(out.parts.begin(), out.parts.end(),
                   [](const auto& a, const auto& b) { return a.second > b.second; });
  out.deviation = std::sqrt(variance);
  out.floor = out.times.floor;
  out.spread = spread_of(spread, level, out.parts, evidence.family);
  out.mfu = out.times.floor / std::exp(middle.ln + level.shift);
  out.seconds = middle.seconds;
  return out;
}

namespace {

PowerForecast power_of(const Constants& constants, const Supply<double>& supply, const Draw<double>& drawn,
                       bool cooling_known, double more) {
  const Spread& s = constants.spread;
  const double spread = supply.cpu      ? s.power_cpu
                        : supply.most   ? supply.most_spread.value_or(s.power_chip)
                        : supply.images ? s.power_images
                        : cooling_known ? s.power
                                        : s.power_cooling;
  PowerForecast out;
  out.system = {.tails = Tails::normal,
                .location = std::log(drawn.system),
                .deviation = std::sqrt(spread * spread + more * more),
                .follows = {.still = 1 - drawn.moving, .busy = drawn.dynamic}};
  // no system draws less than its device alone does when idle
  if (supply.tdp > 0)
    out.system.least = supply.cpu ? constants.draw.cpu_floor * supply.tdp
                                  : supply.idle.value_or(constants.draw.idle * supply.tdp);
  out.board = drawn.board / drawn.system;
  return out;
}

}  // namespace

PowerForecast power_forecast(const Constants& constants, const Supply<double>& supply, const Times<double>& t,
                             double seconds, bool cooling_known) {
  return power_of(constants, supply,
                  draw(constants.draw, supply, std::min(1.0, t.work / seconds), t.arithmetic, t.productive),
                  cooling_known, 0);
}

PowerForecast power_forecast(const Constants& constants, const Supply<double>& supply, bool cooling_known) {
  const Usual& u = constants.usual;
  return power_of(constants, supply, draw(constants.draw, supply, u.busy, u.arithmetic, 1.0), cooling_known,
                  constants.spread.power_busy);
}

}  // namespace kwhatif::predict
