// A pilot that is a log: handed out as the run file that it makes.
#include <kwhatif/ask/import.hpp>

namespace kwhatif::ask {

bool is_run_file(const std::shared_ptr<const diag::SourceText>& source) {
  try {
    (void)run::read_run(source);
  } catch (const diag::Error& error) {
    return error.diagnostics().front().code != "syntax-error";
  }
  return true;
}

document::Reader pilots_from_logs(document::Reader read, const run::Given& pilot,
                                  const catalog::Catalog& tables) {
  return [read = std::move(read), pilot, &tables](const std::string& path) {
    auto source = read(path);
    if (path != pilot.text || is_run_file(source)) return source;
    const auto answer =
        import_files({.files = {pilot}, .read = read, .choice = {}, .said = {}, .written_to = {}}, tables);
    return std::make_shared<const diag::SourceText>(
        diag::SourceText{path, run::run_file(as_run(answer), path)});
  };
}

}  // namespace kwhatif::ask
