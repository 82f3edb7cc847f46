// Loader's last step: rows into flat, sorted records. What a base has already stays where it is: the pools of
// tables laid over others hold the user's values alone.
#include "loader.hpp"
#include "name_key.hpp"

#include <algorithm>
#include <bit>
#include <iterator>
#include <span>
#include <unordered_map>
#include <utility>

namespace kwhatif::catalog {

namespace {

// Tables that own what they view.
struct OwnedTables {
  Tables view;
  std::shared_ptr<const Tables> base;  // which the view views, too
  std::array<std::vector<RowRecord>, kind_count> rows;
  std::array<std::vector<AliasRecord>, kind_count> aliases;
  std::vector<ShapeRecord> shapes;
  std::vector<SlotRecord> slots;
  std::vector<DetailRecord> details;
  std::vector<NumberRecord> numbers;
  std::vector<double> reals;
  std::vector<std::uint32_t> values;
  std::vector<std::uint32_t> lines;
  std::string strings;
};

// Records behind others that are there already, each new one once. `T` has no padding but zeros.
template <class T>
class Interned {
 public:
  Interned(std::size_t below, std::vector<T>& records) : below_(below), records_(records) {}
  /// Index of the first of a run of records.
  std::uint32_t intern(std::span<const T> run) {
    if (run.empty()) return 0;
    const std::string key(reinterpret_cast<const char*>(run.data()), run.size_bytes());
    const auto [at, fresh] = places_.try_emplace(key, static_cast<std::uint32_t>(below_ + records_.size()));
    if (fresh) records_.insert(records_.end(), run.begin(), run.end());
    return at->second;
  }
  std::uint32_t intern(const T& record) { return intern(std::span<const T>{&record, 1}); }

 private:
  std::size_t below_;
  std::vector<T>& records_;
  std::unordered_map<std::string, std::uint32_t> places_;  // by their bytes
};

// The line of a value, never 0: that means a value that is built in.
std::uint32_t line_of(const CellDraft& cell, const RowDraft& row) {
  return static_cast<std::uint32_t>(std::max(1, cell.span.line > 0 ? cell.span.line : row.span.line));
}

template <class T>
std::vector<T> copied(std::span<const T> records) {
  return {records.begin(), records.end()};
}

class Packer {
 public:
  Packer(OwnedTables& owned, bool over)
      : owned_(owned),
        over_(over),
        slots_(owned.view.slots.below.size(), owned.slots),
        shapes_(owned.view.shapes.below.size(), owned.shapes),
        details_(owned.view.details.below.size(), owned.details),
        numbers_(owned.view.numbers.below.size(), owned.numbers),
        reals_(owned.view.reals.below.size(), owned.reals) {}

  std::uint32_t text(std::string_view s) {
    if (s.empty()) return 0;
    const auto next = static_cast<std::uint32_t>(owned_.view.strings.size() + owned_.strings.size());
    const auto [at, fresh] = offsets_.try_emplace(std::string{s}, next);
    if (fresh) owned_.strings.append(s).push_back('\0');
    return at->second;
  }

  RowRecord row(const RowDraft& row) {
    const auto first = static_cast<std::uint32_t>(owned_.view.values.below.size() + owned_.values.size());
    run_.clear();
    for (const CellDraft& cell : row.cells) {
      run_.push_back(
          {.detail = details_.intern(DetailRecord{.source = text(cell.source),
                                                  .at = text(cell.at),
                                                  .note = text(cell.note),
                                                  .date = text(cell.date),
                                                  .low = real(cell.low),
                                                  .high = real(cell.high),
                                                  .standing = static_cast<std::uint32_t>(cell.standing)}),
           .field = static_cast<std::uint16_t>(cell.field),
           .numeric = cell.numeric ? std::uint16_t{1} : std::uint16_t{0}});
      const std::uint32_t written = text(cell.text);
      owned_.values.push_back(
          cell.numeric ? numbers_.intern(NumberRecord{
                             .value = cell.value, .half_step = real(cell.half_step), .text = written})
                       : written);
      if (over_) owned_.lines.push_back(cell.base ? 0 : line_of(cell, row));
    }
    const std::uint32_t shape =
        shapes_.intern(ShapeRecord{.first_slot = slots_.intern(run_),
                                   .slot_count = static_cast<std::uint32_t>(run_.size()),
                                   .source = text(row.source),
                                   .at = text(row.at),
                                   .file = text(row.file),
                                   .kind = static_cast<std::uint8_t>(row.kind),
                                   .standing = static_cast<std::uint8_t>(row.standing),
                                   .laid_over = over_ ? std::uint16_t{1} : std::uint16_t{0}});
    return {.id = text(row.id),
            .shape = shape,
            .first_value = first,
            .line = static_cast<std::uint32_t>(std::max(0, row.span.line))};
  }

