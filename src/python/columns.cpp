#include "columns.hpp"

#include <kwhatif/quantity/units.hpp>
#include <kwhatif/uncertain/threads.hpp>

#include <algorithm>
#include <cmath>
#include <cstring>

namespace kwhatif::python {

namespace {

constexpr std::uint64_t most_numbers = std::uint64_t{1} << 31U;  // 16 GiB

// From the coherent unit, as rows of .npy are.
class Scale {
 public:
  explicit Scale(std::string_view unit_name) {
    if (unit_name.empty()) return;
    const auto factor = quantity::unit(unit_name).factor;
    const double power = std::pow(10.0, std::abs(factor.exponent));
    up_ = static_cast<double>(factor.denominator) * (factor.exponent < 0 ? power : 1.0);
    down_ = static_cast<double>(factor.numerator) * (factor.exponent > 0 ? power : 1.0);
  }
  void convert(double* numbers, std::size_t count) const {
    if (up_ == 1 && down_ == 1) return;
    for (std::size_t i = 0; i < count; ++i) numbers[i] = numbers[i] * up_ / down_;
  }

 private:
  double up_ = 1;
  double down_ = 1;
};

// Takes the blocks of one stretch of rows.
class Writer {
 public:
  Writer(const ask::SweepAnswer& grid, const grid::Kernel& kernel, std::span<double* const> columns,
         std::uint64_t first_row)
      : grid_(grid), wanted_(columns.size()), results_(kernel.results().size()) {
    scratch_.resize(results_ - wanted_);
    for (std::size_t c = 0; c < wanted_; ++c) {
      places_.push_back(columns[c] + first_row);
      scales_.emplace_back(grid::result_info(kernel.results()[c]).unit);
    }
    for (auto& lanes : scratch_) {
      lanes.resize(grid::Kernel::block_lanes);
      places_.push_back(lanes.data());
    }
    for (const grid::Limit& limit : grid.limits) {
      const auto at = std::ranges::find(kernel.results(), limit.result);
      limited_.push_back(static_cast<std::size_t>(at - kernel.results().begin()));
    }
  }

  double* const* room() const { return places_.data(); }
  void take(const grid::Block& block) {
    for (std::size_t c = 0; c < results_; ++c) {  // a result that a whole block shares may be kept elsewhere
      if (block.columns[c] != places_[c])
        std::memcpy(places_[c], block.columns[c], block.lanes * sizeof(double));
    }
    for (std::size_t k = 0; k < limited_.size(); ++k) {
      for (std::size_t lane = 0; lane < block.lanes; ++lane) {
        if (!grid_.limits[k].holds(places_[limited_[k]][lane])) drop(lane);
      }
    }
    for (std::size_t c = 0; c < wanted_; ++c) {
      scales_[c].convert(places_[c], block.lanes);
      places_[c] += block.lanes;
    }
  }

 private:
  void drop(std::size_t lane) {
    for (double* const place : places_) place[lane] = grid::absent;
  }

  const ask::SweepAnswer& grid_;
  std::size_t wanted_;
  std::size_t results_;
  std::vector<double*> places_;
  std::vector<Scale> scales_;
  std::vector<std::vector<double>> scratch_;  // of results that only conditions speak of
  std::vector<std::size_t> limited_;          // the column of each limit
};

}  // namespace

Columns::Columns(const ask::SweepQuestion& question, const catalog::Catalog& tables)
    : grid_(ask::sweep_grid(question, tables)) {
  const double numbers = grid_.space.size_estimate() * static_cast<double>(grid_.columns.size());
  if (numbers > static_cast<double>(most_numbers))
    diag::refuse("too-many-rows", "the columns would hold more than 2 billion numbers",
                 question.axes.front().where, "take fewer values, or fewer results");
}

void Columns::fill(std::span<double* const> columns) const {
  const grid::Kernel kernel = ask::row_kernel(grid_);
  const std::uint64_t blocks = kernel.blocks();
  const auto threads = static_cast<unsigned>(std::clamp<std::uint64_t>(blocks, 1, grid_.threads));
  uncertain::in_parallel(threads, [&](unsigned i) {
    const grid::BlockNumber first{blocks * i / threads};
    const grid::BlockNumber last{blocks * (i + 1) / threads};
    if (first == last) return;
    Writer writer(grid_, kernel, columns, kernel.points_before(first));
    const auto work = kernel.work();
    kernel.each_block(
        *work, first, last,
        [&](const grid::Block& block) {
          writer.take(block);
          return true;
        },
        [&](std::size_t) { return writer.room(); });
  });
}

}  // namespace kwhatif::python
