#include "verdict_rows.hpp"

#include "verdict_words.hpp"
#include <kwhatif/diag/words.hpp>
#include <kwhatif/quantity/format.hpp>
#include <kwhatif/run/estimator.hpp>

#include <algorithm>
#include <array>
#include <cmath>
#include <set>

namespace kwhatif::ask {

namespace {

constexpr std::size_t most_rows = 8;  // set beside the best: what is further off decides nothing

// Runs of a grid, resolved one by one: a list that does not move, for the candidates point into it.
struct Resolved {
  std::vector<std::unique_ptr<run::ResolvedRun>> runs;
  std::vector<Candidate> candidates;

  void add(const run::Scenario& given, std::string name, std::size_t index, const catalog::Catalog& tables) {
    auto& run = runs.emplace_back(std::make_unique<run::ResolvedRun>(run::resolve(given, tables)));
    candidates.push_back(
        {.name = std::move(name), .run = run.get(), .result = run::estimate(run->inputs), .index = index});
  }
};

std::string axis_text(const grid::Axis& axis, std::size_t i) {
  const bool word = run::info(axis.input).type != run::InputType::quantity;
  return word ? axis.shown(i) : axis.name + ' ' + axis.shown(i);
}

// A run by its values on the axes on which the runs differ.
std::string row_name(const grid::Space& space, const std::vector<std::size_t>& indices,
                     const std::vector<std::size_t>& axes) {
  return diag::listed(axes, " ", [&](std::size_t a) { return axis_text(space.axes()[a], indices[a]); });
}

// Of a comparison: what it varies in, "chips 64" where that is a number; else its title where that is short.
std::string name_of(const Compared& c, std::size_t i) {
  constexpr std::size_t short_name = 32;
  std::string out;
  for (const auto& [axis, value] : c.position) {
    const auto input = run::input_by_flag(axis);
    const bool number = input && run::info(*input).type == run::InputType::quantity;
    if (!out.empty()) out += ' ';
    if (number) out.append(axis).append(" ");
    out += value;
  }
  if (out.empty()) out = c.label;
  return !out.empty() && out.size() <= short_name ? out : "run " + std::to_string(i + 1);
}

// What the cheapest costs, where that is another than the best.
std::string cheapest(const Comparison& comparison, const Decision& decision) {
  constexpr double telling = 1.05;
  if (decision.measure.key == "cost") return {};
  std::optional<std::size_t> least;
  for (std::size_t i = 0; i < comparison.runs.size(); ++i) {
    const auto cost = measured(comparison.runs[i].result, Measure::cost);
    if (!cost || !std::isfinite(*cost)) return {};
    if (!least || *cost < *measured(comparison.runs[*least].result, Measure::cost)) least = i;
  }
  const double best = *measured(comparison.runs[decision.index[decision.best]].result, Measure::cost);
  const double cost = *measured(comparison.runs[*least].result, Measure::cost);
  if (!(best > telling * cost)) return {};
  const auto shown = [](double x) { return quantity::human(x, run::result_dimension("cost")); };
  return "; " + name_of(comparison.runs[*least], *least) + " costs the least, " + shown(cost) + " against " +
         shown(best);
}

void before_the_stop(std::string& sentence, const std::string& words) {
  sentence.insert(sentence.size() - 1, words);
}

}  // namespace

std::optional<Decision> verdict_of(const Comparison& comparison) {
  std::vector<Candidate> candidates;
  for (std::size_t i = 0; i < comparison.runs.size(); ++i) {
    const Compared& c = comparison.runs[i];
    if (comparison.open_ended(i)) continue;  // the work that it has to do may have no end
    if (comparison.ranks() && !comparison.ranking->has(i)) continue;  // no comparable value
    candidates.push_back({.name = name_of(c, i), .run = &c.run, .result = c.result, .index = i});
  }
  for (Candidate& c : candidates) {
    const auto alike = [&](const Candidate& other) { return &other != &c && other.name == c.name; };
    if (std::ranges::any_of(candidates, alike)) c.name = "run " + std::to_string(c.index + 1);
  }
  const auto known = [&](Measure m) {
    return std::ranges::count_if(comparison.runs, [&](const Compared& c) {
             const auto x = measured(c.result, m);
             return x && std::isfinite(*x);
           }) >= 2;
  };
  // CO2e over energy alike in all: then energy is what is told apart
  std::optional<double> common;
  bool alike = known(Measure::location);
  for (const Compared& c : comparison.runs) {
    const auto co2e = measured(c.result, Measure::location);
    const auto energy = measured(c.result, Measure::energy);
    if (!co2e || !energy || *energy == 0) {
      alike = false;
      break;
    }
    constexpr double rounding = 1e-9;
    if (!common) common = *co2e / *energy;
    alike = alike && *common > 0 && std::fabs(*co2e / *energy / *common - 1) < rounding;
  }
  std::optional<Measure> measure;
  for (const Measure m : {Measure::location, Measure::energy, Measure::cost, Measure::wall_time}) {
    if (!measure && known(m)) measure = m;
  }
  if (!measure) return std::nullopt;
  const bool none = std::ranges::all_of(comparison.runs, [](const Compared& c) {
    return measured(c.result, Measure::location) == std::optional{0.0};
  });
  if ((alike || none) && known(Measure::energy)) measure = Measure::energy;
  const bool mixed = *measure == Measure::location && !one_definition(candidates);
  if (mixed && known(Measure::energy)) measure = Measure::energy;
  auto out = decide(candidates, key(*measure), false, alike ? "CO2e" : "",
                    comparison.ranks() && *measure == Measure::location);
  if (!out) return out;
  const auto work = [](const Compared& c) {
    return c.result.training_flop ? c.result.training_flop->coherent() : 0;
  };
  const auto& first = comparison.runs.front();
  const bool same_work = std::ranges::all_of(comparison.runs, [&](const Compared& c) {
    return std::fabs(work(c) - work(first)) <= 1e-9 * work(first);
  });
  if (!same_work && comparison.rule == EqualWork::as_given)
    before_the_stop(out->sentence, "; each run does its own work");
  if (mixed)
    before_the_stop(out->sentence, "; CO2e is counted by different definitions, and not set side by side");
  for (std::size_t i = 0; i < comparison.runs.size(); ++i) {
    if (comparison.open_ended(i) && measured(comparison.runs[i].result, *measure))
      before_the_stop(out->sentence, "; what " + name_of(comparison.runs[i], i) + " needs has no upper end");
  }
  before_the_stop(out->sentence, cheapest(comparison, *out));
  return out;
}

std::optional<Decision> verdict_of(const SweepAnswer& answer, const catalog::Catalog& tables) {
  const grid::Space& space = answer.space;
  struct Row {
    std::uint64_t row;
    std::vector<std::size_t> indices;
  };
  std::vector<Row> rows;
  const bool best_first =
      answer.kind == SweepKind::top || (answer.kind == SweepKind::rows && !answer.limits.empty());
  const bool of_groups = answer.kind == SweepKind::groups &&
                         (answer.reduce == grid::Reduce::min || answer.reduce == grid::Reduce::max);
  bool most = answer.largest;
  if (best_first) {
    for (const SweepRow& row : answer.rows) rows.push_back({row.row, row.indices});
  } else if (of_groups) {
    most = answer.reduce == grid::Reduce::max;
    std::vector<const SweepAnswer::GroupLine*> lines;
    for (const auto& line : answer.groups) {
      if (line.group.count > 0) lines.push_back(&line);
    }
    std::ranges::stable_sort(lines, [&](const auto* a, const auto* b) {
      return most ? a->group.best.value > b->group.best.value : a->group.best.value < b->group.best.value;
    });
    for (const auto* line : lines)
      rows.push_back({line->group.best.row, space.indices(line->group.best.row)});
  }
  // the first row of each combination of names; of numbers alone the rows themselves
  std::vector<std::size_t> names;
  std::vector<std::size_t> varying;
  for (std::size_t a = 0; a < space.axes().size(); ++a) {
    if (std::ranges::none_of(rows, [&](const Row& r) { return r.indices[a] != rows.front().indices[a]; }))
      continue;
    varying.push_back(a);
    if (!space.axes()[a].numeric()) names.push_back(a);
  }
  std::set<std::vector<std::size_t>> seen;
  Resolved resolved;
  const std::vector<std::size_t>& shown = names.empty() ? varying : names;
  for (const Row& row : rows) {
    std::vector<std::size_t> kind;
    for (const std::size_t a : shown) kind.push_back(row.indices[a]);
    if (resolved.candidates.size() >= most_rows || !seen.insert(kind).second) continue;
    resolved.add(space.scenario(row.indices), row_name(space, row.indices, shown),
                 static_cast<std::size_t>(row.row), tables);
  }
  return decide(resolved.candidates, grid::result_info(answer.by).key, most);
}

namespace {

// Of the draws of the best run: how often it keeps all limits.
std::optional<double> limits_kept(const PlanAnswer& answer) {
  const run::ResolvedRun& best = answer.best->run();
  if (answer.goal.limits.empty() || !uncertain::uncertain(best)) return std::nullopt;
  const uncertain::Spread spread = uncertain::spread_of(best);
  const std::array<uncertain::Uncertain, 1> runs{uncertain::Uncertain{best.inputs, spread}};
  const uncertain::Draws draws(runs, uncertain::ratio_draws);
  std::vector<bool> kept(uncertain::ratio_draws.points, true);
  for (const grid::Limit& limit : answer.goal.limits) {
    const auto& drawn = draws.results(0)[limit.result];
    if (!drawn) return std::nullopt;
    for (std::size_t i = 0; i < kept.size(); ++i)
      kept[i] = kept[i] && limit.holds(drawn->values.empty() ? drawn->typical : drawn->values[i]);
  }
  return static_cast<double>(std::ranges::count(kept, true)) / static_cast<double>(kept.size());
}

}  // namespace

std::optional<Decision> verdict_of(const PlanAnswer& answer, const catalog::Catalog& tables) {
  if (!answer.best) return std::nullopt;
  const PlanFound& found = answer.found;
  const bool grows = answer.goal.grow || answer.goal.largest_model;
  std::optional<Decision> out;
  Resolved resolved;
  const auto add = [&](const std::vector<PlanPoint>& points, std::initializer_list<run::Input> named) {
    for (std::size_t i = 0; i < points.size() && i < most_rows; ++i) {
      const run::Scenario run = answer.run(points[i]);
      std::string name;
      for (const run::Input input : named) {
        if (const auto& given = run.get(input)) name += (name.empty() ? "" : " at ") + given->text;
      }
      resolved.add(run, std::move(name), i, tables);
    }
  };
  using run::Input;
  if (!grows) {
    if (found.by_hardware.size() > 1)
      add(found.by_hardware, {Input::hardware});
    else
      add(found.by_region, {Input::region});
    out = decide(resolved.candidates, grid::result_info(answer.goal.minimize).key);
  }
  const auto kept = limits_kept(answer);
  if (!out && !kept) return std::nullopt;
  if (!out) {
    out.emplace();
    out->measure = grid::result_info(answer.goal.minimize);
  }
  if (!kept) return out;
  out->limits_kept = kept;
  constexpr double percent = 100;
  const std::string share = quantity::fixed(std::floor(*kept * percent), 0) + " %";
  const std::string limits = diag::listed(answer.goal.limits, " and ", &grid::Limit::text);
  out->sentence += (out->sentence.empty() ? "" : " ") + std::string{"The best keeps "} + limits + " in " +
                   share + " of the draws" +
                   (*kept < least_sure && answer.goal.confidence == 0
                        ? "; --confidence 90 asks for one that keeps it in nine of ten"
                        : "") +
                   '.';
  return out;
}

}  // namespace kwhatif::ask
