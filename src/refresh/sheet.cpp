#include "sheet.hpp"

#include <kwhatif/diag/words.hpp>
#include <kwhatif/quantity/format.hpp>
#include <kwhatif/quantity/parse.hpp>

#include <algorithm>
#include <array>
#include <charconv>
#include <cmath>

namespace kwhatif::refresh {

namespace {

constexpr std::size_t head_lines = 8;  // titles, units and codes that stand above or as the head
constexpr int first_year = 1900;
constexpr int last_year = 2100;
constexpr std::array nothing{"", "-", "--", "n/a", "na", "nan", "null", "none", ".."};

bool has(const document::CsvRecord& record, std::string_view column) {
  const bool begins = column.ends_with('*');
  if (begins) column.remove_suffix(1);
  return std::ranges::any_of(record.fields, [&](const std::string& field) {
    const std::string f = folded_head(field);
    return begins ? f.starts_with(column) : f == column;
  });
}

}  // namespace

std::string lower(std::string_view text) {
  std::string out{text};
  for (char& c : out) {
    if (c >= 'A' && c <= 'Z') c = static_cast<char>(c - 'A' + 'a');
  }
  return out;
}

std::string folded_head(std::string_view name) {
  constexpr std::string_view subscript_two = "\xE2\x82\x82";
  std::string plain{name};
  for (auto at = plain.find(subscript_two); at != std::string::npos; at = plain.find(subscript_two))
    plain.replace(at, subscript_two.size(), "2");
  std::string out;
  for (const char c : lower(plain)) {
    const bool mark = !(c >= 'a' && c <= 'z') && !(c >= '0' && c <= '9');
    if (!mark)
      out += c;
    else if (!out.empty() && out.back() != ' ')
      out += ' ';
  }
  return std::string{diag::trimmed(out)};
}

Sheet::Sheet(std::shared_ptr<const diag::SourceText> source) : source_(std::move(source)) {
  document::CsvReader reader{source_->text, document::csv_separator(source_->text)};
  document::CsvRecord record;
  while (reader.next(record)) all_.push_back(record);
  if (all_.size() < 2)
    throw diag::UsageError({.code = "no-table",
                            .message = "no table in '" + source_->name + "'",
                            .help = "a downloaded file has a line of column names and lines of values"});
}

bool Sheet::take_head(const std::vector<std::string_view>& columns) {
  for (std::size_t i = 0; i < std::min(head_lines, all_.size()); ++i) {
    if (!std::ranges::all_of(columns, [&](std::string_view c) { return has(all_[i], c); })) continue;
    head_ = all_[i].fields;
    folded_.clear();
    for (const std::string& name : head_) folded_.push_back(folded_head(name));
    first_row_ = i + 1;
    return true;
  }
  if (head_.empty()) head_ = all_.front().fields;
  return false;
}
std::optional<std::size_t> Sheet::column(std::string_view name) const {
  const bool begins = name.ends_with('*');
  if (begins) name.remove_suffix(1);
  for (std::size_t i = 0; i < folded_.size(); ++i) {
    if (begins ? folded_[i].starts_with(name) : folded_[i] == name) return i;
  }
  return std::nullopt;
}

std::optional<std::size_t> Sheet::any_column(const std::vector<std::string_view>& names) const {
  for (const std::string_view name : names) {
    if (const auto found = column(name)) return found;
  }
  return std::nullopt;
}

std::size_t Sheet::needed(std::string_view name) const {
  if (const auto found = column(name)) return *found;
  throw diag::UsageError({.code = "missing-column",
                          .message = "no column '" + std::string{name} + "' in '" + source_->name + "'",
                          .help = "the file has: " + diag::listed(head_)});
}

std::string_view Sheet::cell(std::size_t row, std::optional<std::size_t> column) const {
  if (!column || *column >= record(row).fields.size()) return {};
  return record(row).fields[*column];
}

diag::Span Sheet::at(std::size_t row, std::optional<std::size_t> column) const {
  const document::CsvRecord& line = record(row);
  const std::size_t field = column && *column < line.fields.size() ? *column : 0;
  return document::span_at(source_, line.offsets[field], line.fields[field].size());
}

std::optional<double> Sheet::number(std::size_t row, std::optional<std::size_t> column) const {
  const std::string_view text = cell(row, column);
  const std::string word = lower(text);
  if (std::ranges::find(nothing, word) != nothing.end()) return std::nullopt;
  std::string digits{text};
  // a comma parts thousands before three digits; else it is a decimal comma, which could be either
  for (auto at = digits.find(','); at != std::string::npos; at = digits.find(',', at + 1)) {
    const auto group = digits.find_first_not_of("0123456789", at + 1);
    const std::size_t length = std::min(group, digits.size()) - at - 1;
    if (length != 3)
      diag::refuse("not-a-number",
                   "'" + std::string{text} + "' in column '" + head_[*column] + "' has a decimal comma",
                   this->at(row, column),
                   "numbers are plain decimals: 56.04; a comma parts thousands: 1,204.5");
  }
  std::erase(digits, ',');
  double out = 0;
  const auto [end, fault] = std::from_chars(digits.data(), digits.data() + digits.size(), out);
  if (fault != std::errc{} || end != digits.data() + digits.size() || !std::isfinite(out))
    diag::refuse("not-a-number",
                 "'" + std::string{text} + "' in column '" + head_[*column] + "' is not a number",
                 at(row, column), "numbers are plain decimals: 56.04");
  return out;
}

int Sheet::year(std::size_t row, std::optional<std::size_t> column) const {
  const std::string_view text = cell(row, column);
  const auto year = quantity::whole_number(text.substr(0, text.find('.')));
  if (!year || *year < first_year || *year > last_year)
    diag::refuse("not-a-year", "'" + std::string{text} + "' in column '" + head_[*column] + "' is not a year",
                 at(row, column), "a year is a whole number: 2025");
  return *year;
}

std::string two_decimals(double value) {
  std::string out = quantity::fixed(value, 2);
  while (out.ends_with('0')) out.pop_back();
  if (out.ends_with('.')) out.pop_back();
  return out;
}

}  // namespace kwhatif::refresh
