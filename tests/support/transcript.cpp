#include "transcript.hpp"

#include <algorithm>
#include <charconv>

namespace kwhatif::test {

namespace {

constexpr std::string_view any_lines = "...";

bool is_boundary(std::string_view line) {
  return line.starts_with("$ ") || line.starts_with("# ") || line.starts_with("--- file ");
}

// Reads the answer that follows a command, up to `end` or the next block.
Step read_step(const Lines& lines, std::size_t first, std::size_t end) {
  Step step;
  step.first_line = first;
  step.command = lines[first].substr(2);
  std::size_t i = first + 1;
  for (; i < end && !is_boundary(lines[i]); ++i) {
    const std::string& line = lines[i];
    if (line.starts_with("! ")) {
      step.expected.errors.push_back(line.substr(2));
    } else if (line == "!") {
      step.expected.errors.emplace_back();
    } else if (line.starts_with("? ")) {
      std::from_chars(line.data() + 2, line.data() + line.size(), step.expected.exit_code);
    } else {
      step.expected.output.push_back(line);
    }
  }
  // blank lines before the next block are layout, not output
  while (i > first + 1 && lines[i - 1].empty() && !step.expected.output.empty() &&
         step.expected.output.back().empty()) {
    step.expected.output.pop_back();
    --i;
  }
  step.end_line = i;
  return step;
}

void append_answer(Lines& out, const Answer& answer) {
  out.insert(out.end(), answer.output.begin(), answer.output.end());
  for (const std::string& line : answer.errors) out.push_back(line.empty() ? "!" : "! " + line);
  if (answer.exit_code != 0) out.push_back("? " + std::to_string(answer.exit_code));
}

}  // namespace

Lines split_lines(std::string_view text) {
  Lines out;
  while (!text.empty()) {
    const auto end = text.find('\n');
    out.emplace_back(text.substr(0, end));
    if (end == std::string_view::npos) break;
    text.remove_prefix(end + 1);
  }
  return out;
}

Transcript read_transcript(std::string_view text) {
  Transcript out;
  out.lines = split_lines(text);
  const Lines& lines = out.lines;
  for (std::size_t i = 0; i < lines.size();) {
    if (lines[i].starts_with("$ ")) {
      out.steps.push_back(read_step(lines, i, lines.size()));
      i = out.steps.back().end_line;
    } else if (lines[i].starts_with("--- file ")) {
      auto& [name, content] = out.files.emplace_back(lines[i].substr(9), std::string{});
      // a file may hold comments of its own: it ends at a command or another file
      for (++i; i < lines.size() && !lines[i].starts_with("$ ") && !lines[i].starts_with("--- file "); ++i) {
        content += lines[i] + '\n';
      }
    } else {
      ++i;
    }
  }
  return out;
}

Transcript read_markdown(std::string_view text) {
  Transcript out;
  out.lines = split_lines(text);
  const Lines& lines = out.lines;
  for (std::size_t i = 0; i < lines.size(); ++i) {
    if (lines[i] != "```console") continue;
    std::size_t end = i + 1;
    while (end < lines.size() && lines[end] != "```") ++end;
    for (++i; i < end;) {
      if (!lines[i].starts_with("$ ")) {
        ++i;
        continue;
      }
      Step step = read_step(lines, i, end);
      i = step.end_line;
      if (step.command.starts_with("kwhatif ") || step.command == "kwhatif")
        out.steps.push_back(std::move(step));
    }
  }
  return out;
}

bool matches(const Lines& expected, const Lines& got) {
  // reachable[j]: the expected lines so far can stand for the first j lines
  std::vector<char> reachable(got.size() + 1, 0);
  reachable[0] = 1;
  for (const std::string& line : expected) {
    std::vector<char> next(got.size() + 1, 0);
    bool seen = false;
    for (std::size_t j = 0; j <= got.size(); ++j) {
      if (line == any_lines) {
        seen = seen || reachable[j] != 0;
        next[j] = seen ? 1 : 0;
      } else if (j > 0 && reachable[j - 1] != 0 && got[j - 1] == line) {
        next[j] = 1;
      }
    }
    reachable = std::move(next);
  }
  return reachable[got.size()] != 0;
}

std::string difference(const Lines& expected, const Lines& got) {
  if (matches(expected, got)) return {};
  // longest common subsequence; "..." is shown as it stands
  const std::size_t rows = expected.size();
  const std::size_t columns = got.size();
  std::vector<std::vector<std::size_t>> common(rows + 1, std::vector<std::size_t>(columns + 1, 0));
  for (std::size_t i = rows; i-- > 0;) {
    for (std::size_t j = columns; j-- > 0;) {
      common[i][j] =
          expected[i] == got[j] ? common[i + 1][j + 1] + 1 : std::max(common[i + 1][j], common[i][j + 1]);
    }
  }
  std::string out;
  std::size_t i = 0;
  std::size_t j = 0;
  while (i < rows || j < columns) {
    if (i < rows && j < columns && expected[i] == got[j]) {
      out += "  " + expected[i] + '\n';
      ++i;
      ++j;
    } else if (j == columns || (i < rows && common[i + 1][j] >= common[i][j + 1])) {
      out += (expected[i] == any_lines ? "  " : "- ") + expected[i] + '\n';
      ++i;
    } else {
      out += "+ " + got[j] + '\n';
      ++j;
    }
  }
  return out;
}

std::string updated(const Transcript& transcript, const std::vector<Answer>& answers) {
  Lines out;
  std::size_t next = 0;
  for (std::size_t s = 0; s < transcript.steps.size(); ++s) {
    const Step& step = transcript.steps[s];
    const Answer& answer = answers[s];
    const bool same = matches(step.expected.output, answer.output) &&
                      matches(step.expected.errors, answer.errors) &&
                      step.expected.exit_code == answer.exit_code;
    const std::size_t keep_until = same ? step.end_line : step.first_line + 1;
    for (; next < keep_until; ++next) out.push_back(transcript.lines[next]);
    if (!same) append_answer(out, answer);
    next = step.end_line;
  }
  for (; next < transcript.lines.size(); ++next) out.push_back(transcript.lines[next]);
  std::string text;
  for (const std::string& line : out) text += line + '\n';
  return text;
}

}  // namespace kwhatif::test
