// Runs the commands of transcripts, or those of a README.md, and compares. Usage:
//   transcript_runner --program PATH FILE...
//   transcript_runner --program PATH --columns N FILE...   no line of text is wider than that
// UPDATE_TRANSCRIPTS=1 in the environment writes the answers into the file instead of failing.
#include "transcript.hpp"

#include <algorithm>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <iostream>
#include <iterator>
#include <optional>
#include <string>
#include <vector>

#include <sys/wait.h>

namespace {

namespace fs = std::filesystem;
using namespace kwhatif::test;

std::string read_file(const fs::path& path) {
  std::ifstream in(path, std::ios::binary);
  return {std::istreambuf_iterator<char>(in), std::istreambuf_iterator<char>()};
}

void write_file(const fs::path& path, const std::string& text) {
  if (path.has_parent_path()) fs::create_directories(path.parent_path());
  std::ofstream(path, std::ios::binary) << text;
}

/// A folder of our own that is gone in the end.
class TemporaryFolder {
 public:
  TemporaryFolder() {
    std::string name = (fs::temp_directory_path() / "kwhatif-transcript-XXXXXX").string();
    if (mkdtemp(name.data()) == nullptr) throw std::runtime_error("cannot make a temporary folder");
    path_ = name;
  }
  ~TemporaryFolder() {
    std::error_code ignored;
    fs::remove_all(path_, ignored);
  }
  TemporaryFolder(const TemporaryFolder&) = delete;
  TemporaryFolder& operator=(const TemporaryFolder&) = delete;
  const fs::path& path() const { return path_; }

 private:
  fs::path path_;
};

/// Runs a command line in `folder`; output and errors are kept in `scratch`. As on a terminal, `together`
/// puts errors among the output.
Answer run(const std::string& command, const fs::path& folder, const fs::path& scratch, bool together) {
  const fs::path script = scratch / "command.sh";
  const fs::path output = scratch / "output";
  const fs::path errors = scratch / "errors";
  write_file(script, "cd '" + folder.string() + "'\n" + command + '\n');
  const std::string line = "/bin/sh '" + script.string() + "' </dev/null >'" + output.string() + "' 2>" +
                           (together ? "&1" : '\'' + errors.string() + '\'');
  const int status = std::system(line.c_str());
  Answer out;
  out.output = split_lines(read_file(output));
  if (!together) out.errors = split_lines(read_file(errors));
  out.exit_code = WIFEXITED(status) ? WEXITSTATUS(status) : 128 + WTERMSIG(status);
  return out;
}

/// Same surroundings everywhere: no colour, no locale, the program first in PATH under its own name.
void set_environment(const fs::path& program, const fs::path& scratch) {
  fs::create_directory(scratch / "bin");
  fs::create_symlink(fs::absolute(program), scratch / "bin" / "kwhatif");
  const char* path = std::getenv("PATH");
  setenv("PATH", ((scratch / "bin").string() + ':' + (path != nullptr ? path : "/usr/bin:/bin")).c_str(), 1);
  setenv("LC_ALL", "C", 1);
  setenv("TERM", "dumb", 1);
  unsetenv("CLICOLOR_FORCE");
  unsetenv("KWHATIF_DATA");
}

bool is_machine_form(const std::string& command) {
  for (const char* part : {"--json", "--csv", "--plain", "COLUMNS="}) {
    if (command.find(part) != std::string::npos) return true;
  }
  return false;
}

// URLs are never parted, messages are lines as those of compilers, and a command of --explain-row is for the
// shell as it stands.
bool may_be_wide(const std::string& line) {
  return line.find("://") != std::string::npos || line.find(": error[") != std::string::npos ||
         line.find(": warning[") != std::string::npos || line.starts_with("kwhatif explain ");
}

std::size_t characters(const std::string& line) {
  return static_cast<std::size_t>(
      std::count_if(line.begin(), line.end(), [](char c) { return (c & 0xC0) != 0x80; }));
}

bool is_narrow(const Step& step, const Answer& got, const fs::path& file, std::size_t columns) {
  bool narrow = true;
  for (const std::string& line : got.output) {
    if (characters(line) <= columns || may_be_wide(line)) continue;
    std::cout << file.string() << ':' << step.first_line + 1 << ": " << characters(line)
              << " columns: " << line << '\n';
    narrow = false;
  }
  return narrow;
}

/// @param columns  0: answers are those of the file
int run_all(const fs::path& program, const fs::path& file, bool readme, std::size_t columns) {
  const Transcript transcript = readme ? read_markdown(read_file(file)) : read_transcript(read_file(file));
  if (transcript.steps.empty()) {
    std::cout << file.string() << ": no commands\n";
    return readme ? 0 : 1;
  }
  const TemporaryFolder scratch;
  set_environment(program, scratch.path());
  fs::path folder = scratch.path() / "work";
  fs::create_directory(folder);
  if (readme) folder = fs::absolute(file).parent_path();
  for (const auto& [name, content] : transcript.files) write_file(folder / name, content);

  std::vector<Answer> answers;
  bool all_well = true;
  for (const Step& step : transcript.steps) {
    if (columns > 0) {
      if (is_machine_form(step.command)) continue;
      const Answer got = run(step.command, folder, scratch.path(), false);
      all_well = is_narrow(step, got, file, columns) && all_well;
      continue;
    }
    Answer got = run(step.command, folder, scratch.path(), readme);
    if (readme) got.exit_code = 0;  // a README shows what a terminal shows
    const std::string output = difference(step.expected.output, got.output);
    const std::string errors = difference(step.expected.errors, got.errors);
    if (!output.empty() || !errors.empty() || got.exit_code != step.expected.exit_code) {
      all_well = false;
      std::cout << file.string() << ':' << step.first_line + 1 << ": $ " << step.command << '\n';
      if (!output.empty()) std::cout << "standard output (- expected, + came):\n" << output;
      if (!errors.empty()) std::cout << "standard error (- expected, + came):\n" << errors;
      if (got.exit_code != step.expected.exit_code)
        std::cout << "exit code: expected " << step.expected.exit_code << ", came " << got.exit_code << '\n';
      std::cout << '\n';
    }
    answers.push_back(got);
  }
  if (all_well || columns > 0) return all_well ? 0 : 1;
  if (const char* update = std::getenv("UPDATE_TRANSCRIPTS");
      update != nullptr && std::string{update} == "1") {
    write_file(file, updated(transcript, answers));
    std::cout << file.string() << ": rewritten; read it before you commit it\n";
    return 0;
  }
  return 1;
}

}  // namespace

int main(int count, char** arguments) {
  std::optional<fs::path> program;
  std::vector<fs::path> files;
  const char* columns = nullptr;
  for (int i = 1; i < count; ++i) {
    const std::string argument = arguments[i];
    if (argument == "--program" && i + 1 < count) {
      program = arguments[++i];
    } else if (argument == "--columns" && i + 1 < count) {
      columns = arguments[++i];
      setenv("COLUMNS", columns, 1);
    } else {
      files.emplace_back(argument);
    }
  }
  const bool exist =
      std::all_of(files.begin(), files.end(), [](const auto& file) { return fs::exists(file); });
  if (!program || files.empty() || !exist || !fs::exists(*program)) {
    std::cerr << "usage: transcript_runner --program PATH [--columns N] FILE...\n";
    return 2;
  }
  int code = 0;
  for (const fs::path& file : files)
    code = std::max(code, run_all(*program, file, file.extension() == ".md",
                                  columns == nullptr ? 0 : std::stoul(columns)));
  return code;
}
