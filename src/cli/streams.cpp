#include "streams.hpp"

#include <kwhatif/diag/diagnostic.hpp>

#include <cerrno>
#include <cstring>

#include <poll.h>
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

}  // namespace

Written write_out(std::string_view text) {
  const int reason = write_all(STDOUT_FILENO, text);
  if (reason == EPIPE) return Written::reader_gone;
  if (reason != 0)
    diag::refuse("cannot-write", std::string{"cannot write the output: "} + std::strerror(reason), {});
  return Written::whole;
}

void write_err(std::string_view text) { write_all(STDERR_FILENO, text); }

}  // namespace kwhatif::cli
