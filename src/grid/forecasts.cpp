#include "forecasts.hpp"

#include <algorithm>
#include <bit>
#include <cmath>
#include <cstring>
#include <limits>

namespace kwhatif::grid {

namespace {

double or_absent(const std::optional<double>& v) { return v.value_or(absent); }
std::optional<double> known(double v) { return std::isnan(v) ? std::nullopt : std::optional{v}; }

constexpr double nothing = std::numeric_limits<double>::infinity();  // where no number stands

std::uint64_t hash_of(std::initializer_list<double> numbers) {
  std::uint64_t out = 0x9E3779B97F4A7C15ULL;
  for (const double v : numbers) {
    out ^= std::bit_cast<std::uint64_t>(v);
    out *= 0xBF58476D1CE4E5B9ULL;
    out ^= out >> 29U;
  }
  return out;
}

}  // namespace

std::optional<std::size_t> place_among_following(std::size_t slot) {
  const auto at = std::ranges::find(following_slots, slot);
  if (at == following_slots.end()) return std::nullopt;
  return static_cast<std::size_t>(at - following_slots.begin());
}

template <class T>
double Forecasts::Met<T>::number_of(const T& thing, std::uint64_t hash) {
  auto& numbers = alike[hash];
  for (const std::uint32_t n : numbers) {
    if (all[n] == thing) return n;
  }
  numbers.push_back(static_cast<std::uint32_t>(all.size()));
  all.push_back(thing);
  return numbers.back();
}

std::array<double, ground_count> Forecasts::take_apart(const run::ResolvedRun& run, bool cooled) {
  std::array<double, ground_count> out;
  out.fill(absent);
  const auto set = [&](Ground ground, const std::optional<double>& v) { out[index(ground)] = or_absent(v); };
  set(Ground::fewest, run.fewest_devices);
  set(Ground::most, run.most_devices);
  const auto basis = run::basis_of(run, cooled);
  if (!basis) return out;
  const auto& t = basis->training;
  const auto& e = basis->engine;
  const auto& s = basis->supply;
  set(Ground::device,
      devices_.number_of({e, s, t.memory, t.arithmetic, t.bytes, basis->cooled},
                         hash_of({e.peak, e.low_peak, e.memory_rate, e.network, s.tdp, t.bytes})));
  Net net{t.network, t.length, t.gmac, basis->per_unit, t.kind, t.causal, t.lora};
  set(Ground::network,
      networks_.number_of(
          net, t.network ? hash_of({t.network->layers, t.network->width, t.network->feed_forward,
                                    t.network->vocabulary, t.network->experts, t.length.value_or(0)})
                         : hash_of({t.gmac})));
  set(Ground::devices, t.devices);
  set(Ground::batch, t.batch);
  set(Ground::micro_batch, t.micro_batch);
  set(Ground::flop_per_unit, basis->flop_per_unit);
  set(Ground::known_mfu, basis->known_mfu);
  auto rest = t;
  rest.network = std::nullopt;
  rest.length = rest.devices = rest.batch = rest.micro_batch = rest.memory = std::nullopt;
  rest.gmac = 0;
  rest.kind = {};
  rest.causal = rest.lora = false;
  rest.arithmetic = {};
  rest.bytes = 0;
  set(Ground::settings,
      settings_.number_of(
          rest, hash_of({rest.tensor.value_or(0), rest.pipeline.value_or(0), rest.context.value_or(0),
                         rest.stages.value_or(0), rest.recomputed.value_or(-1), rest.year.value_or(0)})));
  return out;
}

void Forecasts::Hands::put_together(const Grounds& grounds) {
  const auto same = [&](Ground ground) {
    return last_ && same_bits(last_->of[index(ground)], grounds.of[index(ground)]);
  };
  const auto number = [&](Ground ground) { return static_cast<std::size_t>(grounds.of[index(ground)]); };
  auto& t = basis_.training;
  const bool settings = same(Ground::settings);
  if (!settings) t = forecasts_.settings_.all[number(Ground::settings)];
  if (!settings || !same(Ground::device)) {
    const Device& d = forecasts_.devices_.all[number(Ground::device)];
    basis_.engine = d.engine;
    basis_.supply = d.supply;
    basis_.cooled = d.cooled;
    t.memory = d.memory;
    t.arithmetic = d.arithmetic;
    t.bytes = d.bytes;
  }
  if (!settings || !same(Ground::network)) {
    const Net& n = forecasts_.networks_.all[number(Ground::network)];
    t.network = n.network;
    t.length = n.length;
    t.gmac = n.gmac;
    t.kind = n.kind;
    t.causal = n.causal;
    t.lora = n.lora;
    basis_.per_unit = n.per_unit;
  }
  t.devices = known(grounds.of[index(Ground::devices)]);
  t.batch = known(grounds.of[index(Ground::batch)]);
  t.micro_batch = known(grounds.of[index(Ground::micro_batch)]);
  basis_.flop_per_unit = grounds.of[index(Ground::flop_per_unit)];
  basis_.known_mfu = known(grounds.of[index(Ground::known_mfu)]);
  basis_.peak = grounds.peak;
  basis_.tdp = known(grounds.tdp);
}

const std::array<double, following_slots.size()>& Forecasts::Hands::at(const Grounds& grounds) {
  if (predicts_) predict(grounds);
  for (std::size_t k = 0; predicts_ && k < predicted_count; ++k) {
    const double other = grounds.of[index(Ground::other) + k];
    numbers_[k] = std::isnan(other) ? predicted_[k] : other == nothing ? absent : other;
  }
  numbers_[predicted_count] = forecasts_.fits(grounds);
  return numbers_;
}

void Forecasts::Hands::predict(const Grounds& grounds) {
  const bool alike =
      last_ && std::memcmp(last_->of.data(), grounds.of.data(), forecast_grounds * sizeof(double)) == 0 &&
      same_bits(last_->peak, grounds.peak) && same_bits(last_->tdp, grounds.tdp);
  if (alike) return;
  const auto missing = [&](Ground ground) { return std::isnan(grounds.of[index(ground)]); };
  if (std::isnan(grounds.peak) || missing(Ground::device) || missing(Ground::network) ||
      missing(Ground::settings)) {
    predicted_.fill(absent);
    last_ = std::nullopt;
    return;
  }
  put_together(grounds);
  last_ = grounds;
  const auto found = run::predicted_numbers(*forecasts_.predictor_, basis_);
  predicted_ = {or_absent(found.mfu), or_absent(found.stepping), or_absent(found.power_ratio),
                or_absent(found.power), or_absent(found.board_share)};
}

double Forecasts::other_than(double predicted, double said) {
  if (std::isnan(said)) return std::isnan(predicted) ? absent : nothing;
  return same_bits(predicted, said) ? absent : said;
}

}  // namespace kwhatif::grid
