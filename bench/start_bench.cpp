// Whole-process latency of one estimate, from posix_spawn to exit, against an empty static program in the
// same run. Usage: start_bench PATH_OF_KWHATIF PATH_OF_EMPTY [ROUNDS]
#include "measure.hpp"

#include <cstdio>
#include <cstdlib>
#include <string>
#include <vector>

#include <fcntl.h>
#include <spawn.h>
#include <sys/wait.h>

namespace {

// The run of the README: GPT-3 as in Patterson et al. 2021, table 4.
const std::vector<std::string> gpt3{"estimate", "--flops", "3.14e23",  "--hardware",  "v100-sxm2-16gb",
                                    "--chips",  "10000",   "--tflops", "24.6TFLOP/s", "--power",
                                    "330W",     "--pue",   "1.10",     "--ci",        "0.429 kg/kWh"};

void run(const std::string& program, const std::vector<std::string>& arguments) {
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
  if (!started || waitpid(child, &status, 0) != child || !WIFEXITED(status) || WEXITSTATUS(status) != 0) {
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
  auto json = gpt3;
  json.emplace_back("--json");
  auto explain = gpt3;
  explain.front() = "explain";
  std::vector<kwhatif::bench::Contender> contenders{
      {"empty static program", [&] { run(empty, {}); }, 1, {}},
      {"kwhatif estimate", [&] { run(kwhatif, gpt3); }, 1, {}},
      {"kwhatif estimate --json", [&] { run(kwhatif, json); }, 1, {}},
      {"kwhatif explain", [&] { run(kwhatif, explain); }, 1, {}},
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
  return 0;
}
