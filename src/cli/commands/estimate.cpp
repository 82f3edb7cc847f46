#include "verb.hpp"
#include <kwhatif/ask/explain.hpp>
#include <kwhatif/report/estimate.hpp>
#include <kwhatif/report/stages.hpp>
#include <kwhatif/run/estimate.hpp>

namespace kwhatif::cli {

namespace {

struct Answer {
  run::ResolvedRun run;  ///< of a run of stages: what they add up to
  run::RunEstimate<double> result;
  std::optional<run::StagedRun> staged;
};

Answer answer(Context& context) {
  Answer out;
  const run::Scenario given = run_of(context);
  if (given.stages.empty()) {
    out.run = run::resolve(given, context.catalog);
  } else {
    out.staged = run::resolve_stages(given, context.catalog);
    out.run = out.staged->total;
  }
  out.result = run::estimate(out.run.inputs);
  if (!out.result.training_flop && !out.result.device_time && !out.result.wall_time) {
    const bool epochs = given.has(run::Input::epochs) && !given.has(run::Input::tokens);
    throw diag::ScenarioError(
        {.code = "no-work",
         .message = "the work is unknown: neither compute nor device-time follows from what is given",
         .help = std::string{epochs ? "--epochs counts passes over --tokens: give both; or " : ""} +
                 "give --params and --tokens, or --flops, or --hours and --chips, or --device-hours"});
  }
  for (auto& gap : missing_parts(out.run, out.result)) out.run.warnings.push_back(std::move(gap));
  return out;
}

}  // namespace

int estimate(Context& context) {
  Answer a = answer(context);
  const Arguments& arguments = context.arguments;
  report_warnings(context, a.run.warnings);
  if (a.staged) a.staged->total = a.run;  // with all warnings
  if (arguments.has("json")) {
    context.out = a.staged ? report::stages_json(*a.staged, a.result, context.catalog)
                           : report::estimate_json(a.run, a.result, context.catalog);
  } else if (arguments.has("csv")) {
    context.out = report::csv(a.staged ? report::stages_table(*a.staged, a.result)
                                       : report::estimate_table(a.run, a.result));
  } else if (arguments.has("plain")) {
    context.out = report::plain(report::results_table(a.result), report::Records::one);
  } else {
    context.out = a.staged ? report::stages_text(*a.staged, a.result, context.catalog)
                           : report::estimate_text(a.run, a.result, context.catalog);
  }
  return done;
}

int explain(Context& context) {
  refuse_forms(context.arguments, {Form::csv, Form::plain}, "a derivation is a tree, not rows",
               "--json gives the tree, `kwhatif estimate` the results in rows");
  Answer a = answer(context);
  report_warnings(context, a.run.warnings);
  if (a.staged) {
    a.staged->total = a.run;
    context.out = context.arguments.has("json") ? report::explain_stages_json(*a.staged, context.catalog)
                                                : report::explain_stages_text(*a.staged, context.catalog);
    return done;
  }
  const auto derivations = ask::explain(a.run);
  context.out = context.arguments.has("json") ? report::explain_json(a.run, derivations, context.catalog)
                                              : report::explain_text(a.run, derivations, context.catalog);
  return done;
}

}  // namespace kwhatif::cli
