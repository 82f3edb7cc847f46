// Where a number comes from.
//
// Every number in the tool is user input, a value of a table with its source and locator, a default with its
// reason, or derived from those. An Origin says which, and travels with the number to the assumptions list
// and the derivation tree. Does not live here: the sources themselves (data/sources).
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

namespace kwhatif::catalog {

/// How well a value of the tables is known.
enum class Standing : std::uint8_t {
  none,       ///< not said
  verified,   ///< read in the named source
  secondary,  ///< read in a text that quotes the named source
  derived,    ///< calculated from cited values
  recalled,   ///< from memory, uncertain
  assumed     ///< a judgement, with its reason
};

std::string_view name(Standing standing);
/// The standing with that name, or none.
Standing standing_from(std::string_view name);

/// Who is responsible for a value of a run.
enum class Responsible : std::uint8_t {
  user,       ///< given by flag, run file or a table of the user
  table,      ///< looked up
  fallback,   ///< a documented default, because nothing was given
  predicted,  ///< a model's answer, with an interval
  derived     ///< follows from other inputs
};

/// The word used in JSON: user, table, default, predicted, derived.
std::string_view name(Responsible responsible);

/// Where a number comes from.
struct Origin {
  Responsible responsible = Responsible::user;
  Standing standing = Standing::none;
  std::string source;     ///< id in the source table; empty for user input
  std::string at;         ///< locator in the source, or the flag / run file key
  std::string note;       ///< why, what it includes
  std::string text;       ///< the value as written in its source: "0.429 kg/kWh"
  bool in_table = false;  ///< looked up, in a table of the user: `at` is "mine.toml:5"
};

}  // namespace kwhatif::catalog
