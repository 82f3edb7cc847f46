// What of a name counts when a row is looked up by it. Private to the catalog.
#pragma once

#include <kwhatif/catalog/store.hpp>
#include <kwhatif/diag/suggest.hpp>

#include <string>
#include <string_view>
#include <vector>

namespace kwhatif::catalog {

/// diag::fold(); of a model, what parts two numbers stays: opt-1.3b is not opt-13b.
inline std::string name_key(Kind kind, std::string_view name) {
  if (kind != Kind::model) return diag::fold(name);
  const auto digit = [&](std::size_t i) { return i < name.size() && name[i] >= '0' && name[i] <= '9'; };
  std::string out;
  for (std::size_t i = 0; i < name.size(); ++i) {
    const std::string kept = diag::fold(name.substr(i, 1));
    out += kept.empty() && i > 0 && digit(i - 1) && digit(i + 1) ? "." : kept;
  }
  return out;
}

/// A device's or host's name without what the tables leave out, each shorter than the one before; empty for
/// other kinds.
std::vector<std::string> plainer_names(Kind kind, std::string_view name);

}  // namespace kwhatif::catalog
