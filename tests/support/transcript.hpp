// Transcripts: what a person types and what the program answers, in one file.
//
//   # a comment
//   --- file run.toml            lines up to the next block become a file in a fresh folder
//   [training]
//   $ kwhatif estimate run.toml  a command line for /bin/sh, with the built program first in PATH
//   expected standard output
//   ...                          any lines, also none
//   ! expected standard error
//   ? 2                          exit code; 0 where the line is missing
//
// Standard output and standard error are compared separately, so their lines may stand in any mixture. A
// `...` line belongs to standard output, `! ...` to standard error. In README.md the same commands stand in
// ```console blocks; there `...` works too, errors stand among the output and exit codes
// are not shown, as on a terminal; a block runs in the root of the repository.
#pragma once

#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace kwhatif::test {

using Lines = std::vector<std::string>;

/// What a command gave, or what it should give.
struct Answer {
  Lines output;
  Lines errors;
  int exit_code = 0;
};

/// One command with its expected answer, and the lines of the file that hold it.
struct Step {
  std::string command;
  Answer expected;
  std::size_t first_line = 0;  ///< of the command, counted from 0
  std::size_t end_line = 0;    ///< one past the expected answer
};

struct Transcript {
  Lines lines;  ///< the whole file
  std::vector<std::pair<std::string, std::string>> files;
  std::vector<Step> steps;
};

/// Splits at line ends; a last line without line end counts.
Lines split_lines(std::string_view text);

/// Reads a transcript.
Transcript read_transcript(std::string_view text);

/// Reads the ```console blocks of a Markdown file. Only `$ kwhatif …` commands are steps; blocks with other
/// commands (installing, building) are left out as a whole.
Transcript read_markdown(std::string_view text);

/// Whether lines are the expected ones, where "..." stands for any lines.
bool matches(const Lines& expected, const Lines& got);

/// Line-wise comparison for people: common lines, `-` what was expected, `+` what came; empty where they
/// match.
std::string difference(const Lines& expected, const Lines& got);

/// The transcript's text with the answers put in place of the expected ones. Steps whose answer matches stay
/// as they are, so a "..." survives.
std::string updated(const Transcript& transcript, const std::vector<Answer>& answers);

}  // namespace kwhatif::test
