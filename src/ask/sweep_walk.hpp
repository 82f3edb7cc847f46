// Passes over the grid of a sweep, and what is said of an answer at its end. Private to ask.
#pragma once

#include <kwhatif/ask/sweep_answer.hpp>
#include <kwhatif/grid/shard.hpp>

#include <cstddef>
#include <vector>

namespace kwhatif::ask {

inline constexpr std::size_t histogram_bins = 20;

/// Passes over a grid, or one part of it: what is evaluated, how it is watched, what would take days.
class Walk {
 public:
  Walk(const SweepAnswer& grid, const Watch& watch, const grid::Shard& shard = {});

  const grid::WalkOptions& options() const { return options_; }
  /// @errors diag::UsageError: too-many-rows
  bool operator()(const grid::Kernel& kernel, grid::Sink& sink) const;
  void refuse_days_of_work() const;

 private:
  const SweepAnswer& grid_;
  grid::Shard shard_;
  grid::WalkOptions options_;
};

/// The results to evaluate: those asked for and those the limits speak of.
std::vector<std::size_t> wanted(std::vector<std::size_t> results, const SweepAnswer& grid);
/// How many of the best rows are shown.
std::size_t best_wanted(const SweepQuestion& question);
/// Shows the rows of a front, with its knees.
void add_front(SweepAnswer& out, const std::vector<grid::FrontPoint>& front);
void add_groups(SweepAnswer& out, const std::vector<grid::Group>& found);
/// Verdict, warnings and notes that the rows themselves decide.
void conclude(SweepAnswer& out, const catalog::Catalog& tables);

}  // namespace kwhatif::ask
