// A downloaded file as a head and rows that know their place. The head need not be the first line: exports of
// spreadsheets have titles above it. Does not live here: what columns mean (read_*.cpp).
#pragma once

#include <kwhatif/diag/diagnostic.hpp>
#include <kwhatif/document/csv.hpp>

#include <cstddef>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace kwhatif::refresh {

/// Lower case, one blank for any run of blanks and marks; "₂" as 2: heads differ in such things by the year.
std::string folded_head(std::string_view name);

/// ASCII letters as small ones, whatever the locale.
std::string lower(std::string_view text);

class Sheet {
 public:
  /// @errors diag::UsageError: no-table where the text has no two lines with the same number of fields
  explicit Sheet(std::shared_ptr<const diag::SourceText> source);

  const std::string& name() const { return source_->name; }
  const std::vector<std::string>& head() const { return head_; }
  std::size_t rows() const { return all_.size() - first_row_; }

  /// Takes the first of the first lines as head that has all of these columns; false where none has.
  bool take_head(const std::vector<std::string_view>& columns);
  /// A column by its folded name, or one whose folded name begins so where it ends in '*'.
  std::optional<std::size_t> column(std::string_view name) const;
  /// The first of several that the file has.
  std::optional<std::size_t> any_column(const std::vector<std::string_view>& names) const;
  /// @errors diag::UsageError: missing-column
  std::size_t needed(std::string_view name) const;

  /// A cell; empty where the row is short or the column is none.
  std::string_view cell(std::size_t row, std::optional<std::size_t> column) const;
  /// A number; none where the cell is empty or says that there is none ("NA", "-", "N/A").
  /// @errors diag::UsageError: not-a-number
  std::optional<double> number(std::size_t row, std::optional<std::size_t> column) const;
  /// @errors diag::UsageError: not-a-year
  int year(std::size_t row, std::optional<std::size_t> column) const;
  diag::Span at(std::size_t row, std::optional<std::size_t> column) const;

 private:
  const document::CsvRecord& record(std::size_t row) const { return all_[first_row_ + row]; }

  std::shared_ptr<const diag::SourceText> source_;
  std::vector<std::string> head_;    ///< as written
  std::vector<std::string> folded_;  ///< the same, folded
  std::size_t first_row_ = 0;        ///< below the head
  std::vector<document::CsvRecord> all_;
};

/// Two decimals and no zeros at the end: what the tables hold of longer values. "621.14856" is "621.15".
std::string two_decimals(double value);

}  // namespace kwhatif::refresh
