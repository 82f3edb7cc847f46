#include "chart_file.hpp"
#include "verb.hpp"
#include <kwhatif/ask/influence.hpp>
#include <kwhatif/report/present.hpp>

namespace kwhatif::cli {

int sensitivity(Context& context) {
  const auto file = chart_file(context.arguments);
  const auto answer = ask::sensitivity(run_of(context), context.arguments.get("result"), context.catalog);
  return print_and_draw(context, answer, report::present(answer, context.catalog), file);
}

}  // namespace kwhatif::cli
