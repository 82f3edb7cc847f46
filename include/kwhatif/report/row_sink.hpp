// All rows of a sweep as they come: CSV, JSON Lines or .npy. Answers in few lines are documents
// (present.hpp).
#pragma once

#include <kwhatif/ask/row_bands.hpp>
#include <kwhatif/ask/sweep_answer.hpp>
#include <kwhatif/grid/sink.hpp>
#include <kwhatif/report/document.hpp>

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
/// differ. With bands, the percentiles of each result follow the results: KEY_p05 to KEY_p95, absent where
/// nothing varies.
class RowSink : public grid::Sink {
 public:
  using Write = std::function<void(std::string_view)>;
  /// Percentiles of the results of a row; may be called by several threads at once.
  using Bands = std::function<uncertain::Intervals(std::uint64_t row)>;
  /// @param kernel   in the order of rows
  /// @param columns  which results of the kernel, by position
  /// @param data_version  of the tables; the first of JSON Lines names it, once for all of them
  RowSink(const grid::Kernel& kernel, const std::vector<std::size_t>& columns, RowFormat format, Write write,
          std::string data_version = {}, Bands bands = {});
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
    std::vector<std::string> bands = {};  ///< heads of its percentiles
  };
  std::string axis_cell(std::size_t axis, std::size_t i) const;
  /// Keys of all columns of results, and of their percentiles.
  std::vector<std::string> result_keys() const;

  const grid::Kernel& kernel_;
  RowFormat format_;
  Write write_;
  std::string data_version_;
  Bands bands_;
  std::vector<AxisCells> axes_;
  std::vector<ResultCells> results_;
  std::size_t row_room_ = 0;  ///< no row is longer
  std::uint64_t rows_ = 0;
  std::mutex mutex_;
  std::vector<std::string> spare_;  ///< buffers of parts that have been written
};

/// Writes what stands in the first row before its second key, and the version of the tables there.
/// @param rows  JSON Lines, from the first row on
/// @return      what is still to be written of them
std::string_view begin_json_lines(std::string_view rows, std::string_view data_version,
                                  const RowSink::Write& write);

/// What rows alone do not say: values and combinations that were left out; with `assumptions` also what the
/// grid rests on.
std::string row_notes(const ask::SweepAnswer& grid, bool assumptions, const Paper& paper);

}  // namespace kwhatif::report
