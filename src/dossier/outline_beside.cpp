// Sections of what is more than one run: a comparison, a plan, a life cycle.
#include "outline.hpp"
#include <kwhatif/diag/words.hpp>
#include <kwhatif/grid/sweep.hpp>
#include <kwhatif/quantity/format.hpp>
#include <kwhatif/report/charts.hpp>
#include <kwhatif/report/table.hpp>
#include <kwhatif/report/words.hpp>

#include <algorithm>
#include <array>
#include <cmath>

namespace kwhatif::dossier {

using quantity::human;
using quantity::significant;

namespace {

template <class Answer>
void add_charts(Section& out, const Answer& answer, const catalog::Catalog& tables) {
  for (chart::Chart& one : report::charts_of(answer, tables)) out.draw(std::move(one));
}

void add_sentence(Section& out, const std::optional<ask::Decision>& verdict) {
  if (verdict && !verdict->sentence.empty()) out.say(verdict->sentence);
}

Cell number_cell(const std::optional<double>& coherent, const quantity::Dimension& dimension) {
  return coherent && std::isfinite(*coherent) ? Cell{human(*coherent, dimension)}
                                              : Cell{std::string{not_estimated}, true};
}

// --- comparison -------------------------------------------------------------------------------------------

void add_ratios(Section& out, const ask::Comparison& answer) {
  for (const ask::Measure measure : answer.measures) {
    Grid grid{
        .caption = std::string{ask::label(measure)} + " over that of " + answer.runs[answer.against].label,
        .heads = {{"Run"}, {"Ratio", true}, {"90 % prediction interval", true}, {"Causes, as factors"}}};
    for (const ask::RunRatio& ratio : answer.ratios) {
      if (ratio.measure != measure) continue;
      std::string causes;
      for (const ask::Cause& cause : ratio.causes)
        causes += (causes.empty() ? "" : "; ") + cause.label + ' ' + significant(cause.ratio);
      grid.rows.push_back(
          {{answer.runs[ratio.run].label},
           ratio.ratio ? Cell{significant(*ratio.ratio)} : Cell{std::string{not_estimated}, true},
           ratio.low && ratio.high ? Cell{significant(*ratio.low) + " to " + significant(*ratio.high)}
                                   : Cell{"none"},
           causes.empty() ? Cell{"not split"} : Cell{causes}});
    }
    out.table(std::move(grid));
  }
}

void add_ranking(Section& out, const ask::Comparison& answer) {
  for (const ask::RankingGroup& group : answer.ranking->groups) {
    Grid grid{.caption = "Places, the least CO2e first" + (group.label.empty() ? "" : ": " + group.label),
              .heads = {{"Place"}, {"Rank", true}, {"CO2e, location-based", true}, {"Over the best", true}}};
    const std::size_t most = answer.most_places.value_or(group.places.size());
    for (const ask::Place& place : group.places) {
      if (grid.rows.size() == most) break;
      const auto& co2e = answer.runs[place.run].result.operational_location;
      std::string rank = std::to_string(place.rank_low);
      if (place.rank_high != place.rank_low) rank += " to " + std::to_string(place.rank_high);
      grid.rows.push_back(
          {{place.name.empty() || place.name == place.id ? place.id : place.name + " (" + place.id + ')'},
           {rank},
           co2e ? Cell{human(*co2e)} : Cell{std::string{not_estimated}, true},
           place.over_best ? Cell{significant(*place.over_best)} : Cell{"-"}});
    }
    out.table(std::move(grid));
  }
  out.say("Places that share a rank do not differ by these data.");
}

// --- plan -------------------------------------------------------------------------------------------------

std::string goal_words(const ask::PlanAnswer& answer) {
  if (answer.goal.grow)
    return "most " + std::string{*answer.goal.grow == run::Input::tokens ? "tokens" : "parameters"};
  if (answer.goal.largest_model) return "the largest model";
  std::string what{grid::result_info(answer.goal.minimize).label};
  const bool word = what.size() > 1 && what[1] >= 'a' && what[1] <= 'z';  // not CO2e
  if (word && what[0] >= 'A' && what[0] <= 'Z') what[0] = static_cast<char>(what[0] - 'A' + 'a');
  return "least " + what;
}

void add_points(Section& out, const ask::PlanAnswer& answer, std::string caption,
                const std::vector<ask::PlanPoint>& points) {
  constexpr std::size_t most = 20;
  constexpr std::array inputs{run::Input::hardware, run::Input::chips, run::Input::region, run::Input::grid};
  if (points.empty()) return;
  if (points.size() > most) caption += " (the first " + std::to_string(most) + ')';
  Grid grid{.caption = std::move(caption),
            .heads = {{"Run"}, {"Energy", true}, {"CO2e", true}, {"Wall time", true}, {"Cost", true}}};
  for (const ask::PlanPoint& point : points) {
    if (grid.rows.size() == most) break;
    const auto given = answer.run(point);
    std::string words;
    for (const run::Input input : inputs) {
      if (!given.has(input)) continue;
      words += (words.empty() ? "" : ", ") + given.get(input)->text;
      if (input == run::Input::chips) words += " devices";
    }
    const auto cell = [](const auto& field) {
      return field ? number_cell(field->coherent(), std::remove_cvref_t<decltype(*field)>::dimension)
                   : Cell{std::string{not_estimated}, true};
    };
    grid.rows.push_back({{words},
                         cell(point.result.facility_energy),
                         cell(point.result.operational_location),
                         cell(point.result.wall_time),
                         cell(point.result.cost)});
  }
  out.table(std::move(grid));
}

// --- life cycle -------------------------------------------------------------------------------------------

std::vector<Cell> part_cells(const std::string& label, const ask::LifecyclePart& part,
                             const std::optional<double>& share) {
  namespace dim = quantity::dim;
  return {{label},
          number_cell(part.energy, dim::energy),
          number_cell(part.location, dim::co2e),
          number_cell(part.embodied, dim::co2e),
          number_cell(part.total, dim::co2e),
          number_cell(part.water, dim::water),
          number_cell(part.cost, dim::money),
          share ? Cell{quantity::percent(*share)} : Cell{"-"}};
}

// What serving does: "takes as much energy as all before it after 1.4 billion queries (90 % …)".
std::string break_even_words(const ask::ServingShare& even) {
  std::string out = "takes as much energy as all before it after " +
                    report::in_words(std::round(even.queries)) + " queries";
  if (even.low && even.high)
    out += " (90 % prediction interval " + report::in_words(std::round(*even.low)) + " to " +
           report::in_words(std::round(*even.high)) + ')';
  return out;
}

}  // namespace

std::string serving_sentence(const ask::LifecycleAnswer& answer) {
  std::string out;
  for (const auto& phase : answer.phases) {
    if (phase.key != "serving" || !phase.part.energy || !answer.queries) continue;
    out = "Serving " + report::in_words(std::round(*answer.queries)) + " queries is forecast to draw " +
          quantity::human(*phase.part.energy, quantity::dim::energy) + " at the facility meter";
    if (phase.part.location)
      out += ", i.e. " + quantity::human(*phase.part.location, quantity::dim::co2e) + " CO2e of electricity";
    if (const auto* even = answer.break_even()) out += "; serving " + break_even_words(*even);
    out += '.';
  }
  return out;
}

Section comparison_section(const Dossier& dossier) {
  Section out{"comparison", "Comparison"};
  const ask::Comparison& answer = *dossier.comparison;
  add_sentence(out, answer.verdict);
  if (!answer.rule_words.empty()) out.say("What is held equal: " + answer.rule_words + '.');
  if (answer.ranking)
    add_ranking(out, answer);
  else
    add_ratios(out, answer);
  add_charts(out, answer, *dossier.tables);
  std::vector<Cell> left;
  for (const std::string& words : answer.left_out) left.push_back({words});
  if (!left.empty()) {
    out.say("Left out:");
    out.list(std::move(left));
  }
  return out;
}

Section plan_section(const Dossier& dossier) {
  Section out{"plan", "What was searched"};
  const ask::PlanAnswer& answer = *dossier.plan;
  const std::string limits = diag::listed(answer.goal.limits, " and ", &grid::Limit::text);
  out.say("Of " + report::grouped(answer.found.points) + " runs the one with " + goal_words(answer) +
          (limits.empty() ? ", without limits." : " that meets the limits: " + limits + '.'));
  if (answer.goal.confidence > 0)
    out.say("The limits hold together in " + quantity::percent(answer.goal.confidence) +
            " of the draws of all that is uncertain.");
  add_sentence(out, answer.verdict);
  add_points(out, answer, "Each device at its best place and number", answer.found.by_hardware);
  add_points(out, answer, "Each place with its best device and number", answer.found.by_region);
  add_points(out, answer, "Runs that no other beats in all of CO2e, time and cost", answer.found.front);
  add_charts(out, answer, *dossier.tables);
  std::vector<Cell> left;
  for (const auto& one : answer.left_out)
    left.push_back({one.axis + ' ' + diag::listed(one.values) + ": " + one.why});
  if (!left.empty()) {
    out.say("Left out:");
    out.list(std::move(left));
  }
  out.say("The sections below are of the best run.");
  return out;
}

Section life_section(const Dossier& dossier) {
  Section out{"life", "Life cycle"};
  const ask::LifecycleAnswer& answer = *dossier.life;
  if (const auto* even = answer.break_even()) out.say("Serving " + break_even_words(*even) + '.');
  Grid phases{.caption = "Phases of the life",
              .heads = {{"Phase"},
                        {"Energy", true},
                        {"CO2e of electricity", true},
                        {"of manufacture", true},
                        {"CO2e in all", true},
                        {"Water", true},
                        {"Cost", true},
                        {"Share of energy", true}}};
  for (const auto& phase : answer.phases)
    phases.rows.push_back(part_cells(phase.label, phase.part, phase.share.energy));
  phases.rows.push_back(part_cells("In all", answer.total, std::nullopt));
  out.table(std::move(phases));
  Grid shares{.caption = "Queries after which serving is a share of all energy",
              .heads = {{"Share of serving"}, {"Queries", true}, {"90 % prediction interval", true}}};
  for (const auto& one : answer.shares)
    shares.rows.push_back({{quantity::percent(one.share)},
                           {report::in_words(std::round(one.queries))},
                           one.low && one.high ? Cell{report::in_words(std::round(*one.low)) + " to " +
                                                      report::in_words(std::round(*one.high))}
                                               : Cell{"none"}});
  out.table(std::move(shares));
  Grid scores{.caption = "Scores: CO2e of electricity and manufacture per unit (ISO/IEC 21031, SCI for AI)",
              .heads = {{"View"}, {"CO2e", true}, {"per"}}};
  for (const auto& score : answer.scores)
    scores.rows.push_back({{score.view}, number_cell(score.value, quantity::dim::co2e), {score.unit}});
  out.table(std::move(scores));
  add_charts(out, answer, *dossier.tables);
  std::vector<Cell> missing;
  for (const std::string& words : answer.missing) missing.push_back({words, true});
  if (!missing.empty()) {
    out.say("The sum leaves out:");
    out.list(std::move(missing));
  }
  out.say("The sections below are of the training.");
  return out;
}

}  // namespace kwhatif::dossier
