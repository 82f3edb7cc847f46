// Every fault that the loader can find, each with a small file and its whole message beside it.
// UPDATE_TRANSCRIPTS=1 writes the messages; read them before you commit them.
#include "support/catch.hpp"
#include "support/random.hpp"
#include "support/root.hpp"
#include <kwhatif/catalog/catalog.hpp>

#include <algorithm>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <regex>
#include <set>
#include <string>
#include <vector>

namespace kwhatif::catalog {
namespace {

namespace fs = std::filesystem;
const fs::path root = testing::repository_root();

std::string text_of(const fs::path& path) {
  std::ifstream in(path, std::ios::binary);
  return {std::istreambuf_iterator<char>(in), std::istreambuf_iterator<char>()};
}

std::vector<fs::path> bad_files(const std::string& extension) {
  std::vector<fs::path> out;
  for (const auto& entry : fs::directory_iterator(root / "tests/bad_data")) {
    if (entry.path().extension() == extension) out.push_back(entry.path().filename());
  }
  std::sort(out.begin(), out.end());
  return out;
}

bool update_wanted() {
  const char* update = std::getenv("UPDATE_TRANSCRIPTS");
  return update != nullptr && std::string{update} == "1";
}

// Messages name files relative to the current folder.
class InTestFolder {
 public:
  InTestFolder() : before_(fs::current_path()) { fs::current_path(root / "tests"); }
  ~InTestFolder() { fs::current_path(before_); }
  InTestFolder(const InTestFolder&) = delete;
  InTestFolder& operator=(const InTestFolder&) = delete;

 private:
  fs::path before_;
};

TEST_CASE("every broken table is refused with the message beside it") {
  const InTestFolder here;
  for (const fs::path& file : bad_files(".toml")) {
    const fs::path table = fs::path{"bad_data"} / file;
    fs::path expected = table;
    expected.replace_extension(".expected");
    const std::string message = diag::render(Catalog::check(table.string()));
    if (update_wanted() && message != text_of(expected)) std::ofstream(expected, std::ios::binary) << message;
    INFO(table.string());
    CHECK_FALSE(message.empty());
    CHECK(message == text_of(expected));
  }
}

TEST_CASE("every error code of the loader has a broken table") {
  // overlay_test, toml_test, format_test: no single small file shows them
  std::set<std::string> covered{"no-tables", "too-large", "not-finite", "other-edition"};
  const std::regex shown{R"((?:error|warning)\[([a-z-]+)\])"};
  for (const fs::path& file : bad_files(".expected")) {
    const std::string text = text_of(root / "tests/bad_data" / file);
    for (auto at = std::sregex_iterator(text.begin(), text.end(), shown); at != std::sregex_iterator();
         ++at) {
      covered.insert((*at)[1]);
    }
  }
  const std::regex raised{R"re((?:fault\(|\.code = )"([a-z]+(?:-[a-z]+)+)")re"};
  std::size_t seen = 0;
  for (const char* folder : {"src/catalog", "src/document", "src/quantity"}) {
    for (const auto& entry : fs::directory_iterator(root / folder)) {
      const std::string text = text_of(entry.path());
      for (auto at = std::sregex_iterator(text.begin(), text.end(), raised); at != std::sregex_iterator();
           ++at) {
        ++seen;
        const std::string code = (*at)[1];
        if (!covered.contains(code))
          FAIL_CHECK(entry.path().filename().string() << " raises '" << code << "'");
      }
    }
  }
  CHECK(seen > 30);
}

TEST_CASE("a folder with ten planted faults finds all ten, each at its line") {
  const InTestFolder here;
  const auto faults = Catalog::check("bad_data/ten_faults");
  INFO(diag::render(faults));
  std::set<std::string> found;
  for (const diag::Diagnostic& d : faults) {
    found.insert(d.where.source->name + ':' + std::to_string(d.where.line) + ' ' + d.code);
  }
  const std::set<std::string> planted{
      "ten_faults/hardware.toml:12 unknown-unit",    "ten_faults/hardware.toml:13 unknown-key",
      "ten_faults/hardware.toml:18 unknown-word",    "ten_faults/hardware.toml:19 missing-unit",
      "ten_faults/hardware.toml:20 wrong-unit",      "ten_faults/hardware.toml:23 duplicate-id",
      "ten_faults/places.toml:10 unknown-reference", "ten_faults/places.toml:11 out-of-range",
      "ten_faults/places.toml:12 unknown-reference", "ten_faults/regions.toml:3 syntax-error"};
  CHECK(planted.size() == 10);
  CHECK(found == planted);
  CHECK(faults.size() == 10);
}

TEST_CASE("a damaged table is refused or read, never a crash") {
  const std::string whole =
      text_of(root / "tests/bad_data/misspelt-column.toml") +
      "[[grid_intensity]]\nid = \"FRA\"\nyear = 2020\ncarbon_intensity = { value = \"5 g/kWh\", "
      "low = \"4 g/kWh\", high = \"6 g/kWh\", note = \"x\" }\n";
  const fs::path file = fs::temp_directory_path() / "kwhatif_damaged_table.toml";
  test::Random random(51);
  for (int i = 0; i < 60; ++i) {
    std::string text = whole;
    for (std::uint64_t cuts = 1 + random.below(3); cuts > 0; --cuts) {
      const std::size_t at = random.below(text.size());
      if (random.below(2) == 0)
        text.erase(at, 1 + random.below(12));
      else
        text.insert(at, random.text("[]{}=\",.\n0123456789abc\\u", 6));
    }
    std::ofstream(file, std::ios::binary) << text;
    for (const diag::Diagnostic& d : Catalog::check(file.string())) {
      if (d.code.empty() || d.message.empty()) FAIL(text);
    }
  }
  fs::remove(file);
}

}  // namespace
}  // namespace kwhatif::catalog
