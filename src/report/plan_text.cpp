#include "pages.hpp"
#include <kwhatif/diag/words.hpp>
#include <kwhatif/grid/axis.hpp>
#include <kwhatif/grid/confidence.hpp>
#include <kwhatif/quantity/format.hpp>
#include <kwhatif/report/estimate.hpp>
#include <kwhatif/report/plan.hpp>
#include <kwhatif/report/scenario_entries.hpp>
#include <kwhatif/report/sweep.hpp>
#include <kwhatif/report/table.hpp>
#include <kwhatif/report/words.hpp>
#include <kwhatif/run/estimator.hpp>

#include <algorithm>
#include <cmath>
#include <span>

namespace kwhatif::report {

using ask::PlanPoint;
using grid::Space;
using run::Input;

namespace {

constexpr std::array inputs_shown{Input::hardware, Input::chips,  Input::region, Input::grid,
                                  Input::model,    Input::params, Input::tokens};

std::vector<std::size_t> columns() {
  std::vector<std::size_t> out;
  for (const std::string_view name : {"facility_energy", "operational_location", "wall_time", "cost"})
    out.push_back(*grid::result_named(name));
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

// "94.1 %": cut, so that 89.99 % is not shown as 90 %.
std::string share_shown(double share) {
  constexpr double steps = 1000;
  const auto permille = static_cast<int>(share * steps);
  return std::to_string(permille / 10) + (permille % 10 != 0 ? '.' + std::to_string(permille % 10) : "") +
         " %";
}

Table point_table(const ask::PlanQuestion& question, const ask::PlanAnswer& answer,
                  const std::vector<PlanPoint>& points) {
  Table table;
  std::vector<Input> inputs;
  for (const Input input : inputs_shown) {
    for (const Space& space : answer.spaces) {
      const bool varies =
          question.grow == input || std::any_of(space.axes().begin(), space.axes().end(),
                                                [&](const auto& a) { return a.input == input; });
      if (varies && std::find(inputs.begin(), inputs.end(), input) == inputs.end()) inputs.push_back(input);
    }
  }
  for (const Input input : inputs)
    table.columns.push_back(
        {std::string{run::info(input).flag}, input == Input::chips ? Align::right : Align::left});
  for (const std::size_t r : columns())
    table.columns.push_back({std::string{grid::result_info(r).label}, Align::right});
  const bool shares =
      std::any_of(points.begin(), points.end(), [](const PlanPoint& p) { return p.share.has_value(); });
  if (shares) table.columns.push_back({"Limits kept in", Align::right});
  const bool knees = std::any_of(points.begin(), points.end(), [](const PlanPoint& p) { return p.knee; });
  if (knees) table.columns.push_back({""});
  for (const PlanPoint& point : points) {
    const auto run = plan_run(answer, point);
    const auto result = plan_result(answer, point);
    std::vector<std::string> cells;
    for (const Input input : inputs)
      cells.push_back(run.has(input) ? input_shown(input, run.get(input)->text) : "");
    for (const std::size_t r : columns()) cells.push_back(shown(r, grid::result_value(result, r)));
    if (shares) cells.push_back(point.share ? share_shown(*point.share) : "");
    if (knees) cells.push_back(point.knee ? "<- knee" : "");
    table.rows.push_back(std::move(cells));
  }
  return table;
}

// Where the search got its devices and regions from, and what it did without.
std::string offers_text(const ask::Availability& offers) {
  std::string out;
  if (!offers.sources.empty()) {
    std::string sources;
    for (const std::string& id : offers.sources) sources += " [" + id + ']';
    out += wrapped("Which region offers which device is from" + sources + "; see `kwhatif list offers`.",
                   page_width, 2);
  }
  for (const std::string& note : offers.notes) out += wrapped(note, page_width, 2);
  return out.empty() ? out : "\nOffers\n" + out;
}

// Values of the axes that no run can have.
std::string left_out_text(const std::vector<ask::LeftOutValues>& all) {
  constexpr std::size_t named = 12;
  std::string out;
  for (const auto& left : all) {
    std::string line =
        left.axis + ' ' + diag::listed(std::span{left.values}.first(std::min(named, left.values.size())));
    if (left.values.size() > named) line += " and " + grouped(left.values.size() - named) + " more";
    out += wrapped(line + ": " + left.why, page_width, 2);
  }
  return out.empty() ? out : "\nLeft out\n" + out;
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

// What the figures of a run without published training runs on its device rest on.
std::string borrowed_text(const run::ResolvedRun& run, bool surely) {
  for (const run::SlotRecord& record : run.records) {
    if (!record.distribution || record.distribution->tier == predict::Tier::known || !run.hardware) continue;
    return wrapped("No training run on " + std::string{run.hardware->id()} +
                       " is published: what is predicted for it is borrowed from its class of devices." +
                       (surely ? "" : " --confidence 90 asks for limits that hold all the same."),
                   page_width, 0);
  }
  return {};
}

// Why one limit is not met: "binds: the least is 203 kUSD, 203 times the limit (h100-sxm5, …)".
std::string binding_words(const ask::Binding& b, const ask::PlanAnswer& answer, const std::string& in_draws) {
  if (!b.nearest) return "no run of the grid has this result at all";
  if (!std::isfinite(b.value)) return "cannot be met: the least is beyond what a number can hold";
  std::string where;
  const auto run = plan_run(answer, *b.nearest);
  for (const Input input : {Input::hardware, Input::chips, Input::region, Input::grid}) {
    if (!run.has(input)) continue;
    where.append(where.empty() ? "" : ", ").append(input_shown(input, run.get(input)->text));
    if (input == Input::chips) where += " devices";
  }
  if (b.limit.holds(b.value)) {
    std::string out = "can be met, but not together with the others";
    if (b.nearest->share.value_or(0) > 0)
      out += ": with " + where + " all are kept in " + share_shown(*b.nearest->share) + " of the draws";
    return out;
  }
  constexpr double telling = 1e6;
  const double ratio = b.limit.bound > 0 ? b.value / b.limit.bound : telling;
  const std::string times = ratio < telling ? ", " + quantity::significant(ratio) + " times the limit" : "";
  const bool lower =
      b.limit.compare == grid::Limit::Compare::at_least || b.limit.compare == grid::Limit::Compare::more;
  return std::string{b.alone ? "cannot be met at all" : "binds"} + ": the " + (lower ? "most" : "least") +
         (in_draws.empty() ? "" : " that is kept" + in_draws) + " is " +
         quantity::human(b.value, grid::result_dimension(b.limit.result)) + times + " (" + where + ")";
}

std::string failure_text(const ask::PlanQuestion& question, const ask::PlanAnswer& answer) {
  std::string in_draws;
  if (question.confidence > 0) in_draws = " in " + share_shown(question.confidence) + " of the draws";
  if (answer.without) {
    const auto run = plan_run(answer, *answer.without);
    return wrapped("No plan: no run that meets the limits has a known " +
                       std::string{grid::result_info(question.minimize).label} +
                       ". What one of them lacks is said by: " + explain_command(run, {}),
                   page_width, 0);
  }
  std::string out = "No plan meets the limits" + in_draws + ": none of " + grouped(answer.points) +
                    (answer.points == 1 ? " run" : " runs") + " does.\n\n";
  for (const auto& b : answer.bindings) {
    std::string line = b.limit.text;
    line.append(": ").append(binding_words(b, answer, in_draws));
    out.append("  ").append(wrapped(line, page_width, 4).substr(4));
  }
  return out;
}

}  // namespace

run::Scenario plan_run(const ask::PlanAnswer& answer, const PlanPoint& point) {
  const Space& space = answer.spaces[point.space];
  return space.scenario(space.indices(point.row));
}

run::RunEstimate<double> plan_result(const ask::PlanAnswer& answer, const PlanPoint& point) {
  const Space& space = answer.spaces[point.space];
  return run::estimate(*space.inputs(space.indices(point.row)));
}

std::vector<std::string> plan_sources(const ask::PlanQuestion& question, const ask::PlanAnswer& answer) {
  std::vector<std::string> out;
  for (const Space& space : answer.spaces) {
    for (std::string& id : space.sources()) out.push_back(std::move(id));
  }
  out.insert(out.end(), question.offers.sources.begin(), question.offers.sources.end());
  return out;
}

std::string plan_goal(const ask::PlanQuestion& question, std::string_view least_of) {
  if (question.grow) return question.grow == Input::tokens ? "most tokens" : "most parameters";
  return question.largest_model ? "largest model" : "least " + std::string{least_of};
}

// What ends the answer where more would keep the limits: no result is near its own.
static std::string end_text(const ask::PlanQuestion& question, const ask::PlanAnswer& answer) {
  if (!question.grow || question.confidence > 0 || answer.unlimited) return {};
  constexpr double near = 0.99;
  const auto result = plan_result(answer, *answer.best);
  const bool free = std::all_of(question.limits.begin(), question.limits.end(), [&](const auto& limit) {
    return grid::result_value(result, limit.result).value_or(limit.bound) <= near * limit.bound;
  });
  if (!free) return {};
  const bool tokens = question.grow == Input::tokens;
  constexpr double most_accepted = 1e17;  // about where resolve() ends
  if (tokens || answer.best->value > near * most_accepted)
    return std::string{"No limit is near: more "} + (tokens ? "tokens" : "parameters") +
           " are not accepted.\n";
  return "No limit is near: a larger model does not fit into the memory of the devices.\n";
}

Table plan_table(const ask::PlanQuestion& question, const ask::PlanAnswer& answer) {
  Table table{{{"list"}}, {}};
  std::vector<Input> inputs;
  for (const auto& info : run::input_table()) {
    const bool somewhere = std::any_of(answer.spaces.begin(), answer.spaces.end(), [&](const Space& space) {
      return space.scenario(space.indices(0)).has(info.input);
    });
    if (!somewhere) continue;
    inputs.push_back(info.input);
    table.columns.push_back({grid::machine_column(info.input)});
  }
  for (std::size_t r = 0; r < grid::result_count(); ++r)
    table.columns.push_back({std::string{grid::result_info(r).json_key}});
  const bool shares = question.confidence > 0;
  if (shares) table.columns.push_back({"limits_kept_in"});
  table.columns.push_back({"knee"});
  const auto add = [&](std::string_view list, const PlanPoint& point) {
    const auto run = plan_run(answer, point);
    const auto result = plan_result(answer, point);
    std::vector<std::string> cells{std::string{list}};
    for (const Input input : inputs)
      cells.push_back(run.has(input) ? input_cell(run::info(input), run.get(input)->text) : "");
    for (std::size_t r = 0; r < grid::result_count(); ++r) {
      const auto v = grid::result_value(result, r);
      cells.push_back(v ? quantity::shortest(grid::machine_value(r, *v)) : "");
    }
    if (shares) cells.push_back(point.share ? quantity::shortest(*point.share) : "");
    cells.push_back(point.knee ? "yes" : "");
    table.rows.push_back(std::move(cells));
  };
  if (answer.best) add("best", *answer.best);
  for (const PlanPoint& point : answer.by_hardware) add("by_hardware", point);
  for (const PlanPoint& point : answer.by_region) add("by_region", point);
  for (const PlanPoint& point : answer.front) add("front", point);
  return table;
}

std::string plan_text(const ask::PlanQuestion& question, const ask::PlanAnswer& answer,
                      const catalog::Catalog& catalog) {
  std::string limits = diag::listed(question.limits, " and ", &grid::Limit::text);
  if (question.confidence > 0) limits += " in " + share_shown(question.confidence) + " of the draws";
  std::string notices;
  for (const std::string& line : attributions(catalog, plan_sources(question, answer)))
    notices += wrapped(line, page_width, 2);
  if (!answer.best)
    return failure_text(question, answer) + left_out_text(question.left_out) + offers_text(question.offers) +
           (notices.empty() ? "" : '\n' + notices);
  const std::string any = "Any number of " +
                          std::string{question.grow == Input::tokens ? "tokens" : "parameters"} +
                          " meets the limits, for example here";
  std::string out =
      (answer.unlimited ? any : plan_goal(question, grid::result_info(question.minimize).label)) +
      (limits.empty() ? "" : " with " + limits) + ", of " + grouped(answer.points) +
      (answer.points == 1 ? " run\n\n" : " runs\n\n");
  out += text(point_table(question, answer, {*answer.best}));
  out += end_text(question, answer);
  const auto best = run::resolve(plan_run(answer, *answer.best), catalog);
  if (const std::string borrowed = borrowed_text(best, question.confidence > 0); !borrowed.empty())
    out += '\n' + borrowed;
  const auto section = [&](const std::string& title, const std::vector<PlanPoint>& points) {
    if (points.size() < 2) return;
    out += '\n' + title + '\n' + text(point_table(question, answer, points));
  };
  section("Each device at its best place and count", answer.by_hardware);
  section("Each place with its best device and count", answer.by_region);
  const auto front = thinned(answer.front);
  section("Runs that no other beats in all of CO2e, time and cost" +
              (front.size() < answer.front.size()
                   ? " (" + grouped(front.size()) + " of " + grouped(answer.front.size()) + ", --csv has all)"
                   : std::string{}),
          front);
  if (answer.front_too_long)
    out +=
        "\nMore runs than can be listed are beaten by no other in all of CO2e, time and cost: the axes are "
        "long.\n";
  if (const Page bands = uncertainty_page(uncertain::certainty(best), "Uncertainty of the best plan");
      !bands.empty())
    out += '\n' + page_text(bands);
  if (question.confidence > 0)
    out += '\n' + wrapped("Energy, CO2e, time and cost are central values; limits are judged on " +
                              grouped(grid::limit_draws.points) +
                              " draws of all that is predicted or known with a range; a draw counts where "
                              "all of them hold in "
                              "it.",
                          page_width, 0);
  const Space& space = answer.spaces[answer.best->space];
  out += left_out_text(question.left_out) + offers_text(question.offers);
  out += "\nExplain it: " + explain_command(plan_run(answer, *answer.best), {}) + '\n';
  const std::string notes = sweep_assumptions(space, "`kwhatif explain`", false);
  if (!notes.empty()) out += '\n' + notes;
  return out + notices;
}

}  // namespace kwhatif::report
