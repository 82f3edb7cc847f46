// Runs over the same draws, and percentiles of what is made of their results.
#include "closed_form.hpp"
#include "pack.hpp"
#include "quantile.hpp"
#include "sequence.hpp"
#include <kwhatif/run/estimator.hpp>
#include <kwhatif/uncertain/sensitivity.hpp>
#include <kwhatif/uncertain/threads.hpp>
#include <kwhatif/uncertain/uncertainty.hpp>

#include <algorithm>
#include <cmath>
#include <functional>

namespace kwhatif::uncertain {

using run::RunInputs;
using run::Slot;
using run::slot_count;

namespace {

/// A function on (0, 1) as a table: look-up and one multiplication per point, exact in the outermost cells.
/// With one cell it is the function itself.
class Table {
 public:
  Table(std::function<double(double)> function, std::size_t cells)
      : function_(std::move(function)), at_(cells + 1) {
    for (std::size_t i = 1; i < cells; ++i)
      at_[i] = function_(static_cast<double>(i) / static_cast<double>(cells));
  }
  double operator()(double u) const {
    const std::size_t cells = at_.size() - 1;
    const double position = u * static_cast<double>(cells);
    const auto i = static_cast<std::size_t>(position);
    if (i == 0 || i + 1 >= cells) return function_(u);
    return at_[i] + (position - static_cast<double>(i)) * (at_[i + 1] - at_[i]);
  }

