// How who asks follows a long search, and ends it.
#pragma once

#include <algorithm>
#include <atomic>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <thread>

namespace kwhatif::ask {

struct Watch {
  unsigned threads = 0;                     ///< that search at the same time; 0: as many as the machine has
  const std::atomic<bool>* stop = nullptr;  ///< set from outside: give up
  /// Runs looked up so far while values of axes become numbers; how many there will be is not known before.
  /// May throw to give up.
  std::function<void(std::size_t lookups)> looking_up = {};
  /// Points looked at, of how many.
  std::function<void(std::uint64_t done, std::uint64_t total)> progress = {};

  unsigned workers() const {
    return threads > 0 ? threads : std::max(1U, std::thread::hardware_concurrency());
  }
};

}  // namespace kwhatif::ask
