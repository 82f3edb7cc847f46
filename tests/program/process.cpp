#include "program/process.hpp"

#include <algorithm>
#include <csignal>
#include <cstdlib>
#include <fstream>
#include <iterator>
#include <stdexcept>

#include <fcntl.h>
#include <sys/wait.h>
#include <unistd.h>

namespace kwhatif::test {

namespace fs = std::filesystem;

TemporaryFolder::TemporaryFolder() {
  std::string name = (fs::temp_directory_path() / "kwhatif-test-XXXXXX").string();
  if (::mkdtemp(name.data()) == nullptr) throw std::runtime_error("cannot make a temporary folder");
  path_ = name;
}

TemporaryFolder::~TemporaryFolder() {
  std::error_code ignored;
  fs::remove_all(path_, ignored);
}

std::vector<std::string> TemporaryFolder::names() const {
  std::vector<std::string> out;
  for (const auto& entry : fs::directory_iterator(path_)) out.push_back(entry.path().filename().string());
  std::sort(out.begin(), out.end());
  return out;
}

std::string program() {
  const char* path = std::getenv("KWHATIF_PROGRAM");
  if (path == nullptr) throw std::runtime_error("KWHATIF_PROGRAM names no program; run this through ctest");
  return path;
}

Process::Process(const std::vector<std::string>& arguments, const fs::path& folder,
                 const std::function<void()>& setup) {
  std::vector<std::string> words{program()};
  words.insert(words.end(), arguments.begin(), arguments.end());
  std::vector<char*> argv;
  for (std::string& word : words) argv.push_back(word.data());
  argv.push_back(nullptr);
  const std::string output = (scratch_.path() / "output").string();
  const std::string errors = (scratch_.path() / "errors").string();
  id_ = ::fork();
  if (id_ != 0) return;
  for (int signal = 1; signal < 32; ++signal)
    std::signal(signal, SIG_DFL);  // whatever the test's parent ignores
  constexpr int flags = O_CREAT | O_WRONLY | O_TRUNC;
  const bool ready = ::chdir(folder.c_str()) == 0 && ::dup2(::open("/dev/null", O_RDONLY), 0) == 0 &&
                     ::dup2(::open(output.c_str(), flags, 0600), 1) == 1 &&
                     ::dup2(::open(errors.c_str(), flags, 0600), 2) == 2;
  if (!ready) ::_exit(127);
  if (setup) setup();
  ::execv(argv[0], argv.data());
  ::_exit(127);
}

Process::~Process() {
  if (over_) return;
  ::kill(id_, SIGKILL);
  wait();
}

bool Process::running() {
  if (!over_) over_ = ::waitpid(id_, &status_, WNOHANG) == id_;
  return !over_;
}

bool Process::has_open_file_in(const fs::path& folder) const {
  std::error_code error;
  for (fs::directory_iterator at("/proc/" + std::to_string(id_) + "/fd", error), end; !error && at != end;
       at.increment(error)) {
    if (fs::read_symlink(*at, error).string().starts_with(folder.string() + '/')) return true;
    error.clear();
  }
  return false;
}

bool Process::handles(int signal) const {
  // Between fork and exec the child still has the handlers of the test.
  std::error_code gone;
  if (!fs::equivalent("/proc/" + std::to_string(id_) + "/exe", program(), gone)) return false;
  const std::string status = read_file("/proc/" + std::to_string(id_) + "/status");
  const std::string key = "SigCgt:\t";
  const auto at = status.find(key);
  if (at == std::string::npos) return false;
  return (std::stoull(status.substr(at + key.size(), 16), nullptr, 16) >> (signal - 1) & 1U) != 0;
}

Outcome Process::wait() {
  if (!over_) ::waitpid(id_, &status_, 0);
  over_ = true;
  return {WIFEXITED(status_) ? WEXITSTATUS(status_) : 128 + WTERMSIG(status_),
          read_file(scratch_.path() / "output"), read_file(scratch_.path() / "errors")};
}

Outcome run(const std::vector<std::string>& arguments, const fs::path& folder,
            const std::function<void()>& setup) {
  return Process(arguments, folder, setup).wait();
}

std::string read_file(const fs::path& path) {
  std::ifstream in(path, std::ios::binary);
  return {std::istreambuf_iterator<char>(in), std::istreambuf_iterator<char>()};
}

void write_file(const fs::path& path, const std::string& text) {
  if (path.has_parent_path()) fs::create_directories(path.parent_path());
  std::ofstream(path, std::ios::binary) << text;
}

}  // namespace kwhatif::test
