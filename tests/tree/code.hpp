// The code of the product as lines, and rules about what may stand in it. Each exception from a rule has its
// reason; one that nothing needs is a fault, so that lists of exceptions only shrink.
#pragma once

#include "support/catch.hpp"
#include "support/root.hpp"

#include <algorithm>
#include <filesystem>
#include <fstream>
#include <regex>
#include <string>
#include <string_view>
#include <vector>

namespace kwhatif {

namespace fs = std::filesystem;
inline const fs::path root = testing::repository_root();

struct Line {
  std::string file;  ///< relative to the root
  std::size_t number;
  std::string code;  ///< without comments and without what stands in quotes
};

// Comments and the insides of texts and characters are no code.
inline std::string code_of(const std::string& line) {
  std::string out;
  char quote = 0;
  for (std::size_t i = 0; i < line.size(); ++i) {
    if (quote != 0) {
      if (line[i] == '\\') {
        ++i;
      } else if (line[i] == quote) {
        out += quote;
        quote = 0;
      }
      continue;
    }
    if (line.compare(i, 2, "//") == 0) break;
    const bool parts_digits = line[i] == '\'' && i > 0 && line[i - 1] >= '0' && line[i - 1] <= '9';
    if (line[i] == '"' || (line[i] == '\'' && !parts_digits)) quote = line[i];
    out += line[i];
  }
  return out;
}

// The lines of the product below the folders; programs of their own (…_main.cpp) are no part of the library.
inline std::vector<Line> lines_below(const std::vector<std::string>& folders) {
  std::vector<Line> out;
  for (const std::string& folder : folders) {
    for (const auto& entry : fs::recursive_directory_iterator(root / folder)) {
      const fs::path path = entry.path().lexically_relative(root);
      if (path.extension() != ".hpp" && path.extension() != ".cpp") continue;
      if (path.stem().string().ends_with("_main")) continue;
      std::ifstream in(entry.path());
      std::size_t number = 0;
      for (std::string line; std::getline(in, line);)
        out.push_back({path.generic_string(), ++number, code_of(line)});
    }
  }
  std::sort(out.begin(), out.end(), [](const Line& a, const Line& b) {
    return a.file != b.file ? a.file < b.file : a.number < b.number;
  });
  return out;
}

struct Exception {
  std::string file;  ///< the end of its path
  std::string code;  ///< that the line must hold
  std::string why;
};

/// Looks for what is forbidden in lines; an exception holds for lines of its file that have its code.
inline void forbid(const std::vector<Line>& lines, const std::regex& forbidden,
                   const std::vector<Exception>& exceptions) {
  std::vector<bool> needed(exceptions.size());
  for (const Line& line : lines) {
    if (!std::regex_search(line.code, forbidden)) continue;
    bool allowed = false;
    for (std::size_t i = 0; i < exceptions.size(); ++i) {
      if (!line.file.ends_with('/' + exceptions[i].file) ||
          line.code.find(exceptions[i].code) == std::string::npos)
        continue;
      allowed = needed[i] = true;
    }
    if (!allowed) FAIL_CHECK(line.file << ':' << line.number << ": " << line.code);
  }
  for (std::size_t i = 0; i < exceptions.size(); ++i) {
    if (!needed[i]) FAIL_CHECK("nothing needs the exception of " << exceptions[i].file);
  }
}

}  // namespace kwhatif
