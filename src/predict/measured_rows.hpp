// Rows of the files of measurements: text, numbers, yes and no by the name of the column.
#pragma once

#include <kwhatif/catalog/catalog.hpp>
#include <kwhatif/diag/diagnostic.hpp>

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

/// Cells of one line of RFC 4180 without line breaks in fields.
inline std::vector<std::string> cells_of(std::string_view line) {
  std::vector<std::string> out{""};
  bool quoted = false;
  for (std::size_t i = 0; i < line.size(); ++i) {
    const char c = line[i];
    if (c == '"') {
      if (quoted && i + 1 < line.size() && line[i + 1] == '"')
        out.back() += line[++i];
      else
        quoted = !quoted;
    } else if (c == ',' && !quoted) {
      out.emplace_back();
    } else {
      out.back() += c;
    }
  }
  return out;
}

/// Calls `take` with every row of the measurements of that id.
template <class Take>
void for_each_measured(const catalog::Catalog& catalog, std::string_view id, const Take& take) {
  for (const auto& row : catalog.rows(catalog::Kind::timing)) {
    if (row.id() != id) continue;
    std::string_view rest = row.text("values");
    MeasuredRow::Head head;
    while (!rest.empty()) {
      const auto end = std::min(rest.find('\n'), rest.size());
      std::string_view text = rest.substr(0, end);
      rest.remove_prefix(std::min(end + 1, rest.size()));
      if (text.ends_with('\r')) text.remove_suffix(1);
      if (text.empty()) continue;
      auto cells = cells_of(text);
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
