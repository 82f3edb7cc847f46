// The user's rows over others: which row a row stands in the place of, and what it keeps of it.
#include "loader.hpp"

#include <algorithm>
#include <array>
#include <iterator>
#include <set>
#include <unordered_map>
#include <utility>

namespace kwhatif::catalog {

const CellDraft* RowDraft::cell(std::string_view key) const {
  const auto field = schema(kind).index(key);
  if (!field) return nullptr;
  const auto found =
      std::find_if(cells.begin(), cells.end(), [&](const CellDraft& c) { return c.field == *field; });
  return found == cells.end() ? nullptr : &*found;
}

std::string_view RowDraft::text(std::string_view key) const {
  const CellDraft* const found = cell(key);
  return found != nullptr ? std::string_view{found->text} : std::string_view{};
}

std::optional<double> RowDraft::number(std::string_view key) const {
  const CellDraft* const found = cell(key);
  if (found == nullptr || !found->numeric) return std::nullopt;
  return found->value;
}

bool replaces(const RowDraft& later, const RowDraft& earlier) {
  if (later.kind != earlier.kind || later.id != earlier.id) return false;
  if (schema(later.kind).unique_id) return true;
  if (later.source != earlier.source || later.text("year") != earlier.text("year")) return false;
  constexpr std::array definition{"boundary", "basis", "signal", "accounting"};
  return std::all_of(definition.begin(), definition.end(), [&](std::string_view key) {
    return later.text(key).empty() || later.text(key) == earlier.text(key);
  });
}

namespace {

// Keys of which a row has the one group or the other: a new value for one takes the other away.
struct Alternatives {
  Kind kind;
  std::array<std::string_view, 2> one;
  std::array<std::string_view, 2> other;
};
constexpr std::array alternatives{
    Alternatives{Kind::price, {"price", ""}, {"instance_price", "devices"}},
    Alternatives{Kind::lever, {"factor", ""}, {"flag", "set"}},
};

bool has_any(const RowDraft& row, const std::array<std::string_view, 2>& keys) {
  return std::any_of(keys.begin(), keys.end(),
                     [&](std::string_view key) { return row.cell(key) != nullptr; });
}

bool displaced(const RowDraft& row, std::string_view key) {
  return std::any_of(alternatives.begin(), alternatives.end(), [&](const Alternatives& a) {
    if (a.kind != row.kind) return false;
    const auto holds = [&](const auto& keys) {
      return std::find(keys.begin(), keys.end(), key) != keys.end();
    };
    return (holds(a.other) && has_any(row, a.one)) || (holds(a.one) && has_any(row, a.other));
  });
}

// A published run is an account of its own: half of one and half of another is none.
bool kept_whole(Kind kind) { return kind == Kind::run || kind == Kind::study || kind == Kind::imported; }

// The values of `below` for the keys that `row` does not give, each with its own provenance.
void keep_rest(RowDraft& row, const RowDraft& below) {
  const auto given = row.cells;
  for (CellDraft kept : below.cells) {
    const std::string_view key = schema(row.kind).fields[kept.field].key;
    // names are added to those that people use already
    const bool name = key == "aliases" || key == "default_for";
    const bool again = std::any_of(given.begin(), given.end(), [&](const CellDraft& c) {
      return c.field == kept.field && (!name || c.text == kept.text);
    });
    if (again || displaced(row, key)) continue;
    if (kept.source.empty()) kept.source = below.source;
    if (kept.at.empty()) kept.at = below.at;
    if (kept.standing == Standing::none) kept.standing = below.standing;
    kept.base = true;
    row.cells.push_back(std::move(kept));
  }
  std::stable_sort(row.cells.begin(), row.cells.end(),
                   [](const CellDraft& a, const CellDraft& b) { return a.field < b.field; });
}

}  // namespace

// Of the base, only the rows are looked at closely that the user's can replace: those with their ids. They
// stand before them.
void Loader::draft_base() {
  if (base_ == nullptr) return;
  std::set<std::pair<Kind, std::string_view>> named;
  for (const RowDraft& row : rows_) named.emplace(row.kind, row.id);
  std::vector<RowDraft> all;
  for (const auto& [kind, id] : named) {
    const auto [first, last] = rows_with_id(*base_, kind, id);
    for (std::size_t i = first; i < last; ++i) all.push_back(draft_of(*base_, kind, i));
  }
  std::move(rows_.begin(), rows_.end(), std::back_inserter(all));
  rows_ = std::move(all);
}

void Loader::keep_rest_of_base() {
  if (purpose_ != Purpose::overlay) return;
  std::unordered_multimap<std::string_view, std::size_t> below;
  for (std::size_t i = 0; i < rows_.size(); ++i) {
    if (rows_[i].base) below.emplace(rows_[i].id, i);
  }
  for (RowDraft& row : rows_) {
    if (row.base) continue;
    std::vector<RowDraft*> found;
    const auto [first, last] = below.equal_range(row.id);
    for (auto it = first; it != last; ++it) {
      if (replaces(row, rows_[it->second])) found.push_back(&rows_[it->second]);
    }
    if (row.replace || kept_whole(row.kind)) {
      for (RowDraft* each : found) each->taken = true;
    } else if (found.size() == 1) {  // of several, none is the one that is meant: the row stands beside them
      keep_rest(row, *found.front());
      found.front()->taken = true;
    }
  }
}

}  // namespace kwhatif::catalog
