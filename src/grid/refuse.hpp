// Refusing what was given. Private to grid.
#pragma once

#include <kwhatif/diag/diagnostic.hpp>
#include <kwhatif/run/scenario.hpp>

#include <string>
#include <utility>

namespace kwhatif::grid {

/// Throws a UsageError at the place of what was given.
[[noreturn]] inline void refuse(const run::Given& given, std::string code, std::string message,
                                std::string help) {
  throw diag::UsageError({.code = std::move(code),
                          .message = std::move(message),
                          .where = given.where,
                          .help = std::move(help)});
}

}  // namespace kwhatif::grid
