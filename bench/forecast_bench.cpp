// What one forecast of time costs, over one estimate: the closed form, its settings, the band, and all that a
// run is.
#include "measure.hpp"
#include <kwhatif/predict/predictor.hpp>
#include <kwhatif/predict/timings.hpp>
#include <kwhatif/run/estimator.hpp>
#include <kwhatif/run/resolve.hpp>

#include <cstdio>
#include <vector>

namespace {

using namespace kwhatif;

run::Scenario scenario(const char* framework) {
  run::Scenario out;
  const auto set = [&](run::Input input, const char* text) { out.set(input, {text, {}, "--flag"}); };
  set(run::Input::params, "7B");
  set(run::Input::tokens, "1T");
  set(run::Input::hardware, "h100-sxm5");
  set(run::Input::chips, "512");
  if (framework != nullptr) set(run::Input::framework, framework);
  return out;
}

}  // namespace

int main() {
  const auto& tables = catalog::Catalog::builtin();
  const auto predictor = predict::predictor(tables);
  const auto& c = predictor->constants;
  const auto measured = predict::timings(tables);  // every kind of network, device and layout of the fit
  struct Settled {
    predict::Work<double> work;
    predict::Engine<double> engine;
    predict::Settings<double> settings;
  };
  std::vector<Settled> settled;
  for (const auto& row : measured)
    settled.push_back({{row.training.network, row.training.gmac},
                       row.device.engine,
                       predict::settle(c.usual, row.training, predict::Software::tuned)});
  const auto n = static_cast<double>(measured.size());
  const auto said = scenario("megatron");
  const auto unsaid = scenario(nullptr);
  const auto one = run::resolve(said, tables);
  constexpr std::size_t estimates = 1000;
  const auto forecasts = [&](bool known) {
    return [&, known] {
      for (const auto& row : measured) {
        auto training = row.training;
        if (!known) training.software.reset();
        bench::keep(predict::forecast(c, training, row.device.engine, row.device.evidence));
      }
    };
  };
  std::vector<bench::Contender> contenders{
      {"estimate<double>",
       [&] {
         for (std::size_t i = 0; i < estimates; ++i) bench::keep(run::estimate(one.inputs));
       },
       estimates,
       {}},
      {"times<double>",
       [&] {
         for (const auto& s : settled) bench::keep(predict::times(c.times, s.work, s.engine, s.settings));
       },
       n,
       {}},
      {"settings and times",
       [&] {
         for (const auto& row : measured)
           bench::keep(predict::times(c.times, {row.training.network, row.training.gmac}, row.device.engine,
                                      predict::settle(c.usual, row.training, predict::Software::tuned)));
       },
       n,
       {}},
      {"forecast, software known", forecasts(true), n, {}},
      {"forecast, software unknown", forecasts(false), n, {}},
      {"resolve, software known", [&] { bench::keep(run::resolve(said, tables)); }, 1, {}},
      {"resolve, software unknown", [&] { bench::keep(run::resolve(unsaid, tables)); }, 1, {}},
  };
  bench::measure(contenders, 200);
  std::printf("one forecast, %zu measured times a round, 200 interleaved rounds\n", measured.size());
  std::printf("%-28s %12s %8s\n", "", "median ns", "ratio");
  const double floor = bench::quantile(contenders[0].seconds, 0.5);
  for (const auto& contender : contenders) {
    const double median = bench::quantile(contender.seconds, 0.5);
    std::printf("%-28s %12.1f %8.2f\n", contender.name.c_str(), 1e9 * median, median / floor);
  }
  return 0;
}
