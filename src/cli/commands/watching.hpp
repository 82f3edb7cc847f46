// How long searches are watched: progress on a terminal, twice a second; Ctrl-C ends them.
#pragma once

#include "signals.hpp"
#include <kwhatif/ask/watch.hpp>
#include <kwhatif/quantity/format.hpp>

#include <algorithm>
#include <chrono>
#include <csignal>
#include <cstdio>
#include <string>

#include <unistd.h>

namespace kwhatif::cli {

/// A line on standard error that is written over, where that is a terminal.
class Watching {
 public:
  /// Thrown through a search that cannot end with an answer.
  struct Interrupted {};

  Watching() : on_(::isatty(STDERR_FILENO) == 1) {
    std::signal(SIGINT, on_interrupt);
    std::signal(SIGTERM, on_interrupt);
  }
  ~Watching() { end(); }
  Watching(const Watching&) = delete;
  Watching& operator=(const Watching&) = delete;

  /// Refers to this object, which must outlive the search.
  ask::Watch watch() {
    return {.stop = &interrupt_wanted,
            .looking_up =
                [this](std::size_t lookups) {
                  if (interrupt_wanted) throw Interrupted{};
                  show([&] { return std::to_string(lookups) + " combinations looked up "; });
                },
            .progress = [this](std::uint64_t done, std::uint64_t total) { searched(done, total); }};
  }
  /// Takes the line away, for what is written next.
  void end() {
    if (shown_) std::fputs("\r\x1b[K", stderr);
    shown_ = false;
  }

 private:
  using Clock = std::chrono::steady_clock;

  void searched(std::uint64_t done, std::uint64_t total) {
    if (!searching_) began_ = Clock::now();
    searching_ = true;
    show([&] {
      const double seconds = std::chrono::duration<double>(Clock::now() - began_).count();
      const double rate = static_cast<double>(done) / seconds;
      const double left = static_cast<double>(total - done) / rate;
      const std::string share =
          quantity::fixed(100.0 * static_cast<double>(done) / static_cast<double>(total), 1);
      return std::string(5 - std::min<std::size_t>(5, share.size()), ' ') + share + " %  " +
             quantity::significant(rate, 2) + " runs/s  " + quantity::human(left, quantity::dim::time, 2) +
             " left ";
    });
  }

  template <class Words>
  void show(Words words) {
    const auto now = Clock::now();
    if (!on_ || now - last_ < std::chrono::milliseconds(500)) return;
    last_ = now;
    shown_ = true;
    std::fputs(('\r' + words() + "\x1b[K").c_str(), stderr);
    std::fflush(stderr);
  }

  bool on_;
  bool shown_ = false;
  bool searching_ = false;
  Clock::time_point began_ = Clock::now();
  Clock::time_point last_ = Clock::now();
};

}  // namespace kwhatif::cli
