#include "commands/plan_solve.hpp"
#include "commands/sweep_output.hpp"
#include "verb.hpp"
#include <kwhatif/ask/missing.hpp>
#include <kwhatif/ask/plan_grids.hpp>
#include <kwhatif/diag/suggest.hpp>
#include <kwhatif/quantity/format.hpp>
#include <kwhatif/quantity/parse.hpp>
#include <kwhatif/report/plan.hpp>
#include <kwhatif/run/estimator.hpp>

#include <algorithm>
#include <cmath>
#include <csignal>
#include <thread>

namespace kwhatif::cli {

namespace {

using run::Input;

struct LimitFlag {
  std::string_view flag;
  std::string_view result;
};
constexpr std::array limit_flags{LimitFlag{"max-co2e", "co2e"}, LimitFlag{"max-time", "time"},
                                 LimitFlag{"max-days", "time"}, LimitFlag{"max-cost", "cost"},
                                 LimitFlag{"max-energy", "energy"}};

class Plan {
 public:
  explicit Plan(Context& context) : context_(context), arguments_(context.arguments), run_(arguments_.run) {
    if (!arguments_.positionals.empty()) run_ = run_of(context_);
  }

  int run() {
    refuse_conflicts();
    if (arguments_.has("solve")) return solve(context_, run_);
    refuse_stages();
    read_question();
    std::vector<run::Given> axes;
    if (const auto found = arguments_.options.find("axis"); found != arguments_.options.end())
      axes = found->second;
    auto grids = ask::plan_grids(run_, axes, context_.catalog,
                                 {.spreads = question_.confidence > 0, .models = question_.largest_model});
    if (grids.spaces.empty()) return nothing_runs(grids);
    spaces_ = std::move(grids.spaces);
    question_.offers = std::move(grids.offers);
    question_.left_out = std::move(grids.left_out);
    question_.threads = std::max(1U, std::thread::hardware_concurrency());
    question_.stop = &interrupt_wanted;
    std::optional<Progress> progress;
    question_.progress = [&](std::uint64_t at, std::uint64_t total) {
      if (!progress) progress.emplace(total);
      (*progress)(at);
    };
    std::signal(SIGINT, on_interrupt);
    std::signal(SIGTERM, on_interrupt);
    refuse_unknown_results();
    const auto answer = ask::plan(std::move(spaces_), question_, context_.catalog);
    if (answer.stopped) return interrupted;
    refuse_beyond_numbers(answer);
    context_.out = arguments_.has("json")   ? report::plan_json(question_, answer, context_.catalog)
                   : wants_rows(arguments_) ? rows_text(arguments_, report::plan_table(question_, answer))
                                            : report::plan_text(question_, answer, context_.catalog);
    return answer.best ? done : answer_is_no;
  }

 private:
  // An option that would change nothing is a slip: it is said, not passed over.
  void refuse_conflicts() const {
    const auto exclude = [&](std::string_view one, std::string_view other, std::string help) {
      const auto given = arguments_.get(other);
      if (arguments_.has(one) && given)
        refuse("conflict", "--" + std::string{one} + " and --" + std::string{other} + " are two questions",
               given->where, std::move(help));
    };
    exclude("minimize", "maximize", "give one of them");
    for (const std::string_view option : {"minimize", "maximize", "confidence", "where", "axis", "max-co2e",
                                          "max-time", "max-days", "max-cost", "max-energy"})
      exclude("solve", option, "--solve takes one run and a --target");
    const auto target = arguments_.get("target");
    if (target && !arguments_.has("solve"))
      refuse("missing-value", "--target needs --solve", target->where,
             "write for example --solve pue --target 'energy=1287 MWh'; a limit is --max-energy");
  }

  // A search changes inputs of one run; the work of stages is their own.
  void refuse_stages() const {
    if (run_.stages.empty()) return;
    refuse("stages",
           "plan searches for one run; this file has " + std::to_string(run_.stages.size()) +
               " stages, each with work of its own",
           run_.stages.front().where,
           "plan the largest stage by itself, or solve for one input of all: --solve mfu --target co2e=5t");
  }

  // Too little memory everywhere is an answer; anything else is a fault of the input.
  int nothing_runs(const ask::PlanGrids& grids) {
    if (grids.fault.empty()) {
      std::string notes;
      for (const std::string& note : grids.offers.notes) notes += (notes.empty() ? "" : " ") + note;
      refuse("no-data", "no device and place is left to search", {}, notes);
    }
    const diag::Diagnostic& fault = grids.fault.front();
    if (fault.code != "does-not-fit") throw diag::ScenarioError(grids.fault);
    if (arguments_.has("json"))
      context_.out = report::plan_json(question_, {}, context_.catalog);
    else if (wants_rows(arguments_))
      context_.out = rows_text(arguments_, report::plan_table(question_, {}));
    else
      context_.out = "No plan: " + fault.message + ", for any device and number of them that was searched (" +
                     fault.help + ").\n";
    return answer_is_no;
  }

  static void refuse_beyond_numbers(const ask::PlanAnswer& answer) {
    if (!answer.best) return;
    const auto result = report::plan_result(answer, *answer.best);
    run::for_each_result(result, [](const run::ResultInfo& info, const auto& field) {
      if (field && !std::isfinite(field->coherent()))
        refuse("out-of-range", std::string{info.label} + " of the best plan is beyond what a number can hold",
               {}, "an input is far from what it can be");
    });
  }

