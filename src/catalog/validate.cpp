// Loader's checks over all rows: required keys, duplicate ids, references, values without source.
#include "across.hpp"
#include <kwhatif/diag/suggest.hpp>
#include <kwhatif/diag/words.hpp>

#include <algorithm>
#include <array>
#include <map>
#include <optional>
#include <set>
#include <utility>

namespace kwhatif::catalog {

namespace {

using Words = std::set<std::string, std::less<>>;

std::string observation_key(const RowDraft& row) {
  std::string key = row.id;
  if (schema(row.kind).unique_id) return key;
  for (const std::string_view part : {"year", "boundary", "basis", "signal", "accounting", "note"}) {
    if (const CellDraft* const cell = row.cell(part)) key += '|' + cell->text;
  }
  return key + '|' + row.source;
}

}  // namespace

void Loader::validate() {
  draft_base();
  keep_rest_of_base();
  check_required();
  check_ids();
  check_references();
  if (!enough()) check_across();
  // advice is for the user, when all else is well
  const auto severe = [](const diag::Diagnostic& d) { return d.severity == diag::Severity::error; };
  if (std::any_of(diagnostics_.begin(), diagnostics_.end(), severe))
    std::erase_if(diagnostics_, [](const diag::Diagnostic& d) { return d.severity == diag::Severity::note; });
  sort_diagnostics();
}

void Loader::check_required() {
  for (const RowDraft& row : rows_) {
    if (row.base || enough()) continue;
    const KindSchema& kind = schema(row.kind);
    std::vector<std::string> missing;
    std::string words;
    for (const Field& field : kind.fields) {
      if (!field.required || field.key == "id" || row.cell(field.key) != nullptr) continue;
      missing.emplace_back(field.key);
      if (field.type == FieldType::choice)
        words += (words.empty() ? "" : "; ") + std::string{field.key} + " is one of " +
                 diag::listed(diag::parts(field.detail));
    }
    if (!missing.empty())
      fault("missing-key", std::string{kind.name} + " '" + row.id + "' has no " + diag::listed(missing),
            row.span, words);
  }
}

void Loader::check_ids() {
  std::map<std::pair<Kind, std::string>, const RowDraft*> seen;
  for (const RowDraft& row : rows_) {
    if (enough()) break;
    if (row.base) continue;
    const auto [first, fresh] = seen.try_emplace({row.kind, observation_key(row)}, &row);
    if (!fresh)
      fault("duplicate-id", std::string{schema(row.kind).name} + " '" + row.id + "' is defined twice",
            row.span,
            "the first is at " + first->second->file + ':' + std::to_string(first->second->span.line));
  }
}

// An edition has a source for every value; the user answers for their own tables, and is advised.
bool Loader::check_provenance(const RowDraft& row, const CellDraft& cell) {
  const std::string_view key = schema(row.kind).fields[cell.field].key;
  const auto severity = purpose_ == Purpose::whole ? diag::Severity::error : diag::Severity::note;
  const std::string of = std::string{key} + " of '" + row.id + '\'';
  if (cell.source.empty() && row.source.empty()) {
    fault("no-source", of + " has no source", cell.span,
          "give source and at to the value, the row or [defaults]", severity);
    return false;
  }
  if (cell.at.empty() && row.at.empty()) {
    fault("no-locator", of + " does not say where in its source", cell.span,
          "add at = \"page, table, column\"", severity);
    return false;
  }
  if (cell.standing == Standing::none && row.standing == Standing::none) {
    fault("no-status", of + " has no status", cell.span, "status is " + std::string{standing_words},
          severity);
    return false;
  }
  return true;
}

void Loader::check_references() {
  std::array<Words, kind_count> ids;
  for (const RowDraft& row : rows_) {
    if (!row.base) ids[static_cast<std::size_t>(row.kind)].insert(row.id);
  }
  const auto has_row = [&](Kind kind, std::string_view id) {
    const auto [first, last] = rows_with_id(*base_, kind, id);
    return first < last;
  };
  const auto known = [&](Kind kind, std::string_view id) {
    return ids[static_cast<std::size_t>(kind)].contains(id) || (base_ != nullptr && has_row(kind, id));
  };
  std::optional<AllRows> all;  // for names, which people write in the place of ids
  const auto unknown_reference = [&](const std::string& what, Kind kind, const std::string& id,
                                     const diag::Span& at) {
    if (!all) all.emplace(rows_, base_.get());
    const std::string named = all->id_of(kind, id);
    fault("unknown-reference", what + " names no " + std::string{schema(kind).name} + ": '" + id + "'", at,
          named.empty() ? diag::did_you_mean(id, all->ids(kind)) : "write its id, '" + named + "'");
  };
  // The values of "kind.key", gathered when a row first asks for them.
  std::map<std::string_view, Words> gathered;
  const auto known_words = [&](std::string_view kind_and_key) -> const Words& {
    const auto [at, fresh] = gathered.try_emplace(kind_and_key);
    Words& words = at->second;
    if (!fresh) return words;
    const auto dot = kind_and_key.find('.');
    const Kind kind = *kind_named(kind_and_key.substr(0, dot));
    const std::size_t key = *schema(kind).index(kind_and_key.substr(dot + 1));
    for (const RowDraft& row : rows_) {
      for (const CellDraft& cell : row.cells) {
        if (row.kind == kind && cell.field == key) words.insert(cell.text);
      }
    }
    if (base_ != nullptr)
      each_text(*base_, kind, key, [&](std::size_t, std::string_view text) { words.emplace(text); });
    return words;
  };
  Words reported;
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
    bool has_provenance = true;  // said once a row
    for (const CellDraft& cell : row.cells) {
      if (cell.base) continue;
      const Field& field = kind.fields[cell.field];
      if (!cell.source.empty() && !known(Kind::source, cell.source) && reported.insert(cell.source).second)
        unknown_reference("source", Kind::source, cell.source, cell.span);
      if (field.type == FieldType::known) {
        const Words& words = known_words(field.detail);
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
      if (needs_source && field.key != "study" && has_provenance)
        has_provenance = check_provenance(row, cell);
    }
  }
}

void Loader::sort_diagnostics() {
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
