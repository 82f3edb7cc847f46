#include "chart_file.hpp"
#include "verb.hpp"
#include <kwhatif/ask/estimate.hpp>
#include <kwhatif/report/present.hpp>

namespace kwhatif::cli {

int estimate(Context& context) {
  const auto file = chart_file(context.arguments);
  const bool shows_bands = file || form_of(context.arguments) != Form::plain;
  const auto answer = ask::estimate(run_of(context), context.catalog,
                                    shows_bands ? ask::Extent::whole : ask::Extent::numbers);
  return print_and_draw(context, answer, report::present(answer, context.catalog), file);
}

int explain(Context& context) {
  const auto answer = ask::explain(run_of(context), context.catalog);
  return print(context, report::present(answer, context.catalog));
}

}  // namespace kwhatif::cli
