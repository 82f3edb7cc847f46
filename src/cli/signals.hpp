// What happens when the program is told to stop, or breaks: nothing half-written stays, the exit code says
// why.
#pragma once

#include <atomic>
#include <csignal>
#include <string>

namespace kwhatif::cli {

/// Set by Ctrl-C while a search runs (on_interrupt), and where the reader of standard output has gone away.
extern std::atomic<bool> interrupt_wanted;

/// Handler for work that watches `interrupt_wanted` and ends by itself; a second signal ends it at once.
extern "C" void on_interrupt(int signal);

/// Handlers for the whole program, to be called first: SIGINT, SIGTERM and SIGHUP exit 130; a crash or
/// std::terminate says so in one line and exits 3; a file that grows too large is an error of write().
void install_signal_handlers();

/// The file that is being written under a temporary name: removed by any signal that can be caught. One at a
/// time; an empty path means none.
/// @param path  absolute
void set_unfinished_file(const std::string& path);

/// Holds back the signals that end the program, for two steps that must not be parted.
class SignalsHeld {
 public:
  SignalsHeld();
  ~SignalsHeld();
  SignalsHeld(const SignalsHeld&) = delete;
  SignalsHeld& operator=(const SignalsHeld&) = delete;

 private:
  sigset_t before_{};
};

}  // namespace kwhatif::cli
