#include "verb.hpp"
#include <kwhatif/document/toml.hpp>
#include <kwhatif/scenario/resolve.hpp>
#include <kwhatif/scenario/stage.hpp>

#include <filesystem>

namespace kwhatif::cli {

namespace {

std::vector<diag::Diagnostic> problems_of_file(const std::string& path, const catalog::Catalog& catalog) {
  const auto source = document::read_file(path);
  try {
    const document::Value root = document::parse_toml(source);
    if (root.find("schema") != nullptr) return catalog::Catalog::check(path);
    const auto given = scenario::read_run(source);
    if (!given.stages.empty()) return scenario::resolve_stages(given, catalog).total.warnings;
    return scenario::resolve(given, catalog).warnings;
  } catch (const diag::Error& error) {
    return error.diagnostics();
  }
}

}  // namespace

int check(Context& context) {
  const auto& files = context.arguments.positionals;
  if (files.empty())
    throw diag::UsageError({.code = "missing-value",
                            .message = "check needs run files, table files or folders of tables",
                            .help = "write for example: kwhatif check run.toml my-tables/"});
  std::size_t found = 0;
  std::size_t warnings = 0;
  for (const auto& file : files) {
    std::error_code ignored;
    if (!std::filesystem::exists(file.text, ignored))
      throw diag::UsageError(
          {.code = "cannot-read", .message = "no file or folder '" + file.text + "'", .where = file.where});
    const bool folder = std::filesystem::is_directory(file.text, ignored);
    const auto problems =
        folder ? catalog::Catalog::check(file.text) : problems_of_file(file.text, context.catalog);
    context.out += diag::render(problems);
    std::size_t errors = 0;
    for (const diag::Diagnostic& d : problems) (d.severity == diag::Severity::error ? errors : warnings) += 1;
    if (context.arguments.has("strict")) errors = problems.size();
    if (errors == 0)
      context.out += file.text + ": no problems" + (problems.empty() ? "" : ", but warnings") + '\n';
    found += errors;
  }
  if (found > 0) context.out += std::to_string(found) + (found == 1 ? " problem\n" : " problems\n");
  return found > 0 ? answer_is_no : done;
}

}  // namespace kwhatif::cli
