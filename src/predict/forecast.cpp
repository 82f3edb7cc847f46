#include <kwhatif/predict/forecast.hpp>

#include <algorithm>
#include <cmath>

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
  }
  return {};
}

double student4_quantile(double probability) {
  const double root = std::sqrt(4 * probability * (1 - probability));
  const double q = std::cos(std::acos(root) / 3) / root;
  const double size = 2 * std::sqrt(std::max(0.0, q - 1));
  return probability < 0.5 ? -size : size;
}

double student4_probability(double value) {
  const double u = value / std::sqrt(4 + value * value);
  return 0.5 + 0.75 * (u - u * u * u / 3);
}

std::array<double, 3> likely_software(const Training<double>& training) {
  if (training.scope == Scope::benchmark) return {0.85, 0.15, 0.0};
  if (!training.network) return {0.3, 0.5, 0.2};
  if (training.kind != TrainingKind::language) return {0.15, 0.40, 0.45};
  const double devices = training.devices.value_or(64.0);
  const double p = std::clamp((std::log2(devices) - 2) / 7, 0.0, 1.0);
  return {0.30 + 0.45 * p, 0.50 - 0.27 * p, 0.20 - 0.18 * p};
}

double Forecast::quantile(double u) const {
  return std::max(floor, seconds * std::exp(deviation * student4_quantile(u)));
}

Forecast forecast(const Constants& constants, const Training<double>& training, const Engine<double>& engine,
                  const DeviceEvidence& evidence) {
  const Work<double> work{training.network, training.gmac};
  const auto under = [&](Software software) {
    Forecast f;
    f.software = software;
    f.settings = settle(constants.usual, training, software);
    f.times = times(constants.times, work, engine, f.settings);
    return f;
  };
  const auto square = [](double x) { return x * x; };
  const Spread& spread = constants.spread;

  Forecast out;
  double ln = 0;
  if (training.software) {
    out = under(*training.software);
    ln = std::log(out.times.total);
  } else {
    const auto weight = likely_software(training);
    std::array<Forecast, 3> all{under(Software::tuned), under(Software::standard), under(Software::legacy)};
    for (std::size_t i = 0; i < all.size(); ++i) ln += weight[i] * std::log(all[i].times.total);
    double variance = 0;
    for (std::size_t i = 0; i < all.size(); ++i)
      variance += weight[i] * square(std::log(all[i].times.total) - ln);
    const auto nearest = std::min_element(all.begin(), all.end(), [&](const Forecast& a, const Forecast& b) {
      return std::abs(std::log(a.times.total) - ln) < std::abs(std::log(b.times.total) - ln);
    });
    out = *nearest;
    out.parts.emplace_back(Unknown::software, spread.software * variance);
  }
  if (!training.batch && !training.tensor && !training.micro_batch && !training.recomputed)
    out.parts.emplace_back(Unknown::settings, square(spread.settings));
  if (!training.devices) out.parts.emplace_back(Unknown::devices, square(spread.devices));
  if (out.times.sparse) out.parts.emplace_back(Unknown::experts, square(spread.experts));
  if (!evidence.family_known) out.parts.emplace_back(Unknown::family, square(spread.family));
  if (!evidence.precision_known && evidence.has_low_precision)
    out.parts.emplace_back(Unknown::precision, square(spread.precision));
  if (evidence.covered_badly) out.parts.emplace_back(Unknown::card, square(spread.card));
  double variance = square(spread.publisher) + square(spread.within) + square(spread.coefficients);
  for (const auto& [unknown, part] : out.parts) variance += part;
  std::stable_sort(out.parts.begin(), out.parts.end(),
                   [](const auto& a, const auto& b) { return a.second > b.second; });
  out.deviation = std::sqrt(variance);
  out.floor = out.times.floor;
  const double median = std::exp(ln);
  out.mfu = out.times.floor / median;
  out.seconds = std::max(median, out.floor);
  return out;
}

}  // namespace kwhatif::predict
