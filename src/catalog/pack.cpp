// Loader's last step: rows into flat, sorted records over one pool of strings.
#include "loader.hpp"
#include "name_key.hpp"
#include <kwhatif/diag/suggest.hpp>

#include <algorithm>
#include <new>
#include <unordered_map>
#include <utility>

#include <sys/mman.h>

namespace kwhatif::catalog {

namespace {

// The tables of the binary are copied as one piece: on large pages that costs a tenth.
template <class T>
struct LargePages {
  using value_type = T;
  LargePages() = default;
  template <class U>
  LargePages(const LargePages<U>&) {}
  T* allocate(std::size_t n) {
    constexpr std::size_t page = std::size_t{1} << 21U;
    const std::size_t bytes = n * sizeof(T);
    if (bytes < page) return static_cast<T*>(::operator new(bytes));
    void* const out = ::operator new ((bytes + page - 1) / page * page, std::align_val_t{page});
#ifdef MADV_HUGEPAGE
    madvise(out, bytes, MADV_HUGEPAGE);  // a wish: without it all is as before, and slower
#endif
    return static_cast<T*>(out);
  }
  void deallocate(T* p, std::size_t n) {
    constexpr std::size_t page = std::size_t{1} << 21U;
    if (n * sizeof(T) < page)
      ::operator delete(p);
    else
      ::operator delete (p, std::align_val_t{page});
  }
  friend bool operator==(const LargePages&, const LargePages&) { return true; }
};
template <class T>
using Block = std::vector<T, LargePages<T>>;

// Tables that own what they view.
struct OwnedTables {
  Tables view;
  Block<RowRecord> rows;
  Block<CellRecord> cells;
  std::vector<AliasRecord> aliases;
  Block<char> strings;
};

// Strings behind others that are there already, each new one once.
class Pool {
 public:
  Pool(Block<char>& text) : text_(text) {}
  std::uint32_t intern(std::string_view s) {
    if (s.empty()) return 0;
    const auto [at, fresh] = offsets_.try_emplace(std::string{s}, static_cast<std::uint32_t>(text_.size()));
    if (fresh) {
      text_.insert(text_.end(), s.begin(), s.end());
      text_.push_back('\0');
    }
    return at->second;
  }

