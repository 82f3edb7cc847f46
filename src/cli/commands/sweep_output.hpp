// Where the rows of a sweep go, and how its progress is shown.
#pragma once

#include "output_file.hpp"
#include "signals.hpp"
#include "streams.hpp"
#include "verb.hpp"
#include <kwhatif/quantity/format.hpp>

#include <algorithm>
#include <atomic>
#include <chrono>
#include <cstdint>
#include <cstdio>
#include <optional>
#include <string>
#include <string_view>

#include <unistd.h>

namespace kwhatif::cli {

/// The file that --output names, or standard output.
class Output {
 public:
  explicit Output(const Arguments& arguments) {
    const auto given = arguments.get("output");
    if (given && given->text != "-") file_.emplace(given->text, arguments.has("force"), given->where);
  }

  std::string path() const { return file_ ? file_->path() : std::string{}; }
  /// False where the reader has gone away.
  bool open() const { return !gone_; }

  void write(std::string_view text) {
    if (file_) return file_->write(text);
    if (gone_) return;
    gone_ = write_out(text) == Written::reader_gone;
    if (gone_) interrupt_wanted.store(true, std::memory_order_relaxed);
  }
  void rewrite_head(std::string_view head) {
    if (file_ && !head.empty()) file_->rewrite_head(head);
  }
  void finish() {
    if (file_) file_->publish();
  }

 private:
  std::optional<OutputFile> file_;
  bool gone_ = false;
};

/// A line of progress on a terminal, twice a second.
class Progress {
 public:
  explicit Progress(std::uint64_t total) : total_(total), on_(::isatty(STDERR_FILENO) == 1) {}
  ~Progress() {
    if (shown_) std::fputs("\r\x1b[K", stderr);
  }
  Progress(const Progress&) = delete;
  Progress& operator=(const Progress&) = delete;

  void operator()(std::uint64_t done) {
    if (!on_) return;
    const auto now = Clock::now();
    if (now - last_ < std::chrono::milliseconds(500)) return;
    last_ = now;
    shown_ = true;
    const double seconds = std::chrono::duration<double>(now - began_).count();
    const double rate = static_cast<double>(done) / seconds;
    const double left = static_cast<double>(total_ - done) / rate;
    const std::string share =
        quantity::fixed(100.0 * static_cast<double>(done) / static_cast<double>(total_), 1);
    const std::string line = '\r' + std::string(5 - std::min<std::size_t>(5, share.size()), ' ') + share +
                             " %  " + quantity::significant(rate, 2) + " runs/s  " +
                             quantity::human(left, quantity::dim::time, 2) + " left \x1b[K";
    std::fputs(line.c_str(), stderr);
    std::fflush(stderr);
  }

 private:
  using Clock = std::chrono::steady_clock;
  std::uint64_t total_;
  bool on_;
  bool shown_ = false;
  Clock::time_point began_ = Clock::now();
  Clock::time_point last_ = Clock::now();
};

/// The same while the values of the axes are looked up, whose number is not known before.
class LookupProgress {
 public:
  LookupProgress() : on_(::isatty(STDERR_FILENO) == 1) {}
  ~LookupProgress() { end(); }
  LookupProgress(const LookupProgress&) = delete;
  LookupProgress& operator=(const LookupProgress&) = delete;

  void operator()(std::size_t lookups) {
    const auto now = Clock::now();
    if (!on_ || now - last_ < std::chrono::milliseconds(500)) return;
    last_ = now;
    shown_ = true;
    std::fputs(('\r' + std::to_string(lookups) + " combinations looked up \x1b[K").c_str(), stderr);
    std::fflush(stderr);
  }
  void end() {
    if (shown_) std::fputs("\r\x1b[K", stderr);
    shown_ = false;
  }

 private:
  using Clock = std::chrono::steady_clock;
  bool on_;
  bool shown_ = false;
  Clock::time_point last_ = Clock::now();
};

}  // namespace kwhatif::cli
