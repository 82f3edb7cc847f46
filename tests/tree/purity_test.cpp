// What the library never does: end the program, print, open files, depend on the locale, or remember anything
// between calls. Each exception is a row of a table here, with its reason; a row that nothing needs is a
// fault.
#include "support/catch.hpp"
#include "support/root.hpp"

#include <algorithm>
#include <filesystem>
#include <fstream>
#include <functional>
#include <regex>
#include <string>
#include <string_view>
#include <vector>

namespace kwhatif {
namespace {

namespace fs = std::filesystem;
const fs::path root = testing::repository_root();

struct Line {
  std::string file;  ///< relative to the root
  std::size_t number;
  std::string code;  ///< without comments and without what stands in quotes
};

// Comments and the insides of texts and characters are no code.
std::string code_of(const std::string& line) {
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
std::vector<Line> lines_below(const std::vector<std::string>& folders) {
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

bool of_program(const Line& line) { return line.file.starts_with("src/cli/"); }

struct Exception {
  std::string file;  ///< the end of its path
  std::string code;  ///< that the line must hold
  std::string why;
};

/// Looks for what is forbidden in lines; an exception holds for lines of its file that have its code.
void forbid(const std::vector<Line>& lines, const std::regex& forbidden,
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

std::vector<Line> library() {
  std::vector<Line> out = lines_below({"include", "src"});
  std::erase_if(out, of_program);
  return out;
}

TEST_CASE("the rules of purity see code, not comments and texts") {
  CHECK(code_of("a = 1;  // exit(1)") == "a = 1;  ");
  CHECK(code_of(R"(f("exit(1) \" // x", '"');)") == R"(f("", '');)");
  CHECK(code_of("constexpr int n = 300'000;  // x") == "constexpr int n = 300'000;  ");
  CHECK(library().size() > 10000);
}

TEST_CASE("the library neither ends the program nor prints") {
  const std::regex ends{R"((^|[^\w.>])(std::)?(exit|_exit|_Exit|quick_exit|abort|terminate|atexit)\()"};
  const std::regex prints{
      R"(\b(std::)?(cout|cerr|clog|cin|stdin|stdout|stderr)\b|(^|[^\w:.>])(std::)?(v?f?printf|puts|fputs|putchar|fwrite|perror)\()"};
  forbid(library(), ends, {});
  forbid(library(), prints, {});
}

TEST_CASE("only the doors to files open files") {
  const std::regex opens{R"(\b([io]?fstream|filesystem|fopen|freopen|opendir|mmap)\b)"};
  forbid(library(), opens,
         {{"document/files.cpp", "fstream", "read_file(), the reader of the disk that cli gives to runs"},
          {"document/files.cpp", "filesystem", "the same"},
          {"catalog/loader.cpp", "filesystem", "a folder of tables (--data) is found by the loader itself"}});
}

TEST_CASE("only catalog and cli read the disk") {
  forbid(library(), std::regex{R"(\bread_file\b)"},
         {{"document/files.hpp", "read_file", "declares it"},
          {"document/files.cpp", "read_file", "defines it"},
          {"catalog/loader.cpp", "read_file", "tables and what their rows name by file"}});
}

// What the symbols of the library say about conversions is tests/support/symbols.cmake.
TEST_CASE("nothing converts as the locale says") {
  const std::regex reads{
      R"(\b(std::)?(sto[dfil]|stol[dl]|stoul|stoull|ato[fil]|atoll|strto[dfil]|strtold|strtol|strtoll|strtoul|strtoull|[fsv]*scanf)\()"};
  const std::regex writes{R"(printf\(|\b[io]?stringstream\b|<iomanip>|\bsetprecision\b)"};
  const std::regex depends{
      R"(\b(setlocale|localeconv|std::locale|strcoll|strftime|put_time|get_time)\b|\b(std::)?(is(alpha|digit|alnum|space|upper|lower|print|punct|xdigit|cntrl|graph|blank)|to(lower|upper))\()"};
  const auto all = lines_below({"include", "src"});
  forbid(all, reads, {});
  forbid(all, depends, {});
  forbid(all, writes,
         {{"document/toml.cpp", "istringstream", "toml++ reads a broken text as a stream, no number of it"}});
}

// At the beginning of a line, a variable that is no constant; within braces, one that is kept between calls.
const std::regex global{
    R"(^(inline |extern |thread_local |static )*)"
    R"((?!using |return |namespace |struct |class |enum |template |typedef |friend |concept |public|private|protected|else|#))"
    R"((?!const |constexpr |constinit )[\w:]+(<.*>)?[ &*]+\w+( = .*|\{.*|;)$)"};
const std::regex pointer{R"(^(inline |static )*const [\w:]+(<.*>)? ?\*(?! ?const)[ &]*\w+( = .*|\{.*|;)$)"};
const std::regex kept{R"(^\s+(inline |static |thread_local )+(?!(const|constexpr) |assert).*)"};
const std::regex member_function{R"(^\s+static [^=]*\b\w+\(.*)"};

TEST_CASE("the rule of globals tells variables from constants, functions and types") {
  const auto variable = [](const std::string& line) {
    return std::regex_search(line, global) || std::regex_search(line, pointer) ||
           (std::regex_search(line, kept) && !std::regex_search(line, member_function));
  };
  for (const std::string line :
       {"int count = 0;", "std::map<int, int> cache;", "static std::vector<int> all{1, 2};",
        "thread_local int n;", "inline bool verbose = false;", "extern int level;",
        "Catalog* last = nullptr;", "const char* name = \"\";", "  static int calls = 0;",
        "  static thread_local std::map<int, int> seen;", "  inline static int n = 1;",
        "  static std::shared_ptr<const Tables>"}) {
    CAPTURE(line);
    CHECK(variable(line));
  }
  for (const std::string line :
       {"const int count = 0;", "inline constexpr int n = 1;", "constexpr std::array all{1};", "int f();",
        "int f() {", "struct Row;", "using Row = int;", "const char* const name = \"\";",
        "static const std::vector<int> all{1};", "  static const int n = 1;", "  static constexpr int n = 1;",
        "  static int index(int i) { return i; }", "  int local = 0;", "  static_assert(true);"}) {
    CAPTURE(line);
    CHECK_FALSE(variable(line));
  }
}

// A variable that keeps its value between calls makes an answer depend on what was asked before.
TEST_CASE("every global of the library is constant") {
  std::vector<Line> lines = library();
  forbid(lines, global, {});
  forbid(lines, pointer, {});
  std::erase_if(lines, [](const Line& line) { return std::regex_search(line.code, member_function); });
  const std::string cached =
      "the models of the tables asked for last, by their address and kept with them: a sweep asks thousands "
      "of times, and the same tables give the same models";
  forbid(lines, kept,
         {{"predict/model.cpp", "static std::mutex mutex", cached},
          {"predict/model.cpp", "static std::shared_ptr<const catalog::Tables>", cached},
          {"predict/model.cpp", "static std::shared_ptr<const Model> model", cached},
          {"trace_columns.cpp", "static thread_local std::map",
           "patterns that are literals, each compiled once; what they match is always the same"}});
}

}  // namespace
}  // namespace kwhatif
