// A sweep for people and for machines: rows as CSV, JSON Lines or .npy; best rows, fronts, groups and
// histograms as text and JSON.
#pragma once

#include <kwhatif/catalog/catalog.hpp>
#include <kwhatif/grid/sink.hpp>
#include <kwhatif/report/table.hpp>

#include <functional>
#include <mutex>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace kwhatif::report {

enum class RowFormat { csv, json_lines, npy };
/// By file extension: .csv, .jsonl, .npy.
std::optional<RowFormat> row_format(std::string_view path);

/// Rows in order: number of the row, one column per axis, one per result asked for. Absent results are empty
/// (CSV), null (JSON Lines) or NaN (.npy). Numbers are the shortest text that reads back to the same bits; in
/// .npy they are converted to their unit without the search for a shorter decimal, so the last bit may
/// differ.
class RowSink : public grid::Sink {
 public:
  using Write = std::function<void(std::string_view)>;
  /// @param kernel   in the order of rows
  /// @param columns  which results of the kernel, by position
  RowSink(const grid::Kernel& kernel, const std::vector<std::size_t>& columns, RowFormat format, Write write);
  std::unique_ptr<grid::Part> part() override;
  void commit(grid::Part& part) override;
  /// Small parts: many of them may wait for their turn.
  std::uint64_t task_points() const override;

  /// The head of the file. That of .npy holds the number of rows and has the same length for any number.
  std::string head(std::uint64_t rows) const;
  std::uint64_t rows() const { return rows_; }
  /// About how long a row is.
  double row_bytes() const;

 private:
  friend class RowPart;
  /// The steps of quantity::to_unit, looked up once.
  struct Scale {
    explicit Scale(std::string_view unit_name);
    double convert(double coherent) const { return coherent * up / down; }
    double up = 1;
    double down = 1;
    std::string_view unit;
  };
  struct AxisCells {
    std::string head;  ///< what stands before each cell: "," or ",\"key\":"
    Scale scale;
    std::size_t width = 1;  ///< of a text in .npy
    std::size_t room = 0;   ///< no cell is longer, its head included
    /// The cells with their heads, one after another; empty where the axis is too long to keep them.
    std::string text;
    std::vector<std::uint32_t> begins;
  };
  struct ResultCells {
    std::size_t column = 0;  ///< of the kernel
    std::string head;
    Scale scale;
  };
  std::string axis_cell(std::size_t axis, std::size_t i) const;

  const grid::Kernel& kernel_;
  RowFormat format_;
  Write write_;
  std::vector<AxisCells> axes_;
  std::vector<ResultCells> results_;
  std::size_t row_room_ = 0;  ///< no row is longer
  std::uint64_t rows_ = 0;
  std::mutex mutex_;
  std::vector<std::string> spare_;  ///< buffers of parts that have been written
};

/// One row in full.
struct SweepRow {
  std::uint64_t row = 0;
  std::vector<std::size_t> indices;
  run::RunEstimate<double> result;
  bool knee = false;
};
SweepRow sweep_row(const grid::Space& space, std::uint64_t row);

/// What a reduction found.
struct SweepAnswer {
  std::string title;                 ///< "The 10 rows with the least CO2e"
  std::vector<SweepRow> rows;        ///< top, Pareto, or the first rows
  std::vector<std::size_t> columns;  ///< results to show
  struct GroupLine {
    std::vector<std::size_t> indices;
    grid::Group group;
  };
  std::vector<std::size_t> group_axes;
  std::vector<GroupLine> groups;
  grid::Reduce reduce = grid::Reduce::min;
  std::size_t by = 0;  ///< result that was reduced
  std::optional<grid::Histogram> histogram;
  std::string kind;  ///< rows, top, pareto, groups, histogram
  std::vector<grid::Limit> limits;
};

std::string sweep_text(const grid::Space& space, const SweepAnswer& answer, const catalog::Catalog& catalog);
Table sweep_table(const grid::Space& space, const SweepAnswer& answer);
/// Schema kwhatif/sweep/1.
std::string sweep_json(const grid::Space& space, const SweepAnswer& answer, const catalog::Catalog& catalog);

/// What has no place in the grid, or no results there, and why: the first part of sweep_assumptions().
std::string left_out_text(const grid::Space& space);
/// Names of the axes that an assumption of the grid's sample varies with, by its input.
std::vector<std::string> varies_with(const grid::Space& space, std::string_view input);
/// What the grid rests on, once: defaults and table values, and which of them vary along the axes.
/// @param see       where one row is explained
/// @param left_out  with the values of axes that were left out
std::string sweep_assumptions(const grid::Space& space, std::string_view see = "--explain-row",
                              bool left_out = true);
/// The command that explains one row.
std::string explain_command(const grid::Space& space, std::uint64_t row, std::string_view run_file);
std::string explain_command(const run::Scenario& run, std::string_view run_file);

}  // namespace kwhatif::report
