// What the units, the optional inputs and the recording of a derivation cost: nanoseconds per estimate.
#include "measure.hpp"
#include <kwhatif/number/interval.hpp>
#include <kwhatif/run/estimator.hpp>

#include <cstdio>
#include <vector>

namespace {

using namespace kwhatif;

constexpr std::size_t scenarios = 4096;

struct RawInputs {
  double compute, rate, devices, power, pue, ci;
};
struct RawResult {
  double device_time, wall_time, it_energy, facility_energy, co2e;
};

// The arithmetic of one estimate on bare doubles, as one would write it without a library.
RawResult raw_estimate(const RawInputs& in) {
  RawResult out;
  out.device_time = in.compute / in.rate;
  out.wall_time = out.device_time / in.devices;
  out.it_energy = out.device_time * in.power;
  out.facility_energy = out.it_energy * in.pue;
  out.co2e = out.facility_energy * in.ci;
  return out;
}

run::RunInputs<double> typed(const RawInputs& in) {
  using run::Slot;
  run::RunInputs<double> out;
  out.set<Slot::training_flop>(quantity::TrainingFlop<>::from_coherent(in.compute));
  out.set<Slot::achieved>(quantity::DeviceFlopRate<>::from_coherent(in.rate));
  out.set<Slot::devices>(quantity::Devices<>::from_coherent(in.devices));
  out.set<Slot::power>(quantity::DevicePower<>::from_coherent(in.power));
  out.set<Slot::pue>(quantity::Ratio<>::from_coherent(in.pue));
  out.set<Slot::ci>(quantity::CarbonIntensity<>::from_coherent(in.ci));
  return out;
}

}  // namespace

int main() {
  std::vector<RawInputs> raw;
  std::vector<run::RunInputs<double>> quantities;
  for (std::size_t i = 0; i < scenarios; ++i) {  // GPT-3, on grids from 10 to 900 g/kWh
    const double share = static_cast<double>(i) / scenarios;
    raw.push_back({3.14e23, 24.6e12, 10000, 330, 1.1, (10 + 890 * share) / 3.6e9});
    quantities.push_back(typed(raw.back()));
  }
  std::vector<bench::Contender> contenders{
      {"raw doubles",
       [&] {
         for (const RawInputs& in : raw) bench::keep(raw_estimate(in));
       },
       scenarios,
       {}},
      {"estimate<double>",
       [&] {
         for (const auto& in : quantities) bench::keep(run::estimate(in));
       },
       scenarios,
       {}},
      {"estimate<Interval>",
       [&] {
         for (const auto& in : quantities) {
           const auto bounds = run::lift<number::Interval>(in, [](auto, const auto&, double x) {
             return number::Interval{x * 0.99, x * 1.01};
           });
           bench::keep(run::estimate(bounds));
         }
       },
       scenarios,
       {}},
      {"estimate<Traced>",
       [&] {
         for (const auto& in : quantities) {
           number::Tape tape;
           const auto traced = run::lift<number::Traced>(in, [&](auto slot, const auto&, double x) {
             return number::Traced{tape, tape.leaf(x, static_cast<std::uint32_t>(slot))};
           });
           bench::keep(run::estimate(traced));
         }
       },
       scenarios,
       {}},
  };
  bench::measure(contenders, 200);
  std::printf("one estimate, %zu scenarios a round, 200 interleaved rounds\n", scenarios);
  std::printf("%-26s %12s %8s\n", "", "median ns", "ratio");
  const double floor = bench::quantile(contenders[0].seconds, 0.5);
  for (const auto& c : contenders) {
    const double median = bench::quantile(c.seconds, 0.5);
    std::printf("%-26s %12.2f %8.2f\n", c.name.c_str(), 1e9 * median, median / floor);
  }
  return 0;
}
