// Runs told apart by paired draws.
#include "verdict_words.hpp"
#include <kwhatif/ask/verdict.hpp>
#include <kwhatif/run/estimator.hpp>
#include <kwhatif/uncertain/uncertainty.hpp>

#include <algorithm>
#include <array>
#include <cmath>

namespace kwhatif::ask {

using uncertain::Drawn;
using uncertain::Draws;

namespace {

constexpr double rounding = 1e-12;

std::optional<double> result_of(const run::RunEstimate<double>& results, std::string_view key) {
  std::optional<double> out;
  run::for_each_result(results, [&](const run::ResultInfo& info, const auto& field) {
    if (info.key == key && field && std::isfinite(field->coherent())) out = field->coherent();
  });
  return out;
}

std::size_t number_of(std::string_view key) {
  const auto at = std::ranges::find(run::result_table, key, &run::ResultInfo::key);
  return static_cast<std::size_t>(at - run::result_table.begin());
}

// Share of the draws in which the first is less than the second; a tie counts half.
double share_less(const Drawn& first, const Drawn& second) {
  const std::size_t draws = std::max({first.values.size(), second.values.size(), std::size_t{1}});
  double less = 0;
  for (std::size_t i = 0; i < draws; ++i) {
    const double a = first.values.empty() ? first.typical : first.values[i];
    const double b = second.values.empty() ? second.typical : second.values[i];
    const bool tie = std::fabs(a - b) <= rounding * std::max(std::fabs(a), std::fabs(b));
    less += tie ? 0.5 : a < b ? 1 : 0;
  }
  return less / static_cast<double>(draws);
}

// What the two do not share leaves the ratio alone.
bool fixed(const Drawn& ratio) {
  return std::ranges::all_of(ratio.values, [&](double r) {
    return std::fabs(r - ratio.typical) <= 1e-9 * std::fabs(ratio.typical);
  });
}

Order order_of(double probability) {
  if (probability >= least_sure) return Order::sure;
  return probability >= least_likely ? Order::likely : Order::open;
}

// The input behind most of the spread of a ratio, and whose it is.
void add_settling(const Draws& draws, const Drawn& ratio, Beside& out) {
  struct Part {
    double all = 0;
    std::array<double, 2> own{};  ///< of what only one of the two has
  };
  std::array<Part, run::slot_count> parts{};
  double variance = 0;
  for (std::size_t v = 0; v < ratio.effects.size(); ++v) {
    const double square = ratio.effects[v] * ratio.effects[v];
    if (square == 0) continue;
    const auto& feeds = draws.sources()[v].feeds;
    Part& part = parts[static_cast<std::size_t>(feeds.front().slot)];
    part.all += square;
    variance += square;
    const std::size_t run = feeds.front().run;
    if (std::ranges::all_of(feeds, [&](const auto& feed) { return feed.run == run; }))
      part.own[run] += square;
  }
  if (variance == 0) return;
  const auto most = std::ranges::max_element(parts, {}, &Part::all);
  constexpr double mostly = 0.75;
  out.settles = static_cast<run::Slot>(most - parts.begin());
  out.settles_share = most->all / variance;
  for (std::size_t run = 0; run < 2; ++run) {
    if (most->own[run] > mostly * most->all) out.settles_run = run;
  }
}

// Of a run in stages only the sum is known here, and not how its parts move.
bool in_stages(const run::ResolvedRun& run) {
  return run.record(run::Slot::device_time).origin.note.starts_with("sum of the stages");
}

}  // namespace

std::string_view name(Order order) {
  constexpr std::array<std::string_view, 5> names{"same", "certain", "sure", "likely", "open"};
  return names[static_cast<std::size_t>(order)];
}

Beside set_beside(const run::ResolvedRun& best, const run::ResolvedRun& other, std::string_view measure,
                  bool most) {
  Beside out;
  const std::size_t k = number_of(measure);
  const uncertain::Spread best_spread = uncertain::spread_of(best);
  const uncertain::Spread other_spread = uncertain::spread_of(other);
  const std::array<uncertain::Uncertain, 2> runs{uncertain::Uncertain{best.inputs, best_spread},
                                                 uncertain::Uncertain{other.inputs, other_spread}};
  const Draws draws(runs, uncertain::ratio_draws);
  const Drawn& a = *draws.results(0)[k];
  const Drawn& b = *draws.results(1)[k];
  out.exact = !uncertain::uncertain(best) && !uncertain::uncertain(other);
  out.probability = most ? share_less(b, a) : share_less(a, b);
  if (a.typical == 0) {  // nothing times anything: draws do not change it
    out.order = b.typical == 0 ? Order::same : Order::certain;
    return out;
  }
  const Drawn ratio = b / a;
  out.ratio = ratio.typical;
  if (fixed(ratio)) {
    out.order = std::fabs(ratio.typical - 1) <= 1e-9 ? Order::same : Order::certain;
    return out;
  }
  out.order = order_of(out.probability);
  if (const auto band = draws.band(run::result_table[k], ratio)) {
    out.low = std::min(band->p05, ratio.typical);
    out.high = std::max(band->p95, ratio.typical);
  }
  add_settling(draws, ratio, out);
  return out;
}

namespace {

// Where only the place differs, the odds between the grids, as the ranking has them: the factors of the
// technologies are common to both.
void take_odds_of_places(const Candidate& best, const Candidate& other, Beside& beside) {
  const auto& one = best.run->intensity;
  const auto& two = other.run->intensity;
  if (!one || !two || beside.order == Order::same || beside.order == Order::certain) return;
  const double rest = other.result.operational_location->coherent() /
                      best.result.operational_location->coherent() / (two->g_per_kwh / one->g_per_kwh);
  beside.probability = run::probability_cleaner(*one, *two, rest);
  beside.order = order_of(beside.probability);
}

}  // namespace

bool one_definition(const std::vector<Candidate>& candidates) {
  const run::GridIntensity* first = nullptr;
  for (const Candidate& c : candidates) {
    if (!c.run->intensity) continue;
    const run::GridIntensity& found = *c.run->intensity;
    if (found.status == run::IntensityStatus::refused && candidates.size() > 1) return false;
    if (first == nullptr) first = &found;
    if (found.comparable() != first->comparable()) return false;
    if (found.boundary != first->boundary || found.basis != first->basis) return false;
    if (!found.comparable() && found.read_year != first->read_year) return false;
  }
  return true;
}

std::optional<Decision> decide(const std::vector<Candidate>& candidates, std::string_view measure, bool most,
                               std::string_view with, bool of_places) {
  Decision out;
  out.measure = run::result_table[number_of(measure)];
  out.most = most;
  std::vector<std::size_t> known;
  for (std::size_t i = 0; i < candidates.size(); ++i) {
    out.names.push_back(candidates[i].name);
    out.index.push_back(candidates[i].index);
    (result_of(candidates[i].result, measure) ? known : out.unknown).push_back(i);
  }
  if (known.size() < 2) return std::nullopt;
  if (std::ranges::any_of(candidates, [](const Candidate& c) { return in_stages(*c.run); }))
    return std::nullopt;
  if (measure == "operational_location" && !one_definition(candidates)) return std::nullopt;
  const auto value = [&](std::size_t i) {
    const double x = *result_of(candidates[i].result, measure);
    return most ? -x : x;
  };
  out.best = *std::ranges::min_element(known, {}, value);
  for (const std::size_t i : known) {
    if (i == out.best) continue;
    Beside beside = set_beside(*candidates[out.best].run, *candidates[i].run, measure, most);
    if (of_places) take_odds_of_places(candidates[out.best], candidates[i], beside);
    beside.run = i;
    if (beside.settles_run) beside.settles_run = *beside.settles_run == 0 ? out.best : i;
    out.others.push_back(beside);
  }
  std::ranges::stable_sort(out.others, [&](const Beside& a, const Beside& b) {
    const bool same_a = a.order == Order::same;
    const bool same_b = b.order == Order::same;
    if (same_a != same_b) return same_a;
    if (a.probability != b.probability) return a.probability < b.probability;
    return value(a.run) < value(b.run);
  });
  for (const std::size_t i : {out.best, out.others.front().run}) {
    const auto& records = candidates[i].run->records;
    if (std::ranges::any_of(records, [](const run::SlotRecord& record) {
          return record.distribution && record.distribution->tier == predict::Tier::judgement;
        }))
      out.judged.push_back(i);
  }
  out.sentence = verdict_sentence(out, with);
  return out;
}

}  // namespace kwhatif::ask
