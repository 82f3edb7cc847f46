#include "verb.hpp"
#include <kwhatif/ask/claim.hpp>
#include <kwhatif/ask/reproduce.hpp>
#include <kwhatif/report/present.hpp>

#include <algorithm>
#include <filesystem>

namespace kwhatif::cli {

namespace {

// A study is named by its id; a run file by its path, or '-' for standard input.
bool names_a_file(const catalog::Catalog& catalog, const std::string& text) {
  if (text == "-" || text.ends_with(".toml")) return true;
  std::error_code ignored;
  return !catalog.lookup(catalog::Kind::study, text).row && std::filesystem::is_regular_file(text, ignored);
}

}  // namespace

int reproduce(Context& context) {
  const auto& given = context.arguments.positionals;
  ask::Reproduction answer;
  std::vector<std::string> ids;
  for (std::size_t i = 0; i < given.size(); ++i) {
    if (names_a_file(context.catalog, given[i].text))
      answer.studies.push_back(ask::check_claim(run_of(context, i), context.catalog, given[i].text));
    else
      ids.push_back(given[i].text);
  }
  if (!ids.empty() || given.empty()) {
    auto studies = ask::reproduce(context.catalog, ids).studies;
    std::ranges::move(studies, std::back_inserter(answer.studies));
  }
  const auto detail = context.arguments.has("summary") ? report::Detail::least : report::Detail::usual;
  return print_or_write(context, report::present(answer, context.catalog, detail),
                        answer.count(ask::Verdict::mismatch) > 0 ? answer_is_no : done);
}

}  // namespace kwhatif::cli
