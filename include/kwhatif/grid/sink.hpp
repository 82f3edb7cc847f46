// What becomes of the blocks of a sweep: best rows, fronts, groups, counts. Nothing keeps the grid.
//
// walk() deals out the outer steps of a Kernel in tasks of fixed size; each task fills a Part of its own, and
// the parts are put together in the order of tasks. So the answer does not depend on the number of threads.
// Ties: the lowest row wins, everywhere.
//
// Sinks that want few rows (best, front, least per group) do not look at all of them: the grid is halved axis
// by axis into boxes, the recorded estimate() is run on the smallest and largest inputs of a box, and boxes
// that cannot hold a wanted row are passed over. Each operation of floating-point numbers is monotone in each
// operand, rounding included, so these bounds hold to the last bit, and the answer is that of looking at
// every row. Does not live here: rows as CSV, JSON Lines or .npy (report/row_sink.hpp).
#pragma once

#include <kwhatif/grid/sweep.hpp>
#include <kwhatif/number/exact_sum.hpp>
#include <kwhatif/uncertain/threads.hpp>

#include <array>
#include <atomic>
#include <chrono>
#include <functional>
#include <memory>
#include <string>
#include <vector>

namespace kwhatif::grid {

/// A limit on a result: "time<=30d".
struct Limit {
  enum class Compare { at_most, less, at_least, more };
  std::size_t result = 0;
  Compare compare = Compare::at_most;
  double bound = 0;  ///< coherent, and so that a number copied from our output keeps its own row
  std::string text;  ///< as written

  bool holds(double value) const;
};

/// Reads "time<=30d and cost<=2M$".
/// @errors diag::UsageError: bad-condition, unknown-result, missing-unit, wrong-unit, not-a-number,
///         out-of-range (below zero)
std::vector<Limit> read_limits(const run::Given& given);
/// The limit of a flag of its own: "--max-co2e 5t".
/// @errors as read_limits()
Limit upper_limit(const run::Given& given, std::string_view result);
/// Says that there is no result of this name, and which is near.
[[noreturn]] void refuse_result(const run::Given& given, std::string_view name);

/// Adds the results that limits speak of to a list without doubles.
void add_results(std::vector<std::size_t>& results, const std::vector<Limit>& limits);

/// What is known of all rows of a part of the grid without looking at them.
struct BoxBounds {
  struct Range {
    double low = 0;           ///< no row has less
    double high = 0;          ///< no row has more
    bool somewhere = false;   ///< some row may have the result
    bool everywhere = false;  ///< all rows have it
  };
  const Range* columns = nullptr;  ///< one per result of the kernel
  std::uint64_t first_row = 0;
  std::uint64_t points = 0;
  bool all_hold = false;               ///< the limits hold on every row
  const std::size_t* outer = nullptr;  ///< the first index on every outer axis of the kernel
};

/// What one task has collected.
class Part {
 public:
  virtual ~Part() = default;
  /// Whether a row of the box could change the answer. Where not, the box is passed over: a part that counts
  /// rows has to count them here. Called only for parts of sinks that search.
  virtual bool matters(const BoxBounds&) { return true; }
  /// Boxes with less are looked at first.
  virtual double promise(const BoxBounds&) const { return 0; }
  /// @param columns  one per result of the kernel; NaN where absent or where a limit does not hold
  /// @param keep     where the limits hold, per lane; null: everywhere
  virtual void take(const Block& block, const double* const* columns, const unsigned char* keep) = 0;
  /// Where the results of the next block shall be written, one place per result of the kernel, each with room
  /// for `lanes` numbers; null: anywhere. take() then gets these places as columns. Not asked where limits
  /// choose rows.
  virtual double* const* room(std::size_t lanes) {
    static_cast<void>(lanes);
    return nullptr;
  }
};

class Sink {
 public:
  virtual ~Sink() = default;
  virtual std::unique_ptr<Part> part() = 0;
  /// Called once per task, in order.
  virtual void commit(Part& part) = 0;
  /// Points that a task should have, about.
  virtual std::uint64_t task_points() const { return std::uint64_t{1} << 21U; }
  /// Whether parts can pass boxes over, and their commits may come in any order.
  virtual bool searches() const { return false; }
  /// Axes that are taken value by value before boxes are formed: a group each. All are outer axes.
  virtual std::vector<std::size_t> apart() const { return {}; }
};

/// A sink that chooses rows.
class ChoosingSink : public Sink {
 public:
  /// Asked for every row that would otherwise enter the answer, from several threads; null: all may. For
  /// conditions that cost too much to be tried on every row.
  std::function<bool(std::uint64_t row)> accept = {};
};

/// How a grid is gone through: row after row, or by boxes that bounds pass over, however small. The answer is
/// the same.
enum class Route { automatic, stream, search };

struct WalkOptions {
  unsigned threads = 1;
  Route route = Route::automatic;  ///< automatic: search where the sink can and the grid is worth it
  std::vector<Limit> limits = {};
  const std::atomic<bool>* stop = nullptr;                  ///< set from outside: give up
  std::function<void(std::uint64_t points)> progress = {};  ///< after each task, one thread at a time
  uncertain::StartThread start = {};                        ///< as in in_parallel()
};

/// Evaluates the whole grid into a sink.
/// @return  false where it was stopped
bool walk(const Kernel& kernel, Sink& sink, const WalkOptions& options);
/// Whether run() would search: then the size of the grid says little about the work.
bool would_search(const Kernel& kernel, const Sink& sink, const WalkOptions& options);

/// A row with the value that chose it.
struct Ranked {
  double value = 0;
  std::uint64_t row = 0;
  friend bool operator==(const Ranked&, const Ranked&) = default;
};

/// The N rows with the smallest (or largest) value of one result.
class TopSink : public ChoosingSink {
 public:
  TopSink(const Kernel& kernel, std::size_t column, std::size_t count, bool largest = false);
  std::unique_ptr<Part> part() override;
  void commit(Part& part) override;
  bool searches() const override { return true; }
  /// Best first.
  const std::vector<Ranked>& best() const { return best_; }

