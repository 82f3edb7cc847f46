// Rows of the files of measurements: text, numbers, yes and no by the name of the column.
#pragma once

#include <kwhatif/catalog/catalog.hpp>
#include <kwhatif/diag/diagnostic.hpp>
#include <kwhatif/document/csv.hpp>

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

}  // namespace kwhatif::predict
