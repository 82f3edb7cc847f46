// Published rows recomputed from their own printed inputs.
#pragma once

#include <kwhatif/catalog/catalog.hpp>
#include <kwhatif/quantity/dimension.hpp>

#include <array>
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
