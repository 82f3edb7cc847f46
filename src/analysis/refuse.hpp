// Refusing what was given. Private to analysis.
#pragma once

#include <kwhatif/diag/diagnostic.hpp>
#include <kwhatif/scenario/scenario.hpp>

#include <string>
#include <utility>

namespace kwhatif::analysis {

/// Throws a UsageError at the place of what was given.
[[noreturn]] inline void refuse(const scenario::Given& given, std::string code, std::string message,
                                std::string help) {
  throw diag::UsageError({.code = std::move(code),
                          .message = std::move(message),
                          .where = given.where,
                          .help = std::move(help)});
}

}  // namespace kwhatif::analysis
