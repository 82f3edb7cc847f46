#include "plan_page.hpp"

#include "grid_pages.hpp"
#include "verdict.hpp"
#include <kwhatif/diag/words.hpp>
#include <kwhatif/grid/confidence.hpp>
#include <kwhatif/quantity/format.hpp>
#include <kwhatif/report/words.hpp>

#include <algorithm>
#include <cmath>
#include <span>

namespace kwhatif::report {

using ask::PlanAnswer;
using ask::PlanPoint;
using run::Input;

namespace {

constexpr std::array inputs_shown{Input::hardware, Input::chips,  Input::region, Input::grid,
                                  Input::model,    Input::params, Input::tokens};

std::vector<std::size_t> results_shown(const PlanAnswer& answer) {
  std::vector<std::size_t> out;
  for (const std::string_view name : {"facility_energy", "operational_location", "wall_time", "cost"})
    out.push_back(*grid::result_named(name));
  if (std::ranges::find(out, answer.goal.minimize) == out.end()) out.push_back(answer.goal.minimize);
  return out;
}

// Number of a count for people: "1.4 T", "512".
std::string input_shown(Input input, const std::string& text) {
  if (input != Input::params && input != Input::tokens && input != Input::chips) return text;
  std::vector<diag::Diagnostic> none;
  const auto parsed = run::read_quantity(input, {text, {}, ""}, none);
  if (!parsed) return text;
  std::string out = quantity::human(parsed->coherent, run::info(input).dimension);
  return out.substr(0, out.find(" tokens")).substr(0, out.find(" parameters"));
}

// The words of the run's work; all runs of a plan are of one kind, or tokens.
const run::WorkUnit& work_of(const PlanAnswer& answer) {
  static const run::WorkUnit tokens;
  const auto& spaces = answer.found.spaces;
  return spaces.empty() ? tokens : spaces.front().sample().work;
}

// What was to grow: "tokens", "images".
std::string grown_words(const PlanAnswer& answer) {
  return answer.goal.grow == Input::tokens ? std::string{work_of(answer).many} : "parameters";
}

// "94.1 %": cut, so that 89.99 % is not shown as 90 %.
std::string share_shown(double share) {
  constexpr double steps = 1000;
  const auto permille = static_cast<int>(share * steps);
  return std::to_string(permille / 10) + (permille % 10 != 0 ? '.' + std::to_string(permille % 10) : "") +
         " %";
}

// " at 90 % probability", where that was asked for.
std::string surely(const PlanAnswer& answer) {
  return answer.goal.confidence > 0 ? " at " + share_shown(answer.goal.confidence) + " probability" : "";
}

// The inputs that differ between the points, and their main results.
Table point_table(const PlanAnswer& answer, const std::vector<PlanPoint>& points) {
  Table table;
  std::vector<Input> inputs;
  for (const Input input : inputs_shown) {
    const auto& spaces = answer.found.spaces;
    const bool varies =
        answer.goal.grow == input || std::ranges::any_of(spaces, [&](const grid::Space& space) {
          return std::ranges::any_of(space.axes(),
                                     [&](const grid::Axis& axis) { return axis.input == input; });
        });
    if (!varies) continue;
    inputs.push_back(input);
    table.columns.push_back({work_of(answer).said(std::string{run::info(input).flag}),
                             input == Input::chips ? Align::right : Align::left});
  }
  const auto results = results_shown(answer);
  for (const std::size_t r : results) table.columns.push_back({result_head(r), Align::right});
  const auto any = [&](auto has) { return std::ranges::any_of(points, has); };
  const bool shares = any([](const PlanPoint& p) { return p.share.has_value(); });
  if (shares) table.columns.push_back({"Probability", Align::right});
  const bool knees = any([](const PlanPoint& p) { return p.knee; });
  if (knees) table.columns.push_back({""});
  for (const PlanPoint& point : points) {
    const auto run = answer.run(point);
    auto& cells = table.rows.emplace_back();
    for (const Input input : inputs)
      cells.push_back(run.has(input) ? input_shown(input, run.get(input)->text) : "");
    for (const std::size_t r : results) cells.push_back(shown(r, grid::result_value(point.result, r)));
    if (shares) cells.push_back(point.share ? share_shown(*point.share) : "");
    if (knees) cells.push_back(point.knee ? "<- knee" : "");
  }
  return table;
}

// The points of a long list that are shown: its ends and knees, and evenly spaced ones between.
std::vector<PlanPoint> thinned(const std::vector<PlanPoint>& all) {
  constexpr std::size_t most = 20;
  if (all.size() <= most) return all;
  std::vector<PlanPoint> out;
  std::size_t next = 0;
  for (std::size_t i = 0; i < all.size(); ++i) {
    const bool in_turn = i == next * (all.size() - 1) / (most - 1);
    if (in_turn) ++next;
    if (in_turn || all[i].knee) out.push_back(all[i]);
  }
  return out;
}

// Why one limit is not met: "binds: the least is 203 kUSD, 203 times the limit (h100-sxm5, …)".
std::string binding_words(const PlanAnswer& answer, const ask::Binding& b) {
  if (!b.nearest) return "no run of the grid has this result at all";
  if (!std::isfinite(b.value)) return "cannot be met: the least is beyond what a number can hold";
  const auto run = answer.run(*b.nearest);
  std::string where;
  for (const Input input : {Input::hardware, Input::chips, Input::region, Input::grid}) {
    if (!run.has(input)) continue;
    where.append(where.empty() ? "" : ", ").append(input_shown(input, run.get(input)->text));
    if (input == Input::chips) where += " devices";
  }
  if (b.limit.holds(b.value)) {
    const double share = b.nearest->share.value_or(0);
    return "can be met, but not together with the others" +
           (share > 0 ? ": the probability of meeting all with " + where + " is " + share_shown(share)
                      : std::string{});
  }
  constexpr double telling = 1e6;
  const double ratio = b.limit.bound > 0 ? b.value / b.limit.bound : telling;
  const std::string times = ratio < telling ? ", " + quantity::significant(ratio) + " times the limit" : "";
  const bool lower =
      b.limit.compare == grid::Limit::Compare::at_least || b.limit.compare == grid::Limit::Compare::more;
  const std::string sure = surely(answer);
  return std::string{b.alone ? "cannot be met at all" : "binds"} + ": the " + (lower ? "most" : "least") +
         (sure.empty() ? "" : " that can be met" + sure) + " is " +
         quantity::human(b.value, grid::result_dimension(b.limit.result)) + times + " (" + where + ")";
}

void add_failure(Page& page, const PlanAnswer& answer) {
  const std::uint64_t points = answer.found.points;
  if (answer.no_fit) {
    page.paragraph("No plan: " + answer.no_fit->message +
                   ", for any device and number of them that was searched (" + answer.no_fit->help + ").");
  } else if (answer.found.without) {
    page.paragraph(
        "No plan: no run that meets the limits has a known " +
        std::string{grid::result_info(answer.goal.minimize).label} +
        ". What one of them lacks is said by: " + explain_command(answer.run(*answer.found.without)));
  } else {
    page.paragraph("No plan meets the limits" + surely(answer) + ": none of " + grouped(points) +
                   (points == 1 ? " run" : " runs") + " does.");
    page.gap();
    for (const auto& b : answer.found.bindings)
      page.hanging("  ", b.limit.text + ": " + binding_words(answer, b), 4);
  }
}

void add_best(Page& page, const PlanAnswer& answer) {
  const ask::PlanGoal& goal = answer.goal;
  const ask::PlanFound& found = answer.found;
  const std::string what = grown_words(answer);
  const std::string limits = diag::listed(goal.limits, " and ", &grid::Limit::text) + surely(answer);
  page.paragraph((found.unlimited ? "Any number of " + what + " meets the limits, for example here"
                                  : plan_goal(answer, grid::result_info(goal.minimize).label)) +
                 (limits.empty() ? "" : " with " + limits) + ", of " + grouped(found.points) +
                 (found.points == 1 ? " run" : " runs"));
  page.gap().table(point_table(answer, {*found.best}), 0, {0});
  if (answer.end == ask::PlanEnd::accepted)
    page.paragraph("No limit is near: more " + what + " are not accepted.");
  if (answer.end == ask::PlanEnd::memory)
    page.paragraph("No limit is near: a larger model does not fit into the memory of the devices.");
}

// What is predicted for a device without published training runs.
void add_prediction(Page& page, const PlanAnswer& answer) {
  const run::ResolvedRun& run = answer.best->run();
  const bool predicted = std::ranges::any_of(run.records, [](const auto& record) {
    return record.distribution && record.distribution->tier != predict::Tier::known;
  });
  if (!predicted || !run.hardware) return;
  page.gap().paragraph(
      "No training run on " + std::string{run.hardware->id()} +
      " is published: the prediction uses other devices of its class." +
      (answer.goal.confidence > 0 ? "" : " --confidence 90 asks for limits that hold all the same."));
}

void add_lists(Page& page, const PlanAnswer& answer) {
  const auto section = [&](const std::string& title, const std::vector<PlanPoint>& points) {
    if (points.size() > 1) page.gap().heading(title).table(point_table(answer, points));
  };
  const auto& all = answer.found.front;
  const auto front = thinned(all);
  section("Each device at its best place and count", answer.found.by_hardware);
  section("Each place with its best device and count", answer.found.by_region);
  section("Runs that no other beats in all of CO2e, time and cost" +
              (front.size() < all.size()
                   ? " (" + grouped(front.size()) + " of " + grouped(all.size()) + ", --csv has all)"
                   : std::string{}),
          front);
  if (answer.found.front_too_long)
    page.gap().paragraph(
        "More runs than can be listed are beaten by no other in all of CO2e, time and cost: the axes are "
        "long.");
}

// Values of the axes that no run can have.
void add_left_out(Page& page, const PlanAnswer& answer) {
  constexpr std::size_t named = 12;
  if (answer.left_out.empty()) return;
  page.gap().heading("Left out");
  for (const auto& left : answer.left_out) {
    std::string line =
        left.axis + ' ' + diag::listed(std::span{left.values}.first(std::min(named, left.values.size())));
    if (left.values.size() > named) line += " and " + grouped(left.values.size() - named) + " more";
    page.paragraph(line + ": " + left.why, 2);
  }
}

// Where the search got its devices and regions from, and what it did without.
void add_offers(Page& page, const PlanAnswer& answer) {
  const ask::Availability& offers = answer.offers;
  if (offers.sources.empty() && offers.notes.empty()) return;
  page.gap().heading("Offers");
  if (!offers.sources.empty())
    page.paragraph("Which region offers which device is from " +
                       diag::listed(offers.sources, " ", [](const auto& id) { return '[' + id + ']'; }) +
                       "; see `kwhatif list offers`.",
                   2);
  for (const std::string& note : offers.notes) page.paragraph(note, 2);
}

}  // namespace

std::string plan_goal(const PlanAnswer& answer, std::string_view least_of) {
  const ask::PlanGoal& goal = answer.goal;
  if (goal.grow) return "most " + grown_words(answer);
  return goal.largest_model ? "largest model" : "least " + std::string{least_of};
}

Page plan_page(const PlanAnswer& answer, const catalog::Catalog& tables) {
  Page page;
  if (answer.best) {
    add_best(page, answer);
    add_prediction(page, answer);
    add_lists(page, answer);
    page.append(uncertainty_page(*answer.best, "Uncertainty of the best plan"));
    add_verdict(page, answer.verdict);
  } else {
    add_failure(page, answer);
  }
  page.asides();
  if (answer.best) page.append(heads_note(results_shown(answer)));
  if (answer.best && answer.goal.confidence > 0)
    page.gap().paragraph("Probability of meeting the limits: the share of " +
                         grouped(grid::limit_draws.points) +
                         " draws of all that is predicted or known with a range in which all of them hold. "
                         "Energy, CO2e, time and cost are central values.");
  if (!answer.notes.empty()) page.gap().append(notes_page(answer.notes));
  add_left_out(page, answer);
  add_offers(page, answer);
  if (answer.best) {
    page.gap().command("Explain it: ", explain_command(answer.run(*answer.found.best)));
    page.gap().append(grid_assumptions_page(answer.found.spaces[answer.found.best->space], answer.assumptions,
                                            "`kwhatif explain`"));
  } else {
    page.gap();
  }
  for (const std::string& line : attributions(tables, answer.sources())) page.paragraph(line, 2);
  return page;
}

}  // namespace kwhatif::report
