// All rows of a grid as columns of numbers, each written where somebody else wants it.
#pragma once

#include <kwhatif/ask/sweep_answer.hpp>

#include <cstddef>
#include <cstdint>
#include <span>
#include <string>
#include <vector>

namespace kwhatif::python {

/// A grid of runs, and the results that are wanted of every row.
class Columns {
 public:
  /// @errors diag::Error: those of ask::sweep_grid(); too-many-rows
  Columns(const ask::SweepQuestion& question, const catalog::Catalog& tables);

  const ask::SweepAnswer& grid() const { return grid_; }
  std::uint64_t rows() const { return grid_.space.size(); }
  /// Writes one column per result of grid().columns, in the order of rows, the last axis fastest.
  ///
  /// Numbers are in the units of the results' JSON keys, converted by two operations: where `estimate --json`
  /// looks for a shorter decimal, the last bits may differ. Absent results, and rows that do not meet the
  /// conditions, are NaN.
  /// @param columns  each with room for rows() numbers
  void fill(std::span<double* const> columns) const;

 private:
  ask::SweepAnswer grid_;
};

}  // namespace kwhatif::python
