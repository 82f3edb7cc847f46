// sweep_part: a sweep that several machines share: what one of them finds, and the answer of all.
//
// Every part makes the whole grid's tables and goes through its own part of the points; the answer is put
// together on the grid made once more. Whoever starts the parts is not here, nor how a part is written down
// (report/sweep_part.hpp).
#pragma once

#include <kwhatif/ask/sweep_answer.hpp>
#include <kwhatif/grid/shard.hpp>

#include <optional>
#include <string>
#include <vector>

namespace kwhatif::ask {

/// "3/16": the third of sixteen parts.
/// @errors diag::UsageError: bad-shard
grid::Shard read_shard(const run::Given& given);

/// What a part keeps: rows as they are written, or what its reduction needs.
enum class Kept { rows, best, front, groups, sums, values };
/// The name in a part's file, and back.
std::string_view name_of(Kept kept);
std::optional<Kept> kept_named(std::string_view name);
/// What the parts of this answer keep, where it is none of all rows.
/// @errors diag::UsageError: no-effect, where one answer looks at few rows or at one
Kept kept_of(const SweepQuestion& question, const SweepAnswer& grid);

/// What a part found; of these the one that is kept.
struct PartState {
  std::vector<grid::Ranked> best = {};
  std::vector<grid::FrontPoint> front = {};
  std::vector<grid::Group> groups = {};  ///< with their best rows
  std::vector<grid::GroupSum> sums = {};
  std::vector<std::vector<double>> values = {};  ///< rising, by group
};

/// Tells questions apart: every number that the grid is computed from, and what is asked of it.
std::string fingerprint(const SweepQuestion& question, const SweepAnswer& grid);

/// @return nothing where it was stopped
/// @errors diag::UsageError: those of kept_of(); too-many-rows, too-many-groups
std::optional<PartState> sweep_part(const SweepQuestion& question, const SweepAnswer& grid,
                                    const grid::Shard& shard, const Watch& watch = {});
/// As all_rows(), for one part.
bool all_rows(const SweepAnswer& grid, const grid::Kernel& kernel, grid::Sink& sink, const grid::Shard& shard,
              const Watch& watch = {});
/// Whether a part can be one of this grid: its rows lie in it, its groups are as many.
bool fits(const SweepQuestion& question, const SweepAnswer& grid, const PartState& part);
/// The answer of all parts: that of sweep().
/// @param grid   of sweep_grid()
/// @param parts  all of them, each of which fits()
SweepAnswer answer_of(const SweepQuestion& question, SweepAnswer grid, std::vector<PartState> parts,
                      const catalog::Catalog& tables);

}  // namespace kwhatif::ask
