// Refusing what was given. Private to grid.
#pragma once

#include <kwhatif/diag/diagnostic.hpp>
#include <kwhatif/run/scenario.hpp>

#include <string>
#include <utility>

namespace kwhatif::grid {

using diag::refuse;

/// Throws a UsageError at the place of what was given.
[[noreturn]] inline void refuse(const run::Given& given, std::string code, std::string message,
                                std::string help) {
  diag::refuse(std::move(code), std::move(message), given.where, std::move(help));
}

}  // namespace kwhatif::grid
