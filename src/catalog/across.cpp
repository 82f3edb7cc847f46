// Loader's check across keys and rows: what each value allows alone, but nobody can mean together. What
// cannot be is an error; what can hardly be meant is a doubt, which a row answers with unusual = "why".
#include "across.hpp"

#include "name_key.hpp"

#include <algorithm>

namespace kwhatif::catalog {

const AllRows::ById& AllRows::rows_of(Kind kind) const {
  const auto k = static_cast<std::size_t>(kind);
  ById& out = by_id_[k];
  if (base_ == nullptr || drafted_[k]) return out;
  drafted_[k] = true;
  const ById known = out;  // with all of the base that have the same id
  for (std::size_t i = 0; i < base_->rows[k].size(); ++i) {
    if (known.contains(base_->string(base_->rows[k][i].id))) continue;
    const RowDraft& row = below_[k].emplace_back(draft_of(*base_, kind, i));
    out.emplace(row.id, &row);
  }
  return out;
}

const std::map<std::string, std::string>& AllRows::names(Kind kind) const {
  const auto k = static_cast<std::size_t>(kind);
  auto& names = names_[k];
  if (!names.empty()) return names;
  const auto& rows = rows_of(kind);
  const auto add = [&](std::string_view name, std::string_view id) {
    const auto [known, fresh] = names.try_emplace(name_key(kind, name), id);
    if (!fresh && known->second != id) known->second.clear();
  };
  for (const auto& [id, row] : rows) {
    add(id, id);
    for (const CellDraft& cell : row->cells) {
      const std::string_view key = schema(kind).fields[cell.field].key;
      if (key == "name" || key == "aliases" || key == "huggingface") add(cell.text, id);
    }
  }
  for (const auto& [id, row] : rows) {  // of several rows, the one that says it is meant
    for (const CellDraft& cell : row->cells) {
      if (schema(kind).fields[cell.field].key == "default_for") names[name_key(kind, cell.text)] = id;
    }
  }
  return names;
}

bool AllRows::answers(Kind kind, std::string_view name) const {
  if (rows_of(kind).contains(name)) return true;
  if (names(kind).contains(name_key(kind, name))) return true;
  const auto plainer = plainer_names(kind, name);
  return std::any_of(plainer.begin(), plainer.end(),
                     [&](const std::string& plain) { return names(kind).contains(name_key(kind, plain)); });
}

std::string AllRows::id_of(Kind kind, std::string_view name) const {
  const auto found = names(kind).find(name_key(kind, name));
  return found == names(kind).end() ? std::string{} : found->second;
}

std::vector<std::string_view> AllRows::ids(Kind kind) const {
  std::vector<std::string_view> out;
  for (const auto& [id, row] : rows_of(kind)) {
    if (out.empty() || out.back() != id) out.push_back(id);
  }
  return out;
}

const CellDraft* RowCheck::own_number(std::string_view key) const {
  const CellDraft* const cell = row_.cell(key);
  return own(cell) && cell->numeric ? cell : nullptr;
}

std::pair<const CellDraft*, const CellDraft*> RowCheck::pair(std::string_view one,
                                                             std::string_view other) const {
  const CellDraft* const a = row_.cell(one);
  const CellDraft* const b = row_.cell(other);
  if (a == nullptr || b == nullptr || !a->numeric || !b->numeric || !(own(a) || own(b))) return {};
  return {a, b};
}

CellDraft RowCheck::at_id() const {
  CellDraft id;
  id.span = row_.span;
  return id;
}

void RowCheck::fault(const CellDraft& cell, std::string code, std::string message, std::string help) {
  out_.push_back({std::move(code), std::move(message), cell.span, std::move(help), diag::Severity::error});
}

void RowCheck::doubt(const CellDraft& cell, std::string message, std::string help) {
  if (!row_.unusual.empty()) return;
  help += help.ends_with('?') ? " Where" : "; where";
  out_.push_back({"implausible", row_.id + ": " + std::move(message), cell.span,
                  std::move(help) + " it is meant, the row says why: unusual = \"…\"",
                  diag::Severity::warning});
}

void RowCheck::advise(const CellDraft& cell, std::string message, std::string help) {
  out_.push_back(
      {"advice", row_.id + ": " + std::move(message), cell.span, std::move(help), diag::Severity::note});
}

namespace {

void names(RowCheck& check) {
  const CellDraft id = check.at_id();
  // places and what is theirs keep the codes of their sources
  constexpr std::array codes{Kind::grid,   Kind::grid_intensity, Kind::grid_loss, Kind::grid_water,
                             Kind::region, Kind::region_year,    Kind::trace};
  const bool code = std::find(codes.begin(), codes.end(), check.row().kind) != codes.end();
  const auto is_bad = [&](char c) {
    return static_cast<unsigned char>(c) <= ' ' || (!code && c >= 'A' && c <= 'Z');
  };
  const std::string_view core = diag::trimmed(check.row().id);
  const auto is_blank = [](char c) { return static_cast<unsigned char>(c) <= ' '; };
  auto bad = std::find_if(core.begin(), core.end(), is_blank);
  if (bad == core.end()) bad = std::find_if(core.begin(), core.end(), is_bad);
  if (bad != core.end()) {
    std::string better{core};
    for (char& c : better) {
      if (c >= 'A' && c <= 'Z' && !code) c = static_cast<char>(c - 'A' + 'a');
      if (static_cast<unsigned char>(c) <= ' ') c = '-';
    }
    const std::string help = "write " + quoted(better) + " and the other spelling as name or alias";
    if (static_cast<unsigned char>(*bad) <= ' ')
      check.doubt(id, "an id with a blank", help);
    else if (check.edition())
      check.doubt(id, "an id in capitals", help);
    else
      check.advise(id, "an id in capitals", help);
  } else if (core.empty()) {
    check.fault(id, "bad-text", "the id is blank", "an id is what people type: \"my-gpu\"");
  } else if (core.size() != check.row().id.size()) {
    // nobody sees it, and no name finds the row
    const bool first = check.row().id.front() != core.front();
    check.fault(id, "bad-text",
                "the id " + quoted(check.row().id) + (first ? " begins" : " ends") + " with a blank",
                "write " + quoted(core));
  }
  for (const std::string_view key : {"name", "title"}) {
    const CellDraft* const cell = check.row().cell(key);
    if (check.own(cell) && diag::trimmed(cell->text).empty())
      check.fault(*cell, "bad-text", std::string{key} + " of '" + check.row().id + "' is empty",
                  "say what people call it");
  }
}

void spreads(RowCheck& check) {
  for (const CellDraft& cell : check.row().cells) {
    if (cell.base || !cell.numeric || (cell.low == 0 && cell.high == 0) || cell.low > cell.high) continue;
    if (cell.value < cell.low || cell.value > cell.high)
      check.fault(cell, "bad-spread",
                  std::string{schema(check.row().kind).fields[cell.field].key} + " of '" + check.row().id +
                      "' is outside its own low and high",
                  "low, value and high stand in this order");
  }
}

// What is observed is not younger than the tables, and of nothing here older than the first public figures.
void years(RowCheck& check) {
  constexpr double earliest = 1990;
  const Kind kind = check.row().kind;
  const bool observed = kind == Kind::grid_intensity || kind == Kind::region_year || kind == Kind::trace ||
                        kind == Kind::observation;
  const double latest = check.edition_year() + (observed ? 0 : 1);
  for (const std::string_view key : {"year", "inputs.year", "facts.year"}) {
    const CellDraft* const year = check.own_number(key);
    if (year == nullptr) continue;
    if (year->value > latest && check.row().text("availability") != "announced")
      check.doubt(*year, "year " + year->text + " is in the future",
                  "the tables are of " + std::to_string(check.edition_year()) +
                      (observed ? "; what is observed is not younger" : ""));
    else if (year->value < earliest && kind != Kind::source)
      check.doubt(*year, "year " + year->text + " is before all that the tables are about",
                  "expected 1990 or later");
  }
}

void every_kind(RowCheck& check) {
  names(check);
  spreads(check);
  years(check);
}

// Names that several rows claim: legal, where one of them says that it is the one that is meant.
void names_of_several(const std::vector<RowDraft>& rows, const Tables* base, std::vector<Finding>& out) {
  struct Claim {
    std::string_view id;
    const CellDraft* cell;  ///< of the user's
  };
  std::map<std::pair<Kind, std::string>, std::vector<Claim>> claims;
  std::set<std::pair<Kind, std::string>> decided;
  std::set<Kind> kinds;
  for (const RowDraft& row : rows) {
    const auto aliases = schema(row.kind).index("aliases");
    if (!row.base && aliases && std::any_of(row.cells.begin(), row.cells.end(), [&](const CellDraft& cell) {
          return !cell.base && cell.field == *aliases;
        }))
      kinds.insert(row.kind);
  }
  for (const Kind kind : kinds) {  // only these can have a name that the user claims
    if (base == nullptr) break;
    const auto& below = base->of(kind);
    for (const RowRecord& row : below) decided.emplace(kind, diag::fold(base->string(row.id)));
    if (const auto meant = schema(kind).index("default_for"))
      each_text(*base, kind, *meant,
                [&](std::size_t, std::string_view text) { decided.emplace(kind, diag::fold(text)); });
    each_text(*base, kind, *schema(kind).index("aliases"), [&](std::size_t row, std::string_view text) {
      claims[{kind, diag::fold(text)}].push_back({base->string(below[row].id), nullptr});
    });
  }
  for (const RowDraft& row : rows) {
    if (row.base || !kinds.contains(row.kind)) continue;
    for (const CellDraft& cell : row.cells) {
      const std::string_view key = schema(row.kind).fields[cell.field].key;
      if (key == "default_for") decided.emplace(row.kind, diag::fold(cell.text));
      if (key == "aliases")
        claims[{row.kind, diag::fold(cell.text)}].push_back({row.id, cell.base ? nullptr : &cell});
    }
    decided.emplace(row.kind, diag::fold(row.id));
  }
  for (const auto& [name, claimants] : claims) {
    if (decided.contains(name)) continue;
    const Claim* mine = nullptr;
    std::string others;
    for (const Claim& claim : claimants) {
      if (mine == nullptr && claim.cell != nullptr)
        mine = &claim;
      else if (mine == nullptr || claim.id != mine->id)
        others.append(others.empty() ? "" : ", ").append(claim.id);
    }
    if (mine == nullptr || others.empty() || others == mine->id) continue;
    out.push_back(
        {"ambiguous-name",
         std::string{mine->id} + ": the name " + quoted(mine->cell->text) + " also stands for " + others,
         mine->cell->span,
         "default_for = [\"" + mine->cell->text + "\"] in one of the rows says which is meant",
         diag::Severity::note});
  }
}

}  // namespace

void Loader::check_across() {
  if (std::all_of(rows_.begin(), rows_.end(), [](const RowDraft& row) { return row.base; })) return;
  constexpr int before_names = 2026;  // tables without an edition are of this year
  int year = 0;
  for (const char c : edition_.substr(0, 4)) year = 10 * year + (c - '0');
  const AllRows all(rows_, base_.get());
  std::vector<Finding> found;
  for (const RowDraft& row : rows_) {
    if (row.base) continue;
    RowCheck check(row, all, purpose_ == Purpose::whole, year > 0 ? year : before_names, found);
    every_kind(check);
    if (row.kind == Kind::hardware) check_hardware(check);
    if (row.kind == Kind::host) check_host(check);
    if (row.kind == Kind::region) check_region(check);
    if (row.kind == Kind::region_year) check_region_year(check);
    if (row.kind == Kind::grid_intensity) check_grid_intensity(check);
    if (row.kind == Kind::price) check_price(check);
    if (row.kind == Kind::run) check_run(check);
    if (row.kind == Kind::model) check_model(check);
    if (row.kind == Kind::fallback || row.kind == Kind::coefficient || row.kind == Kind::method_constant ||
        row.kind == Kind::equivalence || row.kind == Kind::fact)
      check_constant(check);
  }
  names_of_several(rows_, base_.get(), found);
  // what is refused already is not doubted, and advice is for the user, when all else is well
  const auto is_error = [](const auto& d) { return d.severity == diag::Severity::error; };
  const bool refused = std::any_of(diagnostics_.begin(), diagnostics_.end(), is_error) ||
                       std::any_of(found.begin(), found.end(), is_error);
  std::set<std::pair<int, int>> faulty;
  for (const diag::Diagnostic& d : diagnostics_) {
    if (is_error(d)) faulty.emplace(d.where.line, d.where.column);
  }
  for (Finding& f : found) {
    if (enough()) return;
    if ((refused || purpose_ == Purpose::whole) && f.severity == diag::Severity::note) continue;
    if (faulty.contains({f.where.line, f.where.column})) continue;
    fault(std::move(f.code), std::move(f.message), f.where, std::move(f.help), f.severity);
  }
}

}  // namespace kwhatif::catalog
