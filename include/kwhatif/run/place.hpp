// Places that have more than one code, which regions are sites, and lists of ids that the defaults hold.
#pragma once

#include <kwhatif/catalog/catalog.hpp>

#include <string>
#include <string_view>
#include <vector>

namespace kwhatif::run {

/// The codes of a grid: its own first, then those that the tables call the same place (GB and GBR).
std::vector<std::string> codes_of(const catalog::Catalog& catalog, std::string_view grid);

/// Whether a region is a place to go to, and no average, dated observation or net value.
bool is_site(const catalog::Row& region);

/// The words of a default whose value is a list ("grid-sources"), in their order.
/// @errors diag::InternalError where there is no such default
std::vector<std::string> words_of(const catalog::Catalog& catalog, std::string_view default_id);

}  // namespace kwhatif::run
