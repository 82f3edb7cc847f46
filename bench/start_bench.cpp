// Whole-process latency of one estimate, from posix_spawn to exit, and the processor time that it takes (user
// and system, which other work on the machine hardly changes), against an empty static program in the same
// run. Usage: start_bench PATH_OF_KWHATIF PATH_OF_EMPTY [ROUNDS]
#include "measure.hpp"

#include <algorithm>
#include <cstdio>
#include <cstdlib>
#include <string>
#include <vector>

#include <fcntl.h>
#include <spawn.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

namespace {

// The run of the README: GPT-3 as in Patterson et al. 2021, table 4.
const std::vector<std::string> gpt3{"estimate", "--flops", "3.14e23",  "--hardware",  "v100-sxm2-16gb",
                                    "--chips",  "10000",   "--tflops", "24.6TFLOP/s", "--power",
                                    "330W",     "--pue",   "1.10",     "--ci",        "0.429 kg/kWh"};
// Its first command: predictions and bands.
const std::vector<std::string> quick{"estimate",       "--params",  "70B",     "--tokens", "2T",
                                     "--hardware",     "h100-sxm5", "--chips", "2048",     "--region",
                                     "gcp:us-central1"};

// One device of the user's.
constexpr const char* own_table = R"(schema = "hardware/1"

[[hardware]]
id = "our-card"
name = "Our card"
kind = "gpu"
peak_fp16 = "100 TFLOP/s"
average_power = "400 W"
source = "patterson-2021"
at = "our own measurement"
status = "assumed"
)";

std::vector<std::string> with(std::vector<std::string> words, const std::vector<std::string>& more) {
  words.insert(words.end(), more.begin(), more.end());
  return words;
}

// A file of the text, gone with the program.
class File {
 public:
  File(std::string path, const std::string& text) : path_(std::move(path)) {
    if (std::FILE* file = std::fopen(path_.c_str(), "w"); file != nullptr) {
      std::fputs(text.c_str(), file);
      std::fclose(file);
    }
  }
  File(const File&) = delete;
  File& operator=(const File&) = delete;
  ~File() { std::remove(path_.c_str()); }
  const std::string& path() const { return path_; }

 private:
  std::string path_;
};

/// @return  user and system time [s]
double run(const std::string& program, const std::vector<std::string>& arguments, int expected = 0) {
  std::vector<char*> argv;
  argv.push_back(const_cast<char*>(program.c_str()));
  for (const std::string& a : arguments) argv.push_back(const_cast<char*>(a.c_str()));
  argv.push_back(nullptr);
  posix_spawn_file_actions_t actions;
  posix_spawn_file_actions_init(&actions);
  posix_spawn_file_actions_addopen(&actions, 1, "/dev/null", O_WRONLY, 0);
  posix_spawn_file_actions_addopen(&actions, 2, "/dev/null", O_WRONLY, 0);
  pid_t child = 0;
  char* environment[] = {nullptr};
  int status = 0;
  const bool started = posix_spawn(&child, program.c_str(), &actions, nullptr, argv.data(), environment) == 0;
  posix_spawn_file_actions_destroy(&actions);
  rusage used{};
  if (!started || wait4(child, &status, 0, &used) != child || !WIFEXITED(status) ||
      WEXITSTATUS(status) != expected) {
    std::fprintf(stderr, "%s did not run, or failed\n", program.c_str());
    std::exit(1);
  }
  const auto seconds = [](const timeval& t) {
    return static_cast<double>(t.tv_sec) + 1e-6 * static_cast<double>(t.tv_usec);
  };
  return seconds(used.ru_utime) + seconds(used.ru_stime);
}

}  // namespace

int main(int count, char** arguments) {
  if (count < 3) {
    std::fprintf(stderr, "usage: start_bench PATH_OF_KWHATIF PATH_OF_EMPTY [ROUNDS]\n");
    return 2;
  }
  const std::string kwhatif = arguments[1];
  const std::string empty = arguments[2];
  const std::size_t rounds = count > 3 ? static_cast<std::size_t>(std::atol(arguments[3])) : 500;
  std::string folder = "/tmp/kwhatif-bench-XXXXXX";
  if (mkdtemp(folder.data()) == nullptr) return 1;
  auto explain = gpt3;
  explain.front() = "explain";
  auto quick_explain = quick;
  quick_explain.front() = "explain";
  auto wrong = quick;
  wrong[6] = "h100-sxm6";
  {
    const File stages(folder + "/stages.toml",
                      "[hardware]\nid = \"h100-sxm5\"\ncount = 64\n[site]\ngrid = \"DEU\"\n"
                      "[[stage]]\nname = \"a\"\nregime = \"pretrain\"\nparams = \"7B\"\ntokens = \"1T\"\n"
                      "[[stage]]\nname = \"b\"\nregime = \"finetune\"\nparams = \"7B\"\ntokens = \"1B\"\n");
    const std::string tables = folder + "/tables";
    mkdir(tables.c_str(), 0700);
    const File table(tables + "/hardware.toml", own_table);
    struct Command {
      const char* name;
      const std::string& program;
      std::vector<std::string> words;
      int code = 0;
      std::vector<double> used = {};  ///< processor time
    };
    std::vector<Command> commands{
        {"empty static program", empty, {}},
        {"estimate, all given", kwhatif, gpt3},
        {"explain, all given", kwhatif, explain},
        {"quick start", kwhatif, quick},
        {"quick start --json", kwhatif, with(quick, {"--json"})},
        {"quick start, explain", kwhatif, quick_explain},
        {"two stages", kwhatif, {"estimate", stages.path()}},
        {"a wrong name", kwhatif, wrong, 2},
        {"quick start, own table", kwhatif, with(quick, {"--data", tables})},
    };
    std::vector<kwhatif::bench::Contender> contenders;
    for (Command& c : commands)
      contenders.push_back({c.name, [&c] { c.used.push_back(run(c.program, c.words, c.code)); }, 1, {}});
    kwhatif::bench::measure(contenders, rounds);
    for (Command& c : commands) std::sort(c.used.begin(), c.used.end());
    std::printf("whole process, %zu interleaved starts each, medians\n", rounds);
    std::printf("%-24s %9s %14s %12s %7s\n", "", "wall ms", "user + sys ms", "above empty", "ratio");
    const double floor = kwhatif::bench::quantile(commands[0].used, 0.5);
    for (std::size_t i = 0; i < commands.size(); ++i) {
      const double used = kwhatif::bench::quantile(commands[i].used, 0.5);
      std::printf("%-24s %9.3f %14.3f %9.3f ms %7.2f\n", commands[i].name,
                  1e3 * kwhatif::bench::quantile(contenders[i].seconds, 0.5), 1e3 * used,
                  1e3 * (used - floor), used / floor);
    }
  }
  rmdir((folder + "/tables").c_str());
  rmdir(folder.c_str());
  return 0;
}