 private:
  std::function<double(double)> function_;
  std::vector<double> at_;
};

constexpr std::size_t quantile_cells = 2048;  // few points are worth no table

/// The standard normal distribution as such a table.
const Table& normal_table() {
  static const InputDistribution normal = InputDistribution::standard_normal();
  static const Table table([](double u) { return normal.quantile(u); }, quantile_cells);
  return table;
}

RunInputs<Pack> packed(const RunInputs<double>& inputs) {
  return run::lift<Pack>(inputs, [](Slot, const quantity::Dimension&, double value) { return Pack(value); });
}

template <class Change>
void change_lanes(RunInputs<Pack>& inputs, Slot wanted, Change change) {
  const std::size_t i = static_cast<std::size_t>(wanted);
  if (inputs.has(wanted)) inputs.set(wanted, change(inputs.values[i]));
}

/// One input of one run, and the sources that it is drawn from.
struct Step {
  Slot slot{};
  bool factor = false;
  std::vector<std::pair<std::size_t, double>> parts;  ///< of a prediction: source and weight
  std::size_t source = 0;                             ///< of all else
  double scale = 1;  ///< by measures taken on this run and not on that which the source is first of
  std::optional<Table> quantile;  ///< of a prediction
  predict::Following follows;
};

std::vector<Step> steps_of(const std::vector<Source>& sources, std::size_t run, const Spread& spread,
                           bool tabled) {
  std::vector<Step> out;
  for (std::size_t v = 0; v < sources.size(); ++v) {
    for (const Source::Feed& feed : sources[v].feeds) {
      if (feed.run != run) continue;
      if (sources[v].part) {
        auto found = std::find_if(out.begin(), out.end(),
                                  [&](const Step& s) { return s.slot == feed.slot && !s.parts.empty(); });
        if (found == out.end()) {
          const InputDistribution& whole = *spread[feed.slot];
          Step step;
          step.slot = feed.slot;
          step.follows = whole.follows();
          step.quantile.emplace([&whole](double u) { return whole.quantile(u); },
                                tabled ? quantile_cells : 1);
          found = out.insert(out.end(), std::move(step));
        }
        found->parts.emplace_back(v, feed.weight);
        continue;
      }
      Step step;
      step.slot = feed.slot;
      step.factor = sources[v].factor;
      step.source = v;
      if (!step.factor && !(*spread[step.slot] == sources[v].distribution))
        step.scale = spread[step.slot]->median() / sources[v].distribution.median();
      if (!step.factor) step.follows = sources[v].distribution.follows();
      out.push_back(std::move(step));
    }
  }
  // what follows the utilisation comes after it, and factors come last
  std::stable_sort(out.begin(), out.end(), [](const Step& a, const Step& b) {
    const auto rank = [](const Step& s) { return s.factor ? 2 : s.follows.any() ? 1 : 0; };
    return rank(a) < rank(b);
  });
  return out;
}

/// Draws of one prediction: its quantiles at the probability of the weighted sum of its parts.
void draw_prediction(const Step& step, const std::vector<std::array<double, pack_size>>& u,
                     const std::vector<Pack>& x, Pack& out) {
  if (step.parts.size() == 1) {
    for (std::size_t i = 0; i < pack_size; ++i)
      out.lane[i] = (*step.quantile)(u[step.parts.front().first][i]);
    return;
  }
  constexpr double least = 0x1p-33;
  for (std::size_t i = 0; i < pack_size; ++i) {
    double z = 0;
    for (const auto& [source, weight] : step.parts) z += weight * x[source].lane[i];
    out.lane[i] = (*step.quantile)(std::clamp(predict::normal_probability(z), least, 1 - least));
  }
}

bool varies(const Drawn& drawn) {
  return std::any_of(drawn.effects.begin(), drawn.effects.end(), [](double e) { return e != 0; });
}

}  // namespace

Draws::Draws(std::span<const Uncertain> runs, const Sampling& sampling) : sources_(sources_of(runs)) {
  std::vector<double> deviation;
  for (const Source& source : sources_)
    deviation.push_back(source.part ? 0 : source.distribution.log_deviation());
  for (std::size_t run = 0; run < runs.size(); ++run) {
    const RunInputs<double>& inputs = runs[run].inputs;
    const Spread& spread = runs[run].spread;
    const auto& power = inputs.power_ratio() ? spread[Slot::power_ratio] : spread[Slot::power];
    elasticities_.push_back(elasticity_table(inputs, power ? power->follows().local() : 0));
    std::array<double, slot_count> whole{};  // deviation of predictions
    for (std::size_t s = 0; s < slot_count; ++s) {
      if (spread.inputs[s] && !spread.inputs[s]->parts().empty())
        whole[s] = spread.inputs[s]->log_deviation();
    }
    auto& results = results_.emplace_back();
    const auto exact = run::estimate(inputs);
    run::for_each_result(exact, [&](const run::ResultInfo&, const auto& field) {
      const std::size_t k = results.size();
      results.emplace_back();
      if (!field) return;
      Drawn& drawn = results.back().emplace();
      drawn.typical = field->coherent();
      for (std::size_t v = 0; v < sources_.size(); ++v) {
        double effect = 0;
        for (const Source::Feed& feed : sources_[v].feeds) {
          if (feed.run != run) continue;
          const double own =
              sources_[v].part ? whole[static_cast<std::size_t>(feed.slot)] * feed.weight : deviation[v];
          effect += elasticity(run, k, feed.slot) * own;
        }
        drawn.effects.push_back(effect);
      }
    });
  }
  if (!sources_.empty() && sampling.points > 0) sample(runs, sampling);
}

void Draws::sample(std::span<const Uncertain> runs, const Sampling& sampling) {
  constexpr auto block = static_cast<std::uint32_t>(pack_size);
  const std::uint32_t points = std::max<std::uint32_t>(sampling.points, 2 * block);
  const bool tabled = points > quantile_cells;
  std::vector<Table> quantiles;
  std::vector<Sequence> sequences;
  for (std::size_t v = 0; v < sources_.size(); ++v) {
    quantiles.emplace_back([of = sources_[v].distribution](double u) { return of.quantile(u); },
                           tabled ? quantile_cells : 1);
    sequences.emplace_back(v, sampling.seed, points);
  }
  std::vector<std::vector<Step>> steps;
  for (std::size_t run = 0; run < runs.size(); ++run)
    steps.push_back(steps_of(sources_, run, runs[run].spread, tabled));
  normal_.assign(sources_.size(), std::vector<double>(points));
  for (auto& results : results_) {
    for (auto& drawn : results) {
      if (drawn && varies(*drawn)) drawn->values.resize(points);
    }
  }
  const auto part = [&](std::uint32_t first, std::uint32_t last) {
    std::vector<RunInputs<Pack>> start;
    for (const Uncertain& run : runs) start.push_back(packed(run.inputs));
    auto lanes = start;
    std::vector<std::array<double, pack_size>> u(sources_.size());
    std::vector<Pack> x(sources_.size());
    for (std::uint32_t point = first; point < last; point += block) {
      for (std::size_t v = 0; v < sources_.size(); ++v) {
        sequences[v].block(point, u[v]);
        for (std::size_t i = 0; i < pack_size; ++i) x[v].lane[i] = quantiles[v](u[v][i]);
        for (std::size_t i = 0; i < pack_size; ++i) normal_[v][point + i] = normal_table()(u[v][i]);
      }
      for (std::size_t run = 0; run < runs.size(); ++run) {
        if (!runs[run].spread.factors.empty()) lanes[run] = start[run];
        const auto usual_rate = runs[run].inputs.mfu();
        for (const Step& step : steps[run]) {
          Pack drawn = step.parts.empty() ? x[step.source] : Pack(0);
          if (!step.parts.empty()) draw_prediction(step, u, x, drawn);
          if (step.scale != 1) drawn = drawn * Pack(step.scale);
          if (step.follows.any() && usual_rate) {
            const Pack& rate = lanes[run].values[static_cast<std::size_t>(Slot::mfu)];
            for (std::size_t i = 0; i < pack_size; ++i)
              drawn.lane[i] *= step.follows.factor(rate.lane[i] / usual_rate->coherent());
          }
          change_lanes(lanes[run], step.slot,
                       [&](const Pack& before) { return step.factor ? before * drawn : drawn; });
        }
        const auto result = run::estimate(lanes[run]);
        std::size_t k = 0;
        run::for_each_result(result, [&](const run::ResultInfo&, const auto& field) {
          auto& kept = results_[run][k++];
          if (!field || !kept || kept->values.empty()) return;
          const Pack& pack = field->coherent();
          std::copy(pack.lane.begin(), pack.lane.end(), kept->values.begin() + point);
        });
      }
    }
  };
  const unsigned threads = std::clamp(sampling.threads, 1U, points / block);
  const std::uint32_t share = points / threads / block * block;
  in_parallel(threads, [&](unsigned t) { part(t * share, t + 1 == threads ? points : (t + 1) * share); });
}

Drawn operator/(const Drawn& a, const Drawn& b) {
  Drawn out{.typical = a.typical / b.typical, .values = {}, .effects = a.effects};
  for (std::size_t v = 0; v < b.effects.size(); ++v) out.effects[v] -= b.effects[v];
  if (a.values.empty() && b.values.empty()) return out;
  out.values.resize(std::max(a.values.size(), b.values.size()));
  for (std::size_t i = 0; i < out.values.size(); ++i)
    out.values[i] =
        (a.values.empty() ? a.typical : a.values[i]) / (b.values.empty() ? b.typical : b.values[i]);
  return out;
}

Drawn sum(std::span<const Drawn* const> terms) {
  Drawn out;
  for (const Drawn* term : terms) {
    out.typical += term->typical;
    out.effects.resize(std::max(out.effects.size(), term->effects.size()));
    out.values.resize(std::max(out.values.size(), term->values.size()));
  }
  for (const Drawn* term : terms) {
    for (std::size_t v = 0; v < term->effects.size() && out.typical != 0; ++v)
      out.effects[v] += term->typical / out.typical * term->effects[v];
    for (std::size_t i = 0; i < out.values.size(); ++i)
      out.values[i] += term->values.empty() ? term->typical : term->values[i];
  }
  return out;
}

namespace {

/// The companion of a figure: what it would be to first order if every source were lognormal.
struct Companion {
  std::vector<double> values;  ///< empty: the figure depends on one source, and the points are exact already
  double sigma = 0;
};

Companion companion_of(const std::vector<double>& effect, const std::vector<std::vector<double>>& normal) {
  Companion out;
  const auto count = std::count_if(effect.begin(), effect.end(), [](double e) { return e != 0; });
  if (count < 2) return out;
  out.values.assign(normal.front().size(), 0);
  for (std::size_t v = 0; v < effect.size(); ++v) {
    if (effect[v] == 0) continue;
    out.sigma += effect[v] * effect[v];
    for (std::size_t i = 0; i < out.values.size(); ++i) out.values[i] += effect[v] * normal[v][i];
  }
  out.sigma = std::sqrt(out.sigma);
  return out;
}

/// How many times `base` every value of `column` is, where it is the same for all.
std::optional<double> multiple(const std::vector<double>& base, const std::vector<double>& column) {
  constexpr double rounding = 1e-12;
  const double factor = column.front() / base.front();
  if (!(factor > 0)) return std::nullopt;
  for (std::size_t i = 0; i < column.size(); ++i) {
    if (std::fabs(column[i] - factor * base[i]) > rounding * column[i]) return std::nullopt;
  }
  return factor;
}

}  // namespace

std::optional<Band> Draws::band(const run::ResultInfo& info, const Drawn& drawn) const {
  const auto& values = drawn.values;
  if (values.empty() || !std::all_of(values.begin(), values.end(), [](double v) { return std::isfinite(v); }))
    return std::nullopt;
  const Companion companion = companion_of(drawn.effects, normal_);
  OrderStatistics ranked(values);
  const auto at = [&](double p) {
    return quantile_with_companion(ranked, values, companion.values, companion.sigma, p);
  };
  return Band{
      .info = info, .p05 = at(0.05), .p25 = at(0.25), .p50 = at(0.5), .p75 = at(0.75), .p95 = at(0.95)};
}

const Band* Intervals::find(std::string_view key) const {
  const auto found =
      std::find_if(bands.begin(), bands.end(), [&](const Band& b) { return b.info.key == key; });
  return found == bands.end() ? nullptr : &*found;
}

Intervals intervals(const Draws& draws, std::size_t run) {
  Intervals out;
  std::vector<const Drawn*> done;  // of the bands so far
  const run::RunEstimate<double> any;
  std::size_t k = 0;
  run::for_each_result(any, [&](const run::ResultInfo& info, const auto&) {
    const auto& drawn = draws.results(run)[k++];
    if (!drawn || drawn->values.empty()) return;
    std::optional<Band> band;
    for (std::size_t d = 0; d < done.size() && !band; ++d) {
      if (done[d]->effects != drawn->effects) continue;
      const Band& base = out.bands[d];
      if (const auto f = multiple(done[d]->values, drawn->values))
        band = {info, *f * base.p05, *f * base.p25, *f * base.p50, *f * base.p75, *f * base.p95};
    }
    if (!band) band = draws.band(info, *drawn);
    if (!band) return;
    out.bands.push_back(*band);
    done.push_back(&*drawn);
  });
  return out;
}

Intervals intervals(const RunInputs<double>& inputs, const Spread& spread, const Sampling& sampling) {
  const std::array<Uncertain, 1> run{Uncertain{inputs, spread}};
  return intervals(Draws(run, sampling), 0);
}

namespace {

constexpr Sampling effects_alone{.points = 0, .seed = 0, .threads = 1};

// Draws of some runs, made when they are first asked for.
class DrawnLater {
 public:
  DrawnLater(std::span<const Uncertain> runs, const Sampling& sampling) : runs_(runs), sampling_(sampling) {}
  const Draws& get() {
    if (!made_) made_.emplace(runs_, sampling_);
    return *made_;
  }

