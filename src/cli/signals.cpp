#include "signals.hpp"

#include "exit_code.hpp"

#include <array>
#include <cstring>
#include <exception>
#include <string_view>

#include <unistd.h>

namespace kwhatif::cli {

std::atomic<bool> interrupt_wanted{false};

namespace {

constexpr std::size_t longest_path = 4096;
std::array<char, longest_path> unfinished{};
std::atomic<bool> has_unfinished{false};

// Everything below is called from handlers: system calls alone, no memory, no locks.

void remove_unfinished() {
  if (has_unfinished.exchange(false)) ::unlink(unfinished.data());
}

[[noreturn]] void leave(ExitCode code, std::string_view words = {}) {
  remove_unfinished();
  while (!words.empty()) {
    const ssize_t written = ::write(STDERR_FILENO, words.data(), words.size());
    if (written <= 0) break;
    words.remove_prefix(static_cast<std::size_t>(written));
  }
  ::_exit(code);
}

extern "C" void on_stop(int) { leave(interrupted); }

extern "C" void on_crash(int signal) {
  switch (signal) {
    case SIGSEGV:
      leave(our_bug, "error[internal]: kwhatif crashed (invalid memory access); please report the command\n");
    case SIGFPE:
      leave(our_bug, "error[internal]: kwhatif crashed (invalid arithmetic); please report the command\n");
    default:
      leave(our_bug, "error[internal]: kwhatif crashed; please report the command that led here\n");
  }
}

// Signals that end a program by themselves still do, without a file left behind.
extern "C" void on_end(int signal) {
  remove_unfinished();
  std::signal(signal, SIG_DFL);
  ::raise(signal);
}

[[noreturn]] void on_terminate() {
  leave(our_bug, "error[internal]: kwhatif broke off; please report the command that led here\n");
}

constexpr std::array stops{SIGINT, SIGTERM, SIGHUP};
constexpr std::array crashes{SIGSEGV, SIGBUS, SIGFPE, SIGILL, SIGABRT, SIGSYS};
constexpr std::array ends{SIGQUIT, SIGXCPU, SIGALRM, SIGVTALRM, SIGPROF, SIGUSR1, SIGUSR2, SIGIO, SIGPWR};

void handle(int signal, void (*handler)(int), int flags = 0) {
  struct sigaction before {};
  if (::sigaction(signal, nullptr, &before) == 0 && before.sa_handler == SIG_IGN) return;  // as nohup wants
  struct sigaction action {};
  action.sa_handler = handler;
  action.sa_flags = flags;
  ::sigfillset(&action.sa_mask);
  ::sigaction(signal, &action, nullptr);
}

}  // namespace

extern "C" void on_interrupt(int) {
  if (interrupt_wanted.exchange(true)) leave(interrupted);
}

void install_signal_handlers() {
  std::signal(SIGPIPE, SIG_IGN);
  std::signal(SIGXFSZ, SIG_IGN);
  std::set_terminate(on_terminate);
  for (const int signal : stops) handle(signal, on_stop);
  for (const int signal : ends) handle(signal, on_end);
#ifndef __SANITIZE_ADDRESS__                 // which tells more of a crash
  static std::array<char, 1U << 16U> stack;  // a crash may come of a full stack
  stack_t own{};
  own.ss_sp = stack.data();
  own.ss_size = stack.size();
  ::sigaltstack(&own, nullptr);
  for (const int signal : crashes) handle(signal, on_crash, SA_ONSTACK);
#endif
}

void set_unfinished_file(const std::string& path) {
  has_unfinished = false;
  if (path.empty() || path.size() >= longest_path) return;
  std::memcpy(unfinished.data(), path.c_str(), path.size() + 1);
  has_unfinished = true;
}

SignalsHeld::SignalsHeld() {
  sigset_t held;
  ::sigfillset(&held);
  for (const int crash : crashes) ::sigdelset(&held, crash);
  ::pthread_sigmask(SIG_BLOCK, &held, &before_);
}

SignalsHeld::~SignalsHeld() { ::pthread_sigmask(SIG_SETMASK, &before_, nullptr); }

}  // namespace kwhatif::cli
