#include <kwhatif/ask/check.hpp>
#include <kwhatif/ask/serve.hpp>
#include <kwhatif/document/toml.hpp>
#include <kwhatif/run/resolve.hpp>
#include <kwhatif/run/stage.hpp>

#include <algorithm>

namespace kwhatif::ask {

namespace {

std::vector<diag::Diagnostic> found_in(const CheckQuestion::File& file, const document::Reader& read,
                                       const catalog::Catalog& tables) {
  const std::string& path = file.path.text;
  if (file.folder) return catalog::Catalog::check(path);
  try {
    const auto source = read(path);
    const auto root = document::parse_toml(source);
    if (root.find("schema") != nullptr) return catalog::Catalog::check(path);
    if (root.find("serve") != nullptr) {
      ServeQuestion service = read_service_with_faults(source);
      service.files = read;
      return serve_one(service, tables).warnings;
    }
    auto given = run::read_run(source);
    given.files = read;
    if (!given.stages.empty()) return run::resolve_stages(given, tables).total.warnings;
    return run::resolve(given, tables).warnings;
  } catch (const diag::Error& error) {
    return error.diagnostics();
  }
}

}  // namespace

CheckedFiles check(const CheckQuestion& question, const catalog::Catalog& tables) {
  if (question.files.empty())
    diag::refuse("missing-value", "check needs run files, table files or folders of tables", {},
                 "write for example: kwhatif check run.toml my-tables/");
  CheckedFiles out;
  for (const CheckQuestion::File& file : question.files) {
    CheckedFile checked{.name = file.path.text, .found = found_in(file, question.read, tables)};
    checked.problems =
        static_cast<std::size_t>(std::ranges::count_if(checked.found, [&](const diag::Diagnostic& d) {
          return question.strict || d.severity == diag::Severity::error;
        }));
    out.problems += checked.problems;
    out.files.push_back(std::move(checked));
  }
  return out;
}

}  // namespace kwhatif::ask
