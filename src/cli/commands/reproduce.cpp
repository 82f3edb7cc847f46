#include "verb.hpp"
#include <kwhatif/ask/reproduce.hpp>
#include <kwhatif/report/present.hpp>

namespace kwhatif::cli {

int reproduce(Context& context) {
  std::vector<std::string> ids;
  for (const auto& given : context.arguments.positionals) ids.push_back(given.text);
  const auto answer = ask::reproduce(context.catalog, ids);
  const auto detail = context.arguments.has("summary") ? report::Detail::least : report::Detail::usual;
  return print(context, report::present(answer, context.catalog, detail),
               answer.count(ask::Verdict::mismatch) > 0 ? answer_is_no : done);
}

}  // namespace kwhatif::cli
