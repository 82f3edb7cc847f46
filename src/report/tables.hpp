// What the documents of list and show share.
#pragma once

#include "content.hpp"
#include <kwhatif/catalog/catalog.hpp>

namespace kwhatif::report {

/// A value as the table holds it: counts as numbers, the contents of JSON files as JSON, all else as text.
Json cell_json(const catalog::Row& row, const catalog::Cell& cell);

}  // namespace kwhatif::report
