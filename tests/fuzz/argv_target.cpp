// A command line, one word a line; after an empty line what stands on standard input.
#include "finite.hpp"
#include "support/json.hpp"
#include "support/program.hpp"

#include <algorithm>
#include <csignal>
#include <vector>

#include <unistd.h>

namespace kwhatif::fuzz {

namespace {

// Long work is no fault as long as it can be interrupted: after this time it is.
constexpr unsigned seconds_of_work = 5;

// Words that reach outside the target's own folder, or into it for the next input to find.
bool reaches_out(const std::string& word) {
  return word.starts_with('/') || word.find("..") != std::string::npos ||
         word.find("/dev") != std::string::npos || word.find("=/") != std::string::npos ||
         word.starts_with("-o") || word.starts_with("--out") || word.find('\0') != std::string::npos;
}

bool has(const std::vector<std::string>& words, std::string_view word) {
  return std::find(words.begin(), words.end(), word) != words.end();
}

// "inf", "nan" and "-0" standing alone, where no word of the input brought them.
void require_numbers(std::string_view out, std::string_view input) {
  const auto parts = [](char c) {
    return c == ' ' || c == '\t' || c == '\n' || c == ',' || c == '(' || c == ')';
  };
  for (std::size_t at = 0; at < out.size();) {
    std::size_t end = at;
    while (end < out.size() && !parts(out[end])) ++end;
    const std::string_view word = out.substr(at, end - at);
    for (const std::string_view bad : {"inf", "-inf", "nan", "-nan", "-0", "inf%", "nan%"}) {
      if (word == bad && input.find(bad) == std::string_view::npos)
        broken("'" + std::string{word} + "' in the output:\n" + std::string{out.substr(0, 4000)});
    }
    at = end + 1;
  }
}

}  // namespace

void argv(std::string_view input) {
  own_folder();
  const auto blank = input.find("\n\n");
  const std::string_view given = input.substr(0, blank);
  const std::string_view standard_input =
      blank == std::string_view::npos ? std::string_view{} : input.substr(blank + 2);
  std::vector<std::string> words;
  for (std::string_view rest = given; !rest.empty();) {
    const auto end = std::min(rest.find('\n'), rest.size());
    words.emplace_back(rest.substr(0, end));
    if (reaches_out(words.back()) || words.size() > 40) return;
    rest.remove_prefix(std::min(end + 1, rest.size()));
  }
  std::signal(SIGALRM, [](int) { std::raise(SIGINT); });
  std::signal(SIGINT, [](int) {});  // verbs that can be interrupted put theirs over it
  ::alarm(seconds_of_work);
  const test::Ran ran = test::run_program(words, standard_input);
  ::alarm(0);
  if (ran.code != 0 && ran.code != 1 && ran.code != 2 && ran.code != 130)
    broken("exit code " + std::to_string(ran.code) + ": " + ran.err);
  if (ran.code == 2 && ran.err.find("error[") == std::string::npos)
    broken("a refusal without an error: " + ran.err);
  require_numbers(ran.out, input);
  // The verbs that answer with one document; sweeps print rows as JSON Lines.
  if (ran.code == 0 && !ran.out.empty() && has(words, "--json") && words.front() != "sweep") {
    std::string fault;
    if (!test::parse_json(ran.out, fault))
      broken("--json is no JSON: " + fault + '\n' + ran.out.substr(0, 4000));
  }
}

}  // namespace kwhatif::fuzz
