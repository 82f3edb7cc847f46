// The program at a terminal: shells that complete its words, and answers that a pager shows.
//
//   terminal_runner PROGRAM bash|zsh|fish|pager      exit 0 where all is right
//
// A shell runs in a pseudo-terminal, and gets keys. What it completed is what it then runs: the program's
// name is a function there that writes its arguments to a file, so that nothing depends on how a screen is
// drawn. Prints "skipped: no zsh here" where there is no such shell.
#include <algorithm>
#include <array>
#include <cerrno>
#include <chrono>
#include <csignal>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <iostream>
#include <iterator>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include <poll.h>
#include <pty.h>
#include <sys/ioctl.h>
#include <sys/wait.h>
#include <unistd.h>

namespace {

namespace fs = std::filesystem;
using Clock = std::chrono::steady_clock;
using Words = std::vector<std::string>;

constexpr std::chrono::seconds patience{20};

class Terminal {
 public:
  /// @param environment  "NAME=value" of the child; it inherits nothing
  Terminal(const Words& command, const Words& environment, const fs::path& folder, unsigned short rows) {
    winsize size{.ws_row = rows, .ws_col = 100, .ws_xpixel = 0, .ws_ypixel = 0};
    child_ = ::forkpty(&screen_, nullptr, nullptr, &size);
    if (child_ != 0) return;
    fs::current_path(folder);
    const auto pointers = [](const Words& words) {
      std::vector<char*> out;
      for (const std::string& word : words) out.push_back(const_cast<char*>(word.c_str()));
      out.push_back(nullptr);
      return out;
    };
    ::execve(command.front().c_str(), pointers(command).data(), pointers(environment).data());
    ::_exit(127);
  }
  ~Terminal() {
    ::close(screen_);
    if (over_) return;
    ::kill(child_, SIGKILL);
    ::waitpid(child_, nullptr, 0);
  }
  Terminal(const Terminal&) = delete;
  Terminal& operator=(const Terminal&) = delete;

  void type(std::string_view keys) {
    while (!keys.empty()) {
      const ssize_t written = ::write(screen_, keys.data(), keys.size());
      if (written <= 0) return;
      keys.remove_prefix(static_cast<std::size_t>(written));
    }
  }
  /// Reads what is shown until a condition holds. @return whether it ever did
  template <class Condition>
  bool until(Condition condition) {
    const auto end = Clock::now() + patience;
    while (!condition()) {
      if (Clock::now() > end || !read()) return condition();
    }
    return true;
  }
  /// @return the exit code of the child; -1 where it does not end
  int wait() {
    until([] { return false; });
    int status = 0;
    if (::waitpid(child_, &status, WNOHANG) != child_) {
      ::usleep(200'000);
      if (::waitpid(child_, &status, WNOHANG) != child_) return -1;
    }
    over_ = true;
    return WIFEXITED(status) ? WEXITSTATUS(status) : -1;
  }
  const std::string& seen() const { return seen_; }

 private:
  // False where the child has closed its side.
  bool read() {
    constexpr int moment = 20;  // milliseconds
    pollfd ready{.fd = screen_, .events = POLLIN, .revents = 0};
    if (::poll(&ready, 1, moment) <= 0) return true;
    std::array<char, 4096> block{};
    const ssize_t count = ::read(screen_, block.data(), block.size());
    if (count < 0) return errno == EINTR;
    seen_.append(block.data(), static_cast<std::size_t>(count));
    return count > 0;
  }

  int screen_ = -1;
  pid_t child_ = -1;
  bool over_ = false;
  std::string seen_;
};

std::string content(const fs::path& file) {
  std::ifstream in(file);
  return {std::istreambuf_iterator<char>(in), {}};
}

// Its path, or nothing.
std::string found(const std::string& name) {
  const char* const path = std::getenv("PATH");
  std::string_view folders = path == nullptr ? "/usr/bin:/bin" : path;
  while (!folders.empty()) {
    const std::size_t end = std::min(folders.find(':'), folders.size());
    std::string file = std::string{folders.substr(0, end)} + '/' + name;
    if (::access(file.c_str(), X_OK) == 0) return file;
    folders.remove_prefix(std::min(end + 1, folders.size()));
  }
  return {};
}

class Folder {
 public:
  Folder() {
    std::string name = (fs::temp_directory_path() / "kwhatif-terminal-XXXXXX").string();
    path_ = ::mkdtemp(name.data());
  }
  ~Folder() {
    std::error_code ignored;
    fs::remove_all(path_, ignored);
  }
  Folder(const Folder&) = delete;
  Folder& operator=(const Folder&) = delete;
  const fs::path& path() const { return path_; }

