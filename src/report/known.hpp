// Numbers that may not be known, as JSON and as cells of rows: null and empty, never zero.
#pragma once

#include "content.hpp"
#include <kwhatif/quantity/format.hpp>

#include <optional>
#include <string>

namespace kwhatif::report {

inline Json known_json(const std::optional<double>& x) { return x ? Json(*x) : Json(nullptr); }
inline std::string known_cell(const std::optional<double>& x) {
  return x ? quantity::shortest(*x) : std::string{};
}

}  // namespace kwhatif::report
