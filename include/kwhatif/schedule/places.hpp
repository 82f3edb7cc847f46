// Where to run when: one job, several places, whole in one of them or split over them by the hour.
//
// Place 0 is the home: the job's data lie there before it starts, and nothing is brought back afterwards. The
// job runs without pause from its start hour on; in each hour it is in one place, and the last hour weighs
// its part. A move from place a to place b at the beginning of hour t draws the energy `transfer`, half at
// each end, at the intensities c of that hour:
//
//   CO2e of a move = transfer / 2 * c_a(t) + transfer / 2 * c_b(t)      a leaving and an arriving half
//
// Running the first hour away from home needs such a move too, at the start hour; its CO2e counts, but it is
// no move "while the job runs". A move takes no time, and power and PUE are the same in all places.
//
//   alone  the whole job in one place
//   split  each hour in any place: the least CO2e of all ways to do so
//
// Because a move costs a leaving and an arriving half, the cheapest way to arrive anywhere is the cheapest
// way to leave somewhere: one pass over the hours finds the optimum in O(hours x places), with a limit on
// the moves in O(hours x places x (moves + 1)). Like the other policies it knows the year in advance.
#pragma once

#include <kwhatif/schedule/policies.hpp>

#include <cstddef>
#include <optional>
#include <vector>

namespace kwhatif::schedule {

/// What moving costs and how often it is allowed.
struct Moving {
  double transfer = 0;                   ///< energy that one move draws [J], >= 0
  std::optional<std::size_t> max_moves;  ///< while the job runs; none: any number
};

/// Hours in a row in one place.
struct Stretch {
  std::size_t place = 0;
  std::size_t start = 0;  ///< hour of the home's trace
  double hours = 0;       ///< of work
  double mean = 0;        ///< intensity of these hours, without moves [kg/J]
};

/// A job that moves.
struct Split {
  double mean = 0;                 ///< CO2e of the job and its moves over the energy of the job [kg/J]
  double moving = 0;               ///< the part of `mean` that moves cause
  std::vector<Stretch> stretches;  ///< in order of time; neighbours are in different places
  std::size_t start() const { return stretches.front().start; }
  /// Changes of place while it runs.
  std::size_t moves() const { return stretches.size() - 1; }
};

/// The whole job in one place.
struct PlaceOffer {
  std::size_t place = 0;
  std::size_t start = 0;  ///< hour of the home's trace
  double mean = 0;        ///< CO2e of the job and of moving there over the energy of the job [kg/J]
  double moving = 0;      ///< the part of `mean` that moving there causes
};

/// Places that a job may run in, on the clock of the first one, its home.
class Places {
 public:
  /// @param traces  at least one; hours that a trace of another place does not have cannot be run there
  /// @param job     hours > 0; energy > 0 where moving.transfer > 0, else it is not used
  Places(std::vector<Trace> traces, const Job& job, const Moving& moving);
  Places(const Places&) = delete;
  Places& operator=(const Places&) = delete;
  Places(Places&&) = delete;
  Places& operator=(Places&&) = delete;
  ~Places() = default;

  std::size_t size() const { return traces_.size(); }
  const Trace& trace(std::size_t place) const { return traces_[place]; }
  const Job& job() const { return job_; }
  const Moving& moving() const { return moving_; }
  /// Hours of the home's trace.
  std::size_t hours() const { return traces_.front().hours(); }
  /// Last hour of the home's trace that the job can start in and end within the trace; none where it is
  /// longer than the trace.
  std::optional<std::size_t> last_start() const;

  /// CO2e of the whole job in one place, moving there included, over its energy [kg/J]; infinite where the
  /// place has no data for all of its hours.
  /// @param start  hour of the home's trace, <= last_start()
  double alone(std::size_t place, std::size_t start) const;
  /// The part of alone() that moving there causes [kg/J]; 0 for the home.
  double moving_there(std::size_t place, std::size_t start) const;
  /// The split of least CO2e with this start.
  /// @param start  as for alone()
  Split split(std::size_t start) const;

 private:
  struct Path;
  double arrival(std::size_t place, std::size_t start) const;
  Split traced(std::size_t start, std::optional<std::size_t> max_moves) const;

  std::vector<Trace> traces_;
  std::vector<Prefix> prefixes_;
  std::vector<std::int64_t> offsets_;  // hours from the home's first hour to the place's
  Job job_;
  Moving moving_;
  std::size_t steps_ = 0;          // hours of the clock that the job takes
  double last_weight_ = 1;         // part of the last one
  std::vector<double> intensity_;  // by hour and place; infinite where there are no data
  std::vector<double> half_;       // half a move, in intensity times hours of the job
};

/// Best start of the whole job within the window in each place, best place first. Starts that the home's
/// trace is too short for do not count; places without data for any of them are absent.
/// @param hour    of the home's trace, <= places.last_start()
/// @param window  hours that the start may wait
std::vector<PlaceOffer> best_offers(const Places& places, std::size_t hour, std::size_t window);
/// Best split over all starts within the window.
Split best_split(const Places& places, std::size_t hour, std::size_t window);

/// Savings against starting at once at home, over start hours.
struct YearOfPlaces {
  std::size_t starts = 0;           ///< start hours looked at
  Savings alone;                    ///< best place and start for the whole job
  Savings split;                    ///< `pauses` stays 0
  double moves = 0;                 ///< of the split, on average
  std::vector<double> place_saves;  ///< by place: mean saving of the whole job there, best start; NaN: never
  std::vector<double> share;        ///< by place: of the split's hours, sums to 1
};
/// @param starts  start hours 0 to starts - 1, at least one, each with its window inside the home's trace
/// @param every   hours between two of them, >= 1
YearOfPlaces year_of_places(const Places& places, std::size_t window, std::size_t starts, std::size_t every);
/// States that a year of starts and the split from one start look at; a second is about 10^9 of them.
double states_visited(const Places& places, std::size_t window, std::size_t starts, std::size_t every);
/// Hours between two starts that keep a year of starts to a few seconds: 1 but for long jobs in many places
/// or with a limit on the moves.
std::size_t stride_of(const Places& places, std::size_t window, std::size_t starts);

}  // namespace kwhatif::schedule
