#include "verdict_rows.hpp"
#include <kwhatif/ask/missing.hpp>
#include <kwhatif/ask/obtainable.hpp>
#include <kwhatif/ask/plan.hpp>
#include <kwhatif/diag/suggest.hpp>
#include <kwhatif/diag/words.hpp>
#include <kwhatif/grid/axis.hpp>
#include <kwhatif/quantity/parse.hpp>
#include <kwhatif/run/estimator.hpp>
#include <kwhatif/run/scale.hpp>
#include <kwhatif/run/stage.hpp>

#include <algorithm>
#include <array>
#include <cmath>
#include <iterator>

namespace kwhatif::ask {

using diag::refuse;
using run::Input;

namespace {

// A search changes inputs of one run; the work of stages is their own.
void refuse_stages(const run::Scenario& run) {
  if (run.stages.empty()) return;
  refuse("stages",
         "plan searches for one run; this file has " + std::to_string(run.stages.size()) +
             " stages, each with work of its own",
         run.stages.front().where,
         "plan the largest stage by itself, or solve for one input of all: --solve mfu --target co2e=5t");
}

std::string nearest(std::string_view word, const std::vector<std::string_view>& known) {
  const std::string near = diag::did_you_mean(word, known);
  return near + (near.empty() ? "" : " ");
}

// What is to be found, from what was written.
class GoalReader {
 public:
  explicit GoalReader(const PlanQuestion& question) : question_(question), run_(question.run) {}

  PlanGoal read() {
    for (const AtMost& most : question_.at_most)
      goal_.limits.push_back(grid::upper_limit(most.bound, most.result));
    for (const run::Given& given : question_.where) {
      const auto more = grid::read_limits(given);
      goal_.limits.insert(goal_.limits.end(), more.begin(), more.end());
    }
    goal_.minimize = *grid::result_named("co2e");
    if (question_.minimize)
      read_minimize(*question_.minimize);
    else if (question_.maximize)
      read_maximize(*question_.maximize);
    if (question_.confidence) read_confidence(*question_.confidence);
    goal_.front = {*grid::result_named("co2e"), *grid::result_named("time"), *grid::result_named("cost")};
    return std::move(goal_);
  }
  /// With a value for what grows.
  const run::Scenario& run() const { return run_; }

 private:
  void read_minimize(const run::Given& given) {
    const auto result = grid::result_named(given.text);
    if (!result)
      refuse("unknown-result", "no result '" + given.text.substr(0, 40) + "'", given.where,
             nearest(given.text, grid::result_names()) + "one of: co2e, cost, time, energy");
    goal_.minimize = *result;
  }

  void read_maximize(const run::Given& wish) {
    constexpr std::array<std::string_view, 5> amounts{"tokens", "samples", "images", "clips", "residues"};
    if (std::ranges::find(amounts, std::string_view{wish.text}) != amounts.end()) goal_.grow = Input::tokens;
    if (wish.text == "params") goal_.grow = Input::params;
    goal_.largest_model = wish.text == "model";
    if (!goal_.grow && !goal_.largest_model)
      refuse("unknown-word", "--maximize cannot be '" + wish.text.substr(0, 40) + "'", wish.where,
             nearest(wish.text, {"tokens", "samples", "params", "model"}) +
                 "one of: tokens (or samples), params, model");
    if (goal_.limits.empty())
      refuse("missing-value", "without a limit there is no largest " + wish.text, wish.where,
             "give --max-co2e, --max-days, --max-cost or --max-energy");
    if (goal_.grow) read_growth(wish);
  }

