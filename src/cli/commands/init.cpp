#include "verb.hpp"
#include <kwhatif/ask/start.hpp>
#include <kwhatif/report/present.hpp>

namespace kwhatif::cli {

int init(Context& context) {
  const Arguments& arguments = context.arguments;
  const auto& given = arguments.positionals;
  const auto start =
      ask::starting_run(given.empty() ? std::nullopt : std::optional{given.front()}, context.catalog);
  const auto document = report::present(start, context.catalog);
  const auto path = arguments.get("output");
  if (!path || path->text == "-") return print(context, document);
  write_file(context, path->text, report::render(document, form_of(arguments)));
  const std::string name = diag::visible(path->text);
  const bool service = !given.empty() && given.front().text == "serve";
  context.out =
      "wrote " + name + "; estimate it with: kwhatif " + (service ? "serve " : "estimate ") + name + '\n';
  return done;
}

}  // namespace kwhatif::cli
