// methods: one run under every published method.
#include "verb.hpp"
#include <kwhatif/ask/methods.hpp>
#include <kwhatif/report/present.hpp>

namespace kwhatif::cli {

int methods(Context& context) {
  const auto answer = ask::methods({.run = run_of(context, 0, true),
                                    .as_published = context.arguments.has("as-published"),
                                    .details = context.arguments.has("details")},
                                   context.catalog);
  return print_or_write(context, report::present(answer, context.catalog));
}

}  // namespace kwhatif::cli
