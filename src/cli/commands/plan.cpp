#include "chart_file.hpp"
#include "commands/axes.hpp"
#include "commands/questions.hpp"
#include "commands/watching.hpp"
#include <kwhatif/ask/solve.hpp>
#include <kwhatif/quantity/parse.hpp>
#include <kwhatif/report/present.hpp>

#include <array>

namespace kwhatif::cli {

namespace {

struct LimitFlag {
  std::string_view flag;
  std::string_view result;
};
constexpr std::array limit_flags{LimitFlag{"max-co2e", "co2e"}, LimitFlag{"max-time", "time"},
                                 LimitFlag{"max-days", "time"}, LimitFlag{"max-cost", "cost"},
                                 LimitFlag{"max-energy", "energy"}};

// An option that would change nothing is a slip: it is said, not passed over.
void refuse_idle_options(const Arguments& arguments) {
  const auto target = arguments.get("target");
  if (!arguments.has("solve")) {
    if (target)
      refuse("missing-value", "--target needs --solve", target->where,
             "write for example --solve pue --target 'energy=1287 MWh'; a limit is --max-energy");
    return;
  }
  for (const std::string_view option : {"minimize", "maximize", "confidence", "where", "axis", "max-co2e",
                                        "max-time", "max-days", "max-cost", "max-energy", "output"}) {
    const auto given = arguments.get(option);
    if (option == "output" && !is_drawn(given)) continue;
    if (given)
      refuse("conflict",
             option == "output" ? "--solve draws nothing"
                                : "--solve and --" + std::string{option} + " are two questions",
             given->where, "--solve takes one run and a --target");
  }
}

ask::PlanQuestion question_of(const Arguments& arguments, run::Scenario run) {
  ask::PlanQuestion out{.run = std::move(run),
                        .axes = arguments.all("axis"),
                        .where = arguments.all("where"),
                        .minimize = arguments.get("minimize"),
                        .maximize = arguments.get("maximize"),
                        .confidence = arguments.get("confidence"),
                        .unavailable = arguments.has("unavailable")};
  for (const LimitFlag& flag : limit_flags) {
    auto given = arguments.get(flag.flag);
    if (!given) continue;
    if (flag.flag == "max-days" && quantity::parse(given->text, {.bare_number = true}).ok)
      given->text += " days";
    out.at_most.push_back({flag.result, std::move(*given)});
  }
  return out;
}

}  // namespace

std::optional<ask::PlanAnswer> watched_plan(const Context& context) {
  Watching watching;
  try {
    auto answer = ask::plan(question_of(context.arguments, run_around_axes(context)), context.catalog,
                            watching.watch());
    watching.end();
    if (answer.found.stopped) return std::nullopt;
    return answer;
  } catch (const Watching::Interrupted&) {
    return std::nullopt;
  }
}

int plan(Context& context) {
  const Arguments& arguments = context.arguments;
  const auto file = chart_file(arguments);
  refuse_idle_options(arguments);
  if (const auto input = arguments.get("solve")) {
    const auto answer =
        ask::solve({run_around_axes(context), *input, arguments.get("target")}, context.catalog);
    return print_or_write(context, report::present(answer, context.catalog),
                          answer.solution.found ? done : answer_is_no);
  }
  const auto answer = watched_plan(context);
  if (!answer) return interrupted;
  const auto document = report::present(*answer, context.catalog);
  if (!answer->best && is_drawn(file)) return print(context, document, answer_is_no);  // of no plan nothing
  if (!answer->best) return print_or_write(context, document, answer_is_no);
  return print_and_draw(context, *answer, document, file);
}

}  // namespace kwhatif::cli
