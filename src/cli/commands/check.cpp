#include "verb.hpp"
#include <kwhatif/document/files.hpp>
#include <kwhatif/document/toml.hpp>
#include <kwhatif/report/check.hpp>
#include <kwhatif/run/resolve.hpp>
#include <kwhatif/run/stage.hpp>

#include <algorithm>
#include <filesystem>

namespace kwhatif::cli {

namespace {

std::vector<diag::Diagnostic> problems_of_file(const std::string& path, const catalog::Catalog& catalog) {
  const auto source = document::read_file(path);
  try {
    const document::Value root = document::parse_toml(source);
    if (root.find("schema") != nullptr) return catalog::Catalog::check(path);
    auto given = run::read_run(source);
    given.files = document::read_file;
    if (!given.stages.empty()) return run::resolve_stages(given, catalog).total.warnings;
    return run::resolve(given, catalog).warnings;
  } catch (const diag::Error& error) {
    return error.diagnostics();
  }
}

std::size_t errors_of(const report::CheckedFile& file, bool strict) {
  if (strict) return file.problems.size();
  return static_cast<std::size_t>(
      std::count_if(file.problems.begin(), file.problems.end(),
                    [](const diag::Diagnostic& d) { return d.severity == diag::Severity::error; }));
}

std::string in_words(const std::vector<report::CheckedFile>& checked, std::size_t found, bool strict) {
  std::string out;
  for (const report::CheckedFile& file : checked) {
    out += diag::render(file.problems);
    if (errors_of(file, strict) == 0)
      out +=
          diag::visible(file.name) + ": no problems" + (file.problems.empty() ? "" : ", but warnings") + '\n';
  }
  if (found > 0) out += std::to_string(found) + (found == 1 ? " problem\n" : " problems\n");
  return out;
}

}  // namespace

int check(Context& context) {
  const auto& files = context.arguments.positionals;
  if (files.empty())
    throw diag::UsageError({.code = "missing-value",
                            .message = "check needs run files, table files or folders of tables",
                            .help = "write for example: kwhatif check run.toml my-tables/"});
  std::vector<report::CheckedFile> checked;
  std::size_t found = 0;
  for (const auto& file : files) {
    std::error_code ignored;
    if (!std::filesystem::exists(file.text, ignored))
      throw diag::UsageError(
          {.code = "cannot-read", .message = "no file or folder '" + file.text + "'", .where = file.where});
    const bool folder = std::filesystem::is_directory(file.text, ignored);
    checked.push_back({file.text, folder ? catalog::Catalog::check(file.text)
                                         : problems_of_file(file.text, context.catalog)});
    found += errors_of(checked.back(), context.arguments.has("strict"));
  }
  if (context.arguments.has("json"))
    context.out = report::check_json(checked, context.catalog);
  else if (wants_rows(context.arguments))
    context.out = rows_text(context.arguments, report::check_table(checked));
  else
    context.out = in_words(checked, found, context.arguments.has("strict"));
  return found > 0 ? answer_is_no : done;
}

}  // namespace kwhatif::cli
