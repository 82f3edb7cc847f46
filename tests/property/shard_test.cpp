// Sweeps in parts: joined they are the whole, byte for byte; what is no whole set of parts is refused.
#include "signals.hpp"
#include "support.hpp"

#include <algorithm>
#include <filesystem>
#include <fstream>
#include <iterator>

#include <unistd.h>

namespace kwhatif::test {
namespace {

namespace fs = std::filesystem;

class Folder {
 public:
  Folder() {
    std::string name = (fs::temp_directory_path() / "kwhatif-shard-XXXXXX").string();
    REQUIRE(::mkdtemp(name.data()) != nullptr);
    path_ = name;
  }
  ~Folder() {
    std::error_code ignored;
    fs::remove_all(path_, ignored);
  }
  Folder(const Folder&) = delete;
  Folder& operator=(const Folder&) = delete;
  std::string file(const std::string& name) const { return (path_ / name).string(); }

 private:
  fs::path path_;
};

std::string bytes_of(const std::string& path) {
  std::ifstream in(path, std::ios::binary);
  return {std::istreambuf_iterator<char>(in), std::istreambuf_iterator<char>()};
}

void put_bytes(const std::string& path, std::string_view bytes) {
  std::ofstream(path, std::ios::binary) << bytes;
}

using Words = std::vector<std::string>;

Words joined(Words a, const Words& b) {
  a.insert(a.end(), b.begin(), b.end());
  return a;
}

// The parts of a command as files of this ending.
Words parts_of(const Folder& folder, const Words& command, std::size_t count, const std::string& ending) {
  Words out;
  for (std::size_t i = 1; i <= count; ++i) {
    out.push_back(folder.file("part-" + std::to_string(i) + ending));
    const Ran ran =
        run_program(joined(command, {"--shard", std::to_string(i) + '/' + std::to_string(count), "--threads",
                                     std::to_string(1 + i % 3), "--force", "--output", out.back()}));
    INFO(ran.err);
    REQUIRE(ran.code == 0);
  }
  std::ranges::reverse(out);  // in whatever order
  return out;
}

// Several thousand rows: some blocks of the kernel for each of seven parts.
Words some_grid(Random& random) {
  const std::vector<Words> runs{
      {"sweep", "--params", "7B", "--tokens", "1T", "--hardware", "h100-sxm5"},
      {"sweep", "--hours", "200h", "--hardware", "a100-sxm4-80gb", "--grid", "FRA"},
      {"sweep", "--params", "3B", "--tokens", "90B", "--grid", "SWE", "--mfu", "0.4"}};
  const std::size_t run = random.below(runs.size());
  const auto size = [&](std::size_t least, std::size_t more) {
    return std::to_string(least + random.below(more));
  };
  Words out = joined(runs[run],
                     {"--axis", "pue=1:2:lin" + size(13, 30), "--axis", "overhead=0:0.5:lin" + size(9, 20)});
  out = joined(out, {"--axis", run == 0 ? "grid=FRA,SWE,POL,DEU,IND" : "runs=1,2,3,5"});
  if (run == 2) out = joined(out, {"--axis", "hardware=h100-sxm5,a100-sxm4-80gb,v100-sxm2-32gb"});
  return joined(out, {"--axis", "chips=8:4096:log" + size(10, 12)});
}

TEST_CASE("parts of a sweep make the whole, byte for byte") {
  const std::vector<Words> questions{
      {"--top", "7"},
      {"--top", "200", "--by", "energy", "--largest", "--csv"},
      {"--top", "5", "--by", "time", "--where", "co2e>=1kg", "--json"},
      {"--where", "time<=40d", "--by", "energy"},
      {"--pareto", "energy,time"},
      {"--pareto", "energy,time,co2e", "--json"},
      {"--group-by", "chips", "--reduce", "min"},
      {"--group-by", "pue,chips", "--reduce", "max", "--csv"},
      {"--reduce", "mean", "--by", "energy", "--json"},
      {"--group-by", "overhead", "--reduce", "mean", "--where", "time<=100d", "--csv"},
      {"--group-by", "chips", "--reduce", "quantiles", "--json"},
      {"--reduce", "quantiles", "--by", "time"},
      {"--histogram", "energy"},
      {"--histogram", "co2e", "--where", "energy<=1GWh", "--json"},
      {"--csv"},
      {"--json", "--results", "energy,time"},
      {"--json", "--where", "time<=20d"}};
  for_seeds(190, 7, [&](Random& random) {
    const Words grid = some_grid(random);
    const std::size_t count = 1 + random.below(7);
    for (const Words& question : questions) {
      if (random.below(3) != 0) continue;  // each is asked of some grids
      const Folder folder;
      const Words command = joined(grid, question);
      std::string shown;
      for (const std::string& word : command) shown += ' ' + word;
      INFO(count << " parts of" << shown);
      const Ran whole = run_program(command);
      const Words parts = parts_of(folder, command, count, ".part");
      const Ran merged = run_program(joined({"sweep", "--merge"}, parts));
      INFO(merged.err);
      CHECK(merged.code == whole.code);
      CHECK(merged.out == whole.out);
      CHECK((whole.code == 0 || whole.code == 1));
    }
  });
}

// A million rows, which are searched by bounds instead of looked at: other parts of the grid.
TEST_CASE("parts of a search make the whole") {
  const Words command{"sweep",
                      "--hardware",
                      "h100-sxm5",
                      "--chips",
                      "512",
                      "--mfu",
                      "0.4",
                      "--power",
                      "700W",
                      "--axis",
                      "params=1e9:1e12:log100",
                      "--axis",
                      "tokens=1e11:1e13:log100",
                      "--axis",
                      "overhead=0:0.5:lin20",
                      "--axis",
                      "grid=FRA,SWE,POL,DEU,IND"};
  std::size_t count = 2;
  for (const Words& question :
       {Words{"--top", "50", "--largest", "--by", "energy"}, Words{"--pareto", "energy,time,co2e", "--csv"},
        Words{"--group-by", "params", "--reduce", "max", "--csv"}, Words{"--reduce", "min", "--by", "time"},
        Words{"--top", "9", "--where", "time>=30d", "--json"}}) {
    const Folder folder;
    const Ran whole = run_program(joined(command, question));
    const Ran merged = run_program(
        joined({"sweep", "--merge"}, parts_of(folder, joined(command, question), count++, ".part")));
    INFO(question.front() << ": " << merged.err);
    CHECK(merged.code == 0);
    CHECK(merged.out == whole.out);
  }
}

TEST_CASE("parts of rows go to files of every form, and each number of parts makes the same file") {
  const Words command{
      "sweep",  "--params",      "7B",     "--tokens",           "1T",     "--hardware",          "h100-sxm5",
      "--axis", "pue=1:2:lin40", "--axis", "chips=8:4096:log60", "--axis", "grid=FRA,SWE,POL,DEU"};
  for (const std::string ending : {".csv", ".jsonl", ".npy"}) {
    for (const Words& where : {Words{}, Words{"--where", "time<=30d and energy>=1MWh"}}) {
      const Folder folder;
      const std::string whole = folder.file("whole" + ending);
      REQUIRE(run_program(joined(command, joined(where, {"--output", whole}))).code == 0);
      for (std::size_t count = 1; count <= 7; count += 3) {
        const Words parts = parts_of(folder, joined(command, where), count, ending + ".part");
        const std::string merged = folder.file("merged" + ending);
        const Ran ran = run_program(joined({"sweep", "--merge", "--force", "--output", merged}, parts));
        INFO(ending << " in " << count << " parts: " << ran.err);
        CHECK(ran.code == 0);
        CHECK((bytes_of(merged) == bytes_of(whole)));
      }
    }
  }
}

TEST_CASE("a grid may have fewer rows than there are parts") {
  const Words command{"sweep", "--hours", "100h", "--hardware", "h100-sxm5",    "--chips",
                      "8",     "--grid",  "FRA",  "--axis",     "pue=1,1.2,1.5"};
  for (const Words& question :
       {Words{"--csv"}, Words{"--json"}, Words{"--top", "2"}, Words{"--pareto", "energy,co2e"},
        Words{"--reduce", "mean"}, Words{"--reduce", "quantiles", "--csv"},
        Words{"--group-by", "pue", "--reduce", "max"}, Words{"--histogram", "energy"},
        Words{"--csv", "--where", "energy<=1Wh"}, Words{"--top", "2", "--where", "energy<=1Wh"}}) {
    const Folder folder;
    const Ran whole = run_program(joined(command, question));
    const Ran merged =
        run_program(joined({"sweep", "--merge"}, parts_of(folder, joined(command, question), 11, ".part")));
    INFO(question.front() << ": " << merged.err);
    CHECK(merged.out == whole.out);
    CHECK(merged.code == whole.code);
  }
}

TEST_CASE("a reduction may be shown in another form where its parts are joined") {
  const Folder folder;
  const Words command{"sweep",  "--hours", "100h",   "--hardware",      "h100-sxm5", "--chips", "8",
                      "--grid", "FRA",     "--axis", "pue=1:2:lin2000", "--top",     "3"};
  const Words parts = parts_of(folder, command, 2, ".part");
  for (const Words& form : {Words{"--json"}, Words{"--csv"}, Words{"--plain"}, Words{"--quiet"}})
    CHECK(run_program(joined(joined({"sweep", "--merge"}, parts), form)).out ==
          run_program(joined(command, form)).out);
  const std::string file = folder.file("best.json");
  CHECK(run_program(joined({"sweep", "--merge", "--output", file}, parts)).code == 0);
  CHECK(bytes_of(file) == run_program(joined(command, {"--json"})).out);
}

// The message of joining what is no whole set of parts.
std::string refused(const Words& parts, const Words& more = {}) {
  const Ran ran = run_program(joined(joined({"sweep", "--merge"}, parts), more));
  CHECK(ran.code == 2);
  CHECK(ran.out.empty());
  return ran.err;
}

bool says(const std::string& message, std::string_view words) {
  INFO(message);
  const bool found = message.find(words) != std::string::npos;
  CHECK(found);
  return found;
}

TEST_CASE("what is no whole set of parts is refused, and the message names it") {
  const Folder folder;
  const Words command{"sweep", "--hours", "100h", "--hardware", "h100-sxm5",      "--chips",
                      "8",     "--grid",  "FRA",  "--axis",     "pue=1:2:lin5000"};
  const std::string run = folder.file("run.toml");
  const auto part = [&](const std::string& name, const Words& words, const std::string& shard) {
    const std::string file = folder.file(name);
    const Ran ran = run_program(joined(words, {"--shard", shard, "--output", file}));
    INFO(ran.err);
    REQUIRE(ran.code == 0);
    return file;
  };
  const Words top = joined(command, {"--top", "3"});
  const std::string one = part("one", top, "1/3");
  const std::string two = part("two", top, "2/3");
  const std::string three = part("three", top, "3/3");
  REQUIRE(run_program({"sweep", "--merge", two, one, three}).code == 0);

  says(refused({one, three}), "1 of 3 parts is missing: 2");
  says(refused({one, three}), "--top 3 --shard 2/3");
  says(refused({two}), "2 of 3 parts are missing: 1, 3");
  says(refused({one, two, three, two}), "part 2/3 is there twice");
  says(refused({one, two, part("other", joined(command, {"--top", "4"}), "3/3")}),
       "other: it answers another question");
  says(refused({one, two, part("fourth", top, "3/4")}), "parted in another way: 3 parts");
  says(refused({one, two, folder.file("nowhere")}), "cannot read");
  says(refused({}), "--merge needs the parts");
  says(refused({one, two, three}, {"--top", "3"}), "--top has no effect beside --merge");
  says(refused({one, two, three}, {"--chips", "3"}), "--chips has no effect beside --merge");

  const std::string bytes = bytes_of(three);
  const auto broken = [&](std::string_view content) {
    const std::string file = folder.file("broken");
    put_bytes(file, content);
    return refused({one, two, file});
  };
  for (std::size_t length = 0; length < bytes.size(); length += 1 + length / 9)
    CHECK(broken(std::string_view{bytes}.substr(0, length)).find("error[bad-part]") != std::string::npos);
  says(broken(bytes.substr(0, bytes.size() - 1)), "it was cut short");
  says(broken(""), "it is no part of a sweep");
  says(broken("row,pue\n1,2\n"), "it is no part of a sweep");
  for (std::size_t at = 0; at < bytes.size(); at += 7) {
    std::string changed = bytes;
    changed[at] = static_cast<char>(changed[at] ^ 1);
    CHECK(broken(changed).find("error[") != std::string::npos);
  }
  std::string value = bytes;
  value[value.find("\"value\":") + 9] ^= 1;
  says(broken(value), "the checksum differs");
}

TEST_CASE("parts know when the run file of their command has changed") {
  const Folder folder;
  const std::string run = folder.file("run.toml");
  const auto write = [&](const std::string& hours) {
    put_bytes(run, "[training]\nwall_time = \"" + hours + "\"\n[hardware]\nid = \"h100-sxm5\"\ncount = 8\n");
  };
  write("100 h");
  const Words command{"sweep", run, "--grid", "FRA", "--axis", "pue=1:2:lin100", "--top", "3"};
  const Ran first = run_program(command);
  INFO(first.err);
  REQUIRE(first.code == 0);
  Words parts{folder.file("one"), folder.file("two")};
  REQUIRE(run_program(joined(command, {"--shard", "1/2", "--output", parts[0]})).code == 0);
  write("101 h");
  REQUIRE(run_program(joined(command, {"--shard", "2/2", "--output", parts[1]})).code == 0);
  says(refused(parts), "computed from other numbers");
  write("100 h");
  REQUIRE(run_program(joined(command, {"--shard", "2/2", "--force", "--output", parts[1]})).code == 0);
  CHECK(run_program(joined({"sweep", "--merge"}, parts)).out == first.out);
  write("102 h");
  says(refused(parts), "has changed");
}

TEST_CASE("what is no work to share, or no part, is refused") {
  const Words command{"sweep", "--hours", "100h", "--hardware", "h100-sxm5",     "--chips",
                      "8",     "--grid",  "FRA",  "--axis",     "pue=1:2:lin100"};
  const auto error = [&](const Words& more) {
    const Ran ran = run_program(joined(command, more));
    CHECK(ran.code == 2);
    return ran.err;
  };
  for (const std::string shard :
       {"3", "0/4", "5/4", "1/0", "a/b", "-1/4", "1/4/2", "1/", "/4", "1.5/4", "1/9999999999"})
    says(error({"--top", "3", "--shard", shard}), "error[bad-shard]");
  says(error({"--shard", "1/4", "--explain-row", "3"}), "one row is no work to share");
  says(error({"--shard", "1/4"}), "no effect on the first rows");
  says(error({"--shard", "1/4", "--plain"}), "has no --plain");
  says(error({"--shard", "1/4", "--csv", "--output", "a.npy.part"}), "does not go with");
  const Ran piped = run_program({"sweep", "-", "--axis", "pue=1,2", "--csv", "--shard", "1/2"}, "");
  CHECK(piped.code == 2);
  says(piped.err, "standard input");
}

TEST_CASE("a part that is interrupted leaves no file") {
  const Folder folder;
  for (const Words& question : {Words{"--csv"}, Words{"--top", "3"}, Words{"--histogram", "energy"}}) {
    const std::string file = folder.file("part");
    cli::interrupt_wanted = true;
    const Ran ran =
        run_program(joined({"sweep", "--hours", "100h", "--hardware", "h100-sxm5", "--chips", "8", "--grid",
                            "FRA", "--axis", "pue=1:2:lin3000", "--shard", "1/2", "--output", file},
                           question));
    cli::interrupt_wanted = false;
    CHECK(ran.code == 130);
    CHECK_FALSE(fs::exists(file));
  }
}

}  // namespace
}  // namespace kwhatif::test
