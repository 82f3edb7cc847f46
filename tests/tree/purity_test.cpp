// What the library never does: end the program, print, open files, depend on the locale, or remember anything
// between calls. Each exception is a row of a table here, with its reason; a row that nothing needs is a
// fault.
#include "tree/code.hpp"

namespace kwhatif {
namespace {

// Of the program, and of the tool that renews the tables, which reads and writes files.
bool of_program(const Line& line) {
  return line.file.starts_with("src/cli/") || line.file.starts_with("src/refresh/");
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
          {"catalog/loader.cpp", "filesystem", "a folder of tables (--data) is found by the loader itself"},
          {"report/sweep_part.cpp", "filesystem",
           "parts of a sweep, which memory may not hold, are read in pieces"},
          {"report/sweep_part.cpp", "fstream", "the same"}});
}

TEST_CASE("only catalog and cli read the disk") {
  forbid(library(), std::regex{R"(\bread_file\b)"},
         {{"document/files.hpp", "read_file", "declares it"},
          {"document/files.cpp", "read_file", "defines it"},
          {"catalog/loader.cpp", "read_file", "tables and what their rows name by file"},
          {"bindings/c.cpp", "read_file", "a program of its own to its callers: files that questions name"},
          {"python/module.cpp", "read_file", "the same: run files, and files that inputs name"}});
}

// What the symbols of the library say about conversions is tests/support/symbols.cmake.
TEST_CASE("nothing converts as the locale says") {
  const std::regex reads{
      R"(\b(std::)?(sto[dfil]|stol[dl]|stoul|stoull|ato[fil]|atoll|strto[dfil]|strtold|strtol|strtoll|strtoul|strtoull|[fsv]*scanf)\()"};
  const std::regex writes{R"(printf\(|\b[io]?stringstream\b|<iomanip>|\bsetprecision\b)"};
  const std::regex depends{
      R"(\b(setlocale|localeconv|std::locale|strcoll|strftime|put_time|get_time)\b|\b(std::)?(is(alpha|digit|alnum|space|upper|lower|print|punct|xdigit|cntrl|graph|blank)|to(lower|upper))\()"};
  auto all = lines_below({"include", "src"});
  // compiled for WebAssembly alone, whose C library has no locale but "C"
  std::erase_if(all, [](const Line& line) { return line.file == "src/page/older_library.hpp"; });
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
         {{"predict/predictor.cpp", "static std::mutex mutex", cached},
          {"predict/predictor.cpp", "static std::shared_ptr<const catalog::Tables>", cached},
          {"predict/predictor.cpp", "static std::shared_ptr<const Predictor> made", cached},
          {"page/entry.cpp", "static kwhatif::bindings::Reply reply",
           "the page has one thread; an answer stays until it has read it"},
          {"trace_columns.cpp", "static thread_local std::map",
           "patterns that are literals, each compiled once; what they match is always the same"}});
}

}  // namespace
}  // namespace kwhatif
