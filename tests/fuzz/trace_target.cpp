// An hourly trace: read, and a job scheduled on it.
#include "finite.hpp"
#include <kwhatif/schedule/policies.hpp>

#include <memory>

namespace kwhatif::fuzz {

void trace(std::string_view input) {
  const auto source = std::make_shared<diag::SourceText>(diag::SourceText{"trace.csv", std::string{input}});
  try {
    const auto trace = schedule::read_trace(source);
    for (const double x : trace.intensity) {
      require_finite(x, "an intensity");
      if (x < 0) broken("an intensity below zero");
    }
    require_finite(schedule::median(trace), "the median");
    if (trace.hours() < 48 || trace.hours() > 2000) return;
    const schedule::Job job{5.5, 3.6e9};
    const auto year = schedule::year_of_starts(trace, job, {.window = 12, .extra = 12.0}, 7);
    require_finite(year.average, "the mean of all starts");
    for (const auto* savings : {&year.shift, &year.pause, &year.threshold}) {
      for (const double share : savings->shares) require_finite(share, "a saving");
    }
  } catch (const diag::Error& error) {
    diag::render(error.diagnostics());
  }
}

}  // namespace kwhatif::fuzz
