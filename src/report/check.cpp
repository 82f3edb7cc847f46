// check: the problems of files, and run files to start from.
#include "content.hpp"
#include <kwhatif/ask/check.hpp>
#include <kwhatif/ask/start.hpp>
#include <kwhatif/diag/visible.hpp>
#include <kwhatif/diag/words.hpp>
#include <kwhatif/report/present.hpp>

namespace kwhatif::report {

namespace {

const std::string& file_of(const ask::CheckedFile& file, const diag::Diagnostic& problem) {
  return problem.where.source ? problem.where.source->name : file.name;
}

std::string_view severity_of(const diag::Diagnostic& problem) {
  return problem.severity == diag::Severity::error ? "error" : "warning";
}

Table check_table(const ask::CheckedFiles& answer) {
  const auto place = [](int number) { return number > 0 ? std::to_string(number) : std::string{}; };
  Table table{heads({"file", "line", "column", "severity", "code", "message", "help"}), {}};
  for (const ask::CheckedFile& file : answer.files) {
    for (const diag::Diagnostic& p : file.found)
      table.rows.push_back({file_of(file, p), place(p.where.line), place(p.where.column),
                            std::string{severity_of(p)}, p.code, p.message, p.help});
  }
  return table;
}

Json check_json(const ask::CheckedFiles& answer) {
  const auto place = [](int number) { return number > 0 ? Json(number) : Json(nullptr); };
  Json out;
  out["files"] = Json::array();
  for (const ask::CheckedFile& file : answer.files) {
    Json problems = Json::array();
    for (const diag::Diagnostic& p : file.found)
      problems.push_back({{"file", file_of(file, p)},
                          {"line", place(p.where.line)},
                          {"column", place(p.where.column)},
                          {"severity", severity_of(p)},
                          {"code", p.code},
                          {"message", p.message},
                          {"help", p.help}});
    out["files"].push_back({{"name", file.name}, {"problems", std::move(problems)}});
  }
  return out;
}

// Messages wrap; the lines of a file and their carets stand as they are.
void add_messages(Page& page, const std::vector<diag::Diagnostic>& found) {
  const std::string text = diag::render(found);
  for (const std::string_view line : diag::parts(text, '\n')) {
    const auto number = line.find_first_not_of(" 0123456789");
    const bool of_file = number != std::string_view::npos && number > 0 && line[number] == '|';
    constexpr std::string_view help = "help: ";
    if (of_file)
      page.lines(std::string{line});
    else if (line.starts_with(help))
      page.hanging(std::string{help}, std::string{line.substr(help.size())}, help.size());
    else
      page.paragraph(std::string{line});
  }
}

Page check_page(const ask::CheckedFiles& answer) {
  Page page;
  for (const ask::CheckedFile& file : answer.files) {
    add_messages(page, file.found);
    if (file.problems == 0)
      page.lines(diag::visible(file.name) + ": no problems" + (file.found.empty() ? "" : ", but warnings"));
  }
  if (answer.problems > 0)
    page.paragraph(std::to_string(answer.problems) + (answer.problems == 1 ? " problem" : " problems"));
  return page;
}

}  // namespace

Document present(const ask::CheckedFiles& answer, const catalog::Catalog& tables) {
  Content content{.name = "check", .catalog = tables};
  content.page = [&answer] { return check_page(answer); };
  content.body = [&answer] { return check_json(answer); };
  content.rows = [&answer] { return check_table(answer); };
  return Document{std::move(content)};
}

Document present(const ask::StartingRun& answer, const catalog::Catalog& tables) {
  Content content{.name = "init", .catalog = tables};
  content.page = [&answer] {
    return Page{}.lines(answer.file.empty() ? run::run_file(answer.run, answer.title) : answer.file);
  };
  const std::string why = "a run file is TOML";
  const std::string instead = "`kwhatif estimate --json` says how a run file is understood";
  content.refuse(Form::json, why, instead).refuse_rows(why, instead);
  return Document{std::move(content)};
}

}  // namespace kwhatif::report
