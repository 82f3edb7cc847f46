// Where the rows of a sweep go, and how its progress is shown.
#pragma once

#include "verb.hpp"
#include <kwhatif/quantity/format.hpp>

#include <atomic>
#include <cerrno>
#include <chrono>
#include <cstdint>
#include <cstdio>
#include <cstring>
#include <filesystem>
#include <string>
#include <string_view>

#include <unistd.h>

namespace kwhatif::cli {

/// Set by Ctrl-C, and where the reader of standard output has gone away.
inline std::atomic<bool> interrupt_wanted{false};
extern "C" inline void on_interrupt(int) { interrupt_wanted.store(true, std::memory_order_relaxed); }

/// A file that appears whole or not at all, or standard output.
class Output {
 public:
  explicit Output(const Arguments& arguments) {
    const auto given = arguments.get("output");
    if (!given || given->text == "-") return;
    path_ = given->text;
    where_ = given->where;
    std::error_code error;
    if (std::filesystem::is_directory(path_, error)) fail("it is a folder");
    if (std::filesystem::exists(path_, error) && !arguments.has("force"))
      fail("the file exists", "--force overwrites it");
    temporary_ = path_ + ".part" + std::to_string(::getpid());
    file_ = std::fopen(temporary_.c_str(), "wbx");
    if (file_ == nullptr) fail(std::strerror(errno));
  }
  ~Output() { drop(); }
  Output(const Output&) = delete;
  Output& operator=(const Output&) = delete;

  const std::string& path() const { return path_; }
  /// False where the reader has gone away.
  bool open() const { return !gone_; }

  void write(std::string_view text) {
    if (file_ != nullptr) {
      if (std::fwrite(text.data(), 1, text.size(), file_) != text.size()) fail(std::strerror(errno));
      return;
    }
    while (!text.empty() && !gone_) {
      const ssize_t n = ::write(STDOUT_FILENO, text.data(), text.size());
      if (n < 0 && errno == EINTR) continue;
      if (n < 0 && errno == EPIPE) {
        gone_ = true;
        interrupt_wanted.store(true, std::memory_order_relaxed);
      } else if (n < 0) {
        refuse("cannot-write", std::string{"cannot write the output: "} + std::strerror(errno), {});
      } else {
        text.remove_prefix(static_cast<std::size_t>(n));
      }
    }
  }
  void rewrite_head(std::string_view head) {
    if (file_ == nullptr || head.empty()) return;
    if (std::fseek(file_, 0, SEEK_SET) != 0) fail(std::strerror(errno));
    write(head);
  }
  void finish() {
    if (file_ == nullptr) return;
    std::FILE* file = file_;
    file_ = nullptr;
    std::error_code error;
    if (std::fclose(file) != 0) {
      const int reason = errno;
      std::filesystem::remove(temporary_, error);
      fail(std::strerror(reason));
    }
    std::filesystem::rename(temporary_, path_, error);
    if (error) fail(error.message());
  }

 private:
  void drop() {
    if (file_ == nullptr) return;
    std::fclose(file_);
    file_ = nullptr;
    std::error_code error;
    std::filesystem::remove(temporary_, error);
  }
  [[noreturn]] void fail(const std::string& why, std::string help = {}) {
    drop();
    refuse("cannot-write", "cannot write '" + path_ + "': " + why, where_, std::move(help));
  }

  std::string path_;
  std::string temporary_;
  diag::Span where_;
  std::FILE* file_ = nullptr;
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
    std::fprintf(stderr, "\r%5.1f %%  %s runs/s  %s left \x1b[K",
                 100.0 * static_cast<double>(done) / static_cast<double>(total_),
                 quantity::significant(rate, 2).c_str(),
                 quantity::human(left, quantity::dim::time, 2).c_str());
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
    std::fprintf(stderr, "\r%zu combinations looked up \x1b[K", lookups);
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
