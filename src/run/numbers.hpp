// The numbers among the inputs as given: read and held to their ranges, whether a run uses them or not. What
// is not used is repeated in the output, too.
#pragma once

#include <kwhatif/run/scenario.hpp>

#include <array>
#include <optional>
#include <vector>

namespace kwhatif::run {

/// The numbers of a scenario, by input; absent where not given or not readable.
class Numbers {
 public:
  const std::optional<quantity::Parsed>& quantity(Input input) const { return quantities_[index(input)]; }
  /// Turns a number into another unit: `times` as much, of this dimension.
  void convert(Input input, double times, const quantity::Dimension& to);
  std::optional<long> whole(Input input) const { return wholes_[index(input)]; }

 private:
  friend Numbers read_numbers(const Scenario& scenario, std::vector<diag::Diagnostic>& faults);
  static std::size_t index(Input input) { return static_cast<std::size_t>(input); }
  void read(Input input, const Given& given, std::vector<diag::Diagnostic>& faults);

  std::array<std::optional<quantity::Parsed>, input_count> quantities_;
  std::array<std::optional<long>, input_count> wholes_;
};

/// Holds a number to the range of its input.
/// @errors appended to `faults`: out-of-range
void check_range(Input input, const Given& given, double coherent, std::vector<diag::Diagnostic>& faults);

/// Reads all numbers of a scenario, those that gave way to flags and axes included; not those of its stages.
/// @errors appended to `faults`: not-a-number, missing-unit, unknown-unit, wrong-unit, out-of-range
Numbers read_numbers(const Scenario& scenario, std::vector<diag::Diagnostic>& faults);

}  // namespace kwhatif::run
