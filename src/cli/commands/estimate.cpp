#include "chart_file.hpp"
#include "verb.hpp"
#include <kwhatif/ask/estimate.hpp>
#include <kwhatif/dossier/sentence.hpp>
#include <kwhatif/report/present.hpp>

namespace kwhatif::cli {

namespace {

// The sentence for a paper alone.
int print_sentence(Context& context) {
  refuse_forms(context.arguments, {Form::json, Form::csv, Form::plain},
               "with --sentence it prints a sentence",
               "leave one of the two out; kwhatif report writes both");
  if (const auto file = context.arguments.get("output"))
    refuse("conflict", "--sentence and --output are two answers", file->where, "leave one of them out");
  const auto run = run_of(context);
  const auto report =
      dossier::gather(ask::estimate(run, context.catalog), dossier::particulars(run.report), context.catalog);
  report_warnings(context, report.warnings);
  context.out = dossier::sentence(report, report.subject()) + '\n';
  return done;
}

}  // namespace

int estimate(Context& context) {
  if (context.arguments.has("sentence")) return print_sentence(context);
  const auto file = chart_file(context.arguments);
  const bool drawn = file && file->text != "-";
  const Form form = form_of(context.arguments);
  auto extent = ask::Extent::whole;
  if (!drawn && form == Form::text) extent = ask::Extent::page;
  if (!drawn && form == Form::plain) extent = ask::Extent::numbers;
  const auto answer = ask::estimate(run_of(context), context.catalog, extent);
  return print_and_draw(context, answer, report::present(answer, context.catalog), file);
}

int explain(Context& context) {
  const auto answer = ask::explain(run_of(context), context.catalog);
  return print_or_write(context, report::present(answer, context.catalog));
}

}  // namespace kwhatif::cli
