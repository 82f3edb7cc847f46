#include "verb.hpp"
#include <kwhatif/ask/equivalents.hpp>
#include <kwhatif/report/present.hpp>

namespace kwhatif::cli {

int equiv(Context& context) {
  const Arguments& arguments = context.arguments;
  if (arguments.positionals.empty())
    refuse("missing-value", "equiv needs an amount", {}, ask::amount_examples);
  const auto answer = ask::equivalents(arguments.positionals.front(), arguments.has("all"), context.catalog);
  return print_or_write(context, report::present(answer, context.catalog));
}

}  // namespace kwhatif::cli
