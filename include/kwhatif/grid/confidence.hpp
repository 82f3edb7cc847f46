// How surely a run keeps its limits: the share of draws of its uncertain inputs in which all of them hold.
//
// Draws are those of uncertainty.hpp, the same draw number for every run that is compared; a grid of millions
// of runs replays the recorded formula. Does not live here: what the distributions are (spread_of), the
// search for runs (ask/plan_search.hpp).
#pragma once

#include <kwhatif/grid/sink.hpp>
#include <kwhatif/uncertain/uncertainty.hpp>

#include <memory>
#include <vector>

namespace kwhatif::grid {

/// Draws by which limits are judged: shares are multiples of 1/2048.
inline constexpr uncertain::Sampling limit_draws{.points = 1U << 11U, .seed = 20261123, .threads = 1};

/// The factor by which a result may grow so that an upper limit still holds; below 1 where it does not hold.
double room_for_growth(const Limit& limit, double value);

/// How surely the rows of a grid keep limits, from the recorded estimate() over blocks of draws, which are
/// those of Draws number by number. May be asked from several threads.
class Confidence {
 public:
  /// @param space  made with its spreads
  Confidence(const Space& space, std::vector<Limit> limits);
  ~Confidence();
  Confidence(const Confidence&) = delete;
  Confidence& operator=(const Confidence&) = delete;

  /// Share of draws in which all limits hold; 0 where the row does not resolve.
  /// @param enough  below this the answer may be any smaller number: most runs are far from it
  double share(std::uint64_t row, double enough = 0) const;
  /// The value that the result of a limit stays below (above, where the limit is a lower one) in a share of
  /// the draws; absent where the run does not have it.
  double value_at(std::uint64_t row, std::size_t limit, double share) const;
  /// The factor by which all results may grow so that all limits still hold in a share of the draws. Upper
  /// limits only.
  /// @param enough  below this the answer may be any smaller number
  double growth(std::uint64_t row, double share, double enough = 0) const;

 private:
  struct Work;
  class Lease;
  template <class Take>
  bool each_block(Work& work, std::uint64_t row, Take take) const;

  const Space& space_;
  std::vector<Limit> limits_;
  std::unique_ptr<Kernel> kernel_;
  std::vector<std::size_t> columns_;  // of the kernel, per limit
  struct Pool;
  std::unique_ptr<Pool> pool_;
};

}  // namespace kwhatif::grid
