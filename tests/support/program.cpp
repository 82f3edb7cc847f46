#include "program.hpp"

#include <array>
#include <csignal>
#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <iostream>

#include <stdio_ext.h>
#include <sys/mman.h>
#include <unistd.h>

/// main() of src/cli/main.cpp, compiled under this name.
int kwhatif_main(int count, char** words);

/// Of the sanitizers, where they are linked: their reports must not go where standard error is caught.
extern "C" void __sanitizer_set_report_fd(void* descriptor) __attribute__((weak));

namespace kwhatif::test {

namespace {

// What is written to a file descriptor goes to memory until the end of its life.
class Caught {
 public:
  Caught(int descriptor, std::string_view content)
      : descriptor_(descriptor), kept_(::dup(descriptor)), memory_(::memfd_create("kwhatif", 0)) {
    if (kept_ < 0 || memory_ < 0) std::abort();
    if (!content.empty() && ::write(memory_, content.data(), content.size()) < 0) std::abort();
    ::lseek(memory_, 0, SEEK_SET);
    ::dup2(memory_, descriptor_);
  }
  ~Caught() {
    ::dup2(kept_, descriptor_);
    ::close(kept_);
    ::close(memory_);
  }
  Caught(const Caught&) = delete;
  Caught& operator=(const Caught&) = delete;

  std::string text() const {
    ::lseek(memory_, 0, SEEK_SET);
    std::string out;
    std::array<char, 65536> block{};
    for (ssize_t n = 0; (n = ::read(memory_, block.data(), block.size())) > 0;)
      out.append(block.data(), static_cast<std::size_t>(n));
    return out;
  }

 private:
  int descriptor_;
  int kept_;
  int memory_;
};

// Handlers that the program sets end with it.
class Handlers {
 public:
  Handlers() {
    for (std::size_t i = 0; i < signals.size(); ++i) ::sigaction(signals[i], nullptr, &kept_[i]);
  }
  ~Handlers() {
    for (std::size_t i = 0; i < signals.size(); ++i) ::sigaction(signals[i], &kept_[i], nullptr);
  }
  Handlers(const Handlers&) = delete;
  Handlers& operator=(const Handlers&) = delete;

 private:
  static constexpr std::array signals{SIGINT, SIGTERM, SIGHUP, SIGPIPE, SIGXFSZ, SIGABRT};
  std::array<struct sigaction, signals.size()> kept_{};
};

void keep_reports() {
  static const int real = ::dup(STDERR_FILENO);
  if (&__sanitizer_set_report_fd != nullptr)
    __sanitizer_set_report_fd(reinterpret_cast<void*>(static_cast<std::intptr_t>(real)));
}

}  // namespace

Ran run_program(const std::vector<std::string>& words, std::string_view input) {
  std::vector<std::string> texts{"kwhatif"};
  texts.insert(texts.end(), words.begin(), words.end());
  std::vector<char*> pointers;
  for (std::string& text : texts) pointers.push_back(text.data());
  pointers.push_back(nullptr);

  keep_reports();
  const Handlers handlers;
  std::fflush(stdout);
  std::fflush(stderr);
  Ran ran;
  {
    const Caught in(STDIN_FILENO, input);
    const Caught out(STDOUT_FILENO, {});
    const Caught err(STDERR_FILENO, {});
    __fpurge(stdin);
    std::clearerr(stdin);
    std::cin.clear();
    ran.code = kwhatif_main(static_cast<int>(texts.size()), pointers.data());
    std::fflush(stdout);
    std::fflush(stderr);
    ran.out = out.text();
    ran.err = err.text();
  }
  return ran;
}

std::vector<std::string> shell_words(std::string_view line) {
  std::vector<std::string> words;
  bool inside = false;
  char quote = 0;
  for (const char c : line) {
    if (quote != 0) {
      if (c == quote)
        quote = 0;
      else
        words.back() += c;
      continue;
    }
    if (c == ' ' || c == '\n') {
      inside = false;
      continue;
    }
    if (!inside) words.emplace_back();
    inside = true;
    if (c == '\'' || c == '"')
      quote = c;
    else
      words.back() += c;
  }
  return words;
}

}  // namespace kwhatif::test
