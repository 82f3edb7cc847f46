// Rows of a kind that lie together because their ids begin with the same name. Private to prices and offers.
#pragma once

#include <kwhatif/catalog/catalog.hpp>

#include <string>
#include <string_view>

namespace kwhatif::run {

/// All rows of a kind whose value of a key is `name`, the ids of the built-in ones being "name/...".
template <class Take>
void each_named(const catalog::Catalog& catalog, catalog::Kind kind, std::string_view key,
                std::string_view name, Take take) {
  const std::size_t size = catalog.size(kind);
  const bool own = !catalog.overlaid_folder().empty();  // the user's ids may be of any form
  const std::string begin = std::string{name} + '/';
  std::size_t first = 0;
  for (std::size_t last = own ? 0 : size; first < last;) {
    const std::size_t middle = first + (last - first) / 2;
    if (catalog.row(kind, middle).id() < begin)
      first = middle + 1;
    else
      last = middle;
  }
  for (; first < size; ++first) {
    const catalog::Row row = catalog.row(kind, first);
    if (!own && !row.id().starts_with(begin)) return;
    if (row.text(key) == name) take(row);
  }
}

}  // namespace kwhatif::run
