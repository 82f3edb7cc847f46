// What only the author of a report knows, checked. Nothing stands for what is absent but a visible blank.
//
// Does not live here: which keys and flags there are (run/report_keys.hpp).
#pragma once

#include <kwhatif/run/scenario.hpp>

#include <array>
#include <functional>
#include <map>
#include <optional>
#include <string>
#include <string_view>

namespace kwhatif::dossier {

/// What a model can generate.
inline constexpr std::array<std::string_view, 6> modalities{"text",  "audio", "image",
                                                            "video", "code",  "other"};

struct Particulars {
  std::optional<run::Given> title;
  std::optional<run::Given> date;  ///< YYYY-MM-DD, a day that there is
  std::optional<run::Given> author;
  std::optional<run::Given> organisation;
  std::optional<run::Given> contact;
  std::optional<run::Given> model_name;  ///< of the model to come, not of the architecture it is like
  std::optional<run::Given> model_version;
  std::optional<run::Given> modality;          ///< words of `modalities`, parted by ", ", each once
  std::optional<run::Given> synthetic_tokens;  ///< non-public, generated for this model
  std::optional<double> synthetic_count;       ///< the same as a number                 [token]  >= 0
  std::optional<run::Given> generator;         ///< model that generated them, or its active parameters
  std::optional<run::Given> measured;  ///< the author says that given time, power or energy were measured
};

/// By names of run::report_keys.
using Said = std::map<std::string, run::Given, std::less<>>;

/// @errors diag::UsageError with all faults: bad-date, unknown-word, and those of quantity::parse()
Particulars particulars(const Said& said);

/// The day of so many seconds since 1970-01-01, in UTC: "2026-11-28".
/// @errors diag::UsageError: bad-date, where the text is no whole number from 0 to the year 9999
std::string day_of_epoch(std::string_view seconds);

}  // namespace kwhatif::dossier
