// The folders show the architecture: includes point downwards, each dependency has one door, files stay
// readable.
#include "support/catch.hpp"
#include "support/root.hpp"

#include <algorithm>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <map>
#include <optional>
#include <regex>
#include <set>
#include <string>
#include <string_view>
#include <vector>

namespace kwhatif {
namespace {

namespace fs = std::filesystem;
const fs::path root = testing::repository_root();

// The rooms of the house, the ground floor first. A room includes from itself and from the floors below,
// never from its neighbours nor from above.
const std::vector<std::set<std::string>> floors{
    {"diag"},                            // messages with places
    {"quantity", "number", "document"},  // dimensions and units; number types; TOML and CSV
    {"catalog", "model", "import"},      // the tables of data/; architectures; measurements of others
    {"predict", "chart"},                // utilisation and power before a run; pictures of numbers
    {"run"},                             // what a run is, and its results
    {"method", "uncertain", "refresh"},  // published methodologies; bands of results; downloads into tables
    {"grid", "schedule", "serve"},       // many runs; hours and places of one; answers of a model
    {"ask"},                             // a question and its answer
    {"report"},                          // answers as text, JSON, CSV
    {"dossier"},                         // reports that people hand in
    {"cli", "bindings"},                 // flags and exit codes; other languages
    {"python", "page"},                  // import kwhatif; the page
};
// Rooms, and single headers, that include less than that.
const std::map<std::string, std::set<std::string>> only{
    {"number", {}},
    {"model", {"quantity", "number", "diag"}},
    {"import", {"quantity", "document", "diag"}},
    {"chart", {"quantity", "number", "diag"}},
    {"refresh", {"diag", "quantity", "document", "catalog", "run/market.hpp"}},
    {"run/formulas.hpp", {"quantity", "number"}},
    {"run/run_inputs.hpp", {"quantity", "number", "run/fields.def", "run/fields.hpp"}},
    {"run/result.hpp", {"quantity", "number", "run/fields.def", "run/fields.hpp"}},
    {"run/estimator.hpp",
     {"quantity", "number", "run/formulas.hpp", "run/run_inputs.hpp", "run/result.hpp", "run/fields.def",
      "run/fields.hpp"}},
};

struct Door {
  std::string library;
  std::regex header;
  std::regex may_include;  // paths, relative to the root
};
const std::vector<Door> doors{
    {"toml++", std::regex{"^toml\\+\\+/"}, std::regex{"^src/document/.*\\.cpp$"}},
    {"CLI11", std::regex{"^CLI/"}, std::regex{"^src/cli/.*\\.cpp$"}},
    {"nlohmann/json", std::regex{"^nlohmann/"},
     std::regex{"^(src/(bindings/[a-z_]*|model/(config_json|image_size)|refresh/read_mlperf|schedule/"
                "trace_json|(report|"
                "dossier)/[a-z_]*)|tests/schema/.*)\\.(cpp|hpp)$"}},
    {"pybind11", std::regex{"^pybind11/"}, std::regex{"^src/python/module\\.cpp$"}},
    {"valijson", std::regex{"^valijson/"}, std::regex{"^tests/schema/.*\\.(cpp|hpp)$"}},
    {"Eigen", std::regex{"^Eigen/"}, std::regex{"^src/predict/.*\\.cpp$"}},
};

bool is_code(const fs::path& path) { return path.extension() == ".hpp" || path.extension() == ".cpp"; }

std::vector<fs::path> files_below(const std::vector<std::string>& folders) {
  std::vector<fs::path> out;
  for (const std::string& folder : folders) {
    if (!fs::exists(root / folder)) continue;
    for (const auto& entry : fs::recursive_directory_iterator(root / folder)) {
      if (entry.is_regular_file()) out.push_back(entry.path().lexically_relative(root));
    }
  }
  std::sort(out.begin(), out.end());
  return out;
}

std::vector<std::string> lines_of(const fs::path& relative) {
  std::ifstream in(root / relative);
  std::vector<std::string> out;
  for (std::string line; std::getline(in, line);) out.push_back(line);
  return out;
}

// "include/kwhatif/catalog/store.hpp" and "src/catalog/pack.cpp" belong to "catalog".
std::string module_of(const fs::path& relative) {
  auto part = relative.begin();
  if (*part == "include") ++part;  // then "kwhatif"
  ++part;
  return part == relative.end() ? std::string{} : part->string();
}

std::optional<std::string> included(const std::string& line) {
  static const std::regex directive{R"(^\s*#\s*include\s*[<"]([^>"]+)[>"].*)"};
  std::smatch match;
  if (!std::regex_match(line, match, directive)) return std::nullopt;
  return match[1].str();
}

std::size_t floor_of(const std::string& room) {
  const auto at = std::find_if(floors.begin(), floors.end(), [&](const auto& f) { return f.contains(room); });
  return static_cast<std::size_t>(at - floors.begin());
}

// "catalog/store.hpp" of a file of that room, or of an include of it.
std::string in_its_room(const fs::path& path) {
  return module_of(path) + '/' + path.filename().generic_string();
}

bool may_include(const fs::path& file, const fs::path& header) {
  const std::string from = module_of(file);
  const std::string to = module_of(header);
  if (const auto header_only = only.find(in_its_room(file)); header_only != only.end())
    return header_only->second.contains(to) || header_only->second.contains(in_its_room(header));
  if (from == to) return true;
  if (const auto room_only = only.find(from); room_only != only.end())
    return room_only->second.contains(to) || room_only->second.contains(in_its_room(header));
  return floor_of(to) < floor_of(from);
}

TEST_CASE("includes point downwards") {
  std::size_t seen = 0;
  for (const fs::path& file : files_below({"include", "src"})) {
    if (!is_code(file)) continue;
    if (floor_of(module_of(file)) == floors.size()) {
      FAIL_CHECK(file.string() << " is in no room of the table in this test");
      continue;
    }
    for (const std::string& line : lines_of(file)) {
      const auto header = included(line);
      if (!header || !header->starts_with("kwhatif/")) continue;
      ++seen;
      if (!may_include(file, fs::path{"include"} / *header))
        FAIL_CHECK(file.string() << " includes " << *header);
    }
  }
  CHECK(seen > 50);  // the test itself reads what it should
}

// Headers of report are named after the answers that they show. The formula and the answer of an estimate are
// two things, and no other word says it better.
TEST_CASE("no two headers below report share a name") {
  std::map<std::string, fs::path> first;
  for (const fs::path& file : files_below({"include"})) {
    if (module_of(file) == "report") continue;
    const auto [at, fresh] = first.emplace(file.filename().string(), file);
    if (!fresh) FAIL_CHECK(at->second.string() << " and " << file.string());
  }
  CHECK(first.size() > 50);
}

TEST_CASE("public headers include only the standard library and each other") {
  for (const fs::path& file : files_below({"include"})) {
    for (const std::string& line : lines_of(file)) {
      const auto header = included(line);
      if (!header || header->starts_with("kwhatif/")) continue;
      if (header->find('/') != std::string::npos || header->find('.') != std::string::npos)
        FAIL_CHECK(file.string() << " includes " << *header);
    }
  }
}

TEST_CASE("each library has one door") {
  for (const fs::path& file : files_below({"include", "src", "tests"})) {
    if (!is_code(file)) continue;
    for (const std::string& line : lines_of(file)) {
      const auto header = included(line);
      if (!header) continue;
      for (const Door& door : doors) {
        if (std::regex_search(*header, door.header) &&
            !std::regex_match(file.generic_string(), door.may_include))
          FAIL_CHECK(file.string() << " includes " << *header << ": not the door to " << door.library);
      }
    }
  }
}

TEST_CASE("no file is longer than 600 lines") {
  for (const fs::path& file : files_below({"include", "src", "tests", "bench"})) {
    if (!is_code(file)) continue;
    const std::size_t length = lines_of(file).size();
    if (length > 600) FAIL_CHECK(file.string() << " has " << length << " lines");
  }
}

// Two definitions of one name in one namespace are one to the linker, which then takes either: one of them
// must have another name, or lie in a nameless namespace.
TEST_CASE("no two types share a name in one namespace") {
  const std::regex opened{R"(^namespace (kwhatif[a-z_:]*) \{)"};
  const std::regex defined{R"(^(struct|class|enum|enum class) (\w+)( final)?( :[^;{]*)? ?\{.*)"};
  std::map<std::string, fs::path> first;
  for (const fs::path& file : files_below({"include", "src"})) {
    if (!is_code(file)) continue;
    std::string space;
    bool nameless = false;
    bool specialised = false;
    for (const std::string& line : lines_of(file)) {
      std::smatch match;
      if (std::regex_search(line, match, opened)) space = match[1];
      if (line == "namespace {") nameless = true;
      if (line == "}  // namespace") nameless = false;
      if (!nameless && !specialised && std::regex_match(line, match, defined)) {
        const auto [at, fresh] = first.emplace(space + "::" + match[2].str(), file);
        if (!fresh) FAIL_CHECK(at->first << " in " << at->second.string() << " and in " << file.string());
      }
      specialised = line.starts_with("template <>");
    }
  }
  CHECK(first.size() > 100);
}

TEST_CASE("every public header begins with what it is") {
  for (const fs::path& file : files_below({"include"})) {
    const auto lines = lines_of(file);
    if (lines.empty() || !lines.front().starts_with("// ")) FAIL_CHECK(file.string());
  }
}

TEST_CASE("every source named in a comment is in the source table") {
  std::set<std::string> known;
  const std::regex id{R"(^\s*id\s*=\s*"([^"]+)\".*)"};
  for (const fs::path& file : files_below({"data"})) {
    if (file.extension() != ".toml") continue;
    const auto lines = lines_of(file);
    if (std::find(lines.begin(), lines.end(), "schema = \"source/1\"") == lines.end()) continue;
    for (const std::string& line : lines) {
      std::smatch match;
      if (std::regex_match(line, match, id)) known.insert(match[1]);
    }
  }
  const std::regex tag{R"(@source\s+([a-z0-9][a-z0-9.-]*[a-z0-9]))"};
  std::size_t seen = 0;
  for (const fs::path& file : files_below({"include", "src"})) {
    if (!is_code(file)) continue;
    for (const std::string& line : lines_of(file)) {
      std::smatch match;
      if (!std::regex_search(line, match, tag)) continue;
      ++seen;
      if (!known.contains(match[1])) FAIL_CHECK(file.string() << ": no source '" << match[1] << "'");
    }
  }
  CHECK(seen > 0);
}

TEST_CASE("no test is lost on the way to ctest") {
  // a list of CMake ends at a semicolon: what stands behind it would never be run
  const std::regex lost{R"(TEST_CASE\("[^"]*;)"};
  for (const fs::path& file : files_below({"tests"})) {
    if (!is_code(file)) continue;
    for (const std::string& line : lines_of(file)) {
      if (std::regex_search(line, lost)) FAIL_CHECK(file.string() << ": " << line);
    }
  }
}

TEST_CASE("nothing in the tree depends on one machine") {
  // a home folder or a mount point of somebody's machine; shebangs and system headers are fine
  const std::regex machine{R"((^|[\s"'=(:])/(home|root|Users|mnt|work|workspace|opt)/)"};
  for (const fs::path& file : files_below({"include", "src", "tests", "bench", "data", ".ci"})) {
    if (file.extension() == ".json" || file.filename() == "layering_test.cpp") continue;
    std::size_t number = 0;
    for (const std::string& line : lines_of(file)) {
      ++number;
      if (line.size() < 2000 && std::regex_search(line, machine))
        FAIL_CHECK(file.string() << ':' << number << ": " << line);
    }
  }
}

}  // namespace
}  // namespace kwhatif
