// The nearest known name, for "did you mean".
#pragma once

#include <cstddef>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace kwhatif::diag {

/// Lower case without blanks, '-', '_' and '.': names that agree so far are the same name to a person.
std::string fold(std::string_view name);

/// Edit distance (insert, delete, replace, swap of neighbours), cut off at `limit` + 1.
std::size_t edit_distance(std::string_view a, std::string_view b, std::size_t limit);

/// The known names nearest to `word`, best first.
///
/// A name counts as near when, folded, it is at most 3 edits and at most a third of the word away, or when
/// one begins with the other. Ties keep the order of `known`.
/// @param most  how many to return at most
std::vector<std::string> nearest(std::string_view word, std::span<const std::string_view> known,
                                 std::size_t most = 1);

/// "did you mean 'a'?", "did you mean 'a', 'b' or 'c'?", or "" where nothing is near.
std::string did_you_mean(std::string_view word, std::span<const std::string_view> known,
                         std::size_t most = 1);

}  // namespace kwhatif::diag
