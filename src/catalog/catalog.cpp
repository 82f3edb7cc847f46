#include "loader.hpp"
#include "name_key.hpp"
#include <kwhatif/catalog/catalog.hpp>
#include <kwhatif/diag/suggest.hpp>

#include <algorithm>

namespace kwhatif::catalog {

std::string_view Cell::source() const {
  return tables_->string(detail().source != 0 ? detail().source : shape_->source);
}

std::string_view Cell::at() const { return tables_->string(detail().at != 0 ? detail().at : shape_->at); }

Standing Cell::standing() const {
  return static_cast<Standing>(detail().standing != 0 ? detail().standing : shape_->standing);
}

std::string Cell::place() const {
  if (!users()) return {};
  return std::string{tables_->string(shape_->file)} + ':' + std::to_string(tables_->line(value_));
}

Origin Cell::origin(Responsible responsible) const {
  if (users()) {
    std::string said{note()};
    if (!source().empty()) {
      if (!said.empty()) said += "; ";
      said += "names " + std::string{source()};
      if (!at().empty()) said += ", " + std::string{at()} + ',';
      said += " as its source";
    }
    return {.responsible = Responsible::user,
            .standing = Standing::none,
            .source = {},
            .at = place(),
            .note = std::move(said),
            .text = std::string{text()},
            .in_table = true};
  }
  return {.responsible = responsible,
          .standing = standing(),
          .source = std::string{source()},
          .at = std::string{at()},
          .note = std::string{note()},
          .text = std::string{text()}};
}

std::size_t Row::first_of(std::string_view key) const {
  const auto field = schema(kind()).index(key);
  if (!field) return size();
  if (size() == 0) return 0;
  const SlotRecord* const slots = &tables_->slots[shape_->first_slot];  // those of a shape stand together
  std::size_t i = 0;                                                    // and in the order of fields
  while (i < size() && slots[i].field < *field) ++i;
  return i < size() && slots[i].field == *field ? i : size();
}

std::optional<Cell> Row::cell(std::string_view key) const {
  const std::size_t found = first_of(key);
  if (found == size()) return std::nullopt;
  return (*this)[found];
}

std::vector<Cell> Row::cells(std::string_view key) const {
  std::vector<Cell> out;
  for (std::size_t i = first_of(key); i < size(); ++i) {
    const Cell each = (*this)[i];  // values of one key stand together
    if (!out.empty() && each.field() != out.front().field()) break;
    out.push_back(each);
  }
  return out;
}

std::string_view Row::text(std::string_view key) const {
  const std::size_t found = first_of(key);
  return found < size() ? (*this)[found].text() : std::string_view{};
}

std::optional<double> Row::number(std::string_view key) const {
  const auto found = cell(key);
  if (!found || !found->numeric()) return std::nullopt;
  return found->value();
}

double Row::needed_number(std::string_view key) const {
  if (const auto out = number(key)) return *out;
  throw diag::DataError({.code = "wrong-type",
                         .message = "the " + std::string{schema(kind()).name} + " '" + std::string{id()} +
                                    "' is no number: '" + std::string{text(key)} + "'",
                         .where = {},
                         .help = "in " + std::string{file()} + ", line " + std::to_string(line())});
}

bool Row::users(std::string_view key) const {
  const auto found = cell(key);
  return found && found->users();
}

const Catalog& Catalog::builtin() {
  // constants of the binary: pointed to without a count of owners, so their rows are copied like bare
  // pointers
  static const Catalog catalog = [] {
    Catalog out{std::shared_ptr<const Tables>{std::shared_ptr<const Tables>{}, &builtin_tables()}};
    out.version_ = data_version();
    return out;
  }();
  return catalog;
}

namespace {

constexpr std::string_view no_edition = "unnamed";

bool is_error(const diag::Diagnostic& d) { return d.severity == diag::Severity::error; }

// The program may be older or younger than tables that it cannot read.
void say_other_edition(std::vector<diag::Diagnostic>& faults, const std::string& folder,
                       std::string_view edition) {
  if (data_edition().empty() || edition == data_edition() || edition.empty()) return;
  faults.insert(faults.begin(),
                {.code = "other-edition",
                 .message = "'" + folder + "' is edition " + std::string{edition} +
                            " of the tables, this program was built with edition " +
                            std::string{data_edition()} + " and cannot read all of it",
                 .where = {},
                 .help = "build the program from the checkout that the tables are from; what it does not "
                         "know in them follows"});
}

}  // namespace

Catalog Catalog::load(const std::string& folder, Doubts doubts) {
  Loader loader(Loader::Purpose::whole);
  loader.add(folder);
  loader.validate();
  std::vector<diag::Diagnostic> faults;
  for (const diag::Diagnostic& d : loader.diagnostics()) {
    if (is_error(d) || (doubts == Doubts::refused && d.severity == diag::Severity::warning))
      faults.push_back(d);
  }
  if (!faults.empty()) {
    say_other_edition(faults, folder, loader.edition());
    throw diag::DataError(std::move(faults));
  }
  Catalog out{loader.finish()};
  out.loaded_folder_ = folder;
  out.version_ = std::string{out.edition()} + '+' + content_hash(out.tables());
  return out;
}

Catalog Catalog::overlay(const std::string& folder, const Catalog& base) {
  Loader loader(Loader::Purpose::overlay);
  loader.add_base(base.shared_tables());
  loader.add(folder);
  loader.validate();
  loader.throw_if_faulty();
  Catalog out{loader.finish()};
  out.overlaid_folder_ = folder;
  out.loaded_folder_ = base.loaded_folder_;
  out.version_ = base.version_;
  for (const diag::Diagnostic& d : loader.diagnostics()) {
    if (d.severity == diag::Severity::warning) out.warnings_.push_back(d);
  }
  return out;
}

std::vector<diag::Diagnostic> Catalog::check(const std::string& path, const Catalog& base) {
  const bool whole = Loader::has_edition(path);
  Loader loader(whole ? Loader::Purpose::whole : Loader::Purpose::overlay);
  if (!whole) loader.add_base(base.shared_tables());
  loader.add(path);
  loader.validate();
  auto out = loader.diagnostics();
  for (diag::Diagnostic& d : out)
    d.severity = d.severity == diag::Severity::note ? diag::Severity::warning : diag::Severity::error;
  return out;
}

std::string_view Catalog::edition() const {
  const std::string_view said = tables_->string(tables_->edition);
  return said.empty() ? no_edition : said;
}

namespace {

// Of "2026.11"; tables from before editions were named are of 2026.11, too.
int whole_of(std::string_view edition, std::size_t first, std::size_t count, int otherwise) {
  constexpr int ten = 10;
  int out = 0;
  for (const char c : edition.substr(std::min(first, edition.size()), count)) {
    if (c < '0' || c > '9') return otherwise;
    out = ten * out + (c - '0');
  }
  return out > 0 ? out : otherwise;
}

}  // namespace

int Catalog::edition_year() const {
  constexpr int before_names = 2026;
  return whole_of(edition(), 0, 4, before_names);
}

int Catalog::edition_month() const {
  constexpr int before_names = 11;
  constexpr std::size_t after_dot = 5;
  return whole_of(edition(), after_dot, 2, before_names);
}

std::size_t Catalog::size(Kind kind) const { return tables_->of(kind).size(); }

Row Catalog::row(Kind kind, std::size_t index) const { return {tables_, tables_->of(kind)[index]}; }

std::vector<Row> Catalog::rows(Kind kind) const {
  std::vector<Row> out;
  out.reserve(size(kind));
  for (std::size_t i = 0; i < size(kind); ++i) out.push_back(row(kind, i));
  return out;
}

std::optional<Row> Catalog::find(Kind kind, std::string_view id) const {
  const auto [first, last] = rows_with_id(*tables_, kind, id);
  if (first == last) return std::nullopt;
  return row(kind, first);
}

std::vector<Row> Catalog::all(Kind kind, std::string_view id) const {
  std::vector<Row> out;
  const auto [first, last] = rows_with_id(*tables_, kind, id);
  for (std::size_t i = first; i < last; ++i) out.push_back(row(kind, i));
  return out;
}

Lookup Catalog::meant(Kind kind, std::string_view name) const {
  Lookup out = named(kind, name);
  if (out.row || !out.also.empty()) return out;
  for (const std::string& plain : plainer_names(kind, name)) {
    Lookup other = named(kind, plain);
    if (!other.row && other.also.empty()) continue;
    other.by_alias = true;
    return other;
  }
  return out;
}

Lookup Catalog::named(Kind kind, std::string_view name) const {
  Lookup out;
  if (auto exact = find(kind, name)) {
    out.row = exact;
    return out;
  }
  const std::string key = name_key(kind, name);
  const auto& aliases = tables_->aliases[static_cast<std::size_t>(kind)];
  auto at = std::lower_bound(
      aliases.begin(), aliases.end(), key,
      [&](const AliasRecord& a, const std::string& k) { return tables_->string(a.key) < k; });
  std::vector<AliasRecord> answering;
  for (; at != aliases.end() && tables_->string(at->key) == key; ++at) answering.push_back(*at);
  const auto row_of = [&](const AliasRecord& a) { return row(kind, a.row); };
  out.by_alias = true;
  const auto preferred =
      std::find_if(answering.begin(), answering.end(), [](const AliasRecord& a) { return a.preferred != 0; });
  if (answering.size() == 1) {
    out.row = row_of(answering.front());
  } else if (preferred != answering.end()) {
    out.row = row_of(*preferred);
  }
  // of regions of several providers, the one that is spelt like this: us-east-1 is AWS's, us-east1 Google's
  if (!out.row) {
    const auto spelt = [&](const AliasRecord& a) {
      const std::string_view id = tables_->string(tables_->of(kind)[a.row].id);
      return id.size() > name.size() && id.ends_with(name) && id[id.size() - name.size() - 1] == ':';
    };
    if (std::ranges::count_if(answering, spelt) == 1)
      out.row = row_of(*std::ranges::find_if(answering, spelt));
  }
  for (const AliasRecord& a : answering) {
    const Row named = row_of(a);
    if (!out.row || !named.same_row(*out.row)) out.also.emplace_back(named.id());
  }
  return out;
}

Lookup Catalog::lookup(Kind kind, std::string_view name) const {
  Lookup out = meant(kind, name);
  if (out.row || !out.also.empty()) return out;
  std::vector<std::string_view> known;
  for (const RowRecord& record : tables_->of(kind)) {
    const std::string_view id = tables_->string(record.id);
    if (known.empty() || known.back() != id) known.push_back(id);
  }
  for (const AliasRecord& a : tables_->aliases[static_cast<std::size_t>(kind)])
    known.push_back(tables_->string(a.key));
  const auto near = diag::nearest(name, known, 6);
  std::vector<std::string> ids;
  for (const std::string& n : near) {
    std::string id = n;
    if (!find(kind, id)) {  // a folded alias: show the id it stands for
      const Lookup through = meant(kind, n);
      if (through.row)
        id = through.row->id();
      else if (!through.also.empty())
        id = through.also.front();
    }
    if (std::find(ids.begin(), ids.end(), id) == ids.end()) ids.push_back(id);
    if (ids.size() == 3) break;
  }
  for (std::size_t i = 0; i < ids.size(); ++i) {
    out.suggestion += i == 0 ? "did you mean '" : (i + 1 == ids.size() ? "' or '" : "', '");
    out.suggestion += ids[i];
  }
  if (!ids.empty()) out.suggestion += "'?";
  return out;
}

}  // namespace kwhatif::catalog
