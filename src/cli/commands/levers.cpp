// levers: published reduction measures on one run; --apply gives the changed estimate.
#include "verb.hpp"
#include <kwhatif/ask/compare.hpp>
#include <kwhatif/ask/estimate.hpp>
#include <kwhatif/ask/levers.hpp>
#include <kwhatif/report/levers.hpp>
#include <kwhatif/report/present.hpp>
#include <kwhatif/run/estimator.hpp>

#include <filesystem>

namespace kwhatif::cli {

namespace {

std::vector<std::string> ids_of(const std::string& text) {
  std::vector<std::string> out;
  std::string id;
  for (const char c : text + ',') {
    if (c != ',') {
      if (c != ' ') id += c;
    } else if (!id.empty()) {
      out.push_back(std::move(id));
      id.clear();
    }
  }
  return out;
}

}  // namespace

int levers(Context& context) {
  const Arguments& arguments = context.arguments;
  const run::Scenario given = run_of(context, 0, true);
  auto run = run::resolve(given, context.catalog);
  const auto result = run::estimate(run.inputs);
  if (!result.device_time) {
    throw diag::ScenarioError({.code = "no-work",
                               .message = "the device-time is unknown, so nothing can be saved of it",
                               .help = "give --params, --tokens and --hardware, or --hours and --chips"});
  }
  if (const auto apply = arguments.get("apply")) {
    run = ask::with_levers(run, result, ids_of(apply->text), apply->where, context.catalog);
    const auto answer = ask::estimate_of(std::move(run));
    return print(context, report::present(answer, context.catalog));
  }
  report_warnings(context, run.warnings);
  const auto list = ask::levers_for(run, result, context.catalog);
  if (arguments.has("json")) {
    context.out = report::levers_json(run, result, list, context.catalog);
  } else if (wants_rows(arguments)) {
    context.out = rows_text(arguments, report::levers_table(list));
  } else {
    context.out = report::levers_text(run, result, list, arguments.has("all"), context.catalog);
  }
  return done;
}

}  // namespace kwhatif::cli
