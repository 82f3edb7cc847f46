#include <kwhatif/predict/distribution.hpp>
#include <kwhatif/serve/service_bands.hpp>
#include <kwhatif/uncertain/sobol.hpp>

#include <algorithm>
#include <array>
#include <cmath>
#include <cstdint>

namespace kwhatif::serve {

namespace {

constexpr std::size_t points = 4096;  // the 5 % point moves by less than 1 % with more
constexpr std::uint32_t seed = 20261128;
constexpr double outer = 0.95;  // the ends of a lognormal range are its 5 and 95 % points

using Points = std::array<double, points>;

// The unknowns, as dimensions of the sequence.
enum Unknown : std::size_t {
  of_batch,
  of_load,
  of_host,
  of_pue,
  of_model,
  of_intensity,
  of_power,
  of_manufacture,
  of_difference,
  unknowns_count
};

std::array<Points, unknowns_count> all_points() {
  std::array<Points, unknowns_count> out;
  for (std::size_t d = 0; d < out.size(); ++d)
    uncertain::Sobol(d, seed + static_cast<std::uint32_t>(d)).block<points>(0, out[d]);
  return out;
}

double evenly(const Range& range, double u) { return range.low + u * (range.high - range.low); }
double evenly_in_logarithm(const Range& range, double u) {
  return range.low * std::pow(range.high / range.low, u);
}
// Of median 1, with these 5 and 95 % points; the halves may differ.
double lognormal(const Range& range, double u) {
  const double z = predict::normal_quantile(u) / predict::normal_quantile(outer);
  return z < 0 ? std::pow(range.low, -z) : std::pow(range.high, z);
}

const std::array<Points, unknowns_count>& points_of_all() {
  static const auto at = all_points();
  return at;
}

}  // namespace

std::vector<ServiceDraw> draws(const Service<>& service, const Unknowns& unknowns) {
  const auto& at = points_of_all();
  const Range missed{1 / unknowns.model_factor, unknowns.model_factor};
  std::vector<ServiceDraw> out;
  out.reserve(points);
  for (std::size_t i = 0; i < points; ++i) {
    Service<> s = service;
    if (unknowns.batch)
      s.work.batch = Requests<>::from_coherent(evenly_in_logarithm(*unknowns.batch, at[of_batch][i]));
    if (unknowns.load) s.provision.load = evenly(*unknowns.load, at[of_load][i]);
    if (unknowns.host)
      s.provision.host = quantity::DevicePower<>::from_coherent(evenly(*unknowns.host, at[of_host][i]));
    if (unknowns.pue) s.provision.pue = evenly(*unknowns.pue, at[of_pue][i]);
    const double slower = lognormal(missed, at[of_model][i]);
    if (unknowns.rate) {
      const auto found = arrivals(s, unknowns.rate->rate, unknowns.rate->most_batch, slower);
      s.work.batch = found.batch;
      s.provision.load = found.busy;
    }
    auto of_step = step_of(s);
    of_step.time = quantity::WallTime<>::from_coherent(of_step.time.coherent() * slower);
    if (unknowns.rate) {
      const double factor = unknowns.rate->power_factor;
      of_step.power = quantity::Power<>::from_coherent(of_step.power.coherent() *
                                                       lognormal({1 / factor, factor}, at[of_power][i]));
    }
    ServiceDraw draw{.served = {of_step, query_energy(s.device, s.work, of_step, s.provision)},
                     .load = s.provision.load,
                     .pue = s.provision.pue,
                     .batch = s.work.batch.coherent()};
    if (unknowns.intensity_factor)
      draw.intensity_factor = lognormal(*unknowns.intensity_factor, at[of_intensity][i]);
    if (unknowns.made_factor) draw.made_factor = lognormal(*unknowns.made_factor, at[of_manufacture][i]);
    out.push_back(draw);
  }
  return out;
}

Percentiles ratios(const std::vector<ServiceDraw>& one, const std::vector<ServiceDraw>& other, double apart) {
  std::vector<double> out;
  out.reserve(one.size());
  for (std::size_t i = 0; i < one.size(); ++i)
    out.push_back(one[i].served.query.facility.coherent() / other[i].served.query.facility.coherent() *
                  lognormal({1 / apart, apart}, points_of_all()[of_difference][i]));
  return percentiles(std::move(out));
}

Percentiles percentiles(std::vector<double> values) {
  std::ranges::sort(values);
  const auto at = [&](double p) {
    const double rank =
        std::clamp(p * static_cast<double>(values.size()) - 0.5, 0.0, static_cast<double>(values.size() - 1));
    const auto k = static_cast<std::size_t>(rank);
    const double next = values[std::min(k + 1, values.size() - 1)];
    return values[k] + (rank - static_cast<double>(k)) * (next - values[k]);
  };
  return {.p05 = at(0.05), .p25 = at(0.25), .p50 = at(0.5), .p75 = at(0.75), .p95 = at(0.95)};
}

}  // namespace kwhatif::serve
