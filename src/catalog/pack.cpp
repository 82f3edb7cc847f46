// Loader's last step: rows into flat, sorted records over one pool of strings.
#include "loader.hpp"
#include <kwhatif/diag/suggest.hpp>

#include <algorithm>
#include <unordered_map>

namespace kwhatif::catalog {

namespace {

class Pool {
 public:
  Pool() { text_.push_back('\0'); }
  std::uint32_t intern(const std::string& s) {
    if (s.empty()) return 0;
    const auto [at, fresh] = offsets_.try_emplace(s, static_cast<std::uint32_t>(text_.size()));
    if (fresh) {
      text_ += s;
      text_ += '\0';
    }
    return at->second;
  }
  std::string take() { return std::move(text_); }

 private:
  std::string text_;
  std::unordered_map<std::string, std::uint32_t> offsets_;
};

// The line of a value, never 0: that means a value that is built in.
std::uint32_t line_of(const CellDraft& cell, const RowDraft& row) {
  return static_cast<std::uint32_t>(std::max(1, cell.span.line > 0 ? cell.span.line : row.span.line));
}

// Tables that own what they view.
struct OwnedTables {
  Tables view;
  std::vector<RowRecord> rows;
  std::vector<CellRecord> cells;
  std::vector<AliasRecord> aliases;
  std::string strings;
};

}  // namespace

void Loader::add_base(const Tables& tables) {
  edition_ = tables.string(tables.edition);
  for (const RowRecord& record : tables.rows) {
    RowDraft row;
    row.base = true;
    row.kind = static_cast<Kind>(record.kind);
    row.id = tables.string(record.id);
    row.source = tables.string(record.source);
    row.at = tables.string(record.at);
    row.standing = static_cast<Standing>(record.standing);
    row.file = tables.string(record.file);
    row.span.line = static_cast<int>(record.line);
    for (const CellRecord& c : tables.cells.subspan(record.first_cell, record.cell_count)) {
      row.cells.push_back({.field = c.field,
                           .text = std::string{tables.string(c.text)},
                           .value = c.value,
                           .half_step = c.half_step,
                           .low = c.low,
                           .high = c.high,
                           .numeric = c.numeric != 0,
                           .source = std::string{tables.string(c.source)},
                           .at = std::string{tables.string(c.at)},
                           .note = std::string{tables.string(c.note)},
                           .date = std::string{tables.string(c.date)},
                           .standing = static_cast<Standing>(c.standing),
                           .span = {}});
    }
    rows_.push_back(std::move(row));
  }
}

std::shared_ptr<const Tables> Loader::finish() const {
  std::vector<const RowDraft*> order;
  order.reserve(rows_.size());
  for (const RowDraft& row : rows_) {
    if (!row.taken) order.push_back(&row);
  }
  std::stable_sort(order.begin(), order.end(), [](const RowDraft* a, const RowDraft* b) {
    return a->kind != b->kind ? a->kind < b->kind : a->id < b->id;
  });
  const bool over = std::any_of(rows_.begin(), rows_.end(), [](const RowDraft& row) { return row.base; });
  auto owned = std::make_shared<OwnedTables>();
  Pool pool;
  for (const RowDraft* row : order) {
    const auto index = static_cast<std::uint32_t>(owned->rows.size());
    const KindSchema& kind = schema(row->kind);
    owned->rows.push_back({.id = pool.intern(row->id),
                           .first_cell = static_cast<std::uint32_t>(owned->cells.size()),
                           .cell_count = static_cast<std::uint32_t>(row->cells.size()),
                           .source = pool.intern(row->source),
                           .at = pool.intern(row->at),
                           .file = pool.intern(row->file),
                           .line = static_cast<std::uint32_t>(std::max(0, row->span.line)),
                           .kind = static_cast<std::uint8_t>(row->kind),
                           .standing = static_cast<std::uint8_t>(row->standing),
                           .laid_over = over && !row->base ? std::uint8_t{1} : std::uint8_t{0}});
    for (const CellDraft& cell : row->cells) {
      owned->cells.push_back({.value = cell.value,
                              .half_step = cell.half_step,
                              .low = cell.low,
                              .high = cell.high,
                              .text = pool.intern(cell.text),
                              .source = pool.intern(cell.source),
                              .at = pool.intern(cell.at),
                              .note = pool.intern(cell.note),
                              .date = pool.intern(cell.date),
                              .field = static_cast<std::uint16_t>(cell.field),
                              .standing = static_cast<std::uint8_t>(cell.standing),
                              .numeric = cell.numeric ? std::uint8_t{1} : std::uint8_t{0},
                              .line = over && !row->base && !cell.base ? line_of(cell, *row) : 0});
    }
    if (!kind.unique_id) continue;
    const auto alias_field = kind.index("aliases");
    const auto preferred_field = kind.index("default_for");
    const auto name_field = kind.index("name");
    const auto add = [&](const std::string& name, bool preferred) {
      owned->aliases.push_back({.key = pool.intern(diag::fold(name)),
                                .row = index,
                                .kind = static_cast<std::uint8_t>(row->kind),
                                .preferred = preferred ? std::uint8_t{1} : std::uint8_t{0}});
    };
    add(row->id, true);  // the id itself, however spelt, always means its row
    for (const CellDraft& cell : row->cells) {
      if (preferred_field && cell.field == *preferred_field) add(cell.text, true);
      if (alias_field && cell.field == *alias_field) add(cell.text, false);
      if (name_field && cell.field == *name_field && alias_field) add(cell.text, false);
    }
  }
  owned->view.edition = pool.intern(edition_);
  owned->strings = pool.take();
  owned->view.rows = owned->rows;
  owned->view.cells = owned->cells;
  owned->view.strings = owned->strings;
  auto& aliases = owned->aliases;
  const auto text = [&](const AliasRecord& a) { return owned->view.string(a.key); };
  std::sort(aliases.begin(), aliases.end(), [&](const AliasRecord& a, const AliasRecord& b) {
    if (a.kind != b.kind) return a.kind < b.kind;
    if (a.key != b.key) return text(a) < text(b);
    return a.row != b.row ? a.row < b.row : a.preferred > b.preferred;
  });
  aliases.erase(std::unique(aliases.begin(), aliases.end(),
                            [](const AliasRecord& a, const AliasRecord& b) {
                              return a.kind == b.kind && a.key == b.key && a.row == b.row;
                            }),
                aliases.end());
  owned->view.aliases = aliases;
  std::size_t row = 0;
  for (std::size_t k = 0; k <= kind_count; ++k) {
    while (row < owned->rows.size() && owned->rows[row].kind < k) ++row;
    owned->view.first_row[k] = static_cast<std::uint32_t>(row);
  }
  return {owned, &owned->view};
}

}  // namespace kwhatif::catalog
