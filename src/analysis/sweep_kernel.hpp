// The inside of a Kernel, shared by its parts.
#pragma once

#include <kwhatif/analysis/sweep.hpp>

#include <unordered_map>

// Functions with this mark are compiled for several instruction sets and chosen when the program starts.
// Without contraction of products and sums all of them give the same bits.
#if defined(__x86_64__) && defined(__GNUC__) && !defined(__clang__) && !defined(__SANITIZE_ADDRESS__)
#define KWHATIF_WIDE __attribute__((target_clones("avx512f", "avx2", "default")))
#else
#define KWHATIF_WIDE
#endif

namespace kwhatif::analysis {

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
  bool varies = false;  ///< along the inner axes
};

/// A recorded estimate() for one pattern of known inputs.
struct Kernel::Program {
  static constexpr std::uint32_t none = 0xFFFFFFFFU;
  std::vector<Step> steps;
  std::vector<std::uint32_t> results;  ///< step of each result asked for, or none
};

/// How a slot's table is walked.
struct Leaf {
  const double* values = nullptr;
  std::vector<std::uint64_t> outer_strides;  ///< one per outer axis
  bool varies = false;                       ///< along the inner axes
  bool gathered = false;                     ///< along inner and outer axes
  std::vector<std::uint32_t> inner_offsets;
  std::vector<double> inner_values;  ///< where only inner axes matter
};

struct Kernel::Layout {
  std::array<Leaf, estimate::slot_count + 1> leaves;
  std::vector<std::uint64_t> outer_row_stride;
  std::vector<std::size_t> outer_slots;    ///< slots that some outer axis changes
  std::uint64_t mask = 0;                  ///< slots known everywhere
  std::vector<std::size_t> fixed_masks;    ///< slots known at some outer steps
  std::vector<std::size_t> varying_masks;  ///< slots known at some inner points
};

class Kernel::Work {
 public:
  std::unordered_map<std::uint64_t, Program> programs;
  const Program* last = nullptr;  ///< the one used last, in `programs`
  std::uint64_t last_mask = 0;
  std::vector<std::size_t> outer;
  std::vector<std::uint64_t> offsets;  ///< into each slot's table
  std::uint64_t base = 0;
  std::vector<double> scalars;
  std::vector<std::unique_ptr<double[]>> vectors;
  std::vector<const double*> pointers;
  std::vector<const double*> columns;
  std::vector<std::unique_ptr<double[]>> blended;
  std::vector<std::uint64_t> masks;
};

}  // namespace kwhatif::analysis
