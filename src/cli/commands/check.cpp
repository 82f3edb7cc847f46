#include "verb.hpp"
#include <kwhatif/ask/check.hpp>
#include <kwhatif/document/files.hpp>
#include <kwhatif/report/present.hpp>

#include <filesystem>

namespace kwhatif::cli {

int check(Context& context) {
  ask::CheckQuestion question{
      .files = {}, .read = document::read_file, .strict = context.arguments.has("strict")};
  for (const run::Given& path : context.arguments.positionals) {
    std::error_code ignored;
    if (!std::filesystem::exists(path.text, ignored))
      refuse("cannot-read", "no file or folder '" + path.text + "'", path.where);
    question.files.push_back({path, std::filesystem::is_directory(path.text, ignored)});
  }
  const auto answer = ask::check(question, context.catalog);
  return print_or_write(context, report::present(answer, context.catalog),
                        answer.problems > 0 ? answer_is_no : done);
}

}  // namespace kwhatif::cli
