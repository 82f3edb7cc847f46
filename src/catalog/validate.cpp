// Loader's checks over all rows: references, duplicate ids, values without source.
#include "loader.hpp"
#include <kwhatif/diag/suggest.hpp>

#include <algorithm>
#include <array>
#include <map>
#include <set>
#include <utility>

namespace kwhatif::catalog {

namespace {

std::string observation_key(const RowDraft& row) {
  std::string key = row.id;
  const KindSchema& kind = schema(row.kind);
  if (kind.unique_id) return key;
  for (const std::string_view part : {"year", "boundary", "basis", "signal", "accounting", "note"}) {
    const auto field = kind.index(part);
    for (const CellDraft& cell : row.cells) {
      if (field && cell.field == *field) key += '|' + cell.text;
    }
  }
  return key + '|' + row.source;
}

}  // namespace

void Loader::validate() {
  std::array<std::set<std::string, std::less<>>, kind_count> ids;
  for (const RowDraft& row : rows_) ids[static_cast<std::size_t>(row.kind)].insert(row.id);
  const auto known = [&](Kind kind, std::string_view id) {
    return ids[static_cast<std::size_t>(kind)].contains(id);
  };
  const auto unknown_reference = [&](const std::string& what, Kind kind, const std::string& id,
                                     const diag::Span& at) {
    std::vector<std::string_view> names;
    for (const std::string& name : ids[static_cast<std::size_t>(kind)]) names.push_back(name);
    fault("unknown-reference", what + " names no " + std::string{schema(kind).name} + ": '" + id + "'", at,
          diag::did_you_mean(id, names));
  };
  // The values of "kind.key", gathered when a row first asks for them.
  std::map<std::string_view, std::set<std::string, std::less<>>> gathered;
  const auto known_words = [&](std::string_view kind_and_key) -> const std::set<std::string, std::less<>>& {
    const auto [words, fresh] = gathered.try_emplace(kind_and_key);
    if (!fresh) return words->second;
    const auto dot = kind_and_key.find('.');
    const Kind kind = *kind_named(kind_and_key.substr(0, dot));
    const std::size_t key = *schema(kind).index(kind_and_key.substr(dot + 1));
    for (const RowDraft& row : rows_) {
      for (const CellDraft& cell : row.cells) {
        if (row.kind == kind && cell.field == key) words->second.insert(cell.text);
      }
    }
    return words->second;
  };
  std::map<std::pair<Kind, std::string>, const RowDraft*> seen;
  std::set<std::string, std::less<>> reported;
  for (const RowDraft& row : rows_) {
    if (enough()) break;
    if (row.base) continue;
    const auto [first, fresh] = seen.try_emplace({row.kind, observation_key(row)}, &row);
    if (!fresh)
      fault("duplicate-id", std::string{schema(row.kind).name} + " '" + row.id + "' is defined twice",
            row.span,
            "the first is at " + first->second->file + ':' + std::to_string(first->second->span.line));
  }
  for (const RowDraft& row : rows_) {
    if (enough()) break;
    if (row.base) continue;
    const KindSchema& kind = schema(row.kind);
    const bool needs_source =
        row.kind != Kind::source && row.kind != Kind::study && row.kind != Kind::imported;
    if (!row.source.empty() && !known(Kind::source, row.source) && row.kind != Kind::source &&
        reported.insert(row.source).second)
      unknown_reference("source", Kind::source, row.source, row.span);
    if (kind.index("id") && kind.fields[*kind.index("id")].type == FieldType::reference) {
      const Kind target = *kind_named(kind.fields[*kind.index("id")].detail);
      if (!known(target, row.id)) unknown_reference("id", target, row.id, row.span);
    }
    for (const CellDraft& cell : row.cells) {
      const Field& field = kind.fields[cell.field];
      if (!cell.source.empty() && !known(Kind::source, cell.source) && reported.insert(cell.source).second)
        unknown_reference("source", Kind::source, cell.source, cell.span);
      if (field.type == FieldType::known) {
        const auto& words = known_words(field.detail);
        if (!words.contains(cell.text)) {
          const std::vector<std::string_view> names(words.begin(), words.end());
          fault(
              "unknown-word", std::string{field.key} + " cannot be '" + cell.text + "'", cell.span,
              diag::did_you_mean(cell.text, names) + " the words are those of " + std::string{field.detail});
        }
      }
      const bool refers =
          field.type == FieldType::reference || (field.type == FieldType::texts && !field.detail.empty());
      if (refers && !cell.text.empty()) {
        const Kind target = *kind_named(field.detail);
        if (!known(target, cell.text))
          unknown_reference(std::string{field.key}, target, cell.text, cell.span);
      }
      if (!needs_source || field.key == "study") continue;
      if (cell.source.empty() && row.source.empty()) {
        fault("no-source", std::string{field.key} + " of '" + row.id + "' has no source", cell.span,
              "give source and at to the value, the row or [defaults]");
        break;
      }
      if (cell.at.empty() && row.at.empty()) {
        fault("no-locator", std::string{field.key} + " of '" + row.id + "' does not say where in its source",
              cell.span, "add at = \"page, table, column\"");
        break;
      }
      if (cell.standing == Standing::none && row.standing == Standing::none) {
        fault("no-status", std::string{field.key} + " of '" + row.id + "' has no status", cell.span,
              "status is " + std::string{standing_words});
        break;
      }
    }
  }
  std::stable_sort(
      diagnostics_.begin(), diagnostics_.end(), [](const diag::Diagnostic& a, const diag::Diagnostic& b) {
        const std::string_view left = a.where.source ? std::string_view{a.where.source->name} : "";
        const std::string_view right = b.where.source ? std::string_view{b.where.source->name} : "";
        if (left != right) return left < right;
        return a.where.line != b.where.line ? a.where.line < b.where.line : a.where.column < b.where.column;
      });
  // a misspelt column is one fault, not one per row
  const auto repeated =
      std::unique(diagnostics_.begin(), diagnostics_.end(), [](const auto& a, const auto& b) {
        return a.code == b.code && a.message == b.message && a.where.source == b.where.source &&
               a.where.line == b.where.line && a.where.column == b.where.column;
      });
  diagnostics_.erase(repeated, diagnostics_.end());
}

}  // namespace kwhatif::catalog
