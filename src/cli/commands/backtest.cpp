#include "verb.hpp"
#include <kwhatif/diag/suggest.hpp>
#include <kwhatif/diag/words.hpp>
#include <kwhatif/grid/sweep.hpp>
#include <kwhatif/report/backtest.hpp>
#include <kwhatif/run/estimator.hpp>
#include <kwhatif/run/stage.hpp>

#include <cmath>

namespace kwhatif::cli {

int backtest(Context& context) {
  const auto& arguments = context.arguments;
  const auto result = ask::backtest(context.catalog);
  if (const auto path = arguments.get("output")) {
    if (!path->text.ends_with(".svg"))
      refuse("unknown-format", "no format for '" + path->text + "'", path->where,
             "the plot is an .svg; --json and --csv print the rows");
    write_file(context, path->text, report::backtest_svg(result));
    context.err += "wrote " + diag::visible(path->text) + '\n';
  }
  if (arguments.has("json")) {
    context.out = report::backtest_json(result, context.catalog);
  } else if (wants_rows(arguments)) {
    context.out = rows_text(arguments, report::backtest_table(result));
  } else {
    context.out = report::backtest_text(result, arguments.has("all"));
  }
  return done;
}

int sensitivity(Context& context) {
  const auto& arguments = context.arguments;
  const run::Scenario given = run_of(context);
  const auto run = given.stages.empty() ? run::resolve(given, context.catalog)
                                        : run::resolve_stages(given, context.catalog).total;
  const auto estimated = run::estimate(run.inputs);
  std::vector<std::string_view> known;
  std::string_view wanted;
  const std::string asked = arguments.text("result");
  const auto named = grid::result_named(asked);
  run::for_each_result(estimated, [&](const run::ResultInfo& info, const auto& field) {
    if (!field) return;
    if (!std::isfinite(field->coherent()))
      refuse("out-of-range", std::string{info.label} + " is beyond what a number can hold", {},
             "an input is far from what it can be: `kwhatif estimate` shows them all");
    known.push_back(info.key);
    if (asked.empty() &&
        (info.key == "device_time" || info.key == "facility_energy" || info.key == "operational_location"))
      wanted = info.key;
    if (named && grid::result_info(*named).key == info.key) wanted = info.key;
  });
  if (wanted.empty()) {
    std::string help = diag::did_you_mean(asked, known);
    help += (help.empty() ? "results of this run: " : " results of this run: ") + diag::listed(known);
    throw diag::UsageError({.code = asked.empty() ? "no-work" : "unknown-result",
                            .message = asked.empty() ? "nothing follows from what is given"
                                                     : "no result '" + asked.substr(0, 60) + "' of this run",
                            .where = asked.empty() ? diag::Span{} : arguments.get("result")->where,
                            .help = help});
  }
  report_warnings(context, run.warnings);
  context.out = arguments.has("json") ? report::sensitivity_json(given, run, context.catalog, wanted)
                : wants_rows(arguments)
                    ? rows_text(arguments, report::sensitivity_table(given, context.catalog, wanted))
                    : report::sensitivity_text(given, context.catalog, wanted);
  return done;
}

}  // namespace kwhatif::cli
