#include "write.hpp"

#include <kwhatif/document/files.hpp>

#include <filesystem>
#include <fstream>
#include <system_error>

namespace kwhatif::refresh {

namespace fs = std::filesystem;

namespace {

[[noreturn]] void cannot_write(const fs::path& path, const std::string& why) {
  throw diag::UsageError({.code = "cannot-write", .message = "cannot write '" + path.string() + "': " + why});
}

void put(const fs::path& path, const std::string& text) {
  std::error_code error;
  fs::create_directories(path.parent_path(), error);
  std::ofstream out{path, std::ios::binary | std::ios::trunc};
  out << text;
  out.close();
  if (!out) cannot_write(path, "the disk did not take it");
}

// A folder that is gone when this ends.
class Scratch {
 public:
  Scratch() {
    std::error_code error;
    const fs::path base = fs::temp_directory_path(error);
    if (error) cannot_write(base, error.message());
    constexpr int tries = 100;
    for (int i = 0; i < tries; ++i) {
      path_ = base / ("kwhatif-refresh-" + std::to_string(reinterpret_cast<std::uintptr_t>(this) + i));
      if (fs::create_directory(path_, error)) return;
    }
    cannot_write(path_, "there is no place for a copy of the tables");
  }
  ~Scratch() {
    std::error_code error;
    fs::remove_all(path_, error);
  }
  Scratch(const Scratch&) = delete;
  Scratch& operator=(const Scratch&) = delete;
  const fs::path& path() const { return path_; }

 private:
  fs::path path_;
};

// The tables with the new files, read as the build reads them.
void try_tables(const fs::path& data, const Plan& plan) {
  const Scratch scratch;
  const fs::path copy = scratch.path() / data.filename();
  std::error_code error;
  link_tables(data.string(), copy.string());
  for (const TableFile& file : plan.files) {
    const fs::path path = copy / file.path;
    fs::remove(path, error);  // a link to the table itself
    put(path, file.text);
  }
  catalog::Catalog::load(copy.string());
}

}  // namespace

void link_tables(const std::string& data, const std::string& copy) {
  std::error_code error;
  const fs::path from = fs::canonical(data, error);
  if (error) cannot_write(data, error.message());
  fs::create_directories(copy, error);
  for (const auto& entry : fs::recursive_directory_iterator(from)) {
    const fs::path to = fs::path{copy} / entry.path().lexically_relative(from);
    if (entry.is_directory())
      fs::create_directories(to, error);
    else
      fs::create_symlink(fs::canonical(entry.path()), to, error);
    if (error) cannot_write(to, error.message());
  }
}

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
  try_tables(folder, plan);
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
      put(hidden, file.text);
    }
    for (std::size_t i = 0; i < names.size(); ++i) {
      fs::rename(names[i].first, names[i].second, error);
      if (error) cannot_write(names[i].second, error.message());
      if (!plan.files[i].replaces) given.push_back(names[i].second);
    }
  } catch (...) {
    undo();
    throw;
  }
}

}  // namespace kwhatif::refresh