  // The names that a row answers to.
  void names(const RowDraft& row, std::uint32_t index, std::vector<AliasRecord>& out) {
    const KindSchema& kind = schema(row.kind);
    if (!kind.unique_id) return;
    const auto alias_field = kind.index("aliases");
    const auto hub_field = kind.index("huggingface");
    const auto preferred_field = kind.index("default_for");
    const auto name_field = kind.index("name");
    const auto add = [&](const std::string& name, bool preferred) {
      out.push_back({.key = text(name_key(row.kind, name)), .row = index, .preferred = preferred ? 1U : 0U});
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

 private:
  // 0 is the first one of all tables.
  std::uint32_t real(double value) {
    return std::bit_cast<std::uint64_t>(value) == 0 ? 0 : reals_.intern(value);
  }

  OwnedTables& owned_;
  bool over_;
  std::unordered_map<std::string, std::uint32_t> offsets_;
  std::vector<SlotRecord> run_;
  Interned<SlotRecord> slots_;
  Interned<ShapeRecord> shapes_;
  Interned<DetailRecord> details_;
  Interned<NumberRecord> numbers_;
  Interned<double> reals_;
};

// The user's rows of a kind, in order.
std::vector<const RowDraft*> in_order(const std::vector<RowDraft>& rows, Kind kind) {
  std::vector<const RowDraft*> out;
  for (const RowDraft& row : rows) {
    if (!row.base && row.kind == kind) out.push_back(&row);
  }
  std::stable_sort(out.begin(), out.end(),
                   [](const RowDraft* a, const RowDraft* b) { return a->id < b->id; });
  return out;
}

// Everything of the base is seen through the view; what is laid over it becomes the owner's, to be added to.
void begin_over(const std::shared_ptr<const Tables>& base, OwnedTables& owned) {
  owned.base = base;
  owned.view = *base;
  owned.view.own_kinds = 0;
  owned.shapes = copied(base->shapes.above);
  for (ShapeRecord& shape : owned.shapes) shape.laid_over = 0;  // over these tables it is of the base
  owned.slots = copied(base->slots.above);
  owned.details = copied(base->details.above);
  owned.numbers = copied(base->numbers.above);
  owned.reals = copied(base->reals.above);
  owned.values = copied(base->values.above);
  owned.lines.assign(owned.values.size(), 0);
  owned.strings = base->more_strings;
}

void show_all(OwnedTables& owned, bool over) {
  Tables& view = owned.view;
  const auto show = [over](auto& pool, const auto& records) { (over ? pool.above : pool.below) = records; };
  show(view.shapes, owned.shapes);
  show(view.slots, owned.slots);
  show(view.details, owned.details);
  show(view.numbers, owned.numbers);
  show(view.reals, owned.reals);
  show(view.values, owned.values);
  view.lines = owned.lines;
  (over ? view.more_strings : view.strings) = owned.strings;
}

// Of a kind: all of the base but for rows taken, the user's between, and the names of both in order.
void pack_kind(const std::vector<RowDraft>& rows, Kind kind, Packer& packer, OwnedTables& owned) {
  const auto k = static_cast<std::size_t>(kind);
  const auto base_rows = owned.view.rows[k];
  const auto base_names = owned.view.aliases[k];
  std::vector<bool> taken(base_rows.size());
  for (const RowDraft& row : rows) {
    if (row.base && row.taken && row.kind == kind) taken[row.record] = true;
  }
  constexpr std::uint32_t gone = ~0U;
  std::vector<std::uint32_t> place(base_rows.size(), gone);
  auto& out = owned.rows[k];
  auto& names = owned.aliases[k];
  const auto mine = in_order(rows, kind);
  auto next = mine.begin();
  const auto add = [&](const RowDraft& row) {
    packer.names(row, static_cast<std::uint32_t>(out.size()), names);
    out.push_back(packer.row(row));
  };
  for (std::size_t i = 0; i < base_rows.size(); ++i) {
    const std::string_view id = owned.view.string(base_rows[i].id);
    for (; next != mine.end() && (*next)->id < id; ++next) add(**next);
    if (taken[i]) continue;
    place[i] = static_cast<std::uint32_t>(out.size());
    out.push_back(base_rows[i]);
  }
  for (; next != mine.end(); ++next) add(**next);
  const auto own_names = static_cast<std::ptrdiff_t>(names.size());
  for (AliasRecord alias : base_names) {
    alias.row = place[alias.row];
    if (alias.row != gone) names.push_back(alias);
  }
  // the pool of strings moves no more while they are compared
  const std::string_view below = owned.view.strings;
  const auto text = [&](const AliasRecord& a) {
    return std::string_view{a.key < below.size() ? below.data() + a.key
                                                 : owned.strings.data() + (a.key - below.size())};
  };
  const auto before = [&](const AliasRecord& a, const AliasRecord& b) {
    if (a.key != b.key) {
      const int order = text(a).compare(text(b));
      if (order != 0) return order < 0;
    }
    return a.row != b.row ? a.row < b.row : a.preferred > b.preferred;
  };
  std::sort(names.begin(), names.begin() + own_names, before);
  std::inplace_merge(names.begin(), names.begin() + own_names, names.end(), before);
  names.erase(std::unique(names.begin(), names.end(),
                          [&](const AliasRecord& a, const AliasRecord& b) {
                            return a.row == b.row && (a.key == b.key || text(a) == text(b));
                          }),
              names.end());
  owned.view.rows[k] = out;
  owned.view.aliases[k] = names;
}

}  // namespace

void Loader::add_base(std::shared_ptr<const Tables> tables) {
  base_ = std::move(tables);
  edition_ = base_->string(base_->edition);
}

RowDraft draft_of(const Tables& tables, Kind kind, std::size_t index) {
  const RowRecord& record = tables.of(kind)[index];
  const ShapeRecord& shape = tables.shape(record);
  const auto text = [&](std::uint32_t at) { return std::string{tables.string(at)}; };
  RowDraft row;
  row.base = true;
  row.record = index;
  row.kind = kind;
  row.id = text(record.id);
  row.source = text(shape.source);
  row.at = text(shape.at);
  row.standing = static_cast<Standing>(shape.standing);
  row.file = text(shape.file);
  row.span.line = static_cast<int>(record.line);
  row.cells.reserve(shape.slot_count);
  for (std::size_t i = 0; i < shape.slot_count; ++i) {
    const SlotRecord& slot = tables.slots[shape.first_slot + i];
    const DetailRecord& detail = tables.details[slot.detail];
    const std::uint32_t value = tables.values[record.first_value + i];
    CellDraft& cell = row.cells.emplace_back();
    cell.field = slot.field;
    cell.numeric = slot.numeric != 0;
    if (cell.numeric) {
      const NumberRecord& number = tables.numbers[value];
      cell.text = text(number.text);
      cell.value = number.value;
      cell.half_step = tables.reals[number.half_step];
    } else {
      cell.text = text(value);
    }
    cell.low = tables.reals[detail.low];
    cell.high = tables.reals[detail.high];
    cell.source = text(detail.source);
    cell.at = text(detail.at);
    cell.note = text(detail.note);
    cell.date = text(detail.date);
    cell.standing = static_cast<Standing>(detail.standing);
  }
  return row;
}

std::pair<std::size_t, std::size_t> rows_with_id(const Tables& tables, Kind kind, std::string_view id) {
  const auto& all = tables.of(kind);
  const auto first = std::lower_bound(
      all.begin(), all.end(), id,
      [&](const RowRecord& row, std::string_view key) { return tables.string(row.id) < key; });
  auto last = first;
  while (last != all.end() && tables.string(last->id) == id) ++last;
  return {first - all.begin(), last - all.begin()};
}

std::shared_ptr<const Tables> packed(const std::vector<RowDraft>& rows, std::string_view edition,
                                     const std::shared_ptr<const Tables>& base) {
  auto owned = std::make_shared<OwnedTables>();
  const bool over = base != nullptr;
  if (over) {
    begin_over(base, *owned);
  } else {
    owned->strings.push_back('\0');
    owned->reals.push_back(0);
  }
  Packer packer(*owned, over);
  std::array<bool, kind_count> touched{};
  for (const RowDraft& row : rows) {
    if (!row.base) touched[static_cast<std::size_t>(row.kind)] = true;
  }
  for (std::size_t k = 0; k < kind_count; ++k) {
    if (!touched[k]) continue;
    pack_kind(rows, static_cast<Kind>(k), packer, *owned);
    if (over) owned->view.own_kinds |= 1U << k;
  }
  if (!over) owned->view.edition = packer.text(edition);
  show_all(*owned, over);
  return {owned, &owned->view};
}

std::shared_ptr<const Tables> Loader::finish() const { return packed(rows_, edition_, base_); }

}  // namespace kwhatif::catalog
