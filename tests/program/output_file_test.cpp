// Where a file system has no nameless files, the one under a hidden name is removed all the same.
#include "output_file.hpp"

#include "exit_code.hpp"
#include "program/process.hpp"
#include "signals.hpp"
#include "support/catch.hpp"

#include <csignal>
#include <cstdlib>
#include <exception>

#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>

namespace kwhatif::cli {
namespace {

using test::read_file;
using test::TemporaryFolder;
using test::write_file;
using Names = std::vector<std::string>;

// Writes half a file in a child, lets it end in some way, and gives its exit code.
int end_of_child(const TemporaryFolder& folder, const std::function<void()>& end) {
  const pid_t child = ::fork();
  if (child == 0) {
    for (int signal = 1; signal < 32; ++signal) std::signal(signal, SIG_DFL);
    ::close(STDERR_FILENO);
    install_signal_handlers();
    OutputFile file((folder.path() / "out.csv").string(), false, {}, OutputFile::Storage::hidden);
    file.write("half");
    end();
    ::_exit(99);
  }
  int status = 0;
  ::waitpid(child, &status, 0);
  return WIFEXITED(status) ? WEXITSTATUS(status) : 128 + WTERMSIG(status);
}

TEST_CASE("a hidden unfinished file is removed however the program ends") {
  const TemporaryFolder folder;
  for (const int signal : {SIGINT, SIGTERM, SIGHUP}) {
    CHECK(end_of_child(folder, [&] { ::raise(signal); }) == interrupted);
    CHECK(folder.names().empty());
  }
  for (const int signal : {SIGQUIT, SIGXCPU, SIGUSR1, SIGALRM}) {
    CHECK(end_of_child(folder, [&] { ::raise(signal); }) == 128 + signal);
    CHECK(folder.names().empty());
  }
#ifndef __SANITIZE_ADDRESS__
  CHECK(end_of_child(folder, [] { std::abort(); }) == our_bug);
  CHECK(folder.names().empty());
#endif
  CHECK(end_of_child(folder, [] { std::terminate(); }) == our_bug);
  CHECK(folder.names().empty());
}

TEST_CASE("both kinds of storage publish alike") {
  for (const auto storage : {OutputFile::Storage::nameless, OutputFile::Storage::hidden}) {
    const TemporaryFolder folder;
    const std::string path = (folder.path() / "out.csv").string();
    {
      OutputFile dropped(path, false, {}, storage);
      dropped.write("never seen");
    }
    CHECK(folder.names().empty());
    OutputFile file(path, false, {}, storage);
    file.write("head,body");
    file.rewrite_head("HEAD");
    file.publish();
    CHECK(read_file(path) == "HEAD,body");
    OutputFile over(path, true, {}, storage);
    over.write("second");
    CHECK(read_file(path) == "HEAD,body");
    over.publish();
    CHECK(read_file(path) == "second");
    CHECK(folder.names() == Names{"out.csv"});
  }
}

TEST_CASE("a name that was taken while the file was written is left alone") {
  for (const auto storage : {OutputFile::Storage::nameless, OutputFile::Storage::hidden}) {
    const TemporaryFolder folder;
    const std::string path = (folder.path() / "out.csv").string();
    OutputFile file(path, false, {}, storage);
    file.write("ours");
    write_file(path, "theirs");
    CHECK_THROWS_AS(file.publish(), diag::UsageError);
    CHECK(read_file(path) == "theirs");
    CHECK(folder.names() == Names{"out.csv"});
  }
}

TEST_CASE("what went wrong first is said again by whoever writes next") {
  for (const auto storage : {OutputFile::Storage::nameless, OutputFile::Storage::hidden}) {
    const TemporaryFolder folder;
    OutputFile file((folder.path() / "out.csv").string(), false, {}, storage);
    rlimit before{};
    ::getrlimit(RLIMIT_FSIZE, &before);
    const rlimit small{10, before.rlim_max};
    const auto handler = std::signal(SIGXFSZ, SIG_IGN);
    ::setrlimit(RLIMIT_FSIZE, &small);
    std::string first;
    std::string second;
    for (std::string* message : {&first, &second}) {
      try {
        file.write("more than ten bytes");
      } catch (const diag::UsageError& error) {
        *message = error.what();
      }
    }
    ::setrlimit(RLIMIT_FSIZE, &before);
    std::signal(SIGXFSZ, handler);
    CHECK(first.find("File too large") != std::string::npos);
    CHECK(second == first);
    CHECK(folder.names().empty());
  }
}

TEST_CASE("a last rename that fails leaves nothing") {
  for (const auto storage : {OutputFile::Storage::nameless, OutputFile::Storage::hidden}) {
    const TemporaryFolder folder;
    const std::string path = (folder.path() / "out.csv").string();
    write_file(path, "old");
    OutputFile file(path, true, {}, storage);
    file.write("new");
    std::filesystem::remove(path);
    std::filesystem::create_directory(path);
    CHECK_THROWS_AS(file.publish(), diag::UsageError);
    CHECK(folder.names() == Names{"out.csv"});
    CHECK(std::filesystem::is_directory(path));
  }
}

}  // namespace
}  // namespace kwhatif::cli
