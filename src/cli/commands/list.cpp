#include "verb.hpp"
#include <kwhatif/diag/suggest.hpp>
#include <kwhatif/diag/words.hpp>
#include <kwhatif/quantity/parse.hpp>
#include <kwhatif/report/listing.hpp>
#include <kwhatif/report/schema.hpp>

#include <algorithm>
#include <cmath>

namespace kwhatif::cli {

namespace {

std::string kinds_line() { return diag::listed(catalog::schemas(), ", ", &catalog::KindSchema::plural); }

catalog::Kind kind_of(const run::Given& given) {
  if (const auto kind = catalog::kind_named(given.text)) return *kind;
  std::vector<std::string_view> known;
  for (const auto& schema : catalog::schemas()) {
    known.push_back(schema.plural);
    known.push_back(schema.name);
  }
  std::string help = diag::did_you_mean(given.text, known);
  help += (help.empty() ? "" : " ") + std::string{"kinds: "} + kinds_line();
  throw diag::UsageError({.code = "unknown-kind",
                          .message = "no kind of table '" + given.text.substr(0, 60) + "'",
                          .where = given.where,
                          .help = help});
}

// The row that a name means in one table; of several the likeliest, and the others are said.
catalog::Row row_named(Context& context, catalog::Kind kind, const run::Given& name) {
  auto found = context.catalog.lookup(kind, name.text);
  const auto& schema = catalog::schema(kind);
  if (!found.row) {
    std::string help = found.also.empty() ? found.suggestion : "it could be " + diag::listed(found.also);
    help += (help.empty() ? "" : " ") + std::string{"`kwhatif list "} + std::string{schema.plural} +
            "` prints all";
    throw diag::UsageError({.code = found.also.empty() ? "unknown-id" : "ambiguous-name",
                            .message = (found.also.empty() ? "no " + std::string{schema.name} + " '"
                                                           : "several rows answer to '") +
                                       name.text.substr(0, 60) + "'",
                            .where = name.where,
                            .help = help});
  }
  if (!found.also.empty())
    context.err += "note: '" + diag::visible(name.text) + "' is taken for " + std::string{found.row->id()} +
                   "; it could also be " + diag::listed(found.also) + '\n';
  return *found.row;
}

// A name without its kind: what people look up most comes first, the other tables that know it are said.
catalog::Row row_of_any_kind(Context& context, const run::Given& name) {
  using catalog::Kind;
  std::vector<Kind> kinds{Kind::hardware, Kind::host, Kind::model, Kind::region,
                          Kind::grid,     Kind::run,  Kind::study};
  for (const auto& schema : catalog::schemas()) {
    if (std::find(kinds.begin(), kinds.end(), schema.kind) == kinds.end()) kinds.push_back(schema.kind);
  }
  std::vector<Kind> known;
  std::string near;
  int hints = 0;
  for (const Kind kind : kinds) {
    const auto found = context.catalog.lookup(kind, name.text);
    if (found.row || !found.also.empty()) known.push_back(kind);
    if (!found.suggestion.empty() && ++hints <= 3)
      near += std::string{catalog::schema(kind).plural} + ": " + found.suggestion + ' ';
  }
  if (known.empty())
    throw diag::UsageError({.code = "unknown-id",
                            .message = "no table has a row '" + name.text.substr(0, 60) + "'",
                            .where = name.where,
                            .help = near + "`kwhatif list` prints the tables, `kwhatif show KIND ID` a row"});
  const catalog::Row row = row_named(context, known.front(), name);
  std::vector<std::string> others;
  for (std::size_t k = 1; k < known.size(); ++k)
    others.push_back("`kwhatif show " + std::string{catalog::schema(known[k]).plural} + ' ' +
                     diag::visible(name.text) + '`');
  if (!others.empty()) context.err += "note: there is also " + diag::listed(others) + '\n';
  return row;
}

catalog::Row wanted_row(Context& context) {
  const auto& given = context.arguments.positionals;
  if (given.size() == 2) return row_named(context, kind_of(given[0]), given[1]);
  if (given.empty())
    throw diag::UsageError(
        {.code = "missing-value",
         .message = "show needs a kind and an id",
         .help = "write for example: kwhatif show hardware h100-sxm5; kinds: " + kinds_line()});
  if (const auto kind = catalog::kind_named(given[0].text))
    throw diag::UsageError(
        {.code = "missing-value",
         .message = "show needs the id of a row",
         .where = given[0].where,
         .help = "`kwhatif list " + std::string{catalog::schema(*kind).plural} + "` prints all of them"});
  return row_of_any_kind(context, given[0]);
}

bool means_schemas(const run::Given& given) { return given.text == "schemas" || given.text == "schema"; }

int list_schemas(Context& context) {
  refuse_forms(context.arguments, {Form::json}, "the schemas of JSON documents are listed as a table",
               "--csv or --plain; `kwhatif show schema estimate` prints one");
  for (const char* option : {"where", "sort", "columns", "limit"}) {
    if (const auto given = context.arguments.get(option))
      refuse("no-effect", "--" + std::string{option} + " does not go with the list of schemas", given->where,
             "`kwhatif list schemas` prints all of them");
  }
  report::Table table{{{"schema"}, {"printed by"}}, {}};
  for (const auto& title : report::schema_titles())
    table.rows.push_back({std::string{title.name}, std::string{title.of}});
  context.out = wants_rows(context.arguments) ? rows_text(context.arguments, table) : report::text(table);
  return done;
}

// The schema itself; it is JSON whether --json is given or not.
int show_schema(Context& context, const run::Given& name) {
  refuse_forms(context.arguments, {Form::csv, Form::plain}, "a schema is JSON", "leave the form out");
  context.out = report::schema_of(name.text);
  if (!context.out.empty()) return done;
  std::vector<std::string_view> known;
  for (const auto& title : report::schema_titles()) known.push_back(title.name);
  const std::string near = diag::did_you_mean(name.text, known);
  refuse("unknown-id", "no schema '" + name.text.substr(0, 60) + "'", name.where,
         near + (near.empty() ? "" : " ") + "`kwhatif list schemas` prints all");
}

}  // namespace

int list(Context& context) {
  const Arguments& arguments = context.arguments;
  if (arguments.positionals.empty()) {
    const auto table = report::kinds_table(context.catalog);
    context.out = arguments.has("json")   ? report::kinds_json(context.catalog)
                  : wants_rows(arguments) ? rows_text(arguments, table)
                                          : report::text(table);
    return done;
  }
  if (means_schemas(arguments.positionals.front())) return list_schemas(context);
  report::Listing listing;
  listing.kind = kind_of(arguments.positionals.front());
  std::vector<report::Condition> conditions;
  if (const auto found = arguments.options.find("where"); found != arguments.options.end()) {
    for (const auto& given : found->second) {
      const auto more = report::read_conditions(listing.kind, given.text, given.where);
      conditions.insert(conditions.end(), more.begin(), more.end());
    }
  }
  for (const catalog::Row& row : context.catalog.rows(listing.kind)) {
    if (report::fits(row, conditions)) listing.rows.push_back(row);
  }
  const bool machine = arguments.has("json") || arguments.has("csv") || arguments.has("plain");
  if (const auto columns = arguments.get("columns")) {
    listing.columns = report::read_columns(listing.kind, columns->text, columns->where);
  } else if (machine) {
    for (std::size_t i = 0; i < catalog::schema(listing.kind).fields.size(); ++i) {
      if (catalog::schema(listing.kind).fields[i].type != catalog::FieldType::file)
        listing.columns.push_back(i);
    }
  } else {
    listing.columns = report::default_columns(listing.kind);
  }
  if (const auto sort = arguments.get("sort")) {
    const bool down = sort->text.starts_with('-');
    const auto column = report::read_columns(listing.kind, sort->text.substr(down ? 1 : 0), sort->where);
    if (!column.empty()) report::sort_rows(listing.rows, column.front(), down);
  }
  if (const auto limit = arguments.get("limit")) {
    const auto n = quantity::parse(limit->text, {.dimension = quantity::dim::one, .bare_number = true});
    if (!n.ok || n.value.coherent < 0 || n.value.coherent != std::floor(n.value.coherent))
      throw diag::UsageError(
          {.code = "out-of-range", .message = "--limit needs a whole number", .where = limit->where});
    const auto most = static_cast<std::size_t>(std::min(n.value.coherent, 1e9));
    if (listing.rows.size() > most)
      listing.rows.erase(listing.rows.begin() + static_cast<std::ptrdiff_t>(most), listing.rows.end());
  }
  if (arguments.has("json")) {
    context.out = report::listing_json(listing, context.catalog);
  } else if (machine) {
    context.out = rows_text(arguments, report::listing_table(listing));
  } else {
    context.out = report::listing_text(listing, context.catalog.size(listing.kind));
  }
  return done;
}

int show(Context& context) {
  const Arguments& arguments = context.arguments;
  if (arguments.positionals.size() == 2 && means_schemas(arguments.positionals[0]))
    return show_schema(context, arguments.positionals[1]);
  const auto wanted = wanted_row(context);
  const auto& schema = catalog::schema(wanted.kind());
  const auto rows = schema.unique_id ? std::vector{wanted} : context.catalog.all(wanted.kind(), wanted.id());
  switch (form_of(arguments)) {
    case Form::json:
      context.out = report::show_json(context.catalog, rows);
      break;
    case Form::csv:
      context.out = report::csv(report::show_table(rows));
      break;
    case Form::plain:
      context.out = report::show_plain(rows);
      break;
    case Form::text:
      for (const catalog::Row& row : rows)
        context.out += (context.out.empty() ? "" : "\n") + report::show_text(context.catalog, row);
  }
  return done;
}

}  // namespace kwhatif::cli