 private:
  friend class TopPart;
  void lower(double bound);
  std::size_t column_;
  std::size_t count_;
  double sign_;
  std::vector<Ranked> best_;   // of signed values while collecting
  std::atomic<double> bound_;  // no larger signed value can be among the best
};

/// A point that no other beats in all objectives at once.
struct FrontPoint {
  std::vector<double> values;
  std::uint64_t row = 0;
  friend bool operator==(const FrontPoint&, const FrontPoint&) = default;
};

/// The rows that no other row beats (all objectives are to be small); of equal rows the first.
class ParetoSink : public ChoosingSink {
 public:
  ParetoSink(const Kernel& kernel, std::vector<std::size_t> columns);
  std::unique_ptr<Part> part() override;
  void commit(Part& part) override;
  bool searches() const override { return true; }
  /// By the first objective, then the second …
  std::vector<FrontPoint> front() const;

 private:
  std::vector<std::size_t> columns_;
  std::vector<FrontPoint> front_;
};

/// Puts a point into a front, where nothing beats it, and takes out what it beats.
void insert(std::vector<FrontPoint>& front, const FrontPoint& point);
/// Points of a front where it bends most: farthest from the line between its ends, on logarithmic scales of
/// the first two objectives; at most `most` of them, local maxima only.
std::vector<std::size_t> knees(const std::vector<FrontPoint>& front, std::size_t most = 3);

enum class Reduce { min, max, mean, quantiles };

/// The levels at which quantiles are given.
inline constexpr std::array quantile_levels{0.05, 0.25, 0.5, 0.75, 0.95};

/// One group's answer.
struct Group {
  std::uint64_t count = 0;                                 ///< rows with a value
  Ranked best;                                             ///< min or max
  double mean = 0;                                         ///< exact sum, rounded once, over the count
  std::array<double, quantile_levels.size()> quantiles{};  ///< at quantile_levels; absent where count is 0
};

class GroupMap;

/// One result reduced over all rows with the same values on some axes: min, max or mean. No axes: one group.
class GroupSink : public ChoosingSink {
 public:
  /// @errors diag::UsageError too-many-groups beyond 100,000
  GroupSink(const Kernel& kernel, std::size_t column, std::vector<std::size_t> axes, Reduce reduce);
  ~GroupSink() override;
  std::unique_ptr<Part> part() override;
  void commit(Part& part) override;
  bool searches() const override { return reduce_ != Reduce::mean; }
  std::vector<std::size_t> apart() const override { return axes_; }
  /// By number of the group (group_indices()).
  std::vector<Group> groups() const;
  bool counts = true;  ///< whether groups() tells the number of rows, which takes longer to know

 private:
  friend class GroupPart;
  std::size_t column_;
  std::vector<std::size_t> axes_;
  Reduce reduce_;
  std::unique_ptr<const GroupMap> map_;
  std::vector<Ranked> best_;
  std::vector<std::uint64_t> counts_;
  std::vector<number::ExactSum> sums_;
};

/// Index on each group axis; the last axis varies fastest.
std::vector<std::size_t> group_indices(const Space& space, const std::vector<std::size_t>& axes,
                                       std::size_t group);

/// Quantiles of one result in each group: the value at rank q (n - 1) counted from the smallest, linearly
/// between two values. Exact for any number of rows, in two passes or three.
/// @return  empty where it was stopped
/// @errors  diag::UsageError too-many-groups beyond 4,096
std::vector<Group> quantiles(const Kernel& kernel, std::size_t column, const std::vector<std::size_t>& axes,
                             const WalkOptions& options);

/// Rows in bins of equal ratio between the least positive value and the largest; zeros are in the first bin.
struct Histogram {
  std::uint64_t rows = 0;
  double lowest = 0, median = 0, highest = 0;
  std::vector<double> from;           ///< where each bin begins
  std::vector<std::uint64_t> counts;  ///< rows in [from, next from); the last bin holds the largest, too
};
/// @return  nothing where it was stopped; no rows where no row has the result
std::optional<Histogram> histogram(const Kernel& kernel, std::size_t column, std::size_t bins,
                                   const WalkOptions& options);

}  // namespace kwhatif::grid
