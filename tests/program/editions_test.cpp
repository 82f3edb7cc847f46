// Editions: tables read with --data-only answer as if they were built in, and an old edition answers as the
// program of its day did. tests/editions/README.md says where the old edition and its answers are from.
#include "process.hpp"
#include "support/catch.hpp"
#include "support/root.hpp"

#include <charconv>
#include <cmath>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <map>
#include <optional>
#include <sstream>
#include <string>
#include <vector>

namespace kwhatif {
namespace {

namespace fs = std::filesystem;
const fs::path root = testing::repository_root();
const fs::path kept = root / "tests/editions/2026.11-first";

std::vector<std::string> lines_of(const std::string& text) {
  std::vector<std::string> out;
  std::istringstream in(text);
  for (std::string line; std::getline(in, line);) out.push_back(line);
  return out;
}

std::string text_of(const fs::path& path) {
  std::ifstream in(path, std::ios::binary);
  REQUIRE(in);
  return {std::istreambuf_iterator<char>(in), std::istreambuf_iterator<char>()};
}

std::string answer(const std::string& run, const std::vector<std::string>& more) {
  std::istringstream in(run);
  std::vector<std::string> words{std::istream_iterator<std::string>{in}, {}};
  words.insert(words.end(), more.begin(), more.end());
  const auto outcome = test::Process(words, root).wait();
  INFO(run << '\n' << outcome.errors);
  CHECK(outcome.exit_code == 0);
  return outcome.output;
}

// The archive is unpacked by the configuration of the build.
std::string old_tables() {
  const fs::path folder = fs::path(test::program()).parent_path() / "tests/editions/data";
  REQUIRE(fs::is_regular_file(folder / "edition.toml"));
  return folder.string();
}

std::optional<double> number_of(const std::string& text) {
  double value = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
  if (error != std::errc{} || end != text.data() + text.size()) return std::nullopt;
  return value;
}

bool same(const std::string& a, const std::string& b) {
  const auto x = number_of(a);
  const auto y = number_of(b);
  constexpr double rounding = 1e-9;
  if (x && y) return std::fabs(*x - *y) <= rounding * std::fabs(*x);
  return a == b;
}

std::map<std::string, std::string> values_of(const std::string& plain) {
  std::map<std::string, std::string> out;
  for (const std::string& line : lines_of(plain)) {
    const auto tab = line.find('\t');
    REQUIRE(tab != std::string::npos);
    out[line.substr(0, tab)] = line.substr(tab + 1);
  }
  return out;
}

TEST_CASE("the tables of the checkout answer byte for byte as those inside the program") {
  for (const std::string& run : lines_of(text_of(kept / "runs.txt"))) {
    INFO(run);
    CHECK(answer(run, {"--data-only", "data"}) == answer(run, {}));
    const std::string json = run.substr(0, run.find(" --plain")) + " --json";
    const std::string built_in = answer(json, {});
    CHECK(built_in.find("\"data_version\": \"20") != std::string::npos);
    CHECK(answer(json, {"--data-only", "data"}) == built_in);
  }
}

TEST_CASE("an old edition answers as the program of its day did") {
  const std::string tables = old_tables();
  // "3 cost_usd: why": what the program itself counts otherwise since
  std::map<std::string, std::string> known;
  for (const std::string& line : lines_of(text_of(kept / "differs.txt"))) {
    if (line.empty() || line.front() == '#') continue;
    const auto colon = line.find(": ");
    REQUIRE(colon != std::string::npos);
    known[line.substr(0, colon)] = line.substr(colon + 2);
  }
  std::size_t compared = 0;
  int number = 0;
  for (const std::string& run : lines_of(text_of(kept / "runs.txt"))) {
    const std::string name = std::to_string(++number);
    const auto now = values_of(answer(run, {"--data-only", tables}));
    for (const auto& [key, value] : values_of(text_of(kept / "expected" / (name + ".txt")))) {
      INFO(name << ": " << run << '\n' << key);
      ++compared;
      const auto found = now.find(key);
      const bool alike = found != now.end() && same(value, found->second);
      if (known.erase(name + ' ' + key) > 0) {
        CHECK_FALSE(alike);  // else it need not be excused
        continue;
      }
      CHECK(alike);
      if (!alike) WARN(value << " then, " << (found == now.end() ? "nothing" : found->second) << " now");
    }
  }
  CHECK(number >= 10);
  CHECK(compared > 500);
  CHECK(known.empty());
}

TEST_CASE("every answer of an old edition names it") {
  const std::string json = answer("equiv 85t --json", {"--data-only", old_tables()});
  const std::string built_in = answer("equiv 85t --json", {});
  const auto version = [](const std::string& text) {
    const auto at = text.find("\"data_version\": ");
    return text.substr(at, text.find('\n', at) - at);
  };
  CHECK(version(json) != version(built_in));
  CHECK(version(json).starts_with("\"data_version\": \"2026.11"));
}

TEST_CASE("tables of an edition with unknown keys are refused with its name") {
  const test::TemporaryFolder folder;
  std::ofstream(folder.path() / "edition.toml") << "schema = \"edition/1\"\nedition = \"2031.04\"\n";
  std::ofstream(folder.path() / "hardware.toml")
      << "schema = \"hardware/1\"\n[[hardware]]\nid = \"x1\"\nname = \"X1\"\nkind = \"gpu\"\nqubits = 9\n";
  const auto outcome =
      test::Process({"list", "hardware", "--data-only", folder.path().string()}, root).wait();
  CHECK(outcome.exit_code == 2);
  CHECK(outcome.errors.find("error[other-edition]") != std::string::npos);
  CHECK(outcome.errors.find("edition 2031.04") != std::string::npos);
  CHECK(outcome.errors.find("no key 'qubits'") != std::string::npos);
}

TEST_CASE("tables without what a question needs are refused, and that is no bug of the program") {
  const test::TemporaryFolder folder;
  std::ofstream(folder.path() / "sources.toml")
      << "schema = \"source/1\"\n[[source]]\nid = \"s\"\nkind = \"own\"\ntitle = \"S\"\n";
  const auto outcome = test::Process({"estimate", "--params", "7B", "--tokens", "1T", "--chips", "8",
                                      "--power", "500W", "--data-only", folder.path().string()},
                                     root)
                           .wait();
  INFO(outcome.errors);
  CHECK(outcome.exit_code == 2);
  CHECK(outcome.errors.find("error[incomplete-tables]") != std::string::npos);
}

}  // namespace
}  // namespace kwhatif
