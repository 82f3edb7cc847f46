// Charts of several runs: a comparison, a ranking of places, a plan.
#include "chart_parts.hpp"
#include "verb_pages.hpp"
#include <kwhatif/ask/plan.hpp>
#include <kwhatif/quantity/format.hpp>
#include <kwhatif/report/charts.hpp>
#include <kwhatif/report/words.hpp>

#include <algorithm>
#include <array>
#include <cmath>
#include <optional>

namespace kwhatif::report {

using ask::Comparison;
using ask::Measure;
using chart::Chart;
using quantity::significant;

namespace {

quantity::Dimension dimension_of(Measure measure) { return run::result_dimension(ask::key(measure)); }

std::string run_id(std::size_t run) { return "run-" + std::to_string(run + 1); }

std::string run_label(const Comparison& c, std::size_t run) {
  return std::to_string(run + 1) + ": " + c.runs[run].label;
}

void add_ranking(std::vector<Chart>& charts, const Comparison& c, const ask::RankingGroup& group,
                 std::size_t number) {
  double most = 0;
  const auto co2e = [&](const ask::Place& place) {
    const auto& value = c.runs[place.run].result.operational_location;
    return value && drawable(value->coherent()) ? std::optional{value->coherent()} : std::nullopt;
  };
  for (const ask::Place& place : group.places) most = std::max(most, co2e(place).value_or(0));
  const AxisUnit unit(most, quantity::dim::co2e);
  chart::Bars bars{.axis = {unit.title("CO2e, location-based"), false}, .rows = {}};
  const std::size_t limit = c.most_places.value_or(group.places.size());
  std::size_t skipped = 0;
  for (std::size_t i = 0; i < group.places.size(); ++i) {
    const ask::Place& place = group.places[i];
    const auto value = co2e(place);
    const bool chosen = place.id == c.ranking->chosen;
    if (!value || (i >= limit && !chosen && i + 1 < group.places.size())) {
      ++skipped;
      continue;
    }
    const bool band = place.low && place.high && drawable(*place.low) && drawable(*place.high);
    bars.rows.push_back({place.id, place.id,
                         band ? with_interval(*value, *place.low, *place.high, quantity::dim::co2e)
                              : quantity::human(*value, quantity::dim::co2e),
                         unit.in(*value),
                         band ? std::optional{unit.in(*place.low, *place.high)} : std::nullopt, chosen});
  }
  if (bars.rows.empty()) return;
  std::string note;
  if (skipped > 0) note += counted(skipped, "more place") + " by --limit. ";
  if (!c.left_out.empty()) note += counted(c.left_out.size(), "place") + " without data. ";
  note +=
      "Intervals are those of the grids: the energy, which all places share, is left out. Places whose "
      "intervals overlap may change their order.";
  charts.push_back({number == 0 ? "ranking" : "ranking-" + std::to_string(number + 1),
                    "CO2e by place" + (group.label.empty() ? "" : ", " + group.label),
                    "Least: " + bars.rows.front().label + ", " + bars.rows.front().words +
                        "; most: " + bars.rows.back().label + ", " + bars.rows.back().words + "; of " +
                        counted(group.places.size(), "place") + ".",
                    std::move(note), std::move(bars)});
}

// Every run over the reference.
void add_ratios(std::vector<Chart>& charts, const Comparison& c, Measure measure) {
  bool bands_known = false;
  chart::Bands bands{
      .axis = {"times run " + std::to_string(c.against + 1), true}, .rows = {}, .reference = 1};
  std::vector<std::string> said;
  for (std::size_t i = 0; i < c.runs.size(); ++i) {
    const ask::RunRatio* r = i == c.against ? nullptr : c.ratio(i, measure);
    if (r == nullptr || !r->ratio || !drawable(*r->ratio)) continue;
    const bool band = r->low && r->high && drawable(*r->low) && drawable(*r->high) &&
                      significant(*r->low) != significant(*r->high);
    bands_known = bands_known || band;
    bands.rows.push_back(
        {run_id(i), run_label(c, i),
         significant(*r->ratio) +
             (band ? " (" + significant(*r->low) + " to " + significant(*r->high) + ')' : ""),
         *r->ratio, std::nullopt, band ? std::optional{chart::Range{*r->low, *r->high}} : std::nullopt});
    said.push_back(c.runs[i].label + ' ' + bands.rows.back().words);
  }
  // of two runs the split says the ratio as well
  if (bands.rows.empty() || (c.runs.size() == 2 && !bands_known)) return;
  const std::string key{ask::key(measure)};
  charts.push_back({"ratios-" + key,
                    std::string{ask::label(measure)} + " over that of " + run_label(c, c.against),
                    "Times the reference: " + listed_shortly(said, 6) + ".",
                    bands_known ? "Intervals are those of the ratio: what both runs share cancels." : "",
                    std::move(bands)});
}

void add_split(std::vector<Chart>& charts, const Comparison& c, const ask::RunRatio& r) {
  if (!r.ratio || !drawable(*r.ratio) || *r.ratio <= 0 || r.causes.empty()) return;
  chart::Bars bars{.axis = {"factor", true}, .rows = {}, .origin = 1};
  std::vector<std::string> said;
  for (const ask::Cause& cause : r.causes) {
    if (!drawable(cause.ratio) || cause.ratio <= 0) return;
    bars.rows.push_back(
        {cause.key, cause.label,
         "× " + significant(cause.ratio) + ": " + cause.value_text + " against " + cause.against_text,
         cause.ratio, std::nullopt, false});
    said.push_back(cause.label + " × " + significant(cause.ratio));
  }
  bars.rows.push_back({"whole", "all together", "× " + significant(*r.ratio), *r.ratio, std::nullopt, true});
  charts.push_back({"split-" + std::string{ask::key(r.measure)} + '-' + run_id(r.run),
                    std::string{ask::label(r.measure)} + " of " + run_label(c, r.run) + " over " +
                        run_label(c, r.against) + ": × " + significant(*r.ratio),
                    "The ratio as a product of factors: " + listed_shortly(said, 8) + ".",
                    "Bars to the left of 1 make it less, to the right more; their product is the whole.",
                    std::move(bars)});
}

// The runs themselves.
void add_values(std::vector<Chart>& charts, const Comparison& c, Measure measure) {
  double most = 0;
  for (const auto& run : c.runs) {
    const auto value = ask::measured(run.result, measure);
    if (value && drawable(*value)) most = std::max(most, *value);
  }
  const AxisUnit unit(most, dimension_of(measure));
  chart::Bars bars{.axis = {unit.title(ask::label(measure)), false}, .rows = {}};
  std::vector<std::string> said;
  for (std::size_t i = 0; i < c.runs.size(); ++i) {
    const auto value = ask::measured(c.runs[i].result, measure);
    if (!value || !drawable(*value)) continue;
    bars.rows.push_back({run_id(i), run_label(c, i), quantity::human(*value, dimension_of(measure)),
                         unit.in(*value), std::nullopt, false});
    said.push_back(c.runs[i].label + ' ' + bars.rows.back().words);
  }
  if (bars.rows.empty()) return;
  const std::string label{ask::label(measure)};
  charts.push_back({"values-" + std::string{ask::key(measure)}, label,
                    label + " of the runs: " + listed_shortly(said, 6) + ".", "", std::move(bars)});
}

void add_runs(std::vector<Chart>& charts, const Comparison& c) {
  const auto mains = main_measures(c);
  if (mains.empty()) return;
  const auto split = [&](Measure measure) {
    constexpr std::size_t most = 6;  // as many as anybody looks at
    std::size_t splits = 0;
    for (std::size_t i = 0; i < c.runs.size() && splits < most; ++i) {
      const ask::RunRatio* r = i == c.against ? nullptr : c.ratio(i, measure);
      const std::size_t before = charts.size();
      if (r != nullptr) add_split(charts, c, *r);
      splits += charts.size() - before;
    }
  };
  if (c.runs.size() == 2) {
    for (const Measure m : mains) split(m);
  }
  for (const Measure m : mains) add_ratios(charts, c, m);
  if (c.runs.size() > 2) split(mains.front());
  for (const Measure m : c.measures) add_values(charts, c, m);
}

// --- plan

// What is minimised or grown, in words and its dimension.
struct Aim {
  std::string label;
  quantity::Dimension dimension;
};

Aim aim_of(const ask::PlanAnswer& answer) {
  const ask::PlanGoal& goal = answer.goal;
  if (goal.grow) {
    const auto& input = run::info(*goal.grow);
    return {std::string{input.label}, input.dimension};
  }
  const std::size_t result = goal.largest_model ? *grid::result_named("flops") : goal.minimize;
  return {std::string{grid::result_info(result).label}, grid::result_dimension(result)};
}

std::string input_of(const run::Scenario& run, run::Input input) {
  return run.has(input) ? run.get(input)->text : std::string{};
}

// What tells points apart: "512 x h100-sxm5, gcp:us-central1".
std::string point_label(const ask::PlanAnswer& answer, const ask::PlanPoint& point) {
  const auto run = answer.run(point);
  const std::string chips = input_of(run, run::Input::chips);
  std::string out = (chips.empty() ? "" : chips + " x ") + input_of(run, run::Input::hardware);
  std::string place = input_of(run, run::Input::region);
  if (place.empty()) place = input_of(run, run::Input::grid);
  if (!place.empty()) out += (out.empty() ? "" : ", ") + place;
  return out.empty() ? "row " + std::to_string(point.row + 1) : out;
}

void add_best_of(std::vector<Chart>& charts, const ask::PlanAnswer& answer, std::string id, std::string title,
                 const std::vector<ask::PlanPoint>& points) {
  if (points.size() < 2) return;
  const Aim aim = aim_of(answer);
  double most = 0;
  for (const auto& point : points) {
    if (drawable(point.value)) most = std::max(most, point.value);
  }
  const AxisUnit unit(most, aim.dimension);
  chart::Bars bars{.axis = {unit.title(aim.label), false}, .rows = {}};
  for (const auto& point : points) {
    if (!drawable(point.value)) continue;
    bars.rows.push_back({"row-" + std::to_string(point.space) + '-' + std::to_string(point.row),
                         point_label(answer, point), quantity::human(point.value, aim.dimension),
                         unit.in(point.value), std::nullopt, bars.rows.empty()});
  }
  if (bars.rows.empty()) return;
  const std::string description = aim.label + ". Best: " + bars.rows.front().label + ", " +
                                  bars.rows.front().words + "; last: " + bars.rows.back().label + ", " +
                                  bars.rows.back().words + ".";
  charts.push_back({std::move(id), std::move(title), description, "", std::move(bars)});
}

void add_front(std::vector<Chart>& charts, const ask::PlanAnswer& answer) {
  if (answer.found.front.size() < 2) return;
  struct Drawn {
    const ask::PlanPoint* point;
    double cost, co2e;
  };
  std::vector<Drawn> drawn;
  double most_cost = 0;
  double most_co2e = 0;
  for (const auto& point : answer.found.front) {
    const auto& cost = point.result.cost;
    const auto& co2e = point.result.operational_location;
    if (!cost || !co2e || !drawable(cost->coherent()) || !drawable(co2e->coherent())) continue;
    drawn.push_back({&point, cost->coherent(), co2e->coherent()});
    most_cost = std::max(most_cost, cost->coherent());
    most_co2e = std::max(most_co2e, co2e->coherent());
  }
  if (drawn.size() < 2) return;
  const AxisUnit cost(most_cost, quantity::dim::money);
  const AxisUnit co2e(most_co2e, quantity::dim::co2e);
  const bool knee = std::ranges::any_of(drawn, [](const Drawn& d) { return d.point->knee; });
  chart::Scatter scatter{.x = {cost.title("Cost"), true},
                         .y = {co2e.title("CO2e, location-based"), true},
                         .diagonal = false,
                         .joined = false,
                         .points = {},
                         .inside_words = "no other run beats it in CO2e, time and cost at once",
                         .outside_words = knee ? "the balanced one: less of one costs much of another" : ""};
  for (const Drawn& d : drawn) {
    const std::string label = point_label(answer, *d.point);
    std::string words = label + ": " + quantity::human(d.co2e, quantity::dim::co2e) + ", " +
                        quantity::human(d.cost, quantity::dim::money);
    if (d.point->result.wall_time) words += ", " + quantity::human(*d.point->result.wall_time);
    scatter.points.push_back({"row-" + std::to_string(d.point->space) + '-' + std::to_string(d.point->row),
                              words, drawn.size() <= 12 || d.point->knee ? label : "", cost.in(d.cost),
                              co2e.in(d.co2e), std::nullopt, d.point->knee});
  }
  charts.push_back({"front", "CO2e against cost of the runs that no other beats",
                    counted(drawn.size(), "run") + "; CO2e from " + scatter.points.front().words + " to " +
                        scatter.points.back().words + ".",
                    "", std::move(scatter)});
}

}  // namespace

std::vector<Chart> charts_of(const Comparison& answer, const catalog::Catalog&) {
  std::vector<Chart> out;
  if (!answer.ranks()) {
    add_runs(out, answer);
    return out;
  }
  constexpr std::size_t most_groups = 6;
  const auto& groups = answer.ranking->groups;
  for (std::size_t i = 0; i < std::min(groups.size(), most_groups); ++i)
    add_ranking(out, answer, groups[i], i);
  if (groups.size() > most_groups && !out.empty())
    out.back().note += ' ' + counted(groups.size() - most_groups, "more group") + " not drawn.";
  return out;
}

std::vector<Chart> charts_of(const ask::PlanAnswer& answer, const catalog::Catalog& tables) {
  std::vector<Chart> out;
  if (!answer.best) return out;
  add_best_of(out, answer, "devices", "Each device at its best place and count", answer.found.by_hardware);
  add_best_of(out, answer, "places", "Each place with its best device and count", answer.found.by_region);
  add_front(out, answer);
  for (Chart& chart : charts_of(*answer.best, tables)) {
    chart.id = "best-" + chart.id;
    chart.title = "Best run: " + chart.title;
    out.push_back(std::move(chart));
  }
  return out;
}

}  // namespace kwhatif::report
