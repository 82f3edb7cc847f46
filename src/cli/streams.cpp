#include "streams.hpp"

#include "terminal.hpp"
#include <kwhatif/diag/diagnostic.hpp>

#include <array>
#include <cerrno>
#include <csignal>
#include <cstdlib>
#include <cstring>
#include <string>

#include <fcntl.h>
#include <poll.h>
#include <sys/wait.h>
#include <unistd.h>

namespace kwhatif::cli {

namespace {

// 0, or what went wrong.
int write_all(int descriptor, std::string_view text) {
  while (!text.empty()) {
    const ssize_t written = ::write(descriptor, text.data(), text.size());
    if (written < 0 && errno == EINTR) continue;
    if (written < 0 && (errno == EAGAIN || errno == EWOULDBLOCK)) {  // somebody else's non-blocking pipe
      pollfd ready{.fd = descriptor, .events = POLLOUT, .revents = 0};
      ::poll(&ready, 1, -1);
      continue;
    }
    if (written <= 0) return written < 0 ? errno : ENOSPC;
    text.remove_prefix(static_cast<std::size_t>(written));
  }
  return 0;
}

constexpr int not_run = 126;  // from here a shell says that there is no such program

// The child's side: never returns.
[[noreturn]] void become_pager(int input, const std::string& command) {
  for (const int signal : {SIGINT, SIGPIPE, SIGXFSZ}) std::signal(signal, SIG_DFL);
  ::dup2(input, STDIN_FILENO);
  ::setenv("LESS", "FRX", 0);  // less: colours as they are, and what it showed stays on the screen
  ::execl("/bin/sh", "sh", "-c", command.c_str(), nullptr);
  ::_exit(not_run);
}

// Whether a program was there to show it.
bool paged(const std::string& command, std::string_view text) {
  std::array<int, 2> ends{};
  if (::pipe2(ends.data(), O_CLOEXEC) != 0) return false;
  const pid_t pager = ::fork();
  if (pager == 0) become_pager(ends[0], command);
  ::close(ends[0]);
  if (pager > 0) {
    std::signal(SIGINT, SIG_IGN);  // it is the pager's to answer
    write_all(ends[1], text);      // a pager that is left early has read enough
  }
  ::close(ends[1]);
  int status = 0;
  while (pager > 0 && ::waitpid(pager, &status, 0) < 0 && errno == EINTR) {
  }
  return pager > 0 && !(WIFEXITED(status) && WEXITSTATUS(status) >= not_run);
}

}  // namespace

Written write_out(std::string_view text) {
  const int reason = write_all(STDOUT_FILENO, text);
  if (reason == EPIPE) return Written::reader_gone;
  if (reason != 0)
    diag::refuse("cannot-write", std::string{"cannot write the output: "} + std::strerror(reason), {});
  return Written::whole;
}

Written show(std::string_view text) {
  const std::string pager{environment("PAGER")};
  if (!pager.empty() && outgrows_terminal(text) && paged(pager, text)) return Written::whole;
  return write_out(text);
}

void write_err(std::string_view text) { write_all(STDERR_FILENO, text); }

}  // namespace kwhatif::cli
