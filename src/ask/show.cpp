// show: the row that a name means, and the rows that belong to it.
#include <kwhatif/ask/tables.hpp>
#include <kwhatif/diag/words.hpp>
#include <kwhatif/run/market.hpp>

#include <algorithm>
#include <span>
#include <string>
#include <string_view>

namespace kwhatif::ask {

using catalog::Kind;
using catalog::Row;

namespace {

diag::Diagnostic note(const run::Given& name, std::string message, std::string help) {
  return {.code = "ambiguous-name",
          .message = std::move(message),
          .where = name.where,
          .help = std::move(help),
          .severity = diag::Severity::note};
}

// The row that a name means in one table; of several the likeliest, and the others are said.
Row row_named(const catalog::Catalog& tables, Kind kind, const run::Given& name, Shown& out) {
  const auto found = tables.lookup(kind, name.text);
  const auto& schema = catalog::schema(kind);
  if (!found.row) {
    const bool unknown = found.also.empty();
    const std::string help = unknown ? found.suggestion : "it could be " + diag::listed(found.also);
    diag::refuse(
        unknown ? "unknown-id" : "ambiguous-name",
        (unknown ? "no " + std::string{schema.name} + " '" : "several rows answer to '") +
            name.text.substr(0, 60) + "'",
        name.where,
        help + (help.empty() ? "" : " ") + "`kwhatif list " + std::string{schema.plural} + "` prints all");
  }
  if (!found.also.empty())
    out.warnings.push_back(note(name, "read '" + name.text + "' as " + std::string{found.row->id()},
                                "it could also be " + diag::listed(found.also)));
  return *found.row;
}

// A name without its kind: what people look up most comes first, the other tables that know it are said.
Row row_of_any_kind(const catalog::Catalog& tables, const run::Given& name, Shown& out) {
  std::vector<Kind> kinds{Kind::hardware, Kind::host, Kind::model, Kind::region,
                          Kind::grid,     Kind::run,  Kind::study};
  for (const auto& schema : catalog::schemas()) {
    if (std::ranges::find(kinds, schema.kind) == kinds.end()) kinds.push_back(schema.kind);
  }
  std::vector<Kind> known;
  std::string near;
  int hints = 0;
  for (const Kind kind : kinds) {
    const auto found = tables.lookup(kind, name.text);
    if (found.row || !found.also.empty()) known.push_back(kind);
    if (!found.suggestion.empty() && ++hints <= 3)
      near += std::string{catalog::schema(kind).plural} + ": " + found.suggestion + ' ';
  }
  if (known.empty())
    diag::refuse("unknown-id", "no table has a row '" + name.text.substr(0, 60) + "'", name.where,
                 near + "`kwhatif list` prints the tables, `kwhatif show KIND ID` a row");
  Row row = row_named(tables, known.front(), name, out);
  const auto command = [&](Kind kind) {
    return "`kwhatif show " + std::string{catalog::schema(kind).plural} + ' ' + name.text + '`';
  };
  if (known.size() > 1)
    out.warnings.push_back(note(name, "other tables have a row '" + name.text + "', too",
                                diag::listed(std::span{known}.subspan(1), ", ", command)));
  return row;
}

Row wanted(const ShowQuestion& question, const catalog::Catalog& tables, Shown& out) {
  if (!question.id)
    diag::refuse("missing-value", "show needs a kind and an id", {},
                 "write for example: kwhatif show hardware h100-sxm5; kinds: " +
                     diag::listed(catalog::schemas(), ", ", &catalog::KindSchema::plural));
  if (question.kind) return row_named(tables, kind_of(*question.kind), *question.id, out);
  if (const auto kind = catalog::kind_named(question.id->text))
    diag::refuse("missing-value", "show needs the id of a row", question.id->where,
                 "`kwhatif list " + std::string{catalog::schema(*kind).plural} + "` prints all of them");
  return row_of_any_kind(tables, *question.id, out);
}

// Its years, its runs, its offers, what each provider asks now, and what making it emits.
std::vector<Row> belonging(const catalog::Catalog& tables, const Row& row) {
  std::vector<Row> out;
  if (row.kind() == Kind::grid) out = tables.all(Kind::grid_intensity, row.id());
  if (row.kind() == Kind::region) out = tables.all(Kind::region_year, row.id());
  if (row.kind() == Kind::hardware) {
    for (const Row& offer : tables.rows(Kind::offer)) {
      if (offer.text("hardware") == row.id()) out.push_back(offer);
    }
    for (const auto billing : {run::Billing::on_demand, run::Billing::spot, run::Billing::reserved}) {
      for (const auto& price : run::prices_of(tables, row.id(), billing)) out.push_back(price.row);
    }
    for (const Row& made : tables.rows(Kind::manufacture)) {
      if (made.text("hardware") == row.id()) out.push_back(made);
    }
    return out;
  }
  if (row.kind() == Kind::study) {
    const std::string prefix = std::string{row.id()} + '/';
    for (const Row& run : tables.rows(Kind::run)) {
      if (run.id().starts_with(prefix)) out.push_back(run);
    }
    std::ranges::sort(out, [](const Row& a, const Row& b) { return a.line() < b.line(); });
    return out;
  }
  std::ranges::stable_sort(out, [](const Row& a, const Row& b) {
    return a.number("year").value_or(0) > b.number("year").value_or(0);
  });
  return out;
}

}  // namespace

Shown show(const ShowQuestion& question, const catalog::Catalog& tables) {
  Shown out;
  const Row row = wanted(question, tables, out);
  out.rows = catalog::schema(row.kind()).unique_id ? std::vector{row} : tables.all(row.kind(), row.id());
  out.belonging = belonging(tables, row);
  return out;
}

}  // namespace kwhatif::ask