 private:
  Block<char>& text_;
  std::unordered_map<std::string, std::uint32_t> offsets_;
};

// The line of a value, never 0: that means a value that is built in.
std::uint32_t line_of(const CellDraft& cell, const RowDraft& row) {
  return static_cast<std::uint32_t>(std::max(1, cell.span.line > 0 ? cell.span.line : row.span.line));
}

}  // namespace

void Loader::add_base(const Tables& tables) {
  base_ = &tables;
  edition_ = tables.string(tables.edition);
}

std::vector<RowDraft> drafts_of(const Tables& tables, Kind kind) {
  std::vector<RowDraft> out;
  const auto k = static_cast<std::size_t>(kind);
  out.reserve(tables.first_row[k + 1] - tables.first_row[k]);
  for (std::size_t i = tables.first_row[k]; i < tables.first_row[k + 1]; ++i) {
    const RowRecord& record = tables.rows[i];
    RowDraft& row = out.emplace_back();
    row.base = true;
    row.record = i;
    row.kind = kind;
    row.id = tables.string(record.id);
    row.source = tables.string(record.source);
    row.at = tables.string(record.at);
    row.standing = static_cast<Standing>(record.standing);
    row.file = tables.string(record.file);
    row.span.line = static_cast<int>(record.line);
    row.cells.reserve(record.cell_count);
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
  }
  return out;
}

bool has_row(const Tables& tables, Kind kind, std::string_view id) {
  const auto k = static_cast<std::size_t>(kind);
  const auto all = tables.rows.subspan(tables.first_row[k], tables.first_row[k + 1] - tables.first_row[k]);
  const auto at = std::lower_bound(
      all.begin(), all.end(), id,
      [&](const RowRecord& row, std::string_view key) { return tables.string(row.id) < key; });
  return at != all.end() && tables.string(at->id) == id;
}

namespace {

// Packs one row behind those that are there, with the names that it answers to.
void pack(const RowDraft& row, bool over, Pool& pool, OwnedTables& owned) {
  const auto index = static_cast<std::uint32_t>(owned.rows.size());
  const KindSchema& kind = schema(row.kind);
  owned.rows.push_back({.id = pool.intern(row.id),
                        .first_cell = static_cast<std::uint32_t>(owned.cells.size()),
                        .cell_count = static_cast<std::uint32_t>(row.cells.size()),
                        .source = pool.intern(row.source),
                        .at = pool.intern(row.at),
                        .file = pool.intern(row.file),
                        .line = static_cast<std::uint32_t>(std::max(0, row.span.line)),
                        .kind = static_cast<std::uint8_t>(row.kind),
                        .standing = static_cast<std::uint8_t>(row.standing),
                        .laid_over = over ? std::uint8_t{1} : std::uint8_t{0}});
  for (const CellDraft& cell : row.cells) {
    owned.cells.push_back({.value = cell.value,
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
                           .line = over && !cell.base ? line_of(cell, row) : 0});
  }
  if (!kind.unique_id) return;
  const auto alias_field = kind.index("aliases");
  const auto hub_field = kind.index("huggingface");
  const auto preferred_field = kind.index("default_for");
  const auto name_field = kind.index("name");
  const auto add = [&](const std::string& name, bool preferred) {
    owned.aliases.push_back({.key = pool.intern(name_key(row.kind, name)),
                             .row = index,
                             .kind = static_cast<std::uint8_t>(row.kind),
                             .preferred = preferred ? std::uint8_t{1} : std::uint8_t{0}});
  };
  add(row.id, true);  // the id itself, however spelt, always means its row
  for (const CellDraft& cell : row.cells) {
    if (preferred_field && cell.field == *preferred_field) add(cell.text, true);
    if (alias_field && cell.field == *alias_field) add(cell.text, false);
    if (hub_field && cell.field == *hub_field) {
      add(cell.text, false);
      add(cell.text.substr(cell.text.find('/') + 1), false);  // people leave the owner out
    }
    if (name_field && cell.field == *name_field && alias_field) add(cell.text, false);
  }
}

// The user's rows in the order of all.
std::vector<const RowDraft*> in_order(const std::vector<RowDraft>& rows) {
  std::vector<const RowDraft*> out;
  for (const RowDraft& row : rows) {
    if (!row.base) out.push_back(&row);
  }
  std::stable_sort(out.begin(), out.end(), [](const RowDraft* a, const RowDraft* b) {
    return a->kind != b->kind ? a->kind < b->kind : a->id < b->id;
  });
  return out;
}

// All of the base, its strings and cells where they are, its rows but for those taken; the user's between.
// Returns how many of the names, the last ones, are of the base.
std::size_t lay_over(const Tables& base, const std::vector<RowDraft>& rows, Pool& pool, OwnedTables& owned) {
  std::vector<bool> taken(base.rows.size());
  for (const RowDraft& row : rows) {
    if (row.base && row.taken) taken[row.record] = true;
  }
  constexpr std::uint32_t gone = ~0U;
  std::vector<std::uint32_t> place(base.rows.size(), gone);
  const auto mine = in_order(rows);
  auto next = mine.begin();
  const auto before = [&](const RowDraft& row, const RowRecord& record) {
    const auto kind = static_cast<std::uint8_t>(row.kind);
    return kind != record.kind ? kind < record.kind : row.id < base.string(record.id);
  };
  for (std::size_t i = 0; i < base.rows.size(); ++i) {
    for (; next != mine.end() && before(**next, base.rows[i]); ++next) pack(**next, true, pool, owned);
    if (taken[i]) continue;
    place[i] = static_cast<std::uint32_t>(owned.rows.size());
    owned.rows.push_back(base.rows[i]);
    RowRecord& row = owned.rows.back();
    if (row.laid_over == 0) continue;
    row.laid_over = 0;  // over these tables it is of the base
    for (std::size_t c = 0; c < row.cell_count; ++c) owned.cells[row.first_cell + c].line = 0;
  }
  for (; next != mine.end(); ++next) pack(**next, true, pool, owned);
  const std::size_t own_names = owned.aliases.size();
  for (AliasRecord alias : base.aliases) {
    if (place[alias.row] == gone) continue;
    alias.row = place[alias.row];
    owned.aliases.push_back(alias);
  }
  return owned.aliases.size() - own_names;
}

}  // namespace

std::shared_ptr<const Tables> Loader::finish() const {
  auto owned = std::make_shared<OwnedTables>();
  Pool pool(owned->strings);
  constexpr std::size_t room = std::size_t{1} << 16U;  // for the user's, so that the copy is not copied
  std::size_t of_base = 0;                             // aliases, in order
  if (base_ != nullptr) {
    owned->strings.reserve(base_->strings.size() + room);
    owned->strings.assign(base_->strings.begin(), base_->strings.end());
    owned->cells.reserve(base_->cells.size() + room / 64);
    owned->cells.assign(base_->cells.begin(), base_->cells.end());
    owned->rows.reserve(base_->rows.size() + rows_.size());
    of_base = lay_over(*base_, rows_, pool, *owned);
  } else {
    owned->strings.push_back('\0');
    for (const RowDraft* row : in_order(rows_)) pack(*row, false, pool, *owned);
  }
  owned->view.edition = pool.intern(edition_);
  owned->view.rows = owned->rows;
  owned->view.cells = owned->cells;
  owned->view.strings = {owned->strings.data(), owned->strings.size()};
  auto& aliases = owned->aliases;
  const auto text = [&](const AliasRecord& a) { return owned->view.string(a.key); };
  const auto first_of_base = aliases.end() - static_cast<std::ptrdiff_t>(of_base);
  const auto before = [&](const AliasRecord& a, const AliasRecord& b) {
    if (a.kind != b.kind) return a.kind < b.kind;
    if (a.key != b.key) {
      const int order = text(a).compare(text(b));
      if (order != 0) return order < 0;
    }
    return a.row != b.row ? a.row < b.row : a.preferred > b.preferred;
  };
  std::sort(aliases.begin(), first_of_base, before);
  std::inplace_merge(aliases.begin(), first_of_base, aliases.end(), before);
  aliases.erase(std::unique(aliases.begin(), aliases.end(),
                            [&](const AliasRecord& a, const AliasRecord& b) {
                              return a.kind == b.kind && a.row == b.row &&
                                     (a.key == b.key || text(a) == text(b));
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
