#include "targets.hpp"

#include <array>
#include <cstdio>
#include <cstdlib>
#include <filesystem>

#include <unistd.h>

namespace kwhatif::fuzz {

namespace {

constexpr std::array table{
    Target{"run_file", run_file}, Target{"config", config}, Target{"quantity", quantity},
    Target{"where", where},       Target{"axis", axis},     Target{"trace", trace},
    Target{"data", data},         Target{"argv", argv},     Target{"import", import_file},
};

class Folder {
 public:
  Folder() {
    std::string name = (std::filesystem::temp_directory_path() / "kwhatif-fuzz-XXXXXX").string();
    if (::mkdtemp(name.data()) == nullptr) broken("no folder for the files of a target");
    path_ = name;
    std::filesystem::current_path(path_);
  }
  ~Folder() {
    std::error_code ignored;
    std::filesystem::current_path("/", ignored);
    std::filesystem::remove_all(path_, ignored);
  }
  Folder(const Folder&) = delete;
  Folder& operator=(const Folder&) = delete;
  const std::string& path() const { return path_; }

 private:
  std::string path_;
};

}  // namespace

std::span<const Target> targets() { return table; }

const Target& chosen(int count, char** words) {
  constexpr std::string_view flag = "--target=";
  for (int i = 1; i < count; ++i) {
    const std::string_view word = words[i];
    if (!word.starts_with(flag)) continue;
    for (const Target& target : table) {
      if (target.name == word.substr(flag.size())) return target;
    }
  }
  std::fputs("--target=NAME is missing or unknown; there are:", stderr);
  for (const Target& target : table) std::fprintf(stderr, " %s", std::string{target.name}.c_str());
  std::fputs("\n", stderr);
  std::exit(2);
}

void broken(const std::string& what) {
  std::fprintf(stderr, "BROKEN: %s\n", what.c_str());
  std::fflush(stderr);
  std::abort();
}

const std::string& own_folder() {
  static const Folder folder;
  return folder.path();
}

}  // namespace kwhatif::fuzz
