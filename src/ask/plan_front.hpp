// The runs that no other beats, in time n·log n. Private to ask.
//
// A long axis of device counts makes a front of nearly every row: each is slower and cheaper than the next.
// So the rows of a grid of ordinary size are all kept, sorted, and passed once; ParetoSink, which compares
// with every point of the front but can search, is for grids too large to keep.
#pragma once

#include <kwhatif/grid/sink.hpp>

#include <array>
#include <functional>
#include <vector>

namespace kwhatif::ask {

/// Largest grid whose rows are kept, 32 bytes each.
inline constexpr std::uint64_t kept_for_front = 2'000'000;
/// Longest front of a larger grid: beyond it the search gives up.
inline constexpr std::size_t longest_searched_front = 4'000;

/// A row by three results.
struct KeptRow {
  std::array<double, 3> values{};
  std::uint64_t row = 0;
};

/// The points that no other beats in all three values (small is good), sorted by them; of equal ones the one
/// with the lowest row.
/// @param accept  asked for every point that would otherwise be in the front; null: all may
std::vector<KeptRow> front_of(std::vector<KeptRow> points,
                              const std::function<bool(std::uint64_t row)>& accept = {});

/// Keeps every row that has all three results.
class KeepingSink : public grid::Sink {
 public:
  explicit KeepingSink(const std::array<std::size_t, 3>& columns) : columns_(columns) {}
  std::unique_ptr<grid::Part> part() override;
  void commit(grid::Part& part) override;
  std::vector<KeptRow> points;

 private:
  struct Keeping;
  std::array<std::size_t, 3> columns_;
};

}  // namespace kwhatif::ask