  // What grows starts small: every device can run that.
  void read_growth(const run::Given& wish) {
    const Input grown = *goal_.grow;
    const auto& info = run::info(grown);
    const auto fixed = [&](Input input) {
      if (run_.has(input))
        refuse(
            "contradiction",
            "--maximize " + wish.text + " looks for what --" + std::string{run::info(input).flag} + " gives",
            wish.where, "leave one of them out");
    };
    if (grown == Input::params) {
      for (const Input input : {Input::params, Input::active, Input::model, Input::config, Input::flops})
        fixed(input);
    } else {
      fixed(Input::flops);
      for (const Input input : {Input::samples, Input::steps}) run_.clear(input);  // the amount to be found
    }
    for (const run::Given& axis : question_.axes) {
      if (run::input_by_flag(axis.text.substr(0, axis.text.find('='))) == grown)
        refuse("contradiction", "--maximize " + wish.text + " needs no axis over them", axis.where,
               "the answer is found to the last one; leave the axis out");
    }
    for (const grid::Limit& limit : goal_.limits) {
      if (limit.compare == grid::Limit::Compare::at_least || limit.compare == grid::Limit::Compare::more)
        refuse("bad-condition", "--maximize " + wish.text + " takes upper limits only, not " + limit.text,
               wish.where);
    }
    run_.set(grown, {grown == Input::params ? "1e6" : "1e9", {}, "--" + std::string{info.flag}});
  }

  void read_confidence(const run::Given& given) {
    const auto share = quantity::parse(
        given.text, {.dimension = quantity::dim::one, .bare_number = true, .example = "90 %"});
    if (!share.ok)
      refuse(share.fault.code, "--confidence: " + share.fault.message, given.where, share.fault.help);
    constexpr double percent = 100;
    const double value = share.value.coherent > 1 ? share.value.coherent / percent : share.value.coherent;
    if (!(value >= 0.5 && value <= 0.999))
      refuse("out-of-range", "--confidence must be from 50 % to 99.9 %", given.where,
             "write for example --confidence 90");
    if (goal_.limits.empty())
      refuse("missing-value", "--confidence needs a limit that is to be kept", given.where,
             "give --max-co2e, --max-days, --max-cost, --max-energy or --where");
    goal_.confidence = value;
  }

