// What a TOML text may be before it is parsed: its nesting and its number of values.
//
// The parser recurses over levels and takes some hundred bytes for each value; one pass over the text, which
// knows strings, comments and brackets, refuses what would exhaust stack or memory, with its place.
#pragma once

#include <kwhatif/diag/diagnostic.hpp>
#include <kwhatif/document/toml.hpp>

#include <cstddef>
#include <memory>
#include <vector>

namespace kwhatif::document {

/// @errors diag::Error: too-large, too-deep
void check_shape(const std::shared_ptr<const diag::SourceText>& source, const Limits& limits);

/// Where lines and columns stand in a text: columns count code points, and are found without walking the
/// line.
class Positions {
 public:
  explicit Positions(std::string_view text);
  /// The text from a place to the end of its line.
  /// @param line, column  from 1; a place beyond the text gives an empty view
  std::string_view from(int line, int column) const;

 private:
  std::string_view text_;
  std::vector<std::size_t> lines_;        // first byte of each
  std::vector<std::size_t> characters_;   // code points before each line
  std::vector<std::size_t> checkpoints_;  // byte of every 64th code point
};

}  // namespace kwhatif::document
