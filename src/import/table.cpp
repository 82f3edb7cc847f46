#include "forms.hpp"
#include "text.hpp"
#include <kwhatif/diag/words.hpp>
#include <kwhatif/document/csv.hpp>

#include <algorithm>

namespace kwhatif::imports {

namespace {

std::string head_name(std::string_view text) { return lowered(diag::trimmed(text)); }

}  // namespace

std::optional<std::size_t> TextTable::column(std::string_view head) const {
  const auto at = std::ranges::find(heads, head);
  if (at == heads.end()) return std::nullopt;
  return static_cast<std::size_t>(at - heads.begin());
}

std::string_view TextTable::cell(const Row& row, std::string_view head) const {
  const auto at = column(head);
  return at && *at < row.cells.size() ? std::string_view{row.cells[*at]} : std::string_view{};
}

std::optional<double> TextTable::number(const Row& row, std::string_view head) const {
  return imports::number(cell(row, head));
}

std::vector<std::string> heads_of(std::string_view text) {
  const char separator = document::csv_separator(text);
  document::CsvReader reader(text, separator);
  document::CsvRecord record;
  if (!reader.next(record)) return {};
  std::vector<std::string> out;
  for (const std::string& field : record.fields) out.push_back(head_name(field));
  return out;
}

TextTable read_table(std::string_view text, std::vector<std::string> heads) {
  TextTable out;
  out.separator = document::csv_separator(text);
  document::CsvReader reader(text, out.separator);
  document::CsvRecord record;
  out.heads = std::move(heads);
  std::size_t counted_to = 0;
  int line = 1;
  while (reader.next(record)) {
    const std::size_t at = record.offsets.front();
    line += static_cast<int>(std::count(text.begin() + static_cast<std::ptrdiff_t>(counted_to),
                                        text.begin() + static_cast<std::ptrdiff_t>(at), '\n'));
    counted_to = at;
    if (out.heads.empty()) {
      for (const std::string& field : record.fields) out.heads.push_back(head_name(field));
      continue;
    }
    // a head that comes again where files were joined
    if (record.fields.size() == out.heads.size() &&
        std::ranges::equal(record.fields, out.heads, {}, head_name))
      continue;
    if (record.fields.size() < out.heads.size()) {
      out.short_lines.push_back(line);
      continue;
    }
    out.rows.push_back({record.fields, line});
  }
  return out;
}

void say_short(Measurement& into, const TextTable& table) {
  if (table.short_lines.empty()) return;
  constexpr std::size_t shown = 5;
  std::string lines;
  for (std::size_t i = 0; i < table.short_lines.size() && i < shown; ++i)
    lines += (i == 0 ? "" : ", ") + std::to_string(table.short_lines[i]);
  if (table.short_lines.size() > shown) lines += " …";
  warn(into, "short-row",
       counted(table.short_lines.size(), "row") + " (line " + lines +
           ") with fewer fields than the head: which values are missing is not known, skipped");
}

void no_values(std::string message, std::string help) {
  diag::refuse("no-values", std::move(message), {}, std::move(help));
}

void add_readings(Measurement& into) {
  if (const auto power = summarise(into.readings, into.timed)) {
    add_power(into, *power);
    if (into.timed && power->to > power->from) into.clock = Clock{power->from, power->to, false};
  }
}

}  // namespace kwhatif::imports