  // What no run of the grid has can be neither least nor limited: the flag that brings it is named.
  void refuse_unknown_results() const {
    std::vector<std::size_t> wanted;
    if (!question_.grow && !question_.largest_model) wanted.push_back(question_.minimize);
    grid::add_results(wanted, question_.limits);
    for (const std::size_t result : wanted) {
      const bool somewhere = std::any_of(spaces_.begin(), spaces_.end(), [&](const grid::Space& space) {
        return ask::has_result(space, result, interrupt_wanted);
      });
      if (!somewhere) refuse_unknown(result);
    }
  }

  [[noreturn]] void refuse_unknown(std::size_t result) const {
    const auto& sample = spaces_.front().sample();
    const auto found = run::estimate(sample.inputs);
    if (!found.training_flop && !found.device_time)
      throw diag::ScenarioError(
          {.code = "no-work",
           .message = "the work is unknown: neither compute nor device-time follows from what is given",
           .help = "give --params or --model, and --tokens; or --flops, --hours or --device-hours"});
    auto missing = ask::missing_for(result, sample, found);
    for (diag::Diagnostic& gap : missing) gap.severity = diag::Severity::error;
    if (missing.empty())
      refuse("no-data",
             "no run of the grid has the result '" + std::string{grid::result_info(result).label} + "'", {});
    throw diag::ScenarioError(std::move(missing));
  }

  void read_question() {
    for (const LimitFlag& flag : limit_flags) {
      const auto given = arguments_.get(flag.flag);
      if (!given) continue;
      run::Given limit = *given;
      if (flag.flag == "max-days" && quantity::parse(given->text, {.bare_number = true}).ok)
        limit.text += " days";
      question_.limits.push_back(grid::upper_limit(limit, flag.result));
    }
    if (const auto found = arguments_.options.find("where"); found != arguments_.options.end()) {
      for (const auto& given : found->second) {
        const auto more = grid::read_limits(given);
        question_.limits.insert(question_.limits.end(), more.begin(), more.end());
      }
    }
    question_.minimize = *grid::result_named("co2e");
    if (const auto given = arguments_.get("minimize")) {
      const auto result = grid::result_named(given->text);
      if (!result) {
        const auto names = grid::result_names();
        const std::string near = diag::did_you_mean(given->text, names);
        refuse("unknown-result", "no result '" + given->text.substr(0, 40) + "'", given->where,
               near + (near.empty() ? "" : " ") + "one of: co2e, cost, time, energy");
      }
      question_.minimize = *result;
    } else if (const auto wish = arguments_.get("maximize")) {
      if (wish->text == "tokens") question_.grow = Input::tokens;
      if (wish->text == "params") question_.grow = Input::params;
      question_.largest_model = wish->text == "model";
      if (!question_.grow && !question_.largest_model)
        refuse("unknown-word", "--maximize cannot be '" + wish->text.substr(0, 40) + "'", wish->where,
               near_word(wish->text, {"tokens", "params", "model"}) + "one of: tokens, params, model");
      if (question_.limits.empty())
        refuse("missing-value", "without a limit there is no largest " + wish->text, wish->where,
               "give --max-co2e, --max-days, --max-cost or --max-energy");
    }
    if (question_.grow) read_growth(*arguments_.get("maximize"));
    if (const auto given = arguments_.get("confidence")) read_confidence(*given);
    question_.front = {*grid::result_named("co2e"), *grid::result_named("time"), *grid::result_named("cost")};
  }

  static std::string near_word(std::string_view word, const std::vector<std::string_view>& known) {
    const std::string near = diag::did_you_mean(word, known);
    return near + (near.empty() ? "" : " ");
  }

  // What grows starts small: every device can run that.
  void read_growth(const run::Given& wish) {
    const auto& info = run::info(*question_.grow);
    const auto fixed = [&](Input input) {
      if (run_.has(input))
        refuse(
            "contradiction",
            "--maximize " + wish.text + " looks for what --" + std::string{run::info(input).flag} + " gives",
            wish.where, "leave one of them out");
    };
    if (*question_.grow == Input::params) {
      for (const Input input : {Input::params, Input::active, Input::model, Input::config, Input::flops})
        fixed(input);
    } else if (run_.has(Input::flops)) {
      fixed(Input::flops);
    }
    if (const auto found = arguments_.options.find("axis"); found != arguments_.options.end()) {
      for (const auto& given : found->second) {
        if (run::input_by_flag(given.text.substr(0, given.text.find('='))) == question_.grow)
          refuse("contradiction", "--maximize " + wish.text + " needs no axis over them", given.where,
                 "the answer is found to the last one; leave the axis out");
      }
    }
    for (const grid::Limit& limit : question_.limits) {
      if (limit.compare == grid::Limit::Compare::at_least || limit.compare == grid::Limit::Compare::more)
        refuse("bad-condition", "--maximize " + wish.text + " takes upper limits only, not " + limit.text,
               wish.where);
    }
    run_.set(*question_.grow,
             {*question_.grow == Input::params ? "1e6" : "1e9", {}, "--" + std::string{info.flag}});
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
    if (question_.limits.empty())
      refuse("missing-value", "--confidence needs a limit that is to be kept", given.where,
             "give --max-co2e, --max-days, --max-cost, --max-energy or --where");
    question_.confidence = value;
  }

  Context& context_;
  const Arguments& arguments_;
  run::Scenario run_;
  ask::PlanQuestion question_;
  std::vector<grid::Space> spaces_;
};

}  // namespace

int plan(Context& context) { return Plan{context}.run(); }

}  // namespace kwhatif::cli
