// Every fault that reading a downloaded file can find, each with a small file and its whole message beside
// it. UPDATE_TRANSCRIPTS=1 writes the messages; read them before you commit them.
#include "refresh/support.hpp"

#include <algorithm>
#include <cstdlib>
#include <fstream>
#include <iterator>

namespace kwhatif::refresh {
namespace {

namespace fs = std::filesystem;

std::vector<fs::path> broken_files() {
  std::vector<fs::path> out;
  for (const auto& entry : fs::directory_iterator(tests_folder() / "refresh/broken")) {
    if (entry.path().extension() != ".expected") out.push_back(entry.path().filename());
  }
  std::sort(out.begin(), out.end());
  return out;
}

TEST_CASE("every broken download is refused with the message beside it") {
  const InTestFolder here;  // messages name files as they were given
  const char* const update = std::getenv("UPDATE_TRANSCRIPTS");
  for (const fs::path& file : broken_files()) {
    const std::string path = (fs::path{"refresh/broken"} / file).generic_string();
    fs::path expected{path};
    expected.replace_extension(".expected");
    CAPTURE(path);
    std::string message;
    try {
      // the provider of a list of instances and the day of prices are what two of the files lack
      Hints hints;
      if (file != "missing-date.csv") hints.accessed = "2026-12-14";
      if (file == "not-in-dollars.csv") hints.provider = "scaleway";
      read(catalog::Catalog::builtin(), path, {}, hints);
    } catch (const diag::Error& error) {
      message = diag::render(error.diagnostics());
      CHECK(error.diagnostics().front().code == file.stem().string());
    }
    if (update != nullptr && std::string{update} == "1") {
      std::ofstream{expected, std::ios::binary} << message;
      continue;
    }
    CHECK(message == text_of(expected));
  }
}

TEST_CASE("a form that is named and does not fit is refused") {
  const InTestFolder here;
  const auto& tables = catalog::Catalog::builtin();
  CHECK(code_of([&] { read(tables, "refresh/broken/unknown-form.csv", "owid", {}); }) == "unknown-form");
  CHECK(code_of([&] { read(tables, "refresh/broken/unknown-form.csv", "xml", {}); }) == "unknown-form");
  CHECK(code_of([&] { read(tables, "refresh/broken", {}, {}); }) == "unknown-form");
  CHECK(code_of([&] { read(tables, "refresh/broken/absent.csv", {}, {}); }) == "cannot-read");
}

}  // namespace
}  // namespace kwhatif::refresh
