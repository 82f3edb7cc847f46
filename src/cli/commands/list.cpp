#include "verb.hpp"
#include <kwhatif/diag/suggest.hpp>
#include <kwhatif/quantity/parse.hpp>
#include <kwhatif/report/listing.hpp>

#include <algorithm>
#include <cmath>

namespace kwhatif::cli {

namespace {

std::string kinds_line() {
  std::string out;
  for (const auto& schema : catalog::schemas()) out += (out.empty() ? "" : ", ") + std::string{schema.plural};
  return out;
}

catalog::Kind kind_of(const scenario::Given& given) {
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

}  // namespace

int list(Context& context) {
  const Arguments& arguments = context.arguments;
  if (arguments.positionals.empty()) {
    report::Table table{{{"kind"}, {"rows", report::Align::right}, {"what"}}, {}};
    for (const auto& schema : catalog::schemas())
      table.rows.push_back({std::string{schema.plural}, std::to_string(context.catalog.size(schema.kind)),
                            std::string{schema.title}});
    context.out = arguments.has("csv") ? report::csv(table) : report::text(table);
    return done;
  }
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
    context.out = report::listing_json(listing);
  } else if (machine) {
    context.out = report::listing_csv(listing);
  } else {
    context.out = report::listing_text(listing, context.catalog.size(listing.kind));
  }
  return done;
}

namespace {

// The kinds of table in which a name is known, as commands.
std::string where_known(const catalog::Catalog& tables, const std::string& name) {
  std::string out;
  for (const auto& schema : catalog::schemas()) {
    if (!schema.unique_id) continue;
    const auto found = tables.meant(schema.kind, name);
    if (found.row || !found.also.empty())
      out += (out.empty() ? "did you mean `kwhatif show " : ", `kwhatif show ") + std::string{schema.name} +
             ' ' + name + '`';
  }
  return out.empty() ? out : out + "? ";
}

}  // namespace

int show(Context& context) {
  const Arguments& arguments = context.arguments;
  if (arguments.positionals.size() < 2)
    throw diag::UsageError(
        {.code = "missing-value",
         .message = "show needs a kind and an id",
         .where = arguments.positionals.empty() ? diag::Span{} : arguments.positionals.front().where,
         .help = (arguments.positionals.empty()
                      ? std::string{}
                      : where_known(context.catalog, arguments.positionals.front().text)) +
                 "write for example: kwhatif show hardware h100-sxm5; kinds: " + kinds_line()});
  const catalog::Kind kind = kind_of(arguments.positionals[0]);
  const auto& name = arguments.positionals[1];
  auto found = context.catalog.lookup(kind, name.text);
  const auto& schema = catalog::schema(kind);
  if (!found.row) {
    std::string help = found.suggestion;
    if (!found.also.empty()) {
      help = "it could be ";
      for (std::size_t i = 0; i < found.also.size(); ++i) help += (i == 0 ? "" : ", ") + found.also[i];
    }
    help += (help.empty() ? "" : " ") + std::string{"`kwhatif list "} + std::string{schema.plural} +
            "` prints all";
    throw diag::UsageError({.code = found.also.empty() ? "unknown-id" : "ambiguous-name",
                            .message = (found.also.empty() ? "no " + std::string{schema.name} + " '"
                                                           : "several rows answer to '") +
                                       name.text.substr(0, 60) + "'",
                            .where = name.where,
                            .help = help});
  }
  if (!found.also.empty()) {
    context.err +=
        "note: '" + name.text + "' is taken for " + std::string{found.row->id()} + "; it could also be ";
    for (std::size_t i = 0; i < found.also.size(); ++i) context.err += (i == 0 ? "" : ", ") + found.also[i];
    context.err += '\n';
  }
  const auto rows = schema.unique_id ? std::vector{*found.row} : context.catalog.all(kind, found.row->id());
  for (const catalog::Row& row : rows) {
    if (arguments.has("json")) {
      context.out += report::show_json(context.catalog, row);
      break;
    }
    if (!context.out.empty()) context.out += '\n';
    context.out += arguments.has("csv") || arguments.has("plain") ? report::show_csv(row)
                                                                  : report::show_text(context.catalog, row);
  }
  return done;
}

}  // namespace kwhatif::cli
