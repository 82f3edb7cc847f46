// Identifiers that follow from what they name (RFC 9562, version 5). Private to the forms.
#pragma once

#include <string>
#include <string_view>

namespace kwhatif::dossier {

/// UUIDv5 of a name in the namespace of URLs: the same name gives the same identifier, everywhere.
/// @tested  golden: the identifiers of other implementations
std::string uuid_of(std::string_view name);

}  // namespace kwhatif::dossier
