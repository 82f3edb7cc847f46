// What the checks across keys and rows share: all rows by id, what is found, and how one row says it.
// Private to the catalog. The checks stand by subject: machines, places, runs; what every row may get wrong
// in across.cpp. Of one value alone value.cpp judges, of references validate.cpp.
#pragma once

#include "loader.hpp"
#include <kwhatif/diag/words.hpp>

#include <array>
#include <deque>
#include <map>
#include <set>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace kwhatif::catalog {

/// Calls act(row, text) for each value of a key that the packed rows of a kind have.
template <typename Do>
void each_text(const Tables& tables, Kind kind, std::size_t field, const Do& act) {
  for (std::size_t r = 0; r < tables.of(kind).size(); ++r) {
    const RowRecord& row = tables.of(kind)[r];
    const ShapeRecord& shape = tables.shape(row);
    for (std::size_t i = 0; i < shape.slot_count; ++i) {
      const SlotRecord& slot = tables.slots[shape.first_slot + i];
      if (slot.field != field) continue;
      const std::uint32_t value = tables.values[row.first_value + i];
      act(r, tables.string(slot.numeric != 0 ? tables.numbers[value].text : value));
    }
  }
}

/// All rows by kind and id, as the checks of one row need them.
class AllRows {
 public:
  /// @param rows  the user's, and those of the base with their ids
  /// @param base  what lies below them, of which a kind is taken when it is asked for; may be null
  AllRows(const std::vector<RowDraft>& rows, const Tables* base) : base_(base) {
    for (const RowDraft& row : rows) by_id_[static_cast<std::size_t>(row.kind)].emplace(row.id, &row);
  }
  /// The user's row before the one below it.
  const RowDraft* find(Kind kind, std::string_view id) const {
    const RowDraft* out = nullptr;
    each(kind, id, [&](const RowDraft& row) {
      if (out == nullptr || out->base) out = &row;
    });
    return out;
  }
  template <typename Do>
  void each(Kind kind, std::string_view id, const Do& act) const {
    const auto [first, last] = rows_of(kind).equal_range(id);
    for (auto it = first; it != last; ++it) act(*it->second);
  }
  template <typename Do>
  void each(Kind kind, const Do& act) const {
    for (const auto& [id, row] : rows_of(kind)) act(*row);
  }

  /// Whether some row answers to this id, name or alias, as Catalog::meant() looks it up.
  bool answers(Kind kind, std::string_view name) const;
  /// The id of the one row with this name or alias; empty where there is none, or several.
  std::string id_of(Kind kind, std::string_view name) const;
  /// Ids of a kind, for "did you mean".
  std::vector<std::string_view> ids(Kind kind) const;

 private:
  using ById = std::multimap<std::string_view, const RowDraft*>;
  const ById& rows_of(Kind kind) const;

  const Tables* base_;
  mutable std::array<bool, kind_count> drafted_{};
  mutable std::array<std::deque<RowDraft>, kind_count> below_;
  mutable std::array<ById, kind_count> by_id_;
  const std::map<std::string, std::string>& names(Kind kind) const;
  /// Folded names with the id that has them, or nothing where several have; gathered when first asked for.
  mutable std::array<std::map<std::string, std::string>, kind_count> names_;
};

/// What is wrong with one row, handed to the loader.
struct Finding {
  std::string code;
  std::string message;
  diag::Span where;
  std::string help;
  diag::Severity severity;
};

/// One row under check, and the ways to say what is wrong with it. Only values that the user wrote are
/// judged, not those a row keeps of the one below it.
class RowCheck {
 public:
  RowCheck(const RowDraft& row, const AllRows& all, bool edition, int edition_year, std::vector<Finding>& out)
      : row_(row), all_(all), edition_(edition), edition_year_(edition_year), out_(out) {}

  const RowDraft& row() const { return row_; }
  const AllRows& all() const { return all_; }
  bool edition() const { return edition_; }  ///< a whole one, not rows of a user
  int edition_year() const { return edition_year_; }

  static bool own(const CellDraft* cell) { return cell != nullptr && !cell->base; }
  static const CellDraft& either(const CellDraft& a, const CellDraft& b) { return a.base ? b : a; }
  /// The value, where it is a number and the user's.
  const CellDraft* own_number(std::string_view key) const;
  /// Both values where both are numbers and one is new.
  std::pair<const CellDraft*, const CellDraft*> pair(std::string_view one, std::string_view other) const;
  /// A value that stands for the row, to point at its id.
  CellDraft at_id() const;

  /// What cannot be.
  void fault(const CellDraft& cell, std::string code, std::string message, std::string help);
  /// What can hardly be meant.
  void doubt(const CellDraft& cell, std::string message, std::string help);
  /// What somebody might want to know.
  void advise(const CellDraft& cell, std::string message, std::string help);

 private:
  const RowDraft& row_;
  const AllRows& all_;
  bool edition_;
  int edition_year_;
  std::vector<Finding>& out_;
};

inline std::string quoted(std::string_view text) { return '\'' + std::string{text} + '\''; }

void check_hardware(RowCheck& check);
void check_host(RowCheck& check);
void check_price(RowCheck& check);
void check_region(RowCheck& check);
void check_region_year(RowCheck& check);
void check_grid_intensity(RowCheck& check);
void check_run(RowCheck& check);
void check_model(RowCheck& check);
void check_constant(RowCheck& check);

}  // namespace kwhatif::catalog
