// Whole-process latency of one estimate, from posix_spawn to exit, against an empty static program in the
// same run. Usage: start_bench PATH_OF_KWHATIF PATH_OF_EMPTY [ROUNDS]
#include "measure.hpp"

#include <cstdio>
#include <cstdlib>
#include <string>
#include <vector>

#include <fcntl.h>
#include <spawn.h>
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

void run(const std::string& program, const std::vector<std::string>& arguments, int expected = 0) {
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
  if (!started || waitpid(child, &status, 0) != child || !WIFEXITED(status) ||
      WEXITSTATUS(status) != expected) {
    std::fprintf(stderr, "%s did not run, or failed\n", program.c_str());
    std::exit(1);
  }
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
    std::vector<kwhatif::bench::Contender> contenders{
        {"empty static program", [&] { run(empty, {}); }, 1, {}},
        {"estimate, all given", [&] { run(kwhatif, gpt3); }, 1, {}},
        {"explain, all given", [&] { run(kwhatif, explain); }, 1, {}},
        {"quick start", [&] { run(kwhatif, quick); }, 1, {}},
        {"quick start --json", [&] { run(kwhatif, with(quick, {"--json"})); }, 1, {}},
        {"quick start, explain", [&] { run(kwhatif, quick_explain); }, 1, {}},
        {"two stages",
         [&] {
           run(kwhatif, {"estimate", stages.path()});
         },
         1,
         {}},
        {"a wrong name", [&] { run(kwhatif, wrong, 2); }, 1, {}},
        {"quick start, own table",
         [&] {
           run(kwhatif, with(quick, {"--data", tables}));
         },
         1,
         {}},
    };
    kwhatif::bench::measure(contenders, rounds);
    std::printf("whole process, %zu interleaved starts each\n", rounds);
    std::printf("%-26s %10s %10s %12s %8s\n", "", "median ms", "p90 ms", "above floor", "ratio");
    const double floor = kwhatif::bench::quantile(contenders[0].seconds, 0.5);
    for (const auto& c : contenders) {
      const double median = kwhatif::bench::quantile(c.seconds, 0.5);
      std::printf("%-26s %10.3f %10.3f %9.3f ms %8.2f\n", c.name.c_str(), 1e3 * median,
                  1e3 * kwhatif::bench::quantile(c.seconds, 0.9), 1e3 * (median - floor), median / floor);
    }
  }
  rmdir((folder + "/tables").c_str());
  rmdir(folder.c_str());
  return 0;
}
