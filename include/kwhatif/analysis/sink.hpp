// What becomes of the blocks of a sweep: best rows, fronts, groups, counts. Nothing keeps the grid.
//
// run() deals out the outer steps of a Kernel in tasks of fixed size; each task fills a Part of its own, and
// the parts are put together in the order of tasks. So the answer does not depend on the number of threads.
// Ties: the lowest row wins, everywhere. Does not live here: rows as CSV, JSON Lines or .npy
// (report/sweep.hpp).
#pragma once

#include <kwhatif/analysis/sweep.hpp>

#include <atomic>
#include <chrono>
#include <functional>
#include <memory>
#include <string>
#include <unordered_map>
#include <vector>

namespace kwhatif::analysis {

/// A limit on a result: "time<=30d".
struct Limit {
  enum class Compare { at_most, less, at_least, more };
  std::size_t result = 0;
  Compare compare = Compare::at_most;
  double bound = 0;  ///< coherent
  std::string text;  ///< as written

  bool holds(double value) const;
};

/// Reads "time<=30d and cost<=2M$".
/// @errors diag::UsageError: bad-condition, unknown-result, missing-unit, wrong-unit, not-a-number
std::vector<Limit> read_limits(const scenario::Given& given);

/// Adds the results that limits speak of to a list without doubles.
void add_results(std::vector<std::size_t>& results, const std::vector<Limit>& limits);

/// What one task has collected.
class Part {
 public:
  virtual ~Part() = default;
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
};

struct RunOptions {
  unsigned threads = 1;
  std::vector<Limit> limits = {};
  const std::atomic<bool>* stop = nullptr;                  ///< set from outside: give up
  std::function<void(std::uint64_t points)> progress = {};  ///< after each task, one thread at a time
};

/// Evaluates the whole grid into a sink.
/// @return  false where it was stopped
bool run(const Kernel& kernel, Sink& sink, const RunOptions& options);

/// A row with the value that chose it.
struct Ranked {
  double value = 0;
  std::uint64_t row = 0;
  friend bool operator==(const Ranked&, const Ranked&) = default;
};

/// The N rows with the smallest (or largest) value of one result.
class TopSink : public Sink {
 public:
  TopSink(const Kernel& kernel, std::size_t column, std::size_t count, bool largest = false);
  std::unique_ptr<Part> part() override;
  void commit(Part& part) override;
  /// Best first.
  const std::vector<Ranked>& best() const { return best_; }

 private:
  friend class TopPart;
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
class ParetoSink : public Sink {
 public:
  ParetoSink(const Kernel& kernel, std::vector<std::size_t> columns);
  std::unique_ptr<Part> part() override;
  void commit(Part& part) override;
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

/// Counts of positive numbers in bins of 1/512 of an octave (0.14 %): quantiles and histograms of any number
/// of rows.
class LogCounts {
 public:
  void add(double value);
  void merge(const LogCounts& other);
  std::uint64_t total() const { return total_; }
  /// Middle of the bin that holds the q-th value, 0 <= q <= 1; exact at 0 and 1.
  double quantile(double q) const;
  double lowest() const { return low_; }
  double highest() const { return high_; }
  /// Number of values in [from, to) for each of `bins` equal steps of the logarithm between lowest and
  /// highest.
  std::vector<std::uint64_t> histogram(std::size_t bins) const;

 private:
  std::unordered_map<std::int64_t, std::uint64_t> counts_;
  std::uint64_t total_ = 0;
  std::uint64_t zeros_ = 0;
  double low_ = std::numeric_limits<double>::infinity();
  double high_ = -std::numeric_limits<double>::infinity();
};

enum class Reduce { min, max, mean, quantiles };

/// One group's answer.
struct Group {
  std::uint64_t count = 0;  ///< rows with a value
  Ranked best;              ///< min or max
  double mean = 0;
  LogCounts counts;  ///< quantiles
};

/// One result reduced over all rows with the same values on some axes. No axes: one group.
class GroupSink : public Sink {
 public:
  /// @errors diag::UsageError too-many-groups beyond 100,000
  GroupSink(const Kernel& kernel, std::size_t column, std::vector<std::size_t> axes, Reduce reduce);
  std::unique_ptr<Part> part() override;
  void commit(Part& part) override;
  std::size_t size() const { return size_; }
  /// Index on each group axis.
  std::vector<std::size_t> indices(std::size_t group) const;
  Group group(std::size_t g) const;

 private:
  friend class GroupPart;
  struct Sums;
  const Kernel& kernel_;
  std::size_t column_;
  std::vector<std::size_t> axes_;
  Reduce reduce_;
  std::size_t size_ = 1;
  std::vector<std::size_t> outer_strides_;   // per outer axis of the kernel
  std::vector<std::uint32_t> inner_groups_;  // per inner point; empty: all in one group
  bool lane_is_group_ = false;               // inner point i is group base + i
  std::vector<Ranked> best_;
  std::vector<std::uint64_t> counts_;
  std::vector<double> sums_;
  std::vector<LogCounts> logs_;
};

}  // namespace kwhatif::analysis
