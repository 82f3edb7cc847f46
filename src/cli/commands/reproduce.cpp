#include "verb.hpp"
#include <kwhatif/report/reproduce.hpp>

namespace kwhatif::cli {

int reproduce(Context& context) {
  std::vector<std::string> ids;
  for (const auto& given : context.arguments.positionals) ids.push_back(given.text);
  const auto result = ask::reproduce(context.catalog, ids);
  if (context.arguments.has("json")) {
    context.out = report::reproduce_json(result, context.catalog);
  } else if (wants_rows(context.arguments)) {
    context.out = rows_text(context.arguments, report::reproduce_table(result));
  } else {
    context.out = report::reproduce_text(result, context.catalog, context.arguments.has("summary"));
  }
  return result.count(ask::Verdict::mismatch) > 0 ? answer_is_no : done;
}

}  // namespace kwhatif::cli
