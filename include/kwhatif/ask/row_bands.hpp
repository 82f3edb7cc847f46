// row_bands: percentiles of the results of single rows of a grid.
//
// A row is the run that it stands for: its percentiles are those that `estimate` gives of that run. Does not
// live here: the bands of one run (uncertain), which rows are shown (sweep_answer.hpp).
#pragma once

#include <kwhatif/catalog/catalog.hpp>
#include <kwhatif/grid/sweep.hpp>
#include <kwhatif/uncertain/uncertainty.hpp>

#include <cstdint>

namespace kwhatif::ask {

/// Of all results of a row that vary; none where the row does not resolve.
/// @tested  bit for bit what an estimate says of the run
uncertain::Intervals row_bands(const grid::Space& space, std::uint64_t row, const catalog::Catalog& tables);

}  // namespace kwhatif::ask
