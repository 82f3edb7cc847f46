#include "root.hpp"

namespace kwhatif::testing {

std::string repository_root() { return KWHATIF_ROOT; }

}  // namespace kwhatif::testing
