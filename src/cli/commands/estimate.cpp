#include "verb.hpp"
#include <kwhatif/ask/estimate.hpp>
#include <kwhatif/report/present.hpp>

namespace kwhatif::cli {

int estimate(Context& context) {
  const bool shows_bands = form_of(context.arguments) != Form::plain;
  const auto answer = ask::estimate(run_of(context), context.catalog,
                                    shows_bands ? ask::Extent::whole : ask::Extent::numbers);
  return print(context, report::present(answer, context.catalog));
}

int explain(Context& context) {
  const auto answer = ask::explain(run_of(context), context.catalog);
  return print(context, report::present(answer, context.catalog));
}

}  // namespace kwhatif::cli
