// Policies from every start of a trace: what one start tells about the next one.
#pragma once

#include <kwhatif/schedule/policies.hpp>

#include <cstddef>
#include <vector>

namespace kwhatif::schedule {

/// The cheapest hours of a window that slides over a trace, of equal ones the first. Hours come and go in
/// O(log hours): counts and sums over ranks of price lie in a Fenwick tree.
class CheapestHours {
 public:
  /// @param chosen  how many of the window's hours are taken, >= 1
  CheapestHours(const std::vector<double>& values, std::size_t chosen);

  void add(std::size_t hour);
  void remove(std::size_t hour);
  /// Sum over the cheapest `hours`, the dearest of them in part.
  double sum(double hours) const;
  /// Times that the chosen hours, in order of time, are interrupted.
  std::size_t pauses() const { return runs_ > 0 ? runs_ - 1 : 0; }

 private:
  void count(std::size_t rank, bool in);
  std::size_t rank_of_dearest() const;
  void choose(std::size_t hour, bool in);

  std::vector<double> sorted_;            // values by rank - 1
  std::vector<std::size_t> rank_;         // by hour, from 1
  std::vector<std::size_t> hour_;         // by rank - 1
  std::vector<long> counts_;              // Fenwick tree over ranks
  std::vector<double> sums_;              // the same for values
  std::vector<unsigned char> is_chosen_;  // by hour + 1; none beyond the ends
  std::size_t highest_step_ = 1;
  std::size_t wanted_;
  std::size_t in_window_ = 0;
  std::size_t dearest_ = 0;  // rank of the dearest chosen hour, once enough hours are there
  std::size_t runs_ = 0;     // stretches of chosen hours
};

/// Running below a limit, from any start in O(1): the hours at or below it and those above it are numbered
/// once.
class BelowLimit {
 public:
  BelowLimit(const Trace& trace, const Job& job, double limit);
  /// @param extra  whole hours that may be waited; no more than the trace has
  Outcome from(std::size_t hour, double extra) const;

 private:
  const Trace& trace_;
  Job job_;
  std::vector<std::size_t> below_;         // hours at or below the limit, in order
  std::vector<std::size_t> above_;         // hours above it
  std::vector<std::size_t> below_before_;  // by hour: how many of `below_` are earlier
  std::vector<std::size_t> breaks_;        // by number in `below_`: interruptions up to it
  std::vector<double> below_sums_;         // of their intensities, up to each
  Prefix prefix_;
};

}  // namespace kwhatif::schedule
