// sweep_answer: a grid of runs, and one question about it: the best rows, a front, groups, a histogram, the
// first rows; or all of them, one after the other.
//
// Does not live here: the grid and how it is gone through (grid), rows as CSV, JSON Lines or .npy
// (report/row_sink.hpp).
#pragma once

#include <kwhatif/ask/assumptions.hpp>
#include <kwhatif/ask/verdict.hpp>
#include <kwhatif/ask/watch.hpp>
#include <kwhatif/catalog/catalog.hpp>
#include <kwhatif/grid/sink.hpp>
#include <kwhatif/uncertain/uncertainty.hpp>

#include <optional>
#include <vector>

namespace kwhatif::ask {

struct SweepQuestion {
  run::Scenario run = {};              ///< what does not vary
  std::vector<run::Given> axes = {};   ///< NAME=VALUES
  std::vector<run::Given> where = {};  ///< conditions: "time<=30d and cost<=2M$"
  // One of these; none: the rows themselves.
  std::optional<run::Given> top = {};        ///< how many rows with the least of `by`
  std::optional<run::Given> pareto = {};     ///< rows that no other beats in these results
  std::optional<run::Given> group_by = {};   ///< axes; one answer for each combination of their values
  std::optional<run::Given> reduce = {};     ///< of a group, or of all rows: min, max, mean, quantiles
  std::optional<run::Given> histogram = {};  ///< of a result
  std::optional<run::Given> row = {};        ///< the run of this row
  // How it is asked.
  std::optional<run::Given> by = {};  ///< the result that ranks or is reduced; CO2e where nothing is said
  std::optional<run::Given> largest = {};  ///< with top: the most
  std::optional<run::Given> results = {};  ///< columns of rows
  std::optional<run::Given> threads = {};
  bool unavailable = false;  ///< also devices that nobody sells, and places where nobody offers them
  std::optional<run::Given> bands = {};  ///< percentiles of the results of every row
};

/// One row in full.
struct SweepRow {
  std::uint64_t row = 0;
  std::vector<std::size_t> indices;
  run::RunEstimate<double> result;
  bool knee = false;
  uncertain::Intervals bands = {};  ///< where they were asked for
};
SweepRow sweep_row(const grid::Space& space, std::uint64_t row);

enum class SweepKind { rows, top, pareto, groups, histogram, run };

struct SweepAnswer {
  SweepKind kind = SweepKind::rows;
  grid::Space space;
  std::vector<grid::Limit> limits = {};
  std::vector<std::size_t> columns = {};  ///< results of rows
  std::size_t by = 0;                     ///< result that ranks or is reduced
  bool largest = false;
  std::vector<SweepRow> rows = {};  ///< the best, the front, the first, or the one that was asked for
  struct GroupLine {
    std::vector<std::size_t> indices;  ///< on group_axes
    grid::Group group;
  };
  std::vector<std::size_t> group_axes = {};
  std::vector<GroupLine> groups = {};
  grid::Reduce reduce = grid::Reduce::min;
  grid::Histogram histogram = {};
  std::vector<Assumption> assumptions = {};     ///< of all rows
  std::vector<diag::Diagnostic> warnings = {};  ///< of the grid, and what keeps results from being known
  std::optional<Decision> verdict = {};         ///< of the best rows, or the best of groups
  std::vector<diag::Diagnostic> notes = {};     ///< what stands for a kind, what is not offered
  unsigned threads = 1;
  bool stopped = false;
  bool bands = false;  ///< rows have theirs

  /// Whether no row has what is asked for.
  bool nothing() const;
};

/// Rows that an answer without a choice shows.
inline constexpr std::uint64_t first_rows = 20;

/// @errors diag::Error: no axis, two questions at once, an option without effect, words and numbers that
///         cannot be read; those of grid::Space; no-work; too-many-rows: more than a day of work
SweepAnswer sweep(const SweepQuestion& question, const catalog::Catalog& tables, const Watch& watch = {});

/// The grid before anything is asked of its rows, for who wants all of them.
/// @errors as sweep()
SweepAnswer sweep_grid(const SweepQuestion& question, const catalog::Catalog& tables,
                       const Watch& watch = {});
/// All results of the columns, first and in their order, row by row.
grid::Kernel row_kernel(const SweepAnswer& grid);
/// Gives all rows that meet the conditions to a sink.
/// @return  false where it was stopped
/// @errors diag::UsageError too-many-rows
bool all_rows(const SweepAnswer& grid, const grid::Kernel& kernel, grid::Sink& sink, const Watch& watch = {});

}  // namespace kwhatif::ask
