// schedule: when to run: hourly carbon intensities of a place, and what shifting or pausing a job saves.
//
// A trace is one value per hour (trace.hpp). A job needs `hours` of work at constant
// power, so its CO2e is its energy times the mean intensity of the hours it runs in; fractions of an hour
// weigh their part. Policies:
//   now        start at once and run through
//   shift      the best single start within `window` hours after now (flexible start)
//   pause      the cheapest hours within work + extra, free to stop and go on (pause and resume); the hours
//              to choose from are whole hours of the trace, the last one too
//   threshold  waits while the intensity is above a limit, `extra` whole hours at most, else runs
// Where the trace ends earlier than the window or the extra time, its end is the limit.
// All have perfect foresight: they bound what a forecast can reach. Everything here is an average signal;
// what one more kWh causes (marginal) can point the other way. Several places: places.hpp. Does not
// live here: energy of the job (run), tables of text.
#pragma once

#include <kwhatif/schedule/trace.hpp>

#include <array>
#include <cstddef>
#include <optional>
#include <vector>

namespace kwhatif::schedule {

/// Sums of a trace from its start: the CO2e of any stretch in two look-ups.
class Prefix {
 public:
  explicit Prefix(const Trace& trace);
  /// Sum of intensities from hour `start` over `hours`, the last one in part.
  double sum(std::size_t start, double hours) const;
  std::size_t hours() const { return sums_.size() - 1; }

 private:
  const Trace* trace_;
  std::vector<double> sums_;
};

struct Job {
  double hours = 0;   ///< of work, > 0
  double energy = 0;  ///< drawn from the grid over the whole work [J]
};

/// Whole hours of the clock that the work takes, the last one in part; at least 1.
std::size_t clock_hours(double hours);

struct Policy {
  std::size_t window = 24;               ///< whole hours that the start may wait
  double extra = 24;                     ///< hours beyond the work that pausing may take
  std::optional<double> threshold = {};  ///< [kg/J]; none: the median of the trace
};

/// The intensity that half of the hours lie below [kg/J].
double median(const Trace& trace);

/// Share saved against starting at once: 1 - mean / now; 0 where `now` is 0 and where the two differ by
/// rounding alone. Negative where the policy emits more.
double saving(double mean, double now);

/// For each hour h the hour from h to h + window with the least value, the earliest of equals; hours beyond
/// the end do not count.
std::vector<std::size_t> least_ahead(const std::vector<double>& values, std::size_t window);

/// What a policy does with a job that could start at one hour.
struct Outcome {
  double mean = 0;         ///< intensity over the hours it runs in [kg/J]
  std::size_t start = 0;   ///< first hour it runs in
  double end = 0;          ///< hours from the trace's start to its end
  std::size_t pauses = 0;  ///< times it stops and goes on
  bool done = true;        ///< false where the trace ends before the work is done; `mean` is of what was done
};

Outcome run_now(const Prefix& prefix, const Job& job, std::size_t hour);
Outcome shift(const Prefix& prefix, const Job& job, std::size_t hour, std::size_t window);
Outcome pause(const Trace& trace, const Job& job, std::size_t hour, double extra);
Outcome threshold(const Trace& trace, const Job& job, std::size_t hour, double limit, double extra);

/// Savings against starting at once, over start hours.
struct Savings {
  /// From the saving at each start hour, in any order.
  static Savings of(std::vector<double> shares);
  std::vector<double> shares;  ///< sorted; see saving()
  double mean = 0;
  double pauses = 0;  ///< on average
  double quantile(double q) const;
};
struct YearOfStarts {
  std::size_t starts = 0;
  Savings shift, pause, threshold;
  std::vector<double> now;  ///< sorted mean intensities of starting at once [kg/J]
  double average = 0;       ///< of `now`
  // of starting at once, at any hour from which the work ends within the trace
  std::size_t possible = 0;  ///< so many hours: `starts` and those whose window reaches beyond the trace
  std::size_t best_start = 0, worst_start = 0;
  double least = 0, most = 0;        ///< mean intensities from these [kg/J]
  double possible_average = 0;       ///< of all possible
  std::array<double, 24> by_hour{};  ///< mean by UTC hour of the start; NaN where there is none
};
/// @param every  hours between two starts
YearOfStarts year_of_starts(const Trace& trace, const Job& job, const Policy& policy, std::size_t every);

/// Mean intensities by hour of the day (rows, 24) and month (columns, 12); NaN where there is none.
std::array<std::array<double, 12>, 24> heat_map(const Trace& trace);

}  // namespace kwhatif::schedule
