// methods: one run under every published method.
#include "verb.hpp"
#include <kwhatif/ask/compare.hpp>
#include <kwhatif/report/methods.hpp>
#include <kwhatif/run/estimator.hpp>

#include <filesystem>

namespace kwhatif::cli {

int methods(Context& context) {
  const Arguments& arguments = context.arguments;
  const run::Scenario given = run_of(context, 0, true);
  const auto run = run::resolve(given, context.catalog);
  const auto result = run::estimate(run.inputs);
  if (!result.training_flop && !result.device_time) {
    throw diag::ScenarioError(
        {.code = "no-work",
         .message = "the work is unknown: neither compute nor device-time follows from what is given",
         .help = "give --params and --tokens, or --flops, or --hours and --chips, or --device-hours"});
  }
  report_warnings(context, run.warnings);
  const auto list =
      method::apply_all(run, result, context.catalog, {.as_published = arguments.has("as-published")});
  if (arguments.has("json")) {
    context.out = report::methods_json(run, result, list, context.catalog);
  } else if (wants_rows(arguments)) {
    context.out = rows_text(arguments, report::methods_table(result, list));
  } else {
    context.out =
        report::methods_text(given.title, run, result, list, arguments.has("details"), context.catalog);
  }
  return done;
}

}  // namespace kwhatif::cli
