#include "loader.hpp"

#include <kwhatif/diag/suggest.hpp>
#include <kwhatif/diag/words.hpp>

#include <algorithm>
#include <filesystem>
#include <iterator>
#include <optional>

namespace kwhatif::catalog {

using document::Entry;
using document::Value;
using Type = document::Value::Type;

namespace {

constexpr std::string_view edition_form = "edition/1";
constexpr std::string_view edition_file = "edition.toml";

}  // namespace

void Loader::fault(std::string code, std::string message, const diag::Span& where, std::string help,
                   diag::Severity severity) {
  diagnostics_.push_back({.code = std::move(code),
                          .message = std::move(message),
                          .where = where,
                          .help = std::move(help),
                          .severity = severity});
}

bool Loader::expect(const Value& value, Type type, std::string_view what) {
  if (value.type == type && value.text.find('\0') == std::string::npos) return true;
  if (value.type == type) {
    fault("bad-text", "a text may not hold a zero byte", value.span);
    return false;
  }
  fault("wrong-type",
        std::string{what} + " must be " + std::string{document::type_name(type)} + ", not " +
            std::string{document::type_name(value.type)},
        value.span);
  return false;
}

void Loader::throw_if_faulty() const {
  std::vector<diag::Diagnostic> faults;
  std::copy_if(diagnostics_.begin(), diagnostics_.end(), std::back_inserter(faults),
               [](const diag::Diagnostic& d) { return d.severity == diag::Severity::error; });
  if (!faults.empty()) throw diag::DataError(std::move(faults));
}

bool Loader::has_edition(const std::string& path) {
  std::error_code ignored;
  return std::filesystem::is_regular_file(std::filesystem::path(path) / edition_file, ignored);
}

// `edition = "2026.11"`: year and month, and a letter where a month has several.
void Loader::read_edition(const Value& root) {
  for (const Entry& entry : root.entries) {
    if (entry.key != "schema" && entry.key != "edition" && entry.key != "note")
      fault("unknown-key", "no key '" + entry.key + "' in " + std::string{edition_file}, entry.key_span,
            "it holds schema, edition and note");
  }
  const Value* said = root.find("edition");
  if (said == nullptr) {
    fault("missing-key", std::string{edition_file} + " does not name the edition", root.span,
          "write for example edition = \"2026.11\"");
    return;
  }
  if (!expect(*said, Type::text, "edition")) return;
  constexpr std::string_view form = "0000.00";
  bool fits = said->text.size() >= form.size() && said->text.size() <= form.size() + 1;
  for (std::size_t i = 0; fits && i < said->text.size(); ++i) {
    const char c = said->text[i];
    const bool digit = c >= '0' && c <= '9';
    fits = i >= form.size() ? c >= 'a' && c <= 'z' : (form[i] == '0' ? digit : c == form[i]);
  }
  if (!fits)
    fault("bad-edition", "no edition '" + said->text + "'", said->span,
          "an edition is a year and a month, \"2026.11\", and a letter where a month has several");
  else if (purpose_ == Purpose::whole)
    edition_ = said->text;
}

void Loader::add(const std::string& path) {
  namespace fs = std::filesystem;
  std::error_code error;
  if (!fs::is_directory(path, error)) {
    add_file(path, path);
    return;
  }
  std::vector<std::string> files;
  for (auto it = fs::recursive_directory_iterator(path, fs::directory_options::skip_permission_denied, error);
       !error && it != fs::recursive_directory_iterator(); it.increment(error)) {
    if (it->path().extension() == ".toml" && it->is_regular_file(error)) files.push_back(it->path().string());
  }
  std::sort(files.begin(), files.end());
  if (files.empty()) {
    diagnostics_.push_back({.code = "no-tables",
                            .message = "no table (*.toml) in the folder '" + path + "'",
                            .help = "tables are TOML files with a line such as schema = \"hardware/1\""});
  }
  for (const std::string& file : files) {
    add_file(file,
             path == "." ? file : fs::path(file).lexically_relative(fs::path(path).parent_path()).string());
  }
}

void Loader::add_file(const std::string& path, const std::string& shown_name) {
  try {
    auto source = document::read_file(path);
    auto renamed = std::make_shared<diag::SourceText>(*source);
    renamed->name = shown_name;
    const Value root = document::parse_toml(std::move(renamed));
    const std::string folder = std::filesystem::path(path).parent_path().string();
    const Value* schema_value = root.find("schema");
    if (schema_value == nullptr || schema_value->type != Type::text) {
      diag::Span top = root.span;
      top.line = 1;
      top.column = 1;
      std::string kind = "hardware";  // or what its tables are called
      for (const Entry& entry : root.entries) {
        if (const auto named = kind_named(entry.key)) kind = schema(*named).name;
      }
      fault("no-schema", "the file does not say what it holds", top,
            "begin with a line such as schema = \"" + kind + "/1\"");
      return;
    }
    const std::string_view text = schema_value->text;
    if (text == edition_form) {
      read_edition(root);
      return;
    }
    const auto slash = text.find('/');
    const std::string_view kind_name = text.substr(0, slash);
    const auto kind = kind_named(kind_name);
    if (!kind || schema(*kind).name != kind_name) {
      std::vector<std::string_view> names;
      for (const KindSchema& s : schemas()) names.push_back(s.name);
      fault("unknown-schema", "no kind of table '" + std::string{kind_name} + "'", schema_value->span,
            diag::did_you_mean(kind_name, names));
      return;
    }
    if (slash == std::string_view::npos || text.substr(slash + 1) != "1") {
      fault("unknown-schema", "version of the form must be 1: '" + std::string{text} + "'",
            schema_value->span, "write \"" + std::string{kind_name} + "/1\"");
      return;
    }
    Inherited defaults;
    if (const Value* table = root.find("defaults");
        table != nullptr && expect(*table, Type::table, "defaults")) {
      for (const Entry& entry : table->entries) {
        if (!take_provenance(defaults, entry.key, entry.value)) {
          fault("unknown-key", "no key '" + entry.key + "' in defaults", entry.key_span,
                "defaults may hold source, at and status");
        }
      }
    }
    if (*kind == Kind::study) {
      read_study(root, defaults);
      return;
    }
    for (const Entry& entry : root.entries) {
      if (entry.key == "schema" || entry.key == "defaults") continue;
      if (entry.key == kind_name) {
        if (entry.value.type == Type::table) {
          fault("wrong-type", '[' + entry.key + "] is one table, not a list of rows", entry.value.span,
                "each row begins with two brackets: [[" + entry.key + "]]");
        } else if (expect(entry.value, Type::array, "[[" + entry.key + "]]"))
          read_rows(entry.value, *kind, defaults, folder);
      } else if (entry.key == "table") {
        if (!expect(entry.value, Type::array, "[[table]]")) continue;
        for (const Value& table : entry.value.items) {
          if (expect(table, Type::table, "[[table]]")) read_table(table, *kind, defaults);
        }
      } else {
        const std::vector<std::string_view> known{"schema", "defaults", "table", kind_name};
        std::string help = diag::did_you_mean(entry.key, known);
        if (help.empty()) help = "rows stand under [[" + std::string{kind_name} + "]] or in a [[table]]";
        fault("unknown-key", "no key '" + entry.key + "' at the top of a " + std::string{kind_name} + " file",
              entry.key_span, help);
      }
    }
  } catch (const diag::Error& error) {
    diagnostics_.insert(diagnostics_.end(), error.diagnostics().begin(), error.diagnostics().end());
  }
}

bool Loader::take_provenance(Inherited& target, const std::string& key, const Value& value) {
  if (key != "source" && key != "at" && key != "status") return false;
  if (!expect(value, Type::text, key)) return true;
  if (key == "source") target.source = value.text;
  if (key == "at") target.at = value.text;
  if (key == "status") {
    target.standing = standing_from(value.text);
    if (target.standing == Standing::none)
      fault("unknown-status", "no status '" + value.text + "'", value.span,
            "status is " + std::string{standing_words});
  }
  return true;
}

// Keys that every row may have beside those of its kind.
bool Loader::take_row_words(RowDraft& row, const std::string& key, const Value& value) {
  if (key == "source" || key == "at" || key == "status") return true;
  if (key == "replace") {
    if (expect(value, Type::boolean, key)) row.replace = value.integer != 0;
    return true;
  }
  if (key != "unusual") return false;
  if (!expect(value, Type::text, key)) return true;
  row.unusual = value.text;
  row.unusual_span = value.span;
  return true;
}

RowDraft Loader::begin_row(const Value& table, Kind kind, const Inherited& defaults) {
  RowDraft row;
  row.kind = kind;
  row.span = table.span;
  row.file = table.span.source ? table.span.source->name : std::string{};
  Inherited inherited = defaults;
  for (const Entry& entry : table.entries) {
    // `source` is also a key of its own where a study names its publication
    take_provenance(inherited, entry.key, entry.value);
  }
  row.source = inherited.source;
  row.at = inherited.at;
  row.standing = inherited.standing;
  return row;
}

void Loader::read_rows(const Value& array, Kind kind, const Inherited& defaults, const std::string& folder) {
  for (const Value& table : array.items) {
    if (enough()) return;
    if (!expect(table, Type::table, "a row")) continue;
    RowDraft row = begin_row(table, kind, defaults);
    for (const Entry& entry : table.entries) {
      if (take_row_words(row, entry.key, entry.value)) continue;
      read_key(row, entry.key, entry.value, entry.key_span, folder);
    }
    finish_row(std::move(row));
  }
}

void Loader::read_table(const Value& table, Kind kind, const Inherited& defaults) {
  Inherited inherited = defaults;
  const Value* columns = table.find("columns");
  const Value* rows = table.find("rows");
  const Value* units = table.find("unit");
  const Value* shared = table.find("row");
  for (const Entry& entry : table.entries) {
    if (take_provenance(inherited, entry.key, entry.value)) continue;
    if (entry.key != "columns" && entry.key != "rows" && entry.key != "unit" && entry.key != "row") {
      const std::vector<std::string_view> known{"columns", "rows", "unit", "row", "source", "at", "status"};
      fault("unknown-key", "no key '" + entry.key + "' in a [[table]]", entry.key_span,
            diag::did_you_mean(entry.key, known));
    }
  }
  if (columns == nullptr || rows == nullptr) {
    fault("missing-key", "a [[table]] needs columns and rows", table.span);
    return;
  }
  if (!expect(*columns, Type::array, "columns") || !expect(*rows, Type::array, "rows")) return;
  for (const Value& cells : rows->items) {
    if (enough()) return;
    if (!expect(cells, Type::array, "a row")) continue;
    if (cells.items.size() != columns->items.size()) {
      fault("short-row",
            "the row has " + std::to_string(cells.items.size()) + " cells for " +
                std::to_string(columns->items.size()) + " columns",
            cells.span);
      continue;
    }
    RowDraft row;
    row.kind = kind;
    row.span = cells.span;
    row.file = cells.span.source ? cells.span.source->name : std::string{};
    Inherited own = inherited;
    for (std::size_t i = 0; i < cells.items.size(); ++i) {
      const Value& cell = cells.items[i];
      if (cell.type == Type::text && cell.text.empty()) continue;
      take_provenance(own, columns->items[i].text, cell);
    }
    row.source = own.source;
    row.at = own.at;
    row.standing = own.standing;
    for (std::size_t i = 0; i < cells.items.size(); ++i) {
      const std::string& key = columns->items[i].text;
      const Value& cell = cells.items[i];
      if (cell.type == Type::text && cell.text.empty()) continue;  // an empty cell: no value
      if (take_row_words(row, key, cell)) continue;
      const Value* unit = units != nullptr ? units->find(key) : nullptr;
      read_key(row, key, cell, columns->items[i].span, {},
               unit != nullptr ? std::string_view{unit->text} : "");
    }
    if (shared != nullptr) {
      for (const Entry& entry : shared->entries) {
        if (std::find_if(columns->items.begin(), columns->items.end(),
                         [&](const Value& c) { return c.text == entry.key; }) == columns->items.end() &&
            !take_row_words(row, entry.key, entry.value)) {
          read_key(row, entry.key, entry.value, entry.key_span, {});
        }
      }
    }
    finish_row(std::move(row));
  }
}

void Loader::read_study(const Value& root, const Inherited& defaults) {
  const Value* head = root.find("study");
  if (head == nullptr || head->type != Type::table) {
    fault("missing-key", "a study file needs a [study] table", root.span,
          "a line [study], below it id, title and source; then the rows, each below [[row]]");
    return;
  }
  RowDraft study = begin_row(*head, Kind::study, defaults);
  for (const Entry& entry : head->entries) {
    if (entry.key == "at" || entry.key == "status") continue;
    read_key(study, entry.key, entry.value, entry.key_span, {});
  }
  const std::string study_id = study.id;
  finish_row(std::move(study));
  for (const Entry& entry : root.entries) {
    if (entry.key == "schema" || entry.key == "defaults" || entry.key == "study") continue;
    if (entry.key != "row") {
      fault("unknown-key", "no key '" + entry.key + "' at the top of a study file", entry.key_span,
            "rows stand under [[row]]");
      continue;
    }
    if (!expect(entry.value, Type::array, "[[row]]")) continue;
    for (const Value& table : entry.value.items) {
      if (!expect(table, Type::table, "[[row]]")) continue;
      RowDraft row = begin_row(table, Kind::run, defaults);
      for (const Entry& item : table.entries) {
        if (take_row_words(row, item.key, item.value)) continue;
        const bool group = item.key == "facts" || item.key == "inputs" || item.key == "published" ||
                           item.key == "why" || item.key == "missing" || item.key == "compute";
        if (!group) {
          read_key(row, item.key, item.value, item.key_span, {});
          continue;
        }
        if (!expect(item.value, Type::table, "[row." + item.key + "]")) continue;
        for (const Entry& inner : item.value.entries) {
          read_key(row, item.key + '.' + inner.key, inner.value, inner.key_span, {});
        }
      }
      if (!row.id.empty()) row.id.insert(0, study_id + '/');
      CellDraft study_cell;
      study_cell.field = *schema(Kind::run).index("study");
      study_cell.text = study_id;
      row.cells.push_back(study_cell);
      finish_row(std::move(row));
    }
  }
}

void Loader::read_key(RowDraft& row, const std::string& key, const Value& value, const diag::Span& key_span,
                      const std::string& folder, std::string_view default_unit) {
  if (enough()) return;
  const KindSchema& kind = schema(row.kind);
  const auto field = kind.index(key);
  if (!field) {
    fault("unknown-key", "no key '" + key + "' in a row of kind " + std::string{kind.name}, key_span,
          help_for_key(kind, key));
    return;
  }
  if (key == "id") {
    if (!expect(value, Type::text, "id")) return;
    row.id = value.text;
    row.span = value.span;
    return;
  }
  const Field& declared = kind.fields[*field];
  const bool many = value.type == Type::array;
  if (declared.type == FieldType::list || (many && declared.type != FieldType::texts)) {
    if (!many) {
      expect(value, Type::array, key);
      return;
    }
    for (const Value& item : value.items) read_value(row, *field, item, folder, default_unit);
    return;
  }
  if (declared.type == FieldType::texts) {
    if (value.type == Type::text) {
      read_value(row, *field, value, folder, default_unit);
      return;
    }
    if (!expect(value, Type::array, key)) return;
    for (const Value& item : value.items) read_value(row, *field, item, folder, default_unit);
    return;
  }
  read_value(row, *field, value, folder, default_unit);
}

void Loader::read_value(RowDraft& row, std::size_t field, const Value& value, const std::string& folder,
                        std::string_view default_unit) {
  const Field& declared = schema(row.kind).fields[field];
  CellDraft cell;
  cell.field = field;
  cell.span = value.span;
  if (value.type != Type::table) {
    interpret(cell, declared, value, folder, default_unit);
    row.cells.push_back(std::move(cell));
    return;
  }
  Inherited own;
  const Value* low = value.find("low");
  const Value* high = value.find("high");
  const bool listed = declared.type == FieldType::list;
  for (const Entry& entry : value.entries) {
    if (take_provenance(own, entry.key, entry.value)) continue;
    const std::string& key = entry.key;
    if (key == "value") {
      interpret(cell, declared, entry.value, folder, default_unit);
    } else if (key == "note" || key == "label" || key == "why") {
      if (expect(entry.value, Type::text, key)) cell.note = entry.value.text;
    } else if (key == "date") {
      if (entry.value.type == Type::other || expect(entry.value, Type::text, key))
        cell.date = entry.value.text;
    } else if (key == "unusual") {
      take_row_words(row, key, entry.value);
    } else if (key == "ref" && listed) {
      if (expect(entry.value, Type::text, key)) cell.text = '@' + entry.value.text;
    } else if (key == "id" && listed) {
      if (expect(entry.value, Type::text, key)) cell.text = entry.value.text;
    } else if (key != "low" && key != "high") {
      const std::vector<std::string_view> known{"value", "source", "at",   "status", "note",
                                                "low",   "high",   "date", "unusual"};
      fault("unknown-key", "no key '" + key + "' in a value", entry.key_span, diag::did_you_mean(key, known));
    }
  }
  if (low != nullptr || high != nullptr) {
    CellDraft end = cell;
    if (low != nullptr) {
      interpret(end, declared, *low, folder, default_unit);
      cell.low = end.value;
    }
    if (high != nullptr) {
      interpret(end, declared, *high, folder, default_unit);
      cell.high = end.value;
    }
    if (low == nullptr || high == nullptr) {
      fault("bad-spread", low == nullptr ? "high without low" : "low without high",
            low == nullptr ? high->span : low->span, "a spread has both ends");
    } else if (cell.low > cell.high) {
      fault("bad-spread", "low is above high", low->span);
    }
  }
  if (cell.text.empty() && value.find("value") == nullptr)
    fault("missing-key", "the value has no key 'value'", value.span);
  cell.source = own.source;
  cell.at = own.at;
  cell.standing = own.standing;
  row.cells.push_back(std::move(cell));
}

// Of a file beside the table.
void Loader::read_content(CellDraft& cell, const Value& value, const std::string& folder) {
  try {
    cell.text = document::read_file((std::filesystem::path(folder) / value.text).string())->text;
  } catch (const diag::Error& error) {
    fault("cannot-read", error.diagnostics().front().message, value.span);
  }
}

void Loader::finish_row(RowDraft row) {
  const KindSchema& kind = schema(row.kind);
  if (row.id.empty()) {
    fault("missing-key", "a row of kind " + std::string{kind.name} + " without id", row.span);
    return;
  }
  // words for people stand where people look for them
  if (const auto note = kind.index("note"); note && !row.unusual.empty()) {
    const std::string words = "unusual: " + row.unusual;
    const auto said = std::find_if(row.cells.begin(), row.cells.end(),
                                   [&](const CellDraft& c) { return c.field == *note; });
    if (said != row.cells.end()) {
      said->text += "; " + words;
    } else {
      CellDraft cell;
      cell.field = *note;
      cell.text = words;
      cell.span = row.unusual_span;
      row.cells.push_back(std::move(cell));
    }
  }
  std::stable_sort(row.cells.begin(), row.cells.end(),
                   [](const CellDraft& a, const CellDraft& b) { return a.field < b.field; });
  rows_.push_back(std::move(row));
}

}  // namespace kwhatif::catalog
