#include "write.hpp"

#include <kwhatif/document/files.hpp>

#include <filesystem>
#include <fstream>
#include <system_error>

namespace kwhatif::refresh {

namespace fs = std::filesystem;

void write_files(const std::string& data, const Plan& plan) {
  std::error_code error;
  fs::path folder = fs::canonical(data, error);
  if (error) cannot_write(data, error.message());
  for (const TableFile& file : plan.files) {
    if (!file.replaces && fs::exists(folder / file.path, error))
      throw diag::UsageError({.code = "exists",
                              .message = "'" + (folder / file.path).string() + "' exists",
                              .help = "this edition has been read; remove its files to read it once more"});
  }
  if (auto faults = faults_with(folder.string(), plan); !faults.empty())
    throw diag::DataError(std::move(faults));
  // Under other names first; a name given is taken back where a later one fails.
  std::vector<std::pair<fs::path, fs::path>> names;
  std::vector<fs::path> given;
  const auto undo = [&] {
    for (const auto& [hidden, name] : names) fs::remove(hidden, error);
    for (const fs::path& name : given) fs::remove(name, error);
  };
  try {
    for (const TableFile& file : plan.files) {
      const fs::path name = folder / file.path;
      const fs::path hidden = name.parent_path() / ('.' + name.filename().string() + ".new");
      names.emplace_back(hidden, name);
      put(hidden.string(), file.text);
    }
    for (std::size_t i = 0; i < names.size(); ++i) {
      fs::rename(names[i].first, names[i].second, error);
      if (error) cannot_write(names[i].second.string(), error.message());
      if (!plan.files[i].replaces) given.push_back(names[i].second);
    }
  } catch (...) {
    undo();
    throw;
  }
}

}  // namespace kwhatif::refresh
