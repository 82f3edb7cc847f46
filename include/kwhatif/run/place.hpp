// Places that have more than one code.
#pragma once

#include <kwhatif/catalog/catalog.hpp>

#include <string>
#include <string_view>
#include <vector>

namespace kwhatif::run {

/// The codes of a grid: its own first, then those that the tables call the same place (GB and GBR).
std::vector<std::string> codes_of(const catalog::Catalog& catalog, std::string_view grid);

}  // namespace kwhatif::run
