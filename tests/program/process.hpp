// The built program as a process: what a test gives it, and what came of it.
#pragma once

#include <filesystem>
#include <functional>
#include <string>
#include <vector>

#include <sys/types.h>

namespace kwhatif::test {

/// A folder of our own that is gone in the end.
class TemporaryFolder {
 public:
  TemporaryFolder();
  ~TemporaryFolder();
  TemporaryFolder(const TemporaryFolder&) = delete;
  TemporaryFolder& operator=(const TemporaryFolder&) = delete;
  const std::filesystem::path& path() const { return path_; }
  /// Names in it, in order.
  std::vector<std::string> names() const;

 private:
  std::filesystem::path path_;
};

/// Path of the built program, from KWHATIF_PROGRAM in the environment.
std::string program();

struct Outcome {
  int exit_code = 0;  ///< 128 + the signal that ended it
  std::string output;
  std::string errors;
};

/// A run of the program that has been started.
class Process {
 public:
  /// @param setup  run in the child before the program starts
  Process(const std::vector<std::string>& arguments, const std::filesystem::path& folder,
          const std::function<void()>& setup = {});
  ~Process();
  Process(const Process&) = delete;
  Process& operator=(const Process&) = delete;

  pid_t id() const { return id_; }
  bool running();
  /// Whether one of its open files lies, or lay, in the folder.
  bool has_open_file_in(const std::filesystem::path& folder) const;
  /// Whether the program has a handler for the signal by now.
  bool handles(int signal) const;
  Outcome wait();

 private:
  TemporaryFolder scratch_;
  pid_t id_ = -1;
  int status_ = 0;
  bool over_ = false;
};

/// Runs the program to its end.
Outcome run(const std::vector<std::string>& arguments, const std::filesystem::path& folder,
            const std::function<void()>& setup = {});

std::string read_file(const std::filesystem::path& path);
void write_file(const std::filesystem::path& path, const std::string& text);

}  // namespace kwhatif::test
