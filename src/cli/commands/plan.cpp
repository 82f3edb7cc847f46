#include "commands/sweep_output.hpp"
#include "verb.hpp"
#include <kwhatif/diag/suggest.hpp>
#include <kwhatif/estimate/run.hpp>
#include <kwhatif/quantity/format.hpp>
#include <kwhatif/quantity/parse.hpp>
#include <kwhatif/report/plan.hpp>

#include <algorithm>
#include <csignal>
#include <thread>

namespace kwhatif::cli {

namespace {

using scenario::Input;

struct LimitFlag {
  std::string_view flag;
  std::string_view result;
};
constexpr std::array limit_flags{LimitFlag{"max-co2e", "co2e"}, LimitFlag{"max-time", "time"},
                                 LimitFlag{"max-days", "time"}, LimitFlag{"max-cost", "cost"},
                                 LimitFlag{"max-energy", "energy"}};

// The values that an input takes where the user has fixed none.
constexpr std::string_view default_counts = "8,16,32,64,128,256,512,1024,2048,4096,8192,16384,32768";

class Plan {
 public:
  explicit Plan(Context& context) : context_(context), arguments_(context.arguments), run_(arguments_.run) {
    if (!arguments_.positionals.empty()) run_ = run_of(context_);
  }

  int run() {
    refuse_conflicts();
    if (arguments_.has("solve")) {
      refuse_forms(arguments_, {Form::csv, Form::plain}, "one value has no rows", "--json gives the value");
      return solve();
    }
    read_question();
    build_spaces();
    if (spaces_.empty()) return nothing_runs();
    question_.threads = std::max(1U, std::thread::hardware_concurrency());
    question_.stop = &interrupt_wanted;
    std::signal(SIGINT, on_interrupt);
    std::signal(SIGTERM, on_interrupt);
    refuse_unknown_results();
    const auto answer = analysis::plan(std::move(spaces_), question_, context_.catalog);
    if (answer.stopped) return interrupted;
    const bool table = wants_rows(arguments_);
    context_.out = arguments_.has("json") ? report::plan_json(question_, answer, context_.catalog)
                   : table ? rows_text(arguments_, report::plan_table(question_, answer, context_.catalog))
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

  // Too little memory everywhere is an answer; anything else is a fault of the input.
  int nothing_runs() {
    if (fault_.empty()) refuse("no-data", "no device and place is left to search", {});
    if (fault_.front().code != "does-not-fit") throw diag::ScenarioError(fault_);
    if (arguments_.has("json"))
      context_.out = report::plan_json(question_, {}, context_.catalog);
    else if (wants_rows(arguments_))
      context_.out = rows_text(arguments_, report::plan_table(question_, {}, context_.catalog));
    else
      context_.out = "No plan: " + fault_.front().message + ", for any device that was searched (" +
                     fault_.front().help + ").\n";
    return answer_is_no;
  }

  // What no run of the grid has can be neither least nor limited: the flag that brings it is named.
  void refuse_unknown_results() const {
    std::vector<std::size_t> wanted;
    if (!question_.grow && !question_.largest_model) wanted.push_back(question_.minimize);
    analysis::add_results(wanted, question_.limits);
    for (const std::size_t result : wanted) {
      const bool somewhere = std::any_of(spaces_.begin(), spaces_.end(), [&](const analysis::Space& space) {
        return has_result(space, result, interrupt_wanted);
      });
      if (!somewhere) refuse_unknown(result);
    }
  }

  [[noreturn]] void refuse_unknown(std::size_t result) const {
    const auto& sample = spaces_.front().sample();
    const auto found = estimate::estimate(sample.inputs);
    if (!found.training_flop && !found.device_time)
      throw diag::ScenarioError(
          {.code = "no-work",
           .message = "the work is unknown: neither compute nor device-time follows from what is given",
           .help = "give --params or --model, and --tokens; or --flops, --hours or --device-hours"});
    auto missing = missing_for(result, sample, found);
    for (diag::Diagnostic& gap : missing) gap.severity = diag::Severity::error;
    if (missing.empty())
      refuse("no-data",
             "no run of the grid has the result '" + std::string{analysis::result_info(result).label} + "'",
             {});
    throw diag::ScenarioError(std::move(missing));
  }

  void read_question() {
    for (const LimitFlag& flag : limit_flags) {
      const auto given = arguments_.get(flag.flag);
      if (!given) continue;
      scenario::Given limit = *given;
      if (flag.flag == "max-days" && quantity::parse(given->text, {.bare_number = true}).ok)
        limit.text += " days";
      question_.limits.push_back(analysis::upper_limit(limit, flag.result));
    }
    if (const auto found = arguments_.options.find("where"); found != arguments_.options.end()) {
      for (const auto& given : found->second) {
        const auto more = analysis::read_limits(given);
        question_.limits.insert(question_.limits.end(), more.begin(), more.end());
      }
    }
    question_.minimize = *analysis::result_named("co2e");
    if (const auto given = arguments_.get("minimize")) {
      const auto result = analysis::result_named(given->text);
      if (!result) {
        const auto names = analysis::result_names();
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
    for (const std::string_view name : {"co2e", "time", "cost"})
      question_.front.push_back(*analysis::result_named(name));
  }

  static std::string near_word(std::string_view word, const std::vector<std::string_view>& known) {
    const std::string near = diag::did_you_mean(word, known);
    return near + (near.empty() ? "" : " ");
  }

  // What grows starts small: every device can run that.
  void read_growth(const scenario::Given& wish) {
    const auto& info = scenario::info(*question_.grow);
    const auto fixed = [&](Input input) {
      if (run_.has(input))
        refuse("contradiction",
               "--maximize " + wish.text + " looks for what --" + std::string{scenario::info(input).flag} +
                   " gives",
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
        if (given.text.starts_with(std::string{info.flag} + "="))
          refuse("contradiction", "--maximize " + wish.text + " needs no axis over them", given.where,
                 "the answer is found to the last one; leave the axis out");
      }
    }
    for (const analysis::Limit& limit : question_.limits) {
      if (limit.compare == analysis::Limit::Compare::at_least ||
          limit.compare == analysis::Limit::Compare::more)
        refuse("bad-condition", "--maximize " + wish.text + " takes upper limits only, not " + limit.text,
               wish.where);
    }
    run_.set(*question_.grow,
             {*question_.grow == Input::params ? "1e6" : "1e9", {}, "--" + std::string{info.flag}});
  }

  void read_confidence(const scenario::Given& given) {
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

  static scenario::Given axis(std::string text) { return {std::move(text), {}, "--axis"}; }

  // Axes given by --axis; and, where an input is open, all that can be had. Devices and regions form groups
  // of what is offered together, each a grid of its own.
  void build_spaces() {
    std::vector<scenario::Given> given;
    if (const auto found = arguments_.options.find("axis"); found != arguments_.options.end())
      given = found->second;
    const auto varies = [&](std::string_view name) {
      return std::any_of(given.begin(), given.end(),
                         [&](const auto& g) { return g.text.starts_with(std::string{name} + "="); });
    };
    const bool device_open = !run_.has(Input::hardware) && !varies("hardware");
    const bool place_fixed = run_.has(Input::grid) || run_.has(Input::ci) || varies("grid") || varies("ci");
    const bool place_open = !run_.has(Input::region) && !varies("region") && !place_fixed;
    const bool count_open =
        !run_.has(Input::chips) && !run_.has(Input::nodes) && !varies("chips") && !varies("nodes");
    if (arguments_.text("maximize") == "model" && !run_.has(Input::model) && !varies("model"))
      given.push_back(axis("model=all"));
    if (count_open) given.push_back(axis("chips=" + std::string{default_counts}));
    if (!device_open && !place_open) {
      add_space(given);
    } else if (place_fixed) {  // a grid or an intensity rents nothing: any GPU may stand there
      given.push_back(axis("hardware=" + joined(analysis::rentable(context_.catalog, "gpu"))));
      add_space(given);
    } else {
      add_groups(given, device_open, place_open);
    }
  }

  void add_groups(const std::vector<scenario::Given>& given, bool device_open, bool place_open) {
    auto rest = given;
    analysis::OfferQuestion wanted;
    bool known = true;
    if (!device_open) wanted.devices = take_named(rest, "hardware", Input::hardware, known);
    if (!place_open) wanted.regions = take_named(rest, "region", Input::region, known);
    if (!known) return add_space(given);  // which says what is not known
    question_.offers = analysis::availability(context_.catalog, wanted);
    for (const auto& group : question_.offers.groups) {
      auto axes = rest;
      if (!run_.has(Input::hardware)) axes.push_back(axis("hardware=" + joined(group.devices)));
      if (!run_.has(Input::region)) axes.push_back(axis("region=" + joined(group.regions)));
      add_space(axes);
    }
  }

  void add_space(std::vector<scenario::Given> axes) {
    if (axes.empty()) axes.push_back(axis("runs=1"));
    auto read = analysis::read_axes(axes, context_.catalog);
    for (analysis::Axis& a : read)
      a.pattern = a.pattern || !a.given.where.source;  // ours: what cannot be is left out
    try {
      spaces_.emplace_back(run_, std::move(read), context_.catalog,
                           analysis::SpaceOptions{.must_fit = true, .spreads = question_.confidence > 0});
    } catch (
        const diag::ScenarioError& error) {  // no point of this grid can be run; another grid may have some
      if (fault_.empty() || fault_.front().code == "does-not-fit") fault_ = error.diagnostics();
    }
  }

  // Ids of what the user named for an input: by its flag, or by an axis, which then makes way for those of
  // the groups.
  std::vector<std::string> take_named(std::vector<scenario::Given>& given, std::string_view name, Input input,
                                      bool& known) const {
    std::vector<std::string> names;
    if (const auto& flag = run_.get(input)) {
      names = {flag->text};
    } else {
      const auto g = std::find_if(given.begin(), given.end(),
                                  [&](const auto& a) { return a.text.starts_with(std::string{name} + "="); });
      const auto read = analysis::read_axes({*g}, context_.catalog).front();
      for (std::size_t i = 0; i < read.size(); ++i) names.push_back(read.text(i));
      given.erase(g);
    }
    for (std::string& text : names) {
      const auto id = input == Input::hardware ? device_id(text) : region_id(text);
      known = known && id;
      text = id.value_or(text);
    }
    return names;
  }

  // A device by its own name or by that of a host.
  std::optional<std::string> device_id(const std::string& name) const {
    if (const auto row = context_.catalog.meant(catalog::Kind::hardware, name).row)
      return std::string{row->id()};
    const auto host = context_.catalog.meant(catalog::Kind::host, name).row;
    if (!host || host->text("hardware").empty()) return std::nullopt;
    return std::string{host->text("hardware")};
  }
  std::optional<std::string> region_id(const std::string& name) const {
    const auto row = context_.catalog.meant(catalog::Kind::region, name).row;
    return row ? std::optional{std::string{row->id()}} : std::nullopt;
  }

  static std::string joined(const std::vector<std::string>& names) {
    std::string out;
    for (const std::string& n : names) out += (out.empty() ? "" : ",") + n;
    return out;
  }

  int solve() {
    const auto wish = *arguments_.get("solve");
    const auto target = arguments_.get("target");
    if (!target)
      refuse("missing-value", "--solve needs the figure to explain", wish.where,
             "write for example --solve pue --target 'energy=1287 MWh'");
    std::optional<estimate::Slot> slot;
    for (std::size_t s = 0; s < estimate::slot_count; ++s) {
      std::string key{estimate::slot_table[s].key};
      std::string dashed = key;
      std::replace(dashed.begin(), dashed.end(), '_', '-');
      if (wish.text == key || wish.text == dashed) slot = static_cast<estimate::Slot>(s);
    }
    if (wish.text == "params") slot = estimate::Slot::active_parameters;  // of a dense model all are active
    if (!slot) {
      std::vector<std::string_view> known{"params"};
      for (const auto& info : estimate::slot_table) known.push_back(info.key);
      refuse("unknown-axis", "no input '" + wish.text.substr(0, 40) + "' to solve for", wish.where,
             near_word(wish.text, known) + "such as pue, mfu, power, ci, chips, params, tokens, overhead");
    }
    scenario::Given condition = *target;
    const auto equals = condition.text.find('=');
    if (equals == std::string::npos || equals == 0 ||
        condition.text.find_first_of("<>=!", equals + 1) != std::string::npos ||
        condition.text.find_first_of("<>!") < equals)
      refuse("bad-condition", "'" + condition.text.substr(0, 60) + "' is no target", condition.where,
             "one result and its value, such as 'energy=1287 MWh'");
    const std::string name_of_result =
        condition.text.substr(0, condition.text.find_last_not_of(' ', equals - 1) + 1);
    if (!analysis::result_named(name_of_result)) analysis::refuse_result(condition, name_of_result);
    condition.text.erase(0, equals + 1);
    condition.named = "--target " + name_of_result;
    const auto limit = analysis::upper_limit(condition, name_of_result);
    const auto resolved = scenario::resolve(run_, context_.catalog);
    auto inputs = resolved.inputs;
    const auto before = analysis::result_value(estimate::estimate(inputs), limit.result);
    if (!before)
      refuse("no-work", "this run does not give the result that is to be explained", condition.where,
             "`kwhatif estimate` says which flag is missing");
    const auto found = analysis::solve(inputs, *slot, limit.result, limit.bound);
    const auto& name = estimate::info(*slot);
    const auto dimension = estimate::slot_dimension(*slot);
    const auto dimension_of_result = analysis::result_dimension(limit.result);
    const std::string what = std::string{analysis::result_info(limit.result).label} + " of " +
                             quantity::human(limit.bound, dimension_of_result);
    if (!found) {
      context_.out = "No " + std::string{name.label} + " explains " + what +
                     ": the result does not depend on it, or never reaches it.\n";
      return answer_is_no;
    }
    const bool impossible = (*slot == estimate::Slot::pue && *found < 1) ||
                            (*slot == estimate::Slot::mfu && *found > 1) ||
                            (*slot == estimate::Slot::devices && *found < 1);
    if (arguments_.has("json")) {
      context_.out = "{\n  \"schema\": \"kwhatif/plan/1\",\n  \"solve\": \"" + std::string{name.key} +
                     "\",\n  \"value\": " + quantity::shortest(*found) +
                     ",\n  \"possible\": " + (impossible ? "false" : "true") + "\n}\n";
      return impossible ? answer_is_no : done;
    }
    context_.out = (wish.text == "params" ? "A model" : std::string{name.label}) + " of " +
                   quantity::human(*found, dimension, 4) + " explains " + what + " (with " +
                   quantity::human(estimate::slot_value(inputs, *slot).value_or(1), dimension, 4) +
                   " it would be " + quantity::human(*before, dimension_of_result) + ")\n";
    if (!impossible) return done;
    context_.out += "That cannot be: " +
                    std::string{*slot == estimate::Slot::pue   ? "a PUE is at least 1"
                                : *slot == estimate::Slot::mfu ? "an MFU is at most 1"
                                                               : "there is at least one device"} +
                    "; another input must be off.\n";
    return answer_is_no;
  }

  Context& context_;
  const Arguments& arguments_;
  scenario::Scenario run_;
  analysis::PlanQuestion question_;
  std::vector<analysis::Space> spaces_;
  std::vector<diag::Diagnostic> fault_;  // of a grid that has no point
};

}  // namespace

int plan(Context& context) { return Plan{context}.run(); }

}  // namespace kwhatif::cli
