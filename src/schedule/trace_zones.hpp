// The clocks that files keep: zones by name, and the way from their time to UTC.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace kwhatif::schedule {

/// The clock of stamps that carry no offset themselves.
struct Zone {
  enum class Kind {
    unnamed,   ///< nothing says which
    fixed,     ///< `base` minutes east of UTC, all year
    european,  ///< changes with the European Union and Great Britain; `base` in winter
    american,  ///< changes with the United States and Canada; `base` in winter
    local,     ///< named as local, of no named place
    unclear    ///< named by words that mean several zones, or none that is known
  };
  Kind kind = Kind::unnamed;
  int base = 0;  ///< [minutes]
  std::string name;
};

/// Minutes east of UTC of an abbreviation with one meaning, in any case: "CEST"; none of others.
std::optional<int> fixed_offset(std::string_view name);

/// The zone that a header cell names: "Datetime (UTC)", "MTU (CET/CEST)", "Date (GMT+1)", "time (local)".
Zone zone_named(std::string_view cell);

/// UTC of a minute of a zone's clock.
/// @param after  the stamp before, in UTC: where clocks are set back, an hour comes twice and order decides
/// @return       none where clocks are set forward over it
std::optional<std::int64_t> to_utc(const Zone& zone, std::int64_t local, std::optional<std::int64_t> after);

/// Whether clocks are set forward from this hour somewhere: a Sunday of March, September or October.
/// @param minute  since 1970, by the clock at hand
bool may_be_clock_change(std::int64_t minute);

}  // namespace kwhatif::schedule
