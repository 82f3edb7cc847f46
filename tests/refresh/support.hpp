// For tests of kwhatif-refresh: files of the tests, tables in a folder of their own.
#pragma once

#include "diff.hpp"
#include "support/catch.hpp"
#include "support/root.hpp"
#include "write.hpp"

#include <filesystem>
#include <fstream>
#include <iterator>
#include <string>

namespace kwhatif::refresh {

inline std::filesystem::path tests_folder() {
  return std::filesystem::path{testing::repository_root()} / "tests";
}

inline std::string text_of(const std::filesystem::path& path) {
  std::ifstream in(path, std::ios::binary);
  return {std::istreambuf_iterator<char>(in), std::istreambuf_iterator<char>()};
}

template <class Act>
std::string code_of(const Act& act) {
  try {
    act();
  } catch (const diag::Error& error) {
    return error.diagnostics().front().code;
  }
  return {};
}

class InTestFolder {
 public:
  InTestFolder() : before_(std::filesystem::current_path()) { std::filesystem::current_path(tests_folder()); }
  ~InTestFolder() { std::filesystem::current_path(before_); }
  InTestFolder(const InTestFolder&) = delete;
  InTestFolder& operator=(const InTestFolder&) = delete;

 private:
  std::filesystem::path before_;
};

/// A folder with links to the tables of data/ that is gone when the test ends.
class CopiedTables {
 public:
  explicit CopiedTables(const std::string& name)
      : folder_(std::filesystem::temp_directory_path() / ("kwhatif-test-" + name)) {
    std::filesystem::remove_all(folder_);
    link_tables(testing::repository_root() + "/data", data());
  }
  ~CopiedTables() { std::filesystem::remove_all(folder_); }
  CopiedTables(const CopiedTables&) = delete;
  CopiedTables& operator=(const CopiedTables&) = delete;

  std::string data() const { return (folder_ / "data").string(); }
  /// A file beside the tables, as if it were downloaded.
  std::string put(const std::string& name, const std::string& text) const {
    const std::filesystem::path path = folder_ / name;
    std::filesystem::create_directories(path.parent_path());
    std::ofstream{path, std::ios::binary} << text;
    return path.string();
  }
  std::size_t files() const {
    std::size_t out = 0;
    for (const auto& entry : std::filesystem::recursive_directory_iterator(folder_ / "data"))
      out += entry.is_directory() ? 0 : 1;
    return out;
  }

 private:
  std::filesystem::path folder_;
};

}  // namespace kwhatif::refresh
