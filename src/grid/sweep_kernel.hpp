// The inside of a Kernel, shared by its parts.
#pragma once

#include "forecasts.hpp"
#include <kwhatif/grid/sweep.hpp>

#include <unordered_map>

// Functions with this mark are compiled for several instruction sets and chosen when the program starts.
// Without contraction of products and sums all of them give the same bits.
#if defined(__x86_64__) && defined(__GNUC__) && !defined(__clang__) && !defined(__SANITIZE_ADDRESS__)
#define KWHATIF_WIDE __attribute__((target_clones("avx512f", "avx2", "default")))
#else
#define KWHATIF_WIDE
#endif

namespace kwhatif::grid {

/// One operation on two numbers, not a leaf or a constant.
double operate(number::Operation operation, double a, double b);
/// The same over n lanes; an operand that does not vary is one number.
void operate(number::Operation operation, double* out, const double* a, bool a_varies, const double* b,
             bool b_varies, std::size_t n);

/// One step of a recorded estimate(). Operands are earlier steps.
struct Step {
  number::Operation operation = number::Operation::constant;
  std::uint32_t left = 0;
  std::uint32_t right = 0;
  std::uint32_t leaf = 0;  ///< slot
  double constant = 0;
  bool varies = false;      ///< along the inner axes
  std::uint32_t level = 0;  ///< 1 + position of the last outer axis that changes it; 0: none does
};

/// Steps in the order of their levels: a move that changes outer axes from some position on changes the steps
/// from that level on. An operand is never of a higher level than its step.
struct Schedule {
  std::vector<std::uint32_t> steps;
  std::vector<std::size_t> from;  ///< per level: the first entry of that level or a higher one
};

/// A recorded estimate() for one pattern of known inputs.
struct Kernel::Program {
  static constexpr std::uint32_t none = 0xFFFFFFFFU;
  std::vector<Step> steps;
  std::vector<std::uint32_t> results;  ///< step of each result asked for, or none
  Schedule scalars;                    ///< what does not vary along the inner axes, without constants
  Schedule vectors;                    ///< what does
  /// Per step: the result that can be computed right where it is wanted, or none. Only steps that every block
  /// computes anew.
  std::vector<std::uint32_t> direct;
};

/// How a slot's table is walked.
struct Leaf {
  const double* values = nullptr;
  std::vector<std::uint64_t> outer_strides;  ///< one per outer axis
  std::uint32_t level = 0;                   ///< as in Step
  bool varies = false;                       ///< along the inner axes
  std::uint32_t computed = none;             ///< place among following_slots, where there is no table
  static constexpr std::uint32_t none = 0xFFFFFFFFU;
  bool contiguous = false;                   ///< the inner points are neighbours in the table: no copy
  std::vector<std::uint32_t> inner_offsets;  ///< where they are not, and outer axes matter too
  std::vector<double> inner_values;          ///< where they are not, and only inner axes matter

  double at(std::uint64_t offset, std::size_t point) const {
    if (contiguous) return values[offset + point];
    return level == 0 ? inner_values[point] : values[offset + inner_offsets[point]];
  }
};

struct Kernel::Layout {
  /// What a step of an outer axis adds to the place in a slot's table.
  struct Move {
    std::size_t slot;
    std::uint64_t stride;
  };
  static constexpr std::size_t leaf_count = run::slot_count + 2 + ground_count;
  /// Of the slots, of whether a run resolves; then of what the computed slots follow from.
  std::array<Leaf, leaf_count> leaves;
  /// Leaves of what the computed slots follow from, and which place of Grounds each is.
  std::vector<std::pair<std::size_t, std::size_t>> fixed_grounds, varying_grounds;
  std::uint32_t computed_level = 0;  ///< of all that the computed slots follow from
  bool computed_varies = false;      ///< along the inner axes
  std::vector<std::size_t> outer_sizes;
  std::vector<std::uint64_t> outer_row_stride;
  std::vector<std::vector<Move>> moves;    ///< per outer axis
  std::uint64_t mask = 0;                  ///< slots known everywhere
  std::vector<std::size_t> fixed_masks;    ///< slots known at some outer steps
  std::vector<std::size_t> varying_masks;  ///< slots known at some inner points
};

class Kernel::Work {
 public:
  static constexpr std::uint64_t nowhere = ~std::uint64_t{0};
  std::unordered_map<std::uint64_t, Program> programs;
  const Program* last = nullptr;  ///< the one looked up last, in `programs`
  std::uint64_t last_mask = 0;

  std::uint64_t step = nowhere;        ///< of the outer axes
  std::size_t changed = 0;             ///< lowest level that the last move has changed
  std::vector<std::size_t> outer;      ///< index on each outer axis
  std::vector<std::uint64_t> offsets;  ///< into each slot's table
  std::uint64_t base = 0;

  const Program* ran = nullptr;  ///< whose numbers the following hold
  std::vector<double> scalars;
  std::vector<std::unique_ptr<double[]>> vectors;
  std::vector<const double*> pointers;  ///< to each step's numbers
  std::vector<double*> targets;         ///< the same where an operation writes them

  std::vector<const double*> columns;
  std::vector<std::unique_ptr<double[]>> blended;
  std::vector<std::size_t> filled;  ///< lanes of `blended` that hold one number
  std::vector<std::uint64_t> masks;

  std::optional<Forecasts::Hands> hands;  ///< where slots are computed
  std::array<std::unique_ptr<double[]>, following_slots.size()> computed;
  std::size_t computed_first = 0, computed_lanes = 0;  ///< inner points that they are of
};

}  // namespace kwhatif::grid
