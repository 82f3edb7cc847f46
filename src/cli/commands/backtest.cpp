#include "chart_file.hpp"
#include "verb.hpp"
#include <kwhatif/ask/backtest.hpp>
#include <kwhatif/report/present.hpp>

namespace kwhatif::cli {

int backtest(Context& context) {
  const auto& arguments = context.arguments;
  const auto file = chart_file(arguments);
  const auto answer = ask::backtest(context.catalog);
  const auto detail = arguments.has("all") ? report::Detail::most : report::Detail::usual;
  return print_and_draw(context, answer, report::present(answer, context.catalog, detail), file);
}

}  // namespace kwhatif::cli
