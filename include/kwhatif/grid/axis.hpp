// One input of a run that takes many values: "tokens=1e11:1e13:log50", "hardware=kind:gpu", "region=gcp:*".
#pragma once

#include <kwhatif/catalog/catalog.hpp>
#include <kwhatif/run/scenario.hpp>

#include <cstddef>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace kwhatif::grid {

/// How machines call an input: its flag with _ for -, and the unit of its number where the flag does not say
/// it: "tokens", "hours", "ci_g_per_kwh", "power_w".
std::string machine_key(run::Input input);
/// The same as a column beside those of results: "input_mfu", because a result is called "mfu".
std::string machine_column(run::Input input);
/// The unit of that number; empty where it is as it is (a count, a share, FLOP), or where there is none.
std::string_view machine_unit(run::Input input);

/// The values that one input takes, in order.
struct Axis {
  run::Input input = run::Input::count;
  std::string name;                     ///< the flag without dashes
  run::Given given;                     ///< the axis as written, with its place
  std::vector<double> numbers;          ///< coherent; for quantities and whole numbers
  std::vector<std::string> texts;       ///< as written; missing or empty where the numbers were spaced by us
  std::vector<bool> by_pattern;         ///< of texts: chosen by a pattern, not written out; may be shorter
  bool pattern = false;                 ///< all values count as chosen by a pattern
  std::vector<diag::Diagnostic> notes;  ///< what stands for a kind, what a pattern passed over

  std::size_t size() const { return numbers.empty() ? texts.size() : numbers.size(); }
  bool numeric() const { return !numbers.empty(); }
  /// Values chosen by a pattern are left out and counted where there are no data; written ones are errors.
  bool chosen(std::size_t i) const { return pattern || searched(i); }
  /// Chosen by a pattern as it was written, whatever `pattern` says.
  bool searched(std::size_t i) const { return i < by_pattern.size() && by_pattern[i]; }
  /// The value as the flag takes it: reads back to the same bits.
  std::string text(std::size_t i) const;
  /// The value for people: "1.29 B tokens", "h100-sxm5".
  std::string shown(std::size_t i) const;
  /// Name of the column for machines, unit included: "tokens", "ci_g_per_kwh", "power_w".
  std::string column() const;
  /// The unit of column(); empty where numbers are as they are.
  std::string_view unit() const;
  /// The number for machines, in that unit.
  double machine(std::size_t i) const;
  /// Leaves out values, given by rising indices.
  void drop(const std::vector<std::size_t>& indices);
};

/// One of the values of a range FROM:TO:linN or logN, its ends exact.
/// @param i      which of them                          0 … count - 1
/// @param count  how many                               >= 2
/// @param logarithmic  by equal factors: both ends > 0
double point_of_range(double from, double to, std::size_t i, std::size_t count, bool logarithmic);

/// Longest axis: longer ones are split over two by who asks.
inline constexpr std::size_t axis_limit = 1'000'000;
/// The same for names and words, each of which is looked up.
inline constexpr std::size_t name_limit = 4096;

/// How names are read.
struct AxisOptions {
  int year = 0;              ///< of which devices stand for their kind; 0: that of the tables
  bool unavailable = false;  ///< patterns take devices that are announced or were never sold, too
};

/// Reads NAME=V1,V2,… | NAME=FROM:TO:linN | NAME=FROM:TO:logN | NAME=all | hardware=kind:K | region=gcp:*.
///
/// hardware=gpu is the device that stands for its kind in a year (the table of defaults says which).
/// A list may hold patterns and ranges: region=aws:us-east-1,gcp:europe-*. A name that comes twice counts
/// once.
/// Spaced values: the ends are exact; counts (devices, tokens, parameters, runs, hosts) are rounded to whole
/// numbers and doubles left out.
/// @errors diag::UsageError: bad-axis, unknown-axis, missing-unit, wrong-unit, out-of-range, not-a-number
Axis read_axis(const run::Given& given, const catalog::Catalog& catalog, const AxisOptions& options = {});

/// Clears inputs of a run, and what they replace in it: a place its grid and intensity, an MFU the hours.
void clear_rivals(run::Scenario& run, std::span<const run::Input> inputs);
/// The same for axes, all at once: a value of one never gives way to another. What belongs to one device or
/// place (its power, its intensity) goes for all rows, so that they are of one kind.
void clear_rivals(run::Scenario& run, std::span<const Axis> axes, const catalog::Catalog& catalog);
/// What the axes displaced, as a warning; empty where nothing was.
std::vector<diag::Diagnostic> displaced_warnings(const run::Scenario& before, const run::Scenario& after);

/// Reads several axes; no input may vary twice.
/// @errors diag::UsageError: as read_axis, given-twice
std::vector<Axis> read_axes(const std::vector<run::Given>& given, const catalog::Catalog& catalog,
                            const AxisOptions& options = {});
/// The notes of all of them.
std::vector<diag::Diagnostic> notes_of(std::span<const Axis> axes);

}  // namespace kwhatif::grid
