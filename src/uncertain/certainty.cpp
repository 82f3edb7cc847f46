// Bands, drivers and the effect of each spread, from the draws of a run or of the phases of one.
#include <kwhatif/run/estimator.hpp>
#include <kwhatif/uncertain/certainty.hpp>

#include <algorithm>
#include <array>
#include <cmath>

namespace kwhatif::uncertain {

using run::ResolvedRun;
using run::Slot;

namespace {

/// Results that add up over phases; the others of a sum are averages.
bool adds_up(const run::ResultInfo& info) { return info.phases == run::Phases::sum; }

/// CO2e, else energy, else the first that varies.
std::string_view explained(const std::vector<Band>& bands) {
  for (const std::string_view key :
       {"operational_location", "facility_energy", "device_time", "total_co2e", "cost"}) {
    if (std::any_of(bands.begin(), bands.end(), [&](const Band& b) { return b.info.key == key; })) return key;
  }
  return bands.empty() ? std::string_view{} : bands.front().info.key;
}

std::size_t result_number(std::string_view key) {
  std::size_t out = 0;
  std::size_t k = 0;
  const run::RunEstimate<double> any;
  run::for_each_result(any, [&](const run::ResultInfo& info, const auto&) {
    if (info.key == key) out = k;
    ++k;
  });
  return out;
}

}  // namespace

std::vector<Driver> drivers(const Draws& draws, std::span<const std::size_t> runs, std::string_view result) {
  const std::size_t k = result_number(result);
  std::vector<const Drawn*> terms;
  for (const std::size_t run : runs) {
    const auto& drawn = draws.results(run)[k];
    if (!drawn) return {};
    terms.push_back(&*drawn);
  }
  const Drawn total = sum(terms);
  std::vector<Driver> out;
  double variance = 0;
  for (std::size_t v = 0; v < total.effects.size(); ++v) {
    if (total.effects[v] == 0) continue;
    const Slot slot = draws.sources()[v].feeds.front().slot;
    auto found = std::find_if(out.begin(), out.end(), [&](const Driver& d) { return d.slot == slot; });
    if (found == out.end()) found = out.insert(out.end(), {.slot = slot, .share = 0, .elasticity = 0});
    found->share += total.effects[v] * total.effects[v];
    variance += total.effects[v] * total.effects[v];
  }
  for (Driver& driver : out) {
    driver.share /= variance;
    for (std::size_t r = 0; r < runs.size(); ++r)
      driver.elasticity += terms[r]->typical / total.typical * draws.elasticity(runs[r], k, driver.slot);
  }
  std::stable_sort(out.begin(), out.end(),
                   [](const Driver& a, const Driver& b) { return a.share > b.share; });
  return out;
}

namespace {

/// Of one run, or of the sum of several.
Certainty certainty_of(const Draws& draws, const std::vector<std::size_t>& runs,
                       std::span<const Intervals> each, Wanted wanted) {
  Certainty out;
  if (runs.size() == 1) {
    out.bands = each[runs.front()].bands;
  } else {
    std::size_t k = 0;
    const run::RunEstimate<double> any;
    run::for_each_result(any, [&](const run::ResultInfo& info, const auto&) {
      std::vector<const Drawn*> terms;
      for (const std::size_t run : runs) {
        if (const auto& drawn = draws.results(run)[k]) terms.push_back(&*drawn);
      }
      ++k;
      if (!adds_up(info) || terms.size() < runs.size()) return;
      if (!wanted.empty() && std::ranges::find(wanted, info.key) == wanted.end()) return;
      const Drawn total = sum(terms);
      auto band = draws.band(info, total);
      if (!band) return;
      band->p05 = std::min(band->p05, total.typical);
      band->p95 = std::max(band->p95, total.typical);
      out.bands.push_back(*band);
    });
  }
  out.explained = explained(out.bands);
  if (!out.explained.empty()) out.drivers = drivers(draws, runs, out.explained);
  return out;
}

}  // namespace

const Band* Certainty::find(std::string_view key) const {
  const auto found =
      std::find_if(bands.begin(), bands.end(), [&](const Band& b) { return b.info.key == key; });
  return found == bands.end() ? nullptr : &*found;
}

namespace {

Certainty of_phases(std::span<const ResolvedRun* const> phases, Wanted wanted) {
  if (std::none_of(phases.begin(), phases.end(), [](const ResolvedRun* run) { return uncertain(*run); })) {
    Certainty out;
    if (phases.size() > 1 && wanted.empty()) out.phases.resize(phases.size());
    return out;
  }
  std::vector<Spread> spreads;
  for (const ResolvedRun* run : phases) spreads.push_back(spread_of(*run));
  std::vector<Uncertain> runs;
  std::vector<std::size_t> all;
  for (std::size_t i = 0; i < phases.size(); ++i) {
    runs.push_back({phases[i]->inputs, spreads[i]});
    all.push_back(i);
  }
  Sampling sampling = sum_draws;
  if (phases.size() == 1) sampling.points = 0;  // a sum is drawn, most results of one run need not be
  const Draws draws(runs, sampling);
  const bool summed_alone = phases.size() > 1 && !wanted.empty();
  const std::vector<Intervals> each =
      summed_alone ? std::vector<Intervals>{} : intervals(runs, draws, wanted);
  Certainty out = certainty_of(draws, all, each, wanted);
  if (phases.size() == 1 || summed_alone) return out;
  for (std::size_t i = 0; i < phases.size(); ++i)
    out.phases.push_back(uncertain(*phases[i]) ? certainty_of(draws, {i}, each, wanted) : Certainty{});
  return out;
}

}  // namespace

Certainty certainty(const ResolvedRun& run, Wanted wanted) {
  const std::array<const ResolvedRun*, 1> one{&run};
  return of_phases(one, wanted);
}

Certainty certainty(std::span<const run::ResolvedStage> stages, Wanted wanted) {
  std::vector<const ResolvedRun*> phases;
  for (const run::ResolvedStage& stage : stages) phases.push_back(&stage.run);
  Certainty out = of_phases(phases, wanted);
  if (phases.size() == 1 && wanted.empty()) out.phases = {out};
  return out;
}

std::vector<SpreadEffect> spread_effects(const ResolvedRun& run) {
  std::vector<SpreadEffect> out;
  const Spread spread = spread_of(run);
  const Slot draw = run.inputs.power_ratio() ? Slot::power_ratio : Slot::power;
  const auto& power = spread[draw];
  const auto with = [&](Slot slot, double x) {
    auto inputs = run.inputs;
    run::set_slot(inputs, slot, x);
    if (slot == Slot::mfu && power && power->follows().any())
      run::set_slot(
          inputs, draw,
          *run::slot_value(run.inputs, draw) * power->follows().factor(x / run.inputs.mfu()->coherent()));
    return run::estimate(inputs);
  };
  const auto middle = run::estimate(run.inputs);
  for (std::size_t i = 0; i < run::slot_count; ++i) {
    const auto slot = static_cast<Slot>(i);
    const auto value = run::slot_value(run.inputs, slot);
    const auto band = value ? range_of(run.records[i], *value) : std::nullopt;
    if (!band) continue;
    const auto low = with(slot, band->first);
    const auto high = with(slot, band->second);
    const auto move = [&](std::string_view key, const auto& m, const auto& a, const auto& b) {
      if (!m || !a || !b || m->coherent() == 0) return false;
      const auto [down, up] = std::minmax({a->coherent() / m->coherent(), b->coherent() / m->coherent()});
      constexpr double rounding = 1e-12;
      if (std::fabs(up - down) < rounding) return false;
      out.push_back({slot, key, down, up});
      return true;
    };
    if (!move("facility_energy", middle.facility_energy, low.facility_energy, high.facility_energy))
      move("operational_location", middle.operational_location, low.operational_location,
           high.operational_location);
  }
  return out;
}

}  // namespace kwhatif::uncertain
