// levers: reduction measures on one run; --apply gives the changed estimate.
#include "verb.hpp"
#include <kwhatif/ask/levers.hpp>
#include <kwhatif/report/present.hpp>

namespace kwhatif::cli {

int levers(Context& context) {
  const run::Scenario run = run_of(context, 0, true);
  if (const auto ids = context.arguments.get("apply")) {
    const auto answer = ask::estimate_with_levers(run, *ids, context.catalog);
    return print_or_write(context, report::present(answer, context.catalog));
  }
  const auto answer = ask::levers({.run = run, .all = context.arguments.has("all")}, context.catalog);
  return print_or_write(context, report::present(answer, context.catalog));
}

}  // namespace kwhatif::cli
