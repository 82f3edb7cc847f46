// check: problems of files as JSON and as rows.
#include "json_support.hpp"
#include <kwhatif/report/check.hpp>

namespace kwhatif::report {

namespace {

const std::string& file_of(const CheckedFile& file, const diag::Diagnostic& problem) {
  return problem.where.source ? problem.where.source->name : file.name;
}

std::string_view severity_of(const diag::Diagnostic& problem) {
  return problem.severity == diag::Severity::error ? "error" : "warning";
}

std::string place(int number) { return number > 0 ? std::to_string(number) : std::string{}; }

}  // namespace

Table check_table(const std::vector<CheckedFile>& files) {
  Table table{{{"file"}, {"line"}, {"column"}, {"severity"}, {"code"}, {"message"}, {"help"}}, {}};
  for (const CheckedFile& file : files) {
    for (const diag::Diagnostic& p : file.problems)
      table.rows.push_back({file_of(file, p), place(p.where.line), place(p.where.column),
                            std::string{severity_of(p)}, p.code, p.message, p.help});
  }
  return table;
}

std::string check_json(const std::vector<CheckedFile>& files, const catalog::Catalog& catalog) {
  Json out;
  out["files"] = Json::array();
  for (const CheckedFile& file : files) {
    Json problems = Json::array();
    for (const diag::Diagnostic& p : file.problems) {
      const auto number = [](int n) { return n > 0 ? Json(n) : Json(nullptr); };
      problems.push_back({{"file", file_of(file, p)},
                          {"line", number(p.where.line)},
                          {"column", number(p.where.column)},
                          {"severity", severity_of(p)},
                          {"code", p.code},
                          {"message", p.message},
                          {"help", p.help}});
    }
    out["files"].push_back({{"name", file.name}, {"problems", std::move(problems)}});
  }
  return document("check", out, {}, {}, catalog);
}

}  // namespace kwhatif::report
