// grid: a grid of runs: axes over inputs, never materialised.
//
// Space: the axes with the tables that say which number each slot of RunInputs has at each point. Names are
// looked up when the Space is built, once per value that matters, never per point. Which slots depend on
// which axes, and which combinations resolve, is found by resolving runs, so a default that depends on two
// axes (a predicted MFU) is seen, and is checked on random points. What a prediction rests on is looked up in
// parts, and the predicted number computed from them: in tables where these are small, else where a point
// asks for it. Kernel: run::estimate() recorded once per pattern of known inputs, replayed over blocks of
// points. Only the steps that the last move along the axes has changed are computed anew, by the same
// operations in the same order: every number has the bits of estimate() on that run. Does not live here: what
// becomes of the numbers (sink.hpp).
#pragma once

#include <kwhatif/grid/axis.hpp>
#include <kwhatif/number/traced.hpp>
#include <kwhatif/run/resolve.hpp>
#include <kwhatif/run/result.hpp>
#include <kwhatif/run/run_inputs.hpp>
#include <kwhatif/uncertain/uncertainty.hpp>

#include <array>
#include <cstdint>
#include <functional>
#include <limits>
#include <map>
#include <memory>
#include <optional>
#include <set>
#include <string>
#include <vector>

namespace kwhatif::grid {

/// Number of results of estimate(), in the order of run::for_each_result.
std::size_t result_count();
/// Key, unit and label of a result.
run::ResultInfo result_info(std::size_t result);
quantity::Dimension result_dimension(std::size_t result);
/// By key, JSON key or a word people use: energy, co2e, time, cost, flops.
std::optional<std::size_t> result_named(std::string_view name);
/// Names that result_named takes, for help.
std::vector<std::string_view> result_names();
/// A result by number, coherent, where it is known.
std::optional<double> result_value(const run::RunEstimate<double>& results, std::size_t result);
/// A result in the unit of its JSON key, as `estimate --json` prints it.
double machine_value(std::size_t result, double coherent);

/// Absent values are NaN inside grids; they are written as empty or null, never as zero.
inline constexpr double absent = std::numeric_limits<double>::quiet_NaN();

/// One slot of RunInputs over the grid: a table over the few axes that it depends on.
struct SlotTable {
  std::vector<std::size_t> axes;
  std::vector<std::uint64_t> strides;  ///< one per entry of `axes`
  std::vector<double> values;          ///< absent where the slot is unknown; none where it is computed
  std::vector<std::uint32_t> spreads;  ///< per value: 0 exact, else 1 + index of its distribution; or empty
  bool mixed() const;                  ///< known at some points and unknown at others
  /// Where the entry of a point is, given its index on every axis of the space.
  std::uint64_t entry(const std::vector<std::size_t>& indices) const;
  /// Whether the value changes along one of `axes`; it may depend on one only in being known or not.
  bool varies_along(std::size_t axis) const;
};

/// Values left out of an axis, because they resolve with no values of the other axes.
struct LeftOut {
  std::size_t axis = 0;
  std::size_t count = 0;
  std::string example;              ///< of the first: "v100: no bf16 peak …"
  std::vector<std::string> values;  ///< all of them
};

/// Combinations of values that do not resolve though each of the values does with others: their rows stay,
/// without results.
struct Unresolved {
  std::vector<std::size_t> axes;  ///< that decide it
  std::uint64_t count = 0;        ///< of combinations on these axes
  std::uint64_t of = 0;
  std::string example;  ///< "apple-m4-max, bf16: no bf16 peak …"
};

struct SpaceOptions {
  bool must_fit = false;      ///< points whose model does not fit into the devices' memory do not resolve
  bool within_scale = false;  ///< nor do those with more devices than a step has work for
  bool spreads = false;       ///< the inputs' distributions are kept, too
  /// Pairs of device and region do not resolve where a pattern chose one of them and they are not offered.
  bool offered = false;
  std::function<void(std::size_t lookups)> progress = {};  ///< now and then while names are looked up
  unsigned threads = 1;
  /// Predicted numbers over more points than this are computed where they are asked for, not in a table.
  std::uint64_t tabled = axis_limit * 4;
};

class Forecasts;
struct Grounds;

class Space {
 public:
  /// @errors diag::Error: no point of the grid resolves (the first fault is shown), or a value that was
  /// written out
  ///         is wrong by itself; too-many-lookups where the inputs depend on too many axes at once
  Space(run::Scenario base, std::vector<Axis> axes, const catalog::Catalog& catalog,
        const SpaceOptions& options = {});
  /// The same grid with another value of one input that is no axis; axis values that do not resolve any more
  /// are left out.
  /// @errors diag::Error: no point resolves
  Space with(run::Input input, const run::Given& given, const catalog::Catalog& catalog) const;

