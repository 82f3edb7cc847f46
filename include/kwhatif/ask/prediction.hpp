// What stands behind a forecast: evidence, what to say next, and where the time goes.
#pragma once

#include <kwhatif/run/resolve.hpp>

#include <cstddef>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace kwhatif::ask {

/// Something that the forecast was not told.
struct Untold {
  std::string what;                ///< "software"
  std::vector<std::string> flags;  ///< that tell it: "framework"; none where nothing does
  double share = 0;                ///< of the variance of ln time
};

/// A share of the time of a token.
struct TimeTerm {
  std::string_view key;   ///< "matrix_products"
  std::string_view name;  ///< for people
  double seconds = 0;     ///< per token (image) and device
  double share = 0;       ///< of all
};

/// The forecast of a run whose time nobody gave.
struct Prediction {
  predict::Tier tier = predict::Tier::judgement;  ///< of the device
  bool workload_known = false;  ///< a kind of network that was measured, of a size that is known
  bool software_known = false;
  bool settings_known = false;  ///< batch, layout or recomputation
  std::size_t rows = 0;         ///< measured times on devices of this family
  std::vector<Untold> untold;   ///< largest share first
  std::vector<TimeTerm> terms;  ///< where the time goes, in the order of the sum; none that is nothing
  std::string_view bound;       ///< name of the largest term

  /// Whether the back-test covers runs like this one, so that its bands hold what they say.
  bool covered() const { return tier == predict::Tier::known && workload_known; }
};

/// None where time or rate were given.
std::optional<Prediction> prediction_of(const run::ResolvedRun& run);

}  // namespace kwhatif::ask
