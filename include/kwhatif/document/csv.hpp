// document: a CSV text as records of fields that know their place.
//
// RFC 4180 with what people's files add: other separators than the comma, blanks around fields, lines that
// begin with '#'. Records are handed out one at a time, so a large text is never held twice. Does not live
// here: what columns mean.
#pragma once

#include <kwhatif/diag/diagnostic.hpp>

#include <algorithm>
#include <cstddef>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace kwhatif::document {

/// One record. Fields are without quotes and without blanks around them.
struct CsvRecord {
  std::vector<std::string> fields;
  std::vector<std::size_t> offsets;  ///< by field: where it begins in the text [byte]
  /// where a quote opens that is never closed, or only by one that opens a later field
  std::optional<std::size_t> unclosed = {};
};

class CsvReader {
 public:
  /// @param text  must outlive the reader; a byte order mark is skipped
  CsvReader(std::string_view text, char separator);
  /// The next record; false at the end. Blank lines and lines that begin with '#' are skipped.
  bool next(CsvRecord& record);
  /// Where the next record or a skipped line begins [byte].
  std::size_t position() const { return at_; }
  /// Passes over a line, whatever it holds.
  void skip_line() { at_ = std::min(text_.find('\n', at_), text_.size() - 1) + 1; }

 private:
  std::string_view text_;
  char separator_;
  std::size_t at_ = 0;
};

/// The separator of a table, of tab, ';', '|' and ',': the first line decides that has as many fields as the
/// line below it, and more than one; of several separators the one that makes more fields, else the one that
/// comes first in the line below.
char csv_separator(std::string_view text);

/// The place of a part of a text.
/// @param offset, length  [byte]
diag::Span span_at(const std::shared_ptr<const diag::SourceText>& source, std::size_t offset,
                   std::size_t length);

}  // namespace kwhatif::document