  const std::vector<Axis>& axes() const { return axes_; }
  /// Number of points. Row order: the last axis varies fastest; row = ((i0 · n1 + i1) · n2 + i2) …
  std::uint64_t size() const { return size_; }
  /// As a floating-point number, which does not overflow.
  double size_estimate() const;
  const std::array<SlotTable, run::slot_count + 1>& tables() const { return tables_; }
  std::vector<std::size_t> indices(std::uint64_t row) const;
  std::uint64_t row(const std::vector<std::size_t>& indices) const;
  /// The run at a point, as if it had been given by flags.
  run::Scenario scenario(const std::vector<std::size_t>& indices) const;
  /// Inputs at a point from the tables; nothing where the point does not resolve.
  std::optional<run::RunInputs<double>> inputs(const std::vector<std::size_t>& indices) const;
  /// A point that resolves: its assumptions stand for the grid's, where they do not depend on an axis.
  const run::ResolvedRun& sample() const { return *sample_; }
  const std::vector<LeftOut>& left_out() const { return left_out_; }
  const Unresolved& unresolved() const { return unresolved_; }
  const std::vector<diag::Diagnostic>& warnings() const { return warnings_; }
  /// Sources of every number that the grid was computed from: those of the sample, then those of other
  /// points.
  std::vector<std::string> sources() const;
  std::size_t lookups() const { return lookups_; }
  /// Axes whose values are looked up together, every combination; what only sets its own number is not.
  std::set<std::vector<std::size_t>> looked_up_together() const;
  /// Whether a slot has no table, but is computed at each point. The last one: whether the point resolves.
  bool computed(std::size_t slot) const { return (computed_ >> slot & 1U) != 0; }
  bool computes() const { return computed_ != 0; }
  bool computes_predictions() const { return (computed_ & ~(std::uint64_t{1} << run::slot_count)) != 0; }
  /// What is computed follows from; null where nothing is predicted.
  const Forecasts* forecasts() const { return forecasts_.get(); }
  Grounds grounds(const std::vector<std::size_t>& indices) const;
  /// 1 + index into distributions() of a slot at a point, or 0 where it is exact or spreads are not kept.
  std::uint32_t spread(std::size_t slot, const std::vector<std::size_t>& indices) const;
  const std::vector<uncertain::InputDistribution>& distributions() const { return distributions_; }

 private:
  friend class SpaceBuilder;
  friend class Lookups;
  run::Scenario base_;
  std::vector<Axis> axes_;
  std::uint64_t size_ = 1;
  std::array<SlotTable, run::slot_count + 1> tables_;  // the last one: 0 where the point resolves
  std::shared_ptr<const run::ResolvedRun> sample_;
  std::vector<LeftOut> left_out_;
  Unresolved unresolved_;
  std::vector<diag::Diagnostic> warnings_;
  std::set<std::string, std::less<>> looked_up_;  // sources
  std::size_t lookups_ = 0;
  SpaceOptions options_;
  std::vector<uncertain::InputDistribution> distributions_;
  std::shared_ptr<const Forecasts> forecasts_;
  std::uint64_t computed_ = 0;  // slots, by bit
};

/// A step of the outer axes of a Kernel, by number.
enum class StepNumber : std::uint64_t {};
/// A block of points, by number. A step has one or more: the two numberings are types of their own, so that
/// one is never taken for the other.
enum class BlockNumber : std::uint64_t {};

/// A block of points with the wanted results.
struct Block {
  std::uint64_t base = 0;                  ///< row of the block's origin
  const std::uint64_t* offsets = nullptr;  ///< lane -> row - base; null: the lane itself
  std::size_t lanes = 0;
  std::size_t first_inner = 0;             ///< position of lane 0 among the inner points
  const double* const* columns = nullptr;  ///< one per result asked for, coherent, absent = NaN
  const std::size_t* outer = nullptr;  ///< index on every outer axis, in the order of Kernel::outer_axes()

