#include "pack.hpp"
#include "quantile.hpp"
#include <kwhatif/run/estimate.hpp>
#include <kwhatif/uncertain/sensitivity.hpp>
#include <kwhatif/uncertain/sobol.hpp>
#include <kwhatif/uncertain/threads.hpp>
#include <kwhatif/uncertain/uncertainty.hpp>

#include <algorithm>
#include <cmath>
#include <memory>

namespace kwhatif::uncertain {

using run::RunInputs;
using run::Slot;

namespace {

/// A quantile function as a table: look-up and one multiplication per point, exact in the outermost cells.
class QuantileTable {
 public:
  explicit QuantileTable(const InputDistribution& distribution) : distribution_(&distribution) {
    for (std::size_t i = 1; i < cells; ++i) at_[i] = distribution.quantile(static_cast<double>(i) / cells);
  }
  double operator()(double u) const {
    const double position = u * cells;
    const auto i = static_cast<std::size_t>(position);
    if (i == 0 || i >= cells - 1) return distribution_->quantile(u);
    return at_[i] + (position - static_cast<double>(i)) * (at_[i + 1] - at_[i]);
  }

 private:
  static constexpr std::size_t cells = 2048;
  std::array<double, cells + 1> at_{};
  const InputDistribution* distribution_;
};

/// The standard normal distribution as such a table.
const QuantileTable& normal_table() {
  static const InputDistribution normal = InputDistribution::standard_normal();
  static const QuantileTable table(normal);
  return table;
}

/// One unknown of the sample: the slots of both runs that it feeds.
struct Variable {
  const InputDistribution* distribution = nullptr;
  std::vector<Slot> in_a, in_b;
};

bool contains(const std::vector<Slot>& slots, Slot slot) {
  return std::find(slots.begin(), slots.end(), slot) != slots.end();
}

/// One value per point for each result, in the order of for_each_result, and for each variable its normal
/// score.
struct Columns {
  std::vector<std::vector<double>> result;
  std::vector<std::vector<double>> normal;
};

RunInputs<Pack> packed(const RunInputs<double>& inputs) {
  return run::lift<Pack>(inputs, [](Slot, const quantity::Dimension&, double value) { return Pack(value); });
}

void set_lanes(RunInputs<Pack>& inputs, Slot wanted, const Pack& value) {
  run::for_each_slot(inputs, inputs, [&](Slot slot, auto& field, auto&) {
    using Field = typename std::remove_reference_t<decltype(field)>::value_type;
    if (slot == wanted && field) field = Field::from_coherent(value);
  });
}

void run_points(const RunInputs<double>& a, const RunInputs<double>* b,
                const std::vector<Variable>& variables,
                const std::vector<std::unique_ptr<QuantileTable>>& tables,
                const std::vector<Sobol>& sequences, std::uint32_t first, std::uint32_t last,
                Columns& columns) {
  RunInputs<Pack> lanes_a = packed(a);
  RunInputs<Pack> lanes_b = b != nullptr ? packed(*b) : RunInputs<Pack>{};
  std::array<double, pack_size> u{};
  for (std::uint32_t point = first; point < last; point += pack_size) {
    for (std::size_t v = 0; v < variables.size(); ++v) {
      sequences[v].block(point, u);
      Pack x;
      for (std::size_t i = 0; i < pack_size; ++i) x.lane[i] = (*tables[v])(u[i]);
      for (std::size_t i = 0; i < pack_size; ++i) columns.normal[v][point + i] = normal_table()(u[i]);
      for (const Slot slot : variables[v].in_a) set_lanes(lanes_a, slot, x);
      for (const Slot slot : variables[v].in_b) set_lanes(lanes_b, slot, x);
    }
    const auto result = run::estimate(lanes_a);
    std::size_t k = 0;
    const auto store = [&](const Pack& pack) {
      std::copy(pack.lane.begin(), pack.lane.end(), columns.result[k].begin() + point);
    };
    run::for_each_result(result, [&](const run::ResultInfo&, const auto& field) {
      if (field && !columns.result[k].empty()) store(field->coherent());
      ++k;
    });
    if (b == nullptr) continue;
    const auto other = run::estimate(lanes_b);
    k = 0;
    run::for_each_result(other, [&](const run::ResultInfo&, const auto& field) {
      if (field && !columns.result[k].empty()) {
        const Pack& over = field->coherent();
        for (std::size_t i = 0; i < pack_size; ++i)
          columns.result[k][point + i] = over.lane[i] / columns.result[k][point + i];
      }
      ++k;
    });
  }
}

/// First-order effect of each variable on each result: elasticity times the deviation of the input's
/// logarithm.
std::vector<std::vector<double>> effects_of(const RunInputs<double>& a, const RunInputs<double>* b,
                                            const std::vector<Variable>& variables) {
  std::vector<std::vector<double>> out;
  std::vector<double> deviation;
  for (const Variable& v : variables) deviation.push_back(v.distribution->log_deviation());
  const run::RunEstimate<double> any;
  run::for_each_result(any, [&](const run::ResultInfo& info, const auto&) {
    std::vector<double> effect(variables.size());
    const auto add = [&](const RunInputs<double>& inputs, std::vector<Slot> Variable::*slots, double sign) {
      for (const Elasticity& e : elasticities(inputs, info.key)) {
        for (std::size_t v = 0; v < variables.size(); ++v) {
          if (contains(variables[v].*slots, e.slot)) effect[v] += sign * e.elasticity * deviation[v];
        }
      }
    };
    add(a, &Variable::in_a, b != nullptr ? -1 : 1);
    if (b != nullptr) add(*b, &Variable::in_b, 1);
    out.push_back(std::move(effect));
  });
  return out;
}

/// The companion of a result: what it would be to first order if every input were lognormal.
struct Companion {
  std::vector<double> values;  ///< empty: the result depends on one input, and the points are exact already
  double sigma = 0;
};

Companion companion_of(const std::vector<double>& effect, const std::vector<std::vector<double>>& normal) {
  Companion out;
  std::size_t count = 0;
  for (const double e : effect) count += e != 0 ? 1U : 0U;
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

Band percentiles(const run::ResultInfo& info, const std::vector<double>& column, const Companion& companion) {
  OrderStatistics ranked(column);
  const auto at = [&](double p) {
    return quantile_with_companion(ranked, column, companion.values, companion.sigma, p);
  };
  return {.info = info, .p05 = at(0.05), .p25 = at(0.25), .p50 = at(0.5), .p75 = at(0.75), .p95 = at(0.95)};
}

Intervals sample(const RunInputs<double>& a, const RunInputs<double>* b, std::vector<Variable> variables,
                 const Sampling& sampling) {
  if (variables.size() > sobol_dimensions) variables.resize(sobol_dimensions);
  const std::uint32_t points = std::max<std::uint32_t>(sampling.points, 2 * pack_size);
  std::vector<std::unique_ptr<QuantileTable>> tables;
  std::vector<Sobol> sequences;
  for (std::size_t v = 0; v < variables.size(); ++v) {
    tables.push_back(std::make_unique<QuantileTable>(*variables[v].distribution));
    sequences.emplace_back(v, sampling.seed);
  }
  const auto effects = effects_of(a, b, variables);
  Columns columns;
  columns.result.resize(effects.size());
  columns.normal.assign(variables.size(), std::vector<double>(points));
  std::vector<run::ResultInfo> infos;
  const auto varies = [](const std::vector<double>& effect) {
    return std::any_of(effect.begin(), effect.end(), [](double e) { return e != 0; });
  };
  const auto exact = run::estimate(a);
  run::for_each_result(exact, [&](const run::ResultInfo& info, const auto& field) {
    if (field && (b != nullptr || varies(effects[infos.size()]))) columns.result[infos.size()].resize(points);
    infos.push_back(info);
  });
  if (b != nullptr) {
    std::size_t k = 0;
    const auto other = run::estimate(*b);
    run::for_each_result(other, [&](const run::ResultInfo&, const auto& field) {
      if (!field) columns.result[k].clear();
      ++k;
    });
  }
  const unsigned threads = std::clamp(sampling.threads, 1U, points / static_cast<unsigned>(pack_size));
  constexpr auto block = static_cast<std::uint32_t>(pack_size);
  const std::uint32_t share = points / threads / block * block;
  const auto part = [&](unsigned t) {
    run_points(a, b, variables, tables, sequences, t * share, t + 1 == threads ? points : (t + 1) * share,
               columns);
  };
  in_parallel(threads, part);
  Intervals out;
  std::vector<std::size_t> done;  // results of the bands so far
  for (std::size_t i = 0; i < infos.size(); ++i) {
    const auto& column = columns.result[i];
    if (column.empty()) continue;
    std::optional<double> factor;
    for (std::size_t d = 0; d < done.size() && !factor; ++d) {
      if (effects[done[d]] == effects[i]) factor = multiple(columns.result[done[d]], column);
      if (!factor) continue;
      const Band& base = out.bands[d];
      out.bands.push_back({infos[i], *factor * base.p05, *factor * base.p25, *factor * base.p50,
                           *factor * base.p75, *factor * base.p95});
    }
    if (!factor) out.bands.push_back(percentiles(infos[i], column, companion_of(effects[i], columns.normal)));
    done.push_back(i);
  }
  return out;
}

/// The uncertain inputs that a run has, each once.
std::vector<Variable> variables_of(const RunInputs<double>& inputs, const Spread& spread) {
  std::vector<Variable> out;
  for (std::size_t i = 0; i < run::slot_count; ++i) {
    const auto slot = static_cast<Slot>(i);
    if (!spread.inputs[i] || !run::slot_value(inputs, slot)) continue;
    const InputDistribution& own = *spread.inputs[i];
    // where no contract makes a difference, both intensities are one number of one grid
    const auto twin =
        slot != Slot::ci_market ? out.end() : std::find_if(out.begin(), out.end(), [&](const Variable& v) {
          return contains(v.in_a, Slot::ci) && *v.distribution == own;
        });
    if (twin != out.end())
      twin->in_a.push_back(slot);
    else
      out.push_back({&own, {slot}, {}});
  }
  return out;
}

}  // namespace

const Band* Intervals::find(std::string_view key) const {
  for (const Band& band : bands) {
    if (band.info.key == key) return &band;
  }
  return nullptr;
}

Intervals intervals(const RunInputs<double>& inputs, const Spread& spread, const Sampling& sampling) {
  return sample(inputs, nullptr, variables_of(inputs, spread), sampling);
}

Intervals intervals(const run::ResolvedRun& run, const Spread& spread, const Sampling& sampling) {
  return intervals(run.inputs, spread, sampling);
}

Intervals compare(const RunInputs<double>& a, const Spread& spread_a, const RunInputs<double>& b,
                  const Spread& spread_b, const Sampling& sampling) {
  auto variables = variables_of(a, spread_a);
  for (const Variable& other : variables_of(b, spread_b)) {
    const auto shared = std::find_if(variables.begin(), variables.end(), [&](const Variable& v) {
      return contains(v.in_a, other.in_a.front()) && *v.distribution == *other.distribution;
    });
    if (shared != variables.end())
      shared->in_b = other.in_a;
    else
      variables.push_back({other.distribution, {}, other.in_a});
  }
  return sample(a, &b, std::move(variables), sampling);
}

}  // namespace kwhatif::uncertain
