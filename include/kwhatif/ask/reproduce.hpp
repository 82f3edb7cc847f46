// Published rows recomputed from their own printed inputs.
#pragma once

#include <kwhatif/catalog/catalog.hpp>
#include <kwhatif/quantity/dimension.hpp>

#include <array>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace kwhatif::ask {

/// How a printed figure fares against what follows from the row's printed inputs.
enum class Verdict {
  printed,           ///< ours rounds to the printed digits
  within,            ///< the rounding of the printed inputs explains the difference
  known_difference,  ///< it cannot come out, and the reason is known
  mismatch,          ///< it does not come out, and nobody knows why
  missing            ///< the printed inputs do not suffice
};
std::string_view name(Verdict verdict);
inline constexpr std::size_t verdict_count = 5;
/// By verdict.
using VerdictCounts = std::array<std::size_t, verdict_count>;

/// One factor of a claim, or of the split of a ratio.
struct Factor {
  std::string label;
  std::string text;  ///< value as written, or the ratio
};

/// How a value lies to what is known of such inputs.
enum class Plausibility : std::uint8_t {
  plausible,    ///< within the 90 % band
  unusual,      ///< beyond it, but not by much
  implausible,  ///< far beyond it
  unknown       ///< nothing is known of how such inputs spread
};
std::string_view name(Plausibility plausibility);

/// A value of one input with which a printed figure would fit, all else as it is.
struct Repair {
  std::string input;  ///< flag: "pue"
  std::string label;  ///< for people: "PUE"
  double from = 0;    ///< as given or taken; coherent
  double to = 0;      ///< that fits; coherent
  quantity::Dimension dimension;
  bool given = false;  ///< the run file says it; else it was taken from a table, a default or a prediction
  Plausibility plausibility = Plausibility::unknown;
  std::optional<double> low, high;  ///< the 90 % band of such inputs, coherent
};

/// A known slip that would explain a difference by itself.
struct Slip {
  std::string what;   ///< "the PUE was left out"
  double factor = 1;  ///< ours over the printed figure, if so
};

/// One printed figure.
struct Check {
  std::string row;          ///< "gpt-3"
  std::string name;         ///< "GPT-3"
  std::string quantity;     ///< "facility_energy"
  std::string at;           ///< "table 4, column GPT-3"
  std::string printed;      ///< as printed: "1287 MWh"
  bool from_source = true;  ///< the source prints it; else read from words, or calculated from the source
  std::string said;         ///< the words where the source prints none: "a few dozen"
  std::string unit;         ///< "MWh"
  double published = 0;     ///< in that unit
  std::optional<double> computed;   ///< in that unit; absent where inputs are missing
  std::optional<double> low, high;  ///< what the rounding of the inputs allows, in that unit
  Verdict verdict = Verdict::missing;
  std::string why;
  std::string claim;  ///< for statements: holds, holds-if, fails
  std::vector<Factor> factors;
  bool by_estimate = false;  ///< held against an estimate and its 90 % band: the inputs alone do not give it
  std::vector<Repair> repairs = {};  ///< of a run that was checked: the most plausible first
  std::vector<Slip> slips = {};

  /// Computed over published, less one; none where nothing was computed or zero was published.
  std::optional<double> relative_error() const;
};

struct Study {
  std::string id;
  std::string title;
  std::string source;
  std::string note;
  std::vector<Check> checks;

  VerdictCounts counts() const;
};

struct Reproduction {
  std::vector<Study> studies;

  VerdictCounts counts() const;
  std::size_t count(Verdict verdict) const { return counts()[static_cast<std::size_t>(verdict)]; }
};

/// Recomputes studies.
///
/// Each printed input is taken as the interval of all values that round to it; a count of devices is exact.
/// Only the row's own inputs are used, no defaults.
/// @param ids  study ids; empty means all
/// @errors     diag::UsageError (unknown-study)
/// @tested     golden: every row of data/studies
Reproduction reproduce(const catalog::Catalog& catalog, const std::vector<std::string>& ids);

}  // namespace kwhatif::ask
