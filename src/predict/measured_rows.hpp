// Rows of the files of measurements: text, numbers, yes and no by the name of the column.
#pragma once

#include <kwhatif/catalog/catalog.hpp>
#include <kwhatif/diag/diagnostic.hpp>
#include <kwhatif/document/csv.hpp>

#include <algorithm>
#include <charconv>
#include <functional>
#include <initializer_list>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace kwhatif::predict {

/// One row of such a file.
class MeasuredRow {
 public:
  using Head = std::map<std::string, std::size_t, std::less<>>;
  MeasuredRow(const Head& head, std::vector<std::string> cells) : head_(head), cells_(std::move(cells)) {}

  const std::string& text(std::string_view key) const {
    const auto found = head_.find(key);
    if (found == head_.end() || found->second >= cells_.size())
      throw diag::InternalError("timings: no column '" + std::string{key} + "'");
    return cells_[found->second];
  }
  std::optional<double> number(std::string_view key) const {
    const std::string& t = text(key);
    if (t.empty()) return std::nullopt;
    double out = 0;
    const auto [end, fault] = std::from_chars(t.data(), t.data() + t.size(), out);
    if (fault != std::errc{} || end != t.data() + t.size())
      throw diag::InternalError("timings: '" + t + "' of '" + text("id") + "' is no number");
    return out;
  }
  double needed(std::string_view key) const {
    const auto out = number(key);
    if (!out) throw diag::InternalError("timings: '" + text("id") + "' has no " + std::string{key});
    return *out;
  }
  std::optional<bool> yes(std::string_view key) const {
    const std::string& t = text(key);
    if (t.empty()) return std::nullopt;
    return t == "yes";
  }
  template <class Enum>
  Enum word(std::string_view key, std::initializer_list<std::pair<std::string_view, Enum>> words) const {
    for (const auto& [name, value] : words)
      if (text(key) == name) return value;
    throw diag::InternalError("timings: '" + text(key) + "' of '" + text("id") + "' is no " +
                              std::string{key});
  }

 private:
  const Head& head_;
  std::vector<std::string> cells_;
};

/// Calls `take` with every row of the measurements of that id.
template <class Take>
void for_each_measured(const catalog::Catalog& catalog, std::string_view id, const Take& take) {
  for (const auto& row : catalog.rows(catalog::Kind::timing)) {
    if (row.id() != id) continue;
    document::CsvReader records(row.text("values"), ',');
    document::CsvRecord record;
    MeasuredRow::Head head;
    while (records.next(record)) {
      auto& cells = record.fields;
      if (head.empty()) {
        for (std::size_t i = 0; i < cells.size(); ++i) head.emplace(cells[i], i);
        continue;
      }
      if (cells.size() != head.size())
        throw diag::InternalError("timings: " + std::to_string(cells.size()) + " cells in '" + cells.front() +
                                  "'");
      take(MeasuredRow(head, std::move(cells)));
    }
  }
}

/// A field of the record that begins a text, as it stands there; none where its line is not the whole of it.
inline std::optional<std::string_view> raw_field(std::string_view line, std::size_t wanted) {
  std::size_t field = 0;
  std::size_t begin = 0;
  bool quoted = false;
  for (std::size_t i = 0; i < line.size(); ++i) {
    if (line[i] == '"') quoted = !quoted;
    if (line[i] != ',' || quoted) continue;
    if (field == wanted) return line.substr(begin, i - begin);
    ++field;
    begin = i + 1;
  }
  if (quoted || field < wanted) return std::nullopt;
  return line.substr(begin);
}

/// Calls `take` with the rows of the measurements of that id, but for those that have no number in a column,
/// or one below `least`: these are hardly read. A row of more than one line is not told from the others.
template <class Take>
void for_each_measured_from(const catalog::Catalog& catalog, std::string_view id, std::string_view column,
                            double least, const Take& take) {
  for (const auto& row : catalog.rows(catalog::Kind::timing)) {
    if (row.id() != id) continue;
    const std::string_view text = row.text("values");
    document::CsvReader records(text, ',');
    document::CsvRecord record;
    if (!records.next(record)) continue;
    MeasuredRow::Head head;
    for (std::size_t i = 0; i < record.fields.size(); ++i) head.emplace(record.fields[i], i);
    const auto place = head.find(column);
    while (true) {
      const std::string_view left = text.substr(records.position());
      const std::string_view line = left.substr(0, left.find('\n'));
      const bool plain =
          place != head.end() && !line.starts_with('#') && std::count(line.begin(), line.end(), '"') % 2 == 0;
      const auto field = plain ? raw_field(line, place->second) : std::nullopt;
      double number = 0;
      if (field &&
          (field->empty() ||
           (std::from_chars(field->data(), field->data() + field->size(), number).ec == std::errc{} &&
            number < least))) {
        records.skip_line();
        continue;
      }
      if (!records.next(record)) break;
      if (record.fields.size() != head.size())
        throw diag::InternalError("timings: " + std::to_string(record.fields.size()) + " cells in '" +
                                  record.fields.front() + "'");
      take(MeasuredRow(head, record.fields));
    }
  }
}

}  // namespace kwhatif::predict