  std::uint64_t row(std::size_t lane) const { return base + (offsets == nullptr ? lane : offsets[lane]); }
};

/// estimate() over blocks of a Space.
class Kernel {
 public:
  /// @param results  results wanted, by index
  /// @param any_order  whether blocks may come in another order than that of rows (reductions): the cheapest
  /// is taken
  /// @param apart  axes that stay out of the blocks, where the order is free
  Kernel(const Space& space, std::vector<std::size_t> results, bool any_order,
         const std::vector<std::size_t>& apart = {});
  ~Kernel();
  Kernel(const Kernel&) = delete;
  Kernel& operator=(const Kernel&) = delete;

  /// Steps of the outer axes; each has inner_size() points.
  std::uint64_t outer_steps() const { return outer_steps_; }
  std::size_t inner_size() const { return inner_size_; }
  const std::vector<std::size_t>& outer_axes() const { return outer_; }
  const std::vector<std::size_t>& inner_axes() const { return inner_; }
  const Space& space() const { return space_; }
  const std::vector<std::size_t>& results() const { return results_; }
  /// Rows of the inner points relative to the block's base, or null where they are 0, 1, 2 …
  const std::uint64_t* inner_rows() const { return inner_rows_.empty() ? nullptr : inner_rows_.data(); }

  static constexpr std::size_t block_lanes = 1024;
  /// Blocks are numbered through: each outer step has this many.
  std::uint64_t blocks_per_step() const { return (inner_size_ + block_lanes - 1) / block_lanes; }
  std::uint64_t blocks() const { return outer_steps_ * blocks_per_step(); }
  BlockNumber end() const { return BlockNumber{blocks()}; }
  /// The first block of a step; that of the step after the last is end().
  BlockNumber first_block(StepNumber step) const {
    return BlockNumber{static_cast<std::uint64_t>(step) * blocks_per_step()};
  }
  /// Points before a block.
  std::uint64_t points_before(BlockNumber block) const {
    const auto b = static_cast<std::uint64_t>(block);
    return b / blocks_per_step() * inner_size_ + b % blocks_per_step() * block_lanes;
  }

  /// Buffers of one thread.
  class Work;
  std::shared_ptr<Work> work() const;
  /// Calls take(const Block&) for the blocks [first, last), in order; stops early where take returns false.
  /// @param room  room(lanes) says where to write the results of the next block, one place per result, or
  ///   null: into buffers of the kernel
  template <class Take, class Room>
  void each_block(Work& work, BlockNumber first, BlockNumber last, Take take, Room room) const {
    Block block;
    const auto begin = static_cast<std::uint64_t>(first);
    std::uint64_t step = begin / blocks_per_step();
    auto at = static_cast<std::size_t>(begin % blocks_per_step()) * block_lanes;
    for (std::uint64_t b = begin; b < static_cast<std::uint64_t>(last); ++b) {
      const std::size_t lanes = inner_size_ - at < block_lanes ? inner_size_ - at : block_lanes;
      evaluate(work, StepNumber{step}, at, room(lanes), block);
      if (!take(block)) return;
      at += lanes;
      if (at == inner_size_) {
        at = 0;
        ++step;
      }
    }
  }
  /// The same for the blocks of one outer step.
  template <class Take, class Room>
  void each_block(Work& work, StepNumber step, Take take, Room room) const {
    const StepNumber next{static_cast<std::uint64_t>(step) + 1};
    each_block(work, first_block(step), first_block(next), take, room);
  }

 private:
  struct Program;
  struct Layout;
  friend class Boxes;
  friend class Confidence;
  void arrange(bool any_order, const std::vector<std::size_t>& apart);
  std::vector<std::size_t> cheapest_inner(const std::vector<std::size_t>& apart) const;
  void lay_out();
  const SlotTable& table(std::size_t leaf) const;
  void go_to(Work& work, StepNumber step) const;
  void compute(Work& work, std::size_t first, std::size_t lanes) const;
  void evaluate(Work& work, StepNumber step, std::size_t first_inner, double* const* room, Block& out) const;
  void run(Work& work, const Program& program, std::size_t first, std::size_t lanes,
           double* const* room) const;
  const Program& program(Work& work, std::uint64_t mask) const;
  void plan(Program& program) const;

  const Space& space_;
  std::vector<std::size_t> results_;
  std::vector<std::size_t> outer_, inner_;
  std::uint64_t outer_steps_ = 1;
  std::size_t inner_size_ = 1;
  std::vector<std::uint64_t> inner_rows_;
  std::unique_ptr<Layout> layout_;
};

}  // namespace kwhatif::grid