  const PlanQuestion& question_;
  run::Scenario run_;
  PlanGoal goal_;
};

[[noreturn]] void refuse_unknown(std::size_t result, const run::ResolvedRun& sample) {
  const auto found = run::estimate(sample.inputs);
  if (!found.training_flop && !found.device_time)
    throw diag::ScenarioError(
        {.code = "no-work",
         .message = "the work is unknown: neither compute nor device-time follows from what is given",
         .help = "give --params or --model, and --tokens; or --flops, --hours or --device-hours"});
  auto missing = missing_for(result, sample, found);
  for (diag::Diagnostic& gap : missing) gap.severity = diag::Severity::error;
  if (missing.empty())
    refuse("no-data",
           "no run of the grid has the result '" + std::string{grid::result_info(result).label} + "'", {});
  throw diag::ScenarioError(std::move(missing));
}

// What no run of the grids has can be neither least nor limited: the flag that brings it is named.
void refuse_unknown_results(const PlanGoal& goal, const std::vector<grid::Space>& spaces,
                            const Watch& watch) {
  std::vector<std::size_t> wanted;
  if (!goal.grow && !goal.largest_model) wanted.push_back(goal.minimize);
  grid::add_results(wanted, goal.limits);
  for (const std::size_t result : wanted) {
    const bool somewhere = std::ranges::any_of(
        spaces, [&](const grid::Space& space) { return has_result(space, result, watch.stop); });
    if (!somewhere) refuse_unknown(result, spaces.front().sample());
  }
}

void refuse_beyond_numbers(const run::RunEstimate<double>& best) {
  run::for_each_result(best, [](const run::ResultInfo& info, const auto& field) {
    if (field && !std::isfinite(field->coherent()))
      refuse("out-of-range", std::string{info.label} + " of the best plan is beyond what a number can hold",
             {}, "an input is far from what it can be");
  });
}

// Where more would keep the limits, because no result is near its own, something else ends the growth.
PlanEnd end_of(const PlanGoal& goal, const PlanPoint& best) {
  constexpr double near = 0.99;
  constexpr double most_accepted = 1e17;  // about where resolve() ends
  const bool limited = std::ranges::any_of(goal.limits, [&](const grid::Limit& limit) {
    return grid::result_value(best.result, limit.result).value_or(limit.bound) > near * limit.bound;
  });
  if (!goal.grow || goal.confidence > 0 || limited) return PlanEnd::limits;
  return goal.grow == Input::tokens || best.value > near * most_accepted ? PlanEnd::accepted
                                                                         : PlanEnd::memory;
}

}  // namespace

run::Scenario PlanAnswer::run(const PlanPoint& point) const {
  const grid::Space& space = found.spaces[point.space];
  return space.scenario(space.indices(point.row));
}

std::vector<std::string> PlanAnswer::sources() const {
  std::vector<std::string> out;
  for (const grid::Space& space : found.spaces) {
    for (std::string& id : space.sources()) out.push_back(std::move(id));
  }
  out.insert(out.end(), offers.sources.begin(), offers.sources.end());
  return out;
}

namespace {

// Points of the front that use more devices than anybody published for their size, in one sentence.
void warn_of_scale(PlanAnswer& out, const catalog::Catalog& tables) {
  constexpr std::size_t most_points = 40;
  const std::size_t points = std::min(most_points, out.found.front.size());
  std::size_t count = 0;
  std::optional<diag::Diagnostic> first;
  for (std::size_t i = 0; i < points; ++i) {
    auto beyond = run::beyond_published(run::resolve(out.run(out.found.front[i]), tables), tables);
    if (beyond && count++ == 0) first = std::move(beyond);
  }
  const auto told = std::ranges::find(out.warnings, "beyond-published", &diag::Diagnostic::code);
  if (!first || told != out.warnings.end()) return;
  first->message = std::to_string(count) + " of the " + std::to_string(points) +
                   " runs that no other beats: " + first->message;
  out.warnings.push_back(std::move(*first));
}

}  // namespace

PlanAnswer plan(const PlanQuestion& question, const catalog::Catalog& tables, const Watch& watch) {
  if (question.minimize && question.maximize)
    refuse("conflict", "--minimize and --maximize are two questions", question.maximize->where,
           "give one of them");
  refuse_stages(question.run);
  PlanAnswer out;
  GoalReader reader(question);
  out.goal = reader.read();
  auto grids = plan_grids(reader.run(), question.axes, tables,
                          {.spreads = out.goal.confidence > 0,
                           .within_scale = !out.goal.grow,
                           .unavailable = question.unavailable,
                           .models = out.goal.largest_model,
                           .looking_up = watch.looking_up,
                           .threads = watch.workers()});
  out.offers = std::move(grids.offers);
  out.left_out = std::move(grids.left_out);
  out.notes = std::move(grids.notes);
  if (grids.spaces.empty()) {
    if (grids.fault.empty())
      refuse("no-data", "no device and place is left to search", {}, diag::listed(out.offers.notes, " "));
    // too little memory everywhere is an answer; anything else is a fault of the input
    if (grids.fault.front().code != "does-not-fit") throw diag::ScenarioError(grids.fault);
    out.no_fit = std::move(grids.fault.front());
    return out;
  }
  refuse_unknown_results(out.goal, grids.spaces, watch);
  out.found = search(std::move(grids.spaces), out.goal, tables, watch);
  if (!out.found.best || out.found.stopped) return out;
  refuse_beyond_numbers(out.found.best->result);
  out.end = out.found.unlimited ? PlanEnd::limits : end_of(out.goal, *out.found.best);
  out.best = estimate_of(run::resolve(out.run(*out.found.best), tables), tables);
  const grid::Space& space = out.found.spaces[out.found.best->space];
  Offers offers = offers_of(question.run, space, tables, question.unavailable);
  std::ranges::move(offers.notes, std::back_inserter(out.notes));
  out.assumptions = assumptions(space);
  out.warnings = out.best->warnings;
  warn_of_scale(out, tables);
  out.verdict = verdict_of(out, tables);
  return out;
}

}  // namespace kwhatif::ask
