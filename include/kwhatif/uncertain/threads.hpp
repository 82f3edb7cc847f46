// Work dealt to several threads, of which some may not start: a busy machine or a limit on processes slows
// the answer down and never takes it away.
#pragma once

#include <exception>
#include <functional>
#include <mutex>
#include <thread>
#include <vector>

namespace kwhatif::uncertain {

/// Starts a call on a thread of its own.
/// @errors std::system_error where the system has no more threads
using StartThread = std::function<std::thread(std::function<void()>)>;

/// Calls work(0) … work(n - 1), each once, at the same time where the system has threads to give: those that
/// cannot start are called here, one after the other. Returns when all are done.
/// @param start  how a thread begins; empty: std::thread. Tests take the threads away here.
/// @errors       the first exception that left a call, once all have ended
template <class Work>
void in_parallel(unsigned n, Work work, const StartThread& start = {}) {
  std::exception_ptr failure;
  std::mutex mutex;
  const auto call = [&](unsigned i) {
    try {
      work(i);
    } catch (...) {
      const std::scoped_lock lock(mutex);
      if (!failure) failure = std::current_exception();
    }
  };
  std::vector<std::thread> others;
  others.reserve(n);
  unsigned next = 1;  // the first call is for this thread
  try {
    for (; next < n; ++next) {
      const auto one = [&call, next] { call(next); };
      others.push_back(start ? start(one) : std::thread(one));
    }
  } catch (const std::exception&) {  // no more threads: go on with those that there are
  }
  call(0);
  for (; next < n; ++next) call(next);
  for (std::thread& other : others) other.join();
  if (failure) std::rethrow_exception(failure);
}

}  // namespace kwhatif::uncertain
