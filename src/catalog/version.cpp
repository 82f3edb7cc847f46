#include <kwhatif/catalog/store.hpp>

namespace kwhatif::catalog {

std::string_view data_version() { return "2026.11"; }

}  // namespace kwhatif::catalog
