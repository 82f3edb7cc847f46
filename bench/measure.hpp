// Timing that survives a shared machine: contenders take turns, and the medians of the same run are compared.
#pragma once

#include <algorithm>
#include <chrono>
#include <cstddef>
#include <functional>
#include <string>
#include <vector>

namespace kwhatif::bench {

/// The compiler may not know what becomes of the value, so it must compute it.
template <class T>
inline void keep(const T& value) {
  asm volatile("" : : "m"(value) : "memory");
}

/// The compiler may not know where the value came from, so it cannot compute ahead.
template <class T>
inline void forget(T& value) {
  asm volatile("" : "+m"(value) : : "memory");
}

struct Contender {
  std::string name;
  std::function<void()> once;
  double calls = 1;             ///< what `once` does, in calls
  std::vector<double> seconds;  ///< per call, sorted when measured
};

/// Runs all contenders in turn, `rounds` times.
inline void measure(std::vector<Contender>& contenders, std::size_t rounds) {
  using Clock = std::chrono::steady_clock;
  for (Contender& c : contenders) c.once();  // caches and page tables
  for (std::size_t r = 0; r < rounds; ++r) {
    for (Contender& c : contenders) {
      const auto began = Clock::now();
      c.once();
      c.seconds.push_back(std::chrono::duration<double>(Clock::now() - began).count() / c.calls);
    }
  }
  for (Contender& c : contenders) std::sort(c.seconds.begin(), c.seconds.end());
}

inline double quantile(const std::vector<double>& sorted, double q) {
  return sorted[static_cast<std::size_t>(q * static_cast<double>(sorted.size() - 1))];
}

}  // namespace kwhatif::bench
