// walk_runner PROGRAM: gives the program random flags, ordinary and absurd. Whatever is asked, it answers
// with numbers that make sense (exit code 0) or refuses with a message (2); it never fails (3) or crashes.
#include "runs.hpp"
#include "senseless.hpp"

#include <array>
#include <cstdio>
#include <iostream>

#include <sys/wait.h>

namespace {

using namespace kwhatif;

struct Answer {
  int code = -1;
  std::string out;
};

Answer answer_to(const std::string& command) {
  Answer answer;
  std::FILE* pipe = ::popen((command + " 2>/dev/null").c_str(), "r");
  if (pipe == nullptr) return answer;
  std::array<char, 4096> block{};
  while (const std::size_t n = std::fread(block.data(), 1, block.size(), pipe))
    answer.out.append(block.data(), n);
  const int status = ::pclose(pipe);
  answer.code = WIFEXITED(status) ? WEXITSTATUS(status) : 128 + WTERMSIG(status);
  return answer;
}

}  // namespace

int main(int count, char** words) {
  if (count != 2) {
    std::cerr << "usage: walk_runner PROGRAM\n";
    return 2;
  }
  constexpr int walks = 200;
  constexpr std::array<const char*, 8> verbs{"estimate",
                                             "estimate --json",
                                             "estimate --csv",
                                             "estimate --plain",
                                             "explain",
                                             "explain --json",
                                             "compare --vary chips=1,64",
                                             "compare --json --vary pue=1,1.5"};
  test::Runs runs(4711, catalog::Catalog::builtin());
  int bad = 0;
  int answered = 0;
  for (int i = 0; i < walks; ++i) {
    const auto flags = i % 3 == 0 ? runs.ordinary() : runs.wild();
    const std::string command =
        std::string{words[1]} + ' ' + verbs[runs.random().below(verbs.size())] + test::command_of(flags);
    const Answer answer = answer_to(command);
    answered += answer.code == 0 ? 1 : 0;
    const std::string senseless = test::senseless(answer.out);
    if ((answer.code == 0 || answer.code == 2) && senseless.empty()) continue;
    ++bad;
    std::cout << command << "\n  exit code " << answer.code << ' ' << senseless << '\n';
  }
  if (answered < walks / 5) std::cout << "only " << answered << " of " << walks << " were answered\n";
  return bad > 0 || answered < walks / 5 ? 1 : 0;
}
