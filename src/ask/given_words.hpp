// Options that are one of a few words, or a whole number.
#pragma once

#include <kwhatif/run/scenario.hpp>

#include <cstddef>
#include <cstdint>
#include <span>
#include <string_view>

namespace kwhatif::ask {

/// Which of the words was given.
/// @errors diag::UsageError (unknown-word)
std::size_t word_given(const run::Given& given, std::span<const std::string_view> known);

/// @errors diag::UsageError (out-of-range)
std::uint64_t whole_given(const run::Given& given, std::uint64_t low, std::uint64_t high);

}  // namespace kwhatif::ask
