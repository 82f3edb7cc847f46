// The program in the test's own process: its real main(), with its streams caught. Thousands of command lines
// a second, and the sanitizers of the test see all of it.
#pragma once

#include <string>
#include <string_view>
#include <vector>

namespace kwhatif::test {

struct Ran {
  int code = 0;
  std::string out;
  std::string err;
};

/// Runs `kwhatif WORDS…` with this text on standard input.
Ran run_program(const std::vector<std::string>& words, std::string_view input = {});

/// The words of a line as a shell parts them: blanks part, single and double quotes keep together.
std::vector<std::string> shell_words(std::string_view line);

/// The same from a line.
inline Ran run_line(std::string_view line, std::string_view input = {}) {
  return run_program(shell_words(line), input);
}

}  // namespace kwhatif::test