 private:
  fs::path path_;
};

Words environment(const fs::path& program, const fs::path& home, const Words& more = {}) {
  const char* const path = std::getenv("PATH");
  Words out{"PATH=" + program.parent_path().string() + ':' + (path == nullptr ? "/usr/bin:/bin" : path),
            "HOME=" + home.string(), "TERM=xterm", "LC_ALL=C.UTF-8", "INPUTRC=/dev/null"};
  out.insert(out.end(), more.begin(), more.end());
  return out;
}

struct Shell {
  const char* name;
  Words arguments;
  const char* setup;  ///< loads the completion, and makes the name a function that tells its arguments
};

const std::array<Shell, 3>& shells() {
  static const std::array<Shell, 3> all{
      Shell{"bash",
            {"--norc", "--noprofile", "-i"},
            "source <(kwhatif completion bash); kwhatif() { if [[ $1 == completion ]]; then command kwhatif "
            "\"$@\"; else printf '<%s>' \"$@\" >> got; echo >> got; fi; }; echo set > ready\n"},
      Shell{
          "zsh",
          {"-f", "-i"},
          "kwhatif completion zsh > _kwhatif; fpath=($PWD $fpath); autoload -Uz compinit; compinit -u -D; "
          "kwhatif() { if [[ $1 == completion ]]; then command kwhatif \"$@\"; else printf '<%s>' \"$@\" >> "
          "got; echo >> got; fi; }; echo set > ready\n"},
      Shell{"fish",
            {"--no-config", "-i"},
            "kwhatif completion fish | source; function kwhatif; if test \"$argv[1]\" = completion; command "
            "kwhatif $argv; else; printf '<%s>' $argv >> got; echo >> got; end; end; echo set > ready\n"},
  };
  return all;
}

int complain(const std::string& what, const std::string& seen) {
  std::cout << "FAILED: " << what << "\nthe terminal showed:\n" << seen << '\n';
  return 1;
}

// Keys behind the name of the program, \t among them, and the arguments that came of them.
int complete(const fs::path& program, const Shell& shell) {
  const std::string path = found(shell.name);
  if (path.empty()) {
    std::cout << "skipped: no " << shell.name << " here\n";
    return 0;
  }
  const Folder folder;
  std::ofstream(folder.path() / "run.toml") << '\n';
  std::ofstream(folder.path() / "notes.txt") << '\n';
  Words command{path};
  command.insert(command.end(), shell.arguments.begin(), shell.arguments.end());
  Terminal terminal(command, environment(program, folder.path()), folder.path(), 40);
  terminal.type(shell.setup);
  if (!terminal.until([&] { return content(folder.path() / "ready") == "set\n"; }))
    return complain(std::string{shell.name} + " takes no commands", terminal.seen());
  std::string expected;
  for (const auto& [keys, arguments] :
       {std::pair{"esti\t", "<estimate>"},
        std::pair{"estimate --hardw\th100-sxm\t", "<estimate><--hardware><h100-sxm5>"},
        std::pair{"estimate --region gcp:southamerica-e\t", "<estimate><--region><gcp:southamerica-east1>"},
        std::pair{"estimate --precision bf\t", "<estimate><--precision><bf16>"},
        std::pair{"estimate ru\t", "<estimate><run.toml>"}, std::pair{"help exit-co\t", "<help><exit-codes>"},
        std::pair{"show hardware h200-s\t", "<show><hardware><h200-sxm>"}}) {
    terminal.type("kwhatif " + std::string{keys} + '\n');
    expected += std::string{arguments} + '\n';
    const auto told = [&] { return content(folder.path() / "got"); };
    const auto lines = std::count(expected.begin(), expected.end(), '\n');
    terminal.until([&] {
      const std::string now = told();
      return std::count(now.begin(), now.end(), '\n') == lines;
    });
    if (told() != expected)
      return complain("kwhatif " + std::string{keys} + " became " + told() + "instead of " + expected,
                      terminal.seen());
  }
  std::cout << shell.name << " completes\n";
  return 0;
}

int page(const fs::path& program) {
  struct Case {
    const char* what;
    const char* pager;  ///< none where null
    unsigned short rows;
    Words arguments;
    bool paged;
  };
  const Words many{"list", "hardware", "--limit", "30"};
  const std::array cases{
      Case{"a long answer is shown by PAGER", "sed s/^/paged:/", 10, many, true},
      Case{"long help is, too", "sed s/^/paged:/", 10, {"help", "units"}, true},
      Case{"a terminal with room needs no pager", "sed s/^/paged:/", 500, many, false},
      Case{"an answer that fits needs none", "sed s/^/paged:/", 10, {"--version"}, false},
      Case{"nothing is paged without PAGER", nullptr, 10, many, false},
      Case{"an empty PAGER is none", "", 10, many, false},
      Case{"a pager that is not there loses nothing", "no-such-pager-anywhere", 10, many, false},
  };
  const Folder folder;
  for (const Case& each : cases) {
    Words command{program.string()};
    command.insert(command.end(), each.arguments.begin(), each.arguments.end());
    const Words pager = each.pager == nullptr ? Words{} : Words{"PAGER=" + std::string{each.pager}};
    Terminal terminal(command, environment(program, folder.path(), pager), folder.path(), each.rows);
    const int code = terminal.wait();
    const bool paged = terminal.seen().find("paged:") != std::string::npos;
    const bool whole = each.arguments != many || terminal.seen().find("30 of ") != std::string::npos;
    if (code != 0 || paged != each.paged || !whole) return complain(each.what, terminal.seen());
  }
  // left before it has read everything; the exit code is that of the answer
  const Words command{program.string(), "list", "hardware"};
  Terminal left(command, environment(program, folder.path(), {"PAGER=head -n 1"}), folder.path(), 10);
  if (left.wait() != 0) return complain("a pager that is left early is no error", left.seen());
  std::cout << "long answers are paged\n";
  return 0;
}

}  // namespace

int main(int count, char** words) {
  if (count != 3) {
    std::cerr << "usage: terminal_runner PROGRAM bash|zsh|fish|pager\n";
    return 2;
  }
  const fs::path program = fs::absolute(words[1]);
  const std::string_view what = words[2];
  if (what == "pager") return page(program);
  for (const Shell& shell : shells()) {
    if (what == shell.name) return complete(program, shell);
  }
  return 2;
}