 private:
  std::span<const Uncertain> runs_;
  Sampling sampling_;
  std::optional<Draws> made_;
};

}  // namespace

std::vector<Intervals> intervals(std::span<const Uncertain> runs, const Draws& draws, Wanted wanted) {
  ClosedForm closed(runs, draws.sources());
  DrawnLater later(runs, sum_draws);
  std::vector<Intervals> out(runs.size());
  for (std::size_t run = 0; run < runs.size(); ++run) {
    const run::RunEstimate<double> any;
    std::size_t k = 0;
    run::for_each_result(any, [&](const run::ResultInfo& info, const auto&) {
      const std::size_t result = k++;
      const auto& figure = draws.results(run)[result];
      if (!figure || !varies(*figure)) return;
      if (!wanted.empty() && std::ranges::find(wanted, info.key) == wanted.end()) return;
      auto band = closed.band(info, figure->typical, run, result);
      if (!band) {
        const Draws& points = draws.sampled() ? draws : later.get();
        band = points.band(info, *points.results(run)[result]);
      }
      if (band) out[run].bands.push_back(*band);
    });
  }
  return out;
}

Intervals intervals(const RunInputs<double>& inputs, const Spread& spread) {
  const std::array<Uncertain, 1> run{Uncertain{inputs, spread}};
  return intervals(run, Draws(run, effects_alone)).front();
}

namespace {

// Of each result that both have: the band that `band_of` knows, else the ratio itself.
template <class BandOf>
Intervals ratios_of(const Draws& draws, BandOf band_of) {
  Intervals out;
  const run::RunEstimate<double> any;
  std::size_t k = 0;
  run::for_each_result(any, [&](const run::ResultInfo& info, const auto&) {
    const std::size_t result = k++;
    const auto& a = draws.results(0)[result];
    const auto& b = draws.results(1)[result];
    if (!a || !b || b->typical == 0) return;
    const double r = a->typical / b->typical;
    Band band = band_of(info, result, r).value_or(Band{info, r, r, r, r, r});
    band.p05 = std::min(band.p05, r);
    band.p95 = std::max(band.p95, r);
    out.bands.push_back(band);
  });
  return out;
}

}  // namespace

Intervals ratios(const Uncertain& over, const Uncertain& under, const Sampling& sampling) {
  const std::array<Uncertain, 2> runs{over, under};
  const Draws draws(runs, sampling);
  return ratios_of(draws, [&](const run::ResultInfo& info, std::size_t result, double) {
    return draws.band(info, *draws.results(0)[result] / *draws.results(1)[result]);
  });
}

Intervals ratios(const Uncertain& over, const Uncertain& under) {
  const std::array<Uncertain, 2> runs{over, under};
  const Draws effects(runs, effects_alone);
  ClosedForm closed(runs, effects.sources());
  DrawnLater later(runs, ratio_draws);
  return ratios_of(effects, [&](const run::ResultInfo& info, std::size_t result, double typical) {
    const auto& a = *effects.results(0)[result];
    const auto& b = *effects.results(1)[result];
    if (!varies(a) && !varies(b)) return std::optional<Band>{};
    if (auto band = closed.ratio(info, typical, 0, 1, result)) return band;
    const Draws& draws = later.get();
    return draws.band(info, *draws.results(0)[result] / *draws.results(1)[result]);
  });
}

}  // namespace kwhatif::uncertain
