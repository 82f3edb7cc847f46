// Where the repository lies: for tests that read its files.
#pragma once

#include <string>

namespace kwhatif::testing {

std::string repository_root();

}  // namespace kwhatif::testing
