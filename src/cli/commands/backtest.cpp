#include "verb.hpp"
#include <kwhatif/ask/backtest.hpp>
#include <kwhatif/report/plots.hpp>
#include <kwhatif/report/present.hpp>

namespace kwhatif::cli {

int backtest(Context& context) {
  const auto& arguments = context.arguments;
  const auto answer = ask::backtest(context.catalog);
  if (const auto path = arguments.get("output")) {
    if (!path->text.ends_with(".svg"))
      refuse("unknown-format", "no format for '" + path->text + "'", path->where,
             "the plot is an .svg; --json and --csv print the rows");
    write_file(context, path->text, report::svg(answer));
    context.err += "wrote " + diag::visible(path->text) + '\n';
  }
  const auto detail = arguments.has("all") ? report::Detail::most : report::Detail::usual;
  return print(context, report::present(answer, context.catalog, detail));
}

}  // namespace kwhatif::cli
