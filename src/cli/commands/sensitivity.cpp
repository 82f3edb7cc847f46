#include "verb.hpp"
#include <kwhatif/ask/influence.hpp>
#include <kwhatif/report/present.hpp>

namespace kwhatif::cli {

int sensitivity(Context& context) {
  const auto answer = ask::sensitivity(run_of(context), context.arguments.get("result"), context.catalog);
  return print(context, report::present(answer, context.catalog));
}

}  // namespace kwhatif::cli
